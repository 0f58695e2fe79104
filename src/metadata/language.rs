//! The language of a story: the declared one where the text agrees with it, else the one the text is in.
//!
//! Declarations are often the theme's default. The text is asked through trigrams (whatlang), which know some seventy
//! languages; a declared language that they do not know is contradicted only by another script or by plain English.

use std::collections::HashMap;
use std::sync::LazyLock;
use whatlang::Lang;

/// Shorter texts, in characters, tell nothing against a declaration, and nothing at all below the second.
const CHARS_MIN: usize = 150;
const CHARS_MIN_ALONE: usize = 60;

/// As much of the text as is asked, in characters: more changes nothing and costs time.
const CHARS_MAX: usize = 800;

/// A declared tag in the form of BCP 47 (`en_gb` becomes `en-GB`); `None` for what is none.
///
/// Source: RFC 5646, section 2.1.1 for the case of subtags. Country codes used as languages by many sites are mended.
pub(super) fn normalize(tag: &str) -> Option<String> {
    const MISTAKEN: [(&str, &str); 8] = [
        ("cz", "cs"),
        ("gr", "el"),
        ("ua", "uk"),
        ("jp", "ja"),
        ("kr", "ko"),
        ("dk", "da"),
        ("cn", "zh"),
        ("iw", "he"),
    ];
    let tag = tag.split([',', ';', ' ']).next().unwrap_or("").trim();
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_lowercase()) || language == "und" {
        return None;
    }
    let language = MISTAKEN.iter().find(|it| it.0 == language).map_or(language.as_str(), |it| it.1);
    let mut normal = language.to_owned();
    for part in parts {
        let all = |test: fn(&u8) -> bool| part.bytes().all(|b| test(&b));
        let part = match part.len() {
            2 if all(u8::is_ascii_alphabetic) => part.to_ascii_uppercase(),
            3 if all(u8::is_ascii_digit) => part.to_owned(),
            4 if all(u8::is_ascii_alphabetic) => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
            _ => break,
        };
        normal.push('-');
        normal.push_str(&part);
    }
    Some(normal)
}

/// What the text says of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The text is in the declared language, or nothing speaks against it.
    Agrees,
    /// The text is in another language, by its ISO 639-1 code.
    Is(&'static str),
    /// The text is too short or too mixed to tell.
    Unknown,
}

/// Asks the text about a declared language, or which language it is in.
pub(super) fn ask(text: &str, declared: Option<&str>) -> Verdict {
    let sample = sample(text);
    let n_letters = sample.chars().filter(|it| it.is_alphabetic()).count();
    if n_letters < CHARS_MIN_ALONE {
        return Verdict::Unknown;
    }
    if declared.is_some_and(|it| is_plainly(it.split('-').next().unwrap_or(it), sample)) {
        return Verdict::Agrees;
    }
    let Some(info) = whatlang::detect(sample) else { return Verdict::Unknown };
    let found = code(info.lang());
    let Some(declared) = declared else {
        return if info.is_reliable() || n_letters >= CHARS_MIN { Verdict::Is(found) } else { Verdict::Unknown };
    };
    let base = declared.split('-').next().unwrap_or(declared);
    if same(base, found) {
        return Verdict::Agrees;
    }
    if !info.is_reliable() || n_letters < CHARS_MIN && !crate::text::is_unspaced(sample.chars().next().unwrap_or(' ')) {
        return Verdict::Unknown;
    }
    let known = Lang::all().iter().any(|it| same(base, code(*it)));
    if known
        || (found == "en" && is_plain_english(sample))
        || info.script() != whatlang::Script::Latin && !is_of_script(base)
    {
        Verdict::Is(found)
    } else {
        Verdict::Unknown
    }
}

/// Languages that trigrams do not know, of other scripts than Latin: Cyrillic ones that pass for their neighbours.
fn is_of_script(base: &str) -> bool {
    matches!(base, "kk" | "ky" | "mn" | "tg" | "tt" | "ba" | "ug" | "ku" | "ckb" | "ps" | "sd" | "bo" | "lo" | "dv")
}

fn is_plain_english(text: &str) -> bool {
    let n_words = text.split_whitespace().count();
    let n_english =
        text.split_whitespace().filter(|it| matches!(*it, "the" | "of" | "and" | "to" | "that" | "was")).count();
    n_english * 12 >= n_words
}

