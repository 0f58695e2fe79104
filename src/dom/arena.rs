//! The sink of html5ever's tree construction: takes nodes as the standard makes and moves them, and lays the finished
//! tree flat, in document order.
//!
//! While the page is read, nodes are linked rows, for the standard moves them about (foster parenting, the adoption
//! agency). A text is a chain of stretches of the page, so that text which is added to a node again and again is joined
//! once.
//!
//! Attributes and texts do not pass through tree construction, which hardly looks at them: the rows take them from
//! [`Current`], which [`super::feed`] fills before it hands over a token. What the tokens carry in their place is said
//! there.

use super::elements::{Elements, Handle, Name};
use super::foreign;
use super::names::Names;
use super::tokenizer::Span;
use super::{Attr, Attribute, Cuts, Dom, Kind, NONE, Node, Options, Tag};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{LocalName, Namespace, QualName, local_name, ns};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;

/// A node while the page is being read.
struct Row {
    parent: u32,
    previous: u32,
    next: u32,
    /// First and last child. Text: the first and last of the pieces that continue it.
    first: u32,
    last: u32,
    kind: Kind,
    /// Text: its first piece. Element: range of attributes.
    start: u32,
    stop: u32,
    source: u32,
    /// How many nodes stand above it.
    depth: u32,
}

/// A stretch that continues a text, and the one that continues this.
struct Piece {
    span: Span,
    next: u32,
}

/// A text, and where it begins in the page, or [`NONE`].
#[derive(Debug, Clone, Copy)]
struct Stretch {
    span: Span,
    source: u32,
}

/// Marks spans of [`Tree::extra`]; pages are shorter than this.
const EXTRA: u32 = 1 << 31;

/// What the token under way is, for the rows it makes.
#[derive(Debug, Clone)]
pub(super) enum Current {
    /// A start tag.
    Start(Start),
    /// Text, for which tree construction was given a stand-in: as much as tells it what it asks about text.
    Text {
        span: Span,
        /// Whether the stand-in begins with the line end that the text begins with, and which may be dropped.
        has_line_end: bool,
    },
    /// Text that tree construction was given as it is.
    WholeText(Span),
    Comment(Span),
    /// A text, or U+0000, of which what tree construction has is taken.
    Given,
    /// Any other token, or a text that has been placed.
    Other,
}

/// A start tag under way.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) tag: Tag,
    /// The name that tree construction was given, which may be another.
    pub(super) local: LocalName,
    pub(super) known_as: Tag,
    /// Range of attributes.
    pub(super) attributes: (u32, u32),
    /// The element made from it, once there is one.
    pub(super) made: Option<Made>,
}

/// An element that was made from the tag under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    pub(super) id: u32,
    /// The attributes that it has if it turns out to be another's copy.
    attributes: (u32, u32),
    /// Whether it is of SVG or MathML.
    pub(super) is_foreign: bool,
}

pub(super) struct Tree {
    rows: Vec<Row>,
    pieces: Vec<Piece>,
    pub(super) attributes: Vec<Attribute>,
    /// Lists of attributes that tree construction may copy to other elements, as ranges.
    pub(super) shared: Vec<(u32, u32)>,
    /// Text that comes from tree construction itself, or that it split.
    extra: String,
    pub(super) tag_names: Names,
    pub(super) attr_names: Names,
    pub(super) current: Current,
    /// Where it begins in the page.
    pub(super) current_at: u32,
    /// Texts that tree construction holds back, to see whether they belong in the table they stand in.
    deferred: VecDeque<Stretch>,
    /// MathML elements that hold HTML, by row, in the order they came.
    holds_html: Vec<u32>,
    attributes_max: usize,
    pub(super) cuts: Cuts,
    /// Elements that were made, for the reckoning of work.
    pub(super) n_made: u32,
    /// Whether the body is there.
    pub(super) has_body: bool,
}

pub(super) struct Arena {
    pub(super) tree: RefCell<Tree>,
    elements: Elements,
}

impl Arena {
    /// Makes room for about as many nodes and attributes as the page will have.
    pub(super) fn new(page: &str, options: &Options) -> Self {
        let nodes_max = options.nodes_max as usize;
        // Half of the pages measured have at most 1.2 nodes and 0.8 attributes for each `<`, nine in ten 1.4 and 1.2.
        let marks = memchr::memchr_iter(b'<', page.as_bytes()).count();
        let mut tree = Tree {
            rows: Vec::with_capacity((marks + marks / 4).min(nodes_max) + 4),
            pieces: Vec::new(),
            attributes: Vec::with_capacity(marks.min(nodes_max)),
            shared: Vec::new(),
            extra: String::new(),
            tag_names: Names::new(Tag::KNOWN),
            attr_names: Names::new(Attr::KNOWN),
            current: Current::Other,
            current_at: 0,
            deferred: VecDeque::new(),
            holds_html: Vec::new(),
            attributes_max: options.attributes_max as usize,
            cuts: Cuts::default(),
            n_made: 0,
            has_body: false,
        };
        tree.row(Kind::Document);
        Self { tree: RefCell::new(tree), elements: Elements::default() }
    }

