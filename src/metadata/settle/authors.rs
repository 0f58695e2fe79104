//! The authors, from the sources that name them.
//!
//! The first source by precedence that names somebody other than the site itself is believed whole, its order kept. Where
//! none does, the page's only link to an author does, or several in one place, however far from the headline; in a thread it
//! is who began it. The site's name stands only where no source names anybody else.

use super::{Around, confidence, precedence};
use crate::article::{Author, AuthorKind};
use crate::dom::NodeId;
use crate::metadata::names::{self, Name, Place};
use crate::metadata::titles::Sites;
use crate::metadata::{Claim, Claims, Field, Settled, Source};

/// Nodes between two names of one byline: each may be a link in a list item with a picture.
const NODES_BETWEEN: usize = 30;

/// What microdata far from the headline counts.
const WEIGHT_FAR: f32 = 0.4;

/// What the only author named far from the headline counts.
const WEIGHT_OF_ONLY_NAME: f32 = 0.6;

/// What the user's name at the head of a thread counts.
const WEIGHT_OF_POSTER: f32 = 0.7;

/// Claims of one source that are read.
const CLAIMS_MAX: usize = 100;

/// Lines about authors that are read, the nearest to the headline first.
const LINES_MAX: usize = 16;

/// An author named by a source.
#[derive(Debug, Clone)]
struct Named {
    name: Name,
    url: Option<String>,
}

/// The authors that one source names.
struct Said {
    source: Source,
    weight: f32,
    names: Vec<Named>,
}

pub(super) fn settle(claims: &Claims, around: &Around, settled: &mut Settled) {
    let mut said: Vec<Said> = Vec::new();
    for (source, weight) in precedence(Field::Author) {
        let names = match source {
            Source::Byline => byline(claims, around),
            Source::Text => signed(claims, around),
            _ => stated(claims, *source, around),
        };
        // Far from the headline an item may be of another story's card.
        let mut of_source = claims.of(Field::Author).filter(|it| it.source == *source);
        let is_far = *source == Source::Microdata && !of_source.any(|it| around.holds(it));
        if !names.is_empty() {
            said.push(Said { source: *source, weight: if is_far { WEIGHT_FAR } else { *weight }, names });
        }
    }
    let names_somebody =
        |it: &&Said| it.names.iter().any(|it| !is_site(&it.name, &claims.sites) && !is_login(&it.name.name));
    if !said.iter().any(|it| names_somebody(&it)) {
        last_resort(claims, around, &mut said);
    }
    let Some(best) = best(&said, names_somebody) else { return };

    let same = |it: &&Said| it.agrees(best);
    let agree: Vec<&Said> = said.iter().filter(same).collect();
    let against = said.iter().filter(|it| !same(it) && names_somebody(it)).map(|it| it.weight).fold(0.0, f32::max);
    settled.metadata.author = best
        .names
        .iter()
        .map(|it| {
            let stated = it.url.clone().or_else(|| {
                let named = agree.iter().flat_map(|it| &it.names);
                named.filter(|other| same_name(&other.name.name, &it.name.name)).find_map(|it| it.url.clone())
            });
            Author {
                name: it.name.name.clone(),
                kind: if is_site(&it.name, &claims.sites) { AuthorKind::Organization } else { it.name.kind },
                url: stated
                    .and_then(|it| claims.absolute(&it))
                    .filter(|it| matches!(it.scheme(), "http" | "https"))
                    .map(|it| it.to_string()),
            }
        })
        .collect();
    let sources: Vec<(Field, Source)> = agree.iter().map(|it| (Field::Author, it.source)).collect();
    let weights: Vec<f32> = agree.iter().map(|it| it.weight).collect();
    settled.tell("author", &sources, confidence(&weights, against));
}

