//! The pure way whole: a page in, its story out. The only place that composes the stages.
//!
//! Bytes are decoded, parsed and cut into blocks; the story is chosen, mended and structured; the facts are settled last,
//! as some of them depend on the body. The same page gives the same article, always.

mod join;
mod live;
mod mend;

pub use join::{is_same_story, join};

use crate::article::{
    self, Article, BodyPart, Comment, Comments, Dateline, NoArticle, PageType, Pagination, PartKind, Role, Truncation,
};
use crate::decode;
use crate::dom;
use crate::dom::select::Selector;
use crate::duplicate::SimHash;
use crate::main_content::picks::Picks;
use crate::main_content::{self, Anchors, Declared, Site, Stated, Story};
use crate::metadata::{self, Field, Settled};
use crate::mojibake::{self, Hints, Normalisation};
use crate::page::Page;
use crate::pagination;
use crate::site_memory::{self, Observation, SiteMemory};
use crate::text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

/// How to read a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Elements that are the body, with all that they hold, in place of what would be chosen. Facts still come from the
    /// whole page. Without any, the body is found.
    pub select: Vec<Selector>,
    /// Elements that are out of the body, whether it is selected or found.
    pub drop: Vec<Selector>,
    /// Bounds of the tree.
    pub dom: dom::Options,
    /// What repair may do.
    pub repair: mojibake::Options,
    /// What is tidied beside repair.
    pub tidy: Normalisation,
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
    /// What of the page lay beyond the bounds of [`Options::dom`]: nothing, for nearly every page.
    pub cuts: dom::Cuts,
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
///
/// ```
/// use copydesk::{extract::{extract, Options}, page::Page};
///
/// let html = "<title>Bridge reopens | The Herald</title><h1>Bridge reopens</h1>
///     <p>The old bridge over the Lind reopened on Monday after three years of repairs, the town said.</p>
///     <div class=share>Share post:</div>";
/// let extracted = extract(&Page::saved(html, None), &Options::default());
/// let article = extracted.story().expect("one paragraph is a story");
/// assert_eq!(article.metadata.headline.as_deref(), Some("Bridge reopens"));
/// assert_eq!(article.text, "The old bridge over the Lind reopened on Monday after three years of repairs, the town said.");
/// ```
pub fn extract(page: &Page, options: &Options) -> Extracted {
    extract_with(page, options, None).0
}

/// The story of a page with what is known of its site, and what the page teaches about it: nothing if it is no HTML, or if
/// neither its address nor what it says of itself tells the site.
///
/// ```
/// use copydesk::{extract::{Options, extract_on_site}, page::Page, site_memory::SiteMemory};
///
/// let mut memory = SiteMemory::default();
/// let url = "https://herald.example/bridge".parse().ok();
/// let page = Page::saved("<p>The old bridge over the Lind reopened on Monday after three years of repairs.</p>", url);
/// let (extracted, seen) = extract_on_site(&page, &Options::default(), &memory);
/// let (host, observation) = seen.expect("the page has an address");
/// memory.observe(&host, observation);
/// assert_eq!((extracted.finding, memory.n_hosts()), (None, 1));
/// ```
pub fn extract_on_site(
    page: &Page,
    options: &Options,
    memory: &SiteMemory,
) -> (Extracted, Option<(String, Observation)>) {
    extract_with(page, options, Some(memory))
}

fn extract_with(
    page: &Page,
    options: &Options,
    memory: Option<&SiteMemory>,
) -> (Extracted, Option<(String, Observation)>) {
    let tld = page.url.as_ref().and_then(|it| it.host_str()).and_then(|it| it.rsplit('.').next());
    let hints = decode::Hints { content_type: page.content_type.as_deref(), tld, ..decode::Hints::default() };
    let decoded = decode::decode(&page.body, &hints);
    let (extracted, seen) = extract_decoded(&decoded, page, options, memory);
    // UTF-8 is proven by its bytes; every other encoding is a belief.
    if decoded.encoding != "UTF-8"
        && reads_as_damaged(&extracted.article)
        && let Some(label) = decode::second_best(&page.body, &hints, decoded.encoding)
        && let Some(decoded) = decode::decode_as(&page.body, label)
    {
        let (again, seen_again) = extract_decoded(&decoded, page, options, memory);
        if reads_better(&again.article, &extracted.article) {
            return (again, seen_again);
        }
    }
    (extracted, seen)
}

