//! `config.toml` says what is true, and `copydesk config` what is in force.

use crate::program::{Desk, page};
use copydesk::config::Config;
use std::collections::BTreeSet;

const SOURCE: &str = include_str!("../../config.toml");

/// Every key with its value, as `fetch.contact = ""`.
fn rows(table: &toml::Table, prefix: &str) -> BTreeSet<String> {
    let row = |(key, value): (&String, &toml::Value)| match value.as_table() {
        Some(inner) => rows(inner, &format!("{prefix}{key}.")),
        None => BTreeSet::from([format!("{prefix}{key} = {value}")]),
    };
    table.iter().flat_map(row).collect()
}

#[test]
fn the_file_holds_every_key_with_its_default() {
    let documented = rows(&SOURCE.parse().expect("TOML"), "");
    let defaults = rows(&toml::Table::try_from(Config::default()).expect("tables, numbers and text"), "");
    let differences: Vec<&String> = documented.symmetric_difference(&defaults).collect();
    assert!(differences.is_empty(), "config.toml and the built-in defaults differ in {differences:#?}");
}

#[test]
fn every_key_is_explained() {
    let lines: Vec<&str> = SOURCE.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(lines[at - 1].starts_with("# "), "nothing is said about `{line}`");
        }
    }
}

#[test]
fn what_is_in_force_is_shown_with_where_it_comes_from() {
    let desk = Desk::new();
    desk.write("config.toml", "[fetch]\nretries_max = 5\n");
    let run = desk.run(&["--set", "fetch.contact=desk@news.example", "config", "--set", "fetch.redirects_max=3"]);
    let row = |key: &str| run.out.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert_eq!(
        row("retries_max").split_whitespace().collect::<Vec<_>>(),
        ["retries_max", "=", "5", "#", "config.toml:2"]
    );
    assert!(row("contact").ends_with("# --set fetch.contact=desk@news.example"), "{}", run.out);
    assert!(row("redirects_max").ends_with("# --set fetch.redirects_max=3"), "{}", run.out);
    assert!(row("concurrency").ends_with("# default"), "{}", run.out);
    // What is shown is a file that says the same.
    desk.write("shown.toml", &run.out);
    let again = desk.run(&["--config", "shown.toml", "config"]).out;
    let values = |out: &str| {
        out.lines().map(|line| line.split(" # ").next().unwrap_or_default().trim_end().to_owned()).collect()
    };
    let (first, second): (Vec<String>, Vec<String>) = (values(&run.out), values(&again));
    assert_eq!(first, second);
}

#[test]
fn mistakes_are_pointed_at_and_nothing_is_done() {
    let desk = Desk::new();
    desk.write("config.toml", "[fetch]\nhost_delay = 500\nrobots = \"maybe\"\n").write("a.html", page("Ferry stays"));
    for args in [&["config", "--check"][..], &["clean", "a.html"], &["config"]] {
        let run = desk.run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        let expected = "error: config.toml, line 2\n    2 | host_delay = 500\n      | ^^^^^^^^^^\n    \
                        unknown field `host_delay`, expected `host_delay_ms`\n\
                        config.toml, line 3\n    3 | robots = \"maybe\"\n      |          ^^^^^^^\n    \
                        unknown variant `maybe`, expected `obey` or `ignore`\n\nhint: ";
        assert!(run.err.starts_with(expected), "{}", run.err);
    }
}

#[test]
fn impossible_values_are_pointed_at() {
    let desk = Desk::new();
    for (key, value) in [("redirects_max", "11"), ("timeout_ms", "0"), ("allow_private", "[\"10.1.0.0/99\"]")] {
        desk.write("config.toml", format!("[fetch]\n{key} = {value}\n"));
        let run = desk.run(&["config", "--check"]);
        assert!(run.code == 2 && run.err.starts_with("error: config.toml, line 2\n"), "{key}: {}", run.err);
        assert!(run.err.contains("^"), "{key}: {}", run.err);
    }
}

#[test]
fn a_right_file_is_called_right() {
    let desk = Desk::new();
    desk.write("config.toml", SOURCE);
    let run = desk.run(&["config", "--check"]);
    assert!(run.code == 0 && run.err.contains("all of them right"), "{}", run.err);
    assert_eq!(desk.run(&["--config", "nowhere.toml", "config"]).code, 2);
}
