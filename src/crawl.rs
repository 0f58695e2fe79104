//! The loop: lease, fetch, read, settle; for one run or for as long as it is wanted.
//!
//! The frontier decides what may be asked for and when, and keeps it on disk; a run only has as many visits under way
//! as it has slots, each at another host. One thread writes the store, several read pages, one sends and receives.
//! Every queue between them is short: a run's memory does not grow with what there is to fetch.
//!
//! A run ends when nothing is due that could be had soon, or when it is told to; pages that are under way are then
//! given some time to finish. A run that dies loses nothing: what was settled is kept, what was under way is asked for
//! again. Two runs over one store are excluded by a lock that the system takes from a process that dies.
//!
//! What happens to one page is data: noted, counted, summed up. Only the loss of the store, the archive or the output
//! ends a run.

mod keeper;
mod metrics;
mod outbox;
mod read;
mod run;
pub mod schedule;
mod source;
mod summary;
mod visit;

pub use outbox::{Output, OutputError, replace};
pub use run::{Event, Job, Plan, Planned, Stop, planned, run};
pub use source::{DelayMs, Depth, Source, Sources};
pub use summary::{Summary, Tally};
pub use visit::Visited;

use crate::archive::ArchiveError;
use crate::fetch::{Concurrency, FetchError};
use crate::frontier;
use crate::store::{Millis, StoreError};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a crawl runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The file that holds the frontier and the articles; made if it is not there.
    pub store: PathBuf,
    /// Most pages under way at once, each at another host.
    pub concurrency: Concurrency,
    /// Stories older than this are passed over, in days; 0 for none.
    pub since_days: u32,
    /// Most pages of one source in one run.
    pub pages_per_source_max: u64,
    /// Fetches that the log remembers; the oldest are forgotten.
    pub log_rows_max: u32,
    /// How long pages under way may take to finish when a run is told to end, in seconds.
    pub drain_seconds: u32,
    /// Days without a new story after which `status` calls a source silent.
    pub silent_days: u32,
    /// What becomes of a page that says it is not for archives or for mining: `record` notes it with the article,
    /// `obey` keeps no article.
    pub reservations: Reservations,
    /// When URLs are asked for again, and how many wait.
    pub frontier: frontier::Options,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            store: "copydesk.db".into(),
            concurrency: Concurrency::try_from(64).expect("within its bounds"),
            since_days: 30,
            pages_per_source_max: 10_000,
            log_rows_max: 500_000,
            drain_seconds: 20,
            silent_days: 14,
            reservations: Reservations::Record,
            frontier: frontier::Options::default(),
        }
    }
}

/// What becomes of a page that reserves itself: `X-Robots-Tag` with `noindex`, `noarchive`, `noai` or `none`, or a
/// `TDM-Reservation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reservations {
    /// It is noted with the article.
    #[default]
    Record,
    /// No article is kept.
    Obey,
}

/// Whether and where pages are kept as they were fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Archiving {
    /// The folder for web archives (WARC); empty for none.
    pub dir: PathBuf,
    /// Bytes of a file, from which on a new one is begun.
    pub file_bytes_max: u64,
}

impl Default for Archiving {
    fn default() -> Self {
        Self { dir: PathBuf::new(), file_bytes_max: crate::archive::FILE_BYTES_MAX }
    }
}

/// Why a run could not begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// Another run has the store.
    #[error("another crawl is running on {}", .path.display())]
    Running {
        /// The store.
        path: PathBuf,
    },
    /// The lock beside the store cannot be made.
    #[error("cannot make {}", .path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is nothing to crawl.
    #[error("the settings name no source")]
    NoSources,
    /// A source was asked for that the settings do not have.
    #[error("the settings have no source `{name}`")]
    NoSuchSource {
        /// The name.
        name: String,
    },
    /// The store is lost.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The archive is lost.
    #[error(transparent)]
    Archive(ArchiveError),
    /// The output is lost.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Nothing can be fetched at all.
    #[error(transparent)]
    Fetch(Box<FetchError>),
    /// Nobody can listen for those who ask for figures.
    #[error("cannot listen on {address}")]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gives no more threads.
    #[error("cannot start a thread")]
    Thread {
        /// What the system says.
        source: std::io::Error,
    },
    /// The thread that keeps the frontier has ended; why, was said before.
    #[error("the thread that keeps the store has ended")]
    KeeperLost,
    /// The frontier has a URL of a source that this run is not about.
    #[error("source number {id} is not one of this run")]
    UnknownSource {
        /// Its number.
        id: frontier::SourceId,
    },
}

impl From<StoreError> for CrawlError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<FetchError> for CrawlError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(Box::new(error))
    }
}

impl CrawlError {
    /// Whether the same run may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Running { .. } | Self::Thread { .. } => true,
            Self::Store(error) => error.is_transient(),
            Self::Archive(error) => error.is_transient(),
            Self::Fetch(error) => error.is_transient(),
            Self::Lock { .. }
            | Self::NoSources
            | Self::NoSuchSource { .. }
            | Self::Output(_)
            | Self::Metrics { .. }
            | Self::KeeperLost
            | Self::UnknownSource { .. } => false,
        }
    }

    /// Whether what was asked for is wrong, rather than the world.
    pub fn is_request_wrong(&self) -> bool {
        matches!(
            self,
            Self::NoSources
                | Self::NoSuchSource { .. }
                | Self::Output(OutputError::Foreign { .. } | OutputError::NotLines { .. })
        )
    }

    /// The way out, where there is one.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Running { .. } => "let it finish, or name another file in `crawl.store`",
            Self::NoSources => {
                "a source is five lines of config.toml: [source.NAME], and `home`, `feeds`, `sitemaps` or `sections`"
            }
            Self::NoSuchSource { .. } => "`copydesk status` lists them",
            Self::Store(error) => return error.hint().map(str::to_owned),
            Self::Fetch(error) => return error.hint(),
            Self::Output(OutputError::Foreign { .. }) => "name another file with -o",
            Self::Output(OutputError::NotLines { .. }) => "end the name in / for a folder, or use -f jsonl",
            Self::Lock { .. }
            | Self::Archive(_)
            | Self::Output(_)
            | Self::Metrics { .. }
            | Self::Thread { .. }
            | Self::KeeperLost
            | Self::UnknownSource { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

/// The right to crawl into a store, until dropped. The system gives it back when the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a store: a file beside it, which stays.
    ///
    /// # Errors
    ///
    /// [`CrawlError::Running`] if another process has it; [`CrawlError::Lock`] if the file cannot be made.
    pub fn take(store: &Path) -> Result<Self, CrawlError> {
        let mut path = store.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|source| CrawlError::Lock { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(CrawlError::Running { path: store.to_owned() }),
            Err(std::fs::TryLockError::Error(source)) => Err(CrawlError::Lock { path, source }),
        }
    }
}

/// The clock.
fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}
