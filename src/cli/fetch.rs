//! `copydesk fetch`: pages from the web → articles.

use super::output::{Desk, How, OutputArgs, finish};
use super::stats::{Spent, Stopwatch};
use super::talk::chain;
use super::{Context, Exit, pages, pipeline};
use crate::archive::{self, Archive, ArchiveError, Kept};
use crate::config::Override;
use crate::fetch::{FetchError, Fetcher, Keep, Reply, Request, parse_url};
use crate::input::{Content, SavedHeaders};
use crate::page::{Exchange, Page};
use crate::sink::{Failure, Origin, Saver};
use clap::Args;
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use url::Url;

#[derive(Debug, Args)]
#[command(
    after_help = "Asks robots.txt first, names itself and fetch.contact to the site, keeps a pause between two requests to one \
host, and connects to public addresses only."
)]
pub(super) struct FetchArgs {
    /// Addresses of pages.
    #[arg(value_name = "URL", required = true)]
    urls: Vec<String>,
    /// Keep each page as served in this folder, its headers beside it; copydesk clean reads both.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Keep each exchange as it went over the wire, in WARC files in this folder; copydesk clean reads them.
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Do not ask robots.txt: for your own one-off request.
    #[arg(long)]
    ignore_robots: bool,
    /// Fetch the other pages of a story that has several, and give it as one; fetch.join_pages_max bounds how many.
    #[arg(long)]
    join_pages: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl FetchArgs {
    /// The settings that the flags change.
    pub(super) fn overrides(&self) -> Option<Override> {
        self.ignore_robots.then(ignore_robots)
    }
}

/// What it takes to fetch.
///
/// # Errors
///
/// The exit code, after the reason was said.
pub(super) fn ready(context: &mut Context) -> Result<(tokio::runtime::Runtime, Fetcher), Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        context.talk.fatal(&error, None);
        Exit::World
    })?;
    let fetcher = Fetcher::new(&context.settings.config.fetch).map_err(|error| {
        context.talk.fatal(&error, error.hint().as_deref());
        Exit::World
    })?;
    Ok((runtime, fetcher))
}

/// What `--ignore-robots` sets.
pub(super) fn ignore_robots() -> Override {
    Override { toml: "fetch.robots = \"ignore\"".to_owned(), flag: "--ignore-robots".to_owned() }
}

pub(super) fn run(args: FetchArgs, context: &mut Context) -> Exit {
    let (runtime, fetcher) = match ready(context) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    let mut saver = match args.save.as_deref().map(Saver::open).transpose() {
        Ok(saver) => saver,
        Err(error) => {
            context.talk.fatal(&error, error.hint());
            return Exit::World;
        }
    };
    let mut archiver = match args.archive.as_deref().map(|dir| Archiver::open(dir, &fetcher)).transpose() {
        Ok(archiver) => archiver,
        Err(error) => {
            context.talk.fatal(&error, None);
            return Exit::World;
        }
    };
    let mut desk = match Desk::open(&args.output, &[], context) {
        Ok(desk) => desk,
        Err(exit) => return exit,
    };
    pipeline::silence_caught_panics();
    context.talk.begin_progress(args.urls.len());
    let n_urls = args.urls.len();
    let end = runtime.block_on(async {
        tokio::select! {
            end = fetch_all(&args, &fetcher, Keepers { saver: &mut saver, archiver: &mut archiver }, &mut desk, context) => end,
            _ = tokio::signal::ctrl_c() => End::Interrupted,
        }
    });
    let exit = desk.close(&mut context.talk, &context.stats);
    match (exit, end) {
        (_, End::Interrupted) => {
            context.talk.note(&format!("stopped after {} of {n_urls}", context.stats.inputs));
            Exit::Interrupted
        }
        (_, End::NotSaved) => Exit::World,
        // The one thing that was asked for.
        (Exit::Partial, End::Failed { is_request_wrong: true }) if n_urls == 1 => Exit::Usage,
        (Exit::Partial, End::Failed { is_request_wrong: false }) if n_urls == 1 => Exit::World,
        (exit, End::Failed { .. } | End::Fetched) => exit,
    }
}

/// What became of the last page.
enum End {
    Fetched,
    Failed { is_request_wrong: bool },
    NotSaved,
    Interrupted,
}

