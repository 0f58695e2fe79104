//! Probabilities to a choice: which rows of the page are the story, decided together.
//!
//! The word F1 of a choice can be expected from the probabilities: twice the words that are likely right, by the words
//! kept and the words that are likely of the story. It is greatest for some number of the likeliest rows, so each page gets
//! the threshold that serves it best: low where everything is doubtful, as on a list of cards. A page that calls itself an
//! article has one body, and a threshold of its own. What the expectation comes to says how sure the choice is.
//!
//! What kind a page is likely of moves all its rows: beside a product, more of what looks like it is not it.
//!
//! The rules' verdicts count as one more witness: each moves a row's odds a little its way. Model and rules err in different
//! places, and together they are better than either on sets that the model was not trained on.
//!
//! Source: Nan Ye et al., "Optimizing F-measures: a tale of two approaches" (2012); the optimal threshold of F1 is half of
//! the F1 reached.

use super::Reading;
use super::blocks::{Blocks, Gap};
use super::features::{self, Declared, context};
use super::model;
use super::page_type::Likely;
use super::rules::Verdict;
use crate::dom::Dom;

/// Which rows of a page are the story.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// For each row, whether it is in.
    pub keep: Vec<bool>,
    /// For each row, how likely it is of the story, from 0.0 to 1.0.
    pub probabilities: Vec<f32>,
    /// The word F1 that may be expected of the choice, from 0.0 to 1.0.
    pub expected_f1: f32,
}

/// How likely each row is of the story, by the built-in model alone; 0.0 on a page that is too long to be measured, which
/// leaves it to the rules.
pub fn probabilities(dom: &Dom, reading: &Reading, declared: Declared) -> Vec<f32> {
    let n_rows = reading.blocks.rows.len();
    if n_rows > features::MEASURED_ROWS_MAX {
        return vec![0.0; n_rows];
    }
    let model = model::built_in().of(declared);
    let judged = model.first(&reading.table);
    let context = context::measure(dom, &reading.blocks, &reading.table, &judged, model::SURELY_OUT);
    model.second(&reading.table, &judged, &context)
}

/// Chooses the rows of the story by the model's `probabilities`, one a row, the rules' verdicts and, on a page that calls
/// itself no article, what `kinds` it is likely of.
pub fn choose(reading: &Reading, declared: Declared, kinds: Option<&Likely>, mut probabilities: Vec<f32>) -> Choice {
    let rows = &reading.blocks.rows;
    let (odds, of_kind) = match declared {
        Declared::News | Declared::Article => (RULES_ODDS, 1.0),
        Declared::Nothing => (RULES_ODDS_UNDECLARED, kind_odds(kinds)),
        Declared::Forum | Declared::Product | Declared::Listing => (1.0, kind_odds(kinds)),
    };
    for (row, probability) in probabilities.iter_mut().enumerate() {
        let factor = of_kind * if reading.verdicts[row] == Verdict::Keep { odds } else { 1.0 / odds };
        *probability = factor * *probability / (1.0 + (factor - 1.0) * *probability);
        if rows[row].n_words < HEADLINE_WORDS_MAX && reading.table.headline_likeness[row] > HEADLINE_LIKE {
            *probability = 0.0;
        }
    }
    let n_words: Vec<u32> = rows.iter().map(|it| it.n_words).collect();
    let fixed = match declared {
        Declared::News => Some(THRESHOLD_NEWS),
        Declared::Article => Some(THRESHOLD_ARTICLE),
        Declared::Nothing | Declared::Forum | Declared::Product | Declared::Listing => None,
    };
    let mut choice = decide(&n_words, probabilities, fixed);
    join_lines(&reading.blocks, &mut choice.keep);
    choice
}

/// By how much what a page is likely of multiplies the odds of its rows.
fn kind_odds(kinds: Option<&Likely>) -> f32 {
    let log_odds =
        kinds.map_or(0.0, |it| it.iter().zip(KIND_LOG_ODDS).map(|(likely, log_odds)| likely * log_odds).sum());
    model::exp(log_odds)
}

/// A line that goes on with the sentence of the line before it, with no more than a `<br>` between, shares its fate: that of
/// the longer of the two.
fn join_lines(blocks: &Blocks, keep: &mut [bool]) {
    for (at, [before, line]) in blocks.rows.array_windows().enumerate() {
        let is_beside = line.gap == Gap::Line && line.element == before.element;
        if keep[at] != keep[at + 1] && is_beside && goes_on(blocks.text(before), blocks.text(line)) {
            let longer = keep[if before.n_words >= line.n_words { at } else { at + 1 }];
            keep[at..at + 2].fill(longer);
        }
    }
}

