//! An article to HTML: one `article` element with nothing in it but the story. All text is escaped, and links lead to
//! pages and mailboxes only, so that it may stand in a page of one's own.

use super::spans::{Edge, caption_with_credit, embed_said, is_picture_link, is_safe_link, nest, notes, walk};
use super::{Article, BodyPart, PartKind, Post, Role, Span, SpanKind};

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
    let mut posts = article.posts.iter().filter_map(|it| Some((it.blocks.as_ref()?.start, it))).peekable();
    for (part_idx, part) in article.blocks.iter().enumerate() {
        if let Some((_, post)) = posts.next_if(|(start, _)| *start <= part_idx) {
            if std::mem::take(&mut in_quote) {
                out.push_str("</blockquote>\n");
            }
            close_lists(&mut out, &mut lists, 0);
            post_head(&mut out, post);
        }
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
                match &part.note {
                    Some(note) => note_paragraph(&mut out, note, part),
                    None => element(&mut out, "p", &part.text, &spans(part)),
                }
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
            PartKind::Table => table(&mut out, part),
            PartKind::Caption => figure(&mut out, part),
            PartKind::Embed => embed(&mut out, part),
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
    out.push_str("<li");
    if let Some(note) = &part.note {
        push_attribute(out, "id", &format!("note-{note}"));
    }
    out.push('>');
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

/// When a post of a live blog was written, and by whom.
fn post_head(out: &mut String, post: &Post) {
    let Some(about) = post.about() else { return };
    out.push_str("<p><strong>");
    match &post.time {
        Some(time) => {
            out.push_str("<time");
            push_attribute(out, "datetime", time);
            out.push('>');
            escape(out, time);
            out.push_str("</time>");
            escape(out, &about[time.len()..]);
        }
        None => escape(out, &about),
    }
    out.push_str("</strong></p>\n");
}

fn table(out: &mut String, part: &BodyPart) {
    let n_head = usize::from(part.level.unwrap_or(0));
    let n_rows = part.text.lines().count();
    out.push_str("<table>\n");
    for (row_idx, row) in part.text.lines().enumerate() {
        if row_idx == 0 && n_head > 0 {
            out.push_str("<thead>\n");
        }
        if row_idx == n_head && n_head > 0 {
            out.push_str("<tbody>\n");
        }
        let name = if row_idx < n_head { "th" } else { "td" };
        out.push_str("<tr>");
        for cell in row.split(" | ") {
            out.push_str(&format!("<{name}>"));
            escape(out, cell.trim());
            out.push_str(&format!("</{name}>"));
        }
        out.push_str("</tr>\n");
        if row_idx + 1 == n_head.min(n_rows) {
            out.push_str("</thead>\n");
        }
    }
    out.push_str(if n_head > 0 && n_head < n_rows { "</tbody>\n</table>\n" } else { "</table>\n" });
}

fn figure(out: &mut String, part: &BodyPart) {
    out.push_str("<figure>");
    if let Some(picture) = part.image.as_ref().filter(|it| is_picture_link(&it.url)) {
        out.push_str("<img");
        push_attribute(out, "src", &picture.url);
        push_attribute(out, "alt", picture.alt.as_deref().unwrap_or_default());
        out.push('>');
    }
    let caption = caption_with_credit(part);
    if !caption.is_empty() {
        element(out, "figcaption", &caption, &part.spans);
        out.truncate(out.trim_end().len());
    }
    out.push_str("</figure>\n");
}

/// What is embedded: its words as a quotation with a link to it, or the link alone.
fn embed(out: &mut String, part: &BodyPart) {
    let said = part.embed.as_deref().map(embed_said).unwrap_or_default();
    let href = part.embed.as_ref().and_then(|it| it.url.clone()).filter(|it| is_safe_link(it));
    let whole = href.map(|href| Span { start: 0, end: said.len(), kind: SpanKind::Link { href } });
    let link = whole.as_slice();
    if part.text.is_empty() {
        return element(out, "p", &said, link);
    }
    out.push_str("<blockquote>\n");
    element(out, "p", &part.text, &part.spans);
    if !said.is_empty() {
        element(out, "footer", &said, link);
    }
    out.push_str("</blockquote>\n");
}

/// A footnote where references to it lead.
fn note_paragraph(out: &mut String, note: &str, part: &BodyPart) {
    out.push_str("<p");
    push_attribute(out, "id", &format!("note-{note}"));
    out.push_str("><sup>");
    escape(out, note);
    out.push_str("</sup> ");
    inline(out, &part.text, &spans(part));
    out.push_str("</p>\n");
}

fn element(out: &mut String, name: &str, text: &str, spans: &[Span]) {
    out.push_str(&format!("<{name}>"));
    inline(out, text, spans);
    out.push_str(&format!("</{name}>\n"));
}

fn inline(out: &mut String, text: &str, spans: &[Span]) {
    let spans: Vec<&Span> = spans.iter().collect();
    let mut notes = notes(text, &spans).into_iter().peekable();
    let nested = nest(text, spans, |span| match span.kind {
        SpanKind::Strong | SpanKind::Emphasis | SpanKind::Code => true,
        SpanKind::Link { href } => is_safe_link(href),
        SpanKind::Note { .. } => false,
    });
    walk(
        text,
        &nested,
        out,
        |out, range, open| {
            let mut at = range.start;
            let is_link = open.iter().any(|span| matches!(span.kind, SpanKind::Link { .. }));
            while let Some((place, note)) = notes.next_if(|(place, _)| *place <= range.end && !is_link) {
                escape_lines(out, &text[at..place.max(at)]);
                at = place.max(at);
                out.push_str("<sup><a");
                push_attribute(out, "href", &format!("#note-{note}"));
                out.push('>');
                escape(out, note);
                out.push_str("</a></sup>");
            }
            escape_lines(out, &text[at..range.end]);
        },
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
            (SpanKind::Note { .. }, _) => {}
        },
    );
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\""));
    escape(out, value);
    out.push('"');
}

/// Text whose line feeds are line breaks.
fn escape_lines(out: &mut String, text: &str) {
    for (line_idx, line) in text.split('\n').enumerate() {
        if line_idx > 0 {
            out.push_str("<br>\n");
        }
        escape(out, line);
    }
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
