//! What a person names to what can be cleaned: files, folders, standard input, JSON Lines and web archives, taken apart
//! into single pages.
//!
//! It goes in two steps, so that many pages can be worked on at once. [`read`] walks what was named, in order, and hands
//! over one [`Item`] at a time: it opens files and splits lines and archives, and holds one of them in memory. [`open`]
//! does what costs time for one item: it reads the body, undoes content codings, parses the record. Nothing is decoded
//! here.
//!
//! The kind of an input is told from its first bytes (`sniff`), gzip is undone wherever it is met, and every
//! length has a bound in [`Options`].

mod jsonl;
mod sniff;
mod walk;
mod warc;

use crate::decode;
use crate::page::Page;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use url::Url;

pub use walk::PAGE_EXTENSIONS;

/// Bounds on what is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Bytes of one page, its compression undone; a longer one is refused.
    pub page_bytes_max: u64,
    /// Bytes of one line of JSON Lines; a longer one is skipped and reported.
    pub line_bytes_max: u64,
    /// How many folders deep a folder is searched.
    pub folder_depth_max: usize,
}

impl Default for Options {
    /// The largest of 2,000 news pages measured has 6 MB; a line holds a page with its quotes escaped, or in base64.
    fn default() -> Self {
        Self { page_bytes_max: 32 << 20, line_bytes_max: 64 << 20, folder_depth_max: 64 }
    }
}

/// What an input holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Told from the first bytes.
    #[default]
    Auto,
    /// A web page.
    Html,
    /// Plain text that a scraper saved.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// A web archive.
    Warc,
}

/// One page, not yet read.
#[derive(Debug)]
pub struct Item {
    /// What to call it in a message: a path, `-`, `feed.jsonl, line 7`.
    pub name: String,
    /// The file it is read from, if it is one.
    pub path: Option<PathBuf>,
    /// The folder that was named and in which the file was found.
    pub folder: Option<PathBuf>,
    /// Whether it stands for the one thing that was named, rather than for a part of an archive, a folder or a list.
    pub alone: bool,
    raw: Raw,
}

/// What [`open`] starts from.
enum Raw {
    Stream { stream: Stream, kind: Kind },
    Line { bytes: Vec<u8>, number: u64 },
    Archived(Box<warc::Record>),
    Failed(InputError),
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stream { .. } => "Stream",
            Self::Line { .. } => "Line",
            Self::Archived(_) => "Archived",
            Self::Failed(_) => "Failed",
        })
    }
}

type Stream = BufReader<Box<dyn Read + Send>>;

