//! Where a page stands among several that hold one story: what its links and its numbers say.
//!
//! Links named `next` lead to the next story as often as to the next page, and page numbers stand under lists of stories as
//! well. So an address counts only if it is this page's own but for a page number: in the query (`?page=2`), as the last
//! part of the path (`/2/`, `/page/2/`) or at its end (`story-2.html`, `story,2.html`, `seite-2.html`).

use crate::article::Pagination;
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::collapse;
use memchr::memmem::Finder;
use std::collections::BTreeMap;
use url::Url;

/// The pages of the story that a page at `url` is one of; `None` if it says of no other.
///
/// ```
/// use copydesk::{dom::{Dom, Options}, pagination::find};
///
/// let html = "<p>…</p><a href=/story?page=2>2</a> <a href=/story?page=3>3</a> <a href=/story?page=2 rel=next>Next</a>";
/// let url = "https://herald.example/story".parse().expect("an address");
/// let found = find(&Dom::parse(html, &Options::default()), &url).expect("there are three pages");
/// assert_eq!((found.page, found.of, found.pages.len()), (1, Some(3), 3));
/// assert_eq!(found.next.as_deref(), Some("https://herald.example/story?page=2"));
/// ```
pub fn find(dom: &Dom, url: &Url) -> Option<Pagination> {
    // A number at the end of an address may be the story's own. It is a page's if the page without it is linked to.
    let places = numbered(url).into_iter().filter(|(_, page)| (1..=PAGES_MAX).contains(page));
    let places: Vec<Place> = places.map(|(base, page)| Place { base, page }).collect();
    let first = Place { base: plain(url), page: 1 };
    // All of them are beginnings of the address.
    let stem = places.iter().chain([&first]).map(Place::path).min_by_key(|it| it.len()).unwrap_or_default();
    let links = links(dom, url, stem);
    let is_linked = |pages: &BTreeMap<u32, Url>, page: u32| match page {
        1 => pages.keys().any(|it| *it != 1),
        _ => pages.contains_key(&1),
    };
    let later =
        places.into_iter().map(|it| (pages(&links, &it), it)).find(|(pages, place)| is_linked(pages, place.page));
    let (mut pages, place) = later.unwrap_or_else(|| (pages(&links, &first), first));
    let single = links.iter().find(|it| place.is_whole(&it.to, &it.text)).map(|it| it.to.to_string());
    if pages.keys().all(|it| *it == place.page) && single.is_none() {
        return None;
    }
    if !pages.is_empty() {
        let mut own = url.clone();
        own.set_fragment(None);
        pages.insert(place.page, own);
    }
    let of = of_pages(dom, place.page).or(pages.keys().next_back().copied()).filter(|it| *it >= place.page);
    let at = |number: Option<u32>| number.and_then(|it| pages.get(&it)).map(Url::to_string);
    Some(Pagination {
        page: place.page,
        of,
        next: at(Some(place.page + 1)),
        previous: at(place.page.checked_sub(1)),
        pages: pages.values().map(Url::to_string).collect(),
        single,
        joined: 1,
    })
}

/// What pages of one story have in common, for telling which belong together: the address of the first, as far as it is
/// known.
pub fn story_key(pagination: &Pagination) -> Option<String> {
    let first = Url::parse(pagination.pages.first()?).ok()?;
    // The first page may be numbered, too.
    let base =
        numbered(&first).into_iter().find(|(_, page)| *page == 1).map_or_else(|| plain(&first), |(base, _)| base);
    Some(format!("{}{base}", first.host_str().unwrap_or_default()))
}

/// A link that may lead to another page of the story.
struct Link {
    to: Url,
    text: String,
    /// Whether it says that it leads one page on or back.
    is_step: bool,
}

/// Links to the same host whose paths begin with the stem, as those of other pages of a story do.
fn links(dom: &Dom, url: &Url, stem: &str) -> Vec<Link> {
    // Nearly all links of a page lead to other stories, which shows before they are taken apart.
    let (finder, dots) = (Finder::new(stem), Finder::new("/."));
    let leads_elsewhere = |href: &str| {
        let is_whole = href.starts_with('/') || href.starts_with("http:") || href.starts_with("https:");
        // All of them are looked at, as that can be done for many at a time.
        let is_other = |it: u8| !it.is_ascii_graphic() | (it == b'%') | (it == b'\\');
        let is_as_written = || !href.bytes().fold(false, |any, it| any | is_other(it));
        let has = |finder: &Finder<'_>| finder.find(href.as_bytes()).is_some();
        is_whole && is_as_written() && !stem.contains('%') && !has(&dots) && !has(&finder)
    };
    let mut links = Vec::new();
    for node in dom.nodes().filter(|it| matches!(dom.tag(*it), Some(Tag::A | Tag::LINK))) {
        let href = dom.attr(node, Attr::HREF).map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
        let Some(mut to) = href.filter(|it| !leads_elsewhere(it)).and_then(|it| url.join(it).ok()) else { continue };
        let rel = dom.attr(node, Attr::REL).unwrap_or_default();
        let steps = ["next", "prev", "previous"];
        let has_rel = rel.split_ascii_whitespace().any(|it| steps.iter().any(|step| it.eq_ignore_ascii_case(step)));
        let is_near = to.host_str() == url.host_str() && to.path().starts_with(stem);
        if (dom.is(node, Tag::LINK) && !has_rel) || !is_near || links.len() == LINKS_MAX {
            continue;
        }
        to.set_fragment(None);
        let text = collapse(&dom.text_content(node));
        let is_step = has_rel || is_step_word(&text) || is_pager(dom, node);
        links.push(Link { to, text, is_step });
    }
    links
}

