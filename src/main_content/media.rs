//! Pictures and embeds, put where they stand among the parts of a body.
//!
//! What belongs to the story is told by place: after the headline, and near to text of the story; not in a link, and not in
//! an element that calls itself something else than the story.

use super::alternatives;
use super::assemble::{run, source};
use super::blocks::{Block, Blocks, hides};
use super::embeds;
use super::marks::Mark;
use crate::article::{BodyPart, PartKind, Picture, Span};
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::collapse;
use std::ops::Range;
use url::Url;

/// A part with the rows it is made of.
type Part = (BodyPart, Range<usize>);

/// A picture or an embed with the node where it begins and the first one after it and its caption.
type Found = (NodeId, BodyPart, NodeId);

/// What is known of the page.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) dom: &'a Dom,
    pub(super) blocks: &'a Blocks,
    pub(super) marks: &'a [Mark],
    pub(super) url: Option<&'a Url>,
}

/// The parts with pictures and embeds among them. What was a part and stands inside one of these is in it.
pub(super) fn place(page: &Page<'_>, headline: Option<NodeId>, parts: Vec<Part>) -> Vec<Part> {
    let Some(nodes) = page.story(headline, &parts) else { return parts };
    let starts: Vec<NodeId> = parts.iter().map(|(_, rows)| page.blocks.rows[rows.start].nodes.0).collect();
    let mut found: Vec<Found> = Vec::new();
    for embed in embeds::find(page.dom, page.blocks, nodes.clone(), page.url) {
        if page.is_of_story(embed.node, &starts) {
            let src = Some(source(page.dom, embed.node));
            // What a post says is said by the story if the choice of blocks took it.
            let at = starts.partition_point(|it| *it < embed.node);
            let beside = starts.get(at).is_none_or(|it| *it >= page.dom.end(embed.node));
            let embedded = Some(Box::new(embed.embed));
            let part = BodyPart { src, beside, embed: embedded, ..BodyPart::new(PartKind::Embed, embed.text) };
            found.push((embed.node, part, page.dom.end(embed.node)));
        }
    }
    let embedded: Vec<NodeId> = found.iter().map(|(node, ..)| *node).collect();
    let mut embedded = embedded.into_iter().peekable();
    let mut at = nodes.start;
    while at < nodes.end && found.len() < MEDIA_MAX {
        while let Some(node) = embedded.next_if(|it| *it <= at) {
            at = at.max(page.dom.end(node));
        }
        if at >= nodes.end {
            break;
        }
        let figure = page.figure(at).filter(|_| page.is_of_story(at, &starts));
        let Some((part, end)) = figure else {
            at = NodeId::at(at.index() + 1);
            continue;
        };
        let url = part.image.as_ref().map(|it| it.url.as_str());
        let is_new = !found.iter().any(|(_, it, _)| it.image.as_ref().map(|it| it.url.as_str()) == url);
        if is_new {
            found.push((at, part, end));
        }
        at = end;
    }
    found.sort_by_key(|(node, ..)| *node);
    merged(page, parts, found)
}

/// Parts and found ones in the order of the page.
fn merged(page: &Page<'_>, parts: Vec<Part>, found: Vec<Found>) -> Vec<Part> {
    let mut all: Vec<Part> = Vec::with_capacity(parts.len() + found.len());
    let mut found = found.into_iter().peekable();
    let mut end = page.dom.root();
    for (part, rows) in parts {
        let start = page.blocks.rows[rows.start].nodes.0;
        while let Some((_, part, its_end)) = found.next_if(|(node, ..)| *node <= start) {
            end = its_end;
            all.push((part, rows.start..rows.start));
        }
        if start >= end {
            all.push((part, rows));
        }
    }
    let last = all.last().map_or(0, |(_, rows)| rows.end);
    all.extend(found.map(|(_, part, _)| (part, last..last)));
    all
}

