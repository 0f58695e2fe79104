//! The frontier in the file of the store.
//!
//! A URL is done, waiting (due later) or ready (due now); partial indices hold the last two alone, so that what is
//! picked costs the same however many are known. A host has the instant at which it may be asked next (`not_before`)
//! and that at which it has something due (`next_due`); the later of the two, `ready_at`, is its place in the queue,
//! and is null while the host is leased or has nothing.
//!
//! PostgreSQL would have the same tables and statements, with `FOR UPDATE SKIP LOCKED` where a host is picked, and
//! leases that end and are fenced by `lease_epoch`; here one process writes, so its leases end with it.

mod standing;
#[cfg(test)]
mod tests;

pub use standing::{Due, Standing, due, is_known};

use super::{Before, Done, Lead, Leased, Options, Outcome, RobotsFile, Settled, SourceId, Task, trouble};
use crate::discover::Kind;
use crate::store::{self, Database, Millis, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::Path;
use url::Url;

/// The tables of the frontier.
pub const TABLES: &str = "
CREATE TABLE source(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    is_active INTEGER NOT NULL,
    n_waiting INTEGER NOT NULL DEFAULT 0, -- URLs waiting or ready
    n_left_out INTEGER NOT NULL DEFAULT 0,-- found, and not kept as too many waited
    last_run_at INTEGER,
    next_run_at INTEGER,                  -- by its schedule
    last_new_at INTEGER                   -- when a new article URL was found
);
CREATE TABLE host(
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    delay_ms INTEGER NOT NULL,
    not_before INTEGER NOT NULL DEFAULT 0,
    next_due INTEGER,
    ready_at INTEGER,
    is_leased INTEGER NOT NULL DEFAULT 0,
    lease_epoch INTEGER NOT NULL DEFAULT 0,
    strikes INTEGER NOT NULL DEFAULT 0,
    struck_at INTEGER NOT NULL DEFAULT 0,
    hold_ms INTEGER NOT NULL DEFAULT 0,   -- the last hold
    hold_reason TEXT
);
CREATE INDEX host_ready ON host(ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX host_leased ON host(id) WHERE is_leased;
CREATE TABLE url(
    id INTEGER PRIMARY KEY,
    host_id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    url TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,                -- 0 article, 1 section, 2 feed, 3 sitemap
    depth INTEGER NOT NULL,
    n_hops INTEGER NOT NULL,
    state INTEGER NOT NULL,               -- 0 done, 1 waiting, 2 ready
    rank INTEGER NOT NULL,                -- the greatest of a host's ready ones is next
    date INTEGER,
    due_at INTEGER,
    interval_ms INTEGER NOT NULL DEFAULT 0,
    n_failed INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    fingerprint INTEGER,
    first_seen_at INTEGER NOT NULL,
    fetched_at INTEGER,
    changed_at INTEGER,
    last_outcome TEXT
);
CREATE INDEX url_waiting ON url(host_id, due_at) WHERE state = 1;
CREATE INDEX url_ready ON url(host_id, rank) WHERE state = 2;
CREATE INDEX url_list ON url(source_id) WHERE kind != 0;
CREATE TABLE robots(
    url TEXT PRIMARY KEY,                 -- it names scheme, host and port
    body BLOB,                            -- null: the site has none
    etag TEXT,
    last_modified TEXT,
    fetched_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
";

/// The rank of a URL of the settings: before all that they lead to.
const SEED_RANK: i64 = i64::MAX >> 1;
/// Feeds, sitemaps and sections that are due within this are asked for when all of a source is to be asked for; those
/// that are left alone for longer have shown that they do not change.
const LIVELY_WITHIN: Millis = 86_400_000;
/// Why a host is held: it said until when.
const ASKS_FOR_PEACE: &str = "asks for peace";
/// Why a host is held: there was no connection, or no answer in time.
pub const UNREACHABLE: &str = "cannot be reached";
/// Hosts looked at for one that has something due, when a run may be over.
const LOOK_AHEAD_HOSTS: i64 = 100_000;
/// Bytes of a header that is kept to be sent back; longer ones are forgotten.
const VALIDATOR_BYTES_MAX: usize = 1_024;

/// The URLs that a crawl knows. One process has it open at a time.
#[derive(Debug)]
pub struct Frontier {
    database: Database,
    options: Options,
}

impl Frontier {
    /// Opens the frontier in the store at `path`, and makes both if they are not there. Takes back the leases of a
    /// process that died, and lets their hosts wait.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, made or written, or is not ours.
    pub fn open(path: &Path, options: &Options, now: Millis) -> Result<Self, StoreError> {
        let database = Database::open(path, &[store::TABLES, TABLES])?;
        database.transaction(|connection| {
            connection.execute(
                "UPDATE host SET is_leased = 0, not_before = max(not_before, ?1 + delay_ms) WHERE is_leased",
                [now],
            )
        })?;
        Ok(Self { database, options: options.clone() })
    }

    /// The store in the same file.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Says which sources this run is about, by name; URLs of others stay as they are. Gives their numbers.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn activate(&self, names: &[&str], now: Millis) -> Result<Vec<SourceId>, StoreError> {
        self.database.transaction(|connection| {
            connection.execute("UPDATE source SET is_active = 0", [])?;
            let ids = names.iter().map(|name| {
                connection
                    .prepare_cached(
                        "INSERT INTO source(name, is_active, last_run_at) VALUES(?1, 1, ?2) \
                         ON CONFLICT(name) DO UPDATE SET is_active = 1, last_run_at = ?2 RETURNING id",
                    )?
                    .query_row(params![name, now], |row| row.get(0))
            });
            let ids = ids.collect::<Result<_, _>>()?;
            // Hosts that had nothing for the last run's sources may have something for these.
            connection.execute_batch(
                "UPDATE host SET next_due = 0 WHERE EXISTS(SELECT 1 FROM url WHERE host_id = host.id AND state = 2); \
                 UPDATE host SET ready_at = max(not_before, next_due) WHERE is_leased = 0;",
            )?;
            Ok(ids)
        })
    }

    /// The tick of a source's schedule that is to come, as it was noted last.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn next_run_at(&self, source: SourceId) -> Result<Option<Millis>, StoreError> {
        self.database.read(|connection| {
            connection.query_row("SELECT next_run_at FROM source WHERE id = ?1", [source], |row| row.get(0))
        })
    }

    /// Notes when a source runs next by its schedule.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn set_next_run(&self, source: SourceId, at: Option<Millis>) -> Result<(), StoreError> {
        self.database.transaction(|connection| {
            connection.execute("UPDATE source SET next_run_at = ?2 WHERE id = ?1", params![source, at]).map(drop)
        })
    }

    /// Makes the feeds, sitemaps and sections of a source due that are lively or stand in the settings.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn make_due(&self, source: SourceId, now: Millis) -> Result<(), StoreError> {
        self.database.transaction(|connection| {
            let hosts = connection
                .prepare_cached(
                    "UPDATE url SET state = 2, due_at = ?2 WHERE source_id = ?1 AND kind != 0 AND state = 1 \
                     AND (depth = 0 OR due_at < ?2 + ?3) RETURNING host_id",
                )?
                .query_map(params![source, now, LIVELY_WITHIN], |row| row.get(0))?
                .collect::<Result<std::collections::BTreeSet<i64>, _>>()?;
            hosts.into_iter().try_for_each(|host| requeue(connection, host, now))
        })
    }

    /// Leaves a source alone for the rest of this run.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn rest(&self, source: SourceId) -> Result<(), StoreError> {
        self.database.transaction(|connection| {
            connection.execute("UPDATE source SET is_active = 0 WHERE id = ?1", [source]).map(drop)
        })
    }

    /// Takes what was found. What is known already stays as it is, but for one thing: a URL of the settings is always
    /// due again, whatever became of it. Gives how many were new, and how many not kept as too many wait.
    ///
    /// # Errors
    ///
    /// If the store fails; then nothing was taken.
    pub fn discover(&self, leads: &[Lead], default_delay_ms: Millis, now: Millis) -> Result<Done, StoreError> {
        self.database.transaction(|connection| discover(connection, &self.options, leads, default_delay_ms, now))
    }

    /// Up to `n_max` URLs to be asked for now, each of another host. Their hosts are then leased until they are
    /// settled.
    ///
    /// # Errors
    ///
    /// If the store fails; then nothing is leased.
    pub fn lease(&self, n_max: usize, now: Millis) -> Result<Leased, StoreError> {
        self.database.transaction(|connection| {
            let mut leased = Leased::default();
            let n_max = i64::try_from(n_max).unwrap_or(i64::MAX);
            let hosts: Vec<(i64, String)> = connection
                .prepare_cached("SELECT id, key FROM host WHERE ready_at <= ?1 ORDER BY ready_at LIMIT ?2")?
                .query_map([now, n_max], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (host_id, host) in hosts {
                connection
                    .prepare_cached("UPDATE url SET state = 2 WHERE host_id = ?1 AND state = 1 AND due_at <= ?2")?
                    .execute([host_id, now])?;
                let task = connection
                    .prepare_cached(
                        "SELECT id, url, kind, source_id, depth, n_hops, date, etag, last_modified, fetched_at, n_failed \
                         FROM url WHERE host_id = ?1 AND state = 2 \
                         AND source_id IN (SELECT id FROM source WHERE is_active) ORDER BY rank DESC LIMIT 1",
                    )?
                    .query_row([host_id], |row| read_task(row, host_id, &host))
                    .optional()?;
                match task {
                    Some(task) => {
                        connection
                            .prepare_cached(
                                "UPDATE host SET is_leased = 1, lease_epoch = lease_epoch + 1, ready_at = NULL WHERE id = ?1",
                            )?
                            .execute([host_id])?;
                        leased.tasks.push(task);
                    }
                    None => {
                        let next_due = next_waiting(connection, host_id)?;
                        connection
                            .prepare_cached(
                                "UPDATE host SET next_due = ?2, ready_at = max(not_before, ?2) WHERE id = ?1",
                            )?
                            .execute(params![host_id, next_due])?;
                    }
                }
            }
            if leased.tasks.is_empty() {
                leased.next_at = connection
                    .prepare_cached("SELECT ready_at FROM host WHERE ready_at IS NOT NULL ORDER BY ready_at LIMIT 1")?
                    .query_row([], |row| row.get(0))
                    .optional()?;
                leased.next_due_at = connection
                    .prepare_cached(
                        "SELECT ready_at FROM (SELECT ready_at, next_due, not_before, delay_ms, hold_reason FROM host \
                         WHERE ready_at IS NOT NULL ORDER BY ready_at LIMIT ?2) \
                         WHERE next_due <= ?1 AND (hold_reason IS NULL OR hold_reason = ?3 \
                         OR not_before <= ?1 + delay_ms) LIMIT 1",
                    )?
                    .query_row(params![now, LOOK_AHEAD_HOSTS, ASKS_FOR_PEACE], |row| row.get(0))
                    .optional()?;
            }
            Ok(leased)
        })
    }

    /// Says what became of URLs that were leased, and gives their hosts back. All in one transaction: the fate of each
    /// URL, its article, what it led to, and the log.
    ///
    /// # Errors
    ///
    /// If the store fails; then nothing was settled.
    pub fn settle(&self, settled: &[&Settled], now: Millis) -> Result<Vec<Done>, StoreError> {
        self.database.transaction(|connection| {
            settled.iter().map(|settled| settle(connection, &self.options, settled, now)).collect()
        })
    }

    /// Keeps a robots.txt if it could be had, and gives back the host that was leased with `task`: the page itself
    /// stays as due as it was.
    ///
    /// # Errors
    ///
    /// If the store fails; then nothing was settled.
    pub fn settle_robots(
        &self,
        task: &Task,
        file: Option<&RobotsFile>,
        outcome: &Outcome,
        answered_at: Millis,
        delay_ms: Millis,
    ) -> Result<(), StoreError> {
        self.database.transaction(|connection| {
            if let Some(file) = file {
                connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO robots(url, body, etag, last_modified, fetched_at, expires_at) \
                         VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![
                        file.url.as_str(),
                        file.body,
                        file.etag,
                        file.last_modified,
                        file.fetched_at,
                        file.expires_at,
                    ])?;
            }
            release(connection, task.host_id, outcome, answered_at, delay_ms)
        })
    }

    /// A robots.txt by its address, as it was kept; it may have run out.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn robots(&self, url: &Url) -> Result<Option<RobotsFile>, StoreError> {
        self.database.read(|connection| {
            connection
                .prepare_cached("SELECT body, etag, last_modified, fetched_at, expires_at FROM robots WHERE url = ?1")?
                .query_row([url.as_str()], |row| {
                    Ok(RobotsFile {
                        url: url.clone(),
                        body: row.get(0)?,
                        etag: row.get(1)?,
                        last_modified: row.get(2)?,
                        fetched_at: row.get(3)?,
                        expires_at: row.get(4)?,
                    })
                })
                .optional()
        })
    }
}

