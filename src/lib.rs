//! copydesk: news pages in, clean stories out.

pub mod article;
pub mod dom;
pub mod duplicate;
pub mod evaluate;
pub mod extract;
pub mod main_content;
pub mod metadata;
#[cfg(feature = "cli")]
pub mod input;
pub mod decode;
pub mod mojibake;
pub mod page;
#[cfg(feature = "cli")]
pub mod sink;
pub mod text;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod page;
pub mod robots;
