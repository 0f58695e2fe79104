//! The lines of a document, repaired together: what is plain in one lowers the bar in the others.

use super::search::{self, Votes};
use super::units::{Unit, has_references_in_words, units_of, written};
use super::{Hints, Options, Repaired, gate};

/// How often a line is read again; a text still changing then is damaged beyond what is believed.
const ROUNDS_MAX: usize = 8;

/// One line of one text.
struct Line {
    text_idx: usize,
    units: Vec<Unit>,
    /// How often it was changed.
    rounds: usize,
    is_suspicious: bool,
}

/// The texts of one document, repaired.
pub(super) fn repair<'a>(texts: &[&'a str], _hints: &Hints, options: &Options) -> Vec<Repaired<'a>> {
    let mut lines = lines(texts, options.entities);
    let mut votes = Votes::default();
    let has_losses = options.lost_bytes;
    // First what is plain by itself, then what is weak alone, with all votes in hand.
    for losses in [false, has_losses] {
        for line in lines.iter_mut().filter(|line| line.is_suspicious) {
            while line.rounds < ROUNDS_MAX
                && let Some(units) = search::reread(&line.units, losses, &mut votes)
            {
                line.units = units;
                line.rounds += 1;
            }
        }
    }
    let references = has_references_in_words(lines.iter().map(|line| &*line.units));
    let mut lines = lines.into_iter().peekable();
    texts
        .iter()
        .enumerate()
        .map(|(text_idx, text)| {
            let mut units = Vec::new();
            while let Some(line) = lines.next_if(|line| line.text_idx == text_idx) {
                units.extend(line.units);
            }
            written(text, &units, references, "")
        })
        .collect()
}

/// The texts cut behind each line feed.
fn lines(texts: &[&str], entities: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    for (text_idx, text) in texts.iter().enumerate() {
        let mut offset = 0;
        // Text with markup in it is source, where references are as they should be.
        let references = entities && memchr::memchr(b'<', text.as_bytes()).is_none();
        for line in text.split_inclusive('\n') {
            let units = units_of(line, offset, references);
            lines.push(Line { text_idx, units, rounds: 0, is_suspicious: gate::suspicious(line) });
            offset += line.len();
        }
    }
    lines
}