/// Whether a story looks as if its page had been decoded with the wrong encoding: characters that no text has, damage that
/// repair found and left, or legacy text that it had to read again.
fn reads_as_damaged(article: &Article) -> bool {
    let is_odd = |c: char| c == char::REPLACEMENT_CHARACTER || ('\u{80}'..='\u{9f}').contains(&c);
    let is_reread = |it: &article::Repaired| it.encoding.as_deref().is_some_and(|encoding| encoding.contains('>'));
    !article.text.is_ascii()
        && (article.repairs.iter().any(is_reread)
            || mojibake::suspicious(&article.text)
            || article.text.contains(is_odd))
}

/// Whether a second reading of a page gives its story in clearly likelier text: it must have all blocks of the first, as
/// less text has less to wonder at, and cost a tenth less, as decoding asks of a declared encoding.
fn reads_better(again: &Article, first: &Article) -> bool {
    again.blocks.len() >= first.blocks.len()
        && mojibake::oddness(&again.text) * 10 <= mojibake::oddness(&first.text) * 9
}

/// The story of a page whose encoding is settled.
fn extract_decoded(
    decoded: &decode::Decoded<'_>,
    page: &Page,
    options: &Options,
    memory: Option<&SiteMemory>,
) -> (Extracted, Option<(String, Observation)>) {
    let mut seen = None;
    let mut extracted = if is_binary(&decoded.text) {
        finished(Draft { finding: Some(NoArticle::NotHtml), ..Draft::default() }, page.url.as_ref(), options)
    } else if is_html(&decoded.text, page.content_type.as_deref()) {
        let (extracted, observed) = extract_html(&decoded.text, page, decoded.encoding, options, memory);
        seen = observed;
        extracted
    } else {
        extract_text(&decoded.text, page.url.as_ref(), options)
    };
    extracted.article.encoding = Some(decoded.encoding);
    extracted.article.fetched_at = page.http.as_ref().map(|it| it.fetched_at.clone());
    extracted.article.http = extracted.article.http.or_else(|| page.http.clone());
    (extracted, seen)
}

/// The story in plain text that another scraper saved with its residue: blocks are lines.
pub fn extract_text(text: &str, url: Option<&Url>, options: &Options) -> Extracted {
    let blocks = main_content::saved_text::split(text);
    let (story, headline) = main_content::find_in_text(&blocks, options.want.dropped);
    let mut draft = Draft { story, finding: None, ..Draft::default() };
    let lines: Vec<&str> = blocks.rows.iter().map(|it| blocks.text(it)).collect();
    draft.settled = metadata::of_text(&lines);
    draft.settled.metadata.headline = headline;
    finished(draft, url, options)
}

