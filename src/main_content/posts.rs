//! A live blog's posts: which of its elements are one post each, and what each says of when and by whom.
//!
//! schema.org's `liveBlogUpdate` says it; else posts are siblings of one kind that each begin with a time. The page's data
//! fills in what is not shown, and gives all posts where none is.

use super::blocks::{Block, Blocks};
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::collapse;
use std::collections::HashMap;
use std::ops::Range;

/// A post as it stands in the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its element, and the one after it.
    pub nodes: Range<usize>,
    /// As written, for a machine where the page has that.
    pub time: Option<String>,
    /// Its headline, where the page names it.
    pub headline: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// The posts that hold any of the story's rows, in order. `kept` are the first nodes of those rows, in order.
pub(super) fn find(dom: &Dom, blocks: &Blocks, kept: &[NodeId]) -> Vec<Found> {
    let holds = |node: NodeId| {
        let at = kept.partition_point(|it| *it < node);
        kept.get(at).is_some_and(|it| *it < dom.end(node))
    };
    let named = outermost(dom, dom.nodes().filter(|it| is_named(dom, *it)));
    let named: Vec<NodeId> = named.into_iter().filter(|it| holds(*it)).collect();
    let posts = if named.len() >= POSTS_MIN { named } else { siblings(dom, blocks, kept) };
    posts.into_iter().take(POSTS_MAX).map(|it| post(dom, blocks, it)).collect()
}

fn is_named(dom: &Dom, node: NodeId) -> bool {
    dom.attr(node, Attr::ITEMPROP).is_some_and(|it| it.split_ascii_whitespace().any(|it| it == "liveBlogUpdate"))
}

/// Nodes that do not stand in one before them.
fn outermost(dom: &Dom, nodes: impl Iterator<Item = NodeId>) -> Vec<NodeId> {
    let mut end = dom.root();
    nodes
        .filter(|it| {
            let is_outer = *it >= end;
            end = if is_outer { dom.end(*it) } else { end };
            is_outer
        })
        .collect()
}

/// Siblings of one name and first class that begin with a time each: of several such families, the one with the most of the
/// story in it.
fn siblings(dom: &Dom, blocks: &Blocks, kept: &[NodeId]) -> Vec<NodeId> {
    let mut families: HashMap<(NodeId, Tag, &str), Vec<NodeId>> = HashMap::new();
    let mut order = Vec::new();
    let mut last = None;
    for row in kept {
        for node in dom.ancestors(*row).take(DEPTH_MAX) {
            let (Some(tag), Some(parent)) = (dom.tag(node), dom.parent(node)) else { continue };
            if matches!(tag, Tag::P | Tag::BODY | Tag::HTML) || last == Some(node) {
                continue;
            }
            let class =
                dom.attr(node, Attr::CLASS).unwrap_or_default().split_ascii_whitespace().next().unwrap_or_default();
            let key = (parent, tag, class);
            let family = families.entry(key).or_insert_with(|| {
                order.push(key);
                Vec::new()
            });
            if family.last() != Some(&node) {
                family.push(node);
            }
        }
        last = Some(*row);
    }
    let n_rows = |nodes: &[NodeId]| -> usize {
        let of =
            |node: &NodeId| kept.partition_point(|it| *it < dom.end(*node)) - kept.partition_point(|it| *it < *node);
        nodes.iter().map(of).sum()
    };
    let timed = order.into_iter().filter_map(|key| {
        let family = families.remove(&key)?;
        let timed: Vec<NodeId> = family.into_iter().filter(|it| time(dom, blocks, *it).is_some()).collect();
        (timed.len() >= POSTS_MIN).then_some(timed)
    });
    // Of equals the inner one, which has less around it, came first.
    let mut best: (usize, Vec<NodeId>) = (0, Vec::new());
    for family in timed {
        let n = n_rows(&family);
        if n > best.0 || (n == best.0 && family.len() > best.1.len()) {
            best = (n, family);
        }
    }
    best.1
}

fn post(dom: &Dom, blocks: &Blocks, node: NodeId) -> Found {
    let named = |name: &str| {
        dom.descendants(node).find(|it| {
            dom.attr(*it, Attr::ITEMPROP).is_some_and(|props| props.split_ascii_whitespace().any(|it| it == name))
        })
    };
    let text = |it: NodeId| {
        let stated = dom.attr(it, Attr::CONTENT).map(collapse).filter(|it| !it.is_empty());
        stated.unwrap_or_else(|| collapse(&dom.text_content(it)))
    };
    let short = |it: &String| !it.is_empty() && it.len() <= LINE_BYTES_MAX;
    let headline = named("headline").map(text).filter(short);
    let is_author = |it: &NodeId| {
        let class = dom.attr(*it, Attr::CLASS).unwrap_or_default().to_ascii_lowercase();
        ["author", "byline", "autor"].iter().any(|it| class.contains(it)) && !class.contains("image")
    };
    let author = named("author").or_else(|| dom.descendants(node).find(is_author));
    let name_in = |it: NodeId| {
        dom.descendants(it).find(|it| dom.attr(*it, Attr::ITEMPROP) == Some("name")).map_or_else(|| text(it), text)
    };
    let author = author.map(name_in).filter(|it| it.len() <= NAME_BYTES_MAX && it.contains(char::is_alphabetic));
    Found {
        nodes: node.index()..dom.end(node).index(),
        time: time(dom, blocks, node),
        headline,
        author: author.map(|it| without_by(&it).to_owned()),
    }
}

