//! Rows of numbers for training: what `training/train.py` learns from is computed by the code that will evaluate it, down to
//! the steps in which the model sees them.
//!
//!     cargo run --release --no-default-features --example rows -- PAGES PREFIX
//!
//! PAGES lists one HTML file a line, after a tab its address. Written are, each number a little-endian f32:
//!
//! - `PREFIX.names`: one column a line, those of a row, an empty line, those of a judged row, an empty line, those of a page;
//! - `PREFIX.kinds`, page by page, and `PREFIX.rows`, row by row;
//! - `PREFIX.jsonl`: a line a page, its blocks as `[text, hidden, words]`;
//! - `PREFIX.tokens`: a line a page, the elements that hold its rows and those around, as `[number of the one around or -1,
//!   words it is called by]`, and the element of each row.
//!
//! Then lines on stdin are answered by `done` on stdout. `context JUDGED OUT`: JUDGED is read (one number a row of all pages) and
//! the judged rows are written to OUT. `story JUDGED OUT`: a JSON list with the text of each page's story by these
//! probabilities. `tokens TABLE OUT`: TABLE is read as `tokens.txt` is, and OUT gets the columns that it makes, row by row.

#![allow(clippy::print_stdout, reason = "it talks to a script by its stdout")]

use copydesk::article::text_of;
use copydesk::decode::{self, Hints};
use copydesk::dom::{self, Dom, NodeId};
use copydesk::main_content::features::{self, Declared, context};
use copydesk::main_content::scale::Scale;
use copydesk::main_content::tokens::{self, Called, Tokens};
use copydesk::main_content::{self, Anchors, Reading, Stated, page_type};
use copydesk::metadata::{self, Claims};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufWriter, Write};
use url::Url;

struct Page {
    dom: Dom,
    url: Option<Url>,
    claims: Claims,
    reading: Reading,
}

impl Page {
    fn read(line: &str) -> Result<Self, Box<dyn Error>> {
        let (path, url) = line.split_once('\t').unwrap_or((line, ""));
        let url = Url::parse(url).ok();
        let bytes = fs::read(path)?;
        let decoded = decode::decode(&bytes, &Hints::default());
        let dom = main_content::parse(&decoded.text, &dom::Options::default());
        let claims = metadata::gather(&dom, url.as_ref());
        let reading = with_anchors(&claims, url.as_ref(), |anchors| Reading::of(&dom, anchors));
        if reading.blocks.rows.len() > features::MEASURED_ROWS_MAX {
            return Err(format!("{path}: more than {} rows are not measured", features::MEASURED_ROWS_MAX).into());
        }
        Ok(Self { dom, url, claims, reading })
    }

    fn kind(&self) -> [i8; page_type::N] {
        let measure = |anchors: &Anchors<'_>| page_type::measure(&self.dom, &self.reading, &anchors.stated);
        with_anchors(&self.claims, self.url.as_ref(), measure)
    }

    /// The elements that hold rows and those around, outer ones first: the number of the one around and the words it is called
    /// by; then the element of each row.
    fn tokens(&self) -> (Vec<(isize, Vec<String>)>, Vec<usize>) {
        let (dom, rows) = (&self.dom, &self.reading.blocks.rows);
        let around: BTreeSet<NodeId> = rows.iter().flat_map(|it| dom.ancestors(it.element)).collect();
        let number: BTreeMap<NodeId, usize> = around.into_iter().zip(0..).collect();
        let element = |node: &NodeId| {
            let mut words = Vec::new();
            tokens::each(dom, *node, |it| words.push(it.to_owned()));
            (dom.parent(*node).map_or(-1, |it| number[&it] as isize), words)
        };
        (number.keys().map(element).collect(), rows.iter().map(|it| number[&it.element]).collect())
    }

    /// The columns of each row by words and their weights.
    fn token_columns(&self, tokens: &Tokens) -> Vec<f32> {
        let mut called = Called::new(&self.dom, tokens);
        let columns = self.reading.blocks.rows.iter().flat_map(|it| called.columns(it.element));
        columns.map(|it| Scale::Count.number(Scale::Count.code(it))).collect()
    }

