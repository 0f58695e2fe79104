//! The robots.txt of each site, asked for once a day and kept.
//!
//! Which answers are rules (RFC 9309, 2.3.1): a success is read; a status of 4xx means there is none, so all is
//! allowed, except 429, which is a server that cannot answer now; that, 5xx, and no answer at all forbid everything
//! until there is one. Redirects are followed across hosts and the rules hold for the host that was asked; after the
//! fifth there is none. Rules that we have stay in force when a later request fails. An answer holds for a day at most, for
//! less where its `Cache-Control` says so.
//!
//! Whoever keeps a site's pace himself asks with [`SiteRules::ask`], when the site is due, and may keep the answer
//! ([`SiteRobots`]) for longer than this program runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::coding;
use super::error::{Awaited, FetchError};
use super::http::{Answer, Ask, Client};
use super::options::Options;
use super::request::{Pace, Validators};
use super::retry::Failure;
use super::target::{page_url, without_secrets};
use crate::robots::{self, Robots};

/// How long an answer holds (RFC 9309, 2.4).
const AGE_MAX: Duration = Duration::from_secs(24 * 3_600);
/// How long a failure holds: a run over a dead host asks once, one that goes on asks again soon.
const FAILURE_AGE_MAX: Duration = Duration::from_secs(300);
/// How long any answer holds, whatever its `Cache-Control`: nobody wants to be asked before each page.
const AGE_MIN: Duration = Duration::from_secs(300);
/// Redirects followed for one robots.txt (RFC 9309, 2.3.1.2).
const REDIRECTS_MAX: usize = 5;
/// Sites remembered at most; beyond, the answers that have run out are forgotten, then all that nobody is using.
const SITES_MAX: usize = 1_000;

/// All sites' rules for one crawler.
#[derive(Debug)]
pub(super) struct SiteRules {
    token: String,
    sites: Mutex<HashMap<String, Arc<Site>>>,
}

/// A site's robots.txt as it was had, to be kept and given back in a later run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRobots {
    /// Its address.
    pub url: Url,
    /// What it said.
    pub answer: RobotsAnswer,
    /// What the server said about this version; empty for a site without one.
    pub validators: Validators,
    /// When this answer was had, or found to be still so. Rules that stay in force since the site cannot be asked keep the
    /// date they have.
    pub fetched_at: Timestamp,
    /// When it is to be asked for again.
    pub expires_at: Timestamp,
}

/// What a site said when it was asked for its robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotsAnswer {
    /// These rules; the file as served, its content coding undone, cut where no more of it is read.
    Rules(Vec<u8>),
    /// There is none: all is allowed.
    None,
    /// It could not be had: nothing is allowed.
    Unreachable {
        /// The failure in one word, as [`FetchError::kind`].
        kind: String,
        /// The failure for people.
        message: String,
        /// How long the server wants to be left alone, in milliseconds, where it said so.
        retry_after_ms: Option<u64>,
    },
}

/// Scheme, host and port. Whoever holds the lock asks; the others wait for the answer.
#[derive(Debug, Default)]
struct Site {
    known: tokio::sync::Mutex<Option<Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    rules: Result<Arc<Robots>, Arc<FetchError>>,
    until: Instant,
}

impl SiteRules {
    pub(super) fn new(token: &str) -> Self {
        Self { token: token.to_owned(), sites: Mutex::default() }
    }

    /// Fails unless the page may be asked for; gives the pause the site asks for between two requests.
    pub(super) async fn check(
        &self,
        client: &Client,
        options: &Options,
        url: &Url,
        pace: Pace,
    ) -> Result<Option<Duration>, FetchError> {
        let robots_url = robots_url(url);
        let site = self.site(&robots_url);
        let rules = {
            let mut known = site.known.lock().await;
            match (known.as_ref(), pace) {
                (Some(known), _) if known.until > Instant::now() => known.rules.clone(),
                (_, Pace::Callers) => return Err(FetchError::RobotsNotAsked { url: without_secrets(url) }),
                (stale, Pace::Own) => {
                    let (rules, age) = match self.ask_with_retries(client, options, &robots_url).await {
                        Ok(had) => (Ok(Arc::new(had.rules(&self.token))), had.age),
                        Err(error) => {
                            let before = stale.and_then(|known| known.rules.as_ref().ok());
                            (before.cloned().ok_or_else(|| Arc::new(error)), FAILURE_AGE_MAX)
                        }
                    };
                    *known = Some(Known { rules: rules.clone(), until: Instant::now() + age });
                    rules
                }
            }
        };
        match rules {
            Ok(rules) if rules.allows(url) => Ok(rules.crawl_delay()),
            Ok(_) => Err(FetchError::Disallowed { url: without_secrets(url) }),
            Err(error) => Err(unreachable(url, &robots_url, error)),
        }
    }

