//! When a source is to run: a cron expression and a time zone to instants.
//!
//! Five fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday); in each `*`, a number, a
//! range, a list, a step (`*/15`, `8-18/2`), and names of months and days. If both days are restricted, either will do,
//! as cron has it. `@hourly`, `@daily`, `@weekly` and `@monthly` are what they say.
//!
//! A time that the clocks jump over runs as much later as they jump; one that comes twice runs the first time.

use crate::store::Millis;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Days looked ahead: 29 February on a given day of the week comes within 40 years, with a century between.
const DAYS_MAX: usize = 41 * 366;

/// A cron expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    text: String,
    /// Bit n for value n.
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether either of the days will do.
    is_either_day: bool,
}

/// A time zone by its name in the IANA database: `Europe/Lisbon`; `UTC`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// Why something is no schedule or no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSchedule(String);

impl Default for Zone {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }
}

impl TryFrom<String> for Zone {
    type Error = InvalidSchedule;

    fn try_from(name: String) -> Result<Self, InvalidSchedule> {
        match TimeZone::get(&name) {
            Ok(zone) => Ok(Self { name, zone }),
            Err(_) => Err(InvalidSchedule(format!("{name:?} is no time zone such as `Europe/Lisbon` or `UTC`"))),
        }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.text
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl TryFrom<String> for Schedule {
    type Error = InvalidSchedule;

    fn try_from(text: String) -> Result<Self, InvalidSchedule> {
        let lower = text.trim().to_ascii_lowercase();
        let spelt = match lower.as_str() {
            "@hourly" => "0 * * * *",
            "@daily" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            other => other,
        };
        let fields: Vec<&str> = spelt.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(InvalidSchedule(format!(
                "{text:?} is no schedule: five fields are wanted, as in \"*/15 8-18 * * mon-fri\""
            )));
        };
        let read = |field: &str, what: &str, from: u32, to: u32, names: &[&str]| {
            values(field, from, to, names).ok_or_else(|| {
                InvalidSchedule(format!("`{field}` in {text:?} is no {what}: {from} to {to}, as in `1,5-9/2`"))
            })
        };
        let weekdays = read(weekday, "day of the week", 0, 7, &WEEKDAYS)?;
        let schedule = Self {
            minutes: read(minute, "minute", 0, 59, &[])?,
            hours: read(hour, "hour", 0, 23, &[])?,
            days: read(day, "day of the month", 1, 31, &[])?,
            months: read(month, "month", 1, 12, &MONTHS)?,
            // Sunday is 0 and 7.
            weekdays: weekdays | (weekdays >> 7 & 1),
            is_either_day: !day.starts_with('*') && !weekday.starts_with('*'),
            text,
        };
        match schedule.after(0, &Zone::default()) {
            Some(_) => Ok(schedule),
            None => Err(InvalidSchedule(format!("{:?} never comes", schedule.text))),
        }
    }
}

/// The values that a field allows, as bits.
fn values(field: &str, from: u32, to: u32, names: &[&str]) -> Option<u64> {
    let number = |text: &str| {
        let named = names.iter().position(|name| *name == text).and_then(|at| u32::try_from(at).ok());
        let value = named.map(|at| at + from).or_else(|| text.parse().ok())?;
        (from..=to).contains(&value).then_some(value)
    };
    let mut bits = 0_u64;
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (from, to),
            Some((first, last)) => (number(first)?, number(last)?),
            None if step > 1 => (number(range)?, to),
            None => (number(range)?, number(range)?),
        };
        if first > last {
            return None;
        }
        let step = usize::try_from(step).ok()?;
        (first..=last).step_by(step).for_each(|value| bits |= 1 << value);
    }
    Some(bits)
}

impl Schedule {
    /// The first instant after `after`; `None` if there is none in sight.
    pub fn after(&self, after: Millis, zone: &Zone) -> Option<Millis> {
        let start = zone.zone.to_datetime(Timestamp::from_millisecond(after).ok()?);
        let mut day: Date = start.date();
        for _ in 0..DAYS_MAX {
            if self.takes_day(day) {
                for hour in bits(self.hours) {
                    for minute in bits(self.minutes) {
                        let time = Time::new(hour, minute, 0, 0).ok()?;
                        let moment = zone.zone.to_timestamp(day.to_datetime(time)).ok()?.as_millisecond();
                        if moment > after {
                            return Some(moment);
                        }
                    }
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    fn takes_day(&self, day: Date) -> bool {
        let has = |bits: u64, value: i8| bits >> value & 1 == 1;
        let by_month = has(self.days, day.day());
        let by_week = has(self.weekdays, day.weekday().to_sunday_zero_offset());
        has(self.months, day.month()) && if self.is_either_day { by_month || by_week } else { by_month && by_week }
    }
}

fn bits(bits: u64) -> impl Iterator<Item = i8> {
    (0..60_i8).filter(move |value| bits >> value & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schedule: &str, zone: &str, after: &str, wanted: &[&str]) {
        let schedule = Schedule::try_from(schedule.to_owned()).expect("a schedule");
        let zone = Zone::try_from(zone.to_owned()).expect("a zone");
        let mut at = after.parse::<Timestamp>().expect("an instant").as_millisecond();
        for wanted in wanted {
            at = schedule.after(at, &zone).expect("it comes");
            assert_eq!(Timestamp::from_millisecond(at).expect("in range").to_string(), *wanted, "{schedule}");
        }
    }

    #[test]
    fn fields_steps_lists_and_names() {
        let after = "2026-11-23T08:59:30Z";
        check("*/15 * * * *", "UTC", after, &["2026-11-23T09:00:00Z", "2026-11-23T09:15:00Z"]);
        check("5 6,18 * * *", "UTC", after, &["2026-11-23T18:05:00Z", "2026-11-24T06:05:00Z"]);
        check("0 8-18/5 * * Mon-Fri", "UTC", "2026-11-27T17:00:00Z", &["2026-11-27T18:00:00Z", "2026-11-30T08:00:00Z"]);
        check("0 0 * * 7", "UTC", after, &["2026-11-29T00:00:00Z"]);
        check("@monthly", "UTC", after, &["2026-12-01T00:00:00Z"]);
        check("0 0 29 feb *", "UTC", after, &["2028-02-29T00:00:00Z"]);
        // Either day.
        check("0 0 1 * fri", "UTC", after, &["2026-11-27T00:00:00Z", "2026-12-01T00:00:00Z"]);
    }

    #[test]
    fn clocks_that_jump() {
        // At 02:00 clocks go to 03:00.
        check("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", &["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]);
        // At 03:00 clocks go back to 02:00.
        check("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* * 0 * *",
            "*/0 * * * *",
            "9-5 * * * *",
            "x * * * *",
            "0 0 30 2 *",
            "* * * * * *",
        ] {
            assert!(Schedule::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert!(Zone::try_from("Mars/Olympus".to_owned()).is_err());
    }
}
