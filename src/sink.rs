//! Articles out: as text, Markdown, HTML or JSON, to a stream, to one file, or to a folder with a file for each.
//!
//! [`render`] is pure, so that many articles can be made ready at once; a [`Sink`] writes them in the order it is given.
//! Where several articles follow one another as text or Markdown, [`SEPARATOR`] stands between them; HTML has its
//! `article` elements, JSON an array, JSON Lines a line each.

mod entry;
mod name;
#[cfg(feature = "parquet")]
pub mod parquet;

pub use entry::{ARTICLE_FIELDS, Failure};

use crate::article;
use crate::extract::Extracted;
use entry::Entry;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How an article is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Headline, blank line, body.
    Text,
    /// Markdown (CommonMark with pipe tables).
    Markdown,
    /// All that is known, indented: one object, or an array.
    Json,
    /// All that is known, an object a line.
    Jsonl,
    /// An `article` element.
    Html,
}

impl Format {
    /// What names of files end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Html => "html",
        }
    }

    /// Whether it has room for failures and for the facts about an article.
    pub fn is_record(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

/// What stands between two articles as text or Markdown.
pub const SEPARATOR: &str = "\n---\n\n";

/// What is written of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// How.
    pub format: Format,
    /// Markdown begins with the facts as YAML.
    pub front_matter: bool,
    /// Pages without a story are written as well, with what text they have.
    pub any_type: bool,
    /// The article's fields that JSON has; `None` for all. Fields passed through and `error` are always there.
    pub fields: Option<Vec<String>>,
}

/// An article ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// In the shape asked for; `None` where that shape has no room for a page without a story.
    pub text: Option<String>,
    /// What a file of it is called, without extension.
    pub file_stem: String,
    /// Whether it is the one thing asked for.
    pub alone: bool,
    /// The file the page was read from, which must not be written over.
    pub read_from: Option<PathBuf>,
}

/// What is known of a page's origin, for [`render`].
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The fields to pass through.
    pub fields: Map<String, Value>,
    /// The address, where it is known.
    pub url: Option<url::Url>,
    /// The file it was read from, if it is one.
    pub path: Option<PathBuf>,
    /// The folder that was named and in which the file was found.
    pub folder: Option<PathBuf>,
    /// Whether it is the one thing asked for.
    pub alone: bool,
}

/// An article, or a failure, in the shape asked for.
pub fn render(origin: Origin, outcome: &Result<Extracted, Failure>, shape: &Shape) -> Rendered {
    let Origin { fields, url, path, folder, alone } = origin;
    let story = outcome.as_ref().ok().filter(|extracted| extracted.finding.is_none() || shape.any_type);
    let article = story.map(|extracted| &extracted.article);
    let text = match shape.format {
        Format::Text => article.map(article::plain),
        Format::Markdown => article.map(|article| match shape.front_matter {
            true => article::front_matter(article) + &article::markdown(article),
            false => article::markdown(article),
        }),
        Format::Html => article.map(article::html),
        Format::Json | Format::Jsonl => Some(Entry::new(fields, outcome, shape).to_json(shape)),
    };
    let headline = article.and_then(|article| article.metadata.headline.as_deref());
    let below = path.as_deref().map(|path| {
        let below = folder.as_ref().and_then(|folder| path.strip_prefix(folder).ok());
        below.unwrap_or_else(|| Path::new(path.file_name().unwrap_or_default()))
    });
    let file_stem = name::file_stem(url.as_ref(), below, headline);
    Rendered { text, file_stem, alone, read_from: path }
}

/// Where articles go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stream,
    /// One file.
    File(PathBuf),
    /// A folder, a file for each article.
    Folder(PathBuf),
}

impl Target {
    /// What a path stands for: a folder if it is one or ends in a slash, else a file; `-` for the stream.
    pub fn from_path(path: &Path) -> Self {
        let bytes = path.as_os_str().as_encoded_bytes();
        if bytes == b"-" {
            Self::Stream
        } else if path.is_dir() || bytes.last().is_some_and(|byte| std::path::is_separator(char::from(*byte))) {
            Self::Folder(path.to_owned())
        } else {
            Self::File(path.to_owned())
        }
    }
}

/// Why an article could not be written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SinkError {
    /// Whoever read the stream has closed it.
    #[error("the output was closed")]
    Closed,
    /// Not to be made or written.
    #[error("cannot write {}", .path.display())]
    Write {
        /// The file or folder; `-` for standard output.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The page itself stands there.
    #[error("{} is the page itself, which would be written over", .path.display())]
    WouldOverwrite {
        /// The file.
        path: PathBuf,
    },
}

impl SinkError {
    fn write(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Write { path: path.to_owned(), source: Arc::new(source) },
        }
    }

    /// The way out, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::WouldOverwrite { .. } => Some("name another file or folder with -o"),
            Self::Closed | Self::Write { .. } => None,
        }
    }
}

/// Writes articles one after the other.
pub struct Sink {
    format: Format,
    out: Out,
    /// What has been written: an array is begun, a separator is due.
    state: State,
}

