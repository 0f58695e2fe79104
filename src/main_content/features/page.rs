//! The measurements of each row, one group of columns a function.

use super::alike::{self, Shape};
use super::survey::{AGAINST, Branches, Sums, Survey, share};
use super::wording;
use super::{
    AROUND_AT, Anchors, Cells, Column, Declared, MARKS, MARKS_AT, N, NEIGHBOUR, NEIGHBOURS_AT, OFFSETS, Place,
    SAME_SHAPE, SAME_SHAPE_AT, SCALES, distance, log,
};
use crate::article::PartKind;
use crate::dom::{Dom, NodeId, Tag};
use crate::main_content::blocks::{self, Block, Blocks};
use crate::main_content::marks::Mark;
use crate::main_content::words::Meaning;
use std::cell::Cell;
use std::ops::Range;

/// A page with what is known of it before its rows are measured.
pub(super) struct Page<'a> {
    dom: &'a Dom,
    blocks: &'a Blocks,
    survey: &'a Survey,
    /// How rows hang beside the container by score, and beside the one by density, where that is another.
    scored: Branches,
    dense: Option<Branches>,
    total: Sums,
    container: Sums,
    article_body: Option<&'a str>,
    /// Bytes of it searched so far.
    n_searched: Cell<usize>,
    declared: Declared,
    /// By row, see [`alike::likeness`].
    likeness: &'a [[f32; 4]],
    headline_row: Option<usize>,
    /// By row: the last prose before it, the first from it on.
    prose_before: Vec<Option<u32>>,
    prose_after: Vec<Option<u32>>,
    first_prose: Option<usize>,
    last_prose: Option<usize>,
    /// By row: the heading above and the rows of its section.
    sections: Vec<(Option<u32>, u32, u32)>,
    /// By row: how many rows say the same, and how many of them stand before.
    copies: Vec<(u32, u32)>,
    /// By row: what its words say of it, see [`severity`].
    severities: Vec<u8>,
}

/// What a row's columns are read from, some of which its neighbours are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    look: wording::Look,
    /// Marks of the element, and of inline elements at the beginning of the row.
    own: Mark,
    /// The same and those of the three elements around.
    near: Mark,
    /// The innermost inline element in which the row begins.
    inline: Option<Tag>,
}

/// Article bodies shorter than this are teasers.
const ARTICLE_BODY_BYTES_MIN: usize = 200;

impl<'a> Page<'a> {
    pub(super) fn new(
        dom: &'a Dom,
        blocks: &'a Blocks,
        survey: &'a Survey,
        anchors: &Anchors<'a>,
        likeness: &'a [[f32; 4]],
    ) -> Self {
        let n_rows = blocks.rows.len();
        let mut prose_before = Vec::with_capacity(n_rows);
        let mut last = None;
        for (at, prose) in survey.prose.iter().enumerate() {
            prose_before.push(last);
            if *prose {
                last = Some(at as u32);
            }
        }
        let mut prose_after = vec![None; n_rows];
        let mut next = None;
        for at in (0..n_rows).rev() {
            if survey.prose[at] {
                next = Some(at as u32);
            }
            prose_after[at] = next;
        }
        // First and last prose of the container, for prose stands elsewhere, too.
        let inside = survey.rows(dom, survey.dense);
        let mut prose = inside.clone().filter(|at| survey.prose[*at]);
        let first_prose = prose.next();
        let last_prose = prose.next_back().or(first_prose);
        let mut page = Self {
            dom,
            blocks,
            survey,
            scored: survey.branches(dom, survey.scored),
            dense: (survey.dense != survey.scored).then(|| survey.branches(dom, survey.dense)),
            total: survey.page(),
            container: survey.sum(inside),
            likeness,
            headline_row: None,
            declared: anchors.declared,
            article_body: anchors.article_body.filter(|it| it.len() >= ARTICLE_BODY_BYTES_MIN),
            n_searched: Cell::new(0),
            prose_before,
            prose_after,
            first_prose,
            last_prose,
            sections: sections(blocks),
            copies: alike::copies(blocks),
            severities: blocks.rows.iter().map(|row| severity(blocks, row, survey)).collect(),
        };
        page.headline_row = page.find_headline();
        page
    }

