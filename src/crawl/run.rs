//! One run, from the lock to the summary.

use super::keeper::Keeper;
use super::outbox::{Output, OutputError};
use super::read::Known;
use super::source::{Source, Sources};
use super::summary::Summary;
use super::visit::{Shared, Visited, visit};
use super::{Archiving, CrawlError, Lock, Options, metrics, now};
use crate::archive::{self, Archive};
use crate::fetch::{self, Fetcher};
use crate::frontier::{self, Frontier, Leased, SourceId};
use crate::sink::SinkError;
use crate::store::{self, Database, Filter, Millis, StoreError};
use crate::{extract, url};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// How long a run waits for a host that has something due and is well, or said when to come back: longer than the
/// longest `Crawl-delay` that is kept to.
const PATIENCE: Millis = 130_000;
/// A run that waits looks again after so long, whatever it was told.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Visits after which the log is pruned.
const PRUNE_EVERY: u64 = 5_000;
const DAY: Millis = 86_400_000;

/// What a run is about.
pub struct Job<'a> {
    /// How pages are asked for.
    pub fetch: &'a fetch::Options,
    /// How pages are read.
    pub extract: &'a extract::Options,
    /// How the crawl runs.
    pub options: &'a Options,
    /// Whether pages are kept as served.
    pub archiving: &'a Archiving,
    /// All sources.
    pub sources: &'a Sources,
    /// What is wanted this time.
    pub plan: Plan,
}

/// What is wanted of one run.
#[derive(Default)]
pub struct Plan {
    /// Only these sources; empty for all.
    pub only: Vec<String>,
    /// Feeds, sitemaps and sections are asked for whether they are due or not.
    pub all_due: bool,
    /// Stays, and follows the schedules.
    pub stays: bool,
    /// Most pages, robots.txt not counted.
    pub pages_max: Option<u64>,
    /// Longest time, after which the run is told to end.
    pub time_max: Option<Duration>,
    /// Where articles go as they arrive.
    pub output: Option<Output>,
    /// The last version that the output has, if it knows.
    pub output_has: Option<i64>,
    /// Where figures can be asked for.
    pub metrics: Option<SocketAddr>,
}

/// What a run is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stop {
    /// Go on.
    #[default]
    Go,
    /// Begin nothing new, and finish what is under way.
    Drain,
    /// End now.
    Now,
}

/// What happens in a run, for whoever watches.
#[derive(Debug)]
pub enum Event<'a> {
    /// It has begun.
    Started {
        /// Sources it is about.
        n_sources: usize,
        /// Where figures can be asked for.
        metrics: Option<SocketAddr>,
    },
    /// A page is done.
    Visited(&'a Visited),
    /// Nothing can be done until then.
    Waiting {
        /// Milliseconds from now.
        for_ms: Millis,
    },
    /// The run is to end; so many pages are under way.
    Draining {
        /// How many.
        n_under_way: usize,
    },
}

