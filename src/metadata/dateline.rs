//! Place and day of filing at the head of a story.
//!
//! Papers and agencies set them off from the text in one of a few ways: `BERLIN (dpa) – …`, `MADRID, 4 dic. (EFE).- …`,
//! `Kyiv, December 5 — …`, or as a line of their own: `London, UK – December 4, 2025`. A place alone counts only in
//! capitals, since "Berlin – a city divided" is a sentence.

use super::dates;
use crate::article::Dateline;
use crate::text::collapse;
use std::ops::Range;

/// Longest dateline, in bytes: three cities, a date and an agency.
const HEAD_BYTES_MAX: usize = 140;

/// Longest place, in words.
const PLACE_WORDS_MAX: usize = 6;

/// The dateline at the head of a paragraph. `year` completes a day that is written without one.
pub(super) fn parse(paragraph: &str, year: Option<u16>) -> Option<Dateline> {
    let text = collapse(head(paragraph));
    let day = dates::find_day(&text);
    let iso = day.as_ref().and_then(|(_, written, month, day)| {
        let year = written.or(year)?;
        Some(format!("{year:04}-{month:02}-{day:02}"))
    });
    let day = day.map(|(range, ..)| range);

    if let Some((at, len)) = dashes(&text).next() {
        return before_dash(&text, at, len, day.as_ref(), iso);
    }
    // A line of its own: place and day, nothing else.
    let day = day?;
    let is_whole =
        text.len() < HEAD_BYTES_MAX && text[day.end..].trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
    if day.start == 0 || !is_whole || text.len() > 80 {
        return None;
    }
    let place = place(&text[..day.start], None)?;
    Some(Dateline { raw: text.clone(), place: Some(place), date: iso })
}

/// The dateline that ends at a dash, or with the day right behind it.
fn before_dash(text: &str, at: usize, len: usize, day: Option<&Range<usize>>, iso: Option<String>) -> Option<Dateline> {
    let before = &text[..at];
    let raw = match day {
        // London, UK – December 4, 2025
        Some(day) if day.start >= at + len && text[at + len..day.start].trim().is_empty() => {
            let rest = text[day.end..].trim_start();
            if !(rest.is_empty() || rest.starts_with(['(', '-', '–', '—'])) {
                return None;
            }
            text[..day.end].trim()
        }
        _ => before.trim(),
    };
    let has_day = day.is_some_and(|it| it.end <= raw.len());
    let place = place(before, day.filter(|it| it.end <= at))?;
    let n_letters = place.chars().filter(|it| it.is_alphabetic()).count();
    let in_capitals = n_letters >= 3 && place.contains(char::is_uppercase) && !place.contains(char::is_lowercase);
    (has_day || before.trim_end().ends_with(')') || in_capitals).then(|| Dateline {
        raw: raw.to_owned(),
        place: Some(place),
        date: iso.filter(|_| has_day),
    })
}

fn head(paragraph: &str) -> &str {
    let paragraph = paragraph.trim_start();
    let mut end = paragraph.len().min(HEAD_BYTES_MAX);
    while !paragraph.is_char_boundary(end) {
        end -= 1;
    }
    &paragraph[..end]
}

/// Dashes that set something off, with their length in bytes.
fn dashes(text: &str) -> impl Iterator<Item = (usize, usize)> {
    text.char_indices().filter_map(|(at, c)| {
        let before = text[..at].chars().next_back();
        let after = text[at + c.len_utf8()..].chars().next();
        let space = |it: Option<char>| it.is_none_or(|it| it.is_whitespace() || it == '-');
        let apart = match c {
            '—' => true,
            '–' => space(before) || space(after),
            '-' => space(after) && (space(before) || matches!(before, Some('.' | ')'))),
            _ => false,
        };
        apart.then_some((at, c.len_utf8()))
    })
}

/// The place in what stands before the dash: without the day, the agency in brackets, and marks at its ends.
fn place(before: &str, day: Option<&Range<usize>>) -> Option<String> {
    let mut place = match day {
        Some(day) => &before[..day.start.min(before.len())],
        None => before,
    };
    if let Some(at) = place.find(['(', '[']) {
        place = &place[..at];
    }
    let place = place.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | '-' | '–' | '/' | '|'));
    let words: Vec<&str> = place.split_whitespace().collect();
    let is_of_place = |it: &&str| {
        // Little words inside names of places: Rio de Janeiro, Frankfurt am Main, Stoke-on-Trent.
        const WITHIN: [&str; 18] = [
            "de", "del", "da", "do", "la", "le", "el", "al", "am", "an", "der", "of", "the", "and", "und", "et", "sur",
            "upon",
        ];
        let first = it.chars().find(|it| it.is_alphabetic());
        first.is_some_and(|it| !it.is_lowercase()) || WITHIN.contains(it)
    };
    let fits = !words.is_empty()
        && words.len() <= PLACE_WORDS_MAX
        && words.iter().all(is_of_place)
        && !place.contains(['!', '?', ';', '"', '“', '„', '«'])
        && place.chars().filter(|it| it.is_alphabetic()).count() >= 2;
    fits.then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Place, day and raw text.
    #[track_caller]
    fn check(paragraph: &str, expected: Option<(&str, &str, &str)>) {
        let found = parse(paragraph, Some(2025));
        let found = found
            .as_ref()
            .map(|it| (it.place.as_deref().unwrap_or(""), it.date.as_deref().unwrap_or(""), it.raw.as_str()));
        assert_eq!(found, expected, "{paragraph}");
    }

    #[test]
    fn a_line_of_its_own_is_a_dateline() {
        check("London, UK – December 4, 2025", Some(("London, UK", "2025-12-04", "London, UK – December 4, 2025")));
        check("Nairobi, 12 March 2024", Some(("Nairobi", "2024-03-12", "Nairobi, 12 March 2024")));
    }

    #[test]
    fn agencies_datelines_are_read() {
        check("BERLIN (dpa) — Die Lage ist ernst.", Some(("BERLIN", "", "BERLIN (dpa)")));
        check("Berlin/Paris (dpa) - Die Lage ist ernst.", Some(("Berlin/Paris", "", "Berlin/Paris (dpa)")));
        check("MADRID, 4 dic. (EFE) - El Gobierno", Some(("MADRID", "2025-12-04", "MADRID, 4 dic. (EFE)")));
        check("Madrid, 4 dic (EFE).- El Gobierno", Some(("Madrid", "2025-12-04", "Madrid, 4 dic (EFE).")));
        check("WASHINGTON (AP) — The president said", Some(("WASHINGTON", "", "WASHINGTON (AP)")));
        check("Kyiv, 5 грудня – Уряд ухвалив", Some(("Kyiv", "2025-12-05", "Kyiv, 5 грудня")));
        check("RIO DE JANEIRO — The carnival", Some(("RIO DE JANEIRO", "", "RIO DE JANEIRO")));
    }

    #[test]
    fn sentences_are_not_datelines() {
        check("Berlin – a city divided for forty years.", None);
        check("The talks – held on December 4, 2025 – failed.", None);
        check("On December 4, 2025, the talks failed.", None);
        check("Well-known – and feared", None);
        check("", None);
    }
}
