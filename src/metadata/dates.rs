//! Dates as pages write them to moments: ISO 8601, mail headers, epoch numbers, addresses, and text in some forty languages.
//!
//! A moment keeps what was written: the zone if there was one, no more precision than there was. A numeric date whose day
//! and month could be exchanged says so ([`Read::order`]); who knows more about the page decides.

mod months;
mod text;

pub(super) use text::{find, find_day};

use std::fmt;

/// A day, perhaps with the time of day, perhaps with the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) clock: Option<Clock>,
}

/// A time of day, to the precision written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hour: u8,
    minute: u8,
    second: Option<u8>,
    /// Digits after the decimal point: their value and how many.
    fraction: Option<(u32, u8)>,
    zone: Option<Zone>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Written `Z`.
    Utc,
    /// Minutes east of Greenwich.
    East(i16),
}

/// Which came first in a numeric date that could be read both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// 3/4 is the third of April.
    DayFirst,
    /// 3/4 is March the fourth.
    MonthFirst,
}

/// A date found in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) moment: Moment,
    /// The order it was read in, where the other would have been a date as well.
    pub(super) order: Option<Order>,
}

/// Years that a story on the web can be of: older ones are archives put online, none is later than this.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2100;

impl Moment {
    /// A day of the calendar, `None` for what is none.
    fn day(year: u32, month: u32, day: u32) -> Option<Self> {
        let year = u16::try_from(year).ok().filter(|it| YEARS.contains(it))?;
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        jiff::civil::Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        Some(Self { year, month, day, clock: None })
    }

    /// The same moment with day and month exchanged.
    pub(super) fn exchanged(self) -> Option<Self> {
        Some(Self { clock: self.clock, ..Self::day(self.year.into(), self.day.into(), self.month.into())? })
    }

    /// Days between the days as written.
    pub(super) fn days_from(self, other: Self) -> i32 {
        self.number() - other.number()
    }

    /// The day as a number that grows by one a day.
    fn number(self) -> i32 {
        let date = jiff::civil::date(self.year as i16, self.month as i8, self.day as i8);
        let epoch = jiff::civil::date(1900, 1, 1);
        date.since(epoch).map_or(0, |it| it.get_days())
    }

    /// Seconds since 1900 in UTC; a moment without a zone is taken as UTC, one without a time as midnight.
    pub(super) fn seconds(self) -> i64 {
        let day = i64::from(self.number()) * 86_400;
        let Some(clock) = self.clock else { return day };
        let east = match clock.zone {
            Some(Zone::East(minutes)) => i64::from(minutes) * 60,
            Some(Zone::Utc) | None => 0,
        };
        day + i64::from(clock.hour) * 3600 + i64::from(clock.minute) * 60 + i64::from(clock.second.unwrap_or(0)) - east
    }

    /// How much is said: the day, the time, the zone.
    pub(super) fn precision(self) -> u8 {
        match self.clock {
            None => 0,
            Some(Clock { zone: None, .. }) => 1,
            Some(Clock { zone: Some(_), .. }) => 2,
        }
    }

    /// Whether both name the same day, as written or in UTC.
    pub(super) fn same_day(self, other: Self) -> bool {
        self.days_from(other) == 0 || self.seconds() / 86_400 == other.seconds() / 86_400
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)?;
        let Some(clock) = self.clock else { return Ok(()) };
        write!(f, "T{:02}:{:02}", clock.hour, clock.minute)?;
        if let Some(second) = clock.second {
            write!(f, ":{second:02}")?;
        }
        if let Some((value, digits)) = clock.fraction {
            write!(f, ".{value:0width$}", width = usize::from(digits))?;
        }
        match clock.zone {
            None => Ok(()),
            Some(Zone::Utc) => f.write_str("Z"),
            Some(Zone::East(minutes)) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
            }
        }
    }
}

