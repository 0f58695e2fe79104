//! What a site's other pages teach about this one: texts that recur there are the site's, not the story's, and a place in
//! the page that held the story before holds it again.
//!
//! A page seen gives an [`Observation`]: the hashes of its blocks' texts, and for each shape of place how many words of it
//! were story. A [`SiteMemory`] keeps some of them for each host, and gives the [`Evidence`] for one more page. It is handed
//! in and out, never kept anywhere; it does not depend on the order in which pages were seen, as which observations are kept
//! is decided by what they hold, and an observation says what was chosen without any memory.
//!
//! The same story under two addresses would be evidence against itself. So a page counts only if its story differs from the
//! one asked about, and pages with one story count once.
//!
//! Source: the idea is that of template detection by hashes of path and text, as in the site style tree of Yi, Liu and Li,
//! "Eliminating Noisy Information in Web Pages for Data Mining" (2003). They need many pages; from two on we say something.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A block as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its text, see [`text_hash`].
    pub text: u32,
    /// The way from the top of the page to it, see [`shape_hash`].
    pub shape: u32,
    /// Its words.
    pub n_words: u32,
    /// Whether it is of the story, for all that the page alone says.
    pub in_story: bool,
}

/// What a page taught.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observation {
    /// The day it was seen, ISO 8601; empty where it is not known. Of many pages the latest are kept.
    day: String,
    /// Its address, see [`page_hash`].
    page: u64,
    /// Texts of the story's longer blocks, in ascending order.
    story: Vec<u32>,
    /// All other texts, in ascending order.
    other: Vec<u32>,
    /// Shape, words of the story, other words; by ascending shape.
    shapes: Vec<(u32, u32, u32)>,
}

impl Observation {
    /// What the blocks of a page teach.
    pub fn new(page: u64, day: Option<&str>, rows: &[Row]) -> Self {
        let is_prose = |row: &&Row| row.in_story && row.n_words >= PROSE_WORDS_MIN;
        let story = texts(rows.iter().filter(is_prose));
        let other = texts(rows.iter().filter(|it| !is_prose(it)));
        let mut by_shape: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for row in rows {
            let words = by_shape.entry(row.shape).or_default();
            let words = if row.in_story { &mut words.0 } else { &mut words.1 };
            *words = words.saturating_add(row.n_words);
        }
        let shapes = by_shape.into_iter().map(|(shape, (inside, outside))| (shape, inside, outside));
        let day = day.and_then(|it| it.get(..DAY_BYTES)).unwrap_or_default().to_owned();
        Self { day, page, story, other, shapes: shapes.take(SHAPES_MAX).collect() }
    }

    fn holds(&self, text: u32) -> bool {
        self.story.binary_search(&text).is_ok() || self.other.binary_search(&text).is_ok()
    }

    /// Words of a shape that were story, and those that were not.
    fn of_shape(&self, shape: u32) -> Option<(u32, u32)> {
        let at = self.shapes.binary_search_by_key(&shape, |it| it.0).ok()?;
        Some((self.shapes[at].1, self.shapes[at].2))
    }

    /// Whether another page holds the same story, whole or in part.
    fn is_twin(&self, other: &Self) -> bool {
        let n_shorter = self.story.len().min(other.story.len());
        let n_shared = self.story.iter().filter(|it| other.story.binary_search(it).is_ok()).count();
        n_shared * 2 >= n_shorter.max(1)
    }
}

