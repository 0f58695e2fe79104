//! Tidying that is no repair: spaces, zero-width characters, line ends, Unicode form. Each is an option, and each
//! change is counted.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What is tidied. The defaults change what a reader cannot see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Normalisation {
    /// No-break spaces (U+00A0, U+2007, U+202F) become spaces.
    pub nbsp: bool,
    /// U+200B, U+2060 and U+FEFF are removed. The joiners U+200C and U+200D stay: Persian, the scripts of India and
    /// emoji mean something by them.
    pub zero_width: bool,
    /// CR LF, lone CR, U+0085 and U+2028 become LF, U+2029 becomes two.
    pub line_ends: bool,
    /// Letters with marks are composed: Unicode form NFC.
    pub nfc: bool,
}

impl Default for Normalisation {
    fn default() -> Self {
        Self { nbsp: true, zero_width: true, line_ends: true, nfc: false }
    }
}

/// A text after tidying, and how much there was to tidy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised<'a> {
    /// The text; borrowed when nothing was changed.
    pub text: Cow<'a, str>,
    /// No-break spaces that became spaces.
    pub nbsp: usize,
    /// Zero-width characters removed.
    pub zero_width: usize,
    /// Line ends rewritten.
    pub line_ends: usize,
    /// Whether composing changed anything.
    pub nfc: bool,
}

/// The text tidied as `what` says.
///
/// ```
/// use copydesk::mojibake::{normalise, Normalisation};
///
/// let tidy = normalise("12\u{A0}000 readers\u{200B}\r\n", Normalisation::default());
/// assert_eq!(tidy.text, "12 000 readers\n");
/// assert_eq!((tidy.nbsp, tidy.zero_width, tidy.line_ends), (1, 1, 1));
/// ```
pub fn normalise(text: &str, what: Normalisation) -> Normalised<'_> {
    let mut done = Normalised { text: Cow::Borrowed(text), nbsp: 0, zero_width: 0, line_ends: 0, nfc: false };
    if text.bytes().any(|byte| byte == b'\r' || !byte.is_ascii()) {
        replace(text, what, &mut done);
    }
    if what.nfc {
        let composer = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
        if !composer.is_normalized(&done.text) {
            done.text = Cow::Owned(composer.normalize(&done.text).into_owned());
            done.nfc = true;
        }
    }
    done
}

/// Replaces single characters, copying nothing until the first one that must change.
fn replace<'a>(text: &'a str, what: Normalisation, done: &mut Normalised<'a>) {
    let mut out = String::new();
    let mut copied = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        let to = match c {
            '\u{A0}' | '\u{2007}' | '\u{202F}' if what.nbsp => {
                done.nbsp += 1;
                " "
            }
            '\u{200B}' | '\u{2060}' | '\u{FEFF}' if what.zero_width => {
                done.zero_width += 1;
                ""
            }
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' if what.line_ends => {
                if c == '\r' && chars.next_if(|&(_, next)| next == '\n').is_some() {
                    end += 1;
                }
                done.line_ends += 1;
                if c == '\u{2029}' { "\n\n" } else { "\n" }
            }
            _ => continue,
        };
        out.push_str(&text[copied..at]);
        out.push_str(to);
        copied = end;
    }
    if done.nbsp + done.zero_width + done.line_ends > 0 {
        out.push_str(&text[copied..]);
        done.text = Cow::Owned(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, what: Normalisation, tidy: &str) {
        assert_eq!(normalise(text, what).text, tidy);
        assert_eq!(normalise(tidy, what).text, tidy);
    }

    const NOTHING: Normalisation = Normalisation { nbsp: false, zero_width: false, line_ends: false, nfc: false };

    #[test]
    fn every_part_is_an_option() {
        let text = "a\u{A0}b\u{FEFF}c\r\nd\u{2029}e e\u{301}";
        check(text, NOTHING, text);
        check(text, Normalisation { nbsp: true, ..NOTHING }, "a b\u{FEFF}c\r\nd\u{2029}e e\u{301}");
        check(text, Normalisation { zero_width: true, ..NOTHING }, "a\u{A0}bc\r\nd\u{2029}e e\u{301}");
        check(text, Normalisation { line_ends: true, ..NOTHING }, "a\u{A0}b\u{FEFF}c\nd\n\ne e\u{301}");
        check(text, Normalisation { nfc: true, ..NOTHING }, "a\u{A0}b\u{FEFF}c\r\nd\u{2029}e é");
    }

    #[test]
    fn joiners_stay() {
        let text = "می\u{200C}خواهم 👩\u{200D}🚀";
        check(text, Normalisation::default(), text);
    }

    #[test]
    fn tidy_text_is_borrowed() {
        assert!(matches!(normalise("ganz normal, ä", Normalisation::default()).text, Cow::Borrowed(_)));
    }
}
