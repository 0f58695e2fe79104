//! The data of a page's own scripts to claims, for pages that show author and date by script alone: `__NEXT_DATA__`, Nuxt and
//! their like.
//!
//! Nobody's format is known here, nor whether it is JSON: a key that speaks of the date or the author counts where its value
//! is one. A page's data may hold other stories too, and none at all: the key nearest to the headline is its story's, and data
//! without the headline is not read. Read only where nothing else gives the fact.

use super::{Claims, Field, Source, dates};
use crate::dom::{Dom, Kind, NodeId};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Scripts read in all, in bytes: data of pages is some 100 kB, a bundle of code more.
const BYTES_MAX: usize = 2 << 20;

/// Values of one field that are looked at.
const VALUES_MAX: usize = 64;

/// How far from the headline a key of its story stands, in bytes; the body may stand between.
const BYTES_FROM_HEADLINE_MAX: usize = 20_000;

/// Longest value, and how far behind its key an author's name begins, in bytes.
const VALUE_BYTES_MAX: usize = 64;
const NAME_BYTES_AFTER_MAX: usize = 300;

/// Keys as frameworks and systems name them, dates of publication first, then those of the last change, then authors.
const KEYS: [&str; 30] = [
    "datePublished",
    "publishedAt",
    "published_at",
    "publishDate",
    "publish_date",
    "publishedDate",
    "published_date",
    "publicationDate",
    "publication_date",
    "firstPublished",
    "first_published",
    "firstPublishDate",
    "first_publish_date",
    "displayDate",
    "display_date",
    "publishTime",
    "publishedTime",
    "pubDate",
    // Changes.
    "dateModified",
    "updatedAt",
    "updated_at",
    "modifiedAt",
    "modified_at",
    "lastModified",
    "last_modified",
    "last_updated_date",
    // Authors.
    "authors",
    "author",
    "byline",
    "writers",
];
const N_PUBLISHED_KEYS: usize = 18;
const N_DATE_KEYS: usize = 26;

static KEY_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(KEYS)
        .expect("a few short words make an automaton")
});

/// A value of a key, and where it stands.
struct Found {
    field: Field,
    at: usize,
    value: String,
}

/// Adds what scripts claim of the fields that nothing else in the page claims.
pub(super) fn read(dom: &Dom, scripts: &[NodeId], claims: &mut Claims) {
    // A text with a year in it may be of anything, and a user's name is no byline.
    let lacks = |field| claims.of(field).all(|it| matches!(it.source, Source::Text | Source::Poster));
    let (no_date, no_author) = (lacks(Field::DatePublished), lacks(Field::Author));
    if !no_date && !no_author {
        return;
    }
    let Some(headline) = claims.titles.first().map(|it| it.text.clone()) else { return };
    let mut n_bytes = 0;
    for text in scripts.iter().flat_map(|it| dom.children(*it)).filter(|it| dom.kind(*it) == Kind::Text) {
        let text = dom.text(text);
        n_bytes += text.len();
        if n_bytes > BYTES_MAX {
            return;
        }
        let Some(at) = text.find(headline.as_str()) else { continue };
        let found = values(text);
        for (field, wanted) in
            [(Field::DatePublished, no_date), (Field::DateModified, no_date), (Field::Author, no_author)]
        {
            if wanted && claims.of(field).all(|it| it.source != Source::State) {
                for value in of_story(&found, field, at) {
                    claims.add(field, Source::State, value);
                }
            }
        }
    }
}

/// The values of a field under the key nearest to the headline.
fn of_story(found: &[Found], field: Field, headline: usize) -> Vec<&str> {
    let of_field = || found.iter().filter(|it| it.field == field);
    let nearest = of_field().min_by_key(|it| it.at.abs_diff(headline));
    let nearest = nearest.filter(|it| it.at.abs_diff(headline) <= BYTES_FROM_HEADLINE_MAX);
    nearest.map_or(Vec::new(), |key| of_field().filter(|it| it.at == key.at).map(|it| it.value.as_str()).collect())
}

