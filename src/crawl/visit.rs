//! One visit: a leased URL to its settled fate.
//!
//! Where the site's robots.txt is not known, it is asked for in the page's place, and the page waits for the host's
//! next turn: a robots.txt is a request like any other, and the pause after it as long.

use super::keeper::{Keeper, RobotsVisit};
use super::read::{Known, Read, Reading, read, word};
use super::{CrawlError, Reservations, now};
use crate::archive::{self, Archive, Kept};
use crate::discover::Kind;
use crate::fetch::{
    Accept, FetchError, Fetched, Fetcher, Headers, Keep, Pace, Redirects, Reply, Request, RobotsAnswer, SiteRobots,
    Validators,
};
use crate::frontier::{Outcome, RobotsFile, Settled, SourceId, Task};
use crate::page::{Exchange, Page};
use crate::store::{self, Millis, Put};
use futures_util::FutureExt;
use jiff::Timestamp;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use url::Url;

/// Longest `Crawl-delay` that is kept to; see `fetch`.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(120);
/// Redirects from one address to the next, on the way to one page.
const HOPS_MAX: u32 = 10;

/// What all visits share.
pub(super) struct Shared {
    pub(super) fetcher: Fetcher,
    /// Those of sources with a proxy of their own.
    pub(super) proxied: HashMap<SourceId, Fetcher>,
    pub(super) keeper: Keeper,
    pub(super) sources: HashMap<SourceId, Arc<Known>>,
    /// Pause between two requests to a host, unless a source or a site says otherwise.
    pub(super) delay_ms: Millis,
    pub(super) reservations: Reservations,
    pub(super) archive: Option<Mutex<Archive>>,
    /// Pages read at once: as many as there are processors.
    pub(super) readers: Semaphore,
}

impl Shared {
    fn fetcher(&self, known: &Known) -> &Fetcher {
        self.proxied.get(&known.id).unwrap_or(&self.fetcher)
    }
}

/// How a visit went, for whoever counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visited {
    /// The source's name.
    pub source: String,
    /// What was expected: "article", "feed", "section", "sitemap", "robots".
    pub kind: &'static str,
    /// The address.
    pub url: Url,
    /// One word, as in the log.
    pub outcome: String,
    /// For people, if it is not as it should be.
    pub message: Option<String>,
    /// Bytes over the wire.
    pub wire_bytes: u64,
    /// What became of the article.
    pub put: Option<Put>,
    /// URLs that were new.
    pub n_new: usize,
    /// Links that were not followed or not kept.
    pub n_left_out: usize,
    /// Whether a request was sent.
    pub is_sent: bool,
    /// Whether it was sent with what is known from the last visit.
    pub is_conditional: bool,
}

/// What came of asking, before it is settled.
struct Asked {
    outcome: Outcome,
    word: String,
    message: Option<String>,
    status: Option<u16>,
    wire_bytes: u64,
    is_sent: bool,
    read: Option<Read>,
}

/// Visits a URL, and settles it. A panic on the way is its fate too: it must not come back to stop the next run.
///
/// # Errors
///
/// Only if the frontier or the archive is lost: what happens to one page is its fate, not an error.
pub(super) async fn visit(shared: Arc<Shared>, task: Task) -> Result<Visited, CrawlError> {
    let Some(known) = shared.sources.get(&task.lead.source).cloned() else {
        return Err(CrawlError::UnknownSource { id: task.lead.source });
    };
    let visiting = AssertUnwindSafe(visit_known(&shared, &known, task.clone())).catch_unwind();
    match visiting.await {
        Ok(visited) => visited,
        Err(panic) => {
            let message = format!("{} broke the program: {}", task.lead.url, told(panic.as_ref()));
            let asked = Asked {
                outcome: Outcome::Gone,
                word: "panic".to_owned(),
                message: Some(message),
                status: None,
                wire_bytes: 0,
                is_sent: true,
                read: None,
            };
            let done = Visit {
                began: Instant::now(),
                began_at: now(),
                answered_at: now(),
                delay_ms: delay(&shared, &known, None),
            };
            settle(&shared, &known, task, asked, Vec::new(), done).await
        }
    }
}

