//! Kept blocks to the parts of a body: lines joined, emphasis and links as spans; then, when the text is mended, typed lists
//! and labels told, headings put under the headline.

use super::blocks::{self, Block, Blocks, Gap};
use super::notes;
use super::rules::{Anchors, Verdict};
use crate::article::{BodyPart, PartKind, Role, Source, Span, SpanKind};
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use std::collections::HashMap;
use std::ops::Range;
use url::Url;

/// The parts of the body, in order, each with the rows it is made of.
pub(super) fn parts(
    dom: &Dom,
    blocks: &Blocks,
    verdicts: &[Verdict],
    anchors: &Anchors<'_>,
    url: Option<&Url>,
) -> Vec<(BodyPart, Range<usize>)> {
    let mut parts: Vec<(BodyPart, Range<usize>)> = Vec::new();
    let mut previous_item = None;
    let mut numbers = Numbers::default();
    for (row_idx, row) in blocks.rows.iter().enumerate() {
        if verdicts[row_idx] != Verdict::Keep {
            continue;
        }
        let (text, spans) = run(dom, blocks, row, url);
        // A line after one `<br>` goes on in the part before it.
        if row.gap == Gap::Line
            && let Some((part, rows)) = parts.last_mut()
            && rows.end == row_idx
            && blocks.rows[row_idx - 1].element == row.element
        {
            let shift = part.text.len() + 1;
            part.text.push('\n');
            part.text.push_str(&text);
            part.spans.extend(spans.into_iter().map(|it| Span { start: it.start + shift, end: it.end + shift, ..it }));
            rows.end = row_idx + 1;
            continue;
        }
        let mut part = BodyPart {
            level: (row.level > 0 && matches!(row.kind, PartKind::Heading | PartKind::ListItem)).then_some(row.level),
            spans,
            src: Some(source(dom, row.element)),
            ..BodyPart::new(row.kind, text)
        };
        if row.kind == PartKind::Table {
            part.level = head_rows(dom, row.element);
        }
        if dom.is(row.element, Tag::DT) && part.text.chars().count() <= LABEL_CHARS_MAX {
            part.role = Some(Role::Label);
        }
        if row.kind == PartKind::Caption {
            let length = counter(&part.text);
            cut_front(&mut part, length);
        }
        if row.kind == PartKind::ListItem {
            let item = dom.ancestors(row.element).take(ITEM_DEPTH_MAX).find(|it| dom.is(*it, Tag::LI));
            if item.is_some() && item == previous_item {
                part.kind = PartKind::Paragraph;
            } else {
                part.marker = item.and_then(|it| numbers.of(dom, it));
            }
            previous_item = item;
        }
        parts.push((part, row_idx..row_idx + 1));
    }
    for (part, rows) in parts.iter_mut().take(LEADS_MAX) {
        let is_text = matches!(part.kind, PartKind::Paragraph | PartKind::Heading);
        if is_text && is_standfirst(dom, &blocks.rows[rows.start], &part.text, anchors) {
            // A summary set as a heading is still a summary.
            (part.kind, part.level, part.role) = (PartKind::Paragraph, None, Some(Role::Standfirst));
        } else if part.kind != PartKind::Caption {
            break;
        }
    }
    parts
}

/// Where an element stands.
pub(super) fn source(dom: &Dom, element: NodeId) -> Source {
    Source { page: None, node: element.index(), offset: dom.source(element) }
}

/// How many of a table's first rows are headings of columns and nothing else.
fn head_rows(dom: &Dom, table: NodeId) -> Option<u8> {
    let mut n_rows = 0;
    for row in dom.descendants(table).filter(|it| dom.is(*it, Tag::TR)) {
        let is_cell = |it: &NodeId| matches!(dom.tag(*it), Some(Tag::TH | Tag::TD));
        let is_head = dom.children(row).any(|it| is_cell(&it))
            && (dom.parent(row).is_some_and(|it| dom.is(it, Tag::THEAD))
                || dom.children(row).filter(is_cell).all(|it| dom.is(it, Tag::TH)));
        if !is_head || n_rows == HEAD_ROWS_MAX {
            break;
        }
        n_rows += 1;
    }
    (n_rows > 0).then_some(n_rows)
}

/// Rows of a table's head.
const HEAD_ROWS_MAX: u8 = 3;

/// Tells typed lists and labels, and puts the headings' levels under the headline's.
pub fn structure(parts: &mut [BodyPart]) {
    rebase_headings(parts);
    typed_lists(parts);
    labels(parts);
}

