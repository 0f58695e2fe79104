//! Where our tree of a page differs from html5ever's.
//!
//! Known differences, each with its reason:
//!
//! - html5ever forgets that `<pre>` and `<textarea>` drop the line end which follows them when anything between the two
//!   is an error in its eyes (`<pre></>⏎`, `<pre>&#10`). We drop it, as the standard says.
//! - scraper does not answer html5ever's question whether an `<annotation-xml>` holds HTML. We do.

use copydesk::dom::{Cuts, Dom, Kind, Options};
use scraper::{Html, Node};

/// One line a node: its depth, what it is, and what it says.
fn ours(html: &str) -> (Vec<String>, Cuts) {
    let dom = Dom::parse(html, &Options::default());
    let mut depths = vec![0; dom.len()];
    let mut lines = Vec::new();
    for node in dom.nodes().skip(1) {
        let depth = dom.parent(node).map_or(0, |parent| depths[parent.index()]) + 1;
        depths[node.index()] = depth;
        let text = dom.text(node);
        lines.push(match dom.kind(node) {
            Kind::Document => unreachable!("there is one document"),
            Kind::Element(_) => {
                let attributes = dom.attrs(node).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                element(depth, dom.tag_name(node), attributes)
            }
            Kind::Text => format!("{depth} text {text:?}"),
            Kind::Comment => format!("{depth} comment {text:?}"),
            Kind::Doctype => format!("{depth} doctype"),
        });
    }
    (lines, dom.cuts().clone())
}

fn theirs(html: &str) -> Vec<String> {
    let html = Html::parse_document(html);
    let mut lines = Vec::new();
    for node in html.tree.root().descendants() {
        // What a template holds stands in a fragment there.
        if matches!(node.value(), Node::Document | Node::Fragment) {
            continue;
        }
        let depth = node.ancestors().filter(|it| !it.value().is_fragment()).count();
        lines.push(match node.value() {
            Node::Element(it) => {
                let attributes = it.attrs.iter().map(|(name, value)| (name.local.to_string(), value.to_string()));
                element(depth, it.name(), attributes.collect())
            }
            Node::Text(it) => format!("{depth} text {:?}", &**it),
            Node::Comment(it) => format!("{depth} comment {:?}", &**it),
            Node::Doctype(_) => format!("{depth} doctype"),
            Node::Document | Node::Fragment | Node::ProcessingInstruction(_) => unreachable!("not in HTML"),
        });
    }
    lines
}

fn element(depth: usize, name: &str, mut attributes: Vec<(String, String)>) -> String {
    // scraper keeps them sorted, with their namespaces.
    attributes.sort();
    format!("{depth} <{name} {attributes:?}>")
}

/// What differs first, with what stands before it.
pub(crate) fn difference(html: &str) -> Option<String> {
    let ((ours, cuts), theirs) = (ours(html), theirs(html));
    if cuts != Cuts::default() {
        return Some(format!("cut: {cuts:?}"));
    }
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
    let shown = |lines: &[String]| {
        let lines = &lines[at.saturating_sub(3)..lines.len().min(at + 2)];
        lines.iter().map(|line| line.chars().take(300).collect::<String>()).collect::<Vec<_>>().join("\n  ")
    };
    Some(format!(
        "at node {at} of {} / {}\nours\n  {}\ntheirs\n  {}",
        ours.len(),
        theirs.len(),
        shown(&ours),
        shown(&theirs)
    ))
}

/// Whether a page may hold one of the differences listed above. Pages made up by our own tests never do.
#[allow(dead_code, reason = "for the fuzz target")]
pub(crate) fn is_known(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    let drops_line_end = ["<pre", "<listing", "<textarea"].iter().any(|it| html.contains(it));
    let holds_error = ["</>", "&#"].iter().any(|it| html.contains(it));
    drops_line_end && holds_error || html.contains("annotation-xml")
}
