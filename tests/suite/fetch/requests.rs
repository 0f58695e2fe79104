//! Requests of those who come again and keep the pace themselves.

use std::collections::BTreeMap;

use copydesk::fetch::{Accept, Fetched, Headers, Keep, Pace, Redirects, Request, RobotsAnswer, Validators};

use super::*;
use crate::program::gzip;

/// One request, sent at once, with nothing followed.
fn once(url: Url) -> Request {
    Request { redirects: Redirects::Report, accept: Accept::List, pace: Pace::Callers, ..Request::new(url) }
}

fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) }
}

const MODIFIED: &str = "Mon, 23 Nov 2026 08:00:00 GMT";

/// Answers 304 to who has version 7.
fn versioned() -> Handler {
    handler(|request, mut stream| async move {
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        let is_known = header("if-none-match") == Some("\"7\"") || header("if-modified-since") == Some(MODIFIED);
        let bytes = match is_known {
            true => answer(304, &[], b""),
            false => answer(200, &[HTML, ("etag", "\"7\""), ("last-modified", MODIFIED)], STORY.as_bytes()),
        };
        stream.write_all(&bytes).await
    })
}

#[tokio::test]
async fn what_is_as_it_was_is_not_sent_again() {
    let server = Server::start([("/a", versioned())]).await;
    let fetcher = Fetcher::new(&quick()).unwrap();
    let fetched = |validators: Validators| {
        let request = Request { validators, ..once(server.url("/a")) };
        let fetcher = &fetcher;
        async move { fetcher.request(&request).await.unwrap().fetched }
    };
    let Fetched::Page(page) = fetched(Validators::default()).await else { panic!("nothing was known") };
    let http = page.http.unwrap();
    let known = Validators { etag: http.etag, last_modified: http.last_modified };
    assert_eq!(known, validators(Some("\"7\""), Some(MODIFIED)));
    assert_eq!(fetched(known).await, Fetched::NotModified);
    assert_eq!(fetched(validators(None, Some(MODIFIED))).await, Fetched::NotModified);
    assert!(matches!(fetched(validators(Some("\"6\""), None)).await, Fetched::Page(_)));
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_a_failure() {
    let server = Server::start([("/a", status(304, &[]))]).await;
    check_error(fetch_with(&quick(), &server.url("/a")).await, "status", false, "304");
}

#[tokio::test]
async fn redirects_are_reported_to_who_wants_that() {
    let server = Server::start([("/a", redirect("http://10.0.0.1/b#c")), ("/bad", redirect("ftp://b.example/"))]).await;
    let fetcher = Fetcher::new(&quick()).unwrap();
    let reply = fetcher.request(&once(server.url("/a"))).await.unwrap();
    assert_eq!(reply.fetched, Fetched::Moved("http://10.0.0.1/b".parse().unwrap()));
    assert_eq!(reply.exchanges, []);
    let error = fetcher.request(&once(server.url("/bad"))).await.unwrap_err();
    assert_eq!(error.kind(), "bad-redirect");
}

#[tokio::test]
async fn who_keeps_the_pace_gets_one_try_and_hears_when_to_come_back() {
    let busy = status(429, &[("retry-after", "7200")]);
    let server = Server::start([("/down", status(503, &[])), ("/busy", busy)]).await;
    let fetcher = Fetcher::new(&Options { host_delay_ms: 60_000.try_into().unwrap(), ..quick() }).unwrap();
    let ask = |path: &str| {
        let (request, fetcher) = (once(server.url(path)), &fetcher);
        async move { soon(fetcher.request(&request)).await.unwrap_err() }
    };
    assert!(matches!(ask("/down").await, FetchError::Status { status: 503, .. }));
    let FetchError::ComeBackLater { status, retry_after_ms, .. } = ask("/busy").await else { panic!("it said when") };
    assert_eq!((status, retry_after_ms), (429, 7_200_000));
    assert_eq!(server.pages_asked().len(), 2);
}

#[tokio::test]
async fn robots_txt_is_asked_for_when_the_caller_says_so() {
    let rules = body(
        &[("content-type", "text/plain"), ("cache-control", "max-age=3600"), ("etag", "\"r\"")],
        b"User-agent: *\nDisallow: /private\nCrawl-delay: 3\nSitemap: /map.xml\n",
    );
    let server = Server::start([("/robots.txt", rules), ("/a", page(STORY)), ("/private", page(STORY))]).await;
    let fetcher = Fetcher::new(&obeying()).unwrap();
    let error = fetcher.request(&once(server.url("/a"))).await.unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), ("robots-not-asked", true));
    assert_eq!(fetcher.known_robots(&server.url("/a")), None);
    let robots = fetcher.ask_robots(&server.url("/a"), None).await;
    assert_eq!((robots.url.clone(), server.n_robots_asked()), (server.url("/robots.txt"), 1));
    let holds_s = robots.expires_at.duration_since(robots.fetched_at).as_secs();
    assert_eq!((holds_s, robots.validators.etag.as_deref()), (3_600, Some("\"r\"")));
    assert!(matches!(&robots.answer, RobotsAnswer::Rules(body) if body.starts_with(b"User-agent")));
    let known = fetcher.known_robots(&server.url("/a")).unwrap();
    assert_eq!((known.crawl_delay(), known.sitemaps().len()), (Some(Duration::from_secs(3)), 1));
    assert!(fetcher.request(&once(server.url("/a"))).await.is_ok());
    assert_eq!(fetcher.request(&once(server.url("/private"))).await.unwrap_err().kind(), "disallowed");

    // A later run has what the first had, and need not ask.
    let later = Fetcher::new(&obeying()).unwrap();
    later.keep_robots(&robots);
    assert_eq!(later.request(&once(server.url("/private"))).await.unwrap_err().kind(), "disallowed");
    assert!(later.request(&once(server.url("/a"))).await.is_ok());
    assert_eq!(server.n_robots_asked(), 1);
    let run_out = copydesk::fetch::SiteRobots { expires_at: robots.fetched_at, ..robots };
    let much_later = Fetcher::new(&obeying()).unwrap();
    much_later.keep_robots(&run_out);
    assert_eq!(much_later.request(&once(server.url("/a"))).await.unwrap_err().kind(), "robots-not-asked");
}