/// The pages of a story that links lead to, by number.
fn pages(links: &[Link], place: &Place) -> BTreeMap<u32, Url> {
    let mut pages = BTreeMap::new();
    for link in links {
        let Some(number) = place.number(&link.to) else { continue };
        // A number in a link to the page of that number, or a step to the page beside this one.
        let says = link.text.chars().count() <= LABEL_CHARS_MAX
            && link.text.trim_matches(|c: char| !c.is_ascii_digit()).parse() == Ok(number);
        if says || (link.is_step && number.abs_diff(place.page) == 1) {
            pages.entry(number).or_insert_with(|| link.to.clone());
        }
    }
    pages
}

/// An address taken apart: all of it but the page number, and that.
struct Place {
    base: String,
    page: u32,
}

impl Place {
    fn path(&self) -> &str {
        self.base.split('?').next().unwrap_or_default()
    }

    /// The number of the page at another address, if it is one of this story's.
    fn number(&self, other: &Url) -> Option<u32> {
        if plain(other) == self.base {
            return Some(1);
        }
        let number = numbered(other).into_iter().find(|(base, _)| *base == self.base).map(|(_, number)| number);
        number.filter(|it| (1..=PAGES_MAX).contains(it))
    }

    /// Whether an address holds the whole story on one page.
    fn is_whole(&self, other: &Url, text: &str) -> bool {
        const NAMES: [&str; 12] = [
            "komplettansicht",
            "page=all",
            "seite=all",
            "pagina=all",
            "singlepage",
            "single-page",
            "single_page",
            "view-all",
            "viewall",
            "view=all",
            "fullpage",
            "all-pages",
        ];
        const WORDS: [&str; 12] = [
            "single page",
            "all on one page",
            "auf einer seite",
            "komplettansicht",
            "sur une seule page",
            "toutes les pages",
            "en una página",
            "in un'unica pagina",
            "numa só página",
            "op één pagina",
            "på en sida",
            "na jednej stronie",
        ];
        let address = format!("{}?{}", other.path(), other.query().unwrap_or_default()).to_ascii_lowercase();
        let path = self.path();
        let is_below = other.path().starts_with(path.trim_end_matches('/')) && path.len() > 1;
        let is_named = NAMES.iter().any(|it| address.contains(it));
        let text = text.to_lowercase();
        let is_said = text.chars().count() <= WHOLE_CHARS_MAX && WORDS.iter().any(|it| text.contains(it));
        // A way that has only words to tell it must at least lead elsewhere.
        is_below && (is_named || (is_said && plain(other) != self.base))
    }
}

/// Path and query, without a slash or a usual ending at the end of the path, the query in order.
fn plain(url: &Url) -> String {
    joined(url.path(), query(url, None))
}

fn joined(path: &str, query: Vec<(String, String)>) -> String {
    let path = path.trim_end_matches('/');
    let path = [".html", ".htm", ".php", ".shtml"].iter().find_map(|it| path.strip_suffix(it)).unwrap_or(path);
    let mut base = path.to_owned();
    for (at, (name, value)) in query.iter().enumerate() {
        base.push_str(if at == 0 { "?" } else { "&" });
        base.push_str(&format!("{name}={value}"));
    }
    base
}

/// The query but for one key and what only counts visitors.
fn query(url: &Url, without: Option<&str>) -> Vec<(String, String)> {
    let pairs = url.query_pairs().take(QUERY_MAX).map(|(name, value)| (name.into_owned(), value.into_owned()));
    let is_kept = |name: &str| Some(name) != without && !name.starts_with("utm_") && name != "fbclid" && name != "ref";
    let mut pairs: Vec<(String, String)> = pairs.filter(|(name, _)| is_kept(name)).collect();
    pairs.sort_unstable();
    pairs
}

