//! The settings of every stage in one value: built-in defaults, then a TOML file, then the command line.
//!
//! Each section is the `Options` of a module, which also says what is possible: a value that cannot be meant does not
//! parse. All that is wrong in a file is reported at once, each with its line and a caret.

use crate::{crawl, extract, fetch, input};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Read from the working directory when no other file is named.
pub const FILE_NAME: &str = "config.toml";

/// The settings of every stage.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How pages are asked for.
    pub fetch: fetch::Options,
    /// Bounds on what is read.
    pub input: input::Options,
    /// How a page is read.
    pub extract: extract::Options,
    /// How a crawl runs.
    pub crawl: crawl::Options,
    /// Whether a crawl keeps pages as they were served.
    pub archive: crawl::Archiving,
    /// What is crawled, by name.
    pub source: crawl::Sources,
}

/// The settings in force, and where each comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The settings.
    pub config: Config,
    /// By key, as `fetch.contact`; a key that is not in here has its default.
    origins: BTreeMap<String, Origin>,
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// The command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// A key that the command line sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// `fetch.contact = "desk@news.example"`: a line of TOML.
    pub toml: String,
    /// The flag, for messages.
    pub flag: String,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something in the file is wrong.
    #[error("{}", shown(.path, .problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// In the order of the file.
        problems: Vec<Problem>,
    },
    /// A flag sets something that there is not, or to what it cannot be.
    #[error("`{flag}`: {message}")]
    Flag {
        /// The flag.
        flag: String,
        /// What is wrong with it.
        message: String,
    },
}

impl ConfigError {
    /// The way out, where there is one.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable { .. } => None,
            Self::Invalid { .. } | Self::Flag { .. } => Some("`copydesk config` lists all keys with their values"),
        }
    }
}

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// The line as it stands.
    pub text: String,
    /// The characters of the line that are meant.
    pub columns: Range<usize>,
    /// What is wrong with them.
    pub message: String,
}

fn shown(path: &Path, problems: &[Problem]) -> String {
    let parts = problems.iter().map(|problem| {
        let Problem { line, text, columns, message } = problem;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let below = " ".repeat(columns.start) + &"^".repeat(columns.len().max(1));
        format!("{}, line {number}\n    {number} | {text}\n    {margin} | {below}\n    {message}", path.display())
    });
    parts.collect::<Vec<_>>().join("\n")
}

impl Problem {
    fn new(source: &str, span: Range<usize>, message: &str) -> Self {
        let start = span.start.min(source.len());
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
        let end = span.end.clamp(start, line_end);
        Self {
            line: line_number(source, start),
            text: source[line_start..line_end].trim_end().to_owned(),
            columns: source[line_start..start].chars().count()..source[line_start..end].chars().count(),
            message: shortened(message.trim_end()),
        }
    }
}

/// Of all keys that were expected, the one that was meant, where that is plain.
fn shortened(message: &str) -> String {
    let meant = message.split_once("`, expected one of ").and_then(|(start, expected)| {
        let written = start.rsplit('`').next()?;
        let mut keys = expected.split(", ").map(|key| key.trim_matches('`'));
        let key = keys.find(|key| key.contains(written) || written.contains(key) || is_swap_or_slip(written, key))?;
        Some(format!("{start}`, expected `{key}`"))
    });
    meant.unwrap_or_else(|| message.to_owned())
}

/// Whether two words of four letters or more begin and end alike but for at most three letters.
fn is_swap_or_slip(one: &str, other: &str) -> bool {
    let n_start = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let n_end = one.chars().rev().zip(other.chars().rev()).take_while(|(one, other)| one == other).count();
    let (shorter, longer) =
        (one.chars().count().min(other.chars().count()), one.chars().count().max(other.chars().count()));
    shorter >= 4 && n_start + n_end + 3 >= longer
}

fn line_number(source: &str, at: usize) -> usize {
    1 + source[..at].matches('\n').count()
}

