//! Text without markup, as another scraper saved it with its residue: blocks are lines, told by their words and position.
//!
//! A line is a block; lines that were wrapped at a width are joined first. The headline is the first line if it is short
//! and stands alone. Then go: the headline repeated, lines that are a widget's by their words, pairs of a title and its
//! own beginning cut with dots (teasers), and all that follows the first widget after the last prose.

use super::blocks::{Block, Blocks, Gap, count};
use super::rules::{Reason, Verdict, by_words, drop_empty_headings, is_same_headline, prose};
use super::words;
use crate::article::PartKind;
use crate::dom::NodeId;
use crate::text::fold;

/// The lines of a text as blocks; `element` is the line's number, from 0.
pub fn split(text: &str) -> Blocks {
    let mut blocks = Blocks::default();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let end = lines[at..].iter().position(|line| line.trim().is_empty()).map_or(lines.len(), |it| at + it);
        let group = &lines[at..end];
        if is_wrapped(group) {
            push(&mut blocks, &group.join(" "), at, Gap::Element);
        } else {
            for (line_idx, line) in group.iter().enumerate() {
                push(&mut blocks, line, at + line_idx, Gap::Element);
            }
        }
        at = end + 1;
    }
    headings(&mut blocks);
    blocks
}

/// A verdict for each line, and the headline's row if there is one.
pub fn judge(blocks: &Blocks) -> (Vec<Verdict>, Option<usize>) {
    let rows = &blocks.rows;
    let folded: Vec<String> = rows.iter().map(|row| fold(blocks.text(row))).collect();
    let mut verdicts = vec![Verdict::Keep; rows.len()];
    let headline = is_headline(blocks).then_some(0);
    if let Some(headline) = headline {
        for row_idx in 0..rows.len() {
            if is_same_headline(&folded[row_idx], &folded[headline]) {
                verdicts[row_idx] = Verdict::Drop(Reason::Headline);
            }
        }
    }
    // A title and, under it, its own beginning: the title and teaser of another story.
    for row_idx in 1..rows.len() {
        let (title, teaser) = (&folded[row_idx - 1], blocks.text(&rows[row_idx]).trim_end());
        let is_cut = teaser.ends_with("...") || teaser.ends_with('…');
        let (short, long) =
            if title.len() < folded[row_idx].len() { (title, &folded[row_idx]) } else { (&folded[row_idx], title) };
        if is_cut
            && prose(&rows[row_idx - 1]) == 0.0
            && short.len() >= TEASER_BYTES_MIN
            && long.starts_with(short.as_str())
        {
            verdicts[row_idx - 1] = Verdict::Drop(Reason::Related);
            verdicts[row_idx] = Verdict::Drop(Reason::Related);
        }
    }
    let is_prose =
        |row_idx: usize, verdicts: &[Verdict]| verdicts[row_idx] == Verdict::Keep && prose(&rows[row_idx]) > 0.0;
    for row_idx in 0..rows.len() {
        if verdicts[row_idx] != Verdict::Keep {
            continue;
        }
        // A heading over prose is the story's, whatever it says: unless it is a form's.
        let opens_prose =
            rows[row_idx].kind == PartKind::Heading && is_prose((row_idx + 1).min(rows.len() - 1), &verdicts);
        let opens_prose = opens_prose && words::beginning(blocks.text(&rows[row_idx])).is_none();
        match by_words(blocks.text(&rows[row_idx]), &rows[row_idx]) {
            Some(Reason::Related) if opens_prose => {}
            Some(reason) => {
                verdicts[row_idx] = Verdict::Drop(reason);
                // The title that a "read also" names, before the story goes on.
                let is_title = rows.get(row_idx + 1).is_some_and(|it| it.kind == PartKind::Heading);
                if reason == Reason::Related && is_title && row_idx + 2 < rows.len() && is_prose(row_idx + 2, &verdicts)
                {
                    verdicts[row_idx + 1] = Verdict::Drop(Reason::Related);
                }
            }
            None => {}
        }
    }
    let first = (0..rows.len()).find(|it| is_prose(*it, &verdicts)).unwrap_or(0);
    for row_idx in 0..first {
        let row = &rows[row_idx];
        let is_byline =
            row.n_words <= BYLINE_WORDS_MAX && row.n_sentences == 0 && words::begins_byline(blocks.text(row));
        if verdicts[row_idx] == Verdict::Keep && is_byline {
            verdicts[row_idx] = Verdict::Drop(Reason::Meta);
        }
    }
    let last = (0..rows.len()).rev().find(|it| is_prose(*it, &verdicts));
    if let Some(last) = last {
        let widget = (last + 1..rows.len()).find(|it| verdicts[*it] != Verdict::Keep);
        for verdict in &mut verdicts[widget.unwrap_or(rows.len())..] {
            if *verdict == Verdict::Keep {
                *verdict = Verdict::Drop(Reason::Outside);
            }
        }
    }
    drop_empty_headings(blocks, &mut verdicts);
    (verdicts, headline)
}