/// When a visit went how far.
struct Visit {
    began: Instant,
    began_at: Millis,
    answered_at: Millis,
    delay_ms: Millis,
}

async fn visit_known(shared: &Arc<Shared>, known: &Arc<Known>, task: Task) -> Result<Visited, CrawlError> {
    let began = Instant::now();
    let began_at = now();
    let request = request(known, shared.archive.is_some(), &task);
    let fetcher = shared.fetcher(known);
    let mut reply = fetcher.request(&request).await;
    if matches!(reply, Err(FetchError::RobotsNotAsked { .. })) {
        let before = shared.keeper.robots(robots_url(&task.lead.url)).await?.map(site_robots);
        if let Some(robots) = before.as_ref().filter(|robots| robots.expires_at > Timestamp::now()) {
            fetcher.keep_robots(robots);
            reply = fetcher.request(&request).await;
        }
        if matches!(reply, Err(FetchError::RobotsNotAsked { .. })) {
            return ask_robots(shared, known, task, before).await;
        }
    }
    let answered_at = now();
    let robots = fetcher.known_robots(&task.lead.url);
    let crawl_delay = robots.as_ref().and_then(|robots| robots.crawl_delay());
    let delay_ms = delay(shared, known, crawl_delay);
    let sitemaps = robots.map(|robots| robots.sitemaps().to_vec()).unwrap_or_default();
    let mut archived = Vec::new();
    let asked = match reply {
        Ok(Reply { fetched, exchanges }) => {
            let place;
            (place, archived) = archive(shared, exchanges).await?;
            came(shared, known, &task, fetched, answered_at, place, sitemaps).await
        }
        Err(error) => failed(&error),
    };
    settle(shared, known, task, asked, archived, Visit { began, began_at, answered_at, delay_ms }).await
}

/// Settles a visit.
async fn settle(
    shared: &Shared,
    known: &Known,
    task: Task,
    asked: Asked,
    archived: Vec<store::Archived>,
    visit: Visit,
) -> Result<Visited, CrawlError> {
    let Visit { began, began_at, answered_at, delay_ms } = visit;
    let Asked { outcome, word: outcome_word, message, status, wire_bytes, is_sent, read } = asked;
    let read = read.unwrap_or_default();
    let fetch = store::Fetch {
        at: began_at,
        source: known.name.clone(),
        kind: word(task.lead.kind),
        url: task.lead.url.as_str().to_owned(),
        outcome: outcome_word.clone(),
        status,
        wire_bytes,
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        message: message.clone(),
    };
    let mut visited = Visited {
        source: known.name.clone(),
        kind: word(task.lead.kind),
        url: task.lead.url.clone(),
        outcome: outcome_word,
        message,
        wire_bytes,
        put: None,
        n_new: 0,
        n_left_out: read.n_left_out,
        is_sent,
        is_conditional: task.etag.is_some() || task.last_modified.is_some(),
    };
    let settled = Settled {
        task,
        outcome,
        answered_at: is_sent.then_some(answered_at),
        delay_ms,
        article: read.article,
        leads: read.leads,
        archived,
        fetch: Some(fetch),
    };
    let done = shared.keeper.settle(settled).await?;
    if done.put == Some(Put::Same) {
        "same".clone_into(&mut visited.outcome);
    }
    visited.put = done.put;
    visited.n_new = done.n_new;
    visited.n_left_out += done.n_left_out;
    Ok(visited)
}

