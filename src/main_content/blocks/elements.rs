//! What elements do to the text in them: break its line, hide it, leave it out.

use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use crate::main_content::picks::Picks;

/// Elements that begin a line of their own.
pub fn breaks_line(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::ADDRESS
            | Tag::ARTICLE
            | Tag::ASIDE
            | Tag::BLOCKQUOTE
            | Tag::BODY
            | Tag::CAPTION
            | Tag::CENTER
            | Tag::DD
            | Tag::DETAILS
            | Tag::DIALOG
            | Tag::DIR
            | Tag::DIV
            | Tag::DL
            | Tag::DT
            | Tag::FIELDSET
            | Tag::FIGCAPTION
            | Tag::FIGURE
            | Tag::FOOTER
            | Tag::FORM
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::H5
            | Tag::H6
            | Tag::HEADER
            | Tag::HGROUP
            | Tag::HR
            | Tag::HTML
            | Tag::LEGEND
            | Tag::LI
            | Tag::MAIN
            | Tag::MENU
            | Tag::NAV
            | Tag::OL
            | Tag::P
            | Tag::PRE
            | Tag::SECTION
            | Tag::SUMMARY
            | Tag::TABLE
            | Tag::TBODY
            | Tag::TD
            | Tag::TFOOT
            | Tag::TH
            | Tag::THEAD
            | Tag::TR
            | Tag::UL
    )
}

/// Elements whose text nobody reads as text.
pub fn is_skipped(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::AUDIO
            | Tag::BUTTON
            | Tag::CANVAS
            | Tag::DATALIST
            | Tag::EMBED
            | Tag::HEAD
            | Tag::IFRAME
            | Tag::INPUT
            | Tag::MAP
            | Tag::METER
            | Tag::NOFRAMES
            | Tag::NOSCRIPT
            | Tag::OBJECT
            | Tag::OPTGROUP
            | Tag::OPTION
            | Tag::OUTPUT
            | Tag::PROGRESS
            | Tag::RP
            | Tag::RT
            | Tag::SCRIPT
            | Tag::SELECT
            | Tag::STYLE
            | Tag::SVG
            | Tag::TEMPLATE
            | Tag::TEXTAREA
            | Tag::TITLE
            | Tag::VIDEO
    )
}

/// Whether an element is a link to another place on the page that says nothing by itself: a heading's permalink, a
/// footnote's number, the way back from it.
pub fn is_sign(dom: &Dom, node: NodeId, tag: Tag) -> bool {
    if !matches!(tag, Tag::A | Tag::SUP) {
        return false;
    }
    if is_note_sign(dom, node, tag).is_some() {
        return true;
    }
    // A raised link and nothing else is what the link is.
    let link = if tag == Tag::SUP { only_child(dom, node) } else { Some(node) };
    link.filter(|it| is_place(dom, *it)).is_some_and(|it| {
        let text = dom.text_content(it);
        matches!(text.trim(), "¶" | "#" | "§" | "↩" | "↩\u{fe0e}" | "^" | "🔗" | "⌃" | "↑")
    })
}

/// The link of a footnote's number, for the element that is all of it: a number raised, or in brackets.
pub fn is_note_sign(dom: &Dom, node: NodeId, tag: Tag) -> Option<NodeId> {
    let link = match tag {
        Tag::A => node,
        Tag::SUP => only_child(dom, node)?,
        _ => return None,
    };
    if !is_place(dom, link) {
        return None;
    }
    let is_raised = tag == Tag::SUP || only_child(dom, link).is_some_and(|it| dom.is(it, Tag::SUP));
    let text = dom.text_content(link);
    let text = text.trim();
    let number = text.trim_matches(['[', ']', '(', ')', ' ']);
    let is_number = !number.is_empty()
        && number.len() <= 4
        && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '†' | '‡'));
    (is_number && (is_raised || (text.starts_with('[') && text.ends_with(']')))).then_some(link)
}

/// The only node inside, white space aside.
fn only_child(dom: &Dom, node: NodeId) -> Option<NodeId> {
    let mut children = dom.children(node).filter(|it| dom.kind(*it) != Kind::Text || !dom.text(*it).trim().is_empty());
    let first = children.next()?;
    children.next().is_none().then_some(first)
}

/// Whether an element is a short link to a place on this page.
fn is_place(dom: &Dom, node: NodeId) -> bool {
    dom.is(node, Tag::A)
        && dom.attr(node, Attr::HREF).is_some_and(|it| it.starts_with('#'))
        && dom.end(node).index() - node.index() <= SIGN_NODES_MAX + 1
}

/// Nodes inside a sign: a number, its brackets, and an element around each.
const SIGN_NODES_MAX: usize = 6;

/// Whether an element is hidden by its own attributes.
pub fn hides(dom: &Dom, node: NodeId) -> bool {
    dom.attr_values(node).any(|(attr, value)| match attr {
        Attr::HIDDEN => !value.eq_ignore_ascii_case("until-found"),
        // What is kept from screen readers is hidden from all mostly, but not a paragraph by itself.
        Attr::ARIA_HIDDEN => value.eq_ignore_ascii_case("true") && !dom.is(node, Tag::P),
        Attr::STYLE => style_hides(value),
        _ => false,
    })
}

fn style_hides(style: &str) -> bool {
    style.split(';').map(str::trim_start).any(|declaration| {
        // Nearly all show by their first letter that they are about something else.
        let may_hide = declaration.starts_with(['d', 'D', 'v', 'V']);
        may_hide
            && declaration.split_once(':').is_some_and(|(property, value)| {
                let (property, value) = (property.trim_end(), value.trim().trim_end_matches("!important").trim_end());
                (property.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none"))
                    || (property.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden"))
            })
    })
}

/// Whether a span says no more than where a line ends: what some editors write for a `<br>`.
pub(super) fn is_break(dom: &Dom, node: NodeId) -> bool {
    let is_empty = dom.end(node).index() == node.index() + 1;
    is_empty && dom.attr(node, Attr::CLASS).is_some_and(|it| it.split_ascii_whitespace().any(|it| it == "br"))
}

/// Whether an element is not read, with all that it holds.
pub fn is_passed_over(dom: &Dom, picks: &Picks, node: NodeId, tag: Tag) -> bool {
    (is_skipped(tag) && !picks.selects(node)) || is_sign(dom, node, tag) || picks.drops(node)
}
