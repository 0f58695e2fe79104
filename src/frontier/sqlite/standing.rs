//! How things stand: what is due, and how a source is doing. Reads only, also while a crawl runs.

use super::kind_of;
use crate::discover::Kind;
use crate::frontier::SourceId;
use crate::store::{Database, Millis, StoreError};
use rusqlite::OptionalExtension;
use url::Url;

/// A URL that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The source's name.
    pub source: String,
    /// What it is believed to lead to.
    pub kind: Kind,
    /// The address.
    pub url: String,
    /// Whether its host asked for peace, and until when.
    pub held_until: Option<Millis>,
}

/// Up to `n_max` URLs of the sources that are due, in the order of hosts and then as they would be asked for. Changes
/// nothing.
///
/// # Errors
///
/// If the store fails.
pub fn due(database: &Database, sources: &[&str], n_max: usize, now: Millis) -> Result<Vec<Due>, StoreError> {
    database.read(|connection| {
        let mut statement = connection.prepare(
            "SELECT s.name, u.kind, u.url, CASE WHEN h.not_before > ?1 THEN h.not_before END \
             FROM host h JOIN url u ON u.host_id = h.id AND (u.state = 2 OR (u.state = 1 AND u.due_at <= ?1)) \
             JOIN source s ON s.id = u.source_id ORDER BY h.id, u.rank DESC",
        )?;
        let mut rows = statement.query([now])?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            let source: String = row.get(0)?;
            if due.len() == n_max {
                break;
            }
            if sources.contains(&source.as_str()) {
                due.push(Due { source, kind: kind_of(row.get(1)?), url: row.get(2)?, held_until: row.get(3)? });
            }
        }
        Ok(due)
    })
}

/// Whether an address is known.
///
/// # Errors
///
/// If the store fails.
pub fn is_known(database: &Database, url: &Url) -> Result<bool, StoreError> {
    database.read(|connection| connection.prepare_cached("SELECT 1 FROM url WHERE url = ?1")?.exists([url.as_str()]))
}

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// When it ran last.
    pub last_run_at: Option<Millis>,
    /// When it runs next by its schedule, or else when something of it is due.
    pub next_at: Option<Millis>,
    /// When a story was found that was new.
    pub last_new_at: Option<Millis>,
    /// URLs waiting to be fetched.
    pub n_waiting: i64,
    /// URLs that were found and not kept as too many waited.
    pub n_left_out: i64,
    /// Hosts of it that are left alone for longer than their pause: which, until when, and why.
    pub held: Vec<(String, Millis, String)>,
}

/// Hosts on hold that are named at most.
const HELD_SHOWN_MAX: i64 = 20;

impl Standing {
    /// Of one source; `None` if it has never run.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn of(database: &Database, source: &str, now: Millis) -> Result<Option<Self>, StoreError> {
        database.read(|connection| {
            let row = connection
                .query_row(
                    "SELECT id, last_run_at, next_run_at, last_new_at, n_waiting, n_left_out FROM source WHERE name = ?1",
                    [source],
                    |row| {
                        let id: SourceId = row.get(0)?;
                        let standing = Self {
                            last_run_at: row.get(1)?,
                            next_at: row.get(2)?,
                            last_new_at: row.get(3)?,
                            n_waiting: row.get(4)?,
                            n_left_out: row.get(5)?,
                            held: Vec::new(),
                        };
                        Ok((id, standing))
                    },
                )
                .optional()?;
            let Some((id, mut standing)) = row else { return Ok(None) };
            if standing.next_at.is_none() {
                standing.next_at = connection.query_row(
                    "SELECT min(due_at) FROM url WHERE source_id = ?1 AND kind != 0 AND state != 0",
                    [id],
                    |row| row.get(0),
                )?;
            }
            let mut statement = connection.prepare(
                "SELECT key, not_before, hold_reason FROM host WHERE hold_reason IS NOT NULL AND not_before > ?1 + 1000 + delay_ms \
                 AND EXISTS(SELECT 1 FROM url WHERE host_id = host.id AND source_id = ?2 AND state != 0) LIMIT ?3",
            )?;
            let held = statement.query_map([now, id, HELD_SHOWN_MAX], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            standing.held = held.collect::<Result<_, _>>()?;
            Ok(Some(standing))
        })
    }
}
