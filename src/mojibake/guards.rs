//! What stands alone is held to more: a symbol, a drawing or a face is easily two bytes of something.

use super::edges::Edge;
use super::gate;
use super::model::{BIT, Class, Cost, class_of};
use super::units::Unit;

/// What it costs to read what has no damage beside it as a character of a writing that keeps to words: an Armenian letter, a
/// circled number.
const STRANGE: Cost = 100 * BIT;

/// The same for an ideograph or syllable, of which one may stand in a Latin text.
const ONE_IDEOGRAPH: Cost = 16 * BIT;

/// What it costs to read signs without a letter beside them as anything: `√π`, `¬´`, `–®`.
const SIGNS: Cost = 30 * BIT;

/// What it costs to read letters of one alphabet as one of another: `Ðà`.
const LETTERS: Cost = 16 * BIT;

/// Characters to the next damage, at most, of damage that is not alone: a space and a mark.
const BESIDE: usize = 3;

/// Characters that one edge takes, about; others that begin further before do not reach it.
const REACH: usize = 64;

/// Weighs each edge that has no other of its encodings beside it.
pub(super) fn weigh_lone(units: &[Unit], edges: &mut [Edge]) {
    for idx in 0..edges.len() {
        if !edges[idx].is_guess && !has_neighbour(edges, idx) {
            edges[idx].lone = lone_cost(units, &edges[idx]);
        }
    }
}

fn has_neighbour(edges: &[Edge], idx: usize) -> bool {
    let own = &edges[idx];
    let (start, end) = (own.start as usize, own.end());
    let is_like = |other: &Edge| !other.is_guess && other.layers[0] & own.layers[0] != 0;
    let before = edges[..idx].iter().rev().take_while(|other| other.start as usize + REACH > start);
    let behind = edges[idx..].iter().take_while(|other| (other.start as usize) <= end + BESIDE);
    before.filter(|other| is_like(other)).any(|other| (start.saturating_sub(BESIDE)..=start).contains(&other.end()))
        || behind.filter(|other| is_like(other)).any(|other| other.start as usize >= end)
}

fn lone_cost(units: &[Unit], edge: &Edge) -> Cost {
    let at = edge.start as usize;
    let chars = &units[at..edge.end()];
    let code = edge.out as u32;
    let is_common = match code {
        0x80..0x800 => gate::stands_alone(code),
        _ => matches!(code, 0x1E00..=0x1EFF | 0x2002..=0x2064 | 0x20A0..=0x20C0 | 0x2100..=0x2426 | 0x2500..=0x27BF
            | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0xE000..=0xF8FF | 0xFB00..=0xFB06 | 0xFE0F | 0xFEFF | 0xFFFC | 0xFFFD
            | 0x1F000..=0x1FBFF),
    };
    let around = [at.checked_sub(1).map(|before| &units[before]), units.get(edge.end())];
    if around.into_iter().flatten().any(|unit| is_of_one_writing(unit.c, edge.out)) {
        return 0;
    }
    if !is_common {
        let is_one_of_many = matches!(class_of(edge.out).0, Class::Han | Class::Hangul | Class::Compatibility)
            || matches!(code, 0x3000..=0x30FF);
        return if is_one_of_many { ONE_IDEOGRAPH } else { STRANGE };
    }
    let is_latin = !edge.out.is_alphabetic() || class_of(edge.out).0 == Class::Latin;
    let begins_with_sign = !chars[0].c.is_alphabetic();
    let is_beside_letter = around.into_iter().flatten().any(|unit| unit.c.is_alphabetic());
    let is_quote = matches!(edge.out, '«' | '»' | '“' | '”' | '‘' | '’');
    if begins_with_sign && (edge.out.is_alphabetic() || is_quote) && !is_beside_letter {
        SIGNS
    } else if !is_latin && chars.iter().all(|unit| unit.c.is_alphabetic()) {
        LETTERS
    } else {
        0
    }
}

/// Whether two characters are letters or marks of one writing, Latin aside.
fn is_of_one_writing(a: char, b: char) -> bool {
    let (class, other) = (class_of(a).0, class_of(b).0);
    match class {
        _ if class != other => false,
        Class::Greek | Class::Cyrillic | Class::Arabic | Class::Hebrew | Class::Han | Class::Hangul => true,
        Class::OtherLetter => a as u32 >> 7 == b as u32 >> 7,
        _ => false,
    }
}

/// Whether a word has no small letter and neither it nor its neighbours have, besides one edge, any that gives a letter
/// which may stand alone.
pub(super) fn is_lone(units: &[Unit], edges: &[Edge], edge: &Edge) -> bool {
    let is_space = |unit: &Unit| unit.c.is_whitespace();
    let start_before =
        |at: usize| at - units[..at].iter().rev().take(REACH).position(is_space).unwrap_or(at.min(REACH));
    let end_behind = |at: usize| {
        let rest = units.get(at..).unwrap_or_default();
        at + rest.iter().take(REACH).position(is_space).unwrap_or(rest.len().min(REACH))
    };
    let (from, to) = (start_before(edge.start as usize), end_behind(edge.end()));
    if units[from..to].iter().any(|unit| unit.c.is_lowercase()) {
        return false;
    }
    let (from, to) = (start_before(from.saturating_sub(1)), end_behind(to + 1));
    let first = edges.partition_point(|other| (other.start as usize) < from);
    let others = edges[first..].iter().take_while(|other| (other.start as usize) < to);
    let mut starts = others
        .filter(|other| !other.is_guess && other.layers[0] & edge.layers[0] != 0 && other.out.is_alphabetic())
        .filter(|other| gate::stands_alone(other.out as u32))
        .map(|other| other.start);
    let first = starts.next();
    starts.all(|start| Some(start) == first)
}
