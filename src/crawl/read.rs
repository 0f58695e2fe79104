//! A page that came to what is kept of it and where it leads. Pure: no network, no clock, nothing shared.

use super::source::Source;
use crate::discover::{self, Form, Found, Kind, Link};
use crate::extract::{self, Extracted};
use crate::frontier::{Lead, SourceId};
use crate::page::Page;
use crate::store::{Draft, Millis};
use crate::url::{Pattern, host_key, normal_form, site};
use std::hash::{DefaultHasher, Hash, Hasher};
use url::Url;

/// How deep indices of sitemaps may stand in one another. The protocol knows one level.
const SITEMAP_LEVELS_MAX: u32 = 3;
/// Links of one page that are followed, the newest first. A sitemap may list ten times as many, and most of them are
/// old.
pub(super) const LINKS_MAX: usize = 5_000;
/// Feeds, and sitemaps, of a front page that are followed. Sites that have a feed for each topic have hundreds.
const PLACES_MAX: usize = 10;

/// A source as a run uses it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: SourceId,
    pub(super) name: String,
    pub(super) source: Source,
    /// Stories from before are passed over.
    pub(super) since: Option<Millis>,
    /// How its pages are read.
    pub(super) extract: extract::Options,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl Known {
    pub(super) fn new(
        id: SourceId,
        name: &str,
        source: &Source,
        since: Option<Millis>,
        extract: &extract::Options,
    ) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        Self {
            id,
            name: name.to_owned(),
            source: source.clone(),
            since,
            extract: source.extract(extract),
            include: patterns(&source.include),
            exclude: patterns(&source.exclude),
        }
    }

    /// What the settings name, to be asked for first.
    pub(super) fn leads(&self) -> Vec<Lead> {
        let Source { home, feeds, sitemaps, sections, .. } = &self.source;
        let sections = home.iter().chain(sections).map(|url| (Kind::Section, url));
        let feeds = feeds.iter().map(|url| (Kind::Feed, url));
        let sitemaps = sitemaps.iter().map(|url| (Kind::Sitemap, url));
        let seeds =
            feeds.chain(sections).chain(sitemaps).filter_map(|(kind, url)| Some((kind, normal_form(url).ok()?)));
        seeds.map(|(kind, url)| self.lead(url, kind, 0, None)).collect()
    }

    fn lead(&self, url: Url, kind: Kind, depth: u32, date: Option<Millis>) -> Lead {
        Lead { host: host_key(&url), url, kind, source: self.id, depth, n_hops: 0, date }
    }

    fn is_wanted(&self, url: &Url) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(url));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }

    fn is_home(&self, url: &Url) -> bool {
        self.source.home.as_ref().and_then(|home| normal_form(home).ok()).as_ref() == Some(url)
    }

    /// Where a redirect leads: the same, in another place. `None` if that is not wanted, or no address.
    pub(super) fn moved(&self, lead: &Lead, target: &Url) -> Option<Lead> {
        let url = normal_form(target).ok()?;
        let is_wanted = lead.kind != Kind::Article || self.is_wanted(&url);
        is_wanted.then(|| Lead { host: host_key(&url), url, n_hops: lead.n_hops + 1, ..lead.clone() })
    }
}

/// What a page gave.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// One word for the log: "read", "stored", "no-article", "too-old", "not-a-feed".
    pub(super) outcome: &'static str,
    /// For people, where it is not as it should be.
    pub(super) message: Option<String>,
    /// The same again means that nothing has changed.
    pub(super) fingerprint: i64,
    pub(super) article: Option<Draft>,
    pub(super) leads: Vec<Lead>,
    /// Links that were not followed: old, unwanted, too deep, or too many.
    pub(super) n_left_out: usize,
    /// Whether it is what it was believed to be.
    pub(super) is_sound: bool,
}

/// What one page is read with.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) known: &'a Known,
    pub(super) lead: &'a Lead,
    /// When the page was fetched.
    pub(super) fetched_at: Millis,
    /// Where it is kept as served.
    pub(super) archive: Option<String>,
    /// The sitemaps that robots.txt of its site names.
    pub(super) sitemaps: Vec<String>,
}

/// Reads a page as what it was believed to be: a story, or a list.
pub(super) fn read(page: &Page, reading: Reading<'_>) -> Read {
    match reading.lead.kind {
        Kind::Article => story(page, reading),
        Kind::Section | Kind::Feed | Kind::Sitemap => list(page, &reading),
    }
}