impl Settings {
    /// The settings in force: those of `file`, or of [`FILE_NAME`] in the working directory if it is there, and over them
    /// what the command line sets.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or anything in it or among the `overrides` is wrong.
    pub fn load(file: Option<&Path>, overrides: &[Override]) -> Result<Self, ConfigError> {
        let path = file.unwrap_or(Path::new(FILE_NAME));
        let source = match std::fs::read_to_string(path) {
            Ok(source) => source,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        Self::parse(path, &source, overrides)
    }

    fn parse(path: &Path, source: &str, overrides: &[Override]) -> Result<Self, ConfigError> {
        let (mut origins, config) =
            read(path, source).map_err(|problems| ConfigError::Invalid { path: path.to_owned(), problems })?;
        let mut settings = Self { config, origins: BTreeMap::new() };
        for Override { toml, flag } in overrides {
            settings = settings.overridden(toml, flag)?;
        }
        origins.append(&mut settings.origins);
        Ok(Self { origins, ..settings })
    }

    fn overridden(mut self, line: &str, flag: &str) -> Result<Self, ConfigError> {
        let wrong = |message: &str| ConfigError::Flag { flag: flag.to_owned(), message: shortened(message.trim_end()) };
        let set: toml::Table = line.parse().map_err(|error: toml::de::Error| wrong(error.message()))?;
        let mut table = toml::Table::try_from(&self.config).expect("settings are tables, numbers and text");
        for (key, _) in rows(&set) {
            self.origins.insert(key, Origin::Flag(flag.to_owned()));
        }
        merge(&mut table, set);
        let config = table.try_into().map_err(|error: toml::de::Error| wrong(error.message()))?;
        Ok(Self { config, ..self })
    }

    /// Every key with its value as TOML and where it comes from, in the order of [`Config`].
    pub fn rows(&self) -> Vec<(String, String, Origin)> {
        let table = toml::Table::try_from(&self.config).expect("settings are tables, numbers and text");
        let rows = rows(&table).into_iter().map(|(key, value)| {
            let origin = self.origins.get(&key).cloned().unwrap_or(Origin::Default);
            (key, value.to_string(), origin)
        });
        rows.collect()
    }

    /// How many keys are not left at their default by omission.
    pub fn n_set(&self) -> usize {
        self.origins.len()
    }
}

/// Leaves of a table by their dotted keys, in order.
fn rows(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut rows = Vec::new();
    let mut waiting: Vec<(String, &toml::Value)> =
        table.iter().rev().map(|(key, value)| (key.clone(), value)).collect();
    while let Some((key, value)) = waiting.pop() {
        match value.as_table() {
            Some(inner) => {
                waiting.extend(inner.iter().rev().map(|(inner_key, value)| (format!("{key}.{inner_key}"), value)));
            }
            None => rows.push((key, value)),
        }
    }
    rows
}

fn merge(onto: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (onto.get_mut(&key), value) {
            (Some(toml::Value::Table(onto)), toml::Value::Table(from)) => merge(onto, from),
            (_, value) => {
                onto.insert(key, value);
            }
        }
    }
}

/// The settings in a file, and the line of each; or all that is wrong with it.
fn read(path: &Path, source: &str) -> Result<(BTreeMap<String, Origin>, Config), Vec<Problem>> {
    let (mut document, errors) = DeTable::parse_recoverable(source);
    let mut problems: Vec<Problem> =
        errors.iter().map(|error| Problem::new(source, error.span().unwrap_or_default(), error.message())).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut origins = BTreeMap::new();
    lines(path, source, "", document.get_ref(), &mut origins);
    // One error at a time is what a deserializer gives: note it, take what it points at out, and go on.
    loop {
        match Config::deserialize(toml::Deserializer::from(document.clone())) {
            Ok(config) if problems.is_empty() => return Ok((origins, config)),
            Ok(_) => break,
            Err(error) => {
                let span = error.span().unwrap_or_default();
                problems.push(Problem::new(source, span.clone(), error.message()));
                if !remove(document.get_mut(), &span) {
                    break;
                }
            }
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.columns.start));
    Err(problems)
}

