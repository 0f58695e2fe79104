//! Stories on several pages, and what pages of one site teach about each other.

use crate::program::{Desk, records};
use crate::server::{Handler, Server, page as serves};
use serde_json::{Value, json};

const PARTS: [&str; 3] = [
    "The old bridge over the Lind reopened on Monday after three years of repairs, the town said in a statement.",
    "The first to cross it was a dog named Otto, who had waited since the morning and paid no toll to anyone at all.",
    "On Tuesday the bridge was closed again, as the lamp in its middle was found to point the wrong way.",
];

/// One of three pages of a story.
fn part(number: usize) -> String {
    let links: String = (1..=3).map(|it| format!("<a href='/bridge?page={it}'>{it}</a> ")).collect();
    format!(
        "<title>Bridge reopens</title><article><h1>Bridge reopens</h1><p class=standfirst>Three years, two engineers and one \
         very long argument over a lamp.</p><p>{}</p></article><div class=pagination>Page {number} of 3 {links}</div>",
        PARTS[number - 1]
    )
}

fn whole() -> String {
    let lead = "Three years, two engineers and one very long argument over a lamp.";
    format!("Bridge reopens\n\n{lead}\n\n{}\n", PARTS.join("\n\n"))
}

fn line(url: &str, html: &str) -> String {
    json!({"url": url, "html": html}).to_string() + "\n"
}

#[test]
fn pages_that_are_given_are_joined_where_the_first_of_them_stood() {
    let desk = Desk::new();
    let of = |number: usize| line(&format!("https://a.example/bridge?page={number}"), &part(number));
    let other = line(
        "https://a.example/ferry",
        "<title>Ferry stays</title><p>The council voted to keep the old ferry, by five to four.",
    );
    let input = [of(2), other, of(3), of(1)].concat();
    let run = desk.run_with(&["clean", "--join-pages", "--stats", "-"], input.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with(&format!("{}\n---\n\nFerry stays\n", whole())), "{}", run.out);
    assert!(run.err.contains("\"inputs\":4"), "{}", run.err);
    let records = records(&desk.run_with(&["clean", "--join-pages", "-f", "jsonl", "-"], input.as_bytes()).out);
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["pagination"]["joined"], 3);
    assert_eq!(
        (&records[0]["url"], &records[0]["truncated"]),
        (&json!("https://a.example/bridge?page=1"), &Value::Null)
    );
    // One that is missing keeps nobody waiting.
    let run = desk.run_with(&["clean", "--join-pages", "-f", "jsonl", "-"], [of(1), of(3)].concat().as_bytes());
    let record: Value = serde_json::from_str(run.out.trim()).expect("one line");
    assert_eq!(record["pagination"]["joined"], 2);
}

#[test]
fn a_page_alone_says_that_it_is_one_of_several() {
    let desk = Desk::new();
    let run =
        desk.run_with(&["clean", "-f", "jsonl", "-"], line("https://a.example/bridge?page=2", &part(2)).as_bytes());
    let record = &records(&run.out)[0];
    let pages: Vec<String> = (1..=3).map(|it| format!("https://a.example/bridge?page={it}")).collect();
    let expected = json!({
        "page": 2, "of": 3, "next": pages[2], "previous": pages[0], "pages": pages, "single": null, "joined": 1
    });
    assert_eq!((&record["pagination"], &record["truncated"]), (&expected, &json!("continueReading")));
}

