//! What a site's other pages say, brought to the verdicts: blocks that recur go, blocks where the story always stands stay.
//!
//! Only what the model is not sure of is moved, but for text that stands on several other pages.

use super::blocks::Blocks;
use super::rules::{Reason, Verdict, drop_empty_headings, prose};
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::site_memory::{Evidence, Hint, Row, shape_hash, text_hash};

/// What is known of a page's site.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The page's address, see [`crate::site_memory::page_hash`].
    pub page: u64,
    /// What its other pages say.
    pub evidence: Evidence<'a>,
}

/// The blocks of a page as they are remembered, with what was chosen of them.
pub(super) fn rows(dom: &Dom, blocks: &Blocks, verdicts: &[Verdict]) -> Vec<Row> {
    let mut shapes: Vec<Option<u32>> = vec![None; dom.len()];
    let mut way: Vec<NodeId> = Vec::new();
    let mut row_of = |(row, verdict): (&super::blocks::Block, &Verdict)| {
        let mut around = 0;
        for node in dom.ancestors(row.element) {
            if let Some(shape) = shapes[node.index()] {
                around = shape;
                break;
            }
            way.push(node);
        }
        while let Some(node) = way.pop() {
            // What is said of the whole page is not said of a place in it.
            let classes = if dom.is(node, Tag::BODY) { None } else { dom.attr(node, Attr::CLASS) };
            around = shape_hash(around, dom.tag_name(node), classes.unwrap_or_default());
            shapes[node.index()] = Some(around);
        }
        Row {
            text: text_hash(blocks.text(row)),
            shape: around,
            n_words: row.n_words,
            in_story: *verdict == Verdict::Keep,
        }
    };
    blocks.rows.iter().zip(verdicts).map(&mut row_of).collect()
}

/// Moves verdicts by what the site's other pages say. `probabilities` are the model's, one a row, or empty.
pub(super) fn apply(blocks: &Blocks, hints: &[Hint], probabilities: &[f32], verdicts: &mut [Verdict]) {
    for (row_idx, hint) in hints.iter().enumerate() {
        let probability = probabilities.get(row_idx).copied().unwrap_or(0.5);
        match verdicts[row_idx] {
            Verdict::Keep => {
                if hint.n_recurs >= RECURS_MIN || (hint.n_recurs > 0 && probability < SURE) {
                    verdicts[row_idx] = Verdict::Drop(Reason::Recurring);
                } else if never_held(hint) && probability < SURE {
                    verdicts[row_idx] = Verdict::Drop(Reason::Elsewhere);
                }
            }
            Verdict::Drop(Reason::Unlikely | Reason::Outside) => {
                if always_held(hint) && probability >= DOUBTFUL && prose(&blocks.rows[row_idx]) > 0.0 {
                    verdicts[row_idx] = Verdict::Keep;
                }
            }
            Verdict::Drop(_) => {}
        }
    }
    drop_empty_headings(blocks, verdicts);
}

fn always_held(hint: &Hint) -> bool {
    hint.n_recurs == 0 && hint.n_shape >= SHAPES_MIN && hint.n_other_words * 20 <= hint.n_story_words
}

fn never_held(hint: &Hint) -> bool {
    hint.n_shape >= SHAPES_MIN && hint.n_story_words * 50 <= hint.n_other_words
}

/// Other stories beside which a text stands that is surely not this one's.
const RECURS_MIN: u32 = 2;
/// Other stories from which on a place says something.
const SHAPES_MIN: u32 = 2;
/// The probability from which on only repeated evidence speaks against a block.
const SURE: f32 = 0.8;
/// The probability from which on a place speaks for a block.
const DOUBTFUL: f32 = 0.25;
