//! A URL to a [`Page`]: asks robots.txt, keeps the pace a host is owed, follows redirects, undoes the content coding.
//!
//! Everything that comes back is a stranger's. So each step has a bound in [`Options`], each redirect is checked as a
//! first URL is (scheme, address, robots.txt of the new host), and what is no web page is refused by its first bytes.
//! Only failures that may pass are tried again, not before the server allows it.
//!
//! What the body says is for others: characters are not decoded here, and a page that asks for a redirect in its
//! markup is a page.

mod coding;
mod cookies;
mod error;
mod guard;
mod http;
mod kind;
mod options;
mod politeness;
mod request;
mod resolve;
mod retry;
mod site_rules;
mod target;

pub use error::{Awaited, Cause, FetchError, Measured};
pub use options::{
    Bounded, BytesMax, Concurrency, HeaderText, InvalidOption, JoinPagesMax, Network, Options, PauseMs, Proxy,
    RedirectsMax, RetriesMax, Robots, TimeoutMs, UserAgent,
};
pub use request::{Accept, Fetched, Headers, Keep, Pace, Redirects, Reply, Request, Validators};
pub use site_rules::{RobotsAnswer, SiteRobots};
pub use target::parse_url;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use jiff::Timestamp;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::page::{Exchange, Http, Page};
use crate::robots;
use cookies::Cookies;
use http::{Answer, Ask, Client};
use kind::Declared;
use politeness::{Hosts, Turn};
use retry::Failure;
use site_rules::SiteRules;
use target::without_secrets;

/// Longest `Crawl-delay` that is kept to. A site that asks for more would have us take days over its pages; most who
/// do meant milliseconds. StormCrawler has the same bound.
pub const CRAWL_DELAY_MAX: Duration = Duration::from_secs(120);

/// Memory taken at once for a body whose length the server states; more follows as bytes arrive.
const BODY_RESERVED_MAX: u64 = 1 << 20;

/// Bytes of a redirect's own body that are read for an archive; it says "moved here" in a line of HTML.
const REDIRECT_BODY_BYTES_MAX: u64 = 64 << 10;

/// Fetches pages; keeps connections, the pace owed to each host and the robots.txt of each site between them.
#[derive(Debug)]
pub struct Fetcher {
    options: Options,
    user_agent: String,
    client: Client,
    hosts: Hosts,
    rules: SiteRules,
}

impl Fetcher {
    /// A fetcher that keeps to `options`. No connection is made yet.
    ///
    /// # Errors
    ///
    /// [`FetchError::Setup`] when the system's root certificates cannot be read.
    pub fn new(options: &Options) -> Result<Self, FetchError> {
        let user_agent = user_agent(options);
        Ok(Self {
            user_agent: user_agent.clone(),
            client: Client::new(options, &user_agent)?,
            hosts: Hosts::new(
                usize::try_from(options.per_host_concurrency.get()).unwrap_or(usize::MAX),
                Duration::from_millis(options.retry_after_max_ms.get()),
            ),
            rules: SiteRules::new(robots::product_token(&user_agent)),
            options: options.clone(),
        })
    }

    /// The `User-Agent` header of all requests.
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// One page. Waits for its host's turn, and tries again after failures that may pass.
    ///
    /// The page's `url` and all others in it carry neither fragment nor password. Must be called within a tokio
    /// runtime with time and I/O enabled.
    ///
    /// # Errors
    ///
    /// Each variant of [`FetchError`] but [`FetchError::Setup`]; that of the last try, when there were several.
    pub async fn fetch(&self, url: &Url) -> Result<Page, FetchError> {
        self.request(&Request::new(url.clone())).await?.fetched.into_page(url)
    }

