//! The URLs that a crawl knows, and when each may be asked for again.
//!
//! Five verbs: [`discover`](Frontier::discover) takes what was found, [`lease`](Frontier::lease) gives URLs whose hosts
//! are due, at most one a host, newest story first; [`settle`](Frontier::settle) says what became of each, in one
//! transaction with the article it gave and the links it led to; [`settle_robots`](Frontier::settle_robots) does so for
//! a robots.txt, which is a visit of its own; a host that asks for peace is held until it may be asked again. Every URL
//! that is leased is settled once.
//!
//! All of it is on disk: what a host is owed survives the death of the program, and so does every URL. A lease that was
//! never settled is taken back when the frontier is opened, and its host then waits its whole delay, since nobody knows
//! whether the request was sent. Memory does not grow with the number of URLs.
//!
//! Sources: Common Crawl's news crawler for the intervals of feeds and sitemaps; Apache StormCrawler for holds without
//! a `Retry-After`; URLFrontier for the verbs.

mod sqlite;

pub use sqlite::{Due, Frontier, Standing, TABLES, UNREACHABLE, due, is_known};

use crate::discover::Kind;
use crate::store::{self, Millis};
use serde::{Deserialize, Serialize};
use url::Url;

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// A hold without a `Retry-After`: the first, and what doubling ends at.
const HOLD_MIN: Millis = MINUTE;
const HOLD_MAX: Millis = DAY;
/// After so long without trouble a host's strikes are forgiven.
const FORGIVEN_AFTER: Millis = 30 * MINUTE;

/// Waits before a page that failed for a reason that may pass is tried again; after the last it is given up.
const RETRY_AFTER: [Millis; 5] = [10 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY];
/// How long a feed, sitemap or section is left alone that is gone, or that has moved: it may come back.
const GONE_FEED_AFTER: Millis = 30 * DAY;
const MOVED_FEED_AFTER: Millis = 14 * DAY;

/// Doublings of the wait until an article is looked at again.
const RECHECK_DOUBLINGS_MAX: i64 = 8;

/// When URLs are asked for again, and how many are kept waiting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Minutes until a feed, sitemap or section is asked for again, at least.
    pub recrawl_min_minutes: u64,
    /// And at most, in days.
    pub recrawl_max_days: u64,
    /// Minutes until it is asked for again the first time; then a fifth sooner each time it has changed, half as long
    /// again each time it has not.
    pub recrawl_first_minutes: u64,
    /// Hours after its publication in which an article is asked for again, to catch corrections; 0 for never.
    pub recheck_hours: u64,
    /// Hours until that is done the first time; each further wait is twice as long.
    pub recheck_first_hours: u64,
    /// URLs of one source that may wait to be fetched; of those found beyond, nothing is kept.
    pub waiting_per_source_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            recrawl_min_minutes: 90,
            recrawl_max_days: 90,
            recrawl_first_minutes: 180,
            recheck_hours: 24,
            recheck_first_hours: 6,
            waiting_per_source_max: 100_000,
        }
    }
}

/// Where a URL comes from.
pub type SourceId = i64;

/// A URL that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// In normal form.
    pub url: Url,
    /// Whose pace it shares: [`crate::url::host_key`].
    pub host: String,
    /// What it is believed to lead to.
    pub kind: Kind,
    /// The source it is found for.
    pub source: SourceId,
    /// Links from a URL of the settings to here; 0 for those themselves.
    pub depth: u32,
    /// Redirects on the way here.
    pub n_hops: u32,
    /// When it says it was published or changed.
    pub date: Option<Millis>,
}

/// A URL to be asked for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub url_id: i64,
    /// Its host's number.
    pub host_id: i64,
    /// What it is.
    pub lead: Lead,
    /// The `ETag` of the last answer.
    pub etag: Option<String>,
    /// The `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
    /// Whether it has ever been fetched.
    pub is_known: bool,
    /// Tries that failed since it was last fetched.
    pub n_failed: i64,
}

/// URLs to be asked for now, and how things stand.
#[derive(Debug, Default)]
pub struct Leased {
    /// At most one a host.
    pub tasks: Vec<Task>,
    /// When the next host may be asked, if that is later than now and none was ready.
    pub next_at: Option<Millis>,
    /// When the next host may be asked that has something due already and is not in trouble; a run that stays need not
    /// look at it.
    pub next_due_at: Option<Millis>,
}

/// How a URL ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The page came. What it holds has this fingerprint; the same again means that nothing has changed.
    Fetched {
        /// The `ETag` header.
        etag: Option<String>,
        /// The `Last-Modified` header.
        last_modified: Option<String>,
        /// Of the links of a feed, sitemap or section; of the story of an article.
        fingerprint: i64,
    },
    /// It is as it was (304).
    NotModified,
    /// It is elsewhere; where, is among the leads.
    Moved,
    /// It failed, and may do better later.
    Failed,
    /// The host could not be reached, or took too long: it is held, and this page tried again.
    HostFailed,
    /// The host asks for peace (429, 503): for so long, or for as long as we think right. The page is as due as before.
    Held {
        /// Milliseconds from now.
        retry_after: Option<Millis>,
    },
    /// Not to be tried again: it is gone, forbidden, or no page.
    Gone,
}

