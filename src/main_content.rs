//! Document to story: blocks, what they say about themselves, a verdict for each, and the parts of the body.
//!
//! [`find`] is the way whole. The tree is read, never marked; each stage adds typed rows beside it.

mod alternatives;
mod assemble;
pub mod blocks;
mod comments;
mod consent;
mod data;
pub mod decide;
mod embeds;
pub mod features;
pub mod marks;
mod media;
pub mod model;
mod noscript;
mod notes;
pub mod page_type;
pub mod picks;
pub mod posts;
mod recall;
pub mod rules;
pub mod saved_text;
pub mod scale;
mod streamed;
pub mod tokens;
pub mod verdict;
mod word_hash;
pub mod words;

use crate::article::{BodyPart, Comment, Dropped, PageType, PartKind};
use crate::dom::{self, Dom, NodeId};
use crate::site_memory;
pub use assemble::structure;
use blocks::Blocks;
pub use features::{Anchors as Stated, Declared};
use marks::Mark;
use picks::Picks;
pub use recall::Site;
pub use rules::Anchors;
use rules::{Reason, Verdict, prose};
use std::ops::Range;
use url::Url;
use words::Meaning;

/// What was found on a page.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The body, in order, as it stands in the page: not yet mended, lists and labels not yet told.
    pub parts: Vec<BodyPart>,
    /// The element of the first paragraph after the standfirst.
    pub first_node: Option<NodeId>,
    /// What was left out, in document order; empty unless asked for.
    pub dropped: Vec<Dropped>,
    /// What readers wrote.
    pub comments: Vec<Comment>,
    /// How good the body is, from 0.0 to 1.0: the word F1 that the model's probabilities make one expect; where the rules
    /// decided alone, the share of the page's prose that is in it, which nobody has measured.
    ///
    /// How it compares with the F1 that was reached, on pages that the model was trained on: fundus-a 0.985 expected, 0.991
    /// reached. wcxb-dev, from 0.9 on 0.973 and 0.965 (1,079 pages), from 0.8 on 0.857 and 0.845 (218), from 0.7 on 0.749 and
    /// 0.718 (110), below 0.483 and 0.521 (90).
    pub confidence: f32,
    /// Whether the page asks for money or an account before the rest.
    pub has_wall: bool,
    /// Whether what the page's data calls the paid part is in the body.
    pub has_paid_part: bool,
    /// Whether the page ends in a link to the rest.
    pub continues: bool,
    /// Whether a question about cookies is the most there is.
    pub has_consent: bool,
    /// Whether the page is links to stories rather than one.
    pub is_listing: bool,
    /// Whether the page is pictures with captions rather than prose.
    pub is_gallery: bool,
    /// The kind of page by the model, and how likely it is; `None` for news, whose own word is more certain than any guess,
    /// and for what is no page.
    pub page_type: Option<(PageType, f32)>,
    /// The page's blocks for a memory of its site, as chosen without one; empty unless asked for.
    pub rows: Vec<site_memory::Row>,
}

/// A page's document as a reader sees it: with what comes late in its place, and as it is without scripts where it says more
/// so.
pub fn parse(html: &str, options: &dom::Options) -> Dom {
    let mut dom = Dom::parse(html, options);
    if let Some(filled) = streamed::filled(html, &dom) {
        dom = Dom::parse(&filled.html, options);
        dom.move_sources(|at| filled.source(at));
    }
    match noscript::shown(html, &dom) {
        Some(shown) => Dom::parse(&shown, options),
        None => dom,
    }
}

/// The story of a document.
///
/// The rules judge every block, and the learned model decides with their verdict as one witness among many; they also say
/// why a block is out. In an article what is kept is then [tidied](rules::tidy) line by line; on other pages the model's
/// choice stands.
///
/// With a `site`, what its other pages say moves the verdicts last. What `picks` select is the story, and nobody is asked.
pub fn find(
    dom: &Dom,
    anchors: &Anchors<'_>,
    picks: Picks,
    url: Option<&Url>,
    with_dropped: bool,
    site: Option<&Site<'_>>,
) -> Story {
    if picks.is_selecting() {
        return picked(dom, anchors, picks, url);
    }
    let reading = Reading::of_picked(dom, anchors, picks);
    let probabilities = decide::probabilities(dom, &reading, anchors.stated.declared);
    reading.story(dom, anchors, url, probabilities, with_dropped, site)
}

