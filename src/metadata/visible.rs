//! What a reader sees to claims: headings, the byline, times, links to tags.
//!
//! One pass over the page notes the few elements that may matter ([`Seen`]); what they say is read afterwards, once the
//! headline is known, since a byline or time counts for more the nearer it stands.

mod seen;
mod text;

use super::{Claims, Field, Source, dates, names};
use crate::article::Image;
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
pub(super) use seen::{Seen, note, note_item};
pub(super) use text::text_of;
use text::{BYLINE_CHARS_MAX, CHILDREN_MAX, NODES_MAX, byline_of};

/// Characters of a title that are read.
const TITLE_CHARS_MAX: usize = 400;

/// Adds the titles that a reader sees.
pub(super) fn read_titles(dom: &Dom, seen: &Seen, claims: &mut Claims) {
    if let Some(title) = seen.title {
        claims.add(Field::Headline, Source::Title, &text_of(dom, title, TITLE_CHARS_MAX));
    }
    for h1 in seen.h1s.iter().take(20) {
        let text = text_of(dom, *h1, TITLE_CHARS_MAX);
        // Documentation has a sign to link to a heading by: "¶".
        let mut links = dom.descendants(*h1).take(CHILDREN_MAX).filter(|it| dom.is(*it, Tag::A));
        let sign = links.find(|it| dom.attr(*it, Attr::HREF).is_some_and(|it| it.starts_with('#')));
        let sign = sign.map(|it| text_of(dom, it, TITLE_CHARS_MAX)).unwrap_or_default();
        let is_sign = sign.chars().count() <= 2 && !sign.contains(|c: char| c.is_ascii_alphanumeric());
        let text = text.strip_suffix(&sign).filter(|_| is_sign).unwrap_or(&text);
        claims.add_at(Field::Headline, Source::H1, text, None, None, *h1);
    }
}

/// Adds the names of the site that a reader sees: the publisher's where its class says so, and those that links to the
/// front page carry, "Home" among them.
pub(super) fn read_fronts(dom: &Dom, seen: &Seen, claims: &mut Claims) {
    for publisher in seen.publishers.iter().take(1) {
        claims.add_at(
            Field::Publisher,
            Source::Microdata,
            &text_of(dom, *publisher, FRONT_CHARS_MAX),
            None,
            None,
            *publisher,
        );
    }
    let title = seen.title.map(|it| text_of(dom, it, TITLE_CHARS_MAX)).unwrap_or_default();
    for link in &seen.fronts {
        let mut name = text_of(dom, *link, FRONT_CHARS_MAX);
        if name.is_empty() {
            let logo = dom.descendants(*link).take(CHILDREN_MAX).find(|it| dom.is(*it, Tag::IMG));
            name = logo.and_then(|it| dom.attr(it, Attr::ALT)).unwrap_or("").to_owned();
        }
        // "Home" stands in no title; a headline may hold a short word of the menu.
        let chars_min = if name.is_ascii() { 4 } else { 2 };
        let is_name = name.chars().count() >= chars_min && name.split(' ').count() <= FRONT_WORDS_MAX;
        if is_name && title.len() > name.len() && (title.ends_with(&name) || title.starts_with(&name)) {
            claims.add(Field::SiteName, Source::Link, &name);
        }
    }
}

/// Longest name of a site, in characters.
const FRONT_CHARS_MAX: usize = 60;
/// Longest name in words, where nothing but a link says that it is one.
const FRONT_WORDS_MAX: usize = 4;

/// The first element whose own text is the headline, for pages that have it in no `h1`.
pub(super) fn standing(dom: &Dom, headline: &str) -> Option<NodeId> {
    let mut skip_to = 0;
    for node in dom.nodes() {
        if node.index() < skip_to {
            continue;
        }
        match dom.kind(node) {
            Kind::Element(Tag::HEAD | Tag::SCRIPT | Tag::STYLE | Tag::TEMPLATE) => skip_to = dom.end(node).index(),
            Kind::Text => {
                let text = dom.text(node).trim();
                if text.len() == headline.len() && text == headline {
                    return Some(node);
                }
            }
            Kind::Document | Kind::Element(_) | Kind::Comment | Kind::Doctype => {}
        }
    }
    None
}

