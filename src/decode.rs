//! Bytes to text: which encoding a page is in, and the page as text.
//!
//! What a page says about its encoding is evidence, not truth. Every claim is gathered (byte order mark, HTTP header,
//! `<meta>`), the bytes themselves are asked, and the claims are tested against the bytes:
//!
//! 1. a byte order mark decides;
//! 2. UTF-16 without one shows by its zero bytes: every markup character is half of a pair;
//! 3. bytes that are valid UTF-8 are UTF-8, whatever the page says; a few stray bytes among many valid sequences do not
//!    change that: they are read as windows-1252 where that reads well, a paragraph pasted in from another encoding in that,
//!    and are U+FFFD elsewhere;
//! 4. else a declared label is believed if the bytes decode without error and read the same or better than as the encoding
//!    that a detector (chardetng, told the top-level domain) names on a sample taken where the non-ASCII bytes are.
//!
//! Decoding cannot fail. Text that was damaged before it was served is for [`crate::mojibake`], not for us.
//!
//! Source: [HTML, determining the character encoding][html], with two differences: we believe neither header nor
//! `<meta>` against the bytes, and we keep UTF-8 that has a few bad bytes.
//!
//! [html]: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use crate::mojibake;

mod meta;
mod utf8;

/// Bytes that the detector is shown; more does not change its mind, and it reads about 8 MB a second.
const SAMPLE_BYTES_MAX: usize = 64 * 1024;

/// Bytes in which zero bytes are counted for UTF-16.
const UTF16_SAMPLE_BYTES: usize = 64 * 1024;

/// What is known about a page beside its bytes. All of it is optional, none of it is believed unseen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The `Content-Type` header as sent.
    pub content_type: Option<&'a str>,
    /// Top-level domain of the page's host, without a dot: `pl`, `xn--p1ai`.
    pub tld: Option<&'a str>,
    /// Language the page or its source is known to be in, as a BCP 47 tag.
    pub language: Option<&'a str>,
}

/// A page as text, and how its encoding was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<'a> {
    /// The text; borrowed when the bytes were valid UTF-8 without a byte order mark.
    pub text: Cow<'a, str>,
    /// WHATWG name of the encoding, `UTF-8` for ASCII.
    pub encoding: &'static str,
    /// Every claim and finding, in the order in which they were weighed.
    pub evidence: Vec<Evidence>,
    /// U+FFFD written for bytes that fit nothing.
    pub replaced: usize,
    /// Stray bytes in UTF-8 that were read as windows-1252.
    pub patched: usize,
}

/// One claim about a page's encoding and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Who claims it.
    pub source: Source,
    /// The claim: a WHATWG name, or the label as written where there is no such encoding.
    pub label: String,
    /// What became of the claim.
    pub verdict: Verdict,
}

/// Who claims an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The first bytes.
    Bom,
    /// `charset` of the `Content-Type` header.
    Header,
    /// `<meta>` or the XML declaration in the first 1,024 bytes.
    Meta,
    /// The bytes are UTF-8, or nearly.
    Utf8,
    /// Zero bytes in every other place.
    Utf16Pattern,
    /// The statistics of the bytes.
    Detector,
    /// Nothing spoke; windows-1252, as browsers do.
    Fallback,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It decided.
    Believed,
    /// It was not needed, and says the same.
    Agrees,
    /// The bytes do not decode that way, or read clearly better as what was believed.
    Contradicted,
    /// No encoding of that name is known.
    Unknown,
}

/// The text of a page's bytes, with the evidence for its encoding. Never fails; linear in the length.
///
/// ```
/// use copydesk::decode::{decode, Hints};
///
/// let page = decode(b"<meta charset=utf-8><p>na\xefve caf\xe9 cr\xe8me", &Hints::default());
/// assert_eq!(page.encoding, "windows-1252");
/// assert!(page.text.ends_with("naïve café crème"));
/// ```
pub fn decode<'a>(bytes: &'a [u8], hints: &Hints) -> Decoded<'a> {
    let mut claims = claims(bytes, hints);
    let valid = std::str::from_utf8(bytes).ok();
    let (encoding, source) = choose(bytes, valid, hints, &claims);
    if !claims.iter().any(|claim| claim.source == source) {
        claims.push(Claim { source, label: encoding.name().to_owned(), encoding: Some(encoding) });
    }
    let evidence = claims.into_iter().map(|claim| claim.judged(encoding, source)).collect();
    let read = read(bytes, valid, encoding);
    Decoded { text: read.text, encoding: encoding.name(), evidence, replaced: read.replaced, patched: read.patched }
}

