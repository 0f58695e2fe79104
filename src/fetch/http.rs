//! One request, one answer: the only file that knows the HTTP client.
//!
//! The client is made to do nothing by itself that we want to see: it follows no redirect, undoes no coding, knows
//! no proxy of the environment (which would look names up past the guard) and keeps no cookies. It connects only to
//! addresses that [`Resolver`] let through; an address that stands in the URL as it is never reaches a resolver, so
//! it is checked here. Through a proxy that the options name, names are looked up by the proxy, and what it lets us reach
//! is the choice of whoever runs it: then only addresses that stand in URLs are checked.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use tokio_util::io::StreamReader;
use url::{Host, Position, Url};

use super::coding::{self, Coding};
use super::error::{Awaited, Cause, FetchError, Measured};
use super::guard::Guard;
use super::options::Options;
use super::request::{Accept, Headers, Validators};
use super::resolve::{LookupError, Resolver};
use super::target::without_secrets;
use crate::page::Exchange;

/// Headers of one answer at most. News sites with long security policies send 60.
const HEADERS_MAX: usize = 200;
/// Bytes of headers in one HTTP/2 answer at most; for HTTP/1 the client's own limit of about 400 kB holds.
const HEADER_BYTES_MAX: u32 = 256 << 10;
/// Idle connections are closed after this: politeness leaves seconds between two pages of a host.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// What we take, best first. Feeds and plain text are stories too.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,text/*;q=0.8,*/*;q=0.1";
/// The same for what lists addresses: a server that has both gives the feed, not the page about it.
const ACCEPT_LIST: &str = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,\
                           text/html;q=0.8,text/*;q=0.7,*/*;q=0.1";
/// The codings that `coding` undoes.
const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";

/// Sends requests.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    /// What every request says, for the record of it.
    headers: HeaderMap,
    resolver: Arc<Resolver>,
    /// The proxy's address, for errors.
    proxy: Option<Url>,
    connect_timeout_ms: u64,
    read_timeout_ms: u64,
}

/// One request, beyond its address.
#[derive(Debug, Default)]
pub(super) struct Ask<'a> {
    /// The value of a `Cookie` header.
    pub(super) cookies: Option<String>,
    pub(super) validators: Option<&'a Validators>,
    pub(super) headers: Option<&'a Headers>,
    pub(super) accept: Option<Accept>,
}

/// Status and headers of an answer, and its body still to come.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_length: Option<u64>,
    /// The request as it was sent, without what proves who asks.
    request: Vec<u8>,
    sent_at: Timestamp,
    body: reqwest::Response,
    read_timeout_ms: u64,
}

