//! What rows are like: the headline and the summaries, each other in shape, each other in words.

use super::wording::{self, Anchor};
use super::{Anchors, Place};
use crate::dom::{Attr, Dom, NodeId};
use crate::main_content::blocks::{Block, Blocks};
use crate::text::{digest, step};

/// How much of each row stands in the headline and in a description, and how much of those in the row.
pub(super) fn likeness(blocks: &Blocks, anchors: &Anchors<'_>) -> Vec<[f32; 4]> {
    // A page gives most of its texts several times.
    let all = |texts: &[&str]| {
        let mut all: Vec<Anchor> = Vec::new();
        for anchor in texts.iter().filter_map(|it| Anchor::new(it)) {
            if !all.contains(&anchor) {
                all.push(anchor);
            }
        }
        all
    };
    let (headlines, descriptions) = (all(anchors.headlines), all(anchors.descriptions));
    let longest = |anchors: &[Anchor]| anchors.iter().map(Anchor::n_words_max).max().unwrap_or(0);
    let n_words_max = longest(&headlines).max(longest(&descriptions));
    let best = |anchors: &[Anchor], words: &[u32], n_words: usize| {
        let all = anchors.iter().map(|it| it.overlap(words, n_words));
        all.fold((0.0, 0.0), |best: (f32, f32), it| if it.0 * it.1 > best.0 * best.1 { it } else { best })
    };
    let known = wording::Known::of(headlines.iter().chain(&descriptions));
    // Of most rows no word stands in an anchor, or one or two that stand in every text.
    let mut words = Vec::new();
    let of_row = |row: &Block| {
        if row.n_chars > ANCHORED_CHARS_MAX || row.n_words as usize > n_words_max {
            return [0.0; 4];
        }
        words.clear();
        let mut n_words = 0;
        wording::words(blocks.text(row), |it| {
            n_words += 1;
            if known.may_have(it) {
                words.push(it);
            }
        });
        if words.is_empty() {
            return [0.0; 4];
        }
        words.sort_unstable();
        let (headline, description) = (best(&headlines, &words, n_words), best(&descriptions, &words, n_words));
        [headline.0, headline.1, description.0, description.1]
    };
    blocks.rows.iter().map(of_row).collect()
}

/// Rows longer than this are no headline and no description.
const ANCHORED_CHARS_MAX: u32 = 700;

/// The rows of one shape together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub rows: u32,
    pub chars: u32,
    pub link_chars: u32,
}

/// Tells rows of one shape, and what they are like together: one entry a shape.
pub(super) fn shapes(dom: &Dom, blocks: &Blocks, places: &mut [Place]) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    for group in grouped(blocks, |row| shape(dom, row.element)).chunk_by(is_of_one) {
        let mut shape = Shape { rows: group.len() as u32, ..Shape::default() };
        for at in group.iter().copied().map(row_of) {
            places[at].shape = shapes.len() as u32;
            let row = &blocks.rows[at];
            shape.chars += row.n_chars;
            shape.link_chars += row.n_link_chars;
        }
        shapes.push(shape);
    }
    shapes
}

fn shape(dom: &Dom, element: NodeId) -> u64 {
    let of = |node| {
        let class = dom.attr(node, Attr::CLASS).unwrap_or("").as_bytes();
        (digest(dom.tag_name(node).as_bytes()), digest(&class[..class.len().min(SHAPE_BYTES_MAX)]))
    };
    dom.ancestors(element).take(2).map(of).fold(0, |all, (name, class)| step(step(all, name), class))
}

/// Bytes of a class that tell shapes apart.
const SHAPE_BYTES_MAX: usize = 80;

/// Of each row: how many rows of the page say the same, itself not counted, and how many of those stand before it.
pub(super) fn copies(blocks: &Blocks) -> Vec<(u32, u32)> {
    let mut all = vec![(0, 0); blocks.rows.len()];
    for group in grouped(blocks, |row| digest(blocks.text(row).as_bytes())).chunk_by(is_of_one) {
        for (before, numbered) in group.iter().enumerate() {
            all[row_of(*numbered)] = (group.len() as u32 - 1, before as u32);
        }
    }
    all
}

/// Rows in the order of the digests that they have, and of the page where these are the same: each a number with the digest's
/// first bits in front and the [row](row_of) behind.
fn grouped(blocks: &Blocks, digest: impl Fn(&Block) -> u64) -> Vec<u64> {
    let mut order: Vec<u64> =
        blocks.rows.iter().zip(0..).map(|(row, at)| digest(row) & !ROW_BITS | at & ROW_BITS).collect();
    order.sort_unstable();
    order
}

fn is_of_one(a: &u64, b: &u64) -> bool {
    a & !ROW_BITS == b & !ROW_BITS
}

fn row_of(numbered: u64) -> usize {
    (numbered & ROW_BITS) as usize
}

/// The bits of a number that tell the row; the others are enough to tell the digests of a page's rows apart.
const ROW_BITS: u64 = (1 << 24) - 1;
