//! Each bad input gives one clear message that names it and the way out, the right exit code, and the others' results.

use crate::program::{BODY, Desk, Run, gzip, page, records, warc_record};
use serde_json::{Value, json};

/// The message and the hint on stderr, which must be all there is.
#[track_caller]
fn check(run: &Run, code: i32, message: &str, hint: &str) {
    let (found, found_hint) = run.err.trim_end().split_once("\n\nhint: ").unwrap_or((&run.err, "none"));
    assert!(found.starts_with(&format!("error: {message}")), "{}", run.err);
    assert!(found_hint.contains(hint) && !found_hint.contains('\n'), "{}", run.err);
    assert_eq!(run.code, code, "{}", run.err);
}

/// Cleans the bad one between two good ones, which must come out whole.
#[track_caller]
fn clean_between(desk: &Desk, bad: &str) -> Run {
    desk.write("first.html", page("First")).write("last.html", page("Last"));
    let run = desk.run(&["clean", "first.html", bad, "last.html"]);
    assert_eq!(run.out, format!("First\n\n{BODY}\n---\n\nLast\n\n{BODY}"));
    run
}

#[test]
fn a_missing_file() {
    let run = clean_between(&Desk::new(), "nowhere.html");
    check(&run, 1, "there is no file or folder nowhere.html", "check the spelling");
    let run = Desk::new().run(&["clean", "https://news.example/story"]);
    check(
        &run,
        1,
        "there is no file or folder https://news.example/story",
        "copydesk fetch https://news.example/story",
    );
}

#[test]
fn a_binary() {
    let desk = Desk::new();
    let bytes: Vec<u8> =
        b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..4000_u32).map(|n| (n * 31 % 251) as u8)).collect();
    desk.write("photo.html", bytes);
    check(&clean_between(&desk, "photo.html"), 1, "photo.html: neither a web page nor text", "HTML, plain text");
}

#[test]
fn an_empty_file() {
    let desk = Desk::new();
    desk.write("empty.html", "");
    check(&clean_between(&desk, "empty.html"), 1, "empty.html is empty", "save the page again");
    desk.write("blank.html", " \n\t\n");
    check(&clean_between(&desk, "blank.html"), 1, "blank.html is empty", "save the page again");
}

#[test]
fn fifty_megabytes_of_one_line() {
    let desk = Desk::new();
    let line = "word ".repeat(10_000_000);
    desk.write("line.html", &line);
    check(&clean_between(&desk, "line.html"), 1, "line.html is over 33554432 bytes", "`input.page_bytes_max`");
    let record = json!({"id": 1, "html": "word ".repeat(300_000)}).to_string();
    let good = json!({"id": 2, "html": page("Ferry stays")}).to_string();
    desk.write("line.jsonl", format!("{record}\n{good}\n"));
    let run = desk.run(&["clean", "-f", "jsonl", "--set", "input.line_bytes_max=1000000", "line.jsonl"]);
    check(&run, 1, "line.jsonl, line 1 is over 1000000 bytes", "`input.line_bytes_max`");
    let out = records(&run.out);
    assert_eq!((&out[0]["error"]["kind"], &out[1]["headline"]), (&json!("tooLarge"), &json!("Ferry stays")));
}

#[test]
fn a_million_nested_tags() {
    let desk = Desk::new();
    let deep = "The council met on Tuesday night, and the deepest of its papers lay under a million others.";
    desk.write("nested.html", format!("{}<p>{deep}</p>", "<div>".repeat(1_000_000)));
    desk.write("first.html", page("First")).write("last.html", page("Last"));
    let run = desk.run(&["clean", "-f", "jsonl", "first.html", "nested.html", "last.html"]);
    let out = records(&run.out);
    assert_eq!([&out[0]["headline"], &out[2]["headline"]], ["First", "Last"]);
    assert_eq!(out[1]["text"], deep, "{}", out[1]);
}

#[test]
fn compressed_data_that_is_cut_off() {
    let desk = Desk::new();
    let whole = gzip(page("Ferry stays").as_bytes());
    desk.write("cut.html.gz", &whole[..whole.len() / 2]);
    check(&clean_between(&desk, "cut.html.gz"), 1, "cut.html.gz is not whole", "get the file again");
}

#[test]
fn a_bomb() {
    let desk = Desk::new();
    desk.write("bomb.html.gz", gzip(&vec![b'x'; 40 << 20]));
    check(&clean_between(&desk, "bomb.html.gz"), 1, "bomb.html.gz is over 33554432 bytes", "`input.page_bytes_max`");
}

