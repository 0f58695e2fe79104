//! `copydesk fetch`: addresses in, articles out.

use crate::program::{BODY, Desk, Run, page, records};
use crate::server::{Handler, Server, endless, late, page as serves, status};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

/// May ask the server on loopback, and need not wait between two pages.
const HERE: [&str; 4] = ["--set", "fetch.allow_private=[\"127.0.0.0/8\"]", "--set", "fetch.host_delay_ms=0"];

/// Runs the program while the server of this test goes on serving.
async fn run(desk: Desk, args: Vec<String>) -> (Desk, Run) {
    let running = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = HERE.into_iter().chain(args.iter().map(String::as_str)).collect();
        let run = desk.run(&args);
        (desk, run)
    });
    running.await.expect("the test's own code does not panic")
}

fn args(args: &[&str], urls: &[&str]) -> Vec<String> {
    args.iter().chain(urls).map(|arg| (*arg).to_owned()).collect()
}

fn story(headline: &str) -> Handler {
    serves(&page(headline))
}

#[tokio::test]
async fn a_page_becomes_an_article() {
    let server = Server::start([("/ferry", story("Ferry stays"))]).await;
    let url = server.url("/ferry");
    let (desk, told) = run(Desk::new(), args(&["fetch"], &[url.as_str()])).await;
    assert_eq!((told.out, told.err.as_str(), told.code), (format!("Ferry stays\n\n{BODY}"), "", 0));
    let (_, short) = run(desk, args(&["fetch", "-f", "jsonl"], &[url.as_str()])).await;
    let record = &records(&short.out)[0];
    assert_eq!((&record["url"], &record["http"]["status"]), (&Value::from(url.as_str()), &Value::from(200)));
}

#[tokio::test]
async fn results_keep_the_order_of_the_addresses_and_one_failure_stops_nothing() {
    let slow = late(Duration::from_millis(300), story("Slow"));
    let server = Server::start([("/slow", slow), ("/gone", status(410, &[])), ("/quick", story("Quick"))]).await;
    let urls = ["/slow", "/gone", "/quick"].map(|path| server.url(path));
    let (_, run) = run(Desk::new(), args(&["fetch", "-f", "jsonl"], &urls.each_ref().map(|url| url.as_str()))).await;
    let out = records(&run.out);
    assert_eq!([&out[0]["headline"], &out[2]["headline"]], ["Slow", "Quick"], "{}", run.err);
    assert_eq!([&out[1]["error"]["kind"], &out[1]["url"]], ["status", urls[1].as_str()]);
    assert!(run.err.starts_with(&format!("error: {} answered 410", urls[1])), "{}", run.err);
    assert_eq!(run.code, 1);
}

#[tokio::test]
async fn the_one_page_that_fails_is_the_worlds_failure() {
    let server = Server::start([]).await;
    let url = server.url("/nothing");
    let (_, run) = run(Desk::new(), args(&["fetch"], &[url.as_str()])).await;
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(run.err.starts_with(&format!("error: {url} answered 404\n\nhint: ")), "{}", run.err);
}

#[tokio::test]
async fn robots_txt_is_asked_unless_a_person_says_otherwise() {
    let rules = serves("User-agent: *\nDisallow: /private/\n");
    let server = Server::start([("/robots.txt", rules), ("/private/a", story("Ferry stays"))]).await;
    let url = server.url("/private/a");
    let (desk, refused) = run(Desk::new(), args(&["fetch"], &[url.as_str()])).await;
    assert_eq!((refused.code, server.pages_asked().len()), (3, 0));
    assert!(refused.err.contains("--ignore-robots"), "{}", refused.err);
    let (_, allowed) = run(desk, args(&["fetch", "--ignore-robots"], &[url.as_str()])).await;
    assert_eq!((allowed.code, server.pages_asked().len()), (0, 1), "{}", allowed.err);
}

#[tokio::test]
async fn a_proxy_is_asked_for_names_that_nobody_else_knows() {
    let server = Server::start([("http://herald.example/ferry", story("Ferry stays"))]).await;
    let proxy = format!("fetch.proxy={}", server.url(""));
    let through = |proxy: &str| args(&["fetch", "--set", proxy], &["http://herald.example/ferry"]);
    let (desk, told) = run(Desk::new(), through(&proxy)).await;
    assert_eq!((told.out, told.code), (format!("Ferry stays\n\n{BODY}"), 0), "{}", told.err);
    drop(server);
    let (_, told) = run(desk, through(&proxy.replace("//", "//ann:secret@"))).await;
    assert!(told.code == 3 && told.err.contains("through the proxy http://127.0.0.1"), "{}", told.err);
    assert!(!told.err.contains("secret"), "{}", told.err);
}

#[tokio::test]
async fn pages_are_kept_as_served_and_cleaned_to_the_same() {
    let server = Server::start([("/a/ferry", story("Ferry stays")), ("/b/ferry", story("Ferry goes"))]).await;
    let urls = ["/a/ferry", "/b/ferry"].map(|path| server.url(path));
    let fetch = ["fetch", "-f", "jsonl", "--save", "kept"];
    let (desk, fetched) = run(Desk::new(), args(&fetch, &urls.each_ref().map(|url| url.as_str()))).await;
    let host = server.url("/").host_str().expect("a host").to_owned();
    let names = ["-ferry-2.html", "-ferry-2.html.headers.json", "-ferry.html", "-ferry.html.headers.json"];
    assert_eq!(desk.list("kept"), names.map(|name| format!("{host}{name}")));
    assert_eq!(desk.read(&format!("kept/{host}-ferry.html")), page("Ferry stays"));
    let first = format!("kept/{host}-ferry.html");
    let second = format!("kept/{host}-ferry-2.html");
    let cleaned = desk.run(&["clean", "-f", "jsonl", &first, &second]);
    assert_eq!(cleaned.out, fetched.out);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_stopped_says_so() {
    let never = endless("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n", " ", Duration::from_millis(50));
    let server = Server::start([("/first", story("First")), ("/never", never)]).await;
    let urls = ["/first", "/never"].map(|path| server.url(path).to_string());
    let desk = Desk::new();
    let args: Vec<&str> = HERE.into_iter().chain(["fetch", "-f", "json", &urls[0], &urls[1]]).collect();
    let child = desk.command(&args).stdin(Stdio::null()).spawn().expect("the program is there");
    while server.pages_asked().len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stopped = tokio::task::spawn_blocking(move || {
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
        child.wait_with_output().expect("it ends")
    });
    let output = stopped.await.expect("the test's own code does not panic");
    let out: Value = serde_json::from_slice(&output.stdout).expect("what was begun is ended");
    assert_eq!((&out[0]["headline"], output.status.code()), (&Value::from("First"), Some(130)));
    assert!(String::from_utf8_lossy(&output.stderr).contains("stopped after 1 of 2"), "{output:?}");
}
