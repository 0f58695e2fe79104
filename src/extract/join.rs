//! Pages of one story made one: the first page's facts, and the bodies one after the other without what each repeats.

use super::{Extracted, Options, content_hash, joined};
use crate::article::{self, BodyPart, PartKind, Truncation};
use crate::duplicate::SimHash;
use crate::text::{self, fold};
use std::collections::HashSet;

/// The story whose pages these are, in order; the first decides what is known about it. A later page gives what the pages
/// before it do not have: headline, standfirst and boxes that each page repeats are there once. What its finding was, and
/// its `dropped`, do not count. None at all gives `None`.
pub fn join(pages: Vec<Extracted>, options: &Options) -> Option<Extracted> {
    let mut pages = pages.into_iter();
    let mut whole = pages.next()?;
    let article = &mut whole.article;
    let mut known: HashSet<String> = HashSet::new();
    known.extend(article.metadata.headline.as_deref().map(fold));
    known.extend(article.blocks.iter().filter(|it| is_told_once(it)).map(|it| fold(&it.text)));
    let mut n_joined = 1;
    let mut goes_on = article.pagination.as_ref().is_some_and(|it| it.next.is_some());
    for (page, later) in (2..).zip(pages) {
        let later = later.article;
        let n_before = article.blocks.len();
        // Blocks are counted on; what is left out moves none, as repairs of it go with it.
        let mut new_idx: Vec<Option<usize>> = Vec::with_capacity(later.blocks.len());
        for (at, part) in later.blocks.into_iter().enumerate() {
            let is_head = at < HEAD_PARTS && known.contains(&fold(&part.text));
            let is_known = is_head || (is_told_once(&part) && !known.insert(fold(&part.text)));
            if is_known {
                new_idx.push(None);
                continue;
            }
            new_idx.push(Some(article.blocks.len()));
            let src = part.src.map(|it| article::Source { page: Some(page), ..it });
            article.blocks.push(BodyPart { src, ..part });
        }
        if article.blocks.len() == n_before {
            continue;
        }
        n_joined += 1;
        article.repairs.extend(later.repairs.into_iter().filter_map(|it| match it.block {
            Some(block) => Some(article::Repaired { block: Some((*new_idx.get(block)?)?), ..it }),
            None => None,
        }));
        article.truncated = later.truncated;
        goes_on = later.pagination.is_some_and(|it| it.next.is_some());
        for comment in later.comments.items {
            if !article.comments.items.contains(&comment) {
                article.comments.items.push(comment);
            }
        }
    }
    article.truncated = article.truncated.filter(|it| goes_on || *it != Truncation::ContinueReading);
    renumber_notes(&mut article.blocks);
    article.comments.count = article.comments.items.len();
    if let Some(pagination) = &mut article.pagination {
        pagination.joined = n_joined;
    }
    article.text = joined(&article.blocks, Some(article.page_type));
    article.word_count = text::n_words(&article.text);
    article.content_hash = content_hash(&article.text);
    article.simhash = SimHash::of(&article.text).to_string();
    if options.want.markdown {
        article.markdown = Some(article::markdown(article));
    }
    if options.want.html {
        article.html = Some(article::html(article));
    }
    Some(whole)
}

