//! A block's text: white space collapsed, and what it is like in numbers.

use super::Block;
use crate::main_content::word_hash::within;
use crate::text::{is_of_word, is_unspaced, n_ascii};
use wide::i8x16;

/// Appends text, whitespace collapsed, none at `start`, where the block begins.
pub fn push_run(onto: &mut String, start: usize, text: &str) {
    // A kicker and a headline in elements of one line.
    if onto.len() > start && onto.ends_with(':') && text.starts_with(char::is_uppercase) {
        onto.push(' ');
    }
    let mut gap = onto.len() == start || onto.ends_with([' ', '\n']);
    let mut rest = text;
    while !rest.is_empty() {
        // ASCII with single spaces between words, as far as it goes: most of any page.
        let length = n_plain(rest.as_bytes(), gap);
        if length > 0 {
            gap = rest.as_bytes()[length - 1] == b' ';
            onto.push_str(&rest[..length]);
            rest = &rest[length..];
        }
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        if c.is_whitespace() {
            // A no-break space is kept for now: repair needs it as evidence, and counts it.
            if c == '\u{a0}' {
                onto.push(c);
                gap = false;
            } else if !gap {
                onto.push(' ');
                gap = true;
            }
        } else if !c.is_control() || ('\u{80}'..='\u{9f}').contains(&c) {
            onto.push(c);
            gap = false;
        }
    }
}

/// Bytes at the beginning of a text that are ASCII, with single spaces between words; whether what is before is a space.
fn n_plain(text: &[u8], after_space: bool) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = 0x80 * ONES;
    let (mut length, mut space_before) = (0, if after_space { HIGH >> 56 } else { 0 });
    // Eight bytes at a time, what is so of one shown by its highest bit.
    for chunk in text.as_chunks::<8>().0 {
        let bytes = u64::from_le_bytes(*chunk);
        if bytes & HIGH != 0 {
            break;
        }
        let is_space = !((bytes ^ (0x20 * ONES)) + 0x7f * ONES) & HIGH;
        let is_control = !(bytes + 0x60 * ONES) | (bytes + ONES);
        let is_second = is_space & (is_space << 8 | space_before);
        if (is_control | is_second) & HIGH != 0 {
            break;
        }
        space_before = is_space >> 56;
        length += chunk.len();
    }
    let mut after_space = space_before != 0;
    let rest = &text[length..];
    let changes = |byte: &u8| {
        let stays = byte.is_ascii_graphic() || (*byte == b' ' && !after_space);
        after_space = *byte == b' ';
        !stays
    };
    length + rest.iter().position(changes).unwrap_or(rest.len())
}

/// Characters but whitespace; those of unspaced scripts count double.
pub(super) fn weigh(text: &str) -> u32 {
    if text.is_ascii() {
        return text.bytes().map(|it| u32::from(!matches!(it, b'\t'..=b'\r' | b' '))).sum();
    }
    text.chars().map(|c| if c.is_whitespace() { 0 } else { 1 + u32::from(!c.is_ascii() && is_unspaced(c)) }).sum()
}

/// Fills in what a text is like.
pub fn count(text: &str, block: &mut Block) {
    let mut counts = Counts::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, after) = rest.split_at(n_ascii(rest.as_bytes()));
        ascii.as_bytes().chunks(64).for_each(|it| counts.ascii(it));
        let end = after.bytes().position(|it| it.is_ascii()).unwrap_or(after.len());
        after[..end].chars().for_each(|it| counts.beyond_ascii(it));
        rest = &after[end..];
    }
    block.n_chars += counts.n_chars;
    block.n_words += counts.n_words + u32::from(counts.inside) + counts.n_unspaced / 2;
    block.n_sentences += counts.n_sentences + u32::from(counts.ends);
    block.n_commas += counts.n_commas;
    block.n_digits += counts.n_digits;
    block.n_upper += counts.n_upper;
}

/// A text counted so far. A word is what stands between white space and holds a letter or digit, a sentence's end a stop
/// before white space, closing marks between them aside; both count where they end.
#[derive(Default)]
struct Counts {
    n_chars: u32,
    n_words: u32,
    n_unspaced: u32,
    n_sentences: u32,
    n_commas: u32,
    n_digits: u32,
    n_upper: u32,
    /// Whether a word has begun.
    inside: bool,
    /// Whether a stop was met last, closing marks aside.
    ends: bool,
}

impl Counts {
    /// Goes on with 64 ASCII characters or fewer, of which each is a bit of some numbers.
    fn ascii(&mut self, ascii: &[u8]) {
        let mut room = [0; 64];
        room[..ascii.len()].copy_from_slice(ascii);
        let Signs { space, letters, digits, upper, commas, stops, closing } = Signs::of(&room, ascii.len());
        let all = u64::MAX >> (64 - ascii.len());
        let (space, chars) = (space & all, !space & all);
        // Letters added to the characters of their word carry beyond its end: to the space there, or to what comes next.
        let (sum, carries) = chars.overflowing_add(letters | digits);
        let (sum, carries_on) = sum.overflowing_add(u64::from(self.inside));
        let goes_on = |sum: u64, carries: bool| if ascii.len() == 64 { carries } else { sum >> ascii.len() & 1 == 1 };
        self.inside = goes_on(sum, carries | carries_on);
        self.n_words += (sum & space).count_ones();
        // So do stops, added to the closing marks right behind them.
        let behind_stop = stops << 1 | u64::from(self.ends);
        let (sum, carries) = closing.overflowing_add(behind_stop & closing);
        let behind_end = (behind_stop | sum) & !closing;
        self.ends = goes_on(behind_end, carries | (stops >> 63 == 1));
        self.n_sentences += (behind_end & space).count_ones();
        self.n_chars += chars.count_ones();
        self.n_commas += commas.count_ones();
        self.n_digits += digits.count_ones();
        self.n_upper += upper.count_ones();
    }