/// A document cut into rows, each measured and judged by the rules: all that the choice is made from.
#[derive(Debug)]
pub struct Reading {
    /// The rows.
    pub blocks: Blocks,
    /// What the page's names say, one a node.
    pub marks: Vec<Mark>,
    /// The rules' verdicts, one a row.
    pub verdicts: Vec<Verdict>,
    /// The rows as numbers.
    pub table: features::Table,
}

impl Reading {
    /// Cuts, measures and judges.
    pub fn of(dom: &Dom, anchors: &Anchors<'_>) -> Self {
        Self::of_picked(dom, anchors, Picks::default())
    }

    /// The same of what a person's rules leave of the document.
    pub fn of_picked(dom: &Dom, anchors: &Anchors<'_>, picks: Picks) -> Self {
        let mut blocks = blocks::split_picked(dom, picks);
        let marks = marks::marks(dom, anchors.stated.paid_classes);
        tell_captions(dom, &mut blocks, &marks);
        if matches!(anchors.stated.declared, Declared::News | Declared::Article) {
            alternatives::tell(dom, &mut blocks);
        }
        let verdicts = rules::judge(dom, &blocks, &marks, anchors);
        let asked: Vec<bool> = verdicts.iter().map(|it| !it.is_settled(anchors.stated.declared)).collect();
        let table = features::measure(dom, &blocks, &marks, &anchors.stated, &asked);
        Self { blocks, marks, verdicts, table }
    }

