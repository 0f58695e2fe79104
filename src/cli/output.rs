//! What comes out of `fetch` and `clean`: the flags, and one page's way from bytes to what is written and said.

use super::pages;
use super::pipeline::caught;
use super::stats::{Spent, Stats, Stopwatch};
use super::talk::Talk;
use super::{Context, Exit};
use crate::article::NoArticle;
use crate::dom::Cuts;
use crate::dom::select::Selector;
use crate::extract::{self, Extracted, Want};
use crate::input::Content;
use crate::page::Page;
use crate::sink::{self, Failure, Format, Origin, Rendered, Shape, Sink, SinkError, Target};
use crate::site_memory::{Observation, SiteMemory};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How articles are written.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: FormatArg,
    /// Where to: a file, or a folder (one that is there, or a name that ends in /) with a file for each article.
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(super) output: Option<PathBuf>,
    /// Begin Markdown with title, author, date, URL, site and language as YAML.
    #[arg(long)]
    front_matter: bool,
    /// Write pages that hold no story as well: front pages, walls, anything with text.
    #[arg(long)]
    any_type: bool,
    /// The body is what this CSS selector means on a page, such as "article .story"; may be given again for more.
    #[arg(long, value_name = "CSS", value_parser = selector)]
    select: Vec<Selector>,
    /// Leave out of the body what this CSS selector means, such as "figure, .infobox"; may be given again.
    #[arg(long, value_name = "CSS", value_parser = selector)]
    drop: Vec<Selector>,
    /// The fields of an article that JSON has, by name: headline,text,author. Without it, all.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = field_name)]
    fields: Option<Vec<String>>,
    /// What JSON carries beside: the article as Markdown or HTML, and what was left out of it and why.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    with: Vec<With>,
    /// Short for --with dropped.
    #[arg(long)]
    dropped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    /// Headline, blank line, body
    Text,
    /// Markdown
    Markdown,
    /// All that is known, indented: an object for one page, an array for several
    Json,
    /// All that is known, an object a line
    Jsonl,
    /// One article element for each
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    Markdown,
    Html,
    Dropped,
}

fn selector(css: &str) -> Result<Selector, String> {
    Selector::parse(css).map_err(|error| error.reason)
}

fn field_name(name: &str) -> Result<String, String> {
    if sink::ARTICLE_FIELDS.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("an article has no such field; it has {}", sink::ARTICLE_FIELDS.join(", ")))
}

impl OutputArgs {
    pub(super) fn format(&self) -> Format {
        match self.format {
            FormatArg::Text => Format::Text,
            FormatArg::Markdown => Format::Markdown,
            FormatArg::Json => Format::Json,
            FormatArg::Jsonl => Format::Jsonl,
            FormatArg::Html => Format::Html,
        }
    }

    pub(super) fn shape(&self) -> Shape {
        Shape {
            format: self.format(),
            front_matter: self.front_matter,
            any_type: self.any_type,
            fields: self.fields.clone(),
        }
    }

    pub(super) fn target(&self) -> Target {
        self.output.as_deref().map_or(Target::Stream, Target::from_path)
    }

    /// How pages are read, with what this output carries.
    pub(super) fn extract_options(&self, settings: &extract::Options) -> extract::Options {
        let is_record = self.format().is_record();
        // A field that is named is wanted.
        let is_wanted = |with: With, name: &str| {
            self.with.contains(&with)
                || self.fields.as_ref().is_some_and(|fields| fields.iter().any(|field| field == name))
        };
        let want = Want {
            markdown: is_record && is_wanted(With::Markdown, "markdown"),
            html: is_record && is_wanted(With::Html, "html"),
            dropped: is_record && (self.dropped || is_wanted(With::Dropped, "dropped")),
        };
        // What is said for this run goes before what is set.
        let said = |flags: &[Selector], set: &[Selector]| if flags.is_empty() { set.to_vec() } else { flags.to_vec() };
        extract::Options {
            select: said(&self.select, &settings.select),
            drop: said(&self.drop, &settings.drop),
            want,
            ..settings.clone()
        }
    }
}

/// One page, done.
pub(super) struct Finished {
    name: String,
    rendered: Rendered,
    fate: Fate,
    n_bytes: usize,
    n_inputs: usize,
    read: Spent,
    work: Spent,
}

/// One page, read and not yet written.
pub(super) struct Done {
    name: String,
    origin: Origin,
    pub(super) outcome: Result<Extracted, Failure>,
    n_bytes: usize,
    n_inputs: usize,
    read: Spent,
    work: Spent,
    /// What the page taught about its site, and the host.
    pub(super) seen: Option<(String, Observation)>,
}