    /// The finished tree. `page` and `rewritten` are what the spans point into.
    pub(super) fn into_dom(self, page: &str, rewritten: &str) -> Dom {
        self.tree.into_inner().lay_flat(page, rewritten)
    }
}

impl Tree {
    pub(super) fn n_rows(&self) -> u32 {
        self.rows.len() as u32
    }

    /// How deep a node stands.
    pub(super) fn depth(&self, id: u32) -> u32 {
        self.rows[id as usize].depth
    }

    fn row(&mut self, kind: Kind) -> u32 {
        let id = self.rows.len() as u32;
        self.rows.push(Row {
            parent: NONE,
            previous: NONE,
            next: NONE,
            first: NONE,
            last: NONE,
            kind,
            start: 0,
            stop: 0,
            source: NONE,
            depth: 0,
        });
        id
    }

    fn text_row(&mut self, kind: Kind, Stretch { span, source }: Stretch) -> u32 {
        let id = self.row(kind);
        let row = &mut self.rows[id as usize];
        (row.start, row.stop, row.source) = (span.start, span.end, source);
        id
    }

    /// The stretch that tree construction means by `text`.
    fn stretch_of(&mut self, text: &str) -> Stretch {
        match self.current {
            Current::Text { span, has_line_end } => {
                self.current = Current::Other;
                let dropped = u32::from(has_line_end && !text.starts_with('\n'));
                let span = Span { start: span.start + dropped, end: span.end };
                Stretch { span, source: self.current_at + dropped }
            }
            Current::WholeText(span) if span.len() == text.len() => Stretch { span, source: self.current_at },
            // Split at its spaces, or text from tree construction itself.
            Current::WholeText(_) | Current::Given => self.extra(text),
            Current::Start(_) | Current::Comment(_) | Current::Other => match self.deferred.pop_front() {
                Some(stretch) => stretch,
                None => self.extra(text),
            },
        }
    }

    /// To be called when the token under way has been dealt with: the element that a start tag made.
    pub(super) fn settle(&mut self) -> Option<Made> {
        match std::mem::replace(&mut self.current, Current::Other) {
            Current::Text { span, .. } => self.deferred.push_back(Stretch { span, source: self.current_at }),
            Current::WholeText(_) | Current::Given => {}
            Current::Start(Start { made, .. }) => {
                self.forget_deferred();
                return made;
            }
            Current::Comment(_) | Current::Other => self.forget_deferred(),
        }
        None
    }

    fn forget_deferred(&mut self) {
        if !self.deferred.is_empty() {
            self.deferred.clear();
        }
    }

    fn extra(&mut self, text: &str) -> Stretch {
        let start = EXTRA | self.extra.len() as u32;
        self.extra.push_str(text);
        Stretch { span: Span { start, end: EXTRA | self.extra.len() as u32 }, source: NONE }
    }
}

impl Tree {
    fn detach(&mut self, id: u32) {
        let Row { parent, previous, next, .. } = self.rows[id as usize];
        if parent == NONE {
            return;
        }
        match previous {
            NONE => self.rows[parent as usize].first = next,
            previous => self.rows[previous as usize].next = next,
        }
        match next {
            NONE => self.rows[parent as usize].last = previous,
            next => self.rows[next as usize].previous = previous,
        }
        let row = &mut self.rows[id as usize];
        (row.parent, row.previous, row.next) = (NONE, NONE, NONE);
    }

    fn append(&mut self, parent: u32, id: u32) {
        self.detach(id);
        let above = &mut self.rows[parent as usize];
        let (last, depth) = (above.last, above.depth + 1);
        above.last = id;
        match last {
            NONE => above.first = id,
            last => self.rows[last as usize].next = id,
        }
        let row = &mut self.rows[id as usize];
        (row.parent, row.previous, row.depth) = (parent, last, depth);
    }

    fn insert_before(&mut self, sibling: u32, id: u32) {
        self.detach(id);
        let Row { parent, previous, depth, .. } = self.rows[sibling as usize];
        match previous {
            NONE => self.rows[parent as usize].first = id,
            previous => self.rows[previous as usize].next = id,
        }
        self.rows[sibling as usize].previous = id;
        let row = &mut self.rows[id as usize];
        (row.parent, row.previous, row.next, row.depth) = (parent, previous, sibling, depth);
    }

    fn append_text(&mut self, parent: u32, text: &str) {
        let stretch = self.stretch_of(text);
        let last = self.rows[parent as usize].last;
        if !self.extend_text(last, stretch.span) {
            let id = self.text_row(Kind::Text, stretch);
            self.append(parent, id);
        }
    }

