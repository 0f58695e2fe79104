//! robots.txt: which URLs of a site a crawler may ask for, how fast, and where its sitemaps are.
//!
//! Bytes in, rules for one crawler out; nothing is fetched here. We decide as RFC 9309 does:
//!
//! - A group is a run of `User-agent` lines and the rules after it. Blank lines and records of other kinds end
//!   no group. Rules before the first `User-agent` count for nobody.
//! - All groups that name our product token, in any case and as a whole token, are ours. Without one, all groups
//!   for `*` are; without those, everything is allowed.
//! - Of the rules that match path and query, the one with the most octets decides; `Allow` wins a tie. `*` stands
//!   for any octets and a last `$` for the end; every other character stands for itself.
//! - Paths and patterns are compared percent-encoded, with unreserved characters decoded: `/%7Eme` is `/~me`, and
//!   `%2A` is a literal `*`.
//! - `/robots.txt` itself is always allowed.
//!
//! Beyond the RFC we read `Crawl-delay`, and spellings of `User-agent` and `Disallow` that site owners are known
//! to get wrong: what they meant is plain, and obeying it costs us one page.
//!
//! Which answer of a server counts as rules at all is for `fetch`.
//!
//! Source: [RFC 9309](https://www.rfc-editor.org/rfc/rfc9309).

use std::time::Duration;

use url::{Position, Url};

use crate::url::Wildcards;

/// How much of a robots.txt is read; the RFC asks for at least as much (2.5). The rest is dropped, with the line
/// that the limit cuts.
pub const BYTES_MAX: usize = 500 * 1024;

/// What a site's robots.txt says to one crawler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    /// Longest pattern first, `Allow` first among equals: the first that matches decides.
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
    sitemaps: Vec<String>,
}

impl Robots {
    /// Reads a robots.txt for the crawler with this product token (as [`product_token`] gives it).
    ///
    /// Any bytes will do: what is no record is skipped. An empty file allows everything.
    pub fn parse(body: &[u8], token: &str) -> Self {
        let mut named = Group::default();
        let mut any = Group::default();
        let mut sitemaps = Vec::new();
        let mut audience = Audience::default();
        let mut rules_begun = true;
        for line in lines(body) {
            let Some((field, value)) = record(line) else {
                continue;
            };
            match field {
                Field::UserAgent => {
                    if std::mem::take(&mut rules_begun) {
                        audience = Audience::default();
                    }
                    match agent(value) {
                        Agent::Any => {
                            audience.any = true;
                            any.stated = true;
                        }
                        Agent::Named(name) if name.eq_ignore_ascii_case(token.as_bytes()) => {
                            audience.named = true;
                            named.stated = true;
                        }
                        Agent::Named(_) => {}
                    }
                }
                Field::Allow | Field::Disallow => {
                    rules_begun = true;
                    // An empty pattern matches nothing: `Disallow:` is how a file says "all is allowed".
                    if !value.is_empty() {
                        let rule = || Rule::new(value, field == Field::Allow);
                        audience.groups(&mut named, &mut any).for_each(|group| group.rules.push(rule()));
                    }
                }
                Field::CrawlDelay => {
                    if let Some(delay) = seconds(value) {
                        audience
                            .groups(&mut named, &mut any)
                            .for_each(|group| group.crawl_delay = group.crawl_delay.max(Some(delay)));
                    }
                }
                Field::Sitemap => {
                    if let Ok(sitemap) = std::str::from_utf8(value)
                        && !sitemap.is_empty()
                    {
                        sitemaps.push(sitemap.to_owned());
                    }
                }
            }
        }
        let group = if named.stated { named } else { any };
        let mut rules = group.rules;
        rules.sort_unstable_by(|a, b| {
            (b.octets(), b.allow).cmp(&(a.octets(), a.allow)).then_with(|| a.pattern.cmp(&b.pattern))
        });
        rules.dedup();
        Self { rules, crawl_delay: group.crawl_delay, sitemaps }
    }

