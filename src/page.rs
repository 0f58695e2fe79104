//! A page as it was served: bytes, where they came from, and what the server said about them.

use serde::{Deserialize, Serialize};
use url::Url;

/// Bytes as served, with the headers that matter for reading them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The address that answered, after redirects; `None` for a saved page whose address is unknown.
    pub url: Option<Url>,
    /// The `Content-Type` header as sent.
    pub content_type: Option<String>,
    /// The body, its content coding (gzip and the like) undone, its characters untouched.
    pub body: Vec<u8>,
    /// How the page was fetched; `None` for a saved page.
    pub http: Option<Http>,
}

/// What an HTTP exchange said beside the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Http {
    /// The address that was asked for first.
    pub requested_url: Url,
    /// Status code of the last response.
    pub status: u16,
    /// Addresses that redirected, in order; empty when the first one answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<Url>,
    /// The `ETag` header as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` header as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// What the site asks of robots about the page: its `X-Robots-Tag` headers, then its `<meta name=robots>`, as written.
    /// [`crate::robots::wishes`] reads them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub robots_tags: Vec<String>,
    /// Whether rights of text and data mining are reserved: the `tdm-reservation` header, or the `<meta>` of that name;
    /// `1` for yes. Source: TDM Reservation Protocol (TDMRep), W3C community group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdm_reservation: Option<String>,
    /// Where a licence can be had: `tdm-policy`, as the reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdm_policy: Option<String>,
    /// When the response began, RFC 3339 in UTC with whole seconds.
    pub fetched_at: String,
    /// Bytes of the body over the wire, before its content coding was undone.
    pub wire_bytes: u64,
}

/// One request and its answer as they went over the wire, for an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The address that was asked for, without user name and password.
    pub url: Url,
    /// When the request was sent.
    pub sent_at: jiff::Timestamp,
    /// The address of the machine that answered.
    pub ip: Option<std::net::IpAddr>,
    /// `HTTP/1.1` or `HTTP/2.0`, as it was spoken.
    pub protocol: &'static str,
    /// The request: its line and headers, without those that prove who asks (`Authorization`, `Cookie`).
    pub request: Vec<u8>,
    /// Status line and headers of the answer, up to and with the empty line. What the client does not keep of them is lost: the
    /// case of names, and the order of unlike ones.
    pub head: Vec<u8>,
    /// The body in its content coding, its transfer coding undone.
    pub body: Vec<u8>,
    /// Whether there was more of the body than was read.
    pub is_cut: bool,
}

impl Page {
    /// A saved page: a body and perhaps an address, nothing from a server.
    pub fn saved(body: impl Into<Vec<u8>>, url: Option<Url>) -> Self {
        Self { url, body: body.into(), ..Self::default() }
    }
}
