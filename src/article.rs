//! What comes out: the story, the facts about it, and how sure we are of each.
//!
//! Names follow schema.org's `NewsArticle`; `schema/article.schema.json` in the repository describes the JSON. Everything
//! here is owned, plain data.

mod html;
mod markdown;
mod record;
mod spans;

pub use html::{HTML_HEAD, html};
pub use markdown::{front_matter, markdown};
pub use record::from_record;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The schema's name and version, the first field of every article's JSON.
pub const SCHEMA: &str = "copydesk/article/1";

/// A story with its facts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Article {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// What is known about the story beside its text.
    #[serde(flatten)]
    pub metadata: Metadata,
    /// What kind of page it stood on.
    pub page_type: PageType,
    /// Whether the story is cut short on this page, and why.
    pub truncated: Option<Truncation>,
    /// Words of `text`: runs of letters and digits; each Han, Kana or Thai character by itself.
    pub word_count: usize,
    /// The body without the headline: blocks separated by one blank line, no final newline; bullets that were typed stand
    /// before their items, and captions are left out, but for a gallery's.
    pub text: String,
    /// The body with headline as Markdown, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The body with headline as HTML, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The body, block by block.
    pub blocks: Vec<BodyPart>,
    /// A live blog's posts, in the page's order; empty for any other page.
    pub posts: Vec<Post>,
    /// Where this page stands among several that hold one story; `None` where it stands alone.
    pub pagination: Option<Pagination>,
    /// What readers wrote under the story.
    pub comments: Comments,
    /// What was repaired, in the order of the text.
    pub repairs: Vec<Repaired>,
    /// What was left out and why, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Vec<Dropped>>,
    /// Where each fact comes from, by field name: the sources that agree, joined by `+`.
    pub sources: BTreeMap<&'static str, String>,
    /// How likely each fact is right, by field name, from 0.0 to 1.0.
    pub confidence: BTreeMap<&'static str, f32>,
    /// `sha256:` and the digest of `text` in hexadecimal.
    pub content_hash: String,
    /// 64-bit SimHash of `text` in hexadecimal: near-duplicates differ in few bits.
    pub simhash: String,
    /// The encoding that the page was decoded from, by its WHATWG name; `None` for text that came decoded.
    pub encoding: Option<&'static str>,
    /// When the page was fetched, RFC 3339; `None` for saved pages.
    pub fetched_at: Option<String>,
    /// How the page was fetched; `None` for saved pages.
    pub http: Option<crate::page::Http>,
    /// Program and version.
    pub extractor: &'static str,
}

/// Facts about a story.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// The address the page came from.
    pub url: Option<String>,
    /// The address the page gives as its own, absolute.
    pub canonical_url: Option<String>,
    /// The title, without the site's name.
    pub headline: Option<String>,
    /// Another title the page gives, where it says something else (a search or social title).
    pub alternative_headline: Option<String>,
    /// Who wrote it, in the page's order.
    pub author: Vec<Author>,
    /// ISO 8601, with the zone if the page gives one, to the precision the page gives.
    pub date_published: Option<String>,
    /// ISO 8601; `None` when the page gives none or the same as `date_published`.
    pub date_modified: Option<String>,
    /// Place and day of filing at the head of the text.
    pub dateline: Option<Dateline>,
    /// Who published it.
    pub publisher: Option<Publisher>,
    /// The section or sections of the paper it stands in.
    pub article_section: Vec<String>,
    /// Tags and topics.
    pub keywords: Vec<String>,
    /// BCP 47: the declared language where the text agrees with it, else the one detected.
    pub in_language: Option<String>,
    /// The summary in the page's metadata.
    pub description: Option<String>,
    /// The lead image.
    pub image: Option<Image>,
    /// What the page says about reading it without paying.
    pub is_accessible_for_free: Option<bool>,
}

/// A person or an organization that wrote a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The name alone: no role, no "by".
    pub name: String,
    /// What kind of author.
    #[serde(rename = "type")]
    pub kind: AuthorKind,
    /// The author's page, absolute.
    #[serde(default)]
    pub url: Option<String>,
}

/// Whether an author is a human being.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorKind {
    /// A human being.
    Person,
    /// An agency, a newsroom, a paper.
    Organization,
}

/// Where and when a story was filed, as it says at its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dateline {
    /// As it stands.
    pub raw: String,
    /// The place.
    pub place: Option<String>,
    /// ISO 8601 day.
    pub date: Option<String>,
}

/// Who published a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// The name.
    pub name: String,
    /// The publisher's site, absolute.
    #[serde(default)]
    pub url: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its address, absolute.
    pub url: String,
    /// Pixels, if the page says.
    #[serde(default)]
    pub width: Option<u32>,
    /// Pixels, if the page says.
    #[serde(default)]
    pub height: Option<u32>,
    /// What is written under it.
    #[serde(default)]
    pub caption: Option<String>,
    /// Who took or owns it.
    #[serde(default)]
    pub credit: Option<String>,
}

