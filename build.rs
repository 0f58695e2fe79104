//! Makes the table of widgets' words from `words.toml`, so that the program need not read 300 kB before its first page.

#![allow(clippy::print_stdout, reason = "cargo reads it")]

use std::collections::HashMap;
use std::path::PathBuf;
use std::{env, fs};

#[path = "src/main_content/words/key.rs"]
#[allow(dead_code, unreachable_pub)]
mod key;
#[path = "src/text.rs"]
#[allow(dead_code, unreachable_pub)]
mod text;

const WORDS: &str = "src/main_content/words.toml";

fn main() {
    for file in ["build.rs", WORDS, "src/main_content/words/key.rs", "src/text.rs"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let source = fs::read_to_string(WORDS).expect("the words are part of the source");
    assert!(!source.contains('\\'), "words are folded: nothing in them need be escaped");
    let mut tables: Vec<&str> = Vec::new();
    // By key: the table that names it first.
    let mut words: HashMap<String, u8> = HashMap::new();
    for line in source.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            tables.push(table);
        } else if !line.starts_with('#') && !tables.is_empty() {
            for word in line.split('"').skip(1).step_by(2) {
                let mut key = String::new();
                key::write(word, &mut key);
                words.entry(key).or_insert(tables.len() as u8 - 1);
            }
        }
    }
    let mut entries: Vec<u64> = words.iter().map(|(key, table)| key::Digest::of(key).entry(*table)).collect();
    entries.sort_unstable();
    assert!(entries.is_sorted_by(|a, b| a >> 8 != b >> 8), "two words have one number");
    let mut first = vec![0u64; key::FIRST_BITS / 64];
    // Lines are told by their first two words, or their only one: see `key::begins`.
    let beginning = |key: &String| key.match_indices(' ').nth(1).map_or(key.len(), |(at, _)| at);
    for (at, bit) in words.keys().map(|it| key::Digest::of(&it[..beginning(it)]).bit()) {
        first[at] |= bit;
    }
    let mut long: Vec<u64> = words
        .keys()
        .filter(|it| it.split(' ').count() >= key::LONG_WORDS)
        .map(|it| key::Digest::of(&it[..beginning(it)]).entry(0))
        .collect();
    long.sort_unstable();
    long.dedup();
    let code = format!(
        "static ENTRIES: [u64; {}] = {entries:?};\nstatic FIRST: [u64; {}] = {first:?};\n\
         static LONG: [u64; {}] = {long:?};\nconst TABLES: [&str; {}] = {tables:?};\n",
        entries.len(),
        first.len(),
        long.len(),
        tables.len()
    );
    let path = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where")).join("words.rs");
    fs::write(path, code).expect("cargo's folder can be written");
}
