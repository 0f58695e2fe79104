//! The guard cases of mojibake repair: `html-samples/mojibake.toml`.

use copydesk::mojibake::{Hints, Options, Plan, apply, repair, suspicious, undo};
use encoding_rs::Encoding;
use proptest::prelude::*;
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

/// Sentences of a news desk's day; written for these tests.
const SENTENCES: [&str; 10] = [
    "The mayor said: “It’s open — for now.” Nobody asked about the £3 toll.",
    "Der Bürgermeister erklärte, die Brücke über den Fluß werde im März geöffnet.",
    "Le ministère a annoncé que « les travaux » dureraient jusqu’à l’été.",
    "La línea de tranvía llegará al barrio antes de otoño, según el último calendario.",
    "Starosta uvedl, že most přes řeku se otevře na jaře příštího roku.",
    "Belediye başkanı, köprünün yıl sonunda yeniden açılacağını söyledi.",
    "Мэр сообщил, что мост через реку откроют не раньше марта.",
    "Ο δήμαρχος δήλωσε ότι η γέφυρα θα ανοίξει ξανά την άνοιξη.",
    "市長は火曜日、橋の通行再開は来年の春になると述べた。",
    "قال رئيس البلدية إن الجسر سيفتح من جديد في الربيع.",
];
/// What UTF-8 is read as by mistake.
const WRONG: [&str; 8] = [
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "iso-8859-2",
    "macintosh",
    "ibm866",
];

/// A stretch of text as it looks when its UTF-8 is read as another encoding.
fn misread(text: &str, label: &str) -> String {
    let encoding = Encoding::for_label(label.as_bytes()).expect("a label of the standard");
    encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

/// How characters are lost on the way, after damage.
fn worn(text: &str, loss: usize) -> String {
    let is_c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    match loss {
        0 => text.replace('\u{a0}', " "),
        1 => text.replace(is_c1, ""),
        2 => text.replace(is_c1, "\u{fffd}"),
        3 => text.replace('\u{a0}', "&nbsp;"),
        _ => text.to_owned(),
    }
}

prop_compose! {
    /// Some lines, of each a stretch damaged some times over, and worn.
    fn damaged_text()(
        lines in prop::collection::vec(
            (0..SENTENCES.len(), 0..40_usize, 1..60_usize, prop::collection::vec(0..WRONG.len(), 0..4), 0..7_usize),
            1..4,
        )
    ) -> String {
        let mut text = String::new();
        for (sentence, start, length, layers, loss) in lines {
            let chars: Vec<char> = SENTENCES[sentence].chars().collect();
            let start = start.min(chars.len());
            let end = (start + length).min(chars.len());
            let mut stretch: String = chars[start..end].iter().collect();
            for layer in layers {
                stretch = misread(&stretch, WRONG[layer]);
            }
            text.extend(&chars[..start]);
            text.push_str(&worn(&stretch, loss));
            text.extend(&chars[end..]);
            text.push('\n');
        }
        text
    }
}

#[track_caller]
fn holds(text: &str) {
    let options = Options::default();
    let repaired = repair(text, &Hints::default(), &options);
    assert_eq!(repair(&repaired.text, &Hints::default(), &options).text, repaired.text, "repaired twice: {text:?}");
    assert!(repaired.text.len() <= 4 * text.len(), "{text:?} has grown");
    let plan = Plan::from(&repaired);
    assert_eq!(apply(&plan, text).as_deref(), Ok(&*repaired.text));
    assert_eq!(undo(&plan, &repaired.text).as_deref(), Ok(text));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_text_is_repaired_once(text in damaged_text()) {
        holds(&text);
    }

    #[test]
    fn any_text_is_repaired_once(text in "[ -~éÃâ€™Â\u{80}-\u{ff}\u{fffd}\n&;?]{0,80}") {
        holds(&text);
    }

    #[test]
    fn ascii_without_references_is_untouched(text in "[ -%'-~\n\t]{0,200}") {
        prop_assert_eq!(repair(&text, &Hints::default(), &Options::default()).text, text.as_str());
    }
}