    /// Asks once for the robots.txt of a page's site, and knows it from then on. With what was had `before`, the request is
    /// a conditional one, and rules of then stay in force if it fails.
    pub(super) async fn ask(
        &self,
        client: &Client,
        options: &Options,
        url: &Url,
        before: Option<SiteRobots>,
    ) -> SiteRobots {
        let robots_url = robots_url(url);
        let site = self.site(&robots_url);
        let mut known = site.known.lock().await;
        let before = before.filter(|before| before.url == robots_url);
        let validators = before.as_ref().map(|before| &before.validators);
        let had = self.ask_in_time(client, options, &robots_url, validators).await;
        let now = Timestamp::now();
        let mut fetched_at = now;
        let (answer, validators, age, error) = match (had, before) {
            (Ok(Had { body: Body::Same, age, .. }), Some(before)) => (before.answer, before.validators, age, None),
            (Ok(Had { body: Body::Rules(body), age, validators }), _) => {
                (RobotsAnswer::Rules(body), validators, age, None)
            }
            (Ok(Had { body: Body::None | Body::Same, age, .. }), _) => {
                (RobotsAnswer::None, Validators::default(), age, None)
            }
            (Err(_), Some(before)) if !matches!(before.answer, RobotsAnswer::Unreachable { .. }) => {
                fetched_at = before.fetched_at;
                (before.answer, before.validators, FAILURE_AGE_MAX, None)
            }
            (Err(failure), _) => {
                let answer = RobotsAnswer::Unreachable {
                    kind: failure.error.kind().to_owned(),
                    message: failure.error.to_string(),
                    retry_after_ms: failure.retry_after.map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
                };
                let age = failure.retry_after.unwrap_or_default().clamp(FAILURE_AGE_MAX, AGE_MAX);
                (answer, Validators::default(), age, Some(Arc::new(failure.error)))
            }
        };
        let rules = match (&answer, error) {
            (RobotsAnswer::Rules(body), _) => Ok(Arc::new(Robots::parse(body, &self.token))),
            (_, Some(error)) => Err(error),
            (RobotsAnswer::None | RobotsAnswer::Unreachable { .. }, None) => Ok(Arc::default()),
        };
        *known = Some(Known { rules, until: Instant::now() + age });
        SiteRobots { url: robots_url, answer, validators, fetched_at, expires_at: later(now, age) }
    }

    /// Takes in what an earlier run had. What has run out is known for the case that the site cannot be asked.
    pub(super) fn keep(&self, robots: &SiteRobots) {
        let rules = match &robots.answer {
            RobotsAnswer::Rules(body) => Arc::new(Robots::parse(body, &self.token)),
            RobotsAnswer::None => Arc::default(),
            // To be asked again.
            RobotsAnswer::Unreachable { .. } => return,
        };
        let left = robots.expires_at.duration_since(Timestamp::now());
        let left = Duration::try_from(left).unwrap_or_default().min(AGE_MAX);
        if let Ok(mut known) = self.site(&robots.url).known.try_lock() {
            *known = Some(Known { rules: Ok(rules), until: Instant::now() + left });
        };
    }

    /// The rules of a page's site, if they are known and have not run out.
    pub(super) fn known(&self, url: &Url) -> Option<Arc<Robots>> {
        let site = self.site(&robots_url(url));
        let known = site.known.try_lock().ok()?;
        known.as_ref().filter(|known| known.until > Instant::now())?.rules.clone().ok()
    }

    fn site(&self, robots_url: &Url) -> Arc<Site> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = sites.get(robots_url.as_str()) {
            return Arc::clone(site);
        }
        if sites.len() >= SITES_MAX {
            let now = Instant::now();
            let is_fresh = |site: &Site| match site.known.try_lock() {
                Ok(known) => known.as_ref().is_some_and(|known| known.until > now),
                Err(_) => true,
            };
            sites.retain(|_, site| Arc::strong_count(site) > 1 || is_fresh(site));
            if sites.len() >= SITES_MAX {
                sites.retain(|_, site| Arc::strong_count(site) > 1);
            }
        }
        let site = Arc::<Site>::default();
        sites.insert(robots_url.as_str().to_owned(), Arc::clone(&site));
        site
    }
}

/// What an answer gave, and for how long it holds.
struct Had {
    body: Body,
    validators: Validators,
    age: Duration,
}

enum Body {
    Rules(Vec<u8>),
    None,
    /// That of before.
    Same,
}

impl Had {
    fn rules(&self, token: &str) -> Robots {
        match &self.body {
            Body::Rules(body) => Robots::parse(body, token),
            Body::None | Body::Same => Robots::default(),
        }
    }
}

impl SiteRules {
    async fn ask_with_retries(&self, client: &Client, options: &Options, robots_url: &Url) -> Result<Had, FetchError> {
        let mut n_tried = 0;
        loop {
            let failure = match self.ask_in_time(client, options, robots_url, None).await {
                Ok(had) => return Ok(had),
                Err(failure) => failure,
            };
            sleep(failure.next_wait(n_tried, options, robots_url)?).await;
            n_tried += 1;
        }
    }

    async fn ask_in_time(
        &self,
        client: &Client,
        options: &Options,
        robots_url: &Url,
        validators: Option<&Validators>,
    ) -> Result<Had, Failure> {
        let limit_ms = options.timeout_ms.get();
        let asked = self.ask_once(client, options, robots_url, validators);
        match timeout(Duration::from_millis(limit_ms), asked).await {
            Ok(had) => had,
            Err(_) => {
                let url = robots_url.clone();
                Err(FetchError::Timeout { url, awaited: Awaited::Page, limit_ms }.into())
            }
        }
    }

