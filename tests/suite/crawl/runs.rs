//! Runs over sites that behave: what is found, what is asked again, what is stored.

use super::{Trial, feed, home, urls};
use crate::site::{World, bytes, fetch_counts};
use std::time::{Duration, Instant};

#[test]
fn a_run_stores_each_story_once_and_keeps_its_manners() {
    let trial = Trial::new(World::new(1, 6, 12), feed);
    let run = trial.run(&["crawl"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let hits = trial.hits();
    trial.check_manners(&hits);
    assert!(fetch_counts(&hits).values().all(|n| *n == 1), "each address once");
    let records = trial.versions();
    let world = &trial.site.world;
    let mut wanted: Vec<String> = (0..6)
        .flat_map(|host| (0..12).map(move |n| (host, n)))
        .map(|(host, n)| world.url(host, trial.site.port(), &world.article_path(host, n)))
        .collect();
    wanted.sort();
    assert_eq!(urls(&records), wanted);
    // The same story on three hosts is kept with each, and two name the first.
    let copies = records.iter().filter(|record| !record["crawl"]["duplicateOf"].is_null()).count();
    assert_eq!(copies, 4, "one shared story on six hosts, in two clusters");
    assert!(run.err.contains("h0: 12 new"), "{}", run.err);
}

#[test]
fn a_second_run_asks_with_what_it_knows_and_stores_nothing_twice() {
    let trial = Trial::new(World::new(2, 4, 10), feed);
    assert_eq!(trial.run(&["crawl"]).code, 0);
    let first = trial.hits();
    trial.site.log.clear();
    let run = trial.run(&["crawl"]);
    assert!(run.err.contains("nothing was due") && trial.hits().is_empty(), "{}", run.err);
    // Articles too, as if their window had come.
    make_all_due(&trial);
    let run = trial.run(&["crawl", "--now"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let second = trial.hits();
    trial.check_manners(&second);
    assert_eq!(second.len(), 4 * 11, "a feed and ten articles of each host");
    assert!(second.iter().all(|hit| hit.is_conditional && hit.status == 304), "{second:?}");
    assert!(bytes(&second) * 20 < bytes(&first), "{} of {}", bytes(&second), bytes(&first));
    assert_eq!(trial.versions().len(), 40);
}

/// Sets the clock of all that waits back, in the store.
pub(super) fn make_all_due(trial: &Trial) {
    let store = rusqlite::Connection::open(trial.desk.path("copydesk.db")).expect("a store");
    let sql = "UPDATE url SET state = 2, due_at = 0 WHERE fetched_at IS NOT NULL; \
               UPDATE host SET next_due = 0, ready_at = not_before;";
    store.execute_batch(sql).expect("tables as they are");
}

#[test]
fn corrections_are_versions_and_what_is_gone_stays() {
    let trial = Trial::new(World::new(3, 2, 10), feed);
    assert_eq!(trial.run(&["crawl"]).code, 0);
    trial.site.world.next_day();
    trial.site.log.clear();
    make_all_due(&trial);
    let run = trial.run(&["crawl", "--now"]);
    // One story of each host has gone, which is said.
    assert_eq!(run.code, 1, "{}", run.err);
    trial.check_manners(&trial.hits());
    let versions = trial.versions();
    let second: Vec<_> = versions.iter().filter(|record| record["crawl"]["version"] == 2).collect();
    assert_eq!(second.len(), 2, "one corrected story of each host");
    assert!(second.iter().all(|record| record["crawl"]["changes"] == serde_json::json!(["text"])), "{second:?}");
    assert!(second.iter().all(|record| record["text"].as_str().expect("text").contains("Corrected:")));
    let latest = trial.run(&["export"]).out.lines().count();
    assert_eq!(latest, 2 * 12, "ten of the first day, one gone since among them, and two new ones");
}

#[test]
fn a_front_page_is_enough() {
    let trial = Trial::new(World::new(4, 2, 15), home);
    let run = trial.run(&["crawl"]);
    assert!(run.code <= 1, "{}", run.err);
    trial.check_manners(&trial.hits());
    assert_eq!(trial.versions().len(), 30, "{}", run.err);
}

#[test]
fn a_run_ends_after_so_many_pages_and_goes_on_later() {
    let trial = Trial::new(World::new(5, 3, 10), feed);
    let run = trial.run(&["crawl", "--max-pages", "9"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let n_pages = |trial: &Trial| trial.hits().iter().filter(|hit| hit.target != "/robots.txt").count();
    assert_eq!(n_pages(&trial), 9);
    assert_eq!(trial.run(&["crawl"]).code, 0);
    assert_eq!(n_pages(&trial), 3 * 11);
    assert_eq!(trial.versions().len(), 30);
    let began = Instant::now();
    let slow = Trial::new(World::new(5, 1, 200), feed);
    assert_eq!(slow.run(&["crawl", "--max-time", "1s"]).code, 0);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(slow.hits().len() < 40);
}

#[test]
fn what_would_be_asked_for_is_shown_and_not_asked_for() {
    let trial = Trial::new(World::new(6, 2, 5), feed);
    let shown = |args: &[&str]| trial.run(args).out;
    let address = |host: u32| trial.site.url(host, "/feed.xml");
    let all = format!("h0\tfeed\t{}\nh1\tfeed\t{}\n", address(0), address(1));
    assert_eq!(shown(&["crawl", "--dry-run"]), all);
    assert!(trial.hits().is_empty() && !trial.desk.path("copydesk.db").exists());
    trial.run(&["crawl", "--source", "h0"]);
    assert!(trial.hits().iter().all(|hit| hit.host == 0));
    assert_eq!(shown(&["crawl", "--dry-run"]), format!("h1\tfeed\t{}\n", address(1)));
    assert_eq!(trial.run(&["crawl", "--source", "h9"]).code, 2);
}

#[test]
fn slots_are_used_as_far_as_politeness_allows() {
    const SECOND: u64 = 1_000_000;
    let source = |host: u32, port: u16| feed(host, port) + "\ndelay_ms = 1000";
    let trial = Trial::new(World::new(7, 10, 60), source);
    trial.run(&["crawl", "--max-time", "6s"]);
    let hits = trial.hits();
    trial.check_manners(&hits);
    let lasted = hits.last().expect("asked").at_us - hits[0].at_us;
    let allowed = 10 * (1 + lasted / SECOND);
    // A loose bound: this is a test, and other tests run beside it. `benches/crawl.rs` measures.
    assert!(hits.len() as u64 * 3 > allowed, "{} requests of {allowed}", hits.len());
}

#[test]
fn a_replay_reads_the_archive_again_and_asks_nobody() {
    let trial = Trial::with(World::new(8, 2, 8), "[archive]\ndir = \"pages\"\n", feed);
    assert_eq!(trial.run(&["crawl"]).code, 0);
    let before = trial.versions();
    trial.site.log.clear();
    let run = trial.run(&["crawl", "--replay"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("0 new, 0 changed, 16 unchanged"), "{}", run.err);
    // Into a store that has nothing, it gives the same articles.
    std::fs::remove_file(trial.desk.path("copydesk.db")).expect("it is there");
    let run = trial.run(&["crawl", "--replay", "pages"]);
    assert!(run.err.contains("16 new"), "{}", run.err);
    assert_eq!(urls(&trial.versions()), urls(&before));
    assert!(trial.hits().is_empty());
}

#[test]
fn two_runs_exclude_each_other() {
    let trial = Trial::new(World::new(9, 1, 100), feed);
    let mut first = trial.desk.command(&["crawl", "--max-time", "4s"]).spawn().expect("the program is there");
    let lock = trial.desk.path("copydesk.db.lock");
    while !lock.exists() || trial.hits().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = trial.run(&["crawl"]);
    assert_eq!(second.code, 3);
    assert!(second.err.contains("another crawl is running"), "{}", second.err);
    // Those who read are not kept out.
    assert_eq!(trial.run(&["status"]).code, 0);
    first.kill().expect("it runs");
    first.wait().expect("it ends");
    assert_eq!(trial.run(&["crawl", "--max-pages", "1"]).code, 0, "a dead process keeps no lock");
}
