//! The words of a text as numbers, for telling which texts share some.

use crate::text::{is_lower, is_of_word, is_unspaced, step};
use wide::i8x16;

/// Gives a number for each word of a text, in order, case aside; each unspaced character is a word. Apostrophes end one.
///
/// Two words have the same number by an unlikely chance or by somebody's intent only.
pub(super) fn each_word(text: &str, mut each: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let (mut word, mut at) = (WordHash::default(), 0);
    'text: while at < bytes.len() {
        let (of_words, n_ascii) = ascii_words(&bytes[at..bytes.len().min(at + 64)]);
        let mut rest = of_words;
        // What goes on with the word before.
        if word.has_begun() {
            let n = (!of_words).trailing_zeros() as usize;
            bytes[at..at + n].iter().for_each(|it| word.push(it.to_ascii_lowercase()));
            rest &= u64::MAX.checked_shl(n as u32).unwrap_or(0);
            if n < n_ascii {
                word.end(&mut each);
            }
        }
        while rest != 0 {
            let start = rest.trailing_zeros() as usize;
            let length = (!(of_words >> start)).trailing_zeros() as usize;
            let end = start + length;
            if end == n_ascii && at + end < bytes.len() {
                // A word may go on beyond what was looked at.
                if end == 64 && start > 0 {
                    at += start;
                    continue 'text;
                }
                bytes[at + start..at + end].iter().for_each(|it| word.push(it.to_ascii_lowercase()));
                break;
            }
            each(WordHash::of_ascii(&bytes[at + start..], length));
            rest &= u64::MAX.checked_shl(end as u32).unwrap_or(0);
        }
        at += n_ascii;
        while let Some(c) = text[at..].chars().next().filter(|it| !it.is_ascii()) {
            let char_bytes = &bytes[at..at + c.len_utf8()];
            at += c.len_utf8();
            if is_unspaced(c) {
                word.end(&mut each);
                if is_of_word(c) {
                    char_bytes.iter().for_each(|it| word.push(*it));
                    word.end(&mut each);
                }
            } else if !is_of_word(c) {
                word.end(&mut each);
            } else if is_lower(c) {
                char_bytes.iter().for_each(|it| word.push(*it));
            } else {
                c.to_lowercase().for_each(|it| it.encode_utf8(&mut [0; 4]).bytes().for_each(|it| word.push(it)));
            }
        }
    }
    word.end(&mut each);
}

/// Of at most 64 bytes, how many at the front are ASCII, and of those a bit for each letter and digit.
fn ascii_words(bytes: &[u8]) -> (u64, usize) {
    let (mut of_words, mut beyond) = (0, 0);
    let mut look = |chunk: &[u8; 16], at: usize| {
        let chunk = i8x16::new(chunk.map(|it| it as i8));
        let found = within(chunk | i8x16::splat(0x20), b'a', b'z') | within(chunk, b'0', b'9');
        of_words |= u64::from(found.to_bitmask()) << at;
        beyond |= u64::from(chunk.to_bitmask()) << at;
    };
    let (chunks, tail) = bytes.as_chunks();
    chunks.iter().enumerate().for_each(|(n, chunk)| look(chunk, 16 * n));
    if !tail.is_empty() {
        let mut room = [0; 16];
        room[..tail.len()].copy_from_slice(tail);
        look(&room, 16 * chunks.len());
    }
    let n_ascii = (beyond.trailing_zeros() as usize).min(bytes.len());
    (of_words & u64::MAX.checked_shl(n_ascii as u32).map_or(u64::MAX, |it| !it), n_ascii)
}

/// Of 16 characters, which are from one to another of ASCII.
pub(super) fn within(all: i8x16, first: u8, last: u8) -> i8x16 {
    all.simd_gt(i8x16::splat(first as i8 - 1)) & all.simd_lt(i8x16::splat(last as i8 + 1))
}

