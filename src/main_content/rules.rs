//! Blocks to verdicts, by rules: which part of the page holds the story, then block by block.
//!
//! 1. **Regions.** An element that says it is a comment form, a share bar, a sidebar and so on is out with all it holds,
//!    unless it holds so much of the page's prose that it must be the story under a misleading name.
//! 2. **Container.** Of what is left, the element with the most prose and the least else.
//! 3. **Blocks.** Inside the container: link lists, labels, read-also lines, repeated text and what follows the last prose
//!    go; between headline and container the lead stays.
//!
//! Every row gets a [`Verdict`], so that each choice has a reason to show. The verdicts are a witness for the model's
//! choice, and [`tidy`] goes over what the model kept.

mod headings;
mod lines;
mod quotations;
mod regions;

use super::blocks::{Block, Blocks, Gap};
use super::features::{Anchors as Stated, Declared};
use super::marks::Mark;
pub use super::verdict::{Reason, Verdict};
use super::words::{self, Meaning};
use crate::article::PartKind;
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::{fold, fold_into};
pub use headings::drop_empty_headings;
use lines::{by_form, holds_year, is_date, signs};
pub use lines::{by_words, is_same_headline};
use std::collections::HashSet;

/// What is known about the story before its body is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anchors<'a> {
    /// What the page's own data says.
    pub stated: Stated<'a>,
    /// Where the visible headline stands.
    pub headline_node: Option<NodeId>,
}

/// A verdict for each row, in order.
pub fn judge(dom: &Dom, blocks: &Blocks, marks: &[Mark], anchors: &Anchors<'_>) -> Vec<Verdict> {
    let mut judge = Judge::new(dom, blocks, marks, anchors);
    judge.hidden();
    judge.regions();
    let regions = judge.verdicts.clone();
    let container = judge.container();
    judge.outside(container);
    judge.lines();
    judge.bylines();
    judge.labels();
    judge.tail();
    judge.pull_quotes();
    drop_empty_headings(blocks, &mut judge.verdicts);
    if !judge.verdicts.contains(&Verdict::Keep) {
        judge.short_story(regions);
    }
    judge.verdicts
}

/// How much a block reads like a story's prose, in characters outside links. Headings do not.
pub fn prose(block: &Block) -> f32 {
    let is_sentence = block.n_sentences > 0 && block.n_chars >= SENTENCE_CHARS_MIN;
    let is_long = block.n_chars >= PROSE_CHARS_MIN;
    if block.kind == PartKind::Heading || block.link_density() > 0.5 || !(is_sentence || is_long) {
        return 0.0;
    }
    (block.n_chars - block.n_link_chars.min(block.n_chars)) as f32
}

/// Characters of prose that make a story: a brief of two sentences has as many.
const STORY_CHARS_MIN: f32 = 250.0;
/// Characters of a block with a sentence end in it, at least, to pass for prose: below 60, captions and labels do.
const SENTENCE_CHARS_MIN: u32 = 60;
/// Characters of a block without one, at least.
const PROSE_CHARS_MIN: u32 = 140;

/// What a block adds to the case that its element holds the story.
fn worth(row: &Block) -> f32 {
    let prose = prose(row);
    if prose > 0.0 {
        return prose;
    }
    let n_chars = row.n_chars.min(WORTH_CHARS_MAX) as f32;
    if row.link_density() > 0.5 {
        return -0.5 * n_chars - 10.0;
    }
    match row.kind {
        PartKind::ListItem | PartKind::Code | PartKind::Table | PartKind::Quote => 0.3 * n_chars,
        PartKind::Heading | PartKind::Caption | PartKind::Embed => 0.0,
        // A short sentence: speech, mostly.
        PartKind::Paragraph
            if row.n_sentences > 0 && n_chars >= SHORT_SENTENCE_CHARS_MIN && row.link_density() < 0.2 =>
        {
            0.5 * n_chars
        }
        // Labels, dates, names: more of them beside the story than in it.
        PartKind::Paragraph => -0.2 * n_chars - 5.0,
    }
}

