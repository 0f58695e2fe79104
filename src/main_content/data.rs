//! The body in a page's data, for pages that show it by script only: `__NEXT_DATA__`, Nuxt, Fusion and their like.
//!
//! Nobody's format is known here. Every string in the page's scripts that reads like prose counts for the key it stands
//! under; the key with the most prose holds the body: one long string (text or markup), or one string a paragraph.

use super::blocks::{self, Block, Blocks};
use super::marks;
use super::rules::prose;
use crate::article::{BodyPart, PartKind};
use crate::dom::{self, Attr, Dom, Tag};
use crate::text::fold;
use std::collections::HashMap;

/// The body that a page's data holds: JSON-LD's where it is given and long, else the candidate with the most prose, and of
/// several stories the one that stands near to the page's own headline.
pub(super) fn body(dom: &Dom, article_body: Option<&str>, headlines: &[&str]) -> Option<Vec<BodyPart>> {
    let stated = article_body.map(parts_of).unwrap_or_default();
    let headlines: Vec<String> =
        headlines.iter().map(|it| fold(it)).filter(|it| it.len() >= HEADLINE_BYTES_MIN).collect();
    let mut found = Found { headlines, ..Found::default() };
    for node in dom.nodes() {
        if dom.is(node, Tag::SCRIPT) {
            let is_ld = dom.attr(node, Attr::TYPE).is_some_and(|it| it.contains("ld+json"));
            for text in dom.children(node).map(|it| dom.text(it)) {
                if !is_ld && text.len() >= SCRIPT_BYTES_MIN {
                    found.scan(text, 0);
                }
            }
        } else {
            // Frameworks that hand their data over in an attribute.
            for (_, value) in dom.attrs(node) {
                if value.len() >= SCRIPT_BYTES_MIN && value.trim_start().starts_with(['{', '[']) {
                    found.scan(value, 0);
                }
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
    /// What the page's headline may be, folded.
    headlines: Vec<String>,
    by_key: HashMap<String, usize>,
    values: Vec<Vec<Value>>,
    n_bytes: usize,
    /// Strings seen, and those of them that are the headline.
    n_strings: usize,
    headline_at: Vec<usize>,
}

/// A string under some key.
struct Value {
    text: String,
    /// How many strings stand before it.
    at: usize,
    /// Whether it goes on in the line of the value before: a stretch in bold, a link.
    goes_on: bool,
}

impl Found {
    /// Reads every string of a script, JSON or not: what stands in double quotes, and before a colon the key.
    fn scan(&mut self, script: &str, depth: usize) {
        let bytes = script.as_bytes();
        let (mut at, mut key) = (0, "");
        // How deep in brackets we are, and for the last value of each key how far out the way from it has led.
        let mut nesting = 0i32;
        let mut last: HashMap<&str, (i32, i32)> = HashMap::new();
        while let Some(start) = memchr::memchr(b'"', &bytes[at..]).map(|it| at + it + 1) {
            let mut outermost = nesting;
            for byte in &bytes[at..start] {
                match byte {
                    b'{' | b'[' => nesting += 1,
                    b'}' | b']' => nesting -= 1,
                    _ => {}
                }
                outermost = outermost.min(nesting);
            }
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
            for (_, (_, reached)) in last.iter_mut() {
                *reached = (*reached).min(outermost);
            }
            if is_key {
                key = raw;
                continue;
            }
            self.n_strings += 1;
            if raw.len() < STRING_BYTES_MIN || self.n_bytes >= DATA_BYTES_MAX || self.values.len() >= KEYS_MAX {
                continue;
            }
            self.n_bytes += raw.len();
            let Ok(value) = serde_json::from_str::<String>(&script[start - 1..=end]) else { continue };
            // Data written as a string inside data.
            if depth < DEPTH_MAX && value.matches("\":\"").take(4).count() > 3 {
                self.scan(&value, depth + 1);
                continue;
            }
            // A sibling in the same list: an object further, and no list in between.
            let is_sibling = last.get(key).is_some_and(|(its, reached)| *its == nesting && *reached == nesting - 1);
            if last.len() < KEYS_NEAR_MAX || last.contains_key(key) {
                last.insert(key, (nesting, nesting));
            }
            self.add(key, value, is_sibling);
        }
    }

    fn add(&mut self, key: &str, text: String, is_sibling: bool) {
        if text.len() < HEADLINE_BYTES_MAX && !self.headlines.is_empty() {
            let folded = fold(&text);
            if self.headlines.contains(&folded) {
                self.headline_at.push(self.n_strings);
            }
        }
        if key.len() > KEY_BYTES_MAX || !text.contains(char::is_alphabetic) || is_code(&text) {
            return;
        }
        let next = self.values.len();
        let key_idx = *self.by_key.entry(key.to_owned()).or_insert(next);
        if key_idx == next {
            self.values.push(Vec::new());
        }
        let values = &mut self.values[key_idx];
        let is_new = text.len() < PARAGRAPH_BYTES_MIN || !values.iter().any(|it| it.text == text);
        if is_new && values.len() < VALUES_MAX {
            let goes_on = is_sibling && values.last().is_some_and(|it| is_one_line(&it.text, &text));
            values.push(Value { text, at: self.n_strings, goes_on });
        }
    }

    /// The parts of the best candidate. A key with one story after another gives one of them; one with a paragraph each gives
    /// all that stand together.
    fn best(&self) -> Vec<BodyPart> {
        let (mut best, mut n_best) = (Vec::new(), 0);
        for values in &self.values {
            for values in values.chunk_by(|a, b| b.at - a.at <= STRINGS_BETWEEN_MAX) {
                let (parts, at) = candidate(values);
                let is_near = self.headline_at.iter().any(|it| it.abs_diff(at) <= HEADLINE_STRINGS_MAX);
                let n = n_prose(&parts) * if is_near { HEADLINE_TIMES } else { 1 };
                if n > n_best {
                    (best, n_best) = (parts, n);
                }
            }
        }
        best
    }
}

/// What strings that stand together under one key say, and where that begins: the longest if it is a story by itself, else
/// all of them, with the short ones between and right after: headings, a last line.
fn candidate(values: &[Value]) -> (Vec<BodyPart>, usize) {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for value in values {
        match lines.last_mut().filter(|_| value.goes_on) {
            Some((line, _)) => line.push_str(&value.text),
            None => lines.push((value.text.clone(), value.at)),
        }
    }
    let is_long = |it: &(String, usize)| it.0.len() >= PARAGRAPH_BYTES_MIN;
    let Some(first) = lines.iter().position(is_long) else { return (Vec::new(), 0) };
    let last = lines.iter().rposition(is_long).unwrap_or(first);
    let is_sentence =
        |it: &&(String, usize)| it.0.trim_end().ends_with(['.', '!', '?', '。', '”', '"']) && it.0.contains(' ');
    let n_after = lines[last + 1..].iter().take_while(is_sentence).count();
    let lines = &lines[first..=last + n_after];
    let each: Vec<Vec<BodyPart>> = lines.iter().map(|it| parts_of(&it.0)).collect();
    let amounts: Vec<usize> = each.iter().map(|it| n_prose(it)).collect();
    let longest = (0..each.len()).max_by_key(|it| amounts[*it]).filter(|it| amounts[*it] >= STORY_CHARS_MIN);
    match longest {
        Some(longest) => (each[longest].clone(), lines[longest].1),
        None => (each.into_iter().flatten().collect(), lines[0].1),
    }
}

/// Whether a string goes on in the line of the one before it in the same list: neither ends nor begins where a line does.
fn is_one_line(before: &str, after: &str) -> bool {
    let is_markup = |it: &str| it.contains("</");
    let begins = after.starts_with(|c: char| c.is_whitespace() || c.is_lowercase() || ",.;:!?)”’".contains(c));
    !is_markup(before) && !is_markup(after) && (before.ends_with(char::is_whitespace) || begins)
}

/// Whether a string is addresses, names or code rather than text: a tenth of it signs that text does not use, or no space
/// in a long run of ASCII, or blocks of statements, as in styles and scripts.
fn is_code(value: &str) -> bool {
    let is_markup = value.contains("</");
    if !is_markup && ['{', '}', ';'].iter().all(|it| value.contains(*it)) {
        return true;
    }
    let n_signs =
        value.bytes().filter(|b| matches!(b, b'{' | b'}' | b'[' | b']' | b'"' | b'\\' | b';' | b'=' | b'/')).count();
    (!is_markup && n_signs * 10 > value.len())
        || (value.len() >= PARAGRAPH_BYTES_MIN && value.is_ascii() && !value.contains(' '))
}

/// A string as parts: markup is parsed, text is cut at line ends.
fn parts_of(text: &str) -> Vec<BodyPart> {
    // Markup written as text inside text.
    let unescaped = text.contains("&lt;").then(|| {
        let dom = Dom::parse(text, &dom::Options::default());
        dom.text_content(dom.root())
    });
    let text = unescaped.as_deref().filter(|it| it.contains("</")).unwrap_or(text);
    let is_markup = text.contains("</") || text.contains("<br") || text.contains("<p>");
    let part = |kind, level, text: &str| BodyPart { level, ..BodyPart::new(kind, text) };
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
    let mut blocks = blocks::split(&dom);
    super::tell_captions(&dom, &mut blocks, &marks::marks(&dom, &[]));
    let Blocks { text, rows, .. } = blocks;
    let is_kept = |row: &&Block| {
        !row.hidden
            && row.link_density() < 0.7
            && row.kind != PartKind::Caption
            && !is_placeholder(&text[row.range.clone()])
    };
    let level = |row: &Block| matches!(row.kind, PartKind::Heading | PartKind::ListItem).then_some(row.level);
    rows.iter().filter(is_kept).map(|row| part(row.kind, level(row), &text[row.range.clone()])).collect()
}

/// Whether a line only says what is to be put there: `$$ARTICLEAD$$`, `{{advert}}`, `[[gallery:12]]`.
fn is_placeholder(line: &str) -> bool {
    let bytes = line.as_bytes();
    match bytes {
        [a @ (b'$' | b'{' | b'[' | b'%' | b'#'), b, .., c, d] => {
            a == b && c == d && !c.is_ascii_alphanumeric() && c.is_ascii_graphic() && !line.contains(' ')
        }
        _ => false,
    }
}

/// Characters of prose in parts, measured as for blocks.
pub(super) fn n_prose(parts: &[BodyPart]) -> usize {
    parts.iter().map(prose_of).sum()
}

/// Whether parts hold so many characters of prose; soon told of those that hold many more.
pub(super) fn has_prose(parts: &[BodyPart], n_min: usize) -> bool {
    let mut n = 0;
    parts.iter().any(|it| {
        n += prose_of(it);
        n >= n_min
    })
}

fn prose_of(part: &BodyPart) -> usize {
    let node = dom::NodeId::at(0);
    let mut block = Block::new(node, (node, node), 0..part.text.len(), part.kind, blocks::Gap::Element);
    blocks::count(&part.text, &mut block);
    prose(&block) as usize
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
/// Keys of which the last place is known at a time.
const KEYS_NEAR_MAX: usize = 64;
/// Strings of other keys between two of one story: the facts about a picture, the attributes of a paragraph.
const STRINGS_BETWEEN_MAX: usize = 60;
/// Strings between a story's headline and its body: authors, dates, pictures.
const HEADLINE_STRINGS_MAX: usize = 150;
/// How much more a story near the page's headline counts than one elsewhere.
const HEADLINE_TIMES: usize = 5;
/// Bytes of a headline: shorter ones are names of sections, longer ones texts.
const HEADLINE_BYTES_MIN: usize = 12;
const HEADLINE_BYTES_MAX: usize = 400;
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
        let parts = body(&dom, None, &["Crane falls into harbour"]);
        let texts = parts.as_ref().map(|it| it.iter().map(|part| part.text.as_str()).collect::<Vec<_>>());
        assert_eq!(texts.as_deref(), expected);
    }

    const ONE: &str =
        "The harbour of Lindmouth was closed on Monday after a crane fell into the water, the port authority said.";
    const TWO: &str = "Nobody was hurt, it added, and divers are expected to begin their work before the end of the week, weather permitting.";

    #[test]
    fn styles_and_scripts_are_code() {
        let style = ".box:has(a) { border-radius: 8px; overflow: hidden } @media (min-width: 1024px) { .box { height: 586px } }";
        assert!(is_code(style) && is_code("function(){ return document.createElement('script'); }"));
        assert!(!is_code(ONE) && !is_code(TWO));
    }

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
    fn captions_and_places_for_advertisements_are_no_text() {
        let body = format!("<div class=caption><p>{TWO}</p></div>$$ARTICLEAD$$<p>{ONE}</p>{{{{ad:3}}}}<p>{TWO}</p>");
        let html = format!("<script>{{\"body\":\"{body}\"}}{}</script>", " ".repeat(500));
        check(&html, Some(&[ONE, TWO]));
    }

    #[test]
    fn stretches_of_one_paragraph_are_joined() {
        let (head, tail) = ONE.split_at(30);
        let data = format!(
            r#"{{"blocks":[{{"children":[{{"text":"{head}"}},{{"marks":["b"],"text":"{tail}"}}]}},{{"children":[{{"text":"{TWO}"}}]}}]}}"#
        );
        check(&format!("<script>{data}{}</script>", " ".repeat(500)), Some(&[ONE, TWO]));
    }

    #[test]
    fn of_several_stories_the_one_with_the_headline_is_taken() {
        let story = |headline: &str, body: &str| {
            let facts = (0..200).map(|it| format!("\"a{it}\":\"xyz\"")).collect::<Vec<_>>().join(",");
            format!("{{\"title\":\"{headline}\",\"body\":\"{body}\",{facts}}}")
        };
        let long = format!("{} Another thing happened elsewhere.", TWO.repeat(2));
        let all = [
            story("Ferry late", &long),
            story("Crane falls into harbour", &format!("{ONE} {ONE}")),
            story("Mill", &long),
        ];
        check(&format!("<script>[{}]</script>", all.join(",")), Some(&[&format!("{ONE} {ONE}")]));
    }

    #[test]
    fn a_body_in_an_attribute_or_escaped_is_found() {
        let data = format!(r#"{{"page":{{"html":"&lt;p&gt;{ONE}&lt;/p&gt;&lt;p&gt;{TWO}&lt;/p&gt;"}}}}"#)
            .replace('&', "&amp;");
        let html = format!("<div id=app data-page='{data}{}'></div>", " ".repeat(500));
        check(&html, Some(&[ONE, TWO]));
    }

    #[test]
    fn a_page_without_prose_in_its_data_has_no_body() {
        check(&format!("<script>{{\"a\":\"{}\"}}</script>", "x".repeat(900)), None);
    }
}
