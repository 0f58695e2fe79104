//! Pages made to take long: what each costs to parse, and to clean, at one length and at twice that.
//!
//! Prints a table and fails where twice the length takes over 2.3 times as long, or a page under 1 MB over 100 ms to parse or
//! 200 ms to clean. Times below a millisecond say nothing about growth and are not judged by it.

#![allow(clippy::print_stdout, reason = "a table for people")]

use copydesk::dom::{Dom, Options};
use copydesk::extract;
use copydesk::page::Page;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use std::{env, fs};

/// Each page is done in so many rounds of at least so long, and the best round counts, since what disturbs a measurement
/// only ever adds to it. Long beside the 4 ms in which Linux updates its clock.
const ROUNDS: (u32, Duration) = (4, Duration::from_millis(100));

/// How often what looks too slow is timed again: on a busy machine one page in ten does at first.
const TIMED_AGAIN: usize = 4;

const GROWTH_MAX: f64 = 2.3;
const PARSE_UNDER_1_MB_MAX: Duration = Duration::from_millis(100);
const CLEAN_UNDER_1_MB_MAX: Duration = Duration::from_millis(200);
const TOO_SHORT_TO_JUDGE: Duration = Duration::from_millis(1);

/// 70 bytes of prose.
const SENTENCE: &str = "The ferry was late again this morning, and nobody could say why it was. ";

