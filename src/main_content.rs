//! Document to story: blocks, what they say about themselves, a verdict for each, and the parts of the body.
//!
//! [`find`] is the way whole. The tree is read, never marked; each stage adds typed rows beside it.

pub mod assemble;
pub mod blocks;
pub mod features;
pub mod marks;
pub mod rules;
pub mod words;

use crate::article::{BodyPart, Dropped};
use crate::dom::{Dom, NodeId};
pub use rules::Anchors;
use rules::Verdict;
use url::Url;

/// What was found on a page.
#[derive(Debug, Default)]
pub struct Story {
    /// The body, in order.
    pub parts: Vec<BodyPart>,
    /// The element of the first part.
    pub first_node: Option<NodeId>,
    /// What was left out, in document order; empty unless asked for.
    pub dropped: Vec<Dropped>,
}

/// The story of a document.
pub fn find(dom: &Dom, anchors: &Anchors<'_>, url: Option<&Url>, with_dropped: bool) -> Story {
    let blocks = blocks::split(dom);
    let marks = marks::marks(dom);
    let verdicts = rules::judge(dom, &blocks, &marks, anchors);
    let parts = assemble::parts(dom, &blocks, &verdicts, anchors, url);
    let mut dropped = Vec::new();
    if with_dropped {
        for (row, verdict) in blocks.rows.iter().zip(&verdicts) {
            if let Verdict::Drop(reason) = verdict {
                let text = blocks.text(row).chars().take(DROPPED_CHARS_MAX).collect();
                dropped.push(Dropped { reason: reason.name(), text, node: row.element.index() });
            }
        }
    }
    let first_node = parts.first().map(|(_, rows)| blocks.rows[rows.start].element);
    Story { parts: parts.into_iter().map(|(part, _)| part).collect(), first_node, dropped }
}

/// Characters of a dropped block that are shown.
const DROPPED_CHARS_MAX: usize = 200;
