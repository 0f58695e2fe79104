//! Why a page could not be fetched: one variant for each thing that happens, and what to do about it.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use url::{Position, Url};

/// The error beneath one of ours; shared, since one answer about a host serves all of its pages.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why a page could not be fetched. URLs in it carry no user name and no password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    /// What was given is no address of a page. Nothing was sent.
    #[error("`{input}` {problem}")]
    InvalidUrl {
        /// The text as given, shortened, without a password.
        input: String,
        /// What is wrong with it.
        problem: String,
        /// What to write instead, where we can tell.
        instead: Option<String>,
    },
    /// The host has no public address, or is one that is not public. No connection was made.
    #[error(
        "{url} leads to {address}, which is not a public address; `fetch.allow_private` lists the networks allowed"
    )]
    PrivateAddress {
        /// The page, or the redirect target, whose host it is.
        url: Url,
        /// The address that was refused.
        address: IpAddr,
    },
    /// No request was sent for the page itself.
    #[error("robots.txt of {} disallows {}", host_and_port(url), &url[Position::BeforePath..Position::AfterQuery])]
    Disallowed {
        /// The page.
        url: Url,
    },
    /// robots.txt could not be had, which forbids all (RFC 9309, 2.3.1.4). No request was sent for the page.
    #[error("robots.txt of {} cannot be had, so {url} must not be fetched now", host_and_port(url))]
    RobotsUnreachable {
        /// The page.
        url: Url,
        /// What happened to the request for robots.txt.
        source: Arc<FetchError>,
    },
    /// The rules of the site are not known, and to ask for them is for whoever keeps its pace. Nothing was sent.
    #[error("robots.txt of {} has not been asked for", host_and_port(url))]
    RobotsNotAsked {
        /// The page.
        url: Url,
    },
    /// The name has no address. No connection was made.
    #[error("cannot find the host of {url}")]
    NoSuchHost {
        /// The page.
        url: Url,
        /// What the name service said.
        source: Cause,
    },
    /// The name service gave no answer. No connection was made.
    #[error("cannot ask for the address of {url}")]
    Resolve {
        /// The page.
        url: Url,
        /// What went wrong.
        source: Cause,
    },
    /// No connection came about.
    #[error("cannot reach {url}")]
    Connect {
        /// The page.
        url: Url,
        /// What went wrong.
        source: Cause,
    },
    /// The server could not prove who it is, or spoke no TLS that we do. No request was sent.
    #[error("no secure connection to {url}")]
    Tls {
        /// The page.
        url: Url,
        /// What went wrong.
        source: Cause,
    },
    /// It took too long.
    #[error("{url} gave no {awaited} within {limit_ms} ms; `fetch.{}` sets the limit", awaited.option())]
    Timeout {
        /// The page.
        url: Url,
        /// What we were waiting for.
        awaited: Awaited,
        /// How long we waited, in milliseconds.
        limit_ms: u64,
    },
    /// The connection broke before the whole answer was here.
    #[error("{url} broke off its answer")]
    Interrupted {
        /// The page.
        url: Url,
        /// What went wrong.
        source: Cause,
    },
    /// What came back is not HTTP, or more headers than we take.
    #[error("{url} gave an answer that is not sound HTTP")]
    Protocol {
        /// The page.
        url: Url,
        /// What went wrong.
        source: Cause,
    },
    /// The server answered, but not with a page.
    #[error("{url} answered {status}")]
    Status {
        /// The page.
        url: Url,
        /// The status code.
        status: u16,
    },
    /// The server said when to come back, and that is later than we wait.
    #[error("{url} answered {status} and is not to be asked again before {come_back}")]
    ComeBackLater {
        /// The page.
        url: Url,
        /// The status code.
        status: u16,
        /// When to come back, RFC 3339 in UTC with whole seconds.
        come_back: Box<str>,
        /// How long that is from the answer, in milliseconds.
        retry_after_ms: u64,
    },
    /// More redirects than allowed.
    #[error("{url} redirected more than {redirects_max} times; `fetch.redirects_max` sets the limit")]
    TooManyRedirects {
        /// The page asked for first.
        url: Url,
        /// The limit.
        redirects_max: u64,
    },
    /// A redirect to an address that had redirected before.
    #[error("{url} redirects in a circle, back to {target}")]
    RedirectLoop {
        /// The page asked for first.
        url: Url,
        /// The address that came up again.
        target: Box<Url>,
    },
    /// A redirect to something that is no address of a page.
    #[error("{url} redirects to `{location}`, which {problem}")]
    BadRedirect {
        /// The address that redirected.
        url: Url,
        /// Its `Location` header, shortened, without a password.
        location: Box<str>,
        /// What is wrong with it.
        problem: Box<str>,
    },
    /// More bytes than allowed.
    #[error("{url} is over {bytes_max} bytes {measured}; `fetch.{}` sets the limit", measured.option())]
    TooLarge {
        /// The page.
        url: Url,
        /// The limit.
        bytes_max: u64,
        /// Where the bytes were counted.
        measured: Measured,
    },
    /// The body's content coding could not be undone.
    #[error("the {coding} body of {url} {problem}")]
    Coding {
        /// The page.
        url: Url,
        /// Content coding as the server named it.
        coding: Box<str>,
        /// What is wrong with it.
        problem: Box<str>,
    },
    /// The answer is not text. At most its first bytes were read.
    #[error("{url} is {what}, not a web page")]
    NotHtml {
        /// The page.
        url: Url,
        /// What it is, with its article: "a PDF file".
        what: String,
    },
    /// Nothing can be fetched at all on this machine.
    #[error("cannot make ready for secure connections")]
    Setup {
        /// What went wrong.
        source: Cause,
    },
}

