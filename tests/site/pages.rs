//! The bodies: fiction made of a few words, in several layouts, and the lists that lead to it.

use std::fmt::Write;

use super::Request;
use super::world::{SECTIONS, World};

const WORDS: [&str; 48] = [
    "harbour", "council", "ferry", "bridge", "lantern", "orchard", "winter", "market", "station", "teacher", "river",
    "village", "engine", "library", "baker", "signal", "island", "garden", "workshop", "theatre", "tunnel", "meadow",
    "captain", "letter", "opened", "voted", "repaired", "promised", "counted", "carried", "painted", "refused",
    "returned", "measured", "planted", "borrowed", "quietly", "again", "slowly", "early", "together", "finally",
    "gladly", "twice", "behind", "between", "under", "after",
];

/// Numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len() as u64) as usize]
    }

    fn words(&mut self, n: u64) -> Vec<&'static str> {
        (0..n).map(|_| self.word()).collect()
    }

    fn sentence(&mut self) -> String {
        let n = 9 + self.below(10);
        capital(&self.words(n).join(" ")) + "."
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

pub(super) fn slug(seed: u64) -> String {
    Dice(seed).words(4).join("-")
}

pub(super) fn headline(seed: u64) -> String {
    let mut dice = Dice(seed);
    let n = 6 + dice.below(3);
    capital(&dice.words(n).join(" "))
}

pub(super) fn paragraphs(seed: u64, version: u32) -> Vec<String> {
    let mut dice = Dice(seed ^ 0x5eed);
    let n = 5 + dice.below(6);
    let mut paragraphs: Vec<String> = (0..n)
        .map(|_| {
            let n = 2 + dice.below(3);
            (0..n).map(|_| dice.sentence()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    if version > 0 {
        paragraphs[1] = format!("Corrected: {}", Dice(seed ^ u64::from(version)).sentence());
    }
    paragraphs
}

fn date(n: u32) -> String {
    format!("2026-11-{:02}T{:02}:00:00Z", 1 + n % 28, n % 24)
}

/// The newest stories first; a story that is gone is listed no more.
fn shown(world: &World, n_shown: u32) -> impl Iterator<Item = u32> {
    let mut all: Vec<u32> = (0..world.n_articles_today()).rev().filter(|n| !world.is_gone(*n)).collect();
    all.sort_by_key(|n| std::cmp::Reverse(date(*n)));
    // What is new today comes first, whatever its date says.
    let n_new = 2 * world.day();
    all.sort_by_key(|n| *n + n_new < world.n_articles_today());
    all.into_iter().take(n_shown as usize)
}

/// A story in the layout that its number gives.
pub(super) fn article(world: &World, host: u32, port: u16, n: u32) -> String {
    let headline = world.headline(host, n);
    let paragraphs = world.paragraphs(host, n);
    let url = world.url(host, port, &world.article_path(host, n));
    let date = date(n);
    let body: String = paragraphs.iter().map(|it| format!("<p>{it}</p>\n")).collect();
    let head = format!(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>{headline} | Host {host}</title>\n\
         <link rel=canonical href=\"{url}\"><link rel=alternate type=\"application/rss+xml\" href=\"/feed.xml\">\n\
         <meta property=\"og:type\" content=article><meta property=\"og:title\" content=\"{headline}\">\n\
         <meta property=\"article:published_time\" content=\"{date}\">"
    );
    let menu: String =
        SECTIONS.iter().map(|it| format!("<li><a href=\"/section/{it}/\">{}</a>", capital(it))).collect();
    let related: String = (1..4)
        .map(|step| (n + step) % world.n_articles)
        .map(|n| format!("<li><a href=\"{}\">{}</a>", world.article_path(host, n), world.headline(host, n)))
        .collect();
    let page = match n % 4 {
        0 => format!(
            "{head}</head><body><header><nav><ul>{menu}</ul></nav></header><main><article><h1>{headline}</h1>\n\
             <p class=byline>By Ada Reporter <time datetime=\"{date}\">then</time></p>\n{body}</article>\n\
             <aside><h2>More</h2><ul>{related}</ul></aside></main><footer><a href=/private/secret>Staff</a></footer></body></html>"
        ),
        1 => format!(
            "{head}</head><body><div id=menu><ul>{menu}</ul></div><div class=content><div class=headline>{headline}</div>\n\
             <div class=text>{body}</div><div class=related><ul>{related}</ul></div></div>\n\
             <div class=footer>All rights reserved. <a href=/calendar>Calendar</a></div></body></html>"
        ),
        2 => format!(
            "{head}<script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\
             \"headline\":\"{headline}\",\"datePublished\":\"{date}\",\"author\":{{\"@type\":\"Person\",\"name\":\"Ada Reporter\"}}}}\
             </script></head><body class=single><h1 class=entry-title>{headline}</h1><div class=entry-content>\n{body}</div>\n\
             <ul class=related-posts>{related}</ul><nav class=menu><ul>{menu}</ul></nav></body></html>"
        ),
        _ => format!(
            "{head}</head><body><table><tr><td class=nav><ul>{menu}</ul><td><h2>{headline}</h2>\n{body}<td><ul>{related}</ul>\
             </table></body></html>"
        ),
    };
    filled(page, world.page_bytes)
}

/// A page made as long as pages are, by what pages are long with.
fn filled(mut page: String, bytes: usize) -> String {
    while page.len() < bytes {
        page.push_str(
            "<!-- a script or style sheet that nobody needs, as pages are full of; it says nothing at all -->\n",
        );
    }
    page
}

/// The front page, or that of a section.
pub(super) fn front(world: &World, request: &Request, section: Option<usize>) -> String {
    let host = request.host;
    let mut page = format!(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>Host {host}</title>\n\
         <link rel=alternate type=\"application/rss+xml\" title=News href=\"/feed.xml\">\n\
         <link rel=alternate type=\"application/atom+xml\" href=\"/atom.xml\">\n\
         <link rel=alternate type=\"application/feed+json\" href=\"/feed.json\"></head><body><nav><ul>"
    );
    if world.manner(host) == super::Manner::Bare {
        page = page.replace("<link", "<!-- none").replace(".xml\">", ".xml -->").replace(".json\">", ".json -->");
    }
    for section in SECTIONS {
        let _ = write!(page, "<li><a href=\"/section/{section}/\">{}</a>", capital(section));
    }
    page.push_str("</ul></nav><main>\n");
    for n in shown(world, super::world::SHOWN) {
        if section.is_some_and(|section| n as usize % SECTIONS.len() != section) {
            continue;
        }
        let (path, headline) = (world.article_path(host, n), world.headline(host, n));
        let _ = writeln!(page, "<article><h2><a href=\"{path}?utm_source=front#top\">{headline}</a></h2></article>");
    }
    page.push_str(
        "</main><footer><a href=/private/secret>Staff</a> <a href=/calendar>Calendar</a> <a href=/loop/a>Loop</a> \
         <a href=/bomb>Download</a> <a href=/login>Log in</a></footer></body></html>",
    );
    page
}

pub(super) fn calendar(request: &Request) -> String {
    let day: u64 = request.target.rsplit('=').next().and_then(|day| day.parse().ok()).unwrap_or(0);
    format!(
        "<title>Day {day}</title><h1>Day {day}</h1><p>Nothing happened. <a href=\"/calendar?day={}\">Next day</a>",
        day + 1
    )
}

pub(super) fn rss(world: &World, request: &Request, n_shown: u32) -> String {
    let host = request.host;
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>Host {host}</title><link>{}</link>\n",
        world.url(host, request.port, "/")
    );
    for n in shown(world, n_shown) {
        let url = world.url(host, request.port, &world.article_path(host, n));
        let _ = writeln!(
            feed,
            "<item><title>{}</title><link>{url}?utm_source=rss&amp;utm_medium=feed</link><guid>{url}</guid>\
             <pubDate>{:02} Nov 2026 {:02}:00:00 GMT</pubDate></item>",
            world.headline(host, n),
            1 + n % 28,
            n % 24
        );
    }
    feed + "</channel></rss>\n"
}

pub(super) fn atom(world: &World, request: &Request, n_shown: u32) -> String {
    let host = request.host;
    let mut feed = format!(
        "<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Host {host}</title><id>urn:{host}</id>\n"
    );
    for n in shown(world, n_shown) {
        let (path, headline) = (world.article_path(host, n), world.headline(host, n));
        let date = date(n);
        let _ = writeln!(
            feed,
            "<entry><title>{headline}</title><link rel=\"alternate\" href=\"{path}\"/><id>urn:{host}:{n}</id>\
             <published>{date}</published><updated>{date}</updated></entry>"
        );
    }
    feed + "</feed>\n"
}

pub(super) fn json_feed(world: &World, request: &Request, n_shown: u32) -> String {
    let host = request.host;
    let items: Vec<serde_json::Value> = shown(world, n_shown)
        .map(|n| {
            let url = world.url(host, request.port, &world.article_path(host, n));
            serde_json::json!({"id": n, "url": url, "title": world.headline(host, n), "date_published": date(n)})
        })
        .collect();
    serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": format!("Host {host}"), "items": items})
        .to_string()
}

pub(super) fn sitemap_index(sitemaps: &[String]) -> String {
    let mut index = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for sitemap in sitemaps {
        let _ = writeln!(index, "<sitemap><loc>{sitemap}</loc><lastmod>2026-11-24T08:00:00Z</lastmod></sitemap>");
    }
    index + "</sitemapindex>\n"
}

/// All stories.
pub(super) fn sitemap(world: &World, request: &Request) -> String {
    let mut sitemap = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for n in shown(world, u32::MAX) {
        let url = world.url(request.host, request.port, &world.article_path(request.host, n));
        let _ = writeln!(sitemap, "<url><loc>{url}</loc><lastmod>{}</lastmod></url>", date(n));
    }
    sitemap + "</urlset>\n"
}

pub(super) fn news_sitemap(world: &World, request: &Request, n_shown: u32) -> String {
    let mut sitemap = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    for n in shown(world, n_shown) {
        let url = world.url(request.host, request.port, &world.article_path(request.host, n));
        let _ = writeln!(
            sitemap,
            "<url><loc>{url}</loc><news:news><news:publication><news:name>Host</news:name><news:language>en</news:language>\
             </news:publication><news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news></url>",
            date(n),
            world.headline(request.host, n)
        );
    }
    sitemap + "</urlset>\n"
}

/// Leads where no feed should.
pub(super) fn poisoned_feed(world: &World, request: &Request) -> String {
    let own = rss(world, request, 3);
    let poison: String = [
        "http://10.0.0.1/admin",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "gopher://127.0.0.1:70/",
        "http://[::1]/",
    ]
    .iter()
    .map(|url| format!("<item><title>Free</title><link>{url}</link></item>\n"))
    .collect();
    let long = format!("<item><title>{}</title><link>/{}</link></item>\n", "long ".repeat(20_000), "a".repeat(10_000));
    own.replace("</channel>", &format!("{poison}{long}</channel>"))
}

/// More addresses than a sitemap may hold; none leads to a story.
pub(super) fn endless_sitemap(world: &World, request: &Request) -> String {
    let mut sitemap = String::from("<urlset>\n");
    for n in 0..120_000 {
        let _ =
            writeln!(sitemap, "<url><loc>{}</loc></url>", world.url(request.host, request.port, &format!("/no/{n}")));
    }
    sitemap + "</urlset>\n"
}
