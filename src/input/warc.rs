//! Web archives: the pages among a WARC file's records.
//!
//! A record is a version line, named fields, an empty line, and a block of the stated length. Pages are the `response`
//! records that hold an HTTP response with status 200, and `resource` records, whose type is HTML or plain text; all
//! others are passed over. Within a response, chunked transfer and content codings are undone.
//!
//! Source: ISO 28500:2017 (WARC 1.1), which reads 1.0 as well; RFC 9112 for the message inside.

use super::{InputError, Item, Options, Raw, Stream, sniff};
use crate::page::{Http, Page};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::path::Path;
use url::Url;

/// Bytes of all named fields of a record, or of all headers of a response. Servers stop at 8 to 64 KiB for headers.
const HEADER_BYTES_MAX: u64 = 256 << 10;

/// A record whose block may hold a page.
pub(super) struct Record {
    target: Option<Url>,
    date: String,
    /// The type that a `resource` states; a `response` has it in its own headers.
    content_type: Option<String>,
    is_response: bool,
    block: Vec<u8>,
}

/// Hands over the records that hold pages.
pub(super) fn split(
    name: &str,
    path: Option<&Path>,
    mut stream: Stream,
    options: &Options,
    hand_over: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut n_records = 0;
    loop {
        n_records += 1;
        let raw = match next(name, &mut stream, n_records, options) {
            Ok(Next::End) => return ControlFlow::Continue(()),
            Ok(Next::Other) => continue,
            Ok(Next::Page(record)) => Raw::Archived(record),
            Ok(Next::TooLarge { bytes_max }) => {
                Raw::Failed(InputError::PageTooLarge { name: format!("{name}, record {n_records}"), bytes_max })
            }
            Err(error) => {
                return hand_over(Item { path: path.map(Path::to_owned), ..Item::failed(name.to_owned(), error) });
            }
        };
        let name = match &raw {
            Raw::Archived(record) if record.target.is_some() => {
                let url = record.target.as_ref().map(Url::as_str).unwrap_or_default();
                format!("{name}, record {n_records} ({url})")
            }
            _ => format!("{name}, record {n_records}"),
        };
        hand_over(Item { name, path: path.map(Path::to_owned), folder: None, alone: false, raw })?;
    }
}

enum Next {
    End,
    /// A record that holds no page.
    Other,
    Page(Box<Record>),
    TooLarge {
        bytes_max: u64,
    },
}

/// Reads one record, to the end of its block.
fn next(name: &str, stream: &mut Stream, n_records: u64, options: &Options) -> Result<Next, InputError> {
    let damaged = |what| InputError::Archive { name: name.to_owned(), n_records, what };
    let broken = |source: io::Error| match source.kind() {
        io::ErrorKind::UnexpectedEof => damaged("the file ends inside it"),
        _ => sniff::read_error(name, source),
    };
    let fields = match read_fields(stream).map_err(broken)? {
        Fields::End => return Ok(Next::End),
        Fields::TooLong => return Err(damaged("its header has no end")),
        Fields::CutOff => return Err(damaged("the file ends inside its header")),
        Fields::Read { first, fields } if first.starts_with("WARC/") => fields,
        Fields::Read { .. } => return Err(damaged("it does not begin with WARC/")),
    };
    let field = |name: &str| header(&fields, name);
    let length: u64 =
        field("Content-Length").and_then(|length| length.parse().ok()).ok_or_else(|| damaged("it states no length"))?;
    let kind = field("WARC-Type").unwrap_or_default();
    let content_type = field("Content-Type").map(str::to_owned);
    let is_response = kind.eq_ignore_ascii_case("response")
        && content_type.as_deref().is_none_or(|content_type| is_type(content_type, &["application/http"]));
    let is_resource = kind.eq_ignore_ascii_case("resource")
        && content_type.as_deref().is_some_and(|content_type| is_type(content_type, &PAGE_TYPES));
    let bytes_max = options.page_bytes_max + HEADER_BYTES_MAX;
    if !(is_response || is_resource) || length > bytes_max {
        let n_skipped = io::copy(&mut stream.by_ref().take(length), &mut io::sink()).map_err(broken)?;
        if n_skipped < length {
            return Err(damaged("the file ends inside it"));
        }
        return Ok(if is_response || is_resource { Next::TooLarge { bytes_max } } else { Next::Other });
    }
    let mut block = Vec::new();
    stream.by_ref().take(length).read_to_end(&mut block).map_err(broken)?;
    if (block.len() as u64) < length {
        return Err(damaged("the file ends inside it"));
    }
    if is_response && !holds_page(&block) {
        return Ok(Next::Other);
    }
    Ok(Next::Page(Box::new(Record {
        // Some writers put the URI in angle brackets, as WARC 1.0 had it.
        target: field("WARC-Target-URI")
            .and_then(|uri| Url::parse(uri.trim_start_matches('<').trim_end_matches('>')).ok()),
        date: field("WARC-Date").unwrap_or_default().to_owned(),
        content_type: content_type.filter(|_| is_resource),
        is_response,
        block,
    })))
}

