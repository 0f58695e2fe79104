//! `copydesk crawl --replay`: the pages of an archive read again, by this version, without fetching.

use super::pipeline::{caught, default_threads, in_order};
use super::{Context, Exit, pipeline};
use crate::config::Config;
use crate::crawl::Lock;
use crate::extract;
use crate::input::{self, Content, Item};
use crate::store::{self, Database, Draft, Put};
use crate::url::normal_form;
use std::ops::ControlFlow;
use std::path::Path;

/// Articles stored in one transaction.
const BATCH: usize = 64;

/// What one page of the archive gave.
enum Replayed {
    Article(Box<Draft>),
    Nothing,
    Failed(String),
}

pub(super) fn run(folder: Option<&Path>, context: &mut Context) -> Exit {
    let config = context.settings.config.clone();
    let folder = folder.unwrap_or(&config.archive.dir);
    if folder.as_os_str().is_empty() {
        context.talk.error("there is no archive to read", Some("name its folder, or set `archive.dir`"));
        return Exit::Usage;
    }
    let _lock = match Lock::take(&config.crawl.store) {
        Ok(lock) => lock,
        Err(error) => {
            context.talk.fatal(&error, error.hint().as_deref());
            return Exit::World;
        }
    };
    let tables = [store::TABLES, crate::frontier::TABLES];
    let database = match Database::open(&config.crawl.store, &tables) {
        Ok(database) => database,
        Err(error) => {
            context.talk.fatal(&error, error.hint());
            return Exit::World;
        }
    };
    pipeline::silence_caught_panics();
    context.talk.begin_counting();
    let paths = [folder.to_owned()];
    let (mut n_new, mut n_changed, mut n_same) = (0_u64, 0_u64, 0_u64);
    let mut lost = None;
    let mut waiting: Vec<Draft> = Vec::with_capacity(BATCH);
    let mut keep = |waiting: &mut Vec<Draft>| {
        let put = database.transaction(|connection| {
            waiting
                .iter()
                .map(|draft| {
                    let source = store::source_of(connection, &draft.url)?;
                    let source = source.unwrap_or_else(|| draft.source.clone());
                    store::put_if_newer(connection, &Draft { source, ..draft.clone() })
                })
                .collect::<Result<Vec<Put>, _>>()
        });
        waiting.clear();
        for put in put? {
            match put {
                Put::New { .. } => n_new += 1,
                Put::Changed { .. } => n_changed += 1,
                Put::Same => n_same += 1,
            }
        }
        Ok::<(), store::StoreError>(())
    };
    in_order(
        default_threads(),
        |hand_over| {
            // It breaks when `take` did.
            let _ = input::read(&paths, input::Kind::Auto, &config.input, hand_over);
        },
        |item: Item| {
            let name = item.name.clone();
            caught(|| replayed(item, &config))
                .unwrap_or_else(|panic| Replayed::Failed(format!("{name} broke the program: {panic}")))
        },
        |replayed| {
            context.stats.inputs += 1;
            match replayed {
                Replayed::Article(draft) => {
                    context.stats.articles += 1;
                    waiting.push(*draft);
                }
                Replayed::Nothing => context.stats.without_article += 1,
                Replayed::Failed(message) => {
                    context.stats.failures += 1;
                    context.talk.error(&message, None);
                }
            }
            context.talk.progress("");
            if waiting.len() == BATCH
                && let Err(error) = keep(&mut waiting)
            {
                lost = Some(error);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        },
    );
    if lost.is_none() {
        lost = keep(&mut waiting).err();
    }
    context.talk.end_progress();
    if let Some(error) = lost {
        context.talk.fatal(&error, error.hint());
        return Exit::World;
    }
    context
        .talk
        .note(&format!("{n_new} new, {n_changed} changed, {n_same} unchanged, {} failed", context.stats.failures));
    if context.stats.failures > 0 { Exit::Partial } else { Exit::Done }
}

fn replayed(item: Item, config: &Config) -> Replayed {
    let record = input::open(item, &config.input);
    let page = match record.content {
        Ok(Content::Page(page)) => page,
        Ok(Content::Text { .. }) => return Replayed::Nothing,
        Err(error) => return Replayed::Failed(error.to_string()),
    };
    let Some(url) = page.url.as_ref().and_then(|url| normal_form(url).ok()) else { return Replayed::Nothing };
    let fetched_at = page.http.as_ref().and_then(|http| http.fetched_at.parse::<jiff::Timestamp>().ok());
    let fetched_at = fetched_at.unwrap_or(jiff::Timestamp::UNIX_EPOCH).as_millisecond();
    let source = config.source.iter().map(|(_, source)| source).find(|source| source.is_own(&url));
    let options = source.map_or_else(|| config.extract.clone(), |source| source.extract(&config.extract));
    let extracted = extract::extract(&page, &options);
    if extracted.finding.is_some() {
        return Replayed::Nothing;
    }
    let canonical = extracted.article.metadata.canonical_url.as_deref();
    let canonical = canonical.and_then(|canonical| normal_form(&canonical.parse().ok()?).ok());
    match Draft::of(&extracted.article, &url, canonical.as_ref(), "replay", fetched_at, Some(record.name)) {
        Some(draft) => Replayed::Article(Box::new(draft)),
        None => Replayed::Nothing,
    }
}
