//! Texts to words and shingles, and how many of them two texts share.

use super::{Counts, Unspaced};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of a shingle: AEB's number.
const SHINGLE_WORDS: usize = 4;

/// Whether a character belongs to a word: letters, numbers and the underscore, as `\w` of Python's `re`.
///
/// Marks are not among them there, so an Indic word falls into pieces; Rust's letters count those vowel signs and the
/// circled letters in.
pub(super) fn is_word(c: char) -> bool {
    let circled = matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}');
    c == '_' || c.is_alphanumeric() && (c.is_ascii() || !is_combining_mark(c) && !circled)
}

/// The words of a text, in order.
pub(super) fn words(text: &str, unspaced: Unspaced) -> Vec<&str> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut start = None;
    for (at, c) in text.char_indices() {
        let alone = unspaced == Unspaced::ByCharacter && stands_alone(c);
        if alone || !is_word(c) {
            words.extend(start.take().map(|start| &text[start..at]));
        } else if start.is_none() {
            start = Some(at);
        }
        if alone && is_word(c) {
            words.push(&text[at..at + c.len_utf8()]);
        }
    }
    words.extend(start.map(|start| &text[start..]));
    words
}

/// Thai, Kana, Han and Hangul.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// The words of two texts compared as multisets.
pub(super) fn word_counts(wanted: &str, given: &str, unspaced: Unspaced) -> Counts {
    let (mut wanted, mut given) = (words(wanted, unspaced), words(given, unspaced));
    wanted.sort_unstable();
    given.sort_unstable();
    sorted_counts(&wanted, &given)
}

/// Runs of four words compared as multisets. A text of one to three words is one shorter run.
pub(super) fn shingle_counts<'a>(wanted: &[&'a str], given: &[&'a str]) -> Counts {
    let mut numbers = HashMap::new();
    let mut numbered = |words: &[&'a str]| {
        let mut numbers_of = Vec::with_capacity(words.len().max(SHINGLE_WORDS));
        for word in words {
            let next = numbers.len();
            numbers_of.push(*numbers.entry(*word).or_insert(next));
        }
        if !words.is_empty() {
            // No word has this number, so a short run equals no long one.
            let n = numbers_of.len().max(SHINGLE_WORDS);
            numbers_of.resize(n, usize::MAX);
        }
        let mut shingles: Vec<[usize; SHINGLE_WORDS]> =
            numbers_of.windows(SHINGLE_WORDS).map(|run| run.try_into().expect("a window of that length")).collect();
        shingles.sort_unstable();
        shingles
    };
    sorted_counts(&numbered(wanted), &numbered(given))
}

fn sorted_counts<T: Ord>(wanted: &[T], given: &[T]) -> Counts {
    let (mut i, mut j, mut matched) = (0, 0, 0);
    while i < wanted.len() && j < given.len() {
        match wanted[i].cmp(&given[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                i += 1;
                j += 1;
                matched += 1;
            }
        }
    }
    Counts { matched, extra: given.len() - matched, missing: wanted.len() - matched }
}

/// A form for comparing names and titles: compatibility forms made one (NFKC), case folded, words joined by one space.
pub(super) fn fold(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(case_folds).collect();
    words(&folded, Unspaced::Whole).join(" ")
}

/// Full case folding, which is the lower case of the upper case but for two letters (Cherokee folds to the other case;
/// what equals what is the same). Source: Unicode's `CaseFolding.txt`, compared character by character.
fn case_folds(c: char) -> impl Iterator<Item = char> {
    let (ahead, upper) = match c {
        'ı' => (Some('ı'), None),
        'ẞ' => (Some('s'), Some('s'.to_uppercase())),
        _ => (None, Some(c.to_uppercase())),
    };
    ahead.into_iter().chain(upper.into_iter().flatten().flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, unspaced: Unspaced, wanted: &[&str]) {
        assert_eq!(words(text, unspaced), wanted);
    }

    #[test]
    fn words_are_runs_of_letters_digits_and_underscores() {
        check("It’s 5_000 m², naïve", Unspaced::Whole, &["It", "s", "5_000", "m²", "naïve"]);
    }

    #[test]
    fn marks_end_words() {
        check("हिन्दी", Unspaced::Whole, &["ह", "न", "द"]);
        check("e\u{301}a", Unspaced::Whole, &["e", "a"]);
        check("Ⓐa", Unspaced::Whole, &["a"]);
    }

    #[test]
    fn unspaced_scripts_may_be_split() {
        check("in東京、2 번", Unspaced::ByCharacter, &["in", "東", "京", "2", "번"]);
        check("in東京、2 번", Unspaced::Whole, &["in東京", "2", "번"]);
    }

    #[test]
    fn case_is_folded_in_full() {
        assert_eq!(fold("STRASSE Σίσυφος ﬁn"), fold("straẞe σίσυφοσ fin"));
        assert_eq!(fold("straße"), fold("STRASSE"));
        assert_ne!(fold("ılık"), fold("ilik"));
    }
}
