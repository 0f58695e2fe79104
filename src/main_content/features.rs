//! A page's rows as numbers: one named measurement a column, for the model to judge by.
//!
//! Everything here means the same on every site and in every language: shapes of texts, places in the tree, what stands
//! around. Class names count through their [meanings](super::marks) and through [what training made of their
//! words](super::tokens). A row is measured by itself first; then it is told of the rows next to it. [`context`] adds what a
//! first judgement of all rows says about each.

mod alike;
pub mod context;
mod page;
mod survey;
mod wording;

use super::blocks::Blocks;
use super::marks::Mark;
use super::scale::{Scale, columns};
use super::tokens::{self, Called};
use crate::dom::Dom;
use page::Page;
use survey::{Survey, around};

/// What the page's own data says about its story, to compare rows with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anchors<'a> {
    /// Candidates for the headline, the best first.
    pub headlines: &'a [&'a str],
    /// Another headline of the story, of those that are no candidates.
    pub alternative_headline: Option<&'a str>,
    /// Summaries.
    pub descriptions: &'a [&'a str],
    /// The body as the page's data gives it, whole or not.
    pub article_body: Option<&'a str>,
    /// What the data calls the page.
    pub declared: Declared,
    /// All that it calls the page and what is on it, see [`Declared::of`].
    pub types: &'a [String],
    /// Names that the page gives as its authors'.
    pub authors: &'a [&'a str],
    /// Classes of the parts that are paid for.
    pub paid_classes: &'a [String],
    /// Where the page belongs.
    pub address: Option<&'a url::Url>,
}

/// What a page's data calls it: `og:type`, or the types in its JSON-LD, the most particular of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Declared {
    /// Nothing, or no more than a web page.
    #[default]
    Nothing,
    /// A news story.
    News,
    /// An article of any other kind, a blog's post.
    Article,
    /// A question or a thread.
    Forum,
    /// Something to buy.
    Product,
    /// A list of other pages.
    Listing,
}

impl Declared {
    /// What types say of a page: schema.org types without prefix, and `og:` with the Open Graph type.
    pub fn of(types: &[String]) -> Self {
        let any = |is: fn(&str) -> bool| types.iter().any(|it| is(it));
        if any(|it| matches!(it, "DiscussionForumPosting" | "QAPage")) {
            Self::Forum
        } else if any(|it| it.ends_with("NewsArticle") || it == "LiveBlogPosting") {
            Self::News
        } else if any(|it| it.ends_with("Article") || matches!(it, "og:article" | "BlogPosting")) {
            Self::Article
        } else if any(|it| matches!(it, "Product" | "ProductGroup" | "og:product")) {
            Self::Product
        } else if any(|it| matches!(it, "CollectionPage" | "ItemList" | "SearchResultsPage")) {
            Self::Listing
        } else if any(|it| matches!(it, "Review" | "CriticReview")) {
            Self::Article
        } else {
            Self::Nothing
        }
    }
}

/// One row of numbers for each block.
#[derive(Debug)]
pub struct Table {
    /// Row by row, one code a column, see [`scales`]; empty for a page of more than [`MEASURED_ROWS_MAX`] rows.
    pub cells: Vec<i8>,
    /// What is worth knowing of each row beside its numbers; of one that is not measured, its shape.
    pub places: Vec<Place>,
    /// The rows that are measured.
    pub asked: Vec<u32>,
    /// How much each row is like the headline, from 0.0 to 1.0: share of its words in the likest candidate times share of
    /// that one's words in it.
    pub headline_likeness: Vec<f32>,
    survey: Option<Survey>,
}

/// Rows of a page that are measured and judged by the model; each costs a quarter of a kilobyte and a few microseconds. The
/// longest of the 2,080 pages of wcxb-dev, fundus-a and traf-a has 2,641.
pub const MEASURED_ROWS_MAX: usize = 20_000;

