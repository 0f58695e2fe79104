//! What a text's language, country and declared encoding say about its damage: they weigh, they never decide.

use encoding_rs::Encoding;

use super::Hints;
use super::codecs::{Mask, NAMES};
use super::languages::{LETTERS, Languages};

/// Languages of a top-level domain's pages.
const COUNTRIES: [(&str, &[&str]); 46] = [
    ("at", &["de"]),
    ("az", &["az"]),
    ("ba", &["hr", "sr"]),
    ("be", &["nl", "fr", "de"]),
    ("bg", &["bg"]),
    ("br", &["pt"]),
    ("by", &["be", "ru"]),
    ("cat", &["ca"]),
    ("ch", &["de", "fr", "it"]),
    ("cl", &["es"]),
    ("co", &["es"]),
    ("cz", &["cs"]),
    ("de", &["de"]),
    ("dk", &["da"]),
    ("ee", &["et", "ru"]),
    ("es", &["es", "ca", "gl", "eu"]),
    ("eus", &["eu"]),
    ("fi", &["fi", "sv"]),
    ("fo", &["fo", "da"]),
    ("fr", &["fr", "br"]),
    ("gal", &["gl"]),
    ("hr", &["hr"]),
    ("hu", &["hu"]),
    ("ie", &["en", "ga"]),
    ("is", &["is"]),
    ("it", &["it", "de"]),
    ("kz", &["kk", "ru"]),
    ("lt", &["lt"]),
    ("lv", &["lv", "ru"]),
    ("md", &["ro", "ru"]),
    ("mk", &["mk", "sq"]),
    ("mn", &["mn"]),
    ("mt", &["mt", "en"]),
    ("mx", &["es"]),
    ("nl", &["nl"]),
    ("no", &["nb"]),
    ("pl", &["pl"]),
    ("pt", &["pt"]),
    ("ro", &["ro", "hu"]),
    ("rs", &["sr", "hr"]),
    ("ru", &["ru"]),
    ("se", &["sv"]),
    ("si", &["sl"]),
    ("sk", &["sk", "hu"]),
    ("tr", &["tr"]),
    ("ua", &["uk", "ru"]),
];

/// The Windows encoding of a language's systems, where it is not that of western Europe; also for domains of languages
/// whose letters are not told apart here.
const SYSTEMS: [(&str, &[&str]); 7] = [
    ("windows-1250", &["pl", "cs", "sk", "hu", "sl", "hr", "ro", "sq"]),
    ("windows-1251", &["ru", "uk", "be", "bg", "sr", "mk", "kk", "mn"]),
    ("windows-1253", &["el", "gr", "cy"]),
    ("windows-1254", &["tr", "az"]),
    ("windows-1255", &["he", "il"]),
    ("windows-1256", &["ar", "fa", "ur", "ir", "sa", "eg", "ae", "iq", "pk"]),
    ("windows-1257", &["lt", "lv", "et"]),
];

/// What hints lean towards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Leaning {
    /// Languages that the text may be in; none where nothing is known.
    pub(super) languages: Languages,
    /// Encodings of its readers' systems, and the one that its page declared.
    pub(super) codecs: Mask,
}

impl Leaning {
    pub(super) fn of(hints: &Hints) -> Self {
        let mut leaning = Self::default();
        let subtag = hints.language.and_then(|tag| tag.split(['-', '_']).next()).map(str::to_ascii_lowercase);
        let tld = hints.tld.map(str::to_ascii_lowercase);
        let country = tld.as_deref().and_then(|tld| COUNTRIES.iter().find(|(known, _)| *known == tld));
        let languages: Vec<&str> = match (subtag.as_deref(), country) {
            (Some("no" | "nn"), _) => vec!["nb"],
            (Some(language), _) => vec![language],
            (None, Some((_, languages))) => languages.to_vec(),
            // The domain of a country whose language is not told apart by its letters: its systems are known still.
            (None, None) => tld.as_deref().into_iter().collect(),
        };
        for language in &languages {
            let is_known = subtag.is_some() || country.is_some();
            if let Some(idx) = LETTERS.iter().position(|(code, _)| is_known && code == language) {
                leaning.languages |= 1 << idx;
            }
            let system = SYSTEMS.iter().find(|(_, users)| users.contains(language));
            leaning.codecs |= system.map_or(0, |(name, _)| codec(name));
        }
        let declared = hints.declared.and_then(|label| Encoding::for_label(label.as_bytes()));
        leaning.codecs |= declared.map_or(0, |encoding| codec(&encoding.name().to_ascii_lowercase()));
        leaning
    }

    /// Whether a letter is none of the text's languages, as far as they are known.
    pub(super) fn is_foreign(&self, owners: Languages) -> bool {
        self.languages != 0 && owners & self.languages == 0
    }
}

fn codec(name: &str) -> Mask {
    NAMES.iter().position(|known| *known == name).map_or(0, |codec| 1 << codec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Option<&str>, tld: Option<&str>, declared: Option<&str>, codes: &[&str], codecs: &[&str]) {
        let leaning = Leaning::of(&Hints { language, tld, declared });
        let found: Vec<&str> =
            (0..LETTERS.len()).filter(|idx| leaning.languages >> idx & 1 == 1).map(|idx| LETTERS[idx].0).collect();
        assert_eq!(found, codes);
        let found: Vec<&str> =
            (0..NAMES.len()).filter(|idx| leaning.codecs >> idx & 1 == 1).map(|idx| NAMES[idx]).collect();
        assert_eq!(found, codecs);
    }

    #[test]
    fn the_language_goes_before_the_country() {
        check(Some("pl-PL"), Some("de"), None, &["pl"], &["windows-1250"]);
        check(None, Some("ch"), None, &["fr", "de", "it"], &[]);
        check(Some("nn-NO"), None, None, &["nb"], &[]);
    }

    #[test]
    fn a_country_has_its_systems() {
        check(None, Some("gr"), None, &[], &["windows-1253"]);
        check(None, Some("UA"), None, &["ru", "uk"], &["windows-1251"]);
    }

    #[test]
    fn the_declared_encoding_counts() {
        check(None, Some("com"), Some("ISO-8859-2"), &[], &["iso-8859-2"]);
        check(None, None, Some("utf-8"), &[], &[]);
    }
}
