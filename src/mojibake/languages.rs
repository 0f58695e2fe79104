//! Which letters a language owns: what a text in it may hold beside ASCII.
//!
//! A text whose letters no one language owns is odd, though each of them is a sound letter somewhere: French read as
//! windows-1250 is full of `č` and `ŕ`. Letters of loanwords and names that a language's press writes are counted in.
//!
//! Source: Unicode CLDR's exemplar characters, main and auxiliary, shortened to what occurs.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A set of languages, one bit each in the order of [`LETTERS`].
pub(super) type Languages = u64;

/// Every language: what characters say that belong to none.
pub(super) const ALL: Languages = Languages::MAX;

/// Language codes and their lower-case letters outside ASCII.
pub(super) const LETTERS: [(&str, &str); 47] = [
    ("en", "éèêëàâäåáçïîíôöóøüúñœæ"),
    ("fr", "àâæçéèêëîïôœùûüÿñ"),
    ("de", "äöüßé"),
    ("es", "áéíóúüñç"),
    ("pt", "áâãàçéêíóôõúü"),
    ("it", "àèéìíîòóùúç"),
    ("ca", "àçèéíïòóúüñ"),
    ("gl", "áéíóúüñï"),
    ("eu", "ñçü"),
    ("nl", "éèëïöüáíóúêçäàâîôû"),
    ("da", "æøåéáóüäöè"),
    ("nb", "æøåéèêóòôäöü"),
    ("sv", "åäöéáàüæø"),
    ("fi", "äöåšžéü"),
    ("is", "áéíóúýþæöð"),
    ("fo", "áíóúýæøð"),
    ("pl", "ąćęłńóśźżéöü"),
    ("cs", "áčďéěíňóřšťúůýžöü"),
    ("sk", "áäčďéíĺľňóôŕšťúýžöü"),
    ("hu", "áéíóöőúüű"),
    ("sl", "čšžćđ"),
    ("hr", "čćđšž"),
    ("ro", "ăâîșțşţé"),
    ("sq", "çë"),
    ("lt", "ąčęėįšųūž"),
    ("lv", "āčēģīķļņšūžōŗ"),
    ("et", "äõöüšž"),
    ("tr", "çğıöşüâîû\u{307}"),
    ("az", "əçğıöşü"),
    ("mt", "ċġħżàèìòù"),
    ("vi", "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"),
    ("cy", "âêîôûŵŷäëïöüáéíóúàèìòùẁẃẅỳýÿ"),
    ("ga", "áéíóú"),
    ("gd", "àèìòùáéó"),
    ("eo", "ĉĝĥĵŝŭ"),
    ("mi", "āēīōū"),
    ("yo", "ẹọṣàáèéìíòóùúńǹ\u{300}\u{301}\u{323}"),
    ("ku", "çêîşû"),
    ("br", "âêîôûùñüé"),
    ("ru", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    ("uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    ("be", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    ("bg", "абвгдежзийклмнопрстуфхцчшщъьюяѝ"),
    ("sr", "абвгдђежзијклљмнњопрстћуфхцчџш"),
    ("mk", "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ"),
    ("kk", "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"),
    ("mn", "абвгдеёжзийклмнопрстуфхцчшщъыьэюяөү"),
];

/// Of them, those written in Cyrillic letters: from Russian to the end.
pub(super) const CYRILLIC: Languages = ((1 << 8) - 1) << 39;

/// Of them, Russian.
pub(super) const RUSSIAN: Languages = 1 << 39;

/// Of them, those written in Latin letters.
pub(super) const LATIN: Languages = (1 << 39) - 1;

/// Whether letters are of no one language, the Latin and the Cyrillic ones each by themselves: a Russian text may
/// name a French town.
pub(super) fn are_of_none(owners: Languages) -> bool {
    owners & LATIN == 0 || owners & CYRILLIC == 0
}

/// The languages that own a letter, with all that are written in another alphabet.
pub(super) fn owners(letter: char) -> Languages {
    let is_covered = matches!(letter, '\u{AA}'..='\u{24F}' | '\u{400}'..='\u{52F}' | '\u{1E00}'..='\u{1EFF}');
    if !is_covered || !letter.is_alphabetic() || matches!(letter, 'ª' | 'º' | 'µ') {
        return ALL;
    }
    let mut lower = letter.to_lowercase();
    let lower = lower.next().filter(|_| lower.len() == 0).unwrap_or(letter);
    if letter == 'İ' {
        return owners('ı');
    }
    let others = if ('\u{400}'..='\u{52F}').contains(&letter) { LATIN } else { CYRILLIC };
    others | OWNERS.get(&lower).copied().unwrap_or(0)
}

/// The languages of each letter in [`LETTERS`].
static OWNERS: LazyLock<HashMap<char, Languages>> = LazyLock::new(|| {
    let mut owners = HashMap::new();
    for (idx, (_, letters)) in LETTERS.iter().enumerate() {
        letters.chars().for_each(|it| *owners.entry(it).or_default() |= 1 << idx);
    }
    owners
});

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(letters: &str, is_one_language: bool) {
        assert_eq!(
            !are_of_none(letters.chars().fold(ALL, |owners_so_far, c| owners_so_far & owners(c))),
            is_one_language
        );
    }

    #[test]
    fn letters_of_one_language_have_an_owner() {
        check("éèçà", true);
        check("łąŻ", true);
        check("čŕůé", false);
        check("жыъ", true);
        check("жѓї", false);
        check("жыъ éèç", true);
    }

    #[test]
    fn cyrillic_begins_with_russian() {
        assert_eq!(LETTERS[39].0, "ru");
        assert_eq!(LETTERS.len(), 47);
    }
}
