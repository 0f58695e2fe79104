//! `copydesk repair` and `copydesk decode`.

use crate::program::{Desk, records};
use serde_json::json;

const DAMAGED: &str = "It’s sound.\nâ€œDÃ©jÃ\u{a0} vuâ€\u{9d}, she said.\n";
const WHOLE: &str = "It’s sound.\n“Déjà vu”, she said.\n";

#[test]
fn text_is_repaired_and_nothing_else_touched() {
    let desk = Desk::new();
    let run = desk.run_with(&["repair"], DAMAGED.as_bytes());
    assert_eq!((run.out.as_str(), run.err.as_str(), run.code), (WHOLE, "", 0));
    let sound = "\u{feff}Straight \"quotes\",  two spaces\u{a0}and a tab\t.\r\n\r\nNo line feed at the end";
    assert_eq!(desk.run_with(&["repair", "-"], sound.as_bytes()).out, sound);
    assert_eq!(desk.run_with(&["repair"], b"").code, 0);
}

#[test]
fn repairs_are_explained_on_request() {
    let desk = Desk::new();
    desk.write("a.txt", DAMAGED);
    let run = desk.run(&["repair", "--explain", "a.txt"]);
    assert_eq!(run.out, WHOLE);
    assert!(run.err.lines().next().is_some_and(|line| line.starts_with("2:1 â€œ")), "{}", run.err);
    let run = desk.run(&["repair", "--dry-run", "a.txt"]);
    assert!(run.out.starts_with("2:1 â€œ") && run.err.is_empty(), "{run:?}");
}

#[test]
fn text_that_is_not_utf_8_is_decoded_first() {
    let run = Desk::new().run_with(&["repair"], b"Caf\xe9 na\xefve, d\xe9j\xe0 vu et cr\xe8me br\xfbl\xe9e\n");
    assert_eq!(run.out, "Café naïve, déjà vu et crème brûlée\n");
    assert!(run.err.contains("windows-1252"), "{}", run.err);
}

#[test]
fn lines_of_json_are_repaired_with_their_fields_kept() {
    let lines =
        [json!({"id": 1, "text": "donâ€™t", "mark": "â€™"}), json!({"id": 2, "text": "sound"}), json!({"id": 3})];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let run = Desk::new().run_with(&["repair", "-f", "jsonl", "--stats"], input.as_bytes());
    let out = records(&run.out);
    assert_eq!(out[0], json!({"id": 1, "text": "don’t", "mark": "â€™"}));
    assert_eq!(out[1], lines[1]);
    assert_eq!((&out[2]["error"]["kind"], run.code), (&json!("record"), 1));
    let seconds = run.err.lines().find_map(|line| line.strip_prefix("FIX_SECONDS ")).expect("seconds");
    assert!(seconds.parse::<f64>().is_ok_and(|seconds| seconds > 0.0), "{seconds}");
    let explained = Desk::new().run_with(&["repair", "-f", "jsonl", "--explain"], input.as_bytes());
    assert_eq!(records(&explained.out)[0]["repairs"][0]["to"], "’");
}