    /// Whether the URL may be asked for. Scheme and host are not looked at: the caller asks the robots.txt of
    /// the URL's own origin.
    ///
    /// Takes time in proportion to the length of the URL times the number of rules, whatever the patterns.
    pub fn allows(&self, url: &Url) -> bool {
        let path = &url[Position::BeforePath..Position::AfterQuery];
        if self.rules.is_empty() || path == "/robots.txt" {
            return true;
        }
        let mut path = normalized(path.as_bytes(), Stars::Literal);
        if path.first() != Some(&b'/') {
            path.insert(0, b'/');
        }
        self.rules.iter().find(|rule| rule.matches(&path)).is_none_or(|rule| rule.allow)
    }

    /// The pause the site asks for between two requests. Not in the RFC; the largest of our groups is taken.
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// The values of all `Sitemap` lines, in order and as they stand; they belong to no group.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

/// The product token of a user agent: its leading letters, `_` and `-`. Empty when it begins with something else.
///
/// ```
/// assert_eq!(copydesk::robots::product_token("copydesk/0.1.0 (+https://example.org)"), "copydesk");
/// ```
pub fn product_token(user_agent: &str) -> &str {
    &user_agent[..token_len(user_agent.as_bytes())]
}

fn token_len(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| !(b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))).unwrap_or(bytes.len())
}

/// What a site asks of one crawler about a page it may fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Not to be found in a search: `noindex`.
    pub no_index: bool,
    /// Its links not to be followed: `nofollow`.
    pub no_follow: bool,
    /// The page as served not to be kept: `noarchive`, `nocache`.
    pub no_archive: bool,
    /// No part of its text to be shown: `nosnippet`.
    pub no_snippet: bool,
    /// Not to be learned from by machines: `noai`.
    pub no_ai: bool,
}

/// What `X-Robots-Tag` headers and `<meta name=robots>` ask, by the values that [`crate::page::Http::robots_tags`] has.
///
/// A value may begin with a crawler's name and a colon; it is then for that crawler alone. Directives we do not know, and
/// those with a value of their own (`max-snippet: 50`), say nothing here.
///
/// ```
/// let wishes = copydesk::robots::wishes(&["noarchive, max-snippet: 50", "otherbot: noindex"], "copydesk");
/// assert!(wishes.no_archive && !wishes.no_index);
/// ```
pub fn wishes(values: &[impl AsRef<str>], token: &str) -> Wishes {
    /// Directives that have a colon and are no crawler's name.
    const WITH_VALUE: [&str; 4] = ["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"];
    let mut wishes = Wishes::default();
    for value in values {
        let mut is_for_us = true;
        for part in value.as_ref().split(',') {
            let directive = match part.split_once(':') {
                Some((name, _)) if WITH_VALUE.iter().any(|it| name.trim().eq_ignore_ascii_case(it)) => continue,
                // The rest of a date, which has commas and colons.
                Some((name, _)) if name.trim().contains(' ') => continue,
                // It holds for those that follow as well.
                Some((name, directive)) => {
                    is_for_us = name.trim().eq_ignore_ascii_case(token);
                    directive
                }
                None => part,
            };
            if !is_for_us {
                continue;
            }
            match directive.trim().to_ascii_lowercase().as_str() {
                "noindex" => wishes.no_index = true,
                "nofollow" => wishes.no_follow = true,
                "none" => (wishes.no_index, wishes.no_follow) = (true, true),
                "noarchive" | "nocache" => wishes.no_archive = true,
                "nosnippet" => wishes.no_snippet = true,
                "noai" => wishes.no_ai = true,
                _ => {}
            }
        }
    }
    wishes
}

/// The rules gathered for one kind of reader.
#[derive(Default)]
struct Group {
    /// A group without rules still counts: it allows its readers everything.
    stated: bool,
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

/// Who the group being read speaks to, as far as it concerns us.
#[derive(Default)]
struct Audience {
    named: bool,
    any: bool,
}

impl Audience {
    fn groups<'a>(&self, named: &'a mut Group, any: &'a mut Group) -> impl Iterator<Item = &'a mut Group> {
        [self.named.then_some(named), self.any.then_some(any)].into_iter().flatten()
    }
}

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// Normalized.
    pattern: Wildcards,
    allow: bool,
}

