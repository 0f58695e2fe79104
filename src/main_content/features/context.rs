//! A page's first judgement as numbers: what all rows together say about each.
//!
//! A row that is doubtful by itself is less so when its neighbours, its branch of the tree or the rows of its shape are
//! nearly all in or nearly all out. Means here are by characters and leave the row itself out.

use super::{Table, distance, log};
use crate::dom::{Dom, NodeId};
use crate::main_content::blocks::Blocks;
use crate::main_content::scale::columns;
use std::ops::Range;

columns! {
    pub columns "Judged:";
    /// The first judgement of the row.
    Own: Even,
    // Of the rows around, nearest first.
    Before1: Even,
    Before2: Even,
    Before3: Even,
    After1: Even,
    After2: Even,
    After3: Even,
    Near2: Even,
    Near6: Even,
    // From and to the nearest row that is rather in.
    RowsSince: Count,
    RowsTo: Count,
    CharsSince: Log,
    CharsTo: Log,
    /// Share of what is in that stands before the row.
    MassBefore: Even,
    Parent: Even,
    ParentMass: Even,
    Branch: Even,
    Section: Even,
    SectionMass: Even,
    Heading: Even,
    Shape: Even,
    // The element that gains most by being kept whole.
    MassUp: Count,
    MassDown: Count,
    MassBranch: Even,
    MassBranchShare: Even,
    // The page.
    PageMass: Log,
    PageMean: Even,
    PageCertain: Even,
    /// Share of what is in that is more certain than the row.
    Rank: Even,
}

/// Numbers a row.
pub const N: usize = NAMES.len();

/// Rows from this judgement on count as in where a yes or no is needed.
const IN: f32 = 0.5;
/// Characters of a row that count, at most: one long row is no page.
const CHARS_MAX: u32 = 1_500;

/// Codes of what the first judgement, one probability a row, says about each row; row by row, [`N`] each, see [`SCALES`]. Of
/// rows that it gives less than `least` they are all 0.
pub fn measure(dom: &Dom, blocks: &Blocks, table: &Table, judged: &[f32], least: f32) -> Vec<i8> {
    let n_rows = blocks.rows.len();
    let mut cells = vec![0; n_rows * N];
    let chars: Vec<f32> = blocks.rows.iter().map(|it| it.n_chars.min(CHARS_MAX) as f32).collect();
    let sums = Sums::new(&chars, judged);
    let page = Page { blocks, table, judged, chars: &chars, sums: &sums };
    let branches = table.survey().branches(dom, sums.container(dom, table));
    let shapes = page.shapes();
    let ranks = page.ranks();
    let (since, to) = page.nearest();
    for at in (0..n_rows).filter(|at| judged[*at] >= least) {
        let row = &mut cells[at * N..(at + 1) * N];
        let mut set = |column: Column, number: f32| row[column as usize] = SCALES[column as usize].code(number);
        let near = |offset: isize| at.checked_add_signed(offset).and_then(|it| judged.get(it)).copied().unwrap_or(0.0);
        set(Column::Own, judged[at]);
        set(Column::Before1, near(-1));
        set(Column::Before2, near(-2));
        set(Column::Before3, near(-3));
        set(Column::After1, near(1));
        set(Column::After2, near(2));
        set(Column::After3, near(3));
        set(Column::Near2, page.mean(at.saturating_sub(2)..(at + 3).min(n_rows), at));
        set(Column::Near6, page.mean(at.saturating_sub(6)..(at + 7).min(n_rows), at));
        set(Column::RowsSince, distance(since[at].map(|it| at - it)));
        set(Column::RowsTo, distance(to[at].map(|it| it - at)));
        let between = |rows: Range<usize>| log(sums.chars(rows) as u32);
        set(Column::CharsSince, since[at].map_or(20.0, |it| between(it + 1..at)));
        set(Column::CharsTo, to[at].map_or(20.0, |it| between(at + 1..it)));
        set(Column::MassBefore, sums.mass(0..at) / sums.total_mass());

        let place = &table.places[at];
        let range = |(start, end): (u32, u32)| start as usize..end as usize;
        set(Column::Parent, page.mean(range(place.parent), at));
        set(Column::ParentMass, sums.mass(range(place.parent)) / sums.total_mass());
        set(Column::Branch, page.mean(range(place.branch), at));
        let section = range(place.section);
        set(Column::Heading, judged[section.start]);
        set(Column::SectionMass, sums.mass(section.clone()) / sums.total_mass());
        set(Column::Section, page.mean(section, at));
        set(Column::Shape, shapes[at]);

        let element = blocks.rows[at].element;
        let (up, down, branch, _) = branches.of(element);
        let rows = branch.map_or(at..at + 1, |it| table.survey().rows(dom, it));
        set(Column::MassUp, up);
        set(Column::MassDown, down);
        set(Column::MassBranchShare, sums.mass(rows.clone()) / sums.total_mass());
        set(Column::MassBranch, page.mean(rows, at));

        set(Column::PageMass, log(sums.total_mass() as u32));
        set(Column::PageMean, sums.total_mass() / sums.chars(0..n_rows).max(1.0));
        set(Column::PageCertain, sums.certain / sums.chars(0..n_rows).max(1.0));
        set(Column::Rank, ranks[at]);
    }
    cells
}