impl Page<'_> {
    /// Where pictures and embeds of the story may stand: from the headline, or the first part, to the end of what holds the
    /// last.
    fn story(&self, headline: Option<NodeId>, parts: &[Part]) -> Option<Range<NodeId>> {
        let first = &self.blocks.rows[parts.first()?.1.start];
        let last = &self.blocks.rows[parts.last()?.1.start];
        let start = headline.filter(|it| *it < first.nodes.0).map_or(first.nodes.0, |it| self.dom.end(it));
        // A figure's element begins before its caption.
        let start = self
            .dom
            .ancestors(start.min(first.nodes.0))
            .take(FIGURE_DEPTH)
            .fold(start, |start, it| if self.dom.is(it, Tag::FIGURE) { it.min(start) } else { start });
        let end = self.dom.end(self.dom.parent(last.element).unwrap_or(last.element));
        Some(start..end)
    }

    /// Whether a node stands near to text of the story, and nothing around it calls itself something else.
    fn is_of_story(&self, node: NodeId, starts: &[NodeId]) -> bool {
        let holds_story = |it: NodeId| {
            let at = starts.partition_point(|start| *start < it);
            starts[at..]
                .iter()
                .take_while(|start| **start < self.dom.end(it))
                .any(|start| !self.dom.contains(node, *start))
        };
        for (depth, above) in self.dom.ancestors(node).enumerate() {
            if depth > 0 && holds_story(above) {
                return true;
            }
            let is_linked = depth > 0 && self.dom.is(above, Tag::A) && !self.leads_to_picture(above);
            let mark = self.marks[above.index()];
            let is_else = mark.any(ELSEWHERE) && !mark.any(Mark::BODY | Mark::IS_BODY | Mark::CAPTION);
            if depth > DEPTH_MAX || is_linked || (depth > 0 && is_else) || hides(self.dom, above) {
                return false;
            }
        }
        false
    }

    fn leads_to_picture(&self, link: NodeId) -> bool {
        let href = self.dom.attr(link, Attr::HREF).unwrap_or_default();
        let path = href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        href.starts_with('#')
            || path.is_empty()
            || [".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"].iter().any(|it| path.ends_with(it))
    }

    /// The picture with its caption that an element is, if it is one, and the first node after both.
    fn figure(&self, node: NodeId) -> Option<(BodyPart, NodeId)> {
        let dom = self.dom;
        let tag = dom.tag(node)?;
        if tag == Tag::IMG {
            return self.described(node);
        }
        let is_named = || {
            let class = dom.attr(node, Attr::CLASS).unwrap_or_default();
            class.split_ascii_whitespace().any(|it| matches!(it, "wp-caption" | "image-caption-wrapper"))
        };
        if !(tag == Tag::FIGURE || (tag == Tag::DIV && is_named())) {
            return None;
        }
        let (mut image, mut n_images) = (None, 0);
        for inner in dom.descendants(node) {
            match dom.tag(inner) {
                Some(Tag::TABLE | Tag::BLOCKQUOTE | Tag::PRE | Tag::IFRAME | Tag::VIDEO | Tag::AUDIO | Tag::FIGURE) => {
                    return None;
                }
                Some(Tag::IMG) => {
                    n_images += 1;
                    image = image.or_else(|| self.picture(inner, node));
                }
                _ => {}
            }
        }
        // More than one with one caption is a gallery, whose first does not stand for all.
        let mut image = image.filter(|_| n_images <= IMAGES_MAX)?;
        let (mut text, mut spans) = (String::new(), Vec::new());
        for row in self.rows_in(node) {
            let (line, its) = run(dom, self.blocks, row, self.url);
            let is_credit = dom.ancestors(row.nodes.0).take_while(|it| *it != node).any(|it| self.is_credit(it));
            if is_credit {
                image.credit.get_or_insert_with(|| credit(&line));
                continue;
            }
            if image.credit.is_none() {
                image.credit = self.credit_in(row);
            }
            if text.len() + line.len() > CAPTION_BYTES_MAX || row.link_density() > 0.9 {
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            let shift = text.len();
            text.push_str(&line);
            spans.extend(its.into_iter().map(|it| Span { start: it.start + shift, end: it.end + shift, ..it }));
        }
        if image.alt.as_deref() == Some(text.as_str()) {
            image.alt = None;
        }
        let src = Some(source(dom, node));
        let part = BodyPart { src, spans, image: Some(Box::new(image)), ..BodyPart::new(PartKind::Caption, text) };
        Some((part, dom.end(node)))
    }

    /// A picture by itself, with the block right after it that says what its description says.
    fn described(&self, img: NodeId) -> Option<(BodyPart, NodeId)> {
        let row_idx = alternatives::caption_of(self.dom, self.blocks, img)?;
        let row = &self.blocks.rows[row_idx];
        let is_next = row_idx == self.blocks.rows.partition_point(|row| row.nodes.0 < img);
        if row.kind != PartKind::Caption || !is_next {
            return None;
        }
        let mut image = self.picture(img, img)?;
        let (text, spans) = run(self.dom, self.blocks, row, self.url);
        image.credit = self.credit_in(row);
        if image.alt.as_deref() == Some(text.as_str()) {
            image.alt = None;
        }
        let src = Some(source(self.dom, img));
        let part = BodyPart { src, spans, image: Some(Box::new(image)), ..BodyPart::new(PartKind::Caption, text) };
        Some((part, NodeId::at(row.nodes.1.index() + 1)))
    }

    fn rows_in(&self, node: NodeId) -> impl Iterator<Item = &Block> {
        let end = self.dom.end(node);
        let first = self.blocks.rows.partition_point(|row| row.nodes.0 < node);
        self.blocks.rows[first..].iter().take_while(move |row| row.nodes.0 < end).filter(|row| !row.hidden)
    }

    fn is_credit(&self, node: NodeId) -> bool {
        let class = self.dom.attr(node, Attr::CLASS).unwrap_or_default().to_ascii_lowercase();
        ["credit", "copyright", "photographer", "rights", "bildnachweis", "image-source", "fotograf", "urheber"]
            .iter()
            .any(|it| class.contains(it))
            || self.dom.attr(node, Attr::ITEMPROP).is_some_and(|it| {
                it.split_ascii_whitespace()
                    .any(|it| matches!(it, "copyrightHolder" | "creditText" | "author" | "creator"))
            })
    }

    /// The credit inside a caption's line.
    fn credit_in(&self, row: &Block) -> Option<String> {
        let mut at = row.nodes.0.index();
        let inside = std::iter::from_fn(|| {
            at += 1;
            (at <= row.nodes.1.index()).then(|| NodeId::at(at))
        });
        let named = inside.filter(|it| self.dom.tag(*it).is_some() && self.is_credit(*it));
        let named = named.map(|it| credit(&self.dom.text_content(it))).find(|it| !it.is_empty());
        named.or_else(|| credit_by_words(self.blocks.text(row)))
    }

    /// What an image element shows.
    fn picture(&self, img: NodeId, figure: NodeId) -> Option<Picture> {
        let dom = self.dom;
        let named = |node: NodeId, name: &str| dom.attr_named(node, name).map(str::trim).filter(|it| !it.is_empty());
        let is_small =
            |name: &str| named(img, name).and_then(|it| it.parse::<u32>().ok()).is_some_and(|it| it < PIXELS_MIN);
        if is_small("width") || is_small("height") {
            return None;
        }
        let absolute = |address: &str| match self.url {
            Some(url) => url.join(address).ok(),
            None => Url::parse(address).ok(),
        };
        let is_real = |it: &Url| {
            let path = it.path();
            matches!(it.scheme(), "http" | "https")
                && !["placeholder", "/blank.", "/spacer.", "/pixel.", "transparent.", "/lazy."]
                    .iter()
                    .any(|it| path.contains(it))
        };
        let plain = ["data-src", "data-lazy-src", "data-original", "src"].into_iter().filter_map(|it| named(img, it));
        let sources = dom.descendants(figure).filter(|it| dom.is(*it, Tag::SOURCE));
        let sets = std::iter::once(img).chain(sources).flat_map(|node| {
            ["srcset", "data-srcset"].into_iter().filter_map(move |it| named(node, it)).filter_map(widest)
        });
        let url = plain.chain(sets).filter_map(absolute).find(is_real)?;
        if url.as_str().len() > URL_BYTES_MAX {
            return None;
        }
        let alt = named(img, "alt").map(collapse).filter(|it| !it.is_empty() && it.len() <= CAPTION_BYTES_MAX);
        Some(Picture { url: url.to_string(), alt, credit: None })
    }
}

