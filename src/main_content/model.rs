//! Rows of numbers to probabilities: gradient-boosted trees, trained elsewhere, evaluated here.
//!
//! There is one model for pages that call themselves articles and one for all others. Each has two stages. The first judges
//! each row by [its own measurements](super::features); the second sees those and [what the first says about all
//! rows](super::features::context). Rows that the first is sure to be out are not asked again. One forest a kind tells [what
//! kind of page](super::page_type) it is.
//!
//! `weights.txt` holds the trees, and what they were trained on and how well they did. Every tree is laid out as a full
//! binary tree, so that sixteen rows are asked without a branch to predict; leaves are integers, so that sums are the same on
//! every machine. `training/` makes the file.

use super::features::{self, Declared};
use super::page_type::{self, Likely};
use super::scale::Scale;
use std::sync::LazyLock;
use wide::i8x16;

/// A file of weights.
#[derive(Debug, Default)]
pub struct Weights {
    article: Model,
    other: Model,
    /// One for each of [`page_type::KINDS`].
    page_types: [Forest; page_type::KINDS.len()],
    /// The lines at the head of the file: data, date, digest, scores.
    pub provenance: Vec<(String, String)>,
}

/// Trees of both stages.
#[derive(Debug, Default)]
pub struct Model {
    first: Forest,
    second: Forest,
}

/// What is wrong with a file of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(String);

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The weights that this version of the program was built with.
pub fn built_in() -> &'static Weights {
    static WEIGHTS: LazyLock<Weights> =
        LazyLock::new(|| Weights::parse(include_str!("weights.txt")).expect("a test reads the file"));
    &WEIGHTS
}

/// Levels of a tree above its leaves.
const DEPTH: usize = 5;
const NODES: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;

/// Room for a row's codes: as many as a byte can name, so that no look-up needs a check.
const COLUMNS: usize = 256;
const _: () = assert!(features::context::N + features::N <= COLUMNS);

/// Units of a leaf's value in one of log-odds.
const LEAF_UNITS: f32 = 65_536.0;

/// A row that the first stage gives less than this is out.
pub const SURELY_OUT: f32 = 0.01;

#[derive(Debug, Default)]
struct Forest {
    trees: Vec<Tree>,
}

#[derive(Debug)]
struct Tree {
    /// A row goes right where the code in a node's column is greater than the threshold, here once for each row that is
    /// asked.
    columns: [u8; NODES],
    thresholds: [i8x16; NODES],
    leaves: [i32; LEAVES],
}

/// Rows that are asked together: as many codes as a register of 128 bits holds.
const TOGETHER: usize = 16;

/// Codes of so many rows, column by column.
type Cells = [[i8; TOGETHER]; COLUMNS];

/// What a forest asks of: the name of each column, and how its numbers become codes.
struct Known {
    names: Vec<String>,
    scales: Vec<Scale>,
}

impl Weights {
    /// Reads a file of weights: lines `key: value`, then for each model and stage a line with its columns and one line a
    /// tree.
    ///
    /// # Errors
    ///
    /// A line that is not of this form, a stage that is missing, or columns that are not the ones [`features`] computes.
    pub fn parse(file: &str) -> Result<Self, Malformed> {
        let mut lines = file.lines();
        let owned = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<String>>();
        let first = Known { names: features::names(), scales: features::scales().to_vec() };
        let second = Known {
            names: [owned(features::context::NAMES), features::names()].concat(),
            scales: [features::context::SCALES, &features::scales()].concat(),
        };
        let page = Known { names: owned(page_type::NAMES), scales: page_type::SCALES.to_vec() };
        let mut weights = Self::default();
        while let Some(line) = lines.next() {
            let Some((key, value)) = line.split_once(": ") else {
                return Err(Malformed(format!("no key in {line:?}")));
            };
            match key {
                "article first" => weights.article.first = Forest::parse(value, &mut lines, &first)?,
                "article second" => weights.article.second = Forest::parse(value, &mut lines, &second)?,
                "other first" => weights.other.first = Forest::parse(value, &mut lines, &first)?,
                "other second" => weights.other.second = Forest::parse(value, &mut lines, &second)?,
                _ if key.starts_with("page type ") => {
                    let forest =
                        key["page type ".len()..].parse().ok().and_then(|it: usize| weights.page_types.get_mut(it));
                    let forest = forest.ok_or_else(|| Malformed(format!("no kind of page is {key:?}")))?;
                    *forest = Forest::parse(value, &mut lines, &page)?;
                }
                _ => weights.provenance.push((key.to_owned(), value.to_owned())),
            }
        }
        let stages = [&weights.article, &weights.other].map(|it| [&it.first, &it.second]);
        if stages.into_iter().flatten().chain(&weights.page_types).any(|it| it.trees.is_empty()) {
            return Err(Malformed("a stage has no trees".to_owned()));
        }
        Ok(weights)
    }