fn story(page: &Page, reading: Reading<'_>) -> Read {
    let Reading { known, lead, fetched_at, archive, .. } = reading;
    let Extracted { article, finding, .. } = extract::extract(page, &known.extract);
    if let Some(finding) = finding {
        return Read {
            outcome: "no-article",
            message: Some(format!("{}: {}", lead.url, finding.message())),
            fingerprint: fingerprint(&article.content_hash),
            is_sound: true,
            ..Read::default()
        };
    }
    let canonical = article.metadata.canonical_url.as_deref().and_then(|url| normal_form(&Url::parse(url).ok()?).ok());
    let draft = Draft::of(&article, &lead.url, canonical.as_ref(), &known.name, fetched_at, archive);
    let modified = article.metadata.date_modified.as_deref().and_then(crate::store::millis);
    let date = draft.as_ref().and_then(|draft| draft.published).max(modified);
    let is_old = matches!((date, known.since), (Some(date), Some(since)) if date < since);
    Read {
        outcome: match (&draft, is_old) {
            (None, _) => "no-article",
            (Some(_), true) => "too-old",
            (Some(_), false) => "stored",
        },
        fingerprint: fingerprint(&(&article.content_hash, &article.metadata.headline)),
        article: draft.filter(|_| !is_old),
        is_sound: true,
        ..Read::default()
    }
}

fn list(page: &Page, reading: &Reading<'_>) -> Read {
    let Reading { known, lead, .. } = reading;
    let (form, mut found) = discover::discover(page, &known.extract.dom);
    let is_sound = match lead.kind {
        // A page in the place of a feed or sitemap: an error page, as a rule.
        Kind::Feed | Kind::Sitemap => form != Form::Page,
        Kind::Section | Kind::Article => true,
    };
    if !is_sound {
        return Read {
            outcome: "not-a-list",
            message: Some(format!("{} is a web page, not a {}", lead.url, word(lead.kind))),
            fingerprint: 0,
            ..Read::default()
        };
    }
    let mut read = Read { outcome: "read", is_sound: true, n_left_out: found.n_left_out, ..Read::default() };
    let mut addresses: Vec<&str> = found.links.iter().map(|link| link.url.as_str()).collect();
    addresses.sort_unstable();
    read.fingerprint = fingerprint(&addresses);
    if known.is_home(&lead.url) && known.source.feeds.is_empty() && known.source.sitemaps.is_empty() {
        read.leads.extend(places(reading, &found));
    }
    let links = std::mem::take(&mut found.links);
    for link in links {
        match followed(reading, form, link) {
            Some(lead) if read.leads.len() < LINKS_MAX => read.leads.push(lead),
            _ => read.n_left_out += 1,
        }
    }
    read
}

/// Feeds and sitemaps that a front page and the robots.txt beside it name; where neither names any, the usual places.
fn places(reading: &Reading<'_>, found: &Found) -> Vec<Lead> {
    let Reading { known, lead, sitemaps, .. } = reading;
    let named = sitemaps.iter().filter_map(|sitemap| normal_form(&lead.url.join(sitemap).ok()?).ok());
    let sitemaps: Vec<Url> = named.chain(found.sitemaps.iter().cloned()).take(PLACES_MAX).collect();
    let feeds: Vec<Url> = found.feeds.iter().take(PLACES_MAX).cloned().collect();
    let places: Vec<(Kind, Url)> = match feeds.is_empty() && sitemaps.is_empty() {
        true => discover::usual_places(&lead.url),
        false => {
            let feeds = feeds.into_iter().map(|url| (Kind::Feed, url));
            feeds.chain(sitemaps.into_iter().map(|url| (Kind::Sitemap, url))).collect()
        }
    };
    places.into_iter().map(|(kind, url)| known.lead(url, kind, 1, None)).collect()
}

