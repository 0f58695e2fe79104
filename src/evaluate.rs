//! How well articles agree with what people say a page holds: figures for one page, and their means over a set.
//!
//! A [`Truth`] is what a page should give, a [`Prediction`] what it gave. [`score`] compares two of them, [`report`] a
//! whole set; nothing here reads a page or a file. Each part of a truth is scored only where the truth has it, so a set
//! may have bodies, or only snippets that must and must not occur, or only headlines.
//!
//! The definitions are those that published comparisons use, so that figures can be laid side by side:
//!
//! - **word**: precision, recall and F1 of the words as a multiset, case ignored, one page at a time; the figure of a set
//!   is the mean over its pages. From the Web Content Extraction Benchmark ([WCXB]).
//! - **shingle**: the same of runs of four words, case kept, so that order counts. Precision is averaged over pages with
//!   output and recall over pages with a reference; F1 is the harmonic mean of the two averages. Accuracy is the share of
//!   pages whose words are all the same in the same order. From the Article Extraction Benchmark ([AEB]).
//! - **snippet**: strings that must and must not stand in the text, summed over all pages. From [trafilatura].
//! - **title**, **author**, **date**: over pages whose truth has one.
//!
//! A word is a run of letters, digits and underscores, as Python's `\w+`; see [`Unspaced`] for scripts without spaces.
//!
//! [WCXB]: https://github.com/Murrough-Foley/web-content-extraction-benchmark
//! [AEB]: https://github.com/scrapinghub/article-extraction-benchmark
//! [trafilatura]: https://trafilatura.readthedocs.io/en/latest/evaluation.html

mod facts;
mod summary;
mod tokens;

pub use summary::{
    AuthorFigures, DateFigures, PageTypeSummary, Report, ShingleFigures, SnippetFigures, Summary, TitleFigures, Worst,
    report, summarise,
};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt;

/// What a page should give. Every part but the id may be missing, and is then not scored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The page's name in its set; the page itself is `pages/<id>.html` there.
    pub id: String,
    /// The address the page came from.
    #[serde(default)]
    pub url: Option<String>,
    /// What kind of page it is, in the set's words.
    #[serde(default)]
    pub page_type: Option<String>,
    /// The text's language.
    #[serde(default)]
    pub lang: Option<String>,
    /// The body without the headline.
    #[serde(default)]
    pub text: Option<String>,
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "names")]
    pub authors: Vec<String>,
    /// When it was published; see [`DateScore`] for the forms that are understood.
    #[serde(default)]
    pub date: Option<String>,
    /// Strings that must stand in the text.
    #[serde(default)]
    pub with: Vec<String>,
    /// Strings that must not.
    #[serde(default)]
    pub without: Vec<String>,
}

/// A name, a list of names, or `null`.
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Option::<Names>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(Names::One(name)) => vec![name],
        Some(Names::Many(names)) => names,
    })
}

impl Truth {
    /// The truth that an article's JSON states, such as the `article.json` of a sample: `text`, or the texts of `blocks`
    /// but for captions; `headline`, the names in `author`, `datePublished`, `pageType`, `url` and `inLanguage`. A key
    /// that is missing is not scored.
    pub fn from_article(id: &str, article: &Value) -> Self {
        let string = |key: &str| article[key].as_str().map(str::to_owned);
        let strings = |key: &str, inner: &str| -> Option<Vec<String>> {
            let items = article[key].as_array()?.iter().filter(|item| item["type"] != "caption");
            Some(items.filter_map(|item| item[inner].as_str().map(str::to_owned)).collect())
        };
        Self {
            id: id.to_owned(),
            url: string("url"),
            page_type: string("pageType"),
            lang: string("inLanguage"),
            text: string("text").or_else(|| Some(strings("blocks", "text")?.join("\n\n"))),
            title: string("headline"),
            authors: strings("author", "name").unwrap_or_default(),
            date: string("datePublished"),
            with: Vec::new(),
            without: Vec::new(),
        }
    }
}

/// A line of a truth file that is no truth.
#[derive(Debug)]
pub struct TruthError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub source: serde_json::Error,
}

impl fmt::Display for TruthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not a page's truth", self.line)
    }
}