impl Client {
    pub(super) fn new(options: &Options, user_agent: &str) -> Result<Self, FetchError> {
        // Ignored: somebody who chose a provider for this process before us knows why.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let resolver = Arc::new(Resolver::new(Guard::new(&options.allow_private)));
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_ENCODING));
        let language = options.accept_language.as_str();
        if !language.is_empty() {
            let value = HeaderValue::from_str(language).map_err(|error| setup(error.into()))?;
            headers.insert(header::ACCEPT_LANGUAGE, value);
        }
        headers.insert(header::USER_AGENT, HeaderValue::from_str(user_agent).map_err(|error| setup(error.into()))?);
        let builder = match &options.proxy {
            None => reqwest::Client::builder().no_proxy(),
            Some(proxy) => {
                let proxy = reqwest::Proxy::all(proxy.url().clone()).map_err(|error| setup(error.into()))?;
                reqwest::Client::builder().proxy(proxy)
            }
        };
        let proxy = options.proxy.as_ref().map(|it| without_secrets(it.url()));
        let proxy_host = proxy.as_ref().and_then(|it| it.host_str().map(str::to_owned));
        let http = builder
            .default_headers(headers.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .dns_resolver(GuardedNames { resolver: Arc::clone(&resolver), proxy_host })
            .connect_timeout(Duration::from_millis(options.connect_timeout_ms.get()))
            .read_timeout(Duration::from_millis(options.read_timeout_ms.get()))
            .pool_idle_timeout(IDLE_MAX)
            // Slips of servers that browsers forgive.
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_max_headers(HEADERS_MAX)
            .http2_max_header_list_size(HEADER_BYTES_MAX)
            .build()
            .map_err(|error| setup(error.into()))?;
        Ok(Self {
            http,
            headers,
            resolver,
            proxy,
            connect_timeout_ms: options.connect_timeout_ms.get(),
            read_timeout_ms: options.read_timeout_ms.get(),
        })
    }

    /// Asks for a URL, and reads the answer up to its body. User name and password in the URL are sent, and appear in no
    /// error.
    pub(super) async fn get(&self, url: &Url, ask: Ask<'_>) -> Result<Answer, FetchError> {
        let shown = without_secrets(url);
        if let Some(address) = literal_address(url)
            && !self.resolver.permits(address)
        {
            return Err(FetchError::PrivateAddress { url: shown, address });
        }
        let headers = ask.headers();
        let request = self.written(url, &headers);
        let sent_at = Timestamp::now();
        let body = match self.http.get(url.clone()).headers(headers).send().await {
            Ok(response) => response,
            Err(error) => return Err(self.failure(shown, error)),
        };
        Ok(Answer {
            status: body.status().as_u16(),
            content_length: body.content_length(),
            request,
            sent_at,
            body,
            read_timeout_ms: self.read_timeout_ms,
        })
    }

    /// The request as HTTP/1.1 writes it, without what proves who asks.
    fn written(&self, url: &Url, headers: &HeaderMap) -> Vec<u8> {
        let target = &url[Position::BeforePath..Position::AfterQuery];
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let mut written = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n").into_bytes();
        let general = self.headers.iter().filter(|(name, _)| !headers.contains_key(*name));
        let is_secret = |name: &HeaderName| *name == header::COOKIE || *name == header::AUTHORIZATION;
        write_headers(general.chain(headers).filter(|(name, _)| !is_secret(name)), &mut written);
        written.extend(b"\r\n");
        written
    }

    fn failure(&self, url: Url, error: reqwest::Error) -> FetchError {
        if error.is_timeout() && error.is_connect() {
            return FetchError::Timeout { url, awaited: Awaited::Connection, limit_ms: self.connect_timeout_ms };
        }
        match (failure(url, error, Awaited::Answer, self.read_timeout_ms), &self.proxy) {
            (FetchError::Connect { url, source }, Some(proxy)) => FetchError::Connect {
                url,
                source: Cause::from(Box::from(format!("{source}, through the proxy {proxy}"))),
            },
            (failure, _) => failure,
        }
    }
}

impl Ask<'_> {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.accept == Some(Accept::List) {
            headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT_LIST));
        }
        let mut add = |name: HeaderName, value: &str| {
            // What a server sent as a validator can be sent back; anything else of a stranger's has no place here.
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        };
        for (name, value) in self.headers.into_iter().flat_map(Headers::iter) {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                add(name, value);
            }
        }
        if let Some(cookies) = &self.cookies {
            add(header::COOKIE, cookies);
        }
        if let Some(etag) = self.validators.and_then(|it| it.etag.as_deref()) {
            add(header::IF_NONE_MATCH, etag);
        }
        if let Some(last_modified) = self.validators.and_then(|it| it.last_modified.as_deref()) {
            add(header::IF_MODIFIED_SINCE, last_modified);
        }
        headers
    }
}

fn write_headers<'a>(headers: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>, onto: &mut Vec<u8>) {
    for (name, value) in headers {
        onto.extend(name.as_str().as_bytes());
        onto.extend(b": ");
        onto.extend(value.as_bytes());
        onto.extend(b"\r\n");
    }
}