#[tokio::test]
async fn robots_txt_is_asked_again_with_what_is_known() {
    let first = body(&[("etag", "\"r\"")], b"User-agent: *\nDisallow: /private\n");
    let server = Server::start([("/robots.txt", in_turn([first, status(304, &[]), status(503, &[])]))]).await;
    let fetcher = Fetcher::new(&obeying()).unwrap();
    let first = fetcher.ask_robots(&server.url("/"), None).await;
    let again = fetcher.ask_robots(&server.url("/"), Some(first.clone())).await;
    assert_eq!((&again.answer, &again.validators), (&first.answer, &first.validators));
    // Rules that we have stay in force while the site is down.
    let down = fetcher.ask_robots(&server.url("/"), Some(again)).await;
    assert_eq!(down.answer, first.answer);
    assert!(!fetcher.known_robots(&server.url("/")).unwrap().allows(&server.url("/private")));
    let alone = fetcher.ask_robots(&server.url("/"), None).await;
    assert!(matches!(alone.answer, RobotsAnswer::Unreachable { ref kind, .. } if kind == "status"));
    assert_eq!(fetcher.request(&once(server.url("/a"))).await.unwrap_err().kind(), "robots-unreachable");
}

#[tokio::test]
async fn headers_of_a_source_go_to_its_host_alone() {
    let other = Server::start([("/b", page(STORY))]).await;
    let to_other: &'static str = other.url("/b").to_string().leak();
    let first = status(302, &[("location", "/again"), ("set-cookie", "seen=1")]);
    let server = Server::start([("/a", first), ("/again", redirect(to_other))]).await;
    let given = [("Cookie", "consent=yes"), ("X-Key", "7"), ("Accept", "text/html")];
    let headers: BTreeMap<String, String> = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let request = Request { headers: Headers::try_from(headers).unwrap(), ..Request::new(server.url("/a")) };
    Fetcher::new(&quick()).unwrap().request(&request).await.unwrap();
    let sent = |request: &crate::server::Request, name: &str| request.headers.get(name).cloned().unwrap_or_default();
    let asked = server.pages_asked();
    assert_eq!((sent(&asked[0], "cookie"), sent(&asked[0], "x-key")), ("consent=yes".to_owned(), "7".to_owned()));
    assert_eq!(sent(&asked[0], "accept"), "text/html");
    assert_eq!(sent(&asked[1], "cookie"), "consent=yes; seen=1");
    let elsewhere = &other.pages_asked()[0];
    // The same machine, another port: cookies that were set on the way are for both, what a person gave is not.
    assert_eq!((sent(elsewhere, "cookie"), sent(elsewhere, "x-key")), ("seen=1".to_owned(), String::new()));
}

