//! Pages in, articles out: one named case for each folder of `html-samples/`, and floors under what all of them give.
//!
//! A folder holds `page.html` (bytes as served) or `page.txt` (text as another scraper saved it), `sample.toml` (see
//! [`sample::Manifest`]) and `article.json`: what a person wants of the page, as much of the article's JSON as they care to
//! write down. Objects are compared by the keys that are written there, lists item by item, and so on down.
//!
//! `UPDATE_SAMPLES=1` rewrites the keys of each `article.json` from what the page gives, and writes a whole one where there
//! is none; read that diff as you would code. `COPYDESK_CORPUS=DIR`, a folder of data sets with `pages/<id>.html` and
//! `truth.jsonl`, adds floors under the figures on those.

#[path = "samples/compare.rs"]
mod compare;
#[path = "samples/floors.rs"]
mod floors;
#[path = "samples/sample.rs"]
mod sample;

use libtest_mimic::{Arguments, Failed, Trial};
use sample::Sample;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Folders there must be, so that a moved folder does not pass for a sound one.
const SAMPLES_MIN: usize = 20;

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("html-samples");
    let update = std::env::var("UPDATE_SAMPLES").is_ok_and(|it| it == "1");
    let samples: Vec<Arc<Sample>> = sample::folders(&root).into_iter().map(|it| Arc::new(Sample::new(it))).collect();

    let mut trials = vec![Trial::test("there are samples", {
        let n = samples.len();
        move || match n {
            SAMPLES_MIN.. => Ok(()),
            _ => Err(Failed::from(format!("{n} folders in html-samples, not {SAMPLES_MIN} or more"))),
        }
    })];
    for sample in &samples {
        let sample = Arc::clone(sample);
        trials.push(Trial::test(sample.slug.clone(), move || sample.run(update).map_err(Failed::from)));
    }
    trials.push(Trial::test("outputs are valid by the schema and the same twice", {
        let samples = samples.clone();
        move || sample::check_outputs(&samples).map_err(Failed::from)
    }));
    trials.push(Trial::test("floors of all samples", move || floors::check_samples(&samples).map_err(Failed::from)));
    trials.extend(compare::trials());
    if let Some(corpus) = std::env::var_os("COPYDESK_CORPUS") {
        for set in floors::SETS {
            let folder = PathBuf::from(&corpus).join(set.name);
            let name = format!("floors of {}", set.name);
            trials.push(Trial::test(name, move || set.check(&folder).map_err(Failed::from)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