/// Where a row stands: for judging rows together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// Rows of one shape have the same number, from 0 on: the names and classes of the element and the one around it.
    pub shape: u32,
    /// Rows of the page inside the element around the row's element.
    pub parent: (u32, u32),
    /// Rows inside the outermost element that holds the row but not the container.
    pub branch: (u32, u32),
    /// Rows from the heading above to the next one.
    pub section: (u32, u32),
}

impl Table {
    /// The codes of a row.
    pub fn row(&self, row: usize) -> &[i8; N] {
        &self.cells.as_chunks().0[row]
    }

    fn survey(&self) -> &Survey {
        self.survey.as_ref().expect("only a page that is measured is asked about")
    }
}

columns! {
    columns "";
    /// Logarithm of the characters.
    Chars: Log,
    LinkDensity,
    StrongShare,
    Sentences: Count,
    DigitShare,
    UpperShare,
    End: Count,
    Start: Count,
    Quotes: Count,
    Signs: Count,
    Kind: Count,
    Level: Count,
    Hidden: Count,
    TagClass: Count,
    ParentTagClass: Count,
    InlineClass: Count,
    Depth: Count,
    /// Mean characters of a sentence.
    SentenceChars: Count,
    Prose: Count,
    // The elements around.
    Run: Count,
    GrandparentRun: Count,
    RunsAbove: Count,
    ParentShare,
    ParentDensity,
    ParentRows: Log,
    ParentProse,
    GrandparentShare,
    GrandparentDensity,
    GrandparentProse,
    ArticleShare,
    ControlsNear: Count,
    ControlsInParent: Count,
    ImagesInParent: Count,
    // The container by score.
    ScoredUp: Count,
    ScoredDown: Count,
    BranchShare,
    BranchDensity,
    BranchRows: Log,
    BranchProse,
    BranchMarks: Count,
    BranchTag: Count,
    BranchControls: Count,
    // The container by density.
    DenseUp: Count,
    DenseBranchShare,
    DenseBranchDensity,
    // The place on the page.
    Position,
    CharsBefore,
    ProseBefore,
    ProseAfter,
    ProseNearBefore: Log,
    ProseNearAfter: Log,
    RowsSinceProse: Count,
    RowsToProse: Count,
    RowsFromFirstProse: Count,
    RowsFromLastProse: Count,
    // The heading above.
    HeadingRows: Count,
    HeadingLevel: Count,
    HeadingShareLinks,
    SectionDensity,
    SectionChars: Log,
    SectionProse,
    // The page's data.
    HeadlineRow,
    HeadlineOf,
    HeadlineDistance: Count,
    DescriptionRow,
    DescriptionOf,
    /// -1 where there is none, 0 not in it, 1 in it or too short to tell.
    InArticleBody: Count,
    // Words of widgets, see [`severity`].
    LineWords: Count,
    HeadingWords: Count,
    WidgetRows: Count,
    WidgetWords: Count,
    // Elsewhere on the page.
    Copies: Count,
    CopiesBefore: Count,
    ShapeRows: Log,
    ShapeDensity,
    ShapeChars: Log,
    // The page.
    PageProse: Log,
    PageChars: Log,
    PageDensity,
    PageRows: Log,
    ContainerProseShare,
    PageDeclared: Count,
    // Marks summed up.
    AgainstNear: Count,
    AgainstFar: Count,
}

const N_OWN: usize = NAMES.len();

/// Marks that get a column each: 3 the element's own (or an inline element's at the start of the row), 2 of the three
/// around it, 1 of any farther out, 0 none.
const MARKS: [Mark; 24] = [
    Mark::COMMENT,
    Mark::PROMO,
    Mark::NAV,
    Mark::FOOTER,
    Mark::SIDEBAR,
    Mark::BIO,
    Mark::TAGS,
    Mark::AD,
    Mark::CONSENT,
    Mark::POPUP,
    Mark::CAPTION,
    Mark::META,
    Mark::HIDDEN,
    Mark::PAYWALL,
    Mark::BOX,
    Mark::TEASER,
    Mark::BODY,
    Mark::LEAD,
    Mark::EMBED,
    Mark::MEDIA,
    Mark::QUOTE,
    Mark::IS_NAV,
    Mark::IS_FOOTER,
    Mark::IS_FORM,
];

