//! What is measured once for a whole page: running sums over the rows, what elements inherit, where the body seems to be.
//!
//! The rows inside an element are a range, since both stand in document order; with running sums, what an element holds
//! is then two look-ups, however large it is.

use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use crate::main_content::blocks::{Block, Blocks};
use crate::main_content::marks::Mark;
use std::ops::Range;

/// Measurements of a page, by node and by row.
#[derive(Debug)]
pub(super) struct Survey {
    /// By node: rows, images and controls that begin before it. One longer than the tree.
    before: Vec<Before>,
    /// By node: what it is and inherits.
    pub nodes: Vec<Inherited>,
    /// By row: sums over the rows before it. One longer than the rows.
    sums: Vec<Sums>,
    /// By row: whether it reads like prose.
    pub prose: Vec<bool>,
    /// The element that holds the body by the score that prose gives to what is around it.
    pub scored: NodeId,
    /// The element in which prose outweighs all else by most.
    pub dense: NodeId,
}

#[derive(Debug, Clone, Copy, Default)]
struct Before {
    rows: u32,
    images: u32,
    controls: u32,
}

/// What a node is and inherits from the nodes above.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Inherited {
    pub depth: u16,
    /// Elements in a row with the same name and class, this one among them.
    pub run: u16,
    /// Names of the elements around, see [`around`].
    pub around: u32,
    /// Marks of this element, unless it holds most of the page.
    pub own: Mark,
    /// Marks of all around it, likewise.
    pub marks: Mark,
    /// The innermost `<article>` around, or 0.
    pub article: u32,
}

/// How each node hangs beside a container.
#[derive(Debug)]
pub(super) struct Branches(Vec<Branch>);

/// The way from a container to a node.
#[derive(Debug, Clone, Copy, Default)]
struct Branch {
    /// Steps up from the container to what holds the node as well.
    up: u16,
    /// Steps down from there to the node.
    down: u16,
    /// The longest run of like elements met on the way down.
    runs: u16,
    /// The outermost node on the way down, where there is a way.
    top: u32,
}

impl Branches {
    /// Steps up from the container to what holds the element as well, steps down from there to the element, the outermost
    /// element on that way, and the longest run of like elements met.
    pub(super) fn of(&self, element: NodeId) -> (f32, f32, Option<NodeId>, f32) {
        let Branch { up, down, runs, top } = self.0[element.index()];
        let top = (down > 0).then(|| NodeId::at(top as usize));
        (f32::from(up.min(30)), f32::from(down.min(30)), top, f32::from(runs.min(50)))
    }
}

/// Sums over rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub chars: u32,
    pub link_chars: u32,
    pub prose_chars: u32,
    pub prose: u32,
    pub headings: u32,
    pub links: u32,
    /// Prose less everything else, see [`weight`].
    weight: i32,
}

impl Sums {
    pub(super) fn link_density(&self) -> f32 {
        share(self.link_chars, self.chars)
    }
}

/// A part of a whole, from 0.0 to 1.0; 0.0 of nothing.
pub(super) fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// Bits for names of elements around a row, in order from the lowest.
pub(super) mod around {
    use super::Tag;

    pub(in super::super) const NAMES: [(u32, &str); 12] = [
        (1, "item"),
        (1 << 1, "list"),
        (1 << 2, "table"),
        (1 << 3, "quote"),
        (1 << 4, "figure"),
        (1 << 5, "header"),
        (1 << 6, "article"),
        (1 << 7, "main"),
        (1 << 8, "section"),
        (1 << 9, "link"),
        (1 << 10, "details"),
        (1 << 11, "definitions"),
    ];

    pub(super) fn bit(tag: Tag) -> u32 {
        match tag {
            Tag::LI => 1,
            Tag::UL | Tag::OL => 1 << 1,
            Tag::TABLE => 1 << 2,
            Tag::BLOCKQUOTE | Tag::Q => 1 << 3,
            Tag::FIGURE | Tag::PICTURE => 1 << 4,
            Tag::HEADER => 1 << 5,
            Tag::ARTICLE => 1 << 6,
            Tag::MAIN => 1 << 7,
            Tag::SECTION => 1 << 8,
            Tag::A => 1 << 9,
            Tag::DETAILS | Tag::SUMMARY => 1 << 10,
            Tag::DL => 1 << 11,
            _ => 0,
        }
    }
}

/// An element with more of the page's prose than this says nothing about a single row by its class.
const WRAPPER_SHARE: f32 = 0.6;

/// Marks that hold even for an element around most of the page.
const HELD: Mark = Mark(Mark::BODY.0 | Mark::IS_BODY.0 | Mark::IS_FORM.0);

