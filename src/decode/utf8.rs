//! UTF-8 with a few bad bytes is still UTF-8.

use std::borrow::Cow;

use super::{Read, WINDOWS_1252};

/// Valid multi-byte sequences that must stand against each stray byte. At 2 : 1 no page in another encoding passed
/// on the measured set, while pages cut inside a character or holding a pasted windows-1252 line did.
const VALID_PER_STRAY: usize = 2;

/// Whether bytes are UTF-8, or would be but for a few stray ones.
pub(super) fn is_utf8_at_heart(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut valid, mut stray) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        stray += usize::from(!chunk.invalid().is_empty());
    }
    valid >= VALID_PER_STRAY * stray
}

/// UTF-8 as text. A stray byte that as windows-1252 is a letter inside a word is that letter; any other is U+FFFD.
pub(super) fn read(bytes: &[u8]) -> Read<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Read { text: Cow::Borrowed(text), replaced: 0, patched: 0 };
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let (mut replaced, mut patched) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        let next = chunks.peek().and_then(|after| after.valid().chars().next());
        match chunk.invalid() {
            [byte] if in_word(&text, next) => match letter(*byte) {
                Some(letter) => {
                    text.push(letter);
                    patched += 1;
                }
                None => {
                    text.push('\u{FFFD}');
                    replaced += 1;
                }
            },
            _ => {
                text.push('\u{FFFD}');
                replaced += 1;
            }
        }
    }
    Read { text: Cow::Owned(text), replaced, patched }
}

/// Whether the place after `before` and before `next` is inside or at the end of a lower-case Latin word.
fn in_word(before: &str, next: Option<char>) -> bool {
    let letters = before.chars().rev().take_while(|c| c.is_ascii_lowercase()).count();
    letters >= 2 && next.is_some_and(|c| c.is_ascii_lowercase())
}

/// The lower-case letter that a byte is in windows-1252.
fn letter(byte: u8) -> Option<char> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.chars().next().filter(|c| !c.is_ascii() && c.is_lowercase())
}