/// Types of what can be cleaned.
const PAGE_TYPES: [&str; 3] = ["text/html", "application/xhtml+xml", "text/plain"];

fn is_type(content_type: &str, types: &[&str]) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    types.iter().any(|one| essence.eq_ignore_ascii_case(one))
}

/// Whether a response was answered with a page. One that states no type may hold one.
fn holds_page(block: &[u8]) -> bool {
    let Some((status, headers, _)) = response(block) else { return false };
    status == 200 && header(&headers, "Content-Type").is_none_or(|content_type| is_type(content_type, &PAGE_TYPES))
}

/// The page in a record.
pub(super) fn content(name: &str, record: Record, options: &Options) -> Result<Page, InputError> {
    let Record { target, date, content_type, is_response, block } = record;
    let wire_bytes = block.len() as u64;
    let (body, status, headers) = if is_response {
        let (status, headers, start) = response(&block).unwrap_or_default();
        let body = block.get(start..).unwrap_or_default();
        let chunked =
            header(&headers, "Transfer-Encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
        // Many writers undo the chunks and leave the header; what is no chunk is the body itself.
        let body = chunked.then(|| unchunk(body)).flatten().unwrap_or_else(|| body.to_vec());
        let body = match header(&headers, "Content-Encoding") {
            Some(codings) => uncode(name, body, codings, options)?,
            None => body,
        };
        (body, status, headers)
    } else {
        (block, 200, Headers::new())
    };
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(InputError::Empty { name: name.to_owned() });
    }
    let text = |name: &str| header(&headers, name).map(str::to_owned);
    let content_type = content_type.or_else(|| text("Content-Type"));
    let is_robots_tag = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("X-Robots-Tag");
    let http = target.clone().map(|requested_url| Http {
        requested_url,
        status,
        redirects: Vec::new(),
        etag: text("ETag"),
        last_modified: text("Last-Modified"),
        robots_tags: headers.iter().filter(is_robots_tag).map(|(_, value)| value.clone()).collect(),
        tdm_reservation: text("tdm-reservation"),
        tdm_policy: text("tdm-policy"),
        fetched_at: whole_seconds(date),
        wire_bytes,
    });
    Ok(Page { url: target, content_type, body, http })
}

