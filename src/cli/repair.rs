//! `copydesk repair`: text → text, its mojibake repaired and nothing else.

use super::clean::failure;
use super::pipeline::{self, caught, in_order};
use super::stats::{Spent, Stopwatch};
use super::{Context, Exit};
use crate::decode;
use crate::input::{self, InputError, Item, Kind};
use crate::mojibake::{self, Hints, Options, Repair};
use crate::sink::Failure;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use url::Url;

#[derive(Debug, Args)]
#[command(after_help = "Spelling, case, typography and spaces are never touched; sound text comes out byte for byte.")]
pub(super) struct RepairArgs {
    /// Text, or JSON Lines with a \"text\" field; - or nothing for standard input.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// What comes in and goes out.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: FormatArg,
    /// Say what was repaired: on stderr, or as \"repairs\" of each line of JSON.
    #[arg(long)]
    explain: bool,
    /// Say on stdout what would be repaired, a line for each, in place of the text.
    #[arg(long, conflicts_with = "explain")]
    dry_run: bool,
    /// Lines of JSON worked on at once; without it, as many as the machine has processors.
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    Text,
    /// An object a line; its "text" is repaired, other fields pass through
    Jsonl,
}

pub(super) fn run(args: RepairArgs, context: &mut Context) -> Exit {
    match args.format {
        FormatArg::Text => repair_text(&args, context),
        FormatArg::Jsonl => repair_lines(&args, context),
    }
}

fn repair_text(args: &RepairArgs, context: &mut Context) -> Exit {
    let config = &context.settings.config;
    let stopwatch = Stopwatch::start();
    let page = match input::read_one(args.path.as_deref().unwrap_or(Path::new("-")), &config.input) {
        Ok(page) => page,
        Err(error) => return unreadable(&error, context),
    };
    context.stats.read += stopwatch.read();
    context.stats.inputs += 1;
    context.stats.bytes += page.body.len() as u64;
    let stopwatch = Stopwatch::start();
    let tld = page.url.as_ref().and_then(tld);
    // Sound UTF-8 is taken as it is, byte order mark and all.
    let text = match String::from_utf8(page.body) {
        Ok(text) => text,
        Err(error) => {
            let hints = decode::Hints { content_type: page.content_type.as_deref(), tld, language: None };
            let decoded = decode::decode(error.as_bytes(), &hints);
            context.talk.note(&format!("the text is not UTF-8; read as {}", decoded.encoding));
            decoded.text.into_owned()
        }
    };
    let repaired = mojibake::repair(&text, &Hints { tld, ..Hints::default() }, &in_any_case(&config.extract.repair));
    context.stats.work += stopwatch.read();
    context.stats.articles += 1;
    let lines = repaired.repairs.iter().map(|repair| explained(&repaired.text, repair));
    if args.explain {
        for line in lines.clone() {
            context.talk.line(&line);
        }
    }
    let out = if args.dry_run { lines.map(|line| line + "\n").collect() } else { repaired.text.into_owned() };
    let written = context.out.write_all(out.as_bytes()).and_then(|()| context.out.flush());
    say_seconds(context);
    ended(written, false, context)
}

/// Whoever calls for repair wants it, whatever is done to articles.
fn in_any_case(options: &Options) -> Options {
    Options { enabled: true, ..options.clone() }
}

/// The label of the host that says most about its language.
pub(super) fn tld(url: &Url) -> Option<&str> {
    url.domain().and_then(|domain| domain.rsplit('.').next())
}

/// `3:14 â€™ → ’ (windows-1252)`: line and column of the repaired text, in characters from 1.
fn explained(text: &str, repair: &Repair) -> String {
    let before = text.get(..repair.offset).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let (line, column) = (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count());
    format!("{line}:{column} {} → {} ({})", visible(&repair.from), visible(&repair.to), repair.encoding)
}

/// Text with what would not show, or would move the cursor, as code points.
fn visible(text: &str) -> String {
    let mut visible = String::new();
    for c in text.chars() {
        if c.is_control()
            || (c.is_whitespace() && c != ' ')
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
        {
            visible.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            visible.push(c);
        }
    }
    visible
}

