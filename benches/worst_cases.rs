//! Pages made to take long: what each costs to parse, at one length and at twice that.
//!
//! Prints a table and fails where twice the length takes over 2.3 times as long, or a page under 1 MB over 100 ms. Times
//! below a millisecond say nothing about growth and are not judged by it.

#![allow(clippy::print_stdout, reason = "a table for people")]

use copydesk::dom::{Dom, Options};
use std::fs;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Each page is parsed in so many rounds of at least so long, and the best round counts, since what disturbs a measurement
/// only ever adds to it. Long beside the 4 ms in which Linux updates its clock.
const ROUNDS: (u32, Duration) = (4, Duration::from_millis(100));

const GROWTH_MAX: f64 = 2.3;
const UNDER_1_MB_MAX: Duration = Duration::from_millis(100);
const TOO_SHORT_TO_JUDGE: Duration = Duration::from_millis(1);

type Page = fn(usize) -> String;

const CASES: &[(&str, usize, Page)] = &[
    ("nested <div>", 40_000, |n| "<div>".repeat(n)),
    ("nested <div>, closed", 40_000, |n| "<div>".repeat(n) + &"x</div>".repeat(n)),
    ("nested <ul><li>x", 40_000, |n| "<ul><li>x".repeat(n)),
    ("<span>, then unknown end tags", 40_000, |n| "<span>".repeat(n) + &"</x>".repeat(n)),
    ("<b>x<div>", 40_000, |n| "<b>x<div>".repeat(n)),
    ("<a><div>", 40_000, |n| "<a><div>".repeat(n)),
    ("<p><font id=…>, all distinct", 20_000, |n| (0..n).map(|it| format!("<p><font id={it}>")).collect()),
    ("attributes of one tag", 40_000, |n| format!("<p {}>", (0..n).map(|it| format!("a{it} ")).collect::<String>())),
    ("<body>, each with one attribute more", 30_000, |n| (0..n).map(|it| format!("<body a{it}>")).collect()),
    ("<b>", 1_000_000, |n| "<b>".repeat(n)),
    ("one text", 50_000_000, |n| "x".repeat(n)),
    ("nested <table>", 200_000, |n| "<table>".repeat(n)),
    ("nested <table><tr><td>x", 20_000, |n| "<table><tr><td>x".repeat(n)),
    ("<table>, then <b>x", 200_000, |n| "<table>".to_owned() + &"<b>x".repeat(n)),
    ("<table>, then <p>x<td>", 40_000, |n| "<table>".to_owned() + &"<p>x<td>".repeat(n)),
    ("500 deep, then <div></div>", 40_000, |n| "<div>".repeat(500) + &"<div></div>".repeat(n)),
    ("500 deep, then <hr>", 100_000, |n| "<div>".repeat(500) + &"<hr>".repeat(n)),
    ("500 deep in <form>, then <img>", 80_000, |n| "<form>".to_owned() + &"<div>".repeat(500) + &"<img>".repeat(n)),
    ("500 deep, then </p>", 100_000, |n| "<div>".repeat(500) + &"</p>".repeat(n)),
    ("500 deep in <b>, then x<br>", 80_000, |n| "<b>".to_owned() + &"<div>".repeat(500) + &"x<br>".repeat(n)),
    ("500 deep in <b>, then </b><b>", 50_000, |n| "<b>".to_owned() + &"<div>".repeat(500) + &"</b><b>".repeat(n)),
    ("<b><i><p></b>", 30_000, |n| "<b><i><p></b>".repeat(n)),
    ("60 <font>, then <p>x", 100_000, |n| {
        (0..60).map(|it| format!("<font id={it}>")).collect::<String>() + &"<p>x".repeat(n)
    }),
    ("nested <template>", 40_000, |n| "<template>".repeat(n)),
    ("nested <svg><g>", 40_000, |n| "<svg><g>".repeat(n)),
    ("nested <select><option>", 30_000, |n| "<select><option>".repeat(n)),
    ("nested <button>x", 40_000, |n| "<button>x".repeat(n)),
    ("<form><div></form>", 30_000, |n| "<form><div></form>".repeat(n)),
    ("<!--", 100_000, |n| "<!--".repeat(n)),
    ("<script><!--<script", 40_000, |n| "<script><!--<script".repeat(n)),
    ("<title></titl", 40_000, |n| "<title>".to_owned() + &"</titl".repeat(n)),
    ("&&&", 400_000, |n| "&".repeat(n)),
    ("&CounterClockwise", 40_000, |n| "&CounterClockwise".repeat(n)),
    ("names of attributes, all distinct", 20_000, |n| (0..n).map(|it| format!("<p a{it}>")).collect()),
    ("names of elements, all distinct", 40_000, |n| (0..n).map(|it| format!("<x{it}>")).collect()),
    ("text cut up by ignored end tags", 100_000, |n| "x</y>".repeat(n)),
    ("U+0000", 400_000, |n| "\0".repeat(n)),
];

fn main() {
    println!("{:36} {:>9} {:>9} {:>9} {:>7}", "page", "bytes", "ms", "ms twice", "growth");
    let mut n_failed = 0;
    for (name, n, page) in CASES {
        let (once, twice) = (page(*n), page(2 * n));
        let (time, time_twice) = (parse_time(&once), parse_time(&twice));
        let growth = time_twice.as_secs_f64() / time.as_secs_f64();
        let grows = growth > GROWTH_MAX && time > TOO_SHORT_TO_JUDGE;
        let is_slow = |page: &str, time: Duration| page.len() < 1_000_000 && time > UNDER_1_MB_MAX;
        let fails = grows || is_slow(&once, time) || is_slow(&twice, time_twice);
        n_failed += usize::from(fails);
        println!(
            "{name:36} {:9} {:9.2} {:9.2} {growth:7.2}{}",
            once.len(),
            time.as_secs_f64() * 1e3,
            time_twice.as_secs_f64() * 1e3,
            if fails { "  FAILS" } else { "" }
        );
    }
    assert_eq!(n_failed, 0, "pages that take too long");
}

/// Time to parse a page: the average of the best round.
fn parse_time(page: &str) -> Duration {
    let (rounds, enough) = ROUNDS;
    let round = || {
        let start = clock();
        let mut passes = 0;
        loop {
            drop(black_box(Dom::parse(black_box(page), &Options::default())));
            passes += 1;
            let taken = clock().saturating_sub(start);
            if taken > enough {
                return taken / passes;
            }
        }
    };
    (0..rounds).map(|_| round()).min().unwrap_or_default()
}

/// Time that this thread has run, where Linux tells; elsewhere the time of day, which other programs disturb.
fn clock() -> Duration {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let nanos = fs::read_to_string("/proc/thread-self/schedstat").ok();
    match nanos.and_then(|it| it.split(' ').next()?.parse().ok()) {
        Some(nanos) => Duration::from_nanos(nanos),
        None => BEGUN.elapsed(),
    }
}