/// The moment a value of a date field names; day before month where both are possible.
pub(super) fn parse(value: &str) -> Option<Moment> {
    read(value, None).map(|it| it.moment)
}

/// The moment a value names, numeric dates read in the order given where both are possible, else day first.
pub(super) fn read(value: &str, order: Option<Order>) -> Option<Read> {
    let value = value.trim();
    if let Some(moment) = iso(value).or_else(|| epoch(value)).or_else(|| unix(value)) {
        return Some(Read { moment, order: None });
    }
    find(value, order)
}

/// `2024-04-28T09:36:00.000+02:00` and what is like it: a space for `T`, slashes or nothing for dashes.
fn iso(value: &str) -> Option<Moment> {
    let mut scan = Scan { rest: value };
    let year = scan.number(4, 4)?;
    let dash = scan.one_of(&['-', '/', '.']);
    let (month, day);
    if let Some(dash) = dash {
        month = scan.number(1, 2)?;
        scan.take(dash)?;
        day = scan.number(1, 2)?;
    } else {
        month = scan.number(2, 2)?;
        day = scan.number(2, 2)?;
    }
    let moment = Moment::day(year, month, day)?;
    if scan.rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let after = scan.rest;
    let lead = scan.one_of(&['T', 't', ' ', '-']).or_else(|| scan.take(','));
    let clock = lead.and_then(|_| {
        scan.rest = scan.rest.trim_start();
        scan.clock()
    });
    if clock.is_none()
        && !after.trim().is_empty()
        && after.starts_with(char::is_alphanumeric)
        && !after.starts_with(['T', 't'])
    {
        return None;
    }
    Some(Moment { clock, ..moment })
}

/// Seconds or milliseconds since 1970, as UTC.
fn epoch(value: &str) -> Option<Moment> {
    if !value.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = value.parse().ok()?;
    let seconds = match value.len() {
        10 => number,
        13 => number / 1000,
        _ => return None,
    };
    let at = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_second(seconds).ok()?);
    let moment = Moment::day(u32::try_from(at.year()).ok()?, at.month() as u32, at.day() as u32)?;
    let clock = Clock {
        hour: at.hour() as u8,
        minute: at.minute() as u8,
        second: Some(at.second() as u8),
        fraction: None,
        zone: Some(Zone::Utc),
    };
    Some(Moment { clock: Some(clock), ..moment })
}

/// `Fri Apr 28 19:20:36 CEST 2023`, as programs print dates that were not told how.
fn unix(value: &str) -> Option<Moment> {
    let mut words = value.split_ascii_whitespace();
    let (_, month, day, clock) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if !clock.contains(':') {
        return None;
    }
    let rest: Vec<&str> = words.collect();
    let (zone, year) = match rest.as_slice() {
        [zone, year] => (*zone, *year),
        [year] => ("", *year),
        _ => return None,
    };
    let moment = Moment::day(year.parse().ok()?, months::month(month)?.into(), day.parse().ok()?)?;
    let clock = format!("{clock} {zone}");
    Some(Moment { clock: Scan { rest: &clock }.clock(), ..moment })
}

