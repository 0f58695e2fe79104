//! What a reader sees to claims: headings, the byline, times, links to tags.
//!
//! One pass over the page notes the few elements that may matter ([`Seen`]); what they say is read afterwards, once the
//! headline is known, since a byline or time counts for more the nearer it stands.

use super::{Claims, Field, Source, dates, names};
use crate::article::Image;
use crate::dom::met::Met;
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use crate::text::{collapse, push_collapsed};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Elements noted while passing over the page, in document order.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) title: Option<NodeId>,
    pub(super) h1s: Vec<NodeId>,
    pub(super) h2s: Vec<NodeId>,
    pub(super) times: Vec<NodeId>,
    /// Elements whose class, id, rel or address speaks of an author.
    pub(super) bylines: Vec<NodeId>,
    /// Elements whose class speaks of a date.
    pub(super) dates: Vec<NodeId>,
    /// Elements with `itemprop`.
    pub(super) items: Vec<NodeId>,
    /// Links to tags of the story.
    pub(super) tags: Vec<NodeId>,
    /// Links to the section it stands in.
    pub(super) crumbs: Vec<NodeId>,
    /// Pictures that are large by their own account.
    pub(super) images: Vec<NodeId>,
    /// Figures.
    pub(super) figures: Vec<NodeId>,
    /// Elements that hold the publisher's name by class.
    pub(super) publishers: Vec<NodeId>,
    /// Links to the front page.
    pub(super) fronts: Vec<NodeId>,
    /// Elements that hold a user's name by class: in a thread the first is who began it.
    pub(super) posters: Vec<NodeId>,
    /// Paragraphs set to the right, where some papers have the writer's name below the story.
    pub(super) signatures: Vec<NodeId>,
    /// Scripts of JSON-LD.
    pub(super) scripts: Vec<NodeId>,
    /// Other scripts with text.
    pub(super) data: Vec<NodeId>,
}

/// Users' names that are noted: the one who began the thread stands first.
const POSTERS_MAX: usize = 4;

/// Links to the front page that are noted: the logo's, the menu's, the path's, the footer's.
const FRONTS_MAX: usize = 8;

/// Nodes read inside one element, and children looked at for the one before another.
const NODES_MAX: usize = 1_000;
const CHILDREN_MAX: usize = 64;
/// Bytes read for each character that is wanted: pages are indented by more spaces than they have letters.
const READ_BYTES_A_CHAR: usize = 64;

/// Elements with `itemprop` that are noted: a listing of 2,000 pages had 3,000.
const ITEMS_MAX: usize = 5_000;

/// Elements of one sort that are noted; a listing has thousands.
const NOTED_MAX: usize = 400;

/// Parts of class names, ids and addresses that speak of an author or a date, in the languages that markup is written in.
/// Those before [`N_AUTHOR_WORDS`] speak of authors.
const WORDS: [&str; 35] = [
    "author",
    "byline",
    "autor",
    "auteur",
    "verfasser",
    "redacteur",
    "redakteur",
    "journalist",
    "writer",
    "skribent",
    "forfatter",
    "firma",
    "signature",
    "contributor",
    "reporter",
    "kirjoittaja",
    "kisha",
    "szerzo",
    "yazar",
    "penulis",
    "by-line",
    // Dates.
    "date",
    "time",
    "datum",
    "publish",
    "fecha",
    // Sections.
    "crumb",
    "category",
    // Users of a forum.
    "username",
    "user-name",
    "user_name",
    "postuser",
    "poster",
    "creator",
    "postleft",
];
const N_AUTHOR_WORDS: usize = 21;
const N_DATE_WORDS: usize = 5;
const N_SECTION_WORDS: usize = 2;

static CLASS_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).expect("a few short words make an automaton")
});

/// Notes an element with `itemprop`.
pub(super) fn note_item(node: NodeId, seen: &mut Seen) {
    if seen.items.len() < ITEMS_MAX {
        seen.items.push(node);
    }
}

