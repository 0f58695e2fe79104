//! `copydesk eval`: how well it does on a folder of pages with references.

use super::pipeline::{self, caught, in_order};
use super::repair::ended;
use super::stats::{Spent, Stopwatch};
use super::{Context, Exit};
use crate::evaluate::{self, Prediction, Truth, Unspaced};
use crate::extract::{self, Options};
use crate::input;
use crate::page::Page;
use clap::Args;
use serde::Deserialize;
use std::error::Error;
use std::io::Write;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use url::Url;

#[derive(Debug, Args)]
#[command(
    after_help = "DIR holds truth.jsonl and pages/<id>.html, or folders with page.html and article.json each, as html-samples \
does, and sample.toml with the page's \"url\". In truth.jsonl a line has \"id\", and any of \"url\", \"text\", \"title\", \"authors\", \"date\", \"with\", \"without\"."
)]
pub(super) struct EvalArgs {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Name this many pages with the lowest F1.
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,
    /// Only pages of this type, in the set's words.
    #[arg(long = "type", value_name = "TYPE")]
    page_type: Option<String>,
    /// Figures as JSON.
    #[arg(long)]
    json: bool,
    /// Pages worked on at once; without it, as many as the machine has processors.
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// A page and what it should give.
struct Case {
    truth: Truth,
    page: PathBuf,
    content_type: Option<String>,
}

/// What `sample.toml` says that a page was served with.
#[derive(Deserialize)]
struct Served {
    url: Option<String>,
    content_type: Option<String>,
}

/// Why a folder cannot be measured on.
#[derive(Debug, thiserror::Error)]
enum EvalError {
    #[error("cannot read {}", .path.display())]
    Unreadable { path: PathBuf, source: Box<dyn Error> },
    #[error("{} holds neither truth.jsonl nor folders with page.html (or page.txt) and article.json", .path.display())]
    NoTruth { path: PathBuf },
}

pub(super) fn run(args: EvalArgs, context: &mut Context) -> Exit {
    let mut cases = match cases(&args.folder) {
        Ok(cases) => cases,
        Err(error) => {
            context.talk.fatal(&error, Some("copydesk eval --help says what such a folder holds"));
            return Exit::Usage;
        }
    };
    if let Some(page_type) = &args.page_type {
        cases.retain(|case| case.truth.page_type.as_ref() == Some(page_type));
    }
    let config = context.settings.config.clone();
    let (talk, stats) = (&mut context.talk, &mut context.stats);
    talk.begin_progress(cases.len());
    pipeline::silence_caught_panics();
    let mut predictions: Vec<Prediction> = Vec::with_capacity(cases.len());
    in_order(
        args.jobs.unwrap_or_else(pipeline::default_threads),
        |hand_over| {
            let _ = cases.iter().try_for_each(hand_over);
        },
        |case: &Case| {
            let stopwatch = Stopwatch::start();
            let page = input::read_one(&case.page, &config.input)
                .map(|page| Page { content_type: case.content_type.clone().or(page.content_type), ..page });
            let read = stopwatch.read();
            let stopwatch = Stopwatch::start();
            let predicted = page.map_err(|error| super::talk::chain(&error)).and_then(|page| {
                let n_bytes = page.body.len();
                let predicted = caught(|| predict(page, &case.truth, &config.extract));
                predicted.map(|predicted| (predicted, n_bytes)).map_err(|panic| format!("broke the program: {panic}"))
            });
            (case.truth.id.as_str(), predicted, read, stopwatch.read())
        },
        |(id, predicted, read, work): (&str, Result<_, String>, Spent, Spent)| {
            stats.inputs += 1;
            stats.read += read;
            stats.work += work;
            predictions.push(match predicted {
                Ok((predicted, n_bytes)) => {
                    stats.articles += 1;
                    stats.bytes += n_bytes as u64;
                    predicted
                }
                Err(message) => {
                    stats.failures += 1;
                    talk.error(&format!("{id}: {message}"), None);
                    Prediction::default()
                }
            });
            talk.progress(id);
            ControlFlow::Continue(())
        },
    );
    talk.end_progress();
    let pages = cases.iter().map(|case| &case.truth).zip(&predictions);
    let report = evaluate::report(pages, Unspaced::default(), args.worst);
    let text = match args.json {
        true => serde_json::to_string(&report).expect("numbers and names"),
        false => report.to_string().trim_end().to_owned(),
    };
    let written = writeln!(context.out, "{text}").and_then(|()| context.out.flush());
    ended(written, context.stats.failures > 0, context)
}

fn predict(page: Page, truth: &Truth, options: &Options) -> Prediction {
    let url = truth.url.as_deref().and_then(|url| Url::parse(url).ok());
    let article = extract::extract(&Page { url: url.or(page.url), ..page }, options).article;
    Prediction {
        text: article.text,
        title: article.metadata.headline,
        authors: article.metadata.author.into_iter().map(|author| author.name).collect(),
        date: article.metadata.date_published,
    }
}

/// The cases of a folder, in the order of its list, or of its folders' names.
fn cases(folder: &Path) -> Result<Vec<Case>, EvalError> {
    let unreadable = |path: &Path, source: Box<dyn Error>| EvalError::Unreadable { path: path.to_owned(), source };
    let list = folder.join("truth.jsonl");
    if list.is_file() {
        let truths = std::fs::read_to_string(&list).map_err(|source| unreadable(&list, source.into()))?;
        let truths = evaluate::read_truths(&truths).map_err(|source| unreadable(&list, source.into()))?;
        // An id is a file's name, not a way to another folder.
        let is_name = |id: &str| Path::new(id).components().count() == 1 && !id.contains(['/', '\\']) && id != "..";
        if let Some(truth) = truths.iter().find(|truth| !is_name(&truth.id)) {
            return Err(unreadable(&list, format!("the id {:?} is no name of a file", truth.id).into()));
        }
        let page = |id: &str| folder.join("pages").join(format!("{id}.html"));
        return Ok(truths.into_iter().map(|truth| Case { page: page(&truth.id), truth, content_type: None }).collect());
    }
    let entries = std::fs::read_dir(folder).map_err(|source| unreadable(folder, source.into()))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort_unstable();
    let mut cases = Vec::new();
    for sample in folders {
        let [html, text] = ["page.html", "page.txt"].map(|name| sample.join(name));
        let (page, article, served) =
            (if html.is_file() { html } else { text }, sample.join("article.json"), sample.join("sample.toml"));
        if !(page.is_file() && article.is_file()) {
            continue;
        }
        let id = sample.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let json = std::fs::read(&article).map_err(|source| unreadable(&article, source.into()))?;
        let json = serde_json::from_slice(&json).map_err(|source| unreadable(&article, source.into()))?;
        let mut truth = Truth::from_article(&id, &json);
        let mut content_type = None;
        if served.is_file() {
            let toml = std::fs::read_to_string(&served).map_err(|source| unreadable(&served, source.into()))?;
            let toml: Served = toml::from_str(&toml).map_err(|source| unreadable(&served, source.into()))?;
            truth.url = toml.url.or(truth.url);
            content_type = toml.content_type;
        }
        cases.push(Case { truth, page, content_type });
    }
    if cases.is_empty() { Err(EvalError::NoTruth { path: folder.to_owned() }) } else { Ok(cases) }
}
