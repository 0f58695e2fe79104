//! UTF-8 with a few bad bytes is still UTF-8.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use super::{Read, SAMPLE_BYTES_MAX, WINDOWS_1252};
use crate::mojibake;

/// Valid multi-byte sequences that must stand against each stray byte. At 2 : 1 no page in another encoding passed
/// on the measured set, while pages cut inside a character or holding a pasted windows-1252 line did.
const VALID_PER_STRAY: usize = 2;

/// Whether bytes are UTF-8, or would be but for a few stray ones.
pub(super) fn is_utf8_at_heart(bytes: &[u8]) -> bool {
    let (mut valid, mut stray) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        stray += usize::from(!chunk.invalid().is_empty());
    }
    valid >= VALID_PER_STRAY * stray
}

/// UTF-8 as text. A stretch between tags or line ends that holds no character of UTF-8 was pasted in from a page in another
/// encoding, and is read in that where it reads well. Elsewhere stray bytes are windows-1252 where that reads well, and
/// U+FFFD where it does not.
pub(super) fn read(bytes: &[u8]) -> Read<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Read { text: Cow::Borrowed(text), replaced: 0, patched: 0 };
    }
    let mut read =
        Read { text: Cow::Owned(String::with_capacity(bytes.len() + bytes.len() / 8)), replaced: 0, patched: 0 };
    let pasted_in = encoding_of_pasted(bytes);
    for stretch in stretches(bytes) {
        let text = read.text.to_mut();
        if let Ok(valid) = std::str::from_utf8(stretch) {
            text.push_str(valid);
        } else if let Some(whole) = pasted(stretch, pasted_in) {
            read.patched += whole.chars().filter(|c| !c.is_ascii()).count();
            text.push_str(&whole);
        } else {
            read_stray(stretch, &mut read);
        }
    }
    read
}

/// A page cut behind each line end and at each tag.
fn stretches(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| matches!(byte, b'<' | b'>' | b'\n'))
}

/// The encoding of what was pasted in: what the detector says of all stretches without a character of UTF-8.
fn encoding_of_pasted(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let foreign = stretches(bytes).filter(|stretch| is_foreign(stretch));
    let mut left = SAMPLE_BYTES_MAX;
    for stretch in foreign {
        let part = &stretch[..stretch.len().min(left)];
        detector.feed(part, false);
        left -= part.len();
    }
    detector.feed(b"", true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether bytes hold none of UTF-8's characters of several bytes, and at least as many stray bytes as make a word or two.
fn is_foreign(stretch: &[u8]) -> bool {
    let n_high = stretch.iter().filter(|byte| !byte.is_ascii()).count();
    n_high >= PASTED_BYTES_MIN && stretch.utf8_chunks().all(|chunk| chunk.valid().is_ascii())
}

/// Bytes outside ASCII that a stretch pasted in must have; fewer say too little of its encoding.
const PASTED_BYTES_MIN: usize = 4;

/// A stretch read in the encoding of what was pasted in, if it reads well.
fn pasted(stretch: &[u8], encoding: &'static Encoding) -> Option<String> {
    if !is_foreign(stretch) {
        return None;
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(stretch)?;
    let n_odd = text.chars().filter(|c| !c.is_ascii()).count() as i64;
    (mojibake::oddness(&text) <= READS_WELL * n_odd).then(|| text.into_owned())
}

/// What a character outside ASCII may cost, in eighths of a bit, with the one behind it: an apostrophe in a
/// word costs about as much, most of sound text half of it.
const READS_WELL: i64 = 18 * 8;

/// Reads a stretch of UTF-8 with stray bytes in it.
fn read_stray(stretch: &[u8], read: &mut Read<'_>) {
    let text = read.text.to_mut();
    let mut chunks = stretch.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        let next = chunks.peek().map_or("", |after| after.valid());
        match as_windows_1252(chunk.invalid(), text, next) {
            Some(letters) => {
                read.patched += letters.chars().count();
                text.push_str(&letters);
            }
            None => {
                read.replaced += 1;
                text.push('\u{FFFD}');
            }
        }
    }
}

/// Stray bytes as windows-1252, if they read well between what stands before and behind. A byte that begins a character
/// of UTF-8 and has nothing behind it was cut off.
fn as_windows_1252(stray: &[u8], before: &str, next: &str) -> Option<String> {
    // In other writing than Latin it is a piece of a character.
    let is_latin = |c: char| (c as u32) < 0x250 || matches!(c, '\u{2010}'..='\u{2026}');
    let [last, first] = [before.chars().next_back()?, next.chars().next()?];
    if !is_latin(last) || !is_latin(first) || !(last.is_ascii_alphabetic() || first.is_ascii_alphabetic()) {
        return None;
    }
    let (letters, _) = WINDOWS_1252.decode_without_bom_handling(stray);
    // Inside a small word it is a small letter, however rare beside its neighbours: `Fußball`.
    let is_in_word =
        before.chars().rev().take_while(char::is_ascii_lowercase).count() >= 2 && first.is_ascii_lowercase();
    if is_in_word && letters.chars().all(|c| !c.is_ascii() && c.is_lowercase()) && stray.len() == 1 {
        return Some(letters.into_owned());
    }
    let head: String = before.chars().rev().take(CONTEXT_CHARS).collect::<Vec<_>>().into_iter().rev().collect();
    let tail: String = next.chars().take(CONTEXT_CHARS).collect();
    let with = mojibake::oddness(&format!("{head}{letters}{tail}"));
    let without = mojibake::oddness(&format!("{head}{tail}"));
    let is_text = letters.chars().all(|c| !c.is_ascii() && !c.is_control());
    (is_text && with - without <= READS_WELL * stray.len() as i64).then(|| letters.into_owned())
}

/// Characters before and behind a stray byte that it is read with.
const CONTEXT_CHARS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], text: &str) {
        assert_eq!(read(bytes).text, text);
    }

    fn with(utf8: &str, stray: &[u8], rest: &str) -> Vec<u8> {
        [utf8.as_bytes(), stray, rest.as_bytes()].concat()
    }

    #[test]
    fn a_stray_byte_is_the_letter_that_makes_a_word() {
        check(&with("Größe, Straße, der gro", &[0xDF], "e Ball"), "Größe, Straße, der große Ball");
        check(&with("It’s the mayor", &[0x92], "s bridge, he said"), "It’s the mayor’s bridge, he said");
        check(&with("Il a été élu à l’", &[0xC9], "tat de Vaud"), "Il a été élu à l’État de Vaud");
    }

    #[test]
    fn what_makes_no_word_is_replaced() {
        check(&with("Größe, Straße ", &[0x8F], " Tür"), "Größe, Straße \u{FFFD} Tür");
        check(&with("Привет, мир", &[0xD0], ""), "Привет, мир\u{FFFD}");
    }

    #[test]
    fn what_was_pasted_in_is_read_in_its_own_encoding() {
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode("Мост через реку откроют весной, сообщил мэр города.");
        let page = with("<p>Größe, Straße, Tür und Öl – für später.<p>", &cyrillic, "<p>Käse für Jürgen, Öl für Zoë");
        check(
            &page,
            "<p>Größe, Straße, Tür und Öl – für später.<p>Мост через реку откроют весной, сообщил мэр города.<p>Käse für \
            Jürgen, Öl für Zoë",
        );
    }
}
