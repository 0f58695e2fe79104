//! The pace a host is owed: how many pages of it at once, how long between two, and when it has asked for peace.
//!
//! A host is a name or an address, whatever the scheme and port: one machine answers them all. A [`Turn`] is the
//! right to send requests to it; who holds one has waited. Clocks are those of this fetcher: two programs do not
//! know of each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Hosts remembered at most; beyond, those that nobody waits for and that are owed nothing are forgotten.
const HOSTS_MAX: usize = 10_000;

/// All hosts, each with its clock.
#[derive(Debug)]
pub(super) struct Hosts {
    per_host_concurrency: usize,
    block_max: Duration,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Debug)]
struct Host {
    places: Arc<Semaphore>,
    clock: Mutex<Clock>,
}

#[derive(Debug, Clone, Copy)]
struct Clock {
    /// No request starts before this.
    next_start: Instant,
    /// Until when the host itself wants no request, and the status it said so with.
    blocked: Option<(Instant, u16)>,
}

/// The right to send requests to a host, until dropped.
#[derive(Debug)]
pub(super) struct Turn {
    host_name: String,
    host: Arc<Host>,
    _place: OwnedSemaphorePermit,
}

/// The host wants no request for longer than we wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blocked {
    /// What it said so with.
    pub(super) status: u16,
    /// For how much longer.
    pub(super) wait: Duration,
}

impl Hosts {
    /// `block_max`: how long a host's own wish (`Retry-After`) is waited for.
    pub(super) fn new(per_host_concurrency: usize, block_max: Duration) -> Self {
        Self { per_host_concurrency, block_max, hosts: Mutex::default() }
    }

    /// Waits for a place and for the host's clock; the next start is then `delay` away.
    pub(super) async fn turn(&self, host_name: &str, delay: Duration) -> Result<Turn, Blocked> {
        let host = self.host(host_name);
        let place = Arc::clone(&host.places).acquire_owned().await.expect("the semaphore is never closed");
        loop {
            let start = {
                let mut clock = host.clock();
                let now = Instant::now();
                let start = match clock.blocked {
                    Some((until, status)) if until > now + self.block_max => {
                        return Err(Blocked { status, wait: until - now });
                    }
                    Some((until, _)) => until.max(clock.next_start),
                    None => clock.next_start,
                };
                if start <= now {
                    clock.next_start = now + delay;
                    break;
                }
                start
            };
            sleep_until(start).await;
        }
        Ok(Turn { host_name: host_name.to_owned(), host, _place: place })
    }

    fn host(&self, host_name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get(host_name) {
            return Arc::clone(host);
        }
        let now = Instant::now();
        if hosts.len() >= HOSTS_MAX {
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.clock().is_owed(now));
        }
        let host = Arc::new(Host {
            places: Arc::new(Semaphore::new(self.per_host_concurrency)),
            clock: Mutex::new(Clock { next_start: now, blocked: None }),
        });
        hosts.insert(host_name.to_owned(), Arc::clone(&host));
        host
    }
}

impl Host {
    fn clock(&self) -> std::sync::MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock {
    fn is_owed(&self, now: Instant) -> bool {
        self.next_start > now || self.blocked.is_some_and(|(until, _)| until > now)
    }
}

impl Turn {
    /// The host it is a turn at.
    pub(super) fn host_name(&self) -> &str {
        &self.host_name
    }

    /// No request to the host starts within `wait`: it is struggling.
    pub(super) fn pause(&self, wait: Duration) {
        let mut clock = self.host.clock();
        clock.next_start = clock.next_start.max(later(wait));
    }

    /// The host itself wants no request within `wait`, and said so with `status`.
    pub(super) fn block(&self, wait: Duration, status: u16) {
        let mut clock = self.host.clock();
        let until = later(wait);
        if clock.blocked.is_none_or(|(before, _)| before < until) {
            clock.blocked = Some((until, status));
        }
    }
}

/// A wait beyond what clocks can hold is cut to a year: we shall not run that long.
fn later(wait: Duration) -> Instant {
    Instant::now() + wait.min(Duration::from_secs(365 * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn starts_at_one_host_keep_their_distance() {
        let hosts = Hosts::new(8, SECOND);
        let begin = Instant::now();
        let turns = (0..4).map(|_| async {
            let _turn = hosts.turn("a.example", SECOND).await.unwrap();
            begin.elapsed().as_secs()
        });
        assert_eq!(futures_util::future::join_all(turns).await, [0, 1, 2, 3]);
        hosts.turn("b.example", SECOND).await.unwrap();
        assert_eq!(begin.elapsed().as_secs(), 3, "another host waits for nobody");
    }

    #[tokio::test(start_paused = true)]
    async fn places_at_one_host_are_limited() {
        let hosts = Hosts::new(2, SECOND);
        let begin = Instant::now();
        let turns = (0..6).map(|_| async {
            let _turn = hosts.turn("a.example", Duration::ZERO).await.unwrap();
            tokio::time::sleep(SECOND).await;
            begin.elapsed().as_secs()
        });
        assert_eq!(futures_util::future::join_all(turns).await, [1, 1, 2, 2, 3, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_block_is_waited_for_and_a_long_one_is_not() {
        let hosts = Hosts::new(2, 10 * SECOND);
        let begin = Instant::now();
        hosts.turn("a.example", Duration::ZERO).await.unwrap().block(9 * SECOND, 503);
        let turn = hosts.turn("a.example", Duration::ZERO).await.unwrap();
        assert_eq!(begin.elapsed(), 9 * SECOND);
        turn.block(3_600 * SECOND, 429);
        turn.block(SECOND, 503);
        let blocked = hosts.turn("a.example", Duration::ZERO).await.unwrap_err();
        assert_eq!(blocked, Blocked { status: 429, wait: 3_600 * SECOND });
        assert_eq!(begin.elapsed(), 9 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_all_of_the_host() {
        let hosts = Hosts::new(2, Duration::ZERO);
        let begin = Instant::now();
        hosts.turn("a.example", Duration::ZERO).await.unwrap().pause(5 * SECOND);
        hosts.turn("a.example", Duration::ZERO).await.unwrap();
        assert_eq!(begin.elapsed(), 5 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_that_are_owed_nothing_are_forgotten() {
        let hosts = Hosts::new(1, Duration::ZERO);
        let held = hosts.turn("held.example", Duration::ZERO).await.unwrap();
        hosts.turn("owed.example", 60 * SECOND).await.unwrap();
        for n in 0..2 * HOSTS_MAX {
            hosts.turn(&format!("{n}.example"), Duration::ZERO).await.unwrap();
        }
        let kept = hosts.hosts.lock().unwrap();
        assert!(kept.len() <= HOSTS_MAX);
        assert!(kept.contains_key("owed.example") && kept.contains_key(held.host_name()));
    }
}
