//! The log of fetches: one row each, the oldest forgotten, and what it says about how a source fares.

use super::{Database, Millis, StoreError};
use rusqlite::{Connection, params};

/// Rows deleted at once, so that pruning never holds up a crawl.
const PRUNE_BATCH: i64 = 10_000;
/// Article pages whose yield is looked at, and those before them that it is compared with.
const RECENT_PAGES: i64 = 30;
const EARLIER_PAGES: i64 = 300;
/// Pages each side needs for a comparison.
const PAGES_MIN: i64 = 10;
/// A source had a yield to lose if so many pages of a hundred gave an article, and lost it if less than half of that
/// do.
const YIELD_PERCENT_MIN: i64 = 50;

/// One fetch and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// When it began.
    pub at: Millis,
    /// The source's name.
    pub source: String,
    /// What was expected there: "article", "feed".
    pub kind: &'static str,
    /// The address.
    pub url: String,
    /// One word: "stored", "same", "unchanged", "no-article", or the kind of a failure.
    pub outcome: String,
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// Bytes over the wire.
    pub wire_bytes: u64,
    /// Milliseconds.
    pub took_ms: u64,
    /// For people, if it failed.
    pub message: Option<String>,
}

/// Notes a fetch within the caller's transaction.
///
/// # Errors
///
/// What the database says.
pub fn log(connection: &Connection, fetch: &Fetch) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "INSERT INTO fetch_log(at, source, kind, url, outcome, status, wire_bytes, took_ms, message) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            fetch.at,
            fetch.source,
            fetch.kind,
            fetch.url,
            fetch.outcome,
            fetch.status,
            i64::try_from(fetch.wire_bytes).unwrap_or(i64::MAX),
            i64::try_from(fetch.took_ms).unwrap_or(i64::MAX),
            fetch.message,
        ])?;
    Ok(())
}

/// Forgets the oldest fetches beyond `rows_max`, some at a time. Gives how many.
///
/// # Errors
///
/// What the database says.
pub fn prune(connection: &Connection, rows_max: i64) -> Result<usize, rusqlite::Error> {
    connection
        .prepare_cached(
            "DELETE FROM fetch_log WHERE id IN \
             (SELECT id FROM fetch_log WHERE id <= (SELECT max(id) FROM fetch_log) - ?1 ORDER BY id LIMIT ?2)",
        )?
        .execute([rows_max, PRUNE_BATCH])
}

/// How a source fares, as its articles and the log say.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Articles of it in the store.
    pub n_articles: i64,
    /// Of these, copies of others.
    pub n_duplicates: i64,
    /// When the last new one was stored.
    pub last_article_at: Option<Millis>,
    /// When anything of it was fetched last.
    pub last_fetch_at: Option<Millis>,
    /// The latest failures by kind, within the log, each with how often and an example.
    pub failures: Vec<(String, i64, String)>,
    /// Of the latest article pages, how many of a hundred gave an article, and how many before; if that collapsed.
    pub collapsed_yield: Option<(i64, i64)>,
}

impl Health {
    /// Of one source, with the failures since `since`.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn of(database: &Database, source: &str, since: Millis) -> Result<Self, StoreError> {
        database.read(|connection| {
            let (n_articles, n_duplicates, last_article_at) = connection.query_row(
                "SELECT count(*), count(duplicate_of), max(first_fetched_at) FROM article WHERE source = ?1",
                [source],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?;
            let last_fetch_at =
                connection.query_row("SELECT max(at) FROM fetch_log WHERE source = ?1", [source], |row| row.get(0))?;
            let mut statement = connection.prepare(
                "SELECT outcome, count(*), max(coalesce(message, url)) FROM fetch_log \
                 WHERE source = ?1 AND at >= ?2 AND outcome NOT IN ('stored', 'same', 'unchanged', 'read', 'moved') \
                 GROUP BY outcome ORDER BY count(*) DESC",
            )?;
            let failures = statement
                .query_map(params![source, since], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<Result<_, _>>()?;
            let collapsed_yield = collapsed_yield(connection, source)?;
            Ok(Self { n_articles, n_duplicates, last_article_at, last_fetch_at, failures, collapsed_yield })
        })
    }
}

fn collapsed_yield(connection: &Connection, source: &str) -> Result<Option<(i64, i64)>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT count(*), coalesce(sum(outcome != 'no-article'), 0) FROM (SELECT outcome FROM fetch_log \
         WHERE source = ?1 AND kind = 'article' AND outcome IN ('stored', 'same', 'no-article') \
         ORDER BY id DESC LIMIT ?2 OFFSET ?3)",
    )?;
    let mut share = |n_max: i64, n_skipped: i64| {
        let (n, n_good): (i64, i64) =
            statement.query_row(params![source, n_max, n_skipped], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok::<_, rusqlite::Error>((n >= PAGES_MIN).then(|| 100 * n_good / n))
    };
    let (recent, earlier) = (share(RECENT_PAGES, 0)?, share(EARLIER_PAGES, RECENT_PAGES)?);
    Ok(match (recent, earlier) {
        (Some(recent), Some(earlier)) if earlier >= YIELD_PERCENT_MIN && recent < earlier / 2 => {
            Some((recent, earlier))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::TABLES;

    fn fetch(outcome: &str) -> Fetch {
        Fetch {
            at: 1,
            source: "herald".into(),
            kind: "article",
            url: "https://news.example/a".into(),
            outcome: outcome.into(),
            status: Some(200),
            wire_bytes: 0,
            took_ms: 0,
            message: None,
        }
    }

    #[test]
    fn a_yield_that_collapses_is_seen_and_the_log_stays_short() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let database = Database::open(&folder.path().join("a.db"), &[TABLES]).expect("can be made");
        let add = |outcome: &str, n: usize| {
            let added = database.transaction(|connection| (0..n).try_for_each(|_| log(connection, &fetch(outcome))));
            added.expect("can be stored");
        };
        let collapsed = || Health::of(&database, "herald", 0).expect("can be read").collapsed_yield;
        add("stored", 100);
        assert_eq!(collapsed(), None);
        add("no-article", 25);
        assert_eq!(collapsed(), Some((16, 100)));
        let n_pruned = database.transaction(|connection| prune(connection, 50)).expect("can be pruned");
        assert_eq!(n_pruned, 75);
        let left = database.read(|it| it.query_row("SELECT count(*) FROM fetch_log", [], |row| row.get::<_, i64>(0)));
        assert_eq!(left.expect("can be read"), 50);
    }
}
