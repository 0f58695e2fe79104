//! What a person may set about fetching: time, size, pace, who we say we are, where we may connect.
//!
//! A value that cannot be meant is refused while it is read, so that a config file can point at it: the
//! newtypes here carry the bounds.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

/// How pages are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Who answers for these requests: a web page or an e-mail address, named in the user agent so that a
    /// site's owner can write to a person. Empty: nobody is named.
    pub contact: HeaderText,
    /// The whole `User-Agent` header. Its first word, up to the `/`, is the name that robots.txt is asked
    /// about. Empty: `copydesk/<version> (+<contact>)`.
    pub user_agent: UserAgent,
    /// The `Accept-Language` header: which language a site with several should answer in. Empty: not sent.
    pub accept_language: HeaderText,
    /// Whether robots.txt is asked before a page: `obey` or `ignore`.
    pub robots: Robots,
    /// Longest wait for a connection, TLS included, in milliseconds.
    pub connect_timeout_ms: TimeoutMs,
    /// Longest silence of a server, before its answer or in the middle of it, in milliseconds.
    pub read_timeout_ms: TimeoutMs,
    /// Longest time for one try at a page, redirects and body included, in milliseconds. The robots.txt of a
    /// host has as long again. Waits that politeness asks for do not count.
    pub timeout_ms: TimeoutMs,
    /// Most bytes of a body over the wire, before its content coding (gzip and the like) is undone.
    pub wire_bytes_max: BytesMax,
    /// Most bytes of a body after its content coding is undone.
    pub body_bytes_max: BytesMax,
    /// Most redirects followed for one page, at most 10.
    pub redirects_max: RedirectsMax,
    /// Most pages of one story fetched to be joined, at most 99.
    pub join_pages_max: JoinPagesMax,
    /// How often a page is tried again after a failure that may pass, at most 10.
    pub retries_max: RetriesMax,
    /// Pause before the first new try, in milliseconds; it doubles with each further one.
    pub backoff_ms: PauseMs,
    /// Longest `Retry-After` that is waited for, in milliseconds. When a server asks for more, the page fails
    /// and the message says when to come back.
    pub retry_after_max_ms: PauseMs,
    /// Most pages fetched at once.
    pub concurrency: Concurrency,
    /// Most pages of one host fetched at once.
    pub per_host_concurrency: Concurrency,
    /// Pause between the starts of two requests to one host, in milliseconds; the `Crawl-delay` of a
    /// robots.txt may make it longer.
    pub host_delay_ms: PauseMs,
    /// Networks inside the private, loopback, link-local and other ranges of special use that may be fetched
    /// from all the same: `"10.1.0.0/16"`, `"::1"`. Empty: only public addresses are connected to.
    pub allow_private: Vec<Network>,
    /// A proxy that all requests go through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            contact: HeaderText::default(),
            user_agent: UserAgent::default(),
            accept_language: HeaderText::default(),
            robots: Robots::Obey,
            // Three SYN retransmissions of Linux happen within 7 s; a host that is silent for longer is down.
            connect_timeout_ms: Bounded(10_000),
            // Slow back ends of news sites answer within a few seconds; proxies before them give up at 30 to 60.
            read_timeout_ms: Bounded(20_000),
            // One page must not hold up a run: a page of `wire_bytes_max` needs 270 kB/s to arrive in time.
            timeout_ms: Bounded(60_000),
            // The HTTP Archive puts the median HTML document at about 30 kB over the wire; live blogs with their
            // data inlined reach a few MB. Beyond this it is a file, not a page.
            wire_bytes_max: Bounded(16 << 20),
            // Text packs to a fifth or a tenth: pages as large as the wire allows may be four times as large here.
            body_bytes_max: Bounded(64 << 20),
            // The Fetch standard allows 20, but a news page takes one to three (scheme, www, canonical path).
            redirects_max: Bounded(10),
            // The longest stories seen, guides and picture series, have 30 pages; news has two to six.
            join_pages_max: Bounded(20),
            retries_max: Bounded(2),
            backoff_ms: Bounded(1_000),
            // As long as a person waits for one page.
            retry_after_max_ms: Bounded(60_000),
            concurrency: Bounded(8),
            // A browser opens six connections to a host for one reader; a guest that reads fast opens two.
            per_host_concurrency: Bounded(2),
            host_delay_ms: Bounded(1_000),
            allow_private: Vec::new(),
            proxy: None,
        }
    }
}

/// Whether a site's robots.txt is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Robots {
    /// Ask first, and keep to the answer.
    #[default]
    Obey,
    /// Do not ask: a person's own one-off request.
    Ignore,
}

