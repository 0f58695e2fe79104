//! A page's claims about its story, and what we believe of them: headline, authors, dates, language and the rest.
//!
//! A page states each fact in several places (JSON-LD, meta tags, microdata, the visible byline) and is wrong in some of
//! them. [`gather`] reads every place once and keeps each claim with its source; [`Claims::settle`] then chooses, field
//! by field, by one table of precedence and by agreement among sources, once the body is known.

mod dateline;
mod dates;
mod figures;
mod json;
mod json_ld;
mod language;
mod markup;
mod meta_tags;
mod microdata;
mod names;
mod settle;
mod state;
mod titles;
mod visible;
mod wishes;

pub(crate) use wishes::with_wishes;

use crate::article::{AuthorKind, Dateline, Image, Metadata};
use crate::dom::met::Met;
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use std::collections::BTreeMap;
use url::Url;

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A title of the story.
    Headline,
    /// Another title the page says that the story has.
    AlternativeHeadline,
    /// Who wrote it.
    Author,
    /// When it was first published.
    DatePublished,
    /// When it was last changed.
    DateModified,
    /// The section of the paper it stands in.
    Section,
    /// A tag or topic, or several in one string.
    Keywords,
    /// The summary.
    Description,
    /// Who published it.
    Publisher,
    /// A name the site goes by.
    SiteName,
    /// The language it is written in.
    Language,
    /// The address the page gives as its own.
    CanonicalUrl,
    /// Whether it is free to read.
    Free,
    /// A schema.org or Open Graph type.
    Type,
}

/// Where a claim stands in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The article's object in JSON-LD.
    JsonLd,
    /// Another object in JSON-LD: the web page, the site.
    JsonLdPage,
    /// `og:` properties.
    OpenGraph,
    /// `article:` properties.
    ArticleMeta,
    /// `twitter:` names.
    Twitter,
    /// Names of newsroom and archive tools: Dublin Core, parsely, sailthru, cxense, citation.
    ToolMeta,
    /// Plain `<meta name>`.
    Meta,
    /// `itemprop` within the article's item.
    Microdata,
    /// `<title>`.
    Title,
    /// The first heading.
    H1,
    /// `<time>`.
    Time,
    /// A visible line about the author, told by class, id, rel or address.
    Byline,
    /// The user who began a thread, told by class.
    Poster,
    /// Data of the page's own scripts.
    State,
    /// A visible line about the date, told by class or id.
    DateLine,
    /// A link to a tag of the story.
    TagLink,
    /// A link to the section it stands in.
    Breadcrumb,
    /// `<link>`.
    Link,
    /// A picture in the page.
    Picture,
    /// The page's address.
    Url,
    /// The `lang` of `<html>`.
    Lang,
    /// The text itself.
    Text,
}

/// One statement of a page about its story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it is about.
    pub field: Field,
    /// Where it stands.
    pub source: Source,
    /// As stated, entities undone, whitespace collapsed.
    pub value: String,
    /// An address given with it: an author's page, a publisher's site.
    pub url: Option<String>,
    /// What kind of author, where the page says.
    pub kind: Option<AuthorKind>,
    /// The element it stands in, for what is visible.
    pub node: Option<NodeId>,
}

/// All that a page claims about its story.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    url: Option<Url>,
    claims: Vec<Claim>,
    images: Vec<(Source, Image)>,
    /// Pictures in the page.
    pictures: Vec<(NodeId, Image)>,
    /// Figures by the headline and below it.
    figures: Vec<figures::Figure>,
    breadcrumbs: Vec<String>,
    /// The last `twitter:label` whose data is still to come.
    label: Option<String>,
    article_body: Option<String>,
    types: Vec<String>,
    paid_classes: Vec<String>,
    live_updates: Vec<LiveUpdate>,
    sites: titles::Sites,
    titles: Vec<titles::Title>,
    /// What a reader sees as the headline, whatever element it is.
    heading: Option<NodeId>,
}

/// A post of a live blog, as the page's data gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveUpdate {
    /// Its headline.
    pub headline: Option<String>,
    /// ISO 8601.
    pub date: Option<String>,
    /// Its text.
    pub text: String,
}

