//! XML as feeds and sitemaps are written: a run of records, each with a few fields, read from first to last.
//!
//! Half of what calls itself a feed is not sound XML: cut off, an `&` by itself, tags that nobody closes. So nothing has to
//! fit: an end tag closes the nearest element of its name, or nothing; a record ends where the next begins; what came before
//! the place where nothing can be read any more was read. Entities that a document declares are not expanded: there is no
//! bomb to build.
//!
//! Time grows with the document, memory with one record.

use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// How deep elements are told apart. A sitemap's news title stands fourth; markup in a description may be anything.
const DEPTH_MAX: usize = 32;

/// Text kept of a field, in bytes. Titles and addresses are shorter; a whole story in `content:encoded` is not for us.
const TEXT_BYTES_MAX: usize = 8 << 10;

/// Attributes looked at, of one element.
const ATTRIBUTES_MAX: usize = 32;

/// An element that has ended.
#[derive(Debug)]
pub(super) struct Field {
    /// The name after its prefix, as written.
    pub(super) name: String,
    /// The prefix, empty without one.
    pub(super) prefix: String,
    /// The text inside, that of inner elements included, cut at [`TEXT_BYTES_MAX`]; references to characters resolved.
    pub(super) text: String,
    attributes: Vec<(String, String)>,
    is_record: bool,
}

impl Field {
    /// The value of an attribute; a prefix counts as part of its name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    fn new(tag: &BytesStart<'_>, is_record: bool) -> Self {
        let name = tag.name();
        let (prefix, name) = split(name.as_ref());
        let mut attributes = tag.html_attributes();
        let attributes = attributes.with_checks(false).flatten().take(ATTRIBUTES_MAX).map(|it| {
            let name = it.key.as_ref().to_owned();
            let value = quick_xml::escape::unescape(&it.value).unwrap_or_else(|_| it.value.as_ref().into());
            (name, cut(&value).to_owned())
        });
        Self {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            text: String::new(),
            attributes: attributes.collect(),
            is_record,
        }
    }

    fn push(&mut self, text: &str) {
        let room = TEXT_BYTES_MAX - self.text.len();
        let end = text.floor_char_boundary(room.min(text.len()));
        self.text.push_str(&text[..end]);
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX.min(text.len()))]
}

/// What has been read.
#[derive(Debug)]
pub(super) enum Read<'a> {
    /// An element within a record, or outside of all. `above` are the elements that it stands in, from the record or the
    /// root on, without these: empty for a record's own fields.
    Field { field: &'a Field, above: &'a [Field], in_record: bool },
    /// The end of a record.
    Record(&'a Field),
}

/// The root element's name after its prefix, in a document or its beginning; `None` for a web page, and for what is no XML.
pub(super) fn root(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                return Some(tag.local_name().as_ref().to_owned());
            }
            Event::Text(text) if !text.trim().is_empty() => return None,
            Event::DocType(kind) if kind.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("html")) => return None,
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Reads a document whose records are the elements called one of `records` (without a prefix, or with that of the root).
/// Ends where nothing more can be read, or where `take` breaks.
pub(super) fn read(xml: &str, records: &[&str], take: &mut dyn FnMut(Read<'_>) -> ControlFlow<()>) {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut walk = Walk { records, root_prefix: None, open: Vec::new(), take };
    // What is not sound ends the document: where to go on would be a guess.
    while let Ok(event) = reader.read_event() {
        let flow = match event {
            Event::Start(tag) => walk.begin(&tag).map_continue(drop),
            Event::Empty(tag) => {
                let is_kept = walk.begin(&tag);
                match is_kept {
                    ControlFlow::Continue(Some(at)) => walk.end(at),
                    ControlFlow::Continue(None) => ControlFlow::Continue(()),
                    ControlFlow::Break(()) => ControlFlow::Break(()),
                }
            }
            Event::End(tag) => match walk.nearest(tag.name().as_ref()) {
                Some(at) => walk.end(at),
                None => ControlFlow::Continue(()),
            },
            Event::Text(text) => {
                walk.text(&text);
                ControlFlow::Continue(())
            }
            Event::CData(text) => {
                walk.text(&text);
                ControlFlow::Continue(())
            }
            Event::GeneralRef(reference) => {
                let known = quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                let character = || reference.resolve_char_ref().ok().flatten().map(String::from);
                // One that only a DTD knows, or HTML: left for whoever reads the text as HTML.
                let text = known.or_else(character).unwrap_or_else(|| format!("&{};", &*reference));
                walk.text(&text);
                ControlFlow::Continue(())
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => ControlFlow::Continue(()),
        };
        if flow.is_break() {
            return;
        }
    }
    let _ = walk.end(0);
}

struct Walk<'a> {
    records: &'a [&'a str],
    root_prefix: Option<String>,
    /// From the root inwards; at most [`DEPTH_MAX`].
    open: Vec<Field>,
    take: &'a mut dyn FnMut(Read<'_>) -> ControlFlow<()>,
}

impl Walk<'_> {
    /// Opens an element, and gives its place; `None` for one that stands too deep.
    fn begin(&mut self, tag: &BytesStart<'_>) -> ControlFlow<(), Option<usize>> {
        let name = tag.name();
        let (prefix, local) = split(name.as_ref());
        let root_prefix = self.root_prefix.get_or_insert_with(|| prefix.to_owned());
        let is_record = (prefix.is_empty() || prefix == root_prefix) && self.records.contains(&local);
        if is_record && let Some(unended) = self.open.iter().position(|it| it.is_record) {
            self.end(unended)?;
        }
        if self.open.len() >= DEPTH_MAX {
            return ControlFlow::Continue(None);
        }
        self.open.push(Field::new(tag, is_record));
        ControlFlow::Continue(Some(self.open.len() - 1))
    }

    fn text(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut() {
            field.push(text);
        }
    }

    /// The nearest open element of that name.
    fn nearest(&self, name: &str) -> Option<usize> {
        let (prefix, local) = split(name.trim_end());
        self.open.iter().rposition(|it| it.name == local && it.prefix == prefix)
    }

    /// Ends the open element at that place and all within it, from the inside out.
    fn end(&mut self, at: usize) -> ControlFlow<()> {
        while self.open.len() > at
            && let Some(field) = self.open.pop()
        {
            if field.is_record {
                (self.take)(Read::Record(&field))?;
                continue;
            }
            let record = self.open.iter().rposition(|it| it.is_record);
            // The root's own fields are those of a document without a record around them.
            let above = &self.open[record.map_or(1, |it| it + 1).min(self.open.len())..];
            (self.take)(Read::Field { field: &field, above, in_record: record.is_some() })?;
            if let Some(outer) = self.open.last_mut() {
                outer.push(&field.text);
            }
        }
        ControlFlow::Continue(())
    }
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}
