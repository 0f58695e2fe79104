//! What html5ever knows an element by: a number and a name, small enough to copy.
//!
//! Tree construction asks for names all the time, walking the open elements. The names of HTML's elements are in a table
//! made at compile time; those that a page brings itself, and those of SVG and MathML, are kept as they come.

use super::Tag;
use html5ever::interface::ElemName;
use html5ever::{LocalName, Namespace, QualName, ns};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

/// A node, with its name where it is an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handle {
    pub(super) id: u32,
    /// Below `Tag::ATOMS.len()`: an HTML element of that name. Above: a position in [`Elements`].
    name: u32,
}

/// An element's name in full.
#[derive(Debug)]
pub(super) struct Name<'a> {
    namespace: &'a Namespace,
    local: &'a LocalName,
}

/// The names that are not in the table of HTML's.
#[derive(Default)]
pub(super) struct Elements {
    /// Each chunk twice as long as the one before: names stay where they are while more are added.
    chunks: [OnceCell<Box<[OnceCell<QualName>]>>; CHUNKS],
    by_name: RefCell<HashMap<(Namespace, Tag), u32>>,
}

/// 16 chunks, the first of 32 names, hold two million.
const CHUNKS: usize = 16;
const FIRST_CHUNK: usize = 32;

static HTML: Namespace = ns!(html);
static ATOMS: &[LocalName] = Tag::ATOMS;

impl Handle {
    /// A node that is no element.
    pub(super) fn nameless(id: u32) -> Self {
        Self { id, name: u32::MAX }
    }

    /// Whether this is an HTML element of this name; the name must have a constant.
    pub(super) fn is_html(self, tag: Tag) -> bool {
        self.name == tag.0
    }

    /// The name of an HTML element that has a constant.
    pub(super) fn html_tag(self) -> Option<Tag> {
        ((self.name as usize) < ATOMS.len()).then_some(Tag(self.name))
    }
}

impl ElemName for Name<'_> {
    #[inline]
    fn ns(&self) -> &Namespace {
        self.namespace
    }

    #[inline]
    fn local_name(&self) -> &LocalName {
        self.local
    }
}

impl Elements {
    #[inline]
    pub(super) fn name(&self, handle: Handle) -> Name<'_> {
        match ATOMS.get(handle.name as usize) {
            Some(local) => Name { namespace: &HTML, local },
            None => self.other(handle.name as usize - ATOMS.len()),
        }
    }

    #[cold]
    fn other(&self, position: usize) -> Name<'_> {
        let (chunk, at) = place(position);
        let name = self.chunks.get(chunk).and_then(OnceCell::get).and_then(|chunk| chunk.get(at)?.get());
        let name = name.expect("html5ever asks for names of elements only");
        Name { namespace: &name.ns, local: &name.local }
    }

    /// What html5ever shall know an element by.
    pub(super) fn handle(&self, id: u32, name: QualName, tag: Tag) -> Handle {
        if name.ns == ns!(html) && (tag.0 as usize) < ATOMS.len() {
            return Handle { id, name: tag.0 };
        }
        let mut by_name = self.by_name.borrow_mut();
        let next = by_name.len();
        let position = *by_name.entry((name.ns.clone(), tag)).or_insert(next as u32);
        if position as usize == next {
            let (chunk, at) = place(next);
            let length = FIRST_CHUNK << chunk;
            let chunk = self.chunks[chunk].get_or_init(|| (0..length).map(|_| OnceCell::new()).collect());
            chunk[at].get_or_init(|| name);
        }
        Handle { id, name: ATOMS.len() as u32 + position }
    }
}

/// The chunk of a name, and its place there.
fn place(position: usize) -> (usize, usize) {
    let chunk = (position / FIRST_CHUNK + 1).ilog2() as usize;
    (chunk, position - FIRST_CHUNK * ((1 << chunk) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_where_they_are_while_more_come() {
        let elements = Elements::default();
        let tag = |number: usize| Tag((ATOMS.len() + number) as u32);
        let named = |number: usize| QualName::new(None, ns!(html), format!("x-{number}").into());
        let handles: Vec<Handle> =
            (0..1000).map(|number| elements.handle(number as u32, named(number), tag(number))).collect();
        for (number, handle) in handles.iter().enumerate() {
            assert_eq!(**elements.name(*handle).local_name(), format!("x-{number}"));
            assert_eq!(elements.handle(0, named(number), tag(number)).name, handle.name);
        }
    }

    #[test]
    fn one_name_in_two_namespaces_is_two_names() {
        let elements = Elements::default();
        let svg = elements.handle(1, QualName::new(None, ns!(svg), "a".into()), Tag::A);
        let html = elements.handle(2, QualName::new(None, ns!(html), "a".into()), Tag::A);
        assert_eq!(*elements.name(svg).ns(), ns!(svg));
        assert_eq!(*elements.name(html).ns(), ns!(html));
        assert!(html.is_html(Tag::A) && !svg.is_html(Tag::A));
    }
}
