//! Claims to facts: one table of precedence, agreement among sources, and a few checks against what cannot be.
//!
//! For each field the sources stand in [`PRECEDENCE`] with how often each is right by itself. The first source that passes
//! the field's checks gives the value; others that say the same raise the confidence, others that say something else lower
//! it. Facts that would contradict each other (changed before it was published, published in the future) are dropped.

mod authors;
mod dates;

use super::language::{self, Verdict};
use super::{Body, Claim, Claims, Field, Settled, Source, dateline, names};
use crate::article::{Author, Image, Publisher};
use crate::dom::NodeId;
use std::collections::BTreeMap;
use url::Url;

/// How often a source is right by itself, best first: set on 1,600 news and other pages with known facts, in steps of 0.05.
/// What is not here is not believed for that field.
const PRECEDENCE: [(Field, &[(Source, f32)]); 7] = [
    (
        Field::DatePublished,
        &[
            (Source::JsonLd, 0.95),
            (Source::ArticleMeta, 0.95),
            (Source::Microdata, 0.85),
            (Source::Time, 0.8),
            (Source::ToolMeta, 0.75),
            (Source::JsonLdPage, 0.65),
            (Source::DateLine, 0.6),
            (Source::Url, 0.7),
            (Source::Text, 0.8),
            (Source::State, 0.5),
        ],
    ),
    (
        Field::DateModified,
        &[
            (Source::JsonLd, 0.9),
            (Source::ArticleMeta, 0.9),
            (Source::Microdata, 0.8),
            (Source::OpenGraph, 0.75),
            (Source::Time, 0.7),
            (Source::ToolMeta, 0.6),
            (Source::JsonLdPage, 0.6),
            (Source::DateLine, 0.5),
            (Source::State, 0.5),
        ],
    ),
    (
        Field::Author,
        &[
            (Source::JsonLd, 0.85),
            (Source::Microdata, 0.7),
            (Source::Byline, 0.7),
            (Source::ToolMeta, 0.7),
            (Source::Meta, 0.65),
            (Source::ArticleMeta, 0.65),
            (Source::JsonLdPage, 0.6),
            (Source::State, 0.5),
            (Source::Text, 0.4),
        ],
    ),
    (
        Field::Description,
        &[
            (Source::OpenGraph, 0.8),
            (Source::Meta, 0.8),
            (Source::JsonLd, 0.8),
            (Source::Microdata, 0.6),
            (Source::Twitter, 0.7),
            (Source::ToolMeta, 0.6),
            (Source::JsonLdPage, 0.6),
        ],
    ),
    (
        Field::Publisher,
        &[
            (Source::JsonLd, 0.9),
            (Source::OpenGraph, 0.85),
            (Source::Microdata, 0.8),
            (Source::JsonLdPage, 0.75),
            (Source::ToolMeta, 0.7),
            (Source::Meta, 0.5),
        ],
    ),
    (
        Field::Section,
        &[
            (Source::JsonLd, 0.8),
            (Source::ArticleMeta, 0.8),
            (Source::Microdata, 0.7),
            (Source::ToolMeta, 0.7),
            (Source::JsonLdPage, 0.6),
            (Source::Breadcrumb, 0.6),
        ],
    ),
    (
        Field::Keywords,
        &[
            (Source::JsonLd, 0.8),
            (Source::ToolMeta, 0.8),
            (Source::ArticleMeta, 0.8),
            (Source::Microdata, 0.7),
            (Source::TagLink, 0.7),
            (Source::Meta, 0.6),
        ],
    ),
];

/// Sections, keywords and characters of each that are kept.
const SECTIONS_MAX: usize = 5;
const KEYWORDS_MAX: usize = 50;
const KEYWORD_CHARS_MAX: usize = 60;

/// How far above the headline, in nodes, byline and date of a story still stand.
const NODES_ABOVE: usize = 60;

/// How far below the headline byline and date stand where the body is not known, and below the body's first element where
/// it is.
const NODES_BELOW: usize = 300;
const NODES_BELOW_BODY: usize = 40;

