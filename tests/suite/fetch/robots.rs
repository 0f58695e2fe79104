//! robots.txt, asked first.

use super::*;

const FORBIDS: &str = "User-agent: *\nDisallow: /private\n";

#[tokio::test]
async fn robots_txt_is_asked_once_and_obeyed() {
    let server = Server::start([("/robots.txt", page(FORBIDS)), ("/a", page(STORY)), ("/private", page(STORY))]).await;
    let fetcher = Fetcher::new(&obeying()).unwrap();
    let urls = ["/a", "/private", "/a?2", "/private?x"].map(|path| server.url(path));
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    let (host, port) = (server.url("/").host_str().unwrap().to_owned(), server.url("/").port().unwrap());
    let kinds: Vec<_> = pages.iter().map(|page| page.as_ref().err().map(FetchError::kind)).collect();
    assert_eq!(kinds, [None, Some("disallowed"), None, Some("disallowed")]);
    let message = pages[3].as_ref().unwrap_err().to_string();
    assert_eq!(message, format!("robots.txt of {host}:{port} disallows /private?x"));
    assert!(pages[3].as_ref().unwrap_err().hint().unwrap().contains("--ignore-robots"));
    assert_eq!(server.n_robots_asked(), 1);
    assert_eq!(server.pages_asked().len(), 2);
}

#[tokio::test]
async fn robots_txt_speaks_to_our_product_token() {
    let rules = "User-agent: copydesk\nDisallow: /a\n\nUser-agent: newsdesk\nDisallow: /b\n";
    let server = Server::start([("/robots.txt", page(rules)), ("/a", page(STORY)), ("/b", page(STORY))]).await;
    check_error(fetch_with(&obeying(), &server.url("/a")).await, "disallowed", false, "/a");
    check_body(fetch_with(&obeying(), &server.url("/b")).await, STORY.as_bytes());
    let other = Options { user_agent: "NewsDesk/2.0 (test)".to_owned().try_into().unwrap(), ..obeying() };
    check_body(fetch_with(&other, &server.url("/a")).await, STORY.as_bytes());
    check_error(fetch_with(&other, &server.url("/b")).await, "disallowed", false, "/b");
}

#[tokio::test]
async fn robots_txt_is_not_asked_by_who_ignores_it() {
    let server = Server::start([("/robots.txt", page("User-agent: *\nDisallow: /\n")), ("/a", page(STORY))]).await;
    check_body(fetch_with(&quick(), &server.url("/a")).await, STORY.as_bytes());
    assert_eq!(server.n_robots_asked(), 0);
}

#[tokio::test]
async fn a_missing_robots_txt_allows_all() {
    for code in [400, 401, 403, 404, 410] {
        let server = Server::start([("/robots.txt", status(code, &[])), ("/a", page(STORY))]).await;
        check_body(fetch_with(&obeying(), &server.url("/a")).await, STORY.as_bytes());
    }
}

#[tokio::test]
async fn a_robots_txt_that_cannot_be_had_forbids_all() {
    let broken = [
        status(500, &[]),
        status(503, &[]),
        status(429, &[]),
        status(429, &[("retry-after", "3600")]),
        reset_after(""),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nUser-agent: *\n"),
        late(Duration::from_secs(60), page("")),
        endless("HTTP/1.1 200 OK\r\n\r\n", "#", Duration::from_millis(20)),
    ];
    for (n, handler) in broken.into_iter().enumerate() {
        let server = Server::start([("/robots.txt", handler), ("/a", page(STORY))]).await;
        let options = Options { retries_max: 1.try_into().unwrap(), robots: Robots::Obey, ..impatient(200, 400) };
        let fetcher = Fetcher::new(&options).unwrap();
        let error = soon(fetcher.fetch(&server.url("/a"))).await.unwrap_err();
        assert_eq!((error.kind(), error.is_transient()), ("robots-unreachable", true), "{n}: {error}");
        assert!(
            error.to_string().contains("robots.txt of 127.0.0.1:") && error.to_string().contains("cannot be had"),
            "{error}"
        );
        assert!(error.source().is_some() && error.hint().unwrap().contains("--ignore-robots"));
        // The answer holds for the other pages of the site.
        let n_asked = server.n_robots_asked();
        soon(fetcher.fetch(&server.url("/b"))).await.unwrap_err();
        assert_eq!((server.n_robots_asked(), server.pages_asked().len()), (n_asked, 0), "{n}");
    }
}

