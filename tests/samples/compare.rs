//! What an article's JSON gives against what is wanted of it, and the difference for a person to read.

use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value, json};

/// Lines a diff compares before it gives up on lining them up: beyond that the table of the two grows too large.
const LINES_MAX: usize = 2_000;

/// Unchanged lines shown around a change.
const CONTEXT_LINES: usize = 1;

/// The value reduced to what `wanted` speaks of: objects to its keys; the objects of a list to the keys of any item there
/// of the same `type`, or of any item at all for a type that is not there.
///
/// Nulls inside objects are left out, as a key that is null says as much as none, and so are objects of a list that have
/// none of the keys: clean-ups that are only counted, where repairs are wanted by what they repaired.
pub(super) fn projected(given: &Value, wanted: &Value) -> Value {
    match (given, wanted) {
        (Value::Object(given), Value::Object(wanted)) => {
            let known =
                wanted.iter().filter_map(|(key, wanted)| Some((key.clone(), projected(given.get(key)?, wanted))));
            Value::Object(known.filter(|(_, value)| !value.is_null()).collect())
        }
        (Value::Array(given), Value::Array(wanted)) => {
            // Captions belong to the pictures: they are compared only where some are wanted.
            let has_captions = wanted.iter().any(|item| item["type"] == "caption");
            let compared = given.iter().filter(|item| has_captions || item["type"] != "caption");
            let items = compared.map(|item| projected(item, &shape_of(&item["type"], wanted)));
            Value::Array(items.filter(|item| item.as_object().is_none_or(|it| !it.is_empty())).collect())
        }
        _ => given.clone(),
    }
}

/// All keys of the objects in a list that are of a type; `null` for a list of anything else.
fn shape_of(kind: &Value, items: &[Value]) -> Value {
    let known = items.iter().any(|item| item["type"] == *kind);
    let alike = items.iter().filter(|item| !known || item["type"] == *kind);
    let mut shape = Map::new();
    for (key, value) in alike.filter_map(Value::as_object).flatten() {
        shape.entry(key.clone()).or_insert_with(|| value.clone());
    }
    if shape.is_empty() { Value::Null } else { Value::Object(shape) }
}

/// What differs between what is given and wanted under a key; `None` where nothing does.
pub(super) fn differences(key: &str, given: &Value, wanted: &Value) -> Option<String> {
    let (given, wanted) = (projected(given, wanted), projected(wanted, wanted));
    (given != wanted).then(|| format!("{key}: wanted (-), given (+)\n{}", diff(&lines(&wanted), &lines(&given))))
}

/// A value as lines that can be told apart: those of a text, or one for each item of a list.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split('\n').map(str::to_owned).collect(),
        Value::Array(items) => items.iter().map(line).collect(),
        Value::Object(object) => {
            let of_key = |(key, value): (&String, &Value)| match value {
                Value::Array(items) => items.iter().map(|item| format!("{key}: {}", line(item))).collect(),
                _ => vec![format!("{key}: {}", line(value))],
            };
            object.iter().flat_map(of_key).collect()
        }
        _ => vec![value.to_string()],
    }
}

/// An object as its values after one another, the text last.
fn line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(object) => {
            let (last, first): (Vec<_>, Vec<_>) = object.iter().partition(|(key, _)| *key == "text");
            let values = first.into_iter().chain(last).map(|(key, value)| match value {
                Value::String(text) if key == "text" => format!("| {text}"),
                Value::String(text) => text.clone(),
                _ => format!("{key} {value}"),
            });
            values.collect::<Vec<_>>().join(" ")
        }
        _ => value.to_string(),
    }
}

