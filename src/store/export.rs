//! What was stored, in that order, and which of it is meant.

use super::{Database, Millis, StoreError};
use rusqlite::{Row, params};

/// Which articles are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this source only.
    pub source: Option<String>,
    /// Published since, or fetched first since where that is not known.
    pub since: Option<Millis>,
    /// In this language: `pt` takes `pt-BR` too.
    pub language: Option<String>,
}

impl Filter {
    /// Holds for the wanted rows of `article a`, with the filter's values as parameters 2 to 4.
    pub(super) const CONDITION: &str = "(?2 IS NULL OR a.source = ?2) \
        AND (?3 IS NULL OR coalesce(a.published, a.first_fetched_at) >= ?3) \
        AND (?4 IS NULL OR lower(a.language) = lower(?4) OR lower(a.language) LIKE lower(?4) || '-%')";
}

/// A version of an article in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its number in the order of storing.
    pub seq: i64,
    /// From 1.
    pub version: i64,
    /// Fields that differ from the version before.
    pub changes: Vec<String>,
    /// The source's name.
    pub source: String,
    /// Where it was fetched from.
    pub url: String,
    /// What a file of it is called, below a folder: `host/date-slug`.
    pub file_stem: String,
    /// The address of the cluster's first article, if this one says the same.
    pub duplicate_of: Option<String>,
    /// Whether it differs from that one, a little.
    pub is_near: bool,
    /// Where the page as served is kept.
    pub archive: Option<String>,
    /// The article's record.
    pub json: String,
}

impl Stored {
    /// What [`Stored::read`] reads, of `article a`, `version v` and the first of the cluster, `d`.
    pub(super) const COLUMNS: &str =
        "v.seq, v.n, v.changes, a.source, a.url, a.file_stem, d.url, a.is_near, v.archive, v.json";
    /// How many that are.
    pub(super) const N_COLUMNS: usize = 10;

    pub(super) fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        let changes: String = row.get(2)?;
        Ok(Self {
            seq: row.get(0)?,
            version: row.get(1)?,
            changes: changes.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            source: row.get(3)?,
            url: row.get(4)?,
            file_stem: row.get(5)?,
            duplicate_of: row.get(6)?,
            is_near: row.get(7)?,
            archive: row.get(8)?,
            json: row.get(9)?,
        })
    }

    /// The article's record with what the store knows of it, as one line without its end: the field `crawl`.
    pub fn line(&self) -> String {
        let crawl = serde_json::json!({
            "seq": self.seq,
            "source": self.source,
            "version": self.version,
            "changes": self.changes,
            "duplicateOf": self.duplicate_of,
            "isNearDuplicate": self.is_near,
            "archive": self.archive,
        });
        // The record is one object.
        format!("{},\"crawl\":{crawl}}}", self.json.strip_suffix('}').unwrap_or(&self.json))
    }
}

/// Versions of articles in the order in which they were stored.
#[derive(Debug)]
pub struct Export<'a> {
    database: &'a Database,
    filter: Filter,
    which: Which,
    cursor: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Every,
    Latest,
}

/// Versions read at once.
const BATCH: i64 = 64;

impl<'a> Export<'a> {
    /// Every version after number `cursor` (0 for all) that passes the filter.
    pub fn every_version(database: &'a Database, filter: Filter, cursor: i64) -> Self {
        Self { database, filter, which: Which::Every, cursor }
    }

    /// The latest version of each article that passes the filter, of those after number `cursor`.
    pub fn latest(database: &'a Database, filter: Filter, cursor: i64) -> Self {
        Self { database, filter, which: Which::Latest, cursor }
    }

    /// The next versions; none when there are no more for now. Asking again gives what was stored since.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn next_batch(&mut self) -> Result<Vec<Stored>, StoreError> {
        let latest = match self.which {
            Which::Every => "1",
            Which::Latest => "v.seq = a.current",
        };
        let batch = self.database.read(|connection| {
            let sql = format!(
                "SELECT {} FROM version v JOIN article a ON a.id = v.article_id \
                 LEFT JOIN article d ON d.id = a.duplicate_of \
                 WHERE v.seq > ?1 AND {latest} AND {} ORDER BY v.seq LIMIT {BATCH}",
                Stored::COLUMNS,
                Filter::CONDITION
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let values = params![self.cursor, self.filter.source, self.filter.since, self.filter.language];
            statement.query_map(values, Stored::read)?.collect::<Result<Vec<_>, _>>()
        })?;
        if let Some(last) = batch.last() {
            self.cursor = last.seq;
        }
        Ok(batch)
    }

    /// The number of the last version given.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }
}
