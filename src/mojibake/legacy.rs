//! One legacy encoding read as another: windows-1251 as Latin-1, Shift-JIS as windows-1252, Latin-1 as code page 850.
//!
//! Nothing in such text proves the damage, as the shape of UTF-8 does. So a line is judged whole: it is changed only
//! if no language could mean it as it stands, and if one way to read its bytes is far likelier than the text.

use std::borrow::Cow;

use encoding_rs::Encoding;

use super::codecs::{CodecId, NAMES, TABLES};
use super::gate::owners_of;
use super::languages::{ALL, LETTERS, Languages};
use super::leaning::Leaning;
use super::model::{BIT, Context, Cost, MODEL, Model};
use super::multi;
use super::quoted;
use super::units::Unit;

/// Which encodings text is wrongly read as, and which it was in: a system's own encoding put in place of another's.
/// Single-byte ones by their number in [`NAMES`].
const PAIRS: [(CodecId, &[CodecId]); 12] = [
    // The default of Western systems, for whatever came from elsewhere.
    (0, &[2, 6, 14, 9, 8, 1, 10, 3, 5, 21, 16, 17, 15, 20, 4, 13, 12, 7]),
    (19, &[2, 6, 14, 9, 8, 1, 10, 3, 5, 21, 16, 17, 15, 20, 4, 13, 12, 7]),
    // Cyrillic among itself.
    (2, &[16, 17, 15, 20, 0]),
    (16, &[2, 20]),
    (20, &[2, 16]),
    (15, &[2]),
    // Macintosh and DOS beside Windows.
    (4, &[0, 2, 1]),
    (13, &[0, 1]),
    (12, &[0]),
    // Central European and Greek systems.
    (1, &[10, 0]),
    (10, &[1, 0]),
    (6, &[0]),
];
const RIGHT_MULTI: [&str; 5] = ["gb18030", "shift_jis", "euc-jp", "euc-kr", "big5"];
/// Encodings that multi-byte text is wrongly read as.
const MULTI_WRONG: [CodecId; 4] = [0, 19, 4, 13];

/// Characters of a line that are weighed; the rest follows them.
const WEIGHED_CHARS: usize = 400;

/// What it costs to believe the damage at all.
const START: Cost = 11 * BIT;

/// What each character changed must gain on the average.
const GAIN_EACH: Cost = 5 * BIT / 4;

/// How much likelier than as damaged UTF-8 the line must be.
const UTF8_FIRST: Cost = 20 * BIT;

/// Non-ASCII characters that a line must have.
const ODD_MIN: Cost = 1;

/// What a single one must gain more: it proves little.
const ALONE: Cost = 4 * BIT;

/// Cost of a non-ASCII character up to which a line is one that somebody may have meant.
const MEANT: Cost = 6 * BIT;

/// Cost of a non-ASCII character up to which a line in another writing than Latin may be what somebody wrote. On the
/// measured set 99 of 100 true lines are below, and half of the false ones above three times as much.
const WRITTEN: Cost = 15 * BIT;

/// The same for East Asian writing, where each character says more.
const WRITTEN_MULTI: Cost = 19 * BIT;

/// What a letter costs that the language of the line does not own.
const FOREIGN: Cost = 5 * BIT;

/// One legacy encoding read as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    right: u8,
    wrong: CodecId,
}

/// Numbers of the multi-byte encodings among the right ones begin here.
const MULTI: u8 = 100;

/// Number of UTF-8 among them.
const UTF8: u8 = u8::MAX;

impl Pair {
    /// Whether the right encoding is one of Latin writing.
    fn is_to_latin(self) -> bool {
        matches!(self.right, 0 | 1 | 3 | 4 | 5 | 7 | 10..=13 | 18 | 19)
    }

    /// UTF-8 read as an East Asian encoding, by its number in [`multi::WRONG`].
    pub(super) fn utf8(wrong: usize) -> Self {
        Self { right: UTF8, wrong: wrong as CodecId }
    }

    /// `right>wrong`; what UTF-8 was read as goes by the name of that alone.
    pub(super) fn name(self) -> String {
        if self.right == UTF8 {
            return multi::WRONG[usize::from(self.wrong)].name().to_ascii_lowercase();
        }
        let right = match self.right.checked_sub(MULTI) {
            Some(idx) => RIGHT_MULTI[usize::from(idx)],
            None => NAMES[usize::from(self.right)],
        };
        format!("{right}>{}", NAMES[usize::from(self.wrong)])
    }
}