/// A word so far: what is known of its whole groups of eight bytes, and the bytes after them.
#[derive(Clone, Copy)]
struct WordHash {
    hash: u64,
    group: u64,
    /// Of the group, in bits.
    length: u32,
}

impl Default for WordHash {
    fn default() -> Self {
        Self { hash: Self::START, group: 0, length: 0 }
    }
}

/// The bit that sets small letters off, in each of eight bytes. Digits have it.
const SMALL: u64 = u64::from_ne_bytes([0x20; 8]);

impl WordHash {
    /// No word, but by an unlikely chance.
    const START: u64 = 0xcbf2_9ce4_8422_2325;

    fn push(&mut self, byte: u8) {
        self.group |= u64::from(byte) << self.length;
        self.length += 8;
        if self.length == 64 {
            *self = Self { hash: step(self.hash, self.group), ..Self::default() };
        }
    }

    fn has_begun(&self) -> bool {
        self.length > 0 || self.hash != Self::START
    }

    /// Gives the word, if there is one, and begins the next.
    fn end(&mut self, each: &mut impl FnMut(u64)) {
        if self.has_begun() {
            each(step(self.hash, self.group));
            *self = Self::default();
        }
    }

    /// The number of the letters and digits at the front of some bytes.
    fn of_ascii(bytes: &[u8], length: usize) -> u64 {
        let lower = |group: &[u8; 8]| u64::from_le_bytes(*group) | SMALL;
        let (groups, _) = bytes[..length].as_chunks();
        let hash = groups.iter().fold(Self::START, |hash, it| step(hash, lower(it)));
        let (rest, n_rest) = (&bytes[8 * groups.len()..], length % 8);
        let last = rest
            .first_chunk()
            .map_or_else(|| rest.iter().rev().fold(0, |group, byte| group << 8 | u64::from(byte | 0x20)), lower);
        step(hash, last & ((1 << (8 * n_rest)) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[track_caller]
    fn words_of(text: &str) -> Vec<u64> {
        let mut words = Vec::new();
        each_word(text, |it| words.push(it));
        words
    }

    #[test]
    fn a_word_has_one_number_wherever_it_stands() {
        let long = ["farther".repeat(20), "lighting".repeat(8)];
        let words =
            ["a", "lighthouse", "Überraschungsfrei", "12345678", "École", "naïveté", "東", &long[0], &long[1], "x1"];
        let alone: Vec<u64> = words.iter().flat_map(|it| words_of(it)).collect();
        assert_eq!(alone.len(), words.len());
        for gap in [" ", ", ", " – ", " (…) ", "'"] {
            assert_eq!(words_of(&words.join(gap)), alone, "{gap}");
            assert_eq!(words_of(&format!("{gap}{}", words.join(gap).to_uppercase())), alone, "{gap}");
        }
        assert_eq!(alone.iter().collect::<std::collections::HashSet<_>>().len(), words.len());
        assert_eq!(words_of("東京"), [words_of("東"), words_of("京")].concat());
        assert!(words_of("– … !").is_empty());
    }

    #[test]
    fn there_are_as_many_words_as_in_the_form_for_comparing() {
        const SIGNS: [char; 12] = ['a', 'Z', 'z', '7', '0', '\'', ' ', '-', '\u{7f}', 'É', '’', '東'];
        for seed in 0..40_000u64 {
            let mut luck = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut sign = || {
                luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                SIGNS[(luck >> 33) as usize % if seed % 2 == 0 { 9 } else { 12 }]
            };
            let text: String = (0..seed % 150).map(|_| sign()).collect();
            let folded = fold(&text);
            let n = folded.split(' ').filter(|it| !it.is_empty()).map(|it| {
                let parts = it.split(is_unspaced);
                parts.filter(|it| !it.is_empty()).count() + it.chars().filter(|it| is_unspaced(*it)).count()
            });
            assert_eq!(words_of(&text).len(), n.sum::<usize>(), "{text:?}");
        }
    }
}
