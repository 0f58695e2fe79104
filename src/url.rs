//! Addresses: one spelling for those that mean the same page, the host whose pace they share, and patterns over them.
//!
//! A page is linked under many spellings: with a campaign's parameters, a fragment, letters encoded that need not be.
//! [`normal_form`] gives one of them. It takes off only what no server answers to with another page: when in doubt, two
//! addresses stay two. The order of parameters, a last slash, `index.html`, `www.` and the scheme stay as they are.
//!
//! Addresses come from strangers: what is too long, or repeats a part of its path as traps do, is refused.
//!
//! Sources: RFC 3986, 6.2.2; the `url` crate has done scheme, host (IDNA), default port and dot segments. Bounds are
//! those of Common Crawl's news crawler, the length doubled: addresses in other scripts are long once encoded.

use url::{Position, Url};

/// Longest address, in bytes.
pub const URL_BYTES_MAX: usize = 2_048;

/// How often one part may stand in a path. Traps of relative links (`/a/b/a/b/…`) grow without end; dates (`/2026/11/11/11`)
/// reach three.
pub const PATH_REPEATS_MAX: usize = 4;

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Neither `http` nor `https`, or without a host.
    NoPage,
    /// Over [`URL_BYTES_MAX`].
    TooLong,
    /// A part of the path stands in it more than [`PATH_REPEATS_MAX`] times.
    Repeats,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoPage => "is no address of a web page",
            Self::TooLong => "is longer than 2048 bytes",
            Self::Repeats => "repeats a part of its path, as traps do",
        })
    }
}

/// The one spelling of an address.
///
/// Fragment, user name and password, tracking and session parameters, and a `?` with nothing after it go; encoded letters,
/// digits, `-`, `.`, `_` and `~` are decoded, other encodings in upper case. Doing it twice changes nothing.
///
/// ```
/// let url = "https://News.example:443/a/../b/%7Eme?utm_source=x&id=7#top".parse().unwrap();
/// assert_eq!(copydesk::url::normal_form(&url).unwrap().as_str(), "https://news.example/b/~me?id=7");
/// ```
///
/// # Errors
///
/// [`Refused`], for what is not to be asked for at all.
pub fn normal_form(url: &Url) -> Result<Url, Refused> {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(Refused::NoPage);
    }
    // Before anything is done in proportion to it. What is taken off can make it fit, up to a point.
    if url.as_str().len() > 4 * URL_BYTES_MAX {
        return Err(Refused::TooLong);
    }
    let mut normal = url.clone();
    normal.set_fragment(None);
    // These fail only where there is nothing to take off.
    let _ = normal.set_username("");
    let _ = normal.set_password(None);
    if let Some(host) = url.domain().and_then(|host| host.strip_suffix('.')).map(str::to_owned) {
        let _ = normal.set_host(Some(&host));
    }
    normal.set_path(without_session(&unescaped(url.path())));
    let query = url.query().map(|query| {
        let query = unescaped(query);
        let kept: Vec<&str> = query.split('&').filter(|parameter| !is_tracker(parameter)).collect();
        kept.join("&")
    });
    normal.set_query(query.as_deref().filter(|query| !query.is_empty()));
    if normal.as_str().len() > URL_BYTES_MAX {
        return Err(Refused::TooLong);
    }
    if repeats(normal.path()) {
        return Err(Refused::Repeats);
    }
    Ok(normal)
}

/// The key of the host that a pace is kept for: its name or address, and the port where it is not the scheme's own.
///
/// ```
/// let key = |url: &str| copydesk::url::host_key(&url.parse().unwrap());
/// assert_eq!(key("https://News.example:443/a"), "news.example");
/// assert_eq!(key("http://[::1]:8080/"), "[::1]:8080");
/// ```
pub fn host_key(url: &Url) -> String {
    let host = &url[Position::BeforeHost..Position::AfterPort];
    // The `url` crate leaves default ports out.
    match host.split_once(':') {
        Some((name, port)) if name.ends_with('.') => format!("{}:{port}", name.trim_end_matches('.')),
        _ => host.trim_end_matches('.').to_owned(),
    }
}

