//! Links of a web page: stories and sections of its own site told apart, and the feeds, sitemaps and pages it declares.
//!
//! No one sign tells a story's link from another. So each gives or takes points: the address (a day, a number, a title in
//! words), the words of the link (a headline is long), and its place (headings and articles hold stories, menus and footers
//! do not). What reaches [`ARTICLE_POINTS_MIN`] is a story; of the rest, short plain addresses in menus and headings are
//! sections. Log-ins, tags, authors, shops, pictures and other sites are neither, and are counted.

mod address;

use std::collections::HashSet;

use url::Url;

use super::feed::resolved;
use super::{Found, Gathered, Kind, Link, TITLE_CHARS_MAX, Words, add_place, title};
use crate::dom::{Attr, Dom, Kind as NodeKind, NodeId, Tag};
use crate::text::{collapse, is_unspaced, n_words};
use crate::url::{normal_form, site};
use address::Shape;

/// Points from which on a link is one to a story.
const ARTICLE_POINTS_MIN: i32 = 3;

/// Links looked at, of one page. The longest front page measured has under 1,500.
const ANCHORS_MAX: usize = 10_000;

/// Nodes of a link that are looked at. A teaser with picture, headline and date has 20.
const NODES_MAX: usize = 200;

/// What a page links to, in the order in which it does.
///
/// `base` is the page's own address; without one only absolute links count, and none is known to be of the same site.
pub fn links(dom: &Dom, base: Option<&Url>) -> Found {
    let given = dom.elements(Tag::BASE).find_map(|it| dom.attr(it, Attr::HREF));
    let given = given.and_then(|href| resolved(href, base));
    let from = given.as_ref().or(base);
    let mut gathered = Gathered::default();
    declared(dom, from, &mut gathered.found);
    let own = base.and_then(|base| normal_form(base).ok());
    let is_followed = !forbids_following(dom);
    let mut places = Places::default();
    let mut n_anchors = 0;
    for node in dom.nodes() {
        places.pass(dom, node);
        if !dom.is(node, Tag::A) {
            continue;
        }
        let Some(url) = dom.attr(node, Attr::HREF).and_then(|href| resolved(href, from)) else { continue };
        n_anchors += 1;
        let rel = rels(dom.attr(node, Attr::REL));
        let Ok(url) = normal_form(&url) else {
            gathered.found.n_left_out += usize::from(matches!(url.scheme(), "http" | "https"));
            continue;
        };
        if own.as_ref() == Some(&url) {
            continue;
        }
        let found = &mut gathered.found;
        let is_same_site = base.is_none_or(|base| site(base) == site(&url));
        let is_allowed = is_followed && !["nofollow", "ugc", "sponsored"].iter().any(|it| rel.contains(*it));
        let shape = Shape::of(&url);
        if n_anchors > ANCHORS_MAX || !is_same_site || !is_allowed {
            found.n_left_out += 1;
        } else if rel.contains("next") {
            found.next.get_or_insert(url);
        } else if shape.is_feed {
            add_place(&mut found.feeds, &url, &mut found.n_left_out);
        } else if shape.is_sitemap {
            add_place(&mut found.sitemaps, &url, &mut found.n_left_out);
        } else {
            let place = places.of(node);
            let (told, words) = words(dom, node, &place);
            match kind(&shape, &told, &place) {
                Some(kind) => {
                    let published = shape.day.filter(|_| kind == Kind::Article);
                    gathered.take(Link { published, title: title(&told), ..Link::new(url, kind) }, words);
                }
                None => found.n_left_out += 1,
            }
        }
    }
    gathered.found
}