    /// What a request asks for. With [`Pace::Own`] it waits for its host's turn, and tries again after failures that may
    /// pass; with [`Pace::Callers`] one request is sent at once.
    ///
    /// Addresses in the reply carry neither fragment nor password. Must be called within a tokio runtime with time and I/O
    /// enabled.
    ///
    /// # Errors
    ///
    /// Each variant of [`FetchError`] but [`FetchError::Setup`]; that of the last try, when there were several.
    /// [`FetchError::RobotsNotAsked`] only with [`Pace::Callers`].
    pub async fn request(&self, request: &Request) -> Result<Reply, FetchError> {
        target::check(&request.url)?;
        let mut first = request.url.clone();
        first.set_fragment(None);
        let mut n_tried = 0;
        loop {
            let mut turn = None;
            let failure = match self.attempt(&first, request, &mut turn).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            if request.pace == Pace::Callers {
                return Err(failure.final_error());
            }
            // Without a turn no request was sent for a page: robots.txt was tried often enough, or the host asked
            // for peace.
            let Some(turn) = turn else {
                return Err(failure.error);
            };
            let status = match failure.error {
                FetchError::Status { status, .. } => Some(status),
                _ => None,
            };
            if let (Some(wait), Some(status)) = (failure.retry_after, status) {
                turn.block(wait, status);
            }
            let wait = failure.next_wait(n_tried, &self.options, &first)?;
            if matches!(status, Some(429 | 503)) {
                turn.pause(wait);
            }
            drop(turn);
            sleep(wait).await;
            n_tried += 1;
        }
    }