/// The lead that a link is, if it is to be followed.
fn followed(reading: &Reading<'_>, form: Form, link: Link) -> Option<Lead> {
    let Reading { known, lead, .. } = reading;
    let date = link.date().map(|date| date.as_millisecond());
    if matches!((date, known.since), (Some(date), Some(since)) if date < since) {
        return None;
    }
    if let (Some(wanted), Some(language)) = (&known.source.language, &link.language)
        && primary(wanted) != primary(language)
    {
        return None;
    }
    // A sitemap speaks for its own site (sitemaps.org, "location"), unless the settings want more.
    if form == Form::Sitemap && site(&link.url) != site(&lead.url) && known.include.is_empty() {
        return None;
    }
    let depth = lead.depth + 1;
    let is_followed = match link.kind {
        Kind::Article => known.is_wanted(&link.url),
        Kind::Section => u64::from(lead.depth) < known.source.depth.get() && known.is_wanted(&link.url),
        Kind::Sitemap => form == Form::Sitemap && depth <= SITEMAP_LEVELS_MAX,
        Kind::Feed => false,
    };
    // What a sitemap lists without a date may be of any age: it comes after all that has one.
    let date = match (form, link.kind) {
        (Form::Sitemap, Kind::Article) => date.or(known.since),
        _ => date,
    };
    is_followed.then(|| known.lead(link.url, link.kind, depth, date))
}

/// The language of a tag, without its region.
fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What a kind of page is called.
pub(super) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Article => "article",
        Kind::Section => "section",
        Kind::Feed => "feed",
        Kind::Sitemap => "sitemap",
    }
}

fn fingerprint(of: &impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Millis = 86_400_000;

    fn known(toml: &str) -> Known {
        let source: Source = toml::from_str(toml).expect("a source");
        Known::new(1, "herald", &source, Some(20_000 * DAY), &extract::Options::default())
    }

    fn read_as(known: &Known, kind: Kind, url: &str, body: &str) -> Read {
        let url: Url = url.parse().expect("a URL");
        let lead = known.lead(url.clone(), kind, 0, None);
        let reading = Reading {
            known,
            lead: &lead,
            fetched_at: 20_500 * DAY,
            archive: None,
            sitemaps: vec!["/news.xml".to_owned()],
        };
        read(&Page::saved(body, Some(url)), reading)
    }

    fn urls(read: &Read) -> Vec<&str> {
        read.leads.iter().map(|lead| lead.url.as_str()).collect()
    }

    fn rss(items: &[(&str, &str)]) -> String {
        let items = items.iter().map(|(url, date)| format!("<item><link>{url}</link><pubDate>{date}</pubDate></item>"));
        format!("<rss version='2.0'><channel>{}</channel></rss>", items.collect::<String>())
    }

    #[test]
    fn a_feed_leads_to_what_is_wanted_and_recent() {
        let known = known("feeds = [\"https://a.example/feed\"]\nexclude = [\"/sport/\"]");
        let feed = rss(&[
            ("https://a.example/new", "Mon, 23 Nov 2026 08:00:00 GMT"),
            ("https://a.example/sport/new", "Mon, 23 Nov 2026 08:00:00 GMT"),
            ("https://a.example/old", "Mon, 23 Nov 1998 08:00:00 GMT"),
        ]);
        let first = read_as(&known, Kind::Feed, "https://a.example/feed", &feed);
        assert_eq!(urls(&first), ["https://a.example/new"]);
        assert_eq!(first.n_left_out, 2);
        let again = read_as(&known, Kind::Feed, "https://a.example/feed", &feed.replace("08:00", "09:00"));
        assert_eq!(first.fingerprint, again.fingerprint, "what it leads to is the same");
    }

    #[test]
    fn a_page_in_the_place_of_a_feed_is_no_feed() {
        let known = known("feeds = [\"https://a.example/feed\"]");
        let read = read_as(&known, Kind::Feed, "https://a.example/feed", "<title>Down</title><a href=/1>One</a>");
        assert!(!read.is_sound && read.leads.is_empty(), "{read:?}");
    }

    #[test]
    fn a_front_page_leads_to_its_feeds_and_sitemaps() {
        let known = known("home = \"https://a.example/\"");
        let html = "<title>A</title><link rel=alternate type=application/rss+xml href=/rss.xml>";
        let read = read_as(&known, Kind::Section, "https://a.example/", html);
        assert_eq!(urls(&read), ["https://a.example/rss.xml", "https://a.example/news.xml"]);
    }

    #[test]
    fn a_sitemap_speaks_for_its_own_site() {
        let known = known("sitemaps = [\"https://a.example/s.xml\"]");
        let sitemap =
            "<urlset><url><loc>https://www.a.example/1</loc></url><url><loc>https://b.example/1</loc></url></urlset>";
        let read = read_as(&known, Kind::Sitemap, "https://a.example/s.xml", sitemap);
        assert_eq!(urls(&read), ["https://www.a.example/1"]);
        assert_eq!(read.leads[0].date, Some(20_000 * DAY), "of any age, so last");
    }
}