/// Hashes of texts, each once, in order. Of too many the smallest, which are the same ones on every page that has them.
fn texts<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<u32> {
    let mut texts: Vec<u32> = rows.map(|it| it.text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.truncate(TEXTS_MAX);
    texts
}

/// What is known of every site, by host. Serialises as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteMemory {
    schema: Schema,
    hosts: BTreeMap<String, Vec<Observation>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Schema {
    #[default]
    #[serde(rename = "copydesk/siteMemory/1")]
    One,
}

impl SiteMemory {
    /// Takes in what a page of a host taught. A page seen before is replaced if this is not older.
    pub fn observe(&mut self, host: &str, seen: Observation) {
        if host.is_empty() || host.len() > HOST_BYTES_MAX || (seen.story.is_empty() && seen.other.is_empty()) {
            return;
        }
        let pages = self.hosts.entry(host.to_owned()).or_default();
        // Later ones first; of one day, an order that is the same whichever came first.
        let order = |a: &Observation, b: &Observation| b.day.cmp(&a.day).then_with(|| a.cmp(b));
        match pages.iter_mut().find(|it| it.page == seen.page) {
            Some(known) if order(&seen, known).is_lt() => *known = seen,
            Some(_) => {}
            None => pages.push(seen),
        }
        pages.sort_by(order);
        pages.truncate(PAGES_MAX);
        if self.hosts.len() > HOSTS_MAX {
            let last = self.hosts.keys().max_by_key(|it| (fnv(FNV_START, it.as_bytes()), it.as_str())).cloned();
            self.hosts.remove(&last.expect("there is one host too many"));
        }
    }

    /// All that another memory knows.
    pub fn merge(&mut self, other: Self) {
        for (host, pages) in other.hosts {
            pages.into_iter().for_each(|it| self.observe(&host, it));
        }
    }

    /// What the pages of a host say.
    pub fn evidence(&self, host: &str) -> Evidence<'_> {
        Evidence { pages: self.hosts.get(host).map_or(&[], Vec::as_slice) }
    }

    /// Hosts known.
    pub fn n_hosts(&self) -> usize {
        self.hosts.len()
    }

    /// Puts what was read from elsewhere in order: nothing in a file is to be trusted.
    ///
    /// # Errors
    ///
    /// What is wrong with the JSON.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut memory = Self::default();
        let Self { hosts, .. } = serde_json::from_slice(json)?;
        for (host, pages) in hosts {
            for mut page in pages {
                for texts in [&mut page.story, &mut page.other] {
                    texts.sort_unstable();
                    texts.dedup();
                    texts.truncate(TEXTS_MAX);
                }
                page.shapes.sort_unstable();
                page.shapes.dedup_by_key(|it| it.0);
                page.shapes.truncate(SHAPES_MAX);
                memory.observe(&host, page);
            }
        }
        Ok(memory)
    }

    /// As JSON, one line; the same memory gives the same bytes.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("hosts and numbers")
    }
}

/// What a host's other pages say about one more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    pages: &'a [Observation],
}

/// What the other pages say about one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hint {
    /// Other stories that stand on a page with the same text.
    pub n_recurs: u32,
    /// Other stories on whose page something stands in such a place.
    pub n_shape: u32,
    /// Words in such places that were story.
    pub n_story_words: u32,
    /// Words in such places that were not.
    pub n_other_words: u32,
}

impl Evidence<'_> {
    /// Whether there is nothing to say about any page.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// One hint a row of a page, in order; none at all if no other story is known.
    pub fn hints(&self, page: u64, rows: &[Row]) -> Option<Vec<Hint>> {
        let own = Observation::new(page, None, rows);
        // A page without a story cannot be told from its twins.
        if own.story.is_empty() {
            return None;
        }
        let mut others: Vec<&Observation> = Vec::new();
        for other in self.pages.iter().filter(|it| it.page != page && !it.story.is_empty()) {
            if !own.is_twin(other) && !others.iter().any(|it| it.is_twin(other)) {
                others.push(other);
            }
        }
        if others.is_empty() {
            return None;
        }
        let hint = |row: &Row| {
            let mut hint = Hint::default();
            for other in &others {
                hint.n_recurs += u32::from(other.holds(row.text));
                if let Some((inside, outside)) = other.of_shape(row.shape) {
                    hint.n_shape += 1;
                    hint.n_story_words = hint.n_story_words.saturating_add(inside);
                    hint.n_other_words = hint.n_other_words.saturating_add(outside);
                }
            }
            hint
        };
        Some(rows.iter().map(hint).collect())
    }
}