/// What became of a URL that was leased.
#[derive(Debug)]
pub struct Settled {
    /// The URL.
    pub task: Task,
    /// How it ended.
    pub outcome: Outcome,
    /// When the answer began, or the request was given up: the host's delay counts from here. `None` if nothing was
    /// sent.
    pub answered_at: Option<Millis>,
    /// The pause the host is owed, in milliseconds.
    pub delay_ms: Millis,
    /// The article, if there is one.
    pub article: Option<store::Draft>,
    /// What it led to.
    pub leads: Vec<Lead>,
    /// Payloads that were archived.
    pub archived: Vec<store::Archived>,
    /// For the log; none if nothing was sent.
    pub fetch: Option<store::Fetch>,
}

/// What settling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// What became of the article.
    pub put: Option<store::Put>,
    /// Leads that were new.
    pub n_new: usize,
    /// Leads that were not kept as too many wait.
    pub n_left_out: usize,
}

/// A robots.txt as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsFile {
    /// Its address, which names scheme, host and port.
    pub url: Url,
    /// Its rules; `None` if the site has none.
    pub body: Option<Vec<u8>>,
    /// The `ETag` of the answer.
    pub etag: Option<String>,
    /// The `Last-Modified` of the answer.
    pub last_modified: Option<String>,
    /// When it was asked for last.
    pub fetched_at: Millis,
    /// When it is to be asked for again.
    pub expires_at: Millis,
}

/// When a URL is due next, and the interval that this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Next {
    /// `None` for never.
    due_at: Option<Millis>,
    interval: Millis,
}

/// What is known of a URL before it is settled.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    /// The last interval; 0 before the first.
    interval: Millis,
    fingerprint: Option<i64>,
    first_seen_at: Millis,
}

impl Options {
    /// When a URL that was answered is due next.
    fn next(&self, kind: Kind, outcome: &Outcome, task: &Task, before: &Before, now: Millis) -> Next {
        let never = Next { due_at: None, interval: before.interval };
        let after = |interval: Millis| Next { due_at: Some(now.saturating_add(interval)), interval };
        let keeping = |wait: Millis| Next { due_at: Some(now + wait), interval: before.interval };
        let is_list = kind != Kind::Article;
        match outcome {
            Outcome::Held { .. } => Next { due_at: Some(now), interval: before.interval },
            Outcome::Fetched { .. } | Outcome::NotModified if is_list => {
                let is_changed = match outcome {
                    Outcome::Fetched { fingerprint, .. } => before.fingerprint != Some(*fingerprint),
                    _ => false,
                };
                after(self.next_interval(before.interval, is_changed))
            }
            Outcome::Fetched { .. } | Outcome::NotModified => self.next_recheck(task, before, now).unwrap_or(never),
            Outcome::Failed | Outcome::HostFailed => {
                let n = usize::try_from(task.n_failed).unwrap_or(0);
                match RETRY_AFTER.get(n) {
                    Some(wait) => keeping(*wait),
                    // A feed that has failed for days goes on being asked at its slowest.
                    None if is_list => keeping(before.interval.max(RETRY_AFTER[RETRY_AFTER.len() - 1])),
                    None => never,
                }
            }
            // The frontier was told this address by a person: it stays.
            Outcome::Moved if is_list => keeping(MOVED_FEED_AFTER),
            Outcome::Gone if is_list => keeping(GONE_FEED_AFTER),
            Outcome::Moved | Outcome::Gone => never,
        }
    }

    /// The interval of a list after one more look at it.
    fn next_interval(&self, before: Millis, is_changed: bool) -> Millis {
        let min = millis(self.recrawl_min_minutes, MINUTE);
        let max = millis(self.recrawl_max_days, DAY).max(min);
        let next = match (before, is_changed) {
            (0, _) => millis(self.recrawl_first_minutes, MINUTE),
            (before, true) => before - before / 5,
            (before, false) => before.saturating_add(before / 2),
        };
        next.clamp(min, max)
    }

    /// The next look at an article that was fetched, while its window lasts.
    fn next_recheck(&self, task: &Task, before: &Before, now: Millis) -> Option<Next> {
        if self.recheck_hours == 0 {
            return None;
        }
        // A date in the future is a slip, and one that the page did not give is when we heard of it.
        let since = task.lead.date.unwrap_or(before.first_seen_at).min(now);
        let first = millis(self.recheck_first_hours.max(1), HOUR);
        let interval = match before.interval {
            0 => first,
            before => before.saturating_mul(2).min(first << RECHECK_DOUBLINGS_MAX),
        };
        let due_at = now.saturating_add(interval);
        (due_at <= since.saturating_add(millis(self.recheck_hours, HOUR)))
            .then_some(Next { due_at: Some(due_at), interval })
    }
}