fn kind_number(kind: Kind) -> i64 {
    match kind {
        Kind::Article => 0,
        Kind::Section => 1,
        Kind::Feed => 2,
        Kind::Sitemap => 3,
    }
}

fn kind_of(number: i64) -> Kind {
    match number {
        1 => Kind::Section,
        2 => Kind::Feed,
        3 => Kind::Sitemap,
        _ => Kind::Article,
    }
}

fn read_task(row: &Row<'_>, host_id: i64, host: &str) -> Result<Task, rusqlite::Error> {
    let url: String = row.get(1)?;
    let url = Url::parse(&url)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, error.into()))?;
    let fetched_at: Option<Millis> = row.get(9)?;
    Ok(Task {
        url_id: row.get(0)?,
        host_id,
        lead: Lead {
            url,
            host: host.to_owned(),
            kind: kind_of(row.get(2)?),
            source: row.get(3)?,
            depth: row.get(4)?,
            n_hops: row.get(5)?,
            date: row.get(6)?,
        },
        etag: row.get(7)?,
        last_modified: row.get(8)?,
        is_known: fetched_at.is_some(),
        n_failed: row.get(10)?,
    })
}

fn discover(
    connection: &Connection,
    options: &Options,
    leads: &[Lead],
    default_delay_ms: Millis,
    now: Millis,
) -> Result<Done, rusqlite::Error> {
    let waiting_max = i64::try_from(options.waiting_per_source_max).unwrap_or(i64::MAX);
    let mut done = Done::default();
    // Leads of one page are of few sources and hosts, and come in runs.
    let mut room: Option<(SourceId, i64)> = None;
    let mut host: Option<(&str, i64)> = None;
    for lead in leads {
        let left = match room {
            Some((source, left)) if source == lead.source => left,
            _ => {
                let n_waiting: i64 = connection
                    .prepare_cached("SELECT n_waiting FROM source WHERE id = ?1")?
                    .query_row([lead.source], |row| row.get(0))?;
                waiting_max - n_waiting
            }
        };
        room = Some((lead.source, left));
        let is_seed = lead.depth == 0 && lead.kind != Kind::Article;
        let is_known = connection
            .prepare_cached("SELECT state FROM url WHERE url = ?1")?
            .query_row([lead.url.as_str()], |row| row.get::<_, i64>(0))
            .optional()?;
        if is_known.is_some_and(|state| !(is_seed && state == 0)) {
            continue;
        }
        if left <= 0 && !is_seed {
            done.n_left_out += 1;
            connection
                .prepare_cached("UPDATE source SET n_left_out = n_left_out + 1 WHERE id = ?1")?
                .execute([lead.source])?;
            continue;
        }
        let host_id = match host {
            Some((key, id)) if key == lead.host => id,
            _ => host_id(connection, &lead.host, default_delay_ms)?,
        };
        host = Some((&lead.host, host_id));
        let rank = if is_seed { SEED_RANK } else { lead.date.unwrap_or(now).min(now) };
        connection
            .prepare_cached(
                "INSERT INTO url(host_id, source_id, url, kind, depth, n_hops, state, rank, date, due_at, first_seen_at) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, 2, ?7, ?8, ?9, ?9) \
                 ON CONFLICT(url) DO UPDATE SET state = 2, due_at = excluded.due_at, source_id = excluded.source_id, \
                 kind = excluded.kind, depth = 0, rank = excluded.rank",
            )?
            .execute(params![
                host_id,
                lead.source,
                lead.url.as_str(),
                kind_number(lead.kind),
                lead.depth,
                lead.n_hops,
                rank,
                lead.date,
                now,
            ])?;
        connection
            .prepare_cached(
                "UPDATE source SET n_waiting = n_waiting + 1, \
                 last_new_at = CASE WHEN ?2 THEN ?3 ELSE last_new_at END WHERE id = ?1",
            )?
            .execute(params![lead.source, lead.kind == Kind::Article, now])?;
        connection
            .prepare_cached(
                "UPDATE host SET next_due = min(coalesce(next_due, ?2), ?2), \
                 ready_at = CASE WHEN is_leased THEN NULL ELSE max(not_before, min(coalesce(next_due, ?2), ?2)) END \
                 WHERE id = ?1",
            )?
            .execute([host_id, now])?;
        room = Some((lead.source, left - 1));
        done.n_new += 1;
    }
    Ok(done)
}