/// A text's hash: letters in lower case, every run of digits one digit, everything else one space; so that a line with a
/// count or an hour in it is the same on every page.
pub fn text_hash(text: &str) -> u32 {
    let (mut hash, mut gap, mut digits) = (FNV_START, false, false);
    for c in text.chars() {
        if !c.is_alphanumeric() {
            (gap, digits) = (true, false);
            continue;
        }
        if gap && hash != FNV_START {
            hash = fnv(hash, b" ");
        }
        gap = false;
        if c.is_numeric() {
            hash = if digits { hash } else { fnv(hash, b"0") };
            digits = true;
            continue;
        }
        digits = false;
        let mut bytes = [0; 4];
        c.to_lowercase().for_each(|c| hash = fnv(hash, c.encode_utf8(&mut bytes).as_bytes()));
    }
    short(hash)
}

/// The hash of a place in a page, from that of the place around it, the element's name and its classes. Classes with a
/// number of three digits in them name one element and not a kind; they do not count.
pub fn shape_hash(around: u32, name: &str, classes: &str) -> u32 {
    let mut hash = fnv(FNV_START ^ u64::from(around), name.as_bytes());
    for class in classes.split_ascii_whitespace().take(CLASSES_MAX) {
        let is_number = |it: &[u8]| it.iter().all(u8::is_ascii_digit);
        if !class.as_bytes().windows(3).any(is_number) {
            hash = fnv(fnv(hash, b"."), class.as_bytes());
        }
    }
    short(hash)
}

