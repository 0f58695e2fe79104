//! The scheduled crawl against a web of many hosts on loopback, whose log is the truth.

mod death;
mod outputs;
mod runs;
mod settings;
mod trouble;

use crate::program::{Desk, Run};
use crate::site::{Hit, Site, World};
use std::fmt::Write;
use std::time::Duration;

/// A folder to crawl from, and a world to crawl.
struct Trial {
    desk: Desk,
    site: Site,
    /// Drives the site while the test waits for the program.
    _runtime: tokio::runtime::Runtime,
}

/// Pause between two requests to a host, in milliseconds: long beside what this machine takes to schedule.
const DELAY_MS: u64 = 60;

impl Trial {
    /// Sources `h0`, `h1` and so on, one for each host; `source` writes the keys of each.
    fn new(world: World, source: impl Fn(u32, u16) -> String) -> Self {
        Self::with(world, "", source)
    }

    /// The same with further settings, whole tables.
    fn with(world: World, settings: &str, source: impl Fn(u32, u16) -> String) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let n_hosts = world.n_hosts;
        let site = runtime.block_on(Site::start(world, 0));
        let desk = Desk::new();
        // The world's dates do not move with the calendar.
        let mut config = format!(
            "[fetch]\nallow_private = [\"127.0.0.0/8\"]\nhost_delay_ms = {DELAY_MS}\nconnect_timeout_ms = 10000\n\
             read_timeout_ms = 3000\ntimeout_ms = 4000\ncontact = \"desk@news.example\"\nwire_bytes_max = 10000000\n\
             body_bytes_max = 50000000\n[crawl]\nsince_days = 0\n{settings}\n"
        );
        for host in 0..n_hosts {
            writeln!(config, "[source.h{host}]\n{}", source(host, site.port())).expect("memory");
        }
        desk.write("config.toml", config);
        Self { desk, site, _runtime: runtime }
    }

    fn run(&self, args: &[&str]) -> Run {
        self.desk.run(args)
    }

    fn hits(&self) -> Vec<Hit> {
        self.site.log.hits()
    }

    /// The records of all versions in the store.
    fn versions(&self) -> Vec<serde_json::Value> {
        let run = self.run(&["export", "--versions"]);
        assert_eq!(run.code, 0, "{}", run.err);
        crate::program::records(&run.out)
    }

    /// Asserts what must hold of every request, whatever happened.
    #[track_caller]
    fn check_manners(&self, hits: &[Hit]) {
        let violations = crate::site::violations(hits, &self.site.world);
        assert!(violations.is_empty(), "robots.txt forbids {violations:?}");
        assert!(crate::site::most_at_once(hits) <= 1, "two requests to one host at once");
        if let Some((gap, host)) = crate::site::smallest_gap(hits) {
            assert!(gap >= Duration::from_millis(DELAY_MS), "{gap:?} between two requests to host {host}");
        }
    }
}

/// The feed of a host as its source.
fn feed(host: u32, port: u16) -> String {
    format!("feeds = [\"http://{}:{port}/feed.xml\"]", World::address(host))
}

/// A host's front page as its source.
fn home(host: u32, port: u16) -> String {
    format!("home = \"http://{}:{port}/\"", World::address(host))
}

/// The addresses of records, sorted.
fn urls(records: &[serde_json::Value]) -> Vec<String> {
    let mut urls: Vec<String> =
        records.iter().map(|record| record["url"].as_str().expect("an address").to_owned()).collect();
    urls.sort();
    urls
}