/// Characters of a short sentence.
const SHORT_SENTENCE_CHARS_MIN: f32 = 20.0;
/// Characters beyond which a block weighs no more.
const WORTH_CHARS_MAX: u32 = 200;
/// Share of the worth that the headline's own `<article>` has, to be the story alone: half of two stories.
const OWN_ARTICLE_SHARE_MIN: f32 = 0.35;

/// Verdicts that were made elsewhere, with what a line says by its own words taken out: bylines, dates, widgets' words,
/// copies, pull quotes and headings after which nothing comes. Taken out of the tidying one by
/// one, none moved word F1 of wcxb-dev by more than a thousandth; labels before the first prose cost five thousandths there and
/// empty headings three, so these are left to who judged.
pub fn tidy(dom: &Dom, blocks: &Blocks, marks: &[Mark], anchors: &Anchors<'_>, verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let mut judge = Judge::new(dom, blocks, marks, anchors);
    judge.verdicts = verdicts;
    judge.links = Links::Kept;
    judge.lines();
    judge.bylines();
    judge.pull_quotes();
    judge.signatures();
    if anchors.stated.declared == Declared::News {
        judge.keep_lead();
    }
    let counted = headings::counted_headings(blocks, &judge.verdicts);
    let last = (0..blocks.rows.len()).rev().filter(|it| judge.verdicts[*it] == Verdict::Keep);
    let is_empty = |it: &usize| blocks.rows[*it].kind == PartKind::Heading && counted.binary_search(it).is_err();
    let headings: Vec<usize> = last.take_while(is_empty).collect();
    headings.into_iter().for_each(|it| judge.drop(it, Reason::EmptyHeading));
    judge.verdicts
}

/// What becomes of lines that are links and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    /// They lead to other stories.
    Dropped,
    /// They may be what the page is about.
    Kept,
}

struct Judge<'a> {
    links: Links,
    dom: &'a Dom,
    blocks: &'a Blocks,
    marks: &'a [Mark],
    anchors: &'a Anchors<'a>,
    /// Where the headline stands: as told, or the first block with its words.
    headline: Option<NodeId>,
    verdicts: Vec<Verdict>,
    /// For each node, the first row at or after it.
    first_row: Vec<u32>,
    /// For each row, the characters that the page shows before it; one longer than the rows.
    shown_chars: Vec<u32>,
    /// The page's summaries, folded.
    descriptions: Vec<String>,
}

impl<'a> Judge<'a> {
    fn new(dom: &'a Dom, blocks: &'a Blocks, marks: &'a [Mark], anchors: &'a Anchors<'a>) -> Self {
        let n_rows = blocks.rows.len();
        let mut first_row = vec![n_rows as u32; dom.len() + 1];
        let mut at = 0;
        for (row_idx, row) in blocks.rows.iter().enumerate() {
            while at <= row.nodes.0.index() {
                first_row[at] = row_idx as u32;
                at += 1;
            }
        }
        let folded: Vec<String> =
            anchors.stated.headlines.iter().map(|it| fold(it)).filter(|it| !it.is_empty()).collect();
        let has_its_words = |row: &&Block| {
            !row.hidden && row.n_chars <= HEADLINE_CHARS_MAX && {
                let text = fold(blocks.text(row));
                folded.iter().any(|it| is_same_headline(&text, it))
            }
        };
        let headline = anchors.headline_node.or_else(|| blocks.rows.iter().find(has_its_words).map(|row| row.element));
        let mut shown_chars = Vec::with_capacity(n_rows + 1);
        shown_chars.push(0u32);
        for row in &blocks.rows {
            let before = shown_chars[shown_chars.len() - 1];
            shown_chars.push(before.saturating_add(if row.hidden { 0 } else { row.n_chars }));
        }
        let descriptions = anchors.stated.descriptions.iter().map(|it| fold(it)).filter(|it| !it.is_empty());
        Self {
            links: Links::Dropped,
            dom,
            blocks,
            marks,
            anchors,
            headline,
            verdicts: vec![Verdict::Keep; n_rows],
            first_row,
            shown_chars,
            descriptions: descriptions.collect(),
        }
    }

