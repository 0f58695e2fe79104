//! A text as the search works on it: characters that remember which bytes of the input they were made from.

use std::borrow::Cow;
use std::ops::Range;

use super::codecs::NAMES;
use super::{Repair, Repaired, entities};

/// Layers that one character may have been peeled from; the most that `Options::layers_max` can ask for.
pub(super) const LAYERS_MAX: usize = 8;

/// Encodings of a chain, outermost first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Chain {
    steps: [u8; LAYERS_MAX],
    len: u8,
}

/// A step that is no encoding of [`NAMES`]: C1 controls that are windows-1252 bytes.
pub(super) const STEP_C1: u8 = 200;
/// Legacy text; the name is given for the whole line.
pub(super) const STEP_LEGACY: u8 = 202;

impl Chain {
    /// The chain with one more layer inside; layers beyond the most are not counted.
    pub(super) fn then(mut self, step: u8) -> Self {
        if let Some(slot) = self.steps.get_mut(usize::from(self.len)) {
            *slot = step;
            self.len += 1;
        }
        self
    }

    pub(super) fn len(self) -> usize {
        usize::from(self.len)
    }

    fn name(self, legacy: &str) -> String {
        let name = |&step: &u8| match step {
            STEP_C1 => "windows-1252>iso-8859-1",
            STEP_LEGACY => legacy,
            _ => NAMES[usize::from(step)],
        };
        self.steps[..self.len()].iter().map(name).collect::<Vec<_>>().join("+")
    }
}

/// One character of the text as it is now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    pub(super) c: char,
    /// Bytes of the input it was made from.
    pub(super) source: Range<usize>,
    /// How it was damaged; empty for a character that stands as it stood.
    pub(super) chain: Chain,
    /// How much likelier it is than what stood there, in eighths of a bit, shared over the characters of a repair.
    pub(super) gain: i32,
    /// Whether it stands in the input as a character reference, which it stays unless there is reason to resolve it.
    pub(super) is_reference: bool,
}

/// A text as characters that stand as they stood, at an offset in its input; references are characters too.
pub(super) fn units_of(text: &str, offset: usize, references: bool) -> Vec<Unit> {
    let mut units = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let found = if c == '&' && references { entities::reference(&text[at..]) } else { None };
        let (c, len) = found.unwrap_or((c, c.len_utf8()));
        let source = offset + at..offset + at + len;
        units.push(Unit { c, source, chain: Chain::default(), gain: 0, is_reference: found.is_some() });
        at += len;
    }
    units
}

/// Whether references are resolved in a document: one of them is a letter inside a word, or was part of damage.
pub(super) fn has_references_in_words<'u>(lines: impl Iterator<Item = &'u [Unit]>) -> bool {
    let is_letter = |unit: &Unit| unit.c.is_alphabetic();
    let mut lines = lines;
    lines.any(|units| {
        units.windows(2).any(|pair| {
            let [one, other] = pair else { return false };
            (one.is_reference || other.is_reference) && is_letter(one) && is_letter(other)
        })
    })
}

/// The repaired text and its repairs; neighbours of one chain are one repair.
pub(super) fn written<'a>(text: &'a str, units: &[Unit], references: bool, legacy: &str) -> Repaired<'a> {
    let stands = |unit: &Unit| unit.chain.len() == 0 && !(unit.is_reference && references);
    if units.iter().all(stands) {
        return Repaired::unchanged(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut repairs: Vec<(Repair, Chain)> = Vec::new();
    for unit in units {
        let offset = out.len();
        if stands(unit) {
            out.push_str(&text[unit.source.clone()]);
            continue;
        }
        out.push(unit.c);
        let score = unit.gain as f32 / 8.0;
        match repairs.last_mut() {
            Some((last, chain)) if *chain == unit.chain && last.source.end == unit.source.start => {
                last.to.push(unit.c);
                last.source.end = unit.source.end;
                last.score += score;
            }
            Some(_) | None => {
                let encoding = if unit.chain.len() == 0 { "html".to_owned() } else { unit.chain.name(legacy) };
                let source = unit.source.clone();
                let repair = Repair { from: String::new(), to: unit.c.to_string(), offset, source, encoding, score };
                repairs.push((repair, unit.chain));
            }
        }
    }
    let mut repairs: Vec<Repair> = repairs.into_iter().map(|(repair, _)| repair).collect();
    for repair in &mut repairs {
        repair.from = text[repair.source.clone()].to_owned();
    }
    Repaired { text: Cow::Owned(out), repairs }
}
