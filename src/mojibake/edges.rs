//! The ways to read the characters of a line as damage: as the bytes of UTF-8, layer over layer, whole or with one
//! byte lost.

use super::codecs::{CodecId, Mask, NAMES, TABLES, encodings};
use super::guards;
use super::model::{BIT, Cost, MODEL};
use super::units::{STEP_C1, Unit};

/// Layers that one way may undo at once.
pub(super) const DEPTH_MAX: usize = 4;

/// The bit that stands for C1 controls being windows-1252 bytes; no encoding has it.
pub(super) const C1_BIT: Mask = 1 << 30;

/// Readings of one place with a lost byte; more are not looked at.
const GUESSES_MAX: usize = 96;

/// What it costs to read a capital and the closing mark behind it as one letter, in a word of capitals: `VERIÐ”`.
const CLOSING_MARK: Cost = 36 * BIT;

/// The same for a capital that stands alone outside a line of capitals: `Ã©` is a word of Portuguese, `К»` the end of a
/// quotation.
const LONE_MARK: Cost = 5 * BIT;

/// ASCII capitals that make a line without small letters one of capitals.
const CAPITALS_MIN: usize = 4;

/// What it costs to believe a character that was never met.
const RARE_LETTER: Cost = 8 * BIT;

/// What each further layer costs to believe.
const LAYER: Cost = 3 * BIT;

/// One way on from a character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// The first character it takes.
    pub(super) start: u32,
    /// How many it takes.
    pub(super) len: u16,
    /// The character it gives.
    pub(super) out: char,
    /// For each layer, outermost first, the encodings in which this is so; 0 beyond the last.
    pub(super) layers: [Mask; DEPTH_MAX],
    /// What it costs where damage begins.
    pub(super) extra: Cost,
    /// What it costs in any case.
    pub(super) fixed: Cost,
    /// What it costs unless the document is known to be damaged that way.
    pub(super) lone: Cost,
    /// Whether a byte was lost, so that others would do as well.
    pub(super) is_guess: bool,
}

impl Edge {
    pub(super) fn end(&self) -> usize {
        self.start as usize + usize::from(self.len)
    }

    /// How many layers it undoes.
    pub(super) fn depth(&self) -> usize {
        self.layers.iter().filter(|&&mask| mask != 0).count()
    }
}

/// What may be believed lost, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Losses {
    /// Encodings that are known to have damaged the document, so that any loss is looked for.
    pub(super) known: Mask,
    /// Whether losses are looked for at all.
    pub(super) enabled: bool,
}