impl Survey {
    pub(super) fn new(dom: &Dom, blocks: &Blocks, marks: &[Mark]) -> Self {
        let prose: Vec<bool> = blocks.rows.iter().map(is_prose).collect();
        let mut survey = Self {
            before: before(dom, blocks),
            nodes: Vec::new(),
            sums: sums(blocks, &prose),
            prose,
            scored: dom.root(),
            dense: dom.root(),
        };
        survey.inherit(dom, marks);
        survey.scored = survey.scored_container(dom, blocks);
        survey.dense = survey.dense_container(dom);
        survey
    }

    /// The rows that begin inside an element.
    pub(super) fn rows(&self, dom: &Dom, node: NodeId) -> Range<usize> {
        self.before[node.index()].rows as usize..self.before[dom.end(node).index()].rows as usize
    }

    /// Sums over a range of rows.
    pub(super) fn sum(&self, rows: Range<usize>) -> Sums {
        let (a, b) = (&self.sums[rows.start], &self.sums[rows.end]);
        Sums {
            chars: b.chars - a.chars,
            link_chars: b.link_chars - a.link_chars,
            prose_chars: b.prose_chars - a.prose_chars,
            prose: b.prose - a.prose,
            headings: b.headings - a.headings,
            links: b.links - a.links,
            weight: b.weight - a.weight,
        }
    }

    /// Sums over the rows inside an element.
    pub(super) fn inside(&self, dom: &Dom, node: NodeId) -> Sums {
        self.sum(self.rows(dom, node))
    }

    /// Sums over the page.
    pub(super) fn page(&self) -> Sums {
        *self.sums.last().expect("one longer than the rows")
    }

    /// Images and players that begin from one node up to another.
    pub(super) fn images(&self, nodes: Range<usize>) -> u32 {
        self.before[nodes.end].images.saturating_sub(self.before[nodes.start].images)
    }

    /// Buttons and fields that begin from one node up to another.
    pub(super) fn controls(&self, nodes: Range<usize>) -> u32 {
        self.before[nodes.end].controls.saturating_sub(self.before[nodes.start].controls)
    }

    /// How every element hangs beside a container.
    pub(super) fn branches(&self, dom: &Dom, container: NodeId) -> Branches {
        let mut all: Vec<Branch> = Vec::with_capacity(dom.len());
        let depth = self.nodes[container.index()].depth;
        for node in dom.nodes() {
            let at = node.index();
            all.push(match dom.parent(node).map(|it| all[it.index()]) {
                Some(above) if !dom.contains(node, container) => Branch {
                    up: above.up,
                    down: above.down.saturating_add(1),
                    runs: above.runs.max(self.nodes[at].run),
                    top: if above.down == 0 { at as u32 } else { above.top },
                },
                _ => Branch { up: depth.saturating_sub(self.nodes[at].depth), ..Branch::default() },
            });
        }
        Branches(all)
    }

    fn inherit(&mut self, dom: &Dom, marks: &[Mark]) {
        let page_prose = self.page().prose_chars;
        self.nodes = Vec::with_capacity(dom.len());
        // By node: its last child element so far. By element: the first of its run.
        let mut last_child = vec![0u32; dom.len()];
        let mut run_first = vec![0u32; dom.len()];
        for node in dom.nodes() {
            let at = node.index();
            let Some(parent) = dom.parent(node) else {
                self.nodes.push(Inherited::default());
                continue;
            };
            let mut it = self.nodes[parent.index()];
            it.own = Mark::default();
            it.run = 1;
            let Kind::Element(tag) = dom.kind(node) else {
                self.nodes.push(it);
                continue;
            };
            it.depth = it.depth.saturating_add(1);
            it.around |= around::bit(tag);
            if tag == Tag::ARTICLE {
                it.article = at as u32;
            }
            if marks[at] != Mark::default() {
                let rows = self.rows(dom, node);
                let prose = self.sums[rows.end].prose_chars - self.sums[rows.start].prose_chars;
                let wraps = share(prose, page_prose) > WRAPPER_SHARE;
                it.own = if wraps { marks[at] & HELD } else { marks[at] };
                it.marks |= it.own;
            }
            let previous = std::mem::replace(&mut last_child[parent.index()], at as u32) as usize;
            run_first[at] = at as u32;
            if previous != 0 && dom.is(NodeId::at(previous), tag) {
                let class = |node| dom.attr(node, Attr::CLASS).unwrap_or("");
                if class(NodeId::at(previous)) == class(node) {
                    run_first[at] = run_first[previous];
                    let first = &mut self.nodes[run_first[at] as usize];
                    first.run = first.run.saturating_add(1);
                }
            }
            self.nodes.push(it);
        }
        for (at, first) in run_first.into_iter().enumerate().filter(|it| it.1 != 0) {
            self.nodes[at].run = self.nodes[first as usize].run;
        }
    }