/// One page, read.
#[derive(Debug)]
pub struct Record {
    /// What to call it in a message.
    pub name: String,
    /// The file it was read from, if it is one.
    pub path: Option<PathBuf>,
    /// The folder that was named and in which the file was found.
    pub folder: Option<PathBuf>,
    /// Whether it stands for the one thing that was named.
    pub alone: bool,
    /// The fields of its JSON line that say nothing to us, and those that name it; passed through to the output.
    pub fields: Map<String, Value>,
    /// The page, or why there is none.
    pub content: Result<Content, InputError>,
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each page, moved a few times")]
pub enum Content {
    /// Bytes, to be decoded.
    Page(Page),
    /// Text that is decoded already, and free of markup.
    Text {
        /// The text.
        text: String,
        /// Where it came from, if known.
        url: Option<Url>,
    },
}

impl Content {
    /// Bytes of the body.
    pub fn n_bytes(&self) -> usize {
        match self {
            Self::Page(page) => page.body.len(),
            Self::Text { text, .. } => text.len(),
        }
    }
}

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Nothing there.
    #[error("there is no file or folder {}", .path.display())]
    NotFound {
        /// As it was named.
        path: PathBuf,
    },
    /// There, but the system refuses it.
    #[error("cannot read {name}")]
    Unreadable {
        /// What was to be read.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// A folder in which nothing looks like a page.
    #[error("there are no pages in the folder {}", .path.display())]
    NoPages {
        /// The folder.
        path: PathBuf,
    },
    /// A folder below more folders than [`Options::folder_depth_max`].
    #[error("{} lies more than {depth_max} folders deep", .path.display())]
    TooDeep {
        /// The folder.
        path: PathBuf,
        /// The bound.
        depth_max: usize,
    },
    /// No bytes, or nothing but white space.
    #[error("{name} is empty")]
    Empty {
        /// What was read.
        name: String,
    },
    /// More than [`Options::page_bytes_max`].
    #[error("{name} is over {bytes_max} bytes")]
    PageTooLarge {
        /// What was read.
        name: String,
        /// The bound.
        bytes_max: u64,
    },
    /// More than [`Options::line_bytes_max`].
    #[error("{name} is over {bytes_max} bytes")]
    LineTooLong {
        /// The file and the line.
        name: String,
        /// The bound.
        bytes_max: u64,
    },
    /// The compressed data ends early or is damaged.
    #[error("{name} is not whole: its compressed data is cut off or damaged")]
    Compressed {
        /// What was read.
        name: String,
        /// What the decompressor says.
        source: io::Error,
    },
    /// A content coding that nothing here undoes.
    #[error("{name} is compressed with {coding}, which cannot be undone here")]
    Coding {
        /// What was read.
        name: String,
        /// The coding as it is declared.
        coding: String,
    },
    /// A line that is no JSON object.
    #[error("{name} is not a JSON object: {problem}")]
    Json {
        /// The file and the line.
        name: String,
        /// What is wrong with it, and in which column.
        problem: String,
    },
    /// A record without anything to read.
    #[error("{name} has none of the fields \"html\", \"base64\", \"path\" and \"text\"")]
    NoContent {
        /// The file and the line.
        name: String,
    },
    /// A field of a record that is not what its name says.
    #[error("\"{field}\" in {name} is not {expected}")]
    Field {
        /// The file and the line.
        name: String,
        /// The field.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// An archive that is not what its first bytes say.
    #[error("{name} breaks off or is damaged in record {n_records}: {what}")]
    Archive {
        /// The file.
        name: String,
        /// How many records it gave, the damaged one with them.
        n_records: u64,
        /// What is wrong.
        what: &'static str,
    },
}

impl InputError {
    /// The error's name in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "notFound",
            Self::Unreadable { .. } => "unreadable",
            Self::NoPages { .. } => "noPages",
            Self::TooDeep { .. } => "tooDeep",
            Self::Empty { .. } => "empty",
            Self::PageTooLarge { .. } | Self::LineTooLong { .. } => "tooLarge",
            Self::Compressed { .. } | Self::Coding { .. } => "compressed",
            Self::Json { .. } => "json",
            Self::NoContent { .. } | Self::Field { .. } => "record",
            Self::Archive { .. } => "archive",
        }
    }

    /// The way out, where there is one.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotFound { path } => match path.to_str() {
                Some(named) if named.starts_with("http://") || named.starts_with("https://") => {
                    format!("copydesk fetch {named}")
                }
                _ => "check the spelling; a path begins in the folder that copydesk is run in".to_owned(),
            },
            Self::Unreadable { .. } => "check that it is a file, and that you may read it".to_owned(),
            Self::NoPages { .. } => {
                format!("files named {} are read; name a file itself to have it read whatever it is called", {
                    PAGE_EXTENSIONS.map(|extension| format!(".{extension}")).join(" ")
                })
            }
            Self::TooDeep { .. } => "`input.folder_depth_max` sets the limit".to_owned(),
            Self::Empty { .. } => "save the page again, or fetch it: copydesk fetch URL".to_owned(),
            Self::PageTooLarge { .. } => "`input.page_bytes_max` sets the limit".to_owned(),
            Self::LineTooLong { .. } => "`input.line_bytes_max` sets the limit".to_owned(),
            Self::Compressed { .. } => "get the file again".to_owned(),
            Self::Coding { .. } => "archive pages uncompressed, or as gzip, deflate, br or zstd".to_owned(),
            Self::Json { .. } => "each line is one object, such as {\"url\": …, \"html\": …}".to_owned(),
            Self::NoContent { .. } => {
                "give the page as \"html\", or \"path\" of a file, or \"base64\", or \"text\"".to_owned()
            }
            Self::Field { .. } => return None,
            Self::Archive { .. } => "get the file again; the records before it were read".to_owned(),
        })
    }
}

