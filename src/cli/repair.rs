//! `copydesk repair`: text → text, its mojibake repaired and nothing else.

use super::clean::failure;
use super::pipeline::{self, caught, in_order};
use super::stats::{Spent, Stopwatch};
use super::{Context, Exit};
use crate::input::{self, InputError, Item, Kind};
use crate::mojibake::{self, Hints, Normalisation, Options, Plan, Repair, Repairer};
use crate::sink::Failure;
use clap::{Args, ValueEnum};
use pieces::Pieces;
use plan::Way;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use url::Url;

mod pieces;
mod plan;

#[derive(Debug, Args)]
#[command(
    after_help = "Spelling, case, typography and spaces are never touched; sound text comes out byte for byte. What --nbsp, \
--zero-width, --line-ends and --nfc do is no repair, is done after it, and is not part of a plan.\n\n\
A plan is JSON Lines with \"repairs\": each repair has \"from\", \"to\", \"source\" (its bytes in the damaged text), \"offset\" \
(its byte in the repaired text), \"encoding\" (how the damage was done, outermost layer first) and \"score\" (bits by \
which it is likelier). What `repair -f jsonl --explain` writes is a plan, too."
)]
pub(super) struct RepairArgs {
    /// Text, or JSON Lines with a "text" field; - or nothing for standard input.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// What comes in and goes out.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: FormatArg,
    /// Say what was repaired: on stderr, or as "repairs" of each line of JSON.
    #[arg(long)]
    explain: bool,
    /// Say on stdout what would be repaired, a line for each, in place of the text.
    #[arg(long, conflicts_with = "explain")]
    dry_run: bool,
    /// Write what was repaired to FILE, for --apply and --undo.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Make the repairs of PLAN and look for no others; of JSON Lines, its first line belongs to the first record.
    #[arg(long, value_name = "PLAN", conflicts_with_all = NOT_WITH_A_PLAN)]
    apply: Option<PathBuf>,
    /// Take the repairs of PLAN back from the repaired text.
    #[arg(long, value_name = "PLAN", conflicts_with_all = NOT_WITH_A_PLAN, conflicts_with = "apply")]
    undo: Option<PathBuf>,
    /// Language of the text (BCP 47); a record's "inLanguage" or "lang" comes first.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Top-level domain that the text came from; a record's "url" comes first.
    #[arg(long, value_name = "TLD")]
    tld: Option<String>,
    /// Encoding that the text's page declared.
    #[arg(long, value_name = "LABEL")]
    declared: Option<String>,
    /// Make spaces of no-break spaces.
    #[arg(long, conflicts_with = "plan")]
    nbsp: bool,
    /// Take out characters of no width; joiners stay.
    #[arg(long, conflicts_with = "plan")]
    zero_width: bool,
    /// Make LF of all line ends.
    #[arg(long, conflicts_with = "plan")]
    line_ends: bool,
    /// Compose letters and their marks (Unicode form NFC).
    #[arg(long, conflicts_with = "plan")]
    nfc: bool,
    /// Lines of JSON worked on at once; without it, as many as the machine has processors.
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// Options that say how to look for damage, or change what a plan's positions count in.
const NOT_WITH_A_PLAN: [&str; 10] =
    ["explain", "dry_run", "plan", "language", "tld", "declared", "nbsp", "zero_width", "line_ends", "nfc"];

impl RepairArgs {
    /// The hints of one text: what came with it before what was asked for.
    fn hints<'a>(&'a self, language: Option<&'a str>, tld: Option<&'a str>) -> Hints<'a> {
        Hints {
            language: language.or(self.language.as_deref()),
            tld: tld.or(self.tld.as_deref()),
            declared: self.declared.as_deref(),
        }
    }

    fn tidied(&self, text: String) -> String {
        let Self { nbsp, zero_width, line_ends, nfc, .. } = *self;
        let tidied = match mojibake::normalise(&text, Normalisation { nbsp, zero_width, line_ends, nfc }).text {
            Cow::Owned(tidied) => Some(tidied),
            Cow::Borrowed(_) => None,
        };
        tidied.unwrap_or(text)
    }

    /// The file that a plan goes to.
    fn plan_out(&self) -> io::Result<Option<BufWriter<File>>> {
        self.plan.as_ref().map(|path| File::create(path).map(BufWriter::new)).transpose()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    Text,
    /// An object a line; its "text" is repaired, other fields pass through
    Jsonl,
}