/// A time limit, in milliseconds: one to an hour.
pub type TimeoutMs = Bounded<1, 3_600_000>;
/// A pause, in milliseconds: none to a day.
pub type PauseMs = Bounded<0, 86_400_000>;
/// A limit on bytes: one to 1 GiB, since a page is held in memory.
pub type BytesMax = Bounded<1, 1_073_741_824>;
/// A number of redirects: none to 10.
pub type RedirectsMax = Bounded<0, 10>;
/// A number of new tries: none to 10.
pub type RetriesMax = Bounded<0, 10>;
/// Pages of one story.
pub type JoinPagesMax = Bounded<1, 99>;
/// A number of pages at once: one to 1,024.
pub type Concurrency = Bounded<1, 1_024>;

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Bounded<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Bounded<MIN, MAX> {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const MAX: u64> Default for Bounded<0, MAX> {
    /// None.
    fn default() -> Self {
        Self(0)
    }
}

impl<const MIN: u64, const MAX: u64> TryFrom<u64> for Bounded<MIN, MAX> {
    type Error = InvalidOption;

    fn try_from(value: u64) -> Result<Self, InvalidOption> {
        if (MIN..=MAX).contains(&value) {
            Ok(Self(value))
        } else {
            Err(InvalidOption(format!("{value} is not within {MIN} to {MAX}")))
        }
    }
}

impl<const MIN: u64, const MAX: u64> From<Bounded<MIN, MAX>> for u64 {
    fn from(value: Bounded<MIN, MAX>) -> Self {
        value.0
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Display for Bounded<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Text that can stand in a request header: visible ASCII and spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderText(String);

impl HeaderText {
    /// The text; may be empty.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderText {
    type Error = InvalidOption;

    fn try_from(text: String) -> Result<Self, InvalidOption> {
        match text.chars().find(|c| !(c.is_ascii_graphic() || *c == ' ')) {
            None => Ok(Self(text.trim().to_owned())),
            Some(c) => Err(InvalidOption(format!("{c:?} cannot stand in a request header; use letters of ASCII only"))),
        }
    }
}

impl From<HeaderText> for String {
    fn from(text: HeaderText) -> Self {
        text.0
    }
}

/// A `User-Agent` header: empty, or text that begins with a product's name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserAgent(HeaderText);

impl UserAgent {
    /// The header's text; may be empty.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<String> for UserAgent {
    type Error = InvalidOption;

    fn try_from(text: String) -> Result<Self, InvalidOption> {
        let text = HeaderText::try_from(text)?;
        if !text.0.is_empty() && crate::robots::product_token(&text.0).is_empty() {
            return Err(InvalidOption(format!(
                "user agent {:?} does not begin with a product's name, as `newsdesk/1.0` does",
                text.0
            )));
        }
        Ok(Self(text))
    }
}

impl From<UserAgent> for String {
    fn from(agent: UserAgent) -> Self {
        agent.0.0
    }
}

/// A network (`10.0.0.0/8`, `fd00::/8`) or one address (`127.0.0.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Whether the address is in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for Network {
    type Err = InvalidOption;

    fn from_str(text: &str) -> Result<Self, InvalidOption> {
        let text = text.trim();
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map(|net| Self(net.trunc()))
            .map_err(|_| InvalidOption(format!("{text:?} is not a network such as `10.0.0.0/8` or an address")))
    }
}

impl TryFrom<String> for Network {
    type Error = InvalidOption;

    fn try_from(text: String) -> Result<Self, InvalidOption> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

/// A proxy's address: `http://proxy.example:3128`, with `user:password@` where it asks for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Proxy(Url);

impl Proxy {
    /// The address, with what proves who asks.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Proxy {
    type Err = InvalidOption;

    fn from_str(text: &str) -> Result<Self, InvalidOption> {
        let url = Url::parse(text.trim()).ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .map(Self)
            .ok_or_else(|| InvalidOption(format!("{text:?} is not a proxy such as `http://proxy.example:3128`")))
    }
}

impl TryFrom<String> for Proxy {
    type Error = InvalidOption;

    fn try_from(text: String) -> Result<Self, InvalidOption> {
        text.parse()
    }
}

impl From<Proxy> for String {
    fn from(proxy: Proxy) -> Self {
        proxy.0.into()
    }
}

/// Why a value cannot be an option; the message says what could.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidOption(String);

impl InvalidOption {
    pub(super) fn new(problem: String) -> Self {
        Self(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(toml: &str, problem: Option<&str>) {
        match (toml::from_str::<Options>(toml), problem) {
            (Ok(_), None) => {}
            (Err(error), Some(problem)) => {
                let message = error.to_string();
                assert!(message.contains(problem), "{message:?} does not say {problem:?}");
                assert!(error.span().is_some(), "{message:?} does not point at its place");
            }
            (got, _) => panic!("{toml:?} gave {got:?}"),
        }
    }

    #[test]
    fn impossible_values_are_refused_with_what_would_do() {
        check("timeout_ms = 0", Some("0 is not within 1 to 3600000"));
        check("redirects_max = 11", Some("11 is not within 0 to 10"));
        check("concurrency = 0", Some("0 is not within 1 to 1024"));
        check("body_bytes_max = 0", Some("0 is not within"));
        check("contact = \"a\\nb: c\"", Some("cannot stand in a request header"));
        check("user_agent = \"(nobody)\"", Some("does not begin with a product's name"));
        check("allow_private = [\"10.0.0.0/33\"]", Some("is not a network"));
        check("robots = \"maybe\"", Some("expected `obey` or `ignore`"));
        check("proxy = \"socks5://127.0.0.1\"", Some("is not a proxy such as"));
        check("timeout = 5", Some("unknown field `timeout`"));
    }

    #[test]
    fn possible_values_are_taken() {
        check("", None);
        check("timeout_ms = 1\nredirects_max = 0\nhost_delay_ms = 0", None);
        check("allow_private = [\"127.0.0.1\", \"fd00::/8\", \"10.1.2.3/8\"]\nrobots = \"ignore\"", None);
        check("contact = \"https://example.org/about\"\nuser_agent = \"newsdesk/1.0\"", None);
    }

    #[test]
    fn options_survive_a_round_trip() {
        let options = Options {
            allow_private: vec!["::1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()],
            proxy: Some("http://ann:secret@proxy.example:3128".parse().unwrap()),
            ..Options::default()
        };
        let text = toml::to_string(&options).unwrap();
        assert!(text.contains(r#"allow_private = ["::1", "10.0.0.0/8"]"#), "{text}");
        assert_eq!(toml::from_str::<Options>(&text).unwrap(), options);
    }
}