/// What the body extractor found, for facts that depend on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Body<'a> {
    /// The first element of the body.
    pub first_node: Option<NodeId>,
    /// Its text, blocks separated by a blank line.
    pub text: &'a str,
    /// The day the page was fetched, `YYYY-MM-DD…`: no date is later. `None` where unknown.
    pub today: Option<&'a str>,
}

/// Facts, where each comes from and how likely each is right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// The facts.
    pub metadata: Metadata,
    /// By field name in JSON: the sources that agree, joined by `+`.
    pub sources: BTreeMap<&'static str, String>,
    /// By field name in JSON: from 0.0 to 1.0.
    pub confidence: BTreeMap<&'static str, f32>,
}

/// Every claim of the page, in document order.
pub fn gather(dom: &Dom, url: Option<&Url>) -> Claims {
    let mut claims = Claims { url: url.cloned(), ..Claims::default() };
    let mut seen = visible::Seen::default();
    let mut met = Met::default();
    let mut skip_to = 0;
    for node in dom.nodes() {
        if node.index() < skip_to {
            continue;
        }
        let Kind::Element(tag) = dom.kind(node) else { continue };
        match tag {
            Tag::META => {
                meta_tags::read(dom, node, &mut claims);
                if dom.attr(node, Attr::ITEMPROP).is_some() {
                    visible::note_item(node, &mut seen);
                }
            }
            Tag::LINK => {
                meta_tags::link(dom, node, &mut claims);
                if dom.attr(node, Attr::ITEMPROP).is_some() {
                    visible::note_item(node, &mut seen);
                }
            }
            Tag::HTML => {
                if let Some(lang) = dom.attr(node, Attr::LANG) {
                    claims.add(Field::Language, Source::Lang, lang);
                }
            }
            Tag::TITLE if seen.title.is_none() => seen.title = Some(node),
            Tag::SCRIPT => {
                if dom.attr(node, Attr::TYPE).is_some_and(|it| it.to_ascii_lowercase().contains("ld+json")) {
                    seen.scripts.push(node);
                } else if dom.first_child(node).is_some() {
                    seen.data.push(node);
                }
                skip_to = dom.end(node).index();
            }
            Tag::STYLE | Tag::SVG => skip_to = dom.end(node).index(),
            tag => visible::note(dom, node, tag, &mut met, &mut seen),
        }
    }
    structured(dom, &seen, &mut claims);
    microdata::read(dom, &seen.items, seen.h1s.first().copied(), &mut claims);
    visible::read_titles(dom, &seen, &mut claims);
    visible::read_fronts(dom, &seen, &mut claims);
    let host = claims.url.as_ref().and_then(Url::host_str);
    claims.sites = titles::Sites::new(&claims.claims, &claims.breadcrumbs, host);
    claims.note_heading_of_site(dom);
    claims.titles = claims.rank_titles(None);
    claims.tell_kicker(dom);
    let headline = claims.headline_node().or_else(|| visible::standing(dom, &claims.titles.first()?.text));
    claims.heading = headline;
    visible::read_around(dom, &seen, headline, &mut claims);
    visible::read_links(dom, &seen, &mut claims);
    claims.figures = figures::read(dom, &seen, headline);
    state::read(dom, &seen.data, &mut claims);
    claims
}

/// Claims, pictures and types of a page that are kept: bounds for pages made to be costly. The page of 1,700 with most
/// claims, a listing, has 900.
const CLAIMS_MAX: usize = 4_000;
const TYPES_MAX: usize = 64;
const PICTURES_MAX: usize = 200;
const BREADCRUMBS_MAX: usize = 32;
/// Summaries that rows of the page are compared with.
const DESCRIPTIONS_MAX: usize = 128;
/// Authors that are told.
const AUTHORS_MAX: usize = 8;

/// JSON-LD read in all, in bytes; the largest page of 1,208 measured has 400 kB.
const JSON_LD_BYTES_MAX: usize = 4 << 20;

/// Adds what the page's JSON-LD claims.
fn structured(dom: &Dom, seen: &visible::Seen, claims: &mut Claims) {
    let mut roots = Vec::new();
    let mut n_bytes = 0;
    for script in &seen.scripts {
        for text in dom.children(*script).filter(|it| dom.kind(*it) == Kind::Text).map(|it| dom.text(it)) {
            n_bytes += text.len();
            if n_bytes <= JSON_LD_BYTES_MAX {
                roots.extend(json::read(text));
            }
        }
    }
    let stated: Vec<Url> = claims.of(Field::CanonicalUrl).filter_map(|it| claims.absolute(&it.value)).collect();
    let page = claims.url.clone();
    let own: Vec<&Url> = stated.iter().chain(&page).collect();
    json_ld::read(&roots, &own, claims);
}

