//! `copydesk clean`: pages already saved → articles.

use super::memory::Memory;
use super::output::{Desk, Done, Finished, How, OutputArgs, finish};
use super::pages::Joiner;
use super::pipeline::{self, caught, in_order};
use super::stats::Stopwatch;
use super::talk::chain;
use super::{Context, Exit};
use crate::extract;
use crate::input::{self, Content, InputError, Item, Kind, Record};
use crate::page::Page;
use crate::sink::{Failure, Origin, Shape, Target};
use crate::site_memory::Observation;
use clap::{Args, ValueEnum};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
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
    /// What is known of sites from their other pages: read if it is there, used, and written with what these pages add.
    #[arg(long, value_name = "FILE")]
    site_memory: Option<PathBuf>,
    /// Read everything twice, so that what a site's pages have in common counts for each of them; not from standard input.
    #[arg(long)]
    two_passes: bool,
    /// Give a story that stands on several of these pages as one, where the first of them stood.
    #[arg(long)]
    join_pages: bool,
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
    let CleanArgs { paths, url, input, jobs, site_memory, two_passes, join_pages, output } = args;
    if let Some(folder) = written_into(&paths, &output.target()) {
        context.talk.error(
            &format!("{} would be read again, with the articles in it, by the next run", folder.display()),
            Some("name a place outside of it with -o"),
        );
        return Exit::Usage;
    }
    if two_passes && (paths.is_empty() || paths.iter().any(|path| path.as_os_str() == "-")) {
        context
            .talk
            .error("standard input cannot be read twice", Some("name files or folders, or leave --two-passes out"));
        return Exit::Usage;
    }
    let mut memory = match (site_memory, two_passes) {
        (None, false) => None,
        (file, _) => match Memory::open(file, context) {
            Ok(memory) => Some(memory),
            Err(exit) => return exit,
        },
    };
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
    let n_jobs = jobs.unwrap_or_else(pipeline::default_threads);
    let open = |item: Item| {
        let record = input::open(item, &bounds);
        Record { content: record.content.map(|content| with_url(content, url.as_ref())), ..record }
    };
    let read_all = |hand_over: &mut dyn FnMut(Item) -> ControlFlow<()>| {
        let _ = input::read(&paths, kind, &bounds, hand_over);
    };
    if let Some(memory) = memory.as_mut().filter(|_| two_passes) {
        let (known, learned) = (&memory.known, &mut memory.learned);
        let settings = &context.settings.config.extract;
        context.stats.read += in_order(
            n_jobs,
            read_all,
            // What fails here fails again, and is told then.
            |item: Item| match open(item).content {
                Ok(Content::Page(page)) => caught(|| extract::extract_on_site(&page, settings, known).1).ok().flatten(),
                Ok(Content::Text { .. }) | Err(_) => None,
            },
            |seen| {
                if let Some((host, seen)) = seen {
                    learned.observe(&host, seen);
                }
                ControlFlow::Continue(())
            },
        );
        memory.learn();
    }
    let (talk, stats) = (&mut context.talk, &mut context.stats);
    let (known, mut learned) = match &mut memory {
        Some(Memory { known, learned, .. }) => (Some(&*known), Some(learned)),
        None => (None, None),
    };
    let how = How { options: &options, memory: known };
    let mut joiner = join_pages.then(Joiner::default);
    let read = in_order(
        n_jobs,
        read_all,
        |item: Item| {
            let stopwatch = Stopwatch::start();
            let Record { name, path, folder, alone, fields, content } = open(item);
            let content = content.map_err(|error| failure(&error));
            let read = stopwatch.read();
            let done = finish(name, Origin { fields, url: None, path, folder, alone }, content, &[], how, read);
            // What waits for other pages is written when they are there.
            if join_pages { Taken::Waits(Box::new(done)) } else { Taken::ready(done, &shape) }
        },
        |taken| {
            let (finished, mut seen) = match taken {
                Taken::Ready(finished, seen) => (vec![*finished], seen),
                Taken::Waits(mut done) => {
                    let seen = done.seen.take();
                    let joiner = joiner.as_mut().expect("pages wait for it only");
                    let ready = joiner.push(*done, &options);
                    (ready.into_iter().map(|it| it.rendered(&shape)).collect(), seen)
                }
            };
            if let (Some(learned), Some((host, seen))) = (&mut learned, seen.take()) {
                learned.observe(&host, seen);
            }
            finished.into_iter().try_for_each(|it| desk.take(it, talk, stats))
        },
    );
    for done in joiner.iter_mut().flat_map(|it| it.finish(&options)) {
        if desk.take(done.rendered(&shape), &mut context.talk, &mut context.stats).is_break() {
            break;
        }
    }
    context.stats.read += read;
    let exit = desk.close(&mut context.talk, &context.stats);
    match memory.map(|it| it.close(context)) {
        Some(Err(failed)) => failed,
        Some(Ok(())) | None => exit,
    }
}

/// A page that was worked on.
enum Taken {
    /// To be written, and what it taught about its site.
    Ready(Box<Finished>, Option<(String, Observation)>),
    /// To be joined with others first.
    Waits(Box<Done>),
}

impl Taken {
    fn ready(mut done: Done, shape: &Shape) -> Self {
        let seen = done.seen.take();
        Self::Ready(Box::new(done.rendered(shape)), seen)
    }
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
