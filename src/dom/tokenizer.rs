//! The page's text to tokens: tags, texts, comments, the document type.
//!
//! The tokens are those of the HTML standard's tokenization, and text comes in runs as long as can be. A token names
//! stretches of the page ([`Span`]) and copies nothing, except where the standard changes what is written: character
//! references, line ends, U+0000 and capitals in names. What it had to write anew stands in a string of its own, which
//! the spans continue into. The search for the next byte that matters is memchr's.
//!
//! The standard lets tree construction switch the tokenizer to raw text and tell it when CDATA sections mean anything;
//! that is [`Tokenizer::switch`] and the question that [`Tokenizer::next`] asks. Errors are not reported.
//!
//! Source: [HTML, tokenization][html].
//!
//! [html]: https://html.spec.whatwg.org/multipage/parsing.html#tokenization

mod doctype;
mod script;

pub(super) use doctype::Doctype;

use super::entities::{self, Place};
use memchr::{memchr, memchr2, memchr3, memmem};

/// A stretch of the page, or, past its end, of the text that was written anew. In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// One piece of a page. What a tag says stands in [`Tokenizer::tag`] until the next token is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Text between tags.
    Text(Span),
    /// Text in which tags mean nothing: of a script, a title.
    RawText(Span),
    /// A U+0000 between tags, which tree construction deals with.
    Null,
    StartTag,
    EndTag,
    Comment(Span),
    Doctype(Doctype),
    End,
}

/// How to read on, as tree construction says after a start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Tags, texts, comments.
    Data,
    /// Text with character references, up to the end tag (`<title>`).
    Rcdata,
    /// Text as it stands, up to the end tag (`<style>`).
    Rawtext,
    /// The same, with the standard's rules for scripts that hide in comments.
    Script,
    /// Text to the end of the page.
    Plaintext,
    /// Text up to this place, where `]]>` stands.
    Cdata(usize),
}

/// The tag that was read last.
#[derive(Debug, Default)]
pub(super) struct Tag {
    /// In lower case.
    pub(super) name: Span,
    /// Names in lower case, and values; doubles included. Of a start tag only.
    pub(super) attributes: Vec<(Span, Span)>,
    pub(super) self_closing: bool,
}

/// Reads a page once, front to back.
#[derive(Debug)]
pub(super) struct Tokenizer<'a> {
    page: &'a str,
    at: usize,
    /// Where the last token began.
    token_at: usize,
    mode: Mode,
    /// The name of the last start tag, whose end tag ends its raw text.
    last_start: Span,
    /// The next carriage return and the next U+0000, which most pages hold few of.
    next_return: Next<b'\r'>,
    next_null: Next<b'\0'>,
    rewritten: String,
    tag: Tag,
}

/// Where a byte stands next, found out when it is asked for.
#[derive(Debug)]
struct Next<const BYTE: u8>(Option<usize>);

impl<const BYTE: u8> Next<BYTE> {
    /// Its first place from `at` on; the end of the page where there is none.
    #[inline]
    fn from(&mut self, at: usize, bytes: &[u8]) -> usize {
        match self.0 {
            Some(place) if place >= at => place,
            _ => {
                let place = memchr(BYTE, &bytes[at..]).map_or(bytes.len(), |found| at + found);
                self.0 = Some(place);
                place
            }
        }
    }
}

/// Whether character references in a stretch mean anything, and where it stands.
type References = Option<Place>;

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

impl<'a> Tokenizer<'a> {
    /// The page must be shorter than 2^31 bytes, and so must be what is written anew.
    pub(super) fn new(page: &'a str) -> Self {
        let mut tokenizer = Self {
            page,
            at: 0,
            token_at: 0,
            mode: Mode::Data,
            last_start: Span::default(),
            next_return: Next(None),
            next_null: Next(None),
            rewritten: String::new(),
            tag: Tag::default(),
        };
        tokenizer.skip_byte_order_mark();
        tokenizer
    }