/// The text of a page's bytes read as one encoding, by WHATWG label; `None` if there is no such encoding.
pub fn decode_as<'a>(bytes: &'a [u8], label: &str) -> Option<Decoded<'a>> {
    let encoding = Encoding::for_label(label.as_bytes())?;
    let read = read(bytes, None, encoding);
    let evidence =
        vec![Evidence { source: Source::Header, label: encoding.name().to_owned(), verdict: Verdict::Believed }];
    Some(Decoded {
        text: read.text,
        encoding: encoding.name(),
        evidence,
        replaced: read.replaced,
        patched: read.patched,
    })
}

/// WHATWG name of the second-best encoding of a page that `decode` read as `first`: what to try when the story reads
/// as damaged. `None` when a byte order mark decided or nothing else fits.
pub fn second_best(bytes: &[u8], hints: &Hints, first: &str) -> Option<&'static str> {
    if Encoding::for_bom(bytes).is_some() {
        return None;
    }
    let declared = claims(bytes, hints).into_iter().filter_map(|claim| claim.encoding);
    let guesses = [hints.tld, None].map(|tld| detect(bytes, tld));
    declared
        .chain(guesses)
        .chain([WINDOWS_1252])
        .find(|encoding| encoding.name() != first && decodes(bytes, encoding))
        .map(Encoding::name)
}

/// One claim before it is judged.
struct Claim {
    source: Source,
    label: String,
    encoding: Option<&'static Encoding>,
}

impl Claim {
    fn new(source: Source, label: &str) -> Self {
        let encoding = Encoding::for_label(label.as_bytes());
        let label = encoding.map_or_else(|| label.chars().take(40).collect(), |found| found.name().to_owned());
        Self { source, label, encoding }
    }

    fn judged(self, chosen: &'static Encoding, by: Source) -> Evidence {
        let verdict = match self.encoding {
            None => Verdict::Unknown,
            Some(_) if self.source == by => Verdict::Believed,
            Some(encoding) if encoding == chosen => Verdict::Agrees,
            Some(_) => Verdict::Contradicted,
        };
        Evidence { source: self.source, label: self.label, verdict }
    }
}

/// What header and page say, in that order.
fn claims(bytes: &[u8], hints: &Hints) -> Vec<Claim> {
    let mut claims = Vec::new();
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        claims.push(Claim { source: Source::Bom, label: encoding.name().to_owned(), encoding: Some(encoding) });
    }
    if let Some(label) = hints.content_type.and_then(meta::charset_of_content_type) {
        claims.push(Claim::new(Source::Header, label));
    }
    if let Some(label) = meta::prescan(bytes) {
        claims.push(Claim::new(Source::Meta, &label));
    }
    claims
}

/// The encoding, and whose word decided. `valid`: the bytes as UTF-8, if they are that.
fn choose(bytes: &[u8], valid: Option<&str>, hints: &Hints, claims: &[Claim]) -> (&'static Encoding, Source) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, Source::Bom);
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return (encoding, Source::Utf16Pattern);
    }
    let has_escape = memchr::memchr(0x1B, bytes).is_some();
    if !has_escape && (valid.is_some() || utf8::is_utf8_at_heart(bytes)) {
        return (UTF_8, Source::Utf8);
    }
    let detected = detect(bytes, hints.tld);
    for claim in claims {
        let Some(encoding) = claim.encoding else { continue };
        if encoding == detected || reads_as_well(bytes, encoding, detected) {
            return (encoding, claim.source);
        }
    }
    (detected, Source::Detector)
}

