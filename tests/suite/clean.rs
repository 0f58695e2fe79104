//! `copydesk clean`: what goes in, what comes out, and in which order.

use crate::program::{BODY, Desk, Run, gzip, page, records, warc_record};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

#[track_caller]
fn check(run: &Run, out: &str) {
    assert_eq!((run.out.as_str(), run.err.as_str(), run.code), (out, "", 0));
}

fn headlines(out: &str) -> Vec<String> {
    records(out).iter().map(|record| record["headline"].as_str().unwrap_or("none").to_owned()).collect()
}

#[test]
fn a_record_with_an_empty_address_is_one_without() {
    let desk = Desk::new();
    desk.write("pages.jsonl", serde_json::json!({"html": page("Ferry stays"), "url": ""}).to_string());
    let run = desk.run(&["clean", "-f", "jsonl", "pages.jsonl"]);
    assert_eq!((run.code, headlines(&run.out)), (0, vec!["Ferry stays".to_owned()]), "{}", run.err);
}

#[test]
fn a_page_becomes_headline_blank_line_and_body() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    check(&desk.run(&["clean", "a.html"]), &format!("Ferry stays\n\n{BODY}"));
    check(&desk.run_with(&["clean", "-"], page("Ferry stays").as_bytes()), &format!("Ferry stays\n\n{BODY}"));
    check(&desk.run_with(&["clean"], page("Ferry stays").as_bytes()), &format!("Ferry stays\n\n{BODY}"));
}

#[test]
fn cleaning_what_was_cleaned_changes_nothing() {
    let desk = Desk::new();
    let clean = format!("Ferry stays\n\n{BODY}");
    desk.write("a.txt", &clean);
    check(&desk.run(&["clean", "a.txt"]), &clean);
    check(&desk.run(&["clean", "--input", "text", "a.txt"]), &clean);
}

#[test]
fn several_articles_are_kept_apart() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays")).write("b.html", page("Ferry goes"));
    let both = format!("Ferry stays\n\n{BODY}\n---\n\nFerry goes\n\n{BODY}");
    check(&desk.run(&["clean", "a.html", "b.html"]), &both);
    check(&desk.run(&["clean", "-o", "both.txt", "a.html", "b.html"]), "");
    assert_eq!(desk.read("both.txt"), both);
}

#[test]
fn markdown_has_headings_and_front_matter() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry “stays”: a vote"));
    let args = ["clean", "-f", "markdown", "--front-matter", "--url", "https://news.example/ferry", "a.html"];
    let out = desk.run(&args).out;
    let expected = "---\ntitle: \"Ferry “stays”: a vote\"\nurl: \"https://news.example/ferry\"\n";
    assert!(out.starts_with(expected), "{out}");
    assert!(out.contains("\n---\n\n# Ferry “stays”: a vote\n\n"), "{out}");
    assert!(out.contains("\n\n## A narrow vote\n\n"), "{out}");
}

#[test]
fn html_is_one_article_element() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry &lt;b>stays"));
    let out = desk.run(&["clean", "-f", "html", "a.html"]).out;
    assert!(out.starts_with("<!doctype html>\n<meta charset=\"utf-8\">\n<article lang=\"en\" dir=\"ltr\">\n"), "{out}");
    assert!(out.contains("<h1>Ferry &lt;b&gt;stays</h1>\n") && out.ends_with("</article>\n"), "{out}");
}

#[test]
fn json_is_an_object_for_one_page_and_an_array_for_several() {
    let desk = Desk::new();
    desk.write("in/a.html", page("Ferry stays")).write("in/b.html", page("Ferry goes"));
    let one: Value = serde_json::from_str(&desk.run(&["clean", "-f", "json", "in/a.html"]).out).expect("JSON");
    assert_eq!(one["schema"], "copydesk/article/1");
    let many: Value = serde_json::from_str(&desk.run(&["clean", "-f", "json", "in"]).out).expect("JSON");
    assert_eq!([&many[0]["headline"], &many[1]["headline"]], ["Ferry stays", "Ferry goes"]);
    let none: Value = serde_json::from_str(&desk.run(&["clean", "-f", "json", "--input", "jsonl"]).out).expect("JSON");
    assert_eq!(none, json!([]));
}

