//! The file in which `clean` keeps what it learned about sites.

use super::{Context, Exit};
use crate::site_memory::SiteMemory;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What a site's other pages say, from a file or from a first pass, and what this run learns.
pub(super) struct Memory {
    file: Option<PathBuf>,
    /// What pages are read with; it does not change while they are.
    pub(super) known: SiteMemory,
    /// What they teach.
    pub(super) learned: SiteMemory,
}

impl Memory {
    /// Reads the file, if it is there.
    ///
    /// # Errors
    ///
    /// The exit code, after the reason was said.
    pub(super) fn open(file: Option<PathBuf>, context: &mut Context) -> Result<Self, Exit> {
        let known = match file.as_deref().map(read) {
            None => SiteMemory::default(),
            Some(Ok(known)) => known,
            Some(Err(error)) => {
                let file = file.unwrap_or_default();
                context.talk.error(
                    &format!("cannot read {} as a site memory: {error}", file.display()),
                    Some("name a file that copydesk wrote, or one that is not there yet"),
                );
                return Err(Exit::Usage);
            }
        };
        Ok(Self { file, known, learned: SiteMemory::default() })
    }

    /// Makes what was learned known.
    pub(super) fn learn(&mut self) {
        self.known.merge(std::mem::take(&mut self.learned));
    }

    /// Writes the file anew, if there is one: whole or not at all.
    ///
    /// # Errors
    ///
    /// The exit code, after the reason was said.
    pub(super) fn close(mut self, context: &mut Context) -> Result<(), Exit> {
        self.learn();
        let Some(file) = self.file else { return Ok(()) };
        let mut beside = file.as_os_str().to_owned();
        beside.push(".new");
        let written = fs::write(&beside, self.known.to_json() + "\n").and_then(|()| fs::rename(&beside, &file));
        written.map_err(|error| {
            context.talk.error(&format!("cannot write {}: {error}", file.display()), None);
            Exit::World
        })
    }
}

fn read(file: &Path) -> Result<SiteMemory, Box<dyn Error>> {
    match fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(SiteMemory::default()),
        Err(error) => return Err(error.into()),
        Ok(facts) if facts.len() > MEMORY_BYTES_MAX => return Err("it is over 1 GiB".into()),
        Ok(_) => {}
    }
    Ok(SiteMemory::from_json(&fs::read(file)?)?)
}

/// What a full memory of as many hosts as it may know takes.
const MEMORY_BYTES_MAX: u64 = 1 << 30;
