//! Parsing a set of pages: our tree beside scraper's. See `pages` for the set.
//!
//! First comes a table from paired passes; then criterion measures both over the whole set.

mod pages;

use copydesk::dom::{Dom, Options};
use criterion::{Criterion, Throughput};
use scraper::Html;
use std::hint::black_box;

fn main() {
    let pages = pages::pages();
    let ours = |page: &str| drop(black_box(Dom::parse(black_box(page), &Options::default())));
    let scrapers = |page: &str| drop(black_box(Html::parse_document(black_box(page))));
    pages::print(&pages, ["copydesk::dom", "scraper"], pages::paired(&pages, ours, scrapers));

    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(pages.iter().map(|it| it.len() as u64).sum()));
    group.bench_function("copydesk::dom", |bencher| bencher.iter(|| pages.iter().for_each(|it| ours(it))));
    group.bench_function("scraper", |bencher| bencher.iter(|| pages.iter().for_each(|it| scrapers(it))));
    group.finish();
    criterion.final_summary();
}
