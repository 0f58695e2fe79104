//! Records as WARC 1.1 has them, unpacked.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Kept;
use crate::page::Exchange;

/// Says of a revisit that the payload is the same.
const IDENTICAL_PAYLOAD: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// Gives each record a name that no other has.
#[derive(Debug)]
pub(super) struct Ids {
    /// Of this process alone: its number and when it began.
    seed: [u8; 32],
    n_given: u64,
}

impl Ids {
    pub(super) fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut hasher = Sha256::new();
        hasher.update(now.as_nanos().to_le_bytes());
        hasher.update(std::process::id().to_le_bytes());
        // Two archives of one process may begin within one tick of the clock; their places in memory differ.
        hasher.update((&raw const hasher as usize).to_le_bytes());
        Self { seed: hasher.finalize().into(), n_given: 0 }
    }

    /// A UUID of version 8 (RFC 9562): ours to make, of a hash.
    pub(super) fn next(&mut self) -> String {
        self.n_given += 1;
        let mut hasher = Sha256::new();
        hasher.update(self.seed);
        hasher.update(self.n_given.to_le_bytes());
        let hash: [u8; 32] = hasher.finalize().into();
        let mut uuid = [0; 16];
        uuid.copy_from_slice(&hash[..16]);
        uuid[6] = uuid[6] & 0x0f | 0x80;
        uuid[8] = uuid[8] & 0x3f | 0x80;
        let hex: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// `sha256:` and the digest in base32, as other tools write and check it.
pub(super) fn digest(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let hash = Sha256::digest(bytes);
    let mut written = String::from("sha256:");
    for five in hash.chunks(5) {
        let mut bits = [0; 8];
        bits[3..3 + five.len()].copy_from_slice(five);
        let bits = u64::from_be_bytes(bits);
        let n_letters = (five.len() * 8).div_ceil(5);
        written.extend((0..8).map(|at| {
            let letter = (bits >> (35 - 5 * at)) & 31;
            if at < n_letters { char::from(LETTERS[letter as usize]) } else { '=' }
        }));
    }
    written
}

struct Record {
    header: String,
}

impl Record {
    fn new(kind: &str, id: &str, date: Timestamp) -> Self {
        let header = format!("WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{id}>\r\nWARC-Date: {date:.3}\r\n");
        Self { header }
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        self.header += &format!("{name}: {value}\r\n");
        self
    }

    fn finish(self, content_type: &str, block: &[&[u8]]) -> Vec<u8> {
        let length: usize = block.iter().map(|part| part.len()).sum();
        let rest = format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n");
        [&[self.header.as_bytes(), rest.as_bytes()], block, &[b"\r\n\r\n"]].concat().concat()
    }
}

pub(super) fn warcinfo(id: &str, name: &str, user_agent: &str, now: Timestamp) -> Vec<u8> {
    let fields = format!(
        "software: copydesk/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
         http-header-user-agent: {user_agent}\r\n",
        env!("CARGO_PKG_VERSION")
    );
    Record::new("warcinfo", id, now)
        .field("WARC-Filename", name)
        .finish("application/warc-fields", &[fields.as_bytes()])
}

pub(super) fn request(exchange: &Exchange, id: &str, response_id: &str, warcinfo_id: &str) -> Vec<u8> {
    Record::new("request", id, exchange.sent_at)
        .field("WARC-Target-URI", exchange.url.as_str())
        .field("WARC-Concurrent-To", &format!("<{response_id}>"))
        .field("WARC-Warcinfo-ID", &format!("<{warcinfo_id}>"))
        .finish("application/http;msgtype=request", &[&exchange.request])
}

/// A `response`, or a `revisit` of `earlier`.
pub(super) fn response(
    exchange: &Exchange,
    id: &str,
    warcinfo_id: &str,
    digest: &str,
    earlier: Option<&Kept>,
) -> Vec<u8> {
    let kind = if earlier.is_some() { "revisit" } else { "response" };
    let mut record = Record::new(kind, id, exchange.sent_at)
        .field("WARC-Target-URI", exchange.url.as_str())
        .field("WARC-Warcinfo-ID", &format!("<{warcinfo_id}>"))
        .field("WARC-Payload-Digest", digest)
        .field("WARC-Protocol", if exchange.protocol == "HTTP/2.0" { "h2" } else { "http/1.1" });
    if let Some(ip) = exchange.ip {
        record = record.field("WARC-IP-Address", &ip.to_string());
    }
    if exchange.is_cut {
        record = record.field("WARC-Truncated", "length");
    }
    if let Some(earlier) = earlier {
        record = record
            .field("WARC-Profile", IDENTICAL_PAYLOAD)
            .field("WARC-Refers-To", &format!("<{}>", earlier.id))
            .field("WARC-Refers-To-Target-URI", earlier.url.as_str())
            .field("WARC-Refers-To-Date", &format!("{:.3}", earlier.date));
    }
    let head = as_stored(&exchange.head);
    let body: &[u8] = if earlier.is_some() { &[] } else { &exchange.body };
    record.finish("application/http;msgtype=response", &[&head, body])
}

/// The head of an answer whose transfer coding has been undone: the header that would say otherwise is renamed.
fn as_stored(head: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"transfer-encoding:";
    let mut stored = Vec::with_capacity(head.len() + 16);
    for line in head.split_inclusive(|&b| b == b'\n') {
        if line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)) {
            stored.extend(b"X-Crawler-");
        }
        stored.extend(line);
    }
    stored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_other_tools() {
        // `sha256sum`, then `base32`, of nothing.
        assert_eq!(digest(b""), "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====");
    }

    #[test]
    fn names_of_records_differ() {
        let (mut one, mut other) = (Ids::new(), Ids::new());
        let ids = [one.next(), one.next(), other.next()];
        assert!(ids.iter().all(|id| id.len() == 45 && id.as_bytes()[23] == b'8'), "{ids:?}");
        assert!(ids[0] != ids[1] && ids[0] != ids[2]);
    }

    #[test]
    fn a_transfer_coding_that_was_undone_is_not_claimed() {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-transfer-encoding: a\r\n\r\n";
        let stored = as_stored(head);
        let stored = String::from_utf8_lossy(&stored);
        assert!(
            stored.contains("\r\nX-Crawler-Transfer-Encoding: chunked\r\nx-transfer-encoding: a\r\n\r\n"),
            "{stored}"
        );
    }
}
