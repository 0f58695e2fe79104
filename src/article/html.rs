//! An article to HTML: one `article` element with nothing in it but the story. All text is escaped, and links lead to
//! pages and mailboxes only, so that it may stand in a page of one's own.

use super::spans::{Edge, is_safe_link, nest, walk};
use super::{Article, BodyPart, PartKind, Role, Span, SpanKind};

/// What stands before the first article in a file, so that a browser reads it as UTF-8.
pub const HTML_HEAD: &str = "<!doctype html>\n<meta charset=\"utf-8\">\n";

/// Primary subtags of languages written from right to left, whatever script the tag names.
///
/// Source: CLDR 48, `likelySubtags`, languages whose likely script is Arab, Hebr, Syrc, Thaa, Nkoo or Adlm, as far as
/// newspapers are printed in them.
const RIGHT_TO_LEFT: [&str; 15] =
    ["ar", "arz", "azb", "ckb", "dv", "fa", "he", "iw", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];

/// The article as HTML, ending in one line feed. The headline is an `h1`.
pub fn html(article: &Article) -> String {
    let mut out = "<article".to_owned();
    let direction = match article.metadata.in_language.as_deref() {
        Some(language) => {
            push_attribute(&mut out, "lang", language);
            let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
            if RIGHT_TO_LEFT.contains(&primary.as_str()) { "rtl" } else { "ltr" }
        }
        None => "auto",
    };
    push_attribute(&mut out, "dir", direction);
    out.push_str(">\n");
    if let Some(headline) = &article.metadata.headline {
        element(&mut out, "h1", headline, &[]);
    }
    let mut lists: Vec<&'static str> = Vec::new();
    let mut in_quote = false;
    for part in &article.blocks {
        if in_quote && part.kind != PartKind::Quote {
            out.push_str("</blockquote>\n");
            in_quote = false;
        }
        let continues_item = part.kind == PartKind::Paragraph && part.level.is_some() && !lists.is_empty();
        if part.kind != PartKind::ListItem && !continues_item {
            close_lists(&mut out, &mut lists, 0);
        }
        match part.kind {
            PartKind::ListItem => list_item(&mut out, &mut lists, part),
            PartKind::Paragraph => {
                if continues_item {
                    close_lists(&mut out, &mut lists, usize::from(part.level.unwrap_or(1).max(1)));
                }
                element(&mut out, "p", &part.text, &spans(part));
            }
            PartKind::Heading => {
                let name = ["h2", "h3", "h4", "h5", "h6"][usize::from(part.level.unwrap_or(2).clamp(2, 6)) - 2];
                element(&mut out, name, &part.text, &part.spans);
            }
            PartKind::Quote => {
                if !in_quote {
                    out.push_str("<blockquote>\n");
                    in_quote = true;
                }
                element(&mut out, "p", &part.text, &spans(part));
            }
            PartKind::Code => {
                // A line feed right after the tag is not part of the text.
                out.push_str("<pre><code>");
                escape(&mut out, &part.text);
                out.push_str("</code></pre>\n");
            }
            PartKind::Table => table(&mut out, &part.text),
            PartKind::Caption => {
                out.push_str("<figure>");
                element(&mut out, "figcaption", &part.text, &part.spans);
                out.truncate(out.trim_end().len());
                out.push_str("</figure>\n");
            }
        }
    }
    if in_quote {
        out.push_str("</blockquote>\n");
    }
    close_lists(&mut out, &mut lists, 0);
    out.push_str("</article>\n");
    out
}

/// A label is bold, as in the page it most often was.
fn spans(part: &BodyPart) -> Vec<Span> {
    let whole = Span { start: 0, end: part.text.len(), kind: SpanKind::Strong };
    let label = (part.role == Some(Role::Label)).then_some(whole);
    label.into_iter().chain(part.spans.iter().cloned()).collect()
}

/// Opens or closes lists until the item stands at its depth, and leaves the item open for what goes on with it.
fn list_item(out: &mut String, lists: &mut Vec<&'static str>, part: &BodyPart) {
    let mark = part.marker.as_deref().unwrap_or_default().trim();
    let is_ordered = mark.starts_with(|c: char| c.is_ascii_digit()) && mark.ends_with(['.', ')']);
    let list = if is_ordered { "ol" } else { "ul" };
    let depth = usize::from(part.level.unwrap_or(1).max(1));
    close_lists(out, lists, depth);
    if lists.len() == depth && lists.last().is_some_and(|last| *last != list) {
        close_lists(out, lists, depth - 1);
    }
    if lists.len() == depth {
        out.push_str("</li>\n");
    } else {
        // An item two deep below none is one deep.
        let start = mark.trim_end_matches(['.', ')']).parse::<u32>().ok().filter(|start| is_ordered && *start != 1);
        match start {
            Some(start) => out.push_str(&format!("<{list} start=\"{start}\">\n")),
            None => out.push_str(&format!("<{list}>\n")),
        }
        lists.push(list);
    }
    out.push_str("<li>");
    element(out, "p", &part.text, &spans(part));
}

/// Closes the innermost lists, with the item open in each, until `depth` are left.
fn close_lists(out: &mut String, lists: &mut Vec<&'static str>, depth: usize) {
    while lists.len() > depth {
        if let Some(list) = lists.pop() {
            out.push_str(&format!("</li>\n</{list}>\n"));
        }
    }
}

fn table(out: &mut String, text: &str) {
    out.push_str("<table>\n");
    for row in text.lines() {
        out.push_str("<tr>");
        for cell in row.split(" | ") {
            out.push_str("<td>");
            escape(out, cell.trim());
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn element(out: &mut String, name: &str, text: &str, spans: &[Span]) {
    out.push_str(&format!("<{name}>"));
    let nested = nest(text, spans, |span| match span.kind {
        SpanKind::Strong | SpanKind::Emphasis | SpanKind::Code => true,
        SpanKind::Link { href } => is_safe_link(href),
    });
    walk(
        text,
        &nested,
        out,
        |out, range, _| escape(out, &text[range]),
        |out, span, edge| match (span.kind, edge) {
            (SpanKind::Strong, Edge::Open) => out.push_str("<strong>"),
            (SpanKind::Strong, Edge::Close) => out.push_str("</strong>"),
            (SpanKind::Emphasis, Edge::Open) => out.push_str("<em>"),
            (SpanKind::Emphasis, Edge::Close) => out.push_str("</em>"),
            (SpanKind::Code, Edge::Open) => out.push_str("<code>"),
            (SpanKind::Code, Edge::Close) => out.push_str("</code>"),
            (SpanKind::Link { href }, Edge::Open) => {
                out.push_str("<a");
                push_attribute(out, "href", href);
                out.push('>');
            }
            (SpanKind::Link { .. }, Edge::Close) => out.push_str("</a>"),
        },
    );
    out.push_str(&format!("</{name}>\n"));
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\""));
    escape(out, value);
    out.push('"');
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