impl std::error::Error for TruthError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// The truths in a `truth.jsonl`: one JSON object a line, blank lines passed over, unknown keys ignored.
///
/// ```
/// let truths = copydesk::evaluate::read_truths(r#"{"id": "a", "text": "One two.", "authors": ["Ada Lovelace"]}"#).unwrap();
/// assert_eq!(truths[0].authors, ["Ada Lovelace"]);
/// ```
///
/// # Errors
///
/// The first line that is not a JSON object with at least an `id`, or has a key of another type than [`Truth`].
pub fn read_truths(json_lines: &str) -> Result<Vec<Truth>, TruthError> {
    let lines = json_lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| serde_json::from_str(line).map_err(|source| TruthError { line: at + 1, source })).collect()
}

/// What a page gave. A page that gave nothing is `Prediction::default()`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The body without the headline.
    #[serde(default)]
    pub text: String,
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "names")]
    pub authors: Vec<String>,
    /// When it was published.
    #[serde(default)]
    pub date: Option<String>,
}

/// What a word is in scripts that put no spaces between words: Thai, Kana, Han, and, counted with them, Hangul.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unspaced {
    /// A run of letters up to the next space or mark, often a whole clause: one wrong character loses it. This is what
    /// published figures do.
    #[default]
    Whole,
    /// Each character by itself.
    ByCharacter,
}

/// How one page's output compares with its truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageScore {
    /// The page's name in its set.
    pub id: String,
    /// What kind of page it is, in the set's words.
    pub page_type: Option<String>,
    /// Where the truth has a text.
    pub body: Option<BodyScore>,
    /// Where the truth has snippets.
    pub snippets: Option<SnippetScore>,
    /// Where the truth has a title.
    pub title: Option<TitleScore>,
    /// Where the truth has an author.
    pub author: Option<AuthorScore>,
    /// Where the truth has a date that can be read.
    pub date: Option<DateScore>,
}

impl PageScore {
    /// The figure by which pages are ranked: word F1 of the body, or F1 of the snippets where there is no body.
    pub fn f1(&self) -> Option<f64> {
        self.body.as_ref().map(|body| body.words.f1).or_else(|| Some(self.snippets.as_ref()?.f1()))
    }
}

/// Precision, recall and their harmonic mean, each from 0.0 to 1.0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// The harmonic mean of the two on one page; the mean of that over pages.
    pub f1: f64,
    /// Share of what was given that is wanted.
    pub precision: f64,
    /// Share of what is wanted that was given.
    pub recall: f64,
}

/// How one page's text compares with its reference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BodyScore {
    /// Words as a multiset, case ignored. Both texts empty is 1.0, one of them empty 0.0.
    pub words: Figures,
    /// Runs of four words, case kept.
    pub shingles: Counts,
    /// Whether the words are the same in the same order, case included.
    pub identical: bool,
    /// Words in the reference.
    pub n_words_wanted: usize,
    /// Words in the output.
    pub n_words_given: usize,
}

/// What two multisets have in common, and not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// In both.
    pub matched: usize,
    /// Given, not wanted.
    pub extra: usize,
    /// Wanted, not given.
    pub missing: usize,
}

/// Which snippets stand in one page's text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnippetScore {
    /// Wanted ones found, unwanted ones found, and wanted ones missing; whitespace collapsed, case kept.
    pub counts: Counts,
    /// Unwanted ones that are not there.
    pub n_avoided: usize,
    /// Share of the wanted ones found, case ignored and whitespace as it is; 1.0 where none is listed.
    pub with_rate: f64,
    /// Share of the unwanted ones found, case ignored and whitespace as it is; 1.0 where none is listed.
    pub without_rate: f64,
}

impl SnippetScore {
    /// F1 of this page's snippets; 0.0 where none was found.
    pub fn f1(&self) -> f64 {
        let Counts { matched, extra, missing } = self.counts;
        harmonic_mean(share(matched, matched + extra).unwrap_or(0.0), share(matched, matched + missing).unwrap_or(0.0))
    }
}

/// Whether the headline is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TitleScore {
    /// The same but for whitespace.
    pub exact: bool,
    /// The same letters and digits after NFKC and case folding.
    pub folded: bool,
}

/// Whether the authors are right: sets of names, split at commas, semicolons, bars, slashes, line ends and "and" in
/// English, German, French and Spanish; without "by" and its like; folded as [`TitleScore::folded`] says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AuthorScore {
    /// The same set.
    pub exact: bool,
    /// F1 of the set.
    pub f1: f64,
}

/// Whether the day of publication is right, as the calendar day that is written, whatever the zone.
///
/// Read are `2024-05-03` with anything around it, `2024/5/3`, `2024.5.3`, `20240503`, `May 3, 2024` and `3 May 2024`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DateScore {
    /// The same day.
    pub same_day: bool,
    /// At most one day apart, as happens between time zones.
    pub within_a_day: bool,
    /// There is a date that can be read.
    pub given: bool,
}

