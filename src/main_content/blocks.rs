//! A document cut into blocks: stretches of text that stand or fall as one, in document order.
//!
//! A block ends where an element that breaks the line begins or ends, and at every `<br>`; what is joined again is decided
//! later. A table of data is one block; a table that only lays out the page is cut like anything else. Rows stand beside
//! the tree and point into it; nothing is marked in the tree.
//!
//! Left out at once, as nobody reads it on the page: scripts, styles, form controls, drawings, frames.

mod elements;
mod text;

use super::picks::Picks;
use super::words::{self, Meaning};
use crate::article::PartKind;
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use crate::main_content::word_hash::each_word;
use crate::text::step;
use elements::is_break;
pub use elements::{breaks_line, hides, is_note_sign, is_passed_over, is_sign, is_skipped};
use std::cell::OnceCell;
use std::ops::Range;
use text::weigh;
pub use text::{count, push_run};

/// The blocks of a page.
#[derive(Debug, Default)]
pub struct Blocks {
    /// The texts of all blocks, one after the other.
    pub text: String,
    /// In document order.
    pub rows: Vec<Block>,
    /// What a person's rules leave of the page.
    pub picks: Picks,
}

/// One block: where it stands and what its text is like.
#[derive(Debug, Clone)]
pub struct Block {
    /// The innermost element around it that breaks the line.
    pub element: NodeId,
    /// The first and the last text node that belong to it; those between, too, save what is skipped.
    pub nodes: (NodeId, NodeId),
    /// Its text in [`Blocks::text`].
    pub range: Range<usize>,
    /// What it is by its element.
    pub kind: PartKind,
    /// A heading's level as in the page; a list item's depth; a continuation's depth in a list; else 0.
    pub level: u8,
    /// How it is set apart from the block before.
    pub gap: Gap,
    /// Whether the page hides it: `hidden`, `display: none`, `aria-hidden`.
    pub hidden: bool,
    /// Characters without whitespace; those of scripts without spaces count double, for they say as much.
    pub n_chars: u32,
    /// Characters inside links, counted likewise.
    pub n_link_chars: u32,
    /// Characters in bold, counted likewise.
    pub n_strong_chars: u32,
    /// Words: runs between spaces; an unspaced script's character counts a half.
    pub n_words: u32,
    /// Links that begin in it.
    pub n_links: u32,
    /// Marks that end a sentence, followed by a space or the end.
    pub n_sentences: u32,
    /// Commas of any script.
    pub n_commas: u32,
    /// Digits.
    pub n_digits: u32,
    /// Letters in upper case.
    pub n_upper: u32,
    /// What its words mean, once somebody has asked.
    meaning: OnceCell<Option<Meaning>>,
    label: OnceCell<Option<Meaning>>,
    digest: OnceCell<u64>,
}

/// How a block is set apart from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Another element.
    Element,
    /// One `<br>`.
    Line,
    /// Two or more `<br>`.
    Lines,
}

impl Block {
    /// A block before anything is counted.
    pub fn new(element: NodeId, nodes: (NodeId, NodeId), range: Range<usize>, kind: PartKind, gap: Gap) -> Self {
        Self {
            element,
            nodes,
            range,
            kind,
            level: 0,
            gap,
            hidden: false,
            n_chars: 0,
            n_link_chars: 0,
            n_strong_chars: 0,
            n_words: 0,
            n_links: 0,
            n_sentences: 0,
            n_commas: 0,
            n_digits: 0,
            n_upper: 0,
            meaning: OnceCell::new(),
            label: OnceCell::new(),
            digest: OnceCell::new(),
        }
    }

    /// What the whole of its text means, if it is a widget's line: [`words::line`].
    pub fn meaning(&self, text: &str) -> Option<Meaning> {
        *self.meaning.get_or_init(|| words::line(text))
    }

    /// What the label at the head of its text means, if it is a widget's: [`words::beginning`].
    pub fn label(&self, text: &str) -> Option<Meaning> {
        *self.label.get_or_init(|| words::beginning(text))
    }

