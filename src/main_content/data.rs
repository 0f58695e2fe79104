//! The body in a page's data, for pages that show it by script only: `__NEXT_DATA__`, Nuxt, Fusion and their like.
//!
//! Nobody's format is known here. Every string in the page's scripts that reads like prose counts for the key it stands
//! under; the key with the most prose holds the body: one long string (text or markup), or one string a paragraph.

use super::blocks::{self, Block, Blocks};
use super::rules::prose;
use crate::article::{BodyPart, PartKind};
use crate::dom::{self, Attr, Dom, Tag};
use std::collections::HashMap;

/// The body that a page's data holds: JSON-LD's where it is given and long, else the key with the most prose.
pub(super) fn body(dom: &Dom, article_body: Option<&str>) -> Option<Vec<BodyPart>> {
    let stated = article_body.map(parts_of).unwrap_or_default();
    let mut found = Found::default();
    for script in dom.elements(Tag::SCRIPT) {
        let is_ld = dom.attr(script, Attr::TYPE).is_some_and(|it| it.contains("ld+json"));
        for node in dom.descendants(script) {
            if !is_ld && dom.text(node).len() >= SCRIPT_BYTES_MIN {
                found.scan(dom.text(node), 0);
            }
        }
    }
    let found = found.best();
    let best = if n_prose(&found) > n_prose(&stated) { found } else { stated };
    (n_prose(&best) >= BODY_CHARS_MIN).then_some(best)
}

/// Strings of the scripts by the key they stand under, in order.
#[derive(Default)]
struct Found {
    keys: Vec<String>,
    by_key: HashMap<String, usize>,
    values: Vec<Vec<String>>,
    n_bytes: usize,
}

impl Found {
    /// Reads every string of a script, JSON or not: what stands in double quotes, and before a colon the key.
    fn scan(&mut self, script: &str, depth: usize) {
        let bytes = script.as_bytes();
        let (mut at, mut key) = (0, "");
        while let Some(start) = memchr::memchr(b'"', &bytes[at..]).map(|it| at + it + 1) {
            let mut end = start;
            while let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[end..]).map(|it| end + it) {
                end = next;
                if bytes[end] == b'"' {
                    break;
                }
                end = (end + 2).min(bytes.len());
            }
            if bytes.get(end) != Some(&b'"') {
                return;
            }
            at = end + 1;
            let raw = &script[start..end];
            let is_key = bytes[at..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
            if is_key {
                key = raw;
            } else if raw.len() >= STRING_BYTES_MIN && self.n_bytes < DATA_BYTES_MAX && self.values.len() < KEYS_MAX {
                self.n_bytes += raw.len();
                let Ok(value) = serde_json::from_str::<String>(&script[start - 1..=end]) else { continue };
                // Data written as a string inside data.
                if depth < DEPTH_MAX && value.matches("\":\"").take(4).count() > 3 {
                    self.scan(&value, depth + 1);
                } else {
                    self.add(key, value);
                }
            }
        }
    }

    fn add(&mut self, key: &str, value: String) {
        if key.len() > KEY_BYTES_MAX || !value.contains(char::is_alphabetic) || is_code(&value) {
            return;
        }
        let next = self.keys.len();
        let key_idx = *self.by_key.entry(key.to_owned()).or_insert(next);
        if key_idx == next {
            self.keys.push(key.to_owned());
            self.values.push(Vec::new());
        }
        let is_new = value.len() < PARAGRAPH_BYTES_MIN || !self.values[key_idx].contains(&value);
        if is_new && self.values[key_idx].len() < VALUES_MAX {
            self.values[key_idx].push(value);
        }
    }

    /// The parts under the best key. A key with one story after another gives its longest; one with a paragraph each gives all.
    fn best(&self) -> Vec<BodyPart> {
        let (mut best, mut n_best) = (Vec::new(), 0);
        for values in &self.values {
            // Paragraphs in strings of their own, with the short ones between them and right after: headings, a last line.
            let is_long = |it: &String| it.len() >= PARAGRAPH_BYTES_MIN;
            let Some(first) = values.iter().position(is_long) else { continue };
            let last = values.iter().rposition(is_long).unwrap_or(first);
            let is_sentence =
                |it: &&String| it.trim_end().ends_with(['.', '!', '?', '。', '”', '"']) && it.contains(' ');
            let n_after = values[last + 1..].iter().take_while(is_sentence).count();
            let each: Vec<Vec<BodyPart>> = values[first..=last + n_after].iter().map(|it| parts_of(it)).collect();
            let amounts: Vec<usize> = each.iter().map(|it| n_prose(it)).collect();
            let longest = (0..each.len()).max_by_key(|it| amounts[*it]).filter(|it| amounts[*it] >= STORY_CHARS_MIN);
            let n_candidate = longest.map_or_else(|| amounts.iter().sum(), |it| amounts[it]);
            if n_candidate > n_best {
                n_best = n_candidate;
                best = match longest {
                    Some(longest) => each[longest].clone(),
                    None => each.into_iter().flatten().collect(),
                };
            }
        }
        best
    }
}