    /// The row that is most like a headline candidate; headings, and the higher, win over others, and the later over the
    /// earlier: the earlier ones are breadcrumbs and sticky bars.
    fn find_headline(&self) -> Option<usize> {
        let mut best = (0.6, None);
        for (at, row) in self.blocks.rows.iter().enumerate() {
            if row.hidden || row.n_chars > 400 || row.n_chars < 4 || self.last_prose.is_some_and(|last| at > last) {
                continue;
            }
            let is_h1 = row.kind == PartKind::Heading && row.level == 1;
            if !is_h1 && row.kind != PartKind::Heading && self.first_prose.is_some_and(|first| at > first) {
                continue;
            }
            let like = self.likeness[at][0] * self.likeness[at][1];
            let rank = like + if is_h1 { 0.5 } else { 0.0 } + if row.kind == PartKind::Heading { 0.2 } else { 0.0 };
            if rank >= best.0 && (like > 0.3 || is_h1) {
                best = (rank, Some(at));
            }
        }
        best.1
    }

    /// What all rows of the page have in common.
    pub(super) fn common(&self) -> [i8; N] {
        use Column::*;
        let mut common = [0; N];
        let mut cells = Cells(&mut common);
        cells.set(PageProse, log(self.total.prose_chars));
        cells.set(PageChars, log(self.total.chars));
        cells.set(PageDensity, self.total.link_density());
        cells.set(
            PageDeclared,
            match self.declared {
                Declared::News => 3.0,
                Declared::Article => 2.0,
                Declared::Nothing => 1.0,
                Declared::Forum => 0.0,
                Declared::Product => -1.0,
                Declared::Listing => -2.0,
            },
        );
        cells.set(PageRows, log(self.blocks.rows.len() as u32));
        cells.set(ContainerProseShare, share(self.container.prose_chars, self.total.prose_chars));
        common
    }

    /// The columns that a row's neighbours are told, see [`NEIGHBOUR`], and what they are read from.
    pub(super) fn told(&self, at: usize, cells: &mut Cells<'_>) -> Told {
        use Column::*;
        let (dom, survey) = (self.dom, self.survey);
        let row = &self.blocks.rows[at];
        let look = wording::look(self.blocks.text(row));
        // The inline elements between the element and the text may say what the row is.
        let element = row.element;
        let (mut own, mut inline) = (survey.nodes[element.index()].own, None);
        let between = dom.ancestors(row.nodes.0).skip(1).take_while(|node| *node > element);
        for node in between.take(INLINE_DEPTH_MAX) {
            let mark = survey.nodes[node.index()].own;
            if mark != Mark::default() && blocks::is_mostly_in(dom, self.blocks, row, node) {
                own |= mark;
            }
            inline = inline.or(dom.tag(node));
        }
        let around = dom.ancestors(element).skip(1).take(3);
        let near = around.fold(own, |near, node| near | survey.nodes[node.index()].own);
        cells.set(Chars, log(row.n_chars));
        cells.set(LinkDensity, row.link_density());
        cells.set(StrongShare, row.strong_share());
        cells.set(End, look.end);
        cells.set(TagClass, tag_class(dom.tag(element)));
        cells.set(AgainstNear, ((near & AGAINST).0.count_ones()) as f32);
        Told { look, own, near, inline }
    }

    pub(super) fn own(&self, at: usize, cells: &mut Cells<'_>, told: Told) {
        use Column::*;
        let row = &self.blocks.rows[at];
        cells.set(Sentences, row.n_sentences.min(50) as f32);
        cells.set(DigitShare, share(row.n_digits, row.n_chars));
        cells.set(UpperShare, share(row.n_upper, row.n_chars));
        cells.set(Start, told.look.start);
        cells.set(Quotes, told.look.quotes.min(20) as f32);
        cells.set(Signs, told.look.signs.min(20) as f32);
        cells.set(
            Kind,
            match row.kind {
                PartKind::Paragraph | PartKind::Caption | PartKind::Embed => 0.0,
                PartKind::Heading => 1.0,
                PartKind::ListItem => 2.0,
                PartKind::Quote => 3.0,
                PartKind::Code => 4.0,
                PartKind::Table => 5.0,
            },
        );
        cells.set(Level, f32::from(row.level));
        cells.set(Hidden, f32::from(u8::from(row.hidden)));
        cells.set(SentenceChars, row.n_chars as f32 / (row.n_sentences + 1) as f32);
        cells.set(Prose, f32::from(u8::from(self.survey.prose[at])));
    }

