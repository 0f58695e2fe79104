//! The thread that has the frontier open: one at a time, in batches.
//!
//! Whatever waits to be settled when the thread looks is settled in one transaction, and answered once that is
//! committed. So a busy crawl writes hundreds of pages with one commit, and an idle one waits for nobody.

use super::CrawlError;
use crate::frontier::{Done, Frontier, Leased, Outcome, RobotsFile, Settled, Task};
use crate::store::{Millis, StoreError};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use url::Url;

/// Pages settled in one transaction at most: some 10 ms of work.
const BATCH_MAX: usize = 128;

/// A shared failure: all that waited for one commit share its fate.
type Answer<T> = oneshot::Sender<Result<T, Arc<StoreError>>>;

enum Command {
    Lease { n_max: usize, answer: Answer<Leased> },
    Settle { settled: Box<Settled>, answer: Answer<Done> },
    Robots { url: Url, answer: Answer<Option<RobotsFile>> },
    SettleRobots { visit: Box<RobotsVisit>, answer: Answer<()> },
    Do(Box<dyn FnOnce(&Frontier) + Send>),
}

/// A robots.txt that was asked for in the place of a page.
pub(super) struct RobotsVisit {
    pub(super) task: Task,
    pub(super) file: Option<RobotsFile>,
    pub(super) outcome: Outcome,
    pub(super) answered_at: Millis,
    pub(super) delay_ms: Millis,
}

/// Sends work to the thread. The thread ends when the last of these is dropped.
#[derive(Clone)]
pub(super) struct Keeper {
    commands: mpsc::Sender<Command>,
}

impl Keeper {
    /// Starts the thread; `n_waiting` commands wait for it at most. `now` is the clock.
    pub(super) fn start(
        frontier: Frontier,
        n_waiting: usize,
        now: fn() -> Millis,
    ) -> Result<(Self, std::thread::JoinHandle<()>), CrawlError> {
        let (commands, queue) = mpsc::channel(n_waiting.max(1));
        let thread = std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || keep(&frontier, queue, now))
            .map_err(|source| CrawlError::Thread { source })?;
        Ok((Self { commands }, thread))
    }

    pub(super) async fn lease(&self, n_max: usize) -> Result<Leased, CrawlError> {
        self.ask(|answer| Command::Lease { n_max, answer }).await
    }

    pub(super) async fn settle(&self, settled: Settled) -> Result<Done, CrawlError> {
        self.ask(|answer| Command::Settle { settled: Box::new(settled), answer }).await
    }

    pub(super) async fn robots(&self, url: Url) -> Result<Option<RobotsFile>, CrawlError> {
        self.ask(|answer| Command::Robots { url, answer }).await
    }

    pub(super) async fn settle_robots(&self, visit: RobotsVisit) -> Result<(), CrawlError> {
        self.ask(|answer| Command::SettleRobots { visit: Box::new(visit), answer }).await
    }

    /// Does something rare with the frontier.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Frontier) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, CrawlError> {
        self.ask(|answer| {
            Command::Do(Box::new(move |frontier| {
                let _ = answer.send(work(frontier).map_err(Arc::new));
            }))
        })
        .await
    }

    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, CrawlError> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(command(answer)).await.map_err(|_| CrawlError::KeeperLost)?;
        answered.await.map_err(|_| CrawlError::KeeperLost)?.map_err(CrawlError::Store)
    }
}

fn keep(frontier: &Frontier, mut queue: mpsc::Receiver<Command>, now: fn() -> Millis) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while queue.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        let mut settled = Vec::new();
        let mut others = Vec::new();
        for command in batch.drain(..) {
            match command {
                Command::Settle { settled: page, answer } => settled.push((page, answer)),
                other => others.push(other),
            }
        }
        settle_all(frontier, settled, now());
        for command in others {
            // Whoever asked may have gone: a run that is stopped at once.
            match command {
                Command::Lease { n_max, answer } => drop(answer.send(frontier.lease(n_max, now()).map_err(Arc::new))),
                Command::Robots { url, answer } => drop(answer.send(frontier.robots(&url).map_err(Arc::new))),
                Command::SettleRobots { visit, answer } => {
                    let RobotsVisit { task, file, outcome, answered_at, delay_ms } = *visit;
                    let done = frontier.settle_robots(&task, file.as_ref(), &outcome, answered_at, delay_ms);
                    drop(answer.send(done.map_err(Arc::new)));
                }
                Command::Do(work) => work(frontier),
                Command::Settle { .. } => unreachable!("they were taken out above"),
            }
        }
    }
}

/// Settles all of a batch at once. If one of them cannot be, each is settled alone, and that one without what it
/// brought: it must not come back to stop the next run too.
fn settle_all(frontier: &Frontier, pages: Vec<(Box<Settled>, Answer<Done>)>, now: Millis) {
    if pages.is_empty() {
        return;
    }
    let all: Vec<&Settled> = pages.iter().map(|(page, _)| page.as_ref()).collect();
    match frontier.settle(&all, now) {
        Ok(done) => {
            for ((_, answer), done) in pages.into_iter().zip(done) {
                let _ = answer.send(Ok(done));
            }
        }
        Err(error @ StoreError::Broken { .. }) => {
            let error = Arc::new(error);
            for (page, answer) in pages {
                let alone = |page: &Settled| frontier.settle(&[page], now).map(|done| done[0]);
                let done = alone(&page).or_else(|_| {
                    let fetch = page.fetch.clone().map(|fetch| crate::store::Fetch {
                        outcome: "not-stored".to_owned(),
                        message: Some(error.to_string()),
                        ..fetch
                    });
                    alone(&Settled {
                        outcome: Outcome::Gone,
                        article: None,
                        leads: Vec::new(),
                        archived: Vec::new(),
                        fetch,
                        ..*page
                    })
                });
                let _ = answer.send(done.map_err(Arc::new));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for (_, answer) in pages {
                let _ = answer.send(Err(Arc::clone(&error)));
            }
        }
    }
}