fn kind(shape: &Shape, words: &str, place: &Place) -> Option<Kind> {
    if shape.is_other {
        return None;
    }
    let n_words = n_words(words);
    let n_unspaced = words.chars().filter(|c| is_unspaced(*c)).count();
    let n_chars = words.chars().count();
    let is_long = (n_words >= 5 && n_chars >= 20 && n_unspaced == 0) || n_chars >= 40 || n_unspaced >= 10;
    let is_short = n_words <= 2 && n_unspaced == 0 || (1..=6).contains(&n_unspaced) && n_chars <= 8;
    let mut points = shape.points;
    points += if is_long { 2 } else { -i32::from(is_short) };
    points += 2 * i32::from(place.in_heading) + i32::from(place.in_article);
    points -= 3 * i32::from(place.in_menu) + 3 * i32::from(place.in_footer);
    if points >= ARTICLE_POINTS_MIN && shape.depth > 0 {
        return Some(Kind::Article);
    }
    let is_led_to = place.in_menu || place.in_header || place.in_heading || shape.depth <= 1;
    (shape.is_plain && is_led_to && !is_long && n_words > 0 && !place.in_footer).then_some(Kind::Section)
}

/// Feeds, sitemaps, the page's own address and the next page, as `link` elements declare them.
fn declared(dom: &Dom, base: Option<&Url>, found: &mut Found) {
    for node in dom.elements(Tag::LINK) {
        let Some(href) = dom.attr(node, Attr::HREF) else { continue };
        let Some(url) = resolved(href, base) else { continue };
        let rel = rels(dom.attr(node, Attr::REL));
        let media = dom.attr(node, Attr::TYPE).unwrap_or_default();
        let name = dom.attr(node, Attr::TITLE).unwrap_or_default();
        if rel.contains("canonical") {
            found.canonical = found.canonical.take().or_else(|| normal_form(&url).ok());
        } else if rel.contains("next") {
            found.next = found.next.take().or_else(|| normal_form(&url).ok());
        } else if rel.contains("sitemap") {
            add_place(&mut found.sitemaps, &url, &mut found.n_left_out);
        } else if (rel.contains("feed") || rel.contains("alternate") && is_feed_type(media, &url))
            && !is_of_comments(&url, name)
        {
            add_place(&mut found.feeds, &url, &mut found.n_left_out);
        }
    }
}

/// Spellings of a feed's type, as met on pages. The vague ones count where the address says the rest.
fn is_feed_type(media: &str, url: &Url) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let words: Vec<&str> = media.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    match media.as_str() {
        "application/xml" | "text/xml" | "application/json" => {
            let path = url.path().to_ascii_lowercase();
            ["rss", "feed", "atom"].iter().any(|it| path.contains(it)) && !path.contains("oembed")
        }
        _ => {
            ["rss", "atom", "rdf"].iter().any(|it| words.contains(it))
                || words.contains(&"feed") && words.contains(&"json")
        }
    }
}

/// Blogs declare the feed of their comments beside that of their posts.
fn is_of_comments(url: &Url, name: &str) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.contains("/comments/") || path.contains("comments.xml") || name.to_lowercase().contains("comment")
}

/// `<meta name=robots content=nofollow>`.
fn forbids_following(dom: &Dom) -> bool {
    dom.elements(Tag::META).any(|node| {
        let is_robots = dom.attr(node, Attr::NAME).is_some_and(|name| name.eq_ignore_ascii_case("robots"));
        let content = dom.attr(node, Attr::CONTENT).unwrap_or_default().to_ascii_lowercase();
        is_robots && content.split(',').any(|it| matches!(it.trim(), "nofollow" | "none"))
    })
}

fn rels(rel: Option<&str>) -> HashSet<String> {
    rel.unwrap_or_default().split_ascii_whitespace().map(str::to_ascii_lowercase).collect()
}

/// The words of a link: of the headline in it or around it, its own, or those of its picture or label where it has none.
fn words(dom: &Dom, link: NodeId, place: &Place) -> (String, Words) {
    let inner = dom.descendants(link).take(NODES_MAX).find(|it| is_heading(dom, *it));
    if let Some(heading) = inner {
        let told = text(dom, heading);
        if !told.is_empty() {
            return (told, Words::Headline);
        }
    }
    let own = text(dom, link);
    if !own.is_empty() {
        return (own, if place.in_heading { Words::Headline } else { Words::Link });
    }
    let mut within = dom.descendants(link).take(NODES_MAX).filter(|it| dom.is(*it, Tag::IMG));
    let label = dom.attr(link, Attr::ARIA_LABEL).or_else(|| dom.attr(link, Attr::TITLE));
    let told = label.or_else(|| within.find_map(|it| dom.attr(it, Attr::ALT))).unwrap_or_default();
    let end = told.char_indices().nth(TITLE_CHARS_MAX).map_or(told.len(), |(at, _)| at);
    (collapse(&told[..end]), Words::Picture)
}

