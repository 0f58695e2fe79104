//! From a line that looks damaged to what it most likely was.
//!
//! A line is read from left to right. At each character there are several ways on: take it as it stands, or take it
//! with those after it as the bytes of one UTF-8 character in some encoding. A way costs what the model says of the
//! characters it gives, plus what it costs to believe in damage at all, less where the document is known to be
//! damaged that way. The cheapest way through the line wins; where that is the line as it stands, nothing is changed.

use std::ops::Range;

use super::codecs::{CodecId, Mask, NAMES, TABLES};
use super::edges::{C1_BIT, DEPTH_MAX, Edge, Losses, edges, shared_layers, step_of};
use super::gate;
use super::guards;
use super::leaning::Leaning;
use super::model::{BIT, Context, Cost, MODEL, Model};
use super::quoted;
use super::units::Unit;

/// Ways kept at each character. On the measured set 10 and 24 give the same repairs; 8 lose one.
const BEAM: usize = 10;

/// Longest stretch decided at once, in characters; a longer line is decided stretch by stretch.
const STRETCH_CHARS: usize = 4096;

/// Most characters that are read as one. Four layers over a character outside the first plane take more; those are
/// peeled in two rounds.
const REACH: usize = 64;

/// What it costs to believe that damage begins here.
const START: Cost = 8 * BIT;

/// The same, in an encoding that the document is known to be damaged by.
const START_VOTED: Cost = 3 * BIT;

/// The same, in an encoding that hints lean towards.
const EXPECTED: Cost = 6 * BIT;

/// What a letter costs that is none of the text's languages, where they are known.
const FOREIGN: Cost = 4 * BIT;

/// What damage in a rarer encoding costs beyond that.
const RARE: [Cost; NAMES.len()] = [
    0,
    BIT,
    BIT,
    BIT,
    2 * BIT,
    2 * BIT,
    2 * BIT,
    3 * BIT,
    3 * BIT,
    3 * BIT,
    2 * BIT,
    3 * BIT,
    3 * BIT,
    3 * BIT,
    3 * BIT,
    3 * BIT,
    3 * BIT,
    3 * BIT,
    2 * BIT,
    0,
    4 * BIT,
    4 * BIT,
];

/// What it costs more to believe that damage begins in a line that holds sound letters of the encoding.
const AMID_SOUND: Cost = 6 * BIT;

/// What it costs beyond that where it would be the only damage of a word without small letters: `Р°`, `Р·С·Ф`.
const LONE_AMID_SOUND: Cost = 26 * BIT;

/// Sound letters that make a line hold such.
const SOUND_LETTERS: u32 = 4;

/// What a character costs that stands as it stood amid damage of an encoding that has it.
const SPARED: Cost = 3 * BIT;

/// What the document's other lines have shown: for each encoding, how sure its damage is, in eighths of a bit.
#[derive(Debug, Clone, Default)]
pub(super) struct Votes {
    gains: [Cost; NAMES.len()],
}

/// Gain from which an encoding counts as known to have damaged the document: about two clear characters.
const VOTE_MIN: Cost = 24 * BIT;

impl Votes {
    pub(super) fn add(&mut self, codec: CodecId, gain: Cost) {
        if let Some(sum) = self.gains.get_mut(usize::from(codec)) {
            *sum += gain;
        }
    }

    /// Whether any damage is known.
    pub(super) fn any(&self) -> bool {
        self.voted() != 0
    }

    fn voted(&self) -> Mask {
        self.gains.iter().enumerate().filter(|&(_, &gain)| gain >= VOTE_MIN).map(|(codec, _)| 1 << codec).sum()
    }
}

/// A way through the line so far.
#[derive(Clone, Copy)]
struct Way {
    cost: Cost,
    context: Context,
    /// Encodings of the damage it is in, layer by layer; 0 while it has met none.
    layers: [Mask; DEPTH_MAX],
    /// Its last step.
    step: u32,
}

/// A step of a way: characters as they stand, or the one that an edge gives for them.
#[derive(Clone, Copy)]
struct Step {
    before: u32,
    start: u32,
    len: u32,
    edge: Option<u32>,
}

const NO_STEP: u32 = u32::MAX;

/// A line with what is likelier in place of what stood there, or `None` if it stands best as it is. Gains are added
/// to the votes.
pub(super) fn reread(units: &[Unit], losses: bool, leaning: &Leaning, votes: &mut Votes) -> Option<Vec<Unit>> {
    let mut edges = edges(units, Losses { known: votes.voted(), enabled: losses });
    if !edges.is_empty() {
        quoted::leave(units, &mut edges);
    }
    if edges.is_empty() {
        return None;
    }
    let sound = sound_in(units, &edges);
    let mut out = Vec::with_capacity(units.len());
    let mut changed = false;
    let mut from = 0;
    while from < units.len() {
        let to = stretch_end(units, from);
        changed |= stretch(units, from..to, &edges, sound, leaning, votes, &mut out);
        from = to;
    }
    changed.then_some(out)
}