/// Hands over what was named, one page at a time, in order: paths as given, folders in sorted order, lines and records as
/// they stand. `-` is standard input. No path at all is standard input too.
///
/// What cannot be read is handed over as well, as an item that [`open`] fails on, and the rest goes on. Ends early when
/// `hand_over` says so.
pub fn read(
    paths: &[PathBuf],
    kind: Kind,
    options: &Options,
    hand_over: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let standard_input = [PathBuf::from("-")];
    let paths = if paths.is_empty() { &standard_input } else { paths };
    let one_named = paths.len() == 1;
    for path in paths {
        if path.as_os_str() == "-" {
            split(Opened::standard_input(one_named), kind, options, hand_over)?;
        } else if path.is_dir() {
            walk::folder(path, options, &mut |found| match found {
                Ok(file) => read_file(&file, false, kind, options, &mut |item| {
                    hand_over(Item { folder: Some(path.clone()), ..item })
                }),
                Err(error) => hand_over(Item::failed(path.display().to_string(), error)),
            })?;
        } else {
            read_file(path, one_named, kind, options, hand_over)?;
        }
    }
    ControlFlow::Continue(())
}

fn read_file(
    path: &Path,
    alone: bool,
    kind: Kind,
    options: &Options,
    hand_over: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    match Opened::file(path, alone) {
        Ok(opened) => split(opened, kind, options, hand_over),
        Err(error) => hand_over(Item { alone, ..Item::failed(path.display().to_string(), error) }),
    }
}

/// An input whose bytes can be read.
struct Opened {
    name: String,
    path: Option<PathBuf>,
    alone: bool,
    stream: Stream,
}

impl Opened {
    fn standard_input(alone: bool) -> Self {
        Self { name: "-".to_owned(), path: None, alone, stream: BufReader::new(Box::new(io::stdin())) }
    }

    fn file(path: &Path, alone: bool) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => InputError::NotFound { path: path.to_owned() },
            _ => InputError::Unreadable { name: name.clone(), source },
        })?;
        Ok(Self { name, path: Some(path.to_owned()), alone, stream: BufReader::new(Box::new(file)) })
    }
}

/// Takes one input apart.
fn split(
    opened: Opened,
    kind: Kind,
    options: &Options,
    hand_over: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let Opened { name, path, alone, stream } = opened;
    let sniffed = match sniff::sniff(stream, kind) {
        Ok(sniffed) => sniffed,
        Err(source) => {
            let error = sniff::read_error(&name, source);
            return hand_over(Item { path, alone, ..Item::failed(name, error) });
        }
    };
    match sniffed.kind {
        Kind::Jsonl => jsonl::split(&name, path.as_deref(), sniffed.stream, options, hand_over),
        Kind::Warc => warc::split(&name, path.as_deref(), sniffed.stream, options, hand_over),
        kind @ (Kind::Auto | Kind::Html | Kind::Text) => {
            hand_over(Item { name, path, folder: None, alone, raw: Raw::Stream { stream: sniffed.stream, kind } })
        }
    }
}

impl Item {
    fn failed(name: String, error: InputError) -> Self {
        Self { name, path: None, folder: None, alone: false, raw: Raw::Failed(error) }
    }
}

/// Reads one item: its body whole, its record parsed, its content coding undone.
pub fn open(item: Item, options: &Options) -> Record {
    let Item { name, path, folder, alone, raw } = item;
    let mut fields = Map::new();
    let content = match raw {
        Raw::Failed(error) => Err(error),
        Raw::Stream { stream, kind } => read_page(&name, path.as_deref(), stream, kind, options),
        Raw::Line { bytes, number } => {
            jsonl::parse(&name, number, &bytes).and_then(|record| jsonl::content(&name, record, &mut fields, options))
        }
        Raw::Archived(record) => warc::content(&name, *record, options).map(Content::Page),
    };
    Record { name, path, folder, alone, fields, content }
}

/// One input whole, as it is: a file or, as `-`, standard input, with gzip undone and whatever it holds. Nothing in it is
/// nothing wrong.
///
/// # Errors
///
/// If it cannot be read, or is over [`Options::page_bytes_max`].
pub fn read_one(path: &Path, options: &Options) -> Result<Page, InputError> {
    let Running { name, page, stream } = open_one(path)?;
    Ok(Page { body: read_whole(&name, stream, options.page_bytes_max)?, ..page })
}

/// One input whose bytes are read as they are wanted; for whoever need not hold it whole.
pub struct Running {
    /// The path, or `-`.
    pub name: String,
    /// What its saved headers say; without a body.
    pub page: Page,
    /// Its bytes, gzip undone.
    pub stream: Stream,
}