impl Done {
    /// The story, if it is one.
    pub(super) fn article(&self) -> Option<&crate::article::Article> {
        self.outcome.as_ref().ok().and_then(|it| it.story().ok())
    }

    /// Counts a page that becomes part of this one's story.
    pub(super) fn takes_in(&mut self, other: &Self) {
        self.n_bytes += other.n_bytes;
        self.n_inputs += other.n_inputs;
        self.read += other.read;
        self.work += other.work;
    }

    /// In the shape asked for.
    pub(super) fn rendered(self, shape: &Shape) -> Finished {
        let stopwatch = Stopwatch::start();
        let Self { name, origin, outcome, n_bytes, n_inputs, read, mut work, seen: _ } = self;
        let (fields, url, alone) = (origin.fields.clone(), origin.url.clone(), origin.alone);
        let done = caught(move || (sink::render(origin, &outcome, shape), fate(outcome, shape)));
        let (rendered, fate) = done.unwrap_or_else(|panic| {
            let failure = broken(&name, &panic);
            let origin = Origin { fields, url, alone, ..Origin::default() };
            (sink::render(origin, &Err(failure.clone()), shape), Fate::Failed(failure))
        });
        work += stopwatch.read();
        Finished { name, rendered, fate, n_bytes, n_inputs, read, work }
    }
}

fn broken(name: &str, panic: &str) -> Failure {
    Failure {
        kind: "panic".to_owned(),
        message: format!("{name} broke the program: {panic}"),
        hint: Some("this is a fault of copydesk; the page that shows it is wanted".to_owned()),
    }
}

/// How pages are read.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    pub(super) options: &'a extract::Options,
    /// What is known of their sites, where that counts.
    pub(super) memory: Option<&'a SiteMemory>,
}

enum Fate {
    Story { n_words: usize, cuts: Cuts },
    NoStory(NoArticle),
    Failed(Failure),
}

/// The story of what was read, with the pages that it goes on in. A panic is a failure of this page only.
pub(super) fn finish(
    name: String,
    mut origin: Origin,
    content: Result<Content, Failure>,
    others: &[Page],
    how: How<'_>,
    read: Spent,
) -> Done {
    let stopwatch = Stopwatch::start();
    let n_bytes = content.as_ref().map_or(0, Content::n_bytes) + others.iter().map(|it| it.body.len()).sum::<usize>();
    if let Ok(Content::Page(Page { url, .. }) | Content::Text { url, .. }) = &content {
        origin.url.clone_from(url);
    }
    let (outcome, seen) = match content {
        Err(failure) => (Err(failure), None),
        Ok(content) => {
            let told = caught(|| {
                let (first, seen) = story(&content, how);
                (pages::whole(first, others, how.options), seen)
            });
            match told {
                Ok((extracted, seen)) => (Ok(extracted), seen),
                Err(panic) => (Err(broken(&name, &panic)), None),
            }
        }
    };
    Done { name, origin, outcome, n_bytes, n_inputs: 1, read, work: stopwatch.read(), seen }
}

fn story(content: &Content, how: How<'_>) -> (Extracted, Option<(String, Observation)>) {
    match (content, how.memory) {
        (Content::Page(page), Some(memory)) => extract::extract_on_site(page, how.options, memory),
        (Content::Page(page), None) => (extract::extract(page, how.options), None),
        (Content::Text { text, url }, _) => (extract::extract_text(text, url.as_ref(), how.options), None),
    }
}

fn fate(outcome: Result<Extracted, Failure>, shape: &Shape) -> Fate {
    match outcome {
        Ok(Extracted { finding: Some(finding), .. }) if !shape.any_type => Fate::NoStory(finding),
        Ok(Extracted { article, cuts, .. }) => Fate::Story { n_words: article.word_count, cuts },
        Err(failure) => Fate::Failed(failure),
    }
}

/// What a person can do about a page that holds no story.
fn way_out(finding: NoArticle, is_selecting: bool) -> &'static str {
    match finding {
        NoArticle::Empty if is_selecting => {
            "nothing that the selectors mean holds text; try them in a browser's console"
        }
        NoArticle::Empty => "if a browser shows a story there, a script puts it in: save the page from the browser",
        NoArticle::Listing => "fetch the pages that it links to",
        NoArticle::ConsentWall => {
            "answer it in a browser, and save the page from there; --any-type gives what text there is"
        }
        NoArticle::Paywall => "--any-type gives what text there is",
        NoArticle::NotHtml => "HTML, plain text, JSON Lines and WARC are read; anything else has to be converted first",
    }
}

