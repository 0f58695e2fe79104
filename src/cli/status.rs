//! `copydesk status`: how each source fares.

use super::repair::ended;
use super::select::{rfc3339, shown};
use super::{Context, Exit};
use crate::config::Config;
use crate::frontier::{Standing, UNREACHABLE};
use crate::store::{Database, Health, Millis, StoreError};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::io::Write;

/// Failures are counted so far back.
const FAILURES_SINCE: Millis = 7 * DAY;
const DAY: Millis = 86_400_000;
/// Kinds of failures that are named.
const FAILURES_SHOWN_MAX: usize = 5;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 1: a source has trouble. It is silent (no new story for crawl.silent_days), its yield has \
collapsed (pages come, but hold no story any more), its hosts cannot be reached, or all that was asked for failed."
)]
pub(super) struct StatusArgs {
    /// How it is shown.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Shown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// For people
    Text,
    /// For programs
    Json,
}

struct Row {
    name: String,
    standing: Option<Standing>,
    health: Health,
    trouble: Vec<String>,
}

pub(super) fn run(args: &StatusArgs, context: &mut Context) -> Exit {
    let now = jiff::Timestamp::now().as_millisecond();
    let rows = match rows(&context.settings.config, now) {
        Ok(rows) => rows,
        Err(error) => {
            context.talk.fatal(&error, error.hint());
            return Exit::World;
        }
    };
    let has_trouble = rows.iter().any(|row| !row.trouble.is_empty());
    let text = match args.format {
        Shown::Text => rows.iter().map(text).collect::<String>(),
        Shown::Json => {
            let rows: Vec<Value> = rows.iter().map(json).collect();
            serde_json::to_string_pretty(&json!({ "sources": rows })).expect("text and numbers") + "\n"
        }
    };
    if rows.is_empty() {
        context.talk.note("the settings name no source");
    }
    ended(context.out.write_all(text.as_bytes()).and_then(|()| context.out.flush()), has_trouble, context)
}

fn rows(config: &Config, now: Millis) -> Result<Vec<Row>, StoreError> {
    let database = match Database::open_to_read(&config.crawl.store) {
        Ok(database) => Some(database),
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(error),
    };
    let row = |(name, _): (&str, _)| {
        let (standing, health) = match &database {
            Some(database) => (Standing::of(database, name, now)?, Health::of(database, name, now - FAILURES_SINCE)?),
            None => (None, Health::default()),
        };
        let trouble = trouble(config, standing.as_ref(), &health, now);
        Ok(Row { name: name.to_owned(), standing, health, trouble })
    };
    config.source.iter().map(row).collect()
}

/// What is wrong with a source, a clause each.
fn trouble(config: &Config, standing: Option<&Standing>, health: &Health, now: Millis) -> Vec<String> {
    let Some(standing) = standing else { return Vec::new() };
    let mut trouble = Vec::new();
    let silent_after = Millis::from(config.crawl.silent_days) * DAY;
    if let Some(last) = standing.last_new_at
        && now - last > silent_after
    {
        trouble.push(format!("silent: no new story since {}", shown(last)));
    }
    if let Some((recent, earlier)) = health.collapsed_yield {
        trouble.push(format!(
            "its yield has collapsed: of the latest pages {recent} % hold a story, of those before {earlier} % did"
        ));
    }
    if health.n_articles == 0 && standing.last_new_at.is_none() && !health.failures.is_empty() {
        trouble.push("nothing was ever found".to_owned());
    }
    let held = standing.held.iter().filter(|(_, _, why)| why == "unreachable");
    trouble
        .extend(held.map(|(host, until, _)| format!("{host} cannot be reached; asked again after {}", shown(*until))));
    trouble
}

fn text(row: &Row) -> String {
    let Row { name, standing, health, trouble } = row;
    let Some(standing) = standing else { return format!("{name}: has never run\n") };
    let moment = |at: Option<Millis>| at.map_or_else(|| "-".to_owned(), shown);
    let mut text = format!(
        "{name}: {} articles ({} copies), {} waiting; last run {}, next {}, last new story {}\n",
        health.n_articles,
        health.n_duplicates,
        standing.n_waiting,
        moment(standing.last_run_at),
        moment(standing.next_at),
        moment(standing.last_new_at),
    );
    for it in trouble {
        text.push_str(&format!("    trouble: {it}\n"));
    }
    for (host, until, why) in standing.held.iter().filter(|(_, _, why)| why != UNREACHABLE) {
        text.push_str(&format!("    {host} {why}; asked again after {}\n", shown(*until)));
    }
    for (kind, n, example) in health.failures.iter().take(FAILURES_SHOWN_MAX) {
        text.push_str(&format!("    {n} {kind} in 7 days, such as {example}\n"));
    }
    text
}

fn json(row: &Row) -> Value {
    let Row { name, standing, health, trouble } = row;
    let moment = |at: Option<Millis>| at.and_then(rfc3339);
    let failures: Vec<Value> = health
        .failures
        .iter()
        .map(|(kind, n, example)| json!({ "kind": kind, "count": n, "example": example }))
        .collect();
    let held = standing.iter().flat_map(|it| &it.held);
    let held: Vec<Value> =
        held.map(|(host, until, why)| json!({ "host": host, "until": rfc3339(*until), "why": why })).collect();
    json!({
        "name": name,
        "lastRun": moment(standing.as_ref().and_then(|it| it.last_run_at)),
        "nextRun": moment(standing.as_ref().and_then(|it| it.next_at)),
        "lastFetch": moment(health.last_fetch_at),
        "lastNewStory": moment(standing.as_ref().and_then(|it| it.last_new_at)),
        "articles": health.n_articles,
        "duplicates": health.n_duplicates,
        "waiting": standing.as_ref().map_or(0, |it| it.n_waiting),
        "leftOut": standing.as_ref().map_or(0, |it| it.n_left_out),
        "held": held,
        "failures": failures,
        "trouble": trouble,
    })
}