#[tokio::test]
async fn lists_may_be_json_or_packed() {
    let sitemap = gzip(b"<urlset></urlset>");
    let server = Server::start([
        ("/feed.json", body(&[("content-type", "application/json")], b"{}")),
        ("/map.xml.gz", body(&[("content-type", "application/x-gzip")], &sitemap)),
        ("/a.png", body(&[("content-type", "image/png")], b"PNG")),
    ])
    .await;
    let fetcher = Fetcher::new(&quick()).unwrap();
    for path in ["/feed.json", "/map.xml.gz"] {
        check_error(fetcher.fetch(&server.url(path)).await, "not-html", false, path);
        assert!(matches!(fetcher.request(&once(server.url(path))).await.unwrap().fetched, Fetched::Page(_)), "{path}");
    }
    assert_eq!(fetcher.request(&once(server.url("/a.png"))).await.unwrap_err().kind(), "not-html");
    let accepts = server.pages_asked()[1].headers["accept"].clone();
    assert!(accepts.starts_with("application/rss+xml"), "{accepts}");
}

#[tokio::test]
async fn an_exchange_is_handed_over_as_it_was() {
    let packed = gzip(STORY.as_bytes());
    let coded = body(&[HTML, ("content-encoding", "gzip"), ("X-Robots-Tag", "noarchive")], &packed);
    let server = Server::start([("/a", redirect("/b?c")), ("/b", coded)]).await;
    let mut url = server.url("/a");
    url.set_username("me").unwrap();
    url.set_password(Some("secret")).unwrap();
    let request = Request { keep: Keep::Exchanges, ..Request::new(url) };
    let reply = Fetcher::new(&quick()).unwrap().request(&request).await.unwrap();
    let Fetched::Page(page) = reply.fetched else { panic!("a page") };
    assert_eq!(
        (page.body.as_slice(), page.http.unwrap().robots_tags),
        (STORY.as_bytes(), vec!["noarchive".to_owned()])
    );
    let [moved, had] = &reply.exchanges[..] else { panic!("{:?}", reply.exchanges) };
    assert_eq!((&moved.url, moved.protocol), (&server.url("/a"), "HTTP/1.1"));
    let head = String::from_utf8(moved.head.clone()).unwrap();
    assert!(head.starts_with("HTTP/1.1 302 Test\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!((&had.url, &had.body, had.is_cut), (&server.url("/b?c"), &packed, false));
    assert_eq!(had.ip, Some("127.0.0.1".parse().unwrap()));
    let sent = String::from_utf8(had.request.clone()).unwrap();
    assert!(sent.starts_with("GET /b?c HTTP/1.1\r\nhost: 127.0.0.1:") && sent.ends_with("\r\n\r\n"), "{sent}");
    assert!(sent.contains("\r\nuser-agent: copydesk/") && !sent.contains("secret"), "{sent}");
    assert!(!format!("{:?}", reply.exchanges).contains("secret"));
}
