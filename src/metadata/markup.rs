//! Strings of structured data to plain text: pages put escaped characters and whole markup into JSON and attributes.

use crate::dom::{Dom, Kind, Options, Tag};
use std::borrow::Cow;

/// Escapes undone at most so often: content systems escape what a plug-in has escaped.
const PASSES_MAX: usize = 2;

/// The text with character references undone and markup taken out. Elements that end a line end one here.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    for _ in 0..PASSES_MAX {
        if !has_reference(&plain) && !has_tag(&plain) {
            break;
        }
        plain = Cow::Owned(match simple(&plain) {
            Some(text) => text,
            None => parsed(&plain),
        });
    }
    plain
}

/// Whether there is an `&` that a letter or `#` follows, and a `;` soon after.
fn has_reference(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes()).any(|at| reference(&text[at..]).is_some())
}

/// The name between `&` and `;` at the head of a text.
fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix('&')?;
    // The longest name of a character reference is `CounterClockwiseContourIntegral`.
    let end = name.bytes().take(33).position(|b| b == b';')?;
    let name = &name[..end];
    (name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')).then_some(name)
}

/// Whether there is a `<` that a letter or `/` follows, and a `>`.
fn has_tag(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        let mut rest = text.as_bytes()[at + 1..].iter();
        rest.next().is_some_and(|it| it.is_ascii_alphabetic() || *it == b'/') && rest.any(|it| *it == b'>')
    })
}

/// The text with its references undone, where it has no tags and only the commonest references.
fn simple(text: &str) -> Option<String> {
    if has_tag(text) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(name) = reference(rest) else {
            plain.push('&');
            rest = &rest[1..];
            continue;
        };
        plain.push(match name {
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "lt" => '<',
            "gt" => '>',
            "nbsp" => '\u{a0}',
            "ndash" => '–',
            "mdash" => '—',
            "lsquo" => '‘',
            "rsquo" => '’',
            "ldquo" => '“',
            "rdquo" => '”',
            "bdquo" => '„',
            "hellip" => '…',
            _ => {
                let digits = name.strip_prefix('#')?;
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                // Numbers of the C1 range mean windows-1252: left to the standard's own table.
                char::from_u32(code).filter(|it| !it.is_control())?
            }
        });
        rest = &rest[name.len() + 2..];
    }
    plain.push_str(rest);
    Some(plain)
}

/// The text as the HTML standard reads it.
fn parsed(text: &str) -> String {
    let dom = Dom::parse(text, &Options::default());
    let mut plain = String::with_capacity(text.len());
    let mut skip_to = 0;
    for node in dom.nodes() {
        if node.index() < skip_to {
            continue;
        }
        match dom.kind(node) {
            Kind::Text => plain.push_str(dom.text(node)),
            Kind::Element(Tag::SCRIPT | Tag::STYLE) => skip_to = dom.end(node).index(),
            Kind::Element(
                Tag::P
                | Tag::BR
                | Tag::DIV
                | Tag::LI
                | Tag::H1
                | Tag::H2
                | Tag::H3
                | Tag::H4
                | Tag::BLOCKQUOTE
                | Tag::TR,
            ) => {
                if !plain.is_empty() && !plain.ends_with('\n') {
                    plain.push('\n');
                }
            }
            Kind::Document | Kind::Element(_) | Kind::Comment | Kind::Doctype => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text), expected);
    }

    #[test]
    fn references_are_undone_also_when_escaped_twice() {
        check("Tom &amp; Jerry&#8217;s &eacute;t&eacute;", "Tom & Jerry’s été");
        check("It&amp;#039;s", "It's");
        check("&#150;", "–");
    }

    #[test]
    fn a_lone_ampersand_stays() {
        check("AT&T; R&B & soul", "AT&T; R&B & soul");
        check("a < b > c", "a < b > c");
    }

    #[test]
    fn markup_goes_and_its_lines_stay() {
        check("<p>One <b>two</b>.</p><p>Three.<br>Four</p>", "One two.\nThree.\nFour");
        check("&lt;a href=&quot;/x&quot;&gt;Jo Smith&lt;/a&gt;", "Jo Smith");
    }
}
