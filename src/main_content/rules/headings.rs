//! Headings under which nothing is left.

use super::super::blocks::Blocks;
use super::{Reason, Verdict};
use crate::article::PartKind;

/// Drops headings with nothing kept before the next one of their level, unless they are counted: those are the items of a
/// list.
pub fn drop_empty_headings(blocks: &Blocks, verdicts: &mut [Verdict]) {
    let counted = counted_headings(blocks, verdicts);
    let rows = &blocks.rows;
    // For each level, whether something stands below a heading of that level here.
    let mut filled = [false; 8];
    for (row_idx, (row, verdict)) in rows.iter().zip(verdicts).enumerate().rev().filter(|it| *it.1.1 == Verdict::Keep) {
        if row.kind != PartKind::Heading {
            filled = [true; 8];
            continue;
        }
        let level = usize::from(row.level.min(7));
        if !filled[level] && counted.binary_search(&row_idx).is_err() {
            *verdict = Verdict::Drop(Reason::EmptyHeading);
            continue;
        }
        // What stands below this heading does not stand below one before it of its own or a lower level.
        filled[level..].fill(false);
    }
}

/// Kept headings that begin with a number which is one from that of the kept heading before or after, in order.
pub(super) fn counted_headings(blocks: &Blocks, verdicts: &[Verdict]) -> Vec<usize> {
    let kept =
        blocks.rows.iter().zip(verdicts).enumerate().filter(|it| *it.1.1 == Verdict::Keep).map(|it| (it.0, it.1.0));
    let headings: Vec<(usize, u8, Option<u32>)> = kept
        .filter(|(_, row)| row.kind == PartKind::Heading)
        .map(|(row_idx, row)| (row_idx, row.level, number_of(blocks.text(row))))
        .collect();
    let mut counted: Vec<usize> = Vec::new();
    for [before, after] in headings.array_windows() {
        let is_next = before.1 == after.1 && before.2.zip(after.2).is_some_and(|(a, b)| a.abs_diff(b) == 1);
        if is_next {
            counted.extend([before.0, after.0]);
        }
    }
    counted.dedup();
    counted
}

/// The number that a heading begins with: `3.`, `3)`, `3:`.
fn number_of(heading: &str) -> Option<u32> {
    let (number, _) = heading.split_once(['.', ')', ':'])?;
    number.parse().ok().filter(|_| number.len() <= 2)
}