/// A name without the "by" before it.
fn without_by(name: &str) -> &str {
    let (first, rest) = name.split_once(' ').unwrap_or(("", name));
    let is_by =
        ["by", "von", "par", "por", "door", "di", "af", "av", "od"].iter().any(|it| first.eq_ignore_ascii_case(it));
    if is_by { rest.trim_start() } else { name }
}

/// When a post was written: by an element made for it, or an hour on a line of its own among the first.
fn time(dom: &Dom, blocks: &Blocks, node: NodeId) -> Option<String> {
    let stated = dom.descendants(node).take(NODES_LOOKED_AT).find_map(|it| {
        let is_published = dom.attr(it, Attr::ITEMPROP).is_some_and(|it| it.contains("datePublished"));
        if !(is_published || dom.is(it, Tag::TIME)) {
            return None;
        }
        let value = dom.attr(it, Attr::DATETIME).or_else(|| dom.attr(it, Attr::CONTENT)).map(str::trim);
        let value = value.filter(|it| !it.is_empty()).map(str::to_owned);
        value.or_else(|| Some(collapse(&dom.text_content(it)))).filter(|it| it.contains(|c: char| c.is_ascii_digit()))
    });
    stated.or_else(|| {
        let first = blocks.rows.partition_point(|row| row.nodes.0 < node);
        let rows = blocks.rows[first..].iter().take_while(|row| row.nodes.0 < dom.end(node)).take(ROWS_LOOKED_AT);
        rows.filter(|row: &&Block| row.n_words <= TIME_WORDS_MAX).find_map(|row| hour(blocks.text(row)))
    })
}

/// The hour in a short line: `14:05`, `14.05`, `14h05`, `2:05 pm`.
fn hour(line: &str) -> Option<String> {
    let bytes = line.as_bytes();
    for (at, sign) in line.match_indices([':', '.', 'h']) {
        let digits = |range: Range<usize>| -> Option<u32> {
            let text = line.get(range)?;
            text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
        };
        let Some(start) = (at.saturating_sub(2)..at).find(|it| bytes[*it..at].iter().all(u8::is_ascii_digit)) else {
            continue;
        };
        let is_free = |at: Option<&u8>| at.is_none_or(|b| !b.is_ascii_digit() && !matches!(b, b'.' | b':'));
        let (Some(hour), Some(minute)) = (digits(start..at), digits(at + 1..at + 3)) else { continue };
        let before = start.checked_sub(1).and_then(|it| bytes.get(it));
        if hour > 23 || minute > 59 || !is_free(before) || bytes.get(at + 3).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let rest = line[at + 3..].trim_start().to_ascii_lowercase();
        let hour = match (
            rest.starts_with("pm") || rest.starts_with("p.m"),
            rest.starts_with("am") || rest.starts_with("a.m"),
        ) {
            (true, _) if hour < 12 => hour + 12,
            (_, true) if hour == 12 => 0,
            _ => hour,
        };
        // "12.50" alone may be a price.
        if sign == "." && !rest.is_empty() && !rest.starts_with("uhr") && !rest.starts_with(['-', '–', '|']) {
            continue;
        }
        return Some(format!("{hour:02}:{minute:02}"));
    }
    None
}

/// Posts without which a page is no live blog.
const POSTS_MIN: usize = 2;
/// Posts of a page; a ticker of a day has some hundreds.
const POSTS_MAX: usize = 5_000;
/// Elements between a line and the post it stands in.
const DEPTH_MAX: usize = 12;
/// Nodes of a post among which its time stands.
const NODES_LOOKED_AT: usize = 200;
/// Lines of a post among which its time stands.
const ROWS_LOOKED_AT: usize = 4;
/// Words of a line that is a time: "Today at 2:05 pm GMT".
const TIME_WORDS_MAX: u32 = 8;
/// Bytes of a headline.
const LINE_BYTES_MAX: usize = 400;
/// Bytes of a name.
const NAME_BYTES_MAX: usize = 100;