/// The facts of a page.
pub(super) fn settle(claims: &Claims, body: &Body<'_>) -> Settled {
    let mut settled = Settled::default();
    let around = Around::new(claims, body);
    settled.metadata.url = claims.url.as_ref().map(Url::to_string);
    headline(claims, body, &mut settled);
    authors::settle(claims, &around, &mut settled);
    dates::settle(claims, body, &around, &mut settled);
    canonical(claims, &mut settled);
    publisher(claims, &mut settled);
    description(claims, &mut settled);
    sections(claims, &mut settled);
    keywords(claims, &mut settled);
    in_language(claims, body, &mut settled);
    image(claims, &around, &mut settled);
    if let Some(claim) = claims.of(Field::Free).next() {
        settled.metadata.is_accessible_for_free = Some(claim.value == "true");
        settled.tell("isAccessibleForFree", &[(Field::Free, claim.source)], 0.85);
    }
    settled
}

/// The facts of plain text.
pub(super) fn of_text(lines: &[&str]) -> Settled {
    /// How likely the day of a dateline is the day of publication.
    const DATELINE_CONFIDENCE: f32 = 0.6;
    /// How likely a line that begins with a "by" and goes on with a name is the byline, and its longest, in bytes.
    const BYLINE_CONFIDENCE: f32 = 0.7;
    const BYLINE_BYTES_MAX: usize = 120;
    /// The dateline stands among the first lines, after headline, kicker, labels and standfirst.
    const LINES_MAX: usize = 12;
    let mut settled = Settled::default();
    if let Some(headline) = lines.first().map(|it| it.trim()).filter(|it| !it.is_empty()) {
        settled.metadata.headline = Some(headline.to_owned());
        settled.tell("headline", &[(Field::Headline, Source::Text)], 0.8);
    }
    if let Some(found) = lines.iter().skip(1).take(LINES_MAX).find_map(|it| dateline::parse(it, None)) {
        if let Some(date) = &found.date {
            settled.metadata.date_published = Some(date.clone());
            settled.tell("datePublished", &[(Field::DatePublished, Source::Text)], DATELINE_CONFIDENCE);
        }
        settled.metadata.dateline = Some(found);
    }
    let byline = lines.iter().skip(1).take(LINES_MAX).find_map(|it| {
        let is_line = it.len() <= BYLINE_BYTES_MAX;
        let names = names::parse(names::in_line(it).filter(|_| is_line)?, None, names::Place::Line);
        (!names.is_empty()).then_some(names)
    });
    if let Some(names) = byline {
        settled.metadata.author =
            names.into_iter().map(|it| Author { name: it.name, kind: it.kind, url: None }).collect();
        settled.tell("author", &[(Field::Author, Source::Text)], BYLINE_CONFIDENCE);
    }
    let text = lines.join("\n");
    if let Verdict::Is(language) = language::ask(&text, None) {
        settled.metadata.in_language = Some(language.to_owned());
        settled.tell("inLanguage", &[(Field::Language, Source::Text)], 0.9);
    }
    settled
}

/// The stretch of the page in which the story's own byline and date stand.
pub(super) struct Around {
    pub(super) headline: Option<usize>,
    pub(super) nodes: std::ops::Range<usize>,
}

impl Around {
    fn new(claims: &Claims, body: &Body<'_>) -> Self {
        let headline = claims.heading.map(NodeId::index);
        let first = body.first_node.map(NodeId::index);
        let nodes = match (headline, first) {
            (Some(headline), Some(first)) if first >= headline => {
                headline.saturating_sub(NODES_ABOVE)..first + NODES_BELOW_BODY
            }
            (Some(headline), _) => headline.saturating_sub(NODES_ABOVE)..headline + NODES_BELOW,
            (None, Some(first)) => first.saturating_sub(NODES_BELOW)..first + NODES_BELOW_BODY,
            (None, None) => 0..usize::MAX,
        };
        Self { headline, nodes }
    }

    fn holds(&self, claim: &Claim) -> bool {
        claim.node.is_none_or(|it| self.nodes.contains(&it.index()))
    }

    /// How far from the headline, what stands above it counting double.
    fn distance(&self, claim: &Claim) -> usize {
        let (Some(headline), Some(node)) = (self.headline, claim.node) else { return 0 };
        let node = node.index();
        if node < headline { (headline - node) * 2 } else { node - headline }
    }
}

