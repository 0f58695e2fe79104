//! What kind of page a document is, as a probability for each kind: by what it calls itself, by what its rows are like, by
//! the elements it has and by its address.
//!
//! The measurements are one row of [`NAMES`], as codes; the trees that judge it stand in `weights.txt` beside those for rows, one
//! forest a kind. They were trained on pages of seven kinds; live blogs and galleries are told by other means.

use super::marks::Mark;
use super::rules::{Verdict, prose};
use super::scale::columns;
use super::{Reading, Stated};
use crate::article::{PageType, PartKind};
use crate::dom::{Dom, Tag};
use url::Url;

/// The kinds that the trees tell apart, in the order of their forests.
pub const KINDS: [PageType; 6] = [
    PageType::Article,
    PageType::Listing,
    PageType::Forum,
    PageType::Product,
    PageType::Documentation,
    PageType::Other,
];

columns! {
    pub columns "";
    Declared: Count, Website: Count, Organization: Count, Breadcrumbs: Count, ItemList: Count, HowTo: Count, Software: Count, Video: Count, TypeProduct: Count, TypeArticle: Count,
    Rows: Log, Chars: Log, LinkShare, RowsWithLinks, LinkedTitles, Prose: Log, ProseShare, RuleProse: Log, RuleShare, LongestProse: Log, ProseRows,
    Headings, LinkedHeadings, ListItems, Tables: Log, Code: Log, Quotes: Log, Digits, Prices: Log, Questions, ShortRows,
    ShapeRows, ShapeProse, ShapeProseRows: Log,
    Comments: Log, Meta: Log, Teasers: Log, Bios: Log, Tags: Log, Promos: Log, Navs: Log, Bodies: Log,
    Articles: Log, Times: Log, Images: Log, Inputs: Log, Buttons: Log, Frames: Log, Pres: Log, Headlines: Log,
    HasArticleBody: Count, HeadlineWords: Count,
    PathDepth: Count, LastDashes: Count, LastLength: Count, PathDigits: Count, HasDate: Count, HasQuery: Count, IsFront: Count,
    SaysForum: Count, SaysDocs: Count, SaysProduct: Count, SaysList: Count, SaysArticle: Count,
}

/// Measurements of a page.
pub const N: usize = NAMES.len();

/// Words in a host's first label or a path, and which column they count for.
const ADDRESS_WORDS: &[(Column, &[&str])] = &[
    (
        Column::SaysForum,
        &[
            "forum",
            "forums",
            "community",
            "thread",
            "threads",
            "topic",
            "discussion",
            "discussions",
            "questions",
            "comments",
            "showthread",
            "viewtopic",
            "boards",
            "t",
            "answers",
            "discuss",
        ],
    ),
    (
        Column::SaysDocs,
        &[
            "docs",
            "doc",
            "documentation",
            "reference",
            "manual",
            "guide",
            "guides",
            "api",
            "wiki",
            "tutorial",
            "tutorials",
            "learn",
            "developer",
            "help",
            "support",
            "man",
            "handbook",
            "howto",
        ],
    ),
    (
        Column::SaysProduct,
        &["product", "products", "p", "dp", "item", "itm", "shop", "store", "buy", "prod", "pd", "ip"],
    ),
    (
        Column::SaysList,
        &[
            "category",
            "categories",
            "collection",
            "collections",
            "tag",
            "tags",
            "browse",
            "search",
            "c",
            "list",
            "archive",
            "archives",
            "topics",
            "section",
            "shop",
            "all",
            "catalog",
            "department",
            "jobs",
            "directory",
        ],
    ),
    (
        Column::SaysArticle,
        &[
            "blog", "news", "article", "articles", "story", "stories", "post", "posts", "magazine", "opinion",
            "politics", "sport", "world", "business", "insights",
        ],
    ),
];

/// Names whose elements are counted.
const MARKS: &[(Column, Mark)] = &[
    (Column::Comments, Mark::COMMENT),
    (Column::Meta, Mark::META),
    (Column::Teasers, Mark::TEASER),
    (Column::Bios, Mark::BIO),
    (Column::Tags, Mark::TAGS),
    (Column::Promos, Mark::PROMO),
    (Column::Navs, Mark::NAV),
    (Column::Bodies, Mark::BODY),
];

