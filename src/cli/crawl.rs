//! `copydesk crawl`: one run over the sources, or for as long as it is wanted.

use super::select::{duration, shown};
use super::{Context, Exit, is_watched, replay};
use crate::crawl::{self, CrawlError, Event, Job, Output, OutputError, Plan, Planned, Stop, Summary, Visited};
use crate::sink::Format;
use clap::{Args, ValueEnum};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Addresses that `--dry-run` shows at most.
const SHOWN_MAX: usize = 10_000;
/// Plain lines about how far it has come, so far apart.
const TOLD_EVERY: Duration = Duration::from_secs(30);
/// Kinds of failures named in the summary of a source.
const FAILURES_SHOWN_MAX: usize = 3;

#[derive(Debug, Args)]
#[command(
    after_help = "Sources stand in config.toml, as [source.NAME]. What is kept is in crawl.store: search, export and status read \
it, also while a crawl runs. The first interrupt lets pages under way finish, the second ends at once; nothing is lost by either, \
nor by kill -9."
)]
pub(super) struct CrawlArgs {
    /// Only this source; may be repeated.
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Ask for feeds, sitemaps and sections now, whether they are due or not.
    #[arg(long)]
    now: bool,
    /// Stay, and follow the schedules.
    #[arg(long)]
    watch: bool,
    /// Show what would be asked for, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// End after so many pages.
    #[arg(long, value_name = "N")]
    max_pages: Option<u64>,
    /// End after so long: 90s, 15m, 2h.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    max_time: Option<Duration>,
    /// Write articles as they arrive: onto a file of JSON Lines, into a folder (host/date-slug), or - for standard
    /// output.
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// How they are written.
    #[arg(short, long, value_name = "FORMAT", default_value = "jsonl")]
    format: WrittenAs,
    /// Answer Prometheus here: 127.0.0.1:9090.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    /// Fetch nothing: read the pages in archive.dir, or in this folder, again, and store what has changed.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["now", "watch", "dry_run", "metrics"])]
    replay: Option<Option<PathBuf>>,
}

pub(super) fn run(args: CrawlArgs, context: &mut Context) -> Exit {
    if let Some(folder) = &args.replay {
        return replay::run(folder.as_deref(), context);
    }
    if args.dry_run {
        return dry_run(&args, context);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            context.talk.fatal(&error, None);
            return Exit::World;
        }
    };
    let crawled = runtime.block_on(crawl(&args, context));
    // Pages that are still being read must not hold up an end that was asked for.
    runtime.shutdown_background();
    match crawled {
        Ok((summary, is_interrupted)) => {
            tell(&summary, context);
            match is_interrupted {
                true => Exit::Interrupted,
                false if summary.total().n_failed() > 0 => Exit::Partial,
                false => Exit::Done,
            }
        }
        Err(error) => {
            context.talk.end_progress();
            context.talk.fatal(&error, error.hint().as_deref());
            if error.is_request_wrong() { Exit::Usage } else { Exit::World }
        }
    }
}

/// The output that was asked for, and the last version it has.
fn output(args: &CrawlArgs, context: &mut Context) -> Result<(Option<Output>, Option<i64>), OutputError> {
    let format = args.format.format();
    match args.output.as_deref() {
        None => Ok((None, None)),
        Some(path) if path == Path::new("-") => {
            let out = std::mem::replace(&mut context.out, Box::new(std::io::sink()) as Box<dyn Write + Send>);
            Ok((Some(Output::stream(format, out)), None))
        }
        Some(path) => Output::open(format, path).map(|(output, has)| (Some(output), has)),
    }
}

/// An array of JSON has no end while articles arrive, so it is not among these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WrittenAs {
    /// All that is known, an object a line
    Jsonl,
    /// Headline, blank line, body
    Text,
    /// Markdown, with title, author, date, URL, site and language as YAML
    Markdown,
    /// One article element for each
    Html,
}

impl WrittenAs {
    fn format(self) -> Format {
        match self {
            Self::Jsonl => Format::Jsonl,
            Self::Text => Format::Text,
            Self::Markdown => Format::Markdown,
            Self::Html => Format::Html,
        }
    }
}

