//! What settings ask for: proxies, rules and reservations, and a run that stays.

use super::{Trial, feed};
use crate::program::{Desk, page, records};
use crate::server::{Handler, Server, body, page as serves};
use crate::site::World;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads")
}

/// A feed with these links.
fn rss(links: &[&str]) -> Handler {
    let items: String = links.iter().map(|link| format!("<item><title>x</title><link>{link}</link></item>")).collect();
    let feed = format!("<rss version='2.0'><channel><title>x</title>{items}</channel></rss>");
    body(&[("content-type", "application/rss+xml")], feed.as_bytes())
}

#[test]
fn a_source_has_a_proxy_and_rules_of_its_own() {
    let runtime = threads();
    let story =
        page("Ferry stays").replace("<h2>", "<p class=infobox>The river is 90 metres wide at the pier.</p><h2>");
    let proxy = runtime.block_on(Server::start([
        ("http://herald.example/feed.xml", rss(&["http://herald.example/ferry", "http://10.0.0.1/inside"])),
        ("http://herald.example/ferry", serves(&story)),
    ]));
    let desk = Desk::new();
    let (address, dropped) = (proxy.url(""), "\"h2\", \".infobox\"");
    desk.write(
        "config.toml",
        format!(
            "[fetch]\nhost_delay_ms = 0\n[crawl]\nsince_days = 0\n[archive]\ndir = \"pages\"\n[source.herald]\n\
             feeds = [\"http://herald.example/feed.xml\"]\nproxy = \"{address}\"\ndrop = [{dropped}]\n"
        ),
    );
    let run = desk.run(&["crawl"]);
    // What the proxy would reach inside is not asked for by its address.
    assert!(run.code == 1 && run.err.contains("private-address"), "{}", run.err);
    let asked: Vec<String> = proxy.pages_asked().into_iter().map(|it| it.target).collect();
    let of_herald = |path: &str| format!("http://herald.example{path}");
    assert_eq!(asked, ["/robots.txt", "/feed.xml", "/ferry"].map(of_herald), "{}", run.err);
    let text = desk.run(&["export", "-f", "text"]).out;
    assert!(text.contains("Seven members") && !text.contains("A narrow vote") && !text.contains("90 metres"), "{text}");
    // The archive read again knows the source's rules, too.
    let run = desk.run(&["crawl", "--replay"]);
    assert!(run.err.contains("0 new, 0 changed, 1 unchanged"), "{}", run.err);
}

#[test]
fn what_is_reserved_is_noted_or_left() {
    let runtime = threads();
    let free = serves(&page("Ferry stays"));
    let headers = [("content-type", "text/html; charset=utf-8"), ("x-robots-tag", "noarchive")];
    let reserved = body(&headers, page("Ferry goes").as_bytes());
    let server = runtime.block_on(Server::start([
        ("/feed.xml", rss(&["/free", "/reserved"])),
        ("/free", free),
        ("/reserved", reserved),
    ]));
    for (wish, n_articles) in [("record", 2), ("obey", 1)] {
        let desk = Desk::new();
        desk.write(
            "config.toml",
            format!(
                "[fetch]\nallow_private = [\"127.0.0.0/8\"]\nhost_delay_ms = 0\n[crawl]\nsince_days = 0\n\
                 reservations = \"{wish}\"\n[source.herald]\nfeeds = [\"{}\"]\n",
                server.url("feed.xml")
            ),
        );
        let run = desk.run(&["crawl"]);
        let articles = records(&desk.run(&["export"]).out);
        assert_eq!(articles.len(), n_articles, "{wish}: {}", run.err);
        assert_eq!(run.err.contains("reserved"), wish == "obey", "{}", run.err);
    }
}

#[test]
#[cfg(unix)]
fn a_run_that_stays_gives_its_figures_and_ends_when_told() {
    let trial = Trial::new(World::new(41, 1, 3), feed);
    let mut child = trial.desk.command(&["crawl", "--watch", "--metrics", "127.0.0.1:0"]).spawn().expect("it is there");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let told = lines.find_map(|line| Some(line.split_once("figures at http://")?.1.to_owned())).expect("an address");
    let figures = || {
        let (address, path) = told.split_once('/').expect("a path");
        let mut stream = TcpStream::connect(address).expect("it listens");
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    };
    let wanted = "copydesk_articles_new_total{source=\"h0\"} 3\n";
    let is_done = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        figures().contains(wanted)
    });
    assert!(is_done, "{}", figures());
    // Nothing is due, and it stays all the same.
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(child.try_wait().expect("it is ours"), None);
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("a kill").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
