//! Character references (`&amp;`, `&#8217;`) to characters.
//!
//! The names are the standard's table as html5ever carries it; the numbers that old pages write for windows-1252 are
//! mapped as the standard says. Source: [HTML, character reference state][html].
//!
//! [html]: https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// What a reference stands for: one character or two, and how many bytes after the `&` it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) first: char,
    pub(super) second: Option<char>,
    pub(super) bytes: usize,
}

/// Where the reference stands: attributes keep `&copy=` and `&copyx` as written, since old addresses look so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Text,
    Attribute,
}

/// Letters and digits of the longest name, `CounterClockwiseContourIntegral`.
const NAME_BYTES_MAX: usize = 31;

/// Letters and digits of the longest name that is good without a semicolon, such as `Aacute`.
const BARE_NAME_BYTES_MAX: usize = 6;

/// The reference that stands at the start of `after`, the text behind an `&`; `None` where the `&` is just that.
pub(super) fn reference(after: &str, place: Place) -> Option<Reference> {
    match after.as_bytes().first()? {
        b'#' => numeric(after.as_bytes()),
        byte if byte.is_ascii_alphanumeric() => named(after, place),
        _ => None,
    }
}

fn named(after: &str, place: Place) -> Option<Reference> {
    let bytes = after.as_bytes();
    let run = bytes.iter().take(NAME_BYTES_MAX + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if bytes.get(run) == Some(&b';') {
        // The handful that most pages use, spared the search.
        let first = match &after[..run] {
            "amp" => Some('&'),
            "quot" => Some('"'),
            "nbsp" => Some('\u{a0}'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "apos" => Some('\''),
            _ => None,
        };
        if let Some(first) = first {
            return Some(Reference { first, second: None, bytes: run + 1 });
        }
        if let Some(found) = look_up(&after[..=run]) {
            return Some(found);
        }
    }
    let found = (1..=run.min(BARE_NAME_BYTES_MAX)).rev().find_map(|end| look_up(&after[..end]))?;
    let next = bytes.get(found.bytes);
    let as_written = place == Place::Attribute && next.is_some_and(|it| *it == b'=' || it.is_ascii_alphanumeric());
    (!as_written).then_some(found)
}

fn look_up(name: &str) -> Option<Reference> {
    // The table holds beginnings of names too, with no character.
    let (first, second) = *NAMED_ENTITIES.get(name)?;
    let first = char::from_u32(first).filter(|it| *it != '\0')?;
    Some(Reference { first, second: char::from_u32(second).filter(|it| *it != '\0'), bytes: name.len() })
}

fn numeric(after: &[u8]) -> Option<Reference> {
    let (base, digits_at) = match after.get(1) {
        Some(b'x' | b'X') => (16, 2),
        _ => (10, 1),
    };
    let digits = after[digits_at..].iter().map_while(|byte| char::from(*byte).to_digit(base));
    let (number, n_digits) =
        digits.fold((0u32, 0), |(number, n), digit| (number.saturating_mul(base).saturating_add(digit), n + 1));
    if n_digits == 0 {
        return None;
    }
    let end = digits_at + n_digits;
    let bytes = end + usize::from(after.get(end) == Some(&b';'));
    let first = match number {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9f => C1_REPLACEMENTS[number as usize - 0x80]
            .unwrap_or_else(|| char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)),
        _ => char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some(Reference { first, second: None, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(after: &str, place: Place, expected: Option<(&str, usize)>) {
        let got = reference(after, place).map(|it| {
            let text: String = std::iter::once(it.first).chain(it.second).collect();
            (text, it.bytes)
        });
        assert_eq!(got, expected.map(|(text, bytes)| (text.to_owned(), bytes)), "&{after}");
    }

    #[test]
    fn names_with_a_semicolon_stand_for_one_or_two_characters() {
        check("amp;x", Place::Text, Some(("&", 4)));
        check("rsquo;", Place::Text, Some(("’", 6)));
        check("NotEqualTilde;", Place::Text, Some(("≂\u{338}", 14)));
        check("CounterClockwiseContourIntegral;", Place::Text, Some(("∳", 32)));
        check("zwnj;", Place::Attribute, Some(("\u{200c}", 5)));
    }

    #[test]
    fn old_names_need_no_semicolon_and_the_longest_wins() {
        check("notit;", Place::Text, Some(("¬", 3)));
        check("notin;", Place::Text, Some(("∉", 6)));
        check("ampamp", Place::Text, Some(("&", 3)));
        check("Aacutex", Place::Text, Some(("Á", 6)));
        check("rsquo", Place::Text, None);
    }

    #[test]
    fn addresses_in_attributes_are_left_alone() {
        check("copy=1", Place::Attribute, None);
        check("copyx", Place::Attribute, None);
        check("copy&b", Place::Attribute, Some(("©", 4)));
        check("copy;=1", Place::Attribute, Some(("©", 5)));
        check("copy=1", Place::Text, Some(("©", 4)));
    }

    #[test]
    fn numbers_are_decimal_or_hexadecimal() {
        check("#8217;", Place::Text, Some(("’", 6)));
        check("#x2019x", Place::Text, Some(("’", 6)));
        check("#X41", Place::Text, Some(("A", 4)));
        check("#", Place::Text, None);
        check("#x;", Place::Text, None);
    }

    #[test]
    fn numbers_that_name_no_character_become_the_replacement_character() {
        check("#0;", Place::Text, Some(("\u{fffd}", 3)));
        check("#xD800;", Place::Text, Some(("\u{fffd}", 7)));
        check("#x110000;", Place::Text, Some(("\u{fffd}", 9)));
        check("#99999999999999999999;", Place::Text, Some(("\u{fffd}", 22)));
    }

    #[test]
    fn numbers_of_windows_1252_mean_its_characters() {
        check("#146;", Place::Text, Some(("’", 5)));
        check("#x80;", Place::Text, Some(("€", 5)));
        check("#129;", Place::Text, Some(("\u{81}", 5)));
    }
}
