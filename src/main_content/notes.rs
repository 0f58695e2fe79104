//! Footnotes kept with what refers to them.
//!
//! A reference is a raised or bracketed number that links to another place on the page; the footnote is what stands at that
//! place. They are numbered anew, in the order in which the story refers to them.

use super::blocks::{Block, Blocks, breaks_line, is_note_sign, is_skipped};
use super::rules::{Reason, Verdict};
use crate::article::{BodyPart, SpanKind};
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use std::collections::HashMap;
use std::ops::Range;

/// Keeps the footnotes that kept rows refer to. Gives the rows that were out before, in order.
pub(super) fn keep(dom: &Dom, blocks: &Blocks, verdicts: &mut [Verdict]) -> Vec<usize> {
    let mut wanted: HashMap<&str, Option<NodeId>> = HashMap::new();
    for (row, verdict) in blocks.rows.iter().zip(&*verdicts) {
        if *verdict == Verdict::Keep {
            let signs = (row.nodes.0.index()..=row.nodes.1.index()).map(NodeId::at);
            wanted.extend(signs.filter_map(|it| Some((target(dom, it)?, None))));
            wanted.extend(after(dom, row).into_iter().map(|it| (it, None)));
        }
    }
    find(dom, &mut wanted);
    let mut kept = Vec::new();
    for node in wanted.into_values().flatten() {
        let rows = rows_at(dom, blocks, node);
        if rows.len() > NOTE_ROWS_MAX {
            continue;
        }
        for row_idx in rows {
            if matches!(verdicts[row_idx], Verdict::Drop(Reason::Unlikely | Reason::Outside | Reason::Links)) {
                verdicts[row_idx] = Verdict::Keep;
                kept.push(row_idx);
            }
        }
    }
    kept.sort_unstable();
    kept
}

/// The places that references right after a row's last text lead to.
pub(super) fn after<'a>(dom: &'a Dom, row: &Block) -> Vec<&'a str> {
    let mut targets = Vec::new();
    let (mut at, end) = (row.nodes.1.index() + 1, dom.end(row.element).index());
    while at < end {
        let node = NodeId::at(at);
        let target = target(dom, node);
        let goes_on = match dom.kind(node) {
            Kind::Text => dom.text(node).trim().is_empty(),
            Kind::Element(tag) => target.is_some() || !(breaks_line(tag) || is_skipped(tag) || tag == Tag::BR),
            Kind::Document | Kind::Comment | Kind::Doctype => true,
        };
        if !goes_on {
            break;
        }
        at = if target.is_some() { dom.end(node).index() } else { at + 1 };
        targets.extend(target);
    }
    targets
}

/// Numbers references and footnotes; a reference to what is not in the story is taken out.
pub(super) fn number(dom: &Dom, blocks: &Blocks, parts: &mut [(BodyPart, Range<usize>)]) {
    let mut wanted: HashMap<String, Option<NodeId>> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    for (part, _) in &*parts {
        for span in &part.spans {
            if let SpanKind::Note { note } = &span.kind
                && wanted.insert(note.clone(), None).is_none()
            {
                order.push(note.clone());
            }
        }
    }
    if order.is_empty() {
        return;
    }
    let mut nodes: HashMap<&str, Option<NodeId>> = order.iter().map(|it| (it.as_str(), None)).collect();
    find(dom, &mut nodes);
    let mut numbers: HashMap<&str, String> = HashMap::new();
    for id in &order {
        let Some(node) = nodes[id.as_str()] else { continue };
        let rows = rows_at(dom, blocks, node);
        let Some((part, _)) = parts.iter_mut().find(|(_, its)| rows.contains(&its.start) && !its.is_empty()) else {
            continue;
        };
        let number = part.note.get_or_insert_with(|| (numbers.len() + 1).to_string()).clone();
        numbers.insert(id, number);
    }
    for (part, _) in parts {
        part.spans.retain_mut(|span| match &mut span.kind {
            SpanKind::Note { note } => match numbers.get(note.as_str()) {
                Some(number) => {
                    note.clone_from(number);
                    true
                }
                None => false,
            },
            SpanKind::Strong | SpanKind::Emphasis | SpanKind::Code | SpanKind::Link { .. } => true,
        });
    }
}

/// The place that a reference leads to.
pub(super) fn target(dom: &Dom, node: NodeId) -> Option<&str> {
    let Kind::Element(tag) = dom.kind(node) else { return None };
    let link = is_note_sign(dom, node, tag)?;
    dom.attr(link, Attr::HREF)?.strip_prefix('#').filter(|it| !it.is_empty() && it.len() <= ID_BYTES_MAX)
}

/// Fills in the elements that have the ids.
fn find(dom: &Dom, wanted: &mut HashMap<&str, Option<NodeId>>) {
    if wanted.is_empty() {
        return;
    }
    for node in dom.nodes() {
        let ids = [dom.attr(node, Attr::ID), dom.attr(node, Attr::NAME)];
        for id in ids.into_iter().flatten() {
            if let Some(place) = wanted.get_mut(id) {
                place.get_or_insert(node);
            }
        }
    }
}

/// The rows of what an element with an id stands for: itself, or the line it stands in.
fn rows_at(dom: &Dom, blocks: &Blocks, node: NodeId) -> Range<usize> {
    let rows = &blocks.rows;
    let first = rows.partition_point(|row| row.nodes.1 < node);
    let end = rows.partition_point(|row| row.nodes.0 < dom.end(node));
    if first < end {
        return first..end;
    }
    // A place without text of its own, at the head of its line.
    match rows.get(first) {
        Some(row) if dom.contains(row.element, node) => first..first + 1,
        _ => first..first,
    }
}

/// Rows of one footnote.
const NOTE_ROWS_MAX: usize = 6;
/// Bytes of an id.
const ID_BYTES_MAX: usize = 200;