impl Settled {
    /// Notes where a fact comes from and how likely it is right.
    fn tell(&mut self, field: &'static str, sources: &[(Field, Source)], confidence: f32) {
        let mut names: Vec<&str> = Vec::new();
        for (field, source) in sources {
            let name = name(*field, *source);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.sources.insert(field, names.join("+"));
        // Two decimals: the rest is noise.
        self.confidence.insert(field, (confidence.clamp(0.0, 1.0) * 100.0).round() / 100.0);
    }
}

/// Probability that at least one of the sources that agree is right, lowered by the best of those that say something else.
fn confidence(agree: &[f32], best_against: f32) -> f32 {
    let all_wrong: f32 = agree.iter().map(|it| 1.0 - it).product();
    (1.0 - all_wrong) * (1.0 - best_against * 0.4)
}

/// The sources of a field, best first.
fn precedence(field: Field) -> &'static [(Source, f32)] {
    PRECEDENCE.iter().find(|it| it.0 == field).map_or(&[], |it| it.1)
}

/// A source as it is named in an article's `sources`.
fn name(field: Field, source: Source) -> &'static str {
    match (source, field) {
        (Source::JsonLd, _) => "json-ld",
        (Source::JsonLdPage, _) => "json-ld:page",
        (Source::OpenGraph, Field::Headline) => "og:title",
        (Source::OpenGraph, Field::Description) => "og:description",
        (Source::OpenGraph, Field::Publisher) => "og:site_name",
        (Source::OpenGraph, Field::CanonicalUrl) => "og:url",
        (Source::OpenGraph, Field::Language) => "og:locale",
        (Source::OpenGraph, Field::DateModified) => "og:updated_time",
        (Source::OpenGraph, _) => "og",
        (Source::ArticleMeta, Field::DatePublished) => "article:published_time",
        (Source::ArticleMeta, Field::DateModified) => "article:modified_time",
        (Source::ArticleMeta, Field::Author) => "article:author",
        (Source::ArticleMeta, Field::Section) => "article:section",
        (Source::ArticleMeta, Field::Keywords) => "article:tag",
        (Source::ArticleMeta, _) => "article",
        (Source::Twitter, _) => "twitter",
        (Source::ToolMeta | Source::Meta, _) => "meta",
        (Source::Microdata, _) => "microdata",
        (Source::Title, _) => "title",
        (Source::H1, _) => "h1",
        (Source::Time, _) => "time[datetime]",
        (Source::Byline, _) => "byline",
        (Source::Poster, _) => "poster",
        (Source::State, _) => "page-data",
        (Source::DateLine, _) => "date-line",
        (Source::TagLink, _) => "tag-links",
        (Source::Breadcrumb, _) => "breadcrumb",
        (Source::Link, _) => "link",
        (Source::Picture, _) => "img",
        (Source::Url, _) => "url",
        (Source::Lang, _) => "html[lang]",
        (Source::Text, Field::DatePublished) => "dateline",
        (Source::Text, _) => "text",
    }
}

fn headline(claims: &Claims, body: &Body<'_>, settled: &mut Settled) {
    // Where the body stands tells something only of a heading that no other source repeats.
    let is_alone = claims.titles.first().is_some_and(|it| it.sources == [Source::H1]);
    let again = (is_alone && body.first_node.is_some()).then(|| claims.rank_titles(body.first_node));
    let titles = again.as_ref().unwrap_or(&claims.titles);
    let Some(best) = titles.first() else { return };
    let against: f32 = titles[1..].iter().map(|it| it.weight).sum();
    let share = best.weight / (best.weight + against).max(f32::MIN_POSITIVE);
    settled.metadata.headline = Some(best.text.clone());
    let sources: Vec<(Field, Source)> = best.sources.iter().map(|it| (Field::Headline, *it)).collect();
    settled.tell("headline", &sources, headline_confidence(share));
    settled.metadata.alternative_headline = alternative(claims, titles, best);
}

