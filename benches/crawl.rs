//! What a crawl costs, against a web of many hosts on loopback that is served by a process of its own:
//!
//! ```sh
//! cargo bench --bench crawl                 # all of it, some three minutes
//! cargo bench --bench crawl -- fetch        # or one of fetch, crawl, frontier, slots
//! ```
//!
//! Pages per CPU second are those of this process alone, system time included. Wall time on a machine with other work
//! says nothing; CPU time does.

#![allow(clippy::print_stdout, reason = "a table for people")]

#[path = "../tests/site/mod.rs"]
mod site;

use copydesk::crawl::{self, Archiving, Job, Plan, Source, Sources, Stop};
use copydesk::discover::Kind;
use copydesk::fetch::{self, Fetched, Fetcher, Pace, Request};
use copydesk::frontier::{self, Frontier, Lead, Outcome, Settled};
use futures_util::{StreamExt, stream};
use site::{Site, World};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Hosts and pages of each for throughput: as the trial wants them, and as many as take some ten CPU seconds.
const HOSTS: u32 = 1_000;
const PAGES: u32 = 10;
const PAGE_BYTES: usize = 50_000;
const SEED: u64 = 1;
/// URLs of the frontier whose memory is measured.
const KNOWN_URLS: usize = 1_000_000;
/// Hosts with a pause of a second, and for how long they are asked.
const SLOT_HOSTS: u32 = 200;
const SLOT_SECONDS: u64 = 30;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("serve") => serve(&args[1..]),
        Some("frontier") => frontier_memory(),
        Some("fetch") => fetch_alone(),
        Some("crawl") => whole_crawl(),
        Some("slots") => slots(),
        // Each in a process of its own, so that none inherits another's memory.
        _ => ["fetch", "crawl", "frontier", "slots"].into_iter().for_each(|part| {
            let own = std::env::current_exe().expect("this program");
            let status = Command::new(own).arg(part).status().expect("it runs");
            assert!(status.success(), "{part} failed");
        }),
    }
}

/// The site as a process: `serve HOSTS ARTICLES PAGE_BYTES LOG`. Ends with its standard input.
fn serve(args: &[String]) {
    let number = |at: usize| args[at].parse::<usize>().expect("a number");
    let narrow = |at: usize| u32::try_from(number(at)).expect("not so many");
    let mut world = World::new(SEED, narrow(0), narrow(1));
    world.page_bytes = number(2);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let site = Site::start(world, 0).await;
        if !args[3].is_empty() {
            site.log.write_to(File::create(&args[3]).expect("can be written"));
        }
        println!("{}", site.port());
        let log = std::sync::Arc::clone(&site.log);
        let (end, ended) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            log.flush();
            let _ = end.send(());
        });
        let _ = ended.await;
    });
}

struct Served {
    child: Child,
    port: u16,
    world: World,
}

impl Served {
    fn start(n_hosts: u32, n_articles: u32, page_bytes: usize, log: &Path) -> Self {
        let own = std::env::current_exe().expect("this program");
        let mut command = Command::new(own);
        command.arg("serve").args([n_hosts.to_string(), n_articles.to_string(), page_bytes.to_string()]).arg(log);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says its port");
        let mut world = World::new(SEED, n_hosts, n_articles);
        world.page_bytes = page_bytes;
        Self { child, port: line.trim().parse().expect("a port"), world }
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends");
    }
}

fn options(host_delay_ms: u64) -> fetch::Options {
    fetch::Options {
        allow_private: vec!["127.0.0.0/8".parse().expect("a network")],
        host_delay_ms: host_delay_ms.try_into().expect("within bounds"),
        ..fetch::Options::default()
    }
}

/// CPU seconds of this process.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Resident memory now and at most, in MB.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1_000
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn told(what: &str, n_pages: u64, spent: Duration, wanted: u64) {
    let rate = n_pages as f64 / spent.as_secs_f64();
    let (_, most) = memory();
    println!(
        "{what:<28} {n_pages:>8} pages {:>8.2} CPU s {rate:>8.0} pages a CPU second (wanted {wanted}), {most} MB at most",
        spent.as_secs_f64()
    );
}

fn fetch_alone() {
    let served = Served::start(HOSTS, PAGES, PAGE_BYTES, Path::new(""));
    let options = fetch::Options { robots: fetch::Robots::Ignore, ..options(0) };
    let fetcher = Fetcher::new(&options).expect("certificates");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // Host by host in turn, as a crawl goes: each host has one request under way.
    let urls: Vec<_> = (0..PAGES)
        .flat_map(|n| (0..HOSTS).map(move |host| (host, n)))
        .map(|(host, n)| served.world.url(host, served.port, &served.world.article_path(host, n)))
        .map(|url| url.parse().expect("a URL"))
        .collect();
    let before = cpu();
    let n_bytes: usize = runtime.block_on(async {
        let pages = stream::iter(urls.iter().cloned()).map(|url| async {
            let reply = fetcher.request(&Request { pace: Pace::Callers, ..Request::new(url) }).await;
            match reply.expect("the site is sound").fetched {
                Fetched::Page(page) => page.body.len(),
                Fetched::NotModified | Fetched::Moved(_) => unreachable!("nothing of the kind is asked for"),
            }
        });
        pages.buffer_unordered(64).fold(0, |sum, n| async move { sum + n }).await
    });
    let spent = cpu() - before;
    told("fetch alone", urls.len() as u64, spent, 2_000);
    println!("{:<28} {:>8} bytes a page", "", n_bytes / urls.len());
    served.end();
}