    /// A number for its text that another has only if it has the same words.
    pub fn digest(&self, text: &str) -> u64 {
        *self.digest.get_or_init(|| {
            let mut digest = 0;
            each_word(text, |it| digest = step(digest, it));
            digest
        })
    }

    /// Share of the characters that stand in links, from 0.0 to 1.0.
    pub fn link_density(&self) -> f32 {
        if self.n_chars == 0 { 0.0 } else { self.n_link_chars as f32 / self.n_chars as f32 }
    }

    /// Share of the characters in bold, from 0.0 to 1.0.
    pub fn strong_share(&self) -> f32 {
        if self.n_chars == 0 { 0.0 } else { self.n_strong_chars as f32 / self.n_chars as f32 }
    }
}

impl Blocks {
    /// The text of a block, whitespace collapsed; code as it was typed.
    pub fn text(&self, block: &Block) -> &str {
        &self.text[block.range.clone()]
    }
}

/// Cuts a document into blocks.
pub fn split(dom: &Dom) -> Blocks {
    split_picked(dom, Picks::default())
}

/// Cuts what the rules leave of a document into blocks. What they select is one at least, even in the middle of a line.
pub fn split_picked(dom: &Dom, picks: Picks) -> Blocks {
    let mut cutter = Cutter::new(dom, picks);
    let n_nodes = dom.len();
    let mut at = 0;
    while at < n_nodes {
        let node = NodeId::at(at);
        cutter.leave(at);
        match dom.kind(node) {
            Kind::Text if cutter.blocks.picks.allows(node) => cutter.text(node),
            Kind::Element(Tag::BR) => cutter.line_break(),
            Kind::Element(Tag::SPAN) if is_break(dom, node) => cutter.line_break(),
            Kind::Element(tag) if is_passed_over(dom, &cutter.blocks.picks, node, tag) => {
                at = dom.end(node).index();
                continue;
            }
            Kind::Element(Tag::TABLE) if cutter.blocks.picks.allows(node) && is_data_table(dom, node) => {
                cutter.table(node);
                at = dom.end(node).index();
                continue;
            }
            Kind::Element(tag) => cutter.enter(node, tag),
            Kind::Text | Kind::Document | Kind::Comment | Kind::Doctype => {}
        }
        at += 1;
    }
    cutter.leave(n_nodes);
    cutter.flush();
    cutter.blocks
}

/// An open element that breaks the line.
struct Open {
    node: NodeId,
    end: usize,
    kind: PartKind,
    level: u8,
}

struct Cutter<'a> {
    dom: &'a Dom,
    blocks: Blocks,
    open: Vec<Open>,
    /// Where the innermost link, bold and hidden stretches end.
    link_end: usize,
    strong_end: usize,
    hidden_end: usize,
    list_depth: u8,
    list_ends: Vec<usize>,
    gap: Gap,
    n_breaks: u32,
    first: Option<NodeId>,
    last: NodeId,
    start: usize,
    n_link_chars: u32,
    n_strong_chars: u32,
    n_links: u32,
    hidden: bool,
}

impl<'a> Cutter<'a> {
    fn new(dom: &'a Dom, picks: Picks) -> Self {
        Self {
            dom,
            blocks: Blocks { picks, ..Blocks::default() },
            open: vec![Open { node: dom.root(), end: dom.len(), kind: PartKind::Paragraph, level: 0 }],
            link_end: 0,
            strong_end: 0,
            hidden_end: 0,
            list_depth: 0,
            list_ends: Vec::new(),
            gap: Gap::Element,
            n_breaks: 0,
            first: None,
            last: dom.root(),
            start: 0,
            n_link_chars: 0,
            n_strong_chars: 0,
            n_links: 0,
            hidden: false,
        }
    }

