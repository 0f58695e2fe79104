//! What the site was asked, and when: the truth that tests go by.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::World;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hit {
    /// When its head had been read, in microseconds since the site began.
    pub(crate) at_us: u64,
    /// The host's number.
    pub(crate) host: u32,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) status: u16,
    pub(crate) is_conditional: bool,
    /// Bytes of the body sent.
    pub(crate) bytes: u64,
    /// Requests at that host that were not answered yet, this one included.
    pub(crate) n_at_once: u32,
}

pub(crate) struct Log {
    began: Instant,
    port: u16,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    hits: Vec<Hit>,
    hosts: BTreeMap<u32, Host>,
    file: Option<BufWriter<File>>,
}

#[derive(Default)]
struct Host {
    n_hits: u64,
    n_open: u32,
}

/// A request that has come in.
pub(crate) struct Begun<'a> {
    log: &'a Log,
    at_us: u64,
    host: u32,
    n_at_once: u32,
    pub(crate) n_before: u64,
}

impl Log {
    pub(crate) fn new(port: u16) -> Self {
        Self { began: Instant::now(), port, kept: Mutex::default() }
    }

    /// Writes each hit from now on to a file as well, a JSON object a line.
    pub(crate) fn write_to(&self, file: File) {
        self.kept.lock().unwrap().file = Some(BufWriter::new(file));
    }

    pub(crate) fn begin(&self, host: u32) -> Begun<'_> {
        let mut kept = self.kept.lock().unwrap();
        // Read with the lock held, so that the order of hits is that of their times.
        let at_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let entry = kept.hosts.entry(host).or_default();
        entry.n_hits += 1;
        entry.n_open += 1;
        Begun { log: self, at_us, host, n_at_once: entry.n_open, n_before: entry.n_hits - 1 }
    }

    /// The answer to one request of that host is out.
    pub(crate) fn sent(&self, host: u32) {
        if let Some(host) = self.kept.lock().unwrap().hosts.get_mut(&host) {
            host.n_open = host.n_open.saturating_sub(1);
        }
    }

    /// All requests so far.
    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.kept.lock().unwrap().hits.clone()
    }

    /// Forgets what was asked, as between two runs.
    pub(crate) fn clear(&self) {
        self.kept.lock().unwrap().hits.clear();
    }

    pub(crate) fn flush(&self) {
        if let Some(file) = &mut self.kept.lock().unwrap().file {
            file.flush().expect("the log can be written");
        }
    }
}

impl Begun<'_> {
    pub(crate) fn end(self, target: &str, status: u16, is_conditional: bool, bytes: u64) {
        let Self { log, at_us, host, n_at_once, .. } = self;
        let hit = Hit { at_us, host, target: target.to_owned(), status, is_conditional, bytes, n_at_once };
        let mut kept = log.kept.lock().unwrap();
        if let Some(file) = &mut kept.file {
            let line = serde_json::to_string(&hit).expect("numbers and text");
            writeln!(file, "{line}").expect("the log can be written");
        }
        kept.hits.push(hit);
    }
}

/// The shortest time between two requests to one host, and which host that was.
pub(crate) fn smallest_gap(hits: &[Hit]) -> Option<(Duration, u32)> {
    let mut last: BTreeMap<u32, u64> = BTreeMap::new();
    let mut smallest = None;
    let mut in_time: Vec<&Hit> = hits.iter().collect();
    in_time.sort_by_key(|hit| hit.at_us);
    for hit in in_time {
        if let Some(before) = last.insert(hit.host, hit.at_us) {
            let gap = (Duration::from_micros(hit.at_us - before), hit.host);
            smallest = Some(smallest.map_or(gap, |it: (Duration, u32)| it.min(gap)));
        }
    }
    smallest
}

/// Most requests that one host had open at once.
pub(crate) fn most_at_once(hits: &[Hit]) -> u32 {
    hits.iter().map(|hit| hit.n_at_once).max().unwrap_or(0)
}

/// Requests that robots.txt, or its failure, forbids.
pub(crate) fn violations<'a>(hits: &'a [Hit], world: &World) -> Vec<&'a Hit> {
    hits.iter().filter(|hit| world.is_forbidden(hit.host, &hit.target)).collect()
}

/// How often each address was answered with a body.
pub(crate) fn fetch_counts(hits: &[Hit]) -> BTreeMap<(u32, &str), u32> {
    let mut counts = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.status == 200) {
        *counts.entry((hit.host, hit.target.as_str())).or_default() += 1;
    }
    counts
}

/// Bytes of all bodies.
pub(crate) fn bytes(hits: &[Hit]) -> u64 {
    hits.iter().map(|hit| hit.bytes).sum()
}

/// Hits as [`Log::write_to`] wrote them; a line that is cut off at the end is left out.
pub(crate) fn read(lines: &str) -> Vec<Hit> {
    lines.lines().map_while(|line| serde_json::from_str(line).ok()).collect()
}
