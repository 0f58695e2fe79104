//! Decoded text to a document: the tree that the HTML standard prescribes, laid flat.
//!
//! The tokenizer is ours, tree construction is html5ever's, so that what we see is what a browser would; a test holds the
//! tree equal to the one that html5ever makes with its own tokenizer. The finished tree is an array of nodes in document
//! order: the descendants of a node are the nodes that follow it up to [`Dom::end`], so a pass over the page is a loop
//! over an array and nothing recurses. What we think of a node stands in typed rows elsewhere, never in here.
//!
//! No page takes longer than its size warrants, or more memory: see [`Options`].
//!
//! Contents of `<template>` are its children here (the standard keeps them in a document of their own). `<noscript>` holds
//! its markup as text, as in a browser that runs scripts.
//!
//! The way of a page: `tokenizer` (text to tokens, with `entities`) → `feed` (tokens to html5ever, under the bounds) →
//! `arena` (the sink: rows, then the flat tree; with `elements`, `names` and `foreign`). [`select`] stands on top.

mod arena;
mod elements;
mod entities;
mod feed;
mod foreign;
pub(crate) mod met;
mod names;
pub mod select;
mod tokenizer;

use names::Names;
pub use names::{Attr, Tag};

/// A parsed page. Made, read and dropped inside one call.
#[derive(Debug)]
pub struct Dom {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// The page, and behind it what had to be written anew: texts and attribute values are stretches of it.
    strings: String,
    tag_names: Names,
    attr_names: Names,
    cuts: Cuts,
}

/// A node's place: its position in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The page itself, node 0.
    Document,
    /// An element of HTML, SVG or MathML.
    Element(Tag),
    /// A run of text.
    Text,
    /// A comment.
    Comment,
    /// The document type declaration.
    Doctype,
}

/// Bounds on what a page may make us build. What lies beyond is cut and told in [`Cuts`]; text is never lost.
///
/// The standard's rules cost time in the square of the nesting and of the formatting elements; with the defaults the
/// time of every page grows as its size.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How deep elements may stand. One that would stand deeper is flattened: it holds nothing, and what it held comes
    /// after it.
    pub depth_max: u32,
    /// Formatting elements (`<b>`, `<font>` …) that may be open at a time, or open again in each new paragraph. More are
    /// flattened.
    pub formatting_max: u32,
    /// Attributes of a tag; those that follow are left out.
    pub attributes_max: u32,
    /// Nodes of a page. Of what follows, only the text is kept, as one node.
    pub nodes_max: u32,
    /// Steps of the standard's walks over open elements, for each byte of the page. Once they are spent, every element
    /// is flattened.
    pub steps_per_byte_max: u32,
}

impl Default for Options {
    /// Of 2,105 pages measured, most of them news:
    ///
    /// - Depth 512, as browsers have it; no page reaches 64.
    /// - 32 formatting elements; no page has over 8.
    /// - 256 attributes; one page has a tag with over 128.
    /// - 500,000 nodes; the largest page has 34,450. They take up to 50 MB.
    /// - 16 steps a byte, about 40 ns on the machine they were measured on; no page takes 1 past the million steps that
    ///   each may take whatever its size.
    fn default() -> Self {
        Self { depth_max: 512, formatting_max: 32, attributes_max: 256, nodes_max: 500_000, steps_per_byte_max: 16 }
    }
}

/// What the bounds of [`Options`] cut off, as counts. All zero for nearly every page.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Cuts {
    /// Elements flattened for their depth.
    pub depth: u32,
    /// Formatting elements flattened for their number.
    pub formatting: u32,
    /// Elements flattened because their names came after a thousand others that HTML does not know.
    pub names: u32,
    /// Attributes left out.
    pub attributes: u32,
    /// Tags and comments left out for the number of nodes.
    pub nodes: u32,
    /// Elements flattened and end tags left out because the steps were spent.
    pub steps: u32,
    /// Bytes at the end of a page over a quarter of a gigabyte, which were not read.
    pub bytes: u64,
}

#[derive(Debug, Clone)]
struct Node {
    parent: u32,
    next_sibling: u32,
    /// One past the last descendant.
    end: u32,
    kind: Kind,
    /// Text: range of `strings`. Element: range of `attributes`.
    start: u32,
    stop: u32,
    /// Byte offset in the decoded page, or [`NONE`].
    source: u32,
}

#[derive(Debug, Clone)]
struct Attribute {
    name: Attr,
    start: u32,
    stop: u32,
}

const NONE: u32 = u32::MAX;