/// Where the stretch that begins at a character ends: at the line's end, or behind a space near the limit.
fn stretch_end(units: &[Unit], from: usize) -> usize {
    if units.len() - from <= STRETCH_CHARS {
        return units.len();
    }
    let limit = from + STRETCH_CHARS;
    let space = units[from + STRETCH_CHARS / 2..limit].iter().rposition(|unit| unit.c == ' ');
    space.map_or(limit, |idx| from + STRETCH_CHARS / 2 + idx + 1)
}

fn stretch(
    units: &[Unit],
    range: Range<usize>,
    edges: &[Edge],
    sound: Mask,
    leaning: &Leaning,
    votes: &mut Votes,
    out: &mut Vec<Unit>,
) -> bool {
    let model = &*MODEL;
    let voted = votes.voted();
    let first_context = context_before(model, units, range.start);
    let mut steps: Vec<Step> = Vec::new();
    let mut fronts: Vec<Vec<Way>> = vec![Vec::new(); REACH + 1];
    let (mut contexts, mut costs) = (Vec::new(), Vec::new());
    let mut ways = vec![Way { cost: 0, context: first_context, layers: [0; DEPTH_MAX], step: NO_STEP }];
    let mut next_edge = edges.partition_point(|edge| (edge.start as usize) < range.start);
    // Where the last way read out of damage ends: behind it all stand alike again after two characters.
    let mut settled = range.start;
    let mut at = range.start;
    while at < range.end {
        let to = edges.get(next_edge).map_or(range.end, |edge| edge.start as usize).min(range.end);
        if at >= settled && to > at {
            // Nothing to decide up to there: all ways cost the same.
            let context = context_before(model, units, to);
            for way in &mut ways {
                steps.push(Step { before: way.step, start: at as u32, len: (to - at) as u32, edge: None });
                way.step = steps.len() as u32 - 1;
                way.context = context;
            }
            at = to;
            continue;
        }
        prune(&mut ways);
        let first_edge = next_edge;
        while edges.get(next_edge).is_some_and(|edge| edge.start as usize == at) {
            settled = settled.max(edges[next_edge].end() + 2);
            next_edge += 1;
        }
        let c = units[at].c;
        let symbol = model.symbol(c);
        let spared_by = if c.is_ascii() { 0 } else { encodings_of(c) };
        // Ways of one context cost the same from here on.
        contexts.clear();
        let context_idxs: Vec<usize> = ways
            .iter()
            .map(|way| {
                contexts.iter().position(|context| *context == way.context).unwrap_or_else(|| {
                    contexts.push(way.context);
                    contexts.len() - 1
                })
            })
            .collect();
        costs.clear();
        costs.extend(contexts.iter().map(|context| model.cost(*context, symbol)));
        for (way, &context_idx) in ways.iter().zip(&context_idxs) {
            let spared = if way.layers[0] & spared_by != 0 { SPARED } else { 0 };
            let cost = way.cost + costs[context_idx] + spared;
            steps.push(Step { before: way.step, start: at as u32, len: 1, edge: None });
            let step = steps.len() as u32 - 1;
            let next = Way { cost, context: way.context.then(symbol), layers: way.layers, step };
            fronts[(at + 1) % (REACH + 1)].push(next);
        }
        for (edge_idx, edge) in edges.iter().enumerate().take(next_edge).skip(first_edge) {
            if edge.end() > range.end || usize::from(edge.len) > REACH {
                continue;
            }
            let symbol = model.symbol(edge.out);
            costs.clear();
            costs.extend(contexts.iter().map(|context| model.cost(*context, symbol)));
            let start = start_cost(edge.layers[0], voted, sound, leaning) + edge.extra;
            let lone = lone_cost(units, edges, edge, voted, sound)
                + if leaning.is_foreign(gate::owners_of(edge.out)) { FOREIGN } else { 0 };
            for (way, &context_idx) in ways.iter().zip(&context_idxs) {
                let (layers, start) = match shared_layers(way.layers, edge.layers) {
                    Some(shared) => (shared, 0),
                    None => (edge.layers, start),
                };
                let cost = way.cost + costs[context_idx] + start + lone + edge.fixed;
                steps.push(Step {
                    before: way.step,
                    start: at as u32,
                    len: u32::from(edge.len),
                    edge: Some(edge_idx as u32),
                });
                let step = steps.len() as u32 - 1;
                let next = Way { cost, context: way.context.then(symbol), layers, step };
                fronts[edge.end() % (REACH + 1)].push(next);
            }
        }
        at += 1;
        ways.clear();
        std::mem::swap(&mut ways, &mut fronts[at % (REACH + 1)]);
    }
    let best = ways.iter().min_by_key(|way| way.cost).expect("the line as it stands is a way");
    let mut path = Vec::new();
    let mut step = best.step;
    while step != NO_STEP {
        path.push(steps[step as usize]);
        step = steps[step as usize].before;
    }
    path.reverse();
    take(model, units, edges, &path, votes, out)
}