    /// Readability's score: each paragraph gives to the elements around it, less the farther out; links take away.
    ///
    /// Source: Arc90's Readability (2009) as Mozilla keeps it: a point, one per comma, one per 100 characters up to
    /// three. We give on to five elements and halve each time; it gives to all, a third less each.
    fn scored_container(&self, dom: &Dom, blocks: &Blocks) -> NodeId {
        let mut scores = vec![0f32; dom.len()];
        let mut best = (0.0, dom.root());
        for row in &blocks.rows {
            if row.hidden || row.n_chars < 25 || row.link_density() > 0.5 {
                continue;
            }
            let mut score = 1.0 + row.n_commas as f32 + (row.n_chars as f32 / 100.0).min(3.0);
            if self.nodes[row.element.index()].marks.any(AGAINST) {
                score *= 0.3;
            }
            let from = if holds_text(dom.tag(row.element)) { dom.parent(row.element) } else { Some(row.element) };
            for node in from.into_iter().flat_map(|it| dom.ancestors(it)).take(5) {
                scores[node.index()] += score;
                score *= 0.5;
            }
        }
        for (at, score) in scores.iter().enumerate() {
            if *score > 0.0 {
                let node = NodeId::at(at);
                let score = score * (1.0 - self.inside(dom, node).link_density());
                if score > best.0 {
                    best = (score, node);
                }
            }
        }
        best.1
    }

    /// The element whose rows weigh most together; of equals, the innermost.
    fn dense_container(&self, dom: &Dom) -> NodeId {
        let mut best = (1, dom.root());
        for node in dom.nodes() {
            let rows = self.rows(dom, node);
            if !rows.is_empty() && dom.tag(node).is_some() {
                let weight = self.sums[rows.end].weight - self.sums[rows.start].weight;
                if weight >= best.0 {
                    best = (weight, node);
                }
            }
        }
        best.1
    }
}

/// Marks that speak against a row being of the story.
pub(super) const AGAINST: Mark = Mark(
    Mark::RELATED.0
        | Mark::POPULAR.0
        | Mark::SHARE.0
        | Mark::COMMENT.0
        | Mark::NEWSLETTER.0
        | Mark::PROMO.0
        | Mark::NAV.0
        | Mark::FOOTER.0
        | Mark::SIDEBAR.0
        | Mark::BIO.0
        | Mark::TAGS.0
        | Mark::AD.0
        | Mark::CONSENT.0
        | Mark::POPUP.0
        | Mark::PAYWALL.0
        | Mark::IS_NAV.0
        | Mark::IS_ASIDE.0
        | Mark::IS_FOOTER.0
        | Mark::IS_FORM.0,
);

/// Elements that are paragraphs rather than what holds paragraphs.
fn holds_text(tag: Option<Tag>) -> bool {
    matches!(
        tag,
        Some(Tag::P | Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 | Tag::LI | Tag::PRE | Tag::FIGCAPTION)
    )
}

fn is_prose(row: &Block) -> bool {
    let density = row.link_density();
    !row.hidden
        && ((row.n_chars >= 60 && row.n_sentences > 0 && density < 0.4) || (row.n_chars >= 140 && density < 0.3))
}

/// What a row weighs for or against the elements around it, in characters.
fn weight(row: &Block, prose: bool) -> i32 {
    let chars = row.n_chars.min(2_000) as i32;
    let links = row.n_link_chars.min(2_000) as i32;
    if prose { chars - 2 * links } else { -(links.max(10) + chars.min(60) / 2) }
}

fn before(dom: &Dom, blocks: &Blocks) -> Vec<Before> {
    let mut all = Vec::with_capacity(dom.len() + 1);
    let mut now = Before::default();
    let mut rows = blocks.rows.iter().map(|it| it.nodes.0.index()).peekable();
    for node in dom.nodes() {
        all.push(now);
        while rows.next_if(|first| *first <= node.index()).is_some() {
            now.rows += 1;
        }
        match dom.tag(node) {
            Some(Tag::IMG | Tag::PICTURE | Tag::VIDEO | Tag::AUDIO | Tag::IFRAME | Tag::EMBED | Tag::OBJECT) => {
                now.images += 1;
            }
            Some(Tag::INPUT | Tag::BUTTON | Tag::SELECT | Tag::TEXTAREA | Tag::LABEL) => now.controls += 1,
            _ => {}
        }
    }
    all.push(now);
    all
}

fn sums(blocks: &Blocks, prose: &[bool]) -> Vec<Sums> {
    let mut all = Vec::with_capacity(blocks.rows.len() + 1);
    let mut now = Sums::default();
    all.push(now);
    for (row, prose) in blocks.rows.iter().zip(prose) {
        if !row.hidden {
            now.chars = now.chars.saturating_add(row.n_chars);
            now.link_chars = now.link_chars.saturating_add(row.n_link_chars);
            now.links += row.n_links;
            now.headings += u32::from(row.kind == crate::article::PartKind::Heading);
            now.weight = now.weight.saturating_add(weight(row, *prose));
        }
        if *prose {
            now.prose += 1;
            now.prose_chars = now.prose_chars.saturating_add(row.n_chars);
        }
        all.push(now);
    }
    all
}
