//! Broken answers, and what is tried again.

use super::*;

#[tokio::test]
async fn a_body_shorter_than_stated_is_tried_again() {
    let cut_off = raw("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 500\r\n\r\n<p>half");
    check_error(fetch_from(cut_off.clone()).await, "interrupted", true, "broke off its answer");
    check_body(fetch_from(in_turn([cut_off, page(STORY)])).await, STORY.as_bytes());
    let chunked = raw("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<p>ha");
    check_body(fetch_from(in_turn([chunked, page(STORY)])).await, STORY.as_bytes());
}

#[tokio::test]
async fn a_chunked_page_is_read_whole() {
    let chunked = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n3\r\n<p>\r\n4;x=y\r\nline\r\n0\r\n\r\n";
    check_body(fetch_from(raw(chunked)).await, b"<p>line");
}

#[tokio::test]
async fn a_reset_is_tried_again() {
    let resets = [reset_after(""), reset_after("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n<p>"), page(STORY)];
    check_body(fetch_from(in_turn(resets)).await, STORY.as_bytes());
    check_error(fetch_from(reset_after("")).await, "interrupted", true, "broke off its answer");
}

#[tokio::test]
async fn slips_in_headers_that_browsers_forgive_are_forgiven() {
    for slip in ["x-folded: a\r\n b", "no colon here", "x-spaced : a", "x-bad\u{1}name: a"] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{slip}\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<p>");
        check_body(fetch_from(raw(bytes)).await, b"<p>");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_refused() {
    check_error(fetch_from(raw("SSH-2.0-OpenSSH_9.6\r\n")).await, "protocol", false, "is not sound HTTP");
}

#[tokio::test]
async fn failures_that_may_pass_are_tried_again_and_others_are_not() {
    for (code, n_asked) in [
        (400, 1),
        (401, 1),
        (403, 1),
        (404, 1),
        (410, 1),
        (451, 1),
        (501, 1),
        (408, 3),
        (429, 3),
        (500, 3),
        (502, 3),
        (503, 3),
        (504, 3),
    ] {
        let server = Server::start([("/a", status(code, &[]))]).await;
        let got = fetch_with(&quick(), &server.url("/a")).await;
        check_error(got, "status", n_asked > 1, &format!("answered {code}"));
        assert_eq!(server.pages_asked().len(), n_asked, "{code}");
    }
    check_body(fetch_from(in_turn([status(503, &[]), status(502, &[]), page(STORY)])).await, STORY.as_bytes());
}

#[tokio::test]
async fn new_tries_wait_longer_each_time() {
    let server = Server::start([("/a", status(500, &[]))]).await;
    let options = Options { backoff_ms: 40.try_into().unwrap(), ..quick() };
    fetch_with(&options, &server.url("/a")).await.unwrap_err();
    let at: Vec<Instant> = server.pages_asked().iter().map(|request| request.at).collect();
    assert!(at[1] - at[0] >= Duration::from_millis(20), "half of the first pause at least");
    assert!(at[2] - at[1] >= Duration::from_millis(40), "half of the second pause at least");
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let waited = [429, 503].map(|code| async move {
        let server = Server::start([("/a", in_turn([status(code, &[("retry-after", "1")]), page(STORY)]))]).await;
        check_body(soon(fetch_with(&quick(), &server.url("/a"))).await, STORY.as_bytes());
        let asked = server.pages_asked();
        assert!(asked[1].at - asked[0].at >= Duration::from_millis(990), "{code}");
    });
    futures_util::future::join_all(waited).await;
}

#[tokio::test]
async fn a_longer_retry_after_is_told_and_nobody_bothers_the_host_again() {
    for wait in ["3600", "Fri, 01 Jan 2100 00:00:00 GMT", "99999999999999999999"] {
        let server = Server::start([("/a", status(429, &[("retry-after", wait)])), ("/b", page(STORY))]).await;
        let fetcher = Fetcher::new(&quick()).unwrap();
        let got = soon(fetcher.fetch(&server.url("/a"))).await;
        check_error(got, "come-back-later", true, "answered 429 and is not to be asked again before ");
        let got = soon(fetcher.fetch(&server.url("/b"))).await;
        check_error(got, "come-back-later", true, "/b answered 429 and is not to be asked again before ");
        assert_eq!(server.pages_asked().len(), 1);
    }
}

#[tokio::test]
async fn a_block_holds_for_all_pages_of_the_host() {
    let server = Server::start([
        ("/a", in_turn([status(503, &[("retry-after", "1")]), page(STORY)])),
        ("/b", page(STORY)),
        ("/c", page(STORY)),
    ])
    .await;
    let options = Options { per_host_concurrency: 1.try_into().unwrap(), ..quick() };
    let fetcher = Fetcher::new(&options).unwrap();
    let urls = ["/a", "/b", "/c"].map(|path| server.url(path));
    let pages: Vec<_> = soon(fetcher.fetch_all(urls).collect()).await;
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    let asked = server.pages_asked();
    assert_eq!(asked[0].target, "/a");
    for later in &asked[1..] {
        assert!(later.at - asked[0].at >= Duration::from_millis(990), "{}", later.target);
    }
}
