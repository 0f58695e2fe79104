//! What a row's text looks like, and how much of it stands elsewhere: in the headline, the description, the page's data.

use crate::main_content::word_hash::each_word;
use wide::i8x16;

/// What a text looks like at its ends and between its words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    /// 3 a sentence's end, 2 a colon, 1 an ellipsis, 0 anything else.
    pub end: f32,
    /// 3 a capital, 2 a lower-case or unspaced letter, 1 a digit, 0 anything else.
    pub start: f32,
    /// Quotation marks among the first [`LOOK_BYTES`].
    pub quotes: u32,
    /// Signs of addresses and rights: `@`, `©`, `/`, `#`.
    pub signs: u32,
}

pub(super) fn look(text: &str) -> Look {
    let mut look = Look::default();
    let mut chars =
        text.chars().rev().skip_while(|c| matches!(c, '"' | '\'' | '”' | '’' | '»' | '“' | ')' | ']' | '」' | ' '));
    look.end = match chars.next() {
        Some('.') if text.ends_with("...") => 1.0,
        Some('…') => 1.0,
        Some('.' | '!' | '?' | '。' | '！' | '？' | '।' | '۔' | '؟' | '։' | '።') => 3.0,
        Some(':' | '：') => 2.0,
        _ => 0.0,
    };
    look.start = match text.chars().find(|c| !matches!(c, '"' | '\'' | '“' | '„' | '«' | '‘' | '「' | '(' | '['))
    {
        Some(c) if c.is_uppercase() => 3.0,
        Some(c) if c.is_alphabetic() => 2.0,
        Some(c) if c.is_numeric() => 1.0,
        _ => 0.0,
    };
    let bytes = &text.as_bytes()[..text.len().min(LOOK_BYTES)];
    for at in beginnings_of_signs(bytes) {
        match (bytes[at], bytes.get(at + 1), bytes.get(at + 2)) {
            (b'"', ..) => look.quotes += 1,
            (b'@' | b'/' | b'#', ..) => look.signs += 1,
            // ©; « ».
            (0xc2, Some(0xa9), _) => look.signs += 1,
            (0xc2, Some(0xab | 0xbb), _) => look.quotes += 1,
            // “ ” „ ‟
            (0xe2, Some(0x80), Some(0x9c..=0x9f)) => look.quotes += 1,
            // 「 」 『 』
            (0xe3, Some(0x80), Some(0x8c..=0x8f)) => look.quotes += 1,
            _ => {}
        }
    }
    look
}

/// Where the bytes stand that a sign may begin with.
fn beginnings_of_signs(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let may_be = |chunk: &[u8; 16]| {
        let chunk = i8x16::new(chunk.map(|it| it as i8));
        let found = [b'"', b'@', b'/', b'#', 0xc2, 0xe2, 0xe3].map(|it| chunk.simd_eq(i8x16::splat(it as i8)));
        found.into_iter().fold(i8x16::ZERO, |all, it| all | it).to_bitmask()
    };
    let chunks = bytes.chunks(16).map(move |chunk| {
        chunk.as_array().map_or_else(
            || {
                let mut room = [0; 16];
                room[..chunk.len()].copy_from_slice(chunk);
                may_be(&room)
            },
            may_be,
        )
    });
    (0..).step_by(16).zip(chunks).flat_map(|(start, mut found)| {
        std::iter::from_fn(move || {
            let at = (found != 0).then(|| start + found.trailing_zeros() as usize);
            found &= found.wrapping_sub(1);
            at
        })
    })
}

/// Bytes of a text in which signs are counted.
const LOOK_BYTES: usize = 300;

/// The words of a text as numbers: [`each_word`].
pub(super) fn words(text: &str, mut word: impl FnMut(u32)) {
    each_word(text, |it| word((it >> 32) as u32));
}

/// A text to compare rows with.
#[derive(Debug, PartialEq)]
pub(super) struct Anchor {
    /// Sorted.
    words: Vec<u32>,
}

/// Words that stand in any anchor, but for a few that look like one: most rows of a page have none.
pub(super) struct Known([u64; 64]);

impl Known {
    pub(super) fn of<'a>(anchors: impl Iterator<Item = &'a Anchor>) -> Self {
        let mut known = Self([0; 64]);
        for word in anchors.flat_map(|it| &it.words) {
            known.0[*word as usize / 64 % 64] |= 1 << (word % 64);
        }
        known
    }

    pub(super) fn may_have(&self, word: u32) -> bool {
        self.0[word as usize / 64 % 64] & 1 << (word % 64) != 0
    }
}