/// The ways to read an address as one with a page number: the rest of it, and the number.
fn numbered(url: &Url) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for (name, value) in url.query_pairs().take(QUERY_MAX) {
        let is_page = PAGE_NAMES.iter().any(|it| name.eq_ignore_ascii_case(it));
        if let Some(number) = value.parse().ok().filter(|_| is_page) {
            found.push((joined(url.path(), query(url, Some(&name))), number));
        }
    }
    let path = url.path().trim_end_matches('/');
    let ending = [".html", ".htm", ".php", ".shtml"].into_iter().find(|it| path.ends_with(it)).unwrap_or("");
    let stem = &path[..path.len() - ending.len()];
    let n_digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    // Years and the numbers of stories are longer.
    if let Some(number) = stem[stem.len() - n_digits..].parse().ok().filter(|_| n_digits <= 2) {
        let rest = &stem[..stem.len() - n_digits];
        let mut add = |path: &str| found.push((joined(path, query(url, None)), number));
        let lower = rest.to_ascii_lowercase();
        for name in PAGE_NAMES {
            for sign in ["/", "-", "_", ""] {
                for before in ["/", "-", "_", ",", "."] {
                    let tail = format!("{before}{name}{sign}");
                    if lower.ends_with(&tail) {
                        add(&rest[..rest.len() - tail.len()]);
                    }
                }
            }
        }
        for sign in ["/", "-", "_", ",", "."] {
            if let Some(rest) = rest.strip_suffix(sign).filter(|it| it.len() > 1) {
                add(rest);
            }
        }
    }
    found
}

/// What a page number is called in addresses.
const PAGE_NAMES: [&str; 11] =
    ["page", "pg", "p", "paged", "pagenum", "pageno", "seite", "pagina", "pag", "strona", "sida"];

fn is_step_word(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "next",
        "next page",
        "previous",
        "previous page",
        "prev",
        "nächste seite",
        "weiter",
        "zurück",
        "vorherige seite",
        "suivant",
        "page suivante",
        "précédent",
        "siguiente",
        "anterior",
        "pagina successiva",
        "successiva",
        "volgende",
        "volgende pagina",
        "próxima",
        "następna",
        "следующая",
        "次へ",
    ];
    let text = text.to_lowercase();
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    WORDS.contains(&text)
}

/// Whether an element above calls itself the way through pages.
fn is_pager(dom: &Dom, node: NodeId) -> bool {
    dom.ancestors(node).take(PAGER_DEPTH).any(|it| {
        let names = [dom.attr(it, Attr::CLASS), dom.attr(it, Attr::ID)];
        names.into_iter().flatten().any(|it| {
            let it = it.to_ascii_lowercase();
            ["pagination", "paginat", "pager", "page-links", "pagelinks", "page-numbers", "multipage"]
                .iter()
                .any(|word| it.contains(word))
                && !it.contains("comment")
        })
    })
}

/// How many pages there are, as a line in the pager says it: "Page 2 of 3", "Seite 2/3".
fn of_pages(dom: &Dom, page: u32) -> Option<u32> {
    for node in
        dom.nodes().filter(|it| matches!(dom.tag(*it), Some(Tag::DIV | Tag::SPAN | Tag::P | Tag::LI | Tag::NAV)))
    {
        // Short elements only: most end here.
        if dom.descendants(node).take(PAGER_NODES_MAX + 1).count() > PAGER_NODES_MAX {
            continue;
        }
        let text = collapse(&dom.text_content(node));
        if text.len() <= OF_BYTES_MAX
            && let Some((at, of)) = page_of(&text)
            && at == page
            && (2..=PAGES_MAX).contains(&of)
        {
            return Some(of);
        }
    }
    None
}

/// "Page 2 of 3" as its numbers.
fn page_of(text: &str) -> Option<(u32, u32)> {
    const PAGES: [&str; 10] =
        ["page", "seite", "página", "pagina", "strona", "sida", "side", "sivu", "страница", "oldal"];
    let lower = text.to_lowercase();
    let rest = PAGES.iter().find_map(|it| lower.strip_prefix(it))?.trim_start_matches([' ', ':']);
    let n_first = rest.bytes().take_while(u8::is_ascii_digit).count();
    let first = rest[..n_first].parse().ok()?;
    let rest = rest[n_first..].trim_start();
    let word = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_between = ["of", "von", "de", "di", "van", "z", "av", "af", "sur", "из", "/"].contains(&word.trim());
    let last = rest[word.len()..].parse().ok()?;
    is_between.then_some((first, last))
}

