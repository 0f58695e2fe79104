//! Servers that send too much.

use super::*;

#[tokio::test]
async fn a_body_over_the_limit_is_cut_off_stated_or_not() {
    let big = vec![b'a'; 100_001];
    let stated = soon(fetch_from(body(&[HTML], &big))).await;
    check_error(
        stated,
        "too-large",
        false,
        "is over 100000 bytes over the wire; `fetch.wire_bytes_max` sets the limit",
    );
    let unstated = endless("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n", vec![b'a'; 8_192], Duration::ZERO);
    check_error(soon(fetch_from(unstated)).await, "too-large", false, "over the wire");
    let chunk = [b"1000\r\n".as_slice(), &[b'a'; 4_096], b"\r\n"].concat();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n";
    check_error(soon(fetch_from(endless(head, chunk, Duration::ZERO))).await, "too-large", false, "over the wire");
    check_body(fetch_from(body(&[HTML], &big[..100_000])).await, &big[..100_000]);
}

#[tokio::test]
async fn a_body_without_coding_keeps_to_the_unpacked_limit_too() {
    let server = Server::start([("/a", body(&[HTML], &[b'a'; 1_001]))]).await;
    let options = Options { body_bytes_max: 1_000.try_into().unwrap(), ..quick() };
    check_error(fetch_with(&options, &server.url("/a")).await, "too-large", false, "`fetch.body_bytes_max`");
}

#[tokio::test]
async fn a_lie_about_the_length_takes_no_memory() {
    let short = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 9000000000000000000\r\n\r\n<p>";
    check_error(soon(fetch_from(raw(short))).await, "too-large", false, "over the wire");
}

#[tokio::test]
async fn endless_headers_are_cut_off() {
    let line = "x-filler: abcdefghijklmnopqrstuvwxyz\r\n".repeat(50);
    let server = Server::start([
        ("/many", endless("HTTP/1.1 200 OK\r\n", line, Duration::ZERO)),
        ("/long", endless("HTTP/1.1 200 OK\r\nx: ", "a".repeat(8_192), Duration::ZERO)),
    ])
    .await;
    for path in ["/many", "/long"] {
        let got = soon(fetch_with(&quick(), &server.url(path))).await;
        check_error(got, "protocol", false, "is not sound HTTP");
    }
}