fn extract_html(
    html: &str,
    page: &Page,
    encoding: &str,
    options: &Options,
    memory: Option<&SiteMemory>,
) -> (Extracted, Option<(String, Observation)>) {
    let url = page.url.as_ref();
    let dom = main_content::parse(html, &options.dom);
    let claims = metadata::gather(&dom, url);
    let headlines = claims.headlines();
    let descriptions = claims.descriptions();
    let authors = claims.authors();
    let address = address(&claims, url);
    let stated = Stated {
        headlines: &headlines,
        alternative_headline: claims.alternative_headline(),
        descriptions: &descriptions,
        article_body: claims.article_body(),
        declared: Declared::of(claims.schema_types()),
        types: claims.schema_types(),
        authors: &authors,
        paid_classes: claims.paid_classes(),
        address: address.as_ref(),
    };
    let anchors = Anchors { stated, headline_node: claims.headline_node() };
    let host = address.as_ref().and_then(Url::host_str).map(site_memory::host_key);
    let site = memory.zip(address.as_ref()).zip(host).map(|((memory, address), host)| Site {
        page: site_memory::page_hash(address.as_str()),
        evidence: memory.evidence(host),
    });
    let picks = Picks::new(&dom, &options.select, &options.drop);
    let mut origin = if picks.is_selecting() { Origin::Selected } else { Origin::Found };
    let mut story = main_content::find(&dom, &anchors, picks, url, options.want.dropped, site.as_ref());
    let day = page.http.as_ref().map(|it| it.fetched_at.as_str());
    let seen =
        site.as_ref().zip(host).map(|(site, host)| (host.to_owned(), Observation::new(site.page, day, &story.rows)));
    if origin == Origin::Found
        && let Some(body) = main_content::from_data(&dom, &anchors, &story)
    {
        origin = Origin::Data;
        story = Story { dropped: story.dropped, ..body };
    }
    let (page_type, likely) = page_type(&claims, &story);
    let text = joined(&story.parts, Some(page_type));
    let today = page.http.as_ref().map(|it| it.fetched_at.as_str());
    let settled = claims.settle(&metadata::Body { first_node: story.first_node, text: &text, today });
    let truncated = truncation(&claims, &settled, &story, &text);
    let finding = match origin {
        // What a person selects is the story, whatever the page is.
        Origin::Selected => None,
        Origin::Found | Origin::Data | Origin::Text => finding(&claims, &story, page_type, truncated),
    };
    let posts = match page_type {
        PageType::LiveBlog => main_content::live_posts(&dom, &story),
        _ => Vec::new(),
    };
    let pagination = match page_type {
        // A list's pages are no pages of a story.
        PageType::Listing => None,
        _ => url.or(address.as_ref()).and_then(|it| pagination::find(&dom, it)),
    };
    let is_first_of_many = page_type == PageType::Article && pagination.as_ref().is_some_and(|it| it.next.is_some());
    let truncated = truncated.or(is_first_of_many.then_some(Truncation::ContinueReading));
    let draft = Draft {
        story,
        settled,
        finding,
        page_type: Some((page_type, likely)),
        truncated,
        origin,
        declared: Some(encoding),
        posts,
        updates: if page_type == PageType::LiveBlog { claims.live_updates().to_vec() } else { Vec::new() },
        pagination,
    };
    let mut extracted = Extracted { cuts: dom.cuts().clone(), ..finished(draft, url, options) };
    extracted.article.http = page.http.as_ref().map(|http| metadata::with_wishes(http, &dom));
    (extracted, seen)
}

/// Where a page belongs: the address that it gives as its own, if that is on the same host as the one it came from.
fn address(claims: &metadata::Claims, url: Option<&Url>) -> Option<Url> {
    match (claims.canonical_url(), url) {
        (Some(own), Some(url)) if own.host_str() != url.host_str() => Some(url.clone()),
        (Some(own), _) => Some(own),
        (None, url) => url.cloned(),
    }
}

/// All that is known before the text is mended.
#[derive(Default)]
struct Draft<'a> {
    story: Story,
    settled: Settled,
    finding: Option<NoArticle>,
    page_type: Option<(PageType, f32)>,
    truncated: Option<Truncation>,
    origin: Origin,
    declared: Option<&'a str>,
    posts: Vec<main_content::posts::Found>,
    updates: Vec<metadata::LiveUpdate>,
    pagination: Option<Pagination>,
}

/// Where a body comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Origin {
    /// A text without markup.
    #[default]
    Text,
    /// What the page shows.
    Found,
    /// What a person's rules select on it.
    Selected,
    /// What the page's scripts hold.
    Data,
}

