//! What comes out: files and streams as articles arrive, exports, search and status.

use super::{Trial, feed};
use crate::program::records;
use crate::site::World;

#[test]
fn articles_go_out_as_they_arrive_and_each_once() {
    let trial = Trial::new(World::new(31, 2, 8), feed);
    let run = trial.run(&["crawl", "-o", "-"]);
    assert_eq!((run.code, records(&run.out).len()), (0, 16), "{}", run.err);
    // A new output has what comes from now on.
    assert_eq!(trial.run(&["crawl", "-o", "news.jsonl"]).code, 0);
    assert_eq!(trial.desk.read("news.jsonl"), "");
    trial.site.world.next_day();
    super::runs::make_all_due(&trial);
    trial.run(&["crawl", "--now", "-o", "news.jsonl"]);
    trial.run(&["crawl", "--now", "-o", "news.jsonl"]);
    let out = records(&trial.desk.read("news.jsonl"));
    assert_eq!(out.len(), 2 + 4, "two corrected, four new");
    assert!(out[0]["schema"] == "copydesk/article/1" && out[0]["crawl"]["seq"] == 17, "{}", out[0]);
}

#[test]
fn a_folder_has_a_file_for_each_story() {
    let trial = Trial::new(World::new(32, 2, 3), feed);
    assert_eq!(trial.run(&["crawl", "-f", "markdown", "-o", "stories/"]).code, 0);
    let host = World::address(0).to_string();
    let files = trial.desk.list(&format!("stories/{host}"));
    assert_eq!(files.len(), 3);
    assert!(files.iter().all(|name| name.starts_with("2026-11-0") && name.ends_with(".md")), "{files:?}");
    let text = trial.desk.read(&format!("stories/{host}/{}", files[0]));
    assert!(text.starts_with("---\ntitle: \"") && text.contains("\n# "), "{text}");
    assert_eq!(trial.run(&["crawl", "-f", "text", "-o", "stories.txt"]).code, 2);
}

#[test]
fn an_export_goes_on_where_it_stopped() {
    let trial = Trial::new(World::new(33, 2, 5), feed);
    trial.run(&["crawl", "--source", "h0"]);
    let export = || records(&trial.run(&["export", "--cursor", "seen"]).out).len();
    assert_eq!((export(), export()), (5, 0));
    trial.run(&["crawl"]);
    assert_eq!((export(), export()), (5, 0));
    let run = trial.run(&["export", "-o", "all.jsonl", "--source", "h1"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(records(&trial.desk.read("all.jsonl")).len(), 5);
    assert_eq!(trial.run(&["export", "-f", "text", "-o", "texts/"]).code, 0);
    assert_eq!(trial.desk.list("texts").len(), 2);
    assert_eq!(records(&trial.run(&["export", "--since", "2099-01-01"]).out).len(), 0);
    assert_eq!(records(&trial.run(&["export", "--language", "EN"]).out).len(), 10);
    trial.desk.write("seen", "what?");
    assert_eq!(trial.run(&["export", "--cursor", "seen"]).code, 2);
}

#[test]
fn what_was_saved_is_found() {
    let trial = Trial::new(World::new(34, 1, 4), feed);
    let nothing = trial.run(&["search", "harbour"]);
    assert_eq!(nothing.code, 3);
    assert!(nothing.err.contains("there is no store at copydesk.db"), "{}", nothing.err);
    trial.run(&["crawl"]);
    let headline = trial.site.world.headline(0, 2);
    let run = trial.run(&["search", "-f", "jsonl", &format!("\"{headline}\"")]);
    let found = records(&run.out);
    assert_eq!((run.code, found.len()), (0, 1), "{}", run.err);
    assert_eq!(found[0]["headline"], headline.as_str());
    assert!(found[0]["search"]["snippet"].as_str().is_some_and(|it| !it.is_empty()));
    assert_eq!(trial.run(&["search", "nobodywrotethis"]).code, 1);
    assert_eq!(trial.run(&["search", "--", "-harbour"]).code, 2);
}

#[test]
fn a_source_says_how_it_fares() {
    let trial = Trial::new(World::new(35, 2, 4), feed);
    assert_eq!(trial.run(&["status"]).out, "h0: has never run\nh1: has never run\n");
    trial.run(&["crawl", "--source", "h0"]);
    let status: serde_json::Value = serde_json::from_str(&trial.run(&["status", "-f", "json"]).out).expect("JSON");
    let h0 = &status["sources"][0];
    assert_eq!((&h0["name"], &h0["articles"]), (&"h0".into(), &4.into()), "{h0}");
    assert!(h0["nextRun"].is_string() && h0["trouble"] == serde_json::json!([]), "{h0}");
    // Weeks without a new story.
    let store = rusqlite::Connection::open(trial.desk.path("copydesk.db")).expect("a store");
    store.execute("UPDATE source SET last_new_at = 0", []).expect("tables as they are");
    let run = trial.run(&["status"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("trouble: silent: no new story since 1970-01-01"), "{}", run.out);
}