fn request(known: &Known, is_archived: bool, task: &Task) -> Request {
    // A cookie or a key is for the hosts that the settings name, not for wherever a feed leads.
    let mut headers =
        if known.source.is_own(&task.lead.url) { known.source.headers.clone() } else { Headers::default() };
    if let Some(language) = &known.source.language
        && headers.get("accept-language").is_none()
    {
        headers = headers.with("accept-language", language);
    }
    Request {
        validators: Validators { etag: task.etag.clone(), last_modified: task.last_modified.clone() },
        redirects: Redirects::Report,
        accept: match task.lead.kind {
            Kind::Article | Kind::Section => Accept::Page,
            Kind::Feed | Kind::Sitemap => Accept::List,
        },
        pace: Pace::Callers,
        headers,
        keep: if is_archived { Keep::Exchanges } else { Keep::Page },
        ..Request::new(task.lead.url.clone())
    }
}

fn delay(shared: &Shared, known: &Known, crawl_delay: Option<Duration>) -> Millis {
    let own = known.source.delay_ms.map_or(shared.delay_ms, |delay| Millis::try_from(delay.get()).unwrap_or(0));
    let theirs = crawl_delay.unwrap_or_default().min(CRAWL_DELAY_MAX);
    let pause = own.max(Millis::try_from(theirs.as_millis()).unwrap_or(Millis::MAX));
    // The clock is read in whole milliseconds, rounded down: one more, so that no pause is shorter than it is said to be.
    if pause == 0 { 0 } else { pause.saturating_add(1) }
}

/// What came back, read.
async fn came(
    shared: &Arc<Shared>,
    known: &Arc<Known>,
    task: &Task,
    fetched: Fetched,
    answered_at: Millis,
    archive: Option<String>,
    sitemaps: Vec<String>,
) -> Asked {
    let asked = |outcome: Outcome, word: &str, status: u16| Asked {
        outcome,
        word: word.to_owned(),
        message: None,
        status: Some(status),
        wire_bytes: 0,
        is_sent: true,
        read: None,
    };
    match fetched {
        Fetched::NotModified => asked(Outcome::NotModified, "unchanged", 304),
        Fetched::Moved(target) if task.lead.n_hops >= HOPS_MAX => Asked {
            message: Some(format!("{} redirects on to {target}, after {HOPS_MAX} redirects", task.lead.url)),
            ..asked(Outcome::Gone, "too-many-redirects", 302)
        },
        Fetched::Moved(target) => {
            let leads = known.moved(&task.lead, &target).into_iter().collect();
            Asked { read: Some(Read { leads, ..Read::default() }), ..asked(Outcome::Moved, "moved", 302) }
        }
        Fetched::Page(page) => {
            let http = page.http.clone();
            let (etag, last_modified) =
                http.as_ref().map(|it| (it.etag.clone(), it.last_modified.clone())).unwrap_or_default();
            let status = http.as_ref().map_or(200, |it| it.status);
            let wire_bytes = http.as_ref().map_or(0, |it| it.wire_bytes);
            if shared.reservations == Reservations::Obey
                && let Some(reserved) = reserved(&page)
            {
                let message = Some(format!("{} says {reserved}", task.lead.url));
                return Asked { message, wire_bytes, ..asked(Outcome::Gone, "reserved", status) };
            }
            match read_aside(shared, known, task, page, answered_at, archive, sitemaps).await {
                Ok(read) => {
                    let outcome = match read.is_sound {
                        true => Outcome::Fetched { etag, last_modified, fingerprint: read.fingerprint },
                        false => Outcome::Failed,
                    };
                    Asked {
                        message: read.message.clone(),
                        wire_bytes,
                        read: Some(Read { message: None, ..read }),
                        ..asked(outcome, read.outcome, status)
                    }
                }
                Err(panic) => Asked {
                    message: Some(format!("{} broke the program: {panic}", task.lead.url)),
                    wire_bytes,
                    ..asked(Outcome::Gone, "panic", status)
                },
            }
        }
    }
}

