//! README.md tells the truth: its commands are there, and print what it says they print.
//!
//! In a block of `console`, a line `$ COMMAND` is run by the shell in a folder with `html-samples`, and what follows is what
//! it prints, errors too; a line `[…]` stands for any number of lines. `UPDATE_README=1` writes in what is printed, where
//! no `[…]` stands. In a block of `sh`, which may need the network, commands and flags must exist.

#![cfg(unix)]

use crate::program::Desk;
use std::path::Path;
use std::process::Command;

const ANY: &str = "[…]";

/// A command, and what the page says that it prints.
struct Shown {
    command: String,
    printed: Vec<String>,
}

/// The blocks of code in one language, as lines.
fn blocks<'a>(markdown: &'a str, language: &str) -> Vec<Vec<&'a str>> {
    let opening = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if line == opening {
            blocks.push(lines.by_ref().take_while(|line| *line != "```").collect());
        }
    }
    blocks
}

fn shown(markdown: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for line in blocks(markdown, "console").into_iter().flatten() {
        match line.strip_prefix("$ ") {
            Some(command) => shown.push(Shown { command: command.to_owned(), printed: Vec::new() }),
            None => shown.last_mut().expect("a block begins with a command").printed.push(line.to_owned()),
        }
    }
    shown
}

/// What a command prints, on both streams.
fn printed(desk: &Desk, command: &str) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_copydesk")).parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("({command}) 2>&1")])
        .env("PATH", format!("{}:{path}", program.display()))
        .current_dir(desk.path("."))
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

/// Whether lines are those expected, with [`ANY`] for any number of them.
fn fits(expected: &[String], found: &[String]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((line, rest)) if line == ANY => (0..=found.len()).any(|skipped| fits(rest, &found[skipped..])),
        Some((line, rest)) => found.first() == Some(line) && fits(rest, &found[1..]),
    }
}

#[test]
fn what_is_shown_is_what_is_printed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut readme = std::fs::read_to_string(&file).expect("README.md");
    let all = shown(&readme);
    assert!(all.len() >= 5, "README.md shows {} commands", all.len());
    let desk = Desk::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("html-samples");
    std::os::unix::fs::symlink(samples, desk.path("html-samples")).expect("a link can be made");
    let update = std::env::var("UPDATE_README").is_ok_and(|it| it == "1");
    for Shown { command, printed: expected } in all {
        let found = printed(&desk, &command);
        if update && !expected.iter().any(|line| line == ANY) {
            let block = |lines: &[String]| {
                format!("$ {command}\n{}", lines.iter().map(|line| format!("{line}\n")).collect::<String>())
            };
            readme = readme.replace(&block(&expected), &block(&found));
        } else {
            assert!(
                fits(&expected, &found),
                "$ {command}\nprints\n{}\nand not\n{}",
                found.join("\n"),
                expected.join("\n")
            );
        }
    }
    if update {
        std::fs::write(&file, readme).expect("README.md can be written");
    }
}

#[test]
fn commands_and_flags_that_are_not_run_exist() {
    let readme = include_str!("../../README.md");
    let commands = blocks(readme, "sh").into_iter().flatten().flat_map(|line| line.split(" && "));
    for command in commands.filter(|command| command.starts_with("copydesk ")) {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let help = Desk::new().run(&["help", words[0]]);
        assert_eq!(help.code, 0, "{command}: {}", help.err);
        // Words in quotes are one argument.
        let mut is_quoted = false;
        let flags = words.iter().filter(|word| {
            let was_quoted = is_quoted;
            is_quoted ^= word.matches('\'').count() % 2 == 1;
            !was_quoted && word.starts_with('-')
        });
        for flag in flags {
            assert!(
                [", ", " ", "\n"].iter().any(|after| help.out.contains(&format!("{flag}{after}"))),
                "{command}: {flag}"
            );
        }
    }
    for script in ["tests/run", ".ci/run"] {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(script).is_file(), "{script}");
    }
}
