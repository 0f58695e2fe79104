//! The address of a page: from what a person typed, or from where a redirect points.
//!
//! Only `http` and `https` with a host are addresses of pages. What is refused is refused with the way out, and
//! without the password that may stand in it.

use url::{Host, Url};

use super::error::FetchError;

/// Longest URL, in bytes. Servers take request lines of 8 KiB (the defaults of Apache and nginx); the time that
/// robots rules take grows with it.
const URL_BYTES_MAX: usize = 8 << 10;

/// How much of a wrong address is quoted, in characters.
const QUOTED_CHARS_MAX: usize = 120;

/// The address of a page, from what a person typed.
///
/// ```
/// let url = copydesk::fetch::parse_url("https://news.example/a").unwrap();
/// assert_eq!(url.host_str(), Some("news.example"));
///
/// let error = copydesk::fetch::parse_url("news.example/a").unwrap_err();
/// assert_eq!(error.to_string(), "`news.example/a` has no scheme");
/// assert_eq!(error.hint().unwrap(), "try https://news.example/a");
/// ```
///
/// # Errors
///
/// [`FetchError::InvalidUrl`], whose [`hint`](FetchError::hint) is the address that was probably meant. Nothing is
/// sent.
pub fn parse_url(input: &str) -> Result<Url, FetchError> {
    let input = input.trim();
    let refused =
        |problem: String, instead: Option<String>| FetchError::InvalidUrl { input: quoted(input), problem, instead };
    let with_scheme = || {
        let url = Url::parse(&format!("https://{}", input.trim_start_matches('/'))).ok()?;
        looks_like_host(&url, input).then(|| quoted(url.as_str()))
    };
    if input.is_empty() {
        return Err(refused("is no address".into(), None));
    }
    match Url::parse(input) {
        Ok(url) => match checked(url) {
            Ok(url) => Ok(url),
            // `news.example:8080/a` parses as a scheme `news.example`; `localhost:8080` as a scheme `localhost`.
            Err(Problem::Scheme(scheme)) if scheme.contains('.') || is_port(input, &scheme) => {
                Err(refused("has no scheme".into(), with_scheme()))
            }
            Err(problem) => Err(refused(problem.to_string(), None)),
        },
        Err(url::ParseError::RelativeUrlWithoutBase) => Err(refused("has no scheme".into(), with_scheme())),
        Err(error) => Err(refused(format!("is no address of a page: {error}"), None)),
    }
}

/// The address that a `Location` header at `base` points to, without fragment.
///
/// # Errors
///
/// [`FetchError::BadRedirect`].
pub(super) fn page_url(base: &Url, location: &str) -> Result<Url, FetchError> {
    let target = base.join(location).map_err(|error| format!("is no address of a page: {error}"));
    let mut target =
        target.and_then(|target| checked(target).map_err(|problem| problem.to_string())).map_err(|problem| {
            FetchError::BadRedirect {
                url: without_secrets(base),
                location: quoted(location).into(),
                problem: problem.into(),
            }
        })?;
    target.set_fragment(None);
    Ok(target)
}

/// Whether a URL is the address of a page.
pub(super) fn check(url: &Url) -> Result<(), FetchError> {
    checked(url.clone()).map(drop).map_err(|problem| FetchError::InvalidUrl {
        input: quoted(url.as_str()),
        problem: problem.to_string(),
        instead: None,
    })
}

/// The URL without user name and password.
pub(super) fn without_secrets(url: &Url) -> Url {
    let mut shown = url.clone();
    // Both fail only for URLs that can hold neither.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("has the scheme `{0}`; only http and https are fetched")]
    Scheme(String),
    #[error("names no host")]
    NoHost,
    #[error("is longer than {URL_BYTES_MAX} bytes")]
    TooLong,
}

fn checked(url: Url) -> Result<Url, Problem> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Problem::Scheme(url.scheme().chars().take(40).collect()));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Problem::NoHost);
    }
    if url.as_str().len() > URL_BYTES_MAX {
        return Err(Problem::TooLong);
    }
    Ok(url)
}

/// Whether digits follow the supposed scheme: it was a host with a port.
fn is_port(input: &str, scheme: &str) -> bool {
    input.get(scheme.len() + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn looks_like_host(url: &Url, input: &str) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') || name == "localhost",
        // `7` is 0.0.0.7 to a browser; nobody means that.
        Some(Host::Ipv4(address)) => input.contains(&address.to_string()),
        Some(Host::Ipv6(_)) => true,
        None => false,
    }
}