/// The address with the most pixels in a `srcset`.
fn widest(set: &str) -> Option<&str> {
    // Commas stand in addresses, too; one between candidates has a space after it.
    let candidates = set.split(", ").filter_map(|it| {
        let mut words = it.split_ascii_whitespace();
        let address = words.next()?.trim_end_matches(',');
        let size = words.next().and_then(|it| it.trim_end_matches([',', 'w', 'x']).parse::<f32>().ok()).unwrap_or(1.0);
        Some((address, size))
    });
    candidates.max_by(|a, b| a.1.total_cmp(&b.1)).map(|it| it.0).filter(|it| !it.is_empty())
}

/// A credit without what introduces it.
fn credit(text: &str) -> String {
    let text = collapse(text);
    let mut rest = text.trim_matches(['(', ')', '[', ']', ' ', '|', '/', '–', '—', '-', '.', '\u{a0}']);
    for word in CREDIT_WORDS {
        if let Some(after) =
            rest.get(..word.len()).filter(|it| it.eq_ignore_ascii_case(word)).map(|_| &rest[word.len()..])
            && after.starts_with([':', ' '])
        {
            rest = after.trim_start_matches([':', ' ', '\u{a0}']);
        }
    }
    rest.trim_start_matches(['©', ' ']).chars().take(CREDIT_CHARS_MAX).collect()
}