/// The lines of both, those in common unmarked, by a longest common subsequence.
fn diff(wanted: &[String], given: &[String]) -> String {
    let (wanted, given) = (&wanted[..wanted.len().min(LINES_MAX)], &given[..given.len().min(LINES_MAX)]);
    let width = given.len() + 1;
    let mut common = vec![0_u32; (wanted.len() + 1) * width];
    for i in (0..wanted.len()).rev() {
        for j in (0..given.len()).rev() {
            common[i * width + j] = match wanted[i] == given[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut rows: Vec<(char, &str)> = Vec::new();
    while i < wanted.len() || j < given.len() {
        if i < wanted.len() && j < given.len() && wanted[i] == given[j] {
            rows.push((' ', &wanted[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == given.len() || i < wanted.len() && common[(i + 1) * width + j] >= common[i * width + j + 1] {
            rows.push(('-', &wanted[i]));
            i += 1;
        } else {
            rows.push(('+', &given[j]));
            j += 1;
        }
    }
    let near = |at: usize| {
        let around = &rows[at.saturating_sub(CONTEXT_LINES)..(at + CONTEXT_LINES + 1).min(rows.len())];
        around.iter().any(|(mark, _)| *mark != ' ')
    };
    let mut text = String::new();
    for (at, (mark, row)) in rows.iter().enumerate() {
        if near(at) {
            text.push_str(&format!("  {mark} {row}\n"));
        } else if at == 0 || near(at - 1) {
            text.push_str("    …\n");
        }
    }
    text
}

/// That the comparison itself finds what it should: this runner has no `#[test]` of its own.
pub(super) fn trials() -> Vec<Trial> {
    let check = |name: &str, given: Value, wanted: Value, differs: Option<&'static str>| {
        Trial::test(format!("compare: {name}"), move || {
            let found = differences("key", &given, &wanted);
            let wanted = differs.map(|rows| format!("key: wanted (-), given (+)\n{rows}"));
            if found == wanted { Ok(()) } else { Err(Failed::from(format!("{found:?}, not {wanted:?}"))) }
        })
    };
    let block = |kind: &str, text: &str| json!({"type": kind, "text": text, "src": {"node": 1}, "level": 2});
    vec![
        check(
            "objects are compared by the keys that are wanted",
            json!([block("heading", "A"), block("paragraph", "B")]),
            json!([{"type": "heading", "text": "A"}, {"text": "B", "type": "paragraph"}]),
            None,
        ),
        check(
            "a key of one item is compared in all of its type",
            json!([{"type": "h", "text": "A", "level": 2}, {"type": "h", "text": "B", "level": 3}, {"type": "l", "level": 1}]),
            json!([{"type": "h", "text": "A", "level": 2}, {"type": "h", "text": "B"}, {"type": "l"}]),
            Some("    h level 2 | A\n  - h | B\n  + h level 3 | B\n    l\n"),
        ),
        check(
            "captions are passed over where none is wanted",
            json!([block("caption", "A"), block("paragraph", "B")]),
            json!([{"type": "paragraph", "text": "B"}]),
            None,
        ),
        check(
            "an item without any of the keys is passed over",
            json!([{"kind": "nbsp", "count": 2}, {"kind": "mojibake", "from": "A", "to": "B"}]),
            json!([{"from": "A", "to": "B"}]),
            None,
        ),
        check(
            "a missing block is shown between its neighbours",
            json!([block("paragraph", "A"), block("paragraph", "B"), block("paragraph", "D"), block("paragraph", "E")]),
            json!([{"text": "A"}, {"text": "B"}, {"text": "C"}, {"text": "D"}, {"text": "E"}]),
            Some("    …\n    | B\n  - | C\n    | D\n    …\n"),
        ),
        check(
            "comments are compared one by one",
            json!({"count": 2, "items": [{"author": "A", "text": "B"}, {"author": "C", "text": "D"}]}),
            json!({"count": 2, "items": [{"author": "A", "text": "B"}, {"author": "C", "text": "E"}]}),
            Some("    …\n    items: A | B\n  - items: C | E\n  + items: C | D\n"),
        ),
        check("null is as good as missing", json!({"name": "A"}), json!({"name": "A", "url": null}), None),
        check("an empty list is not a missing one", json!([{"name": "A"}]), json!([]), Some("  + A\n")),
        check("texts are compared line by line", json!("A\n\nC"), json!("A\n\nB"), Some("    …\n    \n  - B\n  + C\n")),
        check("blank lines count", json!("A\nB"), json!("A\n\nB"), Some("    A\n  - \n    B\n")),
    ]
}