impl Rule {
    fn new(value: &[u8], allow: bool) -> Self {
        // The last `$` has its meaning before percent-encodings are compared: `%24` is a dollar.
        let (value, end) = match value.strip_suffix(b"$") {
            Some(value) => (value, &b"$"[..]),
            None => (value, &b""[..]),
        };
        Self { pattern: Wildcards::new([&normalized(value, Stars::Wild), end].concat()), allow }
    }

    fn octets(&self) -> usize {
        self.pattern.octets()
    }

    fn matches(&self, path: &[u8]) -> bool {
        self.pattern.matches(path)
    }
}

/// What a bare `*` is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stars {
    /// The wildcard of a pattern.
    Wild,
    /// A character of a path.
    Literal,
}

/// One spelling for paths that mean the same: percent-encodings of unreserved characters decoded, all other
/// encodings in upper case, and everything encoded that may not stand in a URL or has a meaning in patterns.
///
/// A `%` that begins no encoding becomes `%25`.
fn normalized(path: &[u8], stars: Stars) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let (byte, was_encoded) = match (byte, after) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    (high << 4 | low, true)
                }
                _ => (byte, false),
            },
            _ => (byte, false),
        };
        let stands = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => true,
            b'*' => !was_encoded && stars == Stars::Wild,
            b'/' | b'?' | b'#' | b'[' | b']' | b'@' | b'!' | b'&' | b'\'' | b'(' | b')' | b'+' | b',' | b';' | b'='
            | b':' => !was_encoded,
            _ => false,
        };
        if stands {
            out.push(byte);
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The lines of the part that is read, without byte order mark; CR, LF and CRLF all end one.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let kept = match body.get(..BYTES_MAX) {
        Some(head) if body.len() > BYTES_MAX => {
            let end = head.iter().rposition(|b| matches!(b, b'\r' | b'\n')).unwrap_or(0);
            &head[..end]
        }
        _ => body,
    };
    kept.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(kept).split(|b| matches!(b, b'\r' | b'\n'))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
    Sitemap,
}

/// Field and value of a line; `None` for blank lines, comments and fields that we do not know.
fn record(line: &[u8]) -> Option<(Field, &[u8])> {
    let line = line.split(|&b| b == b'#').next()?;
    let colon = line.iter().position(|&b| b == b':')?;
    let name = line[..colon].trim_ascii();
    // The misspellings are those that Google's open-source parser lists as seen in the wild.
    const NAMES: [(&str, Field); 13] = [
        ("user-agent", Field::UserAgent),
        ("useragent", Field::UserAgent),
        ("user agent", Field::UserAgent),
        ("allow", Field::Allow),
        ("disallow", Field::Disallow),
        ("dissallow", Field::Disallow),
        ("dissalow", Field::Disallow),
        ("disalow", Field::Disallow),
        ("diasllow", Field::Disallow),
        ("disallaw", Field::Disallow),
        ("crawl-delay", Field::CrawlDelay),
        ("sitemap", Field::Sitemap),
        ("site-map", Field::Sitemap),
    ];
    let (_, field) = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))?;
    Some((*field, line[colon + 1..].trim_ascii()))
}

enum Agent<'a> {
    Any,
    Named(&'a [u8]),
}

/// `copydesk/1.0` names `copydesk`, since versions are no part of the token; `*` may be followed by blanks only.
fn agent(value: &[u8]) -> Agent<'_> {
    match value {
        [b'*'] => Agent::Any,
        [b'*', blank, ..] if blank.is_ascii_whitespace() => Agent::Any,
        _ => Agent::Named(&value[..token_len(value)]),
    }
}

