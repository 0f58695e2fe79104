//! The sink of html5ever's tree construction: takes nodes as the standard makes and moves them, and lays the finished
//! tree flat, in document order.
//!
//! While the page is read, nodes are linked rows, for the standard moves them about (foster parenting, the adoption
//! agency). A text is a chain of pieces, so that text which is added to a node again and again is joined once.

use super::{Attr, Attribute, Cuts, Dom, Kind, NONE, Node, Options, Tag};
use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{LocalName, Namespace, ParseOpts, QualName};
use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::HashMap;

pub(super) fn parse(html: &str, options: &Options) -> Dom {
    let arena = Arena::new(html.len(), options);
    html5ever::parse_document(arena, ParseOpts::default()).one(StrTendril::from_slice(html))
}

/// A node while the page is being read.
struct Row {
    parent: u32,
    previous: u32,
    next: u32,
    first: u32,
    last: u32,
    kind: Kind,
    /// Text: first and last piece. Element: range of attributes. Template: see `templates`.
    start: u32,
    stop: u32,
}

/// A stretch of `strings`, and the one that continues it.
struct Piece {
    start: u32,
    stop: u32,
    next: u32,
}

struct Tree {
    rows: Vec<Row>,
    names: Vec<Option<QualName>>,
    pieces: Vec<Piece>,
    attributes: Vec<Attribute>,
    strings: String,
    tag_names: Numbers,
    attr_names: Numbers,
    /// Contents of each `<template>`, by its row.
    templates: HashMap<u32, u32>,
    nodes_max: u32,
    cuts: Cuts,
}

/// Numbers for names that the page brings itself.
#[derive(Default)]
struct Numbers {
    by_name: HashMap<LocalName, u16>,
    names: Vec<Box<str>>,
}

impl Numbers {
    fn number(&mut self, name: &LocalName, known: usize) -> u16 {
        if let Some(number) = self.by_name.get(name) {
            return *number;
        }
        // Names past the last number share it: 65,000 different names on one page say nothing to anybody.
        let number = u16::try_from(known + self.names.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.names.push(Box::from(&**name));
            self.by_name.insert(name.clone(), number);
        }
        number
    }
}

struct Arena(RefCell<Tree>);

/// A handle whose name html5ever asks for.
#[derive(Debug)]
struct Name<'a>(Ref<'a, QualName>);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl Arena {
    fn new(bytes: usize, options: &Options) -> Self {
        let mut tree = Tree {
            rows: Vec::with_capacity(bytes / 64),
            names: Vec::with_capacity(bytes / 64),
            pieces: Vec::with_capacity(bytes / 128),
            attributes: Vec::with_capacity(bytes / 128),
            strings: String::with_capacity(bytes),
            tag_names: Numbers::default(),
            attr_names: Numbers::default(),
            templates: HashMap::new(),
            nodes_max: options.nodes_max,
            cuts: Cuts::default(),
        };
        tree.row(Kind::Document, None);
        Self(RefCell::new(tree))
    }
}

impl Tree {
    fn row(&mut self, kind: Kind, name: Option<QualName>) -> u32 {
        let id = self.rows.len() as u32;
        self.rows.push(Row {
            parent: NONE,
            previous: NONE,
            next: NONE,
            first: NONE,
            last: NONE,
            kind,
            start: NONE,
            stop: NONE,
        });
        self.names.push(name);
        id
    }

    fn intern(&mut self, text: &str) -> (u32, u32) {
        let start = self.strings.len() as u32;
        self.strings.push_str(text);
        (start, self.strings.len() as u32)
    }

    fn attributes(&mut self, attrs: Vec<html5ever::Attribute>) {
        for attr in attrs {
            let local = &attr.name.local;
            let name = Attr::known(local).unwrap_or_else(|| Attr(self.attr_names.number(local, Attr::KNOWN.len())));
            let (start, stop) = self.intern(&attr.value);
            self.attributes.push(Attribute { name, start, stop });
        }
    }

    fn full(&mut self) -> bool {
        let full = self.rows.len() as u32 >= self.nodes_max;
        if full {
            self.cuts.nodes += 1;
        }
        full
    }