/// What a page says that reserves it, as it says it.
fn reserved(page: &Page) -> Option<String> {
    let http = page.http.as_ref()?;
    if http.tdm_reservation.as_deref().map(str::trim) == Some("1") {
        return Some("tdm-reservation: 1".to_owned());
    }
    let forbids = |tag: &&String| {
        let tag = tag.to_ascii_lowercase();
        // `none` is short for all; a date or another robot's name may stand before a colon.
        tag.split([',', ':']).any(|wish| matches!(wish.trim(), "noindex" | "noarchive" | "none" | "noai"))
    };
    http.robots_tags.iter().find(forbids).map(|tag| format!("X-Robots-Tag: {tag}"))
}

/// Reads a page on a thread of its own. Its panic is told, and costs that page.
async fn read_aside(
    shared: &Arc<Shared>,
    known: &Arc<Known>,
    task: &Task,
    page: Page,
    fetched_at: Millis,
    archive: Option<String>,
    sitemaps: Vec<String>,
) -> Result<Read, String> {
    let _place = shared.readers.acquire().await.expect("never closed");
    let (known, lead) = (Arc::clone(known), task.lead.clone());
    let reading = tokio::task::spawn_blocking(move || {
        panic::catch_unwind(AssertUnwindSafe(|| {
            read(&page, Reading { known: &known, lead: &lead, fetched_at, archive, sitemaps })
        }))
    });
    match reading.await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(panic)) => Err(told(panic.as_ref())),
        Err(error) => Err(error.to_string()),
    }
}

/// The message of a panic.
fn told(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

/// What a failure means for the URL and its host.
fn failed(error: &FetchError) -> Asked {
    let outcome = match error {
        FetchError::ComeBackLater { status: 429 | 503, retry_after_ms, .. } => {
            Outcome::Held { retry_after: Some(Millis::try_from(*retry_after_ms).unwrap_or(Millis::MAX)) }
        }
        FetchError::Status { status: 429 | 503, .. } => Outcome::Held { retry_after: None },
        FetchError::Connect { .. }
        | FetchError::Timeout { .. }
        | FetchError::Resolve { .. }
        | FetchError::NoSuchHost { .. }
        | FetchError::Tls { .. }
        | FetchError::RobotsUnreachable { .. } => Outcome::HostFailed,
        error if error.is_transient() => Outcome::Failed,
        _ => Outcome::Gone,
    };
    let status = match error {
        FetchError::Status { status, .. } | FetchError::ComeBackLater { status, .. } => Some(*status),
        _ => None,
    };
    let is_sent = !matches!(
        error,
        FetchError::Disallowed { .. }
            | FetchError::RobotsNotAsked { .. }
            | FetchError::PrivateAddress { .. }
            | FetchError::InvalidUrl { .. }
    );
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        message = format!("{message}: {source}");
        cause = source.source();
    }
    Asked { outcome, word: error.kind().to_owned(), message: Some(message), status, wire_bytes: 0, is_sent, read: None }
}

/// Asks for the robots.txt in the page's place.
async fn ask_robots(
    shared: &Arc<Shared>,
    known: &Known,
    task: Task,
    before: Option<SiteRobots>,
) -> Result<Visited, CrawlError> {
    let is_conditional = before.as_ref().is_some_and(|before| before.validators != Validators::default());
    let robots = shared.fetcher(known).ask_robots(&task.lead.url, before).await;
    let answered_at = now();
    let crawl_delay = shared.fetcher(known).known_robots(&task.lead.url).and_then(|robots| robots.crawl_delay());
    let delay_ms = delay(shared, known, crawl_delay);
    let (outcome, word, message) = match &robots.answer {
        RobotsAnswer::Rules(_) | RobotsAnswer::None => (Outcome::NotModified, "read".to_owned(), None),
        RobotsAnswer::Unreachable { kind, message, retry_after_ms } => {
            let outcome = match retry_after_ms {
                Some(wish) => Outcome::Held { retry_after: Some(Millis::try_from(*wish).unwrap_or(Millis::MAX)) },
                None => Outcome::HostFailed,
            };
            (outcome, kind.clone(), Some(message.clone()))
        }
    };
    let url = robots.url.clone();
    let n_bytes = match &robots.answer {
        RobotsAnswer::Rules(body) => body.len() as u64,
        RobotsAnswer::None | RobotsAnswer::Unreachable { .. } => 0,
    };
    let file = robots_file(robots);
    let visit = RobotsVisit { task, file, outcome, answered_at, delay_ms };
    shared.keeper.settle_robots(visit).await?;
    Ok(Visited {
        source: known.name.clone(),
        kind: "robots",
        url,
        outcome: word,
        message,
        wire_bytes: n_bytes,
        put: None,
        n_new: 0,
        n_left_out: 0,
        is_sent: true,
        is_conditional,
    })
}

