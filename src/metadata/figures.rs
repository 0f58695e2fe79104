//! Figures near the headline to captions and credits for the lead image.
//!
//! Structured data names the lead image by the address of one of its crops and seldom says who took it; the figure in the page
//! does. A figure is of an image if their addresses share a telling part; the first figure by the headline is taken for the
//! lead image's where no other is.

use super::visible::{Seen, text_of};
use crate::dom::{Attr, Dom, NodeId, Tag};

/// A figure with a caption or a credit.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) node: NodeId,
    /// Addresses of its pictures, as written, whole lists of them included.
    addresses: Vec<String>,
    pub(super) caption: Option<String>,
    pub(super) credit: Option<String>,
}

/// Figures that are read, the first of the page.
const FIGURES_MAX: usize = 8;

/// Nodes read inside one figure, longest caption and credit, and longest address that is looked at.
const NODES_MAX: usize = 200;
const CAPTION_CHARS_MAX: usize = 600;
const CREDIT_CHARS_MAX: usize = 120;
const ADDRESS_BYTES_MAX: usize = 4_000;

/// The figures from a little above the headline on.
pub(super) fn read(dom: &Dom, seen: &Seen, headline: Option<NodeId>) -> Vec<Figure> {
    /// Nodes above the headline, where some papers set the picture.
    const NODES_ABOVE: usize = 80;
    let start = headline.map_or(0, |it| it.index().saturating_sub(NODES_ABOVE));
    let figures = seen.figures.iter().filter(|it| it.index() >= start).take(FIGURES_MAX);
    figures.filter_map(|it| figure(dom, *it)).collect()
}

fn figure(dom: &Dom, node: NodeId) -> Option<Figure> {
    let mut figure = Figure { node, addresses: Vec::new(), caption: None, credit: None };
    for it in dom.descendants(node).take(NODES_MAX) {
        match dom.tag(it) {
            Some(Tag::IMG | Tag::SOURCE) => {
                let named =
                    ["srcset", "data-src", "data-srcset"].into_iter().filter_map(|name| dom.attr_named(it, name));
                let all = dom.attr(it, Attr::SRC).into_iter().chain(named);
                figure.addresses.extend(all.filter(|it| it.len() <= ADDRESS_BYTES_MAX).map(str::to_owned));
            }
            Some(Tag::FIGCAPTION) if figure.caption.is_none() => {
                figure.caption = Some(text_of(dom, it, CAPTION_CHARS_MAX)).filter(|it| !it.is_empty());
            }
            Some(_) if figure.credit.is_none() && dom.attr(it, Attr::CLASS).is_some_and(is_of_credit) => {
                let credit = text_of(dom, it, CREDIT_CHARS_MAX);
                figure.credit = Some(without_label(&credit).to_owned()).filter(|it| !it.is_empty());
            }
            Some(_) | None => {}
        }
    }
    if figure.addresses.is_empty() {
        return None;
    }
    if let Some(caption) = figure.caption.take() {
        let (caption, credit) = split(&caption, figure.credit.as_deref());
        figure.caption = Some(caption).filter(|it| !it.is_empty());
        figure.credit = figure.credit.or(credit);
    }
    (figure.caption.is_some() || figure.credit.is_some()).then_some(figure)
}

fn is_of_credit(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    ["credit", "copyright", "photographer", "fotograf", "byline-photo", "photo-by"].iter().any(|it| class.contains(it))
}

impl Figure {
    /// Whether a picture of the figure is the one at an address: a part of both with digits is the same.
    pub(super) fn shows(&self, address: &str) -> bool {
        let own = telling(address);
        self.addresses.iter().any(|it| telling(it).iter().any(|it| own.contains(it)))
    }
}

/// Parts of an address that are its picture's alone: long, with digits, no size.
fn telling(address: &str) -> Vec<&str> {
    const BYTES_MIN: usize = 7;
    let parts = address.split(|c: char| !c.is_ascii_alphanumeric());
    let telling = parts.filter(|it| it.len() >= BYTES_MIN && it.bytes().any(|b| b.is_ascii_digit()));
    telling.take(40).collect()
}

/// Words before a credit, in the languages of captions, in lower case.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "foto", "photo", "fotos", "photos", "bild", "image", "picture", "credit", "photo credit", "image credit", "credits",
    "photograph", "fotografía", "fotografia", "crédit", "crédit photo", "crédito", "créditos", "quelle", "source",
    "bildquelle", "fonte", "fuente", "kuva", "kép", "fotó", "zdjęcie", "фото", "φωτογραφία", "fotoğraf", "photo by",
    "foto di", "foto de", "photographie", "beeld", "ảnh", "写真", "사진", "图", "圖",
];

