//! Author lines to sets of names, and written dates to days.

use super::tokens::{fold, is_word};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Words between two names.
const AND: &[&str] = &["and", "und", "et", "y"];

/// Words before the first name.
const BY: &[&str] = &["by", "von", "par", "por", "di", "af", "av", "door", "text"];

/// The names in author lines, folded.
pub(super) fn author_set(lines: &[String]) -> BTreeSet<String> {
    let parts = lines.iter().flat_map(|line| name_parts(without_by(line)));
    parts.map(|part| fold(without_by(part))).filter(|name| !name.is_empty()).collect()
}

/// The line cut at every separator: `,`, `;`, `|`, `/`, a line end, `&` between spaces, and "and" as a word.
fn name_parts(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let word_bytes = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let token_bytes = word_bytes.max(c.len_utf8());
        let cuts = match c {
            ',' | ';' | '|' | '/' | '\n' => true,
            '&' => line[..at].ends_with(char::is_whitespace) && rest[1..].starts_with(char::is_whitespace),
            _ => AND.iter().any(|and| rest[..token_bytes].eq_ignore_ascii_case(and)),
        };
        if cuts {
            parts.push(&line[start..at]);
            start = at + token_bytes;
        }
        at += token_bytes;
    }
    parts.push(&line[start..]);
    parts
}

