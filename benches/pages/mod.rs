//! Pages to measure on, and measuring two things side by side.
//!
//! `COPYDESK_BENCH_PAGES` names a folder, whose `.html` files are the set; without it, pages are made up that have the
//! measures of news pages.

#![allow(clippy::print_stdout, reason = "a table for people")]
#![allow(dead_code, reason = "each program uses a part")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The pages that are named, or made up.
pub(crate) fn pages() -> Vec<String> {
    match std::env::var_os("COPYDESK_BENCH_PAGES") {
        Some(dir) => read_pages(Path::new(&dir)),
        None => (0..40).map(made_up_page).collect(),
    }
}

/// Odd, so that a median is a measurement.
pub(crate) const PASSES: usize = 7;

/// Time for all pages by one way and by another. Each pass does every page both ways, one right after the other, in turns,
/// and of each page the median counts.
pub(crate) fn paired(pages: &[String], one: impl Fn(&str), other: impl Fn(&str)) -> (Duration, Duration) {
    let mut ones = vec![Vec::new(); pages.len()];
    let mut others = vec![Vec::new(); pages.len()];
    for pass in 0..PASSES {
        for (at, page) in pages.iter().enumerate() {
            if (pass + at) % 2 == 0 {
                ones[at].push(timed(|| one(page)));
                others[at].push(timed(|| other(page)));
            } else {
                others[at].push(timed(|| other(page)));
                ones[at].push(timed(|| one(page)));
            }
        }
    }
    (sum_of_medians(ones), sum_of_medians(others))
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn sum_of_medians(times: Vec<Vec<Duration>>) -> Duration {
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    times.into_iter().map(median).sum()
}

/// Prints a line of the table for each way, and how many times as long the second takes.
pub(crate) fn print(pages: &[String], names: [&str; 2], (one, other): (Duration, Duration)) {
    let bytes: usize = pages.iter().map(String::len).sum();
    println!("{} pages, {:.2} MB, {PASSES} paired passes", pages.len(), bytes as f64 / 1e6);
    for (name, time) in names.into_iter().zip([one, other]) {
        let micros = time.as_secs_f64() * 1e6 / pages.len() as f64;
        println!("{name:18} {micros:8.1} µs a page {:8.1} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    }
    println!("ratio {:.2}", other.as_secs_f64() / one.as_secs_f64());
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