/// How often a headline is right whose sources have a share of the weight of all titles: measured on 1,654 pages with known
/// titles (`wcxb-dev`, `fundus-a`, `fundus-h`), straight lines between.
fn headline_confidence(share: f32) -> f32 {
    const MEASURED: [(f32, f32); 6] = [(0.0, 0.3), (0.4, 0.5), (0.6, 0.55), (0.8, 0.62), (0.9, 0.92), (1.0, 0.96)];
    let above = MEASURED.iter().position(|it| it.0 >= share).unwrap_or(MEASURED.len() - 1).max(1);
    let ((from, low), (to, high)) = (MEASURED[above - 1], MEASURED[above]);
    low + (high - low) * ((share - from) / (to - from)).clamp(0.0, 1.0)
}

/// Another title that says something else of the same story: one the page calls so, or one for search or social networks. What
/// shares no word with the headline is of something else, what holds the headline whole is the headline with a label.
fn alternative(claims: &Claims, titles: &[super::titles::Title], best: &super::titles::Title) -> Option<String> {
    use crate::text::fold;
    let headline = fold(&best.text);
    let is_social = |it: &super::titles::Title| {
        it.sources.iter().any(|it| matches!(it, Source::OpenGraph | Source::JsonLd | Source::Twitter))
    };
    let is_other = |text: &str, is_stated: bool| {
        let folded = fold(text);
        let has_headline = folded.contains(headline.as_str());
        !folded.is_empty() && !has_headline && (is_stated || super::titles::shared(&folded, &headline) > 0.0)
    };
    let others = titles.iter().filter(|it| is_other(&it.text, is_social(it))).map(|it| it.text.as_str());
    let stated = claims.of(Field::AlternativeHeadline).map(|it| claims.sites.strip(&it.value));
    others.chain(stated.filter(|it| is_other(it, true))).next().map(str::to_owned)
}

/// The canonical address, unless it cannot be this story's.
fn canonical(claims: &Claims, settled: &mut Settled) {
    let stated: Vec<(Source, Url)> = [Source::Link, Source::OpenGraph, Source::ToolMeta]
        .into_iter()
        .flat_map(|source| claims.of(Field::CanonicalUrl).filter(move |it| it.source == source))
        .filter_map(|it| Some((it.source, claims.absolute(&it.value)?)))
        .filter(|(_, url)| is_credible(url, claims.url.as_ref()))
        .collect();
    let Some((source, url)) = stated.first() else { return };
    let mut agree = vec![(Field::CanonicalUrl, *source)];
    agree.extend(stated[1..].iter().filter(|it| it.1 == *url).map(|it| (Field::CanonicalUrl, it.0)));
    settled.metadata.canonical_url = Some(url.to_string());
    settled.tell("canonicalUrl", &agree, if agree.len() > 1 { 0.98 } else { 0.9 });
}

/// Whether an address can be the canonical one of a story found at `page`: not the front page, not a machine's own name;
/// on another site only with the same last part, as syndicated stories have it.
fn is_credible(url: &Url, page: Option<&Url>) -> bool {
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    let Some(host) = url.domain() else { return false };
    if !host.contains('.') || host.ends_with(".local") || host.ends_with(".localhost") {
        return false;
    }
    let Some(page) = page else { return true };
    if url.path() == "/" && url.query().is_none() && (page.path() != "/" || page.query().is_some()) {
        return false;
    }
    let site = |it: &Url| it.domain().and_then(psl::domain_str).map(str::to_owned);
    if site(url) == site(page) {
        return true;
    }
    let last = |it: &Url| it.path().trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
    !last(url).is_empty() && last(url) == last(page)
}

fn publisher(claims: &Claims, settled: &mut Settled) {
    let Some((claim, agree, confidence)) = first(claims, Field::Publisher, |it| !it.value.contains("://")) else {
        return;
    };
    let stated = claim.url.as_deref().and_then(|it| claims.absolute(it));
    let origin = claims.url.as_ref().and_then(|it| it.join("/").ok());
    settled.metadata.publisher =
        Some(Publisher { name: claim.value.clone(), url: stated.or(origin).map(|it| it.to_string()) });
    settled.tell("publisher", &agree, confidence);
}

