//! Sitemaps: lists of a site's pages, indexes of such lists, and plain lists of addresses.
//!
//! Limits are the protocol's own: 50,000 addresses and 50 MiB unpacked. What lies beyond is not read, and counted where it
//! can be. Extensions read are those for news (date, title, language) and for other languages of a page.

use std::io::Read as _;
use std::ops::ControlFlow;

use flate2::read::MultiGzDecoder;
use url::Url;

use super::feed::{resolved, tag};
use super::xml::{self, Read};
use super::{Found, Gathered, Kind, Link, Words, dates, title};
use crate::page::Page;

/// Bytes of a sitemap, unpacked (sitemaps.org). What a gzip file holds beyond is never unpacked.
const SITEMAP_BYTES_MAX: usize = 50 << 20;

/// Lines of a text file that are looked at to tell whether it is a list of addresses.
const LINES_TRIED: usize = 5;

/// The pages or further sitemaps that a sitemap lists, newest first; `None` for a page that is no sitemap.
///
/// One that is cut off or broken gives what came before. The addresses may be of other sites: who follows them decides
/// whom to believe.
pub fn sitemap(page: &Page) -> Option<Found> {
    let unpacked;
    let body = if page.body.starts_with(&[0x1f, 0x8b]) {
        unpacked = ungzip(&page.body);
        &unpacked
    } else {
        &page.body[..page.body.len().min(SITEMAP_BYTES_MAX)]
    };
    let text = || super::text(page, body).text;
    match super::root(page, body) {
        Some(root) => {
            let is_sitemap = matches!(root.as_str(), "urlset" | "sitemapindex");
            is_sitemap.then(|| markup(&text(), page.url.as_ref()))
        }
        None if body.trim_ascii_start().starts_with(b"<") => None,
        None => list(&text()),
    }
}

/// What is damaged ends there.
fn ungzip(packed: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let _ = MultiGzDecoder::new(packed).take(SITEMAP_BYTES_MAX as u64).read_to_end(&mut body);
    body
}

fn markup(xml: &str, base: Option<&Url>) -> Found {
    #[derive(Default)]
    struct Entry {
        address: Option<String>,
        published: Option<jiff::Timestamp>,
        modified: Option<jiff::Timestamp>,
        title: Option<String>,
        language: Option<String>,
        others: Vec<(String, Option<String>)>,
    }
    /// Languages of one page; more than there are.
    const LANGUAGES_MAX: usize = 200;
    let mut gathered = Gathered::default();
    let mut entry = Entry::default();
    xml::read(xml, &["url", "sitemap"], &mut |read| {
        match read {
            Read::Field { field, above, in_record: true } => {
                let within = above.iter().find(|it| it.name != "publication").map(|it| it.name.as_str());
                match (within, field.name.as_str()) {
                    (None, "loc") => entry.address = Some(field.text.clone()),
                    (None, "lastmod") => entry.modified = dates::moment(&field.text),
                    (None, "link") if entry.others.len() < LANGUAGES_MAX => {
                        if let (Some("alternate"), Some(href)) = (field.attribute("rel"), field.attribute("href")) {
                            entry.others.push((href.to_owned(), field.attribute("hreflang").and_then(tag)));
                        }
                    }
                    (Some("news"), "publication_date") => entry.published = dates::moment(&field.text),
                    (Some("news"), "title") => entry.title = title(&field.text),
                    (Some("news"), "language") => entry.language = tag(&field.text),
                    _ => {}
                }
            }
            Read::Field { .. } => {}
            Read::Record(record) => {
                let kind = if record.name == "sitemap" { Kind::Sitemap } else { Kind::Article };
                let Entry { address, published, modified, title, language, others } = std::mem::take(&mut entry);
                match address.and_then(|address| resolved(&address, base)) {
                    Some(url) => gathered
                        .take(Link { published, modified, title, language, ..Link::new(url, kind) }, Words::Headline),
                    None => gathered.found.n_left_out += 1,
                }
                for (address, language) in others {
                    // `x-default` is one of the others once more.
                    if let Some(url) = resolved(&address, base) {
                        let language = language.filter(|language| language != "x-default");
                        gathered.take(Link { published, modified, language, ..Link::new(url, kind) }, Words::Headline);
                    }
                }
            }
        }
        ControlFlow::Continue(())
    });
    gathered.newest_first()
}