/// Measures a page by its rows and its address. What is here does not depend on any judgement of the rows but the rules'.
pub fn measure(dom: &Dom, reading: &Reading, stated: &Stated<'_>) -> [i8; N] {
    let mut cells = [0; N];
    let mut set = |column: Column, number: f32| cells[column as usize] = SCALES[column as usize].code(number);
    let has = |names: &[&str]| f32::from(u8::from(stated.types.iter().any(|it| names.contains(&it.as_str()))));
    set(Column::Declared, stated.declared as u8 as f32);
    set(Column::Website, has(&["og:website", "WebSite"]));
    set(Column::Organization, has(&["Organization", "LocalBusiness", "Corporation", "ProfessionalService", "Service"]));
    set(Column::Breadcrumbs, has(&["BreadcrumbList"]));
    set(Column::ItemList, has(&["ItemList", "CollectionPage", "SearchResultsPage", "OfferCatalog"]));
    set(Column::HowTo, has(&["HowTo", "TechArticle", "APIReference", "FAQPage", "Course"]));
    set(Column::Software, has(&["SoftwareApplication", "SoftwareSourceCode", "WebApplication"]));
    set(Column::Video, has(&["VideoObject", "og:video", "og:video.other"]));
    set(Column::TypeProduct, has(&["Product", "ProductGroup", "og:product", "Offer", "AggregateOffer"]));
    set(Column::TypeArticle, has(&["Article", "NewsArticle", "BlogPosting", "og:article"]));

    let rows: Vec<_> = reading.blocks.rows.iter().zip(&reading.verdicts).filter(|(row, _)| !row.hidden).collect();
    let n_rows = rows.len().max(1) as f32;
    let share = |n: usize| n as f32 / n_rows;
    let count = |is: &dyn Fn(&super::blocks::Block) -> bool| rows.iter().filter(|(row, _)| is(row)).count();
    let chars: f32 = rows.iter().map(|(row, _)| row.n_chars as f32).sum::<f32>().max(1.0);
    let of_prose: f32 = rows.iter().map(|(row, _)| prose(row)).sum();
    let by_rules: f32 = rows.iter().filter(|(_, it)| **it == Verdict::Keep).map(|(row, _)| prose(row)).sum();
    set(Column::Rows, super::features::log(rows.len() as u32));
    set(Column::Chars, super::features::log(chars as u32));
    set(Column::LinkShare, rows.iter().map(|(row, _)| row.n_link_chars as f32).sum::<f32>() / chars);
    set(Column::RowsWithLinks, share(count(&|row| row.n_links > 0)));
    set(Column::LinkedTitles, share(count(&|row| row.link_density() > 0.6 && row.n_chars >= 25)));
    set(Column::Prose, super::features::log(of_prose as u32));
    set(Column::ProseShare, of_prose / chars);
    set(Column::RuleProse, super::features::log(by_rules as u32));
    set(Column::RuleShare, by_rules / of_prose.max(1.0));
    set(Column::LongestProse, super::features::log(rows.iter().map(|(row, _)| prose(row) as u32).max().unwrap_or(0)));
    set(Column::ProseRows, share(count(&|row| prose(row) > 0.0)));
    set(Column::Headings, share(count(&|row| row.kind == PartKind::Heading)));
    set(Column::LinkedHeadings, share(count(&|row| row.kind == PartKind::Heading && row.link_density() > 0.5)));
    set(Column::ListItems, share(count(&|row| row.kind == PartKind::ListItem)));
    set(Column::Tables, super::features::log(count(&|row| row.kind == PartKind::Table) as u32));
    set(Column::Code, super::features::log(count(&|row| row.kind == PartKind::Code) as u32));
    set(Column::Quotes, super::features::log(count(&|row| row.kind == PartKind::Quote) as u32));
    set(Column::Digits, rows.iter().map(|(row, _)| row.n_digits as f32).sum::<f32>() / chars);
    set(Column::ShortRows, share(count(&|row| row.n_words <= 3)));
    let blocks = &reading.blocks;
    let is_price = |row: &super::blocks::Block| {
        row.n_digits > 0
            && row.n_chars <= PRICE_CHARS_MAX
            && blocks.text(row).contains(['$', '€', '£', '¥', '₹', '₽', '₩'])
    };
    set(Column::Prices, super::features::log(count(&is_price) as u32));
    set(Column::Questions, share(count(&|row| row.n_chars >= 15 && blocks.text(row).ends_with(['?', '？']))));

    // The shapes that most rows have, and that most prose has: cards of a list, posts of a thread.
    let n_shapes = reading.table.places.iter().map(|it| it.shape as usize + 1).max().unwrap_or(0);
    let mut shapes = vec![(0u32, 0f32, 0u32); n_shapes];
    for (row, place) in blocks.rows.iter().zip(&reading.table.places).filter(|(row, _)| !row.hidden) {
        let shape = &mut shapes[place.shape as usize];
        shape.0 += 1;
        shape.1 += prose(row);
        shape.2 += u32::from(prose(row) > 0.0);
    }
    set(Column::ShapeRows, shapes.iter().map(|it| it.0).max().unwrap_or(0) as f32 / n_rows);
    set(Column::ShapeProse, shapes.iter().map(|it| it.1).fold(0.0, f32::max) / of_prose.max(1.0));
    set(Column::ShapeProseRows, super::features::log(shapes.iter().map(|it| it.2).max().unwrap_or(0)));

    let mut marked = [0u32; MARKS.len()];
    for mark in reading.marks.iter().filter(|it| **it != Mark::default()) {
        for (count, (_, kind)) in marked.iter_mut().zip(MARKS) {
            *count += u32::from(mark.any(*kind));
        }
    }
    for ((column, _), n) in MARKS.iter().zip(marked) {
        set(*column, super::features::log(n));
    }

    let mut counts = [0u32; 8];
    for node in dom.nodes() {
        let at = match dom.tag(node) {
            Some(Tag::ARTICLE) => 0,
            Some(Tag::TIME) => 1,
            Some(Tag::IMG) => 2,
            Some(Tag::INPUT | Tag::SELECT | Tag::TEXTAREA) => 3,
            Some(Tag::BUTTON) => 4,
            Some(Tag::IFRAME | Tag::VIDEO) => 5,
            Some(Tag::PRE) => 6,
            Some(Tag::H1) => 7,
            _ => continue,
        };
        counts[at] += 1;
    }
    let elements = [
        Column::Articles,
        Column::Times,
        Column::Images,
        Column::Inputs,
        Column::Buttons,
        Column::Frames,
        Column::Pres,
        Column::Headlines,
    ];
    for (column, n) in elements.into_iter().zip(counts) {
        set(column, super::features::log(n));
    }
    set(Column::HasArticleBody, f32::from(u8::from(stated.article_body.is_some())));
    set(Column::HeadlineWords, stated.headlines.first().map_or(0, |it| it.split_whitespace().count()).min(40) as f32);
    if let Some(url) = stated.address {
        address(url, &mut set);
    }
    cells
}