/// An address for a message: shortened, without control characters, and without what stands before an `@` in the
/// place of a host.
fn quoted(address: &str) -> String {
    let authority = address.find("//").map_or(0, |at| at + 2);
    let authority_end = address[authority..].find(['/', '?', '#', '\\']).map_or(address.len(), |at| authority + at);
    let shown: Vec<&str> = match address[authority..authority_end].rfind('@') {
        Some(at) => vec![&address[..authority], &address[authority + at + 1..]],
        None => vec![address],
    };
    let mut shown: Vec<char> = shown.concat().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if shown.len() > QUOTED_CHARS_MAX {
        shown.truncate(QUOTED_CHARS_MAX);
        shown.push('…');
    }
    shown.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(input: &str, message: &str, hint: Option<&str>) {
        let error = parse_url(input).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.hint().as_deref(), hint);
    }

    #[test]
    fn addresses_of_pages_are_taken() {
        for input in
            ["https://news.example/a?b#c", " http://127.0.0.1:8080/ ", "https://[::1]/", "HTTPS://News.Example"]
        {
            assert!(parse_url(input).is_ok(), "{input}");
        }
    }

    #[test]
    fn a_missing_scheme_is_named_and_added() {
        check_refused("news.example/a", "`news.example/a` has no scheme", Some("try https://news.example/a"));
        check_refused("//news.example/a", "`//news.example/a` has no scheme", Some("try https://news.example/a"));
        let with_port = "`news.example:8080/a` has no scheme";
        check_refused("news.example:8080/a", with_port, Some("try https://news.example:8080/a"));
        check_refused("localhost:8080", "`localhost:8080` has no scheme", Some("try https://localhost:8080/"));
        check_refused("127.0.0.1/a", "`127.0.0.1/a` has no scheme", Some("try https://127.0.0.1/a"));
        check_refused("page", "`page` has no scheme", None);
        check_refused("7", "`7` has no scheme", None);
    }

    #[test]
    fn other_addresses_are_refused() {
        let scheme = |scheme: &str| format!("has the scheme `{scheme}`; only http and https are fetched");
        check_refused("ftp://news.example/a", &format!("`ftp://news.example/a` {}", scheme("ftp")), None);
        check_refused("file:///etc/passwd", &format!("`file:///etc/passwd` {}", scheme("file")), None);
        check_refused("mailto:a@b.example", &format!("`b.example` {}", scheme("mailto")), None);
        check_refused("", "`` is no address", None);
        check_refused("https://", "`https://` is no address of a page: empty host", None);
        check_refused(
            "https://a b/",
            "`https://a b/` is no address of a page: invalid international domain name",
            None,
        );
        let long = format!("https://news.example/{}", "a".repeat(9_000));
        assert!(parse_url(&long).unwrap_err().to_string().ends_with("…` is longer than 8192 bytes"));
    }

    #[test]
    fn a_password_is_never_quoted() {
        for input in
            ["ftp://me:secret@news.example/a", "me:secret@news.example", "https://me:secret@a b/", "me@secret@x"]
        {
            let error = parse_url(input).unwrap_err();
            let shown = format!("{error} {:?} {error:?}", error.hint());
            assert!(!shown.contains("secret"), "{shown}");
        }
        let base = Url::parse("https://me:secret@news.example/").unwrap();
        let error = page_url(&base, "ftp://me:secret@other.example/").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn redirects_are_joined_and_checked() {
        let base = Url::parse("https://news.example/a/b?c").unwrap();
        let to =
            |location: &str| page_url(&base, location).map(|url| url.to_string()).map_err(|error| error.to_string());
        assert_eq!(to("../d#e").unwrap(), "https://news.example/d");
        assert_eq!(to("//other.example/é").unwrap(), "https://other.example/%C3%A9");
        assert!(to("javascript:alert(1)").unwrap_err().contains("has the scheme `javascript`"));
        assert!(to("file:///etc/passwd").unwrap_err().contains("has the scheme `file`"));
        assert!(to("http://[").unwrap_err().contains("is no address of a page"));
    }
}
