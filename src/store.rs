//! What a crawl has found: articles with their versions, a full-text index, duplicates, and a log of fetches.
//!
//! Each version that is stored gets a number, `seq`, one greater than the last; whoever reads on from the last number
//! it has seen misses nothing and sees nothing twice. The record of a version is the article as `clean -f jsonl` writes
//! it.
//!
//! Two articles are one if their pages name the same canonical URL on one host and say nearly the same; a page that
//! names a canonical URL which says something else is believed less than its own address. A story that stands on
//! several pages is kept with each of them, and all but the first name the first as `duplicateOf`.

mod archived;
mod articles;
mod database;
mod export;
mod log;
mod search;

pub use archived::{Archived, archived, last_seq, note_archived, output_cursor, set_output_cursor};
pub(crate) use articles::millis;
pub use articles::{Draft, Put, put, put_if_newer, source_of};
pub use database::{Database, StoreError};
pub use export::{Export, Filter, Stored};
pub use log::{Fetch, Health, log, prune};
pub use search::{Hit, search};

/// Milliseconds since 1970 in UTC.
pub type Millis = i64;

/// The tables of the store.
pub const TABLES: &str = "
CREATE TABLE article(
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,     -- its canonical URL if the story there is this one, else its URL
    url TEXT NOT NULL,
    source TEXT NOT NULL,              -- the name in the settings
    language TEXT,                     -- BCP 47
    published INTEGER,
    first_fetched_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,       -- when it was last seen to be so
    file_stem TEXT NOT NULL UNIQUE,    -- host/date-slug: where it goes in a folder
    current INTEGER NOT NULL,          -- its latest version's seq
    n_versions INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    simhash INTEGER NOT NULL,
    duplicate_of INTEGER,              -- the cluster's first article
    is_near INTEGER NOT NULL DEFAULT 0 -- whether it differs from that one, a little
);
CREATE INDEX article_url ON article(url);
CREATE INDEX article_content ON article(content_hash, id);
CREATE INDEX article_source ON article(source, first_fetched_at);
CREATE TABLE version(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL,
    n INTEGER NOT NULL,                -- from 1
    fetched_at INTEGER NOT NULL,
    changes TEXT NOT NULL,             -- names of the fields that differ from the version before, by comma
    archive TEXT,                      -- where the page as served is: file and offset
    json TEXT NOT NULL,
    UNIQUE(article_id, n)
);
CREATE TABLE simhash_band(
    band INTEGER NOT NULL,             -- number of a quarter of the fingerprint, and its 16 bits
    article_id INTEGER NOT NULL,
    simhash INTEGER NOT NULL,
    PRIMARY KEY(band, article_id)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE fulltext USING fts5(
    headline, body, content = '', contentless_delete = 1,
    tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* M* Co'\"
);
CREATE TABLE fetch_log(
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    outcome TEXT NOT NULL,             -- one word
    status INTEGER,
    wire_bytes INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    message TEXT
);
CREATE INDEX fetch_log_source ON fetch_log(source, kind, id);
CREATE TABLE archived(digest TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE output(name TEXT PRIMARY KEY, cursor INTEGER NOT NULL);
";