/// The line read in the right encoding, if there is one beyond doubt; `utf8` is the line as reading it as UTF-8 would
/// leave it, which must be worse.
pub(super) fn reread(units: &[Unit], utf8: Option<&[Unit]>, leaning: &Leaning) -> Option<Vec<Unit>> {
    let model = &*MODEL;
    // A drawing repeats its strokes; words do not.
    let is_drawing = |pair: &[Unit]| matches!(pair, [a, b] if a.c == b.c && ('\u{2500}'..='\u{259F}').contains(&a.c));
    if is_meant(model, units, leaning) || units.windows(2).any(is_drawing) {
        return None;
    }
    let head = &units[..units.len().min(WEIGHED_CHARS)];
    let n_odd = head.iter().filter(|unit| !unit.c.is_ascii()).count() as Cost;
    let raw_cost = line_cost(model, head.iter().map(|unit| unit.c), leaning, Cost::MAX);
    if n_odd < ODD_MIN || raw_cost.around_odd < MEANT * n_odd {
        return None;
    }
    let utf8_cost =
        utf8.map(|units| line_cost(model, units.iter().take(WEIGHED_CHARS).map(|unit| unit.c), leaning, Cost::MAX));
    if utf8_cost.is_some_and(|cost| cost.around_odd < MEANT * cost.n_odd) {
        return None;
    }
    if !has_evidence(head) {
        return None;
    }
    // What is UTF-8 to the last character is nothing else.
    let is_read = |unit: &Unit| unit.c.is_ascii() || !unit.chain.is_empty();
    if utf8.is_some_and(|units| units.iter().all(is_read)) {
        return None;
    }
    // To be believed, a reading must cost less than this.
    let mut least = raw_cost.all - START - GAIN_EACH * n_odd - if n_odd == 1 { ALONE } else { 0 };
    least = utf8_cost.map_or(least, |cost| least.min(cost.all - UTF8_FIRST));
    let readings: Vec<(CodecId, Vec<u8>)> =
        PAIRS.iter().filter_map(|&(wrong, _)| Some((wrong, bytes_of(head, wrong)?))).collect();
    let mut best: Option<Pair> = None;
    for (pair, bytes) in likely_pairs(model, &readings) {
        let cost = line_cost(model, bytes.iter().map(|&byte| TABLES.char(pair.right, byte)), leaning, least).all;
        if cost < least {
            (least, best) = (cost, Some(pair));
        }
    }
    for (wrong, bytes) in readings.iter().filter(|(wrong, _)| MULTI_WRONG.contains(wrong)) {
        for (idx, label) in RIGHT_MULTI.iter().enumerate() {
            let Some(text) = multi_byte(label, bytes, head.len() < units.len()) else { continue };
            let cost = line_cost(model, text.chars(), leaning, least).all;
            if is_east_asian(&text) && cost < least {
                (least, best) = (cost, Some(Pair { right: MULTI + idx as u8, wrong: *wrong }));
            }
        }
    }
    let pair = best?;
    let cost = least;
    let bytes = bytes_of(units, pair.wrong)?;
    let text = decoded(&bytes, pair.right)?;
    // What nobody would write is no better for being likelier.
    let after = line_cost(model, text.iter().map(|&(c, _)| c).take(WEIGHED_CHARS), leaning, Cost::MAX);
    let most = if pair.right >= MULTI { WRITTEN_MULTI } else { WRITTEN };
    if !pair.is_to_latin() && after.around_odd > most * after.n_odd {
        return None;
    }
    if quoted::shows_damage(units) {
        return None;
    }
    let gain = (raw_cost.all - cost) / n_odd;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for (c, len) in text {
        let taken = &units[at..at + len];
        at += len;
        if let [unit] = taken
            && unit.c == c
        {
            out.push(unit.clone());
            continue;
        }
        let chain = taken.iter().map(|unit| unit.chain).max_by_key(|chain| chain.len()).unwrap_or_default();
        out.push(Unit {
            c,
            source: taken[0].source.start..taken[taken.len() - 1].source.end,
            chain: chain.then_legacy(pair),
            gain,
            is_reference: false,
        });
    }
    Some(out)
}