/// Bytes of a character in each encoding, and the encodings in which it is a lead byte.
type Row = (&'static [u8; NAMES.len()], Mask);

/// All ways on that read damage, in the order of the line.
pub(super) fn edges(units: &[Unit], losses: Losses) -> Vec<Edge> {
    let rows: Vec<Option<Row>> =
        units.iter().map(|unit| if unit.c.is_ascii() { None } else { TABLES.row(unit.c) }).collect();
    let mut all = single_layer(units, &rows);
    let mut layer = all.clone();
    for _ in 1..DEPTH_MAX {
        layer = next_layer(&layer);
        if layer.is_empty() {
            break;
        }
        all.extend_from_slice(&layer);
    }
    if losses.enabled {
        guesses(units, &rows, losses, &mut all);
    }
    stray_controls(units, &mut all);
    all.sort_by_key(|edge| edge.start);
    guards::weigh_lone(units, &mut all);
    all
}

fn single_layer(units: &[Unit], rows: &[Option<Row>]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let in_capitals = units.iter().filter(|unit| unit.c.is_ascii_uppercase()).count() >= CAPITALS_MIN
        && !units.iter().any(|unit| unit.c.is_lowercase());
    for (at, pair) in rows.windows(2).enumerate() {
        let [Some((lead_row, leads)), Some(_)] = pair else { continue };
        let first = edges.len();
        for codec in encodings(*leads) {
            let lead = lead_row[codec];
            let byte = |idx: usize| rows.get(at + idx).copied().flatten().map_or(0, |(row, _)| row[codec]);
            let Some((len, out)) = sequence(lead, byte).filter(|&(_, out)| is_assigned(out)) else { continue };
            match edges[first..].iter_mut().find(|edge| edge.out == out && usize::from(edge.len) == len) {
                Some(edge) => edge.layers[0] |= 1 << codec,
                None => {
                    let closing = if len == 2 { closing_mark_cost(units, at, in_capitals) } else { 0 };
                    let (extra, fixed) = (closing, rarity_cost(out));
                    let layers = one_layer(1 << codec);
                    let len = len as u16;
                    edges.push(Edge { start: at as u32, len, out, layers, extra, fixed, lone: 0, is_guess: false });
                }
            }
        }
    }
    edges
}

fn one_layer(mask: Mask) -> [Mask; DEPTH_MAX] {
    let mut layers = [0; DEPTH_MAX];
    layers[0] = mask;
    layers
}

/// Ways that undo one layer more: neighbours among those given, whose characters are again bytes of UTF-8.
fn next_layer(layer: &[Edge]) -> Vec<Edge> {
    let at = |start: usize| {
        let first = layer.partition_point(|edge| (edge.start as usize) < start);
        layer[first..].iter().take_while(move |edge| edge.start as usize == start)
    };
    let mut edges: Vec<Edge> = Vec::new();
    for lead_edge in layer {
        let Some((lead_row, leads)) = TABLES.row(lead_edge.out).filter(|_| !lead_edge.out.is_ascii()) else { continue };
        let first = edges.len();
        for codec in encodings(leads) {
            let lead = lead_row[codec];
            // The bytes after it: at each place the first way whose character is one and that shares the layers.
            let mut layers = lead_edge.layers;
            let mut bytes = [lead, 0, 0, 0];
            let mut end = lead_edge.end();
            for slot in bytes[1..].iter_mut().take(tail_len(lead)) {
                let next = at(end).find_map(|edge| {
                    let byte = TABLES.bytes(edge.out).map_or(0, |row| row[codec]);
                    let shared = shared_layers(layers, edge.layers)?;
                    (byte & 0xC0 == 0x80).then_some((byte, shared, edge.end()))
                });
                let Some((byte, shared, next_end)) = next else { break };
                (*slot, layers, end) = (byte, shared, next_end);
            }
            let Some((_, out)) = sequence(lead, |idx| bytes.get(idx).copied().unwrap_or(0)) else { continue };
            let depth = lead_edge.depth();
            let len = (end - lead_edge.start as usize) as u16;
            match edges[first..].iter_mut().find(|edge| edge.out == out && edge.len == len) {
                Some(edge) => edge.layers[depth] |= 1 << codec,
                None => {
                    layers[depth] = 1 << codec;
                    let fixed = lead_edge.fixed;
                    let extra = depth as Cost * LAYER;
                    edges.push(Edge {
                        start: lead_edge.start,
                        len,
                        out,
                        layers,
                        extra,
                        fixed,
                        lone: 0,
                        is_guess: false,
                    });
                }
            }
        }
    }
    edges
}

/// The encodings that two chains share, layer by layer; `None` if they share none at some layer.
pub(super) fn shared_layers(a: [Mask; DEPTH_MAX], b: [Mask; DEPTH_MAX]) -> Option<[Mask; DEPTH_MAX]> {
    let mut shared = [0; DEPTH_MAX];
    for ((slot, a), b) in shared.iter_mut().zip(a).zip(b) {
        *slot = a & b;
        if *slot == 0 && (a | b) != 0 {
            return None;
        }
    }
    Some(shared)
}

/// Bytes that follow a lead byte.
fn tail_len(lead: u8) -> usize {
    match lead {
        0xC2..=0xDF => 1,
        0xE0..=0xEF => 2,
        _ => 3,
    }
}

/// What it costs to believe that a capital and the mark behind it are one letter: much in a word of capitals, less
/// for a capital alone, nothing before or behind small letters.
fn closing_mark_cost(units: &[Unit], at: usize, in_capitals: bool) -> Cost {
    let [lead, mark] = [units[at].c, units[at + 1].c];
    let before = at.checked_sub(1).map(|idx| units[idx].c);
    // A drawing repeats its strokes; words do not.
    if before == Some(lead) && ('\u{2500}'..='\u{259F}').contains(&lead) {
        return CLOSING_MARK;
    }
    let after = units.get(at + 2).map(|unit| unit.c);
    let is_mark = matches!(mark, '’' | '”' | '“' | '‘' | '»' | '›' | '…' | '®' | '©' | '™' | '°' | 'º' | 'ª');
    if !is_mark || !lead.is_uppercase() || after.is_some_and(char::is_alphabetic) {
        return 0;
    }
    match before {
        Some(c) if c.is_lowercase() => 0,
        Some(c) if c.is_alphabetic() || is_quote(c) && is_quote(mark) => CLOSING_MARK,
        Some(_) | None if in_capitals => CLOSING_MARK,
        Some(_) | None => LONE_MARK,
    }
}

/// Whether a character opens or closes a quotation: a letter between two is quoted.
fn is_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' | '"' | '\'')
}

