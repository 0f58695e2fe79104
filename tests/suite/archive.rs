//! Archives: written by `fetch`, or by the library, and read by `clean`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use copydesk::archive::{Archive, Kept, Options, digest};
use copydesk::page::Exchange;

use crate::program::{BODY, Desk, gzip, page, records};
use crate::server::{Server, body, redirect};

fn exchange(path: &str, body: &[u8]) -> Exchange {
    Exchange {
        url: format!("https://news.example{path}").parse().expect("an address"),
        sent_at: "2026-11-23T08:00:00.25Z".parse().expect("a moment"),
        ip: Some("192.0.2.7".parse().expect("an address")),
        protocol: "HTTP/2.0",
        request: format!("GET {path} HTTP/1.1\r\nhost: news.example\r\n\r\n").into_bytes(),
        head: b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec(),
        body: body.to_vec(),
        is_cut: false,
    }
}

fn options(dir: &Path, file_bytes_max: u64) -> Options {
    Options { dir: dir.to_owned(), prefix: "news".to_owned(), file_bytes_max, user_agent: "copydesk/test".to_owned() }
}

fn open(dir: &Path) -> Archive {
    Archive::open(&options(dir, 1 << 30)).expect("it can be opened")
}

fn headlines(desk: &Desk, path: &str) -> Vec<String> {
    let run = desk.run(&["clean", "-f", "jsonl", path]);
    records(&run.out).iter().map(|it| it["headline"].as_str().unwrap_or_default().to_owned()).collect()
}

fn unpacked(path: &Path) -> String {
    let mut text = Vec::new();
    let file = std::fs::File::open(path).expect("an archive");
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(file), &mut text).expect("whole");
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn fetched_pages_are_archived_and_cleaned_to_the_same() {
    let html = [("content-type", "text/html; charset=utf-8")];
    let coded = [html[0], ("content-encoding", "gzip"), ("etag", "\"7\"")];
    let server = Server::start([
        ("/ferry", body(&coded, &gzip(page("Ferry stays").as_bytes()))),
        ("/copy", body(&coded, &gzip(page("Ferry stays").as_bytes()))),
        ("/bridge", body(&html, page("Bridge opens").as_bytes())),
        ("/moved", redirect("/bridge")),
    ])
    .await;
    let urls = ["/ferry", "/copy", "/moved"].map(|path| server.url(path).to_string());
    let running = tokio::task::spawn_blocking(move || {
        let desk = Desk::new();
        let settings = ["--set", "fetch.allow_private=[\"127.0.0.0/8\"]", "--set", "fetch.host_delay_ms=0"];
        let args =
            [&settings[..], &["fetch", "-f", "jsonl", "--archive", "kept"], &urls.each_ref().map(String::as_str)];
        let run = desk.run(&args.concat());
        (desk, run)
    });
    let (desk, fetched) = running.await.expect("it ends");
    assert_eq!(fetched.code, 0, "{}", fetched.err);
    let files = desk.list("kept");
    assert!(files.len() == 1 && files[0].starts_with("copydesk-20") && files[0].ends_with(".warc.gz"), "{files:?}");
    let archive = format!("kept/{}", files[0]);
    // The copy is a reference to the first.
    assert_eq!(headlines(&desk, &archive), ["Ferry stays", "Bridge opens"]);
    let cleaned = desk.run(&["clean", "--fields", "text", &archive]);
    assert!(cleaned.out.contains(BODY.lines().next().expect("lines")), "{}", cleaned.out);
    let raw = unpacked(&desk.path(&archive));
    let count = |words: &str| raw.matches(words).count();
    assert_eq!((count("WARC-Type: warcinfo"), count("WARC-Type: request")), (1, 4));
    assert_eq!((count("WARC-Type: response"), count("WARC-Type: revisit")), (3, 1));
    let record = &records(&fetched.out)[0];
    assert_eq!(record["http"]["etag"], "\"7\"");
    let again = &records(&desk.run(&["clean", "-f", "jsonl", &archive]).out)[0];
    assert_eq!((&again["http"]["etag"], &again["text"]), (&record["http"]["etag"], &record["text"]));
}

#[test]
fn a_record_is_found_by_its_place_and_says_what_it_is() {
    let desk = Desk::new();
    let mut archive = open(&desk.path("kept"));
    archive.write(&exchange("/first", b"<p>First"), None).expect("written");
    let kept = archive.write(&exchange("/second", page("Second").as_bytes()), None).expect("written");
    archive.sync().expect("synced");
    let whole = std::fs::read(desk.path("kept").join(&kept.file)).expect("there");
    let range = usize::try_from(kept.offset).expect("small")..usize::try_from(kept.offset + kept.bytes).expect("small");
    desk.write("one.warc.gz", &whole[range]);
    assert_eq!(headlines(&desk, "one.warc.gz"), ["Second"]);
    let text = unpacked(&desk.path("one.warc.gz"));
    let digest = digest(&exchange("/second", page("Second").as_bytes()));
    for line in [
        "WARC/1.1",
        "WARC-Type: response",
        &format!("WARC-Record-ID: <{}>", kept.id),
        "WARC-Date: 2026-11-23T08:00:00.250Z",
        "WARC-Target-URI: https://news.example/second",
        &format!("WARC-Payload-Digest: {digest}"),
        "WARC-Protocol: h2",
        "WARC-IP-Address: 192.0.2.7",
        "Content-Type: application/http;msgtype=response",
        "X-Crawler-transfer-encoding: chunked",
    ] {
        assert!(text.lines().any(|it| it == line), "no {line:?} in {text}");
    }
}