/// Whether a character outside ASCII stands where only a letter does. Footnote marks, currency and trademark signs stand
/// behind words or before them, Greek letters of formulas before; what joins words inside stands between them.
fn has_evidence(line: &[Unit]) -> bool {
    line.iter().enumerate().any(|(at, unit)| {
        let (before, behind) = (at.checked_sub(1).and_then(|before| line.get(before)), line.get(at + 1));
        let is_letter = |unit: Option<&Unit>| unit.is_some_and(|unit| unit.c.is_alphabetic());
        let is_small = |unit: Option<&Unit>| unit.is_some_and(|unit| unit.c.is_lowercase());
        let is_odd =
            |unit: Option<&Unit>| unit.is_some_and(|unit| !unit.c.is_ascii() && !joins(unit.c) && !follows(unit.c));
        match unit.c {
            c if c.is_ascii() || joins(c) => false,
            c if follows(c) => is_small(before) && is_small(behind),
            '\u{370}'..='\u{3FF}' => is_letter(before),
            c if c.is_alphabetic() => is_letter(before) || is_letter(behind) || is_odd(before) || is_odd(behind),
            _ => is_letter(before) && is_letter(behind),
        }
    })
}

/// Whether a character is commonly met between two words without a space.
fn joins(c: char) -> bool {
    matches!(c, '‘' | '’' | '–' | '—' | '…' | '®' | '©' | '™' | '°' | '·' | '¡' | '\u{A0}' | '\u{AD}')
}

/// Whether a character is commonly met right behind a word, or before one.
fn follows(c: char) -> bool {
    matches!(c, 'ª' | 'º' | 'µ' | 'ƒ' | 'ⁿ' | '“' | '”' | '„' | '«' | '»' | '²' | '³' | '¹' | '†' | '‡' | '€')
}

/// The single-byte pairs that a line may be, those that read best at its beginning.
fn likely_pairs<'b>(model: &Model, readings: &'b [(CodecId, Vec<u8>)]) -> Vec<(Pair, &'b [u8])> {
    let mut pairs: Vec<(Cost, Pair, &[u8])> = Vec::new();
    for (idx, (wrong, bytes)) in readings.iter().enumerate() {
        // Latin-1 and windows-1252 are often the same, and have the same right ones.
        if *wrong == LATIN_1 && readings[..idx].iter().any(|(other, same)| *other == 0 && same == bytes) {
            continue;
        }
        let rights = PAIRS.iter().filter(|(of, _)| of == wrong).flat_map(|&(_, rights)| rights);
        // Elsewhere all readings are alike.
        let near: Vec<usize> = (0..bytes.len())
            .filter(|&at| bytes[at.saturating_sub(2)..=at].iter().any(|byte| !byte.is_ascii()))
            .take(RANKED_CHARS)
            .collect();
        for &right in rights {
            let chars = || bytes.iter().map(|&byte| TABLES.char(right, byte));
            if chars().all(|c| c != '\u{FFFD}' && !('\u{80}'..='\u{9F}').contains(&c)) {
                let symbol = |at: usize| model.symbol(TABLES.char(right, bytes[at]));
                let cost = |&at: &usize| {
                    let before = (at.saturating_sub(2)..at).fold(Context::LINE, |before, at| before.then(symbol(at)));
                    model.cost(before, symbol(at))
                };
                let cost = near.iter().map(cost).sum();
                pairs.push((cost, Pair { right, wrong: *wrong }, bytes));
            }
        }
    }
    pairs.sort_by_key(|&(cost, ..)| cost);
    pairs.into_iter().take(LIKELY).map(|(_, pair, bytes)| (pair, bytes)).collect()
}

/// Number of Latin-1 among the encodings.
const LATIN_1: CodecId = 19;

/// Characters that pairs are ranked by, and how many of them are then weighed. On the measured set more give the same
/// repairs.
const RANKED_CHARS: usize = 64;
const LIKELY: usize = 6;

/// Whether somebody may have meant a line as it stands: what is not ASCII in it is likely where it stands.
fn is_meant(model: &Model, units: &[Unit], leaning: &Leaning) -> bool {
    let head = &units[..units.len().min(WEIGHED_CHARS)];
    let mut context = Context::LINE;
    let mut cost = 0;
    let mut n_odd = 0;
    let mut foreign = Foreign::default();
    for (idx, unit) in head.iter().enumerate() {
        let symbol = model.symbol(unit.c);
        let after_odd = idx > 0 && !head[idx - 1].c.is_ascii();
        if !unit.c.is_ascii() || after_odd {
            cost += model.cost(context, symbol);
        }
        n_odd += Cost::from(!unit.c.is_ascii());
        foreign.count(unit.c);
        context = context.then(symbol);
    }
    n_odd < ODD_MIN || cost + foreign.cost(leaning) < MEANT * n_odd
}