    /// How likely a page is of each of [`page_type::KINDS`].
    pub fn page_types(&self, measured: &[i8; page_type::N]) -> Likely {
        let mut likely = self.page_types.each_ref().map(|it| exp(it.sum(measured).clamp(-30.0, 30.0)));
        let sum: f32 = likely.iter().sum();
        likely.iter_mut().for_each(|it| *it /= sum);
        likely
    }

    /// The model for a page that its own data call so.
    pub fn of(&self, declared: Declared) -> &Model {
        match declared {
            Declared::News | Declared::Article => &self.article,
            Declared::Nothing | Declared::Forum | Declared::Product | Declared::Listing => &self.other,
        }
    }
}

impl Model {
    /// Probabilities by the first stage, one a row; 0.0 for rows that are not asked about.
    pub fn first(&self, table: &features::Table) -> Vec<f32> {
        let mut judged = vec![0.0; table.places.len()];
        let mut cells: Box<Cells> = Box::new([[0; TOGETHER]; COLUMNS]);
        for rows in table.asked.chunks(TOGETHER) {
            rows.iter().enumerate().for_each(|(at, row)| fill(&mut cells[..], at, table.row(*row as usize)));
            let sums = self.first.sums(&cells);
            rows.iter().zip(sums).for_each(|(row, sum)| judged[*row as usize] = logistic(sum));
        }
        judged
    }

    /// Probabilities by the second stage, one a row: `judged` are the first stage's, `context` what they say of each row.
    pub fn second(&self, table: &features::Table, judged: &[f32], context: &[i8]) -> Vec<f32> {
        let context: &[[i8; features::context::N]] = context.as_chunks().0;
        let mut likely = judged.to_vec();
        let asked: Vec<usize> = (0..judged.len()).filter(|it| judged[*it] >= SURELY_OUT).collect();
        let mut cells: Box<Cells> = Box::new([[0; TOGETHER]; COLUMNS]);
        for rows in asked.chunks(TOGETHER) {
            for (at, row) in rows.iter().enumerate() {
                fill(&mut cells[..], at, &context[*row]);
                fill(&mut cells[features::context::N..], at, table.row(*row));
            }
            let sums = self.second.sums(&cells);
            rows.iter().zip(sums).for_each(|(row, sum)| likely[*row] = logistic(sum));
        }
        likely
    }
}

impl Forest {
    /// `value`: the number of trees.
    fn parse<'a>(value: &str, lines: &mut impl Iterator<Item = &'a str>, known: &Known) -> Result<Self, Malformed> {
        let malformed = |what: &str| Malformed(format!("{what} in a stage of {value:?}"));
        let n_trees: usize = value.parse().map_err(|_| malformed("no number of trees"))?;
        let names = lines.next().and_then(|it| it.strip_prefix("columns: ")).ok_or_else(|| malformed("no columns"))?;
        let mut columns = Vec::new();
        for name in names.split(' ') {
            let at = known.names.iter().position(|it| it == name);
            let at = at.ok_or_else(|| Malformed(format!("no feature is called {name:?}")))?;
            columns.push((at as u8, known.scales[at]));
        }
        let mut trees = Vec::with_capacity(n_trees.min(1_000));
        for _ in 0..n_trees {
            let line = lines.next().ok_or_else(|| malformed("too few trees"))?;
            trees.push(Tree::parse(line, &columns).ok_or_else(|| malformed("no tree"))?);
        }
        Ok(Self { trees })
    }

    /// What the trees say of one row.
    fn sum(&self, codes: &[i8]) -> f32 {
        let sum: i32 = self.trees.iter().map(|tree| tree.leaf(codes)).sum();
        sum as f32 / LEAF_UNITS
    }

    fn sums(&self, cells: &Cells) -> [f32; TOGETHER] {
        let mut sums = [0; TOGETHER];
        for tree in &self.trees {
            // The mask changes nothing; it spares the check.
            sums.iter_mut()
                .zip(tree.at(cells))
                .for_each(|(sum, at)| *sum += tree.leaves[usize::from(at) & (LEAVES - 1)]);
        }
        sums.map(|it: i32| it as f32 / LEAF_UNITS)
    }
}

