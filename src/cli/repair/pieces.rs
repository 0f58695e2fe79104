//! A text of any size as pieces that are held one at a time.

use crate::decode;
use crate::input::{InputError, Running, read_error};
use crate::mojibake::WINDOW_BYTES;
use std::io::Read;

/// A text as it comes in: UTF-8 in pieces of whole lines, anything else whole, as its encoding shows only then.
pub(super) struct Pieces<'t> {
    input: Running,
    tld: Option<&'t str>,
    /// Bytes of text that is not UTF-8, at most.
    bytes_max: u64,
    /// What was read and not yet given.
    ahead: Vec<u8>,
    is_begun: bool,
    is_told: bool,
}

/// What comes next.
pub(super) struct Piece {
    pub(super) text: String,
    /// The encoding it was read in, where that is not UTF-8 and was not told before.
    pub(super) read_as: Option<&'static str>,
    pub(super) n_bytes: usize,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(input: Running, tld: Option<&'t str>, bytes_max: u64) -> Self {
        Self { input, tld, bytes_max, ahead: Vec::new(), is_begun: false, is_told: false }
    }

    /// The next piece; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, InputError> {
        self.fill(WINDOW_BYTES as u64)?;
        let is_last = self.ahead.len() < WINDOW_BYTES;
        let mut end = if is_last { self.ahead.len() } else { piece_end(&self.ahead) };
        if end == 0 {
            return Ok(None);
        }
        if !self.is_begun && std::str::from_utf8(&self.ahead[..end]).is_err() {
            self.fill(self.bytes_max + 1)?;
            end = self.ahead.len();
            if end as u64 > self.bytes_max {
                return Err(InputError::PageTooLarge { name: self.input.name.clone(), bytes_max: self.bytes_max });
            }
        }
        self.is_begun = true;
        let rest = self.ahead.split_off(end);
        let bytes = std::mem::replace(&mut self.ahead, rest);
        let n_bytes = bytes.len();
        // Sound UTF-8 is taken as it is, byte order mark and all.
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => Piece { text, read_as: None, n_bytes },
            Err(error) => {
                let content_type = self.input.page.content_type.as_deref();
                let hints = decode::Hints { content_type, tld: self.tld, language: None };
                let decoded = decode::decode(error.as_bytes(), &hints);
                let read_as = (!std::mem::replace(&mut self.is_told, true)).then_some(decoded.encoding);
                Piece { text: decoded.text.into_owned(), read_as, n_bytes }
            }
        }))
    }

    /// Reads until so many bytes are ahead, or there are no more.
    fn fill(&mut self, n_bytes: u64) -> Result<(), InputError> {
        let missing = n_bytes.saturating_sub(self.ahead.len() as u64);
        let Running { name, stream, .. } = &mut self.input;
        stream.take(missing).read_to_end(&mut self.ahead).map_err(|source| read_error(name, source))?;
        Ok(())
    }
}

/// Where a full buffer is cut: behind its last line end, else before a character that it holds half of.
fn piece_end(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or_else(
        || match std::str::from_utf8(bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Ok(_) | Err(_) => bytes.len(),
        },
        |at| at + 1,
    )
}