/// Whether a text reads on from the one before: that has no end, and this begins small.
fn goes_on(before: &str, text: &str) -> bool {
    let is_open = |c: char| c.is_alphanumeric() || matches!(c, ',' | '-');
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_address = first.contains("://") || first.contains('@') || first.starts_with("www.");
    before.ends_with(is_open) && first.starts_with(char::is_lowercase) && !is_address
}

/// By how much the rules' verdict multiplies or divides the odds of a row on a page that calls itself an article:
/// `exp(0.7)`. Cross-validated by site, word F1 of fundus-a by this factor: 1.0 0.966, 1.5 0.968, 2.0 0.969, 2.7 0.968,
/// 4.0 0.967.
const RULES_ODDS: f32 = 2.0138;
/// The same on a page that does not say what it is. The rules know stories; on other pages they err more often than the
/// model: without them wcxb-dev gains four thousandths, while traf-a, whose pages are old news, loses five.
const RULES_ODDS_UNDECLARED: f32 = 1.5;

/// For each of [`KINDS`](super::page_type::KINDS), what is added to the log-odds of a row where the kind is certain: of what the
/// model keeps beside a product a third is not of it, and training lets what is out weigh three times what is in, at most.
/// Found on wcxb-dev, where it counts for little: cross-validated by site, word F1 of products 0.672 without and 0.684 with
/// it, of all pages 0.8739 and 0.8753.
const KIND_LOG_ODDS: Likely = [0.0, 0.0, -0.5, -0.9, 0.35, 0.35];

/// A row like this to a headline candidate is the headline once more: share of its words in the candidate times share of
/// the candidate's words in it.
const HEADLINE_LIKE: f32 = 0.6;
/// Longer rows that hold the headline's words say more.
const HEADLINE_WORDS_MAX: u32 = 40;
/// The threshold of a page that calls itself a news story: boxes, notes and captions that are part of another article are
/// not part of the news.
const THRESHOLD_NEWS: f32 = 0.6;
/// The threshold of a page that calls itself an article.
const THRESHOLD_ARTICLE: f32 = 0.45;
/// The lowest and the highest threshold of any other page: beyond, the probabilities are not so exact.
const THRESHOLDS: (f32, f32) = (0.25, 0.6);

