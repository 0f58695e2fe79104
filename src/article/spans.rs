//! Spans made to nest, as every markup asks: none crosses another, none stands in one of its own kind.

use super::{BodyPart, Embed, EmbedKind, Span, SpanKind};

/// A span that nests with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nested<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: &'a SpanKind,
}

/// The spans of a text in the order they open, outer before inner. A span that crosses the end of another is cut there;
/// what is empty, outside of the text, inside code, or inside its own kind is left out, as is any that `is_wanted` refuses.
pub(super) fn nest<'a>(
    text: &str,
    spans: impl IntoIterator<Item = &'a Span>,
    is_wanted: impl Fn(&Nested<'a>) -> bool,
) -> Vec<Nested<'a>> {
    let mut spans: Vec<Nested<'a>> = spans
        .into_iter()
        .filter(|span| text.get(span.start..span.end).is_some())
        .map(|span| trimmed(text, Nested { start: span.start, end: span.end, kind: &span.kind }))
        .collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut nested: Vec<Nested<'a>> = Vec::with_capacity(spans.len());
    let mut open: Vec<Nested<'a>> = Vec::new();
    for mut span in spans {
        open.retain(|outer| outer.end > span.start);
        if let Some(outer) = open.last() {
            span.end = span.end.min(outer.end);
            span = trimmed(text, span);
        }
        let is_redundant = |outer: &Nested<'_>| {
            *outer.kind == SpanKind::Code || std::mem::discriminant(outer.kind) == std::mem::discriminant(span.kind)
        };
        if span.start < span.end && !open.iter().any(is_redundant) && is_wanted(&span) {
            open.push(span);
            nested.push(span);
        }
    }
    nested
}

/// Whitespace at its ends belongs outside of a span: Markdown would not read it otherwise.
fn trimmed<'a>(text: &str, span: Nested<'a>) -> Nested<'a> {
    let inside = &text[span.start..span.end];
    let start = span.start + (inside.len() - inside.trim_start().len());
    let end = start + inside.trim().len();
    Nested { start, end: end.max(start), ..span }
}

/// Writes a text with its spans: `open` and `close` write what stands around a span, `plain` a stretch of the text. `plain`
/// is told the spans that are open.
pub(super) fn walk<'a>(
    text: &str,
    nested: &[Nested<'a>],
    out: &mut String,
    mut plain: impl FnMut(&mut String, std::ops::Range<usize>, &[Nested<'a>]),
    mut edge: impl FnMut(&mut String, &Nested<'a>, Edge),
) {
    let mut at = 0;
    let mut open: Vec<Nested<'a>> = Vec::new();
    let mut waiting = nested.iter().peekable();
    loop {
        let next_end = open.last().map(|span| span.end);
        let next_start = waiting.peek().map(|span| span.start);
        let (edge_at, closes) = match (next_end, next_start) {
            (None, None) => break,
            (Some(end), Some(start)) if start < end => (start, false),
            (None, Some(start)) => (start, false),
            (Some(end), _) => (end, true),
        };
        plain(out, at..edge_at, &open);
        at = edge_at;
        if closes {
            if let Some(span) = open.pop() {
                edge(out, &span, Edge::Close);
            }
        } else if let Some(span) = waiting.next() {
            edge(out, span, Edge::Open);
            open.push(*span);
        }
    }
    plain(out, at..text.len(), &open);
}

/// Where footnotes are referred to, in order, with their numbers.
pub(super) fn notes<'a>(text: &str, spans: &[&'a Span]) -> Vec<(usize, &'a str)> {
    let note = |span: &&'a Span| match &span.kind {
        SpanKind::Note { note } if text.is_char_boundary(span.start) => Some((span.start, note.as_str())),
        SpanKind::Note { .. } | SpanKind::Strong | SpanKind::Emphasis | SpanKind::Code | SpanKind::Link { .. } => None,
    };
    let mut notes: Vec<_> = spans.iter().filter_map(note).collect();
    notes.sort_by_key(|(place, _)| *place);
    notes
}