/// What it costs to believe a character that no language the model has read writes.
fn rarity_cost(out: char) -> Cost {
    if MODEL.is_known(out) { 0 } else { RARE_LETTER }
}

/// The character that a lead byte and those after it (by distance) encode, and how many bytes it takes.
pub(super) fn sequence(lead: u8, byte: impl Fn(usize) -> u8) -> Option<(usize, char)> {
    let tail = |idx: usize| Some(u32::from(byte(idx))).filter(|byte| byte & 0xC0 == 0x80).map(|byte| byte & 0x3F);
    match lead {
        0xC2..=0xDF => {
            let code = u32::from(lead & 0x1F) << 6 | tail(1)?;
            Some((2, char::from_u32(code)?))
        }
        0xE0..=0xEF => {
            let code = u32::from(lead & 0x0F) << 12 | tail(1)? << 6 | tail(2)?;
            match code {
                0..0x800 => None,
                0xD800..=0xDBFF => {
                    let low = 0xD000 | tail(4)? << 6 | tail(5)?;
                    let is_pair = byte(3) == 0xED && (0xDC00..=0xDFFF).contains(&low);
                    let code = 0x1_0000 + ((code - 0xD800) << 10) + (low.checked_sub(0xDC00)?);
                    Some((6, char::from_u32(code).filter(|_| is_pair)?))
                }
                _ => Some((3, char::from_u32(code)?)),
            }
        }
        0xF0..=0xF4 => {
            let code = u32::from(lead & 0x07) << 18 | tail(1)? << 12 | tail(2)? << 6 | tail(3)?;
            Some((4, char::from_u32(code).filter(|_| code >= 0x1_0000)?))
        }
        _ => None,
    }
}

/// Whether a character is of a plane's written part: beyond the first plane, ideographs, emoji and letters.
fn is_assigned(out: char) -> bool {
    matches!(out, '\0'..='\u{FFFF}' | '\u{10000}'..='\u{1FBFF}' | '\u{20000}'..='\u{323AF}' | '\u{E0020}'..='\u{E007F}')
}

/// A sequence being read, with what was lost of it so far.
#[derive(Clone, Copy)]
struct Partial {
    code: u32,
    /// Characters taken so far.
    len: usize,
    left: usize,
    cost: Cost,
    is_lost: bool,
}

/// Adds the ways that take a sequence with one byte lost for each byte that it may have been.
fn guesses(units: &[Unit], rows: &[Option<Row>], losses: Losses, all: &mut Vec<Edge>) {
    for (at, row) in rows.iter().enumerate() {
        let Some((row, leads)) = row else { continue };
        let first = all.len();
        let near_replacement = units[at + 1..].iter().take(3).any(|unit| unit.c == '\u{FFFD}');
        for codec in encodings(*leads) {
            let lead = row[codec];
            let is_known = losses.known >> codec & 1 == 1;
            let behind_word = codec == 0 && at.checked_sub(1).is_some_and(|before| units[before].c.is_lowercase());
            if !(is_known || near_replacement || behind_word) {
                continue;
            }
            let byte = |idx: usize| rows.get(at + idx).copied().flatten().map_or(0, |(row, _)| row[codec]);
            if sequence(lead, byte).is_some() {
                continue;
            }
            let left = tail_len(lead);
            let code = u32::from(lead) & (0x3F >> left);
            let mut partials = vec![Partial { code, len: 1, left, cost: 0, is_lost: false }];
            while let Some(partial) = partials.pop() {
                if all.len() - first > GUESSES_MAX {
                    break;
                }
                if partial.left > 0 {
                    extend(units, rows, at, codec as CodecId, is_known, partial, &mut partials);
                    continue;
                }
                let is_whole = match left {
                    1 => true,
                    2 => partial.code >= 0x800,
                    _ => partial.code >= 0x1_0000,
                };
                let Some(out) = char::from_u32(partial.code).filter(|_| is_whole && partial.is_lost) else { continue };
                let len = partial.len as u16;
                match all[first..].iter_mut().find(|edge| edge.out == out && edge.len == len && edge.is_guess) {
                    Some(edge) => {
                        edge.layers[0] |= 1 << codec;
                        edge.fixed = edge.fixed.min(partial.cost);
                    }
                    None => all.push(Edge {
                        start: at as u32,
                        len,
                        out,
                        layers: one_layer(1 << codec),
                        extra: 0,
                        fixed: partial.cost,
                        lone: 0,
                        is_guess: true,
                    }),
                }
            }
        }
    }
}

