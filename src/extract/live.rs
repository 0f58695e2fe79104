//! A live blog's posts: what the page shows of each, with what its data says of the same.

use crate::article::{BodyPart, PartKind, Post};
use crate::main_content::posts::Found;
use crate::metadata::{self, LiveUpdate};
use crate::text::fold;

/// The posts of an article's blocks; the data's where the page shows none.
pub(super) fn posts(found: &[Found], updates: &[LiveUpdate], parts: &[BodyPart]) -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    let mut start = 0;
    for it in found {
        let is_before = |part: &BodyPart| part.src.is_none_or(|src| src.node < it.nodes.start);
        let is_inside = |part: &BodyPart| part.src.is_some_and(|src| it.nodes.contains(&src.node));
        start += parts[start..].iter().take_while(|part| is_before(part)).count();
        let end = start + parts[start..].iter().take_while(|part| is_inside(part)).count();
        if start < end {
            posts.push(post(it, start..end, parts));
        }
        start = end;
    }
    if posts.is_empty() {
        return updates.iter().map(of_data).collect();
    }
    let folded: Vec<(String, String)> =
        updates.iter().map(|it| (it.headline.as_deref().map(fold).unwrap_or_default(), fold(&it.text))).collect();
    for post in &mut posts {
        let headline = post.headline.as_deref().map(fold).unwrap_or_default();
        let text = fold(&post.text);
        let is_same = |(its_headline, its_text): &(String, String)| {
            let n = HEAD_CHARS.min(text.chars().count()).min(its_text.chars().count());
            (!headline.is_empty() && headline == *its_headline)
                || (n >= HEAD_CHARS_MIN && text.chars().take(n).eq(its_text.chars().take(n)))
        };
        let Some(update) = folded.iter().position(is_same).map(|it| &updates[it]) else { continue };
        // An hour alone says less than what the data has.
        if post.time.as_ref().is_none_or(|it| !it.contains('-')) {
            post.time = update.date.clone().or(post.time.take());
        }
        post.headline = post.headline.take().or_else(|| update.headline.clone());
    }
    posts
}

/// Takes out the lines of a post that only say by whom it is: the post says it itself.
pub(super) fn drop_bylines(found: &[Found], parts: &mut Vec<BodyPart>) {
    let mut posts = found.iter().filter_map(|it| Some((&it.nodes, fold(it.author.as_deref()?)))).peekable();
    parts.retain(|part| {
        let Some(node) = part.src.map(|it| it.node) else { return true };
        while posts.next_if(|(nodes, _)| nodes.end <= node).is_some() {}
        let author = posts.peek().filter(|(nodes, _)| nodes.contains(&node)).map(|(_, author)| author);
        author.is_none_or(|author| fold(&part.text) != *author)
    });
}

fn post(found: &Found, blocks: std::ops::Range<usize>, parts: &[BodyPart]) -> Post {
    let own = &parts[blocks.clone()];
    let named = found.headline.as_deref().map(fold);
    let headline = own.iter().take(HEADLINE_PARTS).position(|part| match &named {
        Some(named) => fold(&part.text) == *named,
        None => part.kind == PartKind::Heading,
    });
    let text = own.iter().enumerate().filter(|(at, _)| Some(*at) != headline);
    let text: Vec<_> = text.filter_map(|(_, part)| crate::article::text_of(part, false)).collect();
    let time = found.time.as_deref().map(|it| match is_hour(it) {
        true => it.to_owned(),
        false => metadata::moment(it).unwrap_or_else(|| it.to_owned()),
    });
    Post {
        // What is neither a date nor an hour is no time.
        time: time
            .filter(|it| is_hour(it) || it.as_bytes().first().is_some_and(u8::is_ascii_digit) && it.contains('-')),
        headline: headline.map(|at| own[at].text.clone()).or_else(|| found.headline.clone()),
        author: found.author.clone(),
        text: text.join("\n\n"),
        blocks: Some(blocks),
    }
}

fn of_data(update: &LiveUpdate) -> Post {
    let LiveUpdate { headline, date, text } = update;
    Post { time: date.clone(), headline: headline.clone(), author: None, text: text.clone(), blocks: None }
}

/// Whether a time is `14:05`.
fn is_hour(time: &str) -> bool {
    time.len() == 5 && time.as_bytes()[2] == b':'
}

/// Characters at the head of two posts that make them one.
const HEAD_CHARS: usize = 60;
/// Characters below which the heads of two texts say nothing.
const HEAD_CHARS_MIN: usize = 20;
/// Parts at the head of a post among which its headline stands.
const HEADLINE_PARTS: usize = 3;