    /// Closes what ends before node `at`.
    fn leave(&mut self, at: usize) {
        while self.open.last().is_some_and(|it| it.end <= at) && self.open.len() > 1 {
            self.flush();
            self.open.pop();
            self.gap = Gap::Element;
            self.n_breaks = 0;
        }
        while self.list_ends.last().is_some_and(|end| *end <= at) {
            self.list_ends.pop();
            self.list_depth = self.list_depth.saturating_sub(1);
        }
    }

    fn enter(&mut self, node: NodeId, tag: Tag) {
        let end = self.dom.end(node).index();
        if hides(self.dom, node) {
            self.hidden_end = self.hidden_end.max(end);
        }
        match tag {
            Tag::A if self.dom.attr(node, Attr::HREF).is_some() => {
                self.link_end = self.link_end.max(end);
                self.n_links += 1;
            }
            Tag::B | Tag::STRONG => self.strong_end = self.strong_end.max(end),
            _ => {}
        }
        if !breaks_line(tag) && !self.blocks.picks.selects(node) {
            return;
        }
        self.flush();
        self.gap = Gap::Element;
        self.n_breaks = 0;
        if matches!(tag, Tag::UL | Tag::OL | Tag::MENU | Tag::DIR) {
            self.list_depth = self.list_depth.saturating_add(1);
            self.list_ends.push(end);
        }
        let above = self.open.last().expect("the document is always open");
        let (kind, level) = match tag {
            Tag::H1 => (PartKind::Heading, 1),
            Tag::H2 => (PartKind::Heading, 2),
            Tag::H3 => (PartKind::Heading, 3),
            Tag::H4 => (PartKind::Heading, 4),
            Tag::H5 => (PartKind::Heading, 5),
            Tag::H6 => (PartKind::Heading, 6),
            Tag::LI => (PartKind::ListItem, self.list_depth.max(1)),
            Tag::BLOCKQUOTE => (PartKind::Quote, 0),
            Tag::PRE => (PartKind::Code, 0),
            Tag::FIGCAPTION | Tag::CAPTION => (PartKind::Caption, 0),
            Tag::TABLE | Tag::ARTICLE | Tag::MAIN | Tag::ASIDE | Tag::NAV | Tag::FIGURE => (PartKind::Paragraph, 0),
            _ => (above.kind, above.level),
        };
        self.open.push(Open { node, end, kind, level });
    }

    fn line_break(&mut self) {
        if self.open.last().is_some_and(|it| it.kind == PartKind::Code) && self.first.is_some() {
            self.blocks.text.push('\n');
            return;
        }
        let began = self.first.is_some();
        self.flush();
        if began {
            self.n_breaks = 0;
        }
        self.n_breaks += 1;
        if self.gap != Gap::Element || began {
            self.gap = if self.n_breaks > 1 { Gap::Lines } else { Gap::Line };
        }
    }

    fn text(&mut self, node: NodeId) {
        let text = self.dom.text(node);
        let is_code = self.open.last().is_some_and(|it| it.kind == PartKind::Code);
        if self.first.is_none() {
            // Most texts begin with what is no space of any kind.
            let is_shown = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
            let is_empty = || {
                let n_spaces = text.len() - text.as_bytes().trim_ascii_start().len();
                text[n_spaces..].trim_start().is_empty()
            };
            if !is_shown && is_empty() {
                return;
            }
            self.start = self.blocks.text.len();
            self.first = Some(node);
            self.hidden = node.index() < self.hidden_end;
        }
        self.last = node;
        let before = self.blocks.text.len();
        if is_code {
            self.blocks.text.push_str(text);
        } else {
            push_run(&mut self.blocks.text, self.start, text);
        }
        let (link, strong) = (node.index() < self.link_end, node.index() < self.strong_end);
        if link || strong {
            let n_chars = weigh(&self.blocks.text[before..]);
            self.n_link_chars += if link { n_chars } else { 0 };
            self.n_strong_chars += if strong { n_chars } else { 0 };
            // A link around several blocks begins in each of them.
            if link && self.n_links == 0 {
                self.n_links = 1;
            }
        }
    }