pub(super) fn run(args: RepairArgs, context: &mut Context) -> Exit {
    match (args.format, args.apply.as_deref().map(Way::Apply).or(args.undo.as_deref().map(Way::Undo))) {
        (FormatArg::Text, None) => repair_text(&args, context),
        (FormatArg::Text, Some(way)) => {
            plan::rewrite_text(args.path.as_deref().unwrap_or(Path::new("-")), way, context)
        }
        (FormatArg::Jsonl, way) => repair_lines(&args, way, context),
    }
}

/// Repairs a text of any size, window by window.
fn repair_text(args: &RepairArgs, context: &mut Context) -> Exit {
    let path = args.path.as_deref().unwrap_or(Path::new("-"));
    let mut input = match input::open_one(path) {
        Ok(input) => input,
        Err(error) => return unreadable(&error, context),
    };
    let url = input.page.url.take();
    let tld = url.as_ref().and_then(tld);
    let options = in_any_case(&context.settings.config.extract.repair);
    context.stats.inputs += 1;
    let mut plan = match args.plan_out() {
        Ok(plan) => plan,
        Err(error) => return ended(Err(error), false, context),
    };
    let mut repairer = Repairer::new(args.hints(None, tld), options);
    let mut pieces = Pieces::new(input, tld, context.settings.config.input.page_bytes_max);
    let mut place = Place::default();
    let mut is_over = false;
    while !is_over {
        let stopwatch = Stopwatch::start();
        let piece = pieces.next();
        context.stats.read += stopwatch.read();
        let stopwatch = Stopwatch::start();
        let mut text = String::new();
        let repairs = match piece {
            Ok(Some(piece)) => {
                if let Some(encoding) = piece.read_as {
                    context.talk.note(&format!("the text is not UTF-8; read as {encoding}"));
                }
                context.stats.bytes += piece.n_bytes as u64;
                repairer.push(&piece.text, &mut text)
            }
            Ok(None) => {
                is_over = true;
                repairer.finish(&mut text)
            }
            Err(error) => {
                context.stats.inputs -= 1;
                return unreadable(&error, context);
            }
        };
        context.stats.work += stopwatch.read();
        let lines = if args.explain || args.dry_run { place.explained(&text, &repairs) } else { Vec::new() };
        let written = if args.dry_run {
            lines.iter().try_for_each(|line| writeln!(context.out, "{line}"))
        } else {
            lines.iter().for_each(|line| context.talk.line(line));
            context.out.write_all(args.tidied(text).as_bytes())
        };
        let planned = match &mut plan {
            Some(plan) if !repairs.is_empty() => writeln!(plan, "{}", json!({ "repairs": repairs })),
            _ => Ok(()),
        };
        if let Err(error) = written.and(planned) {
            return ended(Err(error), false, context);
        }
    }
    context.stats.articles += 1;
    let written = context.out.flush().and_then(|()| plan.map_or(Ok(()), |mut plan| plan.flush()));
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

/// How much of a text is behind us.
#[derive(Default)]
struct Place {
    n_bytes: usize,
    n_lines: usize,
    /// Characters of the last line.
    n_chars: usize,
}

impl Place {
    /// `3:14 â€™ → ’ (windows-1252)` for each repair of the text that comes next: line and column of the repaired text, in
    /// characters from 1.
    fn explained(&mut self, text: &str, repairs: &[Repair]) -> Vec<String> {
        let began = self.n_bytes;
        let mut lines = Vec::new();
        for repair in repairs {
            let done = self.n_bytes - began;
            self.advance(text.get(done..repair.offset - began).unwrap_or_default());
            let (line, column) = (1 + self.n_lines, 1 + self.n_chars);
            let Repair { from, to, encoding, .. } = repair;
            lines.push(format!("{line}:{column} {} → {} ({encoding})", visible(from), visible(to)));
        }
        self.advance(&text[self.n_bytes - began..]);
        lines
    }

    fn advance(&mut self, text: &str) {
        self.n_bytes += text.len();
        let last_line = text.rfind('\n').map(|at| &text[at + 1..]);
        self.n_lines += memchr::memchr_iter(b'\n', text.as_bytes()).count();
        self.n_chars = last_line.map_or(self.n_chars + text.chars().count(), |line| line.chars().count());
    }
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
    repairs: Vec<Repair>,
    n_bytes: usize,
    work: Spent,
}

fn repair_lines(args: &RepairArgs, way: Option<Way>, context: &mut Context) -> Exit {
    let bounds = context.settings.config.input.clone();
    let options = in_any_case(&context.settings.config.extract.repair);
    let paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let mut plan_out = match args.plan_out() {
        Ok(plan) => plan,
        Err(error) => return ended(Err(error), false, context),
    };
    let Context { out, talk, stats, .. } = context;
    let mut written = Ok(());
    pipeline::silence_caught_panics();
    let (paths, bounds) = (&paths, &bounds);
    let read = plan::beside(way, bounds, |next_plan| {
        in_order(
            args.jobs.unwrap_or_else(pipeline::default_threads),
            move |hand_over| {
                let _ = input::read(paths, Kind::Jsonl, bounds, &mut |item| hand_over((item, next_plan())));
            },
            |(item, plan): (Item, Option<plan::Line>)| {
                let (name, object) = input::open_object(item);
                match way {
                    Some(way) => rewrite_line(&name, object, plan.unwrap_or_else(|| Ok(Plan::default())), way),
                    None => repair_line(&name, object, args, &options),
                }
            },
            |Line { out: line, failure, repairs, n_bytes, work }| {
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
                if let Some(plan) = &mut plan_out {
                    let planned = writeln!(plan, "{}", json!({ "repairs": repairs }));
                    written = std::mem::replace(&mut written, Ok(())).and(planned);
                }
                stats.write += stopwatch.read();
                if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        )
    });
    let written = written.and_then(|()| plan_out.map_or(Ok(()), |mut plan| plan.flush()));
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
    let (mut object, text) = match opened(name, object) {
        Ok(opened) => opened,
        Err(line) => return *line,
    };
    let n_bytes = text.len();
    let url = object.get("url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let language = ["inLanguage", "lang"].iter().find_map(|field| object.get(*field)).and_then(Value::as_str);
    let hints = args.hints(language, url.as_ref().and_then(tld));
    let stopwatch = Stopwatch::start();
    let repaired = caught(|| mojibake::repair(&text, &hints, options));
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
        Place::default().explained(&text, &repairs).iter().map(|line| format!("{name}: {line}\n")).collect()
    } else {
        if args.explain {
            object.insert("repairs".to_owned(), json!(repairs));
        }
        object.insert("text".to_owned(), Value::String(args.tidied(text)));
        format!("{}\n", Value::Object(object))
    };
    Line { out, failure: None, repairs, n_bytes, work }
}

/// A record with its plan's repairs made or taken back.
fn rewrite_line(name: &str, object: Result<Map<String, Value>, InputError>, plan: plan::Line, way: Way) -> Line {
    let (mut object, text) = match opened(name, object) {
        Ok(opened) => opened,
        Err(line) => return *line,
    };
    let stopwatch = Stopwatch::start();
    let rewritten = plan.and_then(|plan| {
        match way {
            Way::Apply(_) => mojibake::apply(&plan, &text),
            Way::Undo(_) => mojibake::undo(&plan, &text),
        }
        .map_err(|error| plan::misfit(name, &error))
    });
    let work = stopwatch.read();
    let n_bytes = text.len();
    match rewritten {
        Ok(text) => {
            object.insert("text".to_owned(), Value::String(text));
            Line { out: format!("{}\n", Value::Object(object)), failure: None, repairs: Vec::new(), n_bytes, work }
        }
        Err(failure) => failed(object, failure),
    }
}

/// A record and its text, or the line that says what is wrong with it.
fn opened(
    name: &str,
    object: Result<Map<String, Value>, InputError>,
) -> Result<(Map<String, Value>, String), Box<Line>> {
    let mut object = object.map_err(|error| Box::new(failed(Map::new(), failure(&error))))?;
    object.shift_remove("error");
    let Some(Value::String(text)) = object.get("text") else {
        let error = InputError::Field { name: name.to_owned(), field: "text", expected: "a string" };
        return Err(Box::new(failed(object, failure(&error))));
    };
    let text = text.clone();
    Ok((object, text))
}

/// A record that says why it could not be done.
fn failed(mut object: Map<String, Value>, failure: Failure) -> Line {
    object.insert("error".to_owned(), json!(failure));
    let told = Some((failure.message, failure.hint));
    let out = format!("{}\n", Value::Object(object));
    Line { out, failure: told, repairs: Vec::new(), n_bytes: 0, work: Spent::default() }
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
