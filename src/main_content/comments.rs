//! What readers wrote under a story, told by the marks that comment systems share: an element that calls itself a comment,
//! once for each, with a name and a time in it.
//!
//! Comments that a script loads later are not on the page and so not here.

use super::blocks::{Block, Blocks};
use super::rules::{Reason, Verdict, by_words};
use crate::article::Comment;
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::collapse;

/// The comments of a page, in order. A reply is a comment of its own, its text not part of the one it answers.
pub(super) fn find(dom: &Dom, blocks: &Blocks, verdicts: &[Verdict]) -> Vec<Comment> {
    if !verdicts.contains(&Verdict::Drop(Reason::Comments)) {
        return Vec::new();
    }
    let items: Vec<NodeId> = dom.nodes().filter(|it| is_comment(dom, *it)).take(COMMENTS_MAX).collect();
    let mut comments = Vec::new();
    for (item_idx, item) in items.iter().enumerate() {
        let end = dom.end(*item);
        // What stands in a reply inside it is the reply's.
        let mut replies = items[item_idx + 1..].iter().copied().peekable();
        let mut comment = Comment::default();
        let mut own: Vec<(NodeId, NodeId)> = Vec::new();
        let (mut at, mut start) = (NodeId::at(item.index() + 1), *item);
        while at < end {
            while replies.next_if(|it| *it < at).is_some() {}
            if replies.next_if_eq(&at).is_some() {
                own.push((start, at));
                at = dom.end(at);
                start = at;
                continue;
            }
            let is_small = dom.end(at).index() - at.index() <= NAME_NODES_MAX;
            if is_small && comment.author.is_none() && is_author(dom, at) {
                let name = collapse(&dom.text_content(at));
                comment.author = Some(name).filter(|it| !it.is_empty() && it.len() <= NAME_BYTES_MAX);
            }
            if is_small && comment.date.is_none() && dom.is(at, Tag::TIME) {
                let stated = dom.attr(at, Attr::DATETIME).map(str::trim).filter(|it| !it.is_empty());
                comment.date = stated.map(str::to_owned).or_else(|| Some(collapse(&dom.text_content(at))));
            }
            at = NodeId::at(at.index() + 1);
        }
        own.push((start, end));
        for (start, stop) in own {
            let first = blocks.rows.partition_point(|row| row.nodes.0 < start);
            for row in blocks.rows[first..].iter().take_while(|row| row.nodes.0 < stop).filter(|row| !row.hidden) {
                add(dom, *item, row, blocks.text(row), &mut comment);
            }
        }
        if !comment.text.is_empty() {
            comments.push(comment);
        }
    }
    comments
}

/// Adds a block to what a comment says, or to what is known about it.
fn add(dom: &Dom, item: NodeId, row: &Block, text: &str, comment: &mut Comment) {
    let is_about = dom.ancestors(row.nodes.0).take_while(|it| *it != item).take(DEPTH_MAX).any(|it| is_meta(dom, it));
    if is_about {
        // "Boatman 14 May 2022 11:02": the name in bold, the day beside it.
        if comment.date.is_none() && row.n_digits >= 3 {
            let rest = text.strip_prefix(comment.author.as_deref().unwrap_or("")).unwrap_or(text);
            comment.date = Some(rest.trim().to_owned()).filter(|it| !it.is_empty());
        }
        return;
    }
    if by_words(text, row).is_some() || row.link_density() > 0.9 || comment.author.as_deref() == Some(text) {
        return;
    }
    if !comment.text.is_empty() {
        comment.text.push_str("\n\n");
    }
    comment.text.push_str(text);
}

/// Whether an element is one comment: by an id with a number, a class that is the word alone, or schema.org.
fn is_comment(dom: &Dom, node: NodeId) -> bool {
    if !matches!(dom.tag(node), Some(Tag::LI | Tag::DIV | Tag::ARTICLE | Tag::SECTION)) {
        return false;
    }
    // WordPress sets the list item's id and, inside it, an article or div with the class: the outer one counts.
    let is_item = |node: NodeId| {
        let by_id = dom.attr(node, Attr::ID).is_some_and(|id| {
            let number = id
                .strip_prefix("comment-")
                .filter(|it| !it.starts_with("id-"))
                .or_else(|| id.strip_prefix("li-comment-"))
                .or_else(|| id.strip_prefix("comment-id-"))
                .or_else(|| id.strip_prefix("comment"));
            number.is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
        });
        let by_type =
            dom.attr(node, Attr::ITEMTYPE).is_some_and(|it| it.ends_with("/Comment") || it.ends_with("/UserComments"));
        let class = dom.attr(node, Attr::CLASS).unwrap_or("");
        if class.split_ascii_whitespace().any(|it| matches!(it, "pingback" | "trackback")) {
            return false;
        }
        let by_class = dom.attr(node, Attr::CLASS).is_some_and(|it| {
            it.split_ascii_whitespace()
                .any(|class| matches!(class, "comment" | "comment-item" | "comment__item" | "Comment"))
        });
        by_id || by_type || by_class
    };
    let is_inner = || {
        let parent = dom.parent(node);
        parent.is_some_and(|it| is_item(it) && dom.tag(it) != Some(Tag::OL) && dom.tag(it) != Some(Tag::UL))
    };
    is_item(node) && !is_inner()
}