    /// A text node of its own, not yet in the tree.
    fn text_row(&mut self, text: &str) -> u32 {
        let id = self.row(Kind::Text, None);
        let piece = self.piece(text);
        self.rows[id as usize].start = piece;
        self.rows[id as usize].stop = piece;
        id
    }

    fn piece(&mut self, text: &str) -> u32 {
        let (start, stop) = self.intern(text);
        self.pieces.push(Piece { start, stop, next: NONE });
        self.pieces.len() as u32 - 1
    }

    fn extend_text(&mut self, id: u32, text: &str) {
        let last = self.rows[id as usize].stop;
        if self.pieces[last as usize].stop as usize == self.strings.len() {
            self.strings.push_str(text);
            self.pieces[last as usize].stop = self.strings.len() as u32;
        } else {
            let piece = self.piece(text);
            self.pieces[last as usize].next = piece;
            self.rows[id as usize].stop = piece;
        }
    }

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
        let last = self.rows[parent as usize].last;
        match last {
            NONE => self.rows[parent as usize].first = id,
            last => self.rows[last as usize].next = id,
        }
        self.rows[parent as usize].last = id;
        (self.rows[id as usize].parent, self.rows[id as usize].previous) = (parent, last);
    }

    fn insert_before(&mut self, sibling: u32, id: u32) {
        self.detach(id);
        let Row { parent, previous, .. } = self.rows[sibling as usize];
        match previous {
            NONE => self.rows[parent as usize].first = id,
            previous => self.rows[previous as usize].next = id,
        }
        self.rows[sibling as usize].previous = id;
        let row = &mut self.rows[id as usize];
        (row.parent, row.previous, row.next) = (parent, previous, sibling);
    }

    fn is_text(&self, id: u32) -> bool {
        id != NONE && self.rows[id as usize].kind == Kind::Text
    }

    /// The rows in document order, each with its parent's new number.
    fn lay_flat(mut self) -> Dom {
        let mut nodes: Vec<Node> = Vec::with_capacity(self.rows.len());
        let (mut at, mut parent) = (0u32, NONE);
        loop {
            let number = nodes.len() as u32;
            let contents = self.templates.get(&at).copied();
            let row = &self.rows[at as usize];
            let (start, stop) = match row.kind {
                Kind::Text | Kind::Comment => self.text_range(at),
                Kind::Element(_) => (row.start, row.stop),
                Kind::Document | Kind::Doctype => (0, 0),
            };
            let row = &self.rows[at as usize];
            nodes.push(Node { parent, next_sibling: NONE, end: NONE, kind: row.kind, start, stop, source: NONE });
            // Down, or along, or up until there is an along.
            let down = contents.map_or(row.first, |contents| self.rows[contents as usize].first);
            if down != NONE {
                (at, parent) = (down, number);
                continue;
            }
            let mut current = number;
            loop {
                nodes[current as usize].end = nodes.len() as u32;
                let next = self.rows[at as usize].next;
                if current != 0 && next != NONE {
                    nodes[current as usize].next_sibling = nodes.len() as u32;
                    (at, parent) = (next, nodes[current as usize].parent);
                    break;
                }
                current = nodes[current as usize].parent;
                if current == NONE {
                    return self.finished(nodes);
                }
                at = self.above(at);
            }
        }
    }

    /// The parent of a row; of a template's contents, the template.
    fn above(&self, id: u32) -> u32 {
        let parent = self.rows[id as usize].parent;
        match self.rows[parent as usize].start {
            template if self.rows[parent as usize].kind == Kind::Document && parent != 0 => template,
            _ => parent,
        }
    }

    fn text_range(&mut self, id: u32) -> (u32, u32) {
        let first = self.rows[id as usize].start as usize;
        let Piece { start, stop, mut next } = self.pieces[first];
        if next == NONE {
            return (start, stop);
        }
        let mut whole = self.strings[start as usize..stop as usize].to_owned();
        while next != NONE {
            let piece = &self.pieces[next as usize];
            whole.push_str(&self.strings[piece.start as usize..piece.stop as usize]);
            next = piece.next;
        }
        self.intern(&whole)
    }

    fn finished(self, nodes: Vec<Node>) -> Dom {
        Dom {
            nodes,
            attributes: self.attributes,
            strings: self.strings,
            tag_names: self.tag_names.names,
            attr_names: self.attr_names.names,
            cuts: self.cuts,
        }
    }
}

