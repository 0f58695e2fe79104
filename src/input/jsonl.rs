//! JSON Lines: one record a line, each a page given as `"html"`, `"base64"`, `"path"` or `"text"`.

use super::{Content, InputError, Item, Options, Raw, Stream, read_line, read_whole, sniff};
use crate::page::Page;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;
use url::Url;

/// Base64 as RFC 4648 has it, with or without the padding at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Hands over the lines of a stream. Empty lines are nothing.
pub(super) fn split(
    name: &str,
    path: Option<&Path>,
    mut stream: Stream,
    options: &Options,
    hand_over: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut number = 0;
    loop {
        number += 1;
        let line_name = format!("{name}, line {number}");
        let raw = match read_line(&mut stream, options.line_bytes_max) {
            Ok(None) => return ControlFlow::Continue(()),
            Ok(Some((bytes, false))) if bytes.trim_ascii().is_empty() => continue,
            Ok(Some((bytes, false))) => Raw::Line { bytes, number },
            Ok(Some((_, true))) => {
                Raw::Failed(InputError::LineTooLong { name: line_name.clone(), bytes_max: options.line_bytes_max })
            }
            Err(source) => {
                return hand_over(Item::failed(name.to_owned(), sniff::read_error(name, source)));
            }
        };
        hand_over(Item { name: line_name, path: path.map(Path::to_owned), folder: None, alone: false, raw })?;
    }
}

/// The object on a line.
pub(super) fn parse(name: &str, number: u64, line: &[u8]) -> Result<Map<String, Value>, InputError> {
    let line = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    serde_json::from_slice(line.trim_ascii()).map_err(|error| {
        // It counts lines as well, and knows of one.
        let problem = error.to_string().replace(" at line 1 column ", ", column ");
        InputError::Json { name: name.to_owned(), problem }
    })
}

/// What a record holds. All fields but those that hold the page go to `fields`, to be passed through, also when the rest
/// fails.
pub(super) fn content(
    name: &str,
    mut record: Map<String, Value>,
    fields: &mut Map<String, Value>,
    options: &Options,
) -> Result<Content, InputError> {
    let [html, base64, text] = ["html", "base64", "text"].map(|field| record.shift_remove(field));
    *fields = record;
    let url = match string(name, fields, "url")?.filter(|it| !it.trim().is_empty()) {
        None => None,
        Some(url) => Some(Url::parse(url).map_err(|_| InputError::Field {
            name: name.to_owned(),
            field: "url",
            expected: "an absolute URL, such as https://news.example/story",
        })?),
    };
    let content_type = string(name, fields, "contentType")?.map(str::to_owned);
    let path = string(name, fields, "path")?;
    let page = |body| Content::Page(Page { url: url.clone(), content_type: content_type.clone(), body, http: None });
    if let Some(html) = owned_string(name, html, "html")? {
        // Decoded already: whatever charset the page or its header declares is not that of these bytes.
        let page = Page {
            url,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            body: html.into_bytes(),
            http: None,
        };
        return Ok(Content::Page(page));
    }
    if let Some(base64) = owned_string(name, base64, "base64")? {
        let mut base64 = base64.into_bytes();
        base64.retain(|byte| !byte.is_ascii_whitespace());
        let field = |expected| InputError::Field { name: name.to_owned(), field: "base64", expected };
        return BASE64.decode(base64).map(page).map_err(|_| field("base64 (RFC 4648)"));
    }
    if let Some(path) = path {
        let file = File::open(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => InputError::NotFound { path: path.into() },
            _ => InputError::Unreadable { name: path.to_owned(), source },
        })?;
        let stream = sniff::ungzip(BufReader::new(Box::new(file))).map_err(|source| sniff::read_error(path, source))?;
        return read_whole(path, stream, options.page_bytes_max).map(page);
    }
    match owned_string(name, text, "text")? {
        Some(text) => Ok(Content::Text { text, url }),
        None => Err(InputError::NoContent { name: name.to_owned() }),
    }
}

/// A field that is a string; `None` where it is missing or null.
fn string<'a>(name: &str, fields: &'a Map<String, Value>, field: &'static str) -> Result<Option<&'a str>, InputError> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(string)) => Ok(Some(string)),
        Some(_) => Err(InputError::Field { name: name.to_owned(), field, expected: "a string" }),
    }
}

fn owned_string(name: &str, value: Option<Value>, field: &'static str) -> Result<Option<String>, InputError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(string)) => Ok(Some(string)),
        Some(_) => Err(InputError::Field { name: name.to_owned(), field, expected: "a string" }),
    }
}