/// The text that is seen of an element, as much of it as a title may have.
fn text(dom: &Dom, element: NodeId) -> String {
    let mut written = String::new();
    for node in dom.descendants(element).take(NODES_MAX) {
        let is_seen = !dom.parent(node).is_some_and(|it| dom.is(it, Tag::SCRIPT) || dom.is(it, Tag::STYLE));
        if dom.kind(node) == NodeKind::Text && is_seen {
            crate::text::push_collapsed(&mut written, dom.text(node));
        }
        // Words in neighbouring elements are no one word.
        if dom.tag(node).is_some() && !written.is_empty() && !written.ends_with(' ') {
            written.push(' ');
        }
        if written.len() > TITLE_CHARS_MAX * 4 {
            break;
        }
    }
    let written = collapse(&written);
    let end = written.char_indices().nth(TITLE_CHARS_MAX).map_or(written.len(), |(at, _)| at);
    written[..end].to_owned()
}

/// Where a link stands.
#[derive(Debug, Default)]
struct Place {
    in_menu: bool,
    in_header: bool,
    in_footer: bool,
    in_heading: bool,
    in_article: bool,
}

/// How far the elements reach that the pass over the page is inside of.
#[derive(Debug, Default)]
struct Places {
    menu: usize,
    header: usize,
    footer: usize,
    heading: usize,
    article: usize,
}

impl Places {
    fn pass(&mut self, dom: &Dom, node: NodeId) {
        let Some(tag) = dom.tag(node) else { return };
        let end = dom.end(node).index();
        let named = |names: &[&str]| {
            let words = [dom.attr(node, Attr::CLASS), dom.attr(node, Attr::ID), dom.attr(node, Attr::ROLE)];
            words.into_iter().flatten().any(|value| {
                value
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .any(|word| names.iter().any(|it| word.eq_ignore_ascii_case(it)))
            })
        };
        match tag {
            Tag::NAV => self.menu = self.menu.max(end),
            Tag::FOOTER => self.footer = self.footer.max(end),
            // A header of an article holds its heading.
            Tag::HEADER if self.article <= node.index() => self.header = self.header.max(end),
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => self.heading = self.heading.max(end),
            Tag::ARTICLE => self.article = self.article.max(end),
            // A link around a heading is one in it.
            Tag::A if dom.descendants(node).take(NODES_MAX).any(|it| is_heading(dom, it)) => {
                self.heading = self.heading.max(end)
            }
            Tag::DIV | Tag::UL | Tag::SECTION | Tag::TABLE | Tag::TD => {
                if named(&["nav", "navbar", "navigation", "menu", "submenu", "breadcrumb", "breadcrumbs", "menubar"]) {
                    self.menu = self.menu.max(end);
                } else if named(&["footer", "contentinfo"]) {
                    self.footer = self.footer.max(end);
                }
            }
            _ => {}
        }
    }

    fn of(&self, node: NodeId) -> Place {
        let inside = |end: usize| node.index() < end;
        Place {
            in_menu: inside(self.menu),
            in_header: inside(self.header),
            in_footer: inside(self.footer),
            in_heading: inside(self.heading),
            in_article: inside(self.article),
        }
    }
}

