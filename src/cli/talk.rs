//! Messages to a person.

use super::{Global, is_watched};
use clap::ColorChoice;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};

/// What may be said, and how.
pub(super) struct Talk {
    err: Box<dyn Write + Send>,
    is_colored: bool,
    is_quiet: bool,
    is_verbose: bool,
    bar: Option<ProgressBar>,
    /// Since when things of unknown number are counted, and how many there were, if they are.
    counting: Option<(Instant, u64)>,
    /// A line for each source of a crawl, while one is watched.
    sources: Option<(MultiProgress, BTreeMap<String, ProgressBar>)>,
    /// Whether the last message ended in a hint, after which a blank line is due.
    has_hinted: bool,
}

/// How long nobody wonders what goes on.
const PATIENCE: Duration = Duration::from_secs(1);

/// Lines for sources that fit a terminal.
const SOURCE_LINES_MAX: usize = 16;

const RED: &str = "\x1b[1;31m";
const CYAN: &str = "\x1b[1;36m";
const PLAIN: &str = "\x1b[0m";

impl Talk {
    pub(super) fn new(err: Box<dyn Write + Send>, global: &Global) -> Self {
        let is_colored = match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // https://no-color.org: set and not empty.
            ColorChoice::Auto => is_watched() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self {
            err,
            is_colored,
            is_quiet: global.quiet,
            is_verbose: global.verbose,
            bar: None,
            counting: None,
            sources: None,
            has_hinted: false,
        }
    }

    /// What ends the run; said also when quiet.
    pub(super) fn fatal(&mut self, error: &dyn Error, hint: Option<&str>) {
        self.message("error", RED, &chain(error), hint);
    }

    /// What went wrong with one input.
    pub(super) fn error(&mut self, message: &str, hint: Option<&str>) {
        if !self.is_quiet {
            self.message("error", RED, message, hint);
        }
    }

    /// What a person should know at the end.
    pub(super) fn note(&mut self, message: &str) {
        if !self.is_quiet {
            self.message("note", CYAN, message, None);
        }
    }

    /// What only those who ask want to know.
    pub(super) fn detail(&mut self, message: &str) {
        if self.is_verbose {
            self.line(message);
        }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        let err = &mut self.err;
        let mut write = || {
            // A closed stderr leaves nobody to tell.
            let _ = writeln!(err, "{line}").and_then(|()| err.flush());
        };
        match (&self.bar, &self.sources) {
            (Some(bar), _) => bar.suspend(write),
            (None, Some((lines, _))) => lines.suspend(write),
            (None, None) => write(),
        }
    }

    fn message(&mut self, label: &str, color: &str, message: &str, hint: Option<&str>) {
        let paint = |label: &str, color: &str| match self.is_colored {
            true => format!("{color}{label}:{PLAIN}"),
            false => format!("{label}:"),
        };
        let gap = if std::mem::replace(&mut self.has_hinted, hint.is_some()) { "\n" } else { "" };
        let mut text = format!("{gap}{} {message}", paint(label, color));
        if let Some(hint) = hint {
            text.push_str(&format!("\n\n{} {hint}", paint("hint", CYAN)));
        }
        self.line(&text);
    }

    /// Shows how far a run of known length has come, on a terminal only.
    pub(super) fn begin_progress(&mut self, n_inputs: usize) {
        if n_inputs < 2 || self.is_quiet || !is_watched() {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(n_inputs as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        self.bar = Some(bar);
    }

    /// Shows how many are done of a run whose length is not known, on a terminal only, and once it takes long.
    pub(super) fn begin_counting(&mut self) {
        if !self.is_quiet && is_watched() {
            self.counting = Some((Instant::now(), 0));
        }
    }

    /// One more is done.
    pub(super) fn progress(&mut self, name: &str) {
        if let Some((began, n_done)) = &mut self.counting {
            *n_done += 1;
            if self.bar.is_none() && began.elapsed() > PATIENCE {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_position(*n_done - 1);
                if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} {wide_msg}") {
                    bar.set_style(style);
                }
                self.bar = Some(bar);
            }
        }
        if let Some(bar) = &self.bar {
            bar.set_message(name.to_owned());
            bar.inc(1);
        }
    }

    /// Shows a line for each source that something happens to, on a terminal only.
    pub(super) fn begin_sources(&mut self) {
        if !self.is_quiet && is_watched() {
            self.sources = Some((MultiProgress::with_draw_target(ProgressDrawTarget::stderr()), BTreeMap::new()));
        }
    }

    /// One more page of a source is done.
    pub(super) fn source_line(&mut self, source: &str, message: &str) {
        let Some((lines, bars)) = &mut self.sources else { return };
        if !bars.contains_key(source) {
            if bars.len() >= SOURCE_LINES_MAX {
                return;
            }
            let bar = lines.add(ProgressBar::no_length());
            if let Ok(style) = ProgressStyle::with_template("{prefix:20} {pos:>6} {wide_msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(source.to_owned());
            bars.insert(source.to_owned(), bar);
        }
        if let Some(bar) = bars.get(source) {
            bar.set_message(message.to_owned());
            bar.inc(1);
        }
    }

    /// Does something that may write to the terminal, with the bar out of the way.
    pub(super) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar away.
    pub(super) fn end_progress(&mut self) {
        self.counting = None;
        if let Some((lines, _)) = self.sources.take() {
            // Nothing is lost if the terminal is.
            let _ = lines.clear();
        }
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// An error with its causes, each after a colon.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_message = cause.to_string();
        // Some libraries repeat the cause in their own message.
        if !message.ends_with(&cause_message) {
            message.push_str(": ");
            message.push_str(&cause_message);
        }
        source = cause.source();
    }
    message
}
