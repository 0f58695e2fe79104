//! Words to the articles that hold them.
//!
//! Languages that put no spaces between words are indexed by pairs of characters: 東京都 as 東京, 京都, 都. A query is cut in
//! the same way, and its pairs must follow one another. So a word of two characters is found, as are three of a longer
//! one; the price is that 京都 is found in 東京都. All other scripts are indexed by word, case and accents aside.

use super::{Database, Filter, StoreError, Stored};
use crate::text;
use rusqlite::params;
use serde_json::Value;

/// Terms of a query that are used; people type ten.
const TERMS_MAX: usize = 64;
/// Characters of text around the first match.
const SNIPPET_CHARS: usize = 240;
/// A match in the headline counts as so many in the body.
const HEADLINE_WEIGHT: f64 = 5.0;

/// An article that a query found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The article, in its latest version.
    pub stored: Stored,
    /// Higher is better; from 0.
    pub score: f64,
    /// Some text around the first match, on one line.
    pub snippet: String,
}

/// The best `n_max` articles for a query that pass the filter, best first.
///
/// All words must be there, in any order; `"a phrase"` as it stands; `-word` not at all.
///
/// # Errors
///
/// [`StoreError::EmptyQuery`] for a query without words; else if the store fails.
pub fn search(database: &Database, query: &str, filter: &Filter, n_max: usize) -> Result<Vec<Hit>, StoreError> {
    let terms = terms(query);
    let Some(expression) = expression(&terms) else {
        return Err(StoreError::EmptyQuery { query: query.to_owned() });
    };
    let found = database.read(|connection| {
        let sql = format!(
            "SELECT {}, found.score FROM \
             (SELECT rowid, -bm25(fulltext, {HEADLINE_WEIGHT}, 1.0) AS score FROM fulltext WHERE fulltext MATCH ?1) found \
             JOIN article a ON a.id = found.rowid JOIN version v ON v.seq = a.current \
             LEFT JOIN article d ON d.id = a.duplicate_of \
             WHERE {} ORDER BY found.score DESC LIMIT ?5",
            Stored::COLUMNS,
            Filter::CONDITION
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let n_max = i64::try_from(n_max).unwrap_or(i64::MAX);
        let values = params![expression, filter.source, filter.since, filter.language, n_max];
        let rows = statement.query_map(values, |row| Ok((Stored::read(row)?, row.get(Stored::N_COLUMNS)?)))?;
        rows.collect::<Result<Vec<(Stored, f64)>, _>>()
    })?;
    let hits = found.into_iter().map(|(stored, score)| {
        let snippet = snippet(&stored.json, &terms);
        Hit { stored, score, snippet }
    });
    Ok(hits.collect())
}

/// A part of a query.
#[derive(Debug, PartialEq, Eq)]
struct Term {
    /// As it is indexed.
    indexed: String,
    /// As it was typed.
    typed: String,
    is_wanted: bool,
    /// A single unspaced character begins the pairs it stands in.
    is_prefix: bool,
}

fn terms(query: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for (at, part) in query.split('"').enumerate() {
        // Every second part stood in quotes.
        let whole = [part];
        let words: Vec<&str> = if at % 2 == 1 { whole.to_vec() } else { part.split_whitespace().collect() };
        for word in words {
            let (typed, is_wanted) = match word.strip_prefix('-') {
                Some(unwanted) => (unwanted, false),
                None => (word, true),
            };
            let indexed = indexed(typed, Trailing::Left);
            let is_prefix = indexed.chars().count() == 1 && indexed.chars().all(text::is_unspaced);
            if indexed.chars().any(char::is_alphanumeric) {
                terms.push(Term { indexed, typed: typed.to_owned(), is_wanted, is_prefix });
            }
        }
    }
    terms.truncate(TERMS_MAX);
    terms
}

/// The query in the words of FTS5; `None` if nothing is wanted.
fn expression(terms: &[Term]) -> Option<String> {
    let quoted = |term: &Term| {
        let star = if term.is_prefix { "*" } else { "" };
        format!("\"{}\"{star}", term.indexed.replace('"', " "))
    };
    let of = |is_wanted: bool, joint: &str| {
        terms.iter().filter(|term| term.is_wanted == is_wanted).map(quoted).collect::<Vec<_>>().join(joint)
    };
    let (wanted, unwanted) = (of(true, " AND "), of(false, " OR "));
    match (wanted.is_empty(), unwanted.is_empty()) {
        (true, _) => None,
        (false, true) => Some(wanted),
        (false, false) => Some(format!("({wanted}) NOT ({unwanted})")),
    }
}

/// Whether the last character of an unspaced run stands by itself too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trailing {
    /// In the index, so that it can be found alone.
    Added,
    /// In a query, where only a run of one has it.
    Left,
}

