//! Mends the parts of a body and the facts about it: mojibake repaired, invisible characters tidied, each change recorded.
//!
//! All texts of a page vote together on what damage there is. Spans move with the text they stand on.

use crate::article::{BodyPart, PartKind, RepairKind, Repaired, Span, SpanKind};
use crate::mojibake::{self, Hints, Normalisation, Plan, Repair};

/// How to mend.
pub(super) struct Mend<'a> {
    pub(super) hints: Hints<'a>,
    pub(super) repair: &'a mojibake::Options,
    pub(super) tidy: Normalisation,
}

/// Mends parts and, beside them, facts; gives what was done, in the order of the text, facts first.
pub(super) fn mend(how: &Mend<'_>, facts: &mut [&mut String], parts: &mut Vec<BodyPart>) -> Vec<Repaired> {
    let is_sound = |text: &str| text.is_ascii() || !mojibake::suspicious(text);
    let mut done = Vec::new();
    let any_damage = !(facts.iter().all(|it| is_sound(it.as_str()))
        && parts.iter().all(|it| it.kind == PartKind::Code || is_sound(&it.text)));
    if any_damage {
        let texts: Vec<String> = facts.iter().map(|it| (*it).clone()).chain(parts.iter().map(without_code)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let results = mojibake::repair_all(&texts, &how.hints, how.repair);
        for (text_idx, result) in results.into_iter().enumerate() {
            if result.repairs.is_empty() {
                continue;
            }
            let part_idx = text_idx.checked_sub(facts.len());
            match part_idx {
                None => *facts[text_idx] = result.text.into_owned(),
                Some(part_idx) => {
                    let part = &mut parts[part_idx];
                    // A repair that reaches into code is none.
                    let Ok(text) = mojibake::apply(&Plan::from(&result), &part.text) else { continue };
                    move_spans(&mut part.spans, &result.repairs);
                    part.text = text;
                }
            }
            done.extend(result.repairs.into_iter().map(|it| Repaired {
                kind: RepairKind::Mojibake,
                from: it.from,
                to: it.to,
                encoding: Some(it.encoding),
                block: part_idx,
                offset: Some(it.offset),
                count: None,
            }));
        }
    }
    let (mut n_nbsp, mut n_zero_width) = (0, 0);
    for fact in facts {
        let tidied = mojibake::normalise(fact, how.tidy);
        if matches!(tidied.text, std::borrow::Cow::Owned(_)) {
            **fact = crate::text::collapse(&tidied.text);
        }
        if how.tidy.zero_width {
            fact.retain(|c| c != SOFT_HYPHEN);
        }
    }
    // What was done stands in the order of the parts.
    let mut rest = done.as_mut_slice();
    for (part_idx, part) in parts.iter_mut().enumerate() {
        let n_before = rest.iter().take_while(|it| it.block.is_none_or(|block| block < part_idx)).count();
        let n_own = rest[n_before..].iter().take_while(|it| it.block == Some(part_idx)).count();
        let (own, after) = std::mem::take(&mut rest)[n_before..].split_at_mut(n_own);
        rest = after;
        let (nbsp, zero_width) = tidy(part, how.tidy, own);
        n_nbsp += nbsp;
        n_zero_width += zero_width;
    }
    let removed: Vec<bool> = parts.iter().map(BodyPart::is_empty).collect();
    if removed.contains(&true) {
        // What was nothing but invisible characters is no block; later blocks move up.
        let new_idx: Vec<usize> = removed
            .iter()
            .scan(0, |next, gone| {
                let idx = *next;
                *next += usize::from(!gone);
                Some(idx)
            })
            .collect();
        done.iter_mut().for_each(|it| it.block = it.block.map(|block| new_idx[block]));
        parts.retain(|it| !it.is_empty());
    }
    let counted = |kind, count| Repaired {
        kind,
        from: String::new(),
        to: String::new(),
        encoding: None,
        block: None,
        offset: None,
        count: Some(count),
    };
    if n_nbsp > 0 {
        done.push(counted(RepairKind::Nbsp, n_nbsp));
    }
    if n_zero_width > 0 {
        done.push(counted(RepairKind::ZeroWidth, n_zero_width));
    }
    done
}

/// A part's text with all code in it blanked, byte for byte: who shows damage there means it, and it is no vote for damage
/// elsewhere.
fn without_code(part: &BodyPart) -> String {
    if part.kind == PartKind::Code {
        return String::new();
    }
    let mut text = part.text.clone();
    for span in part.spans.iter().filter(|it| it.kind == SpanKind::Code) {
        text.replace_range(span.start..span.end, &"x".repeat(span.end - span.start));
    }
    text
}

const SOFT_HYPHEN: char = '\u{ad}';

/// Moves spans from the damaged text to the repaired one. A repair that a span cuts through is inside it.
fn move_spans(spans: &mut [Span], repairs: &[Repair]) {
    let moved = |at: usize, is_end: bool| {
        let n_before = repairs.partition_point(|it| it.source.end <= at);
        if let Some(repair) = repairs.get(n_before).filter(|it| it.source.start < at) {
            return if is_end { repair.offset + repair.to.len() } else { repair.offset };
        }
        let shift = n_before.checked_sub(1).map_or(0, |last| {
            let repair = &repairs[last];
            (repair.offset + repair.to.len()) as isize - repair.source.end as isize
        });
        at.saturating_add_signed(shift)
    };
    for span in spans {
        (span.start, span.end) = (moved(span.start, false), moved(span.end, true));
    }
}

/// Tidies one part: invisible characters, then spaces that stand together or at an edge. Gives how many no-break spaces
/// and zero-width characters there were.
fn tidy(part: &mut BodyPart, what: Normalisation, done: &mut [Repaired]) -> (usize, usize) {
    // Two spaces around nothing are an empty cell.
    let is_set = matches!(part.kind, PartKind::Code | PartKind::Table);
    if part.text.is_ascii() && !part.text.contains("  ") && part.text.trim() == part.text && !part.text.contains('\r') {
        return (0, 0);
    }
    // The text is cut where anything points into it, each piece tidied, and the pieces joined again.
    let mut cuts: Vec<usize> = vec![0, part.text.len()];
    cuts.extend(part.spans.iter().flat_map(|it| [it.start, it.end]));
    cuts.extend(done.iter().filter_map(|it| it.offset));
    cuts.sort_unstable();
    cuts.dedup();
    let (mut n_nbsp, mut n_zero_width) = (0, 0);
    let mut tidied = String::with_capacity(part.text.len());
    let mut moved = vec![(0, 0)];
    for cut in cuts.windows(2) {
        let piece = mojibake::normalise(&part.text[cut[0]..cut[1]], what);
        n_nbsp += piece.nbsp;
        n_zero_width += piece.zero_width;
        if part.kind == PartKind::Code {
            tidied.push_str(&piece.text);
        } else {
            for c in piece.text.chars() {
                let at_gap = tidied.is_empty() || tidied.ends_with([' ', '\n']);
                match c {
                    ' ' if at_gap && !is_set => {}
                    // Where a word may be broken is the page's business. Repair has needed it until here.
                    SOFT_HYPHEN if what.zero_width => n_zero_width += 1,
                    '\n' if !is_set => {
                        tidied.truncate(tidied.trim_end_matches(' ').len());
                        tidied.push('\n');
                    }
                    _ => tidied.push(c),
                }
            }
        }
        moved.push((cut[1], tidied.len()));
    }
    let length = if is_set { tidied.len() } else { tidied.trim_end().len() };
    tidied.truncate(length);
    let place =
        |at: usize| moved.binary_search_by_key(&at, |(old, _)| *old).map_or(length, |found| moved[found].1.min(length));
    for span in &mut part.spans {
        (span.start, span.end) = (place(span.start), place(span.end));
        let inside = &tidied[span.start..span.end];
        let (front, back) = (inside.len() - inside.trim_start().len(), inside.len() - inside.trim_end().len());
        (span.start, span.end) = (span.start + front, span.end.saturating_sub(back).max(span.start + front));
    }
    part.spans.retain(|it| it.start < it.end || matches!(it.kind, SpanKind::Note { .. }));
    for repaired in done {
        repaired.offset = repaired.offset.map(place);
    }
    part.text = tidied;
    (n_nbsp, n_zero_width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, spans: &[(usize, usize)]) -> BodyPart {
        let spans =
            spans.iter().map(|(start, end)| Span { start: *start, end: *end, kind: SpanKind::Strong }).collect();
        BodyPart { spans, ..BodyPart::new(PartKind::Paragraph, text) }
    }

    #[track_caller]
    fn check(before: BodyPart, text: &str, bold: &[&str], n_nbsp: usize) {
        let options = mojibake::Options::default();
        let how = Mend { hints: Hints::default(), repair: &options, tidy: Normalisation::default() };
        let mut parts = vec![before];
        let done = mend(&how, &mut [], &mut parts);
        assert_eq!(parts[0].text, text);
        let got: Vec<_> = parts[0].spans.iter().map(|it| &parts[0].text[it.start..it.end]).collect();
        assert_eq!(got, bold);
        assert_eq!(done.iter().filter_map(|it| it.count).sum::<usize>(), n_nbsp);
        for repaired in done.iter().filter(|it| it.kind == RepairKind::Mojibake) {
            assert!(parts[0].text[repaired.offset.unwrap()..].starts_with(&repaired.to), "{repaired:?}");
        }
    }

    #[test]
    fn spans_stay_on_their_words() {
        let text = "\u{a0}â€¢ Security Guarantees:\u{a0} more";
        let end = text.find(':').unwrap() + 1;
        check(part(text, &[(0, end)]), "• Security Guarantees: more", &["• Security Guarantees:"], 2);
    }

    #[test]
    fn damage_that_code_shows_is_meant() {
        let text = "The form said GÃ¶ran where â€™ stood, and GÃ¶ran was not amused.";
        let cited = text.find("â€™").unwrap();
        let mut cites = part(text, &[]);
        cites.spans = vec![Span { start: cited, end: cited + "â€™".len(), kind: SpanKind::Code }];
        check(cites, "The form said Göran where â€™ stood, and Göran was not amused.", &["â€™"], 0);
        let listing = BodyPart { kind: PartKind::Code, ..part(text, &[]) };
        check(listing, text, &[], 0);
    }

    #[test]
    fn sound_text_is_left_alone() {
        check(part("São Tomé – “VERIÐ”", &[]), "São Tomé – “VERIÐ”", &[], 0);
    }

    #[test]
    fn spaces_that_come_together_are_one() {
        check(part("12\u{a0} 000\u{200b} readers\u{a0}", &[(0, 8)]), "12 000 readers", &["12 000"], 3);
    }
}
