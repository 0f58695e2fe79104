//! Character references left in text: `caf&eacute;`, `&#8217;`, `&amp;ndash;`.
//!
//! Source: HTML 4.01, section 24, for the names. References to ASCII characters are none of ours: they may be meant.

/// Names of U+00A0 to U+00FF, in order.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 \
    sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml \
    Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
    times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave \
    eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute \
    ucirc uuml yacute thorn yuml";

/// The other names, each before its character.
const OTHERS: &str = "OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ fnof ƒ circ ˆ tilde ˜ ndash – mdash — lsquo ‘ rsquo ’ \
    sbquo ‚ ldquo “ rdquo ” bdquo „ dagger † Dagger ‡ bull • hellip … permil ‰ prime ′ Prime ″ lsaquo ‹ rsaquo › \
    oline ‾ frasl ⁄ euro € trade ™ larr ← uarr ↑ rarr → darr ↓ harr ↔ minus − lowast ∗ radic √ infin ∞ asymp ≈ ne ≠ \
    equiv ≡ le ≤ ge ≥ loz ◊ sum ∑ prod ∏ part ∂ int ∫ cap ∩ Omega Ω omega ω Alpha Α alpha α Beta Β beta β Gamma Γ \
    gamma γ Delta Δ delta δ Epsilon Ε epsilon ε Zeta Ζ zeta ζ Eta Η eta η Theta Θ theta θ Iota Ι iota ι Kappa Κ \
    kappa κ Lambda Λ lambda λ Mu Μ mu μ Nu Ν nu ν Xi Ξ xi ξ Omicron Ο omicron ο Pi Π pi π Rho Ρ rho ρ Sigma Σ \
    sigma σ sigmaf ς Tau Τ tau τ Upsilon Υ upsilon υ Phi Φ phi φ Chi Χ chi χ Psi Ψ psi ψ Zcaron Ž zcaron ž \
    Ccaron Č ccaron č Abreve Ă abreve ă Lstrok Ł lstrok ł rcaron ř ecaron ě dcaron ď ncaron ň tcaron ť uring ů";

/// Longest reference looked for, in bytes, without its `&` and repeated `amp;`.
const REFERENCE_BYTES_MAX: usize = 12;

/// Times that `&` may have been escaped again: `&amp;amp;eacute;`.
const ESCAPES_MAX: usize = 3;

/// The non-ASCII character of the reference that a text begins with, and the reference's length in bytes.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    let mut rest = text.strip_prefix('&')?;
    for _ in 0..ESCAPES_MAX {
        rest = rest.strip_prefix("amp;").unwrap_or(rest);
    }
    let head = &rest.as_bytes()[..rest.len().min(REFERENCE_BYTES_MAX)];
    let end = memchr::memchr(b';', head)?;
    let name = rest.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => named(name)?,
    };
    (!c.is_ascii()).then_some((c, text.len() - rest.len() + end + 1))
}

fn named(name: &str) -> Option<char> {
    if let Some(idx) = LATIN_1.split_ascii_whitespace().position(|known| known == name) {
        return char::from_u32(0xA0 + idx as u32);
    }
    let mut others = OTHERS.split_ascii_whitespace();
    others
        .by_ref()
        .step_by(2)
        .position(|known| known == name)
        .and_then(|idx| OTHERS.split_ascii_whitespace().nth(idx * 2 + 1).and_then(|c| c.chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, found: Option<(char, usize)>) {
        assert_eq!(reference(text), found);
    }

    #[test]
    fn references_are_resolved() {
        check("&eacute;t&eacute;", Some(('é', 8)));
        check("&yuml;", Some(('ÿ', 6)));
        check("&uring;", Some(('ů', 7)));
        check("&#8217;s", Some(('’', 7)));
        check("&#x2019;s", Some(('’', 8)));
        check("&amp;amp;ndash;", Some(('–', 15)));
    }

    #[test]
    fn others_are_left() {
        check("&amp;", None);
        check("&lt;", None);
        check("&#65;", None);
        check("&#xD800;", None);
        check("& co;", None);
        check("&eacute", None);
    }
}