/// A reader of short machine-written strings.
struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn number(&mut self, digits_min: usize, digits_max: usize) -> Option<u32> {
        let n_digits = self.rest.bytes().take(digits_max).take_while(u8::is_ascii_digit).count();
        if n_digits < digits_min {
            return None;
        }
        let (digits, rest) = self.rest.split_at(n_digits);
        self.rest = rest;
        digits.parse().ok()
    }

    fn take(&mut self, c: char) -> Option<char> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(c)
    }

    fn one_of(&mut self, chars: &[char]) -> Option<char> {
        chars.iter().find_map(|it| self.take(*it))
    }

    /// `09:36`, `09:36:00.000+02:00`, `9.36 Uhr`, `9:36 pm EST`, `093600Z`, `9h36`, `午後8時`.
    fn clock(&mut self) -> Option<Clock> {
        let start = self.rest;
        let before_noon = self.noon();
        let mut hour = self.number(1, 2)?;
        let separator = self.one_of(&[':', '.', 'h', '時', '시', 'u']);
        if separator == Some('시') || separator == Some('時') {
            self.rest = self.rest.trim_start();
        }
        let minute = match separator {
            Some(_) => self.number(2, 2).or_else(|| if separator == Some('.') { None } else { self.number(1, 1) }),
            None => self.number(2, 2),
        };
        let Some(minute) = minute.or((separator == Some('時') || separator == Some('시')).then_some(0)) else {
            self.rest = start;
            return None;
        };
        self.one_of(&['分', '분']);
        let second = match separator {
            Some(separator @ (':' | '.')) => self.take(separator).and_then(|_| self.number(2, 2)),
            None => self.number(2, 2),
            Some(_) => None,
        };
        let mut fraction = None;
        if second.is_some()
            && self.rest.starts_with(['.', ','])
            && self.rest[1..].starts_with(|c: char| c.is_ascii_digit())
        {
            self.rest = &self.rest[1..];
            let n_digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = self.number(1, 9)?;
            fraction = Some((value, n_digits.min(9) as u8));
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        let before_noon = before_noon.or_else(|| {
            let rest = self.rest;
            self.rest = self.rest.trim_start();
            let noon = self.noon();
            if noon.is_none() {
                self.rest = rest;
            }
            noon
        });
        match before_noon {
            Some(Half::Morning) if hour == 12 => hour = 0,
            Some(Half::Afternoon) if hour < 12 => hour += 12,
            Some(_) | None => {}
        }
        if hour > 23 || minute > 59 || second.is_some_and(|it| it > 60) {
            self.rest = start;
            return None;
        }
        let zone = self.zone();
        Some(Clock {
            hour: hour as u8,
            minute: minute as u8,
            second: second.map(|it| it.min(59) as u8),
            fraction,
            zone,
        })
    }

    /// `am`, `p.m.`, `오후` and their like.
    fn noon(&mut self) -> Option<Half> {
        const HALVES: [(&str, Half); 14] = [
            ("a.m.", Half::Morning),
            ("p.m.", Half::Afternoon),
            ("am", Half::Morning),
            ("pm", Half::Afternoon),
            ("a. m.", Half::Morning),
            ("p. m.", Half::Afternoon),
            ("午前", Half::Morning),
            ("午後", Half::Afternoon),
            ("오전", Half::Morning),
            ("오후", Half::Afternoon),
            ("上午", Half::Morning),
            ("下午", Half::Afternoon),
            ("μμ", Half::Afternoon),
            ("πμ", Half::Morning),
        ];
        for (word, half) in HALVES {
            let Some(head) = self.rest.get(..word.len()) else { continue };
            if head.eq_ignore_ascii_case(word) && !self.rest[word.len()..].starts_with(char::is_alphabetic) {
                self.rest = self.rest[word.len()..].trim_start();
                return Some(half);
            }
        }
        None
    }

    /// `Z`, `+02:00`, `-0400`, `+02`, `GMT`, `EDT`, perhaps after a space.
    fn zone(&mut self) -> Option<Zone> {
        /// Abbreviations that mean one zone: those of RFC 5322, Europe's, and East Asia's.
        const NAMES: [(&str, i16); 20] = [
            ("UTC", 0),
            ("GMT", 0),
            ("UT", 0),
            ("EST", -300),
            ("EDT", -240),
            ("CST", -360),
            ("CDT", -300),
            ("MST", -420),
            ("MDT", -360),
            ("PST", -480),
            ("PDT", -420),
            ("CEST", 120),
            ("CET", 60),
            ("MESZ", 120),
            ("MEZ", 60),
            ("EEST", 180),
            ("EET", 120),
            ("MSK", 180),
            ("JST", 540),
            ("KST", 540),
        ];
        let rest = self.rest.trim_start_matches([' ', '(']);
        if let Some(after) = rest.strip_prefix(['Z', 'z']).filter(|it| !it.starts_with(char::is_alphanumeric)) {
            self.rest = after;
            return Some(Zone::Utc);
        }
        let mut rest = rest;
        let mut named = None;
        for (name, minutes) in NAMES {
            if let Some(after) = rest.strip_prefix(name).filter(|it| !it.starts_with(char::is_alphanumeric)) {
                named = Some(Zone::East(minutes));
                rest = after;
                self.rest = after;
                break;
            }
        }
        let sign: i16 = match rest.chars().next() {
            Some('+') => 1,
            Some('-' | '−') => -1,
            _ => return named,
        };
        let mut scan = Scan { rest: rest.trim_start_matches(['+', '-', '−']) };
        let Some(hours) = scan.number(1, 2).filter(|it| *it <= 14) else { return named };
        scan.take(':');
        let minutes = scan.number(2, 2).filter(|it| *it < 60);
        if minutes.is_none() && scan.rest.starts_with(char::is_alphanumeric) {
            return named;
        }
        self.rest = scan.rest;
        Some(Zone::East(sign * (hours * 60 + minutes.unwrap_or(0)) as i16))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// The day in an address: `/2024/04/28/`, `/2024/apr/28/`, `/2024-04-28-slug`, `-20240428`; else the one that a long number
/// begins with, as systems of East Asia count their stories: `/A2024042809360001234`.
pub(super) fn in_path(path: &str) -> Option<Moment> {
    day_in_path(path).or_else(|| stamp_in_path(path))
}

fn stamp_in_path(path: &str) -> Option<Moment> {
    /// Digits of a stamp: the day, and the time or a count.
    const DIGITS: std::ops::RangeInclusive<usize> = 12..=24;
    let runs = path.split(|c: char| !c.is_ascii_digit());
    runs.filter(|it| DIGITS.contains(&it.len())).find_map(|run| {
        let part = |range: std::ops::Range<usize>| run[range].parse::<u32>().ok();
        let year = part(0..4).filter(|it| (2000..=2100).contains(it))?;
        Moment::day(year, part(4..6)?, part(6..8)?)
    })
}

fn day_in_path(path: &str) -> Option<Moment> {
    let bytes = path.as_bytes();
    for at in 0..bytes.len() {
        if !bytes[at].is_ascii_digit() || (at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
            continue;
        }
        let mut scan = Scan { rest: &path[at..] };
        let Some(year) = scan.number(4, 4).filter(|it| (1990..=2100).contains(it)) else { continue };
        let found = if let Some(separator) = scan.one_of(&['/', '-', '_', '.']) {
            let month = scan.number(1, 2).or_else(|| {
                let end = scan.rest.find(|c: char| !c.is_alphabetic()).filter(|it| *it >= 3)?;
                let (word, rest) = scan.rest.split_at(end);
                scan.rest = rest;
                months::month(word).map(u32::from)
            });
            month.and_then(|month| {
                scan.take(separator)?;
                let day = scan.number(1, 2)?;
                (!scan.rest.starts_with(|c: char| c.is_ascii_digit())).then_some((month, day))
            })
        } else {
            scan.number(2, 2).and_then(|month| {
                let day = scan.number(2, 2)?;
                (!scan.rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some((month, day))
            })
        };
        if let Some(moment) = found.and_then(|(month, day)| Moment::day(year, month, day)) {
            return Some(moment);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        assert_eq!(parse(value).map(|it| it.to_string()).unwrap_or_default(), expected, "{value}");
    }

    #[test]
    fn iso_dates_keep_their_zone_and_precision() {
        check("2025-12-04T11:02:33+00:00", "2025-12-04T11:02:33+00:00");
        check("2024-05-03T15:47:42.389Z", "2024-05-03T15:47:42.389Z");
        check("2024-05-03T15:47+0200", "2024-05-03T15:47+02:00");
        check("2024-05-03 15:47:00 -04", "2024-05-03T15:47:00-04:00");
        check("2024-05-03", "2024-05-03");
        check("20240503T154700Z", "2024-05-03T15:47:00Z");
        check("2024/5/3 9:07", "2024-05-03T09:07");
        check("2023-04-28T20:22:00.1234567890+02:00", "2023-04-28T20:22:00.123456789+02:00");
    }

    #[test]
    fn mail_dates_and_epochs_are_read() {
        check("Thu, 25 Apr 2024 16:00:00 GMT", "2024-04-25T16:00:00+00:00");
        check("Thu Apr 25 2024 16:00:00 GMT+0200", "2024-04-25T16:00:00+02:00");
        check("Fri Apr 28 19:20:36 CEST 2023", "2023-04-28T19:20:36+02:00");
        check("1714060800", "2024-04-25T16:00:00Z");
        check("1714060800000", "2024-04-25T16:00:00Z");
    }

    #[test]
    fn dates_are_read_in_many_languages() {
        check("Published December 4, 2025", "2025-12-04");
        check("4th of December 2025, 9:36 pm EST", "2025-12-04T21:36-05:00");
        check("28. April 2024, 09:36 Uhr", "2024-04-28T09:36");
        check("Le 3 août 2024 à 17h05", "2024-08-03T17:05");
        check("1 de março de 2025", "2025-03-01");
        check("15 сентября 2023, 10:00", "2023-09-15T10:00");
        check("5 грудня 2025", "2025-12-05");
        check("2024. május 3.", "2024-05-03");
        check("3 sierpnia 2024", "2024-08-03");
        check("12 Ağustos 2024", "2024-08-12");
        check("١٢ مارس ٢٠٢٤", "2024-03-12");
        check("12 मार्च 2024", "2024-03-12");
        check("28 Απριλίου 2024", "2024-04-28");
        check("12 ธันวาคม 2567", "2024-12-12");
        check("2025年1月14日 20:00", "2025-01-14T20:00");
        check("2025년 5월 15일 오후 8:00", "2025-05-15T20:00");
        check("2025. 5. 15. 20:00", "2025-05-15T20:00");
        check("10. huhtikuuta 2024", "2024-04-10");
        check("11 tháng 4 2024", "");
    }

    #[test]
    fn numeric_dates_are_read_day_first_unless_told() {
        check("28.04.2024", "2024-04-28");
        check("04/28/2024", "2024-04-28");
        check("03/04/2024", "2024-04-03");
        let read = read("03/04/2024 10:00", Some(Order::MonthFirst)).expect("a date");
        assert_eq!((read.moment.to_string().as_str(), read.order), ("2024-03-04T10:00", Some(Order::MonthFirst)));
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in
            ["", "2024", "32.13.2024", "2024-02-30", "version 1.2.3", "0000-00-00", "12 people in 2024", "may 2024"]
        {
            check(text, "");
        }
    }

    #[test]
    fn addresses_give_their_day() {
        for (path, day) in [
            ("/news/2024/04/28/title/", "2024-04-28"),
            ("/news/2023/apr/28/title/", "2023-04-28"),
            ("/articles/2024-04-28-title", "2024-04-28"),
            ("/deux-morts-20241122", "2024-11-22"),
            ("/story/3000000218734/x", ""),
            ("/2024/04/title", ""),
        ] {
            assert_eq!(in_path(path).map(|it| it.to_string()).unwrap_or_default(), day, "{path}");
        }
    }

    #[test]
    fn moments_compare_in_utc() {
        let a = parse("2024-08-31T23:30:00-04:00").expect("a date");
        let b = parse("2024-09-01T03:30:00Z").expect("a date");
        assert_eq!(a.seconds(), b.seconds());
        assert!(a.same_day(b) && a.days_from(b) == -1);
    }
}