/// The commonest words of languages, and how text in none of them is told at a glance. Trigrams take a tenth of a
/// millisecond; most declarations are right, and these words say so in a few microseconds.
const COMMONEST: [(&str, &[&str]); 24] = [
    ("en", &["the", "of", "and", "to", "in", "that", "is", "for", "was", "with", "on", "as"]),
    ("de", &["der", "die", "und", "das", "den", "ist", "von", "nicht", "mit", "sich", "des", "auch"]),
    ("fr", &["de", "la", "les", "des", "et", "le", "est", "dans", "une", "du", "pour", "qui"]),
    ("es", &["el", "los", "las", "que", "en", "una", "por", "con", "del", "y", "para", "se"]),
    ("it", &["di", "che", "il", "della", "per", "una", "non", "del", "con", "sono", "gli", "nel"]),
    ("pt", &["que", "do", "da", "em", "um", "uma", "não", "dos", "para", "com", "os", "ao"]),
    ("nl", &["het", "een", "van", "en", "dat", "niet", "zijn", "voor", "met", "op", "aan", "ook"]),
    ("sv", &["och", "att", "det", "som", "på", "är", "för", "inte", "till", "av", "har", "ett"]),
    ("nb", &["og", "det", "som", "på", "er", "ikke", "til", "av", "har", "et", "han", "også"]),
    ("no", &["og", "det", "som", "på", "er", "ikke", "til", "av", "har", "et", "han", "også"]),
    ("da", &["og", "det", "som", "på", "er", "ikke", "til", "af", "har", "et", "han", "også"]),
    ("fi", &["ja", "on", "ei", "että", "se", "oli", "myös", "hän", "mutta", "ovat", "kun", "sen"]),
    ("pl", &["w", "i", "na", "z", "się", "że", "nie", "do", "to", "jest", "o", "jak"]),
    ("cs", &["se", "na", "v", "že", "je", "s", "z", "by", "ale", "jsem", "který", "už"]),
    ("hu", &["a", "az", "és", "hogy", "nem", "egy", "is", "meg", "volt", "már", "csak", "ezt"]),
    ("ro", &["și", "în", "de", "la", "care", "cu", "nu", "este", "din", "pentru", "mai", "că"]),
    ("tr", &["ve", "bir", "bu", "da", "de", "için", "ile", "olarak", "daha", "olan", "çok", "gibi"]),
    ("ru", &["в", "и", "на", "что", "не", "с", "по", "он", "как", "его", "это", "из"]),
    ("uk", &["в", "і", "на", "що", "не", "з", "та", "у", "до", "це", "як", "він"]),
    ("bg", &["на", "и", "да", "за", "се", "от", "в", "с", "че", "по", "са", "не"]),
    ("id", &["yang", "dan", "di", "untuk", "dengan", "pada", "ini", "dari", "itu", "tidak", "dalam", "akan"]),
    ("vi", &["của", "và", "là", "các", "có", "trong", "được", "cho", "một", "không", "người", "đã"]),
    ("ar", &["في", "من", "على", "إلى", "أن", "التي", "عن", "مع", "هذا", "كان", "الذي", "ما"]),
    ("hi", &["के", "में", "की", "है", "का", "और", "को", "से", "ने", "पर", "यह", "हैं"]),
];

/// Share of words that are among a language's commonest, at least, and how many times the share of any other language: on
/// 130 news pages of 20 languages none passes for another.
const COMMONEST_SHARE_MIN: f32 = 0.06;
const COMMONEST_LEAD_MIN: f32 = 1.5;

/// For each of the commonest words the languages it is of, as bits by their place in [`COMMONEST`].
static LANGUAGES_OF: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut languages_of = HashMap::new();
    for (at, (_, words)) in COMMONEST.iter().enumerate() {
        for word in *words {
            *languages_of.entry(*word).or_default() |= 1 << at;
        }
    }
    languages_of
});

