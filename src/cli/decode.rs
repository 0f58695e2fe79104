//! `copydesk decode`: bytes → UTF-8 text, and which encoding it was and why.

use super::clean::failure;
use super::pipeline::{self, caught, in_order};
use super::repair::{ended, tld, unreadable};
use super::stats::{Spent, Stopwatch};
use super::{Context, Exit};
use crate::decode::{self, Decoded, Hints, Verdict};
use crate::input::{self, Content, Item, Kind, Record};
use crate::page::Page;
use crate::sink::Failure;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use url::Url;

#[derive(Debug, Args)]
#[command(
    after_help = "What a page says about its encoding is weighed against its bytes, and what the bytes contradict is not \
believed; --explain shows what was weighed."
)]
pub(super) struct DecodeArgs {
    /// Bytes, or JSON Lines with them as \"base64\" or \"path\"; - or nothing for standard input.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// What goes out; jsonl also says what comes in.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: FormatArg,
    /// Say on stderr which encoding it was and why.
    #[arg(long)]
    explain: bool,
    /// The Content-Type header that came with the bytes.
    #[arg(long, value_name = "HEADER")]
    content_type: Option<String>,
    /// The address of the page; its country is evidence.
    #[arg(long)]
    url: Option<Url>,
    /// Lines of JSON worked on at once; without it, as many as the machine has processors.
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// The text
    Text,
    /// Text, encoding and evidence, as one object
    Json,
    /// The same for each line of input
    Jsonl,
}

/// What comes out as JSON.
#[derive(Serialize)]
struct Out<'a> {
    text: &'a str,
    encoding: &'static str,
    evidence: &'a [decode::Evidence],
    replaced: usize,
}

impl<'a> Out<'a> {
    fn new(decoded: &'a Decoded<'_>) -> Self {
        let Decoded { text, encoding, evidence, replaced, .. } = decoded;
        Self { text, encoding, evidence, replaced: *replaced }
    }
}

pub(super) fn run(args: DecodeArgs, context: &mut Context) -> Exit {
    match args.format {
        FormatArg::Text | FormatArg::Json => decode_one(&args, context),
        FormatArg::Jsonl => decode_lines(&args, context),
    }
}

fn decode_page(page: &Page) -> Decoded<'_> {
    let tld = page.url.as_ref().and_then(tld);
    decode::decode(&page.body, &Hints { content_type: page.content_type.as_deref(), tld, language: None })
}

fn decode_one(args: &DecodeArgs, context: &mut Context) -> Exit {
    let stopwatch = Stopwatch::start();
    let path = args.path.as_deref().unwrap_or(Path::new("-"));
    let mut page = match input::read_one(path, &context.settings.config.input) {
        Ok(page) => page,
        Err(error) => return unreadable(&error, context),
    };
    page.content_type = args.content_type.clone().or(page.content_type);
    page.url = args.url.clone().or(page.url);
    context.stats.read += stopwatch.read();
    context.stats.inputs += 1;
    context.stats.articles += 1;
    context.stats.bytes += page.body.len() as u64;
    let stopwatch = Stopwatch::start();
    let decoded = decode_page(&page);
    context.stats.work += stopwatch.read();
    if args.explain {
        for line in explained(&decoded) {
            context.talk.line(&line);
        }
    }
    let written = if args.format == FormatArg::Json {
        let json = serde_json::to_string_pretty(&Out::new(&decoded)).expect("text and names");
        writeln!(context.out, "{json}")
    } else {
        context.out.write_all(decoded.text.as_bytes())
    };
    let written = written.and_then(|()| context.out.flush());
    ended(written, false, context)
}

/// The encoding, then each piece of evidence.
fn explained(decoded: &Decoded<'_>) -> Vec<String> {
    let name = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!("encoding: {}", decoded.encoding)];
    for evidence in &decoded.evidence {
        let verdict = match evidence.verdict {
            Verdict::Believed => "believed",
            Verdict::Agrees => "agrees",
            Verdict::Contradicted => "contradicted by the bytes",
            Verdict::Unknown => "no encoding has this name",
        };
        lines.push(format!("  {}: {} ({verdict})", name(json!(evidence.source)), evidence.label));
    }
    if decoded.replaced > 0 {
        lines.push(format!("  {} bytes fit nothing and are U+FFFD now", decoded.replaced));
    }
    lines
}

fn decode_lines(args: &DecodeArgs, context: &mut Context) -> Exit {
    let bounds = context.settings.config.input.clone();
    let paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let Context { out, talk, stats, .. } = context;
    let mut written = Ok(());
    pipeline::silence_caught_panics();
    let read = in_order(
        args.jobs.unwrap_or_else(pipeline::default_threads),
        |hand_over| {
            let _ = input::read(&paths, Kind::Jsonl, &bounds, hand_over);
        },
        |item: Item| decode_line(input::open(item, &bounds)),
        |(line, failure, n_bytes, work): (String, Option<Failure>, usize, Spent)| {
            stats.inputs += 1;
            stats.bytes += n_bytes as u64;
            stats.work += work;
            match failure {
                Some(failure) => {
                    stats.failures += 1;
                    talk.error(&failure.message, failure.hint.as_deref());
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
    ended(written, context.stats.failures > 0, context)
}

fn decode_line(record: Record) -> (String, Option<Failure>, usize, Spent) {
    let Record { name, mut fields, content, .. } = record;
    for field in ["text", "encoding", "evidence", "replaced", "error"] {
        fields.shift_remove(field);
    }
    let stopwatch = Stopwatch::start();
    let n_bytes = content.as_ref().map_or(0, Content::n_bytes);
    let done = match content {
        Ok(Content::Page(page)) => caught(|| extend(&fields, &Out::new(&decode_page(&page)))).map_err(|panic| {
            Failure { kind: "panic".to_owned(), message: format!("{name} broke the program: {panic}"), hint: None }
        }),
        Ok(Content::Text { .. }) => Err(failure(&input::InputError::NoContent { name })),
        Err(error) => Err(failure(&error)),
    };
    let work = stopwatch.read();
    match done {
        Ok(line) => (line, None, n_bytes, work),
        Err(failure) => (extend(&fields, &json!({ "error": &failure })), Some(failure), n_bytes, work),
    }
}

/// A line with the fields that pass through, and then the others.
fn extend(fields: &Map<String, Value>, others: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, T> {
        #[serde(flatten)]
        fields: &'a Map<String, Value>,
        #[serde(flatten)]
        others: &'a T,
    }
    serde_json::to_string(&Line { fields, others }).expect("text and names") + "\n"
}
