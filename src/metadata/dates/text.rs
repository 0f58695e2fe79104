//! Dates written out in text.
//!
//! Text is cut into words, numbers and marks; a date is three values (year, month, day) with only little words and marks
//! between them, or one of a few numeric forms. The time of day is looked for right behind it.

use super::{Clock, Moment, Order, Read, Scan, YEARS, months};

/// A word, number or mark of text that may hold a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    /// A number, how many digits it has, and where it ends.
    Number(u32, usize),
    /// A month.
    Month(u8),
    /// Another word.
    Word(&'a str),
    /// `.`, `/`, `-` or another mark; whitespace is none.
    Mark(char),
}

/// Text looked at for a date, in characters: a dateline or date line is much shorter.
const TEXT_CHARS_MAX: usize = 400;

/// The first date written out in a text, with the time that follows it if there is one.
pub(in crate::metadata) fn find(text: &str, order: Option<Order>) -> Option<Read> {
    let text = match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    if !text.chars().any(|it| digit(it).is_some()) {
        return None;
    }
    let parts = parts(text);
    (0..parts.len()).find_map(|at| {
        let (read, n_parts) = date_at(&parts[at..], order)?;
        let (_, end) = parts[at + n_parts - 1];
        let mut scan = Scan { rest: &text[end..] };
        Some(Read { moment: Moment { clock: scan.clock_near(), ..read.moment }, order: read.order })
    })
}

/// Where the first date in a text stands, as bytes, with its day and month and its year if it has one.
pub(in crate::metadata) fn find_day(text: &str) -> Option<(std::ops::Range<usize>, Option<u16>, u8, u8)> {
    if !text.chars().any(|it| digit(it).is_some()) {
        return None;
    }
    let all = parts(text);
    for at in 0..all.len() {
        let start = if at == 0 { 0 } else { all[at - 1].1 };
        let start = start + (text[start..].len() - text[start..].trim_start().len());
        if let Some((read, n_parts)) = date_at(&all[at..], None) {
            return Some((start..all[at + n_parts - 1].1, Some(read.moment.year), read.moment.month, read.moment.day));
        }
        let found = match numbers_and_months(&all[at..]).as_slice() {
            [(Value::Day(day), _), (Value::Month(month), n), ..]
            | [(Value::Month(month), _), (Value::Day(day), n), ..] => Some((*month, *day, *n)),
            _ => None,
        };
        if let Some((month, day, n_parts)) = found {
            // Any leap year will do to tell whether there is such a day.
            if Moment::day(2024, u32::from(month), day).is_some() {
                return Some((start..all[at + n_parts - 1].1, None, month, day as u8));
            }
        }
    }
    None
}

impl Scan<'_> {
    /// The time of day within the next few words.
    fn clock_near(&mut self) -> Option<Clock> {
        const AHEAD_CHARS: usize = 28;
        for (n_chars, (at, c)) in self.rest.char_indices().enumerate() {
            if n_chars > AHEAD_CHARS {
                break;
            }
            let is_half = matches!(c, '午' | '오' | '上' | '下');
            if !c.is_ascii_digit() && !is_half {
                continue;
            }
            let mut scan = Scan { rest: &self.rest[at..] };
            // A bare number is no time of day: it takes a colon, or `h`, or a dot with minutes.
            let n_digits = scan.rest.bytes().take_while(u8::is_ascii_digit).count();
            let marked = scan.rest[n_digits..].starts_with([':', '.', 'h', '時', '시']);
            if !is_half && (n_digits == 0 || n_digits > 2 || !marked) {
                return None;
            }
            return scan.clock();
        }
        None
    }
}

/// Parts between a month and the next number of its date: "de", a dot.
const MONTH_DISTANCE_MAX: usize = 3;

/// Words, numbers and marks with the byte at which each ends.
fn parts(text: &str) -> Vec<(Part<'_>, usize)> {
    let mut parts = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut end = start + c.len_utf8();
        if let Some(first) = digit(c) {
            let (mut value, mut n_digits) = (first, 1);
            while let Some((at, c)) = chars.next_if(|(_, c)| digit(*c).is_some()) {
                value = value.saturating_mul(10).saturating_add(digit(c).unwrap_or(0));
                n_digits += 1;
                end = at + c.len_utf8();
            }
            parts.push((Part::Number(value, n_digits), end));
        } else if is_date_sign(c) {
            parts.push((Part::Mark(c), end));
        } else if c.is_alphabetic() {
            while let Some((at, c)) = chars.next_if(|(_, c)| (c.is_alphabetic() && !is_date_sign(*c)) || is_mark(*c)) {
                end = at + c.len_utf8();
            }
            parts.push((Part::Word(&text[start..end]), end));
        } else if !c.is_whitespace() && !is_mark(c) {
            parts.push((Part::Mark(c), end));
        }
    }
    // Only a word near a number can be the month of a date; looking up every word takes most of the time.
    for at in 0..parts.len() {
        let Part::Word(word) = parts[at].0 else { continue };
        let near = at.saturating_sub(MONTH_DISTANCE_MAX)..(at + MONTH_DISTANCE_MAX + 1).min(parts.len());
        if parts[near].iter().any(|it| matches!(it.0, Part::Number(..)))
            && let Some(month) = months::month(word)
        {
            parts[at].0 = Part::Month(month);
        }
    }
    parts
}

