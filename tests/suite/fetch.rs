//! Fetching from servers that behave, and from servers that do not.

use std::error::Error;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_compression::Level;
use async_compression::tokio::write::{
    BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder,
};
use copydesk::fetch::{FetchError, Fetcher, Options, Robots};
use copydesk::page::Page;
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use url::Url;

use crate::server::{
    Handler, Server, answer, body, endless, handler, in_turn, late, page, raw, redirect,
    reset_after, status,
};

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const STORY: &str =
    "<!doctype html><title>Harbour reopens</title><p>The harbour reopened on Monday.</p>";

/// For tests: loopback allowed, no pauses to speak of. Patient enough for a machine that has other work.
fn quick() -> Options {
    Options {
        allow_private: vec!["127.0.0.1".parse().unwrap()],
        robots: Robots::Ignore,
        connect_timeout_ms: 4_000.try_into().unwrap(),
        read_timeout_ms: 4_000.try_into().unwrap(),
        timeout_ms: 4_000.try_into().unwrap(),
        wire_bytes_max: 100_000.try_into().unwrap(),
        body_bytes_max: 200_000.try_into().unwrap(),
        backoff_ms: 2.try_into().unwrap(),
        host_delay_ms: 0.try_into().unwrap(),
        ..Options::default()
    }
}

/// One try, with this little patience.
fn impatient(read_timeout_ms: u64, timeout_ms: u64) -> Options {
    Options {
        retries_max: 0.try_into().unwrap(),
        read_timeout_ms: read_timeout_ms.try_into().unwrap(),
        timeout_ms: timeout_ms.try_into().unwrap(),
        ..quick()
    }
}

fn obeying() -> Options {
    Options {
        robots: Robots::Obey,
        ..quick()
    }
}

async fn fetch_with(options: &Options, url: &Url) -> Result<Page, FetchError> {
    Fetcher::new(options).unwrap().fetch(url).await
}

async fn fetch_from(handler: Handler) -> Result<Page, FetchError> {
    let server = Server::start([("/a", handler)]).await;
    fetch_with(&quick(), &server.url("/a")).await
}

/// What comes back is this body.
#[track_caller]
fn check_body(got: Result<Page, FetchError>, wanted: &[u8]) {
    match got {
        Ok(page) => assert_eq!(
            String::from_utf8_lossy(&page.body),
            String::from_utf8_lossy(wanted)
        ),
        Err(error) => panic!("{error}: {:?}", error.source().map(ToString::to_string)),
    }
}

/// What comes back is an error of this kind whose message holds these words.
#[track_caller]
fn check_error(got: Result<Page, FetchError>, kind: &str, transient: bool, words: &str) {
    match got {
        Ok(page) => panic!("a page of {} bytes", page.body.len()),
        Err(error) => {
            let message = error.to_string();
            assert_eq!(error.kind(), kind, "{message}");
            assert_eq!(error.is_transient(), transient, "{message}");
            assert!(
                message.contains(words),
                "{message:?} does not say {words:?}"
            );
        }
    }
}

/// Nothing here may take long: a test that waits for a bound of seconds has not met its own.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), work)
        .await
        .expect("soon")
}

#[tokio::test]
async fn a_page_comes_with_its_headers() {
    let headers = [
        HTML,
        ("etag", "\"7\""),
        ("last-modified", "Mon, 23 Nov 2026 08:00:00 GMT"),
    ];
    let server = Server::start([("/a", body(&headers, STORY.as_bytes()))]).await;
    let page = fetch_with(&quick(), &server.url("/a?b#c")).await.unwrap();
    assert_eq!(page.url, Some(server.url("/a?b")));
    assert_eq!(
        page.content_type.as_deref(),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(page.body, STORY.as_bytes());
    let http = page.http.unwrap();
    assert_eq!(http.requested_url, server.url("/a?b"));
    assert_eq!(
        (http.status, http.redirects.len(), http.wire_bytes),
        (200, 0, STORY.len() as u64)
    );
    assert_eq!(http.etag.as_deref(), Some("\"7\""));
    assert_eq!(
        http.last_modified.as_deref(),
        Some("Mon, 23 Nov 2026 08:00:00 GMT")
    );
    let fetched_at: jiff::Timestamp = http.fetched_at.parse().unwrap();
    assert!(fetched_at.duration_until(jiff::Timestamp::now()).as_secs() < 5);
}

#[tokio::test]
async fn the_request_says_who_asks_and_what_is_taken() {
    let server = Server::start([("/a", page(STORY))]).await;
    let options = Options {
        contact: "https://desk.example/about".to_owned().try_into().unwrap(),
        accept_language: "pt-BR, pt;q=0.8".to_owned().try_into().unwrap(),
        ..quick()
    };
    fetch_with(&options, &server.url("/a")).await.unwrap();
    let asked = server.pages_asked();
    let header = |name: &str| asked[0].headers.get(name).map(String::as_str);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        header("user-agent"),
        Some(&*format!(
            "copydesk/{version} (+https://desk.example/about)"
        ))
    );
    assert_eq!(header("accept-encoding"), Some("gzip, br, zstd, deflate"));
    assert_eq!(header("accept-language"), Some("pt-BR, pt;q=0.8"));
    assert_eq!(header("referer"), None);
    assert_eq!(header("cookie"), None);
}