impl Claims {
    /// Every claim, in document order.
    pub fn all(&self) -> &[Claim] {
        &self.claims
    }

    /// Titles the page gives without the site's name, best first, for telling the headline in the text.
    pub fn headlines(&self) -> Vec<&str> {
        self.titles.iter().map(|it| it.text.as_str()).collect()
    }

    /// Another headline that the page's data gives.
    pub fn alternative_headline(&self) -> Option<&str> {
        self.of(Field::AlternativeHeadline).next().map(|it| it.value.as_str())
    }

    /// The element of the visible headline.
    pub fn headline_node(&self) -> Option<NodeId> {
        self.titles.iter().find_map(|it| it.node)
    }

    /// Summaries the page gives, for telling the standfirst in the text.
    pub fn descriptions(&self) -> Vec<&str> {
        self.of(Field::Description).take(DESCRIPTIONS_MAX).map(|it| it.value.as_str()).collect()
    }

    /// Names that the page gives as its authors', settled or not.
    pub fn authors(&self) -> Vec<&str> {
        self.of(Field::Author).take(AUTHORS_MAX).map(|it| it.value.as_str()).collect()
    }

    /// The address that the page gives as its own, absolute; whether it can be is not yet asked.
    pub fn canonical_url(&self) -> Option<Url> {
        self.of(Field::CanonicalUrl).find_map(|it| self.absolute(&it.value))
    }

    /// The longest body in the page's data, entities and markup undone, paragraphs on lines of their own where it has any.
    pub fn article_body(&self) -> Option<&str> {
        self.article_body.as_deref()
    }

    /// Whether the page says anything of this.
    pub fn says(&self, field: Field) -> bool {
        self.claims.iter().any(|it| it.field == field)
    }

    /// Types the page gives itself: schema.org types without prefix, and `og:` with the Open Graph type.
    pub fn schema_types(&self) -> &[String] {
        &self.types
    }

    /// Classes of the elements that only who pays may read, as the page's data says.
    ///
    /// Source: [Google, structured data for paywalled content](https://developers.google.com/search/docs/appearance/structured-data/paywalled-content).
    pub fn paid_classes(&self) -> &[String] {
        &self.paid_classes
    }

    /// Posts of a live blog in the page's data, in its order.
    pub fn live_updates(&self) -> &[LiveUpdate] {
        &self.live_updates
    }

    /// Whether the page says that it is free to read.
    pub fn free(&self) -> Option<bool> {
        self.of(Field::Free).next().map(|it| it.value == "true")
    }

    /// The facts, chosen by precedence and agreement, now that the body is known.
    pub fn settle(&self, body: &Body<'_>) -> Settled {
        settle::settle(self, body)
    }

    /// Notes as a name of the site a heading that `<title>` sets off from another text of the page, where the address has the
    /// words of that text and not of the heading: weblogs and manuals have their name in the `h1` of every page.
    fn note_heading_of_site(&mut self, dom: &Dom) {
        let headings = self.of(Field::Headline).filter(|it| it.source == Source::H1).take(2);
        let Some(title) = self.of(Field::Headline).find(|it| it.source == Source::Title) else { return };
        let path = self.url.as_ref().map_or("", Url::path);
        let is_headline = |part: &str| {
            let part = titles::trim_separators(part);
            titles::is_in_address(&crate::text::fold(part), path) && visible::standing(dom, part).is_some()
        };
        let name = headings.map(|it| &it.value).find(|name| {
            let parts = title.value.split_once(name.as_str());
            parts.is_some_and(|(before, after)| is_headline(before) || (before.is_empty() && is_headline(after)))
                && !titles::is_in_address(&crate::text::fold(name), path)
        });
        if let Some(name) = name.cloned() {
            self.sites.push(&name);
        }
    }

    fn rank_titles(&self, near: Option<NodeId>) -> Vec<titles::Title> {
        let path = self.url.as_ref().map_or("", Url::path);
        titles::rank(&self.claims, &titles::Page { types: &self.types, path, near }, &self.sites)
    }

