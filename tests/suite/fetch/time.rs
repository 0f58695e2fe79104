//! Servers that take their time.

use super::*;

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let options = impatient(200, 4_000);
    let server = Server::start([("/a", late(Duration::from_secs(60), page(STORY)))]).await;
    let got = soon(fetch_with(&options, &server.url("/a"))).await;
    check_error(got, "timeout", true, "gave no answer within 200 ms; `fetch.read_timeout_ms` sets the limit");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let options = impatient(200, 4_000);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 50000\r\n\r\n<p>";
    let server = Server::start([("/a", endless(head, "", Duration::from_secs(60)))]).await;
    let got = soon(fetch_with(&options, &server.url("/a"))).await;
    check_error(got, "timeout", true, "gave no more of its body within 200 ms");
}

#[tokio::test]
async fn a_server_that_drips_is_given_up() {
    let options = impatient(4_000, 400);
    let in_body = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n";
    let server = Server::start([
        ("/body", endless(in_body, "<p>", Duration::from_millis(20))),
        ("/head", endless("HTTP/1.1 200 OK\r\nx: ", "y", Duration::from_millis(20))),
    ])
    .await;
    let got = soon(fetch_with(&options, &server.url("/body"))).await;
    check_error(got, "timeout", true, "gave no whole page within 400 ms; `fetch.timeout_ms` sets the limit");
    let error = soon(fetch_with(&options, &server.url("/head"))).await.unwrap_err();
    assert_eq!(error.kind(), "timeout");
}

#[tokio::test]
async fn redirects_share_the_time_of_their_page() {
    let hop = |to: &str| late(Duration::from_millis(150), redirect(to));
    let server = Server::start([("/a", hop("/b")), ("/b", hop("/c")), ("/c", hop("/d")), ("/d", page(STORY))]).await;
    let options = impatient(4_000, 400);
    check_error(soon(fetch_with(&options, &server.url("/a"))).await, "timeout", true, "whole page within 400 ms");
}
