//! UTF-8 read as an East Asian encoding: `más` as `m谩s`, `Can’t` as `Can鈥檛`, Russian as rare ideographs.
//!
//! Put back into that encoding, such a line is valid UTF-8 from end to end. Of sound Chinese, Japanese or Korean text
//! hardly two characters in a row are.

use std::sync::LazyLock;

use encoding_rs::{EUC_KR_INIT, Encoding, GB18030_INIT, SHIFT_JIS_INIT};

use super::legacy::Pair;
use super::model::{BIT, Context, Cost, MODEL};
use super::units::Unit;

/// Encodings that UTF-8 is wrongly read as without loss, by their bit in [`fits`].
pub(super) static WRONG: [&Encoding; 3] = [&GB18030_INIT, &SHIFT_JIS_INIT, &EUC_KR_INIT];

/// What it costs to believe the damage.
const START: Cost = 14 * BIT;

/// First and last character that encodings fit or not.
const FIRST: u32 = 0x3000;
const LAST: u32 = 0xFFFF;

/// For each character from [`FIRST`] to [`LAST`], the encodings in which its bytes may stand in UTF-8.
static FITS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut fits = vec![0; (LAST - FIRST + 1) as usize];
    for (bit, encoding) in WRONG.iter().enumerate() {
        for lead in 0x81..=0xFE_u8 {
            for tail in 0x40..=0xFE_u8 {
                let is_tail = |byte: u8| (0x80..=0xBF).contains(&byte);
                let is_lead = |byte: u8| (0xC2..=0xF4).contains(&byte);
                let fits_utf8 = is_lead(lead) && is_tail(tail) || is_tail(lead) && !(0xC0..0xC2).contains(&tail);
                if !fits_utf8 {
                    continue;
                }
                let bytes = [lead, tail];
                let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
                let mut chars = text.as_deref().unwrap_or_default().chars();
                if let (Some(c), None) = (chars.next(), chars.next())
                    && let Some(slot) = (c as u32).checked_sub(FIRST).and_then(|idx| fits.get_mut(idx as usize))
                {
                    *slot |= 1 << bit;
                }
            }
        }
    }
    fits
});

/// The encodings in which a character's bytes may stand in UTF-8; all of them for characters that are not East Asian.
pub(super) fn fits(code: u32) -> u8 {
    match code {
        // Half-width katakana are one byte of Shift-JIS.
        0xFF61..=0xFF9F => 0b010,
        FIRST..=LAST => FITS[(code - FIRST) as usize],
        _ => u8::MAX,
    }
}

/// The encodings, by their bits, that all East Asian characters of a line fit; none for a line that has no such characters.
fn fitting(line: &str) -> u8 {
    let mut fitting = 0b111;
    let mut has_any = false;
    for code in line.chars().map(u32::from).filter(|code| (FIRST..=LAST).contains(code)) {
        fitting &= fits(code);
        has_any = true;
        if fitting == 0 {
            break;
        }
    }
    if has_any { fitting } else { 0 }
}

/// Whether a line has East Asian characters, and all of them fit one encoding.
pub(super) fn may_be_utf8(line: &str) -> bool {
    fitting(line) != 0
}

/// The line read as UTF-8, if it is that in the bytes of one of the encodings and reads better so.
pub(super) fn reread(units: &[Unit]) -> Option<Vec<Unit>> {
    let line: String = units.iter().map(|unit| unit.c).collect();
    let fitting = fitting(&line);
    let readings =
        WRONG.iter().enumerate().filter(|(wrong, _)| fitting >> wrong & 1 == 1).filter_map(|(wrong, encoding)| {
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