/// The domain that somebody registered, `bbc.co.uk` of `www.bbc.co.uk`; the host itself where it is an address or a public
/// suffix.
pub fn site(url: &Url) -> &str {
    url.domain().and_then(psl::domain_str).or(url.host_str()).unwrap_or_default()
}

/// A pattern over addresses, as in robots.txt: `*` stands for anything, a last `$` for the end, all else for itself.
///
/// One that begins with `/` or `*` is held against path and query, one with a scheme (`https://news.example/sport/`)
/// against the whole address, anything else (`news.example/sport/`) against the host and what follows. It need match the
/// beginning only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    of: Part,
    wildcards: Wildcards,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Whole,
}

impl Pattern {
    /// Any text is a pattern; an empty one matches everything.
    pub fn new(pattern: &str) -> Self {
        let pattern = pattern.trim();
        let of = match pattern {
            _ if pattern.starts_with(['/', '*']) || pattern.is_empty() => Part::Path,
            _ if pattern.contains("://") => Part::Whole,
            _ => Part::Host,
        };
        Self { of, wildcards: Wildcards::new(unescaped(pattern)) }
    }

    /// Whether the address is one of those meant. Takes time in proportion to its length.
    pub fn matches(&self, url: &Url) -> bool {
        let part = match self.of {
            Part::Path => &url[Position::BeforePath..Position::AfterQuery],
            Part::Host => &url[Position::BeforeHost..Position::AfterQuery],
            Part::Whole => &url[..Position::AfterQuery],
        };
        self.wildcards.matches(unescaped(part).as_bytes())
    }
}

/// `*` for any bytes and a last `$` for the end; what is matched need only begin so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wildcards {
    pattern: Vec<u8>,
    /// Whether the pattern must reach the end: it ended in `$`.
    to_end: bool,
}

impl Wildcards {
    pub(crate) fn new(pattern: impl AsRef<[u8]>) -> Self {
        let pattern = pattern.as_ref();
        match pattern.strip_suffix(b"$") {
            Some(pattern) => Self { pattern: pattern.to_owned(), to_end: true },
            None => Self { pattern: pattern.to_owned(), to_end: false },
        }
    }

    /// Length of what was written.
    pub(crate) fn octets(&self) -> usize {
        self.pattern.len() + usize::from(self.to_end)
    }

    /// Each piece between two wildcards is looked for once, from where the last one ended: the leftmost place
    /// leaves most room for the rest, so there is never a reason to go back.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let mut pieces = self.pattern.split(|&b| b == b'*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else {
            return false;
        };
        let Some(last) = pieces.next_back() else {
            return !self.to_end || rest.is_empty();
        };
        for piece in pieces {
            let Some(at) = memchr::memmem::find(rest, piece) else {
                return false;
            };
            rest = &rest[at + piece.len()..];
        }
        if self.to_end { rest.ends_with(last) } else { memchr::memmem::find(rest, last).is_some() }
    }
}

/// Percent-encodings of unreserved characters decoded, all others in upper case (RFC 3986, 6.2.2.1 and 6.2.2.2). A `%` that
/// begins no encoding becomes `%25`, lest it begin one with what is decoded after it.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = code else {
            plain.push_str("%25");
            rest = &rest[at + 1..];
            continue;
        };
        match u8::from_str_radix(code, 16).map(char::from) {
            Ok(c) if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~') => plain.push(c),
            _ => {
                plain.push('%');
                plain.push_str(&code.to_ascii_uppercase());
            }
        }
        rest = &rest[at + 3..];
    }
    plain.push_str(rest);
    plain
}

/// The path without `;jsessionid=…`, which servers write into every link of a guest without cookies.
fn without_session(mut path: &str) -> &str {
    const NAME: &[u8] = b"jsessionid=";
    while let Some((before, parameter)) = path.rsplit_once(';') {
        let begins = parameter.as_bytes().get(..NAME.len());
        if parameter.contains('/') || !begins.is_some_and(|name| name.eq_ignore_ascii_case(NAME)) {
            break;
        }
        path = before;
    }
    path
}

