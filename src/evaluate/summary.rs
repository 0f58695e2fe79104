//! Scores of pages to figures of a set, and the report a person reads.

use super::{Figures, PageScore, Prediction, Truth, Unspaced, harmonic_mean, score, share};
use serde::Serialize;
use std::cmp::Ordering;
use std::fmt;

/// Figures of a set of pages. A part that no page's truth has is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Pages.
    pub n: usize,
    /// Means of the words' figures over pages with a reference.
    pub word: Option<Figures>,
    /// The same of runs of four words.
    pub shingle: Option<ShingleFigures>,
    /// Pages with a reference whose output holds no word.
    pub empty: usize,
    /// Snippets of all pages together.
    pub snippet: Option<SnippetFigures>,
    /// Over pages whose truth has a title.
    pub title: Option<TitleFigures>,
    /// Over pages whose truth has an author.
    pub author: Option<AuthorFigures>,
    /// Over pages whose truth has a date.
    pub date: Option<DateFigures>,
}

/// Shingles of a set: precision over pages with output, recall over pages with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShingleFigures {
    /// `f1` is the harmonic mean of the two averages.
    #[serde(flatten)]
    pub figures: Figures,
    /// Share of pages whose words are all the same in the same order.
    pub accuracy: f64,
}

/// Snippets of a set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnippetFigures {
    /// From the counts of all pages together.
    #[serde(flatten)]
    pub figures: Figures,
    /// Share of all snippets that are found as they should be, or not.
    pub accuracy: f64,
    /// Mean over pages of the share of wanted snippets found, case ignored.
    pub with_rate: f64,
    /// Mean over pages of the share of unwanted snippets found, case ignored.
    pub without_rate: f64,
}

/// Shares of right headlines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TitleFigures {
    /// Pages whose truth has a title.
    pub n: usize,
    /// The same but for whitespace.
    pub exact: f64,
    /// The same letters and digits after NFKC and case folding.
    pub folded: f64,
}

/// How right the authors are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AuthorFigures {
    /// Pages whose truth has an author.
    pub n: usize,
    /// Share of pages with the same set of names.
    pub exact: f64,
    /// Mean F1 of the sets.
    pub f1: f64,
}

/// Shares of right days of publication.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DateFigures {
    /// Pages whose truth has a date.
    pub n: usize,
    /// The same day.
    pub same_day: f64,
    /// At most one day apart.
    pub within_a_day: f64,
    /// There is a date that can be read.
    pub given: f64,
}

/// The figures of a set, of its types of page, and its worst pages. `Display` prints it for a person, many lines, the last
/// without a line end.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// All pages.
    #[serde(flatten)]
    pub summary: Summary,
    /// Each type of page, the most frequent first; empty where there is only one.
    pub types: Vec<PageTypeSummary>,
    /// The pages with the lowest figures, worst first.
    pub worst: Vec<Worst>,
}

/// The pages of one type.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageTypeSummary {
    /// In the set's words; `None` for pages that it gives no type.
    pub page_type: Option<String>,
    /// Their figures.
    #[serde(flatten)]
    pub summary: Summary,
}

/// A page that went badly.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Worst {
    /// The page's name in its set.
    pub id: String,
    /// What kind of page it is.
    pub page_type: Option<String>,
    /// [`PageScore::f1`].
    pub f1: f64,
    /// Words in the reference and in the output, where there is a reference.
    pub n_words: Option<[usize; 2]>,
}

/// Scores every page and sums up.
///
/// `pages` are truths with what their pages gave; `n_worst` is how many of the worst pages to list.
///
/// ```
/// use copydesk::evaluate::{Prediction, Truth, Unspaced, report};
///
/// let truth = Truth { id: "a".into(), text: Some("Rain stopped play.".into()), ..Truth::default() };
/// let given = Prediction { text: "Rain stopped play".into(), ..Prediction::default() };
/// let report = report([(&truth, &given)], Unspaced::Whole, 10);
/// assert_eq!(report.summary.word.unwrap().f1, 1.0);
/// assert!(report.to_string().starts_with("pages    1\nword     f1 1.0000"));
/// ```
pub fn report<'a>(
    pages: impl IntoIterator<Item = (&'a Truth, &'a Prediction)>,
    unspaced: Unspaced,
    n_worst: usize,
) -> Report {
    let scores: Vec<PageScore> = pages.into_iter().map(|(truth, given)| score(truth, given, unspaced)).collect();
    let mut types: Vec<(Option<&str>, Vec<&PageScore>)> = Vec::new();
    for score in &scores {
        let page_type = score.page_type.as_deref();
        match types.iter_mut().find(|(known, _)| *known == page_type) {
            Some((_, of_type)) => of_type.push(score),
            None => types.push((page_type, vec![score])),
        }
    }
    if types.len() < 2 {
        types.clear();
    }
    types.sort_by_key(|(_, of_type)| std::cmp::Reverse(of_type.len()));
    let with_body = scores.iter().any(|score| score.body.is_some());
    let ranked = scores.iter().filter(|score| score.body.is_some() == with_body);
    let mut worst: Vec<Worst> = ranked.filter_map(worst_row).collect();
    worst.sort_by(|a, b| a.f1.partial_cmp(&b.f1).unwrap_or(Ordering::Equal).then_with(|| a.id.cmp(&b.id)));
    worst.truncate(n_worst);
    Report {
        summary: summarise(&scores),
        types: types
            .into_iter()
            .map(|(page_type, of_type)| PageTypeSummary {
                page_type: page_type.map(str::to_owned),
                summary: summarise(of_type),
            })
            .collect(),
        worst,
    }
}

