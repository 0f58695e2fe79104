//! An article to Markdown: what the page showed as a heading, list, quote, table or code is one here, and nothing that was
//! only text becomes anything else.
//!
//! The dialect is CommonMark with the pipe tables of GitHub Flavored Markdown. A character is escaped only where it would
//! be read as markup, so that text stays readable.
//!
//! Source: [CommonMark 0.31.2](https://spec.commonmark.org/0.31.2/).

use super::spans::{Edge, Nested, caption_with_credit, embed_said, is_picture_link, is_safe_link, nest, notes, walk};
use super::{Article, AuthorKind, BodyPart, PartKind, Role, Span, SpanKind};

/// The article as Markdown: the headline as `# `, then the body. Ends in one line feed; empty if there is no text at all.
pub fn markdown(article: &Article) -> String {
    let mut writer = Writer::default();
    if let Some(headline) = &article.metadata.headline {
        writer.block(&format!("# {}", heading_text(headline, &[])));
    }
    let mut posts = article.posts.iter().filter_map(|it| Some((it.blocks.as_ref()?.start, it.about()?))).peekable();
    let mut part_idx = 0;
    // Each list, and each stretch between two, at a time.
    for parts in article.blocks.chunk_by(|a, b| is_of_list(a) == is_of_list(b)) {
        let is_loose = parts.iter().any(continues_item);
        for part in parts {
            if let Some((_, about)) = posts.next_if(|(start, _)| *start <= part_idx) {
                writer.block(&format!("**{}**", escaped(&about)));
            }
            writer.part(part, is_loose);
            part_idx += 1;
        }
    }
    writer.out
}

/// The facts about an article as YAML between two `---`, and a blank line; for the head of a Markdown file.
pub fn front_matter(article: &Article) -> String {
    let facts = &article.metadata;
    let mut yaml = "---\n".to_owned();
    let mut fact = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            yaml.push_str(&format!("{key}: {}\n", yaml_string(value)));
        }
    };
    fact("title", facts.headline.as_deref());
    fact("date", facts.date_published.as_deref());
    fact("url", facts.canonical_url.as_deref().or(facts.url.as_deref()));
    fact("site", facts.publisher.as_ref().map(|publisher| publisher.name.as_str()));
    fact("lang", facts.in_language.as_deref());
    if !facts.author.is_empty() {
        yaml.push_str("author:\n");
        // People first: readers of such files show the first one.
        for kind in [AuthorKind::Person, AuthorKind::Organization] {
            for author in facts.author.iter().filter(|author| author.kind == kind) {
                yaml.push_str(&format!("  - {}\n", yaml_string(&author.name)));
            }
        }
    }
    yaml.push_str("---\n\n");
    yaml
}

