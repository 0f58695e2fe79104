//! Pages as they were fetched, in WARC 1.1 files: for replay with a newer version, and for all tools that read archives.
//!
//! Each exchange becomes a `request` and a `response` record, or a `revisit` one where the payload is the same as before;
//! each file begins with a `warcinfo`. Bodies stand as they came, in their content coding. Every record is a gzip member of
//! its own, so that one can be read by its offset.
//!
//! A file only grows, by one write for each exchange: a program that dies leaves at most one torn member at the end, which
//! is cut off when the file is opened again. Each member states its length (a subfield `cd` of the gzip header), so that
//! finding the end takes a look at each member, not the unpacking of all.
//!
//! Sources: ISO 28500:2017 (WARC 1.1); RFC 1952 for gzip; the fields `WARC-Protocol` and, for the transfer coding that was
//! undone, `X-Crawler-Transfer-Encoding` are customs of other crawlers.

mod member;
mod record;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::page::Exchange;
use record::Ids;

/// Bytes of a file, from which on a new one is begun: 1 GiB, as the standard recommends.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// Files tried for a free name. Each is locked by another program.
const NAMES_TRIED_MAX: usize = 1_000;

/// Where archives are written, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder; made if it is not there.
    pub dir: PathBuf,
    /// How names of files begin; letters, digits, `-` and `_`.
    pub prefix: String,
    /// Bytes of a file, from which on a new one is begun.
    pub file_bytes_max: u64,
    /// Who fetched: the `User-Agent`, for the `warcinfo` record.
    pub user_agent: String,
}

/// A record that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The file's name within the folder.
    pub file: String,
    /// Where the response's gzip member begins, in bytes.
    pub offset: u64,
    /// How long the member is, in bytes.
    pub bytes: u64,
    /// The response's `WARC-Record-ID`, without angle brackets.
    pub id: String,
    /// The payload's digest, as in the record: `sha256:` and base32.
    pub digest: String,
    /// The address.
    pub url: Url,
    /// The record's date.
    pub date: Timestamp,
    /// Whether the payload is that of an earlier record.
    pub is_revisit: bool,
}

/// Why something could not be archived.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ArchiveError {
    /// The folder or file cannot be made, opened, locked or read.
    #[error("cannot open the archive {}", .path.display())]
    Open {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// A record could not be written; what came before it is whole.
    #[error("cannot write to the archive {}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
}

impl ArchiveError {
    /// Whether the same may succeed later without anybody doing something: never.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Open { .. } | Self::Write { .. } => false,
        }
    }
}

/// Writes archives, one file after the other.
#[derive(Debug)]
pub struct Archive {
    options: Options,
    current: Option<Current>,
    ids: Ids,
}

#[derive(Debug)]
struct Current {
    file: File,
    path: PathBuf,
    name: String,
    /// Bytes that are whole.
    n_bytes: u64,
    warcinfo_id: String,
}

/// The digest of an exchange's payload, as records state it.
pub fn digest(exchange: &Exchange) -> String {
    record::digest(&exchange.body)
}

impl Archive {
    /// Goes on with the newest file in the folder that begins with the prefix and is not full, if there is one; what is torn
    /// at its end is cut off. A file that another program writes to is left alone. Else the first record begins a new file.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Open`].
    pub fn open(options: &Options) -> Result<Self, ArchiveError> {
        let dir = &options.dir;
        let failed = |source: io::Error| ArchiveError::Open { path: dir.clone(), source: Arc::new(source) };
        fs::create_dir_all(dir).map_err(failed)?;
        let mut archive = Self { options: options.clone(), current: None, ids: Ids::new() };
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(name) = name.to_str().filter(|name| archive.is_own(name)) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        if let Some(name) = names.pop() {
            archive.current = archive.resumed(&name)?;
        }
        Ok(archive)
    }

