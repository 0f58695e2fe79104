//! A block's text: white space collapsed, and what it is like in numbers.

use super::Block;
use crate::text::is_unspaced;

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
    let (mut inside, mut n_unspaced, mut previous_ends) = (false, 0u32, false);
    let (mut n_chars, mut n_words, mut n_sentences, mut n_commas, mut n_digits, mut n_upper) = (0u32, 0, 0, 0, 0, 0);
    let mut rest = text;
    while !rest.is_empty() {
        // Letters of one word, of which nothing but the number is to know: most of most texts.
        let length = rest.bytes().position(|it| !it.is_ascii_lowercase()).unwrap_or(rest.len());
        if length > 0 {
            n_chars += length as u32;
            n_words += u32::from(!inside);
            (inside, previous_ends) = (true, false);
            rest = &rest[length..];
        }
        if let [b' ', ..] = rest.as_bytes() {
            n_sentences += u32::from(previous_ends);
            (inside, previous_ends) = (false, false);
            rest = &rest[1..];
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        if c.is_whitespace() {
            n_sentences += u32::from(previous_ends);
            (inside, previous_ends) = (false, false);
            continue;
        }
        n_chars += 1;
        if c.is_ascii() {
            n_commas += u32::from(c == ',');
            n_digits += u32::from(c.is_ascii_digit());
            n_upper += u32::from(c.is_ascii_uppercase());
            // A closing mark after the stop belongs to it.
            previous_ends = matches!(c, '.' | '!' | '?') || (previous_ends && matches!(c, '"' | '\'' | ')' | ']'));
        } else if is_unspaced(c) {
            n_chars += 1;
            n_unspaced += 1;
            previous_ends = false;
            inside = false;
            continue;
        } else {
            n_commas += u32::from(matches!(c, '،' | '、' | '，'));
            n_sentences += u32::from(matches!(c, '。' | '！' | '？' | '।' | '۔' | '؟' | '։' | '።'));
            n_upper += u32::from(c.is_uppercase());
            previous_ends = c == '…' || (previous_ends && matches!(c, '”' | '’' | '»' | '“'));
        }
        if !inside && c.is_alphanumeric() {
            n_words += 1;
            inside = true;
        }
    }
    block.n_chars += n_chars;
    block.n_words += n_words + n_unspaced / 2;
    block.n_sentences += n_sentences + u32::from(previous_ends);
    block.n_commas += n_commas;
    block.n_digits += n_digits;
    block.n_upper += n_upper;
}