    /// Where the last token begins in the page, in bytes.
    pub(super) fn token_at(&self) -> usize {
        self.token_at
    }

    /// The last tag.
    pub(super) fn tag(&self) -> &Tag {
        &self.tag
    }

    /// The text of a span.
    pub(super) fn text(&self, span: Span) -> &str {
        let (start, end) = (span.start as usize, span.end as usize);
        if start < self.page.len() {
            &self.page[start..end]
        } else {
            &self.rewritten[start - self.page.len()..end - self.page.len()]
        }
    }

    /// Reads on in another mode.
    pub(super) fn switch(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Whether a byte order mark is next.
    pub(super) fn at_byte_order_mark(&self) -> bool {
        self.bytes()[self.at..].starts_with("\u{feff}".as_bytes())
    }

    /// Passes over a byte order mark; they stand at the front of a page, and inside where files were put together.
    pub(super) fn skip_byte_order_mark(&mut self) {
        if self.at_byte_order_mark() {
            self.at += '\u{feff}'.len_utf8();
        }
    }

    /// What was written anew, which spans past the page's end point into.
    pub(super) fn into_rewritten(self) -> String {
        self.rewritten
    }

    /// The next token; [`Token::End`] for ever after the last. `foreign` says whether we stand in SVG or MathML, where
    /// CDATA sections are text.
    pub(super) fn next(&mut self, foreign: impl Fn() -> bool) -> Token {
        loop {
            self.token_at = self.at;
            match self.mode {
                Mode::Data => {}
                Mode::Plaintext => return self.raw_text(self.page.len(), None),
                Mode::Cdata(end) if self.at < end => return self.text_to(end, None),
                Mode::Cdata(end) => {
                    self.at = (end + "]]>".len()).min(self.page.len());
                    self.token_at = self.at;
                    self.mode = Mode::Data;
                }
                mode @ (Mode::Rcdata | Mode::Rawtext | Mode::Script) => {
                    let end = if mode == Mode::Script { script::end(self.bytes(), self.at) } else { self.raw_end() };
                    self.mode = Mode::Data;
                    if end > self.at {
                        return self.raw_text(end, (mode == Mode::Rcdata).then_some(Place::Text));
                    }
                }
            }
            if let Some(token) = self.data(&foreign) {
                return token;
            }
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.page.as_bytes()
    }

    /// The token that begins here, outside raw text; `None` for markup that says nothing.
    fn data(&mut self, foreign: impl Fn() -> bool) -> Option<Token> {
        let rest = &self.bytes()[self.at..];
        Some(match (rest.first(), rest.get(1)) {
            (None, _) => Token::End,
            (Some(b'<'), Some(b'a'..=b'z' | b'A'..=b'Z')) => {
                if !self.read_tag(self.at + 1, true) {
                    return Some(Token::End);
                }
                self.last_start = self.tag.name;
                Token::StartTag
            }
            (Some(b'<'), Some(b'/')) => match rest.get(2) {
                Some(b'a'..=b'z' | b'A'..=b'Z') => {
                    let complete = self.read_tag(self.at + 2, false);
                    if complete { Token::EndTag } else { Token::End }
                }
                Some(b'>') => {
                    self.at += "</>".len();
                    return None;
                }
                Some(_) => self.bogus_comment(self.at + 2),
                None => self.text_to(self.page.len(), None),
            },
            (Some(b'<'), Some(b'!')) => return self.declaration(foreign),
            (Some(b'<'), Some(b'?')) => self.bogus_comment(self.at + 1),
            (Some(b'\0'), _) => self.text_to(self.at + 1, None),
            (Some(_), _) => self.text_here(),
        })
    }

    /// The text that begins here, up to a `<` that begins something, a U+0000, or the end of the page.
    fn text_here(&mut self) -> Token {
        let null = self.next_null.from(self.at, self.bytes());
        let bytes = &self.bytes()[..null];
        // The byte here is text whatever it is.
        let mut at = self.at;
        let mut is_plain = bytes[at] != b'&';
        loop {
            at += 1;
            let rest = &bytes[at..];
            let Some(found) = (if is_plain { memchr2(b'<', b'&', rest) } else { memchr(b'<', rest) }) else {
                at = null;
                break;
            };
            at += found;
            match (bytes[at], self.bytes().get(at + 1)) {
                (b'&', _) => is_plain = false,
                (_, Some(b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?')) => break,
                (_, Some(b'/')) if at + 2 < self.page.len() => break,
                _ => {}
            }
        }
        let is_plain = is_plain && self.next_return.from(self.at, self.bytes()) >= at;
        let span = if is_plain { Span::new(self.at, at) } else { self.rewritten(self.at, at, Some(Place::Text)) };
        self.at = at;
        Token::Text(span)
    }

    /// Text from here to `end`, or to a U+0000 before it.
    fn text_to(&mut self, end: usize, references: References) -> Token {
        let null = self.next_null.from(self.at, self.bytes());
        if null == self.at {
            self.at += 1;
            return Token::Null;
        }
        let end = end.min(null);
        let span = self.rewritten(self.at, end, references);
        self.at = end;
        Token::Text(span)
    }

    fn raw_text(&mut self, end: usize, references: References) -> Token {
        if self.at == end {
            return Token::End;
        }
        let span = self.rewritten(self.at, end, references);
        self.at = end;
        if self.mode == Mode::Plaintext { Token::Text(span) } else { Token::RawText(span) }
    }

    /// Where the raw text that begins here ends: at the end tag that goes with the last start tag.
    fn raw_end(&self) -> usize {
        let bytes = self.bytes();
        let name = self.text(self.last_start).as_bytes();
        let mut at = self.at;
        while let Some(found) = memchr(b'<', &bytes[at..]) {
            at += found;
            if is_end_tag(&bytes[at..], name) {
                return at;
            }
            at += 1;
        }
        bytes.len()
    }

    /// Reads a tag whose name begins at `name_at`; false where the page ends inside it, and the tag with it.
    fn read_tag(&mut self, name_at: usize, is_start: bool) -> bool {
        let bytes = self.bytes();
        self.tag.attributes.clear();
        self.tag.self_closing = false;
        let mut at = name_at;
        self.tag.name = self.name(&mut at, ENDS_TAG_NAME);
        loop {
            while class(bytes, at) & SPACE != 0 {
                at += 1;
            }
            match bytes.get(at) {
                None => break,
                Some(b'>') => {
                    self.at = at + 1;
                    return true;
                }
                Some(b'/') => {
                    self.tag.self_closing = bytes.get(at + 1) == Some(&b'>');
                    at += 1;
                }
                Some(_) => {
                    let Some(attribute) = self.attribute(&mut at) else { break };
                    if is_start {
                        self.tag.attributes.push(attribute);
                    }
                }
            }
        }
        self.at = bytes.len();
        false
    }

    /// An attribute's name and value; `None` where the page ends inside it.
    fn attribute(&mut self, at: &mut usize) -> Option<(Span, Span)> {
        let bytes = self.bytes();
        let name = self.name(at, ENDS_ATTRIBUTE_NAME);
        let after_name = *at;
        while class(bytes, *at) & SPACE != 0 {
            *at += 1;
        }
        if bytes.get(*at)? != &b'=' {
            return Some((name, Span::new(after_name, after_name)));
        }
        *at += 1;
        while class(bytes, *at) & SPACE != 0 {
            *at += 1;
        }
        let (start, end) = match bytes.get(*at)? {
            quote @ (b'"' | b'\'') => {
                let start = *at + 1;
                let mut end = start + memchr2(*quote, b'&', &bytes[start..])?;
                if bytes[end] == *quote && self.is_clean(start, end) {
                    *at = end + 1;
                    return Some((name, Span::new(start, end)));
                }
                end += memchr(*quote, &bytes[end..])?;
                *at = end + 1;
                (start, end)
            }
            _ => {
                let start = *at;
                let end = start + bytes[start..].iter().position(|byte| CLASSES[*byte as usize] & ENDS_VALUE != 0)?;
                *at = end;
                (start, end)
            }
        };
        Some((name, self.rewritten(start, end, Some(Place::Attribute))))
    }

    /// A name in lower case, from `at` to the first byte of a class in `ends`; its first byte belongs to it anyway.
    fn name(&mut self, at: &mut usize, ends: u8) -> Span {
        let bytes = self.bytes();
        let start = *at;
        let mut seen = class(bytes, start);
        let rest = bytes.get(start + 1..).unwrap_or_default();
        let end = rest.iter().position(|byte| {
            let class = CLASSES[*byte as usize];
            seen |= class;
            class & ends != 0
        });
        *at = end.map_or(bytes.len(), |end| start + 1 + end);
        if seen & CHANGES == 0 {
            return Span::new(start, *at);
        }
        let rewritten_at = self.rewritten.len();
        for char in self.page[start..*at].chars() {
            self.rewritten.push(if char == '\0' { char::REPLACEMENT_CHARACTER } else { char.to_ascii_lowercase() });
        }
        self.rewritten_since(rewritten_at)
    }

    /// What begins with `<!`: a comment, the document type, or a CDATA section, which is then the mode we read in.
    fn declaration(&mut self, foreign: impl Fn() -> bool) -> Option<Token> {
        let start = self.at + 2;
        let rest = &self.bytes()[start..];
        if rest.starts_with(b"--") {
            return Some(self.comment(start + 2));
        }
        if rest.len() >= DOCTYPE.len() && rest[..DOCTYPE.len()].eq_ignore_ascii_case(DOCTYPE) {
            let start = start + DOCTYPE.len();
            let end = memchr(b'>', &self.bytes()[start..]);
            self.at = end.map_or(self.page.len(), |end| start + end + 1);
            let inside = end.map_or(&self.page[start..], |end| &self.page[start..start + end]);
            return Some(Token::Doctype(doctype::parse(inside, end.is_some())));
        }
        if rest.starts_with(CDATA) && foreign() {
            self.at = start + CDATA.len();
            let end = memmem::find(&self.bytes()[self.at..], b"]]>").map_or(self.page.len(), |end| self.at + end);
            self.mode = Mode::Cdata(end);
            return None;
        }
        Some(self.bogus_comment(start))
    }

    fn comment(&mut self, start: usize) -> Token {
        let bytes = self.bytes();
        for opened_and_closed in [&b">"[..], b"->"] {
            if bytes[start..].starts_with(opened_and_closed) {
                self.at = start + opened_and_closed.len();
                return Token::Comment(Span::new(start, start));
            }
        }
        for found in memchr::memchr_iter(b'>', &bytes[start..]) {
            let inside = &bytes[start..start + found];
            if let Some(text) = inside.strip_suffix(b"--").or_else(|| inside.strip_suffix(b"--!")) {
                self.at = start + found + 1;
                return Token::Comment(self.rewritten(start, start + text.len(), None));
            }
        }
        // The page ends first: dashes that might have closed the comment are no part of it.
        let inside = &bytes[start..];
        let text = [&b"--!"[..], b"--", b"-"].iter().find_map(|end| inside.strip_suffix(*end)).unwrap_or(inside);
        self.at = bytes.len();
        Token::Comment(self.rewritten(start, start + text.len(), None))
    }

    /// A comment that ends at the first `>`.
    fn bogus_comment(&mut self, start: usize) -> Token {
        let end = memchr(b'>', &self.bytes()[start..]).map(|end| start + end);
        self.at = end.map_or(self.page.len(), |end| end + 1);
        Token::Comment(self.rewritten(start, end.unwrap_or(self.page.len()), None))
    }

    /// A stretch of the page as the standard reads it: line ends as `\n`, U+0000 as U+FFFD, references as what they
    /// mean.
    fn rewritten(&mut self, start: usize, end: usize, references: References) -> Span {
        let page = self.page;
        let is_clean = self.is_clean(start, end);
        let stretch = &page[start..end];
        let next = |at: usize| {
            let rest = &stretch.as_bytes()[at..];
            let found = match (is_clean, references.is_some()) {
                (true, false) => None,
                (true, true) => memchr(b'&', rest),
                (false, false) => memchr2(b'\r', b'\0', rest),
                (false, true) => memchr3(b'&', b'\r', b'\0', rest),
            };
            found.map(|found| at + found)
        };
        let Some(mut at) = next(0) else { return Span::new(start, end) };
        let rewritten_at = self.rewritten.len();
        // Bytes of the stretch that are written so far.
        let mut done = 0;
        loop {
            let mut passed = 1;
            let written = match stretch.as_bytes()[at] {
                b'&' => {
                    let place = references.unwrap_or(Place::Text);
                    entities::reference(&stretch[at + 1..], place).map(|it| {
                        passed += it.bytes;
                        (it.first, it.second)
                    })
                }
                b'\r' => {
                    passed += usize::from(stretch.as_bytes().get(at + 1) == Some(&b'\n'));
                    Some(('\n', None))
                }
                _ => Some((char::REPLACEMENT_CHARACTER, None)),
            };
            if let Some((first, second)) = written {
                self.rewritten.push_str(&stretch[done..at]);
                self.rewritten.push(first);
                self.rewritten.extend(second);
                done = at + passed;
            }
            match next(at + passed) {
                Some(found) => at = found,
                None => break,
            }
        }
        if done == 0 {
            // Only ampersands that mean themselves.
            return Span::new(start, end);
        }
        self.rewritten.push_str(&stretch[done..]);
        self.rewritten_since(rewritten_at)
    }

    /// Whether a stretch holds no carriage return and no U+0000.
    #[inline]
    fn is_clean(&mut self, start: usize, end: usize) -> bool {
        self.next_return.from(start, self.page.as_bytes()) >= end
            && self.next_null.from(start, self.page.as_bytes()) >= end
    }

    fn rewritten_since(&self, at: usize) -> Span {
        Span::new(self.page.len() + at, self.page.len() + self.rewritten.len())
    }
}

/// Whether an end tag of this name stands at the front of `bytes`.
fn is_end_tag(bytes: &[u8], name: &[u8]) -> bool {
    let Some(after) = bytes.strip_prefix(b"</") else { return false };
    after.len() > name.len()
        && after[..name.len()].eq_ignore_ascii_case(name)
        && CLASSES[after[name.len()] as usize] & ENDS_TAG_NAME != 0
}

const DOCTYPE: &[u8] = b"doctype";
const CDATA: &[u8] = b"[CDATA[";

const SPACE: u8 = 1;
const ENDS_TAG_NAME: u8 = 2;
const ENDS_ATTRIBUTE_NAME: u8 = 4;
/// An unquoted attribute value.
const ENDS_VALUE: u8 = 8;
/// Capitals and U+0000, which names change.
const CHANGES: u8 = 16;

/// What each byte means inside a tag.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' => SPACE | ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME | ENDS_VALUE,
            b'>' => ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME | ENDS_VALUE,
            b'/' => ENDS_TAG_NAME | ENDS_ATTRIBUTE_NAME,
            b'=' => ENDS_ATTRIBUTE_NAME,
            b'A'..=b'Z' | b'\0' => CHANGES,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn class(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).map_or(0, |byte| CLASSES[*byte as usize])
}

#[cfg(test)]
mod tests;
