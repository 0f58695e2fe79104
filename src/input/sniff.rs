//! What an input is, from its first bytes, with gzip undone.

use super::{InputError, Kind, Stream};
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufReader, Cursor, Read};

/// How many bytes are looked at, at most. Less is read where a line ends sooner: whoever feeds us line by line waits for
/// an answer after each.
const HEAD_BYTES_MAX: usize = 1024;

/// An input whose kind is known, from its first byte on.
pub(super) struct Sniffed {
    /// [`Kind::Auto`] for a page: whether it is HTML or text is for whoever decodes it.
    pub(super) kind: Kind,
    pub(super) stream: Stream,
}

/// Tells an input's kind, unless it is `forced`.
pub(super) fn sniff(stream: Stream, forced: Kind) -> io::Result<Sniffed> {
    let (head, stream) = peek(ungzip(stream)?, HEAD_BYTES_MAX)?;
    let kind = match forced {
        Kind::Auto => kind_of(&head),
        Kind::Html | Kind::Text | Kind::Jsonl | Kind::Warc => forced,
    };
    Ok(Sniffed { kind, stream })
}

/// The stream with gzip undone, all members of it, if it is gzip.
///
/// Source: RFC 1952, 2.2 (members one after the other) and 2.3.1 (the first two bytes).
pub(super) fn ungzip(stream: Stream) -> io::Result<Stream> {
    let (head, stream) = peek(stream, 2)?;
    Ok(if head == [0x1f, 0x8b] { BufReader::new(Box::new(MultiGzDecoder::new(stream))) } else { stream })
}

/// The first line, up to a bound, and the stream as it was before.
fn peek(mut stream: Stream, bytes_max: usize) -> io::Result<(Vec<u8>, Stream)> {
    let mut head = Vec::new();
    let mut byte = [0];
    let is_told = |head: &[u8]| head.ends_with(b"\n") && !head.trim_ascii().is_empty();
    while head.len() < bytes_max && !is_told(&head) {
        match stream.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => head.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let whole = BufReader::new(Box::new(Cursor::new(head.clone()).chain(stream)) as Box<dyn Read + Send>);
    Ok((head, whole))
}

fn kind_of(head: &[u8]) -> Kind {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii();
    if head.starts_with(b"WARC/") {
        return Kind::Warc;
    }
    // An object that begins with a key, on one line: a file that holds one object over many lines is no list of records.
    match head.strip_prefix(b"{").map(<[u8]>::trim_ascii_start) {
        Some(inside) if inside.starts_with(b"\"") || inside == b"}" => Kind::Jsonl,
        _ => Kind::Auto,
    }
}

/// Sorts what went wrong in reading: the data's fault, or the system's.
pub(super) fn read_error(name: &str, source: io::Error) -> InputError {
    let name = name.to_owned();
    match source.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            InputError::Compressed { name, source }
        }
        _ => InputError::Unreadable { name, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &[u8], kind: Kind) {
        let stream = BufReader::new(Box::new(Cursor::new(head.to_vec())) as Box<dyn Read + Send>);
        let mut sniffed = sniff(stream, Kind::Auto).expect("in memory");
        let mut rest = Vec::new();
        sniffed.stream.read_to_end(&mut rest).expect("in memory");
        assert_eq!((sniffed.kind, rest.as_slice()), (kind, head));
    }

    #[test]
    fn archives_and_lists_are_told_from_pages() {
        check(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n", Kind::Warc);
        check(b"{\"id\": 1, \"html\": \"\"}\n{}\n", Kind::Jsonl);
        check(b"\xef\xbb\xbf  { \"id\": 1, ", Kind::Jsonl);
        check(b"\n{}\n", Kind::Jsonl);
    }

    #[test]
    fn pages_text_and_anything_else_are_for_the_decoder() {
        check(b"<!doctype html>\n<p>", Kind::Auto);
        check(b"{\n  \"headline\": \"one object over many lines\"\n}\n", Kind::Auto);
        check(b"{% raw %}\n", Kind::Auto);
        check(b"", Kind::Auto);
        check(&[0xff; 4096], Kind::Auto);
    }
}