/// A double-quoted scalar: no value, whatever it looks like, is read as anything but this text.
///
/// Source: YAML 1.2.2, 7.3.1 and 5.1 (what is not printable must be escaped).
fn yaml_string(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a part is an item of a list or goes on with one. Where any part goes on, blank lines stand between all items.
fn is_of_list(part: &BodyPart) -> bool {
    part.kind == PartKind::ListItem || continues_item(part)
}

fn continues_item(part: &BodyPart) -> bool {
    part.kind == PartKind::Paragraph && part.level.is_some()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Where the text of each open list item begins, in columns, the outermost item first.
    item_columns: Vec<usize>,
    /// What stood last, where that decides what stands between it and the next.
    last: Last,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    #[default]
    Other,
    TightItem,
    Quote,
}

impl Writer {
    fn part(&mut self, part: &BodyPart, is_loose: bool) {
        if let Some(note) = &part.note {
            self.item_columns.clear();
            // What goes on in the next line stands under the text.
            let text = indented(&paragraph(part), NOTE_COLUMNS);
            return self.block(&format!("[^{}]: {}", label(note), text.trim_start()));
        }
        match part.kind {
            PartKind::ListItem => return self.list_item(part, is_loose),
            PartKind::Paragraph if part.level.is_some() && !self.item_columns.is_empty() => {
                let depth = usize::from(part.level.unwrap_or(1)).clamp(1, self.item_columns.len());
                self.item_columns.truncate(depth);
                let text = indented(&paragraph(part), *self.item_columns.last().unwrap_or(&0));
                return self.block(&text);
            }
            PartKind::Paragraph
            | PartKind::Heading
            | PartKind::Quote
            | PartKind::Code
            | PartKind::Table
            | PartKind::Caption
            | PartKind::Embed => self.item_columns.clear(),
        }
        match part.kind {
            PartKind::Heading => {
                let level = usize::from(part.level.unwrap_or(2).clamp(2, 6));
                self.block(&format!("{} {}", "#".repeat(level), heading_text(&part.text, &part.spans)));
            }
            PartKind::Quote => {
                let quote = prefixed(&paragraph(part), "> ");
                if self.last == Last::Quote {
                    self.out.push_str(">\n");
                    self.line(&quote);
                } else {
                    self.block(&quote);
                }
                self.last = Last::Quote;
            }
            PartKind::Code => self.block(&fenced(&part.text)),
            PartKind::Table => self.block(&table(&part.text)),
            PartKind::Caption => self.block(&figure(part)),
            PartKind::Embed => self.block(&embed(part)),
            PartKind::Paragraph | PartKind::ListItem => self.block(&paragraph(part)),
        }
    }

    fn list_item(&mut self, part: &BodyPart, is_loose: bool) {
        let depth = usize::from(part.level.unwrap_or(1).max(1));
        self.item_columns.truncate(depth - 1);
        let column = *self.item_columns.last().unwrap_or(&0);
        let marker = marker(part.marker.as_deref());
        // A box to tick is GitHub's, and only at the start of an item.
        let text = paragraph(part);
        let text = if text.starts_with("[ ]") || text.starts_with("[x]") { format!("\\{text}") } else { text };
        let content_column = column + marker.len();
        let text = format!("{}{marker}{}", " ".repeat(column), indented(&text, content_column).trim_start());
        self.item_columns.push(content_column);
        if self.last == Last::TightItem && !is_loose {
            self.line(&text);
        } else {
            self.block(&text);
        }
        if !is_loose {
            self.last = Last::TightItem;
        }
    }

    /// A block, after a blank line.
    fn block(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.line(text);
        self.last = Last::Other;
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }
}

/// Columns by which what goes on with a footnote is indented.
const NOTE_COLUMNS: usize = 4;

/// A footnote's number, which is all that may stand in its label.
fn label(note: &str) -> String {
    note.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A picture, its caption in italics in the line below.
fn figure(part: &BodyPart) -> String {
    let mut figure = String::new();
    let picture = part.image.as_ref().filter(|it| is_picture_link(&it.url));
    if let Some(picture) = picture {
        // An address in it would be read as a link in the picture's name.
        figure
            .push_str(&format!("![{}](", escaped(picture.alt.as_deref().unwrap_or_default()).replace(['[', ']'], "")));
        push_href(&mut figure, &picture.url);
        figure.push(')');
    }
    let caption = caption_with_credit(part);
    if !caption.is_empty() {
        let whole = Span { start: 0, end: caption.len(), kind: SpanKind::Emphasis };
        figure.push_str(if picture.is_some() { "\\\n" } else { "" });
        figure.push_str(&lines(&caption, [&whole].into_iter().chain(&part.spans)));
    }
    figure
}

/// What is embedded: its words as a quotation with a link to it, or the link alone.
fn embed(part: &BodyPart) -> String {
    let Some(embed) = &part.embed else { return prefixed(&paragraph(part), "> ") };
    let said = embed_said(embed);
    let link = match embed.url.as_deref().filter(|it| is_safe_link(it)) {
        Some(url) => {
            let whole = Span { start: 0, end: said.len(), kind: SpanKind::Link { href: url.to_owned() } };
            inline(&said, [&whole])
        }
        None => escaped(&said),
    };
    if part.text.is_empty() {
        return link;
    }
    format!("{}\n>\n> — {link}", prefixed(&paragraph(part), "> "))
}

/// What an item begins with in Markdown. Numbers keep their value; a mark that Markdown does not know is kept as text.
fn marker(as_in_page: Option<&str>) -> String {
    let mark = as_in_page.unwrap_or_default().trim();
    let number = mark.trim_end_matches(['.', ')']);
    if number.len() <= 9 && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{number}. ")
    } else if mark.chars().any(char::is_alphanumeric) {
        format!("- {} ", escaped_line_start(&escaped(mark)))
    } else {
        "- ".to_owned()
    }
}

fn paragraph(part: &BodyPart) -> String {
    let whole = Span { start: 0, end: part.text.len(), kind: SpanKind::Strong };
    let label = (part.role == Some(Role::Label)).then_some(&whole);
    lines(&part.text, label.into_iter().chain(&part.spans))
}

/// One line; bold says nothing in a heading.
fn heading_text(text: &str, spans: &[Span]) -> String {
    let spans = spans.iter().filter(|span| span.kind != SpanKind::Strong);
    let text = inline(&text.replace('\n', " "), spans);
    // Number signs at the end would be taken for the end of the heading.
    match text.strip_suffix('#') {
        Some(before) => format!("{before}\\#"),
        None => text,
    }
}

/// Text with its spans; its line feeds are kept as hard line breaks.
fn lines<'a>(text: &str, spans: impl IntoIterator<Item = &'a Span>) -> String {
    let text = inline(text, spans);
    let lines: Vec<String> = text.lines().map(|line| escaped_line_start(line.trim_start())).collect();
    lines.join("\\\n")
}