    /// The rows whose text begins inside an element.
    fn rows_in(&self, node: NodeId) -> std::ops::Range<usize> {
        self.first_row[node.index()] as usize..self.first_row[self.dom.end(node).index()] as usize
    }

    fn is_kept(&self, row_idx: usize) -> bool {
        self.verdicts[row_idx] == Verdict::Keep
    }

    fn drop(&mut self, row_idx: usize, reason: Reason) {
        if self.is_kept(row_idx) {
            self.verdicts[row_idx] = Verdict::Drop(reason);
        }
    }

    /// Drops what the page hides, unless that is where its prose is: some pages show their story by script only.
    fn hidden(&mut self) {
        let sum = |hidden: bool| {
            let rows = self.blocks.rows.iter().filter(|row| row.hidden == hidden);
            rows.map(prose).sum::<f32>()
        };
        if sum(false) < STORY_CHARS_MIN && sum(true) > sum(false) {
            return;
        }
        for row_idx in 0..self.blocks.rows.len() {
            if self.blocks.rows[row_idx].hidden {
                self.drop(row_idx, Reason::Hidden);
            }
        }
    }

    fn kept_prose(&self) -> f32 {
        self.blocks
            .rows
            .iter()
            .zip(&self.verdicts)
            .filter(|(_, it)| **it == Verdict::Keep)
            .map(|(row, _)| prose(row))
            .sum()
    }

    /// Whether an element follows the headline with little text between.
    fn is_near_headline(&self, node: NodeId) -> bool {
        let Some(headline) = self.headline else { return false };
        if node < self.dom.end(headline) {
            return false;
        }
        let (first, end) = (self.first_row[self.dom.end(headline).index()], self.first_row[node.index()]);
        self.shown_chars[end as usize] - self.shown_chars[first as usize] < LEAD_DISTANCE_CHARS_MAX
    }

    /// The element that holds the most prose and the least else.
    fn container(&self) -> NodeId {
        let rows = &self.blocks.rows;
        let mut sums = Vec::with_capacity(rows.len() + 1);
        let mut total = 0.0f32;
        sums.push(0.0f32);
        for (row_idx, row) in rows.iter().enumerate() {
            if self.is_kept(row_idx) {
                total += worth(row);
            }
            sums.push(total);
        }
        let mut best = (self.dom.root(), f32::MIN);
        for node in self.dom.nodes() {
            if self.dom.tag(node).is_none() && node != self.dom.root() {
                continue;
            }
            let within = self.rows_in(node);
            let sum = sums[within.end] - sums[within.start];
            // Of equals the deepest, which comes later.
            if !within.is_empty() && sum >= best.1 {
                best = (node, sum);
            }
        }
        let container = best.0;
        // Several stories one under the other: the one with the headline.
        let articles: Vec<NodeId> =
            self.dom.descendants(container).filter(|it| self.dom.is(*it, Tag::ARTICLE)).collect();
        let sum_of = |node: NodeId| {
            let within = self.rows_in(node);
            sums[within.end] - sums[within.start]
        };
        let own =
            articles.iter().copied().find(|it| self.headline.is_some_and(|headline| self.dom.contains(*it, headline)));
        own.filter(|it| sum_of(*it) >= best.1 * OWN_ARTICLE_SHARE_MIN).unwrap_or(container)
    }

    /// Drops what stands outside the container, but for the lead.
    fn outside(&mut self, container: NodeId) {
        let within = self.rows_in(container);
        let headline = self.headline;
        for row_idx in 0..self.blocks.rows.len() {
            if within.contains(&row_idx) {
                continue;
            }
            let row = &self.blocks.rows[row_idx];
            let is_lead = row_idx < within.start
                && headline.is_some_and(|it| row.nodes.0 > it)
                && self.is_near_headline(row.nodes.0)
                && (prose(row) > 0.0 || self.is_description(row_idx) || self.is_named_lead(row_idx));
            if !is_lead {
                self.drop(row_idx, Reason::Outside);
            }
        }
    }

