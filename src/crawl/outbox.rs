//! Articles out as they arrive: every version that was stored, in that order, each once.
//!
//! The store is the outbox. What an output has is noted there after it was written, so a crawl that dies between the
//! two would write again what it wrote last; therefore a file of JSON Lines is asked for its last line before more is
//! added, and a file in a folder is replaced by itself. A line torn by the death of the process is taken off.

use crate::article;
use crate::sink::{Format, SinkError};
use crate::store::{Database, Export, Filter, StoreError, Stored};
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes at the end of a file in which its last line is looked for: a record of the longest article fits.
const TAIL_BYTES_MAX: u64 = 64 << 20;

/// Where stored articles go.
pub struct Output {
    format: Format,
    to: To,
    name: String,
}

enum To {
    Stream { out: Box<dyn Write + Send> },
    File { out: BufWriter<File>, path: PathBuf },
    Folder { folder: PathBuf },
}

/// Why an output failed.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// A file that is there holds something else.
    #[error("{} holds something other than articles as JSON Lines", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// One file has no room for articles in this format.
    #[error("articles in one file are written as JSON Lines; {} would have to be a folder", .path.display())]
    NotLines {
        /// The file.
        path: PathBuf,
    },
}

impl Output {
    /// To a stream, such as standard output.
    pub fn stream(format: Format, out: Box<dyn Write + Send>) -> Self {
        Self { format, to: To::Stream { out }, name: "-".to_owned() }
    }

    /// To a folder (one that is there, or a name that ends in a slash), a file `host/date-slug` for each article; or
    /// onto the end of a file, as JSON Lines. With it, the number of the last version the file has, if it has any.
    ///
    /// # Errors
    ///
    /// If it cannot be made or written, or holds something else.
    pub fn open(format: Format, path: &Path) -> Result<(Self, Option<i64>), OutputError> {
        let bytes = path.as_os_str().as_encoded_bytes();
        let is_folder = path.is_dir() || bytes.last().is_some_and(|byte| std::path::is_separator(char::from(*byte)));
        let failed = |source: io::Error| OutputError::Sink(write_error(path, source));
        if is_folder {
            std::fs::create_dir_all(path).map_err(failed)?;
            let name = format!("{}:{}", format.extension(), std::path::absolute(path).map_err(failed)?.display());
            return Ok((Self { format, to: To::Folder { folder: path.to_owned() }, name }, None));
        }
        if format != Format::Jsonl {
            return Err(OutputError::NotLines { path: path.to_owned() });
        }
        let opened = OpenOptions::new().read(true).append(true).create(true).open(path);
        let mut file = opened.map_err(failed)?;
        let last = last_seq(&mut file, path)?;
        let name = std::path::absolute(path).map_err(failed)?.display().to_string();
        Ok((Self { format, to: To::File { out: BufWriter::new(file), path: path.to_owned() }, name }, last))
    }

    /// What its cursor is kept under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes what was stored after version `cursor`, up to the latest. Gives the number of the last version written,
    /// of which the system has every byte.
    ///
    /// # Errors
    ///
    /// What came before stands.
    pub fn pump(&mut self, database: &Database, filter: &Filter, cursor: i64) -> Result<i64, OutputError> {
        let mut export = Export::every_version(database, filter.clone(), cursor);
        loop {
            let batch = export.next_batch()?;
            if batch.is_empty() {
                return Ok(export.cursor());
            }
            self.write(&batch)?;
        }
    }

    /// Writes these, whole: whoever reads has them when this returns.
    ///
    /// # Errors
    ///
    /// [`SinkError::Closed`] when nobody reads any more.
    pub fn write(&mut self, batch: &[Stored]) -> Result<(), SinkError> {
        match &mut self.to {
            To::Stream { out } => {
                let written = batch.iter().try_for_each(|stored| {
                    out.write_all(rendered(stored, self.format).as_bytes())?;
                    match self.format {
                        Format::Jsonl | Format::Json => out.write_all(b"\n"),
                        Format::Text | Format::Markdown | Format::Html => {
                            out.write_all(crate::sink::SEPARATOR.as_bytes())
                        }
                    }
                });
                written.and_then(|()| out.flush()).map_err(|source| write_error(Path::new("-"), source))
            }
            To::File { out, path } => {
                let written = batch.iter().try_for_each(|stored| {
                    out.write_all(stored.line().as_bytes())?;
                    out.write_all(b"\n")
                });
                written.and_then(|()| out.flush()).map_err(|source| write_error(path, source))
            }
            To::Folder { folder } => batch.iter().try_for_each(|stored| {
                let path = folder.join(format!("{}.{}", stored.file_stem, self.format.extension()));
                let text = rendered(stored, self.format) + if self.format.is_record() { "\n" } else { "" };
                replace(&path, text.as_bytes()).map_err(|source| write_error(&path, source))
            }),
        }
    }
}

