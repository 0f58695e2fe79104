//! copydesk: news pages in, clean stories out.

pub mod page;