#[test]
fn fields_and_extras_are_as_asked() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    let out = desk.run(&["clean", "-f", "jsonl", "--fields", "headline,markdown,confidence", "a.html"]).out;
    let record = &records(&out)[0];
    let names: Vec<&String> = record.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["headline", "markdown", "confidence"]);
    let all = &records(&desk.run(&["clean", "-f", "jsonl", "--dropped", "a.html"]).out)[0];
    assert!(all["dropped"].is_array() && all["markdown"].is_null(), "{all}");
}

#[test]
fn a_folder_is_read_in_sorted_order() {
    let desk = Desk::new();
    desk.write("in/b.html", page("B"))
        .write("in/a/z.htm", page("A Z"))
        .write("in/a/b.html.gz", gzip(page("A B").as_bytes()));
    desk.write("in/c.txt", format!("C\n\n{BODY}")).write("in/.hidden.html", page("Hidden")).write("in/d.css", "p { }");
    let run = desk.run(&["clean", "-f", "jsonl", "in"]);
    assert_eq!((headlines(&run.out), run.code), (["A B", "A Z", "B", "C"].map(str::to_owned).to_vec(), 0));
}

#[test]
fn archives_are_read_with_and_without_gzip() {
    let desk = Desk::new();
    let one = warc_record("https://news.example/1", &page("One"));
    let two = warc_record("https://news.example/2", &page("Two"));
    desk.write("a.warc", [one.clone(), two.clone()].concat()).write("b.warc.gz", [gzip(&one), gzip(&two)].concat());
    for archive in ["a.warc", "b.warc.gz"] {
        let run = desk.run(&["clean", "-f", "jsonl", archive]);
        let found = records(&run.out);
        assert_eq!(headlines(&run.out), ["One", "Two"], "{archive}: {}", run.err);
        assert_eq!(found[1]["url"], "https://news.example/2");
        assert_eq!(found[1]["fetchedAt"], "2026-11-23T08:00:00Z");
    }
}

