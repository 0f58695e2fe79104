//! Feeds: RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom and JSON Feed to the stories that they name.
//!
//! Whether a page is a feed shows in its first element, or in the `version` of a JSON object; headers are wrong too often to
//! be asked. Of an entry we read address, title, dates and language. Its text, which many feeds carry whole, is not looked at.

use std::ops::ControlFlow;

use serde::Deserialize;
use url::Url;

use super::xml::{self, Field, Read};
use super::{Found, Gathered, Kind, Link, Words, dates, title};
use crate::page::Page;
use crate::url::normal_form;

/// The stories of a feed, newest first; `None` for a page that is no feed.
///
/// A feed that is cut off or broken gives the entries before that place. Entries without an address are passed over.
pub fn feed(page: &Page) -> Option<Found> {
    let head = page.body.trim_ascii_start();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"{") {
        return json(head, page.url.as_ref());
    }
    let root = super::root(page, &page.body)?;
    let is_feed = matches!(root.as_str(), "rss" | "RDF" | "feed" | "channel");
    is_feed.then(|| markup(&super::text(page, &page.body).text, page.url.as_ref()))
}

/// RSS and Atom.
fn markup(xml: &str, base: Option<&Url>) -> Found {
    let mut gathered = Gathered::default();
    let mut entry = Entry::default();
    let mut language = None;
    xml::read(xml, &["item", "entry"], &mut |read| {
        match read {
            Read::Field { field, above: [], in_record: true } => entry.take(field),
            Read::Field { field, in_record: false, .. } => {
                if field.name == "language" && field.prefix.is_empty() {
                    language = tag(&field.text);
                }
                let rel = field.attribute("rel");
                if field.name == "link"
                    && rel == Some("next")
                    && let Some(url) = field.attribute("href").and_then(|href| resolved(href, base))
                    && let Ok(url) = normal_form(&url)
                {
                    gathered.found.next = Some(url);
                }
            }
            Read::Field { .. } => {}
            Read::Record(record) => {
                let entry = std::mem::take(&mut entry);
                let address =
                    entry.address.or_else(|| record.attribute("rdf:about").map(|url| (Rank::Id, url.to_owned())));
                if let Some(url) = address.and_then(|(_, url)| resolved(&url, base)) {
                    gathered.take(
                        Link {
                            published: entry.published,
                            modified: entry.modified,
                            title: entry.title,
                            language: record.attribute("xml:lang").and_then(tag).or_else(|| language.clone()),
                            ..Link::new(url, Kind::Article)
                        },
                        Words::Headline,
                    );
                } else {
                    gathered.found.n_left_out += 1;
                }
            }
        }
        ControlFlow::Continue(())
    });
    gathered.newest_first()
}

/// How likely an address is that of the story, least likely first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// What names the entry, and is an address as well.
    Id,
    /// What the entry is about.
    Alternate,
    /// The address before a feed service put its own in its place.
    Original,
}

#[derive(Default)]
struct Entry {
    address: Option<(Rank, String)>,
    title: Option<String>,
    published: Option<jiff::Timestamp>,
    modified: Option<jiff::Timestamp>,
}

impl Entry {
    fn take(&mut self, field: &Field) {
        let text = field.text.trim();
        match (field.prefix.as_str(), field.name.as_str()) {
            ("feedburner", "origLink") => self.lead(Rank::Original, text),
            (_, "link") if field.attribute("href").is_some() => {
                let rank = match field.attribute("rel") {
                    None | Some("alternate") => Rank::Alternate,
                    // The feed's own, comments, sound files, replies.
                    Some(_) => return,
                };
                self.lead(rank, field.attribute("href").unwrap_or_default());
            }
            ("" | "rss", "link") => self.lead(Rank::Alternate, text),
            ("" | "rss", "guid") if field.attribute("isPermaLink") != Some("false") => self.lead(Rank::Id, text),
            ("" | "atom", "id") => self.lead(Rank::Id, text),
            // Titles of pictures and films have prefixes of their own.
            ("" | "rss" | "atom", "title") => self.title = super::title(text),
            ("dc", "title") => self.title = self.title.take().or_else(|| title(text)),
            (_, "pubDate" | "published" | "issued" | "created") => {
                self.published = self.published.or_else(|| dates::moment(text));
            }
            (_, "updated" | "modified") => self.modified = dates::moment(text).max(self.modified),
            ("dc" | "dcterms", "date") => self.published = self.published.or_else(|| dates::moment(text)),
            _ => {}
        }
    }

    fn lead(&mut self, rank: Rank, address: &str) {
        let is_address = rank > Rank::Id || address.starts_with("http://") || address.starts_with("https://");
        if is_address && !address.is_empty() && self.address.as_ref().is_none_or(|(known, _)| *known < rank) {
            self.address = Some((rank, address.to_owned()));
        }
    }
}

