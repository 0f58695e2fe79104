//! Articles and their versions: what is new, what changed, what is a copy of what.

use super::Millis;
use super::search::{Trailing, indexed};
use crate::article::{Article, PartKind};
use crate::duplicate::SimHash;
use crate::text;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;
use url::Url;

/// Words from which a fingerprint says something about a text (see [`SimHash::is_near`]). Shorter ones are copies only
/// when they are equal.
const NEAR_WORDS_MIN: usize = 50;
/// Articles that share a quarter of a fingerprint and are looked at, the latest first. At a million articles a quarter
/// is shared by 15 by chance; more than this means a text that everybody has, whose first article is marked already.
const CANDIDATES_MAX: usize = 500;
/// Quarters of a fingerprint: texts that differ in at most three bits have one of four in common.
const BANDS: u32 = 4;
/// Fields whose change makes a new version: what a reader would see corrected. Dates of change, keywords and pictures
/// come and go without the story changing.
const WATCHED_FIELDS: [&str; 6] = ["headline", "author", "datePublished", "description", "text", "truncated"];
/// Tries at a free name by counting, before the article's number makes it free.
const NAME_TRIES_MAX: u32 = 20;

/// An article as it was extracted, on its way into the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The address it was fetched from, in normal form.
    pub url: String,
    /// The address its page gives as its own, in normal form, if it may be this article's.
    pub canonical: Option<String>,
    /// The source's name.
    pub source: String,
    /// When.
    pub fetched_at: Millis,
    /// When it was published, as far as that is known.
    pub published: Option<Millis>,
    /// BCP 47.
    pub language: Option<String>,
    /// The headline, for search.
    pub headline: String,
    /// The body, for search.
    pub text: String,
    /// Words of the body.
    pub n_words: usize,
    /// `sha256:` and the digest of the text.
    pub content_hash: String,
    /// The text's fingerprint.
    pub simhash: SimHash,
    /// What a file of it is to be called: `host/date-slug`.
    pub file_stem: String,
    /// Where the page as served is kept.
    pub archive: Option<String>,
    /// The record.
    pub json: String,
}

impl Draft {
    /// The draft of an article fetched from `url`. `canonical` is what became of its page's canonical URL.
    ///
    /// `None` for an article without text: there is nothing to keep.
    pub fn of(
        article: &Article,
        url: &Url,
        canonical: Option<&Url>,
        source: &str,
        fetched_at: Millis,
        archive: Option<String>,
    ) -> Option<Self> {
        if article.text.trim().is_empty() {
            return None;
        }
        let metadata = &article.metadata;
        let published = metadata.date_published.as_deref().and_then(millis);
        // A canonical URL of the front page, or of another host, is a slip of the site's template or a copy's original.
        let is_own = |canonical: &&Url| canonical.host_str() == url.host_str() && canonical.path() != "/";
        let canonical = canonical.filter(is_own).map(|it| it.as_str().to_owned());
        let captions = article.blocks.iter().filter(|it| it.kind == PartKind::Caption).map(|it| it.text.as_str());
        let searched: Vec<&str> = std::iter::once(article.text.as_str()).chain(captions).collect();
        Some(Self {
            url: url.as_str().to_owned(),
            canonical,
            source: source.to_owned(),
            fetched_at,
            published,
            language: metadata.in_language.clone(),
            headline: metadata.headline.clone().unwrap_or_default(),
            text: searched.join("\n"),
            n_words: article.word_count,
            content_hash: article.content_hash.clone(),
            simhash: SimHash(u64::from_str_radix(&article.simhash, 16).unwrap_or(0)),
            file_stem: file_stem(url, published.unwrap_or(fetched_at)),
            archive,
            json: serde_json::to_string(article).expect("an article is text, numbers and lists"),
        })
    }
}

/// An ISO 8601 date or time as milliseconds; a date alone is its first moment in UTC, as is a time without zone.
pub(crate) fn millis(date: &str) -> Option<Millis> {
    if let Ok(moment) = date.parse::<jiff::Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let civil: jiff::civil::DateTime = date.parse().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(civil).ok().map(|moment| moment.as_millisecond())
}