/// Whether a string is addresses, names or code rather than text: a tenth of it signs that text does not use, or no space
/// in a long run of ASCII.
fn is_code(value: &str) -> bool {
    let is_markup = value.contains("</");
    let n_signs =
        value.bytes().filter(|b| matches!(b, b'{' | b'}' | b'[' | b']' | b'"' | b'\\' | b';' | b'=' | b'/')).count();
    (!is_markup && n_signs * 10 > value.len())
        || (value.len() >= PARAGRAPH_BYTES_MIN && value.is_ascii() && !value.contains(' '))
}

/// A string as parts: markup is parsed, text is cut at line ends.
fn parts_of(text: &str) -> Vec<BodyPart> {
    let is_markup = text.contains("</") || text.contains("<br") || text.contains("<p>");
    let part = |kind, level, text: &str| BodyPart {
        kind,
        level,
        role: None,
        marker: None,
        text: text.to_owned(),
        spans: Vec::new(),
        src: None,
    };
    if !is_markup {
        // A short line without a stop is a heading.
        let stops = ['.', '!', '?', ':', '。', '”', '"', ','];
        let is_heading = |it: &str| it.len() < PARAGRAPH_BYTES_MIN && !it.ends_with(stops);
        let lines = text.lines().map(crate::text::collapse).filter(|it| !it.is_empty());
        return lines
            .map(|it| match is_heading(&it) {
                true => part(PartKind::Heading, Some(2), &it),
                false => part(PartKind::Paragraph, None, &it),
            })
            .collect();
    }
    let dom = Dom::parse(text, &dom::Options::default());
    let Blocks { text, rows } = blocks::split(&dom);
    let is_kept = |row: &&Block| !row.hidden && row.link_density() < 0.7 && row.kind != PartKind::Caption;
    let level = |row: &Block| matches!(row.kind, PartKind::Heading | PartKind::ListItem).then_some(row.level);
    rows.iter().filter(is_kept).map(|row| part(row.kind, level(row), &text[row.range.clone()])).collect()
}

/// Characters of prose in parts, measured as for blocks.
pub(super) fn n_prose(parts: &[BodyPart]) -> usize {
    let prose_of = |part: &BodyPart| {
        let node = dom::NodeId::at(0);
        let mut block = Block::new(node, (node, node), 0..part.text.len(), part.kind, blocks::Gap::Element);
        blocks::count(&part.text, &mut block);
        prose(&block) as usize
    };
    parts.iter().map(prose_of).sum()
}

/// A script of fewer bytes holds no story.
const SCRIPT_BYTES_MIN: usize = 500;
/// A string of fewer bytes is no text at all.
const STRING_BYTES_MIN: usize = 3;
/// A string of fewer bytes is no paragraph, but may be a heading.
const PARAGRAPH_BYTES_MIN: usize = 60;
/// Keys whose strings are kept.
const KEYS_MAX: usize = 4096;
/// Strings of one key that are kept.
const VALUES_MAX: usize = 2000;
/// A key longer than this is text that happens to stand before a colon.
const KEY_BYTES_MAX: usize = 60;
/// Data inside data that is read.
const DEPTH_MAX: usize = 2;
/// Bytes of strings that are read from one page.
const DATA_BYTES_MAX: usize = 8 << 20;
/// Characters of prose that make a body.
const BODY_CHARS_MIN: usize = 150;
/// Characters of prose in one string that make it a story and not a paragraph: half the shortest news body of fundus-a.
const STORY_CHARS_MIN: usize = 600;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: Option<&[&str]>) {
        let dom = Dom::parse(html, &dom::Options::default());
        let parts = body(&dom, None);
        let texts = parts.as_ref().map(|it| it.iter().map(|part| part.text.as_str()).collect::<Vec<_>>());
        assert_eq!(texts.as_deref(), expected);
    }

    const ONE: &str =
        "The harbour of Lindmouth was closed on Monday after a crane fell into the water, the port authority said.";
    const TWO: &str = "Nobody was hurt, it added, and divers are expected to begin their work before the end of the week, weather permitting.";

    #[test]
    fn a_body_as_markup_in_one_string_is_found() {
        let data = format!(
            r#"{{"props":{{"title":"Crane","body":"<p>{ONE}</p>\n<h2>Divers<\/h2><p>{TWO}</p>","teaser":"x"}}}}"#
        );
        let html = format!("<script id=__NEXT_DATA__ type=application/json>{data}{}</script>", " ".repeat(500));
        check(&html, Some(&[ONE, "Divers", TWO]));
    }

    #[test]
    fn a_body_as_one_string_a_paragraph_is_found_also_inside_a_string() {
        let data =
            format!(r#"{{"elements":[{{"type":"text","content":"{ONE}"}},{{"type":"text","content":"{TWO}"}}]}}"#);
        check(&format!("<script>Fusion.globalContent={data};{}</script>", " ".repeat(500)), Some(&[ONE, TWO]));
        let inside = serde_json::to_string(&data).unwrap();
        check(&format!("<script>self.__next_f.push([1,{inside}]){}</script>", " ".repeat(500)), Some(&[ONE, TWO]));
    }

    #[test]
    fn a_page_without_prose_in_its_data_has_no_body() {
        check(&format!("<script>{{\"a\":\"{}\"}}</script>", "x".repeat(900)), None);
    }
}