    pub(super) fn tree(&self, at: usize, cells: &mut Cells<'_>, told: Told, place: &mut Place) {
        use Column::*;
        let (dom, survey) = (self.dom, self.survey);
        let element = self.blocks.rows[at].element;
        let it = survey.nodes[element.index()];
        let parent = dom.parent(element).unwrap_or(element);
        let grandparent = dom.parent(parent).unwrap_or(parent);
        cells.set(ParentTagClass, tag_class(dom.tag(parent)));
        cells.set(Depth, f32::from(it.depth.min(60)));
        cells.set(Run, f32::from(it.run.min(50)));
        cells.set(GrandparentRun, f32::from(survey.nodes[grandparent.index()].run.min(50)));
        // Most cells of both kinds stay 0.
        let mut around = it.around;
        while around != 0 {
            cells.0[AROUND_AT + around.trailing_zeros() as usize] = 1;
            around &= around - 1;
        }
        let Told { own, near, inline, .. } = told;
        cells.set(InlineClass, inline_class(inline));
        for (index, mark) in MARKS.iter().enumerate().filter(|_| own | near | it.marks != Mark::default()) {
            let has = |marks: Mark| i8::from(marks.any(*mark));
            cells.0[MARKS_AT + index] = (3 * has(own)).max(2 * has(near)).max(has(it.marks));
        }
        cells.set(AgainstFar, ((it.marks & AGAINST).0.count_ones()) as f32);

        // What the elements around hold.
        let rows = survey.rows(dom, parent);
        place.parent = range(&rows);
        let sums = survey.sum(rows.clone());
        cells.set(ParentShare, share(sums.chars, self.total.chars));
        cells.set(ParentDensity, sums.link_density());
        cells.set(ParentRows, log(rows.len() as u32));
        cells.set(ParentProse, share(sums.prose_chars, sums.chars));
        let sums = survey.inside(dom, grandparent);
        cells.set(GrandparentShare, share(sums.chars, self.total.chars));
        cells.set(GrandparentDensity, sums.link_density());
        cells.set(GrandparentProse, share(sums.prose_chars, sums.chars));
        let article = NodeId::at(it.article as usize);
        let in_article =
            if it.article == 0 { 0.0 } else { share(survey.inside(dom, article).prose_chars, self.total.prose_chars) };
        cells.set(ArticleShare, if it.article == 0 { -1.0 } else { in_article });
        cells.set(ControlsInParent, survey.controls(parent.index()..dom.end(parent).index()).min(20) as f32);
        cells.set(ImagesInParent, survey.images(parent.index()..dom.end(parent).index()).min(20) as f32);
        let previous_end = at.checked_sub(1).map_or(0, |it| self.blocks.rows[it].nodes.1.index());
        let next = self.blocks.rows.get(at + 1).map_or(dom.len(), |it| it.nodes.0.index());
        cells.set(ControlsNear, survey.controls(previous_end..next.max(previous_end)).min(20) as f32);

        // Where it hangs beside the two containers.
        let (up, down, branch, runs) = self.scored.of(element);
        let rows = branch.map_or(at..at + 1, |it| survey.rows(dom, it));
        place.branch = range(&rows);
        let sums = survey.sum(rows.clone());
        cells.set(ScoredUp, up);
        cells.set(ScoredDown, down);
        cells.set(RunsAbove, runs);
        cells.set(BranchShare, share(sums.chars, self.total.chars));
        cells.set(BranchDensity, sums.link_density());
        cells.set(BranchRows, log(rows.len() as u32));
        cells.set(BranchProse, share(sums.prose_chars, sums.chars));
        if let Some(branch) = branch {
            cells.set(BranchMarks, (survey.nodes[branch.index()].own & AGAINST).0.count_ones() as f32);
            cells.set(BranchTag, tag_class(dom.tag(branch)));
            cells.set(BranchControls, survey.controls(branch.index()..dom.end(branch).index()).min(20) as f32);
        }
        let (up, _, branch, _) = self.dense.as_ref().unwrap_or(&self.scored).of(element);
        let sums = branch.map_or(Sums::default(), |it| survey.inside(dom, it));
        cells.set(DenseUp, up);
        cells.set(DenseBranchShare, share(sums.chars, self.total.chars));
        cells.set(DenseBranchDensity, sums.link_density());
    }