/// Adds, in front, who began the thread where the page is one, else the only authors that a page names far from its
/// headline.
fn last_resort(claims: &Claims, around: &Around, said: &mut Vec<Said>) {
    let is_site_only = said.iter().all(|it| it.names.iter().all(|it| is_site(&it.name, &claims.sites)));
    if is_thread(claims) {
        let poster = claims.of(Field::Author).filter(|it| it.source == Source::Poster);
        let names = poster.map(named).find(|it| !it.is_empty());
        if let (Some(mut names), true) = (names, is_site_only) {
            names.truncate(1);
            said.insert(0, Said { source: Source::Poster, weight: WEIGHT_OF_POSTER, names });
        }
        return;
    }
    let far = claims.of(Field::Author).filter(|it| it.source == Source::Byline && !around.holds(it));
    let own = far.filter(|it| it.url.as_deref().is_none_or(|it| is_own(claims, it) && leads_to_author(it)));
    let is_name = |it: &Named| names::is_signature(&it.name.name) && !is_site(&it.name, &claims.sites);
    let lines = own.map(|it| (it, named(it).into_iter().filter(is_name).collect()));
    let lines: Vec<(&Claim, Vec<Named>)> = lines.filter(|(_, names): &(_, Vec<Named>)| !names.is_empty()).collect();
    // Several stand in one place; "Jane Doe" and "Jane Doe Senior Editor" are one.
    let at = |it: &Claim| it.node.map_or(0, NodeId::index);
    let is_beside = |a: &(&Claim, _), b: &(&Claim, _)| at(b.0).abs_diff(at(a.0)) <= NODES_BETWEEN;
    let together = lines.chunk_by(is_beside).next().unwrap_or_default();
    let mut all: Vec<Named> = Vec::new();
    for it in together.iter().flat_map(|(_, names)| names) {
        if !all.iter().any(|known| begins_with(&it.name.name, &known.name.name)) {
            all.retain(|known| !begins_with(&known.name.name, &it.name.name));
            all.push(it.clone());
        }
    }
    let is_one_of = |it: &Named| all.iter().any(|known| begins_with(&it.name.name, &known.name.name));
    // One line may give one name; several, or one where somebody's login is known, need a link to an author's page.
    let is_sure = all.len() == 1 && is_site_only || together.iter().any(|(it, _)| it.url.is_some());
    if !all.is_empty() && is_sure && lines.iter().flat_map(|(_, names)| names).all(is_one_of) {
        said.insert(0, Said { source: Source::Byline, weight: WEIGHT_OF_ONLY_NAME, names: all });
    }
}

/// Whether an address is of an author's page for certain: `/people/` and `/profile/` are of anybody.
fn leads_to_author(href: &str) -> bool {
    [
        "/author",
        "/autor",
        "/auteur",
        "/contributor",
        "/writer",
        "/journalist",
        "/reporter",
        "/redak",
        "/skribent",
        "/yazar",
    ]
    .iter()
    .any(|it| href.contains(it))
}

/// Whether a page is a thread of a forum, by its types or its address.
fn is_thread(claims: &Claims) -> bool {
    const HOSTS: [&str; 8] = ["forum", "forums", "community", "discuss", "bbs", "board", "boards", "talk"];
    const SEGMENTS: [&str; 14] = [
        "forum",
        "forums",
        "thread",
        "threads",
        "topic",
        "topics",
        "viewtopic",
        "showthread",
        "discussion",
        "discussions",
        "questions",
        "t",
        "d",
        "community",
    ];
    if claims.types.iter().any(|it| it == "DiscussionForumPosting" || it == "QAPage") {
        return true;
    }
    let Some(url) = &claims.url else { return false };
    let label = url.domain().and_then(|it| it.split('.').next()).unwrap_or("");
    let mut segments = url.path().split(['/', '.', '-', '_']);
    HOSTS.contains(&label) || segments.any(|it| SEGMENTS.contains(&it))
}

/// Whether a name is another one, or begins with it and goes on with another word.
fn begins_with(name: &str, other: &str) -> bool {
    let (name, other) = (crate::text::fold(name), crate::text::fold(other));
    name.strip_prefix(other.as_str()).is_some_and(|it| it.is_empty() || it.starts_with(' '))
}

