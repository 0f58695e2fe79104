//! The few elements that may say something of a story, noted in one pass over the page.

use super::text::NODES_MAX;
use crate::dom::met::Met;
use crate::dom::{Attr, Dom, NodeId, Tag};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Elements noted while passing over the page, in document order.
#[derive(Debug, Default)]
pub(in crate::metadata) struct Seen {
    pub(in crate::metadata) title: Option<NodeId>,
    pub(in crate::metadata) h1s: Vec<NodeId>,
    pub(in crate::metadata) h2s: Vec<NodeId>,
    pub(in crate::metadata) times: Vec<NodeId>,
    /// Elements whose class, id, rel or address speaks of an author.
    pub(in crate::metadata) bylines: Vec<NodeId>,
    /// Elements whose class speaks of a date.
    pub(in crate::metadata) dates: Vec<NodeId>,
    /// Elements with `itemprop`.
    pub(in crate::metadata) items: Vec<NodeId>,
    /// Links to tags of the story.
    pub(in crate::metadata) tags: Vec<NodeId>,
    /// Links to the section it stands in.
    pub(in crate::metadata) crumbs: Vec<NodeId>,
    /// Pictures that are large by their own account.
    pub(in crate::metadata) images: Vec<NodeId>,
    /// Figures.
    pub(in crate::metadata) figures: Vec<NodeId>,
    /// Elements that hold the publisher's name by class.
    pub(in crate::metadata) publishers: Vec<NodeId>,
    /// Links to the front page.
    pub(in crate::metadata) fronts: Vec<NodeId>,
    /// Elements that hold a user's name by class: in a thread the first is who began it.
    pub(in crate::metadata) posters: Vec<NodeId>,
    /// Paragraphs set to the right, where some papers have the writer's name below the story.
    pub(in crate::metadata) signatures: Vec<NodeId>,
    /// Scripts of JSON-LD.
    pub(in crate::metadata) scripts: Vec<NodeId>,
    /// Other scripts with text.
    pub(in crate::metadata) data: Vec<NodeId>,
}

/// Users' names that are noted: the one who began the thread stands first.
const POSTERS_MAX: usize = 4;

/// Links to the front page that are noted: the logo's, the menu's, the path's, the footer's.
const FRONTS_MAX: usize = 8;

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
pub(in crate::metadata) fn note_item(node: NodeId, seen: &mut Seen) {
    if seen.items.len() < ITEMS_MAX {
        seen.items.push(node);
    }
}

/// What a class or id says that an element is for.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::metadata) struct Named {
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
pub(in crate::metadata) fn note<'a>(dom: &'a Dom, node: NodeId, tag: Tag, met: &mut Met<'a, Named>, seen: &mut Seen) {
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