    pub(super) fn position(&self, at: usize, cells: &mut Cells<'_>, place: &mut Place) {
        use Column::*;
        let n_rows = self.blocks.rows.len();
        let survey = self.survey;
        cells.set(Position, at as f32 / n_rows as f32);
        let before = survey.sum(0..at);
        cells.set(CharsBefore, share(before.chars, self.total.chars));
        cells.set(ProseBefore, share(before.prose_chars, self.total.prose_chars));
        cells.set(ProseAfter, share(survey.sum(at + 1..n_rows).prose_chars, self.total.prose_chars));
        cells.set(ProseNearBefore, log(survey.sum(at.saturating_sub(4)..at).prose_chars));
        cells.set(ProseNearAfter, log(survey.sum(at + 1..(at + 5).min(n_rows)).prose_chars));
        cells.set(RowsSinceProse, distance(self.prose_before[at].map(|it| at - it as usize)));
        let after = self.prose_after.get(at + 1).copied().flatten();
        cells.set(RowsToProse, distance(after.map(|it| it as usize - at)));
        let signed = |from: Option<usize>| from.map_or(-64.0, |it| (at as f32 - it as f32).clamp(-63.0, 63.0));
        cells.set(RowsFromFirstProse, signed(self.first_prose));
        cells.set(RowsFromLastProse, signed(self.last_prose));
        cells.set(HeadlineDistance, signed(self.headline_row));

        let (heading, first, end) = self.sections[at];
        place.section = (first, end);
        cells.set(HeadingRows, distance(heading.map(|it| at - it as usize)));
        if let Some(heading) = heading {
            let row = &self.blocks.rows[heading as usize];
            cells.set(HeadingLevel, f32::from(row.level));
            cells.set(HeadingShareLinks, row.link_density());
        }
        let sums = survey.sum(first as usize..end as usize);
        cells.set(SectionDensity, sums.link_density());
        cells.set(SectionChars, log(sums.chars));
        cells.set(SectionProse, share(sums.prose_chars, sums.chars));
    }

    pub(super) fn elsewhere(&self, at: usize, cells: &mut Cells<'_>, shape: Shape) {
        use Column::*;
        let text = self.blocks.text(&self.blocks.rows[at]);
        let [headline_row, headline_of, description_row, description_of] = self.likeness[at];
        cells.set(HeadlineRow, headline_row);
        cells.set(HeadlineOf, headline_of);
        cells.set(DescriptionRow, description_row);
        cells.set(DescriptionOf, description_of);
        cells.set(
            InArticleBody,
            match self.article_body {
                None => -1.0,
                Some(body) => match wording::probe(text).filter(|_| self.n_searched.get() < SEARCHED_BYTES_MAX) {
                    None => 1.0,
                    Some(probe) => {
                        let found = memchr::memmem::find(body.as_bytes(), probe.as_bytes());
                        self.n_searched.set(self.n_searched.get() + found.unwrap_or(body.len()));
                        f32::from(u8::from(found.is_some()))
                    }
                },
            },
        );
        let (copies, before) = self.copies[at];
        cells.set(Copies, copies.min(20) as f32);
        cells.set(CopiesBefore, before.min(20) as f32);
        cells.set(ShapeRows, log(shape.rows));
        cells.set(ShapeDensity, share(shape.link_chars, shape.chars));
        cells.set(ShapeChars, log(shape.chars / shape.rows));
    }

    /// What widgets' words say of the row, of the heading above it and of the last line that opens a widget.
    pub(super) fn words(&self, at: usize, cells: &mut Cells<'_>, widget: Option<usize>) {
        use Column::*;
        cells.set(LineWords, f32::from(self.severities[at]));
        if let (Some(heading), ..) = self.sections[at] {
            cells.set(HeadingWords, f32::from(self.severities[heading as usize]));
        }
        cells.set(WidgetRows, distance(widget.map(|it| at - it)));
        cells.set(WidgetWords, widget.map_or(0.0, |it| f32::from(self.severities[it])));
    }

    /// Notes the row as the last line that opens a widget, if it does.
    pub(super) fn note_widget(&self, at: usize, widget: &mut Option<usize>) {
        if self.severities[at] >= OPENS_WIDGET {
            *widget = Some(at);
        }
    }

    pub(super) fn neighbours(cells: &mut [i8], places: &[Place], asked: &[bool]) {
        let n_rows = places.len();
        for at in (0..n_rows).filter(|it| asked[*it]) {
            for (index, offset) in OFFSETS.iter().enumerate() {
                let first = NEIGHBOURS_AT + index * NEIGHBOUR.len();
                let Some(other) = at.checked_add_signed(*offset).filter(|it| *it < n_rows) else {
                    cells[at * N + first] = SCALES[Column::Chars as usize].code(BEYOND);
                    continue;
                };
                let told = NEIGHBOUR.map(|column| cells[other * N + column as usize]);
                cells[at * N + first..at * N + first + told.len()].copy_from_slice(&told);
            }
            let shape = |offset: isize| at.checked_add_signed(offset).and_then(|it| places.get(it)).map(|it| it.shape);
            for (index, offset) in SAME_SHAPE.iter().enumerate() {
                cells[at * N + SAME_SHAPE_AT + index] = i8::from(shape(*offset) == shape(0));
            }
        }
    }
}