/// Parameters that tell a server where a reader came from, or who he is, and never which page he wants. What a site uses
/// as an address elsewhere (`id`, `source`, `ref`, `sid`) is not among them.
///
/// Gathered from the documentation of the services named.
const TRACKERS: &[&str] = &[
    // Google Ads and Analytics
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "gad_source",
    "gad_campaignid",
    "srsltid",
    "_ga",
    "_gl",
    // Facebook, Instagram, X, TikTok, LinkedIn, Pinterest, Reddit, Snapchat
    "fbclid",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fb_ref",
    "igshid",
    "igsh",
    "twclid",
    "ttclid",
    "li_fat_id",
    "epik",
    "rdt_cid",
    "sccid",
    "__twitter_impression",
    "ref_src",
    "ref_url",
    // Microsoft, Yandex, Yahoo
    "msclkid",
    "ocid",
    "yclid",
    "ymclid",
    "ysclid",
    "_openstat",
    "ncid",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    // Newsletters: Mailchimp, HubSpot, Marketo, Vero, Omeda, Drip, Klaviyo, Listrak
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "__hssc",
    "__hstc",
    "__hsfp",
    "hsctatracking",
    "mkt_tok",
    "vero_id",
    "vero_conv",
    "oly_anon_id",
    "oly_enc_id",
    "__s",
    "_kx",
    "_ke",
    "trk_contact",
    "trk_msg",
    "trk_module",
    "trk_sid",
    // Measurement on news sites: Adobe, Comscore, Piano, Chartbeat, Webtrekk, BBC, Guardian, New York Times, Mail
    "s_cid",
    "cmpid",
    "cmp",
    "icid",
    "ns_campaign",
    "ns_mchannel",
    "ns_source",
    "ns_linkname",
    "ns_fee",
    "xtor",
    "wt_mc",
    "wt_zmc",
    "at_medium",
    "at_campaign",
    "at_link_id",
    "at_link_type",
    "at_link_origin",
    "at_bbc_team",
    "at_format",
    "at_ptr_name",
    "at_custom1",
    "at_custom2",
    "at_custom3",
    "at_custom4",
    "smid",
    "smtyp",
    "ito",
    "sr_share",
    "wickedid",
    // Sessions
    "phpsessid",
    "jsessionid",
];