/// A credit without the word that announces it.
fn without_label(credit: &str) -> &str {
    let bare = credit.trim().trim_start_matches(['(', '[', '©', ' ']).trim_end_matches([')', ']', ' ']);
    match bare.split_once([':', '：', '©']) {
        Some((label, rest)) if LABELS.contains(&label.trim().to_lowercase().as_str()) => {
            rest.trim_start_matches(['©', ' '])
        }
        _ => bare,
    }
}

/// A caption as what is seen and who took it, the latter where the caption ends in it: `(Foto: …)`, `Photo: …`, `© …`. A
/// credit known already is taken off the end.
pub(super) fn split(caption: &str, credit: Option<&str>) -> (String, Option<String>) {
    let trim = |it: &str| it.trim().trim_end_matches(['(', '[', '|', '/', '-', '–', '—', ' ']).to_owned();
    if let Some(credit) = credit
        && let Some(at) = caption.rfind(credit)
        && caption[at + credit.len()..].chars().all(|c| !c.is_alphanumeric())
    {
        let mut head = trim(&caption[..at]);
        if let Some(stripped) = without_label_at_end(&head) {
            head = trim(stripped);
        }
        return (head.trim_end_matches(['©', ' ']).to_owned(), None);
    }
    let marks = caption.char_indices().filter(|(_, c)| matches!(c, ':' | '：' | '©'));
    for (at, mark) in marks {
        let tail = caption[at + mark.len_utf8()..].trim().trim_end_matches([')', ']', '.', ' ']);
        let head = &caption[..at];
        let head = if mark == '©' { Some(head) } else { before_label(head) };
        let is_short = (2..=CREDIT_CHARS_MAX).contains(&tail.chars().count());
        if let Some(head) = head.filter(|_| is_short) {
            return (trim(head), Some(tail.trim_start_matches(['©', ' ']).to_owned()));
        }
    }
    (caption.to_owned(), None)
}

/// The text before a label that it ends in.
fn before_label(head: &str) -> Option<&str> {
    LABELS
        .iter()
        .filter_map(|label| {
            let at = head.char_indices().rev().nth(label.chars().count() - 1)?.0;
            let begins = head[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            (head[at..].to_lowercase() == *label && begins).then_some(&head[..at])
        })
        .min_by_key(|it| it.len())
}

fn without_label_at_end(head: &str) -> Option<&str> {
    before_label(head.trim_end_matches([':', '：', '©', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(caption: &str, expected: &str, credit: Option<&str>) {
        assert_eq!(split(caption, None), (expected.to_owned(), credit.map(str::to_owned)), "{caption}");
    }

    #[test]
    fn who_took_the_picture_is_told_from_what_it_shows() {
        check("Der Hafen am Abend. (Foto: Erika Muster/dpa)", "Der Hafen am Abend.", Some("Erika Muster/dpa"));
        check("The harbour at dusk Photo: Jane Doe", "The harbour at dusk", Some("Jane Doe"));
        check("Le port © AFP", "Le port", Some("AFP"));
        check("The harbour | Photo Credit: Jane Doe", "The harbour", Some("Jane Doe"));
        check("Порт. Фото: Иван Иванов", "Порт.", Some("Иван Иванов"));
        check("What we know: the harbour is closed", "What we know: the harbour is closed", None);
    }

    #[test]
    fn a_credit_of_its_own_goes_from_the_caption() {
        assert_eq!(split("The harbour. Photo: Jane Doe", Some("Jane Doe")), ("The harbour.".to_owned(), None));
        assert_eq!(without_label("Foto: Erika Muster"), "Erika Muster");
        assert_eq!(without_label("© AFP"), "AFP");
    }

    #[test]
    fn crops_of_one_picture_share_a_part_of_their_address() {
        let figure = Figure {
            node: NodeId::at(1),
            addresses: vec!["/img/2024/harbour-20240502a-640x480.jpg".to_owned()],
            caption: None,
            credit: None,
        };
        assert!(figure.shows("https://cdn.example/crop/harbour-20240502a-1200.jpg"));
        assert!(!figure.shows("https://cdn.example/crop/owls-20240503b-640x480.jpg"));
    }
}
