//! `copydesk discover`: what a feed, a sitemap or a page leads to, as a crawl would see it.

use super::fetch::{failure as fetch_failure, ignore_robots, ready};
use super::stats::Stopwatch;
use super::talk::chain;
use super::{Context, Exit, clean};
use crate::config::Override;
use crate::discover::{self, Form, Found, Kind, Link, usual_places};
use crate::fetch::{Accept, FetchError, Fetcher, Request, parse_url};
use crate::input;
use crate::page::Page;
use crate::sink::Failure;
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use url::Url;

#[derive(Debug, Args)]
#[command(
    after_help = "A feed or sitemap gives its entries newest first, a page its links in their order. -f jsonl gives an object a \
line: from, kind, url, and what is known of published, modified, title and language."
)]
pub(super) struct DiscoverArgs {
    /// Feeds, sitemaps, pages: addresses, or files; - for standard input.
    #[arg(value_name = "URL|PATH", required = true)]
    from: Vec<String>,
    /// How links are written.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: FormatArg,
    /// Only links of these kinds.
    #[arg(short, long, value_name = "LIST", value_delimiter = ',')]
    kind: Vec<KindArg>,
    /// Where a site declares no feed or no sitemap, look into robots.txt and at the usual places.
    #[arg(long)]
    probe: bool,
    /// The address of a file.
    #[arg(long, value_parser = clean::absolute_url)]
    url: Option<Url>,
    /// Do not ask robots.txt: for your own one-off request.
    #[arg(long)]
    ignore_robots: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// Kind, day, address and title, with tabs between
    Text,
    /// All that is known, an object a line
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KindArg {
    Article,
    Section,
    Feed,
    Sitemap,
}

impl KindArg {
    fn is(self, kind: Kind) -> bool {
        match self {
            Self::Article => kind == Kind::Article,
            Self::Section => kind == Kind::Section,
            Self::Feed => kind == Kind::Feed,
            Self::Sitemap => kind == Kind::Sitemap,
        }
    }
}

impl DiscoverArgs {
    /// The settings that the flags change.
    pub(super) fn overrides(&self) -> Option<Override> {
        self.ignore_robots.then(ignore_robots)
    }
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    from: &'a str,
    #[serde(flatten)]
    link: &'a Link,
}

pub(super) fn run(args: DiscoverArgs, context: &mut Context) -> Exit {
    let (runtime, fetcher) = match ready(context) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    let mut end = Exit::Done;
    for from in &args.from {
        let stopwatch = Stopwatch::start();
        let read = runtime.block_on(async {
            tokio::select! {
                read = one(from, &args, &fetcher, context) => Some(read),
                _ = tokio::signal::ctrl_c() => None,
            }
        });
        context.stats.read += stopwatch.read();
        context.stats.inputs += 1;
        let found = match read {
            None => return Exit::Interrupted,
            Some(Ok(found)) => found,
            Some(Err((failure, exit))) => {
                context.stats.failures += 1;
                context.talk.error(&failure.message, failure.hint.as_deref());
                end = if args.from.len() == 1 { exit } else { Exit::Partial };
                continue;
            }
        };
        match write(from, &found, &args, &mut context.out) {
            Ok(n_written) => {
                if n_written == 0 {
                    context.talk.error(&format!("{from} leads nowhere"), Some("--probe looks at the usual places"));
                    end = Exit::Partial;
                }
                if found.n_left_out > 0 {
                    context.talk.detail(&format!("{from}: {} addresses left out", found.n_left_out));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Exit::Done,
            Err(error) => {
                context.talk.fatal(&error, None);
                return Exit::World;
            }
        }
    }
    end
}

/// What one input leads to.
async fn one(
    from: &str,
    args: &DiscoverArgs,
    fetcher: &Fetcher,
    context: &mut Context,
) -> Result<Found, (Failure, Exit)> {
    let is_address = from.contains("://") && !Path::new(from).exists();
    let page = if is_address {
        let fetched = match parse_url(from) {
            Ok(url) => list(fetcher, url).await,
            Err(error) => Err(error),
        };
        fetched.map_err(|error| {
            let is_request = matches!(error, FetchError::InvalidUrl { .. });
            (fetch_failure(&error), if is_request { Exit::Usage } else { Exit::World })
        })?
    } else {
        let read = input::read_one(Path::new(from), &context.settings.config.input);
        let page = read.map_err(|error| (clean::failure(&error), Exit::Partial))?;
        Page { url: page.url.or_else(|| args.url.clone()), ..page }
    };
    context.stats.bytes += page.body.len() as u64;
    let (form, mut found) = discover::discover(&page, &context.settings.config.extract.dom);
    context.talk.detail(&format!(
        "{from}: read as a {}",
        match form {
            Form::Feed => "feed",
            Form::Sitemap => "sitemap",
            Form::Page => "page",
        }
    ));
    if args.probe
        && form == Form::Page
        && let Some(url) = &page.url
    {
        probe(url, fetcher, &mut found, context).await;
    }
    Ok(found)
}

async fn list(fetcher: &Fetcher, url: Url) -> Result<Page, FetchError> {
    let request = Request { accept: Accept::List, ..Request::new(url) };
    fetcher.request(&request).await?.fetched.into_page(&request.url)
}

/// Adds the sitemaps that robots.txt names; then, where there is still none, or no feed, the first that is at a usual place.
async fn probe(url: &Url, fetcher: &Fetcher, found: &mut Found, context: &mut Context) {
    if found.sitemaps.is_empty() {
        // Known since the page was fetched, unless it is a file or robots.txt is not asked.
        let robots = fetcher.known_robots(url).unwrap_or_default();
        let named = robots.sitemaps().iter().filter_map(|sitemap| url.join(sitemap).ok());
        found.sitemaps.extend(named.take(discover::PLACES_MAX));
    }
    for (kind, place) in usual_places(url) {
        let (known, form) = match kind {
            Kind::Feed => (&mut found.feeds, Form::Feed),
            Kind::Sitemap => (&mut found.sitemaps, Form::Sitemap),
            Kind::Article | Kind::Section => continue,
        };
        if !known.is_empty() {
            continue;
        }
        match list(fetcher, place.clone()).await {
            Ok(page) if discover::discover(&page, &context.settings.config.extract.dom).0 == form => known.push(place),
            Ok(_) => context.talk.detail(&format!("{place} is a page")),
            Err(error) => context.talk.detail(&chain(&error)),
        }
    }
}

/// Writes what was asked for, and gives how many lines that were.
fn write(from: &str, found: &Found, args: &DiscoverArgs, out: &mut dyn Write) -> io::Result<usize> {
    let place = |kind: Kind| move |url: &Url| Link::new(url.clone(), kind);
    let places = found.feeds.iter().map(place(Kind::Feed)).chain(found.sitemaps.iter().map(place(Kind::Sitemap)));
    let mut n_written = 0;
    for link in places.chain(found.links.iter().cloned()) {
        if !args.kind.is_empty() && !args.kind.iter().any(|kind| kind.is(link.kind)) {
            continue;
        }
        n_written += 1;
        match args.format {
            FormatArg::Jsonl => {
                let line = serde_json::to_string(&Line { from, link: &link }).expect("addresses, dates and text");
                writeln!(out, "{line}")?;
            }
            FormatArg::Text => {
                let kind = match link.kind {
                    Kind::Article => "article",
                    Kind::Section => "section",
                    Kind::Feed => "feed",
                    Kind::Sitemap => "sitemap",
                };
                let day = link.date().map_or_else(|| "-".to_owned(), |date| date.strftime("%Y-%m-%d").to_string());
                let title = link.title.as_deref().unwrap_or("-");
                writeln!(out, "{kind}\t{day}\t{}\t{title}", link.url)?;
            }
        }
    }
    out.flush()?;
    Ok(n_written)
}
