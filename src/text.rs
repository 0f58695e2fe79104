//! Plain text: whitespace, words, and forms for comparing. Imports nothing of ours.

use std::sync::OnceLock;

/// The text with every run of whitespace made one space, none at the ends. No-break spaces count as whitespace.
///
/// ```
/// assert_eq!(copydesk::text::collapse("  a\u{a0}\n b "), "a b");
/// ```
pub fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    push_collapsed(&mut collapsed, text);
    collapsed.truncate(collapsed.trim_end().len());
    collapsed
}

/// Appends a text, every run of whitespace in it one space, and none where `onto` is empty or ends in whitespace.
pub fn push_collapsed(onto: &mut String, text: &str) {
    let mut gap = onto.is_empty() || onto.ends_with(char::is_whitespace);
    for c in text.chars() {
        if c.is_whitespace() {
            if !gap {
                onto.push(' ');
            }
            gap = true;
        } else {
            onto.push(c);
            gap = false;
        }
    }
}

/// Whether a character is written without spaces between words: Han, Kana, Thai, Lao, Khmer, Myanmar. Hangul has spaces.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Number of words: runs of letters and digits, apostrophes and marks inside them; each unspaced character by itself.
///
/// ```
/// assert_eq!(copydesk::text::n_words("It’s 5 o’clock, 東京"), 5);
/// ```
pub fn n_words(text: &str) -> usize {
    let (mut n_words, mut n_starts, mut inside) = (0, 0, false);
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, after) = rest.split_at(n_ascii(rest.as_bytes()));
        let (chunks, tail) = ascii.as_bytes().as_chunks::<8>();
        let mut one_by_one = |bytes: &[u8], inside: &mut bool| {
            for byte in bytes {
                if byte.is_ascii_alphanumeric() {
                    n_words += usize::from(!*inside);
                    *inside = true;
                } else if *byte != b'\'' {
                    *inside = false;
                }
            }
        };
        for chunk in chunks {
            let all = u64::from_le_bytes(*chunk);
            if has(all, b'\'') {
                one_by_one(chunk, &mut inside);
                continue;
            }
            let of_words = letters_and_digits(all);
            let begun = of_words << 8 | u64::from(inside) << 7;
            n_starts += (of_words & !begun).count_ones() as usize;
            inside = of_words >> 63 == 1;
        }
        one_by_one(tail, &mut inside);
        rest = after;
        while let Some(c) = rest.chars().next().filter(|it| !it.is_ascii()) {
            rest = &rest[c.len_utf8()..];
            if is_unspaced(c) && c.is_alphanumeric() {
                n_words += 1;
                inside = false;
            } else if c.is_alphanumeric() {
                n_words += usize::from(!inside);
                inside = true;
            } else if !matches!(c, '’' | '\u{ad}' | '\u{200c}' | '\u{200d}') && !is_mark(c) {
                inside = false;
            }
        }
    }
    n_words + n_starts
}

/// Of eight ASCII characters: the uppermost bit of each byte that holds a letter or digit.
fn letters_and_digits(ascii: u64) -> u64 {
    let lower = ascii | every(0x20);
    // What is from `a` on reaches the uppermost bit with the first sum, what is beyond `z` with the second.
    let letters = (lower + every(0x80 - b'a')) & !(lower + every(0x7f - b'z'));
    let digits = (ascii + every(0x80 - b'0')) & !(ascii + every(0x7f - b'9'));
    (letters | digits) & every(0x80)
}

/// Whether one of eight ASCII characters is this.
fn has(ascii: u64, byte: u8) -> bool {
    !((ascii ^ every(byte)) + every(0x7f)) & every(0x80) != 0
}

const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Combining marks of the scripts in which they stand inside words.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{65f}' | '\u{900}'..='\u{dff}')
}

