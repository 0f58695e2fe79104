//! Many things at once, their results in the order in which they came.
//!
//! One thread reads, several work, and the caller's thread takes the results. All queues are short, so that a slow
//! reader of our output slows the reading of input, and memory holds a few pages whatever the size of a run.

use super::stats::{Spent, Stopwatch};
use std::any::Any;
use std::cell::Cell;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Things read ahead for each thread that works: one in hand, one waiting.
const AHEAD_PER_THREAD: usize = 2;

/// Reads with `read`, works on each thing with `work` on `n_threads` threads, and gives the results to `take` in the order
/// in which they were read, until there are no more or `take` breaks. Gives the time that reading took.
///
/// A panic in `work` becomes what `panicked` makes of its message.
pub(super) fn in_order<T: Send, R: Send>(
    n_threads: NonZeroUsize,
    read: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) -> Spent {
    let n_ahead = n_threads.get() * AHEAD_PER_THREAD;
    // Each thing goes to a worker with the sending end of a channel of its own, whose receiving end is queued here: taking
    // from these in turn gives the results in order.
    let (queue, queued) = sync_channel::<Receiver<R>>(n_ahead);
    let (give, given) = sync_channel::<(T, SyncSender<R>)>(n_ahead);
    let given = Mutex::new(given);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut spent = Spent::default();
            let mut since = Stopwatch::start();
            read(&mut |thing| {
                spent += since.read();
                let (answer, answered) = sync_channel(1);
                let is_over = queue.send(answered).is_err() || give.send((thing, answer)).is_err();
                since = Stopwatch::start();
                if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            spent += since.read();
            spent
        });
        for _ in 0..n_threads.get() {
            scope.spawn(|| {
                loop {
                    let next = given.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((thing, answer)) = next else { break };
                    // Nobody waits for it if taking has ended.
                    let _ = answer.send(work(thing));
                }
            });
        }
        for answered in queued.iter() {
            let Ok(result) = answered.recv() else { break };
            if take(result).is_break() {
                break;
            }
        }
        drop(queued);
        reader.join().unwrap_or_else(|cause| panic::resume_unwind(cause))
    })
}

thread_local! {
    /// Whether a panic on this thread is caught, and need not be told to anybody by the runtime.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the runtime from printing panics that [`caught`] catches. Once in a program is enough.
pub(super) fn silence_caught_panics() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !IS_CAUGHT.get() {
            tell(panic);
        }
    }));
}

/// What `work` gives, or the message with which it panicked.
pub(super) fn caught<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    IS_CAUGHT.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(false);
    result.map_err(|cause| message(cause.as_ref()))
}

fn message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

/// As many threads as the machine runs at once.
pub(super) fn default_threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn threads(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).expect("not zero")
    }

    #[test]
    fn results_come_in_the_order_of_the_input() {
        for n_threads in [1, 2, 7] {
            let mut taken = Vec::new();
            in_order(
                threads(n_threads),
                |hand_over| {
                    let _ = (0..200_u64).try_for_each(hand_over);
                },
                |n| {
                    std::thread::sleep(Duration::from_micros(n * 37 % 101));
                    n
                },
                |n| {
                    taken.push(n);
                    ControlFlow::Continue(())
                },
            );
            assert_eq!(taken, (0..200).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_taker_that_breaks_ends_an_endless_reader() {
        let mut n_taken = 0;
        in_order(
            threads(3),
            |hand_over| {
                let _ = (0_u64..).try_for_each(hand_over);
            },
            |n| n,
            |_| {
                n_taken += 1;
                if n_taken == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        assert_eq!(n_taken, 5);
    }

    #[test]
    fn a_panic_is_a_message() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| panic!("page {}", 7)), Err::<(), _>("page 7".to_owned()));
    }
}
