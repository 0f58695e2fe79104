//! Where a script ends.
//!
//! Once, scripts were hidden from old browsers in comments, and `</script>` inside such a comment may not mean the end:
//! in `<!-- <script> </script> -->` it ends the inner one. Source: [HTML, script data states][html].
//!
//! [html]: https://html.spec.whatwg.org/multipage/parsing.html#script-data-state

use super::{CLASSES, ENDS_TAG_NAME, is_end_tag};
use memchr::{memchr, memchr2};

const SCRIPT: &[u8] = b"script";

/// The place of the end tag that ends the script which begins at `at`; the end of the page if there is none.
pub(super) fn end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found;
        if is_end_tag(&bytes[at..], SCRIPT) {
            return at;
        }
        if bytes[at..].starts_with(b"<!--") {
            // The two dashes may belong to the `-->` that follows.
            match hidden(bytes, at + 2) {
                Hidden::ScriptEnds(at) => return at,
                Hidden::CommentEnds(end) => at = end,
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

enum Hidden {
    ScriptEnds(usize),
    CommentEnds(usize),
}

/// The end of a comment inside a script, or of the script with it.
fn hidden(bytes: &[u8], mut at: usize) -> Hidden {
    let mut is_inside_inner_script = false;
    while let Some(found) = memchr2(b'-', b'<', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        if rest.starts_with(b"-->") {
            return Hidden::CommentEnds(at + 3);
        }
        if rest[0] == b'-' {
            at += 1;
            continue;
        }
        if !is_inside_inner_script && is_end_tag(rest, SCRIPT) {
            return Hidden::ScriptEnds(at);
        }
        let name_at = if is_inside_inner_script && rest.get(1) == Some(&b'/') { 2 } else { 1 };
        let is_tag = is_inside_inner_script == (name_at == 2);
        let letters = rest[name_at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let ends = rest.get(name_at + letters).is_some_and(|byte| CLASSES[*byte as usize] & ENDS_TAG_NAME != 0);
        if is_tag && ends && rest[name_at..name_at + letters].eq_ignore_ascii_case(SCRIPT) {
            is_inside_inner_script = !is_inside_inner_script;
        }
        at += name_at;
    }
    Hidden::ScriptEnds(bytes.len())
}