    fn insert_text_before(&mut self, sibling: u32, text: &str) {
        let stretch = self.stretch_of(text);
        let previous = self.rows[sibling as usize].previous;
        if !self.extend_text(previous, stretch.span) {
            let id = self.text_row(Kind::Text, stretch);
            self.insert_before(sibling, id);
        }
    }

    /// Continues a node with a text; false if it is no text.
    fn extend_text(&mut self, id: u32, span: Span) -> bool {
        let Some(row) = self.rows.get_mut(id as usize).filter(|row| row.kind == Kind::Text) else { return false };
        let end = match row.last {
            NONE => &mut row.stop,
            last => &mut self.pieces[last as usize].span.end,
        };
        if *end == span.start {
            *end = span.end;
            return true;
        }
        let piece = self.pieces.len() as u32;
        match std::mem::replace(&mut row.last, piece) {
            NONE => row.first = piece,
            last => self.pieces[last as usize].next = piece,
        }
        self.pieces.push(Piece { span, next: NONE });
        true
    }

    /// The range of attributes of an element that is made while the start tag under way is dealt with, and where its
    /// tag stands. `given` is what tree construction gives it; it copies formatting elements, so it may not be the tag's
    /// own. Of several of one name, the tag's own comes last.
    fn claim(&mut self, id: u32, name: &QualName, given: Option<(u32, u32)>) -> ((u32, u32), u32) {
        let copied = (given.unwrap_or_default(), NONE);
        let Current::Start(start) = &mut self.current else { return copied };
        let is_foreign = name.ns != ns!(html);
        let is_own = is_foreign
            || name.local == start.local
            || start.local == local_name!("image") && name.local == local_name!("img");
        if !is_own {
            return copied;
        }
        let claimed = (start.attributes, self.current_at);
        if let Some(before) = start.made.replace(Made { id, attributes: copied.0, is_foreign }) {
            let row = &mut self.rows[before.id as usize];
            ((row.start, row.stop), row.source) = (before.attributes, NONE);
        }
        claimed
    }

    /// The rows in document order, each with its parent's new number.
    fn lay_flat(self, page: &str, rewritten: &str) -> Dom {
        let is_joined = |row: &&Row| row.kind == Kind::Text && row.first != NONE;
        let pieces: usize = self.pieces.iter().map(|piece| piece.span.len()).sum();
        let joined =
            self.rows.iter().filter(is_joined).map(|row| (row.stop - row.start) as usize).sum::<usize>() + pieces;
        let mut strings = String::with_capacity(page.len() + rewritten.len() + self.extra.len() + joined);
        strings.push_str(page);
        strings.push_str(rewritten);
        let extra_at = strings.len() as u32;
        strings.push_str(&self.extra);
        let placed = |at: u32| if at & EXTRA == 0 { at } else { (at & !EXTRA) + extra_at };

        let mut nodes: Vec<Node> = Vec::with_capacity(self.rows.len());
        let (mut at, mut parent) = (0u32, NONE);
        loop {
            let number = nodes.len() as u32;
            let row = &self.rows[at as usize];
            let is_text = row.kind == Kind::Text;
            let (mut start, mut stop) = (placed(row.start), placed(row.stop));
            if is_text && row.first != NONE {
                let joined_at = strings.len();
                strings.extend_from_within(start as usize..stop as usize);
                let mut piece = row.first;
                while let Some(Piece { span, next }) = self.pieces.get(piece as usize) {
                    strings.extend_from_within(placed(span.start) as usize..placed(span.end) as usize);
                    piece = *next;
                }
                (start, stop) = (joined_at as u32, strings.len() as u32);
            }
            nodes.push(Node { parent, next_sibling: NONE, end: NONE, kind: row.kind, start, stop, source: row.source });
            // Down, or along, or up until there is an along.
            if row.first != NONE && !is_text {
                (at, parent) = (row.first, number);
                continue;
            }
            let mut current = number;
            loop {
                let next = self.rows[at as usize].next;
                let end = nodes.len() as u32;
                let node = &mut nodes[current as usize];
                node.end = end;
                if next != NONE {
                    node.next_sibling = end;
                    (at, parent) = (next, node.parent);
                    break;
                }
                current = node.parent;
                if current == NONE {
                    return Dom {
                        nodes,
                        attributes: self.attributes,
                        strings,
                        tag_names: self.tag_names,
                        attr_names: self.attr_names,
                        cuts: self.cuts,
                    };
                }
                at = self.rows[at as usize].parent;
            }
        }
    }
}