/// Characters of a row that is a price.
const PRICE_CHARS_MAX: u32 = 20;

fn address(url: &Url, set: &mut impl FnMut(Column, f32)) {
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let last = segments.last().copied().unwrap_or("");
    set(Column::PathDepth, segments.len().min(9) as f32);
    set(Column::LastDashes, last.matches(['-', '_']).count().min(20) as f32);
    set(Column::LastLength, last.len().min(120) as f32);
    set(Column::PathDigits, path.bytes().filter(u8::is_ascii_digit).count().min(20) as f32);
    let is_year = |it: &&str| {
        it.len() == 4 && (it.starts_with("19") || it.starts_with("20")) && it.bytes().all(|b| b.is_ascii_digit())
    };
    set(Column::HasDate, f32::from(u8::from(segments.iter().any(is_year))));
    set(Column::HasQuery, f32::from(u8::from(url.query().is_some())));
    set(Column::IsFront, f32::from(u8::from(segments.is_empty())));
    let host = url.host_str().unwrap_or("");
    for (column, words) in ADDRESS_WORDS {
        let mut parts =
            host.split('.').chain(segments.iter().flat_map(|it| it.split(['-', '.'])).take(ADDRESS_PARTS_MAX));
        set(*column, f32::from(u8::from(parts.any(|it| words.contains(&it)))));
    }
}

/// Parts of a path that are looked at: a long one is a headline.
const ADDRESS_PARTS_MAX: usize = 12;

/// How likely a page is of each of [`KINDS`].
pub type Likely = [f32; KINDS.len()];

/// The kind that a page most likely is, and how likely. Cross-validated by site on the seven kinds of wcxb-dev: right for 85
/// of 100 pages; of those that it gives 0.7 to 0.9 for 91, of those above 0.9 for 99.
pub fn likeliest(likely: &Likely) -> (PageType, f32) {
    let best = (1..KINDS.len()).fold(0, |best, it| if likely[it] > likely[best] { it } else { best });
    (KINDS[best], likely[best])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;
    use crate::main_content::Anchors;

    fn measured(html: &str, url: &str) -> [i8; N] {
        let dom = Dom::parse(html, &Options::default());
        let url = url.parse().ok();
        let anchors = Anchors { stated: Stated { address: url.as_ref(), ..Stated::default() }, headline_node: None };
        measure(&dom, &Reading::of(&dom, &anchors), &anchors.stated)
    }

    #[track_caller]
    fn check(html: &str, url: &str, column: Column, expected: f32) {
        assert_eq!(measured(html, url)[column as usize], SCALES[column as usize].code(expected));
    }

    #[test]
    fn an_address_says_what_it_leads_to() {
        check("", "https://docs.example.com/guide/", Column::SaysDocs, 1.0);
        check("", "https://example.com/2024/05/harbour-opens-again", Column::HasDate, 1.0);
        check("", "https://example.com/2024/05/harbour-opens-again", Column::LastDashes, 2.0);
        check("", "https://example.com/", Column::IsFront, 1.0);
        check("", "https://example.com/docsis", Column::SaysDocs, 0.0);
    }

    #[test]
    fn rows_and_elements_are_counted() {
        let shop = "<ul><li>Lamp <p>€ 12,50</p><button>Buy</button><li>Oil <p>€ 3</p><button>Buy</button></ul>";
        check(shop, "https://example.com/", Column::Prices, super::super::features::log(2));
        check(shop, "https://example.com/", Column::Buttons, super::super::features::log(2));
    }
}