fn is_heading(dom: &Dom, node: NodeId) -> bool {
    matches!(dom.tag(node), Some(Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dom::Options;

    fn found(html: &str) -> Found {
        let base = Url::parse("https://news.example/").expect("a URL");
        links(&Dom::parse(html, &Options::default()), Some(&base))
    }

    /// Each link as `kind path`, or `kind address` where it is of another host.
    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        let found = found(html);
        let shown = found.links.iter().map(|link| {
            let kind = if link.kind == Kind::Article { "article" } else { "section" };
            format!("{kind} {}", link.url.as_str().trim_start_matches("https://news.example"))
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn stories_and_sections_are_told_apart() {
        check(
            "<nav><a href=/>Home</a><a href=/politics/>Politics</a><a href=/local>Local news</a></nav>
             <main><h2><a href=/2026/11/23/ferry-stays>Ferry stays after a long night in the council</a></h2>
             <article><a href=/politics/ferry-stays-after-long-night-1234567>Ferry stays</a></article>
             <a href=/article/98765.html>The bridge over the Lind reopens on Monday after repairs</a>
             <a href='/news.php?id=4711'>The bridge over the Lind reopens on Monday after repairs</a>
             <h3><a href=/sport>Sport</a></h3></main>
             <footer><a href=/2026/11/20/bread-prices-rise-again>Bread</a><a href=/privacy>Privacy</a></footer>",
            &[
                "section /politics/",
                "section /local",
                "article /2026/11/23/ferry-stays",
                "article /politics/ferry-stays-after-long-night-1234567",
                "article /article/98765.html",
                "article /news.php?id=4711",
                "section /sport",
            ],
        );
    }

    #[test]
    fn scripts_without_spaces_and_encoded_addresses_are_read() {
        check(
            "<a href=/cn/202611/t20261123_123456.html>市议会决定保留通往北方群岛的渡轮</a>
             <nav><a href=/guoji/>国际</a></nav>
             <a href='/новости/паром-останется-после-долгой-ночи/'>Паром останется после долгой ночи в совете</a>",
            &[
                "article /cn/202611/t20261123_123456.html",
                "section /guoji/",
                "article /%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%D0%BF%D0%B0%D1%80%D0%BE%D0%BC-%D0%BE%D1%81%D1%82%D0%B0%D0%BD%D0%B5%D1%82%D1%81%D1%8F-%D0%BF%D0%BE%D1%81%D0%BB%D0%B5-%D0%B4%D0%BE%D0%BB%D0%B3%D0%BE%D0%B9-%D0%BD%D0%BE%D1%87%D0%B8/",
            ],
        );
    }

    #[test]
    fn what_is_neither_is_left_out_and_counted() {
        let html = "<h2><a href=https://other.example/2026/11/23/a-long-story-elsewhere>A long story that stands elsewhere</a>
            <a href=/login>Log in to read all of the stories</a><a href=/tag/ferries>All the stories about ferries, ever</a>
            <a href=/2026/11/23/a.jpg>A picture of the ferry in the harbour</a><a href=/2026/11/>November</a>
            <a href=/calendar?day=2>Next day</a><a href='/list?page=2'>2</a><a href=mailto:a@news.example>Write</a>
            <a rel=nofollow href=/2026/11/23/paid-for-by-a-shop>A story that somebody paid for himself</a></h2>";
        let found = found(html);
        assert_eq!(found.links, []);
        assert_eq!(found.n_left_out, 8);
    }

    #[test]
    fn a_page_may_forbid_to_follow_it() {
        let html =
            "<meta name=robots content='index, NoFollow'><link rel=alternate type=application/rss+xml href=/feed>
            <h2><a href=/2026/11/23/ferry-stays-after-all>Ferry stays</a></h2>";
        let found = found(html);
        assert_eq!((found.links.len(), found.feeds.len(), found.n_left_out), (0, 1, 1));
    }

    #[test]
    fn days_stand_in_addresses_and_words_in_links() {
        let html = "<a href=/2026/11/23/ferry-stays><img alt='The ferry'></a>
            <a href='/2026/11/23/ferry-stays#more'><span>Ferry stays</span><span>after long night</span></a>
            <a href=/news/2026-11-22-bridge-reopens>Bridge reopens on Monday, three years late</a>";
        let shown: Vec<String> = found(html).links.iter().map(super::super::shown).collect();
        assert_eq!(
            shown,
            [
                "https://news.example/2026/11/23/ferry-stays | Ferry stays after long night | 2026-11-23T00:00:00Z | |",
                "https://news.example/news/2026-11-22-bridge-reopens | Bridge reopens on Monday, three years late \
                 | 2026-11-22T00:00:00Z | |",
            ]
        );
    }

    #[test]
    fn a_title_is_the_headline_rather_than_a_picture_or_a_teaser() {
        let html =
            "<a href=/2026/11/23/a-b><img alt='A very long description of everything that the picture shows'></a>
            <a href=/2026/11/23/a-b>Ferry &amp;amp; bridge stay, says the council after a long night of talks</a>
            <a href=/2026/11/23/a-b><h3>Ferry stays</h3><p>The council voted for it on Tuesday night</p></a>
            <a href=/26/11/22/c-d>Bridge &amp;amp; tunnel</a>";
        let found = found(html);
        let titles: Vec<&str> = found.links.iter().filter_map(|link| link.title.as_deref()).collect();
        assert_eq!(titles, ["Ferry stays", "Bridge & tunnel"]);
        assert_eq!(found.links[1].published.map(|it| it.to_string()).as_deref(), Some("2026-11-22T00:00:00Z"));
    }

    #[test]
    fn feeds_are_declared_in_many_spellings() {
        for media in [
            "application/rss+xml",
            "Application/RSS+XML; charset=utf-8",
            "application/atom+xml",
            "application/rdf+xml",
            "application/feed+json",
            "application/x-rss+xml",
            "application/x.atom+xml",
            "application/rss xml",
            "text/rss",
            "text/atom+xml",
        ] {
            let html = format!("<link rel='alternate home' type='{media}' href=/news>");
            assert_eq!(found(&html).feeds.len(), 1, "{media}");
        }
        let feeds = |html: &str| found(html).feeds.iter().map(|url| url.path().to_owned()).collect::<Vec<_>>();
        assert_eq!(feeds("<link rel=alternate type=text/xml href=/rss.xml>"), ["/rss.xml"]);
        assert_eq!(
            feeds("<link rel=alternate type=application/json href=/wp-json/oembed?url=feed>"),
            Vec::<String>::new()
        );
        assert_eq!(feeds("<link rel=alternate type=text/html hreflang=de href=/de/>"), Vec::<String>::new());
        assert_eq!(
            feeds("<link rel=feed href=/a><a href=/b.rss>RSS</a><a href=/c/feed/>Feed</a>"),
            ["/a", "/b.rss", "/c/feed/"]
        );
        let comments =
            "<link rel=alternate type=application/rss+xml title='News » Comments Feed' href=/comments/feed/>";
        assert_eq!(feeds(comments), Vec::<String>::new());
    }

    #[test]
    fn a_page_says_its_own_address_the_next_page_and_its_sitemap() {
        let found = found(
            "<base href=/sub/><link rel=canonical href='a?utm_source=x'><a rel=next href=?page=2>more</a>
             <link rel=sitemap href=/map.xml><a href=/sitemap-news.xml>Sitemap</a><a href=/sitemap>All pages</a>",
        );
        assert_eq!(found.canonical.expect("one").path(), "/sub/a");
        assert_eq!(found.next.expect("one").as_str(), "https://news.example/sub/?page=2");
        let sitemaps: Vec<&str> = found.sitemaps.iter().map(Url::path).collect();
        assert_eq!(sitemaps, ["/map.xml", "/sitemap-news.xml"]);
        assert_eq!(found.links, []);
    }

    #[test]
    fn a_page_of_nothing_but_links_stays_within_bounds() {
        let html: String = (0..30_000).map(|n| format!("<a href=/2026/11/23/story-number-{n}>Story</a>")).collect();
        let found = found(&html);
        assert_eq!((found.links.len(), found.n_left_out), (ANCHORS_MAX, 20_000));
        let nested = "<svg>".to_owned() + &"<a href=/2026/11/23/a-story><h2>".repeat(20_000);
        assert!(self::found(&nested).links.len() <= 1);
    }

    proptest! {
        #[test]
        fn any_links_are_read(hrefs in prop::collection::vec("[/a-z0-9.?=&%:#é-]{0,30}", 0..10), words in "[ -~é東]{0,40}") {
            found(&hrefs.iter().map(|href| format!("<a href='{href}'>{words}</a>")).collect::<String>());
        }

        #[test]
        fn any_address_has_a_shape(path in "[/0-9a-z.%-]{0,40}", query in "[a-z=&0-9]{0,20}") {
            if let Ok(url) = Url::parse(&format!("https://news.example/{path}?{query}")) {
                Shape::of(&url);
            }
        }
    }
}
