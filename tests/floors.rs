//! The shape of the source: a module uses only floors below its own, and a few names appear in one place only.
//!
//! Reads `src/**/*.rs` as text. Comments (and with them examples in docs) and string literals are blanked out first; then
//! every `crate::` path, in `use` lines or in code, tests included, is held against [`FLOORS`].

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. Modules of one floor do not know each other; a new module gets a place here.
const FLOORS: &[&[&str]] = &[
    &["text", "url"],
    &["page", "mojibake", "robots", "duplicate", "evaluate", "words", "site_memory"],
    &["article", "decode", "dom"],
    &["main_content", "metadata", "pagination", "sites", "discover"],
    &["extract"],
    &["store"],
    &["frontier", "archive", "sink", "explain"],
    &["fetch", "input"],
    &["serve", "crawl"],
    &["config"],
    &["cli"],
    &["main"],
];

/// Names that stand only in the files whose path begins so, `src/` left out.
const ONLY_IN: &[(&[&str], &[&str])] = &[
    (&["html5ever::", "markup5ever::", "scraper::"], &["dom.rs", "dom/"]),
    (&["reqwest::"], &["fetch/http"]),
    (&["clap::"], &["cli.rs", "cli/"]),
    (&["rusqlite::"], &["store", "frontier/sqlite"]),
    (&["print!", "println!", "eprint!", "eprintln!", "process::exit"], &["main.rs"]),
];

/// A source file: its path below `src/` with `/` between parts, and its code without comments and literals.
struct Source {
    path: String,
    code: String,
}

impl Source {
    /// The module of the crate's root that it belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().expect("a split gives at least one part");
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules deep it stands: 1 for `text.rs`, 2 for `dom/arena.rs`.
    fn depth(&self) -> usize {
        self.path.split('/').count()
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let read = |file: PathBuf| {
        let below = file.strip_prefix(&root).expect("found below it");
        let path = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        Source { path, code: code(&fs::read_to_string(&file).expect("source is UTF-8")) }
    };
    files.into_iter().map(read).collect()
}

/// The source with comments and the insides of string and character literals made spaces, line by line where they were.
fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let blank_bytes = comment_bytes(rest).or_else(|| literal_bytes(rest, &code)).unwrap_or(0);
        let (blank, after) = rest.split_at(blank_bytes);
        code.extend(blank.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = after;
        if blank_bytes == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    code
}

/// Length of the comment that the text begins with.
fn comment_bytes(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then(|| {
        let (mut at, mut depth) = (0, 0);
        loop {
            let rest = &text.as_bytes()[at..];
            match rest {
                [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
                [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
                [] => return text.len(),
                _ => at += 1,
            }
            if depth == 0 {
                return at;
            }
        }
    })
}

/// Length of the string or character literal that the text begins with, given the code before it.
fn literal_bytes(text: &str, before: &str) -> Option<usize> {
    let goes_on = before.ends_with(|c: char| c == '_' || c.is_alphanumeric());
    if !goes_on || before.ends_with(['b', 'c']) {
        let hashes = text.strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
        if let Some(n) = hashes.filter(|n| text[1 + n..].starts_with('"')) {
            let end = format!("\"{}", "#".repeat(n));
            let inside = &text[n + 2..];
            return Some(n + 2 + inside.find(&end).map_or(inside.len(), |at| at + end.len()));
        }
    }
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut chars = text.char_indices().skip(1);
    if quote == '\'' {
        // `'a'` is a character, `'a` a lifetime.
        let mut ahead = text.chars().skip(1);
        let first = ahead.next()?;
        if first != '\\' && ahead.next() != Some('\'') {
            return None;
        }
    }
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return Some(at + 1);
        }
    }
    Some(text.len())
}

/// Places at which a word stands by itself in the code, as byte offsets.
fn places<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let joined = |c: char| c == '_' || c.is_alphanumeric();
    code.match_indices(word).map(|(at, _)| at).filter(move |at| !code[..*at].ends_with(joined))
}