/// A form for comparing: letters and digits in lower case, everything else one space, none at the ends.
///
/// ```
/// assert_eq!(copydesk::text::fold("‘Unclear’: U.S.–Russia"), "unclear u s russia");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

/// Writes the form for comparing that [`fold`] gives in place of what was in `folded`.
pub fn fold_into(text: &str, folded: &mut String) {
    let mut bytes = std::mem::take(folded).into_bytes();
    bytes.clear();
    bytes.reserve(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, after) = rest.split_at(n_ascii(rest.as_bytes()));
        fold_ascii(ascii.as_bytes(), &mut bytes);
        rest = after;
        while let Some(c) = rest.chars().next().filter(|it| !it.is_ascii()) {
            rest = &rest[c.len_utf8()..];
            if !is_of_word(c) {
                if bytes.last().is_some_and(|it| *it != b' ') {
                    bytes.push(b' ');
                }
            } else if is_lower(c) {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                c.to_lowercase().for_each(|it| bytes.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes()));
            }
        }
    }
    bytes.pop_if(|it| *it == b' ');
    *folded = String::from_utf8(bytes).expect("characters, encoded");
}

/// Most of most texts: eight characters at a time, as far as they are of one word; then what stands between it and the next.
fn fold_ascii(ascii: &[u8], folded: &mut Vec<u8>) {
    let mut length = folded.len();
    folded.resize(length + ascii.len(), 0);
    let mut at = 0;
    while let (Some(from), Some(to)) = (ascii[at..].first_chunk(), folded[length..].first_chunk_mut()) {
        let all = u64::from_le_bytes(*from);
        // Digits have the bit that sets small letters off.
        *to = (all | every(0x20)).to_le_bytes();
        let others = letters_and_digits(all) ^ every(0x80);
        let n_of_word = others.trailing_zeros() as usize / 8;
        at += n_of_word;
        length += n_of_word;
        if n_of_word < 8 {
            let n_others = (!others & every(0x80)) >> (8 * n_of_word);
            at += (n_others.trailing_zeros() as usize / 8).min(8 - n_of_word);
            if length > 0 && folded[length - 1] != b' ' {
                folded[length] = b' ';
                length += 1;
            }
        }
    }
    for byte in &ascii[at..] {
        let byte = if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b' ' };
        if byte != b' ' || (length > 0 && folded[length - 1] != b' ') {
            folded[length] = byte;
            length += 1;
        }
    }
    folded.truncate(length);
}

/// How many bytes at the front are ASCII.
pub fn n_ascii(bytes: &[u8]) -> usize {
    const BEYOND: u128 = u128::from_ne_bytes([0x80; 16]);
    let (chunks, _) = bytes.as_chunks::<16>();
    let whole = 16 * chunks.iter().take_while(|it| u128::from_ne_bytes(**it) & BEYOND == 0).count();
    whole + bytes[whole..].iter().take_while(|it| it.is_ascii()).count()
}

/// Whether [`fold`] keeps a character: letters, digits, and marks that stand inside words.
pub fn is_of_word(c: char) -> bool {
    IS_OF_WORD.has(c)
}

/// Whether lower case leaves a character as it is.
pub fn is_lower(c: char) -> bool {
    IS_LOWER.has(c)
}

/// [`char::is_numeric`].
pub fn is_numeric(c: char) -> bool {
    IS_NUMERIC.has(c)
}

static IS_NUMERIC: CharSet = CharSet::new(char::is_numeric);
static IS_OF_WORD: CharSet = CharSet::new(|c| c.is_alphanumeric() || is_mark(c));
/// What lower case leaves as it is.
static IS_LOWER: CharSet = CharSet::new(|c| c.to_lowercase().eq([c]));

/// The characters of which something is so, remembered by the 256: to look one up takes a tenth of what the standard
/// library takes to search its tables for a letter that is not Latin.
struct CharSet {
    is: fn(char) -> bool,
    pages: [OnceLock<[u64; 4]>; 256],
}