    fn is_description(&self, row_idx: usize) -> bool {
        let text = fold(self.blocks.text(&self.blocks.rows[row_idx]));
        // A place may stand before it: "Lindmouth. The harbour …".
        let holds = |it: &String| {
            let n_before = text.len().saturating_sub(it.len()).min(PLACE_BYTES_MAX);
            it.len() >= 20 && (1..=n_before).any(|at| text.as_bytes()[at..].starts_with(it.as_bytes()))
        };
        let is_like = |it: &String| text.starts_with(it.as_str()) || it.starts_with(&text) || holds(it);
        text.len() >= 20 && self.descriptions.iter().any(is_like)
    }

    /// Drops the author's name where it stands at the end of a story, alone or with an office or an address. A paragraph about
    /// its bearer is left to the model: of those that it keeps, most are of the story.
    fn signatures(&mut self) {
        let names: Vec<String> =
            self.anchors.stated.authors.iter().map(|it| fold(it)).filter(|it| !it.is_empty()).collect();
        let rows = &self.blocks.rows;
        let last = (0..rows.len()).rev().filter(|it| self.is_kept(*it)).take(SIGNATURE_ROWS);
        let is_signature = |row_idx: &usize| {
            let row = &rows[*row_idx];
            let text = self.blocks.text(row);
            row.kind == PartKind::Paragraph
                && row.n_words <= SIGNED_WORDS_MAX
                && (row.n_sentences == 0 || text.contains('@'))
                && names.iter().any(|name| signs(&fold(text), name))
        };
        let signatures: Vec<usize> = last.filter(is_signature).collect();
        if signatures.len() <= SIGNATURES_MAX {
            signatures.into_iter().for_each(|it| self.drop(it, Reason::Meta));
        }
    }

    /// Keeps what a news page gives as its summary where that stands between headline and story: of 59 such blocks on the pages
    /// of fundus-a, 57 are of the story.
    fn keep_lead(&mut self) {
        let rows = &self.blocks.rows;
        let Some(first) = (0..rows.len()).find(|it| self.is_kept(*it) && prose(&rows[*it]) > 0.0) else { return };
        let may_be_lead = |row_idx: &usize| {
            let row = &rows[*row_idx];
            !matches!(
                self.verdicts[*row_idx],
                Verdict::Keep | Verdict::Drop(Reason::Hidden | Reason::Headline | Reason::Repeated)
            ) && row.kind == PartKind::Paragraph
                && row.link_density() < 0.5
                && self.is_near_headline(row.element)
                && self.is_description(*row_idx)
        };
        let Some(lead) = (0..first).find(may_be_lead) else { return };
        let text = |it: usize| fold(self.blocks.text(&rows[it]));
        if !text(first).starts_with(&text(lead)) {
            self.verdicts[lead] = Verdict::Keep;
        }
    }

    /// For a page without a paragraph of any length: the sentences that are nothing else.
    fn short_story(&mut self, regions: Vec<Verdict>) {
        self.verdicts = regions;
        let headlines: Vec<String> = self.anchors.stated.headlines.iter().map(|it| fold(it)).collect();
        for row_idx in 0..self.blocks.rows.len() {
            let row = &self.blocks.rows[row_idx];
            let text = self.blocks.text(row);
            let is_sentence = row.n_sentences > 0
                && row.kind != PartKind::Heading
                && row.n_chars as f32 >= SHORT_SENTENCE_CHARS_MIN
                && row.link_density() < 0.2;
            if !is_sentence || headlines.contains(&fold(text)) {
                self.drop(row_idx, Reason::Outside);
            } else if let Some(reason) = by_words(text, row) {
                self.drop(row_idx, reason);
            }
        }
    }