/// What kind of page a story stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PageType {
    /// One story.
    Article,
    /// Posts with times on one event.
    LiveBlog,
    /// Links to stories: a front, a section, an archive, search results.
    Listing,
    /// A discussion: the posts are the content.
    Forum,
    /// Something to buy.
    Product,
    /// A manual or reference.
    Documentation,
    /// Pictures or a video, and a few lines.
    Gallery,
    /// None of these.
    Other,
}

/// Why the story on the page is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Truncation {
    /// The rest is for subscribers.
    Paywall,
    /// The page ends in a link to the rest.
    ContinueReading,
    /// The page's own data holds a longer body than the page shows.
    LongerInData,
}

/// A piece of the body that stands or falls as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BodyPart {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: PartKind,
    /// A heading's level, 2 being the highest below the headline; a list item's depth, from 1; how many of a table's rows are
    /// its head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// What it does in the story beside being a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// A list item's mark as in the page: a bullet, or a number with its dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// The text, whitespace collapsed (kept in code); rows of a table one a line, cells joined by ` | `. Empty only for a
    /// picture or an embed that has none.
    pub text: String,
    /// Whether an article's `text` leaves it out: a footnote or a post of another site that is no part of what the story
    /// says. Captions, but for a gallery's, are always left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// The number of a footnote, as what refers to it has it in [`SpanKind::Note`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The picture that a caption stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Box<Picture>>,
    /// What is embedded, for an embed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embed: Option<Box<Embed>>,
    /// Emphasis, links and footnotes, as byte ranges of `text`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// Where it stands in the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<Source>,
}

impl BodyPart {
    /// A part that is its text and nothing else.
    pub fn new(kind: PartKind, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            kind,
            level: None,
            role: None,
            marker: None,
            text,
            beside: false,
            note: None,
            image: None,
            embed: None,
            spans: Vec::new(),
            src: None,
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.image.is_none() && self.embed.is_none()
    }
}

/// The kinds of blocks in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PartKind {
    /// Running text.
    Paragraph,
    /// A heading inside the story.
    Heading,
    /// An item of a list.
    ListItem,
    /// Something quoted, set apart.
    Quote,
    /// Code, or text set as typed.
    Code,
    /// A table.
    Table,
    /// A picture, and what is written under it.
    Caption,
    /// Something of another site set into the page: a post, a video, a map.
    Embed,
}

/// What a block does in the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// The summary under the headline.
    Standfirst,
    /// Place and day of filing.
    Dateline,
    /// A short bold or bulleted line that names what follows.
    Label,
}

/// A stretch of a block's text that is more than text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte in the block's `text`.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    #[serde(flatten)]
    pub kind: SpanKind,
}

/// What a stretch of text is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum SpanKind {
    /// `strong`, `b`.
    Strong,
    /// `em`, `i`.
    Emphasis,
    /// `code` in a line.
    Code,
    /// A link.
    Link {
        /// Its target, absolute where the page's address is known.
        href: String,
    },
    /// Where a footnote is referred to; an empty stretch.
    Note {
        /// The footnote's [`BodyPart::note`].
        note: String,
    },
}

/// A picture in the story.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its address, absolute where the page's address is known.
    pub url: String,
    /// What it shows, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Who took or owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

/// Something of another site set into the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// What it is.
    pub kind: EmbedKind,
    /// Where it can be seen by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The site it is from, by its registrable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Who made it, as the page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When, as the page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// What kind of thing is embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EmbedKind {
    /// What somebody wrote on a social network.
    Post,
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// A map.
    Map,
    /// A chart or an interactive graphic.
    Graphic,
    /// A document.
    Document,
}

/// Where a block stands in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Which of the pages that were joined, from 2 on; `None` for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The element, by its position in document order; a line's number for text without markup.
    pub node: usize,
    /// The byte of the decoded page at which the element begins, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// One post of a live blog.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// ISO 8601; where the page gives an hour alone, the hour: `14:05`.
    pub time: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its text without time, headline and author; paragraphs separated by a blank line.
    pub text: String,
    /// Where it stands in the article's `blocks`, its headline with it; `None` for a post that only the page's data holds.
    pub blocks: Option<std::ops::Range<usize>>,
}

/// Where a page stands among several that hold one story.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pagination {
    /// This page's number, from 1.
    pub page: u32,
    /// How many pages there are, as far as this one says.
    pub of: Option<u32>,
    /// The address of the next page.
    pub next: Option<String>,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The addresses of all pages that are known, this one's too, in order.
    pub pages: Vec<String>,
    /// The address of a page that holds the whole story.
    pub single: Option<String>,
    /// How many pages' text is in this article: more than one where they were joined.
    pub joined: u32,
}

/// What readers wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comments {
    /// How many there are, as far as this page shows them.
    pub count: usize,
    /// In the page's order.
    pub items: Vec<Comment>,
}

/// What one reader wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// The name given.
    pub author: Option<String>,
    /// ISO 8601.
    pub date: Option<String>,
    /// The text, paragraphs separated by a blank line.
    pub text: String,
}

