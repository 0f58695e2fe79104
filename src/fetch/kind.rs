//! Is it a web page? What the `Content-Type` header says, and what the first bytes say.
//!
//! Pages, feeds, XML and plain text pass. Headers lie: a PDF is served as `text/html`, a page as
//! `application/octet-stream`. So a header can only refuse what no server calls a page by mistake (images, fonts,
//! sound, archives and the like); the bytes refuse what begins as a known binary format; and where the header says
//! nothing of use, what holds bytes that no text holds.
//!
//! Source: [MIME Sniffing](https://mimesniff.spec.whatwg.org/), from which the signatures and the set of binary
//! bytes come. We read more signatures than it lists, and do not look for scripts to run.

use super::request::Accept;

/// How many bytes to gather before [`refusal_by_bytes`] is asked, if there are as many. The signatures need 262.
pub(super) const SNIFF_BYTES: usize = 1_024;

/// What a `Content-Type` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declared {
    /// HTML, XML of any kind, a feed.
    Markup,
    /// Nothing of use: missing, not sound, plain text, "bytes".
    Unclear,
    /// Something that is no page, with its article: "an image".
    Other(&'static str),
}

/// The same for what may list addresses: JSON may be a feed, a gzip file a sitemap.
pub(super) fn declared_for(content_type: Option<&str>, accept: Accept) -> Declared {
    match (declared(content_type), accept) {
        (Declared::Other("JSON data" | "an archive"), Accept::List) => Declared::Unclear,
        (declared, Accept::List | Accept::Page) => declared,
    }
}

/// Whether the body is a gzip file, which only a list may be.
pub(super) fn is_packed_list(head: &[u8], accept: Accept) -> bool {
    accept == Accept::List && head.starts_with(b"\x1F\x8B\x08")
}

/// Reads a `Content-Type` header.
pub(super) fn declared(content_type: Option<&str>) -> Declared {
    let Some(value) = content_type else {
        return Declared::Unclear;
    };
    let essence = value.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return Declared::Unclear;
    };
    match (kind, subtype) {
        ("text", "html" | "xml" | "vnd.wap.wml" | "x-opml") => Declared::Markup,
        ("image", "svg+xml") => Declared::Other("an image"),
        (_, subtype) if subtype.ends_with("+xml") => Declared::Markup,
        ("application", "xml" | "feed+json" | "xhtml" | "html" | "x-html" | "rss" | "atom") => Declared::Markup,
        ("text", "css") => Declared::Other("a style sheet"),
        ("text" | "application", "javascript" | "ecmascript" | "x-javascript") => Declared::Other("a script"),
        (_, "json") => Declared::Other("JSON data"),
        (_, subtype) if subtype.ends_with("+json") => Declared::Other("JSON data"),
        ("text", "calendar") => Declared::Other("a calendar"),
        ("image", _) => Declared::Other("an image"),
        ("audio", _) => Declared::Other("a sound file"),
        ("video", _) => Declared::Other("a video"),
        ("font", _) => Declared::Other("a font"),
        ("application", "pdf" | "x-pdf") => Declared::Other("a PDF file"),
        ("application", "zip" | "gzip" | "x-gzip" | "x-tar" | "x-7z-compressed" | "vnd.rar" | "x-bzip2" | "zstd") => {
            Declared::Other("an archive")
        }
        ("application", subtype)
            if subtype.starts_with("vnd.openxmlformats") || subtype.starts_with("vnd.ms-") || subtype == "msword" =>
        {
            Declared::Other("an office document")
        }
        ("application", "epub+zip") => Declared::Other("an e-book"),
        _ => Declared::Unclear,
    }
}

/// What the body is instead of a page, judged by its first bytes, with its article; `None` for a page.
pub(super) fn refusal_by_bytes(head: &[u8], declared: Declared) -> Option<&'static str> {
    if let Some((what, ..)) =
        SIGNATURES.iter().find(|(_, at, bytes)| head.get(*at..).is_some_and(|h| h.starts_with(bytes)))
    {
        return Some(what);
    }
    if let [b'R', b'I', b'F', b'F', _, _, _, _, form @ ..] = head {
        match form {
            [b'W', b'E', b'B', b'P', ..] => return Some("an image"),
            [b'W', b'A', b'V', b'E', ..] => return Some("a sound file"),
            [b'A', b'V', b'I', b' ', ..] => return Some("a video"),
            _ => {}
        }
    }
    let binary = binary_bytes(head);
    // A page that says it is one may hold a stray control character; one that does not gets no such credit.
    let binary_max = match declared {
        Declared::Markup => head.len() / 10,
        Declared::Unclear | Declared::Other(_) => 0,
    };
    (binary > binary_max).then_some("binary data")
}

/// Bytes that no text holds. UTF-16 and UTF-32 hold many zeros, and are known by their byte order mark or by the
/// zeros all falling on one side of each pair.
fn binary_bytes(head: &[u8]) -> usize {
    if head.starts_with(b"\xFE\xFF") || head.starts_with(b"\xFF\xFE") || head.starts_with(b"\0\0\xFE\xFF") {
        return 0;
    }
    let zeros_at = |side: usize| head.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    let is_wide = head.len() >= 4 && even.min(odd) == 0 && even.max(odd) >= head.len() / 8;
    let zeros = if is_wide { 0 } else { even + odd };
    zeros + head.iter().filter(|b| matches!(b, 1..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F)).count()
}