    /// Block by block: what a line's words and links say.
    fn lines(&mut self) {
        let headlines: Vec<String> =
            self.anchors.stated.headlines.iter().map(|it| fold(it)).filter(|it| !it.is_empty()).collect();
        let alternative = self.anchors.stated.alternative_headline.map(fold);
        let mut seen: HashSet<u64> = HashSet::new();
        let mut folded = String::new();
        let mut past_prose = false;
        // Prose of the rows that are kept, from here on and before.
        let (mut left, mut passed) = (self.kept_prose(), 0.0);
        for row_idx in 0..self.blocks.rows.len() {
            if row_idx > 0 && self.is_kept(row_idx - 1) {
                passed += prose(&self.blocks.rows[row_idx - 1]);
            }
            if !self.is_kept(row_idx) {
                continue;
            }
            let row = &self.blocks.rows[row_idx];
            let is_past_middle = passed > left;
            left -= prose(row);
            let text = self.blocks.text(row);
            let may_repeat = row.n_chars >= REPEATED_CHARS_MIN;
            if !past_prose {
                fold_into(text, &mut folded);
                // A long one is a summary.
                let is_alternative = row.kind == PartKind::Heading
                    && row.n_words <= ALTERNATIVE_WORDS_MAX
                    && alternative.as_ref() == Some(&folded);
                if is_alternative || headlines.iter().any(|it| is_same_headline(&folded, it)) {
                    self.drop(row_idx, Reason::Headline);
                    continue;
                }
            }
            past_prose |= prose(row) > 0.0;
            if may_repeat && !seen.insert(row.digest(text)) {
                self.drop(row_idx, Reason::Repeated);
                continue;
            }
            let is_news = self.anchors.stated.declared == Declared::News;
            if is_news && let Some(reason) = by_form(text, row) {
                self.drop(row_idx, reason);
                continue;
            }
            if let Some(reason) = by_words(text, row) {
                let is_comments = row.meaning(text) == Some(Meaning::Comments);
                if is_comments && self.is_like_headings(row_idx) {
                    continue;
                }
                if is_comments && past_prose && is_past_middle {
                    (row_idx..self.blocks.rows.len()).for_each(|it| self.drop(it, reason));
                    break;
                }
                let is_quoted = text.contains(['“', '„', '«', '"', '「']);
                if !(row.kind == PartKind::Heading
                    && (reason == Reason::Related || is_quoted)
                    && self.opens_prose(row_idx))
                {
                    self.drop(row_idx, reason);
                }
                continue;
            }
            let is_linked = row.link_density() > 0.6 && self.links == Links::Dropped;
            if row.kind == PartKind::Quote && self.is_attribution(row, text) {
                self.drop(row_idx, Reason::Meta);
                continue;
            }
            match row.kind {
                PartKind::Heading | PartKind::Code | PartKind::Table => {}
                PartKind::ListItem if is_linked && row.n_chars < 200 => self.drop(row_idx, Reason::Links),
                PartKind::Paragraph | PartKind::Quote | PartKind::Caption if is_linked && row.n_chars < 200 => {
                    self.drop(row_idx, Reason::Links);
                }
                PartKind::ListItem | PartKind::Paragraph | PartKind::Quote | PartKind::Caption | PartKind::Embed => {}
            }
        }
    }

    /// Whether a heading is one of several alike: "Discussion" heads a part of many a study.
    fn is_like_headings(&self, row_idx: usize) -> bool {
        let rows = &self.blocks.rows;
        let look =
            |row: &Block| (self.dom.tag(row.element), self.dom.attr(row.element, Attr::CLASS).unwrap_or_default());
        let before = (0..row_idx).rev().take(HEADING_ROWS_MAX);
        let before = before.filter(|it| self.is_kept(*it) && rows[*it].kind == PartKind::Heading);
        rows[row_idx].kind == PartKind::Heading
            && self.opens_prose(row_idx)
            && before.filter(|it| look(&rows[*it]) == look(&rows[row_idx])).nth(1).is_some()
    }

    /// Whether the next kept block is prose: a heading over it is the story's, whatever it says.
    fn opens_prose(&self, row_idx: usize) -> bool {
        let next = (row_idx + 1..self.blocks.rows.len()).find(|it| self.is_kept(*it));
        next.is_some_and(|it| prose(&self.blocks.rows[it]) > 0.0)
    }