#[test]
fn one_line_in_gives_one_line_out_with_its_own_fields() {
    let desk = Desk::new();
    desk.write("page.html", page("From a path"));
    let base64 = "PHA+"; // <p>
    let lines = [
        json!({"id": 1, "url": "https://news.example/1", "html": page("From HTML"), "mark": {"deep": [1, 2]}}),
        json!({"id": 2, "path": desk.path("page.html"), "headline": "passed over"}),
        json!({"id": 3, "text": format!("From text\n\n{BODY}"), "contentType": "text/plain"}),
        json!({"id": 4, "base64": base64}),
        json!({"id": 5}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let run = desk.run_with(&["clean", "-f", "jsonl", "-"], input.as_bytes());
    let out = records(&run.out);
    assert_eq!(out.iter().map(|record| record["id"].as_u64()).collect::<Vec<_>>(), [1, 2, 3, 4, 5].map(Some));
    assert_eq!(headlines(&run.out)[..3], ["From HTML", "From a path", "From text"]);
    assert_eq!((&out[0]["mark"], &out[0]["html"]), (&json!({"deep": [1, 2]}), &Value::Null));
    assert_eq!(out[0]["text"].as_str(), Some(BODY.trim_end()));
    assert_eq!((&out[3]["error"]["kind"], &out[4]["error"]["kind"]), (&json!("empty"), &json!("record")));
    assert_eq!(run.code, 1);
}

#[test]
fn order_is_the_inputs_whatever_the_number_of_threads() {
    let desk = Desk::new();
    let line = |n: usize| {
        let body = if n.is_multiple_of(7) { page("Long").repeat(30) } else { page("Short") };
        format!("{}\n", json!({"id": n, "html": body}))
    };
    let input: String = (0..60).map(line).collect();
    let runs = ["1", "2", "8"].map(|jobs| desk.run_with(&["clean", "-f", "jsonl", "-j", jobs], input.as_bytes()).out);
    let ids: Vec<Option<u64>> = records(&runs[0]).iter().map(|record| record["id"].as_u64()).collect();
    assert_eq!(ids, (0..60).map(Some).collect::<Vec<_>>());
    assert!(runs[0] == runs[1] && runs[1] == runs[2], "the same bytes for any number of threads");
}

#[test]
fn a_line_is_answered_before_the_next_is_sent() {
    let desk = Desk::new();
    let mut child =
        desk.command(&["clean", "-f", "jsonl", "-"]).stdin(Stdio::piped()).spawn().expect("the program is there");
    let mut stdin = child.stdin.take().expect("piped");
    let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
    for id in 0..3 {
        writeln!(stdin, "{}", json!({"id": id, "html": page("Ferry stays")})).expect("it reads");
        stdin.flush().expect("it reads");
        let answer = answers.next().expect("an answer").expect("readable");
        assert_eq!(records(&answer)[0]["id"], id);
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_closed_pipe_is_success() {
    let desk = Desk::new();
    let input: String = (0..2000).map(|id| format!("{}\n", json!({"id": id, "html": page("Ferry stays")}))).collect();
    desk.write("many.jsonl", input);
    let mut child = desk
        .command(&["clean", "-f", "jsonl", "many.jsonl"])
        .stdin(Stdio::null())
        .spawn()
        .expect("the program is there");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut first).expect("a line");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_folder_out_has_a_file_for_each_article() {
    let desk = Desk::new();
    desk.write("in/a.html", page("Ferry stays")).write("in/b/a.html", page("Ferry goes"));
    check(&desk.run(&["clean", "in", "-o", "out/"]), "");
    assert_eq!(desk.list("out"), ["a.txt", "b-a.txt"]);
    assert_eq!(desk.read("out/b-a.txt"), format!("Ferry goes\n\n{BODY}"));
    let hostile = json!({"url": "https://news.example/..%2f..%2fescape", "html": page("Ferry stays")}).to_string();
    check(&desk.run_with(&["clean", "-f", "json", "-o", "json/"], format!("{hostile}\n").as_bytes()), "");
    assert_eq!(desk.list("json"), ["news.example-escape.json"]);
}

#[test]
fn no_input_is_written_over() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    let run = desk.run(&["clean", "a.html", "-o", "a.html"]);
    assert_eq!((run.code, desk.read("a.html")), (2, page("Ferry stays")));
    let run = desk.run(&["clean", "-f", "html", "a.html", "-o", "."]);
    assert_eq!((run.code, desk.read("a.html")), (1, page("Ferry stays")));
    assert!(run.err.contains("a.html is the page itself"), "{}", run.err);
    desk.write("in/a.html", page("Ferry stays"));
    assert_eq!(desk.run(&["clean", "in", "-o", "in"]).code, 2);
    assert_eq!(desk.run(&["clean", "in", "-o", "in/all.txt"]).code, 2);
    assert_eq!(desk.list("in"), ["a.html"]);
}

#[test]
fn a_page_that_holds_no_story_is_named_and_its_text_given_on_request() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays")).write("none.html", "<!doctype html><title>x</title><body></body>");
    let run = desk.run(&["clean", "none.html", "a.html"]);
    assert_eq!((run.code, run.out), (1, format!("Ferry stays\n\n{BODY}")));
    assert!(run.err.starts_with("error: none.html: ") && run.err.contains("\n\nhint: "), "{}", run.err);
    let run = desk.run(&["clean", "-f", "jsonl", "none.html", "a.html"]);
    assert_eq!((&records(&run.out)[0]["error"]["kind"], run.code), (&json!("empty"), 1));
    assert_eq!(desk.run(&["clean", "--any-type", "none.html"]).code, 0);
}

#[test]
fn what_is_selected_is_the_body() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    let (first, rest) = BODY.split_once("\n\n").expect("several paragraphs");
    let (heading, rest) = rest.split_once("\n\n").expect("several paragraphs");
    check(&desk.run(&["clean", "--select", "article", "a.html"]), &format!("Ferry stays\n\n{BODY}"));
    check(&desk.run(&["clean", "--select", "h2", "a.html"]), &format!("Ferry stays\n\n{heading}\n"));
    check(&desk.run(&["clean", "--drop", "h2", "a.html"]), &format!("Ferry stays\n\n{first}\n\n{rest}"));
    let args = ["clean", "--select", "footer, h2", "--drop", "footer a", "a.html"];
    let out = "Ferry stays\n\n## A narrow vote\n\nCopyright The Example. All rights reserved.\n";
    check(&desk.run(&args), &out.replace("## ", ""));
    let json = &records(&desk.run(&[&args[..], &["-f", "jsonl"]].concat()).out)[0];
    assert_eq!((&json["sources"]["body"], &json["confidence"]["body"]), (&json!("select"), &json!(1.0)));
    // What a page's settings say gives way to what is said for this run.
    desk.write("site.toml", "[extract]\nselect = [\"h2\"]\n");
    check(&desk.run(&["clean", "--config", "site.toml", "a.html"]), &format!("Ferry stays\n\n{heading}\n"));
    let (second, _) = rest.split_once("\n\n").expect("several paragraphs");
    let run = desk.run(&["clean", "--config", "site.toml", "--select", "h2+p", "--drop", "q", "a.html"]);
    check(&run, &format!("Ferry stays\n\n{second}\n"));
}

#[test]
fn selectors_that_mean_nothing_are_told() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    let run = desk.run(&["clean", "--select", "aside", "a.html"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("hint: nothing that the selectors mean"), "{}", run.err);
    let run = desk.run(&["clean", "--select", "p..x", "a.html"]);
    assert!(run.code == 2 && run.err.contains("'p..x' for '--select <CSS>'"), "{}", run.err);
    desk.write("site.toml", "[extract]\ndrop = [\"p\", \"p..x\"]\n");
    let run = desk.run(&["clean", "--config", "site.toml", "a.html"]);
    assert!(
        run.code == 2 && run.err.contains("site.toml, line 2") && run.err.contains("`p..x` is no CSS"),
        "{}",
        run.err
    );
}

#[test]
fn what_lay_beyond_a_bound_is_told_to_who_asks() {
    let desk = Desk::new();
    desk.write("a.html", "<div>".repeat(600) + &page("Ferry stays"));
    let run = desk.run(&["clean", "-v", "a.html"]);
    assert!(
        run.err.contains("a.html: beyond the bounds of extract.dom: ") && run.err.contains("elements flattened"),
        "{}",
        run.err
    );
    let wide = desk.run(&["clean", "-v", "--set", "extract.dom.depth_max=700", "a.html"]);
    assert!(!wide.err.contains("extract.dom"), "{}", wide.err);
    assert_eq!(desk.run(&["clean", "a.html"]).err, "");
}

#[test]
fn stats_are_one_line_of_json_at_the_end() {
    let desk = Desk::new();
    desk.write("a.html", page("Ferry stays"));
    let run = desk.run(&["clean", "--stats", "a.html", "nowhere.html"]);
    let stats: Value = serde_json::from_str(run.err.lines().last().expect("a line")).expect("JSON");
    assert_eq!([&stats["inputs"], &stats["articles"], &stats["failures"]], [2, 1, 1]);
    assert_eq!(stats["bytes"], page("Ferry stays").len());
    assert!(stats["wallSeconds"].as_f64() > Some(0.0) && stats["stages"]["work"]["cpuSeconds"].is_number(), "{stats}");
}

#[test]
fn quiet_and_color_are_honoured() {
    let desk = Desk::new();
    let run = desk.run(&["clean", "-q", "nowhere.html"]);
    assert_eq!((run.err.as_str(), run.code), ("", 1));
    assert!(desk.run(&["clean", "--color", "always", "nowhere.html"]).err.starts_with("\u{1b}[1;31merror:\u{1b}[0m "));
    assert!(desk.run(&["clean", "nowhere.html"]).err.starts_with("error: "));
}