/// What a class or id says that an element is for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named {
    /// Of [`WORDS`]: the first that speaks of an author, else the first.
    word: Option<usize>,
    /// By hNews: <https://microformats.org/wiki/hnews>.
    is_publisher: bool,
}

impl Named {
    fn of(name: &str) -> Self {
        let mut words = CLASS_WORDS.find_iter(name).map(|it| it.pattern().as_usize());
        let word = words.next().map(|first| {
            if first < N_AUTHOR_WORDS { first } else { words.find(|it| *it < N_AUTHOR_WORDS).unwrap_or(first) }
        });
        Self { word, is_publisher: has_word(name, "source-org") }
    }
}

/// Notes what an element is for.
pub(super) fn note<'a>(dom: &'a Dom, node: NodeId, tag: Tag, met: &mut Met<'a, Named>, seen: &mut Seen) {
    fn push(onto: &mut Vec<NodeId>, node: NodeId) {
        if onto.len() < NOTED_MAX {
            onto.push(node);
        }
    }
    match tag {
        Tag::H1 => push(&mut seen.h1s, node),
        Tag::H2 => push(&mut seen.h2s, node),
        Tag::TIME => push(&mut seen.times, node),
        Tag::FIGURE => push(&mut seen.figures, node),
        Tag::P if is_set_right(dom, node) => push(&mut seen.signatures, node),
        _ => {}
    }
    let (mut class, mut id, mut href, mut rel) = (None, None, None, None);
    for (attr, value) in dom.attr_values(node) {
        match attr {
            Attr::CLASS => class = Some(value),
            Attr::ID => id = Some(value),
            Attr::HREF => href = Some(value),
            Attr::REL => rel = Some(value),
            Attr::ITEMPROP => note_item(node, seen),
            _ => {}
        }
    }
    if tag == Tag::A {
        if seen.fronts.len() < FRONTS_MAX && href.is_some_and(|it| it.trim() == "/") {
            seen.fronts.push(node);
        }
        if let Some(rel) = rel {
            if has_word(rel, "author") {
                push(&mut seen.bylines, node);
                return;
            }
            // WordPress calls a category "category tag".
            if has_word(rel, "category") {
                push(&mut seen.crumbs, node);
            } else if has_word(rel, "tag") {
                let is_section = href.is_some_and(|it| it.contains("/category/"));
                push(if is_section { &mut seen.crumbs } else { &mut seen.tags }, node);
            }
        }
        match href.and_then(target) {
            Some(Target::Author) => {
                push(&mut seen.bylines, node);
                return;
            }
            Some(Target::Tag) if stands_among_tags(dom, node) => push(&mut seen.tags, node),
            Some(Target::Tag) | None => {}
        }
    }
    if tag == Tag::IMG {
        if is_large(dom, node) {
            push(&mut seen.images, node);
        }
        return;
    }
    if matches!(tag, Tag::BODY | Tag::HTML | Tag::ARTICLE | Tag::MAIN | Tag::INPUT | Tag::FORM | Tag::BUTTON) {
        return;
    }
    if class.is_some_and(|it| met.of(it, Named::of).is_publisher) {
        push(&mut seen.publishers, node);
    }
    for name in [class, id].into_iter().flatten() {
        let Some(word) = met.of(name, Named::of).word else { continue };
        if word < N_AUTHOR_WORDS {
            if !is_about_else(name) {
                push(&mut seen.bylines, node);
            }
        } else if word < N_AUTHOR_WORDS + N_DATE_WORDS {
            push(&mut seen.dates, node);
        } else if word >= N_AUTHOR_WORDS + N_DATE_WORDS + N_SECTION_WORDS {
            if seen.posters.len() < POSTERS_MAX {
                seen.posters.push(node);
            }
        } else if tag == Tag::A {
            push(&mut seen.crumbs, node);
        } else if seen.crumbs.len() < 8 && word == N_AUTHOR_WORDS + N_DATE_WORDS {
            for link in dom.descendants(node).take(NODES_MAX).filter(|it| dom.is(*it, Tag::A)).take(8) {
                if !seen.crumbs.contains(&link) {
                    push(&mut seen.crumbs, link);
                }
            }
        }
        return;
    }
}