enum Out {
    Stream { out: Box<dyn Write + Send>, path: PathBuf },
    Folder { folder: PathBuf, taken: HashSet<String> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Nothing,
    One,
    Array,
}

impl Sink {
    /// A sink for `target`; `standard_output` is used if it is the stream.
    ///
    /// # Errors
    ///
    /// [`SinkError::Write`] if the file or folder cannot be made, [`SinkError::WouldOverwrite`] if it is one of `inputs`.
    pub fn open(
        target: &Target,
        format: Format,
        inputs: &[PathBuf],
        standard_output: Box<dyn Write + Send>,
    ) -> Result<Self, SinkError> {
        let out = match target {
            Target::Stream => Out::Stream { out: standard_output, path: "-".into() },
            Target::File(path) => {
                if inputs.iter().any(|input| is_same_file(input, path)) {
                    return Err(SinkError::WouldOverwrite { path: path.clone() });
                }
                let file = File::create(path).map_err(|source| SinkError::write(path, source))?;
                Out::Stream { out: Box::new(file), path: path.clone() }
            }
            Target::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| SinkError::write(folder, source))?;
                Out::Folder { folder: folder.clone(), taken: HashSet::new() }
            }
        };
        let out = match out {
            Out::Stream { out, path } => Out::Stream { out: Box::new(BufWriter::new(out)), path },
            folder @ Out::Folder { .. } => folder,
        };
        Ok(Self { format, out, state: State::Nothing })
    }

    /// Writes one article, whole: whoever reads the stream has it when this returns.
    ///
    /// # Errors
    ///
    /// When it could not be written; [`SinkError::Closed`] when nobody reads any more. What came before stands.
    pub fn write(&mut self, rendered: &Rendered) -> Result<(), SinkError> {
        let Some(text) = &rendered.text else { return Ok(()) };
        match &mut self.out {
            Out::Folder { folder, taken } => {
                let path = folder.join(name::free_name(&rendered.file_stem, self.format.extension(), taken));
                if rendered.read_from.as_ref().is_some_and(|read_from| is_same_file(read_from, &path)) {
                    return Err(SinkError::WouldOverwrite { path });
                }
                let text = match self.format {
                    Format::Html => [article::HTML_HEAD, text].concat(),
                    Format::Json | Format::Jsonl => [text, "\n"].concat(),
                    Format::Text | Format::Markdown => text.clone(),
                };
                std::fs::write(&path, text).map_err(|source| SinkError::write(&path, source))
            }
            Out::Stream { out, path } => {
                let (before, after) = match (self.format, self.state) {
                    (Format::Text | Format::Markdown, State::Nothing) => ("", ""),
                    (Format::Text | Format::Markdown, State::One | State::Array) => (SEPARATOR, ""),
                    (Format::Html, State::Nothing) => (article::HTML_HEAD, ""),
                    (Format::Html, State::One | State::Array) => ("", ""),
                    (Format::Jsonl, _) => ("", "\n"),
                    (Format::Json, State::Nothing) if rendered.alone => ("", "\n"),
                    (Format::Json, State::Nothing) => ("[\n", ""),
                    (Format::Json, State::One | State::Array) => (",\n", ""),
                };
                self.state = if before == "[\n" || self.state == State::Array { State::Array } else { State::One };
                let parts = [before, text.as_str(), after];
                let written =
                    parts.iter().try_for_each(|part| out.write_all(part.as_bytes())).and_then(|()| out.flush());
                written.map_err(|source| SinkError::write(path, source))
            }
        }
    }

    /// Ends what was begun.
    ///
    /// # Errors
    ///
    /// As [`Sink::write`].
    pub fn finish(mut self) -> Result<(), SinkError> {
        let Out::Stream { out, path } = &mut self.out else { return Ok(()) };
        let end = match (self.format, self.state) {
            (Format::Json, State::Array) => "\n]\n",
            (Format::Json, State::Nothing) => "[]\n",
            _ => "",
        };
        out.write_all(end.as_bytes()).and_then(|()| out.flush()).map_err(|source| SinkError::write(path, source))
    }
}

/// Keeps pages as they were served, a file each.
#[derive(Debug)]
pub struct Saver {
    folder: PathBuf,
    taken: HashSet<String>,
}

impl Saver {
    /// A folder for pages, made if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn open(folder: &Path) -> Result<Self, SinkError> {
        std::fs::create_dir_all(folder).map_err(|source| SinkError::write(folder, source))?;
        Ok(Self { folder: folder.to_owned(), taken: HashSet::new() })
    }

    /// Writes a page, and gives the file it is in.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn save(&mut self, url: Option<&url::Url>, body: &[u8]) -> Result<PathBuf, SinkError> {
        let stem = name::file_stem(url, None, None);
        let path = self.folder.join(name::free_name(&stem, "html", &mut self.taken));
        self.write(&path, body)?;
        Ok(path)
    }

    /// Writes what belongs to a page.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SinkError> {
        std::fs::write(path, bytes).map_err(|source| SinkError::write(path, source))
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
