//! A page's claims about its story, and what we believe of them: headline, authors, dates, language and the rest.
//!
//! A page states each fact in several places (JSON-LD, meta tags, microdata, the visible byline) and is wrong in some of
//! them. [`gather`] reads every place once and keeps each claim with its source; [`Claims::settle`] then chooses, field
//! by field, by one table of precedence and by agreement among sources, once the body is known.

mod dateline;
mod dates;
mod json;
mod json_ld;
mod language;
mod markup;
mod meta_tags;
mod microdata;
mod names;
mod settle;
mod titles;
mod visible;

use crate::article::{AuthorKind, Dateline, Image, Metadata};
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
    breadcrumbs: Vec<String>,
    /// The last `twitter:label` whose data is still to come.
    label: Option<String>,
    article_body: Option<String>,
    types: Vec<String>,
    live_updates: Vec<LiveUpdate>,
    sites: titles::Sites,
    titles: Vec<titles::Title>,
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
                    seen.items.push(node);
                }
            }
            Tag::LINK => {
                meta_tags::link(dom, node, &mut claims);
                if dom.attr(node, Attr::ITEMPROP).is_some() {
                    seen.items.push(node);
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
                }
                skip_to = dom.end(node).index();
            }
            Tag::STYLE | Tag::SVG => skip_to = dom.end(node).index(),
            tag => visible::note(dom, node, tag, &mut seen),
        }
    }
    structured(dom, &seen, &mut claims);
    microdata::read(dom, &seen.items, seen.h1s.first().copied(), &mut claims);
    visible::read_titles(dom, &seen, &mut claims);
    let host = claims.url.as_ref().and_then(Url::host_str);
    claims.sites = titles::Sites::new(&claims.claims, &claims.breadcrumbs, host);
    claims.titles = titles::rank(&claims.claims, &claims.types, &claims.sites, None);
    let headline = claims.headline_node();
    visible::read_around(dom, &seen, headline, &mut claims);
    visible::read_links(dom, &seen, &mut claims);
    claims
}

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

    /// The element of the visible headline.
    pub fn headline_node(&self) -> Option<NodeId> {
        self.titles.iter().find_map(|it| it.node)
    }

    /// Summaries the page gives, for telling the standfirst in the text.
    pub fn descriptions(&self) -> Vec<&str> {
        self.of(Field::Description).map(|it| it.value.as_str()).collect()
    }

    /// The longest body in the page's data, entities and markup undone, paragraphs on lines of their own where it has any.
    pub fn article_body(&self) -> Option<&str> {
        self.article_body.as_deref()
    }

    /// Types the page gives itself: schema.org types without prefix, and `og:` with the Open Graph type.
    pub fn schema_types(&self) -> &[String] {
        &self.types
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
        if !value.is_empty() {
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