/// Whether a link stands in a list that its class calls one of tags.
fn stands_among_tags(dom: &Dom, node: NodeId) -> bool {
    dom.ancestors(node).skip(1).take(4).any(|it| {
        dom.attr(it, Attr::CLASS)
            .is_some_and(|class| class.split(|c: char| !c.is_ascii_alphanumeric()).any(|it| it == "tags"))
    })
}

/// Whether a paragraph is set to the right by its own account.
fn is_set_right(dom: &Dom, node: NodeId) -> bool {
    dom.attr(node, Attr::STYLE).is_some_and(|it| {
        let mut parts = it.split(';').filter_map(|it| it.split_once(':'));
        parts.any(|(name, value)| name.trim() == "text-align" && value.trim() == "right")
    })
}

/// Whether a picture is wide enough to head a story, by its own account.
fn is_large(dom: &Dom, node: NodeId) -> bool {
    const WIDTH_MIN: u32 = 400;
    let width = dom.attr(node, Attr::WIDTH).and_then(|it| it.trim_end_matches("px").parse::<u32>().ok());
    width.is_some_and(|it| it >= WIDTH_MIN) && dom.attr(node, Attr::SRC).is_some_and(|it| !it.starts_with("data:"))
}

/// Whether a name that speaks of an author speaks of something around one: a picture, a comment, a consent.
fn is_about_else(value: &str) -> bool {
    const ELSE: [&str; 12] = [
        "comment", "authoriz", "authoris", "avatar", "image", "photo", "picture", "icon", "social", "follow", "popup",
        "modal",
    ];
    ELSE.iter().any(|it| value.contains(it))
}

/// Parts of addresses: of authors' pages, then of tags.
const SEGMENTS: [&str; 30] = [
    "/author/",
    "/authors/",
    "/autor/",
    "/autoren/",
    "/autores/",
    "/auteur/",
    "/auteurs/",
    "/autori/",
    "/autore/",
    "/by/",
    "/profile/",
    "/staff/",
    "/journalist/",
    "/journalisten/",
    "/journalists/",
    "/writers/",
    "/people/",
    "/reporter/",
    "/contributors/",
    "/redakcja/",
    "/yazarlar/",
    "/skribent/", // Tags.
    "/tag/",
    "/tags/",
    "/topic/",
    "/topics/",
    "/thema/",
    "/themen/",
    "/etiqueta/",
    "/keyword/",
];
const N_AUTHOR_SEGMENTS: usize = 22;

static ADDRESS_PARTS: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(SEGMENTS).expect("a few short words make an automaton"));

/// What a link leads to.
enum Target {
    Author,
    Tag,
}

fn target(href: &str) -> Option<Target> {
    let found = ADDRESS_PARTS.find(href)?.pattern().as_usize();
    Some(if found < N_AUTHOR_SEGMENTS { Target::Author } else { Target::Tag })
}

fn has_word(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case(word))
}

/// The text of an element, whitespace collapsed, at most so many characters. Line breaks and blocks are spaces; scripts,
/// styles and what is hidden by attribute or by the usual classes are left out.
pub(super) fn text_of(dom: &Dom, node: NodeId, chars_max: usize) -> String {
    let text = read_text(dom, node, chars_max, " ", Hidden::Out);
    // A heading with a logo in it has its text hidden, and nothing else.
    if text.is_empty() { read_text(dom, node, chars_max, " ", Hidden::In) } else { text }
}

/// The text of a byline: blocks are set apart by bars, so that the name stands apart from what is below it.
fn byline_of(dom: &Dom, node: NodeId) -> String {
    let text = read_text(dom, node, BYLINE_CHARS_MAX, " | ", Hidden::Out);
    text.trim_matches(['|', ' ']).to_owned()
}