    /// The story by the model's `probabilities`, one a row.
    pub fn story(
        &self,
        dom: &Dom,
        anchors: &Anchors<'_>,
        url: Option<&Url>,
        probabilities: Vec<f32>,
        with_dropped: bool,
        site: Option<&Site<'_>>,
    ) -> Story {
        let declared = anchors.stated.declared;
        let kinds = (declared != Declared::News)
            .then(|| model::built_in().page_types(&page_type::measure(dom, self, &anchors.stated)));
        let page_type = kinds.as_ref().map(page_type::likeliest);
        let choice = decide::choose(self, declared, kinds.as_ref(), probabilities);
        let Self { blocks, marks, .. } = self;
        let mut verdicts = self.verdicts.clone();
        let is_article = match declared {
            Declared::News | Declared::Article => true,
            Declared::Nothing => {
                page_type.is_none_or(|(kind, likely)| kind == PageType::Article || likely < OTHER_LIKELY_MIN)
            }
            Declared::Forum | Declared::Product | Declared::Listing => false,
        };
        let is_declared = matches!(declared, Declared::News | Declared::Article);
        // A page of which the model takes nothing is left to the rules, and so is an article of which it takes no prose, unless
        // they know of none and it takes a list's worth.
        let kept = || blocks.rows.iter().zip(&choice.keep).filter(|(_, keep)| **keep).map(|(row, _)| row);
        let is_by_rules =
            || blocks.rows.iter().zip(&verdicts).any(|(row, it)| *it == Verdict::Keep && prose(row) > 0.0);
        let is_bare_list = || kept().map(|it| it.n_words).sum::<u32>() >= LIST_WORDS_MIN && !is_by_rules();
        let is_by_model =
            kept().next().is_some() && (!is_article || kept().any(|it| prose(it) > 0.0) || is_bare_list());
        if is_by_model {
            for (row_idx, keep) in choice.keep.iter().enumerate() {
                let is_heading = blocks.rows[row_idx].kind == PartKind::Heading;
                verdicts[row_idx] = match (*keep, verdicts[row_idx]) {
                    (true, Verdict::Drop(Reason::Headline)) => verdicts[row_idx],
                    (true, settled) if settled.is_settled(declared) => settled,
                    // What is hidden in an article may open at a click, or be there for no reader.
                    (true, Verdict::Drop(Reason::Hidden))
                        if is_article
                            && (blocks.rows[row_idx].kind == PartKind::Code
                                || choice.probabilities[row_idx] < HIDDEN_LIKELY_MIN) =>
                    {
                        verdicts[row_idx]
                    }
                    (true, Verdict::Drop(Reason::Form)) if is_article => verdicts[row_idx],
                    (true, _) => Verdict::Keep,
                    (false, Verdict::Keep) if is_heading && is_declared => Verdict::Keep,
                    (false, Verdict::Keep) => Verdict::Drop(Reason::Unlikely),
                    (false, Verdict::Drop(_)) => verdicts[row_idx],
                };
            }
            if is_article {
                verdicts = rules::tidy(dom, blocks, marks, anchors, verdicts);
            }
            // Headings of a story that the rules alone keep fall with what stands under them.
            let mut filled = verdicts.clone();
            rules::drop_empty_headings(blocks, &mut filled);
            for (row_idx, _) in choice.keep.iter().enumerate().filter(|(_, keep)| !**keep) {
                verdicts[row_idx] = filled[row_idx];
            }
        }
        let rows = site.map_or_else(Vec::new, |_| recall::rows(dom, blocks, &verdicts));
        // What lists of one site share is what they list.
        let is_list = page_type.is_some_and(|(kind, _)| kind == PageType::Listing);
        if let Some(hints) = site.filter(|_| !is_list).and_then(|it| it.evidence.hints(it.page, &rows)) {
            recall::apply(blocks, &hints, &choice.probabilities, &mut verdicts);
        }
        let beside = notes::keep(dom, blocks, &mut verdicts);
        let mut parts = assemble::parts(dom, blocks, &verdicts, anchors, url);
        for (part, rows) in &mut parts {
            part.beside = beside.binary_search(&rows.start).is_ok();
        }
        notes::number(dom, blocks, &mut parts);
        let first_node = first_node(blocks, &parts);
        let mut story = judged(blocks, &verdicts, with_dropped);
        story.has_consent |= consent::is_consent_wall(dom, blocks, marks);
        let is_paid = marks::inside(dom, anchors.stated.paid_classes);
        story.has_paid_part = !is_paid.is_empty()
            && blocks
                .rows
                .iter()
                .zip(&verdicts)
                .any(|(row, it)| *it == Verdict::Keep && prose(row) > 0.0 && is_paid[row.element.index()]);
        story.first_node = first_node;
        story.rows = rows;
        story.page_type = page_type;
        let parts = media::place(&media::Page { dom, blocks, marks, url }, anchors.headline_node, parts);
        story.parts = parts.into_iter().map(|(part, _)| part).collect();
        story.comments = comments::find(dom, blocks, &verdicts);
        if is_by_model {
            story.confidence = choice.expected_f1;
        }
        story
    }
}

/// Words of a list that make it the content of a page without prose: a page that only says that it is not there has fewer;
/// the lists of wcxb-dev that this is about have 160 and more.
const LIST_WORDS_MIN: u32 = 50;
/// How likely a hidden row of an article must be of the story, to be in.
const HIDDEN_LIKELY_MIN: f32 = 0.8;
/// From this on a page that the model takes for something else is none of an article's: of those that it gives 0.6 to 0.7,
/// 83 of 100 are what it says.
const OTHER_LIKELY_MIN: f32 = 0.6;