/// A neighbour's characters beyond the page's ends: less than none.
const BEYOND: f32 = -1.0;

/// Inline elements around the beginning of a row that are looked at.
const INLINE_DEPTH_MAX: usize = 32;

/// Bytes of the page's own article body that are searched for its rows, all together. Beyond, it is not known whether a row
/// stands there. A page of 1,000 rows and a body of 20 kB needs a fifth, if the body holds none of them.
const SEARCHED_BYTES_MAX: usize = 100_000_000;

/// From this severity on, a line says what follows it.
const OPENS_WIDGET: u8 = 4;

/// How much a line's words say against what it stands in: 0 nothing; 1 a label; 2 a link to the rest; 3 furniture; from 4 on
/// what follows is a widget: letters to subscribe to, the author, comments, other stories.
fn severity(blocks: &Blocks, row: &Block, survey: &Survey) -> u8 {
    // A link among its like is what it is, whatever it says; most rows of a page are such.
    let is_listed = row.link_density() > 0.8 && survey.nodes[row.element.index()].run > 3;
    if row.n_chars > WORDED_CHARS_MAX || row.n_words > WORDED_WORDS_MAX || is_listed {
        return 0;
    }
    let text = blocks.text(row);
    let meaning = row.meaning(text).or_else(|| row.label(text));
    match meaning {
        None => 0,
        Some(Meaning::DateLabel | Meaning::Byline | Meaning::ReadingTime | Meaning::PhotoCredit) => 1,
        Some(Meaning::ReadMore) => 2,
        Some(
            Meaning::Tags
            | Meaning::Share
            | Meaning::FollowUs
            | Meaning::Skip
            | Meaning::Login
            | Meaning::Copyright
            | Meaning::Advert
            | Meaning::Consent
            | Meaning::Pagination,
        ) => 3,
        Some(Meaning::Newsletter | Meaning::Support | Meaning::SubscribeWall) => 4,
        Some(Meaning::AuthorBox) => 5,
        Some(Meaning::Comments | Meaning::CommentForm) => 6,
        Some(Meaning::Related | Meaning::Popular) => 7,
    }
}

/// Longer lines say more than a widget's words.
const WORDED_CHARS_MAX: u32 = 120;
const WORDED_WORDS_MAX: u32 = 14;

fn range(rows: &Range<usize>) -> (u32, u32) {
    (rows.start as u32, rows.end as u32)
}

/// Elements by what they usually hold.
fn tag_class(tag: Option<Tag>) -> f32 {
    match tag {
        Some(Tag::P) => 9.0,
        Some(Tag::PRE | Tag::BLOCKQUOTE) => 8.0,
        Some(Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6) => 7.0,
        Some(Tag::LI | Tag::DD | Tag::DT) => 6.0,
        Some(Tag::ARTICLE | Tag::MAIN | Tag::SECTION | Tag::BODY) => 5.0,
        Some(Tag::TD | Tag::TH | Tag::TABLE | Tag::CENTER) => 4.0,
        Some(Tag::H1) => 3.0,
        Some(Tag::FIGCAPTION | Tag::FIGURE | Tag::CAPTION) => 2.0,
        Some(Tag::HEADER | Tag::FOOTER | Tag::NAV | Tag::ASIDE | Tag::FORM | Tag::ADDRESS) => 1.0,
        _ => 0.0,
    }
}

/// The inline element in which a row's text begins.
fn inline_class(tag: Option<Tag>) -> f32 {
    match tag {
        None => 0.0,
        Some(Tag::SPAN | Tag::FONT) => 1.0,
        Some(Tag::B | Tag::STRONG) => 2.0,
        Some(Tag::I | Tag::EM | Tag::CITE) => 3.0,
        Some(Tag::A) => 4.0,
        Some(Tag::TIME | Tag::SMALL) => 5.0,
        Some(_) => 6.0,
    }
}

/// Of each row: the heading above, and the rows from that heading to the next.
fn sections(blocks: &Blocks) -> Vec<(Option<u32>, u32, u32)> {
    let n_rows = blocks.rows.len();
    let mut all = Vec::with_capacity(n_rows);
    let (mut start, mut heading) = (0, None);
    let is_heading = |row: &Block| row.kind == PartKind::Heading && !row.hidden;
    while start < n_rows {
        let from = start + usize::from(heading.is_some());
        let end = (from..n_rows).find(|it| is_heading(&blocks.rows[*it])).unwrap_or(n_rows);
        all.extend((start..end).map(|_| (heading, start as u32, end as u32)));
        (start, heading) = (end, Some(end as u32));
    }
    all
}
