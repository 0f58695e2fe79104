//! Parsing a set of pages: our tree beside scraper's.
//!
//! `COPYDESK_BENCH_PAGES` names a folder, whose `.html` files are the set; without it, pages are made up that have the
//! measures of news pages. First comes a table from paired passes: each pass parses every page with both, one right after
//! the other, in turns, and of each page the median counts. Then criterion measures both over the whole set.

#![allow(clippy::print_stdout, reason = "a table for people")]

use copydesk::dom::{Dom, Options};
use criterion::{Criterion, Throughput};
use scraper::Html;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// Odd, so that a median is a measurement.
const PASSES: usize = 7;

fn main() {
    let pages = match std::env::var_os("COPYDESK_BENCH_PAGES") {
        Some(dir) => read_pages(Path::new(&dir)),
        None => (0..40).map(made_up_page).collect(),
    };
    let bytes: usize = pages.iter().map(String::len).sum();
    println!("{} pages, {:.2} MB, {PASSES} paired passes", pages.len(), bytes as f64 / 1e6);

    let mut ours = vec![Vec::new(); pages.len()];
    let mut scrapers = vec![Vec::new(); pages.len()];
    for pass in 0..PASSES {
        for (at, page) in pages.iter().enumerate() {
            let ours = &mut ours[at];
            let scrapers = &mut scrapers[at];
            let parse_ours = || drop(black_box(Dom::parse(black_box(page), &Options::default())));
            let parse_scrapers = || drop(black_box(Html::parse_document(black_box(page))));
            if (pass + at) % 2 == 0 {
                ours.push(timed(parse_ours));
                scrapers.push(timed(parse_scrapers));
            } else {
                scrapers.push(timed(parse_scrapers));
                ours.push(timed(parse_ours));
            }
        }
    }
    let (ours, scrapers) = (sum_of_medians(ours), sum_of_medians(scrapers));
    for (name, time) in [("copydesk::dom", ours), ("scraper", scrapers)] {
        let micros = time.as_secs_f64() * 1e6 / pages.len() as f64;
        println!("{name:14} {micros:8.1} µs a page {:8.1} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    }
    println!("ratio {:.2}", scrapers.as_secs_f64() / ours.as_secs_f64());

    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("copydesk::dom", |bencher| {
        bencher.iter(|| pages.iter().for_each(|page| drop(black_box(Dom::parse(page, &Options::default())))));
    });
    group.bench_function("scraper", |bencher| {
        bencher.iter(|| pages.iter().for_each(|page| drop(black_box(Html::parse_document(page)))));
    });
    group.finish();
    criterion.final_summary();
}

fn timed(parse: impl FnOnce()) -> Duration {
    let start = Instant::now();
    parse();
    start.elapsed()
}

fn sum_of_medians(times: Vec<Vec<Duration>>) -> Duration {
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    times.into_iter().map(median).sum()
}

fn read_pages(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("COPYDESK_BENCH_PAGES names a folder").flatten().map(|it| it.path());
    let mut paths: Vec<_> = entries.collect();
    paths.sort();
    let pages: Vec<String> = paths
        .into_iter()
        .map(|path| if path.is_dir() { path.join("page.html") } else { path })
        .filter(|path| path.extension().is_some_and(|it| it == "html"))
        .filter_map(|path| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    assert!(!pages.is_empty(), "no pages in {}", dir.display());
    pages
}

/// A page with the measures of a news page: 43 % scripts, 30 % attribute values, 14 % text.
fn made_up_page(seed: usize) -> String {
    let script = "function track(event){if(window.queue&&event<3){queue.push({name:'view',value:[1,2,3]});}}\n";
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=\"utf-8\">\n<title>Council &amp; harbour</title>\n",
    );
    for number in 0..20 + seed % 7 {
        page.push_str(&format!(
            "<meta property=\"og:item{number}\" content=\"The harbour reopens on day {number}\">\n"
        ));
        page.push_str(&format!("<script async id=\"s{number}\">{}</script>\n", script.repeat(12)));
    }
    page.push_str("</head>\n<body class=\"article-page theme-light\">\n<nav><ul>\n");
    for number in 0..60 {
        page.push_str(&format!(
            "<li class=\"nav-item nav-item--level-1\"><a class=\"nav-link\" href=\"https://harbour.example/section/{number}?from=menu&amp;x=1\" data-track=\"menu-{number}\">Section {number}</a></li>\n"
        ));
    }
    page.push_str("</ul></nav>\n<main><article>\n<h1>The harbour reopens</h1>\n");
    for number in 0..40 + seed % 11 {
        page.push_str(&format!(
            "<p class=\"body-text\">On day {number} the <b>council</b> said&nbsp;&ldquo;the harbour is open&rdquo;, and \
             <a href=\"/2024/05/{number}/story\">ships came in</a> from all sides of the bay.</p>\n"
        ));
        if number % 5 == 0 {
            page.push_str(&format!(
                "<figure class=\"media media--wide\"><div class=\"media__inner\"><img src=\"https://img.harbour.example/{number}/900.jpg\" srcset=\"https://img.harbour.example/{number}/400.jpg 400w, https://img.harbour.example/{number}/900.jpg 900w\" alt=\"A ship\" loading=\"lazy\"></div><figcaption>A ship, day {number}</figcaption></figure>\n"
            ));
        }
    }
    page.push_str("</article></main>\n<footer>");
    for number in 0..40 {
        page.push_str(&format!(
            "<div class=\"footer__cell\"><span><a href=\"/f/{number}\">Footer {number}</a></span></div>\n"
        ));
    }
    page.push_str("</footer>\n</body>\n</html>\n");
    page
}
