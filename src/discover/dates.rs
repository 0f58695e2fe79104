//! Dates of feeds and sitemaps to moments. A time without a zone is taken as UTC, a day as its beginning.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// Longest date, in bytes: nothing sound comes near.
const DATE_BYTES_MAX: usize = 64;

/// The moment that a date names: RFC 3339 and what W3C allows of it (`2026`, `2026-11`, `2026-11-23`), or RFC 2822 with the
/// slips that feeds are known for.
pub(super) fn moment(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    if written.is_empty() || written.len() > DATE_BYTES_MAX {
        return None;
    }
    iso(written).or_else(|| mail(written))
}

fn iso(written: &str) -> Option<Timestamp> {
    if !written.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Ok(moment) = written.parse::<Timestamp>() {
        return Some(moment);
    }
    let utc = |at: DateTime| TimeZone::UTC.to_timestamp(at).ok();
    // `2026-11-23T08:00:00` and `2026-11-23 08:00:00 UTC`.
    let bare = written.strip_suffix("UTC").or(written.strip_suffix("GMT")).unwrap_or(written).trim_end();
    if let Ok(at) = bare.parse::<DateTime>() {
        return utc(at);
    }
    // `2026-11-23 08:00:00 +0000`
    if let Some((at, zone)) = bare.rsplit_once(' ')
        && zone.starts_with(['+', '-'])
        && let Ok(moment) = format!("{at}{zone}").parse::<Timestamp>()
    {
        return Some(moment);
    }
    let (year, month) = bare.split_once('-').unwrap_or((bare, "1"));
    let year: i16 = year.parse().ok().filter(|year| *year >= 1_000)?;
    utc(Date::new(year, month.parse().ok()?, 1).ok()?.to_datetime(Time::midnight()))
}

fn mail(written: &str) -> Option<Timestamp> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(moment) = parser.parse_timestamp(written) {
        return Some(moment);
    }
    // Names of days in other languages, or spelt out; `Z` and `UTC` for a zone; months spelt out.
    let rest = written.split_once(',').map_or(written, |(_, rest)| rest).trim();
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let [day, month, year, rest @ ..] = words.as_slice() else {
        return None;
    };
    let month = month.get(..3)?;
    let (clock, zone) = match rest {
        [] => ("00:00:00", "+0000"),
        [clock] => (*clock, "+0000"),
        [clock, zone, ..] => (*clock, if matches!(*zone, "Z" | "UTC" | "UT") { "+0000" } else { *zone }),
    };
    let zone = zone.replace(':', "");
    parser.parse_timestamp(format!("{day} {month} {year} {clock} {zone}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, moment_in_utc: Option<&str>) {
        assert_eq!(moment(written).map(|it| it.to_string()).as_deref(), moment_in_utc, "{written:?}");
    }

    #[test]
    fn dates_of_sitemaps_and_atom_are_read() {
        check("2026-11-23T08:00:00Z", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23T08:00:00.250+02:00", Some("2026-11-23T06:00:00.25Z"));
        check("2026-11-23T08:00+02:00", Some("2026-11-23T06:00:00Z"));
        check(" 2026-11-23T08:00:00\n", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23 08:00:00", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23 08:00:00 UTC", Some("2026-11-23T08:00:00Z"));
        check("2026-11-23 08:00:00 +0100", Some("2026-11-23T07:00:00Z"));
        check("2026-11-23", Some("2026-11-23T00:00:00Z"));
        check("2026-11", Some("2026-11-01T00:00:00Z"));
        check("2026", Some("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn dates_of_rss_are_read_with_their_slips() {
        check("Mon, 23 Nov 2026 08:00:00 GMT", Some("2026-11-23T08:00:00Z"));
        check("Mon, 23 Nov 2026 08:00:00 +0200", Some("2026-11-23T06:00:00Z"));
        check("Tue, 23 Nov 2026 08:00:00 GMT", Some("2026-11-23T08:00:00Z"));
        check("23 Nov 2026 08:00 EST", Some("2026-11-23T13:00:00Z"));
        check("Monday, 23 November 2026 08:00:00 UTC", Some("2026-11-23T08:00:00Z"));
        check("Mo, 23 Nov 2026 08:00:00 +02:00", Some("2026-11-23T06:00:00Z"));
        check("Mon, 23 Nov 2026 08:00:00 Z", Some("2026-11-23T08:00:00Z"));
        check("Mon, 23 Nov 2026", Some("2026-11-23T00:00:00Z"));
    }

    #[test]
    fn anything_else_is_nothing() {
        for odd in ["", "yesterday", "2026-13-01", "7", "99999-01-01", "23/11/2026", "é, ü", &"2".repeat(500)] {
            check(odd, None);
        }
    }
}