/// What becomes of text for screen readers alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    In,
    Out,
}

fn read_text(dom: &Dom, node: NodeId, chars_max: usize, gap: &str, hidden: Hidden) -> String {
    let mut text = String::new();
    // What is collapsed may be a megabyte of spaces, and may be asked for from every element around it.
    let mut bytes_left = chars_max * READ_BYTES_A_CHAR;
    let mut push = |onto: &mut String, read: &str| {
        let read = &read[..read.floor_char_boundary(bytes_left)];
        bytes_left -= read.len();
        push_collapsed(onto, read);
    };
    if dom.kind(node) == Kind::Text {
        push(&mut text, dom.text(node));
    }
    let mut skip_to = 0;
    for it in dom.descendants(node).take(NODES_MAX) {
        if it.index() < skip_to {
            continue;
        }
        match dom.kind(it) {
            Kind::Text => {
                push(&mut text, dom.text(it));
                if text.len() > chars_max * 4 {
                    break;
                }
            }
            Kind::Element(Tag::SCRIPT | Tag::STYLE | Tag::SVG | Tag::NOSCRIPT | Tag::TEMPLATE | Tag::BUTTON) => {
                skip_to = dom.end(it).index();
            }
            Kind::Element(_)
                if dom.attr(it, Attr::HIDDEN).is_some()
                    || (hidden == Hidden::Out && dom.attr(it, Attr::CLASS).is_some_and(is_for_screen_readers)) =>
            {
                skip_to = dom.end(it).index();
            }
            Kind::Element(tag) if is_block(tag) => {
                if !text.is_empty() && !text.ends_with(gap) {
                    text.push_str(gap);
                }
            }
            Kind::Element(tag) if follows_element(dom, it) => {
                // Two links side by side are two names.
                let gap = if tag == Tag::A { gap } else { " " };
                if !text.is_empty() && !text.ends_with(gap) {
                    text.push_str(gap);
                }
            }
            Kind::Document | Kind::Element(_) | Kind::Comment | Kind::Doctype => {}
        }
    }
    let mut text = collapse(&text);
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
    }
    text
}

/// Whether a class is one of those by which frameworks hide text from all but screen readers.
fn is_for_screen_readers(class: &str) -> bool {
    const NAMES: [&str; 8] = [
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "u-visually-hidden",
        "screen-reader-text",
        "screen-reader-only",
        "show-for-sr",
        "element-invisible",
    ];
    class.split_ascii_whitespace().any(|it| NAMES.contains(&it))
}

fn is_block(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::BR
            | Tag::DIV
            | Tag::P
            | Tag::LI
            | Tag::UL
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::TD
            | Tag::TR
            | Tag::DD
            | Tag::DT
            | Tag::SECTION
            | Tag::HEADER
            | Tag::FOOTER
            | Tag::FIGURE
            | Tag::FIGCAPTION
            | Tag::HR
            | Tag::TIME
            | Tag::ADDRESS
    )
}

/// Whether a `span` or link stands right behind another element of its kind: set apart by style, though no space is written.
fn follows_element(dom: &Dom, node: NodeId) -> bool {
    let Some(tag @ (Tag::SPAN | Tag::A)) = dom.tag(node) else { return false };
    let Some(parent) = dom.parent(node) else { return false };
    let mut before = None;
    for child in dom.children(parent).take(CHILDREN_MAX) {
        if child == node {
            break;
        }
        before = Some(child);
    }
    // Past the bound no child is the node: then the one before it is unknown, and taken for another kind.
    before.filter(|it| dom.next_sibling(*it) == Some(node)).is_some_and(|it| dom.is(it, tag))
}

/// Longest title and byline read, in characters.
const TITLE_CHARS_MAX: usize = 400;
const BYLINE_CHARS_MAX: usize = 240;

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