/// A block's text with its spans. Tables and code come as they were cut.
pub(super) fn run(dom: &Dom, blocks: &Blocks, row: &Block, url: Option<&Url>) -> (String, Vec<Span>) {
    let cut = blocks.text(row);
    if matches!(row.kind, PartKind::Table | PartKind::Code) {
        return (cut.to_owned(), Vec::new());
    }
    let mut text = String::with_capacity(cut.len());
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Vec<(usize, usize, SpanKind)> = Vec::new();
    let (first, last) = row.nodes;
    for node in dom.ancestors(first).take_while(|it| *it != row.element).take(INLINE_DEPTH_MAX) {
        if let Some(kind) = span_kind(dom, node, url) {
            open.push((dom.end(node).index(), 0, kind));
        }
    }
    open.reverse();
    let mut at = first.index();
    while at <= last.index() {
        let node = NodeId::at(at);
        while open.last().is_some_and(|(end, ..)| *end <= at) {
            let (_, start, kind) = open.pop().expect("just seen");
            close(&mut spans, &text, start, kind);
        }
        match dom.kind(node) {
            Kind::Text => blocks::push_run(&mut text, 0, dom.text(node)),
            Kind::Element(tag) if blocks::is_passed_over(dom, &blocks.picks, node, tag) => {
                if let Some(note) = notes::target(dom, node) {
                    push_note(&mut spans, &text, note);
                }
                at = dom.end(node).index();
                continue;
            }
            Kind::Element(_) => {
                if let Some(kind) = span_kind(dom, node, url) {
                    open.push((dom.end(node).index(), text.len(), kind));
                }
            }
            Kind::Document | Kind::Comment | Kind::Doctype => {}
        }
        at += 1;
    }
    for note in notes::after(dom, row) {
        push_note(&mut spans, &text, note);
    }
    // No-break spaces at the end stay: they are counted where they are tidied.
    text.truncate(text.trim_end_matches([' ', '\n']).len());
    while let Some((_, start, kind)) = open.pop() {
        close(&mut spans, &text, start, kind);
    }
    spans.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    (text, spans)
}

fn push_note(spans: &mut Vec<Span>, text: &str, note: &str) {
    let at = text.trim_end_matches([' ', '\n']).len();
    spans.push(Span { start: at, end: at, kind: SpanKind::Note { note: note.to_owned() } });
}

/// Elements between an item of a list and a block in it.
const ITEM_DEPTH_MAX: usize = 64;
/// Inline elements around the beginning of a block that are looked at: those around the whole of it say less than its own.
const INLINE_DEPTH_MAX: usize = 32;

fn span_kind(dom: &Dom, node: NodeId, url: Option<&Url>) -> Option<SpanKind> {
    match dom.tag(node)? {
        Tag::B | Tag::STRONG => Some(SpanKind::Strong),
        Tag::I | Tag::EM | Tag::CITE => Some(SpanKind::Emphasis),
        Tag::CODE | Tag::KBD | Tag::SAMP | Tag::TT => Some(SpanKind::Code),
        Tag::A => {
            let href = dom.attr(node, Attr::HREF)?.trim();
            let target = match url {
                Some(url) => url.join(href).ok()?,
                None => Url::parse(href).ok()?,
            };
            // Only what can be followed from elsewhere: no scripts, no places on this page.
            let is_place = href.starts_with('#');
            (matches!(target.scheme(), "http" | "https" | "mailto") && !is_place)
                .then(|| SpanKind::Link { href: target.to_string() })
        }
        _ => None,
    }
}

/// Ends a span at the end of the text, spaces at its edges left outside, one like it just before joined.
fn close(spans: &mut Vec<Span>, text: &str, start: usize, kind: SpanKind) {
    let inside = &text[start.min(text.len())..];
    let end = start + inside.trim_end().len();
    let start = start + (inside.len() - inside.trim_start().len());
    if start >= end {
        return;
    }
    // What it may join or repeat closed just before it.
    let near = spans.len().saturating_sub(SPANS_NEAR);
    for before in spans[near..].iter_mut().filter(|it| it.kind == kind) {
        if before.end <= start && text[before.end..start].trim().is_empty() {
            before.end = end;
            return;
        }
        if before.start <= start && end <= before.end {
            return;
        }
    }
    spans.push(Span { start, end, kind });
}

/// Spans that are looked at for one to join: a word has no more layers of emphasis.
const SPANS_NEAR: usize = 8;

/// Bytes of a gallery's counter ("3/12 ") at the head of a caption.
fn counter(text: &str) -> usize {
    let Some((counter, _)) = text.split_once(char::is_whitespace) else { return 0 };
    let numbers = counter.split_once('/').map(|(at, of)| (at.parse::<u32>(), of.parse::<u32>()));
    match numbers {
        Some((Ok(at), Ok(of))) if at <= of => text.len() - text[counter.len()..].trim_start().len(),
        _ => 0,
    }
}

/// How far the items of ordered lists are counted, so that each is counted once.
#[derive(Default)]
struct Numbers {
    lists: HashMap<NodeId, Counted>,
}

/// How far the items of one list are counted.
struct Counted {
    /// The last item asked for, and its number.
    last: Option<(NodeId, i32)>,
    /// The child to look at next, and the number that it has unless it says another.
    next: Option<NodeId>,
    number: i32,
}

