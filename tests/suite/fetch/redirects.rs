//! Redirects, and what they must not reveal.

use super::*;

#[tokio::test]
async fn redirects_are_followed_and_remembered() {
    let end = Server::start([("/end", page(STORY))]).await;
    let to_end = end.url("/end").to_string();
    let server = Server::start([
        ("/a", redirect("/b")),
        ("/b", status(301, &[("location", "c?d=1#e")])),
        ("/c", status(308, &[("location", &to_end)])),
    ])
    .await;
    let page = fetch_with(&quick(), &server.url("/a")).await.unwrap();
    assert_eq!(page.body, STORY.as_bytes());
    assert_eq!(page.url, Some(end.url("/end")));
    let http = page.http.unwrap();
    assert_eq!(http.requested_url, server.url("/a"));
    assert_eq!(http.redirects, [server.url("/a"), server.url("/b"), server.url("/c?d=1")]);
}

#[tokio::test]
async fn a_circle_of_redirects_is_seen() {
    let server = Server::start([("/a", redirect("/b")), ("/b", redirect("/a")), ("/self", redirect("/self"))]).await;
    check_error(fetch_with(&quick(), &server.url("/a")).await, "redirect-loop", false, "in a circle, back to http://");
    assert_eq!(server.pages_asked().len(), 2);
    check_error(fetch_with(&quick(), &server.url("/self")).await, "redirect-loop", false, "/self");
}

#[tokio::test]
async fn redirects_without_end_are_cut_off() {
    let server = Server::start([(
        "/a",
        handler(|request, mut stream| async move {
            let next = format!("/a?{}", request.target.len());
            let next = format!("{}{}", next, "x".repeat(request.target.len()));
            stream.write_all(&answer(302, &[("location", &next)], b"")).await
        }),
    )])
    .await;
    for redirects_max in [0, 3, 10] {
        let before = server.pages_asked().len();
        let options = Options { redirects_max: redirects_max.try_into().unwrap(), ..quick() };
        let got = fetch_with(&options, &server.url("/a")).await;
        check_error(got, "too-many-redirects", false, "`fetch.redirects_max` sets the limit");
        assert_eq!(server.pages_asked().len() - before, redirects_max as usize + 1);
    }
}

#[tokio::test]
async fn redirects_to_what_is_no_page_are_refused() {
    for location in ["file:///etc/passwd", "javascript:alert(1)", "http://", "mailto:me@news.example"] {
        check_error(fetch_from(redirect(location)).await, "bad-redirect", false, "redirects to `");
    }
    check_error(fetch_from(status(302, &[])).await, "status", false, "answered 302");
}

#[tokio::test]
async fn a_password_is_sent_and_never_told() {
    let server = Server::start([("/a", page(STORY)), ("/gone", status(410, &[])), ("/move", redirect("/a"))]).await;
    let with_password = |path: &str| {
        let mut url = server.url(path);
        url.set_username("me").unwrap();
        url.set_password(Some("secret")).unwrap();
        url
    };
    let page = fetch_with(&quick(), &with_password("/move")).await.unwrap();
    assert!(server.pages_asked().iter().all(|request| request.headers.contains_key("authorization")));
    assert!(!format!("{page:?}").contains("secret"));
    let error = fetch_with(&quick(), &with_password("/gone")).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_cookie_set_on_the_way_is_brought_along_and_forgotten_with_the_page() {
    let gate = handler(|request, mut stream| async move {
        let bytes = match request.headers.get("cookie").map(String::as_str) {
            Some("seen=1") => answer(200, &[HTML], STORY.as_bytes()),
            _ => answer(302, &[("location", "/a"), ("set-cookie", "seen=1; Path=/")], b""),
        };
        stream.write_all(&bytes).await
    });
    let server = Server::start([("/a", gate)]).await;
    let fetcher = Fetcher::new(&quick()).unwrap();
    for n_asked in [2, 4] {
        check_body(fetcher.fetch(&server.url("/a")).await, STORY.as_bytes());
        assert_eq!(server.pages_asked().len(), n_asked, "each page starts without cookies");
    }
    let never_content = status(302, &[("location", "/a"), ("set-cookie", "seen=1; Path=/")]);
    check_error(fetch_from(never_content).await, "redirect-loop", false, "in a circle");
}