#[tokio::test]
async fn a_robots_txt_that_fails_once_is_tried_again() {
    let rules = in_turn([status(503, &[]), page(FORBIDS)]);
    let server = Server::start([("/robots.txt", rules), ("/a", page(STORY)), ("/private", page(STORY))]).await;
    check_body(fetch_with(&obeying(), &server.url("/a")).await, STORY.as_bytes());
    check_error(fetch_with(&obeying(), &server.url("/private")).await, "disallowed", false, "/private");
}

#[tokio::test]
async fn robots_txt_may_be_redirected_five_times_also_to_another_host() {
    let elsewhere = Server::start([
        ("/1", redirect("/2")),
        ("/2", redirect("/3")),
        ("/3", redirect("/4")),
        ("/4", redirect("/rules")),
        ("/rules", page(FORBIDS)),
        ("/0", redirect("/1")),
    ])
    .await;
    for (start, forbidden) in [("/1", true), ("/0", false)] {
        let to = elsewhere.url(start).to_string();
        let server = Server::start([("/robots.txt", redirect(&to)), ("/private", page(STORY))]).await;
        let got = fetch_with(&obeying(), &server.url("/private")).await;
        match forbidden {
            true => check_error(got, "disallowed", false, "/private"),
            false => check_body(got, STORY.as_bytes()),
        }
    }
}

#[tokio::test]
async fn a_robots_txt_that_redirects_to_a_private_address_forbids_all() {
    let server = Server::start([("/robots.txt", redirect("http://127.0.0.2/robots.txt")), ("/a", page(STORY))]).await;
    let error = fetch_with(&obeying(), &server.url("/a")).await.unwrap_err();
    assert_eq!(error.kind(), "robots-unreachable");
    assert!(error.source().unwrap().to_string().contains("is not a public address"));
}

#[tokio::test]
async fn a_redirect_asks_the_robots_txt_of_its_host() {
    let strict = Server::start([("/robots.txt", page(FORBIDS)), ("/private", page(STORY))]).await;
    let to = strict.url("/private").to_string();
    let server = Server::start([("/a", redirect(&to))]).await;
    check_error(fetch_with(&obeying(), &server.url("/a")).await, "disallowed", false, "disallows /private");
    assert_eq!(strict.pages_asked().len(), 0);
}

#[tokio::test]
async fn a_huge_robots_txt_is_read_as_far_as_the_rfc_asks() {
    let mut rules = format!("{FORBIDS}{}", "# filling\n".repeat(60_000));
    rules += "Disallow: /late\n";
    let server =
        Server::start([("/robots.txt", page(&rules)), ("/private", page(STORY)), ("/late", page(STORY))]).await;
    let options = Options {
        wire_bytes_max: 1_000_000.try_into().unwrap(),
        body_bytes_max: 1_000_000.try_into().unwrap(),
        ..obeying()
    };
    let fetcher = Fetcher::new(&options).unwrap();
    check_error(fetcher.fetch(&server.url("/private")).await, "disallowed", false, "/private");
    check_body(fetcher.fetch(&server.url("/late")).await, STORY.as_bytes());
}

#[tokio::test]
async fn the_crawl_delay_of_robots_txt_is_kept() {
    let rules = page("User-agent: *\nCrawl-delay: 0.3\n");
    let server = Server::start([("/robots.txt", rules), ("/a", page(STORY))]).await;
    let fetcher = Fetcher::new(&obeying()).unwrap();
    let pages: Vec<_> = fetcher.fetch_all((0..2).map(|n| server.url(&format!("/a?{n}")))).collect().await;
    assert!(pages.iter().all(Result::is_ok));
    let asked = server.pages_asked();
    assert!(asked[1].at.duration_since(asked[0].at) >= Duration::from_millis(150));
}