/// Mends, structures and joins what was found.
fn finished(draft: Draft<'_>, url: Option<&Url>, options: &Options) -> Extracted {
    let Draft { story, settled, mut finding, page_type, truncated, origin, declared, posts, updates, pagination } =
        draft;
    let Settled { mut metadata, mut sources, mut confidence } = settled;
    let mut parts = story.parts;
    live::drop_bylines(&posts, &mut parts);
    let language = metadata.in_language.clone();
    let tld = url.and_then(|it| it.host_str()).and_then(|it| it.rsplit('.').next());
    let how = mend::Mend {
        hints: Hints { language: language.as_deref(), tld, declared },
        repair: &options.repair,
        tidy: options.tidy,
    };
    let mut facts: Vec<&mut String> = metadata
        .headline
        .iter_mut()
        .chain(&mut metadata.alternative_headline)
        .chain(&mut metadata.description)
        .collect();
    let repairs = mend::mend(&how, &mut facts, &mut parts);
    main_content::structure(&mut parts);
    let lead = parts.iter_mut().take(2).find(|it| it.kind == PartKind::Paragraph);
    if let Some(part) = lead
        && let Some(dateline) = metadata::dateline(&part.text)
    {
        if dateline.raw == part.text {
            part.role = Some(Role::Dateline);
        }
        if metadata.date_published.is_none() && dateline.date.is_some() {
            metadata.date_published.clone_from(&dateline.date);
            sources.insert("datePublished", "dateline".to_owned());
            confidence.insert("datePublished", DATELINE_CONFIDENCE);
        }
        // The day of a dateline without a year was completed where the publication date is known.
        let date = dateline.date.or_else(|| metadata.dateline.take().and_then(|it| it.date));
        metadata.dateline = Some(Dateline { date, ..dateline });
    }
    let posts = live::posts(&posts, &updates, &parts);
    let comments: Vec<Comment> = story
        .comments
        .into_iter()
        .map(|it| Comment { date: it.date.as_deref().and_then(metadata::moment), ..it })
        .collect();
    if let Some((_, likely)) = page_type {
        confidence.insert("pageType", (likely * 100.0).round() / 100.0);
    }
    let page_type = page_type.map(|it| it.0);
    let text = joined(&parts, page_type);
    if text.is_empty() {
        finding = finding.or(Some(NoArticle::Empty));
    }
    metadata.url = url.map(Url::to_string).or(metadata.url);
    if !text.is_empty() {
        sources.insert(
            "body",
            match origin {
                Origin::Text => "text",
                Origin::Found => "dom",
                Origin::Selected => "select",
                Origin::Data => "data",
            }
            .to_owned(),
        );
        confidence.insert("body", story.confidence);
    }
    let mut article = Article {
        schema: article::SCHEMA,
        metadata,
        page_type: page_type.unwrap_or(PageType::Article),
        truncated,
        word_count: text::n_words(&text),
        content_hash: content_hash(&text),
        simhash: SimHash::of(&text).to_string(),
        text,
        markdown: None,
        html: None,
        blocks: parts,
        posts,
        pagination,
        comments: Comments { count: comments.len(), items: comments },
        repairs,
        dropped: options.want.dropped.then_some(story.dropped),
        sources,
        confidence,
        encoding: None,
        fetched_at: None,
        http: None,
        extractor: concat!("copydesk ", env!("CARGO_PKG_VERSION")),
    };
    if options.want.markdown {
        article.markdown = Some(article::markdown(&article));
    }
    if options.want.html {
        article.html = Some(article::html(&article));
    }
    Extracted { article, finding, cuts: dom::Cuts::default() }
}

/// How sure a date is that only the dateline gives: it is the day of filing.
const DATELINE_CONFIDENCE: f32 = 0.7;

