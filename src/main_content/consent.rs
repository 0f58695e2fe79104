//! Pages that ask about cookies in place of a story, told by their marks and their words.

use super::blocks::Blocks;
use super::marks::Mark;
use super::rules::prose;
use crate::dom::Dom;

/// Whether a question about cookies is most of the prose of the page, and little of it: by its marks or its words.
pub(super) fn is_consent_wall(dom: &Dom, blocks: &Blocks, marks: &[Mark]) -> bool {
    let seen = || blocks.rows.iter().filter(|it| !it.hidden && prose(it) > 0.0);
    let total: f32 = seen().map(prose).sum();
    if total > CONSENT_PAGE_CHARS_MAX {
        return false;
    }
    let (mut consent, mut stems) = (0.0, 0u64);
    for row in seen() {
        let text = blocks.text(row).to_lowercase();
        let mut said = CONSENT_STEMS.iter().enumerate().filter(|(_, it)| text.contains(**it)).peekable();
        let is_asked =
            said.peek().is_some() || dom.ancestors(row.nodes.0).any(|it| marks[it.index()].any(Mark::CONSENT));
        stems |= said.fold(0, |all, (stem_idx, _)| all | 1 << stem_idx);
        consent += if is_asked { prose(row) } else { 0.0 };
    }
    consent > CONSENT_SHARE_MIN * total && stems.count_ones() >= CONSENT_STEMS_MIN
}

/// What questions about cookies speak of, in the languages that European law makes them in, as beginnings of words.
const CONSENT_STEMS: &[&str] = &[
    "cookie",
    "consent",
    "tracking",
    "privacy",
    "personali",
    "advertis",
    "partner",
    "einwillig",
    "zustimm",
    "datenschutz",
    "werbung",
    "consentement",
    "publicit",
    "données personnelles",
    "consentimiento",
    "publicidad",
    "consenso",
    "pubblicit",
    "consentimento",
    "publicidade",
    "toestemming",
    "advertentie",
    "samtyck",
    "samtykk",
    "annonse",
    "eväste",
    "mainon",
    "zgod",
    "reklam",
    "souhlas",
    "hozzájárul",
    "consimțământ",
    "συγκατάθεση",
    "διαφήμισ",
    "согласи",
    "çerez",
    "gdpr",
];
/// Different ones of them, at least: an article about one of them has one or two a paragraph, and more prose.
const CONSENT_STEMS_MIN: u32 = 4;

/// Characters of prose on a page that asks about cookies and nothing else: the longest of those seen has 2,500.
const CONSENT_PAGE_CHARS_MAX: f32 = 1500.0;
/// Share of that prose in the question.
const CONSENT_SHARE_MIN: f32 = 0.7;