fn description(claims: &Claims, settled: &mut Settled) {
    let fits =
        |it: &Claim| it.value.chars().count() >= 15 && settled.metadata.headline.as_deref() != Some(it.value.as_str());
    let Some((claim, agree, confidence)) = first(claims, Field::Description, fits) else { return };
    settled.metadata.description = Some(claim.value.clone());
    settled.tell("description", &agree, confidence);
}

/// A claim that was chosen, the sources that say the same, and how likely it is right.
type Chosen<'a> = (&'a Claim, Vec<(Field, Source)>, f32);

/// The first claim by precedence that fits, the sources that say the same, and how likely it is right.
fn first<'a>(claims: &'a Claims, field: Field, fits: impl Fn(&Claim) -> bool) -> Option<Chosen<'a>> {
    let stated: Vec<(&Claim, f32)> = precedence(field)
        .iter()
        .flat_map(|(source, weight)| {
            claims.of(field).filter(move |it| it.source == *source).map(move |it| (it, *weight))
        })
        .filter(|it| fits(it.0))
        .collect();
    let (best, _) = *stated.first()?;
    let folded = crate::text::fold(&best.value);
    type Claimed<'a> = Vec<(&'a Claim, f32)>;
    let (same, other): (Claimed<'a>, Claimed<'a>) =
        stated.iter().partition(|it| crate::text::fold(&it.0.value) == folded);
    let against = other.iter().map(|it| it.1).fold(0.0, f32::max);
    let weights: BTreeMap<Source, f32> = same.iter().map(|it| (it.0.source, it.1)).collect();
    let agree = same.iter().map(|it| (field, it.0.source)).collect();
    Some((best, agree, confidence(&weights.into_values().collect::<Vec<_>>(), against)))
}

fn sections(claims: &Claims, settled: &mut Settled) {
    let headline = settled.metadata.headline.as_deref().map(crate::text::fold);
    let fits = |it: &&str| {
        let n_chars = it.chars().count();
        (2..=KEYWORD_CHARS_MAX).contains(&n_chars)
            && !it.contains("://")
            && !claims.sites.is_name(it)
            && Some(crate::text::fold(it)) != headline
    };
    for (source, weight) in precedence(Field::Section) {
        let mut sections: Vec<String> = Vec::new();
        let crumbs = claims.breadcrumbs.iter().skip(1).map(String::as_str);
        let crumbs = crumbs.filter(|_| *source == Source::JsonLdPage);
        let stated = claims.of(Field::Section).filter(|it| it.source == *source).map(|it| it.value.as_str());
        for section in stated.chain(crumbs).map(|it| it.trim_matches(['/', ' ', '>', '»'])).filter(fits) {
            if sections.len() < SECTIONS_MAX && !sections.iter().any(|it| it.eq_ignore_ascii_case(section)) {
                sections.push(section.to_owned());
            }
        }
        if !sections.is_empty() {
            settled.metadata.article_section = sections;
            settled.tell("articleSection", &[(Field::Section, *source)], *weight);
            return;
        }
    }
}

fn keywords(claims: &Claims, settled: &mut Settled) {
    for (source, weight) in precedence(Field::Keywords) {
        let mut keywords: Vec<String> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for claim in claims.of(Field::Keywords).filter(|it| it.source == *source) {
            for keyword in claim.value.split([',', ';', '|', '，', '、', '،']).map(str::trim) {
                let folded = crate::text::fold(keyword);
                let n_chars = keyword.chars().count();
                if folded.is_empty() || n_chars > KEYWORD_CHARS_MAX || keyword.contains("://") || seen.contains(&folded)
                {
                    continue;
                }
                if folded.chars().all(|it| it.is_ascii_digit() || it == ' ') || keywords.len() == KEYWORDS_MAX {
                    continue;
                }
                seen.push(folded);
                keywords.push(keyword.to_owned());
            }
        }
        if !keywords.is_empty() {
            settled.metadata.keywords = keywords;
            settled.tell("keywords", &[(Field::Keywords, *source)], *weight);
            return;
        }
    }
}