/// How what a page gave compares with what it should give.
///
/// ```
/// use copydesk::evaluate::{Prediction, Truth, Unspaced, score};
///
/// let truth = Truth { text: Some("Rain stopped play.".into()), ..Truth::default() };
/// let given = Prediction { text: "Share! Rain stopped play".into(), ..Prediction::default() };
/// let words = score(&truth, &given, Unspaced::Whole).body.unwrap().words;
/// assert_eq!((words.precision, words.recall), (0.75, 1.0));
/// ```
pub fn score(truth: &Truth, given: &Prediction, unspaced: Unspaced) -> PageScore {
    let (names, given_names) = (facts::author_set(&truth.authors), facts::author_set(&given.authors));
    let n_right = names.intersection(&given_names).count();
    PageScore {
        id: truth.id.clone(),
        page_type: truth.page_type.clone(),
        body: truth.text.as_deref().map(|text| body_score(text, &given.text, unspaced)),
        snippets: snippet_score(truth, &given.text),
        title: truth.title.as_deref().filter(|title| !title.is_empty()).map(|title| {
            let given = given.title.as_deref().unwrap_or_default();
            TitleScore {
                exact: crate::text::collapse(title) == crate::text::collapse(given),
                folded: tokens::fold(title) == tokens::fold(given),
            }
        }),
        author: (!names.is_empty()).then(|| AuthorScore {
            exact: names == given_names,
            f1: 2.0 * n_right as f64 / (names.len() + given_names.len()) as f64,
        }),
        date: truth.date.as_deref().and_then(facts::day).map(|day| {
            let given = given.date.as_deref().and_then(facts::day);
            let n_days_apart = given.map(|given| facts::n_days_between(day, given));
            DateScore {
                same_day: n_days_apart == Some(0),
                within_a_day: n_days_apart.is_some_and(|n| n <= 1),
                given: given.is_some(),
            }
        }),
    }
}

fn body_score(wanted: &str, given: &str, unspaced: Unspaced) -> BodyScore {
    let (lower_wanted, lower_given) = (wanted.to_lowercase(), given.to_lowercase());
    let words = tokens::word_counts(&lower_wanted, &lower_given, unspaced);
    let (wanted, given) = (tokens::words(wanted, unspaced), tokens::words(given, unspaced));
    let figures = |precision, recall| Figures { f1: harmonic_mean(precision, recall), precision, recall };
    let (n_words_wanted, n_words_given) = (words.matched + words.missing, words.matched + words.extra);
    BodyScore {
        words: match (share(words.matched, n_words_given), share(words.matched, n_words_wanted)) {
            (None, None) => figures(1.0, 1.0),
            (precision, recall) => figures(precision.unwrap_or(0.0), recall.unwrap_or(0.0)),
        },
        shingles: tokens::shingle_counts(&wanted, &given),
        identical: wanted == given,
        n_words_wanted,
        n_words_given,
    }
}

