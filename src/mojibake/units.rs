//! A text as the search works on it: characters that remember which bytes of the input they were made from.

use std::borrow::Cow;
use std::ops::Range;

use super::codecs::NAMES;
use super::document::Line;
use super::legacy::Pair;
use super::{Repair, Repaired, entities};

/// Layers that the chain of one character remembers; the most that `Options::layers_max` can ask for.
const LAYERS_MAX: usize = 8;

/// A step that is no encoding of [`NAMES`]: C1 controls that are windows-1252 bytes.
pub(super) const STEP_C1: u8 = 200;

/// Encodings of a chain, outermost first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Chain {
    steps: [u8; LAYERS_MAX],
    len: u8,
    legacy: Option<Pair>,
}

impl Chain {
    /// The chain with one more layer inside; layers beyond the most are not counted.
    pub(super) fn then(mut self, step: u8) -> Self {
        if let Some(slot) = self.steps.get_mut(usize::from(self.len)) {
            *slot = step;
            self.len += 1;
        }
        self
    }

    /// The chain with one legacy encoding read as another inside.
    pub(super) fn then_legacy(mut self, pair: Pair) -> Self {
        self.legacy = Some(pair);
        self
    }

    /// Whether the character stands as it stood.
    pub(super) fn is_empty(self) -> bool {
        self.len == 0 && self.legacy.is_none()
    }

    pub(super) fn len(self) -> usize {
        usize::from(self.len) + usize::from(self.legacy.is_some())
    }

    fn name(self) -> String {
        let name = |&step: &u8| match step {
            STEP_C1 => "windows-1252>iso-8859-1".to_owned(),
            _ => NAMES[usize::from(step)].to_owned(),
        };
        let mut names: Vec<String> = self.steps[..usize::from(self.len)].iter().map(name).collect();
        names.extend(self.legacy.map(Pair::name));
        if names.is_empty() { "html".to_owned() } else { names.join("+") }
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

/// Whether references are resolved in a document: one of them is a letter inside a word.
fn has_references_in_words(lines: &[Line<'_>]) -> bool {
    lines.iter().filter_map(|line| line.units.as_deref()).any(|units| {
        units.windows(2).any(|pair| {
            let [one, other] = pair else { return false };
            (one.is_reference || other.is_reference) && one.c.is_alphabetic() && other.c.is_alphabetic()
        })
    })
}

/// The repaired texts and their repairs; neighbours of one chain are one repair. A text with damage of more layers
/// than asked for is left as it is.
pub(super) fn written<'a>(texts: &[&'a str], lines: &[Line<'_>], layers_max: u8) -> Vec<Repaired<'a>> {
    let references = has_references_in_words(lines);
    let mut rest = lines;
    let mut results = Vec::with_capacity(texts.len());
    for (text_idx, text) in texts.iter().enumerate() {
        let (own, others) = rest.split_at(rest.partition_point(|line| line.text_idx == text_idx));
        rest = others;
        let units = || own.iter().filter_map(|line| line.units.as_deref()).flatten();
        let is_too_deep = units().any(|unit| unit.chain.len() > usize::from(layers_max));
        let is_changed = units().any(|unit| !unit.chain.is_empty() || unit.is_reference && references);
        let repaired =
            if is_changed && !is_too_deep { rewritten(text, own, references) } else { Repaired::unchanged(text) };
        results.push(repaired);
    }
    results
}

fn rewritten<'a>(text: &str, lines: &[Line<'_>], references: bool) -> Repaired<'a> {
    let mut out = String::with_capacity(text.len());
    let mut repairs: Vec<Repair> = Vec::new();
    let mut last_chain = Chain::default();
    for line in lines {
        let Some(units) = &line.units else {
            out.push_str(line.text);
            continue;
        };
        for unit in units {
            if unit.chain.is_empty() && !(unit.is_reference && references) {
                out.push_str(&text[unit.source.clone()]);
                continue;
            }
            let offset = out.len();
            out.push(unit.c);
            let score = unit.gain as f32 / 8.0;
            match repairs.last_mut() {
                Some(last) if last_chain == unit.chain && last.source.end == unit.source.start => {
                    last.to.push(unit.c);
                    last.source.end = unit.source.end;
                    last.score += score;
                }
                Some(_) | None => {
                    last_chain = unit.chain;
                    let source = unit.source.clone();
                    let encoding = unit.chain.name();
                    repairs.push(Repair {
                        from: String::new(),
                        to: unit.c.to_string(),
                        offset,
                        source,
                        encoding,
                        score,
                    });
                }
            }
        }
    }
    for repair in &mut repairs {
        repair.from = text[repair.source.clone()].to_owned();
    }
    Repaired { text: Cow::Owned(out), repairs }
}