fn push(blocks: &mut Blocks, line: &str, line_idx: usize, gap: Gap) {
    let start = blocks.text.len();
    super::blocks::push_run(&mut blocks.text, start, line);
    let end = start + blocks.text[start..].trim_end_matches(' ').len();
    blocks.text.truncate(end);
    let node = NodeId::at(line_idx);
    let mut block = Block::new(node, (node, node), start..end, PartKind::Paragraph, gap);
    count(&blocks.text[start..end], &mut block);
    if block.n_chars > 0 {
        blocks.rows.push(block);
    } else {
        blocks.text.truncate(start);
    }
}

/// Whether lines were one paragraph before something wrapped them at a width.
fn is_wrapped(lines: &[&str]) -> bool {
    let Some((last, before)) = lines.split_last() else { return false };
    let lengths = || before.iter().map(|it| it.trim_end().chars().count());
    let (shortest, longest) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
    !before.is_empty()
        && (WRAP_CHARS_MIN..=WRAP_CHARS_MAX).contains(&longest)
        && longest - shortest <= WRAP_RAGGED_CHARS_MAX
        && last.chars().count() <= longest
}

/// Short lines without a stop, in a text of longer ones, are headings.
fn headings(blocks: &mut Blocks) {
    for row_idx in 0..blocks.rows.len() {
        let text = blocks.text(&blocks.rows[row_idx]).trim();
        let ends_open = !text.ends_with(['.', '!', '?', ':', ';', ',', '…', '。', '"', '”', '»', '|']);
        let begins_large = text.chars().next().is_some_and(|c| !c.is_lowercase() && c.is_alphanumeric());
        let row = &mut blocks.rows[row_idx];
        if row_idx > 0 && ends_open && begins_large && row.n_words <= HEADING_WORDS_MAX && row.n_digits < 4 {
            row.kind = PartKind::Heading;
            row.level = 2;
        }
    }
}

fn is_headline(blocks: &Blocks) -> bool {
    let Some(first) = blocks.rows.first() else { return false };
    let text = blocks.text(first).trim_end();
    let is_sentence = text.ends_with(['.', '。', ',', ';', ':']) && !text.ends_with("...");
    blocks.rows.len() > 1 && first.n_chars <= HEADLINE_CHARS_MAX && !is_sentence
}

/// Characters of a headline, at most: the longest of 2,000 measured has 210.
const HEADLINE_CHARS_MAX: u32 = 220;
/// Words of a byline.
const BYLINE_WORDS_MAX: u32 = 6;
/// Words of a heading.
const HEADING_WORDS_MAX: u32 = 14;
/// Bytes that a title and its teaser share, at least.
const TEASER_BYTES_MIN: usize = 12;
/// Widths at which programs wrap.
const WRAP_CHARS_MIN: usize = 55;
/// Widths at which programs wrap.
const WRAP_CHARS_MAX: usize = 100;
/// How ragged a wrapped text's edge is: a long word's length.
const WRAP_RAGGED_CHARS_MAX: usize = 25;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kept: &[&str]) {
        let blocks = split(text);
        let (verdicts, _) = judge(&blocks);
        let got: Vec<_> = blocks
            .rows
            .iter()
            .zip(&verdicts)
            .filter(|(_, it)| **it == Verdict::Keep)
            .map(|(row, _)| blocks.text(row))
            .collect();
        assert_eq!(got, kept);
    }

    const PROSE: &str =
        "The harbour of Lindmouth was closed on Monday after a crane fell into the water, the port authority said.";

    #[test]
    fn the_headline_and_its_copies_are_no_part_of_the_body() {
        check(&format!("Crane falls into harbour\n\nCrane Falls Into Harbour\n\n{PROSE}\n"), &[PROSE]);
    }

    #[test]
    fn a_title_with_its_own_cut_beginning_is_another_story() {
        let teaser = "Ferry line to be extended to the northern islands\n\nFerry line to be extended to the...";
        check(&format!("Crane falls into harbour\n\n{PROSE}\n\nRelated\n\n{teaser}\n"), &[PROSE]);
    }

    #[test]
    fn a_heading_over_prose_stays_whatever_it_says() {
        check(
            &format!("Crane falls into harbour\n\n{PROSE}\n\nRelated\n\nNo {PROSE}\n"),
            &[PROSE, "Related", &format!("No {PROSE}")],
        );
    }

    #[test]
    fn wrapped_lines_are_one_paragraph() {
        let text = "Crane falls\n\nThe harbour of Lindmouth was closed on Monday after a crane fell\ninto the water, the port authority said in a statement to the\npress.\n";
        check(
            text,
            &[
                "The harbour of Lindmouth was closed on Monday after a crane fell into the water, the port authority said in a statement to the press.",
            ],
        );
    }

    #[test]
    fn what_stands_alone_without_prose_is_kept() {
        check("Short note", &["Short note"]);
    }
}