/// Writes a file whole or not at all: beside it first, then in its place.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    let beside = folder.join(name);
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    drop(file);
    std::fs::rename(&beside, path)
}

/// One article in a format, from its record.
fn rendered(stored: &Stored, format: Format) -> String {
    let article = || article::from_record(&stored.json).expect("what the store holds was written by it");
    match format {
        Format::Jsonl | Format::Json => stored.line(),
        Format::Text => article::plain(&article()),
        Format::Markdown => {
            let article = article();
            article::front_matter(&article) + &article::markdown(&article)
        }
        Format::Html => [article::HTML_HEAD, &article::html(&article())].concat(),
    }
}

/// The number of the last version in a file of JSON Lines. A last line without its end is taken off.
fn last_seq(file: &mut File, path: &Path) -> Result<Option<i64>, OutputError> {
    let failed = |source: io::Error| OutputError::Sink(write_error(path, source));
    let foreign = || OutputError::Foreign { path: path.to_owned() };
    let length = file.metadata().map_err(failed)?.len();
    if length == 0 {
        return Ok(None);
    }
    let start = length.saturating_sub(TAIL_BYTES_MAX);
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES_MAX).read_to_end(&mut tail).map_err(failed)?;
    let end = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if end < tail.len()
        && !tail[end..].starts_with(RECORD_START.as_bytes())
        && !RECORD_START.as_bytes().starts_with(&tail[end..])
    {
        return Err(foreign());
    }
    let whole = &tail[..end];
    let before = whole[..end.saturating_sub(1)].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let last = match whole.is_empty() {
        true => None,
        false => {
            let record: Value = serde_json::from_slice(&whole[before..]).map_err(|_| foreign())?;
            Some(record["crawl"]["seq"].as_i64().ok_or_else(foreign)?)
        }
    };
    if end < tail.len() {
        file.set_len(start + end as u64).map_err(failed)?;
    }
    file.seek(SeekFrom::End(0)).map_err(failed)?;
    Ok(last)
}

/// What every record begins with.
const RECORD_START: &str = "{\"schema\":\"copydesk/article/";

fn write_error(path: &Path, source: io::Error) -> SinkError {
    match source.kind() {
        io::ErrorKind::BrokenPipe => SinkError::Closed,
        _ => SinkError::Write { path: path.to_owned(), source: Arc::new(source) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seq: i64) -> String {
        format!("{RECORD_START}1\",\"text\":\"A\",\"crawl\":{{\"seq\":{seq}}}}}\n")
    }

    #[track_caller]
    fn check(before: &str, last: Option<i64>, after: &str) {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, before).expect("can be written");
        let (_, seq) = Output::open(Format::Jsonl, &path).expect("it is ours");
        assert_eq!(seq, last);
        assert_eq!(std::fs::read_to_string(&path).expect("can be read"), after);
    }

    #[test]
    fn a_file_knows_what_it_has_and_loses_a_torn_line() {
        check("", None, "");
        check(&(line(3) + &line(7)), Some(7), &(line(3) + &line(7)));
        check(&(line(7) + &line(9)[..40]), Some(7), &line(7));
        check(&line(9)[..12], None, "");
    }

    #[test]
    fn what_is_not_ours_is_not_touched() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        for text in ["notes", "notes\n", "{\"a\":1}\n"] {
            let path = folder.path().join("notes");
            std::fs::write(&path, text).expect("can be written");
            assert!(matches!(Output::open(Format::Jsonl, &path), Err(OutputError::Foreign { .. })), "{text:?}");
            assert_eq!(std::fs::read_to_string(&path).expect("can be read"), text);
        }
    }
}