/// Something that was put right in the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repaired {
    /// What was wrong.
    pub kind: RepairKind,
    /// As it stood; empty for counts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// As it stands now.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The encodings that UTF-8 was wrongly read as, the last misreading first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The block, as an index into `blocks`; `None` for the headline and other fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<usize>,
    /// The byte of the block's text at which `to` stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
    /// For what is counted rather than listed: how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// What kinds of things are put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RepairKind {
    /// Text decoded with the wrong encoding.
    Mojibake,
    /// No-break spaces made spaces.
    Nbsp,
    /// Characters of no width taken out.
    ZeroWidth,
}

/// A block of the page that is not in the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Why: the name of the rule.
    pub reason: &'static str,
    /// Its text, cut after 200 characters.
    pub text: String,
    /// Its element, by position in document order.
    pub node: usize,
}

/// Why a page gave no article: a finding, not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoArticle {
    /// No text worth the name.
    Empty,
    /// Links to stories, none of them here.
    Listing,
    /// A question about cookies in place of a story.
    ConsentWall,
    /// A call to subscribe in place of a story.
    Paywall,
    /// Neither a page nor text.
    NotHtml,
}

impl NoArticle {
    /// The finding's name in JSON.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Listing => "listing",
            Self::ConsentWall => "consentWall",
            Self::Paywall => "paywall",
            Self::NotHtml => "notHtml",
        }
    }

    /// What to tell a person, and the way out.
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "no text that could be a story",
            Self::Listing => "links to stories, but no story of its own; --any-type gives its text",
            Self::ConsentWall => "a question about cookies in place of the story",
            Self::Paywall => "a call to subscribe in place of the story",
            Self::NotHtml => "neither a web page nor text",
        }
    }
}

/// The article as plain text: headline, blank line, body, one line feed at the end. A live blog's posts have their time and
/// author on a line above each.
pub fn plain(article: &Article) -> String {
    let headline = article.metadata.headline.as_deref().unwrap_or_default();
    let body = match article.posts.iter().any(|it| it.blocks.is_some()) {
        true => with_posts(article),
        false => article.text.clone(),
    };
    let parts = [headline, body.as_str()].map(str::trim).into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The body with a line above each post.
fn with_posts(article: &Article) -> String {
    let has_captions = article.page_type == PageType::Gallery;
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    for (part_idx, part) in article.blocks.iter().enumerate() {
        let post = article.posts.iter().find(|it| it.blocks.as_ref().is_some_and(|it| it.start == part_idx));
        lines.extend(post.and_then(Post::about).map(Cow::Owned));
        lines.extend(text_of(part, has_captions));
    }
    lines.join("\n\n")
}

impl Post {
    /// When and by whom, as one line.
    pub fn about(&self) -> Option<String> {
        let known = [&self.time, &self.author].into_iter().flatten();
        let about = known.map(String::as_str).collect::<Vec<_>>().join(", ");
        (!about.is_empty()).then_some(about)
    }
}

/// A part as it stands in an article's text, `None` for what is left to other shapes: pictures without `has_captions`,
/// embeds without words, and what stands beside. Typed bullets stand before their items; cells of a table are two spaces apart.
pub fn text_of(part: &BodyPart, has_captions: bool) -> Option<Cow<'_, str>> {
    if part.text.is_empty() || part.beside || (part.kind == PartKind::Caption && !has_captions) {
        return None;
    }
    if part.kind == PartKind::Table {
        let rows = part.text.lines().map(|row| {
            let cells = row.split(" | ").map(str::trim).filter(|cell| !cell.is_empty());
            cells.collect::<Vec<_>>().join("  ")
        });
        return Some(Cow::Owned(rows.collect::<Vec<_>>().join("\n")));
    }
    let marker = part.marker.as_deref().filter(|it| !it.ends_with('.'));
    Some(marker.map_or(Cow::Borrowed(&part.text), |it| Cow::Owned(format!("{it} {}", part.text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn part(kind: PartKind, text: &str) -> BodyPart {
        BodyPart::new(kind, text)
    }

    pub(super) fn article(headline: Option<&str>, blocks: Vec<BodyPart>) -> Article {
        Article {
            schema: SCHEMA,
            metadata: Metadata { headline: headline.map(str::to_owned), ..Metadata::default() },
            page_type: PageType::Article,
            truncated: None,
            word_count: 0,
            text: blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n"),
            markdown: None,
            html: None,
            blocks,
            posts: Vec::new(),
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
            extractor: "copydesk",
        }
    }

    #[test]
    fn plain_text_is_headline_blank_line_and_body() {
        let blocks = || vec![part(PartKind::Paragraph, "One."), part(PartKind::Paragraph, "Two.")];
        assert_eq!(plain(&article(Some("Headline"), blocks())), "Headline\n\nOne.\n\nTwo.\n");
        assert_eq!(plain(&article(None, blocks())), "One.\n\nTwo.\n");
    }
}