impl Tree {
    /// Nodes as `column>threshold`, level by level; then leaves.
    fn parse(line: &str, columns: &[(u8, Scale)]) -> Option<Self> {
        let mut tree = Self { columns: [0; NODES], thresholds: [i8x16::ZERO; NODES], leaves: [0; LEAVES] };
        let mut rest = line;
        for (column, threshold) in tree.columns.iter_mut().zip(&mut tree.thresholds) {
            let (number, border) = (until(b'>', &mut rest), until(b' ', &mut rest));
            let (at, scale) = *columns.get(number.parse::<usize>().ok()?)?;
            (*column, *threshold) = (at, i8x16::splat(scale.below(border.parse().ok()?)));
        }
        for leaf in &mut tree.leaves {
            *leaf = until(b' ', &mut rest).parse().ok()?;
        }
        rest.is_empty().then_some(tree)
    }

    fn leaf(&self, codes: &[i8]) -> i32 {
        let at = (0..DEPTH).fold(0, |at, level| {
            let node = (1 << level) - 1 + at;
            2 * at + usize::from(codes[usize::from(self.columns[node])] > self.thresholds[node].as_array()[0])
        });
        self.leaves[at]
    }

    /// The leaf that each row comes to.
    ///
    /// Every node asks every row, and of the answers those count that stand where the answers above lead: no row waits for
    /// another, and all take two fifths of the instructions that going down the tree takes, row by row.
    #[inline]
    fn at(&self, cells: &Cells) -> [u8; TOGETHER] {
        let asked = |node: usize| i8x16::new(cells[usize::from(self.columns[node])]).simd_gt(self.thresholds[node]);
        // Where a row goes right, what stands right; of two nodes, of four, of eight.
        let pick = |right: i8x16, low, high| right.bitselect(high, low);
        let of_2 = |at: [i8x16; 1], node: usize| pick(at[0], asked(node), asked(node + 1));
        let of_4 = |[a, b]: [i8x16; 2], node: usize| pick(a, of_2([b], node), of_2([b], node + 2));
        let of_8 = |[a, b, c]: [i8x16; 3], node: usize| pick(a, of_4([b, c], node), of_4([b, c], node + 4));
        let a = asked(0);
        let b = of_2([a], 1);
        let c = of_4([a, b], 3);
        let d = of_8([a, b, c], 7);
        let e = pick(a, of_8([b, c, d], 15), of_8([b, c, d], 23));
        let bit = |answers: i8x16, bit: i8| answers & i8x16::splat(bit);
        let at = bit(a, 16) | bit(b, 8) | bit(c, 4) | bit(d, 2) | bit(e, 1);
        at.to_array().map(|it| it as u8)
    }
}

/// Takes what stands before the next `end`, or all, from the front of a text, and the `end` with it. For words of a few
/// letters, of which the weights have ninety thousand.
fn until<'a>(end: u8, rest: &mut &'a str) -> &'a str {
    let word = &rest[..rest.bytes().position(|it| it == end).unwrap_or(rest.len())];
    *rest = rest.get(word.len() + 1..).unwrap_or_default();
    word
}

/// Writes one row's codes among those of others.
fn fill(cells: &mut [[i8; TOGETHER]], at: usize, codes: &[i8]) {
    cells.iter_mut().zip(codes).for_each(|(cell, code)| cell[at] = *code);
}

/// A probability from log-odds.
fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + exp((-odds).clamp(-30.0, 30.0)))
}