#[test]
fn a_plan_is_written_applied_and_undone() {
    let desk = Desk::new();
    // Over two windows, so that positions and lines go on from one to the next.
    let damaged = DAMAGED.repeat(40_000);
    let whole = WHOLE.repeat(40_000);
    desk.write("a.txt", &damaged);
    let run = desk.run(&["repair", "--explain", "--plan", "plan.jsonl", "a.txt"]);
    assert!(run.out == whole && run.code == 0, "{}", run.code);
    assert!(run.err.lines().last().is_some_and(|line| line.starts_with("80000:")), "{:?}", run.err.lines().last());
    assert!(desk.run(&["repair", "--apply", "plan.jsonl", "a.txt"]).out == whole);
    desk.write("b.txt", &whole);
    assert!(desk.run(&["repair", "--undo", "plan.jsonl", "b.txt"]).out == damaged);
    let run = desk.run(&["repair", "--undo", "plan.jsonl", "a.txt"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("the plan is not of a.txt"), "{}", run.err);
    assert_eq!(desk.run(&["repair", "--apply", "plan.jsonl", "--nbsp", "a.txt"]).code, 2);
}

#[test]
fn a_plan_of_records_is_what_explains_them() {
    let desk = Desk::new();
    let lines = [json!({"id": 1, "text": "sound"}), json!({"id": 2, "text": "donâ€™t"})];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    desk.write("a.jsonl", &input);
    let explained = desk.run(&["repair", "-f", "jsonl", "--explain", "a.jsonl"]).out;
    desk.write("plan.jsonl", &explained);
    let applied = desk.run(&["repair", "-f", "jsonl", "--apply", "plan.jsonl", "a.jsonl"]).out;
    assert_eq!(records(&applied)[1]["text"], "don’t");
    desk.write("b.jsonl", &applied);
    assert_eq!(desk.run(&["repair", "-f", "jsonl", "--undo", "plan.jsonl", "b.jsonl"]).out, input);
    assert_eq!(desk.run(&["repair", "-f", "jsonl", "--undo", "plan.jsonl", "a.jsonl"]).code, 1);
}

#[test]
fn hints_weigh_and_tidying_is_asked_for() {
    let desk = Desk::new();
    let text = "La Chine a annoncÚ".as_bytes();
    assert_eq!(desk.run_with(&["repair"], text).out, "La Chine a annoncÚ");
    assert_eq!(desk.run_with(&["repair", "--language", "fr"], text).out, "La Chine a annoncé");
    assert_eq!(desk.run_with(&["repair", "--tld", "fr"], text).out, "La Chine a annoncé");
    assert_eq!(desk.run_with(&["repair", "--declared", "macintosh"], "pol√≠tica".as_bytes()).out, "política");
    let untidy = "12\u{a0}000\u{200b} cafe\u{301}s\r\n";
    let check = |flag, tidy| assert_eq!(desk.run_with(&["repair", flag], untidy.as_bytes()).out, tidy);
    check("--nbsp", "12 000\u{200b} cafe\u{301}s\r\n");
    check("--zero-width", "12\u{a0}000 cafe\u{301}s\r\n");
    check("--line-ends", "12\u{a0}000\u{200b} cafe\u{301}s\n");
    check("--nfc", "12\u{a0}000\u{200b} cafés\r\n");
}

#[test]
fn bytes_are_decoded_and_the_evidence_shown() {
    let desk = Desk::new();
    desk.write("a.html", b"<meta charset=utf-8><p>na\xefve caf\xe9 cr\xe8me");
    let run = desk.run(&["decode", "--explain", "a.html"]);
    assert_eq!((run.out.as_str(), run.code), ("<meta charset=utf-8><p>naïve café crème", 0));
    assert!(run.err.starts_with("encoding: windows-1252\n"), "{}", run.err);
    assert!(run.err.contains("meta: UTF-8 (contradicted by the bytes)"), "{}", run.err);
    let json: serde_json::Value =
        serde_json::from_str(&desk.run(&["decode", "-f", "json", "a.html"]).out).expect("JSON");
    assert_eq!((&json["encoding"], &json["evidence"][0]["verdict"]), (&json!("windows-1252"), &json!("contradicted")));
}

#[test]
fn lines_of_bytes_are_decoded_with_their_fields_kept() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0. \xdd\xf2\xee \xed\xee\xe2\xee\xf1\xf2\xfc \xe4\xed\xff.",
    );
    let lines = [
        json!({"id": 1, "base64": "Y2Fm6SBjcuhtZSBicvts6WUgbmHvdmU=", "mark": [1]}),
        json!({"id": 2, "path": desk.path("a.txt"), "url": "https://news.example.ru/"}),
        json!({"id": 3, "base64": "%"}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let run = desk.run_with(&["decode", "-f", "jsonl"], input.as_bytes());
    let out = records(&run.out);
    assert_eq!((&out[0]["text"], &out[0]["mark"]), (&json!("café crème brûlée naïve"), &json!([1])));
    assert!(out[0]["evidence"].is_array() && out[0]["base64"].is_null(), "{}", out[0]);
    assert_eq!(
        (&out[1]["text"], &out[1]["encoding"]),
        (&json!("Привет, мир. Это новость дня."), &json!("windows-1251"))
    );
    assert_eq!((&out[2]["error"]["kind"], run.code), (&json!("record"), 1));
}