/// One line of JSON, done.
struct Line {
    out: String,
    failure: Option<(String, Option<String>)>,
    n_bytes: usize,
    work: Spent,
}

fn repair_lines(args: &RepairArgs, context: &mut Context) -> Exit {
    let bounds = context.settings.config.input.clone();
    let options = in_any_case(&context.settings.config.extract.repair);
    let paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let Context { out, talk, stats, .. } = context;
    let mut written = Ok(());
    pipeline::silence_caught_panics();
    let read = in_order(
        args.jobs.unwrap_or_else(pipeline::default_threads),
        |hand_over| {
            let _ = input::read(&paths, Kind::Jsonl, &bounds, hand_over);
        },
        |item: Item| {
            let (name, object) = input::open_object(item);
            repair_line(&name, object, args, &options)
        },
        |Line { out: line, failure, n_bytes, work }| {
            stats.inputs += 1;
            stats.bytes += n_bytes as u64;
            stats.work += work;
            match failure {
                Some((message, hint)) => {
                    stats.failures += 1;
                    talk.error(&message, hint.as_deref());
                }
                None => stats.articles += 1,
            }
            let stopwatch = Stopwatch::start();
            written = out.write_all(line.as_bytes()).and_then(|()| out.flush());
            stats.write += stopwatch.read();
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        },
    );
    context.stats.read += read;
    say_seconds(context);
    ended(written, context.stats.failures > 0, context)
}

fn repair_line(
    name: &str,
    object: Result<Map<String, Value>, InputError>,
    args: &RepairArgs,
    options: &Options,
) -> Line {
    let mut object = match object {
        Ok(object) => object,
        Err(error) => return failed(Map::new(), failure(&error)),
    };
    object.shift_remove("error");
    let Some(Value::String(text)) = object.get("text") else {
        let error = InputError::Field { name: name.to_owned(), field: "text", expected: "a string" };
        return failed(object, failure(&error));
    };
    let n_bytes = text.len();
    let url = object.get("url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let language = ["inLanguage", "lang"].iter().find_map(|field| object.get(*field)).and_then(Value::as_str);
    let hints = Hints { tld: url.as_ref().and_then(tld), language, ..Hints::default() };
    let stopwatch = Stopwatch::start();
    let repaired = caught(|| mojibake::repair(text, &hints, options));
    let work = stopwatch.read();
    let (text, repairs) = match repaired {
        Ok(repaired) => (repaired.text.into_owned(), repaired.repairs),
        Err(panic) => {
            let failure =
                Failure { kind: "panic".to_owned(), message: format!("{name} broke the program: {panic}"), hint: None };
            return failed(object, failure);
        }
    };
    let out = if args.dry_run {
        repairs.iter().map(|repair| format!("{name}: {}\n", explained(&text, repair))).collect()
    } else {
        if args.explain {
            object.insert("repairs".to_owned(), json!(repairs));
        }
        object.insert("text".to_owned(), Value::String(text));
        format!("{}\n", Value::Object(object))
    };
    Line { out, failure: None, n_bytes, work }
}

/// A record that says why it could not be done.
fn failed(mut object: Map<String, Value>, failure: Failure) -> Line {
    object.insert("error".to_owned(), json!(failure));
    let told = Some((failure.message, failure.hint));
    Line { out: format!("{}\n", Value::Object(object)), failure: told, n_bytes: 0, work: Spent::default() }
}

/// What repair alone took, for those who compare repairers.
fn say_seconds(context: &mut Context) {
    if let Some(seconds) = context.stats.work_seconds() {
        context.talk.line(&format!("FIX_SECONDS {seconds}"));
    }
}

/// Says that the one input could not be read.
pub(super) fn unreadable(error: &InputError, context: &mut Context) -> Exit {
    context.stats.inputs += 1;
    context.stats.failures += 1;
    let Failure { message, hint, .. } = failure(error);
    context.talk.error(&message, hint.as_deref());
    Exit::Partial
}

/// How a run ended that wrote to standard output.
pub(super) fn ended(written: io::Result<()>, has_failures: bool, context: &mut Context) -> Exit {
    match written {
        Ok(()) if has_failures => Exit::Partial,
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            context.talk.fatal(&error, None);
            Exit::World
        }
    }
}