/// The story that the rules select: all of it, but for the headline over it.
fn picked(dom: &Dom, anchors: &Anchors<'_>, picks: Picks, url: Option<&Url>) -> Story {
    let mut blocks = blocks::split_picked(dom, picks);
    let marks = marks::marks(dom, anchors.stated.paid_classes);
    tell_captions(dom, &mut blocks, &marks);
    let headlines: Vec<String> = anchors.stated.headlines.iter().map(|it| crate::text::fold(it)).collect();
    let n_before_prose = blocks.rows.iter().take_while(|it| prose(it) == 0.0).count();
    let is_headline = |(row_idx, row)| {
        let text = crate::text::fold(blocks.text(row));
        row_idx < n_before_prose && headlines.iter().any(|it| rules::is_same_headline(&text, it))
    };
    let verdict = |row| if is_headline(row) { Verdict::Drop(Reason::Headline) } else { Verdict::Keep };
    let verdicts: Vec<Verdict> = blocks.rows.iter().enumerate().map(verdict).collect();
    // Captions go with their pictures, but who selects nothing else wants to read them.
    if blocks.rows.iter().all(|it| it.kind == PartKind::Caption) {
        blocks.rows.iter_mut().for_each(|it| it.kind = PartKind::Paragraph);
    }
    let mut parts = assemble::parts(dom, &blocks, &verdicts, anchors, url);
    notes::number(dom, &blocks, &mut parts);
    Story {
        first_node: first_node(&blocks, &parts),
        parts: parts.into_iter().map(|(part, _)| part).collect(),
        confidence: 1.0,
        ..Story::default()
    }
}

/// The element of the first paragraph proper: bylines stand above it, often below the standfirst.
fn first_node(blocks: &Blocks, parts: &[(BodyPart, Range<usize>)]) -> Option<NodeId> {
    let is_proper = |(part, rows): &&(BodyPart, Range<usize>)| {
        part.kind == PartKind::Paragraph && part.role.is_none() && prose(&blocks.rows[rows.start]) > 0.0
    };
    let first = parts.iter().find(is_proper).or(parts.first());
    first.map(|(_, rows)| blocks.rows[rows.start].element)
}

/// The story in the lines of a text without markup, and its headline.
pub fn find_in_text(blocks: &Blocks, with_dropped: bool) -> (Story, Option<String>) {
    let (verdicts, headline) = saved_text::judge(blocks);
    let mut story = judged(blocks, &verdicts, with_dropped);
    for (row, _) in blocks.rows.iter().zip(&verdicts).filter(|(_, it)| **it == Verdict::Keep) {
        let level = (row.kind == PartKind::Heading).then_some(row.level);
        let src = Some(crate::article::Source { page: None, node: row.element.index(), offset: None });
        story.parts.push(BodyPart { level, src, ..BodyPart::new(row.kind, blocks.text(row)) });
    }
    (story, headline.map(|it| crate::text::collapse(blocks.text(&blocks.rows[it]))))
}

/// The story in a page's data, where that holds much more of it than what the page shows. Lists and products show little prose
/// as well, but what they show is what they are about: with the longest prose of their data in its place, wcxb-dev had 0.862
/// instead of 0.869.
pub fn from_data(dom: &Dom, anchors: &Anchors<'_>, shown: &Story) -> Option<Story> {
    let may_be_article = match anchors.stated.declared {
        Declared::News | Declared::Article => true,
        Declared::Nothing => shown.page_type.is_none_or(|(kind, _)| kind == PageType::Article),
        Declared::Forum | Declared::Product | Declared::Listing => false,
    };
    if has_prose(shown, SHOWN_CHARS_MIN) || !(may_be_article || shown.parts.is_empty()) {
        return None;
    }
    let mut parts = data::body(dom, anchors.stated.article_body, anchors.stated.headlines)?;
    let headlines: Vec<String> = anchors.stated.headlines.iter().map(|it| crate::text::fold(it)).collect();
    while parts.len() > 1 && headlines.iter().any(|it| rules::is_same_headline(&crate::text::fold(&parts[0].text), it))
    {
        parts.remove(0);
    }
    let is_more = data::n_prose(&parts) > 2 * data::n_prose(&shown.parts);
    is_more.then(|| Story { parts, confidence: DATA_CONFIDENCE, ..Story::default() })
}

