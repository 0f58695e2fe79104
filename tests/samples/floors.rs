//! Floors under the figures: a change that makes articles worse on the whole fails here. Lowering one is a deed of its own.

use crate::sample::{Sample, prediction, truths};
use copydesk::evaluate::{Prediction, Report, Summary, Truth, Unspaced, read_truths, report};
use copydesk::extract::{Options, extract};
use copydesk::page::Page;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// How many of the worst pages a failure names.
const N_WORST: usize = 10;

/// A figure that must not fall below its floor.
#[derive(Debug, Clone, Copy)]
pub(super) enum Floor {
    /// Mean word F1 of the bodies.
    Word(f64),
    /// F1 of the snippets.
    Snippet(f64),
    /// Share of headlines that are right letter by letter.
    Title(f64),
    /// Mean F1 of the sets of authors.
    Author(f64),
    /// Share of right days of publication.
    Date(f64),
}

/// Our own samples: what is wanted of them was written by hand.
const SAMPLES: &[Floor] = &[Floor::Word(0.99), Floor::Title(0.98), Floor::Author(0.98), Floor::Date(0.98)];

/// A data set in the corpus with its floors.
#[derive(Debug)]
pub(super) struct Set {
    /// Its folder's name.
    pub(super) name: &'static str,
    /// Floors of all its pages, or of those of one type.
    floors: &'static [(Option<&'static str>, &'static [Floor])],
}

/// A little below what the program gives. The model was made from these sets and our samples, so the figures say that nothing
/// broke, not how well pages of other sites are read.
pub(super) const SETS: &[Set] = &[
    Set {
        name: "fundus-a",
        floors: &[(None, &[Floor::Word(0.985), Floor::Title(0.85), Floor::Author(0.94), Floor::Date(0.98)])],
    },
    Set { name: "traf-a", floors: &[(None, &[Floor::Snippet(0.96)])] },
    Set { name: "wcxb-dev", floors: &[(Some("article"), &[Floor::Word(0.965)]), (None, &[Floor::Word(0.895)])] },
];

impl Floor {
    /// The figure's name, where it stands and where its floor is, if it stands below.
    fn fault(self, summary: &Summary) -> Option<String> {
        let (name, given, floor) = match self {
            Self::Word(floor) => ("word F1", summary.word.map(|it| it.f1), floor),
            Self::Snippet(floor) => ("snippet F1", summary.snippet.map(|it| it.figures.f1), floor),
            Self::Title(floor) => ("headlines", summary.title.map(|it| it.exact), floor),
            Self::Author(floor) => ("author F1", summary.author.map(|it| it.f1), floor),
            Self::Date(floor) => ("dates", summary.date.map(|it| it.same_day), floor),
        };
        match given {
            None => Some(format!("{name}: nothing to measure")),
            Some(given) => (given < floor).then(|| format!("{name} {given:.4}, below its floor {floor}")),
        }
    }
}

fn check(floors: &[Floor], report: &Report) -> Result<(), String> {
    let faults: Vec<String> = floors.iter().filter_map(|floor| floor.fault(&report.summary)).collect();
    if faults.is_empty() { Ok(()) } else { Err(format!("{}\n\n{report}", faults.join("\n"))) }
}

pub(super) fn check_samples(samples: &[Arc<Sample>]) -> Result<(), String> {
    let pairs = truths(samples)?;
    let pairs = pairs.iter().map(|(truth, given)| (truth, given));
    check(SAMPLES, &report(pairs, Unspaced::ByCharacter, N_WORST))
}

impl Set {
    /// Reads every page of the set, on all cores, and compares the figures with their floors. A page that panics is a
    /// fault.
    pub(super) fn check(&self, folder: &Path) -> Result<(), String> {
        let path = folder.join("truth.jsonl");
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let truths = read_truths(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let (predictions, faults) = read_pages(folder, &truths)?;
        if !faults.is_empty() {
            return Err(faults.join("\n"));
        }
        let of_type = |(page_type, floors): &(Option<&str>, &[Floor])| {
            let meant = |truth: &Truth| page_type.is_none() || *page_type == truth.page_type.as_deref();
            let pairs = truths.iter().zip(&predictions).filter(|(truth, _)| meant(truth));
            check(floors, &report(pairs, Unspaced::Whole, N_WORST))
        };
        self.floors.iter().try_for_each(of_type)
    }
}

/// What each page gave, in the order of the truths, and the pages that panicked.
fn read_pages(folder: &Path, truths: &[Truth]) -> Result<(Vec<Prediction>, Vec<String>), String> {
    let outputs: Vec<Mutex<Option<Prediction>>> = truths.iter().map(|_| Mutex::new(None)).collect();
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let fault = |text: String| faults.lock().expect("no thread panics with it").push(text);
    let work = || {
        while let Some((truth, output)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            truths.get(at).zip(outputs.get(at))
        } {
            let path = folder.join("pages").join(format!("{}.html", truth.id));
            let Ok(body) = fs::read(&path) else {
                fault(format!("{} cannot be read", path.display()));
                continue;
            };
            let url = truth.url.as_deref().and_then(|url| url.parse().ok());
            let page = Page::saved(body, url);
            match catch_unwind(AssertUnwindSafe(|| extract(&page, &Options::default()))) {
                Ok(extracted) => *output.lock().expect("no thread panics with it") = Some(prediction(extracted)),
                Err(_) => fault(format!("{} panics", truth.id)),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut faults = faults.into_inner().map_err(|error| error.to_string())?;
    faults.sort();
    let outputs = outputs.into_iter().map(|it| it.into_inner().ok().flatten().unwrap_or_default());
    Ok((outputs.collect(), faults))
}
