//! The lines of a document, repaired together: what is plain in one lowers the bar in the others.

use super::gate::{self, Reasons};
use super::leaning::Leaning;
use super::legacy;
use super::multi;
use super::search::{self, Votes};
use super::units::{self, Unit, units_of};
use super::{Hints, Options, Repaired};

/// How often a document is gone through until nothing changes. One that still changes then is damaged beyond what is
/// believed, and left as it is: so repairing what was repaired changes nothing.
const ROUNDS_MAX: usize = 8;

/// One line of one text.
pub(super) struct Line<'a> {
    pub(super) text_idx: usize,
    /// The line as it stands in the input, with its line end.
    pub(super) text: &'a str,
    /// Where it begins in its text.
    pub(super) offset: usize,
    /// Its characters now; `None` while nobody had to look at them.
    pub(super) units: Option<Vec<Unit>>,
    /// Whether character references in it count as characters.
    references: bool,
    reasons: Reasons,
}

impl Line<'_> {
    fn units(&mut self) -> &[Unit] {
        self.units.get_or_insert_with(|| units_of(self.text, self.offset, self.references))
    }
}

/// The texts of one document, repaired.
pub(super) fn repair<'a>(texts: &[&'a str], hints: &Hints, options: &Options) -> Vec<Repaired<'a>> {
    let leaning = Leaning::of(hints);
    let mut lines = lines(texts, options);
    let mut rounds = 0;
    while round(&mut lines, &leaning, options) {
        rounds += 1;
        if rounds == ROUNDS_MAX {
            return texts.iter().map(|text| Repaired::unchanged(text)).collect();
        }
        for line in lines.iter_mut().filter(|line| line.units.is_some()) {
            let now: String = line.units().iter().map(|unit| unit.c).collect();
            line.reasons = gate::reasons(&now);
        }
    }
    units::written(texts, &lines, options.layers_max)
}

/// Goes through the document once; whether anything changed.
fn round(lines: &mut [Line<'_>], leaning: &Leaning, options: &Options) -> bool {
    let mut votes = Votes::default();
    let mut changed = false;
    // First what is plain by itself, then what is weak alone, with all votes in hand.
    for losses in [false, true] {
        if losses && !options.lost_bytes && !votes.any() {
            break;
        }
        for line in lines.iter_mut() {
            let is_known = losses && votes.any() && !line.text.is_ascii();
            let is_due = if losses { line.reasons.lost || is_known } else { line.reasons.utf8 };
            if !is_due {
                continue;
            }
            let mut own_votes = votes.clone();
            let utf8 = search::reread(line.units(), losses && options.lost_bytes, leaning, &mut own_votes);
            let legacy = (options.legacy && line.reasons.legacy && !losses)
                .then(|| legacy::reread(line.units(), utf8.as_deref(), leaning))
                .flatten();
            if legacy.is_none() {
                votes = own_votes;
            }
            if let Some(units) = legacy.or(utf8) {
                line.units = Some(units);
                line.reasons.legacy = false;
                changed = true;
            }
        }
    }
    if options.legacy {
        for line in lines.iter_mut().filter(|line| line.reasons.multi) {
            if let Some(units) = multi::reread(line.units()) {
                line.units = Some(units);
                changed = true;
            }
        }
        for line in lines.iter_mut().filter(|line| line.reasons.legacy && !line.reasons.utf8) {
            if let Some(units) = legacy::reread(line.units(), None, leaning) {
                line.units = Some(units);
                changed = true;
            }
        }
    }
    changed
}

/// The texts cut behind each line feed.
fn lines<'a>(texts: &[&'a str], options: &Options) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (text_idx, text) in texts.iter().enumerate() {
        // Text with markup in it is source, where references are as they should be.
        let references = options.entities && memchr::memchr(b'<', text.as_bytes()).is_none();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            lines.push(Line { text_idx, text: line, offset, units: None, references, reasons: gate::reasons(line) });
            offset += line.len();
        }
    }
    lines
}
