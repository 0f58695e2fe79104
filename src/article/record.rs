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
    use crate::article::tests::{article, part};
    use crate::article::{PartKind, Span, SpanKind, front_matter, html, markdown, plain};

    #[test]
    fn a_record_gives_the_same_page_as_the_article() {
        let mut lede = part(PartKind::Paragraph, "The council voted to keep the ferry.");
        lede.spans.push(Span {
            start: 4,
            end: 11,
            kind: SpanKind::Link { href: "https://news.example/council".into() },
        });
        let mut heading = part(PartKind::Heading, "A narrow vote");
        heading.level = Some(2);
        let items = ["Seven for it", "Six against"].map(|text| part(PartKind::ListItem, text));
        let mut before = article(Some("Ferry stays"), [lede, heading].into_iter().chain(items).collect());
        before.metadata.date_published = Some("2026-11-23".to_owned());
        let again = from_record(&serde_json::to_string(&before).expect("JSON")).expect("a record");
        for write in [plain, markdown, front_matter, html] {
            assert_eq!(write(&again), write(&before));
        }
        assert!(from_record("[]").is_none());
    }
}