fn decide(n_words: &[u32], probabilities: Vec<f32>, fixed: Option<f32>) -> Choice {
    let likely = |row: usize| probabilities[row] * n_words[row] as f32;
    let of_story: f32 = (0..probabilities.len()).map(likely).sum();
    let (mut right, mut kept) = (0.0f32, 0.0f32);
    let (mut best, mut threshold) = (0.0, THRESHOLDS.1);
    for row in context::likeliest_first(&probabilities) {
        right += likely(row);
        kept += n_words[row] as f32;
        let f1 = 2.0 * right / (kept + of_story).max(1.0);
        if f1 > best {
            (best, threshold) = (f1, probabilities[row]);
        }
    }
    let threshold = fixed.unwrap_or(threshold.clamp(THRESHOLDS.0, THRESHOLDS.1));
    let keep: Vec<bool> = probabilities.iter().map(|it| *it >= threshold).collect();
    let rows = || (0..keep.len()).filter(|row| keep[*row]);
    let right: f32 = rows().map(likely).sum();
    let kept: f32 = rows().map(|row| n_words[row] as f32).sum();
    let expected_f1 = 2.0 * right / (kept + of_story).max(1.0);
    Choice { keep, probabilities, expected_f1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::PageType;
    use crate::main_content::{Anchors, Stated, page_type};

    #[track_caller]
    fn check(rows: &[(u32, f32)], keep: &[bool]) -> f32 {
        let (n_words, probabilities): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
        let choice = decide(&n_words, probabilities, None);
        assert_eq!(choice.keep, keep);
        choice.expected_f1
    }

    #[test]
    fn a_plain_page_is_cut_at_the_middle() {
        let f1 =
            check(&[(5, 0.01), (100, 0.98), (10, 0.4), (80, 0.97), (30, 0.02)], &[false, true, false, true, false]);
        assert!(f1 > 0.95, "{f1}");
    }

    #[test]
    fn a_doubtful_page_keeps_what_is_less_likely() {
        let f1 = check(&[(50, 0.4), (50, 0.38), (50, 0.42), (50, 0.02)], &[true, true, true, false]);
        assert!(f1 < 0.6, "{f1}");
    }

    #[test]
    fn an_empty_page_gives_an_empty_choice() {
        assert_eq!(check(&[], &[]), 0.0);
    }

    /// What is decided of a page, the rules' verdicts all the same.
    fn chosen(html: &str, headline: &str, verdict: Verdict) -> (Reading, Choice) {
        let dom = Dom::parse(html, &crate::dom::Options::default());
        let headlines: &[&str] = if headline.is_empty() { &[] } else { &[headline] };
        let stated = Stated { headlines, ..Stated::default() };
        let mut reading = Reading::of(&dom, &Anchors { stated, headline_node: None });
        reading.verdicts.fill(verdict);
        let probabilities = probabilities(&dom, &reading, Declared::Nothing);
        let choice = choose(&reading, Declared::Nothing, None, probabilities);
        (reading, choice)
    }

    #[test]
    fn the_rules_move_the_odds_and_no_more() {
        let odds = |verdict: Verdict| {
            let p = chosen("<p>The old bridge reopened on Monday.", "", verdict).1.probabilities[0];
            p / (1.0 - p)
        };
        let (keep, drop) = (odds(Verdict::Keep), odds(Verdict::Drop(crate::main_content::rules::Reason::Outside)));
        assert!((keep / drop - RULES_ODDS_UNDECLARED * RULES_ODDS_UNDECLARED).abs() < 0.01, "{keep} {drop}");
    }

    #[test]
    fn around_a_product_more_is_out() {
        let of = |kind: usize| {
            let mut likely = Likely::default();
            likely[kind] = 1.0;
            kind_odds(Some(&likely))
        };
        let at = |kind: PageType| page_type::KINDS.iter().position(|it| *it == kind).unwrap();
        assert!((of(at(PageType::Product)) - 0.407).abs() < 0.001 && of(at(PageType::Article)) == 1.0);
        assert!(kind_odds(None) == 1.0 && of(at(PageType::Documentation)) > 1.0);
    }

    #[test]
    fn a_sentence_is_not_cut_at_the_end_of_a_line() {
        let kept = |html: &str, keep: [bool; 2]| {
            let (reading, mut choice) = chosen(html, "", Verdict::Keep);
            choice.keep.copy_from_slice(&keep);
            join_lines(&reading.blocks, &mut choice.keep);
            choice.keep
        };
        assert_eq!(
            kept("<p>A dozen is a round<br>ten, they say, where the queue is longest.", [false, true]),
            [true; 2]
        );
        assert_eq!(kept("<p>A dozen is a round number, and always was,<br>they say.", [false, true]), [false; 2]);
        assert_eq!(kept("<p>A dozen is twelve.<br>Ten is less, they say.", [false, true]), [false, true]);
        assert_eq!(kept("<p>A dozen is a round<p>ten, they say.", [false, true]), [false, true]);
        assert_eq!(kept("<p>Photo: The Bakers<br>https://bakers.example/", [true, false]), [true, false]);
    }

    #[test]
    fn a_story_among_links_is_chosen_and_its_headline_is_not() {
        let sentence = "The old bridge over the Lind reopened on Monday, after three years of repairs, the town said. ";
        let links = "<li><a href=/x>Ferry late again</a>".repeat(12);
        let html = format!(
            "<title>Bridge reopens after three years</title><nav><ul>{links}</ul></nav><article>\
             <h1>Bridge reopens after three years</h1>{}</article><aside><ul>{links}</ul></aside>",
            format!("<p>{sentence}{sentence}</p>").repeat(8)
        );
        let (reading, choice) = chosen(&html, "Bridge reopens after three years", Verdict::Keep);
        let rows = reading.blocks.rows.iter().zip(&choice.keep);
        let kept: Vec<_> = rows.filter(|it| *it.1).map(|it| reading.blocks.text(it.0)).collect();
        assert_eq!(kept.len(), 8, "{kept:?}");
        assert!(kept.iter().all(|it| it.starts_with("The old bridge")), "{kept:?}");
        assert!(choice.expected_f1 > 0.8, "{}", choice.expected_f1);
    }
}