/// The source to believe: the story's own object, else the one that most others agree with, the earlier of equals; those that
/// name only the site or somebody's login last.
fn best(said: &[Said], names_somebody: impl Fn(&&Said) -> bool) -> Option<&Said> {
    if let Some(stated) = said.iter().find(|it| it.source == Source::JsonLd && names_somebody(it)) {
        return Some(stated);
    }
    let support = |it: &Said| -> f32 { said.iter().filter(|other| other.agrees(it)).map(|it| it.weight).sum() };
    let mut found: Option<(f32, &Said)> = None;
    for it in said.iter().filter(names_somebody) {
        let support = support(it);
        if found.is_none_or(|(most, _)| most < support) {
            found = Some((support, it));
        }
    }
    found.map(|it| it.1).or_else(|| said.first())
}

impl Said {
    fn agrees(&self, other: &Self) -> bool {
        self.names.iter().any(|it| other.names.iter().any(|own| same_name(&own.name.name, &it.name.name)))
    }
}

/// Whether a name looks like what somebody logs in by: one word, with a dot or a number in it, or no capital where there is case.
fn is_login(name: &str) -> bool {
    !name.contains(' ')
        && name.is_ascii()
        && (name.contains(['.', '_'])
            || name.contains(|c: char| c.is_ascii_digit())
            || !name.contains(|c: char| c.is_uppercase()))
}

/// Whether an address is on the page's own site.
fn is_own(claims: &Claims, href: &str) -> bool {
    let (Some(url), Some(page)) = (claims.absolute(href), &claims.url) else { return true };
    let site = |it: &url::Url| it.domain().and_then(psl::domain_str).map(str::to_owned);
    site(&url) == site(page)
}

/// Whether the name is the site's own.
fn is_site(name: &Name, sites: &Sites) -> bool {
    sites.is_name(&name.name)
}

fn same_name(a: &str, b: &str) -> bool {
    crate::text::fold(a) == crate::text::fold(b)
}

fn named(claim: &Claim) -> Vec<Named> {
    let is_line = matches!(claim.source, Source::Byline | Source::Text);
    let mut names: Vec<Named> =
        names::parse(&claim.value, claim.kind, if is_line { Place::Line } else { Place::Field })
            .into_iter()
            .map(|name| Named {
                name,
                url: claim.url.clone().filter(|it| !it.contains("facebook.com") && !it.contains("twitter.com")),
            })
            .collect();
    // One address with several names is nobody's own.
    if names.len() > 1 {
        for it in &mut names {
            it.url = None;
        }
    }
    names
}

/// The authors in fields of structured data. Of microdata, which stands about the page, those of one place: by the
/// headline, or where there is none the first. The site's own name beside somebody's stays only in JSON-LD.
fn stated(claims: &Claims, source: Source, around: &Around) -> Vec<Named> {
    let of_source = claims.of(Field::Author).filter(|it| it.source == source);
    let mut stated: Vec<&Claim> = of_source.take(CLAIMS_MAX).collect();
    if source == Source::Microdata {
        one_place(&mut stated, around);
    }
    let mut all: Vec<Named> = Vec::new();
    // "Jane Doe, The Paper" in one field is how the paper's own people sign.
    let signed = stated.into_iter().map(named).map(|mut it| {
        if it.iter().any(|it| it.name.kind == AuthorKind::Person && !is_site(&it.name, &claims.sites)) {
            it.retain(|it| !is_site(&it.name, &claims.sites));
        }
        it
    });
    for it in signed.flatten() {
        if !all.iter().any(|known| same_name(&known.name.name, &it.name.name)) {
            all.push(it);
        }
    }
    if source != Source::JsonLd && all.iter().any(|it| !is_site(&it.name, &claims.sites)) {
        all.retain(|it| !is_site(&it.name, &claims.sites));
    }
    all
}

