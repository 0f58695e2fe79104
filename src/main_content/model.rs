//! Rows of numbers to probabilities: gradient-boosted trees, trained elsewhere, evaluated here.
//!
//! There are two stages. The first judges each row by [its own measurements](super::features); the second sees those and
//! [what the first says about all rows](super::features::context). Rows that the first is sure to be out are not asked again.
//!
//! `weights.txt` holds the trees, and what they were trained on and how well they did. Every tree is laid out as a full
//! binary tree, so that a row goes down it without a branch to predict; leaves are integers, so that sums are the same on
//! every machine. `training/` makes the file.

use super::features;
use std::sync::LazyLock;

/// Trees of both stages.
#[derive(Debug)]
pub struct Model {
    first: Forest,
    second: Forest,
    /// The lines at the head of the file: data, date, digest, scores.
    pub provenance: Vec<(String, String)>,
}

/// What is wrong with a file of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(String);

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The model that this version of the program was built with.
pub fn built_in() -> &'static Model {
    static MODEL: LazyLock<Model> =
        LazyLock::new(|| Model::parse(include_str!("weights.txt")).expect("a test reads the file"));
    &MODEL
}

/// Levels of a tree above its leaves.
const DEPTH: usize = 5;
const NODES: usize = (1 << DEPTH) - 1;
const LEAVES: usize = 1 << DEPTH;

/// Units of a leaf's value in one of log-odds.
const LEAF_UNITS: f32 = 65_536.0;

/// A row that the first stage gives less than this is out.
const SURELY_OUT: f32 = 0.01;

#[derive(Debug, Default)]
struct Forest {
    trees: Vec<Tree>,
    start: i32,
}

#[derive(Debug)]
struct Tree {
    /// A row goes right where its column is greater than the threshold.
    nodes: [(u16, f32); NODES],
    leaves: [i32; LEAVES],
}

impl Model {
    /// Reads a file of weights: lines `key: value`, then for each stage a line with its columns and one line a tree.
    ///
    /// # Errors
    ///
    /// A line that is not of this form, or columns that are not the ones [`features`] computes.
    pub fn parse(file: &str) -> Result<Self, Malformed> {
        let mut lines = file.lines();
        let mut provenance = Vec::new();
        let first_names = features::names();
        let second_names: Vec<String> =
            features::context::NAMES.iter().map(|it| (*it).to_owned()).chain(first_names.iter().cloned()).collect();
        let mut model = Self { first: Forest::default(), second: Forest::default(), provenance: Vec::new() };
        while let Some(line) = lines.next() {
            let Some((key, value)) = line.split_once(": ") else {
                return Err(Malformed(format!("no key in {line:?}")));
            };
            match key {
                "first" => model.first = Forest::parse(value, &mut lines, &first_names)?,
                "second" => model.second = Forest::parse(value, &mut lines, &second_names)?,
                _ => provenance.push((key.to_owned(), value.to_owned())),
            }
        }
        if model.first.trees.is_empty() || model.second.trees.is_empty() {
            return Err(Malformed("a stage has no trees".to_owned()));
        }
        model.provenance = provenance;
        Ok(model)
    }

    /// Probabilities by the first stage, one a row.
    pub fn first(&self, table: &features::Table) -> Vec<f32> {
        table.cells.chunks_exact(features::N).map(|row| logistic(self.first.sum(|column| row[column]))).collect()
    }

    /// Probabilities by the second stage, one a row: `judged` are the first stage's, `context` what they say of each row.
    pub fn second(&self, table: &features::Table, judged: &[f32], context: &[f32]) -> Vec<f32> {
        let rows = table.cells.chunks_exact(features::N).zip(context.chunks_exact(features::context::N));
        let second = |(row, context): (&[f32], &[f32])| {
            logistic(self.second.sum(|column| match column.checked_sub(features::context::N) {
                Some(column) => row[column],
                None => context[column],
            }))
        };
        rows.zip(judged).map(|(row, judged)| if *judged < SURELY_OUT { *judged } else { second(row) }).collect()
    }
}