/// `host/date-slug`, of letters, digits, `-`, `_` and `.` only.
fn file_stem(url: &Url, date: Millis) -> String {
    let day = jiff::Timestamp::from_millisecond(date).map(|moment| moment.strftime("%Y-%m-%d").to_string());
    let segments = || url.path_segments().into_iter().flatten().rev();
    let slug = text::percent_decoded(segments().find(|segment| !segment.is_empty()).unwrap_or("index"));
    let slug = [".html", ".htm", ".php", ".aspx"].iter().find_map(|end| slug.strip_suffix(end)).unwrap_or(&slug);
    let slug = text::slug(slug, SLUG_BYTES_MAX);
    let host = text::slug(url.host_str().unwrap_or_default(), SLUG_BYTES_MAX);
    let host = if host.is_empty() { "host".to_owned() } else { host };
    let day = day.unwrap_or_else(|_| "undated".to_owned());
    if slug.is_empty() { format!("{host}/{day}") } else { format!("{host}/{day}-{slug}") }
}

/// Bytes of a slug: file systems stop at 255 for a name, and a date, a number and an ending come to it.
const SLUG_BYTES_MAX: usize = 100;

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is a new article.
    New {
        /// Its first version.
        seq: i64,
        /// Whether another article says the same.
        is_duplicate: bool,
    },
    /// It is a new version of an article.
    Changed {
        /// That version.
        seq: i64,
    },
    /// The article is as it was.
    Same,
}

/// What is known of an article before a draft of it.
struct Known {
    id: i64,
    content_hash: String,
    simhash: i64,
    n_versions: i64,
    json: String,
}

/// Keeps a draft within the caller's transaction.
///
/// # Errors
///
/// What the database says; the transaction is then to be given up.
pub fn put(connection: &Connection, draft: &Draft) -> Result<Put, rusqlite::Error> {
    let identities = [draft.canonical.as_deref(), Some(draft.url.as_str())];
    for identity in identities.into_iter().flatten() {
        if let Some(known) = known(connection, identity)?
            && (identity == draft.url || is_same_story(&known, draft))
        {
            return update(connection, known, draft);
        }
    }
    // The canonical URL, unless something else is there.
    let identity = match &draft.canonical {
        Some(canonical) if known(connection, canonical)?.is_none() => canonical,
        _ => &draft.url,
    };
    insert(connection, identity, draft)
}

/// As [`put`], for a page that was fetched at some time: an article that was seen since stays as it is, unless this is
/// the page it was read from.
///
/// # Errors
///
/// What the database says.
pub fn put_if_newer(connection: &Connection, draft: &Draft) -> Result<Put, rusqlite::Error> {
    let fetched_at: Option<Millis> = connection
        .prepare_cached(
            "SELECT max(v.fetched_at) FROM version v JOIN article a ON a.id = v.article_id WHERE a.url = ?1",
        )?
        .query_row([&draft.url], |row| row.get(0))?;
    // Records of archives know the second.
    if fetched_at.is_some_and(|fetched_at| draft.fetched_at / 1_000 < fetched_at / 1_000 - REPLAY_SLACK_S) {
        return Ok(Put::Same);
    }
    put(connection, draft)
}

/// Seconds between the record in an archive and the settling of the page in it, at most: the longest a page may take.
const REPLAY_SLACK_S: i64 = 120;

/// The source that an address belongs to, if an article of it is there.
///
/// # Errors
///
/// What the database says.
pub fn source_of(connection: &Connection, url: &str) -> Result<Option<String>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT source FROM article WHERE url = ?1 LIMIT 1")?
        .query_row([url], |row| row.get(0))
        .optional()
}

fn known(connection: &Connection, identity: &str) -> Result<Option<Known>, rusqlite::Error> {
    let sql = "SELECT a.id, a.content_hash, a.simhash, a.n_versions, v.json FROM article a \
               JOIN version v ON v.seq = a.current WHERE a.identity = ?1";
    let read = |row: &Row<'_>| {
        Ok(Known {
            id: row.get(0)?,
            content_hash: row.get(1)?,
            simhash: row.get(2)?,
            n_versions: row.get(3)?,
            json: row.get(4)?,
        })
    };
    connection.prepare_cached(sql)?.query_row([identity], read).optional()
}

fn is_same_story(known: &Known, draft: &Draft) -> bool {
    known.content_hash == draft.content_hash || draft.simhash.is_near(SimHash(known.simhash as u64))
}

