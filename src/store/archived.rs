//! Which payloads are in the archive already, and where; and how far each output has come.

use super::{Database, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

/// A payload in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Its digest.
    pub digest: String,
    /// The record that holds it, as JSON.
    pub record: String,
}

/// The record that holds a payload, if it was archived before.
///
/// # Errors
///
/// If the store fails.
pub fn archived(database: &Database, digest: &str) -> Result<Option<String>, StoreError> {
    database.read(|connection| {
        connection
            .prepare_cached("SELECT record FROM archived WHERE digest = ?1")?
            .query_row([digest], |row| row.get(0))
            .optional()
    })
}

/// Notes payloads within the caller's transaction; the first record of each stays.
///
/// # Errors
///
/// What the database says.
pub fn note_archived(connection: &Connection, archived: &[Archived]) -> Result<(), rusqlite::Error> {
    archived.iter().try_for_each(|it| {
        connection
            .prepare_cached("INSERT OR IGNORE INTO archived(digest, record) VALUES(?1, ?2)")?
            .execute([&it.digest, &it.record])
            .map(drop)
    })
}

/// The last version that an output has; a new output begins after the last version there is.
///
/// # Errors
///
/// If the store fails.
pub fn output_cursor(database: &Database, name: &str) -> Result<i64, StoreError> {
    database.transaction(|connection| {
        connection.execute(
            "INSERT OR IGNORE INTO output(name, cursor) VALUES(?1, (SELECT coalesce(max(seq), 0) FROM version))",
            [name],
        )?;
        connection.query_row("SELECT cursor FROM output WHERE name = ?1", [name], |row| row.get(0))
    })
}

/// The number of the last version there is.
///
/// # Errors
///
/// If the store fails.
pub fn last_seq(database: &Database) -> Result<i64, StoreError> {
    database.read(|it| it.query_row("SELECT coalesce(max(seq), 0) FROM version", [], |row| row.get(0)))
}

/// Notes that an output has all versions up to this one.
///
/// # Errors
///
/// If the store fails.
pub fn set_output_cursor(database: &Database, name: &str, cursor: i64) -> Result<(), StoreError> {
    database.transaction(|connection| {
        let advance = "UPDATE output SET cursor = max(cursor, ?2) WHERE name = ?1";
        connection.execute(advance, params![name, cursor]).map(drop)
    })
}