async fn crawl(args: &CrawlArgs, context: &mut Context) -> Result<(Summary, bool), CrawlError> {
    let (output, output_has) = output(args, context)?;
    let (stop, stopped) = tokio::sync::watch::channel(Stop::Go);
    let signals = tokio::spawn(async move {
        interrupted().await;
        let _ = stop.send(Stop::Drain);
        interrupted().await;
        let _ = stop.send(Stop::Now);
        // The channel stays open: who waits for it waits for nothing else.
        std::future::pending::<()>().await;
    });
    let plan = Plan {
        only: args.source.clone(),
        all_due: args.now,
        stays: args.watch,
        pages_max: args.max_pages,
        time_max: args.max_time,
        output,
        output_has,
        metrics: args.metrics,
    };
    let config = context.settings.config.clone();
    let job = Job {
        fetch: &config.fetch,
        extract: &config.extract,
        options: &config.crawl,
        archiving: &config.archive,
        sources: &config.source,
        plan,
    };
    let is_stopped = stopped.clone();
    let mut teller = Teller { context, n_pages: 0, n_articles: 0, told_at: Instant::now() };
    let summary = crawl::run(job, stopped, &mut |event| teller.tell(&event)).await;
    let is_interrupted = *is_stopped.borrow() != Stop::Go;
    signals.abort();
    context.talk.end_progress();
    Ok((summary?, is_interrupted))
}

/// Ctrl-C, or what a system sends to a service that is to end.
async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Says what happens.
struct Teller<'a> {
    context: &'a mut Context,
    n_pages: u64,
    n_articles: u64,
    told_at: Instant,
}

impl Teller<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        let talk = &mut self.context.talk;
        match event {
            Event::Started { n_sources, metrics } => {
                talk.begin_sources();
                talk.detail(&format!("{n_sources} sources"));
                if let Some(address) = metrics {
                    talk.note(&format!("figures at http://{address}/metrics"));
                }
            }
            Event::Visited(visited) => self.visited(visited),
            Event::Waiting { for_ms } => talk.detail(&format!("nothing is due for {} s", for_ms / 1_000)),
            Event::Draining { n_under_way } => {
                talk.note(&format!("ending; {n_under_way} pages are under way; interrupt again to end at once"));
            }
        }
    }

    fn visited(&mut self, visited: &Visited) {
        let Context { talk, stats, .. } = &mut *self.context;
        let Visited { source, kind, url, outcome, message, wire_bytes, put, .. } = visited;
        stats.inputs += 1;
        stats.bytes += wire_bytes;
        self.n_pages += 1;
        if put.is_some() {
            self.n_articles += 1;
            stats.articles += 1;
        }
        talk.source_line(source, &format!("{outcome} {url}"));
        let said = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        talk.detail(&format!("{source}: {kind} {outcome} {url}{said}"));
        if !is_watched() && self.told_at.elapsed() > TOLD_EVERY {
            self.told_at = Instant::now();
            talk.note(&format!("{} pages, {} articles so far", self.n_pages, self.n_articles));
        }
    }
}

/// The summary, a line for each source and one for what it lacks.
fn tell(summary: &Summary, context: &mut Context) {
    for (source, tally) in &summary.sources {
        let copies = if tally.n_duplicates > 0 { format!(" ({} copies)", tally.n_duplicates) } else { String::new() };
        let mut line = format!(
            "{source}: {} new{copies}, {} changed, {} unchanged, {} failed; {} requests, {} kB",
            tally.n_new,
            tally.n_changed,
            tally.n_same + tally.n_unchanged,
            tally.n_failed(),
            tally.n_requests,
            tally.wire_bytes.div_ceil(1_000),
        );
        let mut failures: Vec<_> = tally.failures.iter().collect();
        failures.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
        for (kind, (n, first)) in failures.into_iter().take(FAILURES_SHOWN_MAX) {
            line.push_str(&format!("\n    {n} {kind}: {first}"));
        }
        context.talk.note(&line);
    }
    if summary.sources.is_empty() {
        context.talk.note("nothing was due; `copydesk status` says when it is, and --now asks all the same");
    }
    context.stats.failures = usize::try_from(summary.total().n_failed()).unwrap_or(usize::MAX);
}

fn dry_run(args: &CrawlArgs, context: &mut Context) -> Exit {
    let config = &context.settings.config;
    let plan = Plan { only: args.source.clone(), all_due: args.now, ..Plan::default() };
    let planned = match crawl::planned(&config.source, &config.crawl, &plan, SHOWN_MAX) {
        Ok(planned) => planned,
        Err(error) => {
            context.talk.fatal(&error, error.hint().as_deref());
            return if error.is_request_wrong() { Exit::Usage } else { Exit::World };
        }
    };
    let line = |it: &Planned| {
        let held = it.held_until.map(|until| format!("\tnot before {}", shown(until))).unwrap_or_default();
        format!("{}\t{}\t{}{held}\n", it.source, it.kind, it.url)
    };
    let text: String = planned.iter().map(line).collect();
    super::repair::ended(context.out.write_all(text.as_bytes()).and_then(|()| context.out.flush()), false, context)
}