fn insert(connection: &Connection, identity: &str, draft: &Draft) -> Result<Put, rusqlite::Error> {
    let id: i64 =
        connection.prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM article")?.query_row([], |row| row.get(0))?;
    let first = first_of_cluster(connection, id, draft)?;
    let seq = add_version(connection, id, 1, "", draft)?;
    let file_stem = free_stem(connection, id, &draft.file_stem)?;
    connection
        .prepare_cached(
            "INSERT INTO article(id, identity, url, source, language, published, first_fetched_at, checked_at, file_stem, \
             current, n_versions, content_hash, simhash, duplicate_of, is_near) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, 1, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            id,
            identity,
            draft.url,
            draft.source,
            draft.language,
            draft.published,
            draft.fetched_at,
            file_stem,
            seq,
            draft.content_hash,
            draft.simhash.0 as i64,
            first.map(|first| first.id),
            first.is_some_and(|first| first.is_near),
        ])?;
    index(connection, id, draft)?;
    Ok(Put::New { seq, is_duplicate: first.is_some() })
}

fn update(connection: &Connection, known: Known, draft: &Draft) -> Result<Put, rusqlite::Error> {
    let changes = changes(&known.json, &draft.json);
    if changes.is_empty() {
        connection
            .prepare_cached("UPDATE article SET checked_at = max(checked_at, ?2) WHERE id = ?1")?
            .execute(params![known.id, draft.fetched_at])?;
        return Ok(Put::Same);
    }
    let n = known.n_versions + 1;
    let seq = add_version(connection, known.id, n, &changes.join(","), draft)?;
    let first = first_of_cluster(connection, known.id, draft)?;
    connection
        .prepare_cached(
            "UPDATE article SET current = ?2, n_versions = ?3, checked_at = ?4, language = ?5, published = ?6, \
             content_hash = ?7, simhash = ?8, duplicate_of = ?9, is_near = ?10 WHERE id = ?1",
        )?
        .execute(params![
            known.id,
            seq,
            n,
            draft.fetched_at,
            draft.language,
            draft.published,
            draft.content_hash,
            draft.simhash.0 as i64,
            first.map(|first| first.id),
            first.is_some_and(|first| first.is_near),
        ])?;
    for band in bands(SimHash(known.simhash as u64)) {
        connection
            .prepare_cached("DELETE FROM simhash_band WHERE band = ?1 AND article_id = ?2")?
            .execute(params![band, known.id])?;
    }
    connection.prepare_cached("DELETE FROM fulltext WHERE rowid = ?1")?.execute([known.id])?;
    index(connection, known.id, draft)?;
    Ok(Put::Changed { seq })
}

/// Names of the watched fields in which two records differ.
fn changes(before: &str, after: &str) -> Vec<&'static str> {
    let parsed = |json: &str| serde_json::from_str::<Value>(json).unwrap_or_default();
    let (before, after) = (parsed(before), parsed(after));
    WATCHED_FIELDS.into_iter().filter(|field| before[*field] != after[*field]).collect()
}

