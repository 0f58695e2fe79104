//! Rows of numbers for training: what `training/train.py` learns from is computed by the code that will evaluate it.
//!
//!     cargo run --release --no-default-features --example rows -- PAGES PREFIX
//!
//! PAGES lists one HTML file a line. Written are `PREFIX.names` (one column a line: those of a row, an empty line, those of
//! a judged row), `PREFIX.jsonl` (a line a page: its blocks as `[text, hidden, words, kept by the rules]`) and `PREFIX.rows`
//! (little-endian f32, row by row). Then, for every line `JUDGED OUT` on stdin, JUDGED is read (one f32 a row of all pages) and the judged rows
//! are written to OUT; `done` on stdout says so.

#![allow(clippy::print_stdout, reason = "it talks to a script by its stdout")]

use copydesk::decode::{self, Hints};
use copydesk::dom::{self, Dom};
use copydesk::main_content::blocks::{self, Blocks};
use copydesk::main_content::features::{self, Anchors, Declared, Table, context};
use copydesk::main_content::rules::{self, Verdict};
use copydesk::main_content::{marks, noscript};
use copydesk::metadata;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufWriter, Write};

struct Page {
    dom: Dom,
    blocks: Blocks,
    table: Table,
    verdicts: Vec<Verdict>,
}

fn read(path: &str) -> Result<Page, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let decoded = decode::decode(&bytes, &Hints::default());
    let mut dom = Dom::parse(&decoded.text, &dom::Options::default());
    if let Some(shown) = noscript::shown(&decoded.text, &dom) {
        dom = Dom::parse(&shown, &dom::Options::default());
    }
    let claims = metadata::gather(&dom, None);
    let blocks = blocks::split(&dom);
    let marks = marks::marks(&dom);
    let (headlines, descriptions) = (claims.headlines(), claims.descriptions());
    let anchors = Anchors {
        headlines: &headlines,
        descriptions: &descriptions,
        article_body: claims.article_body(),
        declared: Declared::of(claims.schema_types()),
    };
    let table = features::measure(&dom, &blocks, &marks, &anchors);
    let anchors = rules::Anchors { stated: anchors, headline_node: claims.headline_node() };
    let verdicts = rules::judge(&dom, &blocks, &marks, &anchors);
    Ok(Page { dom, blocks, table, verdicts })
}

fn write_rows(path: &str, rows: impl Iterator<Item = f32>) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    for cell in rows {
        file.write_all(&cell.to_le_bytes())?;
    }
    Ok(file.flush()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(pages), Some(prefix)) = (arguments.next(), arguments.next()) else { return Err("PAGES PREFIX".into()) };
    let pages: Vec<Page> = fs::read_to_string(pages)?.lines().map(read).collect::<Result<_, _>>()?;
    fs::write(format!("{prefix}.names"), format!("{}\n\n{}", features::names().join("\n"), context::NAMES.join("\n")))?;
    write_rows(&format!("{prefix}.rows"), pages.iter().flat_map(|it| it.table.cells.iter().copied()))?;
    let mut file = BufWriter::new(fs::File::create(format!("{prefix}.jsonl"))?);
    for page in &pages {
        let rows = page.blocks.rows.iter().zip(&page.verdicts);
        let rows: Vec<_> = rows
            .map(|(it, verdict)| (page.blocks.text(it), it.hidden, it.n_words, *verdict == Verdict::Keep))
            .collect();
        writeln!(file, "{}", serde_json::to_string(&rows)?)?;
    }
    file.flush()?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (judged, out) = line.split_once(' ').ok_or("JUDGED OUT")?;
        let judged = fs::read(judged)?;
        let judged: Vec<f32> = judged.as_chunks().0.iter().map(|it| f32::from_le_bytes(*it)).collect();
        let mut rest = judged.as_slice();
        let mut cells = Vec::new();
        for page in &pages {
            let (of_page, after) = rest.split_at(page.blocks.rows.len());
            cells.extend(context::measure(&page.dom, &page.blocks, &page.table, of_page));
            rest = after;
        }
        write_rows(out, cells.into_iter())?;
        println!("done");
    }
    Ok(())
}