fn millis(n: u64, unit: Millis) -> Millis {
    // A thousand years is as good as forever.
    Millis::try_from(n).unwrap_or(Millis::MAX).saturating_mul(unit).min(365_000 * DAY)
}

/// What a host is owed after trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trouble {
    /// Strikes so far, the new one included.
    strikes: i64,
    /// How long it is left alone.
    hold: Millis,
}

/// One more strike for a host that had `strikes`, the last at `struck_at`. `retry_after` is its own wish.
fn trouble(strikes: i64, struck_at: Millis, hold_before: Millis, retry_after: Option<Millis>, now: Millis) -> Trouble {
    let is_forgiven = now >= struck_at.saturating_add(hold_before).saturating_add(FORGIVEN_AFTER);
    let strikes = if is_forgiven { 1 } else { strikes.saturating_add(1) };
    let own = HOLD_MIN.saturating_mul(1 << (strikes - 1).clamp(0, 20)).min(HOLD_MAX);
    let hold = retry_after.map_or(own, |wish| wish.clamp(SECOND, HOLD_MAX));
    Trouble { strikes, hold }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(kind: Kind, date: Option<Millis>, n_failed: i64) -> Task {
        let url: Url = "https://news.example/a".parse().expect("a URL");
        let lead = Lead { url, host: "news.example".into(), kind, source: 1, depth: 0, n_hops: 0, date };
        Task { url_id: 1, host_id: 1, lead, etag: None, last_modified: None, is_known: false, n_failed }
    }

    fn fetched(fingerprint: i64) -> Outcome {
        Outcome::Fetched { etag: None, last_modified: None, fingerprint }
    }

    /// Due so long after now; `None` for never.
    #[track_caller]
    fn check(task: &Task, outcome: &Outcome, interval: Millis, wanted: Option<Millis>) {
        let before = Before { interval, fingerprint: Some(7), first_seen_at: 0 };
        let now = 10 * DAY;
        let next = Options::default().next(task.lead.kind, outcome, task, &before, now);
        assert_eq!(next.due_at.map(|due_at| due_at - now), wanted, "{outcome:?} after {interval}");
    }

    #[test]
    fn lists_are_asked_sooner_when_they_change_and_later_when_not() {
        let feed = task(Kind::Feed, None, 0);
        check(&feed, &fetched(1), 0, Some(3 * HOUR));
        check(&feed, &fetched(1), 10 * HOUR, Some(8 * HOUR));
        check(&feed, &fetched(7), 10 * HOUR, Some(15 * HOUR));
        check(&feed, &Outcome::NotModified, 10 * HOUR, Some(15 * HOUR));
        check(&feed, &fetched(1), 90 * MINUTE, Some(90 * MINUTE));
        check(&feed, &Outcome::NotModified, 80 * DAY, Some(90 * DAY));
    }

    #[test]
    fn articles_are_looked_at_again_within_their_window_only() {
        let fresh = task(Kind::Article, Some(10 * DAY - HOUR), 0);
        check(&fresh, &fetched(1), 0, Some(6 * HOUR));
        check(&fresh, &Outcome::NotModified, 6 * HOUR, Some(12 * HOUR));
        check(&fresh, &fetched(1), 12 * HOUR, None);
        check(&task(Kind::Article, Some(DAY), 0), &fetched(1), 0, None);
        // Published next year, it says.
        check(&task(Kind::Article, Some(400 * DAY), 0), &fetched(1), 12 * HOUR, Some(DAY));
    }

    #[test]
    fn what_may_pass_is_tried_again_and_later_each_time() {
        for (n, wait) in RETRY_AFTER.into_iter().enumerate() {
            check(&task(Kind::Article, None, n as i64), &Outcome::Failed, 0, Some(wait));
        }
        check(&task(Kind::Article, None, 5), &Outcome::Failed, 0, None);
        check(&task(Kind::Feed, None, 5), &Outcome::HostFailed, 3 * HOUR, Some(2 * DAY));
        check(&task(Kind::Article, None, 0), &Outcome::Gone, 0, None);
        check(&task(Kind::Feed, None, 0), &Outcome::Gone, 0, Some(30 * DAY));
        check(&task(Kind::Article, None, 3), &Outcome::Held { retry_after: None }, 0, Some(0));
    }

    #[test]
    fn holds_double_to_a_day_and_are_forgiven() {
        let mut now = 10 * DAY;
        let (mut strikes, mut hold) = (0, 0);
        let mut holds = Vec::new();
        for _ in 0..13 {
            let next = trouble(strikes, now - hold, hold, None, now);
            (strikes, hold) = (next.strikes, next.hold);
            holds.push(hold / MINUTE);
            now += hold;
        }
        assert_eq!(holds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 1_440, 1_440]);
        assert_eq!(trouble(5, 0, HOUR, None, 2 * HOUR), Trouble { strikes: 1, hold: MINUTE });
        assert_eq!(trouble(0, 0, 0, Some(5 * MINUTE), DAY).hold, 5 * MINUTE);
        assert_eq!(trouble(0, 0, 0, Some(Millis::MAX), DAY).hold, DAY);
    }
}