/// Whether the bytes decode without error in a declared encoding, and read there the same as in the detected one or clearly better.
fn reads_as_well(bytes: &[u8], declared: &'static Encoding, detected: &'static Encoding) -> bool {
    // Escapes are proof; bytes that are UTF-8 were taken for that already.
    if declared == UTF_8 || detected == ISO_2022_JP || !decodes(bytes, declared) {
        return false;
    }
    let sample: Vec<u8> = samples(bytes).flatten().copied().take(SAMPLE_BYTES_MAX).collect();
    let [declared, detected] = [declared, detected].map(|encoding| encoding.decode_without_bom_handling(&sample).0);
    declared == detected || mojibake::oddness(&declared) * 10 <= mojibake::oddness(&detected) * 9
}

/// Whether the bytes decode without an error and without control characters that text has no use for.
fn decodes(bytes: &[u8], encoding: &'static Encoding) -> bool {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .is_some_and(|text| !text.chars().any(|c| ('\u{80}'..='\u{9F}').contains(&c)))
}

struct Read<'a> {
    text: Cow<'a, str>,
    replaced: usize,
    patched: usize,
}

/// Bytes in one encoding as text; a byte order mark is no part of it. `valid`: the bytes as UTF-8, if they are known to be that.
fn read<'a>(bytes: &'a [u8], valid: Option<&'a str>, encoding: &'static Encoding) -> Read<'a> {
    let body = match Encoding::for_bom(bytes) {
        Some((of_bom, len)) if of_bom == encoding => &bytes[len..],
        Some(_) | None => bytes,
    };
    if encoding == UTF_8 {
        let valid = valid.and_then(|it| it.get(bytes.len() - body.len()..));
        return valid.map_or_else(|| utf8::read(body), |text| Read { text: text.into(), replaced: 0, patched: 0 });
    }
    let (text, malformed) = encoding.decode_without_bom_handling(body);
    let replaced = if malformed { text.matches('\u{FFFD}').count() } else { 0 };
    Read { text, replaced, patched: 0 }
}

/// UTF-16 of either order, if the bytes are that: enough pairs are an ASCII character beside a zero byte, nearly all on
/// the same side, and no pair is half a surrogate. Japanese pages have few such pairs, but their markup has.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(UTF16_SAMPLE_BYTES) & !1];
    if sample.len() < 4 || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let is_ascii = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let (mut little, mut big) = (0_usize, 0_usize);
    for pair in sample.chunks_exact(2) {
        little += usize::from(pair[1] == 0 && is_ascii(pair[0]));
        big += usize::from(pair[0] == 0 && is_ascii(pair[1]));
    }
    let (encoding, most, least) = if little > big { (UTF_16LE, little, big) } else { (UTF_16BE, big, little) };
    let fits = most * 50 >= sample.len() && most >= 2 && least * 8 <= most;
    (fits && encoding.decode_without_bom_handling_and_without_replacement(sample_end(sample)).is_some())
        .then_some(encoding)
}

/// A UTF-16 sample must not end between the halves of a surrogate pair, in either byte order.
fn sample_end(sample: &[u8]) -> &[u8] {
    let Some([a, b]) = sample.last_chunk::<2>() else { return sample };
    let is_high = |byte: &u8| (0xD8..=0xDB).contains(byte);
    if is_high(a) || is_high(b) { &sample[..sample.len() - 2] } else { sample }
}

/// What the statistics of the bytes say.
fn detect(bytes: &[u8], tld: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let mut left = SAMPLE_BYTES_MAX;
    for part in samples(bytes) {
        let part = &part[..part.len().min(left)];
        detector.feed(part, false);
        left -= part.len();
        if left == 0 {
            break;
        }
    }
    detector.feed(b"", true);
    let tld = tld.map(str::to_ascii_lowercase).filter(|tld| {
        !tld.is_empty() && tld.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    });
    detector.guess(tld.as_deref().map(str::as_bytes), Utf8Detection::Deny)
}

/// The parts of a page that hold bytes worth a look, in order: stretches between tags that are not plain ASCII.
/// Small pages, and those in an encoding with escapes, are taken whole.
fn samples(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = bytes.len() <= SAMPLE_BYTES_MAX || memchr::memchr(0x1B, bytes).is_some();
    let parts = bytes.split_inclusive(move |&byte| !whole && byte == b'<');
    parts.filter(move |part| whole || !part.is_ascii())
}
