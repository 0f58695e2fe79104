//! Pages that are sent as they are made: what is late comes hidden at the end of the page, and a script puts it where the
//! page left a gap. Next.js and all that builds on React sends so.
//!
//! Source: React's [`renderToPipeableStream`](https://react.dev/reference/react-dom/server/renderToPipeableStream); the form is
//! that of React 18 and 19. A gap is `<!--$?--><template id="B:0"></template>`, what is shown until then, and `<!--/$-->`; or
//! `<template id="P:1"></template>` alone. What belongs there is inside `<div hidden id="S:0">`.

use crate::dom::{Attr, Dom, NodeId, Tag};
use memchr::memmem;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// A page put in order, and where its parts come from.
#[derive(Debug, PartialEq)]
pub(super) struct Filled {
    /// The page with every part where its gap was.
    pub(super) html: String,
    /// Where stretches begin, in order: in the new page, and in the old one.
    stretches: Vec<(usize, usize)>,
}

impl Filled {
    /// Where a byte of the new page stands in the old one.
    pub(super) fn source(&self, at: usize) -> usize {
        let stretch = self.stretches.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.stretches.get(stretch).map_or(at, |(start, old)| old + (at - start))
    }
}

/// The page with what came late in its place; `None` where nothing did, as on nearly all pages.
///
/// `html` is what `dom` was made from.
pub(super) fn filled(html: &str, dom: &Dom) -> Option<Filled> {
    dom.elements(Tag::TEMPLATE).next()?;
    let mut parts: HashMap<&str, Part> = HashMap::new();
    for node in dom.elements(Tag::DIV).filter(|it| dom.attr(*it, Attr::HIDDEN).is_some()) {
        if let Some(key) = dom.attr(node, Attr::ID).and_then(|it| it.strip_prefix("S:"))
            && parts.len() < PARTS_MAX
            && let Some(part) = part(html, dom, node)
        {
            parts.entry(key).or_insert(part);
        }
    }
    let mut gaps: Vec<Gap<'_>> = Vec::new();
    let mut with_gap: HashSet<&str> = HashSet::new();
    for node in dom.elements(Tag::TEMPLATE) {
        let Some((kind, key)) = dom.attr(node, Attr::ID).and_then(|it| it.split_once(':')) else { continue };
        if matches!(kind, "B" | "P")
            && parts.contains_key(key)
            && !with_gap.contains(key)
            && let Some(gap) = gap(html, dom, node, kind == "B")
        {
            with_gap.insert(key);
            gaps.push(Gap { key, range: gap });
        }
    }
    if gaps.is_empty() {
        return None;
    }
    gaps.sort_by_key(|it| it.range.start);
    parts.retain(|key, _| with_gap.contains(key));
    let mut moved: Vec<Range<usize>> = parts.values().map(|it| it.whole.clone()).collect();
    moved.sort_by_key(|it| it.start);
    let filled = Filled { html: String::with_capacity(html.len()), stretches: Vec::new() };
    let mut writer = Writer { html, parts, moved, gaps, filled };
    writer.write(0..html.len(), 0);
    Some(writer.filled)
}

/// What came late.
struct Part {
    /// The element, tags and all.
    whole: Range<usize>,
    inside: Range<usize>,
}

/// Where it belongs.
struct Gap<'a> {
    key: &'a str,
    /// The mark, and what is shown until then.
    range: Range<usize>,
}

fn part(html: &str, dom: &Dom, node: NodeId) -> Option<Part> {
    let start = dom.source(node)?;
    let open = start + html.get(start..)?.find('>')? + 1;
    // Behind it comes the script that puts it in its place, or the end of the page.
    let after = (dom.end(node).index()..dom.len()).take(NODES_AFTER);
    let next = after.map(NodeId::at).find_map(|it| dom.source(it));
    let next = next.unwrap_or(html.len());
    let from = html.floor_char_boundary(next.saturating_sub(BYTES_AFTER)).max(open);
    let close = from + html.get(from..next)?.rfind(CLOSE)?;
    Some(Part { whole: start..close + CLOSE.len(), inside: open..close })
}

const CLOSE: &str = "</div>";

fn gap(html: &str, dom: &Dom, node: NodeId, has_fallback: bool) -> Option<Range<usize>> {
    const MARK_END: &str = "</template>";
    let start = dom.source(node)?;
    let open = start + html.get(start..)?.find('>')? + 1;
    let end = open + html.get(open..)?.strip_prefix(MARK_END).map(|_| MARK_END.len())?;
    if !has_fallback {
        return Some(start..end);
    }
    // What is shown until then ends with the comment that belongs to the one before the mark.
    let mut depth = 0;
    let near = &html.as_bytes()[end..html.len().min(end + FALLBACK_BYTES_MAX)];
    for at in memmem::find_iter(near, b"<!--").map(|it| end + it) {
        if html[at..].starts_with("<!--$") {
            depth += 1;
        } else if html[at..].starts_with("<!--/$-->") {
            if depth == 0 {
                return Some(start..at);
            }
            depth -= 1;
        }
    }
    Some(start..end)
}

