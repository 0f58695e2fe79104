//! The gate: whether a text can hold damage at all.

/// Whether a text may be damaged. `false` means that [`repair`](super::repair) would certainly change nothing.
pub fn suspicious(text: &str) -> bool {
    !text.is_ascii() || memchr::memchr(b'&', text.as_bytes()).is_some()
}