/// Columns that a row is told of its neighbours, in the order of [`OFFSETS`].
const NEIGHBOUR: [Column; 6] =
    [Column::Chars, Column::LinkDensity, Column::End, Column::TagClass, Column::AgainstNear, Column::StrongShare];
const OFFSETS: [isize; 4] = [-2, -1, 1, 2];
/// Of the rows next to it: whether they are of the same shape.
const SAME_SHAPE: [isize; 2] = [-1, 1];

const AROUND_AT: usize = N_OWN;
const MARKS_AT: usize = AROUND_AT + around::NAMES.len();
const NEIGHBOURS_AT: usize = MARKS_AT + MARKS.len();
const SAME_SHAPE_AT: usize = NEIGHBOURS_AT + OFFSETS.len() * NEIGHBOUR.len();
const TOKENS_AT: usize = SAME_SHAPE_AT + SAME_SHAPE.len();

/// Numbers a row.
pub const N: usize = TOKENS_AT + tokens::COLUMNS.len();

/// The name of each column.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = NAMES.iter().map(|it| (*it).to_owned()).collect();
    names.extend(around::NAMES.iter().map(|(_, it)| format!("In:{it}")));
    let name = |mark: &Mark| Mark::NAMES.iter().find(|(_, it)| it == mark).map_or("", |(name, _)| name);
    names.extend(MARKS.iter().map(|it| format!("Mark:{}", name(it))));
    for offset in OFFSETS {
        names.extend(NEIGHBOUR.iter().map(|it| format!("{}@{offset:+}", NAMES[*it as usize])));
    }
    names.extend(SAME_SHAPE.iter().map(|it| format!("SameShape@{it:+}")));
    names.extend(tokens::COLUMNS.map(str::to_owned));
    names
}

/// How the numbers of each column become codes, in the order of [`names`].
pub fn scales() -> [Scale; N] {
    let mut scales = [Scale::Count; N];
    scales[..N_OWN].copy_from_slice(SCALES);
    for (at, scale) in scales[NEIGHBOURS_AT..SAME_SHAPE_AT].iter_mut().enumerate() {
        *scale = SCALES[NEIGHBOUR[at % NEIGHBOUR.len()] as usize];
    }
    scales
}

/// Measures the rows of a page that are `asked` about, one flag a row; of the others only what their neighbours are told.
pub fn measure(dom: &Dom, blocks: &Blocks, marks: &[Mark], anchors: &Anchors<'_>, asked: &[bool]) -> Table {
    let n_rows = blocks.rows.len();
    let mut places = vec![Place::default(); n_rows];
    let likeness = alike::likeness(blocks, anchors);
    let headline_likeness = likeness.iter().map(|[row, of, ..]| row * of).collect();
    let shapes = alike::shapes(dom, blocks, &mut places);
    if n_rows > MEASURED_ROWS_MAX {
        return Table { cells: Vec::new(), places, asked: Vec::new(), headline_likeness, survey: None };
    }
    let survey = Survey::new(dom, blocks, marks);
    let page = Page::new(dom, blocks, &survey, anchors, &likeness);
    let mut cells_of_all = vec![0; n_rows * N];
    let mut widget = None;
    let common = page.common();
    let mut called = Called::new(dom, tokens::built_in());
    for (at, (place, cells)) in places.iter_mut().zip(cells_of_all.as_chunks_mut().0).enumerate() {
        let mut cells = Cells(cells);
        if asked[at] {
            *cells.0 = common;
            let told = page.told(at, &mut cells);
            page.own(at, &mut cells, told);
            page.tree(at, &mut cells, told, place);
            page.position(at, &mut cells, place);
            page.elsewhere(at, &mut cells, shapes[place.shape as usize]);
            page.words(at, &mut cells, widget);
            let tokens = called.columns(blocks.rows[at].element);
            cells.0[TOKENS_AT..].copy_from_slice(&tokens.map(|it| Scale::Count.code(it)));
        } else if OFFSETS.iter().any(|it| at.checked_add_signed(*it).is_some_and(|it| asked.get(it) == Some(&true))) {
            page.told(at, &mut cells);
        }
        page.note_widget(at, &mut widget);
    }
    Page::neighbours(&mut cells_of_all, &places, asked);
    let asked = (0..n_rows as u32).filter(|it| asked[*it as usize]).collect();
    Table { cells: cells_of_all, places, asked, headline_likeness, survey: Some(survey) }
}