async fn fetch_all(
    args: &FetchArgs,
    fetcher: &Fetcher,
    keepers: Keepers<'_>,
    desk: &mut Desk,
    context: &mut Context,
) -> End {
    let options = args.output.extract_options(&context.settings.config.extract);
    let shape = args.output.shape();
    let keep = if keepers.archiver.is_some() { Keep::Exchanges } else { Keep::Page };
    let how = How { options: &options, memory: None };
    let pages_max = context.settings.config.fetch.join_pages_max.get();
    let settings = &context.settings.config.extract;
    let n_at_once = usize::try_from(context.settings.config.fetch.concurrency.get()).unwrap_or(1);
    let fetched = stream::iter(&args.urls).map(|typed| async move {
        let stopwatch = Stopwatch::start();
        let had = match parse_url(typed) {
            Ok(url) => fetch(fetcher, url, keep).await,
            Err(error) => Err(error),
        };
        let others = match &had {
            Ok((page, _)) if args.join_pages => {
                pages::others(fetcher, page, settings, u32::try_from(pages_max).unwrap_or(u32::MAX), keep).await
            }
            Ok(_) | Err(_) => pages::Others::default(),
        };
        (typed, had, others, stopwatch.read())
    });
    let mut fetched = std::pin::pin!(fetched.buffered(n_at_once));
    let mut end = End::Fetched;
    while let Some((typed, had, others, read)) = fetched.next().await {
        end = match &had {
            Ok(_) => End::Fetched,
            Err(error) => End::Failed { is_request_wrong: matches!(error, FetchError::InvalidUrl { .. }) },
        };
        if let (Some(archiver), Ok((_, exchanges))) = (keepers.archiver.as_mut(), &had) {
            let written = archiver.write(exchanges).and_then(|()| archiver.write(&others.exchanges));
            if let Err(error) = written {
                context.talk.fatal(&error, None);
                return End::NotSaved;
            }
        }
        let page = had.map(|(page, _)| page);
        for page in page.iter().chain(&others.pages) {
            if let Some(saver) = keepers.saver.as_mut()
                && let Err(error) = save(saver, page)
            {
                context.talk.fatal(&error, error.hint());
                return End::NotSaved;
            }
        }
        if let Some(missing) = others.missing {
            context.talk.error(&format!("{typed} goes on in a page that is missing: {missing}"), None);
        }
        let content = page.map(Content::Page).map_err(|error| failure(&error));
        let fields = match &content {
            Ok(_) => Map::new(),
            // Which one it was, where there is no article to say it.
            Err(_) => Map::from_iter([("url".to_owned(), Value::from(typed.as_str()))]),
        };
        let origin = Origin { fields, alone: args.urls.len() == 1, ..Origin::default() };
        // Waiting is no work: CPU seconds of this thread are those of all that went on while this page was fetched.
        let read = Spent { cpu: std::time::Duration::ZERO, ..read };
        let finished = finish(typed.clone(), origin, content, &others.pages, how, read).rendered(&shape);
        if desk.take(finished, &mut context.talk, &mut context.stats).is_break() {
            break;
        }
    }
    end
}

/// A page, and what was said on the way to it if that is to be kept.
pub(super) async fn fetch(fetcher: &Fetcher, url: Url, keep: Keep) -> Result<(Page, Vec<Exchange>), FetchError> {
    let request = Request { keep, ..Request::new(url) };
    let Reply { fetched, exchanges } = fetcher.request(&request).await?;
    Ok((fetched.into_page(&request.url)?, exchanges))
}

/// Where pages are kept as served.
struct Keepers<'a> {
    saver: &'a mut Option<Saver>,
    archiver: &'a mut Option<Archiver>,
}

/// Writes exchanges into an archive, the same payload once in a run.
struct Archiver {
    archive: Archive,
    /// By digest. A run fetches what a command line holds.
    earlier: HashMap<String, Kept>,
}

impl Archiver {
    fn open(dir: &Path, fetcher: &Fetcher) -> Result<Self, ArchiveError> {
        let archive = Archive::open(&archive::Options {
            dir: dir.to_owned(),
            prefix: "copydesk".to_owned(),
            file_bytes_max: archive::FILE_BYTES_MAX,
            user_agent: fetcher.user_agent().to_owned(),
        })?;
        Ok(Self { archive, earlier: HashMap::new() })
    }

    fn write(&mut self, exchanges: &[Exchange]) -> Result<(), ArchiveError> {
        for exchange in exchanges {
            let earlier = self.earlier.get(&archive::digest(exchange));
            let kept = self.archive.write(exchange, earlier)?;
            // A reference to an empty payload saves nothing.
            if !exchange.body.is_empty() && !kept.is_revisit {
                self.earlier.insert(kept.digest.clone(), kept);
            }
        }
        self.archive.sync()
    }
}

fn save(saver: &mut Saver, page: &Page) -> Result<(), crate::sink::SinkError> {
    let Page { url, content_type, body, http } = page;
    let path = saver.save(url.as_ref(), body)?;
    let headers = SavedHeaders { url: url.clone(), content_type: content_type.clone(), http: http.clone() };
    let json = serde_json::to_string_pretty(&headers).expect("addresses and headers") + "\n";
    saver.write(&SavedHeaders::path_for(&path), json.as_bytes())
}

pub(super) fn failure(error: &FetchError) -> Failure {
    Failure { kind: error.kind().to_owned(), message: chain(error), hint: error.hint() }
}
