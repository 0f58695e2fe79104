//! The command line: what a person typed to what is done, and how it ended.
//!
//! Stdout is data, stderr is talk. Exit codes are those of `Exit`. One file per command; what they share stands here,
//! in `talk` (messages), `pipeline` (many pages at once, order kept), `stats` and `output`.

mod clean;
mod config;
mod crawl;
mod decode;
mod discover;
mod eval;
mod export;
mod fetch;
mod memory;
mod output;
mod pages;
mod pipeline;
mod repair;
mod replay;
mod search;
mod select;
mod stats;
mod status;
mod talk;

use crate::config::{Override, Settings};
use clap::{Args, ColorChoice, Parser, Subcommand};
use stats::Stats;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use talk::Talk;

/// Where data and talk go.
pub struct Streams {
    /// Standard output: data.
    pub out: Box<dyn Write + Send>,
    /// Standard error: talk.
    pub err: Box<dyn Write + Send>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All was done.
    Done = 0,
    /// It ran, but some input held no article or failed.
    Partial = 1,
    /// The request or the configuration is wrong; nothing was done.
    Usage = 2,
    /// The world failed: the one page could not be fetched, the output not be written.
    World = 3,
    /// Stopped by a person.
    Interrupted = 130,
}

/// Fetches news pages, finds the story in each, repairs its broken characters and saves clean text.
#[derive(Debug, Parser)]
#[command(name = "copydesk", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done · 1 some input held no article or failed · 2 wrong request or settings · \
3 the page could not be fetched, or the output not be written · 130 interrupted.\n\
`copydesk URL` is short for `copydesk fetch URL`.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
struct Global {
    /// Settings; without it, config.toml in the working directory if there is one.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Set one key for this run, as in --set fetch.host_delay_ms=2000.
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    set: Vec<String>,
    /// End with one JSON line on stderr: inputs, bytes, wall and CPU seconds.
    #[arg(long, global = true)]
    stats: bool,
    /// Say nothing but errors that end the run.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Color in messages; auto: on a terminal, unless NO_COLOR is set.
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Pages from the web → articles.
    Fetch(fetch::FetchArgs),
    /// Pages already saved → articles.
    Clean(clean::CleanArgs),
    /// Text → text, its mojibake repaired and nothing else.
    Repair(repair::RepairArgs),
    /// Bytes → UTF-8 text, and which encoding it was and why.
    Decode(decode::DecodeArgs),
    /// Feeds, sitemaps and pages → the addresses that they lead to.
    Discover(discover::DiscoverArgs),
    /// One run over the sources of config.toml; --watch stays and follows their schedules.
    Crawl(crawl::CrawlArgs),
    /// How each source fares: last run, next run, articles, failures and why.
    Status(status::StatusArgs),
    /// Full text over what was saved.
    Search(search::SearchArgs),
    /// The saved articles, to other programs.
    Export(export::ExportArgs),
    /// How well it does on a folder of pages with references.
    Eval(eval::EvalArgs),
    /// The settings in force, and where each comes from.
    Config(config::ConfigArgs),
}

/// What every command is given.
struct Context {
    settings: Settings,
    out: Box<dyn Write + Send>,
    talk: Talk,
    stats: Stats,
}

/// Does what the command line says. Gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, streams: Streams) -> u8 {
    let Streams { mut out, mut err } = streams;
    let parsed = match Cli::try_parse_from(with_command(args)) {
        Ok(parsed) => parsed,
        Err(message) => {
            let to: &mut dyn Write = if message.use_stderr() { &mut err } else { &mut out };
            // Nobody is left to tell if this fails.
            let _ = write!(to, "{}", message.render());
            let _ = to.flush();
            return u8::try_from(message.exit_code()).unwrap_or(Exit::Usage as u8);
        }
    };
    let Cli { command, global } = parsed;
    let mut talk = Talk::new(err, &global);
    let mut overrides: Vec<Override> = global.set.iter().map(|set| over(set)).collect();
    if let Command::Fetch(args) = &command {
        overrides.extend(args.overrides());
    }
    if let Command::Discover(args) = &command {
        overrides.extend(args.overrides());
    }
    if let Command::Config(args) = &command
        && args.check
    {
        return config::check(global.config.as_deref(), &overrides, &mut talk) as u8;
    }
    let settings = match Settings::load(global.config.as_deref(), &overrides) {
        Ok(settings) => settings,
        Err(error) => {
            talk.fatal(&error, error.hint());
            return Exit::Usage as u8;
        }
    };
    let stats = Stats::new(global.stats);
    let mut context = Context { settings, out, talk, stats };
    let (name, exit) = match command {
        Command::Fetch(args) => ("fetch", fetch::run(args, &mut context)),
        Command::Clean(args) => ("clean", clean::run(args, &mut context)),
        Command::Repair(args) => ("repair", repair::run(args, &mut context)),
        Command::Decode(args) => ("decode", decode::run(args, &mut context)),
        Command::Discover(args) => ("discover", discover::run(args, &mut context)),
        Command::Crawl(args) => ("crawl", crawl::run(args, &mut context)),
        Command::Status(args) => ("status", status::run(&args, &mut context)),
        Command::Search(args) => ("search", search::run(&args, &mut context)),
        Command::Export(args) => ("export", export::run(&args, &mut context)),
        Command::Eval(args) => ("eval", eval::run(args, &mut context)),
        Command::Config(_) => ("config", config::run(&mut context)),
    };
    if let Some(stats) = context.stats.report(name) {
        context.talk.line(&stats);
    }
    exit as u8
}

/// `copydesk URL` with its command put in.
fn with_command(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let is_url =
        |arg: &OsString| arg.to_str().is_some_and(|arg| arg.starts_with("http://") || arg.starts_with("https://"));
    if args.get(1).is_some_and(is_url) {
        args.insert(1, "fetch".into());
    }
    settings_behind(args)
}

/// The same with each `--set` behind all else: of those before a command and those behind it, the parser keeps one kind.
fn settings_behind(args: Vec<OsString>) -> Vec<OsString> {
    let mut args = args.into_iter();
    let (mut rest, mut settings): (Vec<OsString>, Vec<OsString>) = (args.next().into_iter().collect(), Vec::new());
    while let Some(arg) = args.next() {
        if arg == "--" {
            rest.append(&mut settings);
            rest.push(arg);
            rest.extend(args);
            return rest;
        }
        if arg == "--set" {
            settings.push(arg);
            settings.extend(args.next());
        } else if arg.to_str().is_some_and(|arg| arg.starts_with("--set=")) {
            settings.push(arg);
        } else {
            rest.push(arg);
        }
    }
    rest.append(&mut settings);
    rest
}

/// `KEY=VALUE` as TOML. A value that is no TOML is text: nobody quotes twice on a command line.
fn over(set: &str) -> Override {
    let flag = format!("--set {set}");
    let (key, value) = set.split_once('=').unwrap_or((set, ""));
    let toml = format!("{key} = {value}");
    let toml = match toml.parse::<toml::Table>() {
        Ok(_) => toml,
        Err(_) => format!("{key} = {}", toml::Value::from(value)),
    };
    Override { toml, flag }
}

/// Whether talk goes to a person who watches.
fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
