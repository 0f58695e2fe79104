//! The pure way whole: a page in, its story out.

use crate::article::{Article, NoArticle};
use crate::dom;
use crate::page::Page;
use serde::{Deserialize, Serialize};
use url::Url;

/// How to read a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Bounds of the tree.
    pub dom: dom::Options,
    /// What the article carries beside its text.
    #[serde(skip)]
    pub want: Want,
}

/// What an article carries only when asked, as it costs time or room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Want {
    /// [`Article::markdown`].
    pub markdown: bool,
    /// [`Article::html`].
    pub html: bool,
    /// [`Article::dropped`].
    pub dropped: bool,
}

/// What a page gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// The story, or what there is of text and facts where there is no story.
    pub article: Article,
    /// Why this is no story.
    pub finding: Option<NoArticle>,
}

impl Extracted {
    /// The story, or why there is none.
    ///
    /// # Errors
    ///
    /// The finding, for a page without a story.
    pub fn story(&self) -> Result<&Article, NoArticle> {
        self.finding.map_or(Ok(&self.article), Err)
    }
}

/// The story of a page: HTML, or plain text that another scraper saved, whichever the bytes are.
pub fn extract(page: &Page, options: &Options) -> Extracted {
    let _ = (page, options);
    todo!()
}

/// The story in plain text that another scraper saved with its residue: blocks are lines.
pub fn extract_text(text: &str, url: Option<&Url>, options: &Options) -> Extracted {
    let _ = (text, url, options);
    todo!()
}
