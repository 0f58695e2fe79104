//! UTF-8 read as an East Asian encoding: `más` as `m谩s`, `Can’t` as `Can鈥檛`, Russian as rare ideographs.
//!
//! Put back into that encoding, such a line is valid UTF-8 from end to end. Of sound Chinese, Japanese or Korean text
//! hardly two characters in a row are.

use std::sync::LazyLock;

use encoding_rs::{EUC_KR_INIT, Encoding, GB18030_INIT, SHIFT_JIS_INIT};

use super::legacy::Pair;
use super::model::{BIT, Context, Cost, MODEL};
use super::units::Unit;

/// Encodings that UTF-8 is wrongly read as without loss, each a lane of [`Lanes`].
pub(super) static WRONG: [&Encoding; 3] = [&GB18030_INIT, &SHIFT_JIS_INIT, &EUC_KR_INIT];

/// What it costs to believe the damage.
const START: Cost = 14 * BIT;

/// First and last character that stand for bytes of UTF-8 or not.
const FIRST: u32 = 0x3000;
const LAST: u32 = 0xFFFF;

/// What a character's bytes are in UTF-8, a number for each encoding: see [`NEXT`].
mod bytes {
    pub(super) const NONE: u8 = 0;
    pub(super) const LEAD_TAIL: [u8; 3] = [1, 2, 3];
    pub(super) const TAIL_LEAD: [u8; 3] = [4, 5, 6];
    pub(super) const TAIL_TAIL: u8 = 7;
    pub(super) const TAIL: u8 = 8;
    pub(super) const LEAD_OF_TWO: u8 = 9;
    pub(super) const TAIL_ASCII: u8 = 10;
    /// One of several.
    pub(super) const SEVERAL: u8 = 11;
}

/// States of a lane: so many bytes of a character are missing; 4 is that nobody knows, 5 that the bytes are no UTF-8.
const WHOLE: u8 = 0;
const UNKNOWN: u8 = 4;
const NO_UTF8: u8 = 5;

/// The state of a lane by the state before and what a character's bytes are.
const NEXT: [[u8; 12]; 6] = [
    [5, 0, 1, 2, 5, 5, 5, 5, 5, 1, 5, 4],
    [5, 5, 5, 5, 1, 2, 3, 5, 0, 5, 0, 4],
    [5, 5, 5, 5, 5, 5, 5, 0, 1, 5, 5, 4],
    [5, 5, 5, 5, 5, 5, 5, 1, 2, 5, 5, 4],
    [5, 0, 1, 2, 1, 2, 3, 4, 4, 1, 0, 4],
    [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
];

/// For each character from [`FIRST`] to [`LAST`] what its bytes are in each encoding, four bits each.
static BYTES: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut all = vec![0; (LAST - FIRST + 1) as usize];
    for (lane, encoding) in WRONG.iter().enumerate() {
        for first in 0x81..=0xFE_u8 {
            // All second bytes at once, a line each.
            let pairs: Vec<u8> = (0x40..=0xFE).flat_map(|second| [first, second, b'\n']).collect();
            let (text, _) = encoding.decode_without_bom_handling(&pairs);
            for (line, second) in text.split('\n').zip(0x40..=0xFE_u8) {
                let mut chars = line.chars();
                if let (Some(c), None) = (chars.next(), chars.next())
                    && c != char::REPLACEMENT_CHARACTER
                    && let Some(slot) = (c as u32).checked_sub(FIRST).and_then(|idx| all.get_mut(idx as usize))
                {
                    let known = *slot >> (4 * lane) & 15;
                    let now = u16::from(if known == 0 { kind_of(first, second) } else { bytes::SEVERAL });
                    *slot = *slot & !(15 << (4 * lane)) | now << (4 * lane);
                }
            }
        }
    }
    // Half-width katakana are one byte of Shift-JIS.
    for (code, byte) in (0xFF61..=0xFF9F).zip(0xA1..=0xDF_u8) {
        let kind = match byte {
            0x80..=0xBF => bytes::TAIL,
            0xC0 | 0xC1 => bytes::NONE,
            _ => bytes::LEAD_OF_TWO,
        };
        all[(code - FIRST) as usize] = u16::from(kind) << 4;
    }
    all
});

fn kind_of(first: u8, second: u8) -> u8 {
    let n_tails = |byte: u8| match byte {
        0xC2..=0xDF => Some(0),
        0xE0..=0xEF => Some(1),
        0xF0..=0xF4 => Some(2),
        _ => None,
    };
    let is_tail = |byte: u8| (0x80..=0xBF).contains(&byte);
    match (n_tails(first), n_tails(second)) {
        (Some(lead), _) if is_tail(second) => bytes::LEAD_TAIL[lead],
        (_, Some(lead)) if is_tail(first) => bytes::TAIL_LEAD[lead],
        _ if is_tail(first) && is_tail(second) => bytes::TAIL_TAIL,
        _ if is_tail(first) && second.is_ascii() => bytes::TAIL_ASCII,
        _ => bytes::NONE,
    }
}

/// Whether a text so far may be UTF-8 in the bytes of each encoding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lanes([u8; WRONG.len()]);

impl Lanes {
    pub(super) fn new() -> Self {
        Self([WHOLE; WRONG.len()])
    }

    /// Whether it may be in any.
    pub(super) fn any(self) -> bool {
        self.0.iter().any(|state| *state != NO_UTF8)
    }

    /// Goes on with a character from [`FIRST`] to [`LAST`].
    pub(super) fn wide(&mut self, code: u32) {
        let kinds = BYTES[(code - FIRST) as usize];
        for (lane, state) in self.0.iter_mut().enumerate() {
            *state = NEXT[usize::from(*state)][usize::from(kinds >> (4 * lane) & 15)];
        }
    }

