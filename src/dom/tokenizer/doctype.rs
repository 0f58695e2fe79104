//! What stands in `<!DOCTYPE …>`: a name and two identifiers, by which old pages ask for old layout rules.
//!
//! Tree construction reads them for one thing that shows in a tree: whether a `<table>` closes a `<p>`.

/// A document type declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::dom) struct Doctype {
    pub(in crate::dom) name: Option<String>,
    pub(in crate::dom) public_id: Option<String>,
    pub(in crate::dom) system_id: Option<String>,
    /// Whether it is too broken to mean anything but old rules.
    pub(in crate::dom) force_quirks: bool,
}

/// Reads what stands between `<!doctype` and `>`; `closed` is false where the page ended before the `>`.
pub(super) fn parse(inside: &str, closed: bool) -> Doctype {
    let mut doctype = Doctype { force_quirks: !closed, ..Doctype::default() };
    // Behind the system identifier nothing counts, the missing end neither.
    let is_whole = |rest: &str| closed || !rest.trim_start_matches(is_space).is_empty();
    let rest = inside.trim_start_matches(is_space);
    if rest.is_empty() {
        doctype.force_quirks = true;
        return doctype;
    }
    let end = rest.find(is_space).unwrap_or(rest.len());
    doctype.name = Some(cleaned(&rest[..end].to_ascii_lowercase()));
    let rest = rest[end..].trim_start_matches(is_space);
    if rest.is_empty() {
        return doctype;
    }
    let keyword = rest.as_bytes().get(..6).unwrap_or_default();
    let (public_id, system_id, is_broken) = if keyword.eq_ignore_ascii_case(b"public") {
        match identifier(&rest[6..]) {
            Identifier::Whole(public_id, rest) => match identifier(rest) {
                Identifier::Whole(system_id, rest) => {
                    doctype.force_quirks = !is_whole(rest);
                    (Some(public_id), Some(system_id), false)
                }
                Identifier::Cut(system_id) => (Some(public_id), Some(system_id), true),
                Identifier::Missing => (Some(public_id), None, false),
                Identifier::Broken => (Some(public_id), None, true),
            },
            Identifier::Cut(public_id) => (Some(public_id), None, true),
            Identifier::Missing | Identifier::Broken => (None, None, true),
        }
    } else if keyword.eq_ignore_ascii_case(b"system") {
        match identifier(&rest[6..]) {
            Identifier::Whole(system_id, rest) => {
                doctype.force_quirks = !is_whole(rest);
                (None, Some(system_id), false)
            }
            Identifier::Cut(system_id) => (None, Some(system_id), true),
            Identifier::Missing | Identifier::Broken => (None, None, true),
        }
    } else {
        (None, None, true)
    };
    doctype.public_id = public_id;
    doctype.system_id = system_id;
    doctype.force_quirks |= is_broken;
    doctype
}

enum Identifier<'a> {
    /// With what follows it.
    Whole(String, &'a str),
    /// The declaration ended before the closing quote.
    Cut(String),
    /// The declaration ended.
    Missing,
    /// Something without quotes.
    Broken,
}

fn identifier(text: &str) -> Identifier<'_> {
    let text = text.trim_start_matches(is_space);
    let Some(quote) = text.chars().next() else { return Identifier::Missing };
    if quote != '"' && quote != '\'' {
        return Identifier::Broken;
    }
    match text[1..].split_once(quote) {
        Some((inside, rest)) => Identifier::Whole(cleaned(inside), rest),
        None => Identifier::Cut(cleaned(&text[1..])),
    }
}

fn cleaned(text: &str) -> String {
    text.replace('\0', "\u{fffd}").replace("\r\n", "\n").replace('\r', "\n")
}

fn is_space(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\x0c' | '\r' | ' ')
}
