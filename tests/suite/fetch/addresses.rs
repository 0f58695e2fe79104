//! Which hosts are connected to, and how.

use super::*;

#[tokio::test]
async fn private_addresses_are_refused_in_any_spelling() {
    let server = Server::start([("/a", page(STORY))]).await;
    let port = server.url("/").port().unwrap();
    let closed = Options { allow_private: vec!["10.0.0.0/8".parse().unwrap()], ..quick() };
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0", "localhost."] {
        for robots in [Robots::Obey, Robots::Ignore] {
            let url = Url::parse(&format!("http://{host}:{port}/a")).unwrap();
            let options = Options { robots, ..closed.clone() };
            let got = soon(fetch_with(&options, &url)).await;
            check_error(got, "private-address", false, "`fetch.allow_private` lists the networks allowed");
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
        ("/metadata", redirect("http://169.254.169.254/latest/meta-data/")),
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
    let options = Options { retries_max: 0.try_into().unwrap(), robots: Robots::Obey, ..quick() };
    let error = soon(fetch_with(&options, &url)).await.unwrap_err();
    // Without any name service the answer is that there was none.
    assert!(matches!(error.kind(), "no-such-host" | "resolve" | "timeout"), "{error}");
    assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
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
        assert_eq!((error.kind(), error.is_transient()), ("connect", true), "{error}");
        assert!(error.source().unwrap().to_string().contains("refused"), "{:?}", error.source());
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
        .envs([("http_proxy", proxy), ("HTTP_PROXY", proxy), ("all_proxy", proxy), ("ALL_PROXY", proxy)])
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
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
        // Closed only once the other side has gone: closing with its greeting unread would drop the answer.
        let mut greeting = Vec::new();
        stream.read_to_end(&mut greeting).await.or(Ok::<_, io::Error>(0))
    });
    check_error(soon(fetch_with(&quick(), &url)).await, "tls", false, "no secure connection to https://");
    plain.await.unwrap().unwrap();
}