    /// Goes on with ASCII, or ends: no character may be unfinished.
    pub(super) fn ascii(&mut self) {
        self.0.iter_mut().for_each(|it| *it = if matches!(*it, WHOLE | UNKNOWN) { WHOLE } else { NO_UTF8 });
    }

    /// Goes on with any other character.
    pub(super) fn other(&mut self) {
        self.0.iter_mut().filter(|it| **it != NO_UTF8).for_each(|it| *it = UNKNOWN);
    }

    /// Those of a line, if there is an East Asian character in it.
    fn of(line: &str) -> Option<Self> {
        let mut lanes = Self::new();
        let mut has_any = false;
        for c in line.chars() {
            match u32::from(c) {
                0..0x80 => lanes.ascii(),
                code @ FIRST..=LAST => {
                    has_any = true;
                    lanes.wide(code);
                    if !lanes.any() {
                        return None;
                    }
                }
                _ => lanes.other(),
            }
        }
        lanes.ascii();
        has_any.then_some(lanes)
    }
}

/// Whether a line has East Asian characters, and may be UTF-8 in the bytes of one encoding.
pub(super) fn may_be_utf8(line: &str) -> bool {
    Lanes::of(line).is_some_and(Lanes::any)
}

/// The line read as UTF-8, if it is that in the bytes of one of the encodings and reads better so.
pub(super) fn reread(units: &[Unit]) -> Option<Vec<Unit>> {
    let line: String = units.iter().map(|unit| unit.c).collect();
    let lanes = Lanes::of(&line)?;
    let readings =
        WRONG.iter().enumerate().filter(|(wrong, _)| lanes.0[*wrong] != NO_UTF8).filter_map(|(wrong, encoding)| {
            let (bytes, _, has_unmappable) = encoding.encode(&line);
            let text = std::str::from_utf8(&bytes).ok().filter(|text| !has_unmappable && **text != line)?;
            Some((MODEL.text_cost(Context::LINE, text.chars()), wrong, text.to_owned()))
        });
    let (cost, wrong, text) = readings.min_by_key(|&(cost, ..)| cost)?;
    let as_it_stands = MODEL.text_cost(Context::LINE, line.chars());
    if cost + START >= as_it_stands {
        return None;
    }
    let n_changed = units.iter().filter(|unit| !unit.c.is_ascii()).count() as Cost;
    Some(rewritten(units, WRONG[wrong], &text, Pair::utf8(wrong), (as_it_stands - cost) / n_changed.max(1)))
}

/// The characters of the text with what each was made from. Bytes of one character may be those of two; what lies between
/// two places where both begin is made from all that stood there.
fn rewritten(units: &[Unit], wrong: &'static Encoding, text: &str, pair: Pair, gain: Cost) -> Vec<Unit> {
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let (mut taken, mut read) = (0, 0);
    let mut from = 0;
    for (at, unit) in units.iter().enumerate() {
        let mut buffer = [0; 4];
        taken += wrong.encode(unit.c.encode_utf8(&mut buffer)).0.len();
        let mut group: Vec<char> = Vec::new();
        let mut group_end = read;
        let mut ahead = chars.clone();
        while group_end < taken {
            let Some(c) = ahead.next() else { break };
            group_end += c.len_utf8();
            group.push(c);
        }
        if group_end != taken {
            continue;
        }
        (chars, read) = (ahead, taken);
        let sources = &units[from..=at];
        from = at + 1;
        if let ([unit], [c]) = (sources, &group[..])
            && unit.c == *c
        {
            out.push(unit.clone());
            continue;
        }
        let (start, end) = (sources[0].source.start, unit.source.end);
        let chain = sources.iter().map(|unit| unit.chain).max_by_key(|chain| chain.len()).unwrap_or_default();
        for (idx, c) in group.into_iter().enumerate() {
            let source = if idx == 0 { start..end } else { end..end };
            out.push(Unit { c, source, chain: chain.then_legacy(pair), gain, is_reference: false });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the line may be UTF-8 in the encodings' bytes as [`Lanes`] tell it.
    #[track_caller]
    fn check(line: &str, expected: bool) {
        assert_eq!(may_be_utf8(line), expected, "{line}");
        let is_utf8 = |encoding: &&'static Encoding| {
            let (bytes, _, has_unmappable) = encoding.encode(line);
            !has_unmappable && std::str::from_utf8(&bytes).is_ok()
        };
        assert!(expected || !WRONG.iter().any(is_utf8), "{line}");
    }

    #[test]
    fn utf8_in_other_bytes_is_told_from_words() {
        check("m谩s", true);
        check("Can鈥檛", true);
        check("市長は火曜日、川にかかる橋の通行再開は早くても来年の春になると述べた。", false);
        check("东京", false);
        check("más", false);
        check("한국", false);
    }

    #[test]
    fn what_the_lanes_rule_out_is_no_utf8() {
        let texts = ["é", "ü€", "—", "’s", "漢字", "Привет", "ｱ", "🙂", "한", "ñ", "…"];
        for (first, second) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
            for encoding in WRONG {
                let text = format!("{first} x{second}{first}");
                let wrong = encoding.decode_without_bom_handling_and_without_replacement(text.as_bytes());
                if let Some(wrong) = wrong.filter(|it| encoding.encode(it).0 == text.as_bytes()) {
                    let has_wide = wrong.chars().any(|c| (FIRST..=LAST).contains(&u32::from(c)));
                    check(&wrong, has_wide);
                }
            }
        }
    }
}
