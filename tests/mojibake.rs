//! The guard cases of mojibake repair: `html-samples/mojibake.toml`.

use copydesk::mojibake::{Hints, Options, repair, suspicious};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guards {
    sound: Vec<String>,
    damaged: Vec<Case>,
    known_failure: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    damaged: String,
    whole: String,
}

fn guards() -> Guards {
    toml::from_str(include_str!("../html-samples/mojibake.toml")).expect("guard cases parse")
}

fn repaired(text: &str) -> String {
    let once = repair(text, &Hints::default(), &Options::default()).text.into_owned();
    assert_eq!(repair(&once, &Hints::default(), &Options::default()).text, once, "repaired twice: {text:?}");
    assert!(suspicious(text) || once == text, "the gate passes over {text:?}");
    once
}

#[test]
fn sound_text_is_never_touched() {
    let changed: Vec<(String, String)> =
        guards().sound.into_iter().map(|text| (repaired(&text), text)).filter(|(now, text)| now != text).collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

#[test]
fn damage_is_repaired() {
    let wrong: Vec<(String, String)> = guards()
        .damaged
        .into_iter()
        .map(|case| (repaired(&case.damaged), case.whole))
        .filter(|(now, whole)| now != whole)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn known_failures_still_fail() {
    let passing: Vec<String> = guards()
        .known_failure
        .into_iter()
        .filter(|case| repaired(&case.damaged) == case.whole)
        .map(|case| case.damaged)
        .collect();
    assert!(passing.is_empty(), "these pass now and belong under `damaged` or `sound`: {passing:#?}");
}
