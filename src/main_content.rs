//! Document to story.

pub mod blocks;
pub mod marks;