/// The hash of a page's address: without scheme, `www.`, fragment and a slash at the end.
pub fn page_hash(url: &str) -> u64 {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split('#').next().unwrap_or_default();
    fnv(FNV_START, url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/').as_bytes())
}

/// A host by the name its pages are remembered under.
pub fn host_key(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// FNV-1a, 64 bits: the same on every platform, so that a saved memory stays valid.
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Both halves in one: FNV's own way to a shorter hash.
fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

/// Pages kept of a host: text that stands on every page is seen on the first few, and a host takes some 40 kB.
const PAGES_MAX: usize = 16;
/// Hosts kept: under a gigabyte in the worst case, and more than any crawl of news has.
const HOSTS_MAX: usize = 20_000;
/// Bytes of a host's name, by DNS.
const HOST_BYTES_MAX: usize = 253;
/// Texts kept of a page, of either kind: two of a hundred news pages have more.
const TEXTS_MAX: usize = 512;
/// Shapes kept of a page.
const SHAPES_MAX: usize = 256;
/// Classes of an element that count; those that follow are utilities.
const CLASSES_MAX: usize = 8;
/// Words of a block by which a story is known again.
const PROSE_WORDS_MIN: u32 = 8;
/// Bytes of an ISO 8601 day.
const DAY_BYTES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    const FOOTER: &str = "Follow our paper wherever you read, and write to us if something in it is wrong, please";

    fn row(text: &str, shape: u32, in_story: bool) -> Row {
        Row { text: text_hash(text), shape, n_words: text.split(' ').count() as u32, in_story }
    }

    /// A page with a story of its own, and a line that stands on all pages.
    fn rows(story: &str) -> Vec<Row> {
        let part = |n: u32| {
            row(&format!("{story} part {} of many that nobody has read before", ["one", "two"][n as usize]), 1, true)
        };
        vec![row("Home", 2, false), part(0), part(1), row(FOOTER, 1, true)]
    }

    fn page(story: &str) -> Observation {
        Observation::new(page_hash(story), None, &rows(story))
    }

    fn memory(stories: &[&str]) -> SiteMemory {
        let mut memory = SiteMemory::default();
        stories.iter().for_each(|it| memory.observe("herald.example", page(it)));
        memory
    }

    #[test]
    fn what_stands_beside_other_stories_recurs() {
        let memory = memory(&["bridge", "ferry", "mill"]);
        let hints = memory.evidence("herald.example").hints(page_hash("well"), &rows("well")).expect("three stories");
        assert_eq!(hints.iter().map(|it| it.n_recurs).collect::<Vec<_>>(), [3, 0, 0, 3]);
        assert_eq!((hints[1].n_shape, hints[1].n_other_words, hints[0].n_story_words), (3, 0, 0));
    }

    #[test]
    fn a_story_under_two_addresses_is_no_evidence_against_itself() {
        let mut memory = memory(&["bridge"]);
        let again = || Observation::new(page_hash("bridge?print"), None, &rows("bridge"));
        memory.observe("herald.example", again());
        let evidence = memory.evidence("herald.example");
        assert_eq!(evidence.hints(page_hash("bridge?amp"), &rows("bridge")), None);
        // Two pages with one story are one for another story, too.
        let hints = evidence.hints(page_hash("well"), &rows("well")).expect("one story");
        assert_eq!(hints[3].n_recurs, 1);
        // A page is never evidence about itself.
        let alone = super::tests::memory(&["bridge"]);
        assert_eq!(alone.evidence("herald.example").hints(page_hash("bridge"), &rows("well")), None);
    }

    #[test]
    fn the_order_of_pages_does_not_count() {
        let names: Vec<String> = (0..40).map(|it| format!("story {}", "x".repeat(it))).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        let forwards = memory(&names);
        names.reverse();
        assert_eq!(memory(&names), forwards);
        assert_eq!(forwards.hosts["herald.example"].len(), PAGES_MAX);
        let (head, tail) = names.split_at(13);
        let mut merged = memory(tail);
        merged.merge(memory(head));
        assert_eq!(merged.to_json(), forwards.to_json());
    }

    #[test]
    fn the_latest_pages_are_kept() {
        let mut memory = SiteMemory::default();
        for day in 10..30 {
            let story = "x".repeat(day);
            let seen = Observation::new(page_hash(&story), Some(&format!("2025-03-{day}T10:00:00Z")), &rows(&story));
            memory.observe("herald.example", seen);
        }
        let days: Vec<&str> = memory.hosts["herald.example"].iter().map(|it| it.day.as_str()).collect();
        assert_eq!((days.len(), days[0], days[15]), (PAGES_MAX, "2025-03-29", "2025-03-14"));
    }

    #[test]
    fn a_memory_goes_through_json_and_a_strange_one_is_put_in_order() {
        let memory = memory(&["bridge", "ferry"]);
        assert_eq!(SiteMemory::from_json(memory.to_json().as_bytes()).expect("our own"), memory);
        let strange = r#"{"schema":"copydesk/siteMemory/1","hosts":{"a.example":[
            {"day":"","page":1,"story":[9,3,3],"other":[],"shapes":[[5,1,0],[2,0,1],[5,7,7]]}]}}"#;
        let strange = SiteMemory::from_json(strange.as_bytes()).expect("the right shape");
        let page = &strange.hosts["a.example"][0];
        assert_eq!((&page.story[..], page.shapes.len()), (&[3, 9][..], 2));
        assert!(SiteMemory::from_json(b"{\"schema\":\"copydesk/siteMemory/2\",\"hosts\":{}}").is_err());
    }

    #[test]
    fn hosts_are_bounded_and_the_same_ones_are_kept() {
        let of = |hosts: &[String]| {
            let mut memory = SiteMemory::default();
            hosts.iter().for_each(|it| memory.observe(it, page("bridge")));
            memory
        };
        let mut hosts: Vec<String> = (0..HOSTS_MAX + 10).map(|it| format!("h{it}.example")).collect();
        let forwards = of(&hosts);
        hosts.reverse();
        assert_eq!(forwards.n_hosts(), HOSTS_MAX);
        assert!(of(&hosts).hosts.keys().eq(forwards.hosts.keys()));
    }

    #[test]
    fn texts_and_places_are_compared_by_what_counts() {
        assert_eq!(text_hash("12 Comments – 3 h ago"), text_hash("7 comments, 45 h ago"));
        assert_ne!(text_hash("one two"), text_hash("onetwo"));
        assert_eq!(shape_hash(7, "div", "post post-4711"), shape_hash(7, "div", "post"));
        assert_ne!(shape_hash(7, "div", "post"), shape_hash(8, "div", "post"));
        assert_eq!(page_hash("https://www.a.example/b/#c"), page_hash("http://a.example/b"));
    }
}