struct Cells<'a>(&'a mut [i8; N]);

impl Cells<'_> {
    #[inline]
    fn set(&mut self, column: Column, number: f32) {
        self.0[column as usize] = SCALES[column as usize].code(number);
    }
}

/// Logarithm of a count, 0 for 0: what is twice as much is one more.
pub(super) fn log(n: u32) -> f32 {
    // Exact bits of an integer, with the next four as a fraction: the same on every machine, and steps are small enough.
    let n = n + 1;
    let bits = 31 - n.leading_zeros();
    let fraction = if bits >= 4 { (n >> (bits - 4)) & 15 } else { (n << (4 - bits)) & 15 };
    bits as f32 + fraction as f32 / 16.0
}

/// A distance in rows, as far as it matters.
fn distance(rows: Option<usize>) -> f32 {
    rows.map_or(64.0, |it| it.min(63) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;
    use crate::main_content::{blocks, marks};
    use std::collections::HashSet;

    const PAGE: &str =
        "<nav><ul><li><a href=/a>Ferries</a><li><a href=/b>Bridges</a><li><a href=/c>Roads</a></ul></nav>
        <main><h1>Bridge reopens</h1><div class=byline>By Ann Lee</div>
        <p>The old bridge over the Lind reopened on Monday, after three years of repairs, the town said.
        <p>“It took longer than we hoped,” said the engineer in charge, who had promised it for last spring.
        <h2>Related articles</h2><ul class=related-posts><li><a href=/d>Ferry late again</a></ul></main>";

    /// The named number of the row whose text begins so.
    #[track_caller]
    fn check(row: &str, column: &str, expected: f32) {
        let dom = Dom::parse(PAGE, &Options::default());
        let blocks = blocks::split(&dom);
        let anchors = Anchors {
            headlines: &["Bridge reopens | The Herald", "Bridge reopens"],
            article_body: None,
            declared: Declared::News,
            ..Anchors::default()
        };
        let all = vec![true; blocks.rows.len()];
        let table = measure(&dom, &blocks, &marks::marks(&dom, &[]), &anchors, &all);
        let row = blocks.rows.iter().position(|it| blocks.text(it).starts_with(row)).unwrap();
        let column = names().iter().position(|it| it == column).unwrap();
        assert_eq!(table.row(row)[column], scales()[column].code(expected));
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let names: HashSet<String> =
            names().into_iter().chain(context::NAMES.iter().map(|it| (*it).to_owned())).collect();
        assert_eq!(names.len(), N + context::N);
        assert!(!names.contains("Mark:") && names.contains("Mark:CAPTION"));
    }

    #[test]
    fn the_bits_of_what_is_around_are_its_columns() {
        assert!(around::NAMES.iter().enumerate().all(|(at, (bit, _))| *bit == 1 << at));
    }

    #[test]
    fn texts_are_measured() {
        check("The old bridge", "Prose", 1.0);
        check("The old bridge", "End", 3.0);
        check("Ferries", "LinkDensity", 1.0);
        check("“It took", "Start", 3.0);
        check("“It took", "Quotes", 2.0);
    }

    #[test]
    fn places_are_measured() {
        check("Ferries", "Run", 3.0);
        check("Ferries", "In:item", 1.0);
        check("Bridge reopens", "In:main", 1.0);
        check("“It took", "RowsFromFirstProse", 1.0);
        check("“It took", "RowsFromLastProse", 0.0);
        check("The old bridge", "HeadlineDistance", 2.0);
        check("Ferry", "HeadingRows", 1.0);
        check("Ferry", "SectionProse", 0.0);
    }

    #[test]
    fn meanings_count_near_more_than_far() {
        check("By Ann", "Mark:META", 3.0);
        check("Ferries", "Mark:IS_NAV", 2.0);
        check("The old bridge", "Mark:META", 0.0);
        check("Related", "LineWords", 7.0);
        check("Ferry", "HeadingWords", 7.0);
    }

    #[test]
    fn rows_are_compared_with_the_pages_own_data() {
        check("Bridge reopens", "HeadlineRow", 1.0);
        check("Bridge reopens", "HeadlineOf", 1.0);
        check("Ferry", "HeadlineRow", 0.0);
        check("The old bridge", "InArticleBody", -1.0);
        check("The old bridge", "PageDeclared", 3.0);
    }

    #[test]
    fn rows_are_told_of_their_neighbours() {
        check("The old bridge", "End@+1", 3.0);
        check("The old bridge", "SameShape@+1", 1.0);
        check("The old bridge", "SameShape@-1", 0.0);
        check("Ferries", "Chars@-1", -1.0);
        check("Ferries", "LinkDensity@+2", 1.0);
    }

    #[test]
    fn the_most_particular_type_tells_what_a_page_is() {
        let of = |types: &[&str]| Declared::of(&types.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["WebPage", "og:article", "NewsArticle"]), Declared::News);
        assert_eq!(of(&["og:article"]), Declared::Article);
        assert_eq!(of(&["og:website", "Product"]), Declared::Product);
        assert_eq!(of(&["WebPage"]), Declared::Nothing);
        assert_eq!(of(&["Product", "Review"]), Declared::Product);
        assert_eq!(of(&["Organization", "Review"]), Declared::Article);
    }

    #[test]
    fn a_page_without_text_has_no_rows() {
        let dom = Dom::parse("<p><img src=x>", &Options::default());
        let blocks = blocks::split(&dom);
        let all = vec![true; blocks.rows.len()];
        let table = measure(&dom, &blocks, &marks::marks(&dom, &[]), &Anchors::default(), &all);
        assert!(table.cells.is_empty() && context::measure(&dom, &blocks, &table, &[], 0.0).is_empty());
    }

    #[test]
    fn a_first_judgement_tells_each_row_of_the_others() {
        let dom = Dom::parse(PAGE, &Options::default());
        let blocks = blocks::split(&dom);
        let all = vec![true; blocks.rows.len()];
        let table = measure(&dom, &blocks, &marks::marks(&dom, &[]), &Anchors::default(), &all);
        let prose: Vec<f32> = table.survey().prose.iter().map(|it| f32::from(u8::from(*it))).collect();
        let cells = context::measure(&dom, &blocks, &table, &prose, 0.0);
        let of = |row: usize, column: &str| {
            let column = context::NAMES.iter().position(|it| it.strip_prefix("Judged:") == Some(column)).unwrap();
            context::SCALES[column].number(cells[row * context::N + column])
        };
        let first = prose.iter().position(|it| *it == 1.0).unwrap();
        assert_eq!((of(first, "Own"), of(first, "After1"), of(first, "Before1")), (1.0, 1.0, 0.0));
        assert_eq!((of(first, "Shape"), of(first, "RowsTo"), of(first, "MassBefore")), (1.0, 1.0, 0.0));
        assert_eq!((of(0, "Shape"), of(0, "Branch"), of(0, "MassBranchShare")), (0.0, 0.0, 0.0));
    }
}