impl Dom {
    /// The tree of a page. Any text makes a tree; what the standard calls parse errors are not reported.
    ///
    /// Takes about a quarter of the time of `scraper::Html::parse_document`, and at most 2.5 bytes of memory for each
    /// byte of a usual page.
    ///
    /// ```
    /// use copydesk::dom::{Attr, Dom, Options, Tag};
    ///
    /// let dom = Dom::parse("<p>See <a href=/more>more</a>", &Options::default());
    /// let link = dom.elements(Tag::A).next().expect("there is one");
    /// assert_eq!(dom.attr(link, Attr::HREF), Some("/more"));
    /// assert_eq!(dom.text_content(link), "more");
    /// assert_eq!(dom.source(link), Some(7));
    /// ```
    pub fn parse(html: &str, options: &Options) -> Self {
        feed::parse(html, options)
    }

    /// The document node, above everything.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// How many nodes there are, the document included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: the document node is always there.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What the bounds cut off.
    pub fn cuts(&self) -> &Cuts {
        &self.cuts
    }

    /// All nodes in document order.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// What the node is.
    pub fn kind(&self, node: NodeId) -> Kind {
        self.nodes[node.index()].kind
    }

    /// The element's name, `None` for what is no element.
    pub fn tag(&self, node: NodeId) -> Option<Tag> {
        match self.kind(node) {
            Kind::Element(tag) => Some(tag),
            Kind::Document | Kind::Text | Kind::Comment | Kind::Doctype => None,
        }
    }

    /// Whether the node is an element of this name.
    pub fn is(&self, node: NodeId, tag: Tag) -> bool {
        self.kind(node) == Kind::Element(tag)
    }

    /// The element's name as written in lower case, empty for what is no element.
    pub fn tag_name(&self, node: NodeId) -> &str {
        self.tag(node).map_or("", |tag| self.tag_names.name(tag.0))
    }

    /// The text of a text node or comment, empty for anything else.
    pub fn text(&self, node: NodeId) -> &str {
        let node = &self.nodes[node.index()];
        match node.kind {
            Kind::Text | Kind::Comment => &self.strings[node.start as usize..node.stop as usize],
            Kind::Document | Kind::Element(_) | Kind::Doctype => "",
        }
    }

    /// The value of an attribute; an attribute without a value is empty.
    pub fn attr(&self, node: NodeId, name: Attr) -> Option<&str> {
        let found = self.attribute_rows(node).iter().find(|it| it.name == name)?;
        Some(&self.strings[found.start as usize..found.stop as usize])
    }

    /// The value of an attribute that has no constant in [`Attr`].
    pub fn attr_named(&self, node: NodeId, name: &str) -> Option<&str> {
        self.attrs(node).find(|(it, _)| *it == name).map(|(_, value)| value)
    }

    /// What an attribute that has no constant in [`Attr`] is called on this page, where any element has it.
    pub fn attr_called(&self, name: &str) -> Option<Attr> {
        self.attr_names.own_attribute(name)
    }

    /// The attributes with their values, in the order they were written.
    pub fn attrs(&self, node: NodeId) -> impl Iterator<Item = (&str, &str)> {
        let value = |it: &Attribute| &self.strings[it.start as usize..it.stop as usize];
        self.attribute_rows(node).iter().map(move |it| (self.attr_names.name(it.name.0), value(it)))
    }

    /// The attributes with their values, by what [`Attr`] calls them, in the order they were written.
    pub fn attr_values(&self, node: NodeId) -> impl Iterator<Item = (Attr, &str)> {
        self.attribute_rows(node).iter().map(|it| (it.name, &self.strings[it.start as usize..it.stop as usize]))
    }

    fn attribute_rows(&self, node: NodeId) -> &[Attribute] {
        let node = &self.nodes[node.index()];
        match node.kind {
            Kind::Element(_) => &self.attributes[node.start as usize..node.stop as usize],
            Kind::Document | Kind::Text | Kind::Comment | Kind::Doctype => &[],
        }
    }