    fn flush(&mut self) {
        let Some(first) = self.first.take() else {
            self.n_links = 0;
            return;
        };
        let open = self.open.last().expect("the document is always open");
        let (element, kind, level) = (open.node, open.kind, open.level);
        self.push(element, (first, self.last), kind, level);
    }

    fn push(&mut self, element: NodeId, nodes: (NodeId, NodeId), kind: PartKind, level: u8) {
        let end = self.start + self.blocks.text[self.start..].trim_end().len();
        self.blocks.text.truncate(end);
        let mut block = Block {
            level,
            hidden: self.hidden,
            n_link_chars: self.n_link_chars,
            n_strong_chars: self.n_strong_chars,
            n_links: self.n_links,
            ..Block::new(element, nodes, self.start..end, kind, self.gap)
        };
        count(&self.blocks.text[block.range.clone()], &mut block);
        if block.n_chars > 0 {
            self.blocks.rows.push(block);
        } else {
            self.blocks.text.truncate(self.start);
        }
        (self.n_link_chars, self.n_strong_chars, self.n_links) = (0, 0, 0);
        self.gap = Gap::Element;
        self.n_breaks = 0;
    }

    /// Takes the spaces off the end of a cell.
    fn end_cell(&mut self, cell_start: usize) {
        let length = self.blocks.text[cell_start..].trim_end().len();
        self.blocks.text.truncate(cell_start + length);
    }

    /// A table of data, as one block: rows one a line, cells joined by ` | `.
    fn table(&mut self, table: NodeId) {
        self.flush();
        self.start = self.blocks.text.len();
        self.hidden = table.index() < self.hidden_end || hides(self.dom, table);
        let (mut at, end) = (table.index() + 1, self.dom.end(table).index());
        let (mut cell_start, mut in_row, mut link_end, mut columns) = (self.start, false, 0, 1);
        let mut nodes = None;
        while at < end {
            let node = NodeId::at(at);
            match self.dom.kind(node) {
                Kind::Element(Tag::TR) => {
                    if in_row {
                        self.end_cell(cell_start);
                        self.blocks.text.push('\n');
                    }
                    in_row = false;
                }
                Kind::Element(Tag::TD | Tag::TH) => {
                    // A cell over several columns is followed by empty ones, so that the next ones stand in theirs.
                    for _ in 0..if in_row { columns } else { 0 } {
                        self.end_cell(cell_start);
                        self.blocks.text.push_str(" | ");
                        cell_start = self.blocks.text.len();
                    }
                    let spanned = self.dom.attr_named(node, "colspan").and_then(|it| it.trim().parse::<usize>().ok());
                    columns = spanned.unwrap_or(1).clamp(1, COLUMNS_SPANNED_MAX);
                    in_row = true;
                    cell_start = self.blocks.text.len();
                }
                Kind::Element(Tag::CAPTION) => {
                    at = self.dom.end(node).index();
                    continue;
                }
                Kind::Element(tag) if is_passed_over(self.dom, &self.blocks.picks, node, tag) => {
                    at = self.dom.end(node).index();
                    continue;
                }
                Kind::Element(Tag::A) => {
                    link_end = self.dom.end(node).index();
                    self.n_links += 1;
                }
                Kind::Element(tag) if breaks_line(tag) || tag == Tag::BR => {
                    push_run(&mut self.blocks.text, cell_start, " ");
                }
                Kind::Text if in_row => {
                    let before = self.blocks.text.len();
                    push_run(&mut self.blocks.text, cell_start, self.dom.text(node));
                    // A bar alone in a cell would be read as the end of the cell.
                    while let Some(bar) = self.blocks.text[cell_start..].find(" | ") {
                        self.blocks.text.replace_range(cell_start + bar + 1..cell_start + bar + 2, "/");
                    }
                    if at < link_end {
                        self.n_link_chars += weigh(&self.blocks.text[before..]);
                    }
                    nodes = Some((nodes.map_or(node, |(first, _)| first), node));
                }
                Kind::Document | Kind::Element(_) | Kind::Text | Kind::Comment | Kind::Doctype => {}
            }
            at += 1;
        }
        if let Some(nodes) = nodes {
            // Empty cells at the end say nothing.
            let length = self.blocks.text[self.start..].trim_end_matches([' ', '|', '\n']).len();
            self.blocks.text.truncate(self.start + length);
            self.push(table, nodes, PartKind::Table, 0);
        }
    }
}

