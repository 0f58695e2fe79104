//! Gzip members that state their own length, and the end of the last whole one in a file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};

/// The name of our subfield in the gzip header (RFC 1952, 2.3.1.1).
const SUBFIELD: [u8; 2] = *b"cd";

/// The extra field: name, length of the value, value.
const EXTRA_BYTES: usize = 4 + 8;

/// Where the value stands: after ten bytes of header, two of the extra field's length, and four of the subfield's head.
const LENGTH_AT: usize = 10 + 2 + 4;

/// One record as a gzip member. Fast rather than small: bodies mostly come packed.
pub(super) fn member(record: &[u8]) -> Vec<u8> {
    let mut extra = Vec::with_capacity(EXTRA_BYTES);
    extra.extend(SUBFIELD);
    extra.extend(8_u16.to_le_bytes());
    extra.extend([0; 8]);
    let mut encoder =
        GzBuilder::new().extra(extra).write(Vec::with_capacity(record.len() / 2 + 128), Compression::fast());
    let packed = encoder.write_all(record).and_then(|()| encoder.finish());
    let mut packed = packed.expect("writing to memory does not fail");
    let length = packed.len() as u64;
    packed[LENGTH_AT..LENGTH_AT + 8].copy_from_slice(&length.to_le_bytes());
    packed
}

/// Bytes from the beginning of the file to the end of its last whole member.
///
/// Members that state their length are believed, but for the last; others are unpacked.
pub(super) fn whole_bytes(file: &mut File) -> io::Result<u64> {
    let n_bytes = file.metadata()?.len();
    let mut at = 0;
    // The beginning of the last member that was skipped unread.
    let mut believed = None;
    while at < n_bytes {
        match stated_bytes(file, at)? {
            Some(length) if at.saturating_add(length) <= n_bytes => {
                believed = Some(at);
                at += length;
            }
            stated => {
                let unpacked = match stated {
                    // It would end beyond the file.
                    Some(_) => None,
                    None => unpacked_bytes(file, at)?,
                };
                match unpacked {
                    Some(length) => {
                        believed = None;
                        at += length;
                    }
                    None => break,
                }
            }
        }
    }
    match believed {
        Some(last) if unpacked_bytes(file, last)? != Some(at - last) => Ok(last),
        _ => Ok(at),
    }
}

/// The length that the member states, if it is one of ours.
fn stated_bytes(file: &mut File, at: u64) -> io::Result<Option<u64>> {
    let mut header = [0; LENGTH_AT + 8];
    file.seek(SeekFrom::Start(at))?;
    match file.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    /// The flag that an extra field follows.
    const FEXTRA: u8 = 4;
    let is_ours = header[..3] == [0x1f, 0x8b, 8]
        && header[3] & FEXTRA != 0
        && header[10..12] == (EXTRA_BYTES as u16).to_le_bytes()
        && header[12..14] == SUBFIELD;
    let length = header.last_chunk().map_or(0, |length| u64::from_le_bytes(*length));
    Ok((is_ours && length > header.len() as u64).then_some(length))
}

/// The length of a member by unpacking it; `None` if it is torn or none.
fn unpacked_bytes(file: &mut File, at: u64) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(at))?;
    let mut decoder = GzDecoder::new(BufReader::new(&mut *file));
    match io::copy(&mut decoder, &mut io::sink()) {
        Ok(_) => {}
        // Damage is told by these; anything else is the system's trouble, and no reason to cut.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    }
    let mut reader = decoder.into_inner();
    Ok(Some(reader.stream_position()? - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("room");
        file
    }

    #[track_caller]
    fn check(bytes: &[u8], whole: usize) {
        assert_eq!(whole_bytes(&mut file(bytes)).expect("readable"), whole as u64);
    }

    #[test]
    fn a_member_unpacks_to_its_record() {
        let mut record = Vec::new();
        GzDecoder::new(&member(b"WARC/1.1\r\n")[..]).read_to_end(&mut record).expect("sound");
        assert_eq!(record, b"WARC/1.1\r\n");
    }

    #[test]
    fn a_torn_end_is_found_wherever_it_is_torn() {
        let (one, two) = (member(b"one"), member(&[7; 3_000]));
        let whole = [one.clone(), two.clone()].concat();
        check(&whole, whole.len());
        check(b"", 0);
        for n_left in 0..two.len() {
            check(&whole[..one.len() + n_left], one.len());
        }
        // As long as it should be, its end never written.
        let mut hollow = whole.clone();
        let end = hollow.len() - 6;
        hollow[end..].fill(0);
        check(&hollow, one.len());
    }

    #[test]
    fn members_of_others_are_unpacked() {
        let mut other = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
        other.write_all(b"other").expect("memory");
        let other = other.finish().expect("memory");
        let whole = [other.clone(), member(b"ours"), other.clone()].concat();
        check(&whole, whole.len());
        check(&whole[..whole.len() - 1], whole.len() - other.len());
        check(&[&whole[..], b"no member"].concat(), whole.len());
    }

    #[test]
    fn a_member_within_a_member_ends_nothing() {
        // Stored as it is, since it cannot be packed further.
        let inner = member(&(0..=255).cycle().map(|b: u8| b.wrapping_mul(97)).take(300).collect::<Vec<u8>>());
        let whole = [member(&inner), member(b"last")].concat();
        check(&whole, whole.len());
    }
}
