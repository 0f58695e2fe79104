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
    let (mut n_words, mut inside) = (0, false);
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                n_words += usize::from(!inside);
                inside = true;
            } else if c != '\'' {
                inside = false;
            }
        } else if is_unspaced(c) && c.is_alphanumeric() {
            n_words += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            n_words += usize::from(!inside);
            inside = true;
        } else if !matches!(c, '’' | '\u{ad}' | '\u{200c}' | '\u{200d}') && !is_mark(c) {
            inside = false;
        }
    }
    n_words
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
    let mut rest = text;
    while !rest.is_empty() {
        // Most of most texts. Every byte is written, and kept unless it is one more space: no branch to predict.
        let (ascii, after) = rest.split_at(n_ascii(rest.as_bytes()));
        let mut length = bytes.len();
        let mut is_gap = bytes.last().is_none_or(|it| *it == b' ');
        bytes.resize(length + ascii.len(), 0);
        for byte in ascii.bytes() {
            let byte = FOLDED[usize::from(byte)];
            bytes[length] = byte;
            length += usize::from(byte != b' ' || !is_gap);
            is_gap = byte == b' ';
        }
        bytes.truncate(length);
        rest = after;
        while let Some(c) = rest.chars().next().filter(|it| !it.is_ascii()) {
            rest = &rest[c.len_utf8()..];
            if !is_of_word(c) {
                if bytes.last().is_some_and(|it| *it != b' ') {
                    bytes.push(b' ');
                }
            } else if IS_LOWER.has(c) {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                c.to_lowercase().for_each(|it| bytes.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes()));
            }
        }
    }
    bytes.pop_if(|it| *it == b' ');
    *folded = String::from_utf8(bytes).expect("characters, encoded");
}

/// What [`fold`] makes of each ASCII character: a letter or digit, or a space for anything else.
const FOLDED: [u8; 256] = {
    let mut folded = [b' '; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            folded[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

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

    #[test]
    fn what_is_remembered_of_a_character_is_so() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_of_word(c), c.is_alphanumeric() || is_mark(c), "{c:?}");
            assert_eq!(is_numeric(c), c.is_numeric(), "{c:?}");
            assert_eq!(IS_LOWER.has(c), c.to_lowercase().eq([c]), "{c:?}");
        }
    }
}
