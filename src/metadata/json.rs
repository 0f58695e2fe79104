//! JSON as pages write it to values that borrow from it.
//!
//! Structured data in pages is often not quite JSON: wrapped in HTML comments or CDATA marks, with raw line breaks or bare
//! quotes in strings, with a comma too many, several values one after the other. A strict parser gives nothing for such a
//! page, so this one reads on: what is valid JSON reads as the standard says (RFC 8259), and what is not reads as its
//! author meant where that can be told from the next character. It never fails; rubbish gives few values or none.

use std::borrow::Cow;

/// A value. Numbers stay as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Nesting deeper than this is cut: the deepest of 1,371 JSON-LD scripts measured was 11.
const DEPTH_MAX: usize = 48;

/// Values made from one text; what follows is not read. The largest of the same scripts held 30,000.
const VALUES_MAX: usize = 200_000;

/// All values of a text, one after the other.
pub(super) fn read(text: &str) -> Vec<Json<'_>> {
    let mut reader = Reader { text, at: 0 };
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut roots = Vec::new();
    for _ in 0..VALUES_MAX {
        let Some(token) = reader.token() else { break };
        let value = match token {
            Token::Open(list) => {
                open.push(if list { Open::List(Vec::new()) } else { Open::Object(Vec::new(), None) });
                continue;
            }
            Token::Close(list) => {
                // A bracket of the wrong kind closes nothing: the right one is still to come, or the end.
                if open.last().is_none_or(|it| matches!(it, Open::List(_)) != list) {
                    continue;
                }
                match open.pop() {
                    Some(it) => it.into_value(),
                    None => continue,
                }
            }
            Token::Value(value) => value,
        };
        place(value, &mut open, &mut roots, &mut reader);
    }
    while let Some(it) = open.pop() {
        place(it.into_value(), &mut open, &mut roots, &mut reader);
    }
    roots
}

/// Puts a finished value where it belongs; at the depth bound it is dropped.
fn place<'a>(value: Json<'a>, open: &mut [Open<'a>], roots: &mut Vec<Json<'a>>, reader: &mut Reader<'a>) {
    let depth = open.len();
    match open.last_mut() {
        None => roots.push(value),
        Some(Open::List(items)) => {
            if depth <= DEPTH_MAX {
                items.push(value);
            }
        }
        Some(Open::Object(members, key)) => match (key.take(), value) {
            (Some(key), value) => {
                if depth <= DEPTH_MAX {
                    members.push((key, value));
                }
            }
            (None, Json::Text(name)) if reader.skip_colon() => *key = Some(name),
            (None, _) => {}
        },
    }
}

enum Open<'a> {
    List(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>, Option<Cow<'a, str>>),
}

impl<'a> Open<'a> {
    fn into_value(self) -> Json<'a> {
        match self {
            Self::List(items) => Json::List(items),
            Self::Object(members, _) => Json::Object(members),
        }
    }
}

