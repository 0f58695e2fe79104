//! The words of widgets: what a heading or a lone line says when it belongs to the page and not to the story.
//!
//! The words themselves are data, in `words.toml`, one table a meaning and one list a language. A line is compared folded:
//! lower case, no punctuation at its ends, numbers as they stand taken out ("3 Comments", "Comments (12)").

mod key;

use crate::text::fold;
use key::Digest;
use std::sync::LazyLock;

macro_rules! meanings {
    ($($(#[$doc:meta])* $name:ident $table:literal),+ $(,)?) => {
        /// What a widget's words mean.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Meaning {
            $($(#[$doc])* $name),+
        }

        const TABLES: &[(&str, Meaning)] = &[$(($table, Meaning::$name)),+];
    };
}

meanings! {
    /// Links to other stories follow.
    Related "related",
    /// Read this as well, or the rest of it.
    ReadMore "read_more",
    /// What others read.
    Popular "popular",
    /// Share, print, copy the link.
    Share "share",
    /// Readers' comments follow.
    Comments "comments",
    /// The form for a comment.
    CommentForm "comment_form",
    /// A letter to subscribe to.
    Newsletter "newsletter",
    /// Cookies and content of other sites.
    Consent "consent",
    /// What the site lives on: gifts, members, commissions.
    Support "support",
    /// Pay to read on.
    SubscribeWall "subscribe_wall",
    /// Tags and topics.
    Tags "tags",
    /// About the author.
    AuthorBox "author_box",
    /// A date follows.
    DateLabel "date_label",
    /// A name follows.
    Byline "byline",
    /// Advertisement.
    Advert "advert",
    /// To the next page or article.
    Pagination "pagination",
    /// Sign in.
    Login "login",
    /// Rights.
    Copyright "copyright",
    /// Who took the picture.
    PhotoCredit "photo_credit",
    /// How long it takes to read.
    ReadingTime "reading_time",
    /// Ways about the page.
    Skip "skip",
    /// Follow us elsewhere.
    FollowUs "follow_us",
}

mod table {
    //! What the build script made: an entry for each word, sorted; a set of what keys begin with; what the long ones
    //! begin with, sorted; and the names of the tables, by the number that stands in the entries.
    #![allow(clippy::unreadable_literal, reason = "read by the compiler alone")]

    include!(concat!(env!("OUT_DIR"), "/words.rs"));

    pub(super) static ALL: &[u64] = &ENTRIES;
    pub(super) static FIRST_WORDS: &[u64] = &FIRST;
    pub(super) static LONG_BEGINNINGS: &[u64] = &LONG;
    pub(super) const NAMES: &[&str] = &TABLES;
}

/// The meaning of each table, by its number.
static MEANINGS: LazyLock<Vec<Meaning>> = LazyLock::new(|| {
    let meaning = |table: &&str| TABLES.iter().find(|(name, _)| name == table).map(|(_, meaning)| *meaning);
    table::NAMES.iter().map(|it| meaning(it).expect("a test reads the file")).collect()
});

/// What a key means, by its number.
fn known(key: Digest) -> Option<Meaning> {
    let at = table::ALL.partition_point(|it| *it < key.entry(0));
    let entry = table::ALL.get(at).filter(|it| **it == key.entry(**it as u8))?;
    MEANINGS.get(usize::from(*entry as u8)).copied()
}

/// Whether a line may begin with a widget's words, by its first two. Rules out nearly every line without folding it.
fn may_be_known(text: &str) -> bool {
    // Where no spaces are, a word known may end in the middle of what looks like one.
    let has_unspaced = || !text.is_ascii() && text.chars().any(crate::text::is_unspaced);
    let is_first = |first: Digest| {
        let (at, bit) = first.bit();
        table::FIRST_WORDS[at] & bit != 0
    };
    key::begins(text, is_first).unwrap_or(true) || has_unspaced()
}

/// What a paragraph means that is longer than a widget's lines are, by its first words.
pub fn opening(text: &str) -> Option<Meaning> {
    let is_beginning = |it: Digest| table::LONG_BEGINNINGS.binary_search(&it.entry(0)).is_ok();
    if key::begins(text, is_beginning) != Some(true) {
        return None;
    }
    let mut key = String::new();
    key::write(&text[..text.floor_char_boundary(LINE_BYTES_MAX)], &mut key);
    // So that no fewer words than that say so.
    let n_words = START_TIMES_MAX * key::LONG_WORDS;
    if memchr::memchr_iter(b' ', key.as_bytes()).nth(n_words).is_some() { start(&key) } else { None }
}

/// What a whole line means, if it is a widget's.
pub fn line(text: &str) -> Option<Meaning> {
    if text.len() > LINE_BYTES_MAX || !may_be_known(text) {
        return None;
    }
    let mut key = String::new();
    key::write(text, &mut key);
    if key.is_empty() {
        return None;
    }
    if let Some(meaning) = known(Digest::of(&key)).or_else(|| start(&key)) {
        return Some(meaning);
    }
    // Several known sentences in one line.
    let mut sentences = text.split_inclusive(['.', '!', '?', '。']).filter_map(|it| {
        key::write(it, &mut key);
        (!key.is_empty()).then(|| known(Digest::of(&key)))
    });
    let first = sentences.next()??;
    // Who asks whether the article was liked says why.
    if first == Meaning::Support {
        return Some(first);
    }
    sentences.all(|it| it.is_some()).then_some(first)
}

/// What a line means that begins with a widget's words and goes on: "Subscribe to our newsletter for …". Only words of
/// three or more say so, or six characters where the script has no spaces.
fn start(key: &str) -> Option<Meaning> {
    let is_start = |meaning: &Meaning| {
        matches!(
            meaning,
            Meaning::CommentForm
                | Meaning::Newsletter
                | Meaning::Support
                | Meaning::Consent
                | Meaning::SubscribeWall
                | Meaning::AuthorBox
                | Meaning::Login
                | Meaning::Copyright
                | Meaning::FollowUs
        )
    };
    let n_words = 1 + memchr::memchr_iter(b' ', key.as_bytes()).count();
    // What goes on for longer than that is a sentence about it, unless it is known to begin with many words.
    let is_most = |n_known: usize| n_words <= START_TIMES_MAX * n_known || n_known >= key::LONG_WORDS;
    let (mut beginning, mut n_known) = (Digest::default(), 0);
    for byte in key.bytes() {
        if byte == b' ' {
            n_known += 1;
            let is_asked = n_known >= START_WORDS_MIN && is_most(n_known);
            if let Some(meaning) = is_asked.then(|| known(beginning)).flatten().filter(is_start) {
                return Some(meaning);
            }
            if n_known == START_WORDS_MAX {
                break;
            }
        }
        beginning.byte(byte);
    }
    let is_unspaced = key.chars().next().is_some_and(crate::text::is_unspaced);
    let mut ends = key.char_indices().map(|(at, _)| at).skip(6).take(START_CHARS_MAX);
    is_unspaced.then(|| ends.find_map(|end| known(Digest::of(&key[..end])).filter(is_start))).flatten()
}

/// How many times longer than the known words a line may be.
const START_TIMES_MAX: usize = 3;
/// Words of the shortest and the longest entry that is looked for at the start of a line.
const START_WORDS_MIN: usize = 3;
const START_WORDS_MAX: usize = 16;
/// Lengths that are tried where a script has no spaces.
const START_CHARS_MAX: usize = 14;

/// What the words before the first colon of a line mean, if they are a widget's.
pub fn beginning(text: &str) -> Option<Meaning> {
    let head = &text.as_bytes()[..text.len().min(4 * LABEL_CHARS_MAX)];
    if memchr::memchr3(b':', b'|', b'>', head).is_none() && head.is_ascii() {
        return None;
    }
    let end = text.char_indices().take(LABEL_CHARS_MAX).find(|(_, c)| matches!(c, ':' | '：' | '|' | '>' | '»'))?.0;
    let label = &text[..end];
    if !may_be_known(label) {
        return None;
    }
    let mut key = String::new();
    key::write(label, &mut key);
    if key.is_empty() { None } else { known(Digest::of(&key)) }
}

/// Whether a line begins with what stands before an author's name: "By", "Von", "โดย".
pub fn begins_byline(text: &str) -> bool {
    let first = text.trim_start().split([' ', ':', '\u{a0}']).next().unwrap_or("");
    known(Digest::of(&fold(first))) == Some(Meaning::Byline)
}

/// The longest line of a widget has some 120 characters, of up to 3 bytes.
const LINE_BYTES_MAX: usize = 400;
/// Characters of a label before its colon.
const LABEL_CHARS_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[track_caller]
    fn check(text: &str, expected: Option<Meaning>) {
        assert_eq!(line(text), expected, "{text}");
    }

    #[test]
    fn a_line_is_known_whatever_its_case_numbers_and_punctuation() {
        assert!(line("LEAVE A REPLY").is_some());
        check("Share post:", Some(Meaning::Share));
        check("Related", Some(Meaning::Related));
        check("3 Comments", Some(Meaning::Comments));
        check("The minister shared the post.", None);
    }

    #[test]
    fn every_word_of_the_file_is_known_by_the_first_table_that_has_it() {
        let mut seen = HashSet::new();
        let mut meaning = None;
        for line in include_str!("words.toml").lines().map(str::trim).filter(|it| !it.starts_with('#')) {
            if let Some(table) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
                meaning = TABLES.iter().find(|(name, _)| *name == table).map(|(_, meaning)| *meaning);
                continue;
            }
            for word in line.split('"').skip(1).step_by(2) {
                let mut key = String::new();
                key::write(word, &mut key);
                if !key.is_empty() && seen.insert(key) {
                    check(word, meaning);
                }
            }
        }
        assert!(seen.len() > 10_000);
    }

    #[test]
    fn a_line_that_goes_on_is_known_by_its_start() {
        check("Sign up for our newsletter and be the first to know", Some(Meaning::Newsletter));
        check("Sign up", line("sign up"));
    }

    #[test]
    fn a_paragraph_is_known_by_many_words_and_not_by_few() {
        let rules = "Our rules: We want our comments to be a lively and valuable part of our community";
        let long =
            |opening: &str| opening.to_owned() + &" and this goes on with what else is to be said here".repeat(8);
        assert_eq!(opening(&long(rules)), Some(Meaning::CommentForm));
        assert_eq!(opening(&long("Sign up for our newsletter")), None);
        assert_eq!(opening(&long("The minister shared the post")), None);
    }

    #[test]
    fn who_asks_for_money_is_known_by_the_first_sentence() {
        check(
            "Did you enjoy this article? The paper has no owner but its readers, all of them.",
            Some(Meaning::Support),
        );
        check("The town asked whether they did. Did you enjoy this article?", None);
    }

    #[test]
    fn a_label_is_known_by_what_stands_before_the_colon() {
        assert_eq!(beginning("Read also: The minister resigns"), line("read also"));
        assert!(line("read also").is_some());
    }

    #[test]
    fn every_table_of_the_file_has_a_meaning() {
        for table in table::NAMES {
            assert!(TABLES.iter().any(|(name, _)| name == table), "{table}");
        }
    }
}