/// Nodes of which one says where what is before it ends.
const NODES_AFTER: usize = 20;
/// Bytes between a part's end and what comes next, spaces and the ends of elements around it.
const BYTES_AFTER: usize = 4_096;
/// Bytes of what is shown until a part comes.
const FALLBACK_BYTES_MAX: usize = 1 << 16;
/// Parts of one page: of 35 pages measured that have any, the one with most has 59.
const PARTS_MAX: usize = 1_000;
/// Parts within parts.
const DEPTH_MAX: usize = 16;

struct Writer<'a> {
    html: &'a str,
    /// Those still to be written.
    parts: HashMap<&'a str, Part>,
    /// Where they all stood.
    moved: Vec<Range<usize>>,
    gaps: Vec<Gap<'a>>,
    filled: Filled,
}

impl Writer<'_> {
    /// Writes a stretch of the page, gaps filled and parts left out.
    fn write(&mut self, range: Range<usize>, depth: usize) {
        let mut at = range.start;
        while at < range.end {
            let next_gap = self.gaps.partition_point(|it| it.range.start < at);
            let gap =
                self.gaps.get(next_gap).filter(|it| it.range.end <= range.end).map(|it| (it.key, it.range.clone()));
            let next_part = self.moved.partition_point(|it| it.start < at);
            let part = self.moved.get(next_part).filter(|it| it.end <= range.end).cloned();
            match (gap, part) {
                (Some((key, gap)), part) if part.as_ref().is_none_or(|it| gap.start < it.start) => {
                    self.copy(at..gap.start);
                    match self.parts.remove(key).filter(|_| depth < DEPTH_MAX) {
                        Some(part) => self.write(part.inside, depth + 1),
                        None => self.copy(gap.clone()),
                    }
                    at = gap.end;
                }
                (_, Some(part)) => {
                    self.copy(at..part.start);
                    at = part.end;
                }
                (_, None) => {
                    self.copy(at..range.end);
                    at = range.end;
                }
            }
        }
    }

    fn copy(&mut self, range: Range<usize>) {
        if let Some(stretch) = self.html.get(range.clone()).filter(|it| !it.is_empty()) {
            self.filled.stretches.push((self.filled.html.len(), range.start));
            self.filled.html.push_str(stretch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;

    #[track_caller]
    fn check(html: &str, expected: Option<&str>) {
        let filled = filled(html, &Dom::parse(html, &Options::default()));
        assert_eq!(filled.as_ref().map(|it| it.html.as_str()), expected);
        if let Some(filled) = filled {
            for (at, byte) in filled.html.bytes().enumerate() {
                assert_eq!(html.as_bytes()[filled.source(at)], byte);
            }
        }
    }

    #[test]
    fn what_comes_late_is_put_in_its_place() {
        check(
            "<h1>é</h1><!--$?--><template id=\"B:0\"></template><p>Loading</p><!--/$--><p>End</p>\
             <div hidden id=\"S:0\"><p>Story</p><template id=\"P:1\"></template></div><script>$RC(\"B:0\",\"S:0\")</script>\
             <div hidden=\"\" id=\"S:1\"><div>More</div></div>",
            Some(
                "<h1>é</h1><!--$?--><p>Story</p><div>More</div><!--/$--><p>End</p>\
                 <script>$RC(\"B:0\",\"S:0\")</script>",
            ),
        );
    }

    #[test]
    fn what_is_shown_until_then_ends_with_its_own_comment() {
        check(
            "<!--$?--><template id=\"B:a\"></template><!--$--><i>a</i><!--/$--><i>b</i><!--/$--><div hidden id=\"S:a\">c</div>",
            Some("<!--$?-->c<!--/$-->"),
        );
        // Where comments were taken out, nothing tells.
        check("<template id=\"B:a\"></template><p>Wait</p><div hidden id=\"S:a\">c</div>", Some("c<p>Wait</p>"));
    }

    #[test]
    fn other_pages_are_left_alone() {
        check("<p>x</p><div hidden id=\"S:0\">y</div>", None);
        check("<template id=\"B:0\"></template><!--/$--><div id=\"S:0\">y</div>", None);
    }
}