fn is_author(dom: &Dom, node: NodeId) -> bool {
    let is_in_meta = || dom.parent(node).is_some_and(|it| is_meta(dom, it));
    if dom.is(node, Tag::CITE) || (matches!(dom.tag(node), Some(Tag::B | Tag::STRONG)) && is_in_meta()) {
        return true;
    }
    let class = dom.attr(node, Attr::CLASS).unwrap_or("");
    dom.attr(node, Attr::ITEMPROP).is_some_and(|it| it == "author" || it == "creator")
        || class.split_ascii_whitespace().any(|it| {
            matches!(
                it,
                "fn" | "author"
                    | "comment-author-name"
                    | "username"
                    | "user-name"
                    | "comment__author"
                    | "comment-user"
                    | "wp-block-comment-author-name"
                    | "nickname"
            )
        })
}

/// Whether an element tells about a comment rather than being part of what it says.
fn is_meta(dom: &Dom, node: NodeId) -> bool {
    const WORDS: &[&str] = &[
        "author", "meta", "vcard", "reply", "avatar", "date", "time", "vote", "like", "report", "action", "header",
        "user", "fn", "says", "info", "cinfo",
    ];
    if matches!(dom.tag(node), Some(Tag::FOOTER | Tag::HEADER | Tag::TIME | Tag::FORM | Tag::CITE)) {
        return true;
    }
    dom.attr(node, Attr::CLASS).is_some_and(|class| {
        class.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
            && !class.contains("content")
            && !class.contains("body")
            && !class.contains("text")
    })
}

/// Comments of one page that are read.
const COMMENTS_MAX: usize = 2000;
/// Elements between a comment and a block in it.
const DEPTH_MAX: usize = 32;
/// Nodes of an element that is a name or a time.
const NAME_NODES_MAX: usize = 64;
/// Bytes of a name.
const NAME_BYTES_MAX: usize = 120;

#[cfg(test)]
mod tests {
    use super::super::{marks, rules};
    use super::*;
    use crate::dom::Options;

    #[test]
    fn comments_carry_name_time_and_text_and_replies_stand_alone() {
        let prose =
            "The council voted on Tuesday to keep the library open at weekends, after a long debate in the town hall. "
                .repeat(4);
        let html = format!(
            "<article><p>{prose}</p></article><div id=comments><h3>2 Comments</h3><ol class=comment-list>\
             <li id=comment-7 class=comment><article class=comment-body><footer class=comment-meta><b class=fn>Ada P.</b> says: \
             <time datetime=2025-03-01T10:00:00Z>1 March</time></footer><div class=comment-content><p>Good news at last.</p>\
             <p>I go there daily.</p></div><div class=reply><a href=#>Reply</a></div></article>\
             <ol class=children><li id=comment-9 class=comment><article><b class=fn>Bo</b><div class=comment-content><p>So do I.</p>\
             </div></article></li></ol></li></ol></div>"
        );
        let dom = Dom::parse(&html, &Options::default());
        let blocks = super::super::blocks::split(&dom);
        let verdicts = rules::judge(&dom, &blocks, &marks::marks(&dom, &[]), &rules::Anchors::default());
        let comments = find(&dom, &blocks, &verdicts);
        assert_eq!(comments.len(), 2);
        assert_eq!(comments[0].author.as_deref(), Some("Ada P."));
        assert_eq!(comments[0].date.as_deref(), Some("2025-03-01T10:00:00Z"));
        assert_eq!(comments[0].text, "Good news at last.\n\nI go there daily.");
        assert_eq!((comments[1].author.as_deref(), comments[1].text.as_str()), (Some("Bo"), "So do I."));
    }
}