/// Every value of a key, in order; several where a key holds several names.
fn values(script: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for key in KEY_WORDS.find_iter(script) {
        if found.len() == VALUES_MAX {
            break;
        }
        let is_whole = !script[..key.start()].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let Some(rest) = after_colon(&script[key.end()..]).filter(|_| is_whole) else { continue };
        let at = key.start();
        let pattern = key.pattern().as_usize();
        if pattern < N_DATE_KEYS {
            let field = if pattern < N_PUBLISHED_KEYS { Field::DatePublished } else { Field::DateModified };
            let value = string(rest).or_else(|| number(rest)).filter(|it| dates::parse(it).is_some());
            found.extend(value.map(|it| Found { field, at, value: it.to_owned() }));
        } else {
            found.extend(names(rest).into_iter().map(|value| Found { field: Field::Author, at, value }));
        }
    }
    found
}

/// What stands behind a key's colon: `":`, `:`, `\":`.
fn after_colon(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['"', '\\', '\'']);
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

/// A string at the head of a text, in quotes that may be escaped; none with escapes in it.
fn string(text: &str) -> Option<&str> {
    let inner = text.trim_start_matches('\\').strip_prefix(['"', '\''])?;
    let end = inner.find(['"', '\'', '\\', '\n'])?;
    Some(&inner[..end]).filter(|it| !it.is_empty() && it.len() <= VALUE_BYTES_MAX && !inner[end..].starts_with("\\u"))
}

/// A number of seconds or milliseconds at the head of a text.
fn number(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    Some(&text[..end]).filter(|it| matches!(it.len(), 10 | 13))
}

/// The names behind an author's key: a string, or the names of one object or of the objects of a list.
fn names(text: &str) -> Vec<String> {
    if let Some(name) = string(text) {
        return vec![name.to_owned()];
    }
    let close = match text.as_bytes().first() {
        Some(b'{') => '}',
        Some(b'[') => ']',
        _ => return Vec::new(),
    };
    let mut end = text.len().min(NAME_BYTES_AFTER_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let inner = &text[..end];
    let inner = inner.find(close).map_or(inner, |it| &inner[..it]);
    let keys = inner.match_indices("name").filter(|(at, _)| !inner[..*at].ends_with(|c: char| c.is_alphanumeric()));
    let names = keys.filter_map(|(at, key)| string(after_colon(&inner[at + key.len()..])?));
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, headline: &str, expected: &[(Field, &str)]) {
        let found = values(script);
        let at = script.find(headline).expect("the headline is in the script");
        let fields = [Field::DatePublished, Field::DateModified, Field::Author];
        let read: Vec<(Field, &str)> =
            fields.iter().flat_map(|it| of_story(&found, *it, at).into_iter().map(|value| (*it, value))).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn json_objects_and_bare_keys_are_read() {
        check(
            r#"{"headline": "Ferry", "authors": [{"name": "Freja Holm", "role": "Reporter"}], "publishedAt": "2023-10-19T05:15:00Z", "updatedAt": "2023-10-19"}"#,
            "Ferry",
            &[
                (Field::DatePublished, "2023-10-19T05:15:00Z"),
                (Field::DateModified, "2023-10-19"),
                (Field::Author, "Freja Holm"),
            ],
        );
        check(
            r#"{id:1,title:b,publishedAt:"2023-05-04T06:30:00+02:00",authors:[{name:"Anouk Verhaegen"},{name:"Bram Vos"}]}"#,
            "title",
            &[
                (Field::DatePublished, "2023-05-04T06:30:00+02:00"),
                (Field::Author, "Anouk Verhaegen"),
                (Field::Author, "Bram Vos"),
            ],
        );
        check(
            r#"push([1,"{\"title\":\"Ferry\",\"pubDate\":1697692500,\"author\":\"Freja Holm\"}"])"#,
            "Ferry",
            &[(Field::DatePublished, "1697692500"), (Field::Author, "Freja Holm")],
        );
    }

    #[test]
    fn of_several_stories_the_one_by_the_headline_is_read() {
        let list = r#"[{"title":"Owls","pubDate":"2020-01-01"},{"title":"Ferry","pubDate":"2021-02-02"},{"title":"Ash","pubDate":"2022-03-03"}]"#;
        check(list, "Ferry", &[(Field::DatePublished, "2021-02-02")]);
    }

    #[test]
    fn what_is_no_value_is_passed_over() {
        check(r#"{"author": null, "publishedAt": "soon", "co_author": "A B"}"#, "soon", &[]);
        check(r#"author:function(e){return e.name}"#, "name", &[]);
    }
}