enum Token<'a> {
    /// `[` if true, `{` if false.
    Open(bool),
    /// `]` if true, `}` if false.
    Close(bool),
    Value(Json<'a>),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn token(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.text[self.at..];
            let first = *rest.as_bytes().first()?;
            self.at += 1;
            return Some(match first {
                b'{' | b'[' => Token::Open(first == b'['),
                b'}' | b']' => Token::Close(first == b']'),
                b'"' => Token::Value(Json::Text(self.string())),
                b'/' if rest.starts_with("/*") => {
                    self.at += rest.find("*/").map_or(rest.len(), |it| it + 2) - 1;
                    continue;
                }
                b'/' if rest.starts_with("//") => {
                    self.at += rest.find('\n').unwrap_or(rest.len()) - 1;
                    continue;
                }
                b'<' if rest.starts_with("<![CDATA[") => {
                    self.at += "<![CDATA[".len() - 1;
                    continue;
                }
                b'-' | b'0'..=b'9' => {
                    let end = rest
                        .bytes()
                        .position(|b| !matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
                        .unwrap_or(rest.len());
                    self.at += end - 1;
                    let number = &rest[..end];
                    if !number.contains(|c: char| c.is_ascii_digit()) {
                        continue;
                    }
                    Token::Value(Json::Number(number))
                }
                b'a'..=b'z' | b'A'..=b'Z' => {
                    let end = rest.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(rest.len());
                    self.at += end - 1;
                    Token::Value(match &rest[..end] {
                        "true" => Json::Bool(true),
                        "false" => Json::Bool(false),
                        "null" => Json::Null,
                        _ => continue,
                    })
                }
                // Whitespace, commas, semicolons, comment marks, and the inner bytes of other characters.
                _ => {
                    while !self.text.is_char_boundary(self.at) {
                        self.at += 1;
                    }
                    continue;
                }
            });
        }
    }

    /// The rest of a string whose opening quote is behind us.
    fn string(&mut self) -> Cow<'a, str> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut from = start;
        loop {
            let Some(step) = memchr::memchr2(b'"', b'\\', &bytes[self.at..]) else {
                self.at = bytes.len();
                return self.finish(owned, from, bytes.len());
            };
            self.at += step;
            if bytes[self.at] == b'"' {
                let end = self.at;
                self.at += 1;
                if self.closes() {
                    return self.finish(owned, from, end);
                }
                continue;
            }
            let unescaped = owned.get_or_insert_with(String::new);
            unescaped.push_str(&self.text[from..self.at]);
            self.at += 1;
            self.escape(unescaped);
            from = self.at;
        }
    }

    fn finish(&self, owned: Option<String>, from: usize, end: usize) -> Cow<'a, str> {
        match owned {
            None => Cow::Borrowed(&self.text[from..end]),
            Some(mut text) => {
                text.push_str(&self.text[from..end]);
                Cow::Owned(text)
            }
        }
    }

    /// Whether the quote just read ends its string: in JSON only these characters can follow it, and only a value or name
    /// can follow a comma.
    fn closes(&self) -> bool {
        let rest = self.text[self.at..].trim_ascii_start();
        let Some(beyond) = rest.strip_prefix(',') else {
            return matches!(rest.as_bytes().first(), None | Some(b':' | b'}' | b']' | b'<' | b'/' | b';'));
        };
        let beyond = beyond.trim_ascii_start();
        ["true", "false", "null"].iter().any(|it| beyond.starts_with(it))
            || matches!(
                beyond.as_bytes().first(),
                None | Some(b'"' | b'{' | b'[' | b'}' | b']' | b'-' | b'0'..=b'9' | b',' | b'/')
            )
    }

    /// Undoes the escape whose backslash is behind us.
    fn escape(&mut self, onto: &mut String) {
        let Some(c) = self.text[self.at..].chars().next() else { return };
        self.at += c.len_utf8();
        match c {
            'n' => onto.push('\n'),
            't' => onto.push('\t'),
            'r' => onto.push('\r'),
            'b' | 'f' => onto.push(' '),
            'u' => {
                let Some(unit) = self.unit() else { return };
                let code = if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let low = self.unit().filter(|it| (0xdc00..0xe000).contains(it));
                    low.map_or(0xfffd, |low| 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                } else {
                    unit
                };
                onto.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            c => onto.push(c),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }

    fn skip_colon(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let space = rest.len() - rest.trim_start().len();
        let colon = rest[space..].starts_with(':');
        if colon {
            self.at += space + 1;
        }
        colon
    }
}

impl<'a> Json<'a> {
    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.members().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The members of an object, in order; none for anything else.
    pub(super) fn members(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        match self {
            Self::Object(members) => members,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => &[],
        }
    }

    /// The items of a list; anything else is its own single item.
    pub(super) fn items(&self) -> &[Json<'a>] {
        match self {
            Self::List(items) => items,
            Self::Null => &[],
            Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_) => std::slice::from_ref(self),
        }
    }

    /// The text of a string, a number, or an object with `@value`; the first such of a list.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number),
            Self::Object(_) => match self.get("@value")? {
                Self::Text(text) => Some(text),
                Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
            },
            Self::List(items) => items.iter().find_map(|it| match it {
                Self::Text(text) => Some(text.as_ref()),
                Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
            }),
            Self::Null | Self::Bool(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values written back as compact JSON, one a line.
    fn compact(values: &[Json<'_>]) -> String {
        fn write(value: &Json<'_>, onto: &mut String) {
            match value {
                Json::Null => onto.push_str("null"),
                Json::Bool(it) => onto.push_str(&it.to_string()),
                Json::Number(it) => onto.push_str(it),
                Json::Text(it) => onto.push_str(&format!("{it:?}")),
                Json::List(items) => {
                    onto.push('[');
                    for item in items {
                        write(item, onto);
                        onto.push(',');
                    }
                    onto.push(']');
                }
                Json::Object(members) => {
                    onto.push('{');
                    for (key, value) in members {
                        onto.push_str(&format!("{key}:"));
                        write(value, onto);
                        onto.push(',');
                    }
                    onto.push('}');
                }
            }
        }
        let mut lines = Vec::new();
        for value in values {
            let mut line = String::new();
            write(value, &mut line);
            lines.push(line);
        }
        lines.join("\n")
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(compact(&read(text)), expected);
    }

    #[test]
    fn valid_json_reads_as_the_standard_says() {
        check(
            r#"{"a": [1, -2.5e3, true, false, null], "b": {"c": "d\n\"\u00e9\ud83d\ude00\/"}}"#,
            "{a:[1,-2.5e3,true,false,null,],b:{c:\"d\\n\\\"é😀/\",},}",
        );
    }

    #[test]
    fn wrappers_and_comments_are_passed_over() {
        check("<!-- //<![CDATA[\n{\"a\":1}\n//]]> -->", "{a:1,}");
        check("/* x */ {\"a\": /* y */ 1};", "{a:1,}");
    }

    #[test]
    fn raw_line_breaks_and_bare_quotes_stay_in_their_string() {
        check(
            "{\"a\": \"one\ntwo\", \"b\": \"he said \"no\" twice\"}",
            "{a:\"one\\ntwo\",b:\"he said \\\"no\\\" twice\",}",
        );
        check("{\"a\": \"\"yes\", and left\"}", "{a:\"\\\"yes\\\", and left\",}");
    }

    #[test]
    fn commas_too_many_and_ends_too_early_do_no_harm() {
        check("[{\"a\":1,},,]", "[{a:1,},]");
        check("{\"a\": {\"b\": [1, 2", "{a:{b:[1,2,],},}");
        check("{\"a\": 1]}", "{a:1,}");
    }

    #[test]
    fn several_values_are_several_roots() {
        check("{\"a\":1}{\"b\":2}\n[3]", "{a:1,}\n{b:2,}\n[3,]");
    }

    #[test]
    fn rubbish_gives_nothing() {
        check("function() é ☃ undefined", "");
        check("\\ \u{fffd} -", "");
    }

    #[test]
    fn nesting_without_end_is_cut() {
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).len(), 1);
        let deep = "{\"a\":".repeat(100_000);
        assert_eq!(read(&deep).len(), 1);
    }
}