    fn beyond_ascii(&mut self, c: char) {
        if c.is_whitespace() || is_unspaced(c) {
            self.n_words += u32::from(self.inside);
            self.inside = false;
        }
        if c.is_whitespace() {
            self.n_sentences += u32::from(self.ends);
            self.ends = false;
        } else if is_unspaced(c) {
            self.n_chars += 2;
            self.n_unspaced += 1;
            self.ends = false;
        } else {
            self.n_chars += 1;
            self.n_commas += u32::from(matches!(c, '،' | '、' | '，'));
            self.n_sentences += u32::from(matches!(c, '。' | '！' | '？' | '।' | '۔' | '؟' | '։' | '።'));
            self.n_upper += u32::from(c.is_uppercase());
            self.ends = c == '…' || (self.ends && matches!(c, '”' | '’' | '»' | '“'));
            self.inside |= is_of_word(c);
        }
    }
}

/// What each of 64 ASCII characters is, a bit for each.
#[derive(Default)]
struct Signs {
    space: u64,
    letters: u64,
    digits: u64,
    upper: u64,
    commas: u64,
    stops: u64,
    closing: u64,
}

impl Signs {
    /// Of the first `length`; of the others of any kind. 16 are asked together.
    fn of(ascii: &[u8; 64], length: usize) -> Self {
        let mut signs = Self::default();
        for (at, chunk) in ascii.as_chunks::<16>().0[..length.div_ceil(16)].iter().enumerate() {
            let chunk = i8x16::new(chunk.map(|it| it as i8));
            let is = |c: u8| chunk.simd_eq(i8x16::splat(c as i8));
            let bits = |found: i8x16| u64::from(found.to_bitmask()) << (16 * at);
            signs.space |= bits(is(b' ') | within(chunk, b'\t', b'\r'));
            signs.letters |= bits(within(chunk | i8x16::splat(0x20), b'a', b'z'));
            signs.digits |= bits(within(chunk, b'0', b'9'));
            signs.upper |= bits(within(chunk, b'A', b'Z'));
            signs.commas |= bits(is(b','));
            signs.stops |= bits(is(b'.') | is(b'!') | is(b'?'));
            signs.closing |= bits(is(b'"') | is(b'\'') | is(b')') | is(b']'));
        }
        signs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::PartKind;
    use crate::dom::NodeId;
    use crate::main_content::blocks::Gap;

    fn counted(text: &str) -> [u32; 6] {
        let node = NodeId::at(0);
        let mut block = Block::new(node, (node, node), 0..text.len(), PartKind::Paragraph, Gap::Element);
        count(text, &mut block);
        [block.n_chars, block.n_words, block.n_sentences, block.n_commas, block.n_digits, block.n_upper]
    }

    /// The same, one character after the other.
    fn counted_simply(text: &str) -> [u32; 6] {
        let mut counts = Counts::default();
        for c in text.chars() {
            if !c.is_ascii() {
                counts.beyond_ascii(c);
                continue;
            }
            if c.is_whitespace() {
                counts.n_words += u32::from(counts.inside);
                counts.n_sentences += u32::from(counts.ends);
                (counts.inside, counts.ends) = (false, false);
                continue;
            }
            counts.n_chars += 1;
            counts.n_commas += u32::from(c == ',');
            counts.n_digits += u32::from(c.is_ascii_digit());
            counts.n_upper += u32::from(c.is_ascii_uppercase());
            counts.inside |= c.is_ascii_alphanumeric();
            let closes = matches!(c, '"' | '\'' | ')' | ']');
            counts.ends = matches!(c, '.' | '!' | '?') || (counts.ends && closes);
        }
        let n_words = counts.n_words + u32::from(counts.inside) + counts.n_unspaced / 2;
        let n_sentences = counts.n_sentences + u32::from(counts.ends);
        [counts.n_chars, n_words, n_sentences, counts.n_commas, counts.n_digits, counts.n_upper]
    }

    #[test]
    fn a_text_is_counted() {
        assert_eq!(counted("The goat (5), “it said.” No!"), [23, 6, 2, 1, 1, 2]);
        assert_eq!(counted("東京は晴れ。 Yes."), [15, 3, 2, 0, 0, 1]);
    }

    #[test]
    fn many_at_a_time_count_as_one_by_one() {
        const SIGNS: [char; 16] = ['a', 'Z', '7', ' ', ' ', '.', '!', '"', ')', ',', '-', '\n', '\t', 'É', '”', '東'];
        for seed in 0..60_000u64 {
            let mut luck = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut sign = || {
                luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                SIGNS[(luck >> 33) as usize % if seed % 2 == 0 { 13 } else { 16 }]
            };
            let text: String = (0..seed % 150).map(|_| sign()).collect();
            assert_eq!(counted(&text), counted_simply(&text), "{text:?}");
        }
    }
}
