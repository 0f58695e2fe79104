//! What stands where: hosts, their manners, and the answer to each request. All of it follows from a seed; nothing is kept
//! but the day.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::pages;
use super::{Answer, Request};

/// Sections of each host.
pub(crate) const SECTIONS: [&str; 4] = ["world", "local", "sport", "culture"];

/// Stories that a feed, a section or a front page shows.
pub(super) const SHOWN: u32 = 20;

/// Hosts that print the same stories; see [`World::is_shared`].
const SYNDICATE: u32 = 3;

/// How a host behaves. All have the same kinds of pages, traps included; what differs is how they answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    Sound,
    /// robots.txt forbids everything.
    Closed,
    /// robots.txt asks for this many seconds between requests.
    CrawlDelay(u32),
    /// robots.txt answers 503.
    RobotsDown,
    /// robots.txt is not there, nor a feed, nor a sitemap: there is a front page.
    Bare,
    /// robots.txt has 2 MB, its only rule for everybody first.
    RobotsHuge,
    /// The first requests after robots.txt get 429; `Retry-After` in seconds, where there is one.
    Busy { n: u64, retry_after: Option<u32> },
    /// All pages answer 503.
    Down,
    /// All pages drip.
    Drip,
    /// All pages break off.
    Reset,
    /// All pages redirect to the same path of another host, without end.
    Farm,
    /// Pages say another charset than they are in.
    Misdeclared,
    /// Feeds lead to private addresses, other schemes and files; the sitemap lists far more than it may.
    Poisoned,
}

/// Hosts and what they hold.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) n_hosts: u32,
    /// Stories of each host on the first day.
    pub(crate) n_articles: u32,
    /// Bytes that a page has at least.
    pub(crate) page_bytes: usize,
    /// Time before each answer.
    pub(crate) latency: Duration,
    manners: BTreeMap<u32, Manner>,
    day: AtomicU32,
}

/// What happens to a story from one day to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Stays,
    /// A paragraph is corrected on the second day.
    Changes,
    /// Gone on the second day.
    Goes,
}

impl World {
    pub(crate) fn new(seed: u64, n_hosts: u32, n_articles: u32) -> Self {
        Self {
            seed,
            n_hosts,
            n_articles,
            page_bytes: 0,
            latency: Duration::ZERO,
            manners: BTreeMap::new(),
            day: AtomicU32::new(0),
        }
    }

    /// Gives a host other manners than [`Manner::Sound`].
    pub(crate) fn with(mut self, host: u32, manner: Manner) -> Self {
        self.manners.insert(host, manner);
        self
    }

    pub(crate) fn manner(&self, host: u32) -> Manner {
        self.manners.get(&host).copied().unwrap_or(Manner::Sound)
    }

