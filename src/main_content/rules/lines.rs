//! What a line says of itself: its words and its form.

use super::super::blocks::Block;
use super::super::words::{self, Meaning};
use super::Reason;
use crate::article::PartKind;

/// Whether a folded text is the headline: the same, or one the beginning of the other and not much shorter.
pub fn is_same_headline(text: &str, headline: &str) -> bool {
    let (short, long) = if text.len() <= headline.len() { (text, headline) } else { (headline, text) };
    !short.is_empty() && long.starts_with(short) && (short.len() * 10 >= long.len() * 7)
}

/// Whether a folded line begins with a name and says hardly more.
pub(super) fn signs(line: &str, name: &str) -> bool {
    let more = line.strip_prefix(name).filter(|it| it.is_empty() || it.starts_with(' '));
    more.is_some_and(|it| it.split_whitespace().count() <= SIGNATURE_WORDS_MAX)
}

/// Words beside the name: an office, an address.
const SIGNATURE_WORDS_MAX: usize = 4;

/// Whether four digits of a text that stand by themselves are a year of our time or the last century's.
pub(super) fn holds_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|it| it.len() == 4 && (it.starts_with("19") || it.starts_with("20")))
}

/// Whether a line is a date and nothing else: few words, and a third of it digits.
pub(super) fn is_date(row: &Block) -> bool {
    row.kind == PartKind::Paragraph && row.n_digits >= 5 && row.n_digits * 3 >= row.n_chars && row.n_chars <= 40
}

/// Why a line is out by its words alone.
pub fn by_words(text: &str, row: &Block) -> Option<Reason> {
    if text.starts_with(['©', 'Ⓒ']) && row.n_chars <= COPYRIGHT_CHARS_MAX {
        return Some(Reason::Outside);
    }
    let whole = if row.n_chars > LINE_CHARS_MAX { words::opening(text) } else { row.meaning(text) };
    let meaning = whole.or_else(|| {
        if row.n_chars > LINE_CHARS_MAX {
            return None;
        }
        let begins = row.label(text)?;
        let is_label = row.n_sentences == 0
            && matches!(
                begins,
                Meaning::ReadMore | Meaning::Related | Meaning::Tags | Meaning::DateLabel | Meaning::PhotoCredit
            );
        let is_plain = matches!(begins, Meaning::Copyright | Meaning::ReadingTime);
        (row.link_density() > 0.3 || is_label || is_plain).then_some(begins)
    })?;
    Some(match meaning {
        Meaning::Related | Meaning::ReadMore | Meaning::Popular => Reason::Related,
        Meaning::Share | Meaning::FollowUs => Reason::Share,
        Meaning::Comments | Meaning::CommentForm => Reason::Comments,
        Meaning::Newsletter => Reason::Newsletter,
        Meaning::Consent => Reason::Consent,
        Meaning::Support | Meaning::SubscribeWall | Meaning::Advert => Reason::Promo,
        Meaning::Tags => Reason::Tags,
        Meaning::AuthorBox => Reason::AuthorBox,
        Meaning::DateLabel | Meaning::Byline | Meaning::ReadingTime | Meaning::PhotoCredit => Reason::Meta,
        Meaning::Pagination | Meaning::Skip => Reason::Navigation,
        Meaning::Login => Reason::Form,
        Meaning::Copyright => Reason::Outside,
    })
}

/// What a line of a news page is by its form alone, in any language: an arrow and a link to something else, tags, an address
/// to write to. Of 168, 88 and 59 such lines on the pages of fundus-a and traf-a none is of a story; of those in articles of
/// other kinds (wcxb-dev) one in ten is.
pub(super) fn by_form(text: &str, row: &Block) -> Option<Reason> {
    const ARROWS: [&str; 13] = [">>", "»", "►", "▶", "→", "➤", "➡", "⇒", "=>", "❯", "›", "▸", "👉"];
    if row.kind == PartKind::Heading || row.n_chars > LINE_CHARS_MAX {
        return None;
    }
    if row.link_density() > 0.3 && ARROWS.iter().any(|it| text.starts_with(it)) {
        return Some(Reason::Related);
    }
    let is_tag = |word: &str| word.strip_prefix('#').is_some_and(|it| it.starts_with(char::is_alphabetic));
    if text.starts_with('#') && text.split_whitespace().all(is_tag) {
        return Some(Reason::Tags);
    }
    let (name, host) = text.split_once('@')?;
    let is_address = !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace);
    is_address.then_some(Reason::Meta)
}

/// Characters of a widget's line.
const LINE_CHARS_MAX: u32 = 200;
/// Characters of a line of rights.
const COPYRIGHT_CHARS_MAX: u32 = 400;
