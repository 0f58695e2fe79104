//! What a run cost.

use serde::Serialize;
use std::time::{Duration, Instant};

/// Time spent on something.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.wall += other.wall;
        self.cpu += other.cpu;
    }
}

/// Time from a moment on, on one thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopwatch {
    began: Instant,
    cpu_before: Duration,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self { began: Instant::now(), cpu_before: cpu::of_thread() }
    }

    pub(super) fn read(self) -> Spent {
        Spent { wall: self.began.elapsed(), cpu: cpu::of_thread().saturating_sub(self.cpu_before) }
    }
}

#[cfg(unix)]
mod cpu {
    use rustix::time::{ClockId, clock_gettime};
    use std::time::Duration;

    fn read(clock: ClockId) -> Duration {
        let time = clock_gettime(clock);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
    }

    /// CPU time of this thread since it began.
    pub(super) fn of_thread() -> Duration {
        read(ClockId::ThreadCPUTime)
    }

    /// CPU time of all threads since the program began.
    pub(super) fn of_process() -> Duration {
        read(ClockId::ProcessCPUTime)
    }
}

/// No such clock is to be had without unsafe code; CPU seconds read 0.
#[cfg(not(unix))]
mod cpu {
    use std::time::Duration;

    pub(super) fn of_thread() -> Duration {
        Duration::ZERO
    }

    pub(super) fn of_process() -> Duration {
        Duration::ZERO
    }
}

/// What is counted in a run. Times of one stage are summed over threads.
#[derive(Debug)]
pub(super) struct Stats {
    is_wanted: bool,
    began: Instant,
    /// What was read, or asked for.
    pub(super) inputs: usize,
    /// What gave an article.
    pub(super) articles: usize,
    /// What was read and held none.
    pub(super) without_article: usize,
    /// What could not be read or fetched.
    pub(super) failures: usize,
    /// Bytes of all that was read, compression undone.
    pub(super) bytes: u64,
    /// Time for getting bytes: files, archives, the network.
    pub(super) read: Spent,
    /// Time from bytes to what is written.
    pub(super) work: Spent,
    /// Time for writing.
    pub(super) write: Spent,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    command: &'a str,
    inputs: usize,
    articles: usize,
    without_article: usize,
    failures: usize,
    bytes: u64,
    wall_seconds: f64,
    cpu_seconds: f64,
    stages: Stages,
}

#[derive(Serialize)]
struct Stages {
    read: Seconds,
    work: Seconds,
    write: Seconds,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Seconds {
    wall_seconds: f64,
    cpu_seconds: f64,
}

impl From<Spent> for Seconds {
    fn from(spent: Spent) -> Self {
        Self { wall_seconds: rounded(spent.wall), cpu_seconds: rounded(spent.cpu) }
    }
}

/// Seconds, to the microsecond.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

impl Stats {
    pub(super) fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            began: Instant::now(),
            inputs: 0,
            articles: 0,
            without_article: 0,
            failures: 0,
            bytes: 0,
            read: Spent::default(),
            work: Spent::default(),
            write: Spent::default(),
        }
    }

    /// Wall seconds of the stage that is the point of the run; `None` if nobody asked for figures.
    pub(super) fn work_seconds(&self) -> Option<f64> {
        self.is_wanted.then(|| rounded(self.work.wall))
    }

    /// One line of JSON, if it was asked for.
    pub(super) fn report(&self, command: &str) -> Option<String> {
        let report = Report {
            command,
            inputs: self.inputs,
            articles: self.articles,
            without_article: self.without_article,
            failures: self.failures,
            bytes: self.bytes,
            wall_seconds: rounded(self.began.elapsed()),
            cpu_seconds: rounded(cpu::of_process()),
            stages: Stages { read: self.read.into(), work: self.work.into(), write: self.write.into() },
        };
        self.is_wanted.then(|| serde_json::to_string(&report).expect("numbers and names"))
    }
}
