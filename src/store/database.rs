//! The one file that frontier and store share: opening it, and what its failures mean.
//!
//! Write-ahead logging lets readers (`status`, `search`, `export`) work beside a crawl. A commit survives the death of
//! the process; the last ones may be undone by a power cut, which leaves the file whole and costs a few fetches again.

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Marks the file as ours: "cpyd".
const APPLICATION_ID: i32 = 0x6370_7964;
/// Rises with each change of the tables that an older program cannot work with.
const SCHEMA_VERSION: i32 = 1;
/// How long a reader or writer waits for another before it gives up. A commit takes milliseconds; a checkpoint of a
/// large log a second or two.
const BUSY_MAX: Duration = Duration::from_secs(10);
/// Pages kept in memory, in KiB. The upper levels of the trees of ten million URLs fit.
const CACHE_KIB: i32 = 32 << 10;
/// Pages of log after which it is folded into the file: 16 MiB.
const CHECKPOINT_PAGES: i32 = 4_000;
/// Statements kept prepared: all that there are.
const STATEMENTS_MAX: usize = 128;

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none to read.
    #[error("there is no store at {}", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be opened or written.
    #[error("cannot {deed} {}", .path.display())]
    Unusable {
        /// What was tried: "open", "write to".
        deed: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: rusqlite::Error,
    },
    /// The disk is full. What was committed before stands.
    #[error("no space is left for {}", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: rusqlite::Error,
    },
    /// The file is something else.
    #[error("{} is no store of copydesk", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later copydesk made it.
    #[error("{} was made by a later copydesk (tables {version}, this one knows {SCHEMA_VERSION})", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        version: i32,
    },
    /// The file is damaged, or the program asks it something wrong.
    #[error("{} does not answer as it should", .path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: rusqlite::Error,
    },
    /// The query of a search cannot be understood.
    #[error("`{query}` holds no word to search for")]
    EmptyQuery {
        /// The query.
        query: String,
    },
}

impl StoreError {
    /// Whether the same may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unusable { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::SystemIoFailure)
            ),
            Self::Missing { .. }
            | Self::Full { .. }
            | Self::Foreign { .. }
            | Self::Newer { .. }
            | Self::Broken { .. }
            | Self::EmptyQuery { .. } => false,
        }
    }

    /// The way out, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Missing { .. } => Some("`copydesk crawl` makes it; `crawl.store` says where"),
            Self::Unusable { .. } => Some("its folder must be writable too; `crawl.store` says where it is"),
            Self::Full { .. } => Some("make room and run it again: it goes on where it stopped"),
            Self::Foreign { .. } => Some("name another file in `crawl.store`"),
            Self::Newer { .. } => Some("use that copydesk, or name another file in `crawl.store`"),
            Self::Broken { .. } => Some("`sqlite3 FILE 'PRAGMA integrity_check'` says what is damaged"),
            Self::EmptyQuery { .. } => Some("words, or a \"phrase in quotes\"; -word leaves pages with it out"),
        }
    }
}

/// An open store. One writes, any number read.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    path: PathBuf,
}

impl Database {
    /// Opens the file to write, and makes it with these `tables` (SQL that may run again) if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be opened or made, or is not ours.
    pub fn open(path: &Path, tables: &[&str]) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Self::connect(path, flags)?;
        database.check()?;
        let prepare = || {
            database.connection.pragma_update(None, "journal_mode", "WAL")?;
            database.connection.pragma_update(None, "synchronous", "NORMAL")?;
            database.connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            let version = database.connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0))?;
            if version < SCHEMA_VERSION {
                let sql = tables.concat();
                let marked = format!(
                    "BEGIN IMMEDIATE; {sql} PRAGMA application_id = {APPLICATION_ID}; \
                     PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
                );
                database.connection.execute_batch(&marked)?;
            }
            Ok(())
        };
        prepare().map_err(|source| database.failure("write to", source))?;
        Ok(database)
    }

    /// Opens the file to read what a crawl has put there, or is putting there now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] if it is not there; else as [`Database::open`].
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Self::connect(path, flags)?;
        // A crawl that died while it made the file left it empty.
        if database.check()? == 0 {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Ok(database)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let opened = Connection::open_with_flags(path, flags).map_err(|source| StoreError::Unusable {
            deed: "open",
            path: path.to_owned(),
            source,
        })?;
        let database = Self { connection: opened, path: path.to_owned() };
        let prepare = || {
            database.connection.busy_timeout(BUSY_MAX)?;
            database.connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
            database.connection.pragma_update(None, "cache_size", -CACHE_KIB)
        };
        prepare().map_err(|source| database.failure("open", source))?;
        Ok(database)
    }

    /// Whether the file is ours; gives the version of its tables, 0 for a new file.
    fn check(&self) -> Result<i32, StoreError> {
        let number = |pragma: &str| {
            let read = self.connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
            read.map_err(|source| self.failure("open", source))
        };
        let (id, version, n_changes) = (number("application_id")?, number("user_version")?, number("schema_version")?);
        if id != APPLICATION_ID && (version != 0 || n_changes != 0) {
            return Err(StoreError::Foreign { path: self.path.clone() });
        }
        if version > SCHEMA_VERSION {
            return Err(StoreError::Newer { path: self.path.clone(), version });
        }
        Ok(version)
    }

    /// All of `work` or nothing: what it did is undone if it fails, or if the process dies before this returns.
    ///
    /// # Errors
    ///
    /// What the database said, as a [`StoreError`].
    pub(crate) fn transaction<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        let whole = || {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            let done = work(&self.connection)?;
            self.connection.execute_batch("COMMIT")?;
            Ok(done)
        };
        whole().map_err(|source| {
            if !self.connection.is_autocommit() {
                // Nothing else can be done if even this fails; the file is whole in any case.
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            self.failure("write to", source)
        })
    }

    /// Reads with `work`.
    ///
    /// # Errors
    ///
    /// What the database said, as a [`StoreError`].
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        work(&self.connection).map_err(|source| self.failure("read", source))
    }

    /// What an error of the database means to whoever runs us.
    fn failure(&self, deed: &'static str, source: rusqlite::Error) -> StoreError {
        let path = self.path.clone();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full { path, source },
            Some(ErrorCode::NotADatabase) => StoreError::Foreign { path },
            Some(
                ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure,
            ) => StoreError::Unusable { deed, path, source },
            _ => StoreError::Broken { path, source },
        }
    }
}