#[test]
fn the_same_payload_is_a_reference() {
    let desk = Desk::new();
    let mut archive = open(&desk.path("kept"));
    let first = archive.write(&exchange("/a", b"<p>Same"), None).expect("written");
    let again = archive.write(&exchange("/b", b"<p>Same"), Some(&first)).expect("written");
    let other = archive.write(&exchange("/c", b"<p>Other"), Some(&first)).expect("written");
    assert_eq!([&first, &again, &other].map(|kept| kept.is_revisit), [false, true, false]);
    let text = unpacked(&desk.path("kept").join(&first.file));
    let revisit = text.split("WARC/1.1").find(|it| it.contains("WARC-Type: revisit")).expect("one");
    for words in [
        "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        &format!("WARC-Refers-To: <{}>", first.id),
        "WARC-Refers-To-Target-URI: https://news.example/a",
        "WARC-Refers-To-Date: 2026-11-23T08:00:00.250Z",
    ] {
        assert!(revisit.contains(words), "no {words:?} in {revisit}");
    }
    assert!(!revisit.contains("Same"));
}

#[test]
fn a_file_that_is_full_is_followed_by_another() {
    let desk = Desk::new();
    let mut archive = Archive::open(&options(&desk.path("kept"), 2_000)).expect("opened");
    let kept: Vec<Kept> = (0..12)
        .map(|n| {
            archive.write(&exchange(&format!("/{n}"), page(&format!("Story {n}")).as_bytes()), None).expect("written")
        })
        .collect();
    let files = desk.list("kept");
    assert!(files.len() > 2 && kept.iter().all(|kept| files.contains(&kept.file)), "{files:?}");
    let found = headlines(&desk, "kept");
    assert_eq!(found, (0..12).map(|n| format!("Story {n}")).collect::<Vec<_>>());
}

#[test]
fn a_torn_end_is_cut_off_and_gone_on_from() {
    let desk = Desk::new();
    let kept = open(&desk.path("kept")).write(&exchange("/a", page("Whole").as_bytes()), None).expect("written");
    let path = desk.path("kept").join(&kept.file);
    let whole = std::fs::read(&path).expect("there");
    for n_torn in [1, 10, 30, 200] {
        let torn = &whole[kept.offset as usize..][..n_torn];
        OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(torn)).expect("written");
        let mut archive = open(&desk.path("kept"));
        let next = archive.write(&exchange("/b", page("Next").as_bytes()), None).expect("written");
        assert_eq!(next.file, kept.file);
        drop(archive);
        assert_eq!(headlines(&desk, "kept"), ["Whole", "Next"], "{n_torn}");
        std::fs::write(&path, &whole).expect("written");
    }
}

#[test]
fn two_programs_do_not_write_to_one_file() {
    let desk = Desk::new();
    let (mut one, mut other) = (open(&desk.path("kept")), open(&desk.path("kept")));
    let first = one.write(&exchange("/a", b"<p>A"), None).expect("written");
    let second = other.write(&exchange("/b", b"<p>B"), None).expect("written");
    let mut third = open(&desk.path("kept"));
    let third = third.write(&exchange("/c", b"<p>C"), None).expect("written");
    assert!(first.file != second.file && third.file != first.file && third.file != second.file);
}

/// Kills the program in the middle of its work, again and again; what it had written stays whole.
#[cfg(unix)]
#[tokio::test]
async fn a_program_that_is_killed_leaves_whole_records() {
    let html = [("content-type", "text/html; charset=utf-8")];
    let server = Server::start([("/a", body(&html, page("Ferry stays").as_bytes()))]).await;
    let urls: Vec<String> = (0..300).map(|n| server.url(&format!("/a?{n}")).to_string()).collect();
    let killing = tokio::task::spawn_blocking(move || {
        let desk = Desk::new();
        let settings = ["--set", "fetch.allow_private=[\"127.0.0.0/8\"]", "--set", "fetch.host_delay_ms=0"];
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let args = [&settings[..], &["fetch", "-f", "jsonl", "--archive", "kept"], &urls].concat();
        for wait_ms in [120, 200, 280, 90] {
            let mut child =
                desk.command(&args).stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program");
            std::thread::sleep(std::time::Duration::from_millis(wait_ms));
            child.kill().expect("it can be killed");
            child.wait().expect("it is gone");
        }
        // Opening cuts what is torn; then nothing may be damaged.
        let archive = Archive::open(&Options { prefix: "copydesk".to_owned(), ..options(&desk.path("kept"), 1 << 30) });
        drop(archive.expect("opened"));
        desk.run(&["clean", "-f", "jsonl", "kept"])
    });
    let run = killing.await.expect("it ends");
    assert!(!run.err.contains("damaged") && !run.err.contains("breaks off"), "{}", run.err);
    let records = records(&run.out);
    assert!(records.iter().all(|it| it["headline"] == "Ferry stays"), "{}", run.out);
}
