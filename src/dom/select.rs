//! Elements by CSS selectors, for rules that people write.
//!
//! Our own passes compare tags and attributes as numbers and need no selectors. A rule comes as text, and scraper knows
//! all that such a text may say; so it gets a tree of its own, made from ours, and only where there are rules. The
//! answers are our nodes.

use super::{Dom, Kind, NodeId, Tag};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, Namespace, QualName, ns};
use scraper::node::{Comment, Element, Text};
use scraper::{ElementRef, Html, Node};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A CSS selector that was understood, such as `article > p.lead`. As data it is its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Selector {
    text: String,
    parsed: scraper::Selector,
}

/// A selector that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorError {
    /// The selector as written.
    pub selector: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A page that can be asked for elements by selectors; made once, asked as often as there are rules.
#[derive(Debug)]
pub struct Selectable<'a> {
    dom: &'a Dom,
    html: Html,
    /// scraper's numbers of our nodes.
    ids: Vec<Id>,
}

/// scraper's number of a node.
type Id = <scraper::HtmlTreeSink as html5ever::interface::TreeSink>::Handle;

impl Selector {
    /// Reads a selector. Several may stand in it, with commas between.
    ///
    /// # Errors
    ///
    /// [`SelectorError`] where it is no CSS selector, or one that only a browser could answer, such as `:hover`.
    pub fn parse(selector: &str) -> Result<Self, SelectorError> {
        let error = |reason: String| SelectorError { selector: selector.to_owned(), reason };
        let parsed = scraper::Selector::parse(selector).map_err(|it| error(it.to_string()))?;
        Ok(Self { text: selector.to_owned(), parsed })
    }
}

impl PartialEq for Selector {
    /// Whether both are written alike.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl TryFrom<String> for Selector {
    type Error = SelectorError;

    fn try_from(text: String) -> Result<Self, SelectorError> {
        Self::parse(&text)
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.text
    }
}

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no CSS selector: {}", self.selector, self.reason)
    }
}

impl std::error::Error for SelectorError {}

impl<'a> Selectable<'a> {
    /// Takes as long as a parse, about. Texts are not copied, since no selector looks at them.
    pub fn new(dom: &'a Dom) -> Self {
        let mut html = Html::new_document();
        let mut ids: Vec<Id> = vec![html.tree.root().id()];
        let mut namespaces: Vec<Namespace> = vec![ns!(html)];
        let mut atoms = Atoms::default();
        for node in dom.nodes().skip(1) {
            let parent = dom.parent(node).unwrap_or_else(|| dom.root());
            let namespace = namespace(dom, parent, &namespaces[parent.index()], node);
            let value = match dom.kind(node) {
                Kind::Element(_) => {
                    let name = QualName::new(None, namespace.clone(), atoms.of(dom.tag_name(node)));
                    let attributes = dom.attrs(node).map(|(name, value)| Attribute {
                        name: QualName::new(None, ns!(), atoms.of(name)),
                        value: StrTendril::from_slice(value),
                    });
                    Some(Node::Element(Element::new(name, attributes.collect())))
                }
                Kind::Text => Some(Node::Text(Text { text: StrTendril::new() })),
                Kind::Comment => Some(Node::Comment(Comment { comment: StrTendril::new() })),
                Kind::Document | Kind::Doctype => None,
            };
            let parent = ids[parent.index()];
            let id = match (value, html.tree.get_mut(parent)) {
                (Some(value), Some(mut parent)) => parent.append(value).id(),
                _ => parent,
            };
            ids.push(id);
            namespaces.push(namespace);
        }
        Self { dom, html, ids }
    }

    /// The elements that a selector means, in document order.
    pub fn select(&self, selector: &Selector) -> Vec<NodeId> {
        let is_meant = |node: &NodeId| {
            let element = self.html.tree.get(self.ids[node.index()]).and_then(ElementRef::wrap);
            element.is_some_and(|it| selector.parsed.matches(&it))
        };
        self.dom.nodes().filter(|node| self.dom.tag(*node).is_some()).filter(is_meant).collect()
    }
}

/// Names that html5ever has met on this page: the same ones come again and again, and finding one is not cheap.
#[derive(Default)]
struct Atoms(std::collections::HashMap<String, LocalName>);

impl Atoms {
    fn of(&mut self, name: &str) -> LocalName {
        if let Some(atom) = self.0.get(name) {
            return atom.clone();
        }
        let atom = LocalName::from(name);
        self.0.insert(name.to_owned(), atom.clone());
        atom
    }
}

/// The namespace of an element, which names of elements show well enough.
fn namespace(dom: &Dom, parent: NodeId, of_parent: &Namespace, node: NodeId) -> Namespace {
    let holds_html =
        matches!(dom.tag_name(parent), "foreignObject" | "desc" | "title" | "mi" | "mo" | "mn" | "ms" | "mtext");
    match dom.tag(node) {
        Some(Tag::SVG) => ns!(svg),
        Some(Tag::MATH) => ns!(mathml),
        _ if holds_html => ns!(html),
        _ => of_parent.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;

    #[track_caller]
    fn check(html: &str, selector: &str, expected: &[&str]) {
        let dom = Dom::parse(html, &Options::default());
        let selector = Selector::parse(selector).expect("a selector");
        let found = Selectable::new(&dom).select(&selector);
        let texts: Vec<String> = found.iter().map(|node| dom.text_content(*node)).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn elements_come_in_document_order() {
        check("<article><p>a<p class='lead x'>b</article><p class=lead>c", "p.lead, article > p", &["a", "b", "c"]);
    }

    #[test]
    fn what_was_moved_is_found_where_it_stands() {
        check("<table><b>a</b><tr><td>b</table>", "b + table td", &["b"]);
        check("<div id=x><p>a<div>b</div><p>c</div>", "#x > div ~ p", &["c"]);
    }

    #[test]
    fn attributes_and_positions_count() {
        check("<a href=/x>a</a><a href='https://y'>b</a><a>c</a>", "a[href^=http]", &["b"]);
        check("<ul><li>a<li>b<li>c</ul>", "li:nth-child(2), li:not(:first-child):last-child", &["b", "c"]);
        check("<p>a<p><p><b>b</b>", "p:empty, p:has(b)", &["", "b"]);
    }

    #[test]
    fn vector_graphics_keep_the_case_of_their_names() {
        check("<svg><linearGradient>a</linearGradient></svg>", "svg linearGradient", &["a"]);
    }

    #[test]
    fn what_is_no_selector_is_told() {
        let error = Selector::parse("p..x").expect_err("no selector");
        assert!(error.to_string().starts_with("`p..x` is no CSS selector: "), "{error}");
    }
}