/// Undoes content codings, the last one applied first. Data that is not in the coding it declares is taken as it is:
/// writers undo codings and leave the header.
fn uncode(name: &str, mut body: Vec<u8>, codings: &str, options: &Options) -> Result<Vec<u8>, InputError> {
    /// More than two codings are not met; each could blow up the one before it.
    const CODINGS_MAX: usize = 2;
    let refused = || InputError::Coding { name: name.to_owned(), coding: codings.to_owned() };
    let codings_in_order: Vec<String> = codings.split(',').map(|coding| coding.trim().to_ascii_lowercase()).collect();
    if codings_in_order.len() > CODINGS_MAX {
        return Err(refused());
    }
    for coding in codings_in_order.iter().rev() {
        let head = [body.first().copied().unwrap_or(0), body.get(1).copied().unwrap_or(0)];
        let is_zlib = head[0] & 0x0f == 8 && u16::from_be_bytes(head) % 31 == 0;
        body = match coding.as_str() {
            "" | "identity" => body,
            "gzip" | "x-gzip" if head != [0x1f, 0x8b] => body,
            "gzip" | "x-gzip" => super::read_whole(name, MultiGzDecoder::new(&body[..]), options.page_bytes_max)?,
            // RFC 9110, 8.4.1.2: "deflate" is zlib; some servers send it bare.
            "deflate" if is_zlib => super::read_whole(name, ZlibDecoder::new(&body[..]), options.page_bytes_max)?,
            "deflate" => super::read_whole(name, DeflateDecoder::new(&body[..]), options.page_bytes_max)?,
            "br" => {
                let decoder = brotli::Decompressor::new(&body[..], BROTLI_BUFFER_BYTES);
                as_declared(super::read_whole(name, decoder, options.page_bytes_max), &body)?
            }
            "zstd" => as_declared(unzstd(name, &body, options), &body)?,
            _ => return Err(refused()),
        };
    }
    Ok(body)
}

/// What the decoder reads at once.
const BROTLI_BUFFER_BYTES: usize = 4 << 10;

/// Largest zstd window, as a power of two: 8 MiB, which RFC 9659 makes the limit for the web. `fetch` has the same.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

fn unzstd(name: &str, body: &[u8], options: &Options) -> Result<Vec<u8>, InputError> {
    let mut decoder = zstd::Decoder::new(body).map_err(|source| sniff::read_error(name, source))?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|source| sniff::read_error(name, source))?;
    super::read_whole(name, decoder, options.page_bytes_max).map_err(|error| match error {
        // zstd calls every fault of its data "other", as systems call theirs; what is read from memory is the data's.
        InputError::Unreadable { source, .. } => InputError::Compressed { name: name.to_owned(), source },
        error => error,
    })
}

/// What was unpacked; the body itself where it is not in its coding and begins as a page. These codings have no first bytes
/// to be told by.
fn as_declared(unpacked: Result<Vec<u8>, InputError>, body: &[u8]) -> Result<Vec<u8>, InputError> {
    match unpacked {
        Err(InputError::Compressed { .. }) if body.trim_ascii_start().starts_with(b"<") => Ok(body.to_owned()),
        unpacked => unpacked,
    }
}

/// A date of WARC 1.1 may have parts of a second, which no other date of ours has.
fn whole_seconds(date: String) -> String {
    match date.split_once('.') {
        Some((seconds, parts)) if parts.ends_with('Z') => format!("{seconds}Z"),
        _ => date,
    }
}

