//! A page's claims about its story, and what we believe of them: headline, authors, dates, language and the rest.
//!
//! A page states each fact in several places (JSON-LD, meta tags, microdata, the visible byline) and is wrong in some of
//! them. [`gather`] reads every place once and keeps each claim with its source; [`Claims::settle`] then chooses, field
//! by field, by one table of precedence and by agreement among sources, once the body is known.

mod meta_tags;

use crate::article::{AuthorKind, Metadata};
use crate::dom::{Dom, NodeId, Tag};
use std::collections::BTreeMap;
use url::Url;

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A title of the story.
    Headline,
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
    /// The lead image.
    Image,
    /// Who published it.
    Publisher,
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
    /// A visible line told by class, rel or id.
    Byline,
    /// `<link>`.
    Link,
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
    article_body: Option<String>,
    types: Vec<String>,
    live_updates: Vec<LiveUpdate>,
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
    for node in dom.nodes() {
        match dom.tag(node) {
            Some(Tag::META) => meta_tags::read(dom, node, &mut claims),
            _ => {}
        }
    }
    claims
}

impl Claims {
    /// Every claim, in document order.
    pub fn all(&self) -> &[Claim] {
        &self.claims
    }

    /// Titles the page gives, best first, for telling the headline in the text.
    pub fn headlines(&self) -> Vec<&str> {
        self.of(Field::Headline).map(|it| it.value.as_str()).collect()
    }

    /// The element of the visible headline.
    pub fn headline_node(&self) -> Option<NodeId> {
        self.of(Field::Headline).find_map(|it| it.node)
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

    /// The facts, chosen.
    pub fn settle(&self, body: &Body<'_>) -> Settled {
        let _ = body;
        let metadata = Metadata {
            url: self.url.as_ref().map(Url::to_string),
            headline: self.headlines().first().map(|it| (*it).to_owned()),
            ..Metadata::default()
        };
        Settled { metadata, ..Settled::default() }
    }

    fn of(&self, field: Field) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |it| it.field == field)
    }

    fn add(&mut self, field: Field, source: Source, value: &str) {
        let value = crate::text::collapse(value);
        if !value.is_empty() {
            self.claims.push(Claim { field, source, value, url: None, kind: None, node: None });
        }
    }
}

/// Facts of plain text without markup, its lines given, the headline first where it is known.
pub fn of_text(lines: &[&str]) -> Settled {
    let metadata = Metadata { headline: lines.first().map(|it| (*it).to_owned()), ..Metadata::default() };
    Settled { metadata, ..Settled::default() }
}