#[tokio::test]
async fn other_schemes_are_refused_unsent() {
    for url in [
        "file:///etc/passwd",
        "ftp://news.example/",
        "data:text/html,a",
    ] {
        check_error(
            fetch_with(&quick(), &Url::parse(url).unwrap()).await,
            "invalid-url",
            false,
            "only http and https",
        );
    }
}

// Addresses.

#[tokio::test]
async fn private_addresses_are_refused_in_any_spelling() {
    let server = Server::start([("/a", page(STORY))]).await;
    let port = server.url("/").port().unwrap();
    let closed = Options {
        allow_private: vec!["10.0.0.0/8".parse().unwrap()],
        ..quick()
    };
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "0",
        "localhost.",
    ] {
        for robots in [Robots::Obey, Robots::Ignore] {
            let url = Url::parse(&format!("http://{host}:{port}/a")).unwrap();
            let options = Options {
                robots,
                ..closed.clone()
            };
            let got = soon(fetch_with(&options, &url)).await;
            check_error(
                got,
                "private-address",
                false,
                "`fetch.allow_private` lists the networks allowed",
            );
        }
    }
    assert_eq!(server.pages_asked().len() + server.n_robots_asked(), 0);
}

#[tokio::test]
async fn a_listed_network_is_fetched_from_by_name_too() {
    let server = Server::start([("/a", page(STORY))]).await;
    let mut url = server.url("/a");
    url.set_host(Some("localhost")).unwrap();
    check_body(fetch_with(&quick(), &url).await, STORY.as_bytes());
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let server = Server::start([
        ("/by-address", redirect("http://127.0.0.2:1/secret")),
        (
            "/metadata",
            redirect("http://169.254.169.254/latest/meta-data/"),
        ),
        ("/embedded", redirect("http://[64:ff9b::a00:1]/")),
    ])
    .await;
    for path in ["/by-address", "/metadata", "/embedded"] {
        let got = soon(fetch_with(&quick(), &server.url(path))).await;
        check_error(got, "private-address", false, "is not a public address");
    }
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() {
    let url = Url::parse("http://no-such-host.invalid/a").unwrap();
    let options = Options {
        retries_max: 0.try_into().unwrap(),
        robots: Robots::Obey,
        ..quick()
    };
    let error = soon(fetch_with(&options, &url)).await.unwrap_err();
    // Without any name service the answer is that there was none.
    assert!(
        matches!(error.kind(), "no-such-host" | "resolve" | "timeout"),
        "{error}"
    );
    assert!(
        error.to_string().contains("no-such-host.invalid"),
        "{error}"
    );
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_cannot_be_reached() {
    let url = {
        let server = Server::start([]).await;
        server.url("/a")
    };
    tokio::time::sleep(Duration::from_millis(20)).await;
    for options in [quick(), obeying()] {
        let error = soon(fetch_with(&options, &url)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_transient()),
            ("connect", true),
            "{error}"
        );
        assert!(
            error.source().unwrap().to_string().contains("refused"),
            "{:?}",
            error.source()
        );
    }
}

/// The environment is read when a client is built, and ours cannot be changed in safety: so another process, whose
/// environment names a proxy that does not exist, runs one of the tests here.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let proxy = "http://127.0.0.1:1";
    let tests = std::env::current_exe().expect("the path of these tests");
    let run = std::process::Command::new(tests)
        .args(["--exact", "fetch::a_page_comes_with_its_headers"])
        .envs([
            ("http_proxy", proxy),
            ("HTTP_PROXY", proxy),
            ("all_proxy", proxy),
            ("ALL_PROXY", proxy),
        ])
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .expect("these tests start");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn a_server_without_tls_gives_no_secure_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/a", listener.local_addr().unwrap())).unwrap();
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await?;
        // Closed only once the other side has gone: closing with its greeting unread would drop the answer.
        let mut greeting = Vec::new();
        stream
            .read_to_end(&mut greeting)
            .await
            .or(Ok::<_, io::Error>(0))
    });
    check_error(
        soon(fetch_with(&quick(), &url)).await,
        "tls",
        false,
        "no secure connection to https://",
    );
    plain.await.unwrap().unwrap();
}

// Redirects.

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
    assert_eq!(
        http.redirects,
        [server.url("/a"), server.url("/b"), server.url("/c?d=1")]
    );
}