/// Takes out the innermost key that a span points at.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let covers = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    for (_, value) in table.iter_mut() {
        if let DeValue::Table(inner) = value.get_mut()
            && remove(inner, span)
        {
            return true;
        }
    }
    let pointed_at = table.iter().find(|(key, value)| covers(key.span()) || covers(value.span()));
    let key = pointed_at.map(|(key, _)| key.get_ref().to_string());
    key.is_some_and(|key| table.remove(key.as_str()).is_some())
}

fn lines(path: &Path, source: &str, prefix: &str, table: &DeTable<'_>, origins: &mut BTreeMap<String, Origin>) {
    for (key, value) in table {
        let dotted = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => lines(path, source, &format!("{dotted}."), inner, origins),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                let line = line_number(source, Spanned::span(key).start);
                origins.insert(dotted, Origin::File { path: path.to_owned(), line });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, message: &str) {
        let error = Settings::parse(Path::new("config.toml"), source, &[]).expect_err("it is wrong");
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        let error = Settings::parse(Path::new("config.toml"), "[fetch]\nhost_delay = 500\n", &[]).expect_err("unknown");
        let message = error.to_string();
        let expected =
            "config.toml, line 2\n    2 | host_delay = 500\n      | ^^^^^^^^^^\n    unknown field `host_delay`";
        assert!(message.starts_with(expected), "{message}");
    }

    #[test]
    fn the_key_that_was_meant_is_named_alone() {
        for (written, meant) in
            [("concurency", "concurrency"), ("retry_max", "retries_max"), ("user-agent", "user_agent")]
        {
            let error = Settings::parse(Path::new("config.toml"), &format!("[fetch]\n{written} = 1\n"), &[]);
            let message = error.expect_err("unknown").to_string();
            assert!(message.ends_with(&format!("unknown field `{written}`, expected `{meant}`")), "{message}");
        }
        let error = Settings::parse(Path::new("config.toml"), "[fetch]\nxyz = 1\n", &[]).expect_err("unknown");
        assert!(error.to_string().contains("expected one of `contact`"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_pointed_at() {
        check(
            "[input]\n\npage_bytes_max = \"big\" # too big\n",
            "config.toml, line 3\n    3 | page_bytes_max = \"big\" # too big\n      |                  ^^^^^\n    \
             invalid type: string \"big\", expected u64",
        );
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let source = "[input]\npage_bytes_max = -1\n[fetch]\nretries_max = 99\n[extract]\nnonsense = 1\n";
        let Err(ConfigError::Invalid { problems, .. }) = Settings::parse(Path::new("config.toml"), source, &[]) else {
            panic!("it is wrong")
        };
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 4, 6]);
    }

    #[test]
    fn syntax_is_pointed_at() {
        let error = Settings::parse(Path::new("config.toml"), "[fetch\n", &[]).expect_err("not TOML");
        assert!(error.to_string().starts_with("config.toml, line 1\n    1 | [fetch\n"), "{error}");
    }

    #[test]
    fn each_key_knows_where_it_comes_from() {
        let source = "[input]\nline_bytes_max = 7\npage_bytes_max = 9\n";
        let flag =
            Override { toml: "input.page_bytes_max = 8".to_owned(), flag: "--set input.page_bytes_max=8".to_owned() };
        let settings = Settings::parse(Path::new("a.toml"), source, &[flag]).expect("right");
        let row = |key: &str| {
            let (_, value, origin) = settings.rows().into_iter().find(|row| row.0 == key).expect("a key");
            format!("{value} {origin}")
        };
        assert_eq!(row("input.line_bytes_max"), "7 a.toml:2");
        assert_eq!(row("input.page_bytes_max"), "8 --set input.page_bytes_max=8");
        assert_eq!(row("input.folder_depth_max"), "64 default");
    }

    #[test]
    fn a_flag_that_is_wrong_is_named() {
        for toml in ["input.nothing = 1", "input.page_bytes_max = true", "input ="] {
            let flag = Override { toml: toml.to_owned(), flag: "--set".to_owned() };
            let error = Settings::parse(Path::new("a.toml"), "", &[flag]).expect_err("it is wrong");
            assert!(matches!(error, ConfigError::Flag { .. }), "{error}");
        }
    }
}