/// Signs after the numbers of a Chinese, Japanese or Korean date.
fn is_date_sign(c: char) -> bool {
    matches!(c, '年' | '月' | '日' | '년' | '월' | '일')
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\'' | '’')
}

/// The value of a decimal digit of the scripts that news is dated in.
fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    const ZEROS: [char; 7] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{1040}', '\u{ff10}'];
    ZEROS.iter().find_map(|it| (c as u32).checked_sub(*it as u32).filter(|it| *it < 10))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Year(u32),
    Day(u32),
    Month(u8),
}

/// Years, days and months written out at the head of the parts, with how many parts each ends after.
fn numbers_and_months(parts: &[(Part<'_>, usize)]) -> Vec<(Value, usize)> {
    /// Little words between the parts of a date: articles, "of", year signs, endings of ordinals.
    const BETWEEN: [&str; 25] = [
        "de",
        "del",
        "d",
        "of",
        "the",
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "di",
        "den",
        "a",
        "il",
        "i",
        "м",
        "m",
        "г",
        "року",
        "року́",
        "พ",
        "ศ",
        "tháng",
        "năm",
        "της",
    ];
    let mut values = Vec::new();
    for (n, (part, _)) in parts.iter().enumerate() {
        match *part {
            Part::Number(year, 4) if YEARS.contains(&(year as u16)) || (2400..2650).contains(&year) => {
                // Thailand counts from the Buddha: 543 years more.
                values.push((Value::Year(if year >= 2400 { year - 543 } else { year }), n + 1));
            }
            Part::Number(day, 1 | 2) if (1..=31).contains(&day) => values.push((Value::Day(day), n + 1)),
            Part::Month(month) => values.push((Value::Month(month), n + 1)),
            Part::Word(word) if !values.is_empty() && BETWEEN.contains(&word.to_lowercase().as_str()) => {}
            Part::Mark('.' | ',' | '،' | '\'' | '’' | '-' | '–' | '/' | 'º' | '°' | 'ª') if !values.is_empty() =>
                {}
            Part::Number(..) | Part::Word(_) | Part::Mark(_) => break,
        }
        if values.len() == 3 {
            break;
        }
    }
    values
}

/// The date at the head of the parts, and how many parts it takes.
fn date_at(parts: &[(Part<'_>, usize)], order: Option<Order>) -> Option<(Read, usize)> {
    use Part::{Mark, Number};
    let kinds: [Option<Part<'_>>; 6] = std::array::from_fn(|it| parts.get(it).map(|(part, _)| *part));
    // 2025年1月14日, 2025년 5월 15일
    if let [
        Some(Number(year, 4)),
        Some(Mark('年' | '년')),
        Some(Number(month, 1 | 2)),
        Some(Mark('月' | '월')),
        Some(Number(day, 1 | 2)),
        _,
    ] = kinds
    {
        let n_parts = if matches!(kinds[5], Some(Mark('日' | '일'))) { 6 } else { 5 };
        return Some((Read { moment: Moment::day(year, month, day)?, order: None }, n_parts));
    }
    // 2025. 5. 15., 2025-05-15, 2025/5/15
    if let [
        Some(Number(year, 4)),
        Some(Mark(a)),
        Some(Number(month, 1 | 2)),
        Some(Mark(b)),
        Some(Number(day, 1 | 2)),
        _,
    ] = kinds
        && a == b
        && matches!(a, '.' | '-' | '/')
    {
        return Some((Read { moment: Moment::day(year, month, day)?, order: None }, 5));
    }
    // 28.04.2024, 28/4/24, 04-28-2024
    if let [
        Some(Number(first, 1 | 2)),
        Some(Mark(a)),
        Some(Number(second, 1 | 2)),
        Some(Mark(b)),
        Some(Number(year, digits)),
        _,
    ] = kinds
        && a == b
        && matches!(a, '.' | '-' | '/')
        && (digits == 4 || (digits == 2 && a != '-'))
    {
        let year = match (digits, year) {
            (4, 2400..2650) => year - 543,
            (4, _) => year,
            _ => 2000 + year,
        };
        let (day_first, month_first) = (Moment::day(year, second, first), Moment::day(year, first, second));
        let read = match (day_first, month_first) {
            (Some(moment), None) | (None, Some(moment)) => Read { moment, order: None },
            (Some(moment), Some(_)) if first == second || a == '.' => Read { moment, order: None },
            (Some(_), Some(moment)) if order == Some(Order::MonthFirst) => Read { moment, order },
            (Some(moment), Some(_)) => Read { moment, order: Some(Order::DayFirst) },
            (None, None) => return None,
        };
        return Some((read, 5));
    }
    let values = numbers_and_months(parts);
    let &[(first, _), (second, _), (third, n_parts)] = values.as_slice() else { return None };
    let moment = match (first, second, third) {
        (Value::Day(day), Value::Month(month), Value::Year(year))
        | (Value::Month(month), Value::Day(day), Value::Year(year))
        | (Value::Year(year), Value::Month(month), Value::Day(day))
        | (Value::Year(year), Value::Day(day), Value::Month(month)) => Moment::day(year, u32::from(month), day)?,
        // 28 Apr 24, as in mail of old.
        (Value::Day(day), Value::Month(month), Value::Day(year)) if (10..=31).contains(&year) => {
            Moment::day(2000 + year, u32::from(month), day)?
        }
        _ => return None,
    };
    Some((Read { moment, order: None }, n_parts))
}