/// Whether a later page holds the same story as the first: half of the words of the shorter headline are in the other. A page
/// without a headline of its own is believed.
pub fn is_same_story(first: &Extracted, later: &Extracted) -> bool {
    let words = |it: &Extracted| -> HashSet<String> {
        let headline = it.article.metadata.headline.as_deref().map(fold).unwrap_or_default();
        headline.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let (first, later) = (words(first), words(later));
    first.intersection(&later).count() * 2 >= first.len().min(later.len())
}

/// Whether a part that is there again is the same one and no refrain: a paragraph, a picture, an embed.
fn is_told_once(part: &BodyPart) -> bool {
    match part.kind {
        PartKind::Caption | PartKind::Embed => !part.text.is_empty(),
        PartKind::Paragraph | PartKind::Quote | PartKind::ListItem | PartKind::Table => {
            part.text.chars().count() >= REPEATED_CHARS_MIN
        }
        PartKind::Heading | PartKind::Code => false,
    }
}

/// Footnotes of later pages count on from those before.
fn renumber_notes(parts: &mut [BodyPart]) {
    let (mut page, mut before, mut highest) = (None, 0u32, 0u32);
    for part in parts {
        let its = part.src.and_then(|it| it.page);
        if its != page {
            (page, before) = (its, highest);
        }
        let moved = |note: &str| note.parse::<u32>().map_or(note.to_owned(), |it| (it + before).to_string());
        let notes = part.spans.iter_mut().filter_map(|it| match &mut it.kind {
            article::SpanKind::Note { note } => Some(note),
            article::SpanKind::Strong
            | article::SpanKind::Emphasis
            | article::SpanKind::Code
            | article::SpanKind::Link { .. } => None,
        });
        for note in notes.chain(&mut part.note) {
            *note = moved(note);
            highest = highest.max(note.parse().unwrap_or(0));
        }
    }
}

/// Characters from which on a text that is there again is the same one.
const REPEATED_CHARS_MIN: usize = 40;
/// Parts at the head of a page among which its headline stands.
const HEAD_PARTS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;
    use crate::page::Page;

    fn page(number: usize, paragraphs: &[&str]) -> Extracted {
        let url = format!("https://herald.example/bridge?page={number}").parse().ok();
        let body: String = paragraphs.iter().map(|it| format!("<p>{it}</p>")).collect();
        let html = format!(
            "<title>Bridge reopens</title><article><h1>Bridge reopens</h1><p class=standfirst>It took three years, two \
             engineers and one very long argument over a lamp.</p>{body}</article>"
        );
        extract(&Page::saved(html, url), &Options::default())
    }

    const ONE: &str =
        "The old bridge over the Lind reopened on Monday after three years of repairs, the town said in a statement.";
    const TWO: &str =
        "The first to cross it was a dog named Otto, who had waited since the morning and paid no toll to anyone.";
    const THREE: &str =
        "On Tuesday the bridge was closed again, as the lamp in its middle was found to point the wrong way.";

    #[test]
    fn bodies_follow_one_another_without_what_is_repeated() {
        let pages = vec![page(1, &[ONE]), page(2, &[TWO, ONE]), page(3, &[THREE])];
        let whole = join(pages, &Options::default()).expect("three pages").article;
        let lead = "It took three years, two engineers and one very long argument over a lamp.";
        assert_eq!(whole.text, [lead, ONE, TWO, THREE].join("\n\n"));
        assert_eq!(whole.word_count, text::n_words(&whole.text));
        let pages: Vec<_> = whole.blocks.iter().map(|it| it.src.and_then(|src| src.page)).collect();
        assert_eq!(pages, [None, None, Some(2), Some(3)]);
        assert_eq!(join(Vec::new(), &Options::default()), None);
    }

    #[test]
    fn another_story_is_told_by_its_headline() {
        let other =
            |title: &str| extract(&Page::saved(format!("<title>{title}</title><p>{ONE}"), None), &Options::default());
        assert!(is_same_story(&page(1, &[ONE]), &page(2, &[TWO])));
        assert!(is_same_story(&page(1, &[ONE]), &other("Bridge reopens, page 2")));
        assert!(!is_same_story(&page(1, &[ONE]), &other("Ferry late again")));
    }

    #[test]
    fn footnotes_count_on() {
        let html = |number: usize, text: &str| {
            let body = format!(
                "<title>Bridge</title><article><h1>Bridge</h1><p>{text}<sup><a href=#n>1</a></sup></p><p>{text} {text}</p>\
                 <ol><li id=n>Minutes of the council, volume {number}.</ol></article>"
            );
            extract(&Page::saved(body, None), &Options::default())
        };
        let whole = join(vec![html(1, ONE), html(2, TWO)], &Options::default()).expect("two pages").article;
        let notes: Vec<&str> = whole.blocks.iter().filter_map(|it| it.note.as_deref()).collect();
        assert_eq!(notes, ["1", "2"]);
        let markdown = article::markdown(&whole);
        assert!(
            markdown.contains("[^1]\n") && markdown.contains("[^2]: Minutes of the council, volume 2."),
            "{markdown}"
        );
    }
}
