//! Fetching from servers that behave, and from servers that do not.

mod addresses;
mod codings;
mod kinds;
mod many;
mod redirects;
mod requests;
mod robots;
mod size;
mod time;
mod tries;

use std::error::Error;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::fetch::{FetchError, Fetcher, Options, Robots};
use copydesk::page::Page;
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use url::Url;

use crate::server::{
    Handler, Server, answer, body, endless, handler, in_turn, late, page, raw, redirect, reset_after, status,
};

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const STORY: &str = "<!doctype html><title>Harbour reopens</title><p>The harbour reopened on Monday.</p>";

/// For tests: loopback allowed, no pauses to speak of. Patient enough for a machine that has other work.
fn quick() -> Options {
    Options {
        allow_private: vec!["127.0.0.1".parse().unwrap()],
        robots: Robots::Ignore,
        connect_timeout_ms: 4_000.try_into().unwrap(),
        read_timeout_ms: 4_000.try_into().unwrap(),
        timeout_ms: 4_000.try_into().unwrap(),
        wire_bytes_max: 100_000.try_into().unwrap(),
        body_bytes_max: 200_000.try_into().unwrap(),
        backoff_ms: 2.try_into().unwrap(),
        host_delay_ms: 0.try_into().unwrap(),
        ..Options::default()
    }
}

/// One try, with this little patience.
fn impatient(read_timeout_ms: u64, timeout_ms: u64) -> Options {
    Options {
        retries_max: 0.try_into().unwrap(),
        read_timeout_ms: read_timeout_ms.try_into().unwrap(),
        timeout_ms: timeout_ms.try_into().unwrap(),
        ..quick()
    }
}

fn obeying() -> Options {
    Options { robots: Robots::Obey, ..quick() }
}

async fn fetch_with(options: &Options, url: &Url) -> Result<Page, FetchError> {
    Fetcher::new(options).unwrap().fetch(url).await
}

async fn fetch_from(handler: Handler) -> Result<Page, FetchError> {
    let server = Server::start([("/a", handler)]).await;
    fetch_with(&quick(), &server.url("/a")).await
}

/// What comes back is this body.
#[track_caller]
fn check_body(got: Result<Page, FetchError>, wanted: &[u8]) {
    match got {
        Ok(page) => assert_eq!(String::from_utf8_lossy(&page.body), String::from_utf8_lossy(wanted)),
        Err(error) => panic!("{error}: {:?}", error.source().map(ToString::to_string)),
    }
}

/// What comes back is an error of this kind whose message holds these words.
#[track_caller]
fn check_error(got: Result<Page, FetchError>, kind: &str, transient: bool, words: &str) {
    match got {
        Ok(page) => panic!("a page of {} bytes", page.body.len()),
        Err(error) => {
            let message = error.to_string();
            assert_eq!(error.kind(), kind, "{message}");
            assert_eq!(error.is_transient(), transient, "{message}");
            assert!(message.contains(words), "{message:?} does not say {words:?}");
        }
    }
}

/// Nothing here may take long: a test that waits for a bound of seconds has not met its own.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), work).await.expect("soon")
}

#[tokio::test]
async fn a_page_comes_with_its_headers() {
    let headers = [HTML, ("etag", "\"7\""), ("last-modified", "Mon, 23 Nov 2026 08:00:00 GMT")];
    let server = Server::start([("/a", body(&headers, STORY.as_bytes()))]).await;
    let page = fetch_with(&quick(), &server.url("/a?b#c")).await.unwrap();
    assert_eq!(page.url, Some(server.url("/a?b")));
    assert_eq!(page.content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(page.body, STORY.as_bytes());
    let http = page.http.unwrap();
    assert_eq!(http.requested_url, server.url("/a?b"));
    assert_eq!((http.status, http.redirects.len(), http.wire_bytes), (200, 0, STORY.len() as u64));
    assert_eq!(http.etag.as_deref(), Some("\"7\""));
    assert_eq!(http.last_modified.as_deref(), Some("Mon, 23 Nov 2026 08:00:00 GMT"));
    let fetched_at: jiff::Timestamp = http.fetched_at.parse().unwrap();
    assert!(fetched_at.duration_until(jiff::Timestamp::now()).as_secs() < 5);
}

#[tokio::test]
async fn the_request_says_who_asks_and_what_is_taken() {
    let server = Server::start([("/a", page(STORY))]).await;
    let options = Options {
        contact: "https://desk.example/about".to_owned().try_into().unwrap(),
        accept_language: "pt-BR, pt;q=0.8".to_owned().try_into().unwrap(),
        ..quick()
    };
    fetch_with(&options, &server.url("/a")).await.unwrap();
    let asked = server.pages_asked();
    let header = |name: &str| asked[0].headers.get(name).map(String::as_str);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(header("user-agent"), Some(&*format!("copydesk/{version} (+https://desk.example/about)")));
    assert_eq!(header("accept-encoding"), Some("gzip, br, zstd, deflate"));
    assert_eq!(header("accept-language"), Some("pt-BR, pt;q=0.8"));
    assert_eq!(header("referer"), None);
    assert_eq!(header("cookie"), None);
}

#[tokio::test]
async fn other_schemes_are_refused_unsent() {
    for url in ["file:///etc/passwd", "ftp://news.example/", "data:text/html,a"] {
        check_error(fetch_with(&quick(), &Url::parse(url).unwrap()).await, "invalid-url", false, "only http and https");
    }
}
