//! Document to story.

pub mod blocks;
pub mod features;
pub mod marks;
