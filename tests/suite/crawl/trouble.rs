//! Hosts that misbehave, and machines that do: each costs itself only.

use super::{Trial, feed, home};
use crate::site::{Manner, World};

#[test]
fn trouble_costs_its_own_source_and_nobody_else() {
    let manners = [
        Manner::Closed,
        Manner::RobotsDown,
        Manner::RobotsHuge,
        Manner::Down,
        Manner::Drip,
        Manner::Reset,
        Manner::Farm,
        Manner::Misdeclared,
        Manner::Poisoned,
        Manner::Bare,
    ];
    let mut world = World::new(11, 14, 10);
    for (host, manner) in (0..).zip(manners) {
        world = world.with(host, manner);
    }
    let settings = "pages_per_source_max = 60\n";
    let trial = Trial::with(world, settings, |host, port| if host == 9 { home(host, port) } else { feed(host, port) });
    let run = trial.run(&["crawl", "--max-time", "40s"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let hits = trial.hits();
    trial.check_manners(&hits);
    let records = trial.versions();
    let of = |host: u32| records.iter().filter(|it| it["crawl"]["source"] == format!("h{host}")).count();
    for sound in 10..14 {
        assert_eq!(of(sound), 10, "h{sound}: {}", run.err);
    }
    let kept = [2_u32, 7, 9].map(of);
    assert_eq!(kept, [10, 10, 10], "huge rules, a wrong charset, nothing but a front page: {}", run.err);
    for lost in [0_u32, 1, 3, 4, 5] {
        assert_eq!(of(lost), 0, "h{lost}");
    }
    // A redirect farm is left after some steps, a dead host after one.
    let n_hits = |host: u32| hits.iter().filter(|hit| hit.host == host).count();
    assert!(n_hits(3) <= 3 && n_hits(4) <= 3, "{} {}", n_hits(3), n_hits(4));
    // What was wrong is said.
    let status = trial.run(&["status", "-f", "json"]);
    assert_eq!(status.code, 1);
    let status: serde_json::Value = serde_json::from_str(&status.out).expect("JSON");
    let kinds = |name: &str| {
        let sources = status["sources"].as_array().expect("a list");
        sources.iter().find(|it| it["name"] == name).expect("it is there")["failures"].to_string()
    };
    assert!(kinds("h0").contains("disallowed"), "{}", kinds("h0"));
    assert!(kinds("h5").contains("interrupted"), "{}", kinds("h5"));
}

#[test]
fn a_host_that_asks_for_peace_gets_it() {
    let busy = Manner::Busy { n: 2, retry_after: Some(2) };
    let trial = Trial::new(World::new(12, 2, 5).with(0, busy), feed);
    let run = trial.run(&["crawl"]);
    assert!(run.code <= 1, "{}", run.err);
    let hits = trial.hits();
    trial.check_manners(&hits);
    let asked: Vec<_> = hits.iter().filter(|hit| hit.host == 0).collect();
    let mut n_refused = 0;
    for pair in asked.windows(2) {
        if pair[0].status == 429 {
            n_refused += 1;
            assert!(pair[1].at_us - pair[0].at_us >= 2_000_000, "{pair:?}");
        }
    }
    assert!(n_refused >= 1);
    assert_eq!(trial.versions().len(), 10, "it is the same story, only later");
}

#[test]
fn the_pause_a_site_asks_for_is_kept() {
    let trial = Trial::new(World::new(13, 1, 3).with(0, Manner::CrawlDelay(1)), feed);
    assert_eq!(trial.run(&["crawl"]).code, 0);
    let (gap, _) = crate::site::smallest_gap(&trial.hits()).expect("several requests");
    assert!(gap.as_millis() >= 1_000, "{gap:?}");
}

#[test]
fn traps_have_an_end() {
    let trial = Trial::with(World::new(14, 1, 4), "pages_per_source_max = 30\n", |host, port| {
        let at = World::address(host);
        format!(
            "sections = [\"http://{at}:{port}/calendar\", \"http://{at}:{port}/loop/a\", \"http://{at}:{port}/bomb\", \
             \"http://{at}:{port}/\"]\ndepth = 5\n"
        )
    });
    // The bomb takes the site itself some seconds to make.
    let patient = ["--set", "fetch.read_timeout_ms=60000", "--set", "fetch.timeout_ms=120000", "crawl"];
    let run = trial.run(&patient);
    assert_eq!(run.code, 1, "{}", run.err);
    let hits = trial.hits();
    trial.check_manners(&hits);
    assert!(hits.len() <= 35, "{}", hits.len());
    assert!(run.err.contains("too-large"), "{}", run.err);
    assert_eq!(trial.versions().len(), 4);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_said_and_nothing_is_torn() {
    let trial = Trial::new(World::new(15, 4, 20), feed);
    assert_eq!(trial.run(&["crawl", "--max-pages", "8"]).code, 0);
    let before = trial.versions().len();
    // No file may grow beyond this size, which is what a full disk looks like from inside.
    let length = std::fs::metadata(trial.desk.path("copydesk.db")).expect("it is there").len();
    let limited = format!("ulimit -f {}; trap '' XFSZ; exec \"$0\" crawl", length / 1024 + 8);
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_copydesk")]).current_dir(trial.desk.path(""));
    let run = command.output().expect("a shell");
    let err = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(3), "{err}");
    assert!(err.contains("copydesk.db"), "{err}");
    let store = rusqlite::Connection::open(trial.desk.path("copydesk.db")).expect("a store");
    let check: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it answers");
    assert_eq!(check, "ok");
    assert!(trial.versions().len() >= before);
    assert_eq!(trial.run(&["crawl"]).code, 0);
    assert_eq!(trial.versions().len(), 80);
    trial.check_manners(&trial.hits());
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_anything_is_asked() {
    let trial = Trial::new(World::new(16, 1, 2), feed);
    // Root may write anywhere, so what stands in the way is a file.
    trial.desk.write("taken", "a file");
    let run = trial.run(&["--set", "crawl.store=taken/copydesk.db", "crawl"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("taken/copydesk.db"), "{}", run.err);
    trial.desk.write("notes.db", "these are notes, and no database at all; they are long enough to be looked at");
    let run = trial.run(&["--set", "crawl.store=notes.db", "crawl"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("is no store of copydesk"), "{}", run.err);
    assert!(trial.desk.read("notes.db").starts_with("these are notes"));
    assert!(trial.hits().is_empty());
}