#[tokio::test]
async fn a_circle_of_redirects_is_seen() {
    let server = Server::start([
        ("/a", redirect("/b")),
        ("/b", redirect("/a")),
        ("/self", redirect("/self")),
    ])
    .await;
    check_error(
        fetch_with(&quick(), &server.url("/a")).await,
        "redirect-loop",
        false,
        "in a circle, back to http://",
    );
    assert_eq!(server.pages_asked().len(), 2);
    check_error(
        fetch_with(&quick(), &server.url("/self")).await,
        "redirect-loop",
        false,
        "/self",
    );
}

#[tokio::test]
async fn redirects_without_end_are_cut_off() {
    let server = Server::start([(
        "/a",
        handler(|request, mut stream| async move {
            let next = format!("/a?{}", request.target.len());
            let next = format!("{}{}", next, "x".repeat(request.target.len()));
            stream
                .write_all(&answer(302, &[("location", &next)], b""))
                .await
        }),
    )])
    .await;
    for redirects_max in [0, 3, 10] {
        let before = server.pages_asked().len();
        let options = Options {
            redirects_max: redirects_max.try_into().unwrap(),
            ..quick()
        };
        let got = fetch_with(&options, &server.url("/a")).await;
        check_error(
            got,
            "too-many-redirects",
            false,
            "`fetch.redirects_max` sets the limit",
        );
        assert_eq!(
            server.pages_asked().len() - before,
            redirects_max as usize + 1
        );
    }
}

#[tokio::test]
async fn redirects_to_what_is_no_page_are_refused() {
    for location in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "mailto:me@news.example",
    ] {
        check_error(
            fetch_from(redirect(location)).await,
            "bad-redirect",
            false,
            "redirects to `",
        );
    }
    check_error(
        fetch_from(status(302, &[])).await,
        "status",
        false,
        "answered 302",
    );
}

#[tokio::test]
async fn a_password_is_sent_and_never_told() {
    let server = Server::start([
        ("/a", page(STORY)),
        ("/gone", status(410, &[])),
        ("/move", redirect("/a")),
    ])
    .await;
    let with_password = |path: &str| {
        let mut url = server.url(path);
        url.set_username("me").unwrap();
        url.set_password(Some("secret")).unwrap();
        url
    };
    let page = fetch_with(&quick(), &with_password("/move")).await.unwrap();
    assert!(
        server
            .pages_asked()
            .iter()
            .all(|request| request.headers.contains_key("authorization"))
    );
    assert!(!format!("{page:?}").contains("secret"));
    let error = fetch_with(&quick(), &with_password("/gone"))
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
}

// Time.

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let options = impatient(200, 4_000);
    let server = Server::start([("/a", late(Duration::from_secs(60), page(STORY)))]).await;
    let got = soon(fetch_with(&options, &server.url("/a"))).await;
    check_error(
        got,
        "timeout",
        true,
        "gave no answer within 200 ms; `fetch.read_timeout_ms` sets the limit",
    );
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let options = impatient(200, 4_000);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 50000\r\n\r\n<p>";
    let server = Server::start([("/a", endless(head, "", Duration::from_secs(60)))]).await;
    let got = soon(fetch_with(&options, &server.url("/a"))).await;
    check_error(
        got,
        "timeout",
        true,
        "gave no more of its body within 200 ms",
    );
}

#[tokio::test]
async fn a_server_that_drips_is_given_up() {
    let options = impatient(4_000, 400);
    let in_body = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n";
    let server = Server::start([
        ("/body", endless(in_body, "<p>", Duration::from_millis(20))),
        (
            "/head",
            endless("HTTP/1.1 200 OK\r\nx: ", "y", Duration::from_millis(20)),
        ),
    ])
    .await;
    let got = soon(fetch_with(&options, &server.url("/body"))).await;
    check_error(
        got,
        "timeout",
        true,
        "gave no whole page within 400 ms; `fetch.timeout_ms` sets the limit",
    );
    let error = soon(fetch_with(&options, &server.url("/head")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "timeout");
}

#[tokio::test]
async fn redirects_share_the_time_of_their_page() {
    let hop = |to: &str| late(Duration::from_millis(150), redirect(to));
    let server = Server::start([
        ("/a", hop("/b")),
        ("/b", hop("/c")),
        ("/c", hop("/d")),
        ("/d", page(STORY)),
    ])
    .await;
    let options = impatient(4_000, 400);
    check_error(
        soon(fetch_with(&options, &server.url("/a"))).await,
        "timeout",
        true,
        "whole page within 400 ms",
    );
}

// Size.

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
    let unstated = endless(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n",
        vec![b'a'; 8_192],
        Duration::ZERO,
    );
    check_error(
        soon(fetch_from(unstated)).await,
        "too-large",
        false,
        "over the wire",
    );
    let chunk = [b"1000\r\n".as_slice(), &[b'a'; 4_096], b"\r\n"].concat();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n";
    check_error(
        soon(fetch_from(endless(head, chunk, Duration::ZERO))).await,
        "too-large",
        false,
        "over the wire",
    );
    check_body(
        fetch_from(body(&[HTML], &big[..100_000])).await,
        &big[..100_000],
    );
}