/// The headline without the kicker that stands before it in a title (`Noise: Residents win`), where the page shows both
/// as texts of their own, the kicker first.
pub(super) fn without_kicker<'a>(dom: &Dom, title: &'a str) -> Option<(NodeId, &'a str)> {
    let (kicker, headline) = title.split_once(": ").or_else(|| title.split_once(" | "))?;
    let (kicker, headline) = (kicker.trim(), headline.trim());
    if kicker.is_empty() || headline.split_whitespace().count() < 2 {
        return None;
    }
    let node = standing(dom, headline)?;
    let above = (node.index().saturating_sub(KICKER_NODES_MAX)..node.index()).map(NodeId::at);
    let shown = above.into_iter().any(|it| {
        dom.kind(it) == Kind::Text && dom.text(it).trim().trim_end_matches([':', '|', ' ']).eq_ignore_ascii_case(kicker)
    });
    shown.then_some((node, headline))
}

/// Nodes between a kicker and the headline.
const KICKER_NODES_MAX: usize = 6;

/// How far from the headline, in nodes, lines about author and date are read: above it, below it.
const NODES_ABOVE: usize = 150;
const NODES_BELOW: usize = 600;

/// How far from the headline unmarked lines are read: nothing but their words speaks for them.
const NODES_ABOVE_UNMARKED: usize = 40;
const NODES_BELOW_UNMARKED: usize = 120;

/// Adds what the lines around the headline claim.
pub(super) fn read_around(dom: &Dom, seen: &Seen, headline: Option<NodeId>, claims: &mut Claims) {
    let near = match headline {
        Some(it) => it.index().saturating_sub(NODES_ABOVE)..it.index() + NODES_BELOW,
        None => 0..usize::MAX,
    };
    let near = |it: &&NodeId| near.contains(&it.index());
    for time in seen.times.iter().filter(near).take(40) {
        let value = dom.attr(*time, Attr::DATETIME).map(str::trim).filter(|it| !it.is_empty());
        let value = value.map_or_else(|| text_of(dom, *time, BYLINE_CHARS_MAX), str::to_owned);
        claims.add_at(field_of_date(dom, *time, ""), Source::Time, &value, None, None, *time);
    }
    for date in seen.dates.iter().filter(near).take(40) {
        // hAtom gives the moment as the title of what a reader sees.
        let title = dom.attr(*date, Attr::TITLE).filter(|it| dates::parse(it).is_some());
        let text = title.map_or_else(|| text_of(dom, *date, DATE_CHARS_MAX + 1), str::to_owned);
        if text.chars().count() <= DATE_CHARS_MAX && text.chars().any(|it| it.is_numeric()) {
            claims.add_at(field_of_date(dom, *date, &text), Source::DateLine, &text, None, None, *date);
        }
    }
    let mut other_hand = None;
    // Far from the headline a link to an author's page tells something if it is the only one.
    let far = seen.bylines.iter().filter(|it| !near(it) && dom.is(**it, Tag::A)).take(FAR_LINKS_MAX);
    for byline in seen.bylines.iter().filter(near).take(60).chain(far) {
        if is_other_hand(dom, *byline, other_hand) {
            other_hand = Some(*byline);
            continue;
        }
        let url = if dom.is(*byline, Tag::A) { dom.attr(*byline, Attr::HREF) } else { None };
        claims.add_at(Field::Author, Source::Byline, &byline_of(dom, *byline), url, None, *byline);
    }
    for poster in &seen.posters {
        let lines = byline_of(dom, *poster);
        let name = lines.split(" | ").next().unwrap_or("");
        claims.add_at(Field::Author, Source::Poster, name, None, None, *poster);
    }
    for signature in seen.signatures.iter().take(20) {
        let text = text_of(dom, *signature, BYLINE_CHARS_MAX);
        if names::is_signature(&text) {
            claims.add_at(Field::Author, Source::Text, &text, None, None, *signature);
        }
    }
    if let Some(headline) = headline {
        unmarked(dom, headline, claims);
        if claims.of(Field::Author).all(|it| it.source == Source::Poster) {
            announced(dom, headline, claims);
        }
    }
}

/// Links to authors' pages far from the headline that are read.
const FAR_LINKS_MAX: usize = 24;