/// The number that stands in for a list of attributes, as the value of an attribute without a name.
pub(super) fn reference_to(list: u32) -> html5ever::Attribute {
    // In five bytes of seven bits, which a tendril keeps in itself.
    let bytes = [0, 7, 14, 21, 28].map(|shift| (list >> shift) as u8 & 0x7f);
    let value = StrTendril::from_slice(std::str::from_utf8(&bytes).expect("seven bits are ASCII"));
    html5ever::Attribute { name: QualName::new(None, ns!(), local_name!("")), value }
}

fn referred_to(attribute: &html5ever::Attribute) -> Option<u32> {
    let is_reference = attribute.name.local == local_name!("");
    is_reference.then(|| attribute.value.bytes().rev().fold(0, |list, byte| list << 7 | u32::from(byte)))
}

impl TreeSink for Arena {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle::nameless(0)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Name<'a> {
        self.elements.name(*target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<html5ever::Attribute>, flags: ElementFlags) -> Handle {
        let tree = &mut *self.tree.borrow_mut();
        let id = tree.row(Kind::Document);
        let given = attrs.first().and_then(referred_to).map(|list| tree.shared[list as usize]);
        let ((start, stop), source) = tree.claim(id, &name, given);
        let (tag, known_as) = match &tree.current {
            Current::Start(start) if start.local == name.local => (start.tag, start.known_as),
            _ => {
                let tag = tree.tag_names.tag(&name.local);
                (tag, tag)
            }
        };
        let row = &mut tree.rows[id as usize];
        (row.kind, row.start, row.stop, row.source) = (Kind::Element(tag), start, stop, source);
        tree.n_made += 1;
        tree.has_body |= tag == Tag::BODY;
        if name.ns != ns!(html) {
            tree.adjust_attributes(&name.ns, start, stop);
            if flags.mathml_annotation_xml_integration_point {
                tree.holds_html.push(id);
            }
        }
        self.elements.handle(id, name, known_as)
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        let tree = &mut *self.tree.borrow_mut();
        let stretch = match tree.current {
            Current::Comment(span) => Stretch { span, source: tree.current_at },
            _ => tree.extra(&text),
        };
        Handle::nameless(tree.text_row(Kind::Comment, stretch))
    }

    fn create_pi(&self, _target: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => tree.append(parent.id, child.id),
            NodeOrText::AppendText(text) => tree.append_text(parent.id, &text),
        }
    }

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => tree.insert_before(sibling.id, child.id),
            NodeOrText::AppendText(text) => tree.insert_text_before(sibling.id, &text),
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.tree.borrow().rows[element.id as usize].parent != NONE;
        if has_parent { self.append_before_sibling(element, child) } else { self.append(previous, child) }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public_id: StrTendril, _system_id: StrTendril) {
        let tree = &mut *self.tree.borrow_mut();
        let id = tree.row(Kind::Doctype);
        tree.append(0, id);
    }

    /// The template itself: what it holds are its children here.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        *target
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    /// Asked for `<html>` and `<body>` tags that come late; the attributes are the tag's.
    fn add_attrs_if_missing(&self, target: &Handle, _attrs: Vec<html5ever::Attribute>) {
        let tree = &mut *self.tree.borrow_mut();
        let Current::Start(Start { attributes: added, .. }) = tree.current else { return };
        let row = &tree.rows[target.id as usize];
        let (mut start, mut stop) = (row.start as usize, row.stop as usize);
        for at in added.0 as usize..added.1 as usize {
            let attribute = tree.attributes[at].clone();
            if tree.attributes[start..stop].iter().any(|it| it.name == attribute.name) {
                continue;
            }
            if stop - start >= tree.attributes_max {
                tree.cuts.attributes += 1;
                continue;
            }
            if stop != tree.attributes.len() {
                // Others follow: the list moves to where it can grow.
                let moved = tree.attributes.len();
                tree.attributes.extend_from_within(start..stop);
                (start, stop) = (moved, tree.attributes.len());
            }
            tree.attributes.push(attribute);
            stop += 1;
        }
        let row = &mut tree.rows[target.id as usize];
        (row.start, row.stop) = (start as u32, stop as u32);
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let tree = &mut *self.tree.borrow_mut();
        let mut child = tree.rows[node.id as usize].first;
        while child != NONE {
            let next = tree.rows[child as usize].next;
            tree.append(new_parent.id, child);
            child = next;
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Handle) -> bool {
        self.tree.borrow().holds_html.binary_search(&target.id).is_ok()
    }
}

impl Tree {
    /// Gives the attributes of an SVG or MathML element the names that the standard gives them.
    fn adjust_attributes(&mut self, namespace: &Namespace, start: u32, stop: u32) {
        for at in start as usize..stop as usize {
            let name = self.attributes[at].name;
            let adjusted = foreign::attribute_name(namespace, self.attr_names.name(name.0));
            if let Some(adjusted) = adjusted {
                self.attributes[at].name = self.attr_names.attribute(adjusted);
            }
        }
    }
}
