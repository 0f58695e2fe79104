//! `copydesk search`: full text over what was saved.

use super::repair::ended;
use super::select::SelectArgs;
use super::{Context, Exit};
use crate::store::{Database, Hit, StoreError, search};
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::io::Write;

#[derive(Debug, Args)]
#[command(
    after_help = "All words must be there; \"a phrase\" in quotes stands as it is; -word leaves out articles with it. Case and \
accents do not count. Exit code 1: nothing was found."
)]
pub(super) struct SearchArgs {
    /// What to look for.
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// Articles shown at most, the best first.
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    n: usize,
    /// How they are shown.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Shown,
    #[command(flatten)]
    select: SelectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// Headline, date, address and where it stands
    Text,
    /// The article's record, a line each, with score and snippet
    Jsonl,
}

pub(super) fn run(args: &SearchArgs, context: &mut Context) -> Exit {
    let found = Database::open_to_read(&context.settings.config.crawl.store)
        .and_then(|database| search(&database, &args.query.join(" "), &args.select.filter(), args.n));
    let hits = match found {
        Ok(hits) => hits,
        Err(error) => {
            context.talk.fatal(&error, error.hint());
            return match error {
                StoreError::EmptyQuery { .. } => Exit::Usage,
                _ => Exit::World,
            };
        }
    };
    let shown = match args.format {
        Shown::Text => text,
        Shown::Jsonl => jsonl,
    };
    let text: String = hits.iter().map(shown).collect();
    ended(context.out.write_all(text.as_bytes()).and_then(|()| context.out.flush()), hits.is_empty(), context)
}

fn text(hit: &Hit) -> String {
    let record: Value = serde_json::from_str(&hit.stored.json).unwrap_or_default();
    let headline = record["headline"].as_str().unwrap_or("(no headline)");
    let date = record["datePublished"].as_str().unwrap_or("undated");
    let date: String = date.chars().take("2026-11-23".len()).collect();
    format!("{headline}\n    {date} {} {}\n    {}\n", hit.stored.source, hit.stored.url, hit.snippet)
}

fn jsonl(hit: &Hit) -> String {
    let found = serde_json::json!({ "score": hit.score, "snippet": hit.snippet });
    let line = hit.stored.line();
    // The record is one object.
    format!("{},\"search\":{found}}}\n", line.strip_suffix('}').unwrap_or(&line))
}