/// Characters of prose on the page below which the body is looked for in the page's data.
const SHOWN_CHARS_MIN: usize = 250;
/// How sure a body is that only the page's data holds.
const DATA_CONFIDENCE: f32 = 0.7;

/// The posts of a live blog whose story was found, in the page's order.
pub fn live_posts(dom: &Dom, story: &Story) -> Vec<posts::Found> {
    let kept: Vec<NodeId> = story.parts.iter().filter_map(|it| Some(NodeId::at(it.src?.node))).collect();
    posts::find(dom, &blocks::split(dom), &kept)
}

/// Whether a story has so many characters of prose, at least one.
pub fn has_prose(story: &Story, n_min: usize) -> bool {
    data::has_prose(&story.parts, n_min)
}

/// Blocks under a picture, by the marks around them.
fn tell_captions(dom: &Dom, blocks: &mut Blocks, marks: &[Mark]) {
    for row in &mut blocks.rows {
        let mut above = dom.ancestors(row.nodes.0).take(CAPTION_DEPTH).map(|it| marks[it.index()]);
        let text = &blocks.text[row.range.clone()];
        if row.kind == PartKind::Paragraph
            && row.n_chars <= CAPTION_CHARS_MAX
            && (above.any(|it| it.any(Mark::CAPTION)) || (!text.is_ascii() && reads_as_caption(text)))
        {
            row.kind = PartKind::Caption;
        }
    }
}

/// Whether a text says by its form that it stands under a picture: Chinese papers write "the picture shows" before it or who
/// "shot" it behind, Japanese ones when and where after `＝`.
fn reads_as_caption(text: &str) -> bool {
    let shows = ["图为", "圖為", "资料图", "資料圖", "資料照"].iter().any(|it| text.starts_with(it));
    let shot = text.ends_with(['摄', '攝']) || text.ends_with("摄）") || text.ends_with("攝）");
    shows || shot || (text.contains('＝') && !text.contains('。'))
}

/// Elements above a block that may call it a caption.
const CAPTION_DEPTH: usize = 4;
/// Characters of a caption.
const CAPTION_CHARS_MAX: u32 = 400;

/// What the verdicts say about the page as a whole.
fn judged(blocks: &Blocks, verdicts: &[Verdict], with_dropped: bool) -> Story {
    let mut story = Story::default();
    let (mut kept, mut left, mut consent, mut n_linked, mut n_rows) = (0.0, 0.0, 0.0, 0u32, 0u32);
    let (mut captions, mut n_captions) = (0.0, 0u32);
    for (row, verdict) in blocks.rows.iter().zip(verdicts) {
        let text = blocks.text(row);
        n_rows += u32::from(!row.hidden);
        n_linked += u32::from(row.link_density() > 0.6 && row.n_chars >= TEASER_CHARS_MIN && !row.hidden);
        let Verdict::Drop(reason) = verdict else {
            if row.kind == PartKind::Caption {
                captions += row.n_chars as f32;
                n_captions += 1;
            } else {
                kept += prose(row);
            }
            continue;
        };
        match reason {
            Reason::Consent => consent += row.n_chars as f32,
            Reason::Hidden | Reason::Comments | Reason::Repeated => {}
            _ => left += prose(row),
        }
        if *reason != Reason::Hidden {
            story.has_wall |= row.meaning(text) == Some(Meaning::SubscribeWall);
            story.continues |=
                row.n_links > 0 && row.meaning(text) == Some(Meaning::ReadMore) && kept > 0.0 && left == 0.0;
        }
        if with_dropped {
            let text = text.chars().take(DROPPED_CHARS_MAX).collect();
            story.dropped.push(Dropped { reason: reason.name(), text, node: row.element.index() });
        }
    }
    story.confidence = if kept > 0.0 { (0.5 + 0.5 * kept / (kept + left)).min(0.99) } else { 0.3 };
    story.has_consent = consent > kept.max(CONSENT_CHARS_MIN);
    story.is_gallery = n_captions >= GALLERY_CAPTIONS_MIN && captions > kept;
    story.is_listing = n_linked >= LISTING_LINKS_MIN && kept < LISTING_CHARS_MAX && n_linked * 4 > n_rows;
    story
}

