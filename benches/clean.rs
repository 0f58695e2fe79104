//! The whole of `clean` over a set of pages (decode, parse, find the story and its facts, mend) beside scraper's parse of the
//! same. See `pages` for the set.

mod pages;

use copydesk::extract::{Options, extract};
use copydesk::page::Page;
use scraper::Html;
use std::hint::black_box;

fn main() {
    let pages = pages::pages();
    let options = Options::default();
    let ours = |page: &str| drop(black_box(extract(black_box(&Page::saved(page, None)), &options)));
    let scrapers = |page: &str| drop(black_box(Html::parse_document(black_box(page))));
    pages::print(&pages, ["copydesk clean", "scraper's parse"], pages::paired(&pages, ours, scrapers));
}