    /// Takes the kicker off the best title, where the page shows it apart: in one heading with the headline, which another
    /// title gives alone, or right above a headline that is no heading. The title with the kicker stays as another.
    fn tell_kicker(&mut self, dom: &Dom) {
        let Some(best) = self.titles.first() else { return };
        let Some((node, headline)) = visible::without_kicker(dom, &best.text) else { return };
        let folded = crate::text::fold(headline);
        let stated = self.titles.iter().position(|it| it.is_called(&folded));
        let is_inside = best.node.is_some_and(|it| dom.contains(it, node));
        let has_heading = self.of(Field::Headline).any(|it| it.source == Source::H1 && !self.sites.is_name(&it.value));
        if let Some(at) = stated.filter(|_| is_inside) {
            let title = self.titles.remove(at);
            self.titles.insert(0, title);
        } else if !has_heading {
            let title = best.called(headline);
            self.titles.insert(0, title);
        }
    }

    fn of(&self, field: Field) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |it| it.field == field)
    }

    fn absolute(&self, address: &str) -> Option<Url> {
        match &self.url {
            Some(base) => base.join(address.trim()).ok(),
            None => Url::parse(address.trim()).ok(),
        }
    }

    fn add(&mut self, field: Field, source: Source, value: &str) {
        self.add_with(field, source, value, None, None);
    }

    fn add_with(&mut self, field: Field, source: Source, value: &str, url: Option<&str>, kind: Option<AuthorKind>) {
        let value = crate::text::collapse(value);
        if !value.is_empty() && self.claims.len() < CLAIMS_MAX {
            self.claims.push(Claim { field, source, value, url: url.map(str::to_owned), kind, node: None });
        }
    }

    fn add_at(
        &mut self,
        field: Field,
        source: Source,
        value: &str,
        url: Option<&str>,
        kind: Option<AuthorKind>,
        node: NodeId,
    ) {
        let n_claims = self.claims.len();
        self.add_with(field, source, value, url, kind);
        if let Some(claim) = self.claims.get_mut(n_claims) {
            claim.node = Some(node);
        }
    }

    fn add_type(&mut self, kind: &str) {
        if self.types.len() < TYPES_MAX && !self.types.iter().any(|it| it == kind) {
            self.types.push(kind.to_owned());
        }
    }

    fn add_image(&mut self, source: Source, image: Image) {
        if self.images.len() < PICTURES_MAX {
            self.images.push((source, image));
        }
    }

    fn add_breadcrumb(&mut self, name: &str) {
        if self.breadcrumbs.len() < BREADCRUMBS_MAX {
            self.breadcrumbs.push(crate::text::collapse(name));
        }
    }

    /// Keeps the longest body.
    fn add_body(&mut self, body: &str) {
        let body = body.trim();
        if !body.is_empty() && self.article_body.as_ref().is_none_or(|it| it.len() < body.len()) {
            self.article_body = Some(body.to_owned());
        }
    }
}

/// Facts of plain text without markup: its lines, the headline first where it is known.
///
/// A dateline near the head gives the day, at lower confidence than any statement of a page would have.
pub fn of_text(lines: &[&str]) -> Settled {
    settle::of_text(lines)
}

/// The day or moment that a text names, ISO 8601, to the precision it gives; `None` where it names none.
///
/// ```
/// assert_eq!(copydesk::metadata::moment("May 2, 2023").as_deref(), Some("2023-05-02"));
/// ```
pub fn moment(text: &str) -> Option<String> {
    dates::parse(text).or_else(|| dates::find(text, None).map(|it| it.moment)).map(|it| it.to_string())
}