/// The bytes that a line was, if it is text wrongly read as one encoding: one byte per character.
fn bytes_of(units: &[Unit], wrong: CodecId) -> Option<Vec<u8>> {
    units
        .iter()
        .map(|unit| {
            if unit.c.is_ascii() {
                return Some(unit.c as u8);
            }
            TABLES.bytes(unit.c).map(|bytes| bytes[usize::from(wrong)]).filter(|&byte| byte != 0)
        })
        .collect()
}

/// Bytes in a multi-byte encoding as text; `None` if they are none of that encoding. Where the bytes are the cut head
/// of a line, the last character may be cut too.
fn multi_byte<'b>(label: &str, bytes: &'b [u8], is_cut: bool) -> Option<Cow<'b, str>> {
    let encoding = Encoding::for_label(label.as_bytes())?;
    let shortest = if is_cut { bytes.len().saturating_sub(3) } else { bytes.len() };
    (shortest..=bytes.len())
        .rev()
        .find_map(|len| encoding.decode_without_bom_handling_and_without_replacement(&bytes[..len]))
}

/// Whether a text has words of East Asian writing in it, not just single characters of it among others.
fn is_east_asian(text: &str) -> bool {
    let is_wide = |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}');
    let mut before = false;
    text.chars().any(|c| std::mem::replace(&mut before, is_wide(c)) && is_wide(c))
}

/// Bytes as text, each character with how many bytes it took; `None` if they are not text of that encoding.
fn decoded(bytes: &[u8], right: u8) -> Option<Vec<(char, usize)>> {
    let Some(multi) = right.checked_sub(MULTI) else {
        return Some(bytes.iter().map(|&byte| (TABLES.char(right, byte), 1)).collect());
    };
    let encoding = Encoding::for_label(RIGHT_MULTI[usize::from(multi)].as_bytes())?;
    let mut chars = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (c, len) = (1..=4).find_map(|len| {
            let text = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(at..at + len)?)?;
            let mut chars = text.chars();
            chars.next().filter(|_| chars.next().is_none()).map(|c| (c, len))
        })?;
        chars.push((c, len));
        at += len;
    }
    Some(chars)
}

#[derive(Debug, Clone, Copy)]
struct LineCost {
    all: Cost,
    /// Characters outside ASCII.
    n_odd: Cost,
    /// Of that, what the non-ASCII characters and those right behind them cost.
    around_odd: Cost,
}

/// What a line costs as text in the one language that fits it best; not counted on when it is over `most`.
fn line_cost(model: &Model, line: impl Iterator<Item = char>, leaning: &Leaning, most: Cost) -> LineCost {
    let mut context = Context::LINE;
    let mut cost = LineCost { all: 0, n_odd: 0, around_odd: 0 };
    let mut foreign = Foreign::default();
    let mut after_odd = false;
    for c in line {
        let symbol = model.symbol(c);
        let one = model.cost(context, symbol);
        cost.all += one;
        if cost.all > most {
            return cost;
        }
        cost.n_odd += Cost::from(!c.is_ascii());
        if !c.is_ascii() || after_odd {
            cost.around_odd += one;
        }
        after_odd = !c.is_ascii();
        context = context.then(symbol);
        foreign.count(c);
    }
    let foreign = foreign.cost(leaning);
    cost.all += foreign;
    cost.around_odd += foreign;
    cost
}

/// Letters by the languages that own them.
struct Foreign {
    owned: [u32; LETTERS.len()],
    n_letters: u32,
}

impl Default for Foreign {
    fn default() -> Self {
        Self { owned: [0; LETTERS.len()], n_letters: 0 }
    }
}

impl Foreign {
    fn count(&mut self, c: char) {
        let languages: Languages = if c.is_ascii() { ALL } else { owners_of(c) };
        if languages != ALL {
            self.n_letters += 1;
            for (idx, count) in self.owned.iter_mut().enumerate() {
                *count += (languages >> idx & 1) as u32;
            }
        }
    }

    /// What the letters cost that the language does not own which owns the most of them, or nearly and is hinted at.
    fn cost(&self, leaning: &Leaning) -> Cost {
        let best = self.owned.iter().max().copied().unwrap_or(0);
        let is_hinted = |idx: usize| leaning.languages >> idx & 1 == 1;
        let hinted = (0..LETTERS.len()).filter(|&idx| is_hinted(idx)).map(|idx| self.owned[idx]).max();
        (self.n_letters - hinted.map_or(best, |hinted| hinted.max(best.saturating_sub(2)))) as Cost * FOREIGN
    }
}