/// Whether a name is of somebody who reviewed or edited the story: the text right before it says so, or only joins it to
/// one that is (`last`).
fn is_other_hand(dom: &Dom, node: NodeId, last: Option<NodeId>) -> bool {
    /// Nodes between "Reviewed by" and the name: a picture in a link stands there.
    const NODES_BETWEEN: usize = 12;
    let before = (node.index().saturating_sub(NODES_BETWEEN)..node.index()).rev().map(NodeId::at);
    let text = before.filter(|it| dom.kind(*it) == Kind::Text).map(|it| dom.text(it).trim()).find(|it| !it.is_empty());
    let Some(text) = text else { return false };
    let follows = last.is_some_and(|it| (it.index()..=it.index() + NODES_BETWEEN).contains(&node.index()));
    let joins = follows && names::is_joint(text);
    joins || names::leads_to_other_hand(text)
}

/// Adds the authors whom a line anywhere below the headline announces: weblogs name theirs below the story.
fn announced(dom: &Dom, headline: NodeId, claims: &mut Claims) {
    let mut at = headline.index();
    // A "written by" whose name stands in the next text.
    let mut announced = false;
    while at < dom.len() {
        let node = NodeId::at(at);
        at += 1;
        match dom.kind(node) {
            Kind::Element(Tag::SCRIPT | Tag::STYLE | Tag::SVG | Tag::NOSCRIPT | Tag::TEMPLATE) => {
                at = dom.end(node).index()
            }
            Kind::Text => {
                let text = dom.text(node).trim();
                if text.is_empty() {
                    continue;
                }
                if announced {
                    if text.len() <= LINE_BYTES_MAX {
                        claims.add_at(Field::Author, Source::Byline, text, None, None, node);
                    }
                    return;
                }
                if text.len() <= LINE_BYTES_MAX
                    && let Some(rest) = names::after_written(text)
                {
                    if !rest.is_empty() {
                        claims.add_at(Field::Author, Source::Byline, rest, None, None, node);
                        return;
                    }
                    announced = true;
                }
            }
            Kind::Document | Kind::Element(_) | Kind::Comment | Kind::Doctype => {}
        }
    }
}

/// Adds bylines and dates that are told by their words alone: short texts near the headline.
fn unmarked(dom: &Dom, headline: NodeId, claims: &mut Claims) {
    let end = (headline.index() + NODES_BELOW_UNMARKED).min(dom.len());
    let mut at = headline.index().saturating_sub(NODES_ABOVE_UNMARKED);
    // Papers whose data give their own name as the author set the writer's at the head of the text.
    let has_author = claims.of(Field::Author).any(|it| matches!(it.source, Source::JsonLd | Source::JsonLdPage));
    // A "by" whose name stands in the next text.
    let mut announced = false;
    while at < end {
        let node = NodeId::at(at);
        at += 1;
        match dom.kind(node) {
            Kind::Element(Tag::SCRIPT | Tag::STYLE | Tag::SVG | Tag::NOSCRIPT | Tag::TEMPLATE) => {
                at = dom.end(node).index()
            }
            Kind::Text => {
                let text = dom.text(node).trim();
                if text.is_empty() {
                    continue;
                }
                if let Some(name) = names::reporter_mark(text) {
                    claims.add_at(Field::Author, Source::Byline, name, None, None, node);
                }
                if text.len() > LINE_BYTES_MAX {
                    announced = false;
                    continue;
                }
                if node > headline
                    && let Some(name) = names::beside_date(text)
                {
                    claims.add_at(Field::Author, Source::Text, name, None, None, node);
                }
                if has_author && node > headline && names::are_names(text) && heads_prose(dom, node) {
                    claims.add_at(Field::Author, Source::Text, text, None, None, node);
                }
                if has_year(text) {
                    claims.add_at(field_of_date(dom, node, text), Source::Text, text, None, None, node);
                }
                let named = names::in_line(text);
                if announced || named.is_some() {
                    let link =
                        dom.parent(node).filter(|it| dom.is(*it, Tag::A)).and_then(|it| dom.attr(it, Attr::HREF));
                    claims.add_at(Field::Author, Source::Byline, named.unwrap_or(text), link, None, node);
                }
                announced = names::is_by(text);
            }
            Kind::Document | Kind::Element(_) | Kind::Comment | Kind::Doctype => {}
        }
    }
}