fn worst_row(score: &PageScore) -> Option<Worst> {
    Some(Worst {
        id: score.id.clone(),
        page_type: score.page_type.clone(),
        f1: score.f1()?,
        n_words: score.body.as_ref().map(|body| [body.n_words_wanted, body.n_words_given]),
    })
}

/// The figures of a set from the scores of its pages.
pub fn summarise<'a>(scores: impl IntoIterator<Item = &'a PageScore>) -> Summary {
    let scores: Vec<&PageScore> = scores.into_iter().collect();
    let bodies = || scores.iter().filter_map(|score| score.body.as_ref());
    let titles = || scores.iter().filter_map(|score| score.title);
    let authors = || scores.iter().filter_map(|score| score.author);
    let dates = || scores.iter().filter_map(|score| score.date);
    Summary {
        n: scores.len(),
        word: mean(bodies().map(|body| body.words.f1)).map(|f1| Figures {
            f1,
            precision: mean(bodies().map(|body| body.words.precision)).unwrap_or(0.0),
            recall: mean(bodies().map(|body| body.words.recall)).unwrap_or(0.0),
        }),
        shingle: rate(bodies().map(|body| body.identical)).map(|accuracy| {
            let shingles = || bodies().map(|body| body.shingles);
            let precision = mean(shingles().filter_map(|it| share(it.matched, it.matched + it.extra))).unwrap_or(0.0);
            let recall = mean(shingles().filter_map(|it| share(it.matched, it.matched + it.missing))).unwrap_or(0.0);
            ShingleFigures { figures: Figures { f1: harmonic_mean(precision, recall), precision, recall }, accuracy }
        }),
        empty: bodies().filter(|body| body.n_words_given == 0).count(),
        snippet: snippet_figures(&scores),
        title: rate(titles().map(|it| it.exact)).map(|exact| TitleFigures {
            n: titles().count(),
            exact,
            folded: rate(titles().map(|it| it.folded)).unwrap_or(0.0),
        }),
        author: rate(authors().map(|it| it.exact)).map(|exact| AuthorFigures {
            n: authors().count(),
            exact,
            f1: mean(authors().map(|it| it.f1)).unwrap_or(0.0),
        }),
        date: rate(dates().map(|it| it.same_day)).map(|same_day| DateFigures {
            n: dates().count(),
            same_day,
            within_a_day: rate(dates().map(|it| it.within_a_day)).unwrap_or(0.0),
            given: rate(dates().map(|it| it.given)).unwrap_or(0.0),
        }),
    }
}

fn snippet_figures(scores: &[&PageScore]) -> Option<SnippetFigures> {
    let snippets = || scores.iter().filter_map(|score| score.snippets.as_ref());
    let with_rate = mean(snippets().map(|it| it.with_rate))?;
    let sum = |count: fn(&super::SnippetScore) -> usize| snippets().map(count).sum::<usize>();
    let (matched, extra) = (sum(|it| it.counts.matched), sum(|it| it.counts.extra));
    let (missing, n_avoided) = (sum(|it| it.counts.missing), sum(|it| it.n_avoided));
    let precision = share(matched, matched + extra).unwrap_or(0.0);
    let recall = share(matched, matched + missing).unwrap_or(0.0);
    Some(SnippetFigures {
        figures: Figures { f1: harmonic_mean(precision, recall), precision, recall },
        accuracy: share(matched + n_avoided, matched + extra + missing + n_avoided).unwrap_or(0.0),
        with_rate,
        without_rate: mean(snippets().map(|it| it.without_rate)).unwrap_or(0.0),
    })
}

fn mean(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0_usize);
    for figure in figures {
        sum += figure;
        n += 1;
    }
    (n > 0).then(|| sum / n as f64)
}