    fn is_own(&self, name: &str) -> bool {
        let serial = name.strip_prefix(&self.options.prefix).and_then(|rest| rest.strip_prefix('-'));
        serial
            .and_then(|rest| rest.strip_suffix(".warc.gz"))
            .is_some_and(|serial| serial.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
    }

    /// Opens a file to go on with it, its torn end cut off.
    fn resumed(&mut self, name: &str) -> Result<Option<Current>, ArchiveError> {
        let path = self.options.dir.join(name);
        let failed = |source: io::Error| ArchiveError::Open { path: path.clone(), source: Arc::new(source) };
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        if file.try_lock().is_err() {
            return Ok(None);
        }
        let n_bytes = member::whole_bytes(&mut file).map_err(failed)?;
        if n_bytes < file.metadata().map_err(failed)?.len() {
            file.set_len(n_bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        if n_bytes >= self.options.file_bytes_max {
            return Ok(None);
        }
        io::Seek::seek(&mut file, io::SeekFrom::Start(n_bytes)).map_err(failed)?;
        let mut current = Current { file, path, name: name.to_owned(), n_bytes, warcinfo_id: String::new() };
        self.begin(&mut current)?;
        Ok(Some(current))
    }

    /// Writes an exchange. Where `earlier` was the same payload, only its headers are written, and a reference.
    ///
    /// When this returns the system has the bytes: a killed program loses none of them. To outlive a power cut as well, call
    /// [`Archive::sync`].
    ///
    /// # Errors
    ///
    /// [`ArchiveError`]; the archive is then as it was before.
    pub fn write(&mut self, exchange: &Exchange, earlier: Option<&Kept>) -> Result<Kept, ArchiveError> {
        let mut current = match self.current.take() {
            Some(current) if current.n_bytes < self.options.file_bytes_max => current,
            Some(full) => {
                full.file.sync_all().map_err(|source| write_error(&full.path, source))?;
                drop(full);
                self.new_file()?
            }
            None => self.new_file()?,
        };
        let written = self.write_to(&mut current, exchange, earlier);
        self.current = Some(current);
        written
    }

    fn write_to(
        &mut self,
        current: &mut Current,
        exchange: &Exchange,
        earlier: Option<&Kept>,
    ) -> Result<Kept, ArchiveError> {
        let digest = digest(exchange);
        let earlier = earlier.filter(|earlier| earlier.digest == digest);
        let (response_id, request_id) = (self.ids.next(), self.ids.next());
        let response = record::response(exchange, &response_id, &current.warcinfo_id, &digest, earlier);
        let request = record::request(exchange, &request_id, &response_id, &current.warcinfo_id);
        let mut members = member::member(&response);
        let bytes = members.len() as u64;
        members.extend(member::member(&request));
        let offset = current.n_bytes;
        current.append(&members)?;
        Ok(Kept {
            file: current.name.clone(),
            offset,
            bytes,
            id: response_id,
            digest,
            url: exchange.url.clone(),
            date: exchange.sent_at,
            is_revisit: earlier.is_some(),
        })
    }

    /// Waits until what was written is on the disk.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Write`].
    pub fn sync(&self) -> Result<(), ArchiveError> {
        match &self.current {
            Some(current) => current.file.sync_data().map_err(|source| write_error(&current.path, source)),
            None => Ok(()),
        }
    }

    /// Begins a file that was not there, and locks it.
    fn new_file(&mut self) -> Result<Current, ArchiveError> {
        let now = Timestamp::now().strftime("%Y%m%d%H%M%S").to_string();
        let mut n_tried = 0;
        loop {
            let name = format!("{}-{now}-{n_tried:05}.warc.gz", self.options.prefix);
            let path = self.options.dir.join(&name);
            let failed = |source: io::Error| ArchiveError::Open { path: path.clone(), source: Arc::new(source) };
            let file = match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && n_tried < NAMES_TRIED_MAX => {
                    n_tried += 1;
                    continue;
                }
                file => file.map_err(failed)?,
            };
            file.try_lock().map_err(|error| failed(error.into()))?;
            let mut current = Current { file, path, name, n_bytes: 0, warcinfo_id: String::new() };
            self.begin(&mut current)?;
            sync_folder(&self.options.dir);
            return Ok(current);
        }
    }

    /// Writes who writes from here on.
    fn begin(&mut self, current: &mut Current) -> Result<(), ArchiveError> {
        current.warcinfo_id = self.ids.next();
        let info = record::warcinfo(&current.warcinfo_id, &current.name, &self.options.user_agent, Timestamp::now());
        current.append(&member::member(&info))
    }
}

impl Current {
    /// Appends all of it, or nothing.
    fn append(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        if let Err(source) = self.file.write_all(bytes) {
            // A full disk: what there is of it must not stay, or the next record would follow a torn one.
            let _ = self.file.set_len(self.n_bytes);
            let _ = io::Seek::seek(&mut self.file, io::SeekFrom::Start(self.n_bytes));
            return Err(write_error(&self.path, source));
        }
        self.n_bytes += bytes.len() as u64;
        Ok(())
    }
}

fn write_error(path: &Path, source: io::Error) -> ArchiveError {
    ArchiveError::Write { path: path.to_owned(), source: Arc::new(source) }
}

/// Makes a new name outlive a power cut. Where folders cannot be opened as files, the system does so by itself.
fn sync_folder(dir: &Path) {
    if let Ok(dir) = File::open(dir) {
        let _ = dir.sync_all();
    }
}
