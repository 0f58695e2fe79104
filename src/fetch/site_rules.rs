//! The robots.txt of each site, asked for once a day and kept.
//!
//! Which answers are rules (RFC 9309, 2.3.1): a success is read; a status of 4xx means there is none, so all is
//! allowed, except 429, which is a server that cannot answer now; that, 5xx, and no answer at all forbid everything
//! until there is one. Redirects are followed across hosts and the rules hold for the host that was asked; after the
//! fifth there is none. Rules that we have stay in force when a later request fails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::coding;
use super::error::{Awaited, FetchError};
use super::http::{Answer, Client};
use super::options::Options;
use super::retry::Failure;
use super::target::{page_url, without_secrets};
use crate::robots::{self, Robots};

/// How long an answer holds (RFC 9309, 2.4).
const AGE_MAX: Duration = Duration::from_secs(24 * 3_600);
/// How long a failure holds: a run over a dead host asks once, one that goes on asks again soon.
const FAILURE_AGE_MAX: Duration = Duration::from_secs(300);
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
    ) -> Result<Option<Duration>, FetchError> {
        let mut robots_url = without_secrets(url);
        robots_url.set_path("/robots.txt");
        robots_url.set_query(None);
        robots_url.set_fragment(None);

        let site = self.site(&robots_url);
        let rules = {
            let mut known = site.known.lock().await;
            match known.as_ref() {
                Some(known) if known.until > Instant::now() => known.rules.clone(),
                stale => {
                    let (rules, age) = match self.ask_with_retries(client, options, &robots_url).await {
                        Ok(rules) => (Ok(Arc::new(rules)), AGE_MAX),
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

impl SiteRules {
    async fn ask_with_retries(
        &self,
        client: &Client,
        options: &Options,
        robots_url: &Url,
    ) -> Result<Robots, FetchError> {
        let limit_ms = options.timeout_ms.get();
        let mut n_tried = 0;
        loop {
            let asked = timeout(Duration::from_millis(limit_ms), self.ask(client, options, robots_url)).await;
            let failure = match asked {
                Ok(Ok(rules)) => return Ok(rules),
                Ok(Err(failure)) => failure,
                Err(_) => {
                    let url = robots_url.clone();
                    FetchError::Timeout { url, awaited: Awaited::Page, limit_ms }.into()
                }
            };
            sleep(failure.next_wait(n_tried, options, robots_url)?).await;
            n_tried += 1;
        }
    }

    async fn ask(&self, client: &Client, options: &Options, robots_url: &Url) -> Result<Robots, Failure> {
        let mut at = robots_url.clone();
        for _ in 0..=REDIRECTS_MAX {
            let answer = client.get(&at, None).await?;
            match answer.status {
                200..=299 => {
                    return Ok(Robots::parse(&read(answer, options, &at).await?, &self.token));
                }
                300..=399 => match answer.location.as_deref().and_then(|location| page_url(&at, location).ok()) {
                    Some(target) => at = target,
                    None => break,
                },
                429 => return Err(Failure::of_status(at, 429, answer.retry_after.as_deref())),
                400..=499 => break,
                status => {
                    return Err(Failure::of_status(at, status, answer.retry_after.as_deref()));
                }
            }
        }
        Ok(Robots::default())
    }
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