    /// The kept blocks that are surely of a story: prose, code, tables; in a gallery, captions.
    fn strong(&self) -> Vec<usize> {
        let rows = &self.blocks.rows;
        let kept: Vec<usize> = (0..rows.len()).filter(|it| self.is_kept(*it)).collect();
        let is_caption = |it: &&usize| rows[**it].kind == PartKind::Caption;
        let is_gallery = kept.iter().filter(is_caption).count() >= GALLERY_CAPTIONS_MIN;
        let is_strong = |row: &Block| match row.kind {
            PartKind::Code => true,
            PartKind::Table => row.link_density() < 0.3,
            PartKind::Caption => is_gallery,
            _ => prose(row) > 0.0,
        };
        kept.into_iter().filter(|it| is_strong(&rows[*it])).collect()
    }

    /// Drops bylines up to the first prose, and dates up to a little after it.
    fn bylines(&mut self) {
        let rows = &self.blocks.rows;
        let strong = self.strong();
        let Some(first) = strong.first().copied() else { return };
        for row_idx in strong.iter().take(3).copied().max().map_or(0..0, |third| first..third) {
            if self.is_kept(row_idx) && is_date(&rows[row_idx]) {
                self.drop(row_idx, Reason::Meta);
            }
        }
        for (row_idx, row) in rows.iter().enumerate().take(first + 1) {
            if self.is_kept(row_idx) && (self.is_byline(row_idx) || (row_idx < first && is_date(row))) {
                self.drop(row_idx, Reason::Meta);
            }
        }
    }

    /// Drops what is short and no sentence before the first prose.
    fn labels(&mut self) {
        let rows = &self.blocks.rows;
        let Some(first) = self.strong().first().copied() else { return };
        for (row_idx, row) in rows.iter().enumerate().take(first) {
            let is_lead = self.is_description(row_idx) || self.is_named_lead(row_idx) || self.is_dateline(row_idx);
            let is_above = self.headline.is_some_and(|it| row.nodes.0 < it) || row.link_density() > 0.5;
            if (row.kind != PartKind::Heading || is_above) && !is_lead && row.n_chars < LABEL_CHARS_MAX {
                self.drop(row_idx, Reason::Meta);
            }
        }
    }

    /// Drops what comes after the last prose, but for what belongs to it.
    fn tail(&mut self) {
        let rows = &self.blocks.rows;
        let Some(last) = self.strong().last().copied() else { return };
        let mut open = true;
        for row_idx in last + 1..rows.len() {
            if !self.is_kept(row_idx) {
                continue;
            }
            let row = &rows[row_idx];
            // A list or a table that follows the last paragraph at once belongs to it; so does a short line with a full stop.
            let belongs = open
                && match row.kind {
                    PartKind::ListItem | PartKind::Table | PartKind::Code | PartKind::Quote => true,
                    PartKind::Paragraph => row.n_sentences > 0 || row.gap != Gap::Element,
                    // So does a heading beside it, with a list under it.
                    PartKind::Heading => {
                        let next = rows.get(row_idx + 1).is_some_and(|it| {
                            matches!(it.kind, PartKind::ListItem | PartKind::Table) && it.link_density() < 0.5
                        });
                        next && self.dom.parent(row.element) == self.dom.parent(rows[last].element)
                    }
                    PartKind::Caption | PartKind::Embed => true,
                };
            if !belongs {
                open = false;
                self.drop(row_idx, Reason::Outside);
            }
        }
    }

    /// Whether a line before the story says by whom or when: a name's label with a date or alone, or a name and a year; no
    /// sentence.
    fn is_byline(&self, row_idx: usize) -> bool {
        let row = &self.blocks.rows[row_idx];
        let text = self.blocks.text(row);
        let begins = || words::begins_byline(text) || words::beginning(text) == Some(Meaning::DateLabel);
        let is_labelled = begins()
            && (row.n_sentences <= 1 || row.n_digits * 5 >= row.n_chars)
            && if row.n_digits >= 4 { row.n_chars <= BYLINE_CHARS_MAX } else { row.n_words <= BYLINE_WORDS_MAX };
        let is_dated = row.n_sentences == 0 && row.n_chars <= DATED_NAME_CHARS_MAX && holds_year(text);
        row.kind == PartKind::Paragraph && (is_labelled || is_dated) && !self.is_dateline(row_idx)
    }

