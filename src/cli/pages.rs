//! Pages of one story brought together: those that a run was given, and those that a page leads to.

use super::fetch::fetch;
use super::output::Done;
use crate::extract::{self, Extracted, is_same_story};
use crate::fetch::{Fetcher, Keep};
use crate::page::{Exchange, Page};
use crate::pagination::story_key;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use url::Url;

/// Pages that were read, in order, held until the story that the first of them belongs to is whole. A joined story stands
/// where its first page to be read stood.
#[derive(Default)]
pub(super) struct Joiner {
    held: VecDeque<Held>,
    /// How many have left the queue: the first that is held has this number.
    n_gone: usize,
    /// For each story, its pages that are held, by number.
    stories: HashMap<String, Pages>,
}

struct Held {
    done: Option<Done>,
    story: Option<String>,
}

#[derive(Default)]
struct Pages {
    held: BTreeMap<u32, usize>,
    of: u32,
}

/// Pages held at once: with some 50 kB of article each, half a gigabyte. A story of which a page is missing is not waited for
/// beyond it.
const HELD_MAX: usize = 10_000;

impl Joiner {
    /// Takes in a page; gives what need not wait any longer, in order.
    pub(super) fn push(&mut self, done: Done, options: &extract::Options) -> Vec<Done> {
        let place = self.n_gone + self.held.len();
        let pagination = done.article().and_then(|it| it.pagination.as_ref());
        let story = pagination.and_then(story_key);
        if let (Some(story), Some(pagination)) = (&story, pagination) {
            let pages = self.stories.entry(story.clone()).or_default();
            pages.held.entry(pagination.page).or_insert(place);
            pages.of = pages.of.max(pagination.of.unwrap_or(1));
        }
        self.held.push_back(Held { done: Some(done), story });
        self.drain(options, false)
    }

    /// Gives all that is held.
    pub(super) fn finish(&mut self, options: &extract::Options) -> Vec<Done> {
        self.drain(options, true)
    }

    fn drain(&mut self, options: &extract::Options, all: bool) -> Vec<Done> {
        let mut ready = Vec::new();
        while let Some(first) = self.held.front() {
            let is_whole = |pages: &Pages| pages.held.len() >= pages.of as usize;
            let waits = first.story.as_ref().and_then(|it| self.stories.get(it)).is_some_and(|it| !is_whole(it));
            if waits && !all && self.held.len() <= HELD_MAX {
                break;
            }
            let Some(Held { done, story }) = self.held.pop_front() else { break };
            let place = self.n_gone;
            self.n_gone += 1;
            let Some(done) = done else { continue };
            let pages =
                story.and_then(|it| self.stories.remove(&it)).filter(|it| it.held.values().any(|it| *it == place));
            let Some(pages) = pages else {
                ready.push(done);
                continue;
            };
            let mut done = Some(done);
            let members = pages.held.into_values().filter_map(|member| match member.checked_sub(self.n_gone) {
                None => done.take(),
                Some(at) => self.held.get_mut(at).and_then(|it| it.done.take()),
            });
            let members: Vec<Done> = members.collect();
            ready.extend(joined(members, options));
        }
        ready
    }
}

/// Members of one story, in order of their pages, as one; those that turn out to be another stay by themselves.
fn joined(members: Vec<Done>, options: &extract::Options) -> Vec<Done> {
    let mut members = members.into_iter();
    let Some(mut first) = members.next() else { return Vec::new() };
    let (mut pages, mut others) = (Vec::new(), Vec::new());
    for mut member in members {
        let is_same = match (&first.outcome, &member.outcome) {
            (Ok(first), Ok(later)) => is_same_story(first, later),
            (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
        };
        if is_same {
            first.takes_in(&member);
            pages.extend(std::mem::replace(&mut member.outcome, Err(Default::default())).ok());
        } else {
            others.push(member);
        }
    }
    first.outcome = first.outcome.map(|it| match pages.is_empty() {
        true => it,
        false => extract::join(std::iter::once(it).chain(pages).collect(), options).expect("there are pages"),
    });
    std::iter::once(first).chain(others).collect()
}

/// The other pages of a story.
#[derive(Default)]
pub(super) struct Others {
    /// In order.
    pub(super) pages: Vec<Page>,
    /// What was said on the way to them, if it was to be kept.
    pub(super) exchanges: Vec<Exchange>,
    /// Why the next one could not be fetched.
    pub(super) missing: Option<String>,
}

/// The other pages of a story, fetched at the pace that their host is owed: the whole of it on one page where there is such
/// a page, else one after the other, until one leads nowhere, to another story, or to what was read already; at most
/// `pages_max` with the first.
pub(super) async fn others(
    fetcher: &Fetcher,
    first: &Page,
    options: &extract::Options,
    pages_max: u32,
    keep: Keep,
) -> Others {
    let read = |page: &Page| super::pipeline::caught(|| extract::extract(page, options)).ok();
    let mut others = Others::default();
    let Some(story) = read(first) else { return others };
    let Some(mut pagination) = story.article.pagination.clone().filter(|it| it.page == 1) else { return others };
    let host = first.url.as_ref().and_then(Url::host_str).map(str::to_owned);
    let is_here = |url: &Url| url.host_str().map(str::to_owned) == host;
    if let Some(single) = pagination.single.as_deref().and_then(|it| Url::parse(it).ok()).filter(is_here)
        && let Ok((page, exchanges)) = fetch(fetcher, single, keep).await
    {
        others.exchanges.extend(exchanges);
        let is_longer = |it: &Extracted| it.article.word_count > story.article.word_count;
        if read(&page).is_some_and(|it| is_same_story(&story, &it) && is_longer(&it)) {
            others.pages.push(page);
            return others;
        }
    }
    let mut seen: HashSet<String> = first.url.iter().map(Url::to_string).collect();
    let mut texts: HashSet<String> = HashSet::from([story.article.content_hash.clone()]);
    while others.pages.len() + 1 < pages_max as usize {
        let Some(next) = pagination.next.as_deref().and_then(|it| Url::parse(it).ok()).filter(is_here) else { break };
        if !seen.insert(next.to_string()) {
            break;
        }
        let page = match fetch(fetcher, next.clone(), keep).await {
            Ok((page, exchanges)) => {
                others.exchanges.extend(exchanges);
                page
            }
            Err(error) => {
                others.missing = Some(super::talk::chain(&error));
                break;
            }
        };
        // A page that does not exist leads back to the first, or shows the last once more.
        let is_new_place = page.url.as_ref().is_none_or(|it| *it == next || seen.insert(it.to_string()));
        let Some(later) = read(&page).filter(|_| is_new_place) else { break };
        if !is_same_story(&story, &later) || !texts.insert(later.article.content_hash.clone()) {
            break;
        }
        others.pages.push(page);
        match later.article.pagination {
            Some(its) => pagination = its,
            None => break,
        }
    }
    others
}

/// The pages as one story.
pub(super) fn whole(first: Extracted, others: &[Page], options: &extract::Options) -> Extracted {
    if others.is_empty() {
        return first;
    }
    let pages = std::iter::once(first).chain(others.iter().map(|it| extract::extract(it, options)));
    extract::join(pages.collect(), options).expect("there are pages")
}
