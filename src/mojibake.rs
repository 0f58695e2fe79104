//! Damaged text to whole text: what was decoded with the wrong encoding is read again with the right one.
//!
//! `repair` changes a text only where the text cannot be meant as it stands, and says what it changed. It decides in
//! three steps: a gate passes over sound text at memory speed ([`suspicious`]); around each place where it fires,
//! all ways to read the characters are weighed against leaving them alone; what wins by a margin is a [`Repair`].
//! This goes on until nothing changes, so `repair(repair(x)) == repair(x)`.
//!
//! Typography, spelling and case are never touched. Tidying of spaces, zero-width characters, line ends and Unicode
//! normalisation is apart from repair, in [`normalise`].
//!
//! Everything here is plain function of its arguments: no I/O, no clock, no chance.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

mod codecs;
mod document;
mod edges;
mod entities;
mod gate;
mod guards;
mod languages;
mod leaning;
mod legacy;
mod model;
mod multi;
mod normalise;
mod plan;
mod quoted;
mod search;
mod stream;
#[cfg(feature = "train")]
pub mod train;
mod units;

pub use gate::suspicious;
pub use normalise::{Normalisation, Normalised, normalise};
pub use plan::{Plan, PlanError, apply, undo};
pub use stream::{Repairer, WINDOW_BYTES};

/// What repair may do. Every key has a default that suits news text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whether text is repaired at all.
    pub enabled: bool,
    /// Whether text in one legacy encoding read as another (windows-1251 as latin-1, Shift-JIS as windows-1252) is
    /// repaired, where no language could mean it as it stands.
    pub legacy: bool,
    /// Whether characters whose bytes were lost are restored, where one reading is far likelier than all others.
    pub lost_bytes: bool,
    /// Whether character references left in text (`caf&eacute;`) are resolved where they stand for letters of a word
    /// or for damage.
    pub entities: bool,
    /// Layers of damage that are peeled, one over the other. Text that would need more is left as it is.
    pub layers_max: u8,
}

impl Default for Options {
    fn default() -> Self {
        Self { enabled: true, legacy: true, lost_bytes: true, entities: true, layers_max: 4 }
    }
}

/// What is known about a text beside its characters. All of it is optional; it weighs and never decides.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// Language of the text as a BCP 47 tag.
    pub language: Option<&'a str>,
    /// Top-level domain it came from, without a dot.
    pub tld: Option<&'a str>,
    /// Encoding that its page declared, as a WHATWG label.
    pub declared: Option<&'a str>,
}

/// One change to a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Repair {
    /// The characters as they stood.
    pub from: String,
    /// The characters as they are now.
    pub to: String,
    /// Byte offset of `to` in the repaired text.
    pub offset: usize,
    /// Bytes of the input that `from` is.
    pub source: Range<usize>,
    /// How the damage was done: the encoding that the text was wrongly read as, outermost layer first, joined by `+`;
    /// for legacy text `right>wrong`.
    pub encoding: String,
    /// How much likelier `to` is than `from`, in bits.
    pub score: f32,
}

/// A text after repair.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired<'a> {
    /// The text; borrowed when nothing was changed.
    pub text: Cow<'a, str>,
    /// What was changed, in the order of the text.
    pub repairs: Vec<Repair>,
}

impl<'a> Repaired<'a> {
    /// A text that nothing was changed in.
    fn unchanged(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), repairs: Vec::new() }
    }
}

/// The text with its mojibake repaired; sound text comes back borrowed. Linear in the length.
///
/// ```
/// use copydesk::mojibake::{repair, Hints, Options};
///
/// let whole = repair("Itâ€™s a dÃ©jÃ  vu", &Hints::default(), &Options::default());
/// assert_eq!(whole.text, "It’s a déjà vu");
/// assert_eq!(whole.repairs[0].from, "â€™");
/// assert_eq!(whole.repairs[0].encoding, "windows-1252");
/// ```
pub fn repair<'a>(text: &'a str, hints: &Hints, options: &Options) -> Repaired<'a> {
    repair_all(&[text], hints, options).pop().expect("one text in, one out")
}

/// The texts of one document with their mojibake repaired, one result per text, in order. The texts vote together:
/// damage that is plain in one of them lowers the bar for the same damage in the others.
pub fn repair_all<'a>(texts: &[&'a str], hints: &Hints, options: &Options) -> Vec<Repaired<'a>> {
    if !options.enabled || !texts.iter().any(|text| suspicious(text)) {
        return texts.iter().map(|text| Repaired::unchanged(text)).collect();
    }
    document::repair(texts, hints, options)
}

/// What the characters outside ASCII cost where they stand, in eighths of a bit: the lower, the likelier is the text.
/// For comparing readings of the same bytes; only the head of a long text is read.
pub(crate) fn oddness(text: &str) -> i64 {
    let model = &*model::MODEL;
    let mut context = model::Context::LINE;
    let mut sum = 0;
    let mut after_odd = false;
    for c in text.chars().take(ODDNESS_CHARS) {
        let symbol = model.symbol(c);
        if !c.is_ascii() || after_odd {
            sum += i64::from(model.cost(context, symbol));
        }
        after_odd = !c.is_ascii();
        context = context.then(symbol);
    }
    sum
}

/// Characters of a text that its oddness is measured on.
const ODDNESS_CHARS: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(damaged: &str, hints: Hints, whole: &str) {
        assert_eq!(repair(damaged, &hints, &Options::default()).text, whole);
    }

    #[test]
    fn the_language_weighs() {
        let language = |tag| Hints { language: Some(tag), ..Hints::default() };
        check("La Chine a annoncÚ", language("fr-FR"), "La Chine a annoncé");
        check("La Chine a annoncÚ", Hints::default(), "La Chine a annoncÚ");
        check(
            "SĆ¼per Lig'de Åampiyonluk yarÄ±ÅÄ± sĆ¼rĆ¼yor",
            language("tr"),
            "Süper Lig'de şampiyonluk yarışı sürüyor",
        );
    }

    #[test]
    fn the_country_weighs() {
        let hints = Hints { tld: Some("fr"), ..Hints::default() };
        check("La Chine a annoncÚ", hints, "La Chine a annoncé");
    }

    #[test]
    fn the_declared_encoding_weighs() {
        let hints = Hints { declared: Some("macintosh"), ..Hints::default() };
        check("pol√≠tica", hints, "política");
    }
}