/// Rows by their probabilities, the greatest first; of equal ones, in the order of the page.
pub fn likeliest_first(probabilities: &[f32]) -> impl Iterator<Item = usize> {
    // Bits of numbers that are not negative compare the way the numbers do.
    let key = |(at, it): (u64, &f32)| u64::from(!it.to_bits()) << 32 | at;
    let mut order: Vec<u64> = (0..).zip(probabilities).map(key).collect();
    order.sort_unstable();
    order.into_iter().map(|it| it as u32 as usize)
}

/// Running sums over rows; both one longer than the rows.
struct Sums {
    chars: Vec<f32>,
    /// Characters by judgement.
    mass: Vec<f32>,
    certain: f32,
}

impl Sums {
    fn new(chars: &[f32], judged: &[f32]) -> Self {
        let mut sums = Self { chars: vec![0.0], mass: vec![0.0], certain: 0.0 };
        let (mut all, mut mass) = (0.0, 0.0);
        for (chars, judged) in chars.iter().zip(judged) {
            all += chars;
            mass += chars * judged;
            sums.certain += chars * (2.0 * judged - 1.0).abs();
            sums.chars.push(all);
            sums.mass.push(mass);
        }
        sums
    }

    fn chars(&self, rows: Range<usize>) -> f32 {
        if rows.is_empty() { 0.0 } else { self.chars[rows.end] - self.chars[rows.start] }
    }

    fn mass(&self, rows: Range<usize>) -> f32 {
        if rows.is_empty() { 0.0 } else { self.mass[rows.end] - self.mass[rows.start] }
    }

    /// Never 0, to divide by.
    fn total_mass(&self) -> f32 {
        self.mass.last().copied().unwrap_or(0.0).max(1.0)
    }

    /// The element in which what is in outweighs what is out by most; of equals, the innermost.
    fn container(&self, dom: &Dom, table: &Table) -> NodeId {
        let mut best = (0.0, dom.root());
        for node in dom.nodes() {
            if dom.tag(node).is_some() {
                let rows = table.survey().rows(dom, node);
                let gain = 2.0 * self.mass(rows.clone()) - self.chars(rows);
                if gain >= best.0 && gain > 0.0 {
                    best = (gain, node);
                }
            }
        }
        best.1
    }
}

struct Page<'a> {
    blocks: &'a Blocks,
    table: &'a Table,
    judged: &'a [f32],
    chars: &'a [f32],
    sums: &'a Sums,
}

impl Page<'_> {
    /// Mean judgement of rows but one; the row's own where there is no other.
    fn mean(&self, rows: Range<usize>, but: usize) -> f32 {
        let (mut chars, mut mass) = (self.sums.chars(rows.clone()), self.sums.mass(rows.clone()));
        if rows.contains(&but) {
            chars -= self.chars[but];
            mass -= self.chars[but] * self.judged[but];
        }
        if chars < 0.5 { self.judged[but] } else { mass / chars }
    }

    /// Of each row: mean judgement of the other rows of its shape.
    fn shapes(&self) -> Vec<f32> {
        let n_shapes = self.table.places.iter().map(|it| it.shape as usize + 1).max().unwrap_or(0);
        let mut sums = vec![(0.0f32, 0.0f32); n_shapes];
        for (at, place) in self.table.places.iter().enumerate() {
            let sum = &mut sums[place.shape as usize];
            sum.0 += self.chars[at];
            sum.1 += self.chars[at] * self.judged[at];
        }
        let mean = |(at, place): (usize, &super::Place)| {
            let (chars, mass) = sums[place.shape as usize];
            let (chars, mass) = (chars - self.chars[at], mass - self.chars[at] * self.judged[at]);
            if chars < 0.5 { self.judged[at] } else { mass / chars }
        };
        self.table.places.iter().enumerate().map(mean).collect()
    }

    /// Of each row: share of the mass in rows that are more certain.
    fn ranks(&self) -> Vec<f32> {
        let mut ranks = vec![0.0; self.judged.len()];
        let mut mass = 0.0;
        for at in likeliest_first(self.judged) {
            ranks[at] = mass / self.sums.total_mass();
            mass += self.chars[at] * self.judged[at];
        }
        ranks
    }

    /// Of each row: the nearest row before and after it that is rather in and more than a word or two.
    fn nearest(&self) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
        let is_in = |at: usize| self.judged[at] >= IN && self.blocks.rows[at].n_chars >= 20;
        let n_rows = self.judged.len();
        let follow = |last: &mut Option<usize>, at: usize| {
            let before = *last;
            if is_in(at) {
                *last = Some(at);
            }
            Some(before)
        };
        let since = (0..n_rows).scan(None, follow).collect();
        let mut to: Vec<_> = (0..n_rows).rev().scan(None, follow).collect();
        to.reverse();
        (since, to)
    }
}