    /// The node above; `None` for the document.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        NodeId::some(self.nodes[node.index()].parent)
    }

    /// The first node inside.
    pub fn first_child(&self, node: NodeId) -> Option<NodeId> {
        (node.0 + 1 < self.nodes[node.index()].end).then(|| NodeId(node.0 + 1))
    }

    /// The next node with the same parent.
    pub fn next_sibling(&self, node: NodeId) -> Option<NodeId> {
        NodeId::some(self.nodes[node.index()].next_sibling)
    }

    /// The nodes directly inside, in order.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first_child(node), |it| self.next_sibling(*it))
    }

    /// Every node inside, at any depth, in document order; the node itself not included.
    pub fn descendants(&self, node: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (node.0 + 1..self.nodes[node.index()].end).map(NodeId)
    }

    /// The node and those above it, from the inside out, the document included.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(node), |it| self.parent(*it))
    }

    /// The first node after this one and all that is inside it; equals [`Dom::len`] as an index at the end of the page.
    pub fn end(&self, node: NodeId) -> NodeId {
        NodeId(self.nodes[node.index()].end)
    }

    /// Whether `inner` is `outer` or stands inside it.
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        outer <= inner && inner.0 < self.nodes[outer.index()].end
    }

    /// Elements of this name, in document order.
    pub fn elements(&self, tag: Tag) -> impl Iterator<Item = NodeId> {
        self.nodes().filter(move |it| self.is(*it, tag))
    }

    /// All text inside, joined as it stands; scripts and styles included.
    pub fn text_content(&self, node: NodeId) -> String {
        if self.kind(node) == Kind::Text {
            return self.text(node).to_owned();
        }
        self.descendants(node).filter(|it| self.kind(*it) == Kind::Text).map(|it| self.text(it)).collect()
    }

    /// Gives every node another place where its markup begins, by the one it has.
    pub fn move_sources(&mut self, place: impl Fn(usize) -> usize) {
        for node in self.nodes.iter_mut().filter(|it| it.source != NONE) {
            node.source = place(node.source as usize) as u32;
        }
    }

    /// Where the node's markup begins in the decoded page, as a byte offset: the `<` of a start tag or comment, the
    /// first character of a text. `None` where the standard made the node up, such as the second half of a `<b>`
    /// that reaches across paragraphs.
    pub fn source(&self, node: NodeId) -> Option<usize> {
        let source = self.nodes[node.index()].source;
        (source != NONE).then_some(source as usize)
    }
}