/// What lay beyond the bounds of the tree, the numbers that are not zero.
fn told(cuts: &Cuts) -> String {
    let Cuts { depth, formatting, names, attributes, nodes, steps, bytes } = cuts;
    let elements = depth + formatting + names + steps;
    let counts = [
        (u64::from(elements), "elements flattened"),
        (u64::from(*attributes), "attributes left out"),
        (u64::from(*nodes), "tags and comments left out"),
        (*bytes, "bytes not read"),
    ];
    let told = counts.iter().filter(|it| it.0 > 0).map(|(n, what)| format!("{n} {what}"));
    told.collect::<Vec<_>>().join(", ")
}

/// Takes what is finished, in order: writes it, counts it, and says what a person must know.
pub(super) struct Desk {
    sink: Sink,
    format: Format,
    /// Whether a person says what the body is.
    is_selecting: bool,
    /// What writing ended with, if it ended early.
    broken: Option<SinkError>,
}

impl Desk {
    /// Opens the output.
    ///
    /// # Errors
    ///
    /// The exit code, after the reason was said.
    pub(super) fn open(args: &OutputArgs, inputs: &[PathBuf], context: &mut Context) -> Result<Self, Exit> {
        let format = args.format();
        let is_selecting = !args.extract_options(&context.settings.config.extract).select.is_empty();
        let out = std::mem::replace(&mut context.out, Box::new(std::io::sink()) as Box<dyn Write + Send>);
        match Sink::open(&args.target(), format, inputs, out) {
            Ok(sink) => Ok(Self { sink, format, is_selecting, broken: None }),
            Err(error) => {
                context.talk.fatal(&error, error.hint());
                Err(match error {
                    SinkError::WouldOverwrite { .. } => Exit::Usage,
                    SinkError::Write { .. } | SinkError::Closed => Exit::World,
                })
            }
        }
    }

    /// Breaks when nothing more can be written.
    pub(super) fn take(&mut self, finished: Finished, talk: &mut Talk, stats: &mut Stats) -> ControlFlow<()> {
        let Finished { name, rendered, fate, n_bytes, n_inputs, read, work } = finished;
        stats.inputs += n_inputs;
        stats.bytes += n_bytes as u64;
        stats.read += read;
        stats.work += work;
        let stopwatch = Stopwatch::start();
        let written = talk.aside(|| self.sink.write(&rendered));
        stats.write += stopwatch.read();
        match fate {
            Fate::Story { n_words, cuts } => {
                stats.articles += 1;
                if cuts != Cuts::default() {
                    talk.detail(&format!("{name}: beyond the bounds of extract.dom: {}", told(&cuts)));
                }
                talk.detail(&format!("{name}: {n_words} words"));
            }
            Fate::NoStory(finding) => {
                stats.without_article += 1;
                // Records say it themselves.
                if !self.format.is_record() {
                    talk.error(&format!("{name}: {}", finding.message()), Some(way_out(finding, self.is_selecting)));
                }
            }
            Fate::Failed(failure) => {
                stats.failures += 1;
                talk.error(&failure.message, failure.hint.as_deref());
            }
        }
        talk.progress(&name);
        match written {
            Ok(()) => ControlFlow::Continue(()),
            // One page's own file is that page's failure.
            Err(error @ SinkError::WouldOverwrite { .. }) => {
                stats.failures += 1;
                talk.error(&error.to_string(), error.hint());
                ControlFlow::Continue(())
            }
            Err(error) => {
                self.broken = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Ends the output, and says how it all went.
    pub(super) fn close(self, talk: &mut Talk, stats: &Stats) -> Exit {
        talk.end_progress();
        let ended = match self.broken {
            Some(error) => Err(error),
            None => self.sink.finish(),
        };
        match ended {
            Ok(()) => {}
            Err(SinkError::Closed) => return Exit::Done,
            Err(error) => {
                talk.fatal(&error, error.hint());
                return Exit::World;
            }
        }
        if self.format.is_record() && stats.without_article > 0 {
            let Stats { inputs, without_article, .. } = stats;
            talk.note(&format!("{without_article} of {inputs} held no article; \"error\" in their records says why"));
        }
        if stats.failures + stats.without_article > 0 { Exit::Partial } else { Exit::Done }
    }
}
