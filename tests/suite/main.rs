//! The parts that meet the world, against servers of our own on loopback.

mod fetch;
mod server;
