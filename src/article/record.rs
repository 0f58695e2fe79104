//! An article's JSON back to an article, as far as writing it out needs.

use super::{Article, BodyPart, Comments, Metadata, PageType, Post, SCHEMA};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(flatten)]
    metadata: Metadata,
    #[serde(default)]
    text: String,
    #[serde(default)]
    blocks: Vec<BodyPart>,
    #[serde(default)]
    posts: Vec<Post>,
    #[serde(default)]
    word_count: usize,
}

/// The article that a record describes: its facts, text and blocks. What says how it was extracted is not read back. `None`
/// for what is no record.
pub fn from_record(json: &str) -> Option<Article> {
    let Record { metadata, text, blocks, posts, word_count } = serde_json::from_str(json).ok()?;
    Some(Article {
        schema: SCHEMA,
        metadata,
        page_type: PageType::Article,
        truncated: None,
        word_count,
        text,
        markdown: None,
        html: None,
        blocks,
        posts,
        pagination: None,
        comments: Comments::default(),
        repairs: Vec::new(),
        dropped: None,
        sources: BTreeMap::new(),
        confidence: BTreeMap::new(),
        content_hash: String::new(),
        simhash: String::new(),
        encoding: None,
        fetched_at: None,
        http: None,
        extractor: concat!("copydesk/", env!("CARGO_PKG_VERSION")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{front_matter, html, markdown, plain};
    use crate::extract::{Options, extract};
    use crate::page::Page;

    #[test]
    fn a_record_gives_the_same_page_as_the_article() {
        let page = "<html lang=en><title>Ferry stays | The Example</title><meta name=author content='Ann Ahrens'><article>\
            <h1>Ferry stays</h1><p>The town council of Harbourmouth voted to keep the <b>old</b> ferry running until <a \
            href=/spring>spring</a>.</p><h2>A narrow vote</h2><ul><li>Seven for it<li>Six against</ul></article>";
        let url = "https://news.example/ferry".parse().expect("a URL");
        let article = extract(&Page::saved(page, Some(url)), &Options::default()).article;
        let again = from_record(&serde_json::to_string(&article).expect("JSON")).expect("a record");
        for write in [plain, markdown, front_matter, html] {
            assert_eq!(write(&again), write(&article));
        }
    }
}