/// What was waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// A connection, name service and TLS included.
    Connection,
    /// Status and headers.
    Answer,
    /// The next bytes of a body.
    Body,
    /// All of it, redirects included.
    Page,
}

impl Awaited {
    fn option(self) -> &'static str {
        match self {
            Self::Connection => "connect_timeout_ms",
            Self::Answer | Self::Body => "read_timeout_ms",
            Self::Page => "timeout_ms",
        }
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection => "connection",
            Self::Answer => "answer",
            Self::Body => "more of its body",
            Self::Page => "whole page",
        })
    }
}

/// Where the bytes of a body are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// As they come, in their content coding.
    Wire,
    /// With the content coding undone.
    Unpacked,
}

impl Measured {
    fn option(self) -> &'static str {
        match self {
            Self::Wire => "wire_bytes_max",
            Self::Unpacked => "body_bytes_max",
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wire => "over the wire",
            Self::Unpacked => "unpacked",
        })
    }
}

fn host_and_port(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

impl FetchError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RobotsNotAsked { .. }
            | Self::Resolve { .. }
            | Self::Connect { .. }
            | Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::ComeBackLater { .. } => true,
            // 408 is the server's own timeout; 425 asks for the request once more. 501 and 505 say that the
            // server will never do it.
            Self::Status { status, .. } => {
                matches!(status, 408 | 425 | 429 | 500 | 502..=504 | 506..=599)
            }
            Self::RobotsUnreachable { source, .. } => source.is_transient(),
            Self::InvalidUrl { .. }
            | Self::PrivateAddress { .. }
            | Self::Disallowed { .. }
            | Self::NoSuchHost { .. }
            | Self::Tls { .. }
            | Self::Protocol { .. }
            | Self::TooManyRedirects { .. }
            | Self::RedirectLoop { .. }
            | Self::BadRedirect { .. }
            | Self::TooLarge { .. }
            | Self::Coding { .. }
            | Self::NotHtml { .. }
            | Self::Setup { .. } => false,
        }
    }

    /// The kind of failure as one word for programs: the `kind` of an error record.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidUrl { .. } => "invalid-url",
            Self::PrivateAddress { .. } => "private-address",
            Self::Disallowed { .. } => "disallowed",
            Self::RobotsUnreachable { .. } => "robots-unreachable",
            Self::RobotsNotAsked { .. } => "robots-not-asked",
            Self::NoSuchHost { .. } => "no-such-host",
            Self::Resolve { .. } => "resolve",
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Interrupted { .. } => "interrupted",
            Self::Protocol { .. } => "protocol",
            Self::Status { .. } => "status",
            Self::ComeBackLater { .. } => "come-back-later",
            Self::TooManyRedirects { .. } => "too-many-redirects",
            Self::RedirectLoop { .. } => "redirect-loop",
            Self::BadRedirect { .. } => "bad-redirect",
            Self::TooLarge { .. } => "too-large",
            Self::Coding { .. } => "coding",
            Self::NotHtml { .. } => "not-html",
            Self::Setup { .. } => "setup",
        }
    }

    /// The way out, where there is one: a clause that can follow the message.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::InvalidUrl { instead: Some(instead), .. } => return Some(format!("try {instead}")),
            Self::PrivateAddress { address, .. } => {
                return Some(format!("add \"{address}\" to `fetch.allow_private` if you mean to fetch from there"));
            }
            Self::Disallowed { .. } => "`--ignore-robots` fetches it all the same, for a person's own one-off request",
            Self::RobotsUnreachable { .. } => {
                "try again later; `--ignore-robots` fetches it all the same, for a person's own one-off request"
            }
            Self::NoSuchHost { .. } => "check the spelling of the host",
            Self::Resolve { .. } => "check the network connection",
            Self::Tls { .. } => "check the clock and the certificates of this machine; the fault may be the site's",
            Self::Status { status: 401 | 402 | 403 | 407 | 451, .. } => {
                "the site keeps it from programs or from guests; save the page in a browser and use `copydesk clean`"
            }
            Self::Status { status: 404 | 410, .. } => "check the address; the page may have moved or gone",
            Self::ComeBackLater { .. } => "`fetch.retry_after_max_ms` sets how long a wait is accepted",
            Self::RedirectLoop { .. } => {
                "the site may want a log-in or a consent; save the page in a browser and use `copydesk clean`"
            }
            Self::Setup { .. } => {
                "install the system's root certificates (`ca-certificates`), or name them in SSL_CERT_FILE"
            }
            Self::InvalidUrl { instead: None, .. }
            | Self::RobotsNotAsked { .. }
            | Self::Connect { .. }
            | Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::Protocol { .. }
            | Self::Status { .. }
            | Self::TooManyRedirects { .. }
            | Self::BadRedirect { .. }
            | Self::TooLarge { .. }
            | Self::Coding { .. }
            | Self::NotHtml { .. } => return None,
        };
        Some(hint.to_owned())
    }

    /// The address the error is about; `None` when it is about none.
    pub fn url(&self) -> Option<&Url> {
        match self {
            Self::InvalidUrl { .. } | Self::Setup { .. } => None,
            Self::PrivateAddress { url, .. }
            | Self::Disallowed { url, .. }
            | Self::RobotsUnreachable { url, .. }
            | Self::RobotsNotAsked { url }
            | Self::NoSuchHost { url, .. }
            | Self::Resolve { url, .. }
            | Self::Connect { url, .. }
            | Self::Tls { url, .. }
            | Self::Timeout { url, .. }
            | Self::Interrupted { url, .. }
            | Self::Protocol { url, .. }
            | Self::Status { url, .. }
            | Self::ComeBackLater { url, .. }
            | Self::TooManyRedirects { url, .. }
            | Self::RedirectLoop { url, .. }
            | Self::BadRedirect { url, .. }
            | Self::TooLarge { url, .. }
            | Self::Coding { url, .. }
            | Self::NotHtml { url, .. } => Some(url),
        }
    }
}