impl Numbers {
    /// An item's number in an ordered list, with its dot. Items are asked for in document order, one perhaps again.
    fn of(&mut self, dom: &Dom, item: NodeId) -> Option<String> {
        let list = dom.parent(item).filter(|it| dom.is(*it, Tag::OL))?;
        let stated = |node, attr| dom.attr(node, attr).and_then(|it| it.trim().parse::<i32>().ok());
        let counted = self.lists.entry(list).or_insert_with(|| Counted {
            last: None,
            next: dom.first_child(list),
            number: stated(list, Attr::START).unwrap_or(1),
        });
        while let Some(child) = counted.next.filter(|it| *it <= item) {
            counted.next = dom.next_sibling(child);
            if dom.is(child, Tag::LI) {
                let own = stated(child, Attr::VALUE).unwrap_or(counted.number);
                counted.last = Some((child, own));
                counted.number = own.saturating_add(1);
            }
        }
        counted.last.filter(|it| it.0 == item).map(|(_, number)| format!("{number}."))
    }
}

/// Levels such that the highest heading in the body is 2, as the headline is 1.
fn rebase_headings(parts: &mut [BodyPart]) {
    let headings = || parts.iter().filter(|it| it.kind == PartKind::Heading);
    let Some(highest) = headings().filter_map(|it| it.level).min() else { return };
    for part in parts.iter_mut().filter(|it| it.kind == PartKind::Heading) {
        part.level = part.level.map(|it| (it - highest + 2).min(6));
    }
}

/// Paragraphs that open with the same typed bullet, two at least, are items of a list; a paragraph under a label goes on in
/// its item.
fn typed_lists(parts: &mut [BodyPart]) {
    let glyph = |part: &BodyPart| {
        let first = part.text.trim_start().chars().next()?;
        let is_bulleted = part.text.trim_start()[first.len_utf8()..].starts_with(char::is_whitespace);
        (part.kind == PartKind::Paragraph && BULLETS.contains(first) && is_bulleted).then_some(first)
    };
    let glyphs: Vec<Option<char>> = parts.iter().map(glyph).collect();
    let mut counts: HashMap<char, u32> = HashMap::new();
    for bullet in glyphs.iter().flatten() {
        *counts.entry(*bullet).or_default() += 1;
    }
    for part_idx in 0..parts.len() {
        let Some(bullet) = glyphs[part_idx] else { continue };
        if counts[&bullet] < 2 {
            continue;
        }
        let part = &mut parts[part_idx];
        let length = part.text.len() - part.text.trim_start()[bullet.len_utf8()..].trim_start().len();
        cut_front(part, length);
        part.kind = PartKind::ListItem;
        part.level = Some(1);
        part.marker = Some(bullet.to_string());
        let is_label = part.text.ends_with(':');
        if let Some(next) = parts.get_mut(part_idx + 1)
            && is_label
            && glyphs[part_idx + 1].is_none()
            && next.kind == PartKind::Paragraph
        {
            next.level = Some(1);
        }
    }
}

/// Glyphs that authors type before the items of a list. No dashes: they open speech in half of Europe.
const BULLETS: &str = "•‣◦▪●■○□·►▶➤✓✔⁃∙";

/// Takes bytes off the front of a part's text.
fn cut_front(part: &mut BodyPart, length: usize) {
    part.text.drain(..length);
    part.spans.retain_mut(|it| {
        it.start = it.start.saturating_sub(length);
        it.end = it.end.saturating_sub(length);
        it.start < it.end || matches!(it.kind, SpanKind::Note { .. })
    });
}

/// Short bold or bulleted lines that end in a colon name what follows.
fn labels(parts: &mut [BodyPart]) {
    for part in parts {
        let is_bold = part.spans.iter().any(|it| {
            it.kind == SpanKind::Strong
                && it.start == 0
                && it.end >= part.text.trim_end_matches([':', ' ', '\u{a0}']).len()
        });
        let is_short = part.text.ends_with(':') && part.text.chars().count() <= LABEL_CHARS_MAX;
        if is_short
            && (is_bold || part.marker.is_some())
            && matches!(part.kind, PartKind::Paragraph | PartKind::ListItem)
        {
            part.role = Some(Role::Label);
        }
    }
}

/// Parts at the head of a story that may be its summary: a picture's caption, and two lines of summary.
const LEADS_MAX: usize = 3;
/// Characters of a label, at most.
const LABEL_CHARS_MAX: usize = 80;

fn is_standfirst(dom: &Dom, row: &Block, text: &str, anchors: &Anchors<'_>) -> bool {
    use super::marks::{Mark, mark_of};
    let text = crate::text::fold(text);
    let is_named = dom.ancestors(row.element).take(3).any(|it| {
        let mark = mark_of(dom, it);
        mark.any(Mark::LEAD) && !mark.any(Mark::META | Mark::HEADLINE)
    });
    is_named || anchors.stated.descriptions.iter().any(|it| crate::text::fold(it) == text)
}