fn inline<'a>(text: &str, spans: impl IntoIterator<Item = &'a Span>) -> String {
    let spans: Vec<&Span> = spans.into_iter().collect();
    let notes = notes(text, &spans);
    let mut nested = nest(text, spans, |span| match span.kind {
        SpanKind::Strong | SpanKind::Emphasis => is_read_as_emphasis(text, span),
        SpanKind::Code => !text[span.start..span.end].contains(['`', '\n']),
        SpanKind::Link { href } => is_safe_link(href),
        SpanKind::Note { .. } => false,
    });
    // Asterisks that touch would be read as one run.
    let mut last_end = None;
    nested.retain(|span| {
        let is_emphasis = matches!(span.kind, SpanKind::Strong | SpanKind::Emphasis);
        let touches = is_emphasis && last_end == Some(span.start);
        if is_emphasis && !touches {
            last_end = Some(span.end);
        }
        !touches
    });
    let mut out = String::new();
    let mut notes = notes.into_iter().peekable();
    walk(
        text,
        &nested,
        &mut out,
        |out, range, open| {
            let write = |out: &mut String, range: std::ops::Range<usize>| {
                if open.iter().any(|span| *span.kind == SpanKind::Code) {
                    out.push_str(&text[range]);
                } else {
                    let is_link = open.iter().any(|span| matches!(span.kind, SpanKind::Link { .. }));
                    escape(out, text, range, is_link);
                }
            };
            let mut at = range.start;
            // A reference inside of a link or of code would be no reference.
            while let Some((place, note)) = notes.next_if(|(place, _)| *place <= range.end && open.is_empty()) {
                write(out, at..place.max(at));
                at = place.max(at);
                out.push_str(&format!("[^{}]", label(note)));
            }
            write(out, at..range.end);
        },
        |out, span, edge| match (span.kind, edge) {
            (SpanKind::Strong, _) => out.push_str("**"),
            (SpanKind::Emphasis, _) => out.push('*'),
            (SpanKind::Code, _) => out.push('`'),
            (SpanKind::Note { .. }, _) => {}
            (SpanKind::Link { .. }, Edge::Open) => out.push('['),
            (SpanKind::Link { href }, Edge::Close) => {
                out.push_str("](");
                push_href(out, href);
                out.push(')');
            }
        },
    );
    out
}