    /// Goes on to the next day: of ten stories one has changed and one has gone, and each host has two new ones.
    pub(crate) fn next_day(&self) {
        self.day.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn day(&self) -> u32 {
        self.day.load(Ordering::SeqCst)
    }

    pub(crate) fn address(host: u32) -> Ipv4Addr {
        let [_, high, middle, low] = (host + (10 << 16) + 1).to_be_bytes();
        Ipv4Addr::new(127, high, middle, low)
    }

    pub(crate) fn host_at(address: Ipv4Addr) -> u32 {
        let [_, high, middle, low] = address.octets();
        u32::from_be_bytes([0, high, middle, low]).saturating_sub((10 << 16) + 1)
    }

    pub(crate) fn url(&self, host: u32, port: u16, path: &str) -> String {
        format!("http://{}:{port}{path}", Self::address(host))
    }

    /// Stories that a host has today, gone ones included.
    pub(crate) fn n_articles_today(&self) -> u32 {
        self.n_articles + 2 * self.day()
    }

    pub(crate) fn article_path(&self, host: u32, n: u32) -> String {
        format!("/2026/11/{:02}/{}-{n}.html", 1 + n % 28, pages::slug(self.text_seed(host, n)))
    }

    /// Whether the story stands on [`SYNDICATE`] hosts in the same words.
    pub(crate) fn is_shared(&self, n: u32) -> bool {
        n % 10 == 3
    }

    pub(crate) fn fate(&self, n: u32) -> Fate {
        match n % 10 {
            5 => Fate::Changes,
            7 => Fate::Goes,
            _ => Fate::Stays,
        }
    }

    /// What a story's words are made from.
    pub(crate) fn text_seed(&self, host: u32, n: u32) -> u64 {
        let host = if self.is_shared(n) { host - host % SYNDICATE } else { host };
        self.seed ^ (u64::from(host) << 32 | u64::from(n))
    }

    /// The version that a story is in today.
    pub(crate) fn version(&self, n: u32) -> u32 {
        u32::from(self.fate(n) == Fate::Changes && self.day() > 0)
    }

    pub(crate) fn is_gone(&self, n: u32) -> bool {
        self.fate(n) == Fate::Goes && self.day() > 0
    }

    pub(crate) fn headline(&self, host: u32, n: u32) -> String {
        pages::headline(self.text_seed(host, n))
    }

    /// The story's paragraphs as they are printed today.
    pub(crate) fn paragraphs(&self, host: u32, n: u32) -> Vec<String> {
        pages::paragraphs(self.text_seed(host, n), self.version(n))
    }

    /// Whether robots.txt of that host, or its absence, forbids the address.
    pub(crate) fn is_forbidden(&self, host: u32, target: &str) -> bool {
        if target == "/robots.txt" {
            return false;
        }
        match self.manner(host) {
            Manner::Closed | Manner::RobotsDown => true,
            Manner::Bare => false,
            _ => target.starts_with("/private/"),
        }
    }

    /// The answer to a request.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let manner = self.manner(request.host);
        let path = request.target.split('?').next().unwrap_or_default();
        if path == "/robots.txt" {
            return self.robots(request, manner);
        }
        match manner {
            // The first request of all is that for robots.txt.
            Manner::Busy { n, retry_after } if request.n_before <= n => {
                let answer = Answer::new(429, "text/plain", "later");
                return match retry_after {
                    Some(seconds) => answer.with("retry-after", seconds.to_string()),
                    None => answer,
                };
            }
            Manner::Down => return Answer::new(503, "text/plain", "down"),
            Manner::Drip => return Answer::Drip { pause: Duration::from_millis(50) },
            Manner::Reset => return Answer::Reset,
            Manner::Farm => {
                let next = (request.host + 1) % self.n_hosts.max(1);
                let n: u32 = path.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                return Answer::redirect(self.url(next, request.port, &format!("/farm/{}", n + 1)));
            }
            _ => {}
        }
        self.page(request, path, manner)
    }

    fn robots(&self, request: &Request, manner: Manner) -> Answer {
        let sitemap = format!("Sitemap: {}\n", self.url(request.host, request.port, "/sitemap.xml"));
        let rules = "User-agent: *\nDisallow: /private/\n";
        let body = match manner {
            Manner::Bare => return Answer::new(404, "text/plain", ""),
            Manner::RobotsDown => return Answer::new(503, "text/plain", ""),
            Manner::Closed => "User-agent: *\nDisallow: /\n".to_owned(),
            Manner::CrawlDelay(seconds) => format!("{rules}Crawl-delay: {seconds}\n{sitemap}"),
            Manner::RobotsHuge => format!("{rules}{sitemap}{}", "# filling, and more of it\n".repeat(80_000)),
            _ => format!("{rules}{sitemap}"),
        };
        validated(request, "text/plain", body.into_bytes(), 0)
    }