fn robots_url(url: &Url) -> Url {
    let mut robots = url.clone();
    robots.set_path("/robots.txt");
    robots.set_query(None);
    robots.set_fragment(None);
    // Both fail only for addresses that can hold neither.
    let _ = robots.set_username("");
    let _ = robots.set_password(None);
    robots
}

/// What is kept of an answer; nothing of one that could not be had.
fn robots_file(robots: SiteRobots) -> Option<RobotsFile> {
    let body = match robots.answer {
        RobotsAnswer::Rules(body) => Some(body),
        RobotsAnswer::None => None,
        RobotsAnswer::Unreachable { .. } => return None,
    };
    Some(RobotsFile {
        url: robots.url,
        body,
        etag: robots.validators.etag,
        last_modified: robots.validators.last_modified,
        fetched_at: robots.fetched_at.as_millisecond(),
        expires_at: robots.expires_at.as_millisecond(),
    })
}

fn site_robots(file: RobotsFile) -> SiteRobots {
    let moment = |at: Millis| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    SiteRobots {
        url: file.url,
        answer: file.body.map_or(RobotsAnswer::None, RobotsAnswer::Rules),
        validators: Validators { etag: file.etag, last_modified: file.last_modified },
        fetched_at: moment(file.fetched_at),
        expires_at: moment(file.expires_at),
    }
}

/// Keeps exchanges as they were. Gives where the last of them is, `file:offset`, and what is to be noted of them.
async fn archive(
    shared: &Arc<Shared>,
    exchanges: Vec<Exchange>,
) -> Result<(Option<String>, Vec<store::Archived>), CrawlError> {
    if shared.archive.is_none() || exchanges.is_empty() {
        return Ok((None, Vec::new()));
    }
    let mut earlier = Vec::new();
    for exchange in &exchanges {
        let digest = archive::digest(exchange);
        let kept = shared.keeper.with(move |frontier| store::archived(frontier.database(), &digest)).await?;
        earlier.push(kept.and_then(|json| serde_json::from_str::<Kept>(&json).ok()));
    }
    let aside = Arc::clone(shared);
    let written = tokio::task::spawn_blocking(move || {
        let archive = aside.archive.as_ref().expect("checked above");
        let mut archive = archive.lock().unwrap_or_else(PoisonError::into_inner);
        let written =
            exchanges.iter().zip(earlier).map(|(exchange, earlier)| archive.write(exchange, earlier.as_ref()));
        written.collect::<Result<Vec<Kept>, _>>()
    });
    let kept = written.await.map_err(|_| CrawlError::KeeperLost)?.map_err(CrawlError::Archive)?;
    let place = kept.last().map(|kept| format!("{}:{}", kept.file, kept.offset));
    let payloads = kept.iter().filter(|kept| !kept.is_revisit);
    let notes = payloads.map(|kept| store::Archived {
        digest: kept.digest.clone(),
        record: serde_json::to_string(kept).expect("text and numbers"),
    });
    Ok((place, notes.collect()))
}