impl Forest {
    /// `value`: number of trees, and the value every row starts from.
    fn parse<'a>(value: &str, lines: &mut impl Iterator<Item = &'a str>, known: &[String]) -> Result<Self, Malformed> {
        let malformed = |what: &str| Malformed(format!("{what} in a stage of {value:?}"));
        let (n_trees, start) = value.split_once(' ').ok_or_else(|| malformed("no start"))?;
        let n_trees: usize = n_trees.parse().map_err(|_| malformed("no number of trees"))?;
        let start = start.parse().map_err(|_| malformed("no start"))?;
        let names = lines.next().and_then(|it| it.strip_prefix("columns: ")).ok_or_else(|| malformed("no columns"))?;
        let mut columns = Vec::new();
        for name in names.split(' ') {
            let at = known.iter().position(|it| it == name);
            columns.push(at.ok_or_else(|| Malformed(format!("no feature is called {name:?}")))? as u16);
        }
        let mut trees = Vec::with_capacity(n_trees.min(1_000));
        for _ in 0..n_trees {
            let line = lines.next().ok_or_else(|| malformed("too few trees"))?;
            trees.push(Tree::parse(line, &columns).ok_or_else(|| malformed("no tree"))?);
        }
        Ok(Self { trees, start })
    }

    fn sum(&self, cell: impl Fn(usize) -> f32) -> f32 {
        let sum: i32 = self.trees.iter().map(|tree| tree.leaf(&cell)).sum();
        (self.start + sum) as f32 / LEAF_UNITS
    }
}

impl Tree {
    /// Nodes as `column>threshold`, level by level; then leaves.
    fn parse(line: &str, columns: &[u16]) -> Option<Self> {
        let mut tree = Self { nodes: [(0, 0.0); NODES], leaves: [0; LEAVES] };
        let mut words = line.split(' ');
        for node in &mut tree.nodes {
            let (column, threshold) = words.next()?.split_once('>')?;
            *node = (*columns.get(column.parse::<usize>().ok()?)?, threshold.parse().ok()?);
        }
        for leaf in &mut tree.leaves {
            *leaf = words.next()?.parse().ok()?;
        }
        words.next().is_none().then_some(tree)
    }

    fn leaf(&self, cell: impl Fn(usize) -> f32) -> i32 {
        let mut at = 0;
        for _ in 0..DEPTH {
            let (column, threshold) = self.nodes[at];
            at = 2 * at + 1 + usize::from(cell(usize::from(column)) > threshold);
        }
        self.leaves[at - NODES]
    }
}

/// A probability from log-odds.
///
/// Additions, multiplications and one division only, in a fixed order: a library's `exp` differs in its last bits from one
/// machine to the next.
fn logistic(odds: f32) -> f32 {
    let x = (-odds).clamp(-30.0, 30.0);
    // exp(x) = 2^n · exp(r), |r| <= ln 2 / 2; a Taylor polynomial of degree 6 is exact to 1e-7 there.
    let n = (x * std::f32::consts::LOG2_E).round();
    let r = x - n * std::f32::consts::LN_2;
    let exp = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    let power = f32::from_bits(((n as i32 + 127) as u32) << 23);
    1.0 / (1.0 + exp * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(columns: &str, tree: &str) -> String {
        format!("made: by hand\nfirst: 1 0\ncolumns: {columns}\n{tree}\nsecond: 1 -65536\ncolumns: {columns}\n{tree}\n")
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
        let model = Model::parse(include_str!("weights.txt")).unwrap();
        for key in ["data", "date", "digest", "scores"] {
            assert!(model.provenance.iter().any(|(it, _)| it == key), "{key}");
        }
        assert!(include_str!("weights.txt").len() < 1_000_000);
    }

    #[test]
    fn a_column_that_is_not_measured_is_told() {
        let error = Model::parse(&file("NoSuchThing", &stump("0.5"))).unwrap_err();
        assert!(error.to_string().contains("NoSuchThing"), "{error}");
    }

    #[test]
    fn a_tree_that_is_cut_short_is_told() {
        assert!(Model::parse(&file("LinkDensity", "0>1 0>1")).is_err());
        assert!(Model::parse("first: 1 0\ncolumns: LinkDensity\n").is_err());
    }

    #[test]
    fn a_row_goes_right_where_its_column_is_greater() {
        let model = Model::parse(&file("LinkDensity", &stump("0.5"))).unwrap();
        assert_eq!(model.first.sum(|_| 0.5), 1.0);
        assert_eq!(model.first.sum(|_| 0.75), -1.0);
        assert_eq!(model.second.sum(|_| 0.5), 0.0);
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