    /// Many pages, up to `concurrency` at once: one result for each URL, in the order of the URLs. A page that fails
    /// stops no other.
    ///
    /// The stream does its work while it is polled. At most `concurrency` pages are under way or waiting for an
    /// earlier one to be taken.
    pub fn fetch_all<'a, I>(&'a self, urls: I) -> impl Stream<Item = Result<Page, FetchError>> + 'a
    where
        I: IntoIterator<Item = Url>,
        I::IntoIter: 'a,
    {
        let concurrency = usize::try_from(self.options.concurrency.get()).unwrap_or(usize::MAX);
        stream::iter(urls).map(move |url| async move { self.fetch(&url).await }).buffered(concurrency)
    }

    /// Asks once for the robots.txt of a page's site, at once and without its turn, and keeps to the answer from then on.
    /// `before` is what was had in an earlier run: it makes the request a conditional one, and stays in force if the site
    /// cannot be asked.
    ///
    /// For those who keep the pace of hosts themselves; all others need not ask. What comes back may be kept, to be given to
    /// [`Fetcher::keep_robots`].
    pub async fn ask_robots(&self, url: &Url, before: Option<SiteRobots>) -> SiteRobots {
        self.rules.ask(&self.client, &self.options, url, before).await
    }

    /// Takes in the robots.txt that an earlier run had. One that has run out does not hold, and is for `before`.
    pub fn keep_robots(&self, robots: &SiteRobots) {
        self.rules.keep(robots);
    }

    /// The rules of a page's site, where they are known and have not run out. `None` also for a site whose robots.txt cannot
    /// be had, of which nothing may be asked.
    pub fn known_robots(&self, url: &Url) -> Option<Arc<robots::Robots>> {
        self.rules.known(url)
    }

    /// One try at a page, redirects and body included. Leaves in `turn` the turn at the host that it ended at.
    async fn attempt(&self, first: &Url, request: &Request, turn: &mut Option<Turn>) -> Result<Reply, Failure> {
        let mut budget = Budget::new(self.options.timeout_ms.get());
        let mut at = first.clone();
        let mut redirects: Vec<Url> = Vec::new();
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut cookies = Cookies::default();
        // Where we have been, and with which cookies.
        let mut been: Vec<(Url, usize)> = Vec::new();
        loop {
            self.wait_for_turn(&at, request.pace, turn).await?;
            let shown = without_secrets(&at);
            been.push((shown.clone(), cookies.n_changes()));
            let answer = budget.spend(&shown, self.client.get(&at, ask(request, first, &at, &cookies))).await?;
            let began = Timestamp::now();
            match answer.status {
                200..=299 => {
                    let http = Http {
                        requested_url: without_secrets(first),
                        status: answer.status,
                        redirects,
                        etag: answer.header("etag"),
                        last_modified: answer.header("last-modified"),
                        robots_tags: answer.headers("x-robots-tag"),
                        tdm_reservation: answer.header("tdm-reservation"),
                        tdm_policy: answer.header("tdm-policy"),
                        fetched_at: retry::moment(began, Duration::ZERO),
                        wire_bytes: 0,
                    };
                    let reading = self.read(answer, &shown, http, request, &mut exchanges);
                    let page = budget.spend(&shown, reading).await?;
                    return Ok(Reply { fetched: Fetched::Page(page), exchanges });
                }
                304 if request.validators != Validators::default() => {
                    if request.keep == Keep::Exchanges {
                        exchanges.push(answer.exchange(&at));
                    }
                    return Ok(Reply { fetched: Fetched::NotModified, exchanges });
                }
                301 | 302 | 303 | 307 | 308 if answer.header("location").is_some() => {
                    let location = answer.header("location").unwrap_or_default();
                    let target = target::page_url(&at, &location)?;
                    answer.headers("set-cookie").iter().for_each(|cookie| cookies.take(cookie, &at));
                    if request.keep == Keep::Exchanges {
                        let exchange = answer.exchange(&at);
                        exchanges.push(budget.spend(&shown, with_body(exchange, answer, &shown)).await?);
                    }
                    if request.redirects == Redirects::Report {
                        return Ok(Reply { fetched: Fetched::Moved(without_secrets(&target)), exchanges });
                    }
                    redirects.push(shown);
                    let step = (without_secrets(&target), cookies.n_changes());
                    if been.contains(&step) {
                        let url = without_secrets(first);
                        return Err(FetchError::RedirectLoop { url, target: Box::new(step.0) }.into());
                    }
                    let redirects_max = self.options.redirects_max.get();
                    if redirects.len() as u64 > redirects_max {
                        let url = without_secrets(first);
                        return Err(FetchError::TooManyRedirects { url, redirects_max }.into());
                    }
                    at = target;
                }
                status => {
                    return Err(Failure::of_status(shown, status, answer.header("retry-after").as_deref()));
                }
            }
        }
    }

    /// Asks robots.txt, and waits for the host unless we are its guest already: the steps of a redirect within one
    /// host are one visit.
    async fn wait_for_turn(&self, url: &Url, pace: Pace, turn: &mut Option<Turn>) -> Result<(), FetchError> {
        let host = url.host_str().unwrap_or_default();
        if turn.as_ref().is_some_and(|turn| turn.host_name() != host) {
            // Given back before the wait for another: who holds one and waits for one may wait forever.
            *turn = None;
        }
        let crawl_delay = match self.options.robots {
            Robots::Obey => self.rules.check(&self.client, &self.options, url, pace).await?,
            Robots::Ignore => None,
        };
        if turn.is_none() && pace == Pace::Own {
            let own = Duration::from_millis(self.options.host_delay_ms.get());
            let delay = own.max(crawl_delay.unwrap_or_default().min(CRAWL_DELAY_MAX));
            let granted = self.hosts.turn(host, delay).await;
            *turn = Some(
                granted
                    .map_err(|blocked| retry::come_back_later(without_secrets(url), blocked.status, blocked.wait))?,
            );
        }
        Ok(())
    }

    async fn read(
        &self,
        answer: Answer,
        url: &Url,
        http: Http,
        request: &Request,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Page, FetchError> {
        let not_html = |what: &str| FetchError::NotHtml { url: url.clone(), what: what.to_owned() };
        let content_type = answer.header("content-type");
        let declared = kind::declared_for(content_type.as_deref(), request.accept);
        if let Declared::Other(what) = declared {
            return Err(not_html(what));
        }
        let wire_bytes_max = self.options.wire_bytes_max.get();
        let body_bytes_max = self.options.body_bytes_max.get();
        let stated = answer.content_length.unwrap_or(0);
        if stated > wire_bytes_max {
            return Err(http::too_large(url, wire_bytes_max));
        }
        let codings = answer.codings(url)?;
        let broken = |error| coding::into_fetch_error(error, url);
        let exchange = (request.keep == Keep::Exchanges).then(|| answer.exchange(url));
        let (mut wire, n_wire) = answer.into_body(url, wire_bytes_max);
        if let Some(mut exchange) = exchange {
            wire.read_to_end(&mut exchange.body).await.map_err(broken)?;
            wire = Box::pin(std::io::Cursor::new(exchange.body.clone()));
            exchanges.push(exchange);
        }
        let mut unpacked = coding::undo(wire, &codings, body_bytes_max, url).await.map_err(broken)?;
        let mut body = Vec::with_capacity(usize::try_from(stated.min(BODY_RESERVED_MAX)).unwrap_or(0));
        let mut is_sniffed = false;
        loop {
            let n_read = unpacked.read_buf(&mut body).await.map_err(broken)?;
            if body.len() as u64 > body_bytes_max {
                return Err(coding::too_large(url, body_bytes_max));
            }
            if !is_sniffed && (n_read == 0 || body.len() >= kind::SNIFF_BYTES) {
                let head = &body[..body.len().min(kind::SNIFF_BYTES)];
                if !kind::is_packed_list(head, request.accept)
                    && let Some(what) = kind::refusal_by_bytes(head, declared)
                {
                    return Err(not_html(what));
                }
                is_sniffed = true;
            }
            if n_read == 0 {
                break;
            }
        }
        let http = Http { wire_bytes: n_wire.load(Ordering::Relaxed), ..http };
        Ok(Page { url: Some(url.clone()), content_type, body, http: Some(http) })
    }
}