fn in_language(claims: &Claims, body: &Body<'_>, settled: &mut Settled) {
    let order = [
        Source::Lang,
        Source::JsonLd,
        Source::OpenGraph,
        Source::Microdata,
        Source::Meta,
        Source::ToolMeta,
        Source::JsonLdPage,
    ];
    let declared: Vec<(Source, String)> = order
        .into_iter()
        .flat_map(|source| claims.of(Field::Language).filter(move |it| it.source == source))
        .filter_map(|it| Some((it.source, language::normalize(&it.value)?)))
        .collect();
    let first = declared.first();
    let (tag, sources, confidence) = match (language::ask(body.text, first.map(|it| it.1.as_str())), first) {
        (Verdict::Agrees, Some(first)) => (first.1.clone(), vec![first.0, Source::Text], 0.99),
        (Verdict::Is(found), _) => {
            // Another declaration may know the region.
            let agrees = declared.iter().find(|it| it.1.split('-').next() == Some(found));
            match agrees {
                Some((source, tag)) => (tag.clone(), vec![*source, Source::Text], 0.95),
                None => (found.to_owned(), vec![Source::Text], 0.9),
            }
        }
        (_, Some(first)) => (first.1.clone(), vec![first.0], 0.8),
        (_, None) => return,
    };
    settled.metadata.in_language = Some(tag);
    settled.tell("inLanguage", &sources.iter().map(|it| (Field::Language, *it)).collect::<Vec<_>>(), confidence);
}

fn image(claims: &Claims, around: &Around, settled: &mut Settled) {
    let is_mark = |url: &str| {
        let name = url.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
        ["logo", "placeholder", "default", "favicon", "avatar", "blank", "spacer"].iter().any(|it| name.contains(it))
    };
    let stated: Vec<(Source, &Image)> =
        [Source::JsonLd, Source::OpenGraph, Source::Microdata, Source::Twitter, Source::ToolMeta]
            .into_iter()
            .flat_map(|source| claims.images.iter().filter(move |it| it.0 == source))
            .map(|it| (it.0, &it.1))
            .collect();
    // The first of a source that says a size: others are crops of the same picture.
    let best = stated.iter().find(|it| !is_mark(&it.1.url)).copied();
    let best = best.map(|(source, image)| {
        let sized = stated.iter().find(|it| it.0 == source && it.1.width.is_some() && !is_mark(&it.1.url));
        sized.copied().unwrap_or((source, image))
    });
    let visible = claims.pictures.iter().find(|it| around.nodes.contains(&it.0.index()) && !is_mark(&it.1.url));
    let (source, mut image) = match (best, visible) {
        (Some((source, image)), _) => (source, image.clone()),
        (None, Some((_, image))) => (Source::Picture, image.clone()),
        (None, None) => return,
    };
    let Some(url) = claims.absolute(&image.url).filter(|it| matches!(it.scheme(), "http" | "https")) else { return };
    // The same file may stand in the page with a caption, or among the claims with a size.
    let file = |it: &str| it.split(['?', '#']).next().unwrap_or("").rsplit('/').next().unwrap_or("").to_owned();
    let same = |it: &&Image| !file(&it.url).is_empty() && file(&it.url) == file(&image.url);
    let pictures = claims.pictures.iter().map(|it| &it.1).filter(same);
    for other in stated.iter().map(|it| it.1).filter(same).chain(pictures) {
        if image.width.is_none() && other.url == image.url {
            (image.width, image.height) = (other.width, other.height);
        }
        image.caption = image.caption.take().or_else(|| other.caption.clone());
        image.credit = image.credit.take().or_else(|| other.credit.clone());
    }
    // The figure that shows it says what it shows; else the first by the headline is the lead image's.
    let lead = claims.figures.iter().find(|it| around.nodes.contains(&it.node.index()));
    if let Some(figure) = claims.figures.iter().find(|it| it.shows(&image.url)).or(lead) {
        image.caption = image.caption.take().or_else(|| figure.caption.clone());
        image.credit = image.credit.take().or_else(|| figure.credit.clone());
    }
    if let Some(caption) = image.caption.take() {
        let (caption, credit) = super::figures::split(&caption, image.credit.as_deref());
        image.caption = Some(caption).filter(|it| !it.is_empty());
        image.credit = image.credit.take().or(credit);
    }
    settled.metadata.image = Some(Image { url: url.to_string(), ..image });
    settled.tell("image", &[(Field::Type, source)], if source == Source::Picture { 0.7 } else { 0.9 });
}
