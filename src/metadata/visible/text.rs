//! The text of an element as a reader sees it.

use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use crate::text::{collapse, push_collapsed};

/// Nodes read inside one element, and children looked at for the one before another.
pub(super) const NODES_MAX: usize = 1_000;
pub(super) const CHILDREN_MAX: usize = 64;
/// Characters of a byline that are read.
pub(super) const BYLINE_CHARS_MAX: usize = 240;
/// Bytes read for each character that is wanted: pages are indented by more spaces than they have letters.
const READ_BYTES_A_CHAR: usize = 64;

/// The text of an element, whitespace collapsed, at most so many characters. Line breaks and blocks are spaces; scripts,
/// styles and what is hidden by attribute or by the usual classes are left out.
pub(in crate::metadata) fn text_of(dom: &Dom, node: NodeId, chars_max: usize) -> String {
    let text = read_text(dom, node, chars_max, " ", Hidden::Out);
    // A heading with a logo in it has its text hidden, and nothing else.
    if text.is_empty() { read_text(dom, node, chars_max, " ", Hidden::In) } else { text }
}

/// The text of a byline: blocks are set apart by bars, so that the name stands apart from what is below it.
pub(super) fn byline_of(dom: &Dom, node: NodeId) -> String {
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
