//! Does a stage over pages some times and prints how many bytes they have, and how many the largest has: for valgrind, see `benches/counts`.
//!
//!     passes parse|clean TIMES

#![allow(clippy::print_stdout, reason = "its answer")]

#[path = "../benches/pages/mod.rs"]
mod pages;

use copydesk::dom::{self, Dom};
use copydesk::extract::{self, extract};
use copydesk::page::Page;
use std::hint::black_box;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let stage = args.next().ok_or("which stage?")?;
    let n_times: usize = args.next().ok_or("how many times?")?.parse()?;
    let pages = pages::pages();
    let saved: Vec<Page> = pages.iter().map(|it| Page::saved(it.as_str(), None)).collect();
    for (text, page) in (0..n_times).flat_map(|_| pages.iter().zip(&saved)) {
        match stage.as_str() {
            "parse" => drop(black_box(Dom::parse(black_box(text), &dom::Options::default()))),
            "clean" => drop(black_box(extract(black_box(page), &extract::Options::default()))),
            _ => return Err(format!("no stage is called {stage}").into()),
        }
    }
    let bytes = || pages.iter().map(String::len);
    println!("{} {}", bytes().sum::<usize>(), bytes().max().unwrap_or(0));
    Ok(())
}