    async fn ask_once(
        &self,
        client: &Client,
        options: &Options,
        robots_url: &Url,
        validators: Option<&Validators>,
    ) -> Result<Had, Failure> {
        let none = Had { body: Body::None, validators: Validators::default(), age: AGE_MAX };
        let mut at = robots_url.clone();
        for n_redirects in 0..=REDIRECTS_MAX {
            // Validators are of the address that answered, and kept under that of the site: only they are the same.
            let validators = validators.filter(|_| n_redirects == 0);
            let answer = client.get(&at, Ask { validators, ..Ask::default() }).await?;
            let validators = Validators { etag: answer.header("etag"), last_modified: answer.header("last-modified") };
            let validators = if n_redirects == 0 { validators } else { Validators::default() };
            let age = age(answer.header("cache-control").as_deref());
            match answer.status {
                200..=299 => {
                    let body = Body::Rules(read(answer, options, &at).await?);
                    return Ok(Had { body, validators, age });
                }
                304 => return Ok(Had { body: Body::Same, validators, age }),
                300..=399 => match answer.header("location").and_then(|location| page_url(&at, &location).ok()) {
                    Some(target) => at = target,
                    None => return Ok(none),
                },
                429 => return Err(Failure::of_status(at, 429, answer.header("retry-after").as_deref())),
                400..=499 => return Ok(Had { age, ..none }),
                status => {
                    return Err(Failure::of_status(at, status, answer.header("retry-after").as_deref()));
                }
            }
        }
        Ok(none)
    }
}

/// How long an answer holds, by its `Cache-Control` (RFC 9111, 5.2.2).
fn age(cache_control: Option<&str>) -> Duration {
    let directives = cache_control.unwrap_or_default().to_ascii_lowercase();
    let ages = directives.split(',').filter_map(|directive| match directive.trim().split_once('=') {
        Some(("max-age", seconds)) => seconds.trim_matches('"').parse().ok().map(Duration::from_secs),
        None if matches!(directive.trim(), "no-cache" | "no-store") => Some(Duration::ZERO),
        _ => None,
    });
    ages.min().unwrap_or(AGE_MAX).clamp(AGE_MIN, AGE_MAX)
}

fn later(now: Timestamp, age: Duration) -> Timestamp {
    now.checked_add(age).unwrap_or(Timestamp::MAX)
}

/// The address of a page's robots.txt.
fn robots_url(url: &Url) -> Url {
    let mut robots_url = without_secrets(url);
    robots_url.set_path("/robots.txt");
    robots_url.set_query(None);
    robots_url.set_fragment(None);
    robots_url
}

/// The body, as much of it as is read for rules.
async fn read(answer: Answer, options: &Options, url: &Url) -> Result<Vec<u8>, FetchError> {
    let codings = answer.codings(url)?;
    let (wire, _) = answer.into_body(url, options.wire_bytes_max.get());
    let in_full = async {
        let mut body = Vec::new();
        // One byte more than is read, so that the parser sees that there was more.
        let enough = robots::BYTES_MAX as u64 + 1;
        let unpacked = coding::undo(wire, &codings, options.body_bytes_max.get(), url).await?;
        unpacked.take(enough).read_to_end(&mut body).await?;
        Ok(body)
    };
    in_full.await.map_err(|error| coding::into_fetch_error(error, url))
}

/// Why the page cannot be asked for. Where robots.txt failed for a reason that holds for the page just as well, that
/// is the reason; a person who mistyped a host need not hear of robots.txt.
fn unreachable(url: &Url, robots_url: &Url, error: Arc<FetchError>) -> FetchError {
    let at_first = error.url() == Some(robots_url);
    let page = without_secrets(url);
    match error.as_ref() {
        FetchError::PrivateAddress { address, .. } if at_first => {
            FetchError::PrivateAddress { url: page, address: *address }
        }
        FetchError::NoSuchHost { source, .. } if at_first => {
            FetchError::NoSuchHost { url: page, source: source.clone() }
        }
        FetchError::Resolve { source, .. } if at_first => FetchError::Resolve { url: page, source: source.clone() },
        FetchError::Connect { source, .. } if at_first => FetchError::Connect { url: page, source: source.clone() },
        FetchError::Tls { source, .. } if at_first => FetchError::Tls { url: page, source: source.clone() },
        _ => FetchError::RobotsUnreachable { url: page, source: error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_for_a_day_or_as_long_as_it_says() {
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        assert_eq!(age(None), hours(24));
        assert_eq!(age(Some("public, max-age=3600")), hours(1));
        assert_eq!(age(Some("max-age=31536000")), hours(24));
        assert_eq!(age(Some("No-Store")), AGE_MIN);
        assert_eq!(age(Some("max-age=0, no-cache")), AGE_MIN);
        assert_eq!(age(Some("max-age=soon")), hours(24));
    }
}