/// Crawls. `stop` tells it to end, `watch` is told what happens.
///
/// # Errors
///
/// If it cannot begin, or the store, the archive or the output is lost. What was settled before stands.
pub async fn run(
    job: Job<'_>,
    stop: watch::Receiver<Stop>,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Summary, CrawlError> {
    let Job { fetch, extract, options, archiving, sources, mut plan } = job;
    let chosen = chosen(sources, &plan.only)?;
    let fetcher = Fetcher::new(fetch)?;
    let _lock = Lock::take(&options.store)?;
    let frontier = Frontier::open(&options.store, &options.frontier, now())?;
    let delay_ms = Millis::try_from(fetch.host_delay_ms.get()).unwrap_or(Millis::MAX);
    let known = begin(&frontier, &chosen, options, extract, delay_ms, plan.all_due)?;
    let proxied = proxied(fetch, &known)?;
    let output = match plan.output.take() {
        Some(output) => Some(Outgoing::begin(output, plan.output_has, &options.store, frontier.database())?),
        None => None,
    };
    let archive = match archiving.dir.as_os_str().is_empty() {
        true => None,
        false => {
            let dir = archiving.dir.clone();
            let user_agent = fetcher.user_agent().to_owned();
            let file_bytes_max = archiving.file_bytes_max;
            let options = archive::Options { dir, prefix: "copydesk".to_owned(), file_bytes_max, user_agent };
            Some(Mutex::new(Archive::open(&options).map_err(CrawlError::Archive)?))
        }
    };
    let n_slots = usize::try_from(options.concurrency.get()).unwrap_or(usize::MAX);
    let (keeper, thread) = Keeper::start(frontier, 2 * n_slots, now)?;
    let summary = Arc::new(Mutex::new(Summary::default()));
    let metrics = match plan.metrics {
        Some(address) => Some(metrics::serve(address, Arc::clone(&summary)).await?),
        None => None,
    };
    watch(Event::Started { n_sources: known.len(), metrics });
    let n_readers = std::thread::available_parallelism().map_or(1, usize::from);
    let shared = Arc::new(Shared {
        fetcher,
        proxied,
        keeper: keeper.clone(),
        sources: known.into_iter().map(|known| (known.id, Arc::new(known))).collect(),
        delay_ms,
        reservations: options.reservations,
        archive,
        readers: Semaphore::new(n_readers),
    });
    let mut crawl = Crawl {
        shared,
        keeper,
        options,
        plan,
        n_slots,
        visits: JoinSet::new(),
        output,
        summary: Arc::clone(&summary),
        n_begun: 0,
        n_ended: 0,
        per_source: HashMap::new(),
    };
    let ended = crawl.go(stop, watch).await;
    let is_at_once = matches!(ended, Ok(Stop::Now));
    drop(crawl);
    if !is_at_once {
        // It ends when the last visit has let go of it; those that were given up may still be reading a page.
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
    ended?;
    let summary = summary.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(summary)
}

/// The sources that a run is about.
fn chosen<'a>(sources: &'a Sources, only: &'a [String]) -> Result<Vec<(&'a str, &'a Source)>, CrawlError> {
    if sources.is_empty() {
        return Err(CrawlError::NoSources);
    }
    if only.is_empty() {
        return Ok(sources.iter().collect());
    }
    let named = |name: &'a String| match sources.get(name) {
        Some(source) => Ok((name.as_str(), source)),
        None => Err(CrawlError::NoSuchSource { name: name.clone() }),
    };
    only.iter().map(named).collect()
}

/// Tells the frontier of the sources, and what of them is due.
fn begin(
    frontier: &Frontier,
    chosen: &[(&str, &Source)],
    options: &Options,
    extract: &extract::Options,
    delay_ms: Millis,
    all_due: bool,
) -> Result<Vec<Known>, StoreError> {
    let names: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
    let ids = frontier.activate(&names, now())?;
    let mut known = Vec::with_capacity(ids.len());
    for (id, (name, source)) in ids.into_iter().zip(chosen) {
        let since_days = source.since_days.unwrap_or(options.since_days);
        let since = (since_days > 0).then(|| now() - Millis::from(since_days) * DAY);
        let source = Known::new(id, name, source, since, extract);
        frontier.discover(&source.leads(), delay_ms, now())?;
        tick(frontier, &source, all_due)?;
        known.push(source);
    }
    Ok(known)
}

/// Who fetches for the sources that have a proxy of their own.
fn proxied(options: &fetch::Options, known: &[Known]) -> Result<HashMap<SourceId, Fetcher>, CrawlError> {
    let own = known.iter().filter_map(|known| Some((known.id, known.source.proxy.clone()?)));
    own.map(|(id, proxy)| Ok((id, Fetcher::new(&fetch::Options { proxy: Some(proxy), ..options.clone() })?))).collect()
}

