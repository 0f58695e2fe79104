//! The words of widgets: what a heading or a lone line says when it belongs to the page and not to the story.
//!
//! The words themselves are data, in `words.toml`, one table a meaning and one list a language. A line is compared folded:
//! lower case, no punctuation at its ends, numbers as they stand taken out ("3 Comments", "Comments (12)").

use crate::text::fold;
use std::collections::HashMap;
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

static WORDS: LazyLock<HashMap<Box<str>, Meaning>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    let mut meaning = None;
    for line in include_str!("words.toml").lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            meaning = TABLES.iter().find(|(name, _)| *name == table).map(|(_, meaning)| *meaning);
        } else if !line.starts_with('#')
            && let Some(meaning) = meaning
        {
            for word in line.split('"').skip(1).step_by(2) {
                words.entry(key(word).into_boxed_str()).or_insert(meaning);
            }
        }
    }
    words
});

/// What a whole line means, if it is a widget's.
pub fn line(text: &str) -> Option<Meaning> {
    if text.len() > LINE_BYTES_MAX {
        return None;
    }
    if let Some(meaning) = WORDS.get(key(text).as_str()) {
        return Some(*meaning);
    }
    if let Some(meaning) = start(text) {
        return Some(meaning);
    }
    // Several known sentences in one line.
    let mut sentences = text.split_inclusive(['.', '!', '?', '。']).map(key).filter(|it| !it.is_empty());
    let first = WORDS.get(sentences.next()?.as_str()).copied()?;
    sentences.all(|it| WORDS.contains_key(it.as_str())).then_some(first)
}

/// What a line means that begins with a widget's words and goes on: "Subscribe to our newsletter for …". Only words of
/// three or more say so, or six characters where the script has no spaces.
fn start(text: &str) -> Option<Meaning> {
    let key = key(text);
    let is_start = |meaning: &Meaning| {
        matches!(
            meaning,
            Meaning::CommentForm
                | Meaning::Newsletter
                | Meaning::Consent
                | Meaning::SubscribeWall
                | Meaning::AuthorBox
                | Meaning::Login
                | Meaning::Copyright
                | Meaning::FollowUs
        )
    };
    let n_words = key.split(' ').count();
    let known = |end: usize| WORDS.get(&key[..end]).copied().filter(is_start);
    // What goes on for longer than that is a sentence about it.
    let is_most = |n_known: usize| n_words <= START_TIMES_MAX * n_known;
    let ends = key.match_indices(' ').map(|(at, _)| at).enumerate().skip(2).take(START_WORDS_MAX);
    let by_words = ends.filter(|(n_before, _)| is_most(n_before + 1)).find_map(|(_, end)| known(end));
    by_words.or_else(|| {
        let is_unspaced = key.chars().next().is_some_and(crate::text::is_unspaced);
        let ends = key.char_indices().map(|(at, _)| at).skip(6).take(START_WORDS_MAX);
        is_unspaced.then(|| ends.into_iter().find_map(known)).flatten()
    })
}

/// How many times longer than the known words a line may be.
const START_TIMES_MAX: usize = 3;
/// Words of the longest entry that is looked for at the start of a line.
const START_WORDS_MAX: usize = 14;

/// What the words before the first colon of a line mean, if they are a widget's.
pub fn beginning(text: &str) -> Option<Meaning> {
    let end = text.char_indices().take(LABEL_CHARS_MAX).find(|(_, c)| matches!(c, ':' | '：' | '|' | '>' | '»'))?.0;
    WORDS.get(key(&text[..end]).as_str()).copied()
}

/// Whether a line begins with what stands before an author's name: "By", "Von", "โดย".
pub fn begins_byline(text: &str) -> bool {
    let text = text.trim_start();
    let first = fold(text.split([' ', ':', '\u{a0}']).next().unwrap_or(""));
    !first.is_empty() && WORDS.get(first.as_str()) == Some(&Meaning::Byline)
}

/// Folded, without numbers.
fn key(text: &str) -> String {
    let folded = fold(text);
    if !folded.contains(|c: char| c.is_numeric()) {
        return folded;
    }
    let words: Vec<&str> = folded.split(' ').filter(|it| !it.chars().all(char::is_numeric)).collect();
    words.join(" ")
}

/// The longest line of a widget has some 120 characters, of up to 3 bytes.
const LINE_BYTES_MAX: usize = 400;
/// Characters of a label before its colon.
const LABEL_CHARS_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_label_is_known_by_what_stands_before_the_colon() {
        assert_eq!(beginning("Read also: The minister resigns"), line("read also"));
        assert!(line("read also").is_some());
    }

    #[test]
    fn every_table_of_the_file_has_a_meaning() {
        let tables = include_str!("words.toml").lines().filter_map(|it| it.trim().strip_prefix('[')?.strip_suffix(']'));
        for table in tables {
            assert!(TABLES.iter().any(|(name, _)| *name == table), "{table}");
        }
    }
}