/// The credit at the end of a caption: "(Photo: A. Name)", "Foto: A. Name/dpa", "© A. Name".
fn credit_by_words(caption: &str) -> Option<String> {
    let from = |at: usize| credit(&caption[at..]);
    let by_sign = caption.rfind('©').filter(|at| caption.len() - at < CREDIT_TAIL_BYTES);
    let by_word = CREDIT_WORDS.iter().filter_map(|word| {
        let (at, rest) = caption.match_indices(':').find_map(|(colon, _)| {
            let start = colon.checked_sub(word.len())?;
            let is_word = caption.get(start..colon)?.eq_ignore_ascii_case(word)
                && !caption[..start].ends_with(char::is_alphanumeric);
            is_word.then(|| (start, caption.len() - colon))
        })?;
        (rest < CREDIT_TAIL_BYTES).then_some(at)
    });
    by_word.min().or(by_sign).map(from).filter(|it| !it.is_empty())
}

/// What stands before a name in a credit, in the languages of the papers seen.
const CREDIT_WORDS: [&str; 20] = [
    "image credits",
    "image credit",
    "photograph by",
    "photograph",
    "photo by",
    "photo",
    "foto",
    "image",
    "picture",
    "credit",
    "bild",
    "quelle",
    "source",
    "crédit photo",
    "crédit",
    "fotografía",
    "imagen",
    "kuva",
    "zdjęcie",
    "fot",
];

/// Elements with a picture of something else.
const ELSEWHERE: Mark = Mark(
    Mark::RELATED.0
        | Mark::POPULAR.0
        | Mark::SHARE.0
        | Mark::COMMENT.0
        | Mark::NEWSLETTER.0
        | Mark::PROMO.0
        | Mark::NAV.0
        | Mark::FOOTER.0
        | Mark::SIDEBAR.0
        | Mark::BIO.0
        | Mark::AD.0
        | Mark::TEASER.0
        | Mark::IS_NAV.0
        | Mark::IS_ASIDE.0
        | Mark::IS_FOOTER.0
        | Mark::IS_FORM.0,
);

/// Elements between a picture and what holds it together with text of the story: wrappers of themes, at most.
const DEPTH_MAX: usize = 6;
/// Elements between a caption's text and its figure.
const FIGURE_DEPTH: usize = 6;
/// Pictures and embeds of a page.
const MEDIA_MAX: usize = 2000;
/// Images of one figure: one, and the same for those who come without scripts.
const IMAGES_MAX: usize = 2;
/// Pixels on a side below which an image is a sign.
const PIXELS_MIN: u32 = 60;
/// Bytes of a caption.
const CAPTION_BYTES_MAX: usize = 2000;
/// Characters of a credit.
const CREDIT_CHARS_MAX: usize = 150;
/// Bytes at the end of a caption in which its credit stands.
const CREDIT_TAIL_BYTES: usize = 100;
/// Bytes of an address that is kept.
const URL_BYTES_MAX: usize = 2_000;