fn snippet_score(truth: &Truth, text: &str) -> Option<SnippetScore> {
    let (wanted, unwanted) = (&truth.with, &truth.without);
    if wanted.is_empty() && unwanted.is_empty() {
        return None;
    }
    let (flat, lower) = (crate::text::collapse(text), text.to_lowercase());
    let n_flat = |all: &[String]| all.iter().filter(|it| flat.contains(&crate::text::collapse(it))).count();
    let n_lower = |all: &[String]| all.iter().filter(|it| lower.contains(&it.to_lowercase())).count();
    let (matched, extra) = (n_flat(wanted), n_flat(unwanted));
    Some(SnippetScore {
        counts: Counts { matched, extra, missing: wanted.len() - matched },
        n_avoided: unwanted.len() - extra,
        with_rate: share(n_lower(wanted), wanted.len()).unwrap_or(1.0),
        without_rate: share(n_lower(unwanted), unwanted.len()).unwrap_or(1.0),
    })
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// 0.0 where either is 0.0.
fn harmonic_mean(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_words(wanted: &str, given: &str, precision: f64, recall: f64) {
        let words = body_score(wanted, given, Unspaced::Whole).words;
        assert_eq!((words.precision, words.recall), (precision, recall));
    }

    #[test]
    fn words_are_a_multiset_without_case_or_order() {
        check_words("the cat saw the dog", "The dog saw the cat", 1.0, 1.0);
        check_words("the cat saw the dog", "the the the the", 0.5, 0.4);
    }

    #[test]
    fn an_empty_text_agrees_only_with_an_empty_text() {
        check_words("", " – ", 1.0, 1.0);
        check_words("", "word", 0.0, 0.0);
        check_words("word", "", 0.0, 0.0);
    }

    #[test]
    fn shingles_keep_case_and_order() {
        let score = |given| body_score("One two three four five", given, Unspaced::Whole);
        assert_eq!(score("One two, three four five!").shingles, Counts { matched: 2, extra: 0, missing: 0 });
        assert!(score("One two, three four five!").identical);
        assert_eq!(score("one two three four five").shingles, Counts { matched: 1, extra: 1, missing: 1 });
        assert_eq!(score("two three four").shingles, Counts { matched: 0, extra: 1, missing: 2 });
        assert_eq!(score("").shingles, Counts { matched: 0, extra: 0, missing: 2 });
    }

    #[test]
    fn one_wrong_character_loses_a_clause_or_a_character() {
        let recall = |unspaced| body_score("東京は晴れ", "東京は曇り", unspaced).words.recall;
        assert_eq!((recall(Unspaced::Whole), recall(Unspaced::ByCharacter)), (0.0, 0.6));
    }

    #[test]
    fn snippets_are_found_across_line_ends() {
        let truth = Truth {
            with: vec!["rain  stopped".into(), "PLAY".into(), "snow".into()],
            without: vec!["Share".into(), "Rain stopped".into()],
            ..Truth::default()
        };
        let score = snippet_score(&truth, "The rain\nstopped play. Share").expect("has snippets");
        assert_eq!(score.counts, Counts { matched: 1, extra: 1, missing: 2 });
        assert_eq!((score.n_avoided, score.f1()), (1, 0.4));
        assert_eq!((score.with_rate, score.without_rate), (1.0 / 3.0, 0.5));
    }

    #[test]
    fn what_the_truth_lacks_is_not_scored() {
        let truth = Truth { title: Some(String::new()), date: Some("soon".into()), ..Truth::default() };
        let given = Prediction { text: "a".into(), title: Some("b".into()), ..Prediction::default() };
        let score = score(&truth, &given, Unspaced::Whole);
        assert_eq!((score.body, score.snippets, score.title, score.author, score.date), (None, None, None, None, None));
    }

    #[test]
    fn facts_are_compared_by_what_they_say() {
        let truth = Truth {
            title: Some("Ｐlay’s off:  Straße".into()),
            authors: vec!["By Ada Lovelace and Émile Zola".into()],
            date: Some("2024-05-03 23:30:00+02:00".into()),
            ..Truth::default()
        };
        let given = Prediction {
            title: Some("Play's OFF; STRASSE".into()),
            authors: vec!["ÉMILE ZOLA".into(), "Reuters".into()],
            date: Some("May 4, 2024".into()),
            ..Prediction::default()
        };
        let score = score(&truth, &given, Unspaced::Whole);
        assert_eq!(score.title, Some(TitleScore { exact: false, folded: true }));
        assert_eq!(score.author, Some(AuthorScore { exact: false, f1: 0.5 }));
        assert_eq!(score.date, Some(DateScore { same_day: false, within_a_day: true, given: true }));
    }

    #[test]
    fn a_truth_is_read_from_an_article() {
        let article = serde_json::json!({"headline": "H", "author": [{"name": "A"}, {"type": "Person"}],
            "blocks": [{"type": "paragraph", "text": "one"}, {"type": "caption", "text": "sea"}, {"text": "two"}]});
        let truth = Truth::from_article("x", &article);
        assert_eq!(truth.text.as_deref(), Some("one\n\ntwo"));
        assert_eq!(
            (truth.title.as_deref(), truth.authors.as_slice(), truth.date),
            (Some("H"), &["A".into()][..], None)
        );
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = read_truths("{\"id\": \"a\"}\n\n{\"text\": 1}\n").expect_err("line 3 has no id");
        assert_eq!((error.line, error.to_string().as_str()), (3, "line 3 is not a page's truth"));
    }

    #[test]
    fn authors_may_be_a_name_a_list_or_null() {
        let truths = read_truths(
            "{\"id\":\"a\",\"authors\":\"X\"}\n{\"id\":\"b\",\"authors\":null}\n{\"id\":\"c\",\"authors\":[\"X\",\"Y\"]}",
        );
        let counts: Vec<usize> = truths.expect("all are truths").iter().map(|truth| truth.authors.len()).collect();
        assert_eq!(counts, [1, 0, 2]);
    }
}