fn add_version(
    connection: &Connection,
    article_id: i64,
    n: i64,
    changes: &str,
    draft: &Draft,
) -> Result<i64, rusqlite::Error> {
    connection
        .prepare_cached(
            "INSERT INTO version(article_id, n, fetched_at, changes, archive, json) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![article_id, n, draft.fetched_at, changes, draft.archive, draft.json])?;
    Ok(connection.last_insert_rowid())
}

fn index(connection: &Connection, id: i64, draft: &Draft) -> Result<(), rusqlite::Error> {
    if draft.n_words >= NEAR_WORDS_MIN {
        for band in bands(draft.simhash) {
            connection
                .prepare_cached("INSERT INTO simhash_band(band, article_id, simhash) VALUES(?1, ?2, ?3)")?
                .execute(params![band, id, draft.simhash.0 as i64])?;
        }
    }
    connection.prepare_cached("INSERT INTO fulltext(rowid, headline, body) VALUES(?1, ?2, ?3)")?.execute(params![
        id,
        indexed(&draft.headline, Trailing::Added),
        indexed(&draft.text, Trailing::Added)
    ])?;
    Ok(())
}

/// The first article of a cluster, as seen from another of it.
#[derive(Debug, Clone, Copy)]
struct First {
    id: i64,
    is_near: bool,
}

/// The first of the articles before this one that say the same, or nearly.
fn first_of_cluster(connection: &Connection, id: i64, draft: &Draft) -> Result<Option<First>, rusqlite::Error> {
    let same = connection
        .prepare_cached(
            "SELECT coalesce(duplicate_of, id) FROM article WHERE content_hash = ?1 AND id < ?2 ORDER BY id LIMIT 1",
        )?
        .query_row(params![draft.content_hash, id], |row| row.get(0))
        .optional()?;
    if let Some(first) = same {
        return Ok((first != id).then_some(First { id: first, is_near: false }));
    }
    if draft.n_words < NEAR_WORDS_MIN {
        return Ok(None);
    }
    let mut near: Option<i64> = None;
    for band in bands(draft.simhash) {
        let mut statement = connection.prepare_cached(
            "SELECT article_id, simhash FROM simhash_band WHERE band = ?1 AND article_id < ?2 \
             ORDER BY article_id DESC LIMIT ?3",
        )?;
        let mut rows = statement.query(params![band, id, CANDIDATES_MAX as i64])?;
        while let Some(row) = rows.next()? {
            let (candidate, simhash): (i64, i64) = (row.get(0)?, row.get(1)?);
            if SimHash(simhash as u64).is_near(draft.simhash) {
                near = Some(near.map_or(candidate, |before| before.min(candidate)));
            }
        }
    }
    let Some(near) = near else { return Ok(None) };
    let first: i64 = connection
        .prepare_cached("SELECT coalesce(duplicate_of, id) FROM article WHERE id = ?1")?
        .query_row([near], |row| row.get(0))?;
    Ok((first != id).then_some(First { id: first, is_near: true }))
}

/// The quarters of a fingerprint, each with its number.
fn bands(simhash: SimHash) -> impl Iterator<Item = i64> {
    (0..BANDS).map(move |n| i64::from(n) << 16 | ((simhash.0 >> (16 * n)) & 0xffff) as i64)
}

fn free_stem(connection: &Connection, id: i64, wanted: &str) -> Result<String, rusqlite::Error> {
    let mut stem = wanted.to_owned();
    for n in 2..=NAME_TRIES_MAX {
        let is_taken = connection.prepare_cached("SELECT 1 FROM article WHERE file_stem = ?1")?.exists([&stem])?;
        if !is_taken {
            return Ok(stem);
        }
        stem = format!("{wanted}-{n}");
    }
    Ok(format!("{wanted}-a{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Database, Export, Filter, Stored, TABLES, search};

    fn store() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let database = Database::open(&folder.path().join("a.db"), &[TABLES]).expect("can be made");
        (folder, database)
    }

    fn draft(url: &str, headline: &str, text: &str) -> Draft {
        let article = serde_json::json!({"url": url, "headline": headline, "text": text});
        Draft {
            url: url.to_owned(),
            canonical: None,
            source: "herald".to_owned(),
            fetched_at: 1_000,
            published: None,
            language: Some("en".to_owned()),
            headline: headline.to_owned(),
            text: text.to_owned(),
            n_words: text::n_words(text),
            content_hash: text.to_owned(),
            simhash: SimHash::of(text),
            file_stem: "news.example/1970-01-01-a".to_owned(),
            archive: None,
            json: article.to_string(),
        }
    }

    fn keep(database: &Database, draft: &Draft) -> Put {
        database.transaction(|connection| put(connection, draft)).expect("can be stored")
    }

    fn all(database: &Database) -> Vec<Stored> {
        Export::every_version(database, Filter::default(), 0).next_batch().expect("can be read")
    }

    fn long(start: &str) -> String {
        let words = (0..800).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        format!("{start} {words}")
    }

    #[test]
    fn a_changed_article_is_a_new_version_that_says_what_changed() {
        let (_folder, database) = store();
        let url = "https://news.example/a";
        assert_eq!(keep(&database, &draft(url, "Old", "Text.")), Put::New { seq: 1, is_duplicate: false });
        assert_eq!(keep(&database, &draft(url, "Old", "Text.")), Put::Same);
        assert_eq!(keep(&database, &draft(url, "New", "Text, corrected.")), Put::Changed { seq: 2 });
        let versions = all(&database);
        assert_eq!(versions.iter().map(|it| it.version).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(versions[1].changes, ["headline", "text"]);
        let latest = Export::latest(&database, Filter::default(), 0).next_batch().expect("can be read");
        assert_eq!(latest.iter().map(|it| it.seq).collect::<Vec<_>>(), [2]);
        let found = |query: &str| search(&database, query, &Filter::default(), 9).expect("a query").len();
        assert_eq!((found("old"), found("new corrected")), (0, 1));
    }

    #[test]
    fn copies_name_the_first() {
        let (_folder, database) = store();
        let text = long("The");
        keep(&database, &draft("https://a.example/1", "A", &text));
        keep(&database, &draft("https://b.example/1", "B", &text));
        let near = text.replace("word7 ", "word seven ");
        assert_eq!(keep(&database, &draft("https://c.example/1", "C", &near)), Put::New { seq: 3, is_duplicate: true });
        keep(&database, &draft("https://d.example/1", "D", "Something else entirely."));
        let firsts: Vec<_> = all(&database).into_iter().map(|it| (it.duplicate_of, it.is_near)).collect();
        let first = || Some("https://a.example/1".to_owned());
        assert_eq!(firsts, [(None, false), (first(), false), (first(), true), (None, false)]);
    }

    #[test]
    fn a_canonical_url_joins_what_is_one_story_and_nothing_else() {
        let (_folder, database) = store();
        let canonical = Some("https://news.example/story".to_owned());
        let at = |url: &str, text: &str| Draft { canonical: canonical.clone(), ..draft(url, "A", text) };
        assert!(matches!(keep(&database, &at("https://news.example/story?page=1", &long("A"))), Put::New { .. }));
        assert_eq!(keep(&database, &at("https://news.example/amp/story", &long("A"))), Put::Same);
        // A template that gives every page the same canonical URL must not make one article of them.
        assert!(matches!(keep(&database, &at("https://news.example/other", "Another story.")), Put::New { .. }));
        assert_eq!(keep(&database, &at("https://news.example/other", "Another story.")), Put::Same);
    }

    #[test]
    fn languages_without_spaces_are_found() {
        let (_folder, database) = store();
        keep(&database, &draft("https://a.example/1", "東京都の新しい橋", "昨日、橋が開通した。"));
        keep(&database, &draft("https://a.example/2", "ข่าววันนี้", "สะพานเปิดแล้วเมื่อวานนี้"));
        let found = |query: &str| -> Vec<String> {
            let hits = search(&database, query, &Filter::default(), 9).expect("a query");
            hits.into_iter().map(|hit| hit.stored.url).collect()
        };
        for query in ["東京", "開通", "橋", "昨日 橋", "新しい"] {
            assert_eq!(found(query), ["https://a.example/1"], "{query}");
        }
        for query in ["สะพาน", "วันนี้"] {
            assert_eq!(found(query), ["https://a.example/2"], "{query}");
        }
        assert!(found("大阪").is_empty());
    }

    #[test]
    fn filters_hold_for_search_and_export() {
        let (_folder, database) = store();
        keep(&database, &Draft { published: Some(5_000), ..draft("https://a.example/1", "Ferry", "One.") });
        let brazil = Some("pt-BR".to_owned());
        keep(
            &database,
            &Draft { language: brazil, source: "folha".into(), ..draft("https://b.example/1", "Ferry", "Um.") },
        );
        let filters = [
            (Filter { source: Some("folha".into()), ..Filter::default() }, "https://b.example/1"),
            (Filter { language: Some("PT".into()), ..Filter::default() }, "https://b.example/1"),
            (Filter { since: Some(2_000), ..Filter::default() }, "https://a.example/1"),
        ];
        for (filter, url) in filters {
            let exported = Export::latest(&database, filter.clone(), 0).next_batch().expect("can be read");
            assert_eq!(exported.iter().map(|it| it.url.as_str()).collect::<Vec<_>>(), [url], "{filter:?}");
            let hits = search(&database, "ferry", &filter, 9).expect("a query");
            assert_eq!(hits.iter().map(|it| it.stored.url.as_str()).collect::<Vec<_>>(), [url], "{filter:?}");
        }
    }

    #[test]
    fn names_of_files_are_free_and_stay_in_their_folder() {
        let (_folder, database) = store();
        keep(&database, &draft("https://a.example/1", "A", "One."));
        keep(&database, &draft("https://a.example/2", "B", "Two."));
        let stems: Vec<String> = all(&database).into_iter().map(|it| it.file_stem).collect();
        assert_eq!(stems, ["news.example/1970-01-01-a", "news.example/1970-01-01-a-2"]);
        let stem = |url: &str| file_stem(&Url::parse(url).expect("a URL"), 0);
        assert_eq!(stem("https://news.example/..%2F..%2Fetc/x.html?id=3"), "news.example/1970-01-01-x");
        assert_eq!(stem("https://news.example/%2e%2e%2f"), "news.example/1970-01-01");
        assert_eq!(stem("http://[::1]:80/"), "1/1970-01-01-index");
    }
}
