//! Where a page leads: the stories, sections, feeds and sitemaps that it names.
//!
//! A page as served goes in, [`Found`] comes out; nothing is fetched, and nothing is kept from one page to the next. What a
//! page is shows in its bytes, whatever its header says: [`discover`] tries [`feed`], then [`sitemap`], and else reads its
//! [`links`].
//!
//! - A **feed** (RSS 0.9x to 2.0, RSS 1.0, Atom, JSON Feed) gives its entries, newest first.
//! - A **sitemap** (list, index, plain text; packed with gzip or not) gives its pages newest first, or further sitemaps.
//! - A **page** gives the links to stories and to sections of its own site, told apart by their addresses, their words and
//!   their place, and the feeds that it declares. These keep their order, which on a front page is the newsroom's.
//!
//! All addresses are in [`normal form`](crate::url::normal_form), each once. Everything has a bound, and what lies beyond is
//! counted.
//!
//! Sources: [RSS 2.0](https://www.rssboard.org/rss-specification), [Atom](https://www.rfc-editor.org/rfc/rfc4287),
//! [JSON Feed](https://jsonfeed.org/version/1.1), [Sitemaps](https://www.sitemaps.org/protocol.html),
//! [news sitemaps](https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).

mod dates;
mod feed;
mod links;
mod sitemap;
mod xml;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::decode::{self, Decoded};
use crate::dom::{self, Dom};
use crate::page::Page;
use crate::text::collapse;
use crate::url::normal_form;

pub use feed::feed;
pub use links::links;
pub use sitemap::sitemap;

/// Links kept of one page: as many as a sitemap may hold.
pub const LINKS_MAX: usize = 50_000;

/// Feeds kept of one page, and sitemaps as well.
pub const PLACES_MAX: usize = 100;

/// Characters of a title; a longer one is cut.
pub const TITLE_CHARS_MAX: usize = 300;

/// What a page leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Pages, and the sitemaps of an index, each with what is known about it.
    pub links: Vec<Link>,
    /// Feeds that the page declares.
    pub feeds: Vec<Url>,
    /// Sitemaps that the page links to; those of an index stand in `links`, with their dates.
    pub sitemaps: Vec<Url>,
    /// The address that the page gives as its own.
    pub canonical: Option<Url>,
    /// Where the list goes on.
    pub next: Option<Url>,
    /// Addresses that were left out: refused, not to be followed, off the site, neither story nor section, or too many.
    pub n_left_out: usize,
}

/// An address, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// In normal form.
    pub url: Url,
    /// What it leads to, as far as can be told from here.
    pub kind: Kind,
    /// When the story was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When it was changed last. Sitemaps say it of pages, and of sitemaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
    /// Its headline, or the words of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The language that was stated, as a tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A story.
    Article,
    /// A page of links to stories.
    Section,
    /// A list of stories for programs.
    Feed,
    /// A list of a site's pages for programs.
    Sitemap,
}

impl Link {
    /// An address of which nothing more is known.
    pub fn new(url: Url, kind: Kind) -> Self {
        Self { url, kind, published: None, modified: None, title: None, language: None }
    }

    /// The later of its dates.
    pub fn date(&self) -> Option<Timestamp> {
        self.published.max(self.modified)
    }
}

/// What a page was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// A web page.
    Page,
}

/// Where a page leads, whatever it is.
///
/// ```
/// use copydesk::{discover, page::Page};
///
/// let rss = "<rss version=\"2.0\"><channel><item><title>Ferry stays</title>\
///            <link>https://news.example/ferry?utm_source=rss</link>\
///            <pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>";
/// let page = Page::saved(rss, Some("https://news.example/feed".parse().unwrap()));
/// let (form, found) = discover::discover(&page, &Default::default());
/// assert_eq!(form, discover::Form::Feed);
/// assert_eq!(found.links[0].url.as_str(), "https://news.example/ferry");
/// assert_eq!(found.links[0].published.unwrap().to_string(), "2026-11-23T08:00:00Z");
/// ```
pub fn discover(page: &Page, options: &dom::Options) -> (Form, Found) {
    if let Some(found) = feed(page) {
        return (Form::Feed, found);
    }
    if let Some(found) = sitemap(page) {
        return (Form::Sitemap, found);
    }
    let dom = Dom::parse(&text(page, &page.body).text, options);
    (Form::Page, links(&dom, page.url.as_ref()))
}

/// Where feeds and sitemaps stand on many sites that name none, most likely first: to be tried one after the other.
pub fn usual_places(url: &Url) -> Vec<(Kind, Url)> {
    const FEEDS: [&str; 7] = ["/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json"];
    const SITEMAPS: [&str; 5] =
        ["/sitemap.xml", "/news-sitemap.xml", "/sitemap_index.xml", "/sitemap-news.xml", "/sitemap.xml.gz"];
    let feeds = FEEDS.iter().map(|path| (Kind::Feed, path));
    let sitemaps = SITEMAPS.iter().map(|path| (Kind::Sitemap, path));
    feeds.chain(sitemaps).filter_map(|(kind, path)| Some((kind, normal_form(&url.join(path).ok()?).ok()?))).collect()
}

/// How far the first element of a list is looked for; comments and style sheets stand before it.
const ROOT_BYTES_MAX: usize = 4 << 10;