/// A caption, and the credit in brackets where it does not say it itself.
pub(super) fn caption_with_credit(part: &BodyPart) -> String {
    let credit = part.image.as_ref().and_then(|it| it.credit.as_deref()).filter(|it| !part.text.contains(it));
    match credit {
        Some(credit) if part.text.is_empty() => credit.to_owned(),
        Some(credit) => format!("{} ({credit})", part.text),
        None => part.text.clone(),
    }
}

/// What a link to something embedded says: who and when, else what and where.
pub(super) fn embed_said(embed: &Embed) -> String {
    if let Some(author) = &embed.author {
        return [Some(author.as_str()), embed.date.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    }
    let kind = match embed.kind {
        EmbedKind::Post => "Post",
        EmbedKind::Video => "Video",
        EmbedKind::Audio => "Audio",
        EmbedKind::Map => "Map",
        EmbedKind::Graphic => "Graphic",
        EmbedKind::Document => "Document",
    };
    match &embed.provider {
        Some(provider) => format!("{kind}: {provider}"),
        None => kind.to_owned(),
    }
}

/// An end of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Open,
    Close,
}

/// Whether a link may be followed from a saved article: to a page or a mailbox. Scripts, data and addresses without a
/// scheme lead nowhere good from here.
pub(super) fn is_safe_link(href: &str) -> bool {
    let scheme = href.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| ["http", "https", "mailto"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe)))
}

/// Whether a picture may be shown from an address.
pub(super) fn is_picture_link(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| ["http", "https"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, kind: SpanKind) -> Span {
        Span { start, end, kind }
    }

    #[track_caller]
    fn check(text: &str, spans: &[Span], expected: &str) {
        let nested = nest(text, spans, |_| true);
        let mut out = String::new();
        walk(
            text,
            &nested,
            &mut out,
            |out, range, _| out.push_str(&text[range]),
            |out, span, edge| {
                let (open, close) = match span.kind {
                    SpanKind::Strong => ('{', '}'),
                    SpanKind::Emphasis => ('(', ')'),
                    SpanKind::Code => ('`', '`'),
                    SpanKind::Link { .. } => ('[', ']'),
                    SpanKind::Note { .. } => unreachable!("not asked for"),
                };
                out.push(if edge == Edge::Open { open } else { close });
            },
        );
        assert_eq!(out, expected);
    }

    #[test]
    fn spans_nest_and_follow_one_another() {
        check("a b c", &[span(0, 5, SpanKind::Strong), span(2, 3, SpanKind::Emphasis)], "{a (b) c}");
        check("a b c", &[span(0, 1, SpanKind::Strong), span(2, 3, SpanKind::Strong)], "{a} {b} c");
        check("ab", &[span(0, 2, SpanKind::Strong), span(0, 2, SpanKind::Emphasis)], "{(ab)}");
    }

    #[test]
    fn a_span_that_crosses_another_is_cut() {
        check("a b c", &[span(0, 3, SpanKind::Strong), span(2, 5, SpanKind::Emphasis)], "{a (b)} c");
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        check("a b", &[span(1, 2, SpanKind::Strong), span(0, 99, SpanKind::Strong)], "a b");
        check("é", &[span(1, 2, SpanKind::Strong)], "é");
        check("a b", &[span(0, 3, SpanKind::Strong), span(0, 1, SpanKind::Strong)], "{a b}");
        check("a b", &[span(0, 3, SpanKind::Code), span(0, 1, SpanKind::Strong)], "`a b`");
        check(" a ", &[span(0, 3, SpanKind::Strong)], " {a} ");
    }

    #[test]
    fn only_pages_and_mailboxes_are_linked() {
        for safe in ["https://news.example/", "HTTP://news.example/", "mailto:desk@news.example"] {
            assert!(is_safe_link(safe), "{safe}");
        }
        for unsafe_link in ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "/a", "//news.example"] {
            assert!(!is_safe_link(unsafe_link), "{unsafe_link}");
        }
    }
}
