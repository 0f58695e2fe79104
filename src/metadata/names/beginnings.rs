//! Words that stand before a name, by how they begin.

use super::words::{BY_WORDS, LEADS, OTHER_HANDS, PICTURE_WORDS, WRITER_LABELS, WRITTEN_WORDS};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words that a text may begin with, by the first letter: of most texts few.
pub(super) struct Beginnings(HashMap<char, Vec<&'static str>>);

impl Beginnings {
    fn of(words: &'static [&'static str]) -> Self {
        let mut by_letter: HashMap<char, Vec<&str>> = HashMap::new();
        for word in words {
            by_letter.entry(lower_letter(word)).or_default().push(word);
        }
        Self(by_letter)
    }

    /// Those with the first letter of a text, in the order they are listed in.
    pub(super) fn of_text(&self, text: &str) -> impl Iterator<Item = &'static str> {
        self.0.get(&lower_letter(text)).into_iter().flatten().copied()
    }
}

fn lower_letter(text: &str) -> char {
    text.chars().next().and_then(|it| it.to_lowercase().next()).unwrap_or_default()
}

pub(super) static BY: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(BY_WORDS));
pub(super) static LABEL: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(WRITER_LABELS));
pub(super) static PICTURE: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(PICTURE_WORDS));
pub(super) static HAND: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(OTHER_HANDS));
pub(super) static WRITTEN: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(WRITTEN_WORDS));
pub(super) static LEAD: LazyLock<Beginnings> = LazyLock::new(|| Beginnings::of(LEADS));