impl Answer {
    /// The value of a header; its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.body.headers().get(name).map(header_text)
    }

    /// The values of a header that may stand several times.
    pub(super) fn headers(&self, name: &str) -> Vec<String> {
        self.body.headers().get_all(name).iter().map(header_text).collect()
    }

    /// The exchange, its body still empty.
    pub(super) fn exchange(&self, url: &Url) -> Exchange {
        let status = self.body.status();
        let reason = self.body.extensions().get::<hyper::ext::ReasonPhrase>().map(|it| it.as_bytes());
        let reason = reason.unwrap_or(status.canonical_reason().unwrap_or_default().as_bytes());
        let protocol = match self.body.version() {
            reqwest::Version::HTTP_2 => "HTTP/2.0",
            reqwest::Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        };
        // The second protocol has no status line of its own.
        let written = if protocol == "HTTP/1.0" { protocol } else { "HTTP/1.1" };
        let mut head = format!("{written} {} ", status.as_str()).into_bytes();
        head.extend(reason);
        head.extend(b"\r\n");
        write_headers(self.body.headers().iter(), &mut head);
        head.extend(b"\r\n");
        Exchange {
            url: without_secrets(url),
            sent_at: self.sent_at,
            ip: self.body.remote_addr().map(|it| it.ip()),
            protocol,
            request: self.request.clone(),
            head,
            body: Vec::new(),
            is_cut: false,
        }
    }

    /// The body as it comes over the wire, at most `bytes_max` bytes of it, and how many have come so far.
    ///
    /// Reading gives errors that [`coding::into_fetch_error`] tells apart.
    pub(super) fn into_body(self, url: &Url, bytes_max: u64) -> (coding::Bytes, Arc<AtomicU64>) {
        let url = url.clone();
        let read_timeout_ms = self.read_timeout_ms;
        let n_wire = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&n_wire);
        let chunks = self.body.bytes_stream().map(move |chunk| {
            let chunk =
                chunk.map_err(|error| io::Error::other(failure(url.clone(), error, Awaited::Body, read_timeout_ms)))?;
            let n_new = chunk.len() as u64;
            if counter.fetch_add(n_new, Ordering::Relaxed) + n_new > bytes_max {
                return Err(io::Error::other(too_large(&url, bytes_max)));
            }
            Ok(chunk)
        });
        (Box::pin(StreamReader::new(chunks)), n_wire)
    }

    /// The body's content codings, in the order they were applied.
    pub(super) fn codings(&self, url: &Url) -> Result<Vec<Coding>, FetchError> {
        coding::codings(self.headers("content-encoding").iter().map(String::as_str), url)
    }
}

/// Over the limit of bytes on the wire.
pub(super) fn too_large(url: &Url, bytes_max: u64) -> FetchError {
    FetchError::TooLarge { url: url.clone(), bytes_max, measured: Measured::Wire }
}

/// The address that stands in the URL in place of a name.
fn literal_address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        // The `url` crate makes addresses of all that look like one; this holds it to that.
        Host::Domain(name) => name.parse().ok(),
    }
}

/// Headers are UTF-8 where servers follow the times, and Latin-1 where they follow the old standard.
fn header_text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().map(|&b| char::from(b)).collect(),
    }
}

/// What went wrong, by what lies beneath the client's error. `limit_ms` bounded the wait for `awaited`.
fn failure(url: Url, error: reqwest::Error, awaited: Awaited, limit_ms: u64) -> FetchError {
    if let Some(lookup) = beneath::<LookupError>(&error) {
        return match lookup.clone() {
            LookupError::Refused(address) => FetchError::PrivateAddress { url, address },
            LookupError::NoSuchHost(source) => FetchError::NoSuchHost { url, source },
            LookupError::Failed(source) => FetchError::Resolve { url, source },
        };
    }
    if error.is_timeout() {
        return FetchError::Timeout { url, awaited, limit_ms };
    }
    let is_connect = error.is_connect();
    let is_tls = beneath::<rustls::Error>(&error).is_some();
    let is_malformed = beneath::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse);
    // The client's own error repeats the URL, with its secrets.
    let source = deepest_telling(error.without_url());
    if is_tls {
        FetchError::Tls { url, source }
    } else if is_connect {
        FetchError::Connect { url, source }
    } else if is_malformed {
        FetchError::Protocol { url, source }
    } else {
        FetchError::Interrupted { url, source }
    }
}

/// The first error of type `E` in the chain of sources, also inside an [`io::Error`].
fn beneath<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The last message of the chain, which says what happened ("connection refused"); those above say only that
/// something did.
fn deepest_telling(error: reqwest::Error) -> Cause {
    let mut last: &(dyn Error + 'static) = &error;
    while let Some(source) = last.source() {
        last = source;
    }
    Cause::from(Box::<dyn Error + Send + Sync>::from(last.to_string()))
}

fn setup(error: Box<dyn Error + Send + Sync>) -> FetchError {
    FetchError::Setup { source: Cause::from(error) }
}

/// [`Resolver`] as the client wants it.
struct GuardedNames {
    resolver: Arc<Resolver>,
    /// The proxy may stand anywhere.
    proxy_host: Option<String>,
}

impl reqwest::dns::Resolve for GuardedNames {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let resolver = Arc::clone(&self.resolver);
        let is_proxy = self.proxy_host.as_deref() == Some(name.as_str());
        Box::pin(async move {
            let addresses = match is_proxy {
                true => resolver.all_addresses(name.as_str()).await?,
                false => resolver.addresses(name.as_str()).await?,
            };
            let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as reqwest::dns::Addrs)
        })
    }
}
