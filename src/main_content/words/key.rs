//! The form in which the words of widgets are looked up: folded, numbers taken out, and of that a number.
//!
//! The build script makes the table of words with this, too.

use crate::text::{fold_into, is_numeric, is_of_word};

/// The line folded, without numbers.
pub(crate) fn write(line: &str, key: &mut String) {
    fold_into(line, key);
    if key.contains(is_numeric) {
        let words: Vec<&str> = key.split(' ').filter(|it| !is_number(it)).collect();
        *key = words.join(" ");
    }
}

fn is_number(word: &str) -> bool {
    word.chars().all(is_numeric)
}

/// Whether the number of the key's first word, or that of its first two, is one of some; without writing the key. `None`
/// for a line that has no word but numbers.
pub(crate) fn begins(line: &str, is_one: impl Fn(Digest) -> bool) -> Option<bool> {
    let mut rest = line;
    let first = word(&mut rest, Digest::default())?;
    if is_one(first) {
        return Some(true);
    }
    let mut both = first;
    both.byte(b' ');
    Some(word(&mut rest, both).is_some_and(is_one))
}

/// The number so far, and after the next word that is not a number.
fn word(rest: &mut &str, so_far: Digest) -> Option<Digest> {
    let (mut word, mut has_begun, mut has_letter) = (so_far, false, false);
    loop {
        let (is_part, length) = match *rest.as_bytes() {
            [] => (false, 0),
            [byte @ 0..0x80, ..] => {
                let letter = byte.is_ascii_alphanumeric();
                if letter {
                    has_letter |= !byte.is_ascii_digit();
                    word.byte(byte.to_ascii_lowercase());
                }
                (letter, 1)
            }
            [..] => {
                let c = rest.chars().next()?;
                let is_part = is_of_word(c);
                if is_part {
                    has_letter |= !is_numeric(c);
                    c.to_lowercase().for_each(|c| word.text(c.encode_utf8(&mut [0; 4])));
                }
                (is_part, c.len_utf8())
            }
        };
        *rest = &rest[length..];
        if is_part {
            has_begun = true;
        } else if has_letter {
            return Some(word);
        } else if length == 0 {
            return None;
        } else if has_begun {
            (word, has_begun) = (so_far, false);
        }
    }
}

/// A number for a text, which stands for it: among 14,000 words, a text that is none of them passes for one once in 10¹².
///
/// Source: Fowler, Noll and Vo's hash FNV-1a, 64 bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// The number of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut digest = Self::default();
        digest.text(text);
        digest
    }

    /// Goes on with a byte.
    pub(crate) fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|it| self.byte(it));
    }

    /// Its place in a set of [`FIRST_BITS`] bits.
    pub(crate) fn bit(self) -> (usize, u64) {
        let bit = (self.0 >> 32) as usize % FIRST_BITS;
        (bit / 64, 1 << (bit % 64))
    }

    /// Its entry in the table: the number with a meaning in place of its last byte.
    pub(crate) fn entry(self, meaning: u8) -> u64 {
        self.0 & !0xff | u64::from(meaning)
    }
}

/// Known words of which no sentence of a story begins with so many.
pub(crate) const LONG_WORDS: usize = 9;

/// Bits of the set of beginnings: some ten for each of them, so that one line in ten is looked up in vain.
pub(crate) const FIRST_BITS: usize = 1 << 17;