/// Families of such parameters, by how their names begin.
const TRACKER_PREFIXES: &[&str] = &["utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "aspsessionid"];

/// Parameters that say how a reader came where their value is a feed, and may be anything else otherwise.
const FROM_FEED: &[&str] = &["source", "src", "ref", "from", "partner", "emc", "feed", "traffic_source", "mod"];

fn is_tracker(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    let begins = |known: &str| name.get(..known.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(known));
    parameter.is_empty()
        || TRACKERS.iter().any(|known| is(known))
        || TRACKER_PREFIXES.iter().any(|known| begins(known))
        || (matches!(value, "rss" | "RSS" | "rssfeed" | "feed" | "atom") && FROM_FEED.iter().any(|known| is(known)))
}

fn repeats(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.sort_unstable();
    parts.chunk_by(|a, b| a == b).any(|same| same.len() > PATH_REPEATS_MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[track_caller]
    fn check(written: &str, normal: &str) {
        assert_eq!(normal_form(&url(written)).as_ref().map(Url::as_str), Ok(normal), "{written}");
    }

    #[test]
    fn spellings_of_one_page_become_one() {
        for written in [
            "https://news.example/a/b",
            "HTTPS://NEWS.example:443/a/b#top",
            "https://news.example./a/b?",
            "https://me:secret@news.example/a/./c/../b?&&",
            "https://news.example/%61/b",
            "https://news.example/a/b?utm_source=x&UTM_Medium=y&fbclid=1&gclid=2",
            "https://news.example/a/b;jsessionid=0123ABCD?PHPSESSID=7",
            "https://news.example/a/b?ref=rss&cmpid=x",
        ] {
            check(written, "https://news.example/a/b");
        }
        check("https://zeitung.example/M%c3%bcnchen", "https://zeitung.example/M%C3%BCnchen");
        check("https://zeitung.example/München", "https://zeitung.example/M%C3%BCnchen");
        check("https://bücher.example/", "https://xn--bcher-kva.example/");
    }

    #[test]
    fn what_may_be_another_page_stays() {
        for written in [
            "https://news.example/a/",
            "http://www.news.example:8080/index.html?b=2&a=1",
            "https://news.example/a?ref=home&source=7&id=utm_source",
            "https://news.example/a%2Fb?q=x%26y",
            "https://news.example/a;b=1/c",
            "https://news.example/100%25",
            "https://news.example/a?utmost=1",
        ] {
            check(written, written);
        }
    }

    #[test]
    fn traps_and_what_is_no_page_are_refused() {
        let refused = |text: &str| normal_form(&url(text)).err();
        assert_eq!(refused("mailto:a@news.example"), Some(Refused::NoPage));
        assert_eq!(refused("ftp://news.example/"), Some(Refused::NoPage));
        assert_eq!(refused(&format!("https://news.example/{}", "a".repeat(2_100))), Some(Refused::TooLong));
        assert_eq!(refused(&format!("https://news.example/?utm_x={}", "a".repeat(5_000))), None);
        assert_eq!(refused(&format!("https://news.example/?utm_x={}", "a".repeat(50_000))), Some(Refused::TooLong));
        assert_eq!(refused("https://news.example/a/b/a/b/a/b/a/b/a/b"), Some(Refused::Repeats));
        assert_eq!(refused("https://news.example/2026/11/11/11-men"), None);
    }

    #[test]
    fn a_pace_is_kept_for_a_host_and_port() {
        let key = |text: &str| host_key(&url(text));
        assert_eq!(key("http://127.0.0.7:4000/a"), "127.0.0.7:4000");
        assert_eq!(key("http://news.example.:80/a"), "news.example");
        assert_eq!(key("https://news.example.:8443/a"), "news.example:8443");
        assert_eq!(key("https://me@news.example/a"), "news.example");
    }

    #[test]
    fn a_site_is_what_somebody_registered() {
        assert_eq!(site(&url("https://www.bbc.co.uk/news")), "bbc.co.uk");
        assert_eq!(site(&url("http://127.0.0.1/")), "127.0.0.1");
        assert_eq!(site(&url("http://localhost/")), "localhost");
    }

    #[track_caller]
    fn check_pattern(pattern: &str, address: &str, matches: bool) {
        assert_eq!(Pattern::new(pattern).matches(&url(address)), matches, "{pattern} {address}");
    }

    #[test]
    fn patterns_are_those_of_robots_txt() {
        check_pattern("/sport/", "https://news.example/sport/a", true);
        check_pattern("/sport/", "https://news.example/a/sport/", false);
        check_pattern("*/sport/", "https://news.example/a/sport/", true);
        check_pattern("/*.html$", "https://news.example/a.html", true);
        check_pattern("/*.html$", "https://news.example/a.html?b", false);
        check_pattern("/*?page=", "https://news.example/a?page=2", true);
        check_pattern("news.example/sport", "https://news.example/sport", true);
        check_pattern("news.example/sport", "https://www.news.example/sport", false);
        check_pattern("*.news.example/", "https://www.news.example/", false);
        check_pattern("https://*.news.example/", "https://www.news.example/", true);
        check_pattern("https://", "http://news.example/", false);
        check_pattern("", "http://news.example/", true);
        check_pattern("/%7Eme", "http://news.example/~me", true);
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(
            path in "[ -~é]{0,40}", query in "([a-z_]{0,6}=?[ -~é]{0,6}&?){0,5}", fragment in "[a-z]{0,3}",
        ) {
            let written = format!("https://news.example/{path}?{query}#{fragment}");
            if let Ok(Ok(once)) = Url::parse(&written).map(|url| normal_form(&url)) {
                prop_assert!(once.as_str().len() <= URL_BYTES_MAX);
                prop_assert_eq!(normal_form(&once), Ok(once));
            }
        }

        #[test]
        fn any_pattern_is_held_against_any_address(pattern in "[ -~é]{0,40}", path in "[ -~]{0,40}") {
            if let Ok(url) = Url::parse(&format!("https://news.example/{path}")) {
                Pattern::new(&pattern).matches(&url);
            }
        }
    }
}