/// Parts as text: blocks separated by a blank line, typed bullets where they stood. Captions are left to the pictures, but
/// in a gallery they are the story.
fn joined(parts: &[BodyPart], page_type: Option<PageType>) -> String {
    let has_captions = page_type == Some(PageType::Gallery);
    parts.iter().filter_map(|it| article::text_of(it, has_captions)).collect::<Vec<_>>().join("\n\n")
}

fn content_hash(text: &str) -> String {
    use std::fmt::Write;
    let mut hash = "sha256:".to_owned();
    for byte in Sha256::digest(text.as_bytes()) {
        write!(hash, "{byte:02x}").expect("a String takes all");
    }
    hash
}

/// Whether decoded text is no text: control characters that no page holds.
fn is_binary(text: &str) -> bool {
    let head = text.char_indices().take(BINARY_CHARS).map(|(_, c)| c);
    let (mut n_chars, mut n_bad) = (0, 0);
    for c in head {
        n_chars += 1;
        n_bad += usize::from(
            (c.is_control() && !c.is_whitespace() && c != '\u{1b}' && !('\u{80}'..='\u{9f}').contains(&c))
                || c == char::REPLACEMENT_CHARACTER,
        );
    }
    n_bad * 10 > n_chars && n_bad > 2
}

/// Characters looked at to tell text from binary.
const BINARY_CHARS: usize = 2048;

/// Whether text is markup: a tag that any page has, near the beginning or, for text without a head, anywhere.
fn is_html(text: &str, content_type: Option<&str>) -> bool {
    let essence = content_type.map_or("", |it| it.split(';').next().unwrap_or("").trim());
    if essence.eq_ignore_ascii_case("text/html") || essence.eq_ignore_ascii_case("application/xhtml+xml") {
        return true;
    }
    const TAGS: &[&str] = &[
        "!doctype", "html", "head", "body", "title", "meta", "p", "div", "article", "main", "section", "h1", "h2",
        "br", "table", "span", "script", "link", "ul", "ol", "header", "a", "img", "td", "font", "center",
    ];
    let bytes = text.as_bytes();
    let begins_with_tag = text.trim_start().starts_with('<');
    let mut n_tags = 0;
    for at in memchr::memchr_iter(b'<', bytes).take(TAGS_LOOKED_AT) {
        let rest = &bytes[at + 1..];
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        let length =
            rest.iter().take(10).position(|b| !b.is_ascii_alphanumeric() && *b != b'!').unwrap_or(rest.len().min(10));
        let is_tag = TAGS.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(&rest[..length]))
            && rest.get(length).is_some_and(|b| matches!(b, b'>' | b'/' | b' ' | b'\n' | b'\t' | b'\r'));
        n_tags += usize::from(is_tag);
        if is_tag && begins_with_tag {
            return true;
        }
    }
    n_tags >= TAGS_MIN
}

/// `<` looked at to tell markup from text.
const TAGS_LOOKED_AT: usize = 200;
/// Tags that make text markup which does not begin with one: an article about HTML quotes one or two.
const TAGS_MIN: usize = 4;

