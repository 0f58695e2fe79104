//! The authors, from the sources that name them.
//!
//! The first source by precedence that names somebody other than the site itself is believed whole, its order kept. The
//! site's name stands only where no source names anybody else.

use super::{Around, confidence, precedence};
use crate::article::{Author, AuthorKind};
use crate::dom::NodeId;
use crate::metadata::names::{self, Name};
use crate::metadata::titles::Sites;
use crate::metadata::{Claim, Claims, Field, Settled, Source};

/// Nodes between two names of one byline: each may be a link in a list item with a picture.
const NODES_BETWEEN: usize = 30;

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
            _ => stated(claims, *source, around),
        };
        if !names.is_empty() {
            said.push(Said { source: *source, weight: *weight, names });
        }
    }
    let names_somebody = |it: &&Said| it.names.iter().any(|it| !is_site(&it.name, &claims.sites));
    let Some(best) = said.iter().find(names_somebody).or_else(|| said.first()) else { return };

    let same = |it: &&Said| {
        it.names.iter().any(|other| best.names.iter().any(|own| same_name(&own.name.name, &other.name.name)))
    };
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
                url: stated.and_then(|it| claims.absolute(&it)).map(|it| it.to_string()),
            }
        })
        .collect();
    let sources: Vec<(Field, Source)> = agree.iter().map(|it| (Field::Author, it.source)).collect();
    let weights: Vec<f32> = agree.iter().map(|it| it.weight).collect();
    settled.tell("author", &sources, confidence(&weights, against));
}

/// Whether the name is the site's own.
fn is_site(name: &Name, sites: &Sites) -> bool {
    sites.is_name(&name.name)
}

fn same_name(a: &str, b: &str) -> bool {
    crate::text::fold(a) == crate::text::fold(b)
}

fn named(claim: &Claim) -> Vec<Named> {
    let mut names: Vec<Named> = names::parse(&claim.value, claim.kind)
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

/// The authors in fields of structured data.
fn stated(claims: &Claims, source: Source, around: &Around) -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    for claim in claims.of(Field::Author).filter(|it| it.source == source) {
        // Microdata stands about the page; its `<meta>`s at the end of the article have no place.
        if source == Source::Microdata
            && around.headline.is_some_and(|it| claim.node.is_some_and(|node| node.index() + 200 < it))
        {
            continue;
        }
        for it in named(claim) {
            if !all.iter().any(|known| same_name(&known.name.name, &it.name.name)) {
                all.push(it);
            }
        }
    }
    all
}

/// The authors in the visible byline: of the lines about authors around the headline, the nearest that holds a name, and
/// the names right beside it.
fn byline(claims: &Claims, around: &Around) -> Vec<Named> {
    let mut lines: Vec<(&Claim, Vec<Named>)> = Vec::new();
    for claim in claims.of(Field::Author).filter(|it| it.source == Source::Byline && around.holds(it)) {
        let names = named(claim);
        let credible = names
            .iter()
            .all(|it| it.name.name.contains(' ') || it.name.kind == AuthorKind::Organization || claim.url.is_some());
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
    all
}