/// The author whom only his name tells: beside the day near the headline, or below the story, where no more than the name
/// stands in a line set to the right.
fn signed(claims: &Claims, around: &Around) -> Vec<Named> {
    let lines: Vec<&Claim> = claims.of(Field::Author).filter(|it| it.source == Source::Text).collect();
    let is_below = |it: &Claim| it.node.is_some_and(|it| it.index() >= around.nodes.end);
    let line = lines.iter().find(|it| around.holds(it)).or_else(|| lines.iter().find(|it| is_below(it)));
    line.map_or(Vec::new(), |it| named(it))
}

/// Keeps the claims around the one nearest to the headline.
fn one_place(stated: &mut Vec<&Claim>, around: &Around) {
    let node = |it: &&Claim| it.node.map_or(0, NodeId::index);
    let Some(nearest) = stated.iter().min_by_key(|it| around.distance(it)).map(node) else { return };
    let (mut first, mut last) = (nearest, nearest);
    for it in stated.iter().map(node).filter(|it| *it > nearest) {
        if it - last <= NODES_BETWEEN {
            last = it;
        }
    }
    for it in stated.iter().map(node).rev().filter(|it| *it < nearest) {
        if first - it <= NODES_BETWEEN {
            first = it;
        }
    }
    stated.retain(|it| (first..=last).contains(&node(it)));
}

/// The authors in the visible byline: of the lines about authors around the headline, the nearest that holds a name, and
/// the names right beside it.
fn byline(claims: &Claims, around: &Around) -> Vec<Named> {
    let mut lines: Vec<(&Claim, Vec<Named>)> = Vec::new();
    let mut near: Vec<&Claim> =
        claims.of(Field::Author).filter(|it| it.source == Source::Byline && around.holds(it)).collect();
    near.sort_by_key(|it| (around.distance(it), it.node));
    near.truncate(LINES_MAX);
    near.sort_by_key(|it| it.node);
    for claim in near {
        // A profile on another site is not the paper's page on its author.
        if claim.url.as_deref().is_some_and(|it| !is_own(claims, it)) {
            continue;
        }
        let names = named(claim);
        let has_case = |it: &str| it.contains(|c: char| c.is_lowercase() || c.is_uppercase());
        // "dpa / The Paper": the paper signs what it took over.
        let has_agency = names.iter().any(|it| names::is_agency(&it.name.name));
        let credible = names.iter().all(|it| {
            let is_whole = it.name.name.contains(' ') || !has_case(&it.name.name);
            is_whole
                || it.name.kind == AuthorKind::Organization
                || claim.url.is_some()
                || (has_agency && is_site(&it.name, &claims.sites))
        });
        if !names.is_empty() && credible && !claims.sites.is_name(&claim.value) {
            lines.push((claim, names));
        }
    }
    // A link to the author's page is surer than a class.
    let links = lines.iter().filter(|it| it.0.url.is_some());
    let nearest =
        |a: &&(&Claim, Vec<Named>), b: &&(&Claim, Vec<Named>)| around.distance(a.0).cmp(&around.distance(b.0));
    let Some(first) = links.min_by(nearest).or_else(|| lines.iter().min_by(nearest)) else {
        return claims
            .of(Field::Author)
            .find(|it| it.source == Source::Byline && around.holds(it) && claims.sites.is_name(&it.value))
            .map_or(Vec::new(), named);
    };
    let is_link = first.0.url.is_some();
    let mut all = first.1.clone();
    let mut last = first.0.node.map_or(0, NodeId::index);
    for (claim, names) in lines.iter().filter(|it| it.0.url.is_some() == is_link) {
        let at = claim.node.map_or(0, NodeId::index);
        if at > last && at - last <= NODES_BETWEEN {
            last = at;
            for it in names {
                if !all.iter().any(|known| same_name(&known.name.name, &it.name.name)) {
                    all.push(it.clone());
                }
            }
        }
    }
    // The name and the role below it stand in one line, and the name again in a link of its own.
    let names: Vec<String> = all.iter().map(|it| it.name.name.clone()).filter(|it| it.contains(' ')).collect();
    all.retain(|it| !names.iter().any(|name| it.name.name.len() > name.len() && begins_with(&it.name.name, name)));
    all
}
