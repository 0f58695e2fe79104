//! Short lines that say who wrote the story, with no markup to tell them by.

use super::words::UNSPACED_ROLES;
use super::{after_by, after_label};
use crate::metadata::dates;

/// The name in a short line that says who wrote: behind a "by" or a writer's label, at its head or behind a bar or the day,
/// or before a role that nothing but a name stands before.
pub(in crate::metadata) fn in_line(line: &str) -> Option<&str> {
    let begins_as_name = |it: &&str| it.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
    if let Some(named) = after_by(line).or_else(|| after_label(line)).filter(begins_as_name) {
        return Some(named);
    }
    let bars: &[char] = &['|', '•', '·', '｜'];
    let has_day = line.contains([',', '–', '—']) && dates::find_day(line).is_some();
    let mut parts = line.split(|c: char| bars.contains(&c) || (has_day && matches!(c, ',' | '–' | '—')));
    parts.find_map(|part| {
        let part = part.trim();
        let with_role = UNSPACED_ROLES.iter().any(|role| {
            part.strip_suffix(role).is_some_and(|it| (2..=SIGNED_CHARS_MAX).contains(&it.trim().chars().count()))
        });
        if with_role {
            return Some(part);
        }
        after_by(part).or_else(|| after_label(part)).filter(begins_as_name)
    })
}

/// Longest name before a role in scripts without capitals, in characters.
const SIGNED_CHARS_MAX: usize = 12;

/// The name at the head of a short line that goes on with a day, two to four words with capitals: `Jane Doe — May 6, 2019`.
pub(in crate::metadata) fn beside_date(line: &str) -> Option<&str> {
    let (day, ..) = dates::find_day(line)?;
    let head = line[..day.start].split(['|', '–', '—', '·', '•', ',']).next()?.trim();
    let words: Vec<&str> = head.split_whitespace().collect();
    let is_part = |it: &&str| {
        it.starts_with(char::is_uppercase)
            && it.contains(char::is_lowercase)
            && it.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'))
    };
    ((2..=4).contains(&words.len()) && words.iter().all(is_part) && line[head.len()..day.start].contains(BESIDE_DATE))
        .then_some(head)
}

/// Whether a line is a name and nothing else, as writers sign below a story: two to four words with capitals.
pub(in crate::metadata) fn is_signature(line: &str) -> bool {
    let is_part = |it: &str| {
        it.starts_with(char::is_uppercase)
            && it.len() >= 2
            && it.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'))
    };
    (2..=4).contains(&line.split_whitespace().count()) && line.split_whitespace().all(is_part)
}

/// Whether a line is whole names and nothing else: one, or several with slashes between.
pub(in crate::metadata) fn are_names(line: &str) -> bool {
    line.contains(' ') && line.split('/').all(|it| is_signature(it.trim()))
}

/// What sets a name off from the day behind it.
const BESIDE_DATE: &[char] = &['|', '–', '—', '·', '•'];

/// The reporter in the mark at the head of a paragraph, as papers of East Asia print it: `【記者林以安／霧溪報導】`,
/// `(서울=연합뉴스) 박서린 기자 =`.
pub(in crate::metadata) fn reporter_mark(paragraph: &str) -> Option<&str> {
    /// Longest mark, in characters.
    const CHARS_MAX: usize = 40;
    let end = paragraph.char_indices().nth(CHARS_MAX).map_or(paragraph.len(), |it| it.0);
    let head = paragraph[..end].trim_start();
    if let Some(inner) = head.strip_prefix(['【', '〔', '［', '[', '（', '(']) {
        let (inner, after) = inner.split_once(['】', '〕', '］', ']', '）', ')'])?;
        let after_role = ["本報記者", "本报记者", "記者", "记者"].iter().find_map(|it| inner.strip_prefix(it));
        if let Some(name) = after_role.and_then(|it| it.split(['／', '/', '∕', '、', ' ', '，']).next()) {
            return Some(name.trim()).filter(|it| (2..=SIGNED_CHARS_MAX).contains(&it.chars().count()));
        }
        let (name, _) = after.split_once('=')?;
        return Some(name.trim()).filter(|it| it.ends_with("기자") || it.ends_with("특파원"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_says_who_wrote_is_told() {
        let told = |line| in_line(line).unwrap_or("");
        assert_eq!(told("Words: Gil Tarrant"), "Gil Tarrant");
        assert_eq!(told("Mon 6 May 2019 | By Doreen Platt"), "Doreen Platt");
        assert_eq!(told("Vydáno: 12. 10. 2004, autor: Květa Říhová"), "Květa Říhová");
        assert_eq!(told("김하람 기자 | 승인 2009.09.21 10:11"), "김하람 기자");
        assert_eq!(told("โดย กมลา ศรีสุข"), "กมลา ศรีสุข");
        assert_eq!(told("Words matter, by and large"), "");
        assert_eq!(told("The goats of the fen, seen by Tom"), "");
    }

    #[test]
    fn a_name_beside_the_day_is_told() {
        assert_eq!(beside_date("Тарас Коваль — Субота, 18 травня 2024, 10:20"), Some("Тарас Коваль"));
        assert_eq!(beside_date("Jane Doe | May 6, 2019"), Some("Jane Doe"));
        for line in
            ["Published May 6, 2019", "Monday, May 6, 2019", "The talks of May 6, 2019", "6 May 2019 | Jane Doe"]
        {
            assert_eq!(beside_date(line), None, "{line}");
        }
    }

    #[test]
    fn the_reporters_mark_at_the_head_of_a_story_is_read() {
        assert_eq!(reporter_mark("【記者林以安／霧溪報導】霧溪鎮"), Some("林以安"));
        assert_eq!(reporter_mark("(청해도=한빛신문) 박서린 기자 = 섬"), Some("박서린 기자"));
        assert_eq!(reporter_mark("【霧溪】霧溪鎮"), None);
        assert_eq!(reporter_mark("(AP) The talks"), None);
    }
}
