//! The parts that meet the world, against servers of our own on loopback, and the program as a person runs it.

mod bad_input;
mod clean;
mod config;
mod fetch;
mod fetch_command;
mod pages;
mod program;
mod readme;
mod repair_and_decode;
mod server;