/// Whether asterisks around a span open and close it, which depends on the characters on both sides of each.
///
/// Source: CommonMark, 6.2, left- and right-flanking delimiter runs.
fn is_read_as_emphasis(text: &str, span: &Nested<'_>) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    let first = text[span.start..].chars().next();
    let last = text[..span.end].chars().next_back();
    let is_punctuation = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    let is_apart = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_punctuation(c));
    let opens = !first.is_some_and(is_punctuation) || is_apart(before);
    let closes = !last.is_some_and(is_punctuation) || is_apart(after);
    opens && closes
}

/// The address with what would end it, or the link, encoded.
fn push_href(out: &mut String, href: &str) {
    for c in href.trim().chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            c if c.is_whitespace() || c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
            c => out.push(c),
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(&mut out, text, 0..text.len(), false);
    out
}

/// A stretch of a text, with a backslash before each character that would be read as markup.
fn escape(out: &mut String, text: &str, range: std::ops::Range<usize>, is_link: bool) {
    let mut before = text[..range.start].chars().next_back();
    let mut chars = text[range.start..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let at = range.start + offset;
        if at >= range.end {
            break;
        }
        let after = chars.peek().map(|(_, after)| *after);
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_markup = match c {
            '`' => true,
            '\\' => after.is_none_or(|after| after.is_ascii_punctuation() || after == '\n'),
            '*' => !(is_space(before) && is_space(after)),
            '_' => !(is_word(before) && is_word(after)),
            '~' => after == Some('~') || before == Some('~'),
            '<' => after.is_some_and(|after| after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?')),
            '&' => is_character_reference(&text[at..]),
            '[' => is_link || is_reference(&text[at..]),
            ']' => is_link,
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

/// Whether a text that begins with `[` would be read as a link or as the target of one.
fn is_reference(text: &str) -> bool {
    /// CommonMark allows 999 characters in a label; no such label in running text is that long.
    const LABEL_BYTES_MAX: usize = 1_000;
    let bytes = &text.as_bytes()[..text.len().min(LABEL_BYTES_MAX)];
    let mut closing = memchr::memchr_iter(b']', bytes);
    closing.any(|at| matches!(bytes.get(at + 1), Some(b'(' | b'[' | b':')))
}

/// Whether a text that begins with `&` would be read as one character.
fn is_character_reference(text: &str) -> bool {
    /// The longest name, `CounterClockwiseContourIntegral`, has 31 letters.
    const NAME_BYTES_MAX: usize = 32;
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let n_name = text.bytes().skip(1).take(NAME_BYTES_MAX).take_while(is_of_name).count();
    n_name > 0 && text.as_bytes().get(n_name + 1) == Some(&b';')
}

/// A line of text that does not begin as a heading, a quote, a list, a rule or a fence does.
fn escaped_line_start(line: &str) -> String {
    let ends_mark = |at: usize| line[at..].chars().next().is_none_or(char::is_whitespace);
    let n_digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let n_signs = line.bytes().take_while(|byte| *byte == b'#').count();
    let escape_at = match line.bytes().next() {
        Some(b'#') if n_signs <= 6 && ends_mark(n_signs) => Some(0),
        Some(b'>') => Some(0),
        // Also rules and the underlines of headings.
        Some(b'-' | b'=' | b'+') if ends_mark(1) || line.bytes().all(|byte| matches!(byte, b'-' | b'=' | b' ')) => {
            Some(0)
        }
        Some(b'*') if ends_mark(1) => Some(0),
        Some(b'|') => Some(0),
        Some(b'0'..=b'9') if n_digits <= 9 && matches!(line.as_bytes().get(n_digits), Some(b'.' | b')')) => {
            ends_mark(n_digits + 1).then_some(n_digits)
        }
        _ => None,
    };
    match escape_at {
        Some(at) => format!("{}\\{}", &line[..at], &line[at..]),
        None => line.to_owned(),
    }
}

/// Code between fences longer than any in it.
fn fenced(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}\n{}\n{fence}", code.trim_end_matches('\n'))
}

/// Rows of lines, cells between ` | `. The first row is the head: Markdown has no table without one.
fn table(text: &str) -> String {
    let rows: Vec<Vec<String>> = text
        .lines()
        .map(|row| row.split(" | ").map(|cell| escaped(cell.trim()).replace('|', "\\|")).collect())
        .collect();
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for (row_idx, row) in rows.iter().enumerate() {
        for column in 0..n_columns {
            let cell = row.get(column).map(String::as_str).unwrap_or_default();
            out.push_str("| ");
            out.push_str(cell);
            out.push_str(if cell.is_empty() { "" } else { " " });
        }
        out.push_str("|\n");
        if row_idx == 0 {
            out.push_str(&"| --- ".repeat(n_columns));
            out.push_str("|\n");
        }
    }
    out.trim_end().to_owned()
}

fn indented(text: &str, columns: usize) -> String {
    let indent = " ".repeat(columns);
    let lines: Vec<String> = text.lines().map(|line| format!("{indent}{line}")).collect();
    lines.join("\n")
}

fn prefixed(text: &str, prefix: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("{prefix}{line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::html;
    use crate::article::tests::{article, part};

    #[track_caller]
    fn check(blocks: Vec<BodyPart>, markdown: &str) {
        assert_eq!(super::markdown(&article(None, blocks)), markdown);
    }

    fn item(level: u8, marker: &str, text: &str) -> BodyPart {
        BodyPart { level: Some(level), marker: Some(marker.to_owned()), ..part(PartKind::ListItem, text) }
    }

    fn spanned(text: &str, spans: &[(&str, SpanKind)]) -> BodyPart {
        let span = |(inside, kind): &(&str, SpanKind)| {
            let start = text.find(inside).expect("it is in there");
            Span { start, end: start + inside.len(), kind: kind.clone() }
        };
        BodyPart { spans: spans.iter().map(span).collect(), ..part(PartKind::Paragraph, text) }
    }

    #[test]
    fn blocks_keep_their_kind() {
        let heading = BodyPart { level: Some(3), ..part(PartKind::Heading, "Why # matters #") };
        let blocks = vec![
            heading,
            part(PartKind::Paragraph, "One."),
            part(PartKind::Quote, "Two."),
            part(PartKind::Quote, "Three."),
            part(PartKind::Code, "if a < b {\n    `x`\n}"),
            part(PartKind::Table, "Town | Votes\nHarbour|mouth | 7"),
            part(PartKind::Caption, "The ferry. Photo: A. Nyman"),
        ];
        check(
            blocks,
            "### Why # matters \\#\n\nOne.\n\n> Two.\n>\n> Three.\n\n```\nif a < b {\n    `x`\n}\n```\n\n\
             | Town | Votes |\n| --- | --- |\n| Harbour\\|mouth | 7 |\n\n*The ferry. Photo: A. Nyman*\n",
        );
    }

    #[test]
    fn lists_nest_and_keep_their_numbers() {
        check(
            vec![item(1, "3.", "c"), item(2, "•", "inner"), item(2, "•", "more"), item(1, "4.", "d")],
            "3. c\n   - inner\n   - more\n4. d\n",
        );
        check(
            vec![item(2, "•", "two deep below none"), part(PartKind::Paragraph, "After.")],
            "- two deep below none\n\nAfter.\n",
        );
        check(
            vec![item(1, "a)", "letters are text"), item(1, "-", "[ ] a box")],
            "- a) letters are text\n- \\[ ] a box\n",
        );
    }

    #[test]
    fn a_paragraph_goes_on_with_its_item() {
        let label = |text: &str| BodyPart { role: Some(Role::Label), ..item(1, "•", text) };
        let more = |text: &str| BodyPart { level: Some(1), ..part(PartKind::Paragraph, text) };
        check(
            vec![label("Price:"), more("Low."), label("Place:"), more("Here."), part(PartKind::Paragraph, "After.")],
            "- **Price:**\n\n  Low.\n\n- **Place:**\n\n  Here.\n\nAfter.\n",
        );
    }

    #[test]
    fn text_that_looks_like_markup_stays_text() {
        for (text, markdown) in [
            ("1. not a list", "1\\. not a list"),
            ("2026. That year", "2026\\. That year"),
            ("3.5 per cent", "3.5 per cent"),
            ("# not a heading", "\\# not a heading"),
            ("#hashtag", "#hashtag"),
            ("- dash", "\\- dash"),
            ("-5 degrees", "-5 degrees"),
            ("---", "\\---"),
            ("===", "\\==="),
            ("+ plus", "\\+ plus"),
            ("> quote", "\\> quote"),
            ("* star", "\\* star"),
            ("5 * 4 is 20", "5 * 4 is 20"),
            ("a*b*c", "a\\*b\\*c"),
            ("snake_case and _this_", "snake_case and \\_this\\_"),
            ("`code`", "\\`code\\`"),
            ("~~gone~~ ~5", "\\~\\~gone\\~\\~ ~5"),
            ("<script> a < b", "\\<script> a < b"),
            ("AT&T, &amp; &#x41; & co; so", "AT&T, \\&amp; \\&#x41; & co; so"),
            ("he said [sic] so", "he said [sic] so"),
            ("[a](b) and [c]: d", "\\[a](b) and \\[c]: d"),
            ("C:\\dir\\*", "C:\\dir\\\\\\*"),
            ("two\nlines", "two\\\nlines"),
            ("| pipe", "\\| pipe"),
        ] {
            check(vec![part(PartKind::Paragraph, text)], &format!("{markdown}\n"));
        }
    }

    #[test]
    fn spans_become_emphasis_and_links() {
        let link = |href: &str| SpanKind::Link { href: href.to_owned() };
        check(
            vec![spanned("all of it here", &[("of it", SpanKind::Strong), ("it", SpanKind::Emphasis)])],
            "all **of *it*** here\n",
        );
        check(
            vec![spanned("see [1] now", &[("[1]", link("https://a.example/x (y)"))])],
            "see [\\[1\\]](https://a.example/x%20%28y%29) now\n",
        );
        check(vec![spanned("see this", &[("this", link("javascript:alert(1)"))])], "see this\n");
        check(vec![spanned("run a_b* now", &[("a_b*", SpanKind::Code)])], "run `a_b*` now\n");
    }

    #[test]
    fn emphasis_that_would_not_be_read_is_left_out() {
        check(vec![spanned("say “no”now", &[("“no”", SpanKind::Strong)])], "say “no”now\n");
        check(vec![spanned("say “no” now", &[("“no” ", SpanKind::Strong)])], "say **“no”** now\n");
    }

    #[test]
    fn front_matter_is_safe_whatever_the_headline() {
        let yaml = front_matter(&article(Some("Yes: \"no\" # \\ \u{85}end"), Vec::new()));
        assert_eq!(yaml, "---\ntitle: \"Yes: \\\"no\\\" # \\\\ \\u0085end\"\n---\n\n");
    }

    #[test]
    fn html_is_escaped_and_nests() {
        let javascript = SpanKind::Link { href: "javascript:alert(1)".to_owned() };
        let blocks = vec![
            spanned("a <b> & \"c\"", &[("<b>", javascript)]),
            item(1, "•", "one"),
            item(2, "1.", "two"),
            item(1, "•", "three"),
            part(PartKind::Quote, "said"),
            part(PartKind::Table, "a | <b>"),
        ];
        assert_eq!(
            html(&article(Some("H & M"), blocks)),
            "<article dir=\"auto\">\n<h1>H &amp; M</h1>\n<p>a &lt;b&gt; &amp; &quot;c&quot;</p>\n<ul>\n<li><p>one</p>\n\
             <ol>\n<li><p>two</p>\n</li>\n</ol>\n</li>\n<li><p>three</p>\n</li>\n</ul>\n<blockquote>\n<p>said</p>\n\
             </blockquote>\n<table>\n<tr><td>a</td><td>&lt;b&gt;</td></tr>\n</table>\n</article>\n"
        );
    }
}