    /// The text of the story by the model's probabilities, or of the page's data, as `extract` finds and joins it.
    fn story(&self, probabilities: Vec<f32>) -> String {
        let tell = |anchors: &Anchors<'_>| {
            let url = self.url.as_ref();
            let shown = self.reading.story(&self.dom, anchors, url, probabilities.clone(), false, None);
            main_content::from_data(&self.dom, anchors, &shown).unwrap_or(shown)
        };
        let story = with_anchors(&self.claims, self.url.as_ref(), tell);
        story.parts.iter().filter_map(|it| text_of(it, story.is_gallery)).collect::<Vec<_>>().join("\n\n")
    }
}

fn with_anchors<T>(claims: &Claims, url: Option<&Url>, then: impl FnOnce(&Anchors<'_>) -> T) -> T {
    let address = url.cloned().or_else(|| claims.canonical_url());
    let (headlines, descriptions, authors) = (claims.headlines(), claims.descriptions(), claims.authors());
    let stated = Stated {
        headlines: &headlines,
        alternative_headline: claims.alternative_headline(),
        descriptions: &descriptions,
        article_body: claims.article_body(),
        declared: Declared::of(claims.schema_types()),
        types: claims.schema_types(),
        authors: &authors,
        paid_classes: claims.paid_classes(),
        address: address.as_ref(),
    };
    then(&Anchors { stated, headline_node: claims.headline_node() })
}

fn write_rows(path: &str, rows: impl Iterator<Item = f32>) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    for cell in rows {
        file.write_all(&cell.to_le_bytes())?;
    }
    Ok(file.flush()?)
}

/// The numbers that rows of codes stand for.
fn numbers(codes: &[i8], scales: &[Scale]) -> Vec<f32> {
    codes.iter().zip(scales.iter().cycle()).map(|(code, scale)| scale.number(*code)).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(list), Some(prefix)) = (arguments.next(), arguments.next()) else { return Err("PAGES PREFIX".into()) };
    let pages: Vec<Page> = fs::read_to_string(list)?.lines().map(Page::read).collect::<Result<_, _>>()?;
    let names = [features::names().join("\n"), context::NAMES.join("\n"), page_type::NAMES.join("\n")];
    fs::write(format!("{prefix}.names"), names.join("\n\n"))?;
    let scales = features::scales();
    write_rows(&format!("{prefix}.rows"), pages.iter().flat_map(|it| numbers(&it.reading.table.cells, &scales)))?;
    write_rows(&format!("{prefix}.kinds"), pages.iter().flat_map(|it| numbers(&it.kind(), page_type::SCALES)))?;
    let mut file = BufWriter::new(fs::File::create(format!("{prefix}.jsonl"))?);
    for Page { reading, .. } in &pages {
        let rows: Vec<_> =
            reading.blocks.rows.iter().map(|it| (reading.blocks.text(it), it.hidden, it.n_words)).collect();
        writeln!(file, "{}", serde_json::to_string(&rows)?)?;
    }
    file.flush()?;
    let mut file = BufWriter::new(fs::File::create(format!("{prefix}.tokens"))?);
    for page in &pages {
        writeln!(file, "{}", serde_json::to_string(&page.tokens())?)?;
    }
    file.flush()?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let [ask, given, out] = words[..] else { return Err(format!("what is {line:?}?").into()) };
        let given = fs::read(given)?;
        if ask == "tokens" {
            let table = Tokens::parse(str::from_utf8(&given)?).ok_or("a line is no word with three weights")?;
            write_rows(out, pages.iter().flat_map(|it| it.token_columns(&table)))?;
            println!("done");
            continue;
        }
        let judged: Vec<f32> = given.as_chunks().0.iter().map(|it| f32::from_le_bytes(*it)).collect();
        let mut rest = judged.as_slice();
        let of_pages = pages.iter().map(|page| {
            let (of_page, after) = rest.split_at(page.reading.blocks.rows.len());
            rest = after;
            (page, of_page)
        });
        match ask {
            "context" => {
                let measure = |(page, judged): (&Page, &[f32])| {
                    let codes = context::measure(&page.dom, &page.reading.blocks, &page.reading.table, judged, 0.0);
                    numbers(&codes, context::SCALES)
                };
                write_rows(out, of_pages.flat_map(measure))?;
            }
            "story" => {
                let stories: Vec<String> = of_pages.map(|(page, judged)| page.story(judged.to_vec())).collect();
                fs::write(out, serde_json::to_string(&stories)?)?;
            }
            _ => return Err(format!("what is {ask:?}?").into()),
        }
        println!("done");
    }
    Ok(())
}