impl TreeSink for Arena {
    type Handle = u32;
    type Output = Dom;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Dom {
        self.0.into_inner().lay_flat()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> u32 {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a u32) -> Name<'a> {
        Name(Ref::map(self.0.borrow(), |tree| {
            tree.names[*target as usize].as_ref().expect("html5ever asks for names of elements only")
        }))
    }

    fn create_element(&self, name: QualName, attrs: Vec<html5ever::Attribute>, flags: ElementFlags) -> u32 {
        let tree = &mut *self.0.borrow_mut();
        let tag = Tag::known(&name.local).unwrap_or_else(|| Tag(tree.tag_names.number(&name.local, Tag::KNOWN.len())));
        let start = tree.attributes.len() as u32;
        tree.attributes(attrs);
        let id = tree.row(Kind::Element(tag), Some(name));
        (tree.rows[id as usize].start, tree.rows[id as usize].stop) = (start, tree.attributes.len() as u32);
        if flags.template {
            let contents = tree.row(Kind::Document, None);
            tree.rows[contents as usize].start = id;
            tree.templates.insert(id, contents);
        }
        id
    }

    fn create_comment(&self, text: StrTendril) -> u32 {
        let tree = &mut *self.0.borrow_mut();
        let id = tree.text_row(&text);
        tree.rows[id as usize].kind = Kind::Comment;
        id
    }

    fn create_pi(&self, _target: StrTendril, data: StrTendril) -> u32 {
        self.create_comment(data)
    }

    fn append(&self, parent: &u32, child: NodeOrText<u32>) {
        let tree = &mut *self.0.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => {
                if !tree.full() {
                    tree.append(*parent, id);
                }
            }
            NodeOrText::AppendText(text) => {
                let last = tree.rows[*parent as usize].last;
                if tree.is_text(last) {
                    tree.extend_text(last, &text);
                } else if !tree.full() {
                    let id = tree.text_row(&text);
                    tree.append(*parent, id);
                }
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &u32, previous: &u32, child: NodeOrText<u32>) {
        let has_parent = self.0.borrow().rows[*element as usize].parent != NONE;
        if has_parent { self.append_before_sibling(element, child) } else { self.append(previous, child) }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public_id: StrTendril, _system_id: StrTendril) {
        let tree = &mut *self.0.borrow_mut();
        let id = tree.row(Kind::Doctype, None);
        tree.append(0, id);
    }

    fn get_template_contents(&self, target: &u32) -> u32 {
        self.0.borrow().templates[target]
    }

    fn same_node(&self, x: &u32, y: &u32) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &u32, child: NodeOrText<u32>) {
        let tree = &mut *self.0.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => {
                if !tree.full() {
                    tree.insert_before(*sibling, id);
                }
            }
            NodeOrText::AppendText(text) => {
                let previous = tree.rows[*sibling as usize].previous;
                if tree.is_text(previous) {
                    tree.extend_text(previous, &text);
                } else if !tree.full() {
                    let id = tree.text_row(&text);
                    tree.insert_before(*sibling, id);
                }
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &u32, attrs: Vec<html5ever::Attribute>) {
        let tree = &mut *self.0.borrow_mut();
        let (old_start, old_stop) = (tree.rows[*target as usize].start, tree.rows[*target as usize].stop);
        let start = tree.attributes.len();
        tree.attributes.extend_from_within(old_start as usize..old_stop as usize);
        let kept = tree.attributes.len();
        tree.attributes(attrs);
        let mut at = kept;
        while at < tree.attributes.len() {
            let name = tree.attributes[at].name;
            if tree.attributes[start..kept].iter().any(|it| it.name == name) {
                tree.attributes.remove(at);
            } else {
                at += 1;
            }
        }
        (tree.rows[*target as usize].start, tree.rows[*target as usize].stop) =
            (start as u32, tree.attributes.len() as u32);
    }

    fn remove_from_parent(&self, target: &u32) {
        self.0.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &u32, new_parent: &u32) {
        let tree = &mut *self.0.borrow_mut();
        let mut child = tree.rows[*node as usize].first;
        while child != NONE {
            let next = tree.rows[child as usize].next;
            tree.append(*new_parent, child);
            child = next;
        }
    }
}
