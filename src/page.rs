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
    /// When the response began, RFC 3339 in UTC with whole seconds.
    pub fetched_at: String,
    /// Bytes of the body over the wire, before its content coding was undone.
    pub wire_bytes: u64,
}

impl Page {
    /// A saved page: a body and perhaps an address, nothing from a server.
    pub fn saved(body: impl Into<Vec<u8>>, url: Option<Url>) -> Self {
        Self {
            url,
            body: body.into(),
            ..Self::default()
        }
    }
}
