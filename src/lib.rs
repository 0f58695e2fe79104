//! copydesk: news pages in, clean stories out.

pub mod article;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod config;
pub mod decode;
pub mod dom;
pub mod duplicate;
pub mod evaluate;
pub mod extract;
#[cfg(feature = "fetch")]
pub mod fetch;
#[cfg(feature = "cli")]
pub mod input;
pub mod main_content;
pub mod metadata;
pub mod mojibake;
pub mod page;
pub mod robots;
#[cfg(feature = "cli")]
pub mod sink;
pub mod text;

/// The examples of README.md, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