/// A name, a size, and the page of that size.
type Case = (&'static str, usize, fn(usize) -> String);

const CASES: &[Case] = &[
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
    // What follows the parse: many blocks, long texts, many claims.
    ("<p>x", 120_000, |n| "<p>x".repeat(n)),
    ("<p> of a sentence", 6_500, |n| format!("<p>{SENTENCE}").repeat(n)),
    ("<p> of a sentence, all distinct", 6_500, |n| (0..n).map(|it| format!("<p>{it} {SENTENCE}")).collect()),
    ("text<br><br>", 40_000, |n| "text<br><br>".repeat(n)),
    ("one <p> of sentences", 6_500, |n| format!("<p>{}", SENTENCE.repeat(n))),
    ("500 deep, then <p>x", 110_000, |n| "<div>".repeat(500) + &"<p>x".repeat(n)),
    ("a story, then 500 deep, then <p>x", 100_000, |n| {
        format!("<article>{}</article>{}", format!("<p>{SENTENCE}").repeat(50), "<div>".repeat(500)) + &"<p>x".repeat(n)
    }),
    ("500 deep in <cite>, then x<br>", 80_000, |n| "<p>".to_owned() + &"<cite>".repeat(500) + &"x<br>".repeat(n)),
    ("links", 20_000, |n| (0..n).map(|it| format!("<a href=/{it}>l{it}</a> ")).collect()),
    ("links in a story", 16_000, |n| {
        let links = (0..n).map(|it| format!("<a href=/{it}>l{it}</a> "));
        format!("<article><p>{}{}", SENTENCE.repeat(20), links.collect::<String>())
    }),
    ("<ol><li>x", 90_000, |n| "<ol>".to_owned() + &"<li>x".repeat(n)),
    ("lists in lists, of sentences", 3_000, |n| format!("<ol><li>{SENTENCE}<ol><li>{SENTENCE}</ol>").repeat(n)),
    ("• and a sentence", 6_000, |n| format!("<p>• {SENTENCE}").repeat(n)),
    ("one table of data", 30_000, |n| "<table>".to_owned() + &"<tr><td>a<td>b".repeat(n)),
    ("tables of data", 10_000, |n| "<table><tr><td>a<td>b<tr><td>c<td>d</table>".repeat(n)),
    ("comments", 60_000, |n| "<!--x-->".repeat(n)),
    ("readers' comments", 4_000, |n| {
        let comment = |it| format!("<li id=comment-{it}><b class=fn>Bo</b><p>{SENTENCE}</li>");
        format!("<article>{}</article><div id=comments>", format!("<p>{SENTENCE}").repeat(5))
            + &(0..n).map(comment).collect::<String>()
    }),
    ("classes", 18_000, |n| "<p class='share promo'>x</p>".repeat(n)),
    ("one long class", 40_000, |n| format!("<p class='{}'>x</p>", "share promo ".repeat(n))),
    ("quotations", 7_000, |n| {
        let story = format!("<p>{SENTENCE}").repeat(20);
        format!("<article>{story}") + &"<blockquote>Six were in favour and seven against</blockquote>".repeat(n)
    }),
    ("headings, each with a sentence", 4_500, |n| {
        (0..n).map(|it| format!("<h2>Part {it}</h2><p>{SENTENCE}")).collect()
    }),
    ("headings of comments", 40_000, |n| format!("<p>{SENTENCE}").repeat(5) + &"<p>Comments".repeat(n)),
    ("JSON-LD scripts", 4_000, |n| {
        let script = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"x\"}</script>";
        script.repeat(n) + SENTENCE
    }),
    ("JSON-LD, one object in another", 80_000, |n| {
        format!("<script type=application/ld+json>{}</script>{SENTENCE}", "{\"a\":".repeat(n))
    }),
    ("JSON-LD authors", 10_000, |n| {
        let author = |it| format!("{{\"@type\":\"Person\",\"name\":\"Ann{it} Lee{it}\"}},");
        let authors: String = (0..n).map(author).collect();
        let object = format!("{{\"@type\":\"NewsArticle\",\"author\":[{authors}{{}}]}}");
        format!("<script type=application/ld+json>{object}</script>{SENTENCE}")
    }),
    ("an author of many names", 30_000, |n| {
        format!("<meta name=author content='{}'>{SENTENCE}", "Ann Lee and ".repeat(n))
    }),
    ("a body in the data, and rows", 3_000, |n| {
        let object = format!("{{\"@type\":\"NewsArticle\",\"articleBody\":\"{}\"}}", SENTENCE.repeat(n));
        let rows: String = (0..2 * n).map(|it| format!("<p>the quick brown fox jumps {it}")).collect();
        format!("<script type=application/ld+json>{object}</script>{rows}")
    }),
    ("summaries", 3_000, |n| {
        let summary = |it| format!("<meta name=description content='{SENTENCE}{it}'>");
        (0..n).map(summary).collect::<String>() + &format!("<h1>x</h1><p>{SENTENCE}").repeat(n / 2)
    }),
    ("lines that name an author", 12_000, |n| {
        (0..n).map(|it| format!("<div class=byline>By Ann Lee{it}</div>")).collect()
    }),
    ("400 deep in authors, then spaces", 400_000, |n| "<div class=author>".repeat(400) + &" ".repeat(n)),
    ("parts that come late", 20_000, |n| {
        let part = |it: usize| format!("<template id=\"P:{it}\"></template><div hidden id=\"S:{it}\">{SENTENCE}</div>");
        (0..n).map(part).collect()
    }),
    ("gaps that do not end", 50_000, |n| {
        format!("<div hidden id=S:0>{SENTENCE}</div>") + &"<template id=B:0>".repeat(n)
    }),
    ("a story in <noscript>", 6_000, |n| format!("<noscript>{}</noscript>", format!("<p>{SENTENCE}").repeat(n))),
    ("data of a script", 6_000, |n| {
        (0..n).map(|it| format!("\"k\":\"{it} {SENTENCE}\",")).fold("<script>".to_owned(), |all, it| all + &it)
    }),
    ("mojibake", 12_000, |n| "<p>Itâ€™s a cafÃ© beside. ".repeat(n)),
    ("no-break spaces", 80_000, |n| format!("<p>{SENTENCE}") + &"x\u{a0}".repeat(n)),
    ("Thai", 10_000, |n| "<p>โดยผู้สื่อข่าว".repeat(n)),
    ("Chinese", 10_000, |n| "<p>東京で会議が開かれた。".repeat(n)),
    ("lines of a text", 100_000, |n| "x\n".repeat(n)),
];

/// What makes glibc keep the memory it was given: it fetches pieces over 32 MB from the kernel each time, page by page, so
/// that a page just over that size takes a third longer than one just under it. Elsewhere it changes nothing.
const KEEPS_MEMORY: [(&str, &str); 3] = [
    ("MALLOC_MMAP_THRESHOLD_", "1073741824"),
    ("MALLOC_TRIM_THRESHOLD_", "4294967296"),
    ("MALLOC_TOP_PAD_", "268435456"),
];

fn main() -> ExitCode {
    if KEEPS_MEMORY.iter().any(|(name, _)| env::var_os(name).is_none()) {
        // glibc reads them as a program begins.
        let this = env::current_exe().expect("a program has a file");
        let status = Command::new(this).args(env::args_os().skip(1)).envs(KEEPS_MEMORY).status();
        return if status.is_ok_and(|it| it.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    println!(
        "{:36} {:>9} {:>9} {:>9} {:>7} {:>9} {:>9} {:>7}",
        "page", "bytes", "parse ms", "twice", "growth", "clean ms", "twice", "growth"
    );
    let only = env::args().nth(1).filter(|it| !it.starts_with('-'));
    let mut n_failed = 0;
    for (name, n, page) in CASES.iter().filter(|it| only.as_ref().is_none_or(|only| it.0.contains(only))) {
        let (once, twice) = (page(*n), page(2 * n));
        let parse = |page: &str| time_of(|| drop(black_box(Dom::parse(black_box(page), &Options::default()))));
        let clean = |page: &str| {
            let page = Page::saved(page, None);
            time_of(|| drop(black_box(extract::extract(black_box(&page), &extract::Options::default()))))
        };
        type Stage<'a> = (&'a dyn Fn(&str) -> Duration, Duration);
        let stages: [Stage<'_>; 2] = [(&parse, PARSE_UNDER_1_MB_MAX), (&clean, CLEAN_UNDER_1_MB_MAX)];
        print!("{name:36} {:9}", once.len());
        let mut fails = false;
        for (stage, under_1_mb_max) in stages {
            let (mut time, mut time_twice) = (stage(&once), stage(&twice));
            let is_slow = |time: Duration, time_twice: Duration| {
                (time_twice.as_secs_f64() > GROWTH_MAX * time.as_secs_f64() && time > TOO_SHORT_TO_JUDGE)
                    || (once.len() < 1_000_000 && time > under_1_mb_max)
                    || (twice.len() < 1_000_000 && time_twice > under_1_mb_max)
            };
            for _ in 0..TIMED_AGAIN {
                if is_slow(time, time_twice) {
                    (time, time_twice) = (time.min(stage(&once)), time_twice.min(stage(&twice)));
                }
            }
            fails |= is_slow(time, time_twice);
            let growth = time_twice.as_secs_f64() / time.as_secs_f64();
            print!(" {:9.2} {:9.2} {growth:7.2}", time.as_secs_f64() * 1e3, time_twice.as_secs_f64() * 1e3);
        }
        println!("{}", if fails { "  FAILS" } else { "" });
        n_failed += usize::from(fails);
    }
    println!("{n_failed} of them too slow");
    if n_failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Time that something takes: the average of the best round.
fn time_of(work: impl Fn()) -> Duration {
    let (rounds, enough) = ROUNDS;
    let round = || {
        let start = clock();
        let mut passes = 0;
        loop {
            work();
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