#[test]
fn an_archive_that_is_cut_in_the_middle() {
    let desk = Desk::new();
    let records =
        ["https://news.example/1", "https://news.example/2"].map(|url| warc_record(url, &page("Ferry stays")));
    let archive = records.concat();
    desk.write("cut.warc", &archive[..archive.len() - 300]);
    let packed = records.map(|record| gzip(&record)).concat();
    desk.write("cut.warc.gz", &packed[..packed.len() - 200]);
    for name in ["cut.warc", "cut.warc.gz"] {
        let run = desk.run(&["clean", name]);
        check(&run, 1, &format!("{name} breaks off or is damaged in record 2"), "the records before it were read");
        assert_eq!(run.out, format!("Ferry stays\n\n{BODY}"));
    }
}

#[test]
fn invalid_json_on_line_seven() {
    let desk = Desk::new();
    let line = |n: u32| match n {
        7 => "{\"id\": 7, \"html\": \"<p>\n".to_owned(),
        n => format!("{}\n", json!({"id": n, "html": page("Ferry stays")})),
    };
    let run = desk.run_with(&["clean", "-f", "jsonl", "-"], (1..=9).map(line).collect::<String>().as_bytes());
    check(&run, 1, "-, line 7 is not a JSON object", "each line is one object");
    let out = records(&run.out);
    assert_eq!(out.len(), 9);
    assert_eq!(out[6]["error"]["kind"], "json");
    assert!(out[6]["error"]["message"].as_str().is_some_and(|message| message.contains("line 7")));
    assert!(out.iter().enumerate().all(|(at, record)| at == 6 || record["headline"] == "Ferry stays"));
}

#[test]
fn records_that_are_not_what_they_say() {
    let desk = Desk::new();
    let lines = [
        json!([1]),
        json!({"html": 1}),
        json!({"html": "<p>x", "url": "news.example/x"}),
        json!({"base64": "!!"}),
        json!({"path": "nowhere.html"}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let run = desk.run_with(&["clean", "-f", "jsonl", "--input", "jsonl", "-"], input.as_bytes());
    let kinds: Vec<Value> = records(&run.out).iter().map(|record| record["error"]["kind"].clone()).collect();
    assert_eq!((kinds, run.code), (["json", "record", "record", "record", "notFound"].map(Value::from).to_vec(), 1));
}

#[test]
fn a_folder_without_pages() {
    let desk = Desk::new();
    desk.write("nothing/style.css", "p { }");
    check(&clean_between(&desk, "nothing"), 1, "there are no pages in the folder nothing", "name a file itself");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.write("secret.html", page("Secret"));
    std::fs::set_permissions(desk.path("secret.html"), PermissionsExt::from_mode(0o000)).expect("it is ours");
    if std::fs::read(desk.path("secret.html")).is_ok() {
        // Whoever may read everything, such as root, is told nothing.
        return;
    }
    check(&clean_between(&desk, "secret.html"), 1, "cannot read secret.html: Permission denied", "you may read it");
}

#[test]
fn a_folder_where_a_file_is_wanted() {
    let desk = Desk::new();
    desk.write("in/a.html", page("Ferry stays"));
    check(&desk.run(&["repair", "in"]), 1, "cannot read in: ", "check that it is a file");
    check(&desk.run(&["decode", "in"]), 1, "cannot read in: ", "check that it is a file");
}

#[test]
fn an_address_without_a_scheme() {
    check(
        &Desk::new().run(&["fetch", "news.example/a"]),
        2,
        "`news.example/a` has no scheme",
        "https://news.example/a",
    );
    assert_eq!(Desk::new().run(&["clean", "--url", "news.example", "a.html"]).code, 2);
}

#[test]
fn a_host_that_is_not_there() {
    let run =
        Desk::new().run(&["fetch", "--set", "fetch.retries_max=0", "--ignore-robots", "https://nowhere.invalid/a"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""), "{}", run.err);
    assert!(run.err.starts_with("error: ") && run.err.contains("https://nowhere.invalid/a"), "{}", run.err);
}

#[test]
fn one_bad_address_among_several() {
    let run = Desk::new().run(&["fetch", "-f", "jsonl", "news.example/a", "http://127.0.0.1:9/"]);
    let out = records(&run.out);
    assert_eq!((out.len(), run.code), (2, 1), "{}", run.err);
    assert_eq!([&out[0]["url"], &out[1]["url"]], ["news.example/a", "http://127.0.0.1:9/"]);
    assert!(out.iter().all(|record| record["error"]["message"].is_string()));
}

#[test]
fn a_request_that_makes_no_sense() {
    for args in
        [&["clean", "--nonsense"][..], &["fetch"], &["clean", "-f", "pdf"], &["clean", "--fields", "nonsense"], &[]]
    {
        let run = Desk::new().run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}: {}", run.err);
    }
}

#[test]
fn an_output_that_cannot_be_written() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    let run = desk.run(&["clean", "a.html", "-o", "no/such/folder.txt"]);
    assert!(run.err.starts_with("error: cannot write no/such/folder.txt: "), "{}", run.err);
    assert_eq!(run.code, 3);
}