/// The first element of a body that is XML.
fn root(page: &Page, body: &[u8]) -> Option<String> {
    xml::root(&text(page, &body[..body.len().min(ROOT_BYTES_MAX)]).text)
}

fn text<'a>(page: &Page, body: &'a [u8]) -> Decoded<'a> {
    let tld = page.url.as_ref().and_then(Url::domain).and_then(|host| host.rsplit('.').next());
    decode::decode(body, &decode::Hints { content_type: page.content_type.as_deref(), tld, language: None })
}

/// Gathers links, each address once.
#[derive(Default)]
struct Gathered {
    found: Found,
    /// Where an address stands in `found`, and whose words its title is.
    places: HashMap<Url, (usize, Words)>,
}

/// Whose words a title is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Words {
    /// Those of a picture, or of a label for who cannot see it.
    Picture,
    /// Those of the link, which may be "more", or headline and teaser together.
    Link,
    /// Those of the headline.
    Headline,
}

impl Gathered {
    /// Takes a link whose address is still as written. What a second one adds is added to the first.
    fn take(&mut self, link: Link, words: Words) {
        let Ok(url) = normal_form(&link.url) else {
            self.found.n_left_out += 1;
            return;
        };
        if let Some((at, known_words)) = self.places.get_mut(&url) {
            let known = &mut self.found.links[*at];
            known.published = known.published.or(link.published);
            known.modified = known.modified.max(link.modified);
            known.language = known.language.take().or(link.language);
            // Of equals the longest: others say "more" or "3 comments".
            let is_better = |known: &String, new: &String| (words, new.len()) > (*known_words, known.len());
            if link.title.as_ref().is_some_and(|new| known.title.as_ref().is_none_or(|known| is_better(known, new))) {
                known.title = link.title;
                *known_words = words;
            }
            // Stronger evidence stands first.
            known.kind = known.kind.min(link.kind);
        } else if self.found.links.len() < LINKS_MAX {
            self.places.insert(url.clone(), (self.found.links.len(), words));
            self.found.links.push(Link { url, ..link });
        } else {
            self.found.n_left_out += 1;
        }
    }

    /// Newest first; what has no date follows, in the order it came in.
    fn newest_first(mut self) -> Found {
        self.found.links.sort_by_key(|link| std::cmp::Reverse(link.date()));
        self.found
    }
}

/// Adds a place, unless it is known or there are too many.
fn add_place(places: &mut Vec<Url>, url: &Url, n_left_out: &mut usize) {
    match normal_form(url) {
        Ok(url) if places.contains(&url) => {}
        Ok(url) if places.len() < PLACES_MAX => places.push(url),
        Ok(_) | Err(_) => *n_left_out += 1,
    }
}

/// A title as text: tags and references that stand in it, as in HTML, undone; cut at [`TITLE_CHARS_MAX`].
fn title(written: &str) -> Option<String> {
    let plain = if written.contains(['<', '&']) {
        let dom = Dom::parse(written, &dom::Options { depth_max: 32, nodes_max: 1_000, ..dom::Options::default() });
        collapse(&dom.text_content(dom.root()))
    } else {
        collapse(written)
    };
    let end = plain.char_indices().nth(TITLE_CHARS_MAX).map_or(plain.len(), |(at, _)| at);
    (!plain.is_empty()).then(|| plain[..end].to_owned())
}

/// A link on a line, for tests: address, title, dates and language, an unknown part empty.
#[cfg(test)]
fn shown(link: &Link) -> String {
    let date = |date: Option<Timestamp>| date.map_or_else(String::new, |date| format!("{date} "));
    let Link { url, title, published, modified, language, .. } = link;
    let title = title.as_ref().map_or_else(String::new, |title| format!("{title} "));
    let language = language.as_ref().map_or_else(String::new, |language| format!(" {language}"));
    format!("{url} | {title}| {}| {}|{language}", date(*published), date(*modified))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_bytes() {
        let form = |body: &str| discover(&Page::saved(body, None), &dom::Options::default()).0;
        assert_eq!(form("<rss><channel></channel></rss>"), Form::Feed);
        assert_eq!(form("<urlset></urlset>"), Form::Sitemap);
        assert_eq!(form("<p>rss"), Form::Page);
    }

    #[test]
    fn an_address_stands_once_with_all_that_is_known_of_it() {
        let rss = "<rss><item><link>https://news.example/a?utm_source=x</link><title>Ferry stays</title></item>\
                   <item><link>https://news.example/a#b</link><title>Ferry</title><pubDate>2026-11-23</pubDate></item></rss>";
        let found = discover(&Page::saved(rss, None), &dom::Options::default()).1;
        let lines: Vec<String> = found.links.iter().map(shown).collect();
        assert_eq!(lines, ["https://news.example/a | Ferry stays | 2026-11-23T00:00:00Z | |"]);
    }

    #[test]
    fn usual_places_are_of_the_site() {
        let places = usual_places(&"https://news.example/world/a?b".parse().expect("a URL"));
        assert!(places.contains(&(Kind::Feed, "https://news.example/feed".parse().expect("a URL"))));
        assert!(places.contains(&(Kind::Sitemap, "https://news.example/sitemap.xml".parse().expect("a URL"))));
    }
}