fn sources(served: &Served) -> Sources {
    let source = |host: u32| {
        let feed = served.world.url(host, served.port, "/feed.xml").parse().expect("a URL");
        (format!("h{host}"), Source { feeds: vec![feed], ..Source::default() })
    };
    let sources: BTreeMap<String, Source> = (0..served.world.n_hosts).map(source).collect();
    sources.try_into().expect("they are right")
}

/// Runs a crawl in a folder, and gives its new articles and requests.
fn run(served: &Served, folder: &Path, host_delay_ms: u64, time_max: Option<Duration>) -> (u64, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let options_of_crawl = crawl::Options {
        store: folder.join("bench.db"),
        concurrency: 256.try_into().expect("within bounds"),
        since_days: 0,
        ..crawl::Options::default()
    };
    let (fetch, extract, archiving) = (options(host_delay_ms), Default::default(), Archiving::default());
    let sources = sources(served);
    let job = Job {
        fetch: &fetch,
        extract: &extract,
        options: &options_of_crawl,
        archiving: &archiving,
        sources: &sources,
        plan: Plan { time_max, ..Plan::default() },
    };
    let (_stop, stopped) = tokio::sync::watch::channel(Stop::Go);
    let summary = runtime.block_on(crawl::run(job, stopped, &mut |_| {})).expect("it runs");
    let total = summary.total();
    assert_eq!(total.n_failed(), 0, "{:?}", total.failures);
    (total.n_new, total.n_requests)
}

fn whole_crawl() {
    let served = Served::start(HOSTS, PAGES, PAGE_BYTES, Path::new(""));
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let before = cpu();
    let (n_articles, n_requests) = run(&served, folder.path(), 0, None);
    let spent = cpu() - before;
    told("fetch, clean and store", n_articles, spent, 500);
    println!("{:<28} {n_requests:>8} requests, feeds and robots.txt included", "");
    served.end();
}

fn slots() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let log = folder.path().join("hits.jsonl");
    // More pages than there are slots.
    let served = Served::start(SLOT_HOSTS, 100, 0, &log);
    run(&served, folder.path(), 1_000, Some(Duration::from_secs(SLOT_SECONDS)));
    served.end();
    let hits = site::read(&std::fs::read_to_string(&log).expect("it was written"));
    // From the first request of each host on: one each second, and one at the start.
    let last = hits.iter().map(|hit| hit.at_us).max().unwrap_or(0);
    let mut first: BTreeMap<u32, u64> = BTreeMap::new();
    for hit in &hits {
        let at = first.entry(hit.host).or_insert(hit.at_us);
        *at = hit.at_us.min(*at);
    }
    // A feed shows 20 stories; with robots.txt and the feed itself, a host has so many requests to give.
    let allowed: u64 = first.values().map(|first| (1 + (last - first) / 1_000_000).min(22)).sum();
    let (gap, _) = site::smallest_gap(&hits).expect("several requests to a host");
    println!(
        "{:<28} {:>8} requests of {allowed} that politeness allows: {:.1} % (wanted 95); smallest gap {} ms",
        "200 hosts, 1 s between two",
        hits.len(),
        100.0 * hits.len() as f64 / allowed as f64,
        gap.as_millis()
    );
}

fn frontier_memory() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let options = frontier::Options { waiting_per_source_max: u64::MAX, ..frontier::Options::default() };
    let frontier = Frontier::open(&folder.path().join("bench.db"), &options, 0).expect("can be made");
    let source = frontier.activate(&["all"], 0).expect("can be written")[0];
    let before = cpu();
    let lead = |n: usize| {
        let host = format!("host{}.example", n % 1_000);
        let url = format!("https://{host}/2026/11/{:02}/some-words-of-a-headline-{n}.html", n % 28 + 1);
        let date = Some(i64::try_from(n).unwrap_or(0));
        let url = url.parse().expect("a URL");
        Lead { url, host, kind: Kind::Article, source, depth: 1, n_hops: 0, date }
    };
    // In batches as large as a sitemap.
    for start in (0..KNOWN_URLS).step_by(5_000) {
        let leads: Vec<Lead> = (start..start + 5_000).map(lead).collect();
        frontier.discover(&leads, 0, 0).expect("can be written");
    }
    let discovered = cpu() - before;
    let before = cpu();
    let mut n_settled = 0_u64;
    for round in 1..=50_i64 {
        let tasks = frontier.lease(1_000, round * 1_000).expect("can be written").tasks;
        let settled: Vec<Settled> = tasks
            .into_iter()
            .map(|task| Settled {
                task,
                outcome: Outcome::Fetched { etag: None, last_modified: None, fingerprint: round },
                answered_at: Some(round * 1_000),
                delay_ms: 0,
                article: None,
                leads: Vec::new(),
                archived: Vec::new(),
                fetch: None,
            })
            .collect();
        n_settled += settled.len() as u64;
        frontier.settle(&settled.iter().collect::<Vec<_>>(), round * 1_000).expect("can be written");
    }
    let spent = cpu() - before;
    let (resident, most) = memory();
    println!(
        "{:<28} {KNOWN_URLS:>8} URLs: {resident} MB resident, {most} MB at most (wanted 300); {:.0} a CPU second found, {:.0} leased \
         and settled",
        "frontier",
        KNOWN_URLS as f64 / discovered.as_secs_f64(),
        n_settled as f64 / spent.as_secs_f64(),
    );
}