/// Seconds as decimal digits with at most one point.
fn seconds(value: &[u8]) -> Option<Duration> {
    if !value.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
        return None;
    }
    let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(robots: &str, path: &str, allowed: bool) {
        let url = Url::parse(&format!("https://news.example{path}")).unwrap();
        assert_eq!(Robots::parse(robots.as_bytes(), "copydesk").allows(&url), allowed, "{path} under {robots:?}");
    }

    /// The rules stand in a group for us.
    #[track_caller]
    fn check_rules(rules: &str, path: &str, allowed: bool) {
        check(&format!("User-agent: copydesk\n{rules}\n"), path, allowed);
    }

    #[test]
    fn without_rules_all_is_allowed() {
        check("", "/a", true);
        check("User-agent: *\nDisallow:\n", "/a", true);
        check("User-agent: other\nDisallow: /\n", "/a", true);
        check("Disallow: /\n", "/a", true);
        check("<!doctype html><title>Not found</title>", "/a", true);
    }

    #[test]
    fn a_group_for_us_replaces_the_group_for_all() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-agent: CopyDesk\nDisallow: /private\n";
        check(robots, "/public", true);
        check(robots, "/private/a", false);
        check("User-agent: *\nDisallow: /\nUser-agent: copydesk\n", "/a", true);
        check("User-agent: copydesk\nAllow:\nUser-agent: *\nDisallow: /\n", "/a", true);
    }

    #[test]
    fn groups_for_one_token_are_merged() {
        let ours =
            "User-agent: copydesk\nDisallow: /a\nUser-agent: x\nDisallow: /x\nUser-agent: copydesk\nDisallow: /b\n";
        check(ours, "/a", false);
        check(ours, "/b", false);
        check(ours, "/x", true);
        let all = "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /x\nUser-agent: *\nDisallow: /b\n";
        check(all, "/a", false);
        check(all, "/b", false);
        check(all, "/x", true);
    }

    #[test]
    fn several_agents_share_a_group() {
        let robots = "User-agent: a\nUser-agent: copydesk\n\n# both\nUser-agent: b\nDisallow: /x\n";
        check(robots, "/x", false);
    }

    #[test]
    fn other_records_end_no_group() {
        check("User-agent: copydesk\nSitemap: https://news.example/s.xml\nUser-agent: b\nDisallow: /\n", "/a", false);
        check("User-agent: copydesk\nCrawl-delay: 1\nUser-agent: b\nDisallow: /\n", "/a", false);
        check("User-agent: copydesk\n\n\nDisallow: /\n", "/a", false);
        check("User-agent: copydesk\nDisallow: /b\nNoindex: /c\nDisallow: /a\n", "/a", false);
    }

    #[test]
    fn the_product_token_is_matched_whole_and_without_version() {
        check("User-agent: copydesk/0.1\nDisallow: /\n", "/a", false);
        check("User-agent: COPYDESK\nDisallow: /\n", "/a", false);
        check("User-agent: copydesk-images\nDisallow: /\n", "/a", true);
        check("User-agent: copy\nDisallow: /\n", "/a", true);
        check("User-agent: * # everybody\nDisallow: /\n", "/a", false);
        check("User-agent: *bot\nDisallow: /\n", "/a", true);
    }

    #[test]
    fn the_longest_match_decides_wherever_it_stands() {
        check_rules("Disallow: /a\nAllow: /a/b\n", "/a/b/c", true);
        check_rules("Allow: /a/b\nDisallow: /a\n", "/a/c", false);
        check_rules("Allow: /a\nDisallow: /a/b\n", "/a/b", false);
        // From RFC 9309, 5.2.
        check_rules("Allow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "/example/page/", true);
        check_rules(
            "Allow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
            "/example/page/disallowed.gif",
            false,
        );
    }

    #[test]
    fn allow_wins_a_tie() {
        check_rules("Disallow: /a\nAllow: /a\n", "/a", true);
        check_rules("Allow: /*a\nDisallow: /ba\n", "/ba", true);
    }

    #[test]
    fn a_path_is_a_prefix() {
        for path in ["/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fish.php?id=1"] {
            check_rules("Disallow: /fish", path, false);
        }
        for path in ["/Fish.asp", "/catfish", "/?id=fish", "/desert/fish"] {
            check_rules("Disallow: /fish", path, true);
        }
        check_rules("Disallow: /fish/", "/fish", true);
    }

    #[test]
    fn a_star_stands_for_any_octets() {
        check_rules("Disallow: /*/print", "/2026/11/print", false);
        check_rules("Disallow: /*/print", "/print", true);
        check_rules("Disallow: /*?s=", "/find?s=x", false);
        check_rules("Disallow: *.pdf", "/a/b.pdf?x", false);
        check_rules("Disallow: /a*", "/a", false);
        check_rules("Disallow: /a**b", "/axxb", false);
        check_rules("Disallow: *", "/", false);
        check_rules("Disallow: /*a*b*c", "/xaxbx", true);
    }

    #[test]
    fn a_last_dollar_stands_for_the_end() {
        check_rules("Disallow: /*.pdf$", "/a.pdf", false);
        check_rules("Disallow: /*.pdf$", "/a.pdf?x", true);
        check_rules("Disallow: /*.pdf$", "/a.pdf.pdf", false);
        check_rules("Disallow: /$", "/", false);
        check_rules("Disallow: /$", "/a", true);
        check_rules("Disallow: /a$b", "/a$b", false);
        check_rules("Disallow: /a$b", "/a", true);
        check_rules("Disallow: /ab*ba$", "/aba", true);
        check_rules("Disallow: /a*$", "/abc", false);
        check_rules("Disallow: $", "/", true);
    }

    #[test]
    fn percent_encodings_are_compared_by_what_they_mean() {
        check_rules("Disallow: /%7Eme", "/~me", false);
        check_rules("Disallow: /~me", "/%7eme", false);
        check_rules("Disallow: /%62%61z", "/baz", false);
        check_rules("Disallow: /foo/ツ", "/foo/%E3%83%84", false);
        check_rules("Disallow: /foo/%e3%83%84", "/foo/ツ", false);
        check_rules("Disallow: /a%2Fb", "/a/b", true);
        check_rules("Disallow: /a%2fb", "/a%2Fb", false);
        check_rules("Disallow: /a b", "/a%20b", false);
        check_rules("Disallow: /100%", "/100%", false);
        check_rules("Disallow: /%zz", "/%zz", false);
        // From RFC 9309, 2.2.3.
        check_rules("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", false);
        check_rules("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-x.html", true);
        check_rules("Disallow: /path/foo-%24", "/path/foo-$", false);
        check_rules("Disallow: /path/foo-%24", "/path/foo-", true);
    }

    #[test]
    fn robots_txt_itself_is_always_allowed() {
        check_rules("Disallow: /", "/robots.txt", true);
        check_rules("Disallow: /", "/robots.txt?a", false);
    }

    #[test]
    fn the_fragment_is_not_looked_at() {
        check_rules("Disallow: /*private", "/a#private", true);
    }

    #[test]
    fn any_line_end_a_byte_order_mark_and_loose_spelling_are_read() {
        check("\u{feff}User-agent: copydesk\rDisallow: /a\r", "/a", false);
        check("User-agent: copydesk\r\nDisallow: /a\r\n", "/a", false);
        check("  USER-AGENT :copydesk  \n\tdisallow\t:\t/a\t# why not\n", "/a", false);
        check("useragent: copydesk\ndissallow: /a", "/a", false);
    }

    #[test]
    fn what_stands_beyond_the_limit_is_dropped_with_the_line_it_cuts() {
        let mut robots = String::from("User-agent: *\nDisallow: /early\n");
        robots += &"# filling\n".repeat((BYTES_MAX - robots.len()) / 10);
        // The limit falls into the line after this: read as it stands there it would forbid all.
        let fits = BYTES_MAX - robots.len();
        robots += &"#".repeat(fits.saturating_sub(12));
        robots += "\nDisallow: /late\nDisallow: /later\n";
        assert!(robots.len() > BYTES_MAX);
        check(&robots, "/early", false);
        check(&robots, "/late", true);
        check(&robots, "/later", true);
        check(&robots, "/a", true);
    }

    #[test]
    fn crawl_delay_is_that_of_our_groups_and_the_largest() {
        let delay = |robots: &str| Robots::parse(robots.as_bytes(), "copydesk").crawl_delay();
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5\n"), Some(Duration::from_millis(2_500)));
        assert_eq!(delay("User-agent: copydesk\nDisallow: /a\nUser-agent: *\nCrawl-delay: 2\n"), None);
        let both = "User-agent: copydesk\nCrawl-delay: 1\nDisallow:\nUser-agent: copydesk\nCrawl-delay: 3\n";
        assert_eq!(delay(both), Some(Duration::from_secs(3)));
        for odd in ["-1", "inf", "1e9", "", ".", "1.2.3", "ten", &"9".repeat(400)] {
            assert_eq!(delay(&format!("User-agent: *\nCrawl-delay: {odd}\n")), None, "{odd}");
        }
    }

    #[track_caller]
    fn check_wishes(values: &[&str], expected: Wishes) {
        assert_eq!(wishes(values, "copydesk"), expected, "{values:?}");
    }

    #[test]
    fn wishes_are_ours_or_everybodys() {
        let none = Wishes::default();
        check_wishes(&[], none);
        check_wishes(&["all", "max-snippet: 5, index"], none);
        check_wishes(&["NoArchive"], Wishes { no_archive: true, ..none });
        check_wishes(&["none"], Wishes { no_index: true, no_follow: true, ..none });
        check_wishes(&["googlebot: noindex, nofollow", "noai"], Wishes { no_ai: true, ..none });
        check_wishes(&["other: noindex, CopyDesk: nosnippet"], Wishes { no_snippet: true, ..none });
        check_wishes(
            &["unavailable_after: Mon, 23 Nov 2026 08:00:00 GMT, nocache"],
            Wishes { no_archive: true, ..none },
        );
    }

    #[test]
    fn sitemaps_are_collected_from_everywhere() {
        let robots =
            b"Sitemap: https://news.example/a.xml\nUser-agent: x\nsitemap: https://news.example/b.xml # news\n";
        assert_eq!(
            Robots::parse(robots, "copydesk").sitemaps(),
            ["https://news.example/a.xml", "https://news.example/b.xml"]
        );
    }

    /// A matcher that goes back on a star would not come to an end within our lifetime.
    #[test]
    fn hostile_patterns_take_no_longer() {
        let path = format!("/{}", "a".repeat(8_000));
        for end in ["b", "$", "b$", ""] {
            let pattern = format!("/{}{end}", "*a".repeat(7_000));
            check_rules(&format!("Disallow: {pattern}"), &path, end.contains('b'));
        }
        let many = format!("User-agent: *\n{}", "Disallow: *a*a*a*b$\n".repeat(25_000));
        check(&many, &path, true);
    }

    /// What the text of the RFC says, by trying everything.
    fn matches_slowly(pattern: &[u8], to_end: bool, path: &[u8]) -> bool {
        match pattern.split_first() {
            None => !to_end || path.is_empty(),
            Some((b'*', rest)) => (0..=path.len()).any(|skip| matches_slowly(rest, to_end, &path[skip..])),
            Some((byte, rest)) => {
                path.split_first().is_some_and(|(b, path)| b == byte && matches_slowly(rest, to_end, path))
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..400), path in "/[ -~é]{0,40}") {
            let robots = Robots::parse(&body, "copydesk");
            robots.allows(&Url::parse(&format!("https://news.example{path}")).unwrap());
        }

        #[test]
        fn records_in_any_order_are_read(
            lines in prop::collection::vec("(User-agent|Allow|Disallow|Crawl-delay|Sitemap)[: ]{1,2}[*$/%a-c2é.]{0,6}[\r\n#]", 0..20),
            path in "/[a-c%2*$/]{0,12}",
        ) {
            let robots = Robots::parse(lines.concat().as_bytes(), "a");
            robots.allows(&Url::parse(&format!("https://news.example{path}")).unwrap());
        }

        #[test]
        fn patterns_match_as_if_all_were_tried(pattern in "/[ab*]{0,9}", to_end in any::<bool>(), path in "/[ab]{0,9}") {
            let end = if to_end { "$" } else { "" };
            let rule = Rule { pattern: Wildcards::new(format!("{pattern}{end}")), allow: false };
            prop_assert_eq!(rule.matches(path.as_bytes()), matches_slowly(pattern.as_bytes(), to_end, path.as_bytes()));
        }

        #[test]
        fn normalizing_twice_changes_nothing(path in prop::collection::vec(any::<u8>(), 0..60)) {
            let once = normalized(&path, Stars::Literal);
            prop_assert_eq!(&normalized(&once, Stars::Literal), &once);
        }
    }
}