impl CharSet {
    const fn new(is: fn(char) -> bool) -> Self {
        Self { is, pages: [const { OnceLock::new() }; 256] }
    }

    fn has(&self, c: char) -> bool {
        let (page, at) = (c as usize >> 8, c as usize & 0xff);
        let Some(page) = self.pages.get(page) else { return (self.is)(c) };
        let bits = page.get_or_init(|| {
            let first = c as u32 & !0xff;
            let mut bits = [0; 4];
            for (it, at) in (first..first + 256).zip(0..) {
                bits[at / 64] |= u64::from(char::from_u32(it).is_some_and(self.is)) << (at % 64);
            }
            bits
        });
        bits[at / 64] >> (at % 64) & 1 == 1
    }
}

/// A number for a text, eight bytes at a time: for telling texts of one page apart, as no two of them have one but by an
/// unlikely chance or somebody's intent.
pub fn digest(text: &[u8]) -> u64 {
    let (chunks, rest) = text.as_chunks::<8>();
    let hash = chunks.iter().fold(text.len() as u64, |hash, chunk| step(hash, u64::from_le_bytes(*chunk)));
    rest.iter().fold(hash, |hash, byte| step(hash, u64::from(*byte)))
}

/// Goes on with a number.
pub fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A name for a file: letters, digits, `-`, `_` and `.`; runs of other characters become one `-`, and neither dots nor
/// dashes stand at the ends. At most `bytes_max` bytes; may be empty.
///
/// ```
/// assert_eq!(copydesk::text::slug("../Brücke offen!", 100), "Brücke-offen");
/// ```
pub fn slug(text: &str, bytes_max: usize) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        let c = if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
        let repeats = matches!(c, '-' | '.') && (slug.is_empty() || slug.ends_with(['-', '.']));
        if slug.len() + c.len_utf8() > bytes_max {
            break;
        }
        if !repeats {
            slug.push(c);
        }
    }
    slug.truncate(slug.trim_end_matches(['-', '.']).len());
    slug
}

/// A part of a URL with its `%XX` as the characters they stand for.
pub fn percent_decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = segment.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of all lengths with a few signs in all orders.
    fn texts() -> impl Iterator<Item = String> {
        const SIGNS: [char; 12] = ['a', 'Z', 'z', '7', '0', '\'', ' ', '-', '\u{7f}', 'É', '’', '東'];
        (0..40_000u64).map(|seed| {
            let mut luck = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut sign = || {
                luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                SIGNS[(luck >> 33) as usize % if seed % 2 == 0 { 9 } else { 12 }]
            };
            (0..seed % 40).map(|_| sign()).collect()
        })
    }

    #[test]
    fn eight_characters_at_a_time_fold_as_one_does() {
        for text in texts() {
            let mut expected = String::new();
            for c in text.chars() {
                if is_of_word(c) {
                    expected.extend(c.to_lowercase());
                } else if !expected.is_empty() && !expected.ends_with(' ') {
                    expected.push(' ');
                }
            }
            assert_eq!(fold(&text), expected.trim_end(), "{text:?}");
        }
    }

    #[test]
    fn eight_characters_at_a_time_have_as_many_words_as_one_by_one() {
        for text in texts() {
            let (mut expected, mut inside) = (0, false);
            for c in text.chars() {
                let is_word = is_of_word(c);
                expected += usize::from(is_word && (!inside || is_unspaced(c)));
                inside = !is_unspaced(c) && (is_word || (inside && matches!(c, '\'' | '’')));
            }
            assert_eq!(n_words(&text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_remembered_of_a_character_is_so() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_of_word(c), c.is_alphanumeric() || is_mark(c), "{c:?}");
            assert_eq!(is_numeric(c), c.is_numeric(), "{c:?}");
            assert_eq!(IS_LOWER.has(c), c.to_lowercase().eq([c]), "{c:?}");
        }
    }
}