/// Words of an anchor that are read; a description as long as this is a story.
const ANCHOR_WORDS_MAX: usize = 160;

impl Anchor {
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut all = Vec::new();
        words(text, |it| {
            if all.len() < ANCHOR_WORDS_MAX {
                all.push(it);
            }
        });
        all.sort_unstable();
        (all.len() >= 2).then_some(Self { words: all })
    }

    /// Words of a row, at most, for it to be compared.
    pub(super) fn n_words_max(&self) -> usize {
        4 * self.words.len() + 8
    }

    /// Share of a row's words that the anchor has, and of the anchor's that the row has; zeros where one is more than four
    /// times the other's length and nothing can be learned. `row`: of its `n_words` those that may be known, sorted.
    pub(super) fn overlap(&self, row: &[u32], n_words: usize) -> (f32, f32) {
        if n_words > self.n_words_max() {
            return (0.0, 0.0);
        }
        let hits: usize = row.chunk_by(|a, b| a == b).map(|same| self.count(same[0]).min(same.len())).sum();
        (hits as f32 / n_words as f32, hits as f32 / self.words.len() as f32)
    }

    /// How often a word stands in it.
    fn count(&self, word: u32) -> usize {
        let at = self.words.partition_point(|it| *it < word);
        self.words[at..].iter().take_while(|it| **it == word).count()
    }
}

/// The longest stretch of a text that any copy of it has byte for byte: letters, digits and single spaces only, at most
/// [`PROBE_BYTES`], cut at character borders. `None` where there is none of [`PROBE_BYTES_MIN`].
pub(super) fn probe(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let (mut best, mut start, mut at) = (0..0, 0, 0);
    while at <= bytes.len() && best.len() < PROBE_BYTES {
        let plain = match bytes.get(at) {
            Some(b) if b.is_ascii() => b.is_ascii_alphanumeric() || *b == b' ',
            // Signs of Latin-1, general punctuation, full-width forms differ from copy to copy.
            Some(0xc2 | 0xe2 | 0xef) => false,
            Some(0xe3) => bytes.get(at + 1) != Some(&0x80),
            Some(_) => true,
            None => false,
        };
        if !plain {
            if at - start > best.len() {
                best = start..at;
            }
            start = at + 1;
        } else if at - start >= PROBE_BYTES && text.is_char_boundary(at) {
            best = start..at;
        }
        at += 1;
    }
    // What follows a sign we skipped may begin inside it.
    while best.start < best.end && !text.is_char_boundary(best.start) {
        best.start += 1;
    }
    (best.len() >= PROBE_BYTES_MIN && text.is_char_boundary(best.end)).then(|| &text[best])
}

const PROBE_BYTES: usize = 48;
/// Shorter stretches stand in many texts.
const PROBE_BYTES_MIN: usize = 18;

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(text: &str) -> Vec<u32> {
        let mut all = Vec::new();
        words(text, |it| all.push(it));
        all.sort_unstable();
        all
    }

    #[test]
    fn overlap_ignores_case_and_signs() {
        let anchor = Anchor::new("Bridge closed – again").unwrap();
        assert_eq!(anchor.overlap(&sorted("BRIDGE closed"), 2), (1.0, 2.0 / 3.0));
        let anchor = Anchor::new("東京で会議").unwrap();
        assert_eq!(anchor.overlap(&sorted("東京で"), 3), (1.0, 0.6));
    }

    #[test]
    fn a_probe_has_no_sign_that_copies_write_differently() {
        assert_eq!(probe("“It’s late,” the ferryman of Ashford said."), Some(" the ferryman of Ashford said"));
        assert_eq!(probe("Too short"), None);
        assert_eq!(probe("会議は東京で開かれた。参加者は"), Some("会議は東京で開かれた"));
    }

    #[test]
    fn ends_and_starts_are_told() {
        assert_eq!(look("He said: “Go.”").end, 3.0);
        assert_eq!(look("Read more...").end, 1.0);
        assert_eq!(look("„Nein“, sagte er:").end, 2.0);
        assert_eq!(look("2 of them").start, 1.0);
        assert_eq!(look("„Nein“, sagte er. © @x").signs, 2);
    }
}