/// Whether a text is all of a paragraph right before one of prose: where small papers set the writer's name.
fn heads_prose(dom: &Dom, node: NodeId) -> bool {
    const PROSE_CHARS_MIN: usize = 100;
    let Some(own) = dom.ancestors(node).take(3).find(|it| dom.is(*it, Tag::P)) else { return false };
    let text = dom.text(node).trim();
    let next = std::iter::successors(dom.next_sibling(own), |it| dom.next_sibling(*it)).take(3);
    let prose = next.into_iter().find(|it| dom.tag(*it).is_some()).filter(|it| dom.is(*it, Tag::P));
    prose.is_some_and(|it| text_of(dom, it, PROSE_CHARS_MIN).chars().count() >= PROSE_CHARS_MIN)
        && text_of(dom, own, LINE_BYTES_MAX) == text
}

/// Longest date line, in characters, and longest unmarked line, in bytes.
const DATE_CHARS_MAX: usize = 160;
const LINE_BYTES_MAX: usize = 120;

/// Whether a text holds a year of our time in digits, or one of another calendar in its own.
fn has_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|it| {
        matches!(it, [b'1', b'9', ..] | [b'2', b'0', ..] | [b'2', b'5', ..]) && it.iter().all(u8::is_ascii_digit)
    }) || (!text.is_ascii() && text.chars().any(|it| it.is_numeric() && !it.is_ascii()))
}

/// What kind of date stands in an element: of the last change by its class or its first words, else of publication.
fn field_of_date(dom: &Dom, node: NodeId, text: &str) -> Field {
    /// "Updated" in the languages of bylines; in lower case.
    const CHANGED: [&str; 24] = [
        "updat",
        "last updat",
        "last modif",
        "modif",
        "page updat",
        "aktualisiert",
        "zuletzt",
        "mis à jour",
        "mise à jour",
        "actualiz",
        "última actualiz",
        "atualiz",
        "aggiorna",
        "bijgewerkt",
        "uppdater",
        "oppdater",
        "opdater",
        "обновлен",
        "оновлен",
        "aktualiz",
        "zaktualiz",
        "güncelle",
        "päivitetty",
        "更新",
    ];
    let lower = text.to_lowercase();
    if is_of_change(dom, node) || CHANGED.iter().any(|it| lower.starts_with(it)) {
        Field::DateModified
    } else {
        Field::DatePublished
    }
}

/// Adds the links and pictures that claim something.
pub(super) fn read_links(dom: &Dom, seen: &Seen, claims: &mut Claims) {
    for tag in seen.tags.iter().take(60) {
        claims.add_at(Field::Keywords, Source::TagLink, &text_of(dom, *tag, 80), None, None, *tag);
    }
    for crumb in seen.crumbs.iter().take(16) {
        let is_home =
            dom.attr(*crumb, Attr::HREF).is_none_or(|it| matches!(it.trim(), "" | "/" | "#") || is_front(claims, it));
        if !is_home {
            claims.add_at(Field::Section, Source::Breadcrumb, &text_of(dom, *crumb, 80), None, None, *crumb);
        }
    }
    for picture in seen.images.iter().take(20) {
        let size = |attr| dom.attr(*picture, attr).and_then(|it| it.trim_end_matches("px").parse::<u32>().ok());
        let figure = dom.ancestors(*picture).take(6).find(|it| dom.is(*it, Tag::FIGURE));
        let caption = figure.and_then(|it| dom.descendants(it).take(NODES_MAX).find(|it| dom.is(*it, Tag::FIGCAPTION)));
        let image = Image {
            url: dom.attr(*picture, Attr::SRC).unwrap_or("").trim().to_owned(),
            width: size(Attr::WIDTH),
            height: size(Attr::HEIGHT),
            caption: caption.map(|it| text_of(dom, it, TITLE_CHARS_MAX)).filter(|it| !it.is_empty()),
            credit: None,
        };
        claims.pictures.push((*picture, image));
    }
}

/// Whether an address is of the site's front page.
fn is_front(claims: &Claims, href: &str) -> bool {
    claims.absolute(href).is_some_and(|it| it.path() == "/" && it.query().is_none())
}

/// Whether a date is of the last change rather than of publication, by its class.
fn is_of_change(dom: &Dom, node: NodeId) -> bool {
    let around = dom.parent(node).and_then(|it| dom.attr(it, Attr::CLASS));
    [dom.attr(node, Attr::CLASS), dom.attr(node, Attr::ITEMPROP), around].into_iter().flatten().any(|it| {
        let names = it.to_ascii_lowercase();
        let of_change = ["updat", "modif", "aktuali", "edited"].iter().any(|it| names.contains(it));
        of_change && !["publish", "entry-date", "created", "pubdate"].iter().any(|it| names.contains(it))
    })
}
