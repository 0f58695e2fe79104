//! `copydesk export`: the saved articles, to other programs.

use super::repair::ended;
use super::select::SelectArgs;
use super::{Context, Exit};
use crate::crawl::{Output, OutputError, replace};
use crate::sink::{Format, SinkError};
use crate::store::{Database, Export, StoreError};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(
    after_help = "The latest version of each article, in the order they were stored, unless --versions wants all. A file is \
written whole or not at all; with --cursor, JSON Lines are added to the file that is there. Each record says under \"crawl\" which \
source and version it is, what changed, and of which article it is a copy."
)]
pub(super) struct ExportArgs {
    /// How they are written.
    #[arg(short, long, value_name = "FORMAT", default_value = "jsonl")]
    format: ExportFormat,
    /// Where to: a file, or a folder (one that is there, or a name that ends in /) with host/date-slug for each
    /// article.
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// Go on after what this file says was exported last, and note there what is now. Run again, it gives what is new.
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
    /// Every version of each article, not the latest alone.
    #[arg(long)]
    versions: bool,
    #[command(flatten)]
    select: SelectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// All that is known, an object a line
    Jsonl,
    /// Headline, blank line, body
    Text,
    /// Markdown, with title, author, date, URL, site and language as YAML
    Markdown,
    /// One article element for each
    Html,
    /// A table for Spark, DuckDB or pandas
    #[cfg(feature = "parquet")]
    Parquet,
}

impl ExportFormat {
    /// `None` for a table.
    fn format(self) -> Option<Format> {
        match self {
            Self::Jsonl => Some(Format::Jsonl),
            Self::Text => Some(Format::Text),
            Self::Markdown => Some(Format::Markdown),
            Self::Html => Some(Format::Html),
            #[cfg(feature = "parquet")]
            Self::Parquet => None,
        }
    }
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("cannot {deed} {}", .path.display())]
    File { deed: &'static str, path: PathBuf, source: std::io::Error },
    #[cfg(feature = "parquet")]
    #[error("a table is written into a file; name it with -o")]
    NoFile,
    #[error("{} holds no cursor", .path.display())]
    NoCursor { path: PathBuf },
}

pub(super) fn run(args: &ExportArgs, context: &mut Context) -> Exit {
    match export(args, context) {
        Ok(n_written) => {
            context.stats.articles = n_written;
            context.talk.detail(&format!("{n_written} articles"));
            Exit::Done
        }
        Err(ExportError::Output(OutputError::Sink(SinkError::Closed))) => ended(Ok(()), false, context),
        Err(error) => {
            let hint = match &error {
                ExportError::Store(error) => error.hint().map(str::to_owned),
                ExportError::Output(_) | ExportError::File { .. } => None,
                #[cfg(feature = "parquet")]
                ExportError::NoFile => None,
                ExportError::NoCursor { .. } => Some("name another file, which is then made, to begin anew".to_owned()),
            };
            context.talk.fatal(&error, hint.as_deref());
            match error {
                #[cfg(feature = "parquet")]
                ExportError::NoFile => Exit::Usage,
                ExportError::Output(OutputError::Foreign { .. } | OutputError::NotLines { .. })
                | ExportError::NoCursor { .. } => Exit::Usage,
                ExportError::Store(_) | ExportError::Output(_) | ExportError::File { .. } => Exit::World,
            }
        }
    }
}