/// What it is, where its mark stands, and the mark.
const SIGNATURES: &[(&str, usize, &[u8])] = &[
    ("a PDF file", 0, b"%PDF-"),
    ("a PostScript file", 0, b"%!PS"),
    ("an RTF document", 0, b"{\\rtf"),
    ("an image", 0, b"\x89PNG\r\n\x1A\n"),
    ("an image", 0, b"GIF87a"),
    ("an image", 0, b"GIF89a"),
    ("an image", 0, b"\xFF\xD8\xFF"),
    ("an image", 0, b"II*\0"),
    ("an image", 0, b"MM\0*"),
    ("an image", 0, b"\0\0\x01\0"),
    ("an image", 4, b"ftypavif"),
    ("an image", 4, b"ftypheic"),
    ("an image", 0, b"8BPS"),
    ("a video", 4, b"ftyp"),
    ("a video", 0, b"\x1A\x45\xDF\xA3"),
    ("a video", 0, b"FLV\x01"),
    ("a sound file", 0, b"ID3"),
    ("a sound file", 0, b"OggS\0"),
    ("a sound file", 0, b"fLaC"),
    ("a ZIP archive or office document", 0, b"PK\x03\x04"),
    ("a ZIP archive or office document", 0, b"PK\x05\x06"),
    ("an office document", 0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
    ("a gzip file", 0, b"\x1F\x8B\x08"),
    ("a bzip2 file", 0, b"BZh"),
    ("an xz file", 0, b"\xFD7zXZ\0"),
    ("a zstd file", 0, b"\x28\xB5\x2F\xFD"),
    ("a 7z archive", 0, b"7z\xBC\xAF\x27\x1C"),
    ("a RAR archive", 0, b"Rar!\x1A\x07"),
    ("a tar archive", 257, b"ustar"),
    ("a font", 0, b"wOFF"),
    ("a font", 0, b"wOF2"),
    ("a program", 0, b"\x7FELF"),
    ("a program", 0, b"\0asm"),
    ("a program", 0, b"MZ\x90\0"),
    ("a database", 0, b"SQLite format 3\0"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: Option<&str>, head: &[u8], refused: Option<&str>) {
        let declared = declared(content_type);
        let got = match declared {
            Declared::Other(what) => Some(what),
            Declared::Markup | Declared::Unclear => refusal_by_bytes(head, declared),
        };
        assert_eq!(got, refused, "{content_type:?} {:?}", String::from_utf8_lossy(head));
    }

    const PAGE: &[u8] = b"<!doctype html><title>A</title>";

    #[test]
    fn pages_feeds_xml_and_text_pass() {
        for content_type in [
            "text/html",
            "Text/HTML; charset=windows-1251",
            "application/xhtml+xml",
            "text/xml",
            "application/rss+xml",
            "application/atom+xml",
            "application/xml;q=1",
            "text/plain",
            "text/html, text/html",
            "text/markdown",
            "application/feed+json",
        ] {
            check(Some(content_type), PAGE, None);
        }
        check(Some("text/html"), b"", None);
        check(None, "Здравствуйте".as_bytes(), None);
    }

    #[test]
    fn a_header_that_says_nothing_leaves_it_to_the_bytes() {
        for content_type in [None, Some(""), Some("html"), Some("application/octet-stream"), Some("unknown/unknown")] {
            check(content_type, PAGE, None);
            check(content_type, b"\x00\x01\x02\x03\x04", Some("binary data"));
            check(content_type, b"%PDF-1.7", Some("a PDF file"));
        }
    }

    #[test]
    fn what_is_declared_as_no_page_is_refused_unread() {
        check(Some("image/png"), PAGE, Some("an image"));
        check(Some("application/pdf"), PAGE, Some("a PDF file"));
        check(Some("application/json; charset=utf-8"), b"{}", Some("JSON data"));
        check(Some("text/css"), b"a{}", Some("a style sheet"));
        check(Some("image/svg+xml"), b"<svg/>", Some("an image"));
        check(Some("application/ld+json"), b"{}", Some("JSON data"));
    }

    #[test]
    fn binary_formats_are_known_under_any_name() {
        for head in [
            &b"%PDF-1.4\n"[..],
            b"\x89PNG\r\n\x1A\n\0\0",
            b"PK\x03\x04\x14\0",
            b"\x1F\x8B\x08\0",
            b"\0\0\0\x20ftypisom",
        ] {
            assert!(refusal_by_bytes(head, Declared::Markup).is_some(), "{head:?}");
            assert!(refusal_by_bytes(head, Declared::Unclear).is_some(), "{head:?}");
        }
        check(Some("text/html"), b"RIFF\x10\0\0\0WEBPVP8 ", Some("an image"));
    }

    #[test]
    fn wide_characters_are_text() {
        let wide = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for big in [false, true] {
            check(Some("text/html; charset=utf-16"), &wide("<!doctype html><p>é</p>", big), None);
            check(None, &wide("\u{feff}<!doctype html>", big), None);
            check(None, &wide("<!doctype html>", big), None);
        }
    }

    #[test]
    fn a_page_may_hold_a_stray_control_character_and_others_may_not() {
        check(Some("text/html"), b"<!doctype html>\0<title>A</title>", None);
        check(Some("text/html"), &[7; 300], Some("binary data"));
        check(Some("text/plain"), b"notes\0\x01", Some("binary data"));
    }
}