/// Whether most of a block's text, which begins in an element, stands in it.
pub fn is_mostly_in(dom: &Dom, blocks: &Blocks, row: &Block, node: NodeId) -> bool {
    dom.end(node) > row.nodes.1 || 2 * dom.text_content(node).trim().len() > blocks.text(row).len()
}

/// Whether a table holds data rather than the page's layout.
///
/// Data: two rows and two columns at least, no table inside, and cells of [`CELL_CHARS_MAX`] on average, with no cell a
/// story of its own.
fn is_data_table(dom: &Dom, table: NodeId) -> bool {
    let (mut n_rows, mut n_cells, mut n_chars, mut cell_chars, mut cell_end) = (0u32, 0u32, 0usize, 0usize, 0usize);
    let mut first_row_cells = 0u32;
    for node in dom.descendants(table) {
        if node.index() >= cell_end {
            cell_chars = 0;
        }
        match dom.kind(node) {
            Kind::Element(Tag::TABLE | Tag::FORM | Tag::ARTICLE | Tag::SECTION | Tag::UL | Tag::IFRAME) => {
                return false;
            }
            Kind::Element(Tag::TR) => n_rows += 1,
            Kind::Element(Tag::TD | Tag::TH) => {
                n_cells += 1;
                first_row_cells += u32::from(n_rows <= 1);
                cell_chars = 0;
                cell_end = dom.end(node).index();
            }
            Kind::Text => {
                let length = dom.text(node).trim().len();
                n_chars += length;
                cell_chars += length;
                if cell_chars > CELL_STORY_CHARS {
                    return false;
                }
            }
            Kind::Element(_) | Kind::Document | Kind::Comment | Kind::Doctype => {}
        }
    }
    n_rows >= 2 && first_row_cells >= 2 && n_chars <= CELL_CHARS_MAX * n_cells as usize
}

/// Mean bytes a cell of a data table, at most. Layout tables measured on traf-a hold 300 and more.
const CELL_CHARS_MAX: usize = 150;

/// Columns that one cell may say to cover: more are a mistake, or meant to be costly.
const COLUMNS_SPANNED_MAX: usize = 20;

