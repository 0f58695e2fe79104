//! Whether and when to try again: what `Retry-After` says, and how long to wait where nothing is said.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use url::Url;

use super::error::FetchError;
use super::options::Options;

/// Longest pause of our own before a new try, unless the option itself is longer: a page that is still failing
/// after this long is for the next run.
const BACKOFF_MAX: Duration = Duration::from_secs(60);

/// A try that gave no page.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: FetchError,
    /// How long the server asks us to stay away, if it does.
    pub(super) retry_after: Option<Duration>,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self { error, retry_after: None }
    }
}

impl Failure {
    /// An answer that is no page.
    pub(super) fn of_status(url: Url, status: u16, retry_after_header: Option<&str>) -> Self {
        let retry_after = retry_after_header.and_then(|value| retry_after(value, Timestamp::now()));
        Self { error: FetchError::Status { url, status }, retry_after }
    }

    /// The error of somebody who does not wait: that says when to come back, where the server did.
    pub(super) fn final_error(self) -> FetchError {
        match (self.error, self.retry_after) {
            (FetchError::Status { url, status }, Some(wait)) => come_back_later(url, status, wait),
            (error, _) => error,
        }
    }

    /// How long to wait before new try number `n_tried` (from 0) at `url`.
    ///
    /// # Errors
    ///
    /// The failure itself, when there is to be no new try: it would not pass, there were enough, or the server asks
    /// for a longer wait than we accept; then the error says when to come back.
    pub(super) fn next_wait(self, n_tried: u64, options: &Options, url: &Url) -> Result<Duration, FetchError> {
        // A host that asked for peace gets it, and a robots.txt was tried often enough by itself.
        let is_settled = matches!(self.error, FetchError::ComeBackLater { .. } | FetchError::RobotsUnreachable { .. });
        if is_settled || !self.error.is_transient() {
            return Err(self.error);
        }
        if let (FetchError::Status { url, status }, Some(wait)) = (&self.error, self.retry_after)
            && wait > Duration::from_millis(options.retry_after_max_ms.get())
        {
            return Err(come_back_later(url.clone(), *status, wait));
        }
        if n_tried >= options.retries_max.get() {
            return Err(self.error);
        }
        let own = backoff(Duration::from_millis(options.backoff_ms.get()), n_tried, url);
        Ok(own.max(self.retry_after.unwrap_or_default()))
    }
}

/// A host that wants no request for longer than we wait.
pub(super) fn come_back_later(url: Url, status: u16, wait: Duration) -> FetchError {
    let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    FetchError::ComeBackLater { url, status, come_back: moment(Timestamp::now(), wait).into(), retry_after_ms }
}

/// How long a `Retry-After` header asks to wait: seconds, or a date of HTTP in any of its three formats. A date
/// that has passed is no wait; a value that is neither is `None`.
///
/// Source: RFC 9110, 10.2.3 and 5.6.7.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|b| b.is_ascii_digit()) {
        // Digits that fill no `u64` are still a number: a very large one.
        return (!value.is_empty()).then(|| Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = http_date(value)?.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn http_date(value: &str) -> Option<Timestamp> {
    // IMF-fixdate, RFC 850, asctime. The day's name is not checked against the date: the date is what counts.
    let rest = value.split_once([',', ' '])?.1.trim();
    ["%d %b %Y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"].into_iter().find_map(|format| {
        let date: DateTime = strtime::parse(format, rest).ok()?.to_datetime().ok()?;
        TimeZone::UTC.to_timestamp(date).ok()
    })
}

/// The pause before new try number `n_tried` (from 0): `base` doubled each time, less up to half of it.
///
/// The part taken off depends on the URL and the try alone: pages that failed together do not come back together,
/// and a run can be repeated.
fn backoff(base: Duration, n_tried: u64, url: &Url) -> Duration {
    let doubled = base.saturating_mul(1 << n_tried.min(16)).min(BACKOFF_MAX.max(base));
    let mut hasher = DefaultHasher::new();
    (url.as_str(), n_tried).hash(&mut hasher);
    let share = (hasher.finish() % 1_000) as u32;
    doubled - doubled / 2_000 * share
}

/// The moment after a wait, RFC 3339 in UTC with whole seconds; the last moment we can name when that is too far.
pub(super) fn moment(now: Timestamp, wait: Duration) -> String {
    let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
    let moment = Timestamp::from_second(now.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX);
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, seconds: Option<u64>) {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value:?}");
    }

    #[test]
    fn seconds_are_read() {
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("99999999999999999999999", Some(u64::MAX));
    }

    #[test]
    fn dates_in_all_formats_of_http_are_read() {
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(37));
        check("Sunday, 06-Nov-94 08:49:37 GMT", Some(37));
        check("Sun Nov  6 08:49:37 1994", Some(37));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
        check("Mon, 06 Nov 1994 08:49:37 GMT", Some(37));
    }

    #[test]
    fn anything_else_is_nothing() {
        for value in ["", "soon", "-5", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "é, ü"] {
            check(value, None);
        }
    }

    #[test]
    fn pauses_double_spread_and_end() {
        let base = Duration::from_secs(1);
        let urls: Vec<Url> = (0..50).map(|n| format!("https://news.example/{n}").parse().unwrap()).collect();
        for (n_tried, most) in [(0, 1), (1, 2), (3, 8), (10, 60), (u64::MAX, 60)] {
            for url in &urls {
                let pause = backoff(base, n_tried, url);
                let most = Duration::from_secs(most);
                assert!(pause <= most && pause >= most / 2, "{pause:?} for try {n_tried}");
                assert_eq!(pause, backoff(base, n_tried, url));
            }
        }
        let distinct: std::collections::BTreeSet<_> = urls.iter().map(|url| backoff(base, 0, url)).collect();
        assert!(distinct.len() > 25);
        assert_eq!(backoff(Duration::ZERO, 5, &urls[0]), Duration::ZERO);
    }

    #[test]
    fn a_moment_beyond_all_calendars_is_the_last_one() {
        let now: Timestamp = "2026-11-23T14:00:00Z".parse().unwrap();
        assert_eq!(moment(now, Duration::from_millis(90_500)), "2026-11-23T14:01:30Z");
        assert!(moment(now, Duration::MAX).starts_with("9999-12-3"));
    }
}