fn rate(right: impl Iterator<Item = bool>) -> Option<f64> {
    mean(right.map(f64::from))
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "f1 {:.4}  precision {:.4}  recall {:.4}", self.f1, self.precision, self.recall)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { n, word, shingle, empty, snippet, title, author, date } = &self.summary;
        write!(f, "pages    {n}")?;
        if let Some(word) = word {
            write!(f, "\nword     {word}  empty {empty}")?;
        }
        if let Some(it) = shingle {
            write!(f, "\nshingle  {}  accuracy {:.4}", it.figures, it.accuracy)?;
        }
        if let Some(it) = snippet {
            write!(f, "\nsnippet  {}  accuracy {:.4}", it.figures, it.accuracy)?;
            write!(f, "  with {:.4}  without {:.4}", it.with_rate, it.without_rate)?;
        }
        if let Some(it) = title {
            write!(f, "\ntitle    exact {:.4}  folded {:.4}  of {}", it.exact, it.folded, it.n)?;
        }
        if let Some(it) = author {
            write!(f, "\nauthor   exact {:.4}  f1 {:.4}  of {}", it.exact, it.f1, it.n)?;
        }
        if let Some(it) = date {
            write!(f, "\ndate     same day {:.4}  within a day {:.4}", it.same_day, it.within_a_day)?;
            write!(f, "  given {:.4}  of {}", it.given, it.n)?;
        }
        for PageTypeSummary { page_type, summary } in &self.types {
            write!(f, "\n  {:14} {:5}", page_type.as_deref().unwrap_or("-"), summary.n)?;
            if let Some(figures) = summary.word.or(summary.snippet.map(|it| it.figures)) {
                write!(f, "  {figures}")?;
            }
        }
        for Worst { id, page_type, f1, n_words } in &self.worst {
            write!(f, "\n  worst  {f1:.4}  {id}  {}", page_type.as_deref().unwrap_or("-"))?;
            if let Some([wanted, given]) = n_words {
                write!(f, "  words wanted {wanted}, given {given}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str, page_type: &str, text: Option<&str>) -> Truth {
        Truth { id: id.into(), page_type: Some(page_type.into()), text: text.map(str::to_owned), ..Truth::default() }
    }

    fn given(text: &str) -> Prediction {
        Prediction { text: text.into(), ..Prediction::default() }
    }

    #[test]
    fn empty_output_costs_shingle_recall_but_not_precision() {
        let (a, b) = (page("a", "article", Some("one two three four")), page("b", "article", Some("five")));
        let report = report([(&a, &given("one two three four")), (&b, &given(""))], Unspaced::Whole, 0);
        let shingle = report.summary.shingle.expect("both have texts");
        assert_eq!((shingle.figures.precision, shingle.figures.recall, shingle.accuracy), (1.0, 0.5, 0.5));
        assert_eq!((report.summary.word.map(|it| it.f1), report.summary.empty), (Some(0.5), 1));
    }

    #[test]
    fn types_stand_by_frequency_and_the_worst_by_figure_then_id() {
        let pages = [
            page("b", "forum", Some("one two")),
            page("c", "article", Some("one two")),
            page("a", "article", Some("one two")),
            page("d", "article", None),
        ];
        let outputs = [given("one two"), given("one"), given("two"), given("")];
        let report = report(pages.iter().zip(&outputs), Unspaced::Whole, 2);
        let types: Vec<_> = report.types.iter().map(|it| (it.page_type.as_deref(), it.summary.n)).collect();
        assert_eq!(types, [(Some("article"), 3), (Some("forum"), 1)]);
        assert_eq!(report.worst.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn snippets_are_summed_over_all_pages() {
        let mut long = page("a", "article", None);
        long.with = vec!["one".into(), "two".into(), "three".into()];
        let mut short = page("b", "article", None);
        (short.with, short.without) = (vec!["four".into()], vec!["ad".into()]);
        let report = report([(&long, &given("one two three")), (&short, &given("an ad"))], Unspaced::Whole, 1);
        let it = report.summary.snippet.expect("both have snippets");
        assert_eq!((it.figures.precision, it.figures.recall, it.accuracy), (0.75, 0.75, 0.6));
        assert_eq!((it.with_rate, it.without_rate), (0.5, 1.0));
        assert_eq!(report.worst[0].id, "b");
    }

    #[test]
    fn an_empty_set_has_no_figures() {
        let report = report([], Unspaced::Whole, 5);
        assert_eq!(report.summary, Summary::default());
        assert_eq!(report.to_string(), "pages    0");
    }

    #[test]
    fn the_report_is_one_flat_object() {
        let truth = page("a", "article", Some("one"));
        let json = serde_json::to_value(report([(&truth, &given("one"))], Unspaced::Whole, 1)).expect("plain data");
        assert_eq!(
            (&json["n"], &json["word"]["f1"], &json["shingle"]["accuracy"]),
            (&1.into(), &1.0.into(), &1.0.into())
        );
        assert_eq!(json["worst"][0]["nWords"], serde_json::json!([1, 1]));
    }
}