/// The exponential of a number from -30 to 30.
///
/// Additions, multiplications and one division only, in a fixed order: a library's `exp` differs in its last bits from one
/// machine to the next.
pub(super) fn exp(x: f32) -> f32 {
    // exp(x) = 2^n · exp(r), |r| <= ln 2 / 2; a Taylor polynomial of degree 6 is exact to 1e-7 there.
    let n = (x * std::f32::consts::LOG2_E).round();
    let r = x - n * std::f32::consts::LN_2;
    let exp = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    exp * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::PageType;
    use crate::dom::{Dom, Options};
    use crate::main_content::{Anchors, Reading, Stated};
    use sha2::{Digest, Sha256};

    fn file(columns: &str, tree: &str) -> String {
        let stages = ["article first", "article second", "other first", "other second"];
        let stages = stages.map(|it| format!("{it}: 1\ncolumns: {columns}\n{tree}\n"));
        let kinds: Vec<String> = (0..page_type::KINDS.len())
            .map(|it| format!("page type {it}: 1\ncolumns: Rows\n{}\n", stump("0.5")))
            .collect();
        format!("made: by hand\n{}{}", stages.concat(), kinds.concat())
    }

    /// A tree that asks one question, first of all.
    fn stump(threshold: &str) -> String {
        let mut words = vec![format!("0>{threshold}")];
        words.extend((1..NODES).map(|_| "0>inf".to_owned()));
        // Both halves go left from the second level on.
        words.extend((0..LEAVES).map(|leaf| if leaf < LEAVES / 2 { "65536" } else { "-65536" }.to_owned()));
        words.join(" ")
    }

    #[test]
    fn the_built_in_weights_are_sound_and_small() {
        let model = Weights::parse(include_str!("weights.txt")).unwrap();
        for key in ["data", "date", "digest", "scores"] {
            assert!(model.provenance.iter().any(|(it, _)| it == key), "{key}");
        }
        // Words whose weights are columns are those that the trees were trained with.
        let words = Sha256::digest(include_str!("tokens.txt"));
        let digest = words.iter().fold("sha256:".to_owned(), |digest, byte| format!("{digest}{byte:02x}"));
        assert!(model.provenance.contains(&("tokens".to_owned(), digest)));
        assert!(include_str!("weights.txt").len() < 1_000_000);
    }

    #[test]
    fn a_column_that_is_not_measured_is_told() {
        let error = Weights::parse(&file("NoSuchThing", &stump("0.5"))).unwrap_err();
        assert!(error.to_string().contains("NoSuchThing"), "{error}");
    }

    #[test]
    fn a_tree_that_is_cut_short_is_told() {
        assert!(Weights::parse(&file("LinkDensity", "0>1 0>1")).is_err());
        assert!(Weights::parse("article first: 1\ncolumns: LinkDensity\n").is_err());
    }

    #[test]
    fn a_row_goes_right_where_its_column_is_greater() {
        let model = Weights::parse(&file("LinkDensity", &stump("0.5"))).unwrap();
        let article = model.of(Declared::Article);
        let code = Scale::Share.code(0.75);
        assert_eq!(article.first.sum(&[Scale::Share.code(0.25); COLUMNS]), 1.0);
        assert_eq!(article.second.sum(&[code; COLUMNS]), -1.0);
        let mut cells = [[0; TOGETHER]; COLUMNS];
        cells.iter_mut().for_each(|it| it[3] = code);
        let sums = article.second.sums(&cells);
        assert_eq!((sums[2], sums[3], sums[4]), (1.0, -1.0, 1.0));
        assert_eq!(model.provenance, [("made".to_owned(), "by hand".to_owned())]);
    }

    #[test]
    fn rows_come_to_the_same_leaves_together_as_alone() {
        let mut luck = 1u32;
        let mut code = || {
            luck = luck.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (luck >> 24) as i8
        };
        for forest in [&built_in().article.first, &built_in().other.second] {
            let rows: [[i8; COLUMNS]; TOGETHER] = std::array::from_fn(|_| std::array::from_fn(|_| code()));
            let mut cells = [[0; TOGETHER]; COLUMNS];
            rows.iter().enumerate().for_each(|(at, row)| fill(&mut cells, at, row));
            assert_eq!(forest.sums(&cells), rows.each_ref().map(|row| forest.sum(row)));
        }
    }

    #[test]
    fn the_logistic_function_is_right_to_a_millionth() {
        for tenth in -200..=200 {
            let odds = tenth as f32 / 10.0;
            let expected = 1.0 / (1.0 + f64::from(-odds).exp());
            assert!((f64::from(logistic(odds)) - expected).abs() < 1e-6, "{odds}");
        }
    }

    #[test]
    fn a_shelf_is_no_article_and_a_story_is_one() {
        let guess = |html: &str, url: &str| {
            let dom = Dom::parse(html, &Options::default());
            let url = url.parse().ok();
            let anchors =
                Anchors { stated: Stated { address: url.as_ref(), ..Stated::default() }, headline_node: None };
            let cells = page_type::measure(&dom, &Reading::of(&dom, &anchors), &anchors.stated);
            page_type::likeliest(&built_in().page_types(&cells))
        };
        let card = |it: usize| {
            format!(
                "<li class=product-card><a href=/p/{it}><img src={it}.jpg><h3>Lamp no. {it}</h3></a><span>€ {it}9.00</span>\
                <button>Add to cart</button></li>"
            )
        };
        let shelf = format!("<h1>Lamps</h1><ul>{}</ul>", (1..30).map(card).collect::<String>());
        let (kind, sure) = guess(&shelf, "https://example.com/collections/lamps");
        assert!(kind == PageType::Listing && sure > 0.4, "{kind:?} {sure}");
        let sentence = "The old bridge over the Lind reopened on Monday, after three years of repairs, the town said. ";
        let story = format!(
            "<article><h1>Bridge reopens</h1><time>May 3</time>{}</article>",
            format!("<p>{}", sentence.repeat(3)).repeat(9)
        );
        let (kind, sure) = guess(&story, "https://example.com/news/bridge-over-the-lind-reopens-on-monday");
        assert!(kind == PageType::Article && sure > 0.7, "{kind:?} {sure}");
    }
}