/// Characters of a dropped block that are shown.
const DROPPED_CHARS_MAX: usize = 200;
/// Captions of a gallery.
const GALLERY_CAPTIONS_MIN: u32 = 4;
/// Characters of the question that takes a story's place.
const CONSENT_CHARS_MIN: f32 = 200.0;
/// Characters of a linked line that is another story's title.
const TEASER_CHARS_MIN: u32 = 25;
/// Titles of other stories on a page that is a list of them.
const LISTING_LINKS_MIN: u32 = 8;
/// Characters of prose that a list of stories may have beside its titles.
const LISTING_CHARS_MAX: f32 = 600.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[PartKind]) {
        let dom = Dom::parse(html, &dom::Options::default());
        let mut blocks = blocks::split(&dom);
        tell_captions(&dom, &mut blocks, &marks::marks(&dom, &[]));
        assert_eq!(blocks.rows.iter().map(|it| it.kind).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_text_may_read_as_a_caption() {
        use PartKind::{Caption, Paragraph};
        check("<p>村瀬さん＝３日、霧沢<p>図書館。<p>图为图书馆。记者 摄", &[Caption, Paragraph, Caption]);
    }

    /// The lines of the story of a page, all rows of which the model finds likely.
    fn lines_of(html: &str, declared: Declared) -> Vec<String> {
        let dom = Dom::parse(html, &dom::Options::default());
        let anchors = Anchors { stated: Stated { declared, ..Stated::default() }, headline_node: None };
        let reading = Reading::of(&dom, &anchors);
        let probabilities = vec![0.95; reading.blocks.rows.len()];
        let story = reading.story(&dom, &anchors, None, probabilities, false, None);
        story.parts.into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn what_asks_about_cookies_is_out_whatever_the_model_says() {
        let prose = "A cup of tea is made in four minutes, and cold in twenty, whatever the pot is made of. ".repeat(4);
        let html = |id: &str| {
            format!("<main><p>{prose}<p>{prose} So.</main><div id={id}><p>We count visits to this page.</div>")
        };
        assert_eq!(lines_of(&html("onetrust-banner"), Declared::Nothing).len(), 2);
        assert_eq!(lines_of(&html("more"), Declared::Nothing).len(), 3);
    }

    #[test]
    fn a_list_is_the_content_of_a_page_without_prose() {
        let list = |n: usize| {
            let items: Vec<String> =
                (0..n).map(|it| format!("<li><a href=/{it}>Glass cup no. {it} with a lid</a>")).collect();
            format!("<main><ul>{}</ul></main>", items.concat())
        };
        assert_eq!(lines_of(&list(12), Declared::Article).len(), 12);
        // Too little to be more than what a page says that is not there.
        assert!(lines_of(&list(3), Declared::Article).is_empty());
    }

    #[test]
    fn a_body_in_data_stands_for_what_is_not_shown() {
        let sentence =
            "The harbour of Lindmouth was closed on Monday after a crane fell into the water, the port said.";
        let body = [sentence; 6].join(" ");
        let html = format!("<script type=application/json>{{\"title\":\"Crane\",\"body\":\"{body}\"}}</script>");
        let dom = Dom::parse(&html, &dom::Options::default());
        let is_used = |declared: Declared, lines: &[&str]| {
            let part = |it: &&str| BodyPart::new(PartKind::ListItem, *it);
            let shown = Story { parts: lines.iter().map(part).collect(), ..Story::default() };
            let anchors = Anchors { stated: Stated { declared, ..Stated::default() }, headline_node: None };
            from_data(&dom, &anchors, &shown).is_some()
        };
        assert!(is_used(Declared::News, &["Lindmouth"]) && is_used(Declared::Product, &[]));
        // What a shop lists is what it is about.
        assert!(!is_used(Declared::Product, &["Lindmouth"]));
    }
}
