//! The program killed at any moment: nothing stored is lost or torn, no host is asked too soon, little is asked twice.

#![allow(clippy::print_stdout, reason = "a seed and a count to find in a failed run")]

use super::{Trial, feed};
use crate::site::{World, fetch_counts};
use std::time::Duration;

/// Deaths over all runs; each at a moment of its own.
const N_DEATHS: u32 = 50;
/// Hosts, each with one request under way at most.
const N_HOSTS: u32 = 8;

/// Numbers from a seed (SplitMix64).
fn roll(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[test]
fn fifty_deaths_lose_nothing() {
    let seed = std::env::var("DEATH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
    println!("DEATH_SEED={seed}");
    let mut state = seed;
    let n_articles = 20;
    let trial = Trial::new(World::new(seed, N_HOSTS, n_articles), feed);
    let mut n_deaths = 0;
    let mut stored = 0;
    while n_deaths < N_DEATHS {
        let mut child = trial.desk.command(&["crawl", "-o", "out.jsonl"]).spawn().expect("the program is there");
        // At some request from here on, and then at any moment of what is done about it; or while it begins.
        let n_before = trial.hits().len();
        let n_more = if roll(&mut state).is_multiple_of(5) { 0 } else { 1 + roll(&mut state) as usize % 30 };
        let mut has_ended = false;
        while !has_ended && trial.hits().len() < n_before + n_more {
            std::thread::sleep(Duration::from_millis(2));
            has_ended = child.try_wait().expect("it is ours").is_some();
        }
        std::thread::sleep(Duration::from_micros(roll(&mut state) % 60_000));
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        n_deaths += 1;
        if n_deaths % 10 == 0 && trial.desk.path("copydesk.db").exists() {
            let versions = trial.versions();
            assert!(versions.len() >= stored, "{stored} articles were stored, {} are left", versions.len());
            stored = versions.len();
        }
        if has_ended {
            // All is done: the deaths that are left come while everything is asked again.
            super::runs::make_all_due(&trial);
        }
    }
    let last = trial.run(&["crawl", "-o", "out.jsonl"]);
    assert_eq!(last.code, 0, "{}", last.err);
    let hits = trial.hits();
    trial.check_manners(&hits);
    let n_wanted = (N_HOSTS * n_articles) as usize;
    let versions = trial.versions();
    assert_eq!(versions.len(), n_wanted, "every story, each once");
    assert!(versions.iter().all(|it| it["text"].as_str().is_some_and(|text| text.len() > 200)), "each is whole");
    // The output has each version once, in order, although it was torn as often.
    let out = crate::program::records(&trial.desk.read("out.jsonl"));
    let seqs = |records: &[serde_json::Value]| -> Vec<i64> {
        records.iter().map(|it| it["crawl"]["seq"].as_i64().expect("a number")).collect()
    };
    assert_eq!(seqs(&out), seqs(&versions));
    // A page that was under way at a death is asked for again, and none other: one for each host and death at most.
    let n_again: u32 = fetch_counts(&hits).values().map(|n| n - 1).sum();
    assert!(n_again <= N_DEATHS * N_HOSTS, "{n_again} asked for again");
    println!("{n_again} of {n_wanted} pages were asked for again after {n_deaths} deaths");
}

#[test]
#[cfg(unix)]
fn the_first_signal_lets_pages_finish_and_the_second_does_not() {
    let mut world = World::new(21, 4, 60);
    world.latency = Duration::from_millis(400);
    let trial = Trial::new(world, feed);
    let signal = |child: &std::process::Child| {
        let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(killed.expect("a kill").success());
    };
    for n_signals in [1, 2] {
        trial.site.log.clear();
        let mut child = trial.desk.command(&["crawl"]).spawn().expect("the program is there");
        while trial.hits().len() < 6 {
            std::thread::sleep(Duration::from_millis(20));
        }
        let began = std::time::Instant::now();
        (0..n_signals).for_each(|_| {
            signal(&child);
            std::thread::sleep(Duration::from_millis(30));
        });
        let code = child.wait().expect("it ends").code();
        assert_eq!(code, Some(130));
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    }
    assert_eq!(trial.run(&["status"]).code, 0);
}
