//! Damage that a text shows and means: articles about encodings quote it.
//!
//! What stands between backticks is code. A line that calls the damage by its name shows it. Where a line names encodings,
//! or holds the whole character beside the damaged one (`é becomes Ã©`), damage that stands by itself is an example.

use super::edges::{Edge, Losses, edges};
use super::units::Unit;

/// What readers call damage; a line with one of these is about it.
const DAMAGE: [&str; 15] = [
    "mojibake",
    "garbled",
    "double-encoded",
    "double encoding",
    "doubly encoded",
    "mis-encoded",
    "misencoded",
    "mis-decoded",
    "misdecoded",
    "zeichensalat",
    "кракозябр",
    "krzaczk",
    "文字化け",
    "乱码",
    "亂碼",
];

/// Words of a line that is about encodings.
const ENCODINGS: [&str; 12] = [
    "utf-8",
    "utf8",
    "latin-1",
    "latin1",
    "iso-8859",
    "iso 8859",
    "windows-125",
    "cp125",
    "charset",
    "encoding",
    "encoded",
    "unicode",
];

/// Characters that an example may stand for one as, at most; one of two layers outside ASCII takes about these.
const EXAMPLE_CHARS_MAX: usize = 8;

/// Characters between a damaged character and the whole one that explains it, at most.
const EXPLAINED_WITHIN: u32 = 16;

/// Whether a line shows damage, and means it.
pub(super) fn shows_damage(units: &[Unit]) -> bool {
    let mut edges = edges(units, Losses { known: 0, enabled: false });
    let n_before = edges.len();
    leave(units, &mut edges);
    edges.len() != n_before || names_damage(&lower_case(units))
}

fn lower_case(units: &[Unit]) -> String {
    units.iter().map(|unit| unit.c).collect::<String>().to_lowercase()
}

fn names_damage(line: &str) -> bool {
    DAMAGE.iter().any(|word| line.contains(word))
}

/// Takes away the ways to read damage in a line that the line only shows.
pub(super) fn leave(units: &[Unit], edges: &mut Vec<Edge>) {
    let line = lower_case(units);
    if names_damage(&line) {
        edges.clear();
        return;
    }
    if line.contains('`') {
        let code = between_backticks(units);
        edges.retain(|edge| !code[edge.start as usize]);
    }
    if edges.iter().all(|edge| edge.is_guess) {
        return;
    }
    let is_about_encodings = ENCODINGS.iter().any(|word| line.contains(word));
    let is_example =
        |edge: &Edge| usize::from(edge.len) <= EXAMPLE_CHARS_MAX && is_apart(units, edge.start as usize, edge.end());
    let is_explained = |edge: &Edge| {
        if whole_word(units, edges, edge).is_some_and(|word| line.contains(&word.to_lowercase())) {
            return true;
        }
        let near = edge.start.saturating_sub(EXPLAINED_WITHIN) as usize..edge.end() + EXPLAINED_WITHIN as usize;
        let mut whole = units.iter().enumerate().take(near.end).skip(near.start).filter(|(_, unit)| unit.c == edge.out);
        let is_quoted = |from: usize, to: usize| {
            let quote = from.checked_sub(1).map(|before| units[before].c).filter(|c| matches!(c, '"' | '\''));
            quote.is_some() && units.get(to).map(|unit| unit.c) == quote
        };
        let is_alike = |at: usize| {
            if edge.out.is_alphabetic() {
                is_apart(units, at, at + 1)
            } else {
                is_quoted(at, at + 1) && is_quoted(edge.start as usize, edge.end())
            }
        };
        whole.any(|(at, _)| is_alike(at))
    };
    if is_about_encodings {
        let examples: Vec<(u32, usize)> =
            edges.iter().filter(|edge| is_example(edge)).map(|edge| (edge.start, edge.end())).collect();
        edges.retain(|edge| !examples.iter().any(|&(start, end)| (start..end as u32).contains(&edge.start)));
    } else if edges
        .iter()
        .any(|edge| (is_example(edge) || whole_word(units, edges, edge).is_some()) && is_explained(edge))
    {
        // Only if nothing else in the line is damaged.
        let covers = |edge: &Edge, at: u32| (edge.start..edge.end() as u32).contains(&at);
        let are_examples = edges.iter().filter(|edge| !edge.is_guess).all(|edge| {
            edges.iter().any(|example| {
                let is_shown = is_example(example) || is_explained(example);
                is_shown && covers(example, edge.start)
            })
        });
        if are_examples {
            edges.clear();
        }
    }
}

/// The word between straight quotes that an edge is in, quotes and all, with its damage read; `None` for other text.
fn whole_word(units: &[Unit], edges: &[Edge], edge: &Edge) -> Option<String> {
    let is_end = |unit: &Unit| unit.c == '"' || unit.c.is_whitespace();
    let before = units[..edge.start as usize].iter().rev().take(WORD_CHARS_MAX).position(is_end)?;
    let from = edge.start as usize - before - 1;
    let to = edge.end() + units[edge.end()..].iter().take(WORD_CHARS_MAX).position(is_end)?;
    if units[from].c != units[to].c || units[from].c.is_whitespace() {
        return None;
    }
    let mut word = String::new();
    let mut at = from;
    while at <= to {
        let first = edges.partition_point(|other| (other.start as usize) < at);
        let damage = edges[first..].iter().take_while(|other| other.start as usize == at).find(|other| !other.is_guess);
        word.push(damage.map_or(units[at].c, |damage| damage.out));
        at = damage.map_or(at + 1, Edge::end);
    }
    Some(word)
}

/// Characters of a quoted word on either side of its damage, at most.
const WORD_CHARS_MAX: usize = 24;

/// For each character, whether it stands between two backticks.
fn between_backticks(units: &[Unit]) -> Vec<bool> {
    let mut code = vec![false; units.len()];
    let mut open = None;
    for (at, _) in units.iter().enumerate().filter(|(_, unit)| unit.c == '`') {
        match open.take() {
            Some(from) => code[from..at].fill(true),
            None => open = Some(at),
        }
    }
    code
}

/// Whether characters have no letter, digit or other character outside ASCII beside them.
fn is_apart(units: &[Unit], from: usize, to: usize) -> bool {
    let is_no_part = |unit: Option<&Unit>| {
        unit.is_none_or(|unit| {
            unit.c.is_ascii() && !unit.c.is_ascii_alphanumeric()
                || matches!(unit.c, '“' | '”' | '‘' | '’' | '«' | '»' | '„' | '→' | '\u{A0}')
        })
    };
    is_no_part(from.checked_sub(1).and_then(|before| units.get(before))) && is_no_part(units.get(to))
}
