//! copydesk: news pages in, clean stories out.

pub mod decode;
pub mod mojibake;
pub mod page;
