//! copydesk: news pages in, clean stories out.

pub mod article;
pub mod dom;
pub mod duplicate;
pub mod evaluate;
pub mod extract;
pub mod page;
pub mod text;
