//! Which of the stored articles are meant, and moments as people write them.

use crate::store::{Filter, Millis};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(next_help_heading = "Which articles")]
pub(super) struct SelectArgs {
    /// Only of this source.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only those published since: a day (2026-11-23), or so long ago (36h, 7d).
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    since: Option<Millis>,
    /// Only in this language: pt takes pt-BR too.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
}

impl SelectArgs {
    pub(super) fn filter(&self) -> Filter {
        Filter { source: self.source.clone(), since: self.since, language: self.language.clone() }
    }
}

/// `90s`, `15m`, `36h`, `7d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no duration such as 90s, 15m, 36h or 7d");
    let text = text.trim();
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let n: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    n.checked_mul(unit).map(Duration::from_secs).ok_or_else(wrong)
}

fn moment(text: &str) -> Result<Millis, String> {
    if let Ok(date) = text.parse::<Date>()
        && let Ok(midnight) = TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
    {
        return Ok(midnight.as_millisecond());
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_millisecond());
    }
    let ago = duration(text)
        .map_err(|_| format!("{text:?} is neither a day such as 2026-11-23 nor a time such as 36h or 7d"))?;
    let ago = Millis::try_from(ago.as_millis()).unwrap_or(Millis::MAX);
    Ok(Timestamp::now().as_millisecond().saturating_sub(ago))
}

/// A moment for people: day and minute in UTC.
pub(super) fn shown(at: Millis) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| "?".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// A moment for programs: RFC 3339.
pub(super) fn rfc3339(at: Millis) -> Option<String> {
    Timestamp::from_millisecond(at).ok().map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_moments() {
        assert_eq!(duration("15m"), Ok(Duration::from_secs(900)));
        for wrong in ["", "m", "15", "-1h", "99999999999999999999d", "1é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(moment("1970-01-02"), Ok(86_400_000));
        assert_eq!(moment("1970-01-01T00:00:01Z"), Ok(1_000));
        assert!(moment("7d").is_ok() && moment("yesterday").is_err());
    }
}