/// Whether a text is in a language beyond doubt, by its commonest words or by a script that no other language has.
fn is_plainly(base: &str, text: &str) -> bool {
    let share_of = |test: fn(char) -> bool| {
        let n_letters = text.chars().filter(|it| it.is_alphabetic()).count();
        text.chars().filter(|it| test(*it)).count() as f32 / n_letters.max(1) as f32
    };
    match base {
        "ja" => share_of(|it| matches!(it, '\u{3040}'..='\u{30ff}')) > 0.2,
        "ko" => share_of(|it| matches!(it, '\u{ac00}'..='\u{d7a3}')) > 0.5,
        "th" => share_of(|it| matches!(it, '\u{e00}'..='\u{e7f}')) > 0.5,
        "el" => share_of(|it| matches!(it, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')) > 0.5,
        "ka" => share_of(|it| matches!(it, '\u{10a0}'..='\u{10ff}')) > 0.5,
        "hy" => share_of(|it| matches!(it, '\u{530}'..='\u{58f}')) > 0.5,
        _ => {
            let Some(own) = COMMONEST.iter().position(|it| it.0 == base) else { return false };
            let (mut n_words, mut n_common) = (0, [0; COMMONEST.len()]);
            for word in text.split(|c: char| !c.is_alphanumeric() && !('\u{900}'..='\u{97f}').contains(&c)) {
                n_words += usize::from(!word.is_empty());
                let languages = LANGUAGES_OF.get(word).copied().unwrap_or(0);
                for (at, n) in n_common.iter_mut().enumerate() {
                    *n += usize::from(languages >> at & 1 == 1);
                }
            }
            let others = COMMONEST.iter().zip(&n_common).filter(|it| !same(it.0.0, base)).map(|it| *it.1);
            let most = others.max().unwrap_or(0);
            n_words >= 20
                && n_common[own] as f32 >= n_words as f32 * COMMONEST_SHARE_MIN
                && n_common[own] as f32 >= most as f32 * COMMONEST_LEAD_MIN
        }
    }
}

/// A stretch from the second tenth on: leads are full of names.
fn sample(text: &str) -> &str {
    let mut start = if text.len() > CHARS_MAX * 4 { text.len() / 10 } else { 0 };
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let text = &text[start..];
    text.char_indices().nth(CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

/// Whether two codes name one language, or two that trigrams confuse.
fn same(a: &str, b: &str) -> bool {
    const FAMILIES: [&[&str]; 6] = [
        &["nb", "no", "nn", "da"],
        &["hr", "sr", "bs", "sh", "me"],
        &["id", "ms", "jv"],
        &["zh", "yue"],
        &["tl", "fil"],
        &["fa", "prs"],
    ];
    a == b || FAMILIES.iter().any(|it| it.contains(&a) && it.contains(&b))
}

/// ISO 639-1 of a language.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
        _ => lang.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "The lack of a breakthrough places immense pressure on the upcoming meeting between the envoys and the \
        president, and officials said that they remain deeply sceptical of the offer that was made to them in the spring of the \
        year before, when the talks had broken down over the question of the border.";
    const GERMAN: &str = "Die Aufregung nach dem Aufmarsch bleibt groß, und auch in Österreich stellt sich nun die Frage, wie die \
        Antwort im Umgang mit den Gruppen aussehen soll und wie groß das Problem tatsächlich ist, von dem seit Tagen alle reden.";

    #[track_caller]
    fn check(text: &str, declared: Option<&str>, expected: Verdict) {
        assert_eq!(ask(text, declared), expected);
    }

    #[test]
    fn a_declaration_that_the_text_bears_out_stays() {
        check(ENGLISH, Some("en-GB"), Verdict::Agrees);
        check(GERMAN, Some("de"), Verdict::Agrees);
    }

    #[test]
    fn text_wins_over_a_themes_default() {
        check(GERMAN, Some("en-US"), Verdict::Is("de"));
        check(ENGLISH, Some("is"), Verdict::Is("en"));
        check(GERMAN, None, Verdict::Is("de"));
    }

    #[test]
    fn a_few_words_tell_nothing() {
        check("Bla bla", Some("en"), Verdict::Unknown);
        check("", None, Verdict::Unknown);
    }

    #[test]
    fn tags_are_written_as_bcp_47_asks() {
        for (tag, expected) in [
            ("en_gb", Some("en-GB")),
            ("DE", Some("de")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("es-419", Some("es-419")),
            ("cz", Some("cs")),
            ("english", None),
            ("", None),
            ("x-default", None),
            ("de-DE-x-foo", Some("de-DE")),
        ] {
            assert_eq!(normalize(tag).as_deref(), expected, "{tag}");
        }
    }
}