#[tokio::test]
async fn a_body_without_coding_keeps_to_the_unpacked_limit_too() {
    let server = Server::start([("/a", body(&[HTML], &[b'a'; 1_001]))]).await;
    let options = Options {
        body_bytes_max: 1_000.try_into().unwrap(),
        ..quick()
    };
    check_error(
        fetch_with(&options, &server.url("/a")).await,
        "too-large",
        false,
        "`fetch.body_bytes_max`",
    );
}

#[tokio::test]
async fn a_lie_about_the_length_takes_no_memory() {
    let short = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 9000000000000000000\r\n\r\n<p>";
    check_error(
        soon(fetch_from(raw(short))).await,
        "too-large",
        false,
        "over the wire",
    );
}

#[tokio::test]
async fn endless_headers_are_cut_off() {
    let line = "x-filler: abcdefghijklmnopqrstuvwxyz\r\n".repeat(50);
    let server = Server::start([
        (
            "/many",
            endless("HTTP/1.1 200 OK\r\n", line, Duration::ZERO),
        ),
        (
            "/long",
            endless("HTTP/1.1 200 OK\r\nx: ", "a".repeat(8_192), Duration::ZERO),
        ),
    ])
    .await;
    for path in ["/many", "/long"] {
        let got = soon(fetch_with(&quick(), &server.url(path))).await;
        check_error(got, "protocol", false, "is not sound HTTP");
    }
}

// Codings.

#[derive(Clone, Copy)]
enum Packed {
    Gzip,
    Brotli,
    Zstd,
    Zlib,
    Deflate,
}

const ALL: [(Packed, &str); 5] = [
    (Packed::Gzip, "gzip"),
    (Packed::Brotli, "br"),
    (Packed::Zstd, "zstd"),
    (Packed::Zlib, "deflate"),
    (Packed::Deflate, "deflate"),
];

