//! Cookies set on the way to one page, and forgotten with it.
//!
//! Many sites redirect to set a cookie and send the page only to who brings it back; without, they redirect in a
//! circle. So the steps of one page's redirects share a jar, as a browser's would; no cookie outlives its page, and
//! no page sees another's.
//!
//! Source: RFC 6265, 5. Expiry matters only where it deletes; `HttpOnly` and `SameSite` are about scripts and other
//! sites' frames, of which there are none here.

use url::{Host, Url};

/// Cookies kept for one page at most, the same as RFC 6265 (6.1) asks for one host.
const COOKIES_MAX: usize = 50;
/// Bytes of one cookie at most, name and value (RFC 6265, 6.1).
const COOKIE_BYTES_MAX: usize = 4_096;

/// The cookies of one page's redirects.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    jar: Vec<Cookie>,
    n_changes: usize,
}

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    /// A host, and the hosts below it unless `host_only`.
    domain: String,
    host_only: bool,
    path: String,
    secure: bool,
}

impl Cookies {
    /// How often the jar changed: a redirect to where we were is no circle if we bring something new.
    pub(super) fn n_changes(&self) -> usize {
        self.n_changes
    }

    /// Keeps what a `Set-Cookie` header of `from` sets, or throws out what it deletes. What it may not set is
    /// passed over: a cookie for another host or for a public suffix (`co.uk`).
    pub(super) fn take(&mut self, set_cookie: &str, from: &Url) {
        let Some(host) = from.host_str() else { return };
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let (name, value) = (name.trim(), value.trim());
        let is_sendable = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if name.is_empty() || name.len() + value.len() > COOKIE_BYTES_MAX || !is_sendable(name) || !is_sendable(value) {
            return;
        }
        let mut cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: host.to_owned(),
            host_only: true,
            path: directory(from.path()).to_owned(),
            secure: false,
        };
        let mut is_deleted = false;
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match attribute.trim().to_ascii_lowercase().as_str() {
                "secure" => cookie.secure = true,
                "max-age" => {
                    is_deleted = value.starts_with('-') || value.bytes().all(|b| b == b'0') && !value.is_empty()
                }
                "path" if value.starts_with('/') => cookie.path = value.to_owned(),
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    if domain.is_empty() || domain == host {
                        cookie.host_only = domain.is_empty();
                    } else if is_below(from, host, &domain) && psl::domain_str(&domain).is_some() {
                        (cookie.domain, cookie.host_only) = (domain, false);
                    } else {
                        return;
                    }
                }
                _ => {}
            }
        }
        let before = self
            .jar
            .iter()
            .position(|kept| kept.name == cookie.name && kept.domain == cookie.domain && kept.path == cookie.path);
        match (before, is_deleted) {
            (Some(at), true) => {
                self.jar.remove(at);
            }
            (Some(at), false) if self.jar[at].value != cookie.value => self.jar[at] = cookie,
            (None, false) if self.jar.len() < COOKIES_MAX => self.jar.push(cookie),
            (Some(_) | None, _) => return,
        }
        self.n_changes += 1;
    }

    /// The `Cookie` header for a request: the longest paths first, then in the order they were set. `None` for none.
    pub(super) fn header(&self, to: &Url) -> Option<String> {
        let host = to.host_str()?;
        let mut sent: Vec<&Cookie> = self
            .jar
            .iter()
            .filter(|cookie| {
                let at_host = cookie.domain == host || !cookie.host_only && is_below(to, host, &cookie.domain);
                at_host && is_under(to.path(), &cookie.path) && (!cookie.secure || to.scheme() == "https")
            })
            .collect();
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Whether the URL's host, a name, lies below the domain.
fn is_below(url: &Url, host: &str, domain: &str) -> bool {
    matches!(url.host(), Some(Host::Domain(_))) && host.strip_suffix(domain).is_some_and(|labels| labels.ends_with('.'))
}

/// Whether a path is the cookie's or beneath it.
fn is_under(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

/// A path up to its last slash, which is not part of it.
fn directory(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => &path[..at],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(set: &[(&str, &str)], to: &str, sent: Option<&str>) {
        let mut cookies = Cookies::default();
        for (from, set_cookie) in set {
            cookies.take(set_cookie, &Url::parse(from).unwrap());
        }
        assert_eq!(cookies.header(&Url::parse(to).unwrap()).as_deref(), sent);
    }

    const NEWS: &str = "https://www.news.example/a/b";

    #[test]
    fn a_cookie_goes_back_to_its_host_alone() {
        check(&[(NEWS, "seen=1; HttpOnly; SameSite=Lax")], "https://www.news.example/a/c", Some("seen=1"));
        check(&[(NEWS, "seen=1")], "https://news.example/a/c", None);
        check(&[(NEWS, "seen=1")], "https://www.news.example.evil.example/a/c", None);
        check(&[(NEWS, "seen=1")], "https://www.news.example/b", None);
        check(&[(NEWS, "seen=1; Path=/")], "https://www.news.example/b", Some("seen=1"));
        check(&[(NEWS, "seen=1; Path=/a")], "https://www.news.example/ab", None);
    }

    #[test]
    fn a_domain_reaches_the_hosts_below_it_but_never_a_public_suffix() {
        let domain = |domain: &str| format!("seen=1; Path=/; Domain={domain}");
        check(&[(NEWS, &domain(".News.example"))], "https://id.news.example/", Some("seen=1"));
        check(&[(NEWS, &domain("other.example"))], "https://other.example/", None);
        check(&[("https://a.news.co.uk/", &domain("co.uk"))], "https://b.other.co.uk/", None);
        check(&[("https://a.news.co.uk/", &domain("news.co.uk"))], "https://b.news.co.uk/", Some("seen=1"));
        check(&[("http://127.0.0.1/", &domain("0.0.1"))], "http://127.0.0.1/", None);
    }

    #[test]
    fn a_secure_cookie_goes_over_https_alone() {
        check(&[(NEWS, "seen=1; Secure; Path=/")], "http://www.news.example/", None);
        check(&[(NEWS, "seen=1; Secure; Path=/")], "https://www.news.example/", Some("seen=1"));
    }

    #[test]
    fn cookies_are_replaced_deleted_and_ordered() {
        check(&[(NEWS, "a=1"), (NEWS, "a=2")], NEWS, Some("a=2"));
        check(&[(NEWS, "a=1"), (NEWS, "a=; Max-Age=0")], NEWS, None);
        check(&[(NEWS, "a=1; Path=/"), (NEWS, "b=2; Path=/a"), (NEWS, "c=3; Path=/")], NEWS, Some("b=2; a=1; c=3"));
    }

    #[test]
    fn what_is_no_cookie_or_too_much_is_passed_over() {
        let long = format!("a={}", "x".repeat(COOKIE_BYTES_MAX));
        for odd in ["", "=", "novalue", "=x", "a=\u{7}", "a=é", &long] {
            check(&[(NEWS, odd)], NEWS, None);
        }
        let mut cookies = Cookies::default();
        let url = Url::parse(NEWS).unwrap();
        for n in 0..1_000 {
            cookies.take(&format!("a{n}=1"), &url);
        }
        assert_eq!(cookies.header(&url).unwrap().split("; ").count(), COOKIES_MAX);
    }
}