/// JSON Feed 1.0 and 1.1.
fn json(body: &[u8], base: Option<&Url>) -> Option<Found> {
    #[derive(Deserialize)]
    struct Feed {
        version: String,
        #[serde(default)]
        language: Option<String>,
        #[serde(default)]
        next_url: Option<String>,
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        #[serde(default)]
        id: serde_json::Value,
        #[serde(default)]
        url: Option<String>,
        #[serde(default)]
        external_url: Option<String>,
        #[serde(default)]
        title: Option<String>,
        #[serde(default)]
        date_published: Option<String>,
        #[serde(default)]
        date_modified: Option<String>,
        #[serde(default)]
        language: Option<String>,
    }
    let feed: Feed = serde_json::from_slice(body).ok()?;
    if !feed.version.contains("jsonfeed.org/version/") {
        return None;
    }
    let mut gathered = Gathered::default();
    gathered.found.next = feed.next_url.and_then(|url| normal_form(&resolved(&url, base)?).ok());
    let language = feed.language.as_deref().and_then(tag);
    for item in feed.items {
        let id = item.id.as_str().filter(|id| id.starts_with("http")).map(str::to_owned);
        let Some(url) = item.url.or(item.external_url).or(id).and_then(|url| resolved(&url, base)) else {
            gathered.found.n_left_out += 1;
            continue;
        };
        gathered.take(
            Link {
                published: item.date_published.as_deref().and_then(dates::moment),
                modified: item.date_modified.as_deref().and_then(dates::moment),
                title: item.title.as_deref().and_then(title),
                language: item.language.as_deref().and_then(tag).or_else(|| language.clone()),
                ..Link::new(url, Kind::Article)
            },
            Words::Headline,
        );
    }
    Some(gathered.newest_first())
}

pub(super) fn resolved(address: &str, base: Option<&Url>) -> Option<Url> {
    let address = address.trim();
    match base {
        Some(base) => base.join(address).ok(),
        None => Url::parse(address).ok(),
    }
}