/// The kind of page, and how likely it is that: by the page's own word, else by what its rows show, else by the model. Where
/// the model's guess is not followed, what it leaves for all other kinds is given for the article: that much at most.
fn page_type(claims: &metadata::Claims, story: &Story) -> (PageType, f32) {
    let has = |name: &str| claims.schema_types().iter().any(|it| it == name);
    let is_short = !main_content::has_prose(story, LISTING_CHARS_MAX);
    if has("LiveBlogPosting") {
        (PageType::LiveBlog, STATED_LIKELY)
    } else if has("DiscussionForumPosting") || has("QAPage") {
        (PageType::Forum, STATED_LIKELY)
    } else if has("Product") && !["NewsArticle", "Article", "BlogPosting", "Review"].into_iter().any(has) {
        (PageType::Product, STATED_PRODUCT_LIKELY)
    } else if !has("NewsArticle") && (story.is_listing || (has("CollectionPage") && is_short)) {
        (PageType::Listing, STATED_LIKELY)
    } else if story.is_gallery || has("ImageGallery") {
        (PageType::Gallery, SHOWN_LIKELY)
    } else if has("NewsArticle") {
        (PageType::Article, STATED_LIKELY)
    } else if claims.schema_types().iter().any(|it| it.ends_with("Article") || it == "BlogPosting" || it == "Review") {
        (PageType::Article, STATED_ARTICLE_LIKELY)
    } else {
        // Whoever names a writer and a day tells a story; whatever is like a list and yet tells at length is read as one.
        let is_signed = claims.says(Field::Author) && claims.says(Field::DatePublished);
        match story.page_type {
            Some((PageType::Other | PageType::Listing, likely)) if is_signed || likely < OTHER_LIKELY_MIN => {
                (PageType::Article, 1.0 - likely)
            }
            Some((PageType::Listing, likely)) if !is_short => (PageType::Article, 1.0 - likely),
            Some((PageType::Product, likely)) if likely < OTHER_LIKELY_MIN => (PageType::Article, 1.0 - likely),
            Some(guess) => guess,
            None => (PageType::Article, STATED_LIKELY),
        }
    }
}

/// How likely a page is what it calls itself. Of the pages of wcxb-dev all 101 that call themselves news or a thread are,
/// 16 of 18 that call themselves a list, 542 of 659 an article, 74 of 86 a product.
const STATED_LIKELY: f32 = 0.97;
const STATED_PRODUCT_LIKELY: f32 = 0.86;
const STATED_ARTICLE_LIKELY: f32 = 0.82;
/// How likely a page is a gallery that shows more captions than prose: not measured, as no set here has galleries.
const SHOWN_LIKELY: f32 = 0.8;
/// A page is taken for a list or for none of the known kinds from this on: 95 of 100 that the model gives as much are. A
/// list's text is not printed, so a story that is taken for one is lost.
const OTHER_LIKELY_MIN: f32 = 0.7;

/// Characters of prose that a page which calls itself a collection may have and still be links to stories.
const LISTING_CHARS_MAX: usize = 1500;

fn truncation(claims: &metadata::Claims, settled: &Settled, story: &Story, text: &str) -> Option<Truncation> {
    let n_chars = text.chars().count();
    let longer = claims.article_body().is_some_and(|it| it.chars().count() > LONGER_TIMES * n_chars.max(1));
    let is_stub = n_chars < STUB_CHARS_MAX;
    let is_beginning = is_stub && !story.has_paid_part;
    let costs = settled.metadata.is_accessible_for_free == Some(false);
    if (costs && (story.has_wall || longer || is_beginning)) || (story.has_wall && is_stub) {
        Some(Truncation::Paywall)
    } else if story.continues {
        Some(Truncation::ContinueReading)
    } else if longer && !text.is_empty() {
        Some(Truncation::LongerInData)
    } else {
        None
    }
}

/// How many times longer the body in the page's data is than the one shown, to say that the page is cut.
const LONGER_TIMES: usize = 2;
/// Characters of a paywalled story's free beginning, at most: longer ones are whole for the reader we are.
const STUB_CHARS_MAX: usize = 1500;

fn finding(
    claims: &metadata::Claims,
    story: &Story,
    page_type: PageType,
    truncated: Option<Truncation>,
) -> Option<NoArticle> {
    let is_empty = story.parts.is_empty();
    let is_stated_article = claims.schema_types().iter().any(|it| it.ends_with("Article") || it == "BlogPosting");
    if story.has_consent && !is_stated_article {
        Some(NoArticle::ConsentWall)
    } else if is_empty && truncated == Some(Truncation::Paywall) {
        Some(NoArticle::Paywall)
    } else if page_type == PageType::Listing {
        Some(NoArticle::Listing)
    } else if is_empty {
        Some(NoArticle::Empty)
    } else {
        None
    }
}