/// A cell with more bytes than this is a column of a layout.
const CELL_STORY_CHARS: usize = 1200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;

    #[track_caller]
    fn check(html: &str, expected: &[(PartKind, &str)]) {
        let blocks = split(&Dom::parse(html, &Options::default()));
        let got: Vec<_> = blocks.rows.iter().map(|it| (it.kind, blocks.text(it))).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn line_breaking_elements_and_breaks_cut() {
        use PartKind::{Heading, ListItem, Paragraph, Quote};
        check(
            "<h2>Head</h2><div>one <b>two</b>\n three<p>four</p>five<br>six</div><ul><li>seven<p>eight</ul>\
             <blockquote><p>nine</blockquote><script>no</script>",
            &[
                (Heading, "Head"),
                (Paragraph, "one two three"),
                (Paragraph, "four"),
                (Paragraph, "five"),
                (Paragraph, "six"),
                (ListItem, "seven"),
                (ListItem, "eight"),
                (Quote, "nine"),
            ],
        );
    }

    #[test]
    fn a_table_of_data_is_one_block_and_a_layout_is_cut() {
        check(
            "<table><tr><th>Town<th>Votes<tr><td>Ash<br>ford<td>1,204</table>",
            &[(PartKind::Table, "Town | Votes\nAsh ford | 1,204")],
        );
        check(
            "<table><tr><td colspan=2>a | b<td>c<tr><td>d<td><td>e<tr><td>f<td></table>",
            &[(PartKind::Table, "a / b |  | c\nd |  | e\nf")],
        );
        check(
            "<table><tr><td><table><tr><td>a</table><td>b<tr><td>c<td>d</table>",
            &[
                (PartKind::Paragraph, "a"),
                (PartKind::Paragraph, "b"),
                (PartKind::Paragraph, "c"),
                (PartKind::Paragraph, "d"),
            ],
        );
    }

    #[test]
    fn code_keeps_its_lines() {
        check("<pre>a\n  b<br>c</pre>", &[(PartKind::Code, "a\n  b\nc")]);
    }

    #[test]
    fn counts_say_what_a_text_is_like() {
        let html = "<p style='DISPLAY : none !important'>One, <a href=x>two</a>. <b>Three!</b> 45";
        let blocks = split(&Dom::parse(html, &Options::default()));
        let row = &blocks.rows[0];
        assert!(row.hidden);
        assert_eq!((row.n_chars, row.n_link_chars, row.n_strong_chars, row.n_links), (16, 3, 6, 1));
        assert_eq!((row.n_words, row.n_sentences, row.n_commas, row.n_digits, row.n_upper), (4, 2, 1, 2, 2));
    }

    #[test]
    fn white_space_is_collapsed_wherever_it_stands() {
        let plainly = |text: &str| {
            let mut out = String::new();
            for c in text.chars() {
                match c {
                    '\n' | '\t' | ' ' if out.is_empty() || out.ends_with(' ') => {}
                    '\n' | '\t' | ' ' => out.push(' '),
                    '\u{7f}' | '\u{1}' => {}
                    _ => out.push(c),
                }
            }
            out
        };
        let pieces = [" ", "  ", "a", "\n", "words of a line", "é", "\u{7f}", "\t", "\u{1}", "a b c d e f g h "];
        for n in 0..100_000_usize {
            let text: String = (0..5).map(|at| pieces[n / 10_usize.pow(at) % 10]).collect();
            let mut collapsed = String::new();
            push_run(&mut collapsed, 0, &text);
            assert_eq!(collapsed, plainly(&text), "{text:?}");
        }
    }

    #[test]
    fn a_paragraph_kept_from_screen_readers_is_shown_and_a_menu_is_not() {
        let blocks = split(&Dom::parse("<p aria-hidden=true>a<div aria-hidden=true>b</div>", &Options::default()));
        assert_eq!(blocks.rows.iter().map(|it| it.hidden).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn an_empty_span_may_be_a_line_break() {
        use PartKind::Paragraph;
        check("<p>a<span class='x br'></span>b<span class=br>c</span>", &[(Paragraph, "a"), (Paragraph, "bc")]);
    }

    #[test]
    fn most_of_a_row_is_in_an_element_or_not() {
        let dom = Dom::parse("<p><a href=x>Ann Lee</a> has written it.<p><b>Ann Lee has</b> it.", &Options::default());
        let blocks = split(&dom);
        let inline = |row: usize| dom.parent(blocks.rows[row].nodes.0).unwrap();
        assert!(!is_mostly_in(&dom, &blocks, &blocks.rows[0], inline(0)));
        assert!(is_mostly_in(&dom, &blocks, &blocks.rows[1], inline(1)));
    }

    #[test]
    fn unspaced_scripts_count_double() {
        let blocks = split(&Dom::parse("<p>東京で、会議。", &Options::default()));
        let row = &blocks.rows[0];
        assert_eq!((row.n_chars, row.n_words, row.n_sentences, row.n_commas), (12, 2, 1, 1));
    }

    #[test]
    fn gaps_tell_breaks_from_elements() {
        let blocks = split(&Dom::parse("<p>a<br>b<br><br>c<p>d", &Options::default()));
        let gaps: Vec<_> = blocks.rows.iter().map(|it| it.gap).collect();
        assert_eq!(gaps, [Gap::Element, Gap::Line, Gap::Lines, Gap::Element]);
    }
}