/// The line without a leading "by" and the colon or space after it.
fn without_by(line: &str) -> &str {
    let trimmed = line.trim_start();
    let word_bytes = trimmed.find(|c: char| c == ':' || c.is_whitespace()).unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at(word_bytes);
    if !rest.is_empty() && BY.iter().any(|by| word.eq_ignore_ascii_case(by)) {
        rest.trim_start_matches(|c: char| c == ':' || c.is_whitespace())
    } else {
        line
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The calendar day that a date states as written: the first that any of the forms finds, in this order: year first with
/// hyphens, year first with slashes or dots, eight digits alone, English month first, English month second.
pub(super) fn day(text: &str) -> Option<Date> {
    let numeric = places(text)
        .find_map(|(_, rest)| year_first(rest, &['-']).map(|(date, _)| date))
        .or_else(|| {
            let dates = word_starts(text).filter_map(|rest| year_first(rest, &['/', '.']));
            dates.filter(|(_, rest)| !rest.starts_with(is_word)).map(|(date, _)| date).next()
        })
        .or_else(|| eight_digits(text.trim()));
    if let Some((year, month, day)) = numeric {
        return date(year, month, day);
    }
    let month_first = word_starts(text).find_map(month_first);
    let named = month_first.filter(|(_, month, _)| *month > 0).or_else(|| word_starts(text).find_map(day_first));
    named.and_then(|(year, month, day)| date(year, month, day))
}

pub(super) fn n_days_between(a: Date, b: Date) -> u32 {
    a.duration_until(b).as_hours().unsigned_abs() as u32 / 24
}

fn date(year: u16, month: u16, day: u16) -> Option<Date> {
    let years = i16::try_from(year).ok().filter(|year| *year > 0)?;
    Date::new(years, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Year, month and day as they are read; a month that is no month is 0.
type Ymd = (u16, u16, u16);

/// Each character's place in the text: what stands before it, and the rest from it on.
fn places(text: &str) -> impl Iterator<Item = (Option<char>, &str)> {
    let before = std::iter::once(None).chain(text.chars().map(Some));
    before.zip(text.char_indices().map(|(at, _)| &text[at..]))
}

/// The rests of the text from each place at which no word runs on.
fn word_starts(text: &str) -> impl Iterator<Item = &str> {
    places(text).filter(|(before, _)| !before.is_some_and(is_word)).map(|(_, rest)| rest)
}

/// As many digits as there are, up to `n_max`, and what follows.
fn number(text: &str, n_min: usize, n_max: usize) -> Option<(u16, &str)> {
    let n = text.bytes().take(n_max).take_while(u8::is_ascii_digit).count();
    if n < n_min { None } else { Some((text[..n].parse().ok()?, &text[n..])) }
}

fn year_first<'a>(text: &'a str, separators: &[char]) -> Option<(Ymd, &'a str)> {
    let (year, rest) = number(text, 4, 4)?;
    let (month, rest) = number(rest.strip_prefix(separators)?, 1, 2)?;
    let (day, rest) = number(rest.strip_prefix(separators)?, 1, 2)?;
    Some(((year, month, day), rest))
}

fn eight_digits(text: &str) -> Option<Ymd> {
    let (year, rest) = number(text, 4, 4)?;
    let (month, rest) = number(rest, 2, 2)?;
    let (day, rest) = number(rest, 2, 2)?;
    (rest.is_empty() || rest.starts_with('T')).then_some((year, month, day))
}

/// `May 3, 2024`, `Sept. 3rd 2024`.
fn month_first(text: &str) -> Option<Ymd> {
    let (month, rest) = month(text)?;
    let (day, rest) = number(rest, 1, 2)?;
    let rest = ["st", "nd", "rd", "th"].iter().find_map(|it| rest.strip_prefix(it)).unwrap_or(rest);
    let rest = rest.strip_prefix(',').unwrap_or(rest).strip_prefix(' ')?;
    let (year, _) = number(rest, 4, 4)?;
    Some((year, month, day))
}

/// `3 May 2024`.
fn day_first(text: &str) -> Option<Ymd> {
    let (day, rest) = number(text, 1, 2)?;
    let (month, rest) = month(rest.strip_prefix(' ')?)?;
    let (year, _) = number(rest, 4, 4)?;
    Some((year, month, day))
}

/// A word of three letters or more, the number of the month it begins like (0 for none), and what follows its dot and space.
fn month(text: &str) -> Option<(u16, &str)> {
    let name = text.get(..3).filter(|name| name.bytes().all(|b| b.is_ascii_alphabetic()))?;
    let rest = text[3..].trim_start_matches(|c: char| c.is_ascii_lowercase());
    let rest = rest.strip_prefix('.').unwrap_or(rest).strip_prefix(' ')?;
    let at = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month));
    Some((at.map_or(0, |at| at as u16 + 1), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_names(lines: &[&str], wanted: &[&str]) {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(author_set(&lines).into_iter().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn lines_are_split_into_names() {
        check_names(&["By: Ada Lovelace, Émile Zola & Jo"], &["ada lovelace", "jo", "émile zola"]);
        check_names(&["Anders und Brandy ET Yves y Z"], &["anders", "brandy", "yves", "z"]);
        check_names(&["A&B News"], &["a b news"]);
        check_names(&["Ada\nBo/Cy", "von Cy"], &["ada", "bo", "cy"]);
    }

    #[test]
    fn by_is_dropped_only_before_a_name() {
        check_names(&["By"], &["by"]);
        check_names(&["Byron"], &["byron"]);
        check_names(&["Ada, by Bo"], &["ada", "bo"]);
    }

    #[test]
    fn lines_without_letters_are_no_names() {
        check_names(&["", " , – ,"], &[]);
    }

    #[track_caller]
    fn check_day(text: &str, wanted: &str) {
        assert_eq!(day(text).map_or_else(String::new, |day| day.to_string()), wanted);
    }

    #[test]
    fn days_are_read_as_written() {
        check_day("2024-05-03T23:30:00+02:00", "2024-05-03");
        check_day("on 2024-5-3", "2024-05-03");
        check_day("2024/05/3 10:00", "2024-05-03");
        check_day("2024.5.03", "2024-05-03");
        check_day(" 20240503T1000Z ", "2024-05-03");
        check_day("Posted May 3, 2024 by", "2024-05-03");
        check_day("September 3rd, 2024", "2024-09-03");
        check_day("Sept. 3 2024", "2024-09-03");
        check_day("Fri, 03 MAY 2024 10:00:00 GMT", "2024-05-03");
    }

    #[test]
    fn the_day_may_stand_after_another_word_and_number() {
        check_day("Vol 12, 2020: 3 May 2024", "2024-05-03");
    }

    #[test]
    fn what_is_no_day_is_none() {
        check_day("", "");
        check_day("yesterday", "");
        check_day("2024-13-03", "");
        check_day("2024-13-03, that is 3 May 2024", "");
        check_day("x2024/05/03", "");
        check_day("2024/05/031", "");
        check_day("0000-01-01", "");
        check_day("3 Mai 2024", "");
    }

    #[test]
    fn days_apart_are_counted_both_ways() {
        let (a, b) = (day("2024-02-28").expect("a day"), day("2024-03-01").expect("a day"));
        assert_eq!((n_days_between(a, b), n_days_between(b, a), n_days_between(a, a)), (2, 2, 0));
    }
}
