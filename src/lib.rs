//! copydesk fetches news pages, finds the story in each, repairs its broken characters and gives clean text.
//!
//! This page is the map: how a page goes through, which file does what, and what holds everywhere. For use see the README,
//! whose example is [`extract::extract`].
//!
//! # One way through
//!
//! ```text
//! Url → Page → Decoded → Dom → Blocks → Article → sink
//!    fetch  decode    parse  split   choose+mend   write
//! ```
//!
//! Between [`page::Page`] and [`article::Article`] everything is a plain function: the same page gives the same bytes,
//! always. No network, disk, clock, chance, global state or `async` there, and no failure either: that a page holds no
//! story is a finding ([`article::NoArticle`]). The world, and every error with it, is at the rim.
//!
//! # The ten names most people need
//!
//! - [`extract::extract`], a [`page::Page`] to an [`extract::Extracted`]; [`extract::extract_text`] for saved text;
//!   [`extract::Options`] for both
//! - [`article::Article`] and its [`article::Metadata`]; [`article::markdown`] and [`article::html`]
//! - [`mojibake::repair`] and [`decode::decode`], useful alone
//! - [`fetch::Fetcher`], an address to a page (feature `fetch`)
//!
//! # Floors
//!
//! A file stands above all that it imports; modules of one floor do not know each other. From the ground up:
//!
//! | floor | modules |
//! | --- | --- |
//! | each useful alone | [`text`], [`url`]; then [`page`], [`mojibake`], [`robots`], [`duplicate`], [`evaluate`], [`site_memory`] |
//! | text and tree in, story out: the shapes | [`article`], [`decode`], [`dom`] |
//! | what a document says | [`main_content`], [`metadata`], [`pagination`], `discover` |
//! | the pure way whole | [`extract`] |
//! | the world | `store`; then `frontier`, `archive`, `sink`; then [`fetch`], `input`; then `crawl` |
//! | what is set, and what was asked | `config`; then `cli`; then the program |
//!
//! The default feature `cli` is the program; without it the library needs no runtime (`default-features = false`). Feature
//! `discover` adds feeds, sitemaps and links alone, feature `fetch` fetching alone.
//!
//! # What holds everywhere
//!
//! - Only [`dom`] names the HTML parser, only `fetch::http` the HTTP client, only `cli` the argument parser; only `main.rs`
//!   prints or exits.
//! - A [`dom::Dom`] is made, read and dropped inside one call. It is read, never marked: what we think of a node stands in
//!   typed rows beside the tree.
//! - Nothing recurses over a page's nesting, and every size, depth, wait and count that a stranger decides has a bound with a
//!   name.
//! - Stages get their `Options`, not the whole `Config`.
//!
//! Tests hold the floors and these names (`tests/floors.rs`), pages (`html-samples/`, one named case each), what strangers
//! may send (`tests/hostile.rs`) and what servers may do (`tests/suite`).

#[cfg(feature = "crawl")]
pub mod archive;
pub mod article;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod config;
#[cfg(feature = "crawl")]
pub mod crawl;
pub mod decode;
#[cfg(feature = "discover")]
pub mod discover;
pub mod dom;
pub mod duplicate;
pub mod evaluate;
pub mod extract;
#[cfg(feature = "fetch")]
pub mod fetch;
#[cfg(feature = "crawl")]
pub mod frontier;
#[cfg(feature = "cli")]
pub mod input;
pub mod main_content;
pub mod metadata;
pub mod mojibake;
pub mod page;
pub mod pagination;
pub mod robots;
#[cfg(feature = "crawl")]
pub mod sink;
pub mod site_memory;
#[cfg(feature = "crawl")]
pub mod store;
pub mod text;
pub mod url;

/// The examples of README.md, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
