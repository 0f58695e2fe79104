//! What is asked for, beyond an address, and what may come back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::error::FetchError;
use super::options::{HeaderText, InvalidOption};
use super::target::without_secrets;
use crate::page::{Exchange, Page};

/// One request. [`Request::new`] is that of a reader; whoever visits again and keeps the pace himself sets the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address.
    pub url: Url,
    /// What is known of it from the last visit, so that the server need not send the same again.
    pub validators: Validators,
    /// What becomes of redirects.
    pub redirects: Redirects,
    /// What may come back.
    pub accept: Accept,
    /// Who keeps the host's pace.
    pub pace: Pace,
    /// Further headers. They go to the host of `url` and to no other that a redirect leads to.
    pub headers: Headers,
    /// Whether the exchange is handed over as it was, for an archive.
    pub keep: Keep,
}

impl Request {
    /// A page, redirects followed, at the fetcher's own pace.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            validators: Validators::default(),
            redirects: Redirects::Follow,
            accept: Accept::Page,
            pace: Pace::Own,
            headers: Headers::default(),
            keep: Keep::Page,
        }
    }
}

/// What a server said last time about the version that we have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header as sent.
    pub etag: Option<String>,
    /// The `Last-Modified` header as sent.
    pub last_modified: Option<String>,
}

/// What becomes of redirects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// Each target is checked and asked.
    Follow,
    /// The target is told, as [`Fetched::Moved`].
    Report,
}

/// What may come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// What may be a story: HTML, XML, feeds, text.
    Page,
    /// The same, and what lists addresses: JSON, and files packed with gzip.
    List,
}

/// Who keeps the pace that a host is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// The fetcher: it waits for the host's turn, and tries again after failures that may pass.
    Own,
    /// The caller: one request is sent, at once. A `Retry-After` of any length is
    /// [`FetchError::ComeBackLater`](super::FetchError::ComeBackLater). Rules of the site must be known: see
    /// [`Fetcher::ask_robots`](super::Fetcher::ask_robots).
    Callers,
}

/// What is handed over beside the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    Page,
    /// Each request and answer as it went over the wire, that of redirects included.
    Exchanges,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each request, and it is nearly always the large one")]
pub enum Fetched {
    /// A page.
    Page(Page),
    /// It is as it was, by the validators sent.
    NotModified,
    /// It is elsewhere; only where redirects are reported. The target is checked as an address, nothing was asked there.
    Moved(Url),
}

impl Fetched {
    /// The page of a request that sent no validators and follows redirects; for any other, what came back instead is an
    /// error of its status.
    ///
    /// # Errors
    ///
    /// [`FetchError::Status`].
    pub fn into_page(self, url: &Url) -> Result<Page, FetchError> {
        match self {
            Self::Page(page) => Ok(page),
            Self::NotModified => Err(FetchError::Status { url: without_secrets(url), status: 304 }),
            Self::Moved(_) => Err(FetchError::Status { url: without_secrets(url), status: 302 }),
        }
    }
}

/// What came back, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What came back.
    pub fetched: Fetched,
    /// For [`Keep::Exchanges`], in the order they were had; those of failed tries are not among them.
    pub exchanges: Vec<Exchange>,
}

/// Headers of a request that a person adds for one source.
///
/// Those that say what we can read, how a message is framed, or who asks, are the fetcher's own and refused here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Headers(BTreeMap<String, HeaderText>);

/// Headers added to one request; more than anybody means.
const HEADERS_MAX: usize = 50;

impl Headers {
    /// Names in lower case, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// These and one more, or another value for one that is there. One that cannot be sent is left out.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Ok(value) = HeaderText::try_from(value.to_owned()) {
            self.0.insert(name.to_ascii_lowercase(), value);
        }
        self
    }

    /// The value of one; its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(HeaderText::as_str)
    }
}

impl TryFrom<BTreeMap<String, String>> for Headers {
    type Error = InvalidOption;

    fn try_from(headers: BTreeMap<String, String>) -> Result<Self, InvalidOption> {
        const OWN: [&str; 10] = [
            "accept-encoding",
            "connection",
            "content-length",
            "host",
            "if-modified-since",
            "if-none-match",
            "range",
            "transfer-encoding",
            "upgrade",
            "user-agent",
        ];
        if headers.len() > HEADERS_MAX {
            return Err(InvalidOption::new(format!("{} headers are more than {HEADERS_MAX}", headers.len())));
        }
        let checked = headers.into_iter().map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let is_token =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !is_token {
                return Err(InvalidOption::new(format!("{name:?} is no name of a header")));
            }
            if OWN.contains(&name.as_str()) {
                return Err(InvalidOption::new(format!("the header `{name}` is copydesk's own")));
            }
            Ok((name, HeaderText::try_from(value)?))
        });
        checked.collect::<Result<_, _>>().map(Self)
    }
}

impl From<Headers> for BTreeMap<String, String> {
    fn from(headers: Headers) -> Self {
        headers.0.into_iter().map(|(name, value)| (name, value.into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, problem: Option<&str>) {
        let headers = Headers::try_from(BTreeMap::from([(name.to_owned(), value.to_owned())]));
        match (headers, problem) {
            (Ok(headers), None) => assert_eq!(headers.get(&name.to_ascii_lowercase()), Some(value)),
            (Err(error), Some(problem)) => assert!(error.to_string().contains(problem), "{error}"),
            (got, _) => panic!("{name}: {got:?}"),
        }
    }

    #[test]
    fn headers_of_a_source_are_its_own_and_no_others() {
        check("Cookie", "consent=yes", None);
        check("X-Api-Key", "7", None);
        check("User-Agent", "Mozilla/5.0", Some("copydesk's own"));
        check("Host", "other.example", Some("copydesk's own"));
        check("a b", "7", Some("no name of a header"));
        check("X-A", "a\r\nX-B: c", Some("cannot stand in a request header"));
    }
}