/// Makes a source due if its schedule says so, or `all_due`. Gives when it is next.
fn tick(frontier: &Frontier, known: &Known, all_due: bool) -> Result<Option<Millis>, StoreError> {
    let noted = frontier.next_run_at(known.id)?;
    let next = known.source.schedule.as_ref().and_then(|schedule| schedule.after(now(), &known.source.zone));
    // However many ticks were missed, the source runs once.
    let is_due = next.is_some() && noted.is_some_and(|noted| noted <= now());
    if is_due || all_due {
        frontier.make_due(known.id, now())?;
    }
    if noted != next {
        frontier.set_next_run(known.id, next)?;
    }
    Ok(next)
}

/// A run under way.
struct Crawl<'a> {
    shared: Arc<Shared>,
    keeper: Keeper,
    options: &'a Options,
    plan: Plan,
    n_slots: usize,
    visits: JoinSet<Result<Visited, CrawlError>>,
    output: Option<Outgoing>,
    summary: Arc<Mutex<Summary>>,
    /// Pages, robots.txt not counted.
    n_begun: u64,
    n_ended: u64,
    per_source: HashMap<String, u64>,
}

type Leasing = Pin<Box<dyn Future<Output = Result<Leased, CrawlError>> + Send>>;

impl Crawl<'_> {
    /// Goes on until nothing is left to do, or it is told to stop. Gives how it was told.
    async fn go(
        &mut self,
        mut stop: watch::Receiver<Stop>,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<Stop, CrawlError> {
        let mut told = Stop::Go;
        let mut is_hungry = true;
        let mut leasing: Option<Leasing> = None;
        let mut look_again = Instant::now();
        let mut end_at = self.plan.time_max.map(|time_max| Instant::now() + time_max);
        let mut next_tick = self.next_tick().await?;
        loop {
            let n_free = self.n_free();
            if told == Stop::Go && is_hungry && n_free > 0 && leasing.is_none() {
                let keeper = self.keeper.clone();
                leasing = Some(Box::pin(async move { keeper.lease(n_free).await }));
                is_hungry = false;
            }
            if leasing.is_none() && self.visits.is_empty() && (told != Stop::Go || self.is_full()) {
                break;
            }
            let tick_at = next_tick.map(|at| Instant::now() + duration(at - now()));
            let wake_at = tick_at.map_or(look_again, |tick_at| tick_at.min(look_again));
            tokio::select! {
                leased = async { leasing.as_mut().expect("checked").await }, if leasing.is_some() => {
                    leasing = None;
                    let Leased { tasks, next_at, next_due_at } = leased?;
                    if tasks.is_empty() {
                        let is_over = next_due_at.is_none_or(|at| at > now() + PATIENCE);
                        if self.visits.is_empty() && is_over && !self.plan.stays {
                            break;
                        }
                        let wait = next_at.map_or(LOOK_AGAIN, |at| duration(at - now())).min(LOOK_AGAIN);
                        look_again = Instant::now() + wait;
                        if self.visits.is_empty() && wait > Duration::from_secs(1) {
                            watch(Event::Waiting { for_ms: Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX) });
                        }
                    } else {
                        // There may be more; and if not, the answer says when there will be.
                        is_hungry = true;
                        // Those that come too late are given back by the next run, as after a death.
                        for task in tasks.into_iter().filter(|_| told == Stop::Go) {
                            self.n_begun += 1;
                            self.visits.spawn(visit(Arc::clone(&self.shared), task));
                        }
                    }
                }
                Some(visited) = self.visits.join_next() => {
                    is_hungry = true;
                    match visited {
                        Ok(visited) => self.ended(&visited?, watch).await?,
                        // It was given up; its lease is taken back by the next run.
                        Err(error) if error.is_cancelled() => {}
                        Err(error) => std::panic::resume_unwind(error.into_panic()),
                    }
                }
                () = sleep_until(wake_at), if told == Stop::Go && leasing.is_none() => {
                    is_hungry = true;
                    look_again = Instant::now() + LOOK_AGAIN;
                    if next_tick.is_some_and(|at| at <= now()) {
                        next_tick = self.next_tick().await?;
                    }
                }
                () = async { sleep_until(end_at.expect("checked")).await }, if end_at.is_some() => {
                    end_at = None;
                    match told {
                        Stop::Go => {
                            told = Stop::Drain;
                            end_at = Some(self.drain(watch));
                        }
                        Stop::Drain | Stop::Now => self.visits.abort_all(),
                    }
                }
                Ok(()) = stop.changed() => {
                    let wish = *stop.borrow();
                    match wish {
                        Stop::Go => {}
                        Stop::Drain if told == Stop::Go => {
                            told = Stop::Drain;
                            end_at = Some(self.drain(watch));
                        }
                        Stop::Drain => {}
                        Stop::Now => return Ok(Stop::Now),
                    }
                }
                written = async { self.output.as_mut().expect("checked").step(&self.keeper).await }, if self.output.is_some() => {
                    match written {
                        Ok(()) => {}
                        // Nobody reads any more, and nobody is to be told.
                        Err(CrawlError::Output(OutputError::Sink(SinkError::Closed))) => {
                            self.output = None;
                            told = Stop::Drain;
                            end_at = Some(self.drain(watch));
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        if let Some(mut output) = self.output.take() {
            match output.finish(&self.keeper).await {
                Ok(()) | Err(CrawlError::Output(OutputError::Sink(SinkError::Closed))) => {}
                Err(error) => return Err(error),
            }
        }
        self.prune().await?;
        Ok(told)
    }

    /// Slots that may be filled now.
    fn n_free(&self) -> usize {
        let n_left = self.plan.pages_max.map_or(u64::MAX, |max| max.saturating_sub(self.n_begun));
        (self.n_slots - self.visits.len().min(self.n_slots)).min(usize::try_from(n_left).unwrap_or(usize::MAX))
    }

    /// Whether as many pages were asked for as are wanted.
    fn is_full(&self) -> bool {
        self.plan.pages_max.is_some_and(|max| self.n_begun >= max)
    }

    /// Tells that the run is to end. Gives until when it waits.
    fn drain(&self, watch: &mut dyn FnMut(Event<'_>)) -> Instant {
        watch(Event::Draining { n_under_way: self.visits.len() });
        Instant::now() + Duration::from_secs(u64::from(self.options.drain_seconds))
    }

    async fn ended(&mut self, visited: &Visited, watch: &mut dyn FnMut(Event<'_>)) -> Result<(), CrawlError> {
        {
            let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
            summary.add(visited);
            summary.n_in_flight = self.visits.len() as u64;
        }
        watch(Event::Visited(visited));
        if visited.kind == "robots" || !visited.is_sent {
            self.n_begun -= 1;
            return Ok(());
        }
        if let Some(output) = self.output.as_mut().filter(|_| visited.put.is_some()) {
            output.is_due = true;
        }
        self.n_ended += 1;
        if self.n_ended.is_multiple_of(PRUNE_EVERY) {
            self.prune().await?;
        }
        let n_pages = self.per_source.entry(visited.source.clone()).or_default();
        *n_pages += 1;
        if *n_pages == self.options.pages_per_source_max {
            let id = self.shared.sources.values().find(|it| it.name == visited.source).map(|it| it.id);
            if let Some(id) = id {
                self.keeper.with(move |frontier| frontier.rest(id)).await?;
            }
        }
        Ok(())
    }

    /// Makes due what the schedules say. Gives the next of their ticks; none if the run does not stay.
    async fn next_tick(&self) -> Result<Option<Millis>, CrawlError> {
        if !self.plan.stays {
            return Ok(None);
        }
        let sources: Vec<Arc<Known>> = self.shared.sources.values().cloned().collect();
        let ticks = self.keeper.with(move |frontier| {
            sources.iter().map(|known| tick(frontier, known, false)).collect::<Result<Vec<_>, _>>()
        });
        Ok(ticks.await?.into_iter().flatten().min())
    }

    async fn prune(&self) -> Result<(), CrawlError> {
        let rows_max = i64::from(self.options.log_rows_max);
        self.keeper
            .with(move |frontier| frontier.database().transaction(|it| store::prune(it, rows_max).map(drop)))
            .await
    }
}

fn duration(ms: Millis) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// What a thread that wrote gives back, and the last version that it wrote.
type Written = (Output, Database, Result<i64, OutputError>);

/// An output, and how far it has come.
struct Outgoing {
    /// Taken while a thread writes.
    parts: Option<(Output, Database)>,
    writing: Option<tokio::task::JoinHandle<Written>>,
    name: String,
    /// The last version written, and the last that the store knows to be written.
    cursor: i64,
    noted: i64,
    is_due: bool,
}

impl Outgoing {
    fn begin(output: Output, has: Option<i64>, store: &std::path::Path, own: &Database) -> Result<Self, CrawlError> {
        let name = output.name().to_owned();
        // A stream has what this run brings, whatever another had; a file goes on where it was.
        let cursor = match name.as_str() {
            "-" => store::last_seq(own)?,
            name => store::output_cursor(own, name)?.max(has.unwrap_or(0)),
        };
        let database = Database::open_to_read(store)?;
        Ok(Self { parts: Some((output, database)), writing: None, name, cursor, noted: cursor, is_due: true })
    }

    /// Begins to write if something is due, or ends what was begun; else waits forever. May be given up at any time,
    /// and begun again.
    async fn step(&mut self, keeper: &Keeper) -> Result<(), CrawlError> {
        if self.noted < self.cursor {
            let (name, cursor) = (self.name.clone(), self.cursor);
            keeper.with(move |frontier| store::set_output_cursor(frontier.database(), &name, cursor)).await?;
            self.noted = cursor;
            return Ok(());
        }
        if let Some(writing) = &mut self.writing {
            let ended = writing.await;
            self.writing = None;
            let Ok((output, database, written)) = ended else { return Err(CrawlError::KeeperLost) };
            self.parts = Some((output, database));
            self.cursor = self.cursor.max(written?);
            return Ok(());
        }
        if !self.is_due {
            return std::future::pending().await;
        }
        self.is_due = false;
        let Some((mut output, database)) = self.parts.take() else { return Err(CrawlError::KeeperLost) };
        let cursor = self.cursor;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            let written = output.pump(&database, &Filter::default(), cursor);
            (output, database, written)
        }));
        Ok(())
    }

    /// Writes the rest.
    async fn finish(&mut self, keeper: &Keeper) -> Result<(), CrawlError> {
        self.is_due = true;
        while self.is_due || self.writing.is_some() || self.noted < self.cursor {
            self.step(keeper).await?;
        }
        Ok(())
    }
}

/// What a run would ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The source's name.
    pub source: String,
    /// What is expected there.
    pub kind: &'static str,
    /// The address.
    pub url: String,
    /// Until when its host is to be left alone, if it asked for that.
    pub held_until: Option<Millis>,
}

/// Up to `n_max` addresses that a run would ask for now, those of the settings first that were never asked for. Sends
/// nothing and changes nothing.
///
/// # Errors
///
/// As [`run`].
pub fn planned(sources: &Sources, options: &Options, plan: &Plan, n_max: usize) -> Result<Vec<Planned>, CrawlError> {
    let chosen = chosen(sources, &plan.only)?;
    let database = match Database::open_to_read(&options.store) {
        Ok(database) => Some(database),
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let mut planned = Vec::new();
    for (name, source) in &chosen {
        for lead in Known::new(0, name, source, None, &extract::Options::default()).leads() {
            let is_known = match &database {
                Some(database) => frontier::is_known(database, &lead.url)?,
                None => false,
            };
            if (!is_known || plan.all_due) && url::normal_form(&lead.url).is_ok() {
                let kind = super::read::word(lead.kind);
                planned.push(Planned { source: (*name).to_owned(), kind, url: lead.url.into(), held_until: None });
            }
        }
    }
    if let Some(database) = &database {
        let names: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
        for due in frontier::due(database, &names, n_max, now())? {
            if !planned.iter().any(|it| it.url == due.url) {
                let kind = super::read::word(due.kind);
                planned.push(Planned { source: due.source, kind, url: due.url, held_until: due.held_until });
            }
        }
    }
    planned.truncate(n_max);
    Ok(planned)
}
