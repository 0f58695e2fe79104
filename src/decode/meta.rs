//! What a page says about its own encoding: `charset` in a content type, `<meta>`, the XML declaration.

/// Bytes of a page in which the declaration is looked for.
///
/// Source: [HTML, prescan a byte stream][html].
///
/// [html]: https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding
const PRESCAN_BYTES: usize = 1024;

/// The `charset` parameter of a content type, unquoted; `None` if there is none or it is empty.
pub(super) fn charset_of_content_type(value: &str) -> Option<&str> {
    let lower = value.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find("charset") {
        let after = from + found + "charset".len();
        let rest = value[after..].trim_start();
        if let Some(label) = rest.strip_prefix('=') {
            let label = label.trim_start();
            let label = match label.chars().next() {
                Some(quote @ ('"' | '\'')) => label[1..].split(quote).next(),
                Some(_) | None => label.split([';', ',', ' ', '\t', '"', '\'']).next(),
            };
            return label.map(str::trim).filter(|label| !label.is_empty());
        }
        from = after;
    }
    None
}

/// The label that a page's first 1,024 bytes give in a `<meta>` or an XML declaration; `None` if there is none.
/// UTF-16 labels are returned as UTF-8, since bytes that could be read so far are not UTF-16.
pub(super) fn prescan(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    let head: String = head.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '\u{FFFD}' }).collect();
    let lower = head.to_ascii_lowercase();
    let label = xml_declaration(&lower).or_else(|| first_meta(&lower))?;
    Some(if label.starts_with("utf-16") { "utf-8".to_owned() } else { label })
}

fn xml_declaration(head: &str) -> Option<String> {
    let rest = head.trim_start_matches(['\u{FFFD}', ' ', '\n', '\r', '\t']).strip_prefix("<?xml")?;
    attribute(&rest[..rest.find('>')?], "encoding")
}

fn first_meta(head: &str) -> Option<String> {
    let mut rest = head;
    loop {
        let open = rest.find('<')?;
        rest = &rest[open..];
        if rest.starts_with("<!--") {
            rest = &rest[rest[4..].find("-->")? + 7..];
            continue;
        }
        let end = rest.find('>').unwrap_or(rest.len());
        let tag = &rest[..end];
        if let Some(inside) =
            tag.strip_prefix("<meta").filter(|inside| !inside.starts_with(|c: char| c.is_alphanumeric()))
        {
            let refresh = || {
                let content = attribute(inside, "content")?;
                charset_of_content_type(&content).map(str::to_owned)
            };
            if let Some(label) = attribute(inside, "charset").or_else(refresh).filter(|label| !label.is_empty()) {
                return Some(label);
            }
        }
        rest = &rest[end.max(1)..];
    }
}

/// Value of an attribute in the inside of a tag, lower case as the tag is.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let is_blank = |c: char| c.is_ascii_whitespace() || c == '/';
    let mut rest = tag.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || is_blank(c)).unwrap_or(rest.len());
        let (found, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
            rest = after.trim_start_matches(is_blank);
            continue;
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            Some(_) | None => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        if found == name {
            return Some(value.trim().to_owned());
        }
        rest = after.trim_start_matches(is_blank);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, label: Option<&str>) {
        assert_eq!(prescan(page.as_bytes()).as_deref(), label);
    }

    #[test]
    fn meta_charset_is_found() {
        check("<html><head><meta name=viewport><META Charset='Windows-1251'>", Some("windows-1251"));
    }

    #[test]
    fn meta_http_equiv_is_found() {
        check(r#"<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">"#, Some("koi8-r"));
    }

    #[test]
    fn a_comment_declares_nothing() {
        check("<!-- <meta charset=big5> --><p>", None);
    }

    #[test]
    fn an_xml_declaration_counts() {
        check("<?xml version='1.0' encoding='EUC-JP'?><html>", Some("euc-jp"));
    }

    #[test]
    fn utf_16_cannot_be_declared_in_ascii() {
        check("<meta charset=utf-16le>", Some("utf-8"));
    }

    #[test]
    fn a_quoted_header_is_unquoted() {
        assert_eq!(charset_of_content_type("text/html; Charset = \"utf-8\""), Some("utf-8"));
        assert_eq!(charset_of_content_type("text/html; charset="), None);
    }
}