    fn page(&self, request: &Request, path: &str, manner: Manner) -> Answer {
        let (host, port) = (request.host, request.port);
        let day = u64::from(self.day());
        let at = |path: &str| self.url(host, port, path);
        let is_bare = manner == Manner::Bare;
        if let Some(section) = path.strip_prefix("/section/").map(|it| it.trim_end_matches('/')) {
            return match SECTIONS.iter().position(|it| *it == section) {
                Some(section) => html(request, pages::front(self, request, Some(section)), day),
                None => missing(),
            };
        }
        if let Some(n) = path.strip_suffix(".html").and_then(|path| path.rsplit('-').next()?.parse::<u32>().ok()) {
            return self.article(request, n, path, manner);
        }
        match path {
            "/" => html(request, pages::front(self, request, None), day),
            "/feed.xml" | "/atom.xml" | "/feed.json" | "/sitemap.xml" | "/news-sitemap.xml" if is_bare => missing(),
            "/feed.xml" if manner == Manner::Poisoned => {
                validated(request, "application/rss+xml", pages::poisoned_feed(self, request).into_bytes(), day)
            }
            "/feed.xml" => {
                validated(request, "application/rss+xml", pages::rss(self, request, SHOWN).into_bytes(), day)
            }
            "/atom.xml" => {
                validated(request, "application/atom+xml", pages::atom(self, request, SHOWN).into_bytes(), day)
            }
            // Served as many servers do, which know the name but not the kind.
            "/feed.json" => {
                validated(request, "application/json", pages::json_feed(self, request, SHOWN).into_bytes(), day)
            }
            "/sitemap.xml" if manner == Manner::Poisoned => {
                validated(request, "application/xml", pages::endless_sitemap(self, request).into_bytes(), day)
            }
            "/sitemap.xml" => {
                let index = pages::sitemap_index(&[at("/sitemap-1.xml.gz"), at("/news-sitemap.xml")]);
                validated(request, "application/xml", index.into_bytes(), 0)
            }
            "/sitemap-1.xml.gz" => {
                let packed = gzip(pages::sitemap(self, request).as_bytes());
                validated(request, "application/gzip", packed, day)
            }
            "/news-sitemap.xml" => {
                validated(request, "text/xml", pages::news_sitemap(self, request, SHOWN).into_bytes(), day)
            }
            // A page for each day of all years, each with a link to the next.
            "/calendar" => html(request, pages::calendar(request), 0),
            "/loop/a" => Answer::redirect(at("/loop/b")),
            "/loop/b" => Answer::redirect(at("/loop/a")),
            "/private/secret" => html(request, "<p>not for robots".to_owned(), 0),
            "/bomb" => Answer::new(200, "text/html", bomb()).with("content-encoding", "gzip"),
            _ if path.starts_with("/farm/") => html(request, "<p>the end of a farm".to_owned(), 0),
            _ => missing(),
        }
    }

    fn article(&self, request: &Request, n: u32, path: &str, manner: Manner) -> Answer {
        if n >= self.n_articles_today() || path != self.article_path(request.host, n) {
            return missing();
        }
        if self.is_gone(n) {
            return Answer::new(410, "text/html", "<p>gone");
        }
        let page = pages::article(self, request.host, request.port, n);
        if manner == Manner::Misdeclared {
            // UTF-8, which calls itself something else.
            return Answer::new(200, "text/html; charset=iso-8859-1", page);
        }
        html(request, page, u64::from(self.version(n)))
    }
}

fn missing() -> Answer {
    Answer::new(404, "text/html", "<p>nothing here")
}

fn html(request: &Request, page: String, version: u64) -> Answer {
    validated(request, "text/html; charset=utf-8", page.into_bytes(), version)
}

/// A body that is of a version, or 304 for who has that version.
fn validated(request: &Request, content_type: &str, body: Vec<u8>, version: u64) -> Answer {
    let etag = format!("\"{version}\"");
    let modified = format!("Mon, {:02} Nov 2026 08:00:00 GMT", 2 + 7 * version.min(3));
    let is_known = match (&request.if_none_match, &request.if_modified_since) {
        (Some(known), _) => *known == etag,
        (None, Some(known)) => *known == modified,
        (None, None) => false,
    };
    let answer = if is_known {
        Answer::new(304, content_type, Vec::new())
    } else if request.takes_gzip && request.target.len() % 2 == 1 {
        // Every other page comes packed.
        Answer::new(200, content_type, gzip(&body)).with("content-encoding", "gzip")
    } else {
        Answer::new(200, content_type, body)
    };
    answer.with("etag", etag).with("last-modified", modified)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("memory")
}

/// 200 MB of blanks in 200 kB.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let blanks = [b' '; 1 << 16];
    for _ in 0..3_200 {
        encoder.write_all(&blanks).expect("memory");
    }
    encoder.finish().expect("memory")
}