/// The body that chunks make up; `None` if they do not begin as chunks. A body cut off gives what there is.
fn unchunk(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = memchr::memchr(b'\n', chunks);
        let size = line_end.and_then(|end| {
            let line = str::from_utf8(&chunks[..end]).ok()?;
            usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()
        });
        let (Some(line_end), Some(size)) = (line_end, size) else {
            return (!body.is_empty()).then_some(body);
        };
        if size == 0 {
            return Some(body);
        }
        let rest = &chunks[line_end + 1..];
        body.extend_from_slice(&rest[..size.min(rest.len())]);
        let rest = rest.get(size..).unwrap_or_default();
        chunks = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

type Headers = Vec<(String, String)>;

/// Status, headers, and where the body begins.
fn response(block: &[u8]) -> Option<(u16, Headers, usize)> {
    let mut rest = block;
    let Ok(Fields::Read { first, fields }) = read_fields(&mut rest) else { return None };
    let mut words = first.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    Some((words.next()?.parse().ok()?, fields, block.len() - rest.len()))
}

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

enum Fields {
    End,
    CutOff,
    TooLong,
    Read { first: String, fields: Headers },
}

/// Reads a first line, named fields, and the empty line after them. Empty lines before are passed over: they end a record.
fn read_fields(stream: &mut impl BufRead) -> io::Result<Fields> {
    let mut n_left = HEADER_BYTES_MAX;
    let mut first: Option<String> = None;
    let mut fields: Headers = Vec::new();
    loop {
        let mut line = Vec::new();
        let n_read = stream.by_ref().take(n_left).read_until(b'\n', &mut line)? as u64;
        n_left -= n_read;
        if !line.ends_with(b"\n") {
            return Ok(match (n_left, first) {
                (0, _) => Fields::TooLong,
                (_, None) if line.is_empty() => Fields::End,
                _ => Fields::CutOff,
            });
        }
        let text = String::from_utf8_lossy(line.trim_ascii_end());
        match (&first, text.is_empty()) {
            (None, true) => {}
            (None, false) => first = Some(text.into_owned()),
            (Some(_), true) => return Ok(Fields::Read { first: first.unwrap_or_default(), fields }),
            // A folded line goes on with the field before it.
            (Some(_), false) if text.starts_with([' ', '\t']) => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            }
            (Some(_), false) => {
                if let Some((name, value)) = text.split_once(':') {
                    fields.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Cursor, Write};

    fn record(kind: &str, content_type: &str, block: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://news.example/a>\r\n\
             WARC-Date: 2026-11-23T10:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    }

    fn response_record(headers: &str, body: &str) -> String {
        record("response", "application/http; msgtype=response", &format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}"))
    }

    fn pages(archive: &[u8]) -> Vec<Result<String, String>> {
        let stream: Stream = BufReader::new(Box::new(Cursor::new(archive.to_vec())));
        let stream = sniff::ungzip(stream).expect("in memory");
        let (options, mut pages) = (Options::default(), Vec::new());
        let _ = split("a.warc", None, stream, &options, &mut |item| {
            pages.push(match super::super::open(item, &options).content {
                Ok(super::super::Content::Page(page)) => Ok(String::from_utf8_lossy(&page.body).into_owned()),
                Ok(super::super::Content::Text { text, .. }) => Ok(text),
                Err(error) => Err(error.to_string()),
            });
            ControlFlow::Continue(())
        });
        pages
    }

    #[track_caller]
    fn check(archive: &[u8], expected: &[Result<&str, &str>]) {
        let expected: Vec<Result<String, String>> =
            expected.iter().map(|one| one.map(str::to_owned).map_err(str::to_owned)).collect();
        assert_eq!(pages(archive), expected);
    }

    #[test]
    fn pages_are_told_from_other_records() {
        let archive = [
            record("warcinfo", "application/warc-fields", "software: test\r\n"),
            record("request", "application/http; msgtype=request", "GET /a HTTP/1.1\r\n\r\n"),
            response_record("Content-Type: text/html", "<p>one</p>"),
            response_record("Content-Type: image/png", "PNG"),
            record(
                "response",
                "application/http",
                "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone</p>",
            ),
            record("resource", "text/html", "<p>two</p>"),
        ]
        .concat();
        check(archive.as_bytes(), &[Ok("<p>one</p>"), Ok("<p>two</p>")]);
    }

    #[test]
    fn gzip_members_are_read_one_after_the_other() {
        let mut archive = Vec::new();
        for body in ["<p>one</p>", "<p>two</p>"] {
            let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            member.write_all(response_record("Content-Type: text/html", body).as_bytes()).expect("in memory");
            archive.extend(member.finish().expect("in memory"));
        }
        check(&archive, &[Ok("<p>one</p>"), Ok("<p>two</p>")]);
        let cut = &archive[..archive.len() - 20];
        let found = pages(cut);
        assert_eq!(found[0], Ok("<p>one</p>".to_owned()));
        assert!(found[1].as_ref().is_err_and(|error| error.starts_with("a.warc breaks off")), "{found:?}");
    }

    #[test]
    fn an_archive_that_is_cut_gives_what_came_before() {
        let archive = response_record("Content-Type: text/html", "<p>one</p>").repeat(2);
        let cut = &archive.as_bytes()[..archive.len() - 10];
        let message = "a.warc breaks off or is damaged in record 2: the file ends inside it";
        check(cut, &[Ok("<p>one</p>"), Err(message)]);
    }

    #[test]
    fn chunks_and_codings_are_undone() {
        let chunked = "4\r\n<p>o\r\n6;x=y\r\nne</p>\r\n0\r\n\r\n";
        check(
            response_record("Transfer-Encoding: chunked\r\nContent-Type: text/html", chunked).as_bytes(),
            &[Ok("<p>one</p>")],
        );
        check(response_record("Transfer-Encoding: chunked", "<p>whole</p>").as_bytes(), &[Ok("<p>whole</p>")]);
        check(response_record("Content-Encoding: gzip", "<p>bare</p>").as_bytes(), &[Ok("<p>bare</p>")]);
        check(
            response_record("Content-Encoding: compress", "??").as_bytes(),
            &[Err(
                "a.warc, record 1 (https://news.example/a) is compressed with compress, which cannot be undone here",
            )],
        );
    }

    #[track_caller]
    fn check_coded(coding: &str, body: &[u8], expected: Result<&str, &str>) {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n");
        let block = [head.as_bytes(), body].concat();
        let header = format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/a\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n",
            block.len()
        );
        let found = pages(&[header.as_bytes(), &block, b"\r\n\r\n"].concat());
        match (&found[..], expected) {
            ([Ok(body)], Ok(expected)) => assert_eq!(body, expected),
            ([Err(message)], Err(expected)) => assert!(message.contains(expected), "{message}"),
            (found, expected) => panic!("{found:?} for {expected:?}"),
        }
    }

    #[test]
    fn brotli_and_zstd_are_undone_within_bounds() {
        let page = "<p>one</p>".repeat(50);
        let brotli = |page: &[u8]| {
            let mut packed = Vec::new();
            brotli::CompressorWriter::new(&mut packed, 4_096, 5, 22).write_all(page).expect("in memory");
            packed
        };
        check_coded("br", &brotli(page.as_bytes()), Ok(&page));
        check_coded("br", page.as_bytes(), Ok(&page));
        check_coded("br", b"no such thing", Err("cut off or damaged"));
        let zstd = |page: &[u8]| zstd::encode_all(page, 3).expect("in memory");
        check_coded("zstd", &zstd(page.as_bytes()), Ok(&page));
        check_coded("zstd", &zstd(page.as_bytes())[..20], Err("cut off or damaged"));
        check_coded("zstd", b"no such thing", Err("cut off or damaged"));
        let bomb = vec![b' '; 64 << 20];
        check_coded("br", &brotli(&bomb), Err("is over 33554432 bytes"));
        check_coded("zstd", &zstd(&bomb), Err("is over 33554432 bytes"));
    }

    #[test]
    fn what_the_server_said_is_kept() {
        let headers = "Content-Type: text/html\r\nETag: \"7\"\r\nX-Robots-Tag: noarchive\r\ntdm-reservation: 1";
        let archive = response_record(headers, "<p>one</p>").replace("10:00:00Z", "10:00:00.250Z");
        let mut http = None;
        let stream: Stream = BufReader::new(Box::new(Cursor::new(archive.into_bytes())));
        let options = Options::default();
        let _ = split("a.warc", None, stream, &options, &mut |item| {
            if let Ok(super::super::Content::Page(page)) = super::super::open(item, &options).content {
                http = page.http;
            }
            ControlFlow::Continue(())
        });
        let http = http.expect("a page");
        assert_eq!(http.fetched_at, "2026-11-23T10:00:00Z");
        assert_eq!(http.etag.as_deref(), Some("\"7\""));
        assert_eq!((http.robots_tags, http.tdm_reservation.as_deref()), (vec!["noarchive".to_owned()], Some("1")));
    }

    #[test]
    fn what_is_no_archive_is_reported_once() {
        check(
            b"WARC/1.0\r\nContent-Length: lots\r\n\r\n",
            &[Err("a.warc breaks off or is damaged in record 1: it states no length")],
        );
    }
}