async fn pack(bytes: &[u8], how: Packed) -> Vec<u8> {
    macro_rules! packed {
        ($encoder:ident) => {{
            let mut encoder = $encoder::with_quality(Vec::new(), Level::Fastest);
            encoder.write_all(bytes).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }
    match how {
        Packed::Gzip => packed!(GzipEncoder),
        Packed::Brotli => packed!(BrotliEncoder),
        Packed::Zstd => packed!(ZstdEncoder),
        Packed::Zlib => packed!(ZlibEncoder),
        Packed::Deflate => packed!(DeflateEncoder),
    }
}

/// Compresses badly: a body that several reads are needed for.
fn noise(n_bytes: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b' ' + (state >> 24) as u8 % 90
    };
    (0..n_bytes).map(|_| letter()).collect()
}

#[tokio::test]
async fn each_coding_is_undone() {
    let story = noise(60_000);
    for (how, name) in ALL {
        let packed = pack(&story, how).await;
        let page = fetch_from(body(&[HTML, ("content-encoding", name)], &packed))
            .await
            .unwrap();
        assert!(page.body == story, "{name}");
        assert_eq!(page.http.unwrap().wire_bytes, packed.len() as u64, "{name}");
    }
}

#[tokio::test]
async fn codings_one_over_the_other_are_undone_in_order() {
    let packed = pack(&pack(STORY.as_bytes(), Packed::Brotli).await, Packed::Gzip).await;
    check_body(
        fetch_from(body(&[HTML, ("content-encoding", "br, gzip")], &packed)).await,
        STORY.as_bytes(),
    );
    let two_headers = [
        HTML,
        ("content-encoding", "BR"),
        ("content-encoding", "x-gzip"),
    ];
    check_body(
        fetch_from(body(&two_headers, &packed)).await,
        STORY.as_bytes(),
    );
    let four = body(
        &[HTML, ("content-encoding", "gzip, gzip, gzip, gzip")],
        &packed,
    );
    check_error(
        fetch_from(four).await,
        "coding",
        false,
        "has more layers than we undo",
    );
}

#[tokio::test]
async fn names_that_are_no_coding_are_passed_over_and_unknown_ones_are_not() {
    for name in ["identity", "", "none", "utf-8", "ISO-8859-1"] {
        check_body(
            fetch_from(body(&[HTML, ("content-encoding", name)], STORY.as_bytes())).await,
            STORY.as_bytes(),
        );
    }
    let unknown = body(&[HTML, ("content-encoding", "dcz")], STORY.as_bytes());
    check_error(
        fetch_from(unknown).await,
        "coding",
        false,
        "the dcz body of http://",
    );
}

#[tokio::test]
async fn an_empty_body_is_empty_in_any_coding() {
    for (_, name) in ALL {
        check_body(
            fetch_from(body(&[HTML, ("content-encoding", name)], b"")).await,
            b"",
        );
    }
}

#[tokio::test]
async fn a_coding_that_ends_early_is_named() {
    let story = noise(60_000);
    for (how, name) in ALL {
        let packed = pack(&story, how).await;
        for kept in [1, 10, packed.len() / 2, packed.len() - 1] {
            let got = fetch_from(body(&[HTML, ("content-encoding", name)], &packed[..kept])).await;
            check_error(got, "coding", false, &format!("the {name} body of http://"));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_in_its_coding_is_named() {
    for name in ["gzip", "br", "zstd", "deflate"] {
        let got = fetch_from(body(&[HTML, ("content-encoding", name)], STORY.as_bytes())).await;
        check_error(got, "coding", false, &format!("the {name} body of http://"));
    }
}

#[tokio::test]
async fn gzip_of_several_members_is_read_whole_and_what_follows_is_not() {
    let (first, second) = STORY.split_at(30);
    let members = [
        pack(first.as_bytes(), Packed::Gzip).await,
        pack(second.as_bytes(), Packed::Gzip).await,
    ]
    .concat();
    let header = [HTML, ("content-encoding", "gzip")];
    check_body(fetch_from(body(&header, &members)).await, STORY.as_bytes());
    for tail in [&b"\0\0\0\0"[..], b"\n", b"<!-- cached -->"] {
        check_body(
            fetch_from(body(&header, &[&members, tail].concat())).await,
            STORY.as_bytes(),
        );
    }
    let cut_off = &members[..members.len() - 3];
    check_error(
        fetch_from(body(&header, cut_off)).await,
        "coding",
        false,
        "is cut off",
    );
}

#[tokio::test]
async fn a_bomb_is_cut_off_in_every_coding() {
    let bomb = vec![b'a'; 16 << 20];
    for (how, name) in ALL {
        let packed = pack(&bomb, how).await;
        let server =
            Server::start([("/a", body(&[HTML, ("content-encoding", name)], &packed))]).await;
        let got = soon(fetch_with(&quick(), &server.url("/a"))).await;
        check_error(
            got,
            "too-large",
            false,
            "is over 200000 bytes unpacked; `fetch.body_bytes_max` sets the limit",
        );
    }
}

#[tokio::test]
async fn a_bomb_hidden_in_a_middle_layer_is_cut_off() {
    // Empty gzip members unpack to nothing, and pack very well themselves.
    let empty = pack(b"", Packed::Gzip).await;
    let middle = empty.repeat(1 << 14);
    let packed = pack(&middle, Packed::Gzip).await;
    assert!(packed.len() < 100_000 && middle.len() > 200_000);
    let got = soon(fetch_from(body(
        &[HTML, ("content-encoding", "gzip, gzip")],
        &packed,
    )))
    .await;
    check_error(got, "too-large", false, "unpacked");
}

// Kinds.

#[tokio::test]
async fn what_is_no_page_is_refused_before_it_is_read() {
    let declared = endless(
        "HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\n\r\n",
        vec![0xFF; 4_096],
        Duration::ZERO,
    );
    check_error(
        soon(fetch_from(declared)).await,
        "not-html",
        false,
        "is an image, not a web page",
    );
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n%PDF-1.7\n";
    let undeclared = endless(head, vec![b'x'; 1_024], Duration::from_millis(5));
    check_error(
        soon(fetch_from(undeclared)).await,
        "not-html",
        false,
        "is a PDF file, not a web page",
    );
    let zip = [b"PK\x03\x04".as_slice(), &[0; 50]].concat();
    check_error(
        fetch_from(body(&[], &zip)).await,
        "not-html",
        false,
        "a ZIP archive",
    );
    check_error(
        fetch_from(body(&[], &[0, 1, 2, 3, 255])).await,
        "not-html",
        false,
        "is binary data",
    );
}

#[tokio::test]
async fn a_page_without_content_type_is_known_by_its_bytes() {
    let page = fetch_from(body(&[], STORY.as_bytes())).await.unwrap();
    assert_eq!((page.content_type, page.body.len()), (None, STORY.len()));
    check_body(
        fetch_from(body(
            &[("content-type", "application/octet-stream")],
            STORY.as_bytes(),
        ))
        .await,
        STORY.as_bytes(),
    );
    check_body(
        fetch_from(body(&[("content-type", "application/rss+xml")], b"<rss/>")).await,
        b"<rss/>",
    );
}

#[tokio::test]
async fn a_wrong_charset_is_left_to_the_decoder() {
    let cyrillic = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2];
    let page = fetch_from(body(&[HTML], &cyrillic)).await.unwrap();
    assert_eq!(page.body, cyrillic);
}

#[tokio::test]
async fn a_packed_image_is_known_once_unpacked() {
    let packed = pack(b"\x89PNG\r\n\x1A\n\0\0\0\0", Packed::Gzip).await;
    let got = fetch_from(body(&[HTML, ("content-encoding", "gzip")], &packed)).await;
    check_error(got, "not-html", false, "is an image");
}

// Broken connections and tries.

#[tokio::test]
async fn a_body_shorter_than_stated_is_tried_again() {
    let cut_off =
        raw("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 500\r\n\r\n<p>half");
    check_error(
        fetch_from(cut_off.clone()).await,
        "interrupted",
        true,
        "broke off its answer",
    );
    check_body(
        fetch_from(in_turn([cut_off, page(STORY)])).await,
        STORY.as_bytes(),
    );
    let chunked = raw(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<p>ha",
    );
    check_body(
        fetch_from(in_turn([chunked, page(STORY)])).await,
        STORY.as_bytes(),
    );
}

#[tokio::test]
async fn a_chunked_page_is_read_whole() {
    let chunked = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n3\r\n<p>\r\n4;x=y\r\nline\r\n0\r\n\r\n";
    check_body(fetch_from(raw(chunked)).await, b"<p>line");
}

#[tokio::test]
async fn a_reset_is_tried_again() {
    let resets = [
        reset_after(""),
        reset_after("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n<p>"),
        page(STORY),
    ];
    check_body(fetch_from(in_turn(resets)).await, STORY.as_bytes());
    check_error(
        fetch_from(reset_after("")).await,
        "interrupted",
        true,
        "broke off its answer",
    );
}

#[tokio::test]
async fn slips_in_headers_that_browsers_forgive_are_forgiven() {
    for slip in [
        "x-folded: a\r\n b",
        "no colon here",
        "x-spaced : a",
        "x-bad\u{1}name: a",
    ] {
        let bytes = format!(
            "HTTP/1.1 200 OK\r\n{slip}\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<p>"
        );
        check_body(fetch_from(raw(bytes)).await, b"<p>");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_refused() {
    check_error(
        fetch_from(raw("SSH-2.0-OpenSSH_9.6\r\n")).await,
        "protocol",
        false,
        "is not sound HTTP",
    );
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
    check_body(
        fetch_from(in_turn([status(503, &[]), status(502, &[]), page(STORY)])).await,
        STORY.as_bytes(),
    );
}

#[tokio::test]
async fn new_tries_wait_longer_each_time() {
    let server = Server::start([("/a", status(500, &[]))]).await;
    let options = Options {
        backoff_ms: 40.try_into().unwrap(),
        ..quick()
    };
    fetch_with(&options, &server.url("/a")).await.unwrap_err();
    let at: Vec<Instant> = server
        .pages_asked()
        .iter()
        .map(|request| request.at)
        .collect();
    assert!(
        at[1] - at[0] >= Duration::from_millis(20),
        "half of the first pause at least"
    );
    assert!(
        at[2] - at[1] >= Duration::from_millis(40),
        "half of the second pause at least"
    );
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    for code in [429, 503] {
        let server = Server::start([(
            "/a",
            in_turn([status(code, &[("retry-after", "1")]), page(STORY)]),
        )])
        .await;
        check_body(
            soon(fetch_with(&quick(), &server.url("/a"))).await,
            STORY.as_bytes(),
        );
        let asked = server.pages_asked();
        assert!(
            asked[1].at - asked[0].at >= Duration::from_millis(990),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_longer_retry_after_is_told_and_nobody_bothers_the_host_again() {
    for wait in [
        "3600",
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "99999999999999999999",
    ] {
        let server = Server::start([
            ("/a", status(429, &[("retry-after", wait)])),
            ("/b", page(STORY)),
        ])
        .await;
        let fetcher = Fetcher::new(&quick()).unwrap();
        let got = soon(fetcher.fetch(&server.url("/a"))).await;
        check_error(
            got,
            "come-back-later",
            true,
            "answered 429 and is not to be asked again before ",
        );
        let got = soon(fetcher.fetch(&server.url("/b"))).await;
        check_error(
            got,
            "come-back-later",
            true,
            "/b answered 429 and is not to be asked again before ",
        );
        assert_eq!(server.pages_asked().len(), 1);
    }
}

#[tokio::test]
async fn a_block_holds_for_all_pages_of_the_host() {
    let server = Server::start([
        (
            "/a",
            in_turn([status(503, &[("retry-after", "1")]), page(STORY)]),
        ),
        ("/b", page(STORY)),
        ("/c", page(STORY)),
    ])
    .await;
    let options = Options {
        per_host_concurrency: 1.try_into().unwrap(),
        ..quick()
    };
    let fetcher = Fetcher::new(&options).unwrap();
    let urls = ["/a", "/b", "/c"].map(|path| server.url(path));
    let pages: Vec<_> = soon(fetcher.fetch_all(urls).collect()).await;
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    let asked = server.pages_asked();
    assert_eq!(asked[0].target, "/a");
    for later in &asked[1..] {
        assert!(
            later.at - asked[0].at >= Duration::from_millis(990),
            "{}",
            later.target
        );
    }
}

// Many pages.

#[tokio::test]
async fn results_come_in_the_order_of_the_urls_and_failures_stop_nothing() {
    // Answers neither until both are here: fetched one after the other, they would wait forever.
    let both = Arc::new(Barrier::new(2));
    let slow = handler(move |_, mut stream| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            stream.write_all(&answer(200, &[HTML], b"<p>slow")).await
        }
    });
    let server = Server::start([
        ("/slow", slow),
        ("/gone", status(404, &[])),
        ("/quick", page("<p>quick")),
    ])
    .await;
    let fetcher = Fetcher::new(&Options {
        per_host_concurrency: 8.try_into().unwrap(),
        ..quick()
    })
    .unwrap();
    let urls = ["/slow", "/gone", "/quick", "/slow", "/quick"].map(|path| server.url(path));
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    let bodies: Vec<Option<String>> = pages
        .into_iter()
        .map(|page| Some(String::from_utf8(page.ok()?.body).unwrap()))
        .collect();
    let body = |text: &str| Some(text.to_owned());
    assert_eq!(
        bodies,
        [
            body("<p>slow"),
            None,
            body("<p>quick"),
            body("<p>slow"),
            body("<p>quick")
        ]
    );
}

#[tokio::test]
async fn pages_of_one_host_are_asked_for_one_after_the_other() {
    let server = Server::start([("/a", page(STORY))]).await;
    let options = Options {
        host_delay_ms: 100.try_into().unwrap(),
        ..quick()
    };
    let fetcher = Fetcher::new(&options).unwrap();
    let urls: Vec<Url> = (0..5).map(|n| server.url(&format!("/a?{n}"))).collect();
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    assert!(pages.iter().all(Result::is_ok));
    let mut at: Vec<Instant> = server
        .pages_asked()
        .iter()
        .map(|request| request.at)
        .collect();
    at.sort();
    // Four delays, less what the first may have lost on its way.
    assert!(at[4] - at[0] >= Duration::from_millis(300), "{at:?}");
}

#[tokio::test]
async fn at_most_so_many_pages_of_a_host_are_under_way() {
    let server = Server::start([("/a", late(Duration::from_millis(50), page(STORY)))]).await;
    let options = Options {
        per_host_concurrency: 2.try_into().unwrap(),
        ..quick()
    };
    let fetcher = Fetcher::new(&options).unwrap();
    let start = Instant::now();
    let pages: Vec<_> = fetcher
        .fetch_all((0..6).map(|n| server.url(&format!("/a?{n}"))))
        .collect()
        .await;
    assert!(pages.iter().all(Result::is_ok));
    assert!(start.elapsed() >= Duration::from_millis(150));
}

// robots.txt.

const FORBIDS: &str = "User-agent: *\nDisallow: /private\n";

#[tokio::test]
async fn robots_txt_is_asked_once_and_obeyed() {
    let server = Server::start([
        ("/robots.txt", page(FORBIDS)),
        ("/a", page(STORY)),
        ("/private", page(STORY)),
    ])
    .await;
    let fetcher = Fetcher::new(&obeying()).unwrap();
    let urls = ["/a", "/private", "/a?2", "/private?x"].map(|path| server.url(path));
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    let (host, port) = (
        server.url("/").host_str().unwrap().to_owned(),
        server.url("/").port().unwrap(),
    );
    let kinds: Vec<_> = pages
        .iter()
        .map(|page| page.as_ref().err().map(FetchError::kind))
        .collect();
    assert_eq!(kinds, [None, Some("disallowed"), None, Some("disallowed")]);
    let message = pages[3].as_ref().unwrap_err().to_string();
    assert_eq!(
        message,
        format!("robots.txt of {host}:{port} disallows /private?x")
    );
    assert!(
        pages[3]
            .as_ref()
            .unwrap_err()
            .hint()
            .unwrap()
            .contains("--ignore-robots")
    );
    assert_eq!(server.n_robots_asked(), 1);
    assert_eq!(server.pages_asked().len(), 2);
}

#[tokio::test]
async fn robots_txt_speaks_to_our_product_token() {
    let rules = "User-agent: copydesk\nDisallow: /a\n\nUser-agent: newsdesk\nDisallow: /b\n";
    let server = Server::start([
        ("/robots.txt", page(rules)),
        ("/a", page(STORY)),
        ("/b", page(STORY)),
    ])
    .await;
    check_error(
        fetch_with(&obeying(), &server.url("/a")).await,
        "disallowed",
        false,
        "/a",
    );
    check_body(
        fetch_with(&obeying(), &server.url("/b")).await,
        STORY.as_bytes(),
    );
    let other = Options {
        user_agent: "NewsDesk/2.0 (test)".to_owned().try_into().unwrap(),
        ..obeying()
    };
    check_body(
        fetch_with(&other, &server.url("/a")).await,
        STORY.as_bytes(),
    );
    check_error(
        fetch_with(&other, &server.url("/b")).await,
        "disallowed",
        false,
        "/b",
    );
}

#[tokio::test]
async fn robots_txt_is_not_asked_by_who_ignores_it() {
    let server = Server::start([
        ("/robots.txt", page("User-agent: *\nDisallow: /\n")),
        ("/a", page(STORY)),
    ])
    .await;
    check_body(
        fetch_with(&quick(), &server.url("/a")).await,
        STORY.as_bytes(),
    );
    assert_eq!(server.n_robots_asked(), 0);
}

#[tokio::test]
async fn a_missing_robots_txt_allows_all() {
    for code in [400, 401, 403, 404, 410] {
        let server = Server::start([("/robots.txt", status(code, &[])), ("/a", page(STORY))]).await;
        check_body(
            fetch_with(&obeying(), &server.url("/a")).await,
            STORY.as_bytes(),
        );
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
        let options = Options {
            retries_max: 1.try_into().unwrap(),
            robots: Robots::Obey,
            ..impatient(200, 400)
        };
        let fetcher = Fetcher::new(&options).unwrap();
        let error = soon(fetcher.fetch(&server.url("/a"))).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_transient()),
            ("robots-unreachable", true),
            "{n}: {error}"
        );
        assert!(
            error.to_string().contains("robots.txt of 127.0.0.1:")
                && error.to_string().contains("cannot be had"),
            "{error}"
        );
        assert!(error.source().is_some() && error.hint().unwrap().contains("--ignore-robots"));
        // The answer holds for the other pages of the site.
        let n_asked = server.n_robots_asked();
        soon(fetcher.fetch(&server.url("/b"))).await.unwrap_err();
        assert_eq!(
            (server.n_robots_asked(), server.pages_asked().len()),
            (n_asked, 0),
            "{n}"
        );
    }
}

#[tokio::test]
async fn a_robots_txt_that_fails_once_is_tried_again() {
    let rules = in_turn([status(503, &[]), page(FORBIDS)]);
    let server = Server::start([
        ("/robots.txt", rules),
        ("/a", page(STORY)),
        ("/private", page(STORY)),
    ])
    .await;
    check_body(
        fetch_with(&obeying(), &server.url("/a")).await,
        STORY.as_bytes(),
    );
    check_error(
        fetch_with(&obeying(), &server.url("/private")).await,
        "disallowed",
        false,
        "/private",
    );
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
        let server =
            Server::start([("/robots.txt", redirect(&to)), ("/private", page(STORY))]).await;
        let got = fetch_with(&obeying(), &server.url("/private")).await;
        match forbidden {
            true => check_error(got, "disallowed", false, "/private"),
            false => check_body(got, STORY.as_bytes()),
        }
    }
}

#[tokio::test]
async fn a_robots_txt_that_redirects_to_a_private_address_forbids_all() {
    let server = Server::start([
        ("/robots.txt", redirect("http://127.0.0.2/robots.txt")),
        ("/a", page(STORY)),
    ])
    .await;
    let error = fetch_with(&obeying(), &server.url("/a")).await.unwrap_err();
    assert_eq!(error.kind(), "robots-unreachable");
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("is not a public address")
    );
}

#[tokio::test]
async fn a_redirect_asks_the_robots_txt_of_its_host() {
    let strict = Server::start([("/robots.txt", page(FORBIDS)), ("/private", page(STORY))]).await;
    let to = strict.url("/private").to_string();
    let server = Server::start([("/a", redirect(&to))]).await;
    check_error(
        fetch_with(&obeying(), &server.url("/a")).await,
        "disallowed",
        false,
        "disallows /private",
    );
    assert_eq!(strict.pages_asked().len(), 0);
}

#[tokio::test]
async fn a_huge_robots_txt_is_read_as_far_as_the_rfc_asks() {
    let mut rules = format!("{FORBIDS}{}", "# filling\n".repeat(60_000));
    rules += "Disallow: /late\n";
    let server = Server::start([
        ("/robots.txt", page(&rules)),
        ("/private", page(STORY)),
        ("/late", page(STORY)),
    ])
    .await;
    let options = Options {
        wire_bytes_max: 1_000_000.try_into().unwrap(),
        body_bytes_max: 1_000_000.try_into().unwrap(),
        ..obeying()
    };
    let fetcher = Fetcher::new(&options).unwrap();
    check_error(
        fetcher.fetch(&server.url("/private")).await,
        "disallowed",
        false,
        "/private",
    );
    check_body(fetcher.fetch(&server.url("/late")).await, STORY.as_bytes());
}

#[tokio::test]
async fn the_crawl_delay_of_robots_txt_is_kept() {
    let rules = page("User-agent: *\nCrawl-delay: 0.3\n");
    let server = Server::start([("/robots.txt", rules), ("/a", page(STORY))]).await;
    let fetcher = Fetcher::new(&obeying()).unwrap();
    let pages: Vec<_> = fetcher
        .fetch_all((0..2).map(|n| server.url(&format!("/a?{n}"))))
        .collect()
        .await;
    assert!(pages.iter().all(Result::is_ok));
    let asked = server.pages_asked();
    assert!(asked[1].at.duration_since(asked[0].at) >= Duration::from_millis(150));
}