/// Ways that stand alike are one way: the cheapest. Of the rest, the cheapest few.
fn prune(ways: &mut Vec<Way>) {
    if ways.len() < 2 {
        return;
    }
    ways.sort_by_key(|way| way.cost);
    let mut kept: Vec<Way> = Vec::with_capacity(BEAM);
    for way in ways.iter() {
        if kept.len() == BEAM {
            break;
        }
        if !kept.iter().any(|other| other.context == way.context && other.layers == way.layers) {
            kept.push(*way);
        }
    }
    *ways = kept;
}

/// Writes the characters of the best way, with their gains; whether any of them is a repair.
fn take(model: &Model, units: &[Unit], edges: &[Edge], path: &[Step], votes: &mut Votes, out: &mut Vec<Unit>) -> bool {
    let mut changed = false;
    for (idx, step) in path.iter().enumerate() {
        let taken = &units[step.start as usize..(step.start + step.len) as usize];
        let Some(edge) = step.edge.map(|edge_idx| edges[edge_idx as usize]) else {
            out.extend_from_slice(taken);
            continue;
        };
        changed = true;
        let context = context_before(model, out, out.len());
        let as_it_stood = model.text_cost(context, taken.iter().map(|unit| unit.c));
        let gain = as_it_stood - model.cost(context, model.symbol(edge.out));
        let layers = shared_with_neighbours(path, edges, idx, edge.layers);
        if !edge.is_guess {
            votes.add(step_of(layers[0]), gain);
        }
        let before = taken.iter().map(|unit| unit.chain).max_by_key(|chain| chain.len()).unwrap_or_default();
        out.push(Unit {
            c: edge.out,
            source: taken[0].source.start..taken[taken.len() - 1].source.end,
            chain: layers.iter().filter(|&&mask| mask != 0).fold(before, |chain, &mask| chain.then(step_of(mask))),
            gain: gain + taken.iter().map(|unit| unit.gain).sum::<Cost>(),
            is_reference: false,
        });
    }
    changed
}

/// The encodings of a step that its neighbours share, as far as they share any; they are what it is named by.
fn shared_with_neighbours(path: &[Step], edges: &[Edge], idx: usize, own: [Mask; DEPTH_MAX]) -> [Mask; DEPTH_MAX] {
    let around = path[..idx].iter().rev().take(64).chain(path[idx + 1..].iter().take(64));
    around
        .filter_map(|step| step.edge)
        .take(16)
        .fold(own, |shared, edge_idx| shared_layers(shared, edges[edge_idx as usize].layers).unwrap_or(shared))
}

fn context_before(model: &Model, units: &[Unit], at: usize) -> Context {
    units[at.saturating_sub(2)..at].iter().fold(Context::LINE, |context, unit| context.then(model.symbol(unit.c)))
}

/// The encodings that a line holds sound letters of: those outside ASCII that are part of no way to read damage.
/// Had the line been read in one of them, these would be damaged too.
fn sound_in(units: &[Unit], edges: &[Edge]) -> Mask {
    let mut counts = [0_u32; NAMES.len()];
    let mut covered = 0;
    let mut next = edges.iter().peekable();
    for (at, unit) in units.iter().enumerate() {
        while let Some(edge) = next.next_if(|edge| edge.start as usize == at) {
            covered = covered.max(edge.end());
        }
        if at < covered || unit.c.is_ascii() || !unit.c.is_alphabetic() {
            continue;
        }
        if let Some(bytes) = TABLES.bytes(unit.c) {
            for (count, &byte) in counts.iter_mut().zip(bytes) {
                *count += u32::from(byte != 0);
            }
        }
    }
    counts.iter().enumerate().filter(|&(_, &count)| count >= SOUND_LETTERS).map(|(codec, _)| 1 << codec).sum()
}

/// What an edge costs for standing alone, unless the document is known to be damaged that way.
fn lone_cost(units: &[Unit], edges: &[Edge], edge: &Edge, voted: Mask, sound: Mask) -> Cost {
    if edge.layers[0] & voted != 0 {
        0
    } else if edge.layers[0] & !sound == 0 && guards::is_lone(units, edges, edge) {
        edge.lone.max(LONE_AMID_SOUND)
    } else {
        edge.lone
    }
}

fn start_cost(codecs: Mask, voted: Mask, sound: Mask, leaning: &Leaning) -> Cost {
    if codecs & voted != 0 {
        return START_VOTED;
    }
    if codecs & C1_BIT != 0 {
        return START;
    }
    let rare = RARE.iter().enumerate().filter(|&(codec, _)| codecs >> codec & 1 == 1).map(|(_, &cost)| cost).min();
    let expected = if codecs & leaning.codecs != 0 { EXPECTED } else { START + rare.unwrap_or(0) };
    expected + if codecs & !sound == 0 { AMID_SOUND } else { 0 }
}

fn encodings_of(c: char) -> Mask {
    TABLES
        .bytes(c)
        .map_or(0, |bytes| bytes.iter().enumerate().filter(|&(_, &byte)| byte != 0).map(|(codec, _)| 1 << codec).sum())
}
