//! From a place that looks damaged to what it was.

use super::codecs::TABLES;
use super::{Hints, Options, Repair, Repaired, gate};

const WINDOWS_1252: usize = 0;

pub(super) fn repair_text<'a>(text: &'a str, _hints: &Hints, options: &Options) -> Repaired<'a> {
    if !gate::suspicious(text) {
        return Repaired::unchanged(text);
    }
    let mut units: Vec<Unit> =
        text.char_indices().map(|(at, c)| Unit { c, source: at..at + c.len_utf8(), layers: 0 }).collect();
    for _ in 0..options.layers_max {
        if !peel(&mut units) {
            break;
        }
    }
    if units.iter().all(|unit| unit.layers == 0) {
        return Repaired::unchanged(text);
    }
    written(text, &units)
}

/// A character of the text as it is now, and what it was made from.
struct Unit {
    c: char,
    source: std::ops::Range<usize>,
    layers: u8,
}

fn written<'a>(text: &'a str, units: &[Unit]) -> Repaired<'a> {
    let mut out = String::with_capacity(text.len());
    let mut repairs: Vec<Repair> = Vec::new();
    for unit in units {
        let offset = out.len();
        out.push(unit.c);
        if unit.layers > 0 {
            repairs.push(Repair {
                from: text[unit.source.clone()].to_owned(),
                to: unit.c.to_string(),
                offset,
                source: unit.source.clone(),
                encoding: vec!["windows-1252"; usize::from(unit.layers)].join("+"),
                score: 8.0,
            });
        }
    }
    Repaired { text: out.into(), repairs }
}

/// Reads every sequence of characters that are UTF-8 bytes in windows-1252 as that UTF-8.
fn peel(units: &mut Vec<Unit>) -> bool {
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    let mut changed = false;
    let mut at = 0;
    while at < units.len() {
        let byte = |idx: usize| -> u8 {
            units.get(idx).and_then(|unit: &Unit| TABLES.bytes(unit.c)).map_or(0, |bytes| bytes[WINDOWS_1252])
        };
        let len = match byte(at) {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        let sequence: Vec<u8> = (at..at + len).map(byte).collect();
        let decoded = std::str::from_utf8(&sequence).ok().and_then(|text| text.chars().next()).filter(|_| len > 1);
        let after_capital = len == 2 && at > 1 && units[at - 2..at].iter().all(|unit| unit.c.is_uppercase());
        match decoded {
            Some(c) if !after_capital => {
                let source = units[at].source.start..units[at + len - 1].source.end;
                let layers = 1 + units[at..at + len].iter().map(|unit| unit.layers).max().unwrap_or(0);
                out.push(Unit { c, source, layers });
                changed = true;
                at += len;
            }
            Some(_) | None => {
                out.push(Unit { c: units[at].c, source: units[at].source.clone(), layers: units[at].layers });
                at += 1;
            }
        }
    }
    *units = out;
    changed
}

#[cfg(test)]
mod tests {
    use super::super::repair;
    use super::*;

    #[track_caller]
    fn check(damaged: &str, whole: &str) {
        assert_eq!(repair(damaged, &Hints::default(), &Options::default()).text, whole);
        assert_eq!(repair(whole, &Hints::default(), &Options::default()).text, whole);
    }

    #[test]
    fn utf8_read_as_windows_1252_is_repaired() {
        check("donâ€™t", "don’t");
        check("Der BÃ¼rgermeister", "Der Bürgermeister");
    }

    #[test]
    fn two_layers_are_peeled() {
        check("LÃƒÂ¤uft", "Läuft");
    }

    #[test]
    fn sound_text_is_left_alone() {
        check("São Tomé", "São Tomé");
        check("“VERIÐ”", "“VERIÐ”");
    }
}