/// Text as it is indexed: unspaced runs as pairs of characters, all else as it is.
pub(super) fn indexed(text: &str, trailing: Trailing) -> String {
    let mut indexed = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    // How many pairs the run has so far.
    let mut n_pairs = 0;
    let end_run = |indexed: &mut String, last: char, n_pairs: usize| {
        if n_pairs == 0 || trailing == Trailing::Added {
            indexed.push(last);
        }
        indexed.push(' ');
    };
    for c in text.chars() {
        let is_unspaced = text::is_unspaced(c) && !c.is_whitespace() && !is_punctuation(c);
        match (before, is_unspaced) {
            (Some(last), true) => {
                indexed.extend([last, c, ' ']);
                n_pairs += 1;
            }
            (Some(last), false) => {
                end_run(&mut indexed, last, n_pairs);
                indexed.push(c);
            }
            (None, true) => {
                indexed.push(' ');
                n_pairs = 0;
            }
            (None, false) => indexed.push(c),
        }
        before = is_unspaced.then_some(c);
    }
    if let Some(last) = before {
        end_run(&mut indexed, last, n_pairs);
    }
    match trailing {
        Trailing::Added => indexed,
        Trailing::Left => indexed.trim().to_owned(),
    }
}

/// Marks within the blocks of unspaced scripts that end a word: the middle dot of Katakana and its neighbours.
fn is_punctuation(c: char) -> bool {
    matches!(c, '\u{30a0}' | '\u{30fb}' | '\u{0e2f}' | '\u{0e5a}' | '\u{0e5b}' | '\u{104a}'..='\u{104f}' | '\u{17d4}'..='\u{17d6}')
}

/// Text around the first place that any wanted term stands at, on one line.
fn snippet(json: &str, terms: &[Term]) -> String {
    let record: Value = serde_json::from_str(json).unwrap_or_default();
    let text = text::collapse(record["text"].as_str().unwrap_or_default());
    // Case is all that is folded here, letter by letter, so that places stay the same.
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let chars: Vec<char> = text.chars().collect();
    let folded: Vec<char> = chars.iter().map(|c| lower(*c)).collect();
    let place = |term: &Term| {
        let wanted: Vec<char> = term.typed.chars().map(lower).collect();
        folded.windows(wanted.len().max(1)).position(|window| window == wanted)
    };
    let at = terms.iter().filter(|term| term.is_wanted).filter_map(place).min().unwrap_or(0);
    let mut start = at.saturating_sub(SNIPPET_CHARS / 4);
    // From a word's beginning, where words are spaced.
    if start > 0 {
        start = (start..at).find(|it| chars[*it - 1] == ' ').unwrap_or(start);
    }
    let end = (start + SNIPPET_CHARS).min(chars.len());
    let mut snippet = String::new();
    snippet.push_str(if start > 0 { "…" } else { "" });
    snippet.extend(&chars[start..end]);
    snippet.push_str(if end < chars.len() { "…" } else { "" });
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, wanted: Option<&str>) {
        assert_eq!(expression(&terms(query)).as_deref(), wanted);
    }

    #[test]
    fn words_phrases_and_exclusions() {
        check("ferry council", Some("\"ferry\" AND \"council\""));
        check("\"old ferry\" -mayor", Some("(\"old ferry\") NOT (\"mayor\")"));
        check("don't OR", Some("\"don't\" AND \"OR\""));
        check("-mayor", None);
        check(" \"\" - !!", None);
        check("a\"", Some("\"a\""));
    }

    #[test]
    fn unspaced_words_are_pairs_that_follow_one_another() {
        check("東京", Some("\"東京\""));
        check("東京都", Some("\"東京 京都\""));
        check("東", Some("\"東\"*"));
        check("COVID疫情", Some("\"COVID 疫情\""));
        assert_eq!(
            indexed("東京都。", Trailing::Added).split_whitespace().collect::<Vec<_>>(),
            ["東京", "京都", "都", "。"]
        );
        assert_eq!(indexed("the ferry", Trailing::Added), "the ferry");
    }
}