/// The modules of the crate's root that the code names by paths from `root`, such as `crate::`.
fn uses<'a>(code: &'a str, root: &'a str) -> Vec<&'a str> {
    let mut used = Vec::new();
    for at in places(code, root) {
        let rest = &code[at + root.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            used.push(first_name(rest));
            continue;
        };
        let (mut depth, mut begins) = (1, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => begins = depth == 1,
                c if begins && !c.is_whitespace() => {
                    used.push(first_name(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    used
}

fn first_name(path: &str) -> &str {
    &path[..path.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(path.len())]
}

/// Whether some `super::` in a file of that depth leads to the crate's root, past which `crate::` says it better.
fn leaves_by_super(source: &Source) -> bool {
    let mut n_inner = Vec::new();
    let mut braces = 0_usize;
    let code = &source.code;
    for (at, c) in code.char_indices() {
        match c {
            '{' => {
                let mut before = code[..at].split_whitespace().rev();
                if before.next().is_some() && before.next() == Some("mod") {
                    n_inner.push(braces);
                }
                braces += 1;
            }
            '}' => {
                braces = braces.saturating_sub(1);
                n_inner.pop_if(|outer| *outer == braces);
            }
            's' if code[at..].starts_with("super::") && !code[..at].ends_with("super::") => {
                let path = &code[at..];
                let n_up = (path.len() - path.trim_start_matches("super::").len()) / "super::".len();
                if n_up >= source.depth() + n_inner.len() {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// What is wrong with what a file uses, one sentence each.
fn faults(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(own) = floor(module) else {
        return vec![format!("`{module}` has no floor: give it one in tests/floors.rs")];
    };
    let mut faults: Vec<String> = Vec::new();
    let mut used = uses(&source.code, "crate::");
    used.extend(uses(&source.code, "copydesk::"));
    for used in used.into_iter().filter(|used| *used != module) {
        match floor(used) {
            None => faults.push(format!("`{module}` uses `crate::{used}`, which is no module with a floor")),
            Some(floor) if floor >= own => faults.push(format!("`{module}` uses `{used}`, which is not below it")),
            Some(_) => {}
        }
    }
    if leaves_by_super(source) {
        faults.push(format!("{} leaves `{module}` by `super::`; say `crate::`", source.path));
    }
    faults.dedup();
    faults
}

/// Names in a file that belong elsewhere, one sentence each.
fn misplaced(source: &Source) -> Vec<String> {
    let elsewhere = ONLY_IN.iter().filter(|(_, homes)| !homes.iter().any(|home| source.path.starts_with(home)));
    elsewhere
        .flat_map(|(names, homes)| names.iter().map(move |name| (name, homes)))
        .filter(|(name, _)| places(&source.code, name).next().is_some())
        .map(|(name, homes)| {
            format!("src/{} says `{name}`, which belongs in src/{}", source.path, homes.join(" and src/"))
        })
        .collect()
}

#[test]
fn modules_only_look_down() {
    let sources = sources();
    assert!(sources.iter().any(|it| it.path == "lib.rs") && sources.len() > 5, "the sources are not where they were");
    let faults: Vec<String> = sources.iter().filter(|it| it.path != "lib.rs").flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_foreign_name_has_one_home() {
    let misplaced: Vec<String> = sources().iter().flat_map(misplaced).collect();
    assert!(misplaced.is_empty(), "{}", misplaced.join("\n"));
}

mod the_check {
    use super::{Source, code, faults, misplaced};

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), code: code(text) }
    }

    #[track_caller]
    fn check(path: &str, text: &str, wanted: &[&str]) {
        assert_eq!(faults(&source(path, text)), wanted);
    }

    #[test]
    fn finds_a_use_of_a_floor_above() {
        check("decode.rs", "use crate::crawl::Crawl;", &["`decode` uses `crawl`, which is not below it"]);
        check("dom/arena.rs", "fn f() { crate::extract::extract() }", &["`dom` uses `extract`, which is not below it"]);
    }

    #[test]
    fn finds_a_use_of_a_neighbour_also_in_a_group() {
        let text = "pub use crate::{\n    text::{fold, collapse},\n    metadata::{self},\n};";
        check("main_content.rs", text, &["`main_content` uses `metadata`, which is not below it"]);
    }

    #[test]
    fn finds_a_use_without_a_floor() {
        check(
            "extract.rs",
            "use crate::helpers;",
            &["`extract` uses `crate::helpers`, which is no module with a floor"],
        );
        check("helpers.rs", "", &["`helpers` has no floor: give it one in tests/floors.rs"]);
    }

    #[test]
    fn finds_a_way_out_by_super() {
        check("dom.rs", "use super::extract;", &["dom.rs leaves `dom` by `super::`; say `crate::`"]);
        let text = "mod tests { fn f() { super::super::super::extract::f() } }";
        check("dom/arena.rs", text, &["dom/arena.rs leaves `dom` by `super::`; say `crate::`"]);
        check("dom.rs", "mod a { }\nuse super::extract;", &["dom.rs leaves `dom` by `super::`; say `crate::`"]);
    }

    #[test]
    fn lets_a_module_use_itself_and_what_is_below() {
        check("dom/arena.rs", "use super::NodeId; use crate::dom::Tag; use crate::text::fold;", &[]);
        check("dom.rs", "#[cfg(test)]\nmod tests {\n    use super::*;\n}", &[]);
        check("main.rs", "copydesk::cli::run()", &[]);
    }

    #[test]
    fn passes_over_comments_and_literals() {
        let text = r####"
            //! use crate::crawl;
            /* outer /* use crate::crawl; */ use crate::crawl; */
            const A: &str = "use \" crate::crawl::x";
            const B: &str = r#"use " crate::crawl::x"#;
            const C: [char; 3] = ['"', '\'', '/']; fn f<'a>(a: &'a str) {} // crate::crawl::x
        "####;
        check("decode.rs", text, &[]);
        check(
            "decode.rs",
            "const A: char = '\"'; use crate::crawl; // \"",
            &["`decode` uses `crawl`, which is not below it"],
        );
    }

    #[test]
    fn finds_names_that_belong_elsewhere() {
        let found = |path, text| misplaced(&source(path, text)).len();
        assert_eq!(found("metadata.rs", "use scraper::Html; fn f() { println!() }"), 2);
        assert_eq!(found("dom/arena.rs", "use html5ever::tendril; // println!()"), 0);
        assert_eq!(found("fetch/guard.rs", "reqwest::get(url)"), 1);
        assert_eq!(found("main.rs", "std::process::exit(2)"), 0);
    }
}
