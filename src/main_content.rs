//! Document to story.

pub mod blocks;
