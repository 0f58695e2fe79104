//! The parts that meet the world, against servers of our own on loopback, and the program as a person runs it.

mod archive;
mod bad_input;
mod clean;
mod config;
mod crawl;
mod discover;
mod fetch;
mod fetch_command;
mod pages;
mod program;
mod readme;
mod repair_and_decode;
mod server;
#[path = "../site/mod.rs"]
mod site;
mod site_log;