/// One input as [`read_one`] has it, of any size.
///
/// # Errors
///
/// If it cannot be opened, or its first bytes not be read.
pub fn open_one(path: &Path) -> Result<Running, InputError> {
    let opened = if path.as_os_str() == "-" { Opened::standard_input(true) } else { Opened::file(path, true)? };
    let Opened { name, path, stream, .. } = opened;
    let stream = sniff::ungzip(stream).map_err(|source| sniff::read_error(&name, source))?;
    Ok(Running { name, page: path.as_deref().and_then(saved_headers).unwrap_or_default(), stream })
}

/// Why a stream that was opened could not be read on.
pub fn read_error(name: &str, source: io::Error) -> InputError {
    sniff::read_error(name, source)
}

/// The JSON object of an item that is a line, as it stands; for whoever reads records that hold no page.
pub fn open_object(item: Item) -> (String, Result<Map<String, Value>, InputError>) {
    let Item { name, raw, .. } = item;
    let object = match raw {
        Raw::Failed(error) => Err(error),
        Raw::Line { bytes, number } => jsonl::parse(&name, number, &bytes),
        Raw::Stream { .. } | Raw::Archived(_) => Err(InputError::NoContent { name: name.clone() }),
    };
    (name, object)
}

fn read_page(
    name: &str,
    path: Option<&Path>,
    stream: Stream,
    kind: Kind,
    options: &Options,
) -> Result<Content, InputError> {
    let body = read_whole(name, stream, options.page_bytes_max)?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(InputError::Empty { name: name.to_owned() });
    }
    let mut page = path.and_then(saved_headers).unwrap_or_default();
    page.body = body;
    Ok(match kind {
        Kind::Text => {
            let hints = decode::Hints { content_type: page.content_type.as_deref(), ..decode::Hints::default() };
            Content::Text { text: decode::decode(&page.body, &hints).text.into_owned(), url: page.url }
        }
        Kind::Html => {
            let content_type = page.content_type.take().filter(|content_type| content_type.contains("html"));
            Content::Page(Page { content_type: content_type.or_else(|| Some("text/html".to_owned())), ..page })
        }
        Kind::Auto | Kind::Jsonl | Kind::Warc => Content::Page(page),
    })
}

/// All bytes of a stream, up to a bound.
fn read_whole(name: &str, stream: impl Read, bytes_max: u64) -> Result<Vec<u8>, InputError> {
    let mut body = Vec::new();
    stream.take(bytes_max + 1).read_to_end(&mut body).map_err(|source| sniff::read_error(name, source))?;
    if body.len() as u64 > bytes_max {
        return Err(InputError::PageTooLarge { name: name.to_owned(), bytes_max });
    }
    Ok(body)
}

/// What `fetch --save` writes beside a page: all of it but the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedHeaders {
    /// [`Page::url`].
    pub url: Option<Url>,
    /// [`Page::content_type`].
    pub content_type: Option<String>,
    /// [`Page::http`].
    pub http: Option<crate::page::Http>,
}

impl SavedHeaders {
    /// Where the headers of a saved page stand: the page's path and `.headers.json`.
    pub fn path_for(page: &Path) -> PathBuf {
        let mut path = page.as_os_str().to_owned();
        path.push(".headers.json");
        path.into()
    }
}

/// Headers of a page that `fetch --save` wrote, with no body yet. A file that is not ours says nothing.
fn saved_headers(path: &Path) -> Option<Page> {
    /// Ours have a few hundred bytes and some URLs.
    const HEADERS_BYTES_MAX: u64 = 1 << 20;
    let file = File::open(SavedHeaders::path_for(path)).ok()?;
    let headers: SavedHeaders = serde_json::from_reader(file.take(HEADERS_BYTES_MAX)).ok()?;
    Some(Page { url: headers.url, content_type: headers.content_type, http: headers.http, body: Vec::new() })
}

/// Reads up to and with the next line feed, at most `bytes_max` bytes of it; `None` at the end. The flag says whether the
/// line was longer, in which case the rest of it has been skipped.
fn read_line(stream: &mut impl BufRead, bytes_max: u64) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut line = Vec::new();
    stream.by_ref().take(bytes_max).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let too_long = line.len() as u64 >= bytes_max && !line.ends_with(b"\n") && stream.skip_until(b'\n')? > 0;
    Ok(Some((line, too_long)))
}