/// An address a line, and nothing else.
fn list(text: &str) -> Option<Found> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let address = |line: &str| {
        let url = Url::parse(line).ok()?;
        (matches!(url.scheme(), "http" | "https") && !line.contains(char::is_whitespace)).then_some(url)
    };
    let mut n_tried = 0;
    let is_list = lines().take(LINES_TRIED).all(|line| {
        n_tried += 1;
        address(line).is_some()
    });
    if !is_list || n_tried == 0 {
        return None;
    }
    let mut gathered = Gathered::default();
    for line in lines() {
        match address(line) {
            Some(url) => gathered.take(Link::new(url, Kind::Article), Words::Headline),
            None => gathered.found.n_left_out += 1,
        }
    }
    Some(gathered.found)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::super::{LINKS_MAX, shown};
    use super::*;

    fn page(body: impl Into<Vec<u8>>) -> Page {
        Page::saved(body, Some(Url::parse("https://news.example/sitemap.xml").expect("a URL")))
    }

    /// Each entry as `address | title | published | modified | language`, an unknown part empty.
    #[track_caller]
    fn check(body: impl Into<Vec<u8>>, kind: Kind, expected: &[&str]) {
        let found = sitemap(&page(body)).expect("a sitemap");
        assert_eq!(found.links.iter().map(shown).collect::<Vec<_>>(), expected);
        assert!(found.links.iter().all(|link| link.kind == kind));
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).and_then(|()| encoder.finish()).expect("memory")
    }

    const LIST: &str =
        "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>
        <url><loc>https://news.example/old?a=1&amp;b=2</loc><lastmod>2026-11-22</lastmod><priority>0.5</priority></url>
        <url><loc> https://news.example/new </loc><lastmod>2026-11-23T08:00:00+00:00</lastmod>
          <image:image><image:loc>https://news.example/a.jpg</image:loc></image:image></url></urlset>";

    const SHOWN: [&str; 2] = [
        "https://news.example/new | | | 2026-11-23T08:00:00Z |",
        "https://news.example/old?a=1&b=2 | | | 2026-11-22T00:00:00Z |",
    ];

    #[test]
    fn pages_come_newest_first_packed_or_not() {
        check(LIST, Kind::Article, &SHOWN);
        check(gzip(LIST.as_bytes()), Kind::Article, &SHOWN);
        check(gzip(LIST.as_bytes()).repeat(2), Kind::Article, &SHOWN);
        check(LIST.replace("<", "<s:").replace("<s:/", "</s:").replace("<s:?", "<?"), Kind::Article, &SHOWN);
    }

    #[test]
    fn an_index_leads_to_sitemaps() {
        check(
            "<sitemapindex><sitemap><loc>https://news.example/1.xml</loc></sitemap>
             <sitemap><loc>https://news.example/2.xml.gz</loc><lastmod>2026-11</lastmod></sitemap></sitemapindex>",
            Kind::Sitemap,
            &["https://news.example/2.xml.gz | | | 2026-11-01T00:00:00Z |", "https://news.example/1.xml | | | |"],
        );
    }

    #[test]
    fn news_have_dates_titles_and_languages() {
        check(
            "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://news.example/a</loc>
             <n:news><n:publication><n:name>The News</n:name><n:language>pt-br</n:language></n:publication>
             <n:publication_date>2026-11-23</n:publication_date><n:title>A &amp; b</n:title></n:news></url></urlset>",
            Kind::Article,
            &["https://news.example/a | A & b | 2026-11-23T00:00:00Z | | pt-br"],
        );
    }

    #[test]
    fn other_languages_of_a_page_are_pages() {
        check(
            "<urlset><url><loc>https://news.example/en/a</loc>
             <xhtml:link rel='alternate' hreflang='de' href='https://news.example/de/a'/>
             <xhtml:link rel='alternate' hreflang='en' href='https://news.example/en/a'/></url></urlset>",
            Kind::Article,
            &["https://news.example/en/a | | | | en", "https://news.example/de/a | | | | de"],
        );
    }

    #[test]
    fn a_list_of_addresses_is_a_sitemap() {
        check(
            "\u{feff}https://news.example/a\r\n\r\nhttps://news.example/b\n",
            Kind::Article,
            &["https://news.example/a | | | |", "https://news.example/b | | | |"],
        );
        for other in
            ["", "\n", "hello\nhttps://news.example/a", "https://news.example/a is a page", "ftp://news.example/a"]
        {
            assert_eq!(sitemap(&page(other)), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_broken_or_too_much_ends_there() {
        let cut = &LIST.as_bytes()[..LIST.find("<image").expect("there")];
        check(cut, Kind::Article, &SHOWN);
        let packed = gzip(LIST.repeat(50).as_bytes());
        assert!(sitemap(&page(&packed[..packed.len() / 2])).is_some());
        let many = |n: usize| -> String {
            (0..n).map(|n| format!("<url><loc>https://news.example/{n}</loc></url>")).collect()
        };
        let found = sitemap(&page(format!("<urlset>{}", many(60_000)))).expect("a sitemap");
        assert_eq!((found.links.len(), found.n_left_out), (LINKS_MAX, 10_000));
        // Blanks without end, and one address behind them.
        let bomb = [b"<urlset>", &vec![b' '; SITEMAP_BYTES_MAX][..], many(1).as_bytes()].concat();
        assert_eq!(sitemap(&page(gzip(&bomb))).map(|found| found.links.len()), Some(0));
        assert_eq!(sitemap(&page(bomb)).map(|found| found.links.len()), Some(0));
    }

    #[test]
    fn feeds_and_pages_are_no_sitemaps() {
        for other in ["<rss><channel/></rss>", "<!doctype html><urlset>", "<p>https://news.example/a"] {
            assert_eq!(sitemap(&page(other)), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..300), is_packed in any::<bool>()) {
            sitemap(&page(if is_packed { [&[0x1f, 0x8b, 8, 0][..], &body].concat() } else { body }));
        }

        #[test]
        fn any_markup_is_read(parts in prop::collection::vec("<?/?(url|loc|sitemap|lastmod|news:news)?>?[a-z:/&;]{0,9}", 0..30)) {
            sitemap(&page(format!("<urlset>{}", parts.concat())));
        }
    }
}