fn host_id(connection: &Connection, key: &str, delay_ms: Millis) -> Result<i64, rusqlite::Error> {
    let known = connection
        .prepare_cached("SELECT id FROM host WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    connection.prepare_cached("INSERT INTO host(key, delay_ms) VALUES(?1, ?2)")?.execute(params![key, delay_ms])?;
    Ok(connection.last_insert_rowid())
}

fn settle(connection: &Connection, options: &Options, settled: &Settled, now: Millis) -> Result<Done, rusqlite::Error> {
    let Settled { task, outcome, .. } = settled;
    let before = connection
        .prepare_cached("SELECT interval_ms, fingerprint, first_seen_at FROM url WHERE id = ?1")?
        .query_row([task.url_id], |row| {
            Ok(Before { interval: row.get(0)?, fingerprint: row.get(1)?, first_seen_at: row.get(2)? })
        })?;
    let next = options.next(task.lead.kind, outcome, task, &before, now);
    let is_due = next.due_at.is_some_and(|due_at| due_at <= now);
    let state = match next.due_at {
        None => 0,
        Some(_) if is_due => 2,
        Some(_) => 1,
    };
    let is_changed =
        matches!(outcome, Outcome::Fetched { fingerprint, .. } if before.fingerprint != Some(*fingerprint));
    let (etag, last_modified, fingerprint) = match outcome {
        Outcome::Fetched { etag, last_modified, fingerprint } => {
            (short(etag.as_deref()), short(last_modified.as_deref()), Some(*fingerprint))
        }
        _ => (task.etag.as_deref(), task.last_modified.as_deref(), before.fingerprint),
    };
    let is_answered = matches!(outcome, Outcome::Fetched { .. } | Outcome::NotModified);
    let n_failed = match outcome {
        Outcome::Fetched { .. } | Outcome::NotModified | Outcome::Moved | Outcome::Gone => 0,
        Outcome::Failed | Outcome::HostFailed => task.n_failed + 1,
        Outcome::Held { .. } => task.n_failed,
    };
    connection
        .prepare_cached(
            "UPDATE url SET state = ?2, due_at = ?3, interval_ms = ?4, n_failed = ?5, etag = ?6, last_modified = ?7, \
             fingerprint = ?8, fetched_at = CASE WHEN ?9 THEN ?10 ELSE fetched_at END, \
             changed_at = CASE WHEN ?11 THEN ?10 ELSE changed_at END, last_outcome = ?12 WHERE id = ?1",
        )?
        .execute(params![
            task.url_id,
            state,
            next.due_at,
            next.interval,
            n_failed,
            etag,
            last_modified,
            fingerprint,
            is_answered,
            settled.answered_at.unwrap_or(now),
            is_changed,
            settled.fetch.as_ref().map(|fetch| fetch.outcome.as_str()),
        ])?;
    if state == 0 {
        connection
            .prepare_cached("UPDATE source SET n_waiting = max(n_waiting - 1, 0) WHERE id = ?1")?
            .execute([task.lead.source])?;
    }
    let put = settled.article.as_ref().map(|draft| store::put(connection, draft)).transpose()?;
    let found = discover(connection, options, &settled.leads, settled.delay_ms, now)?;
    store::note_archived(connection, &settled.archived)?;
    if let Some(fetch) = &settled.fetch {
        store::log(connection, fetch)?;
    }
    match settled.answered_at {
        Some(answered_at) => release(connection, task.host_id, outcome, answered_at, settled.delay_ms)?,
        None => requeue_released(connection, task.host_id, now)?,
    }
    Ok(Done { put, ..found })
}

/// Gives a host back after a request to it.
fn release(
    connection: &Connection,
    host_id: i64,
    outcome: &Outcome,
    answered_at: Millis,
    delay_ms: Millis,
) -> Result<(), rusqlite::Error> {
    let not_before = answered_at.saturating_add(delay_ms);
    let wish = match outcome {
        Outcome::Held { retry_after } => Some(*retry_after),
        Outcome::HostFailed => Some(None),
        _ => None,
    };
    match wish {
        Some(retry_after) => {
            let (strikes, struck_at, hold): (i64, Millis, Millis) = connection
                .prepare_cached("SELECT strikes, struck_at, hold_ms FROM host WHERE id = ?1")?
                .query_row([host_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let trouble = trouble(strikes, struck_at, hold, retry_after, answered_at);
            let reason = match outcome {
                Outcome::HostFailed => UNREACHABLE,
                _ if retry_after.is_some() => ASKS_FOR_PEACE,
                _ => "is overloaded",
            };
            let not_before = not_before.max(answered_at.saturating_add(trouble.hold));
            connection
                .prepare_cached(
                    "UPDATE host SET delay_ms = ?2, not_before = ?3, strikes = ?4, struck_at = ?5, hold_ms = ?6, \
                     hold_reason = ?7 WHERE id = ?1",
                )?
                .execute(params![host_id, delay_ms, not_before, trouble.strikes, answered_at, trouble.hold, reason])?;
        }
        None => {
            connection
                .prepare_cached("UPDATE host SET delay_ms = ?2, not_before = max(not_before, ?3) WHERE id = ?1")?
                .execute([host_id, delay_ms, not_before])?;
        }
    }
    requeue_released(connection, host_id, answered_at)
}

fn requeue_released(connection: &Connection, host_id: i64, now: Millis) -> Result<(), rusqlite::Error> {
    connection.prepare_cached("UPDATE host SET is_leased = 0 WHERE id = ?1")?.execute([host_id])?;
    requeue(connection, host_id, now)
}

/// Puts a host where it belongs in the queue.
fn requeue(connection: &Connection, host_id: i64, now: Millis) -> Result<(), rusqlite::Error> {
    let is_ready =
        connection.prepare_cached("SELECT 1 FROM url WHERE host_id = ?1 AND state = 2 LIMIT 1")?.exists([host_id])?;
    let next_due = if is_ready { Some(now) } else { next_waiting(connection, host_id)? };
    connection
        .prepare_cached(
            "UPDATE host SET next_due = ?2, ready_at = CASE WHEN is_leased THEN NULL ELSE max(not_before, ?2) END \
             WHERE id = ?1",
        )?
        .execute(params![host_id, next_due])?;
    Ok(())
}

fn next_waiting(connection: &Connection, host_id: i64) -> Result<Option<Millis>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT due_at FROM url WHERE host_id = ?1 AND state = 1 ORDER BY due_at LIMIT 1")?
        .query_row([host_id], |row| row.get(0))
        .optional()
}

fn short(validator: Option<&str>) -> Option<&str> {
    validator.filter(|it| it.len() <= VALIDATOR_BYTES_MAX)
}