fn export(args: &ExportArgs, context: &mut Context) -> Result<usize, ExportError> {
    let database = Database::open_to_read(&context.settings.config.crawl.store)?;
    let mut cursor = match &args.cursor {
        Some(path) => read_cursor(path)?,
        None => 0,
    };
    let Some(format) = args.format.format() else {
        return export_table(args, &database, cursor);
    };
    let path = args.output.as_deref().filter(|path| *path != Path::new("-"));
    // Written beside it, and put in its place when all is there.
    let mut beside: Option<(PathBuf, &Path)> = None;
    let mut output = match path {
        None => Output::stream(format, std::mem::replace(&mut context.out, Box::new(std::io::sink()))),
        Some(path) if args.cursor.is_some() || is_folder(path) => {
            let (output, has) = Output::open(format, path)?;
            // What was written before a death that came before the cursor was noted.
            cursor = cursor.max(has.unwrap_or(0));
            output
        }
        Some(path) => {
            let mut name = path.as_os_str().to_owned();
            name.push(".new");
            let new = PathBuf::from(name);
            let file =
                File::create(&new).map_err(|source| ExportError::File { deed: "write", path: new.clone(), source })?;
            beside = Some((new, path));
            Output::stream(format, Box::new(BufWriter::new(file)))
        }
    };
    let filter = args.select.filter();
    let mut export = match args.versions {
        true => Export::every_version(&database, filter, cursor),
        false => Export::latest(&database, filter, cursor),
    };
    let mut n_written = 0;
    loop {
        let batch = export.next_batch()?;
        if batch.is_empty() {
            break;
        }
        output.write(&batch).map_err(OutputError::Sink)?;
        n_written += batch.len();
        // Noted as it goes on: who reads a stream has these, and need not have them again.
        if let Some(path) = args.cursor.as_deref().filter(|_| beside.is_none()) {
            write_cursor(path, export.cursor())?;
        }
    }
    drop(output);
    if let Some((new, path)) = beside {
        std::fs::rename(&new, path).map_err(|source| ExportError::File {
            deed: "write",
            path: path.to_owned(),
            source,
        })?;
    }
    Ok(n_written)
}

/// Writes a table beside its place, and puts it there when it is whole. With a cursor it has what is new.
#[cfg(feature = "parquet")]
fn export_table(args: &ExportArgs, database: &Database, cursor: i64) -> Result<usize, ExportError> {
    let Some(path) = args.output.as_deref().filter(|path| *path != Path::new("-") && !is_folder(path)) else {
        return Err(ExportError::NoFile);
    };
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let failed = |source| ExportError::File { deed: "write", path: new.clone(), source };
    let broken = |error: parquet::errors::ParquetError| failed(std::io::Error::other(error));
    let file = File::create(&new).map_err(failed)?;
    let mut table = crate::sink::parquet::Table::new(file).map_err(broken)?;
    let filter = args.select.filter();
    let mut export = match args.versions {
        true => Export::every_version(database, filter, cursor),
        false => Export::latest(database, filter, cursor),
    };
    let mut n_written = 0;
    loop {
        let batch = export.next_batch()?;
        if batch.is_empty() {
            break;
        }
        n_written += batch.len();
        batch.iter().try_for_each(|stored| table.add(stored.line())).map_err(broken)?;
    }
    table.finish().map_err(broken)?;
    std::fs::rename(&new, path).map_err(|source| ExportError::File { deed: "write", path: path.to_owned(), source })?;
    if let Some(path) = &args.cursor {
        write_cursor(path, export.cursor())?;
    }
    Ok(n_written)
}

/// There are no tables without the feature `parquet`.
#[cfg(not(feature = "parquet"))]
fn export_table(_: &ExportArgs, _: &Database, _: i64) -> Result<usize, ExportError> {
    unreachable!("no format asks for one")
}

fn is_folder(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    path.is_dir() || bytes.last().is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

fn read_cursor(path: &Path) -> Result<i64, ExportError> {
    match std::fs::read_to_string(path) {
        Ok(text) => text.trim().parse().map_err(|_| ExportError::NoCursor { path: path.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(ExportError::File { deed: "read", path: path.to_owned(), source }),
    }
}

fn write_cursor(path: &Path, cursor: i64) -> Result<(), ExportError> {
    replace(path, format!("{cursor}\n").as_bytes()).map_err(|source| ExportError::File {
        deed: "write",
        path: path.to_owned(),
        source,
    })
}