/// What `fetch --join-pages` gives of the first page, and how many pages it asked for.
async fn fetched<const N: usize>(routes: [(&'static str, Handler); N], more: &[&str]) -> (String, String, usize) {
    let server = Server::start(routes).await;
    let url = server.url("/bridge");
    let private = "fetch.allow_private=[\"127.0.0.0/8\"]";
    let args = ["fetch", "--join-pages", "--set", private, "--set", "fetch.host_delay_ms=0"];
    let args: Vec<String> = args.iter().chain(more).map(|it| (*it).to_owned()).chain([url.to_string()]).collect();
    let run =
        tokio::task::spawn_blocking(move || Desk::new().run(&args.iter().map(String::as_str).collect::<Vec<_>>()));
    let run = run.await.expect("the test's own code does not panic");
    (run.out, run.err, server.pages_asked().len())
}

/// The page of a story in files: `/bridge`, `/bridge/2`, `/bridge/3`.
fn step(number: usize, next: &str) -> Handler {
    serves(&format!(
        "<title>Bridge reopens</title><h1>Bridge reopens</h1><p>{}</p><a href=/bridge>1</a><a rel=next href={next}>Next</a>",
        PARTS[number - 1]
    ))
}

#[tokio::test]
async fn pages_are_fetched_one_after_the_other_until_they_repeat() {
    let routes =
        [("/bridge", step(1, "/bridge/2")), ("/bridge/2", step(2, "/bridge/3")), ("/bridge/3", step(3, "/bridge"))];
    let (out, err, n_asked) = fetched(routes, &[]).await;
    assert_eq!((out, err.as_str(), n_asked), (format!("Bridge reopens\n\n{}\n", PARTS.join("\n\n")), "", 3));
}

#[tokio::test]
async fn the_number_of_pages_is_bounded_and_a_missing_one_is_said() {
    let routes = || [("/bridge", step(1, "/bridge/2")), ("/bridge/2", step(2, "/bridge/3"))];
    let (out, _, n_asked) = fetched(routes(), &["--set", "fetch.join_pages_max=1"]).await;
    assert!(n_asked == 1 && !out.contains("Otto"), "{out}");
    let (out, err, n_asked) = fetched(routes(), &[]).await;
    assert!(n_asked == 3 && out.contains("Otto"), "{out}");
    assert!(err.contains("goes on in a page that is missing") && err.contains("404"), "{err}");
}

#[tokio::test]
async fn another_story_is_not_joined() {
    let other = "<title>Ferry late</title><h1>Ferry late</h1><p>The ferry was late again on Tuesday, its captain said, by a day.";
    let (out, err, _) = fetched([("/bridge", step(1, "/bridge/2")), ("/bridge/2", serves(other))], &[]).await;
    assert_eq!((out, err.as_str()), (format!("Bridge reopens\n\n{}\n", PARTS[0]), ""));
}

const NOTE: &str =
    "Our reporters are paid by nobody but our readers, and they write what they have seen with their own eyes.";

/// A story of its own, with a line that every story of the paper has.
fn with_note(topic: &str) -> String {
    let paragraph = |verb: &str| {
        format!("<p>The {topic} was {verb} on Monday, said the {topic}’s keeper, who has kept it for many years.</p>")
    };
    let body = ["painted", "measured", "weighed", "praised"].map(paragraph).concat();
    format!("<title>The {topic}</title><article><h1>The {topic}</h1>{body}<p>{NOTE}</p></article>")
}

#[test]
fn what_stands_on_all_pages_of_a_site_is_no_story() {
    let desk = Desk::new();
    for topic in ["bridge", "ferry", "mill"] {
        let html = format!("<link rel=canonical href=https://a.example/{topic}>{}", with_note(topic));
        desk.write(&format!("site/{topic}.html"), html);
    }
    let once = desk.run(&["clean", "site"]).out;
    assert_eq!(once.matches(NOTE).count(), 3);
    let twice = desk.run(&["clean", "--two-passes", "site"]);
    assert_eq!((twice.out.matches(NOTE).count(), twice.code), (0, 0), "{}", twice.out);
    assert_eq!(twice.out.matches("weighed").count(), 3);
    // A memory does the same for pages that come later, and one run after the other adds to it.
    assert_eq!(desk.run(&["clean", "--site-memory", "memory.json", "site"]).out, once);
    assert_eq!(desk.run(&["clean", "--site-memory", "memory.json", "site"]).out, twice.out);
    let late = format!("<link rel=canonical href=https://a.example/well>{}", with_note("well"));
    let run =
        desk.run_with(&["clean", "--dropped", "-f", "jsonl", "--site-memory", "memory.json", "-"], late.as_bytes());
    let record = &records(&run.out)[0];
    assert!(!record["text"].as_str().expect("text").contains(NOTE));
    let dropped = record["dropped"].as_array().expect("asked for");
    assert!(dropped.iter().any(|it| it["reason"] == "recurring" && it["text"] == NOTE), "{dropped:?}");
}

#[test]
fn a_memory_that_is_none_is_refused_and_standard_input_is_read_once() {
    let desk = Desk::new();
    desk.write("memory.json", "{}").write("a.html", with_note("bridge"));
    let run = desk.run(&["clean", "--site-memory", "memory.json", "a.html"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot read memory.json as a site memory"), "{}", run.err);
    assert_eq!(desk.read("memory.json"), "{}");
    assert_eq!(desk.run_with(&["clean", "--two-passes", "-"], b"x").code, 2);
}
