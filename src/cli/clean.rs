//! `copydesk clean`: pages already saved → articles.

use super::output::{Desk, OutputArgs, finish};
use super::pipeline::{self, in_order};
use super::stats::Stopwatch;
use super::talk::chain;
use super::{Context, Exit};
use crate::input::{self, Content, InputError, Item, Kind, Record};
use crate::page::Page;
use crate::sink::{Failure, Origin, Target};
use clap::{Args, ValueEnum};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use url::Url;

#[derive(Debug, Args)]
#[command(
    after_help = "JSON Lines in: {\"url\": …, \"html\": \"…\"} a line, or \"path\", \"base64\" or \"text\" for \"html\", and \
optionally \"contentType\". With -f jsonl one line comes out for each, in order, other fields passed through."
)]
pub(super) struct CleanArgs {
    /// Pages, folders of pages, .warc[.gz], JSON Lines, plain text that a scraper saved; - for standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The address of a page that does not say where it is from.
    #[arg(long, value_parser = absolute_url)]
    url: Option<Url>,
    /// What the input is.
    #[arg(long, value_name = "KIND", default_value = "auto")]
    input: KindArg,
    /// Pages worked on at once; without it, as many as the machine has processors.
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArg {
    /// Told from the first bytes
    Auto,
    Html,
    /// Plain text
    Text,
    Jsonl,
    Warc,
}

/// A URL that stands by itself.
pub(super) fn absolute_url(typed: &str) -> Result<Url, String> {
    Url::parse(typed).map_err(|problem| format!("{problem}; an address begins with https:// or http://"))
}

pub(super) fn run(args: CleanArgs, context: &mut Context) -> Exit {
    let CleanArgs { paths, url, input, jobs, output } = args;
    if let Some(folder) = written_into(&paths, &output.target()) {
        context.talk.error(
            &format!("{} would be read again, with the articles in it, by the next run", folder.display()),
            Some("name a place outside of it with -o"),
        );
        return Exit::Usage;
    }
    let mut desk = match Desk::open(&output, &paths, context) {
        Ok(desk) => desk,
        Err(exit) => return exit,
    };
    let kind = match input {
        KindArg::Auto => Kind::Auto,
        KindArg::Html => Kind::Html,
        KindArg::Text => Kind::Text,
        KindArg::Jsonl => Kind::Jsonl,
        KindArg::Warc => Kind::Warc,
    };
    let bounds = context.settings.config.input.clone();
    let options = output.extract_options(&context.settings.config.extract);
    let shape = output.shape();
    pipeline::silence_caught_panics();
    context.talk.begin_counting();
    let (talk, stats) = (&mut context.talk, &mut context.stats);
    let read = in_order(
        jobs.unwrap_or_else(pipeline::default_threads),
        |hand_over| {
            let _ = input::read(&paths, kind, &bounds, hand_over);
        },
        |item: Item| {
            let stopwatch = Stopwatch::start();
            let Record { name, path, folder, alone, fields, content } = input::open(item, &bounds);
            let content = content.map(|content| with_url(content, url.as_ref())).map_err(|error| failure(&error));
            let read = stopwatch.read();
            finish(name, Origin { fields, url: None, path, folder, alone }, content, &options, &shape, read)
        },
        |finished| desk.take(finished, talk, stats),
    );
    context.stats.read += read;
    desk.close(&mut context.talk, &context.stats)
}

/// The folder that is both read and written, if there is one.
fn written_into<'a>(inputs: &'a [PathBuf], target: &Target) -> Option<&'a Path> {
    let folder = match target {
        Target::Stream => return None,
        Target::Folder(folder) => folder,
        Target::File(file) => file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
    };
    let folder = folder.canonicalize().ok()?;
    let holds = |input: &&PathBuf| input.is_dir() && input.canonicalize().is_ok_and(|input| folder.starts_with(input));
    inputs.iter().find(holds).map(PathBuf::as_path)
}

fn with_url(content: Content, given: Option<&Url>) -> Content {
    match content {
        Content::Page(page) => Content::Page(Page { url: page.url.or_else(|| given.cloned()), ..page }),
        Content::Text { text, url } => Content::Text { text, url: url.or_else(|| given.cloned()) },
    }
}

/// What a person and a program are told of an input that could not be read.
pub(super) fn failure(error: &InputError) -> Failure {
    Failure { kind: error.kind().to_owned(), message: chain(error), hint: error.hint() }
}