/// Place and day of filing at the head of a paragraph: `London, UK – December 4, 2025`, `BERLIN (dpa) – …`.
pub fn dateline(paragraph: &str) -> Option<Dateline> {
    dateline::parse(paragraph, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;

    fn facts(url: &str, html: &str, today: Option<&str>) -> Metadata {
        let dom = Dom::parse(html, &Options::default());
        let url = Url::parse(url).ok();
        gather(&dom, url.as_ref()).settle(&Body { today, ..Body::default() }).metadata
    }

    #[test]
    fn authors_far_from_the_headline_are_those_of_one_place() {
        let authors = |end: &str| {
            let html =
                format!("<h1>Goats reopen the pass</h1>{}{end}", "<p>It was a long and windy way up.".repeat(600));
            let metadata = facts("https://paper.example/goats", &html, None);
            metadata.author.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        let link = |name: &str| format!("<a href=/author/x>{name}</a>");
        let both = format!("<p>{}, {}", link("Jane Doe"), link("Tom Roe"));
        assert_eq!(authors(&both), ["Jane Doe", "Tom Roe"]);
        let elsewhere = format!("{both}{}<p>{}", "<p>More to read.".repeat(40), link("Ann Lee"));
        assert!(authors(&elsewhere).is_empty());
    }

    /// One fact after another as text, lists joined by `; `.
    #[track_caller]
    fn check(html: &str, fact: fn(&Metadata) -> String, expected: &str) {
        assert_eq!(fact(&facts("https://paper.example/news/strike", html, Some("2025-06-30"))), expected);
    }

    fn headline(it: &Metadata) -> String {
        it.headline.clone().unwrap_or_default()
    }

    fn authors(it: &Metadata) -> String {
        it.author.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join("; ")
    }

    fn published(it: &Metadata) -> String {
        it.date_published.clone().unwrap_or_default()
    }

    #[test]
    fn the_object_that_names_the_page_is_the_storys() {
        let html = r#"<script type="application/ld+json">{"@graph": [
            {"@type": "NewsArticle", "url": "https://paper.example/other", "headline": "Another", "author": "Al Other"},
            {"@type": "NewsArticle", "mainEntityOfPage": {"@id": "https://paper.example/news/strike/"},
             "headline": "Strike &amp; talks", "author": [{"@id": "/#jo"}], "datePublished": "2025-06-01T10:00:00+02:00"},
            {"@type": "Person", "@id": "/#jo", "name": "Jo Smith", "url": "/jo"}]}</script><h1>Strike &amp; talks</h1>"#;
        check(html, headline, "Strike & talks");
        check(html, authors, "Jo Smith");
        check(html, published, "2025-06-01T10:00:00+02:00");
        check(html, |it| it.author[0].url.clone().unwrap_or_default(), "https://paper.example/jo");
    }

    #[test]
    fn the_sites_name_signs_only_where_nobody_else_does() {
        let head = r#"<meta property="og:site_name" content="The Paper"><meta name="author" content="The Paper">
            <h1>Strike goes on</h1>"#;
        check(&format!("{head}<p class=byline>By Jo Smith</p>"), authors, "Jo Smith");
        check(head, authors, "The Paper");
        check(&format!("{head}<p>By <b>Jo Smith</b></p>"), authors, "Jo Smith");
    }

    #[test]
    fn microdata_at_the_end_of_the_article_counts_and_that_of_comments_does_not() {
        let html = r#"<article itemscope itemtype="https://schema.org/Article"><h1 itemprop=headline>Strike</h1><p>Text</p>
            <div itemprop=comment itemscope itemtype="https://schema.org/Comment"><span itemprop=author itemscope>
            <span itemprop=name>Troll</span></span><time itemprop=datePublished datetime="2025-06-09">9 June</time></div>
            <span itemprop=author itemscope><meta itemprop=name content="Jo Smith"></span>
            <meta itemprop=datePublished content="2025-06-01"></article>"#;
        check(html, authors, "Jo Smith");
        check(html, published, "2025-06-01");
    }

    #[test]
    fn no_date_is_in_the_future_or_before_the_web() {
        check(r#"<h1>Strike</h1><meta property="article:published_time" content="2025-09-01">"#, published, "");
        check(
            r#"<h1>Strike</h1><meta property="article:published_time" content="1970-01-01T00:00:00Z">"#,
            published,
            "",
        );
        check(
            r#"<h1>Strike</h1><meta property="article:published_time" content="2025-06-01">"#,
            published,
            "2025-06-01",
        );
    }

    #[test]
    fn a_change_before_publication_is_none() {
        let page = |changed: &str| {
            format!(
                r#"<meta property="article:published_time" content="2025-06-02T10:00Z">
                <meta property="article:modified_time" content="{changed}">"#
            )
        };
        let changed = |it: &Metadata| it.date_modified.clone().unwrap_or_default();
        check(&page("2025-06-02T09:00Z"), changed, "");
        check(&page("2025-06-02T10:00Z"), changed, "");
        check(&page("2025-06-02T13:00+02:00"), changed, "2025-06-02T13:00+02:00");
    }

    #[test]
    fn exchangeable_numbers_are_read_as_the_rest_of_the_page_suggests() {
        let line = "<h1>Strike goes on</h1><p class=date>03/04/2025</p>";
        check(line, published, "2025-04-03");
        check(&format!("<html lang=en-US>{line}"), published, "2025-03-04");
        check(&format!("{line}<time>March 4, 2025</time>"), published, "2025-03-04");
    }

    #[test]
    fn a_canonical_address_that_cannot_be_is_not_believed() {
        let canonical = |it: &Metadata| it.canonical_url.clone().unwrap_or_default();
        for (href, expected) in [
            ("/news/strike?x=1", "https://paper.example/news/strike?x=1"),
            ("https://paper.example/", ""),
            ("http://localhost/news/strike", ""),
            ("https://agency.example.org/2025/strike", "https://agency.example.org/2025/strike"),
            ("https://agency.example.org/about", ""),
        ] {
            check(&format!("<link rel=canonical href='{href}'>"), canonical, expected);
        }
    }

    #[test]
    fn free_access_is_read_from_text_and_parts() {
        let free = |it: &Metadata| format!("{:?}", it.is_accessible_for_free);
        let page = |inner: &str| {
            format!(r#"<script type="application/ld+json">{{"@type":"NewsArticle","headline":"x",{inner}}}</script>"#)
        };
        check(&page(r#""isAccessibleForFree":"False""#), free, "Some(false)");
        check(&page(r#""isAccessibleForFree":true"#), free, "Some(true)");
        check(&page(r#""hasPart":{"@type":"WebPageElement","isAccessibleForFree":false}"#), free, "Some(false)");
        check(&page(r#""name":"x""#), free, "None");
    }

    #[test]
    fn the_paid_parts_of_a_page_are_told_by_class() {
        let html = r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","hasPart":[
            {"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".paid, .paid-too"},
            {"@type":"WebPageElement","isAccessibleForFree":"False","cssSelector":[".more","div.no","p .no"]}],
            "speakable":{"cssSelector":".no"},"review":{"@type":"Review","itemReviewed":{"@type":"Product"}}}</script>"#;
        let dom = Dom::parse(html, &Options::default());
        let claims = gather(&dom, None);
        assert_eq!(claims.paid_classes(), ["paid", "paid-too", "more"]);
        assert_eq!(claims.schema_types(), ["NewsArticle"]);
    }

    #[test]
    fn the_longest_body_in_the_data_is_kept_as_text() {
        let html = r#"<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"&lt;p&gt;One &amp;amp; two."}
            </script>"#;
        let dom = Dom::parse(html, &Options::default());
        assert_eq!(gather(&dom, None).article_body(), Some("One & two."));
    }

    #[test]
    fn posts_of_a_live_blog_have_their_times() {
        let html = r#"<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Live","liveBlogUpdate":[
            {"@type":"BlogPosting","headline":"Doors open","datePublished":"2025-06-01T08:00Z","articleBody":"They came."}]}
            </script>"#;
        let dom = Dom::parse(html, &Options::default());
        let expected = LiveUpdate {
            headline: Some("Doors open".to_owned()),
            date: Some("2025-06-01T08:00Z".to_owned()),
            text: "They came.".to_owned(),
        };
        assert_eq!(gather(&dom, None).live_updates(), [expected]);
    }

    #[test]
    fn plain_text_gives_headline_and_the_day_of_its_dateline() {
        let settled = of_text(&["Strike goes on", "London, UK – December 4, 2025", "The strike goes on."]);
        assert_eq!(headline(&settled.metadata), "Strike goes on");
        assert_eq!(published(&settled.metadata), "2025-12-04");
        assert!(settled.confidence["datePublished"] < 0.8);
    }

    #[test]
    fn hostile_pages_do_no_harm() {
        let deep = format!(r#"<script type="application/ld+json">{}</script>"#, r#"{"@graph":["#.repeat(50_000));
        let many = "<h1 class=author itemprop=author itemscope>By ".repeat(5_000);
        for html in
            [deep, many, "<meta property=og:title>".to_owned(), "<script type='application/ld+json'>\"".to_owned()]
        {
            facts("https://paper.example/", &html, None);
        }
    }
}
