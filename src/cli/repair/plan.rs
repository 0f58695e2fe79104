//! Plans read from files: their repairs made again, or taken back.

use super::super::clean::failure;
use super::super::stats::{Spent, Stopwatch};
use super::super::{Context, Exit};
use super::{ended, unreadable};
use crate::input::{self, InputError, Item, Kind};
use crate::mojibake::{Plan, PlanError, Repair};
use crate::sink::Failure;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::sync_channel;

/// What to do with a plan, and the file it is in.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    Apply(&'a Path),
    Undo(&'a Path),
}

impl<'a> Way<'a> {
    fn path(self) -> &'a Path {
        match self {
            Self::Apply(path) | Self::Undo(path) => path,
        }
    }

    /// Where a repair is made, what stands there and what comes in its place.
    fn change(self, repair: &Repair) -> (usize, &str, &str) {
        match self {
            Self::Apply(_) => (repair.source.start, &repair.from, &repair.to),
            Self::Undo(_) => (repair.offset, &repair.to, &repair.from),
        }
    }
}

/// One line of a plan.
pub(super) type Line = Result<Plan, Failure>;

/// Lines of a plan read ahead.
const AHEAD: usize = 16;

/// Runs `work` with the lines of a plan beside it, one at each call; none where there is no plan, or no more of it.
pub(super) fn beside(
    way: Option<Way<'_>>,
    bounds: &input::Options,
    work: impl FnOnce(Box<dyn Fn() -> Option<Line> + Send>) -> Spent,
) -> Spent {
    let Some(way) = way else { return work(Box::new(|| None)) };
    let (give, given) = sync_channel(AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = input::read(&[way.path().to_owned()], Kind::Jsonl, bounds, &mut |item| {
                if give.send(line(item)).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        });
        work(Box::new(move || given.recv().ok()))
    })
}

/// One line; a record that was not repaired has no repairs.
fn line(item: Item) -> Line {
    let (name, object) = input::open_object(item);
    let mut object = object.map_err(|error| failure(&error))?;
    let repairs = object.remove("repairs").unwrap_or_else(|| Value::Array(Vec::new()));
    let repairs = serde_json::from_value(repairs)
        .map_err(|_| failure(&InputError::Field { name, field: "repairs", expected: "a list of repairs" }))?;
    Ok(Plan { repairs })
}

/// A plan of another text.
pub(super) fn misfit(name: &str, error: &PlanError) -> Failure {
    let hint = "a plan is applied to the text it was made from, and undone on what that became".to_owned();
    Failure { kind: "plan".to_owned(), message: format!("the plan is not of {name}: {error}"), hint: Some(hint) }
}

/// A text with its plan's repairs made or taken back, of any size. What stands before the first repair that does not fit
/// is written by then.
pub(super) fn rewrite_text(path: &Path, way: Way<'_>, context: &mut Context) -> Exit {
    let mut input = match input::open_one(path) {
        Ok(input) => input,
        Err(error) => return unreadable(&error, context),
    };
    let bounds = context.settings.config.input.clone();
    let stopwatch = Stopwatch::start();
    let (mut at, mut repair_idx) = (0, 0);
    let mut outcome: Result<(), Stopped> = Ok(());
    let _ = input::read(&[way.path().to_owned()], Kind::Jsonl, &bounds, &mut |item| {
        outcome = line(item).map_err(Stopped::Failed).and_then(|plan| {
            plan.repairs.iter().try_for_each(|repair| {
                let (offset, from, to) = way.change(repair);
                let fits = copied(&mut input.stream, &mut context.out, offset.checked_sub(at))?
                    && is_next(&mut input.stream, from)?;
                if !fits {
                    let error = PlanError { repair_idx, offset, expected: from.to_owned() };
                    return Err(Stopped::Failed(misfit(&input.name, &error)));
                }
                (at, repair_idx) = (offset + from.len(), repair_idx + 1);
                context.out.write_all(to.as_bytes()).map_err(Stopped::World)
            })
        });
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let outcome = outcome.and_then(|()| {
        io::copy(&mut input.stream, &mut context.out).and_then(|_| context.out.flush()).map_err(Stopped::World)
    });
    context.stats.work += stopwatch.read();
    context.stats.inputs += 1;
    match outcome {
        Ok(()) => {
            context.stats.articles += 1;
            ended(Ok(()), false, context)
        }
        Err(Stopped::World(error)) => ended(Err(error), false, context),
        Err(Stopped::Failed(Failure { message, hint, .. })) => {
            context.stats.failures += 1;
            context.talk.error(&message, hint.as_deref());
            ended(context.out.flush(), true, context)
        }
    }
}

/// Why a text was not rewritten to its end.
enum Stopped {
    Failed(Failure),
    World(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::World(error)
    }
}

/// Copies so many bytes; whether there were that many.
fn copied(from: &mut impl Read, to: &mut impl Write, n_bytes: Option<usize>) -> io::Result<bool> {
    let Some(n_bytes) = n_bytes else { return Ok(false) };
    Ok(io::copy(&mut from.take(n_bytes as u64), to)? == n_bytes as u64)
}

/// Takes as many bytes as `expected` has; whether they are those.
fn is_next(stream: &mut impl Read, expected: &str) -> io::Result<bool> {
    let mut bytes = Vec::new();
    stream.take(expected.len() as u64).read_to_end(&mut bytes)?;
    Ok(bytes == expected.as_bytes())
}