/// A language tag that can be one.
pub(super) fn tag(written: &str) -> Option<String> {
    let written = written.trim();
    let is_tag = (2..=35).contains(&written.len()) && written.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_tag.then(|| written.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(body: impl Into<Vec<u8>>) -> Page {
        Page::saved(body, Some(Url::parse("https://news.example/feeds/all").expect("a URL")))
    }

    /// Each entry as `address | title | published | modified | language`, an unknown part empty.
    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let found = feed(&page(body)).expect("a feed");
        let shown: Vec<String> = found.links.iter().map(super::super::shown).collect();
        assert_eq!(shown, expected);
        assert!(found.links.iter().all(|link| link.kind == Kind::Article));
    }

    #[test]
    fn rss_2_is_read_newest_first() {
        check(
            "<?xml version='1.0'?><!-- made by hand --><rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'>
             <channel><title>News</title><link>https://news.example/</link><language>en-GB</language>
             <item><title>Old &amp; short</title><link>https://news.example/old</link>
               <pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate><media:title>A picture</media:title></item>
             <item><title><![CDATA[New &#8217;s <b>story</b>]]></title><link> /new?utm_source=rss </link>
               <guid isPermaLink='true'>https://news.example/other</guid>
               <description>&lt;p&gt;Long</description><pubDate>Mon, 23 Nov 2026 08:00:00 +0000</pubDate></item>
             <item><title>No date</title><guid>https://news.example/guid</guid></item>
             <item><title>Not an address</title><guid isPermaLink='false'>7</guid></item>
             </channel></rss>",
            &[
                "https://news.example/new | New ’s story | 2026-11-23T08:00:00Z | | en-GB",
                "https://news.example/old | Old & short | 2026-11-22T08:00:00Z | | en-GB",
                "https://news.example/guid | No date | | | en-GB",
            ],
        );
    }

    #[test]
    fn any_version_of_rss_will_do() {
        for version in ["version='0.91'", "version='0.92'", "version='2.0.1'", ""] {
            check(
                &format!(
                    "<rss {version}><channel><item><title>A</title><link>https://news.example/a</link></item></channel>"
                ),
                &["https://news.example/a | A | | |"],
            );
        }
    }

    #[test]
    fn rss_1_is_read() {
        check(
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='…'>
             <channel rdf:about='https://news.example/'><title>News</title><items><rdf:Seq/></items></channel>
             <item rdf:about='https://news.example/a'><title>A</title><dc:date>2026-11-23T08:00+01:00</dc:date></item>
             <item><title>B</title><link>https://news.example/b</link></item></rdf:RDF>",
            &["https://news.example/a | A | 2026-11-23T07:00:00Z | |", "https://news.example/b | B | | |"],
        );
    }

    #[test]
    fn atom_is_read_with_its_kinds_of_links() {
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='pt'><title>News</title>
             <link rel='self' href='https://news.example/atom'/><link rel='next' href='/atom?page=2'/>
             <entry xml:lang='pt-BR'><title type='html'>&lt;i&gt;Um&lt;/i&gt; título</title><link rel='replies' href='/a/comments'/>
               <link href='/a' type='text/html'/><id>tag:news.example,2026:1</id>
               <published>2026-11-23T08:00:00Z</published><updated>2026-11-24T08:00:00Z</updated>
               <source><title>Other</title><id>https://other.example/</id></source>
               <content type='xhtml'><div><title>No</title><a href='/x'>x</a></div></content></entry>
             <entry><title>B</title><id>https://news.example/b</id><updated>2026-11-22</updated></entry></feed>";
        check(
            atom,
            &[
                "https://news.example/a | Um título | 2026-11-23T08:00:00Z | 2026-11-24T08:00:00Z | pt-BR",
                "https://news.example/b | B | | 2026-11-22T00:00:00Z |",
            ],
        );
        let next = feed(&page(atom)).and_then(|found| found.next);
        assert_eq!(next.expect("more").as_str(), "https://news.example/atom?page=2");
        // All names with a prefix.
        let prefixed = "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:link href='/c'/></a:entry></a:feed>";
        check(prefixed, &["https://news.example/c | | | |"]);
    }

    #[test]
    fn the_address_before_a_feed_service_is_preferred() {
        check(
            "<rss><channel><item><link>http://feeds.example/~r/7</link>
             <feedburner:origLink>https://news.example/a</feedburner:origLink></item></channel></rss>",
            &["https://news.example/a | | | |"],
        );
    }

    #[test]
    fn json_feeds_are_read() {
        check(
            r#"{"version": "https://jsonfeed.org/version/1.1", "title": "News", "language": "de", "items": [
                {"id": "https://news.example/a", "title": "A", "date_published": "2026-11-23T08:00:00+01:00"},
                {"id": 7, "url": "/b", "content_html": "<p>", "date_modified": "2026-11-24T08:00:00Z"},
                {"id": "8"}]}"#,
            &[
                "https://news.example/b | | | 2026-11-24T08:00:00Z | de",
                "https://news.example/a | A | 2026-11-23T07:00:00Z | | de",
            ],
        );
        for other in [r#"{"items": []}"#, r#"{"version": "1", "items": []}"#, "{", r#"{"version": 1}"#] {
            assert_eq!(feed(&page(other)), None, "{other}");
        }
    }

    #[test]
    fn a_broken_feed_gives_what_came_before() {
        let cut = "<rss><channel><item><title>A &nbsp;&amp; b</title><link>/a?x=1&y=2</link></item><item><link>/b</link></ite";
        check(cut, &["https://news.example/a?x=1&y=2 | A & b | | |", "https://news.example/b | | | |"]);
        // Tags that nobody closes: an entry ends where the next begins.
        let unclosed = "<rss><channel><item><link>/a</link><description><p>x<br></description><item><link>/b</link>";
        check(unclosed, &["https://news.example/a | | | |", "https://news.example/b | | | |"]);
    }

    #[test]
    fn other_encodings_are_decoded() {
        let body = b"<?xml version='1.0' encoding='windows-1251'?><rss><channel><item><title>\xcf\xee\xe5\xe7\xe4 \xf3\xf8\xb8\xeb \
                     \xf0\xe0\xed\xfc\xf8\xe5</title><link>/a</link></item></channel></rss>";
        let found = feed(&page(&body[..])).expect("a feed");
        assert_eq!(found.links[0].title.as_deref(), Some("Поезд ушёл раньше"));
    }

    #[test]
    fn pages_and_sitemaps_are_no_feeds() {
        for other in [
            "<!doctype html><title>A</title><rss>",
            "<html><body><feed></feed></body></html>",
            "<urlset><url><loc>https://news.example/a</loc></url></urlset>",
            "rss",
            "",
        ] {
            assert_eq!(feed(&page(other)), None, "{other}");
        }
    }

    #[test]
    fn there_is_no_bomb_to_build() {
        let laughs: String =
            (1..12).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
        let bomb = format!(
            "<!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}]><rss><channel><item><title>&l11;</title><link>/a</link></item></channel></rss>"
        );
        check(&bomb, &["https://news.example/a | &l11; | | |"]);
        let deep = format!("<rss>{}", "<item><a>".repeat(100_000));
        assert_eq!(feed(&page(deep)).map(|found| found.links.len()), Some(0));
        let long = format!("<rss><item><link>/a</link><title>{}</title>", "long ".repeat(1_000_000));
        let found = feed(&page(long)).expect("a feed");
        assert_eq!(found.links[0].title.as_ref().map(String::len), Some(super::super::TITLE_CHARS_MAX));
        let many =
            format!("<rss>{}", (0..60_000).map(|n| format!("<item><link>/{n}</link></item>")).collect::<String>());
        let found = feed(&page(many)).expect("a feed");
        assert_eq!((found.links.len(), found.n_left_out), (super::super::LINKS_MAX, 10_000));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..300)) {
            feed(&page(body));
        }

        #[test]
        fn any_markup_is_read(
            parts in prop::collection::vec("<?[/!?]?(rss|item|entry|link|title|guid|pubDate|\\[CDATA\\[|a:b)?( href=['\"]?[a-z&;/]{0,5}['\"]?)?>?[a-z&;#0-9]{0,4}", 0..30),
        ) {
            feed(&page(format!("<rss>{}", parts.concat())));
        }
    }
}