/// Pages of one story: the longest seen, a guide, has 30.
const PAGES_MAX: u32 = 99;
/// Links of one page that are looked at.
const LINKS_MAX: usize = 10_000;
/// Keys of a query that are looked at.
const QUERY_MAX: usize = 32;
/// Characters of a link that is a page's number: "Page 2".
const LABEL_CHARS_MAX: usize = 12;
/// Characters of a link to the whole story: "Artikel auf einer Seite lesen".
const WHOLE_CHARS_MAX: usize = 40;
/// Elements between a link and what calls itself a pager.
const PAGER_DEPTH: usize = 4;
/// Nodes of a line that says how many pages there are.
const PAGER_NODES_MAX: usize = 8;
/// Bytes of such a line.
const OF_BYTES_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;

    fn found(url: &str, html: &str) -> Option<Pagination> {
        let url = Url::parse(&format!("https://a.example{url}")).expect("an address");
        find(&Dom::parse(html, &Options::default()), &url)
    }

    /// Page, of how many, and the pages' addresses below the host.
    #[track_caller]
    fn check(url: &str, html: &str, expected: (u32, Option<u32>, &[&str])) {
        let found = found(url, html).expect("other pages");
        let pages: Vec<&str> =
            found.pages.iter().map(|it| it.strip_prefix("https://a.example").expect("the host")).collect();
        assert_eq!((found.page, found.of, &pages[..]), expected);
    }

    #[test]
    fn a_page_is_found_however_its_address_is_written() {
        let stories = "<a href=/other>Other</a><a href=https://a.example/others?page=2>2</a>";
        for href in [
            "?page=2",
            "story?page=2",
            "/story?page=2",
            "//a.example/story?page=2",
            "https://a.example/story?page=2",
            "HTTPS://a.example/story?page=2",
            "/x/../story?page=2",
            "/./story?page=2",
            "https://a.example\\story?page=2",
            " /story?page=2\n",
        ] {
            let html = format!("{stories}<a href='{href}'>2</a>");
            check("/story", &html, (1, Some(2), &["/story", "/story?page=2"]));
        }
    }

    #[test]
    fn page_numbers_are_found_in_every_place_of_an_address() {
        check(
            "/story",
            "<a href='?page=2'>2</a><a href='?page=3'>3</a>",
            (1, Some(3), &["/story", "/story?page=2", "/story?page=3"]),
        );
        check(
            "/story/2/",
            "<a href=/story/>1</a> 2 <a href=/story/3/>3</a>",
            (2, Some(3), &["/story/", "/story/2/", "/story/3/"]),
        );
        check(
            "/n/story.html",
            "<a href=/n/story-2.html rel=next>weiter</a>",
            (1, Some(2), &["/n/story.html", "/n/story-2.html"]),
        );
        check(
            "/story/seite-2",
            "<span>Seite 2 von 4</span><a href=/story>1</a><a href=/story/seite-3>Nächste Seite</a>",
            (2, Some(4), &["/story", "/story/seite-2", "/story/seite-3"]),
        );
        check(
            "/story/page/2",
            "<div class=pager><a href=/story>First</a></div><a href=/story/page/3>3</a><a href=/story/>1</a>",
            (2, Some(3), &["/story", "/story/page/2", "/story/page/3"]),
        );
    }

    #[test]
    fn steps_lead_on_and_back() {
        let found = found("/s?page=2", "<a href=/s>1</a><a rel=next href='/s?page=3'>&gt;</a>").expect("three pages");
        assert_eq!(found.next.as_deref(), Some("https://a.example/s?page=3"));
        assert_eq!(found.previous.as_deref(), Some("https://a.example/s"));
        assert_eq!(story_key(&found).as_deref(), Some("a.example/s"));
    }

    #[test]
    fn the_next_story_is_no_next_page() {
        for html in [
            "<a rel=next href=/other-story>Next</a><link rel=next href=/other-story>",
            "<a href=/story-13>13</a><a href=/story-11>11</a>",
            "<a href=/story-12/comment-page-2/>2</a>",
            "<a href='/news?page=2'>2</a>",
            "<a href=https://b.example/story-12?page=2>2</a>",
            "<a href='javascript:go(2)'>2</a><a href='#2'>2</a><a href=/story-12>1</a>",
        ] {
            assert_eq!(found("/story-12", html), None, "{html}");
        }
    }

    #[test]
    fn a_page_with_the_whole_story_is_found() {
        let single = |html: &str| found("/story", html).and_then(|it| it.single);
        let expected = Some("https://a.example/story/komplettansicht".to_owned());
        assert_eq!(single("<a href=/story/komplettansicht>Auf einer Seite lesen</a>"), expected);
        assert_eq!(
            single("<a href='/story?print=1'>View all on one page</a>").as_deref(),
            Some("https://a.example/story?print=1")
        );
        assert_eq!(single("<a href=/news/view-all>View all</a><a href=/story>single page</a>"), None);
    }

    #[test]
    fn numbers_of_pages_are_read() {
        assert_eq!(page_of("Page 2 of 3"), Some((2, 3)));
        assert_eq!(page_of("Seite 2 / 13"), Some((2, 13)));
        assert_eq!(page_of("Page 2 of the book"), None);
        assert_eq!(page_of("Pages"), None);
    }
}
