//! Pages that show their text by script and give it to everybody else in `<noscript>`: forums above all.
//!
//! The standard makes the contents of `<noscript>` one text where scripts run, and so does our tree. Where that text holds
//! the page's prose and the rest of the page does not, the page is read again as if there were no scripts.

use super::blocks::{self, Blocks};
use crate::dom::{Dom, Options, Tag};

/// The page with the tags of its fullest `<noscript>` blanked out, so that every byte keeps its place; `None` where the page
/// holds its prose itself, as nearly all do.
///
/// `html` is what `dom` was made from.
pub(super) fn shown(html: &str, dom: &Dom) -> Option<String> {
    let hidden = dom.elements(Tag::NOSCRIPT).map(|node| (dom.text_content(node), node));
    let (text, node) = hidden.filter(|(text, _)| text.len() >= TEXT_BYTES_MIN).max_by_key(|(text, _)| text.len())?;
    let inside = n_prose_chars(&blocks::split(&Dom::parse(&text, &Options::default())));
    if inside < PROSE_CHARS_MIN || inside < TIMES * n_prose_chars(&blocks::split(dom)) {
        return None;
    }
    let start = dom.source(node)?;
    let open = start..start + html.get(start..)?.find('>')? + 1;
    let close =
        open.end + html.as_bytes()[open.end..].windows(CLOSE.len()).position(|it| it.eq_ignore_ascii_case(CLOSE))?;
    let mut shown = String::with_capacity(html.len());
    let mut at = 0;
    for tag in [open, close..close + CLOSE.len()] {
        shown.push_str(html.get(at..tag.start)?);
        shown.extend(std::iter::repeat_n(' ', tag.len()));
        at = tag.end;
    }
    shown.push_str(html.get(at..)?);
    Some(shown)
}

const CLOSE: &[u8] = b"</noscript>";
/// Shorter ones hold a counting pixel or a request to turn scripts on.
const TEXT_BYTES_MIN: usize = 500;
/// Characters of prose that are worth a second look.
const PROSE_CHARS_MIN: u32 = 200;
/// How many times the page's own prose there must be.
const TIMES: u32 = 2;

fn n_prose_chars(blocks: &Blocks) -> u32 {
    blocks.rows.iter().filter(|it| it.n_chars > 60 && it.link_density() < 0.3).map(|it| it.n_chars).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: Option<&str>) {
        assert_eq!(shown(html, &Dom::parse(html, &Options::default())).as_deref(), expected);
    }

    fn posts() -> String {
        "<p>The ferry was late again this morning, and nobody at the pier could say when the next would come.</p>"
            .repeat(6)
    }

    #[test]
    fn a_thread_inside_noscript_is_shown() {
        let page =
            |open: &str, close: &str| format!("<title>é</title><div id=app></div>{open}{}{close}<i>x</i>", posts());
        check(&page("<noscript data-x=1>", "</NOSCRIPT>"), Some(&page(&" ".repeat(19), &" ".repeat(11))));
    }

    #[test]
    fn a_page_with_prose_of_its_own_is_left_alone() {
        check(&format!("{}<noscript>{}</noscript>", posts(), posts()), None);
        check("<p>x</p><noscript><img src=pixel.gif></noscript>", None);
    }
}
