//! copydesk: news pages in, clean stories out.

#[cfg(feature = "fetch")]
pub mod fetch;
pub mod page;
pub mod robots;