/// What is sent to `at`, on the way that began at `first`.
fn ask<'a>(request: &'a Request, first: &Url, at: &Url, cookies: &Cookies) -> Ask<'a> {
    let is_first_host = (first.host(), first.port_or_known_default()) == (at.host(), at.port_or_known_default());
    let headers = is_first_host.then_some(&request.headers);
    let given = headers.and_then(|headers| headers.get("cookie")).map(str::to_owned);
    let set = cookies.header(at);
    Ask {
        cookies: match (given, set) {
            (Some(given), Some(set)) => Some(format!("{given}; {set}")),
            (given, set) => given.or(set),
        },
        // They are those of the address asked for, whatever it leads to.
        validators: Some(&request.validators).filter(|_| first == at),
        headers,
        accept: Some(request.accept),
    }
}

/// The exchange of a redirect, with as much of its body as an archive wants.
async fn with_body(exchange: Exchange, answer: Answer, url: &Url) -> Result<Exchange, FetchError> {
    let mut body = Vec::new();
    let (wire, _) = answer.into_body(url, u64::MAX);
    let n_read = wire.take(REDIRECT_BODY_BYTES_MAX).read_to_end(&mut body).await;
    // A redirect holds without its body.
    let is_cut = n_read.map_or(true, |n_read| n_read as u64 == REDIRECT_BODY_BYTES_MAX);
    Ok(Exchange { body, is_cut, ..exchange })
}

/// The `User-Agent` header.
fn user_agent(options: &Options) -> String {
    let own = options.user_agent.as_str();
    if !own.is_empty() {
        return own.to_owned();
    }
    let contact = match options.contact.as_str() {
        "" => String::new(),
        contact => format!(" (+{contact})"),
    };
    format!("copydesk/{}{contact}", env!("CARGO_PKG_VERSION"))
}

/// The time that is left for one try; waiting for a host's turn takes none of it.
struct Budget {
    limit_ms: u64,
    left: Duration,
}

impl Budget {
    fn new(limit_ms: u64) -> Self {
        Self { limit_ms, left: Duration::from_millis(limit_ms) }
    }

    async fn spend<T>(
        &mut self,
        url: &Url,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let start = Instant::now();
        let done = timeout(self.left, work).await;
        self.left = self.left.saturating_sub(start.elapsed());
        done.unwrap_or_else(|_| {
            Err(FetchError::Timeout { url: url.clone(), awaited: Awaited::Page, limit_ms: self.limit_ms })
        })
    }
}