impl NodeId {
    /// The position in document order: for rows beside the tree.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at a position in document order.
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("a page has fewer than 2^32 nodes"))
    }

    fn some(link: u32) -> Option<Self> {
        (link != NONE).then_some(Self(link))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as indented lines: names with attributes, texts in quotes.
    fn outline(html: &str) -> String {
        let dom = Dom::parse(html, &Options::default());
        let mut lines = String::new();
        for node in dom.nodes().skip(1) {
            let depth = dom.ancestors(node).count() - 2;
            lines.push_str(&" ".repeat(depth));
            match dom.kind(node) {
                Kind::Element(_) => {
                    lines.push_str(dom.tag_name(node));
                    for (name, value) in dom.attrs(node) {
                        lines.push_str(&format!(" {name}={value}"));
                    }
                }
                Kind::Text => lines.push_str(&format!("{:?}", dom.text(node))),
                Kind::Comment => lines.push_str(&format!("<!--{}-->", dom.text(node))),
                Kind::Document | Kind::Doctype => lines.push_str("doctype"),
            }
            lines.push('\n');
        }
        lines
    }

    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        assert_eq!(outline(html).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nodes_stand_in_document_order() {
        check(
            "<!doctype html><p class=a data-x=1>one<b>two</b>three<p>four<!--five-->",
            &[
                "doctype",
                "html",
                " head",
                " body",
                "  p class=a data-x=1",
                "   \"one\"",
                "   b",
                "    \"two\"",
                "   \"three\"",
                "  p",
                "   \"four\"",
                "   <!--five-->",
            ],
        );
    }

    #[test]
    fn foster_parented_text_is_one_node_before_the_table() {
        check(
            "<table>a<tr>b<td>c",
            &["html", " head", " body", "  \"ab\"", "  table", "   tbody", "    tr", "     td", "      \"c\""],
        );
    }

    #[test]
    fn template_contents_are_children() {
        check("<template><p>x</template>", &["html", " head", "  template", "   p", "    \"x\"", " body"]);
    }

    #[test]
    fn links_agree_with_each_other() {
        let dom = Dom::parse("<ul><li>a<li>b<b>c</b></ul><p>d", &Options::default());
        for node in dom.nodes() {
            for child in dom.children(node) {
                assert_eq!(dom.parent(child), Some(node));
                assert!(dom.contains(node, child) && !dom.contains(child, node));
            }
            let inside = dom.descendants(node).count();
            assert_eq!(dom.end(node).index(), node.index() + 1 + inside);
        }
    }

    #[test]
    fn nodes_say_where_they_stand_in_the_page() {
        let page = "<!doctype html><p class=x>a&amp;b<b>c<p>d</b><table><td>e<!--f--><svg><path d=1></svg>";
        let dom = Dom::parse(page, &Options::default());
        let mut found = Vec::new();
        for node in dom.nodes() {
            if let Some(source) = dom.source(node) {
                let shown = if dom.tag(node).is_some() { dom.tag_name(node) } else { dom.text(node) };
                found.push((shown, page[source..].chars().take(3).collect::<String>()));
            }
        }
        let expected = [
            ("p", "<p "),
            ("a&b", "a&a"),
            ("b", "<b>"),
            ("c", "c<p"),
            ("p", "<p>"),
            ("d", "d</"),
            ("table", "<ta"),
            ("td", "<td"),
            ("e", "e<!"),
            ("f", "<!-"),
            ("svg", "<sv"),
            ("path", "<pa"),
        ];
        assert_eq!(found, expected.map(|(shown, source)| (shown, source.to_owned())));
    }

    /// Parses under a bound; the tree's text must be what the page says, and so must be what was cut.
    #[track_caller]
    fn check_bound(html: &str, options: Options, text: &str, cuts: Cuts) {
        let dom = Dom::parse(html, &options);
        assert_eq!(dom.text_content(dom.root()), text);
        assert_eq!(*dom.cuts(), cuts);
    }

    fn depth_of(dom: &Dom) -> usize {
        dom.nodes().map(|node| dom.ancestors(node).count()).max().unwrap_or_default()
    }

    #[test]
    fn what_stands_too_deep_is_flattened() {
        let html = "<div>a<div>b<div>c<p>d<br>e</p>f</div>g</div>h</div>i";
        let options = Options { depth_max: 3, ..Options::default() };
        check_bound(html, options.clone(), "abcdefghi", Cuts { depth: 3, ..Cuts::default() });
        let dom = Dom::parse(html, &options);
        assert_eq!(dom.elements(Tag::DIV).count(), 3);
        assert_eq!(dom.elements(Tag::P).count(), 1);
        let last = dom.nodes().last().expect("nodes");
        assert_eq!((dom.text(last), dom.parent(last).map(|it| dom.tag_name(it))), ("i", Some("body")));
    }

    #[test]
    fn a_page_of_nothing_but_nesting_stays_shallow() {
        for part in ["<div>x", "<b>x", "<ul><li>x", "<a><div>x", "<table><tr><td>x", "<svg>x", "<template>x", "<x-y>x"]
        {
            let dom = Dom::parse(&part.repeat(5_000), &Options::default());
            assert_eq!(dom.text_content(dom.root()), "x".repeat(5_000), "{part}");
            assert!(depth_of(&dom) < 600 && *dom.cuts() != Cuts::default(), "{part}: {}", depth_of(&dom));
        }
    }

    #[test]
    fn formatting_elements_that_never_close_are_bounded() {
        let html: String = (0..100).map(|number| format!("<p><font id={number}>x")).collect();
        let options = Options { formatting_max: 10, ..Options::default() };
        check_bound(&html, options, &"x".repeat(100), Cuts { formatting: 90, ..Cuts::default() });
    }

    #[test]
    fn attributes_are_bounded_and_each_name_counts_once() {
        let dom = Dom::parse("<p a=1 b=2 A=3 c=4 d=5>", &Options { attributes_max: 3, ..Options::default() });
        let p = dom.elements(Tag::P).next().expect("a paragraph");
        assert_eq!(dom.attrs(p).collect::<Vec<_>>(), [("a", "1"), ("b", "2"), ("c", "4")]);
        assert_eq!(*dom.cuts(), Cuts { attributes: 1, ..Cuts::default() });
    }

    #[test]
    fn past_the_last_node_the_text_goes_on() {
        let html = "<p>a<p>b<b>c</b>d<script>no</script><title>e</title><p>f<!--no-->g";
        let options = Options { nodes_max: 7, ..Options::default() };
        let dom = Dom::parse(html, &options);
        let text = dom.text_content(dom.root());
        assert_eq!(text.split_whitespace().collect::<String>(), "abcdefg");
        assert!(text.contains("cd") && !text.contains("ef"), "{text:?}");
        assert!(dom.len() <= 8 && dom.cuts().nodes > 0, "{} nodes, {:?}", dom.len(), dom.cuts());
    }

    #[test]
    fn once_the_steps_are_spent_everything_is_flat() {
        // Each paragraph opens 30 elements anew, one inside the other.
        let fonts: String = (0..30).map(|number| format!("<font id={number}>")).collect();
        let html = "<div>".repeat(400) + &fonts + &"<p>x".repeat(2_000);
        let dom = Dom::parse(&html, &Options { steps_per_byte_max: 1, ..Options::default() });
        assert_eq!(dom.text_content(dom.root()), "x".repeat(2_000));
        assert!(dom.cuts().steps > 0 && dom.elements(Tag::P).count() == 2_000, "{:?}", dom.cuts());
    }

    #[test]
    fn names_of_the_pages_own_are_kept_even_when_there_are_too_many() {
        let html: String = (0..1_100).map(|number| format!("<x-{number}>{number}</x-{number}>")).collect();
        let dom = Dom::parse(&html, &Options::default());
        assert_eq!(*dom.cuts(), Cuts { names: 100, ..Cuts::default() });
        let names: Vec<&str> = dom.nodes().map(|node| dom.tag_name(node)).filter(|it| it.starts_with("x-")).collect();
        assert_eq!((names.len(), names[1_099]), (1_100, "x-1099"));
    }
}
