//! Rows of numbers to probabilities: gradient-boosted trees, trained elsewhere, evaluated here.
//!
//! There is one model for pages that call themselves articles and one for all others. Each has two stages. The first judges
//! each row by [its own measurements](super::features); the second sees those and [what the first says about all
//! rows](super::features::context). Rows that the first is sure to be out are not asked again. One forest a kind tells [what
//! kind of page](super::page_type) it is.
//!
//! `weights.txt` holds the trees, and what they were trained on and how well they did. Every tree is laid out as a full
//! binary tree, so that a row goes down it without a branch to predict; leaves are integers, so that sums are the same on
//! every machine. `training/` makes the file.

use super::features::{self, Declared};
use super::page_type;
use std::sync::LazyLock;

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

/// Room for a row's numbers: as many as a byte can name, so that no look-up needs a check.
const COLUMNS: usize = 256;
const _: () = assert!(features::context::N + features::N <= COLUMNS);

/// Units of a leaf's value in one of log-odds.
const LEAF_UNITS: f32 = 65_536.0;

/// A row that the first stage gives less than this is out.
const SURELY_OUT: f32 = 0.01;

#[derive(Debug, Default)]
struct Forest {
    trees: Vec<Tree>,
}

#[derive(Debug)]
struct Tree {
    /// A row goes right where its column is greater than the threshold; both as [`ordered`].
    nodes: [(u8, u32); NODES],
    leaves: [i32; LEAVES],
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
        let first_names = features::names();
        let second_names: Vec<String> =
            features::context::NAMES.iter().map(|it| (*it).to_owned()).chain(first_names.iter().cloned()).collect();
        let page_names: Vec<String> = page_type::NAMES.iter().map(|it| (*it).to_owned()).collect();
        let mut weights = Self::default();
        while let Some(line) = lines.next() {
            let Some((key, value)) = line.split_once(": ") else {
                return Err(Malformed(format!("no key in {line:?}")));
            };
            match key {
                "article first" => weights.article.first = Forest::parse(value, &mut lines, &first_names)?,
                "article second" => weights.article.second = Forest::parse(value, &mut lines, &second_names)?,
                "other first" => weights.other.first = Forest::parse(value, &mut lines, &first_names)?,
                "other second" => weights.other.second = Forest::parse(value, &mut lines, &second_names)?,
                _ if key.starts_with("page type ") => {
                    let forest =
                        key["page type ".len()..].parse().ok().and_then(|it: usize| weights.page_types.get_mut(it));
                    let forest = forest.ok_or_else(|| Malformed(format!("no kind of page is {key:?}")))?;
                    *forest = Forest::parse(value, &mut lines, &page_names)?;
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
    pub fn page_types(&self, measured: &[f32; page_type::N]) -> [f32; page_type::KINDS.len()] {
        let mut cells = [0; COLUMNS];
        fill(&mut cells[..page_type::N], measured);
        let mut likely = self.page_types.each_ref().map(|it| exp(it.sum(&cells).clamp(-30.0, 30.0)));
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
    /// Probabilities by the first stage, one a row.
    pub fn first(&self, table: &features::Table) -> Vec<f32> {
        let mut judged = Vec::with_capacity(table.cells.len() / features::N);
        let mut together = Box::new([[0; COLUMNS]; TOGETHER]);
        for rows in table.cells.chunks(TOGETHER * features::N) {
            let rows = rows.chunks_exact(features::N);
            let n_rows = rows.len();
            together.iter_mut().zip(rows).for_each(|(cells, row)| fill(&mut cells[..features::N], row));
            judged.extend(self.first.sums(&together)[..n_rows].iter().map(|it| logistic(*it)));
        }
        judged
    }

    /// Probabilities by the second stage, one a row: `judged` are the first stage's, `context` what they say of each row.
    pub fn second(&self, table: &features::Table, judged: &[f32], context: &[f32]) -> Vec<f32> {
        let mut likely = judged.to_vec();
        let asked: Vec<usize> = (0..judged.len()).filter(|it| judged[*it] >= SURELY_OUT).collect();
        let mut together = Box::new([[0; COLUMNS]; TOGETHER]);
        for rows in asked.chunks(TOGETHER) {
            for (cells, row) in together.iter_mut().zip(rows) {
                let (of_context, own) = cells.split_at_mut(features::context::N);
                fill(of_context, &context[row * features::context::N..][..features::context::N]);
                fill(&mut own[..features::N], table.row(*row));
            }
            let sums = self.second.sums(&together);
            rows.iter().zip(sums).for_each(|(row, sum)| likely[*row] = logistic(sum));
        }
        likely
    }
}

/// Rows that go down a tree together: it is then fetched from memory once for all of them, and no step waits for the step
/// before, as those of the other rows lie between.
const TOGETHER: usize = 8;

impl Forest {
    /// `value`: the number of trees.
    fn parse<'a>(value: &str, lines: &mut impl Iterator<Item = &'a str>, known: &[String]) -> Result<Self, Malformed> {
        let malformed = |what: &str| Malformed(format!("{what} in a stage of {value:?}"));
        let n_trees: usize = value.parse().map_err(|_| malformed("no number of trees"))?;
        let names = lines.next().and_then(|it| it.strip_prefix("columns: ")).ok_or_else(|| malformed("no columns"))?;
        let mut columns = Vec::new();
        for name in names.split(' ') {
            let at = known.iter().position(|it| it == name);
            columns.push(at.ok_or_else(|| Malformed(format!("no feature is called {name:?}")))? as u8);
        }
        let mut trees = Vec::with_capacity(n_trees.min(1_000));
        for _ in 0..n_trees {
            let line = lines.next().ok_or_else(|| malformed("too few trees"))?;
            trees.push(Tree::parse(line, &columns).ok_or_else(|| malformed("no tree"))?);
        }
        Ok(Self { trees })
    }

    fn sum(&self, cells: &[u32; COLUMNS]) -> f32 {
        let sum: i32 = self.trees.iter().map(|tree| tree.leaf(cells)).sum();
        sum as f32 / LEAF_UNITS
    }

    fn sums(&self, rows: &[[u32; COLUMNS]; TOGETHER]) -> [f32; TOGETHER] {
        let mut sums = [0; TOGETHER];
        for tree in &self.trees {
            sums.iter_mut().zip(tree.leaves(rows)).for_each(|(sum, leaf)| *sum += leaf);
        }
        sums.map(|it: i32| it as f32 / LEAF_UNITS)
    }
}

impl Tree {
    /// Nodes as `column>threshold`, level by level; then leaves.
    fn parse(line: &str, columns: &[u8]) -> Option<Self> {
        let mut tree = Self { nodes: [(0, 0); NODES], leaves: [0; LEAVES] };
        let mut rest = line;
        for node in &mut tree.nodes {
            let (column, threshold) = (until(b'>', &mut rest), until(b' ', &mut rest));
            *node = (*columns.get(column.parse::<usize>().ok()?)?, ordered(threshold.parse().ok()?));
        }
        for leaf in &mut tree.leaves {
            *leaf = until(b' ', &mut rest).parse().ok()?;
        }
        rest.is_empty().then_some(tree)
    }

    fn leaf(&self, cells: &[u32; COLUMNS]) -> i32 {
        let [leaf] = self.leaves(std::array::from_ref(cells));
        leaf
    }

    fn leaves<const N: usize>(&self, rows: &[[u32; COLUMNS]; N]) -> [i32; N] {
        // The rows' positions among the nodes of their level.
        let mut at = [0; N];
        for level in 0..DEPTH {
            let first = (1 << level) - 1;
            for (at, cells) in at.iter_mut().zip(rows) {
                // The mask changes nothing; it spares the check.
                let (column, threshold) = self.nodes[first + (*at & first)];
                *at = 2 * *at + usize::from(threshold < cells[usize::from(column)]);
            }
        }
        at.map(|at| self.leaves[at & (LEAVES - 1)])
    }
}

/// Takes what stands before the next `end`, or all, from the front of a text, and the `end` with it. For words of a few
/// letters, of which the weights have ninety thousand.
fn until<'a>(end: u8, rest: &mut &'a str) -> &'a str {
    let word = &rest[..rest.bytes().position(|it| it == end).unwrap_or(rest.len())];
    *rest = rest.get(word.len() + 1..).unwrap_or_default();
    word
}

/// A number's bits such that they compare as integers the way the numbers do, which takes half as many instructions.
fn ordered(number: f32) -> u32 {
    // The two zeros are one number.
    let bits = (number + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

fn fill(cells: &mut [u32], numbers: &[f32]) {
    cells.iter_mut().zip(numbers).for_each(|(cell, number)| *cell = ordered(*number));
}

/// A probability from log-odds.
fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + exp((-odds).clamp(-30.0, 30.0)))
}

/// The exponential of a number from -30 to 30.
///
/// Additions, multiplications and one division only, in a fixed order: a library's `exp` differs in its last bits from one
/// machine to the next.
fn exp(x: f32) -> f32 {
    // exp(x) = 2^n · exp(r), |r| <= ln 2 / 2; a Taylor polynomial of degree 6 is exact to 1e-7 there.
    let n = (x * std::f32::consts::LOG2_E).round();
    let r = x - n * std::f32::consts::LN_2;
    let exp = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    exp * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(article.first.sum(&[ordered(0.5); COLUMNS]), 1.0);
        assert_eq!(article.second.sum(&[ordered(0.75); COLUMNS]), -1.0);
        assert_eq!(model.provenance, [("made".to_owned(), "by hand".to_owned())]);
    }

    #[test]
    fn the_logistic_function_is_right_to_a_millionth() {
        for tenth in -200..=200 {
            let odds = tenth as f32 / 10.0;
            let expected = 1.0 / (1.0 + f64::from(-odds).exp());
            assert!((f64::from(logistic(odds)) - expected).abs() < 1e-6, "{odds}");
        }
    }
}