/// The ways to read one byte more of a sequence: as it stands, or as one that was lost.
fn extend(
    units: &[Unit],
    rows: &[Option<Row>],
    at: usize,
    codec: CodecId,
    is_known: bool,
    partial: Partial,
    partials: &mut Vec<Partial>,
) {
    let place = at + partial.len;
    let mut push = |byte: u8, taken: usize, cost: Cost, is_lost: bool| {
        partials.push(Partial {
            code: partial.code << 6 | u32::from(byte & 0x3F),
            len: partial.len + taken,
            left: partial.left - 1,
            cost: partial.cost + cost,
            is_lost: partial.is_lost || is_lost,
        });
    };
    let stands = rows.get(place).copied().flatten().map_or(0, |(row, _)| row[usize::from(codec)]);
    if stands & 0xC0 == 0x80 {
        push(stands, 1, 0, false);
        return;
    }
    if partial.is_lost {
        return;
    }
    let fragile = || TABLES.fragile(codec).iter().copied();
    match units.get(place).map(|unit| unit.c) {
        Some('\u{FFFD}') => fragile().for_each(|byte| push(byte, 1, 3 * BIT, true)),
        Some('?') if is_known => fragile().for_each(|byte| push(byte, 1, 4 * BIT, true)),
        Some(' ') if TABLES.char(codec, 0xA0) == '\u{A0}' => {
            push(0xA0, 1, 4 * BIT, true);
            // The space may be the character after, with which the no-break space was merged.
            if partial.left == 1 {
                push(0xA0, 0, 6 * BIT, true);
            }
        }
        Some(mark @ ('"' | '\'')) if is_known => {
            let curly = if mark == '"' { ['“', '”', '„'] } else { ['‘', '’', '‚'] };
            for c in curly {
                let byte = TABLES.bytes(c).map_or(0, |row| row[usize::from(codec)]);
                if byte & 0xC0 == 0x80 {
                    push(byte, 1, 4 * BIT, true);
                }
            }
        }
        Some(_) | None => {}
    }
    // At the end the text may have been cut: nothing was lost that could be guessed.
    if is_known && units.get(place).is_some_and(|unit| unit.c != '\n') {
        let soft_hyphen = std::iter::once(0xAD).filter(|&byte| TABLES.char(codec, byte) == '\u{AD}');
        fragile().chain(soft_hyphen).for_each(|byte| push(byte, 0, 7 * BIT, true));
    }
}

/// Adds the ways that read a C1 control as the windows-1252 character of its byte. Not behind a character that may
/// be the lead of a sequence cut short: that would hide the damage.
fn stray_controls(units: &[Unit], all: &mut Vec<Edge>) {
    for (at, unit) in units.iter().enumerate() {
        if !('\u{80}'..='\u{9F}').contains(&unit.c) {
            continue;
        }
        let out = TABLES.char(0, unit.c as u32 as u8);
        let before = at.checked_sub(1).map(|idx| units[idx].c);
        let follows_lead = before.is_some_and(|c| matches!(c, '\u{80}'..='\u{9F}' | '\u{C2}'..='\u{F4}'));
        if out != '\u{FFFD}' && !follows_lead {
            let layers = one_layer(C1_BIT);
            all.push(Edge { start: at as u32, len: 1, out, layers, extra: 0, fixed: 0, lone: 0, is_guess: false });
        }
    }
}

/// The step of a chain that a set of encodings is named by: the everyday one among them.
pub(super) fn step_of(mask: Mask) -> u8 {
    if mask & C1_BIT != 0 { STEP_C1 } else { mask.trailing_zeros() as u8 }
}
