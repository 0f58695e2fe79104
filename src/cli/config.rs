//! `copydesk config`: the settings in force, and where each comes from.

use super::talk::Talk;
use super::{Context, Exit};
use crate::config::{FILE_NAME, Override, Settings};
use clap::Args;
use std::io::Write;
use std::path::Path;

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Only look for what is wrong, and say nothing on stdout.
    #[arg(long)]
    pub(super) check: bool,
}

/// All settings as TOML, each with its origin. What it prints can be saved and used as a file.
pub(super) fn run(context: &mut Context) -> Exit {
    let rows = context.settings.rows();
    let mut toml = String::new();
    let mut section = "";
    for (dotted, value, origin) in &rows {
        let (table, key) = dotted.rsplit_once('.').unwrap_or(("", dotted));
        if table != section {
            let gap = if toml.is_empty() { "" } else { "\n" };
            toml.push_str(&format!("{gap}[{table}]\n"));
            section = table;
        }
        toml.push_str(&format!("{:<44} # {origin}\n", format!("{key} = {value}")));
    }
    match context.out.write_all(toml.as_bytes()).and_then(|()| context.out.flush()) {
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            context.talk.fatal(&error, None);
            Exit::World
        }
    }
}

/// Says what is wrong with the settings, or that nothing is.
pub(super) fn check(file: Option<&Path>, overrides: &[Override], talk: &mut Talk) -> Exit {
    match Settings::load(file, overrides) {
        Ok(settings) => {
            let file = file.unwrap_or(Path::new(FILE_NAME));
            let n_set = settings.n_set();
            talk.note(&match (file.exists(), n_set) {
                (true, 1) => format!("{}: 1 key, and it is right", file.display()),
                (true, _) => format!("{}: {n_set} keys, all of them right", file.display()),
                (false, _) => format!("there is no {} here; the defaults are in force", file.display()),
            });
            Exit::Done
        }
        Err(error) => {
            talk.fatal(&error, error.hint());
            Exit::Usage
        }
    }
}
