//! A URL to a page.

mod error;
mod options;

pub use error::{Cause, FetchError};
pub use options::{
    Bounded, BytesMax, Concurrency, HeaderText, InvalidOption, Network, Options, PauseMs,
    RedirectsMax, RetriesMax, Robots, TimeoutMs, UserAgent,
};

use futures_util::stream::{self, Stream, StreamExt};
use url::Url;

use crate::page::Page;

/// Fetches pages; keeps connections, the pace owed to each host and the robots.txt of each site between them.
#[derive(Debug)]
pub struct Fetcher {
    options: Options,
}

impl Fetcher {
    /// A fetcher that keeps to `options`. Opens no connection yet.
    pub fn new(options: &Options) -> Result<Self, FetchError> {
        Ok(Self {
            options: options.clone(),
        })
    }

    /// One page.
    pub async fn fetch(&self, url: &Url) -> Result<Page, FetchError> {
        Err(FetchError::Status {
            url: url.clone(),
            status: 0,
        })
    }

    /// Many pages, several at once, each result in the place of its URL.
    pub fn fetch_all<'a, I>(&'a self, urls: I) -> impl Stream<Item = Result<Page, FetchError>> + 'a
    where
        I: IntoIterator<Item = Url>,
        I::IntoIter: 'a,
    {
        let concurrency = self.options.concurrency.get() as usize;
        stream::iter(urls)
            .map(move |url| async move { self.fetch(&url).await })
            .buffered(concurrency)
    }
}

/// The address of a page, from what a person typed.
pub fn parse_url(input: &str) -> Result<Url, FetchError> {
    Url::parse(input).map_err(|error| FetchError::InvalidUrl {
        input: input.to_owned(),
        problem: error.to_string(),
        instead: None,
    })
}