    /// Whether the page calls a block the summary under its headline.
    fn is_named_lead(&self, row_idx: usize) -> bool {
        let row = &self.blocks.rows[row_idx];
        let mut above = self.dom.ancestors(row.element).take(LEAD_DEPTH).map(|it| self.marks[it.index()]);
        row.n_chars >= LEAD_CHARS_MIN
            && row.link_density() < 0.5
            && above.any(|it| it.any(Mark::LEAD) && !it.any(Mark::META | Mark::HEADLINE))
    }

    /// Whether a block is a bold line of place and day.
    fn is_dateline(&self, row_idx: usize) -> bool {
        let row = &self.blocks.rows[row_idx];
        let text = self.blocks.text(row);
        text.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
            && row.label(text).is_none()
            && row.n_digits > 0
            && row.n_link_chars == 0
            && row.strong_share() > 0.9
            && self.dom.is(row.element, Tag::P)
    }
}

/// Characters of a headline, at most.
const HEADLINE_CHARS_MAX: u32 = 250;
/// Blocks at the end of a story of which one may be its author's name.
const SIGNATURE_ROWS: usize = 3;
/// Such blocks, at most: more are the names of speakers.
const SIGNATURES_MAX: usize = 2;
/// Words of such a block.
const SIGNED_WORDS_MAX: u32 = 10;
/// Blocks before a heading among which others like it are looked for.
const HEADING_ROWS_MAX: usize = 500;
/// Words of another headline.
const ALTERNATIVE_WORDS_MAX: u32 = 12;
/// Characters between headline and lead, at most: kicker, byline and date.
const LEAD_DISTANCE_CHARS_MAX: u32 = 400;
/// Bytes of the place before a summary.
const PLACE_BYTES_MAX: usize = 24;
/// Captions on a page that is a gallery.
const GALLERY_CAPTIONS_MIN: usize = 4;
/// Characters of a byline with a date.
const BYLINE_CHARS_MAX: u32 = 220;
/// Words of a byline without one: a label, two names and an office.
const BYLINE_WORDS_MAX: u32 = 8;
/// Characters of a name and a date.
const DATED_NAME_CHARS_MAX: u32 = 40;
/// Elements above a block that may call it the lead.
const LEAD_DEPTH: usize = 3;
/// Characters of a lead.
const LEAD_CHARS_MIN: u32 = 12;
/// A block of fewer characters may stand twice in a story.
const REPEATED_CHARS_MIN: u32 = 80;
/// Characters of a line before the first prose, at most, to be a label and not a part of the story.
const LABEL_CHARS_MAX: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;
    use crate::main_content::{blocks, marks};

    const SENTENCE: &str =
        "The old bridge over the Lind reopened on Monday, after three years of repairs, the town said.";

    /// The texts that are kept of a page about a bridge.
    #[track_caller]
    fn check(html: &str, stated: Stated<'_>, expected: &[&str]) {
        let dom = Dom::parse(html, &Options::default());
        let blocks = blocks::split(&dom);
        let marks = marks::marks(&dom, &[]);
        let anchors = Anchors { stated, headline_node: dom.elements(Tag::H1).next() };
        let verdicts = tidy(&dom, &blocks, &marks, &anchors, judge(&dom, &blocks, &marks, &anchors));
        let kept = blocks.rows.iter().zip(&verdicts).filter(|(_, it)| **it == Verdict::Keep);
        assert_eq!(kept.map(|(row, _)| blocks.text(row)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_link_at_the_start_does_not_say_what_a_paragraph_is() {
        let body: Vec<String> = (0..12).map(|it| format!("{SENTENCE} No. {it}.")).collect();
        let html = format!(
            "<article><p>{}<p><a class=tag href=x>Lind</a> {SENTENCE}<p><a class=tag href=x>Lind bridge town</a> {SENTENCE:.10}",
            body.join("<p>")
        );
        let linked = format!("Lind {SENTENCE}");
        let expected: Vec<&str> = body.iter().chain([&linked]).map(String::as_str).collect();
        check(&html, Stated::default(), &expected);
    }

    #[test]
    fn arrows_with_links_tags_and_addresses_are_no_news() {
        let lines = [
            "<a href=x>»Ferry late again</a>",
            "&gt;&gt; <a href=y>All about ferries</a>",
            "#Lind #Bridge",
            "a.lee@lind.example",
        ];
        let html = format!("<article><p>{SENTENCE} So.<p>{}<p>{SENTENCE}</article>", lines.join("<p>"));
        let news = Stated { declared: Declared::News, ..Stated::default() };
        let so = format!("{SENTENCE} So.");
        check(&html, news, &[&so, SENTENCE]);
        check(&html, Stated::default(), &[&so, "#Lind #Bridge", "a.lee@lind.example", SENTENCE]);
    }

    #[test]
    fn a_chapter_about_cookies_asks_for_nothing() {
        let page = |id: &str| {
            format!("<main><p>{SENTENCE} {SENTENCE} So.<section id={id}><h2>Cookies</h2><p>{SENTENCE}</section></main>")
        };
        let first = format!("{SENTENCE} {SENTENCE} So.");
        check(&page("cookies"), Stated::default(), &[&first, "Cookies", SENTENCE]);
        check(&page("cookie-banner"), Stated::default(), &[&first]);
    }

    #[test]
    fn counted_headings_are_a_list() {
        let html = format!(
            "<article><p>{SENTENCE}<h2>1. Old</h2><h2>2. Wide</h2><h2>And now</h2><h2>End</h2><p>{SENTENCE} So."
        );
        let last = format!("{SENTENCE} So.");
        check(&html, Stated::default(), &[SENTENCE, "1. Old", "2. Wide", "End", &last]);
    }

    #[test]
    fn a_heading_like_the_others_heads_no_comments() {
        let part = |heading: &str, n: usize| format!("<h2>{heading}</h2><p>{SENTENCE} No. {n}.");
        let html = format!(
            "<article>{}{}{}{}",
            part("Aims", 1),
            part("Methods", 2),
            part("Results", 3),
            part("Discussion", 4)
        );
        let texts: Vec<String> = (1..5).map(|it| format!("{SENTENCE} No. {it}.")).collect();
        let [a, b, c, d] = [0, 1, 2, 3].map(|it| texts[it].as_str());
        check(&html, Stated::default(), &["Aims", a, "Methods", b, "Results", c, "Discussion", d]);
        let html = html.replace("<h2>Discussion", "<h2 class=title>Discussion");
        check(&html, Stated::default(), &["Aims", a, "Methods", b, "Results", c]);
    }

    #[test]
    fn the_summary_of_a_news_page_is_its_lead() {
        let summary = "Repairs took longer than the bridge took to build";
        let html =
            format!("<h1>Bridge reopens</h1><div class=share-this><p>{summary}</div><article><p>{SENTENCE}</article>");
        let descriptions = [summary];
        let stated = Stated { descriptions: &descriptions, declared: Declared::News, ..Stated::default() };
        check(&html, stated, &[summary, SENTENCE]);
        check(&html, Stated { declared: Declared::Nothing, ..stated }, &[SENTENCE]);
    }

    #[test]
    fn another_headline_is_no_text() {
        let last = format!("{SENTENCE} Yes.");
        let html = format!("<h1>Bridge reopens</h1><article><h2>At last</h2><p>{SENTENCE}<p>{last}</article>");
        check(&html, Stated { alternative_headline: Some("At last"), ..Stated::default() }, &[SENTENCE, &last]);
        check(&html, Stated::default(), &["At last", SENTENCE, &last]);
    }

    #[test]
    fn an_author_signs_at_the_end() {
        let authors = ["Ann Lee"];
        let stated = Stated { authors: &authors, ..Stated::default() };
        let page = |line: &str| format!("<article><p>{SENTENCE}<p>{SENTENCE} Yes.<p>{line}</article>");
        let last = format!("{SENTENCE} Yes.");
        check(&page("<b>Ann Lee</b> ann@paper.example."), stated, &[SENTENCE, &last]);
        check(&page("Ann Lee is glad."), stated, &[SENTENCE, &last, "Ann Lee is glad."]);
    }
}
