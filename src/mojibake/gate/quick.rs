//! The first look at a line: a bit for each two neighbours, and whose letters they are.
//!
//! It may stop on what [`looked_at_closely`](super::looked_at_closely) then passes over, never the other way round; a
//! test holds that.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::codecs::{Mask, N_UTF8, TABLES};
use super::super::languages::{ALL, Languages, RUSSIAN, are_of_none};
use super::super::multi;
use super::{ENTRIES, ENTRY_OF, Entry, Kind};

/// Numbers of characters; those that all of this takes for one share a number. A test holds that they suffice.
const NUMBERS: usize = 1024;

/// Number of what is no neighbour to anything: ideographs, emoji.
const ALONE: u16 = 0;
/// Numbers of ASCII characters, by what they are.
const SPACE: u16 = 1;
const SMALL: u16 = 2;
const CAPITAL: u16 = 3;
const OTHER: u16 = 4;
/// The first number of other characters.
const FIRST: u16 = 5;

/// What a character is, in the bits above its number: as the first, the second and the third of three in a row that are
/// looked at closely. Such three are a letter, a sign and a letter; three letters of Latin-1; a lead byte of a longer
/// sequence and two continuation bytes.
const AS_FIRST: u32 = 10;
const AS_SECOND: u32 = 13;
const AS_THIRD: u32 = 16;

struct Table {
    /// Number and kind of each character below [`ENTRIES`].
    numbers: Box<[u32; ENTRIES]>,
    /// Languages by number.
    owners: Box<[Languages; NUMBERS]>,
    /// What each number before each number is, two bits each.
    pairs: Box<[u64; NUMBERS * NUMBERS / 32]>,
}

/// What two neighbours are: nothing, or what is looked at closely, or a lead and a continuation byte that are letters of one
/// alphabet. Words have those by chance; looked at closely are two in one word, and a word of two letters that begins with a
/// capital.
mod pair {
    pub(super) const MARKED: u64 = 1;
    pub(super) const IN_WORD: u64 = 2;
    pub(super) const IN_CAPITALISED: u64 = 3;
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let mut numbers = Box::new([0; ENTRIES]);
        let mut entries: Vec<Entry> = vec![super::NOTHING; usize::from(FIRST)];
        entries[usize::from(SMALL)] = Entry { kind: Kind::Letter, alphabet: 1, ..super::NOTHING };
        entries[usize::from(CAPITAL)] = Entry { kind: Kind::Capital, alphabet: 1, ..super::NOTHING };
        // Characters with bytes have a number each; of the rest, those that are alike have one.
        let mut alike: HashMap<Entry, u16> = HashMap::new();
        for (code, slot) in numbers.iter_mut().enumerate() {
            let c = char::from_u32(code as u32).expect("below the surrogates");
            let entry = ENTRY_OF[code];
            let number = match c {
                ' ' => SPACE,
                'a'..='z' => SMALL,
                'A'..='Z' => CAPITAL,
                _ if c.is_ascii() => OTHER,
                _ => {
                    let next = entries.len() as u16;
                    let number = if TABLES.bytes(c).is_some() { next } else { *alike.entry(entry).or_insert(next) };
                    if number == next {
                        entries.push(entry);
                    }
                    number
                }
            };
            *slot = u32::from(number) | kind(&entries[usize::from(number)]);
        }
        let mut pairs = Box::new([0_u64; NUMBERS * NUMBERS / 32]);
        // Few traits of the first character say what is odd behind it: those that share them share a row.
        let mut odd: HashMap<_, Row> = HashMap::new();
        for (before, (first, row)) in entries.iter().zip(pairs.as_chunks_mut().0).enumerate() {
            // ASCII characters are not odd beside each other.
            let from = usize::from(if before < usize::from(FIRST) { FIRST } else { SPACE });
            let traits = (first.kind, first.alphabet, first.long_leads, from);
            *row = *odd.entry(traits).or_insert_with(|| odd_behind(first, &entries, from));
        }
        let mut mark = |before: usize, next: usize, what: u64| {
            let (slot, at) = (&mut pairs[before * (NUMBERS / 32) + next / 32], 2 * (next % 32));
            if *slot >> at & 3 != pair::MARKED {
                *slot = *slot & !(3 << at) | what << at;
            }
        };
        for (before, first) in entries.iter().enumerate() {
            // Letters of other alphabets meet ASCII letters only where something is wrong.
            if first.loses_space {
                mark(before, usize::from(SPACE), pair::MARKED);
            }
        }
        for codec in 0..N_UTF8 as Mask {
            let numbers_of = |bytes: std::ops::RangeInclusive<u8>| {
                let chars = bytes.flat_map(move |byte| [TABLES.char(codec as u8, byte), char::from(byte)]);
                let numbers = chars.filter_map(|c| numbers.get(c as usize)).map(|it| *it as usize % NUMBERS);
                numbers.filter(|it| *it >= usize::from(FIRST)).collect::<Vec<_>>()
            };
            let tails = numbers_of(0x80..=0xBF);
            for lead in numbers_of(0xC2..=0xDF) {
                let is_lead = entries[lead].leads >> codec & 1 == 1;
                let tails = tails.iter().filter(|&&tail| is_lead && entries[tail].tails >> codec & 1 == 1);
                for &tail in tails {
                    let (first, second) = (&entries[lead], &entries[tail]);
                    let is_in_word = first.alphabet > 1 && first.alphabet == second.alphabet;
                    let in_word = if first.kind == Kind::Capital { pair::IN_CAPITALISED } else { pair::IN_WORD };
                    mark(lead, tail, if is_in_word { in_word } else { pair::MARKED });
                }
            }
        }
        let mut owners = Box::new([ALL; NUMBERS]);
        owners.iter_mut().zip(&entries).for_each(|(slot, entry)| *slot = entry.owners);
        Self { numbers, owners, pairs }
    }

    /// What two neighbours are, see [`pair`].
    fn pair(&self, before: u32, next: u32) -> u64 {
        let (before, next) = (before as usize % NUMBERS, next as usize % NUMBERS);
        self.pairs[before * (NUMBERS / 32) + next / 32] >> (2 * (next % 32)) & 3
    }
}

/// What each number is behind one character, two bits each.
type Row = [u64; NUMBERS / 32];

/// Which characters, from the number `from` on, are odd behind `first`.
fn odd_behind(first: &Entry, entries: &[Entry], from: usize) -> Row {
    let mut row = [0; NUMBERS / 32];
    for (next, second) in entries.iter().enumerate().skip(from) {
        let is_euro_tail = second.is_euro && first.long_leads & second.tails != 0;
        let is_opener = first.kind == Kind::Opener && second.is_letter();
        if first.is_odd_before(second) || is_opener || is_euro_tail {
            row[next / 32] |= pair::MARKED << (2 * (next % 32));
        }
    }
    row
}

fn kind(entry: &Entry) -> u32 {
    let lanes =
        |letter: bool, latin1: bool, utf8: bool| u32::from(letter) | u32::from(latin1) << 1 | u32::from(utf8) << 2;
    let is_latin1 = entry.is_latin1_letter;
    lanes(entry.is_letter(), is_latin1, entry.long_leads != 0) << AS_FIRST
        | lanes(entry.kind == Kind::Sign, is_latin1, entry.tails != 0) << AS_SECOND
        | lanes(entry.is_letter(), is_latin1, entry.tails != 0) << AS_THIRD
}

/// Whether a line of valid UTF-8 has to be looked at closely.
pub(super) fn may_be_damaged(line: &[u8]) -> bool {
    let table = &*TABLE;
    let mut owners = ALL;
    // Bits are taken together, so that there is one branch a word.
    let (mut marked, mut three) = (false, 0);
    let (mut before, mut two) = (u32::from(ALONE), 0);
    // Pairs in the word so far, and whether it is two letters that are one.
    let (mut n_in_word, mut ends_short) = (0, false);
    let mut has_skipped_cyrillic = false;
    // Encodings in whose bytes the line may be UTF-8.
    let (mut has_wide, mut wide) = (false, multi::Lanes::new());
    let mut rest = line;
    loop {
        let is_ascii = matches!(rest, [0..0x80, ..]);
        let next = match *rest {
            [byte @ 0..0x80, ref after @ ..] => {
                rest = after;
                table.numbers[usize::from(byte)]
            }
            [lead @ 0x80..0xE0, tail, ref after @ ..] => {
                rest = after;
                table.numbers[code_of_two(lead, tail)]
            }
            [0xE3..=0xED, _, _, ..] => {
                has_wide = true;
                if before_is_ascii(line, rest) {
                    wide.ascii()
                } else {
                    wide.other()
                }
                while let [lead @ 0xE3..=0xED, second, third, ref after @ ..] = *rest {
                    rest = after;
                    // Sound text is through with this after a character or two.
                    if wide.any() {
                        wide.wide(code_of_three(lead, second, third) as u32);
                    }
                }
                if matches!(rest, [] | [0..0x80, ..]) {
                    wide.ascii()
                } else {
                    wide.other()
                }
                u32::from(ALONE)
            }
            [lead @ 0xE0..0xF0, second, third, ref after @ ..] => {
                rest = after;
                let code = code_of_three(lead, second, third);
                if matches!(code, 0xE000..=0xF8FF | 0xFF61..=0xFF9F | 0xFFFD) {
                    return true;
                }
                table.numbers.get(code).copied().unwrap_or(u32::from(ALONE))
            }
            [0xF0..=0xFF, _, _, _, ref after @ ..] => {
                rest = after;
                u32::from(ALONE)
            }
            _ => break,
        };
        let pair = table.pair(before, next);
        marked |= pair == pair::MARKED || ends_short && next >> AS_FIRST & 1 == 0;
        ends_short = pair == pair::IN_CAPITALISED;
        n_in_word += pair >> 1;
        marked |= n_in_word > 1;
        owners &= table.owners[next as usize % NUMBERS];
        three |= two << 3 & next;
        two = before << 3 & next;
        before = next;
        n_in_word *= u64::from(!is_ascii);
        match *rest {
            // A stretch of ASCII has nothing but its first and its last character to say.
            [0..0x80, ..] if is_ascii => {
                if marked || three >> AS_THIRD != 0 {
                    return true;
                }
                let (stretch, after) = rest.split_at(ascii_len(rest));
                before = stretch.last().map_or(0, |&last| table.numbers[usize::from(last)]);
                two = 0;
                rest = after;
            }
            // A word of small letters goes on so.
            [lead @ 0xCE..=0xDF, ..] if before >> AS_FIRST & 1 == 1 => {
                let Some(last) = skip_small_letters(&mut rest, lead) else { continue };
                before = table.numbers[last];
                two = 0;
                ends_short = false;
                has_skipped_cyrillic |= lead & 0xFE == 0xD0;
            }
            _ => {}
        }
    }
    if has_skipped_cyrillic && owners & RUSSIAN == 0 {
        // Some letters are none of Russian's: whose are those that were skipped?
        let of_letter = |it: &[u8]| table.owners[table.numbers[code_of_two(it[0], it[1])] as usize % NUMBERS];
        owners &= line.windows(2).filter(|it| it[0] & 0xFE == 0xD0).fold(ALL, |all, it| all & of_letter(it));
    }
    marked || ends_short || three >> AS_THIRD != 0 || has_wide && wide.any() || are_of_none(owners)
}

/// Whether what comes next stands behind ASCII or begins the line.
fn before_is_ascii(line: &[u8], rest: &[u8]) -> bool {
    line[..line.len() - rest.len()].last().is_none_or(u8::is_ascii)
}

fn code_of_two(lead: u8, tail: u8) -> usize {
    usize::from(lead & 0x1F) << 6 | usize::from(tail & 0x3F)
}

fn code_of_three(lead: u8, second: u8, third: u8) -> usize {
    usize::from(lead & 0x0F) << 12 | usize::from(second & 0x3F) << 6 | usize::from(third & 0x3F)
}

/// Skips characters, four at a time, that are all small letters of one alphabet (those of the lead byte that comes next)
/// and no continuation byte in any encoding; gives the last one's code if there were any.
fn skip_small_letters(rest: &mut &[u8], lead: u8) -> Option<usize> {
    // Two lead bytes share an alphabet; the seven bits that tell its letters apart run from the first to the last.
    let (first, last) = match lead & 0xFE {
        // ά to ώ
        0xCE => (0x2C_u64, 0x4E_u64),
        // а to я
        0xD0 => (0x30, 0x4F),
        // א to ת
        0xD6 => (0x50, 0x6A),
        // ء to ي
        0xD8 => (0x21, 0x4A),
        _ => return None,
    };
    const LANES: u64 = 0x0001_0001_0001_0001;
    let leads = u64::from(lead & 0xFE) * LANES;
    let mut last_code = None;
    while let Some(chunk) = rest.first_chunk::<8>() {
        let chunk = u64::from_le_bytes(*chunk);
        let letters = (chunk & LANES) << 6 | (chunk >> 8) & (0x3F * LANES);
        let is_from_first = letters + (0x80 - first) * LANES;
        let is_behind_last = letters + (0x7F - last) * LANES;
        let is_letter = is_from_first & !is_behind_last & (0x80 * LANES);
        if chunk & (0xFE * LANES) != leads || is_letter != 0x80 * LANES {
            break;
        }
        last_code = Some(usize::from(lead & 0x1E) << 6 | (letters >> 48) as usize);
        *rest = &rest[8..];
    }
    last_code
}

/// Bytes of the ASCII stretch that a text begins with.
fn ascii_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let high = u64::from_le_bytes(*chunk) & 0x8080_8080_8080_8080;
        if high != 0 {
            return at + high.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use super::super::looked_at_closely;
    use super::*;

    #[track_caller]
    fn check(line: &str) {
        assert!(may_be_damaged(line.as_bytes()) || !looked_at_closely(line).any(), "{line:?}");
    }

    #[test]
    fn numbers_suffice() {
        let distinct: std::collections::HashSet<u32> =
            TABLE.numbers.iter().map(|number| number % NUMBERS as u32).collect();
        // A full table would have run over.
        assert!((500..NUMBERS - 1).contains(&distinct.len()), "{}", distinct.len());
    }

    #[test]
    fn what_is_odd_is_never_passed_over() {
        // Every two characters below U+2600 that the closer look stops on, and some threes.
        let chars: Vec<char> = (0..ENTRIES as u32).filter_map(char::from_u32).filter(|&c| c != '\n').collect();
        let some: Vec<char> = "aZ .éÉÿЯяВµ«»”€â™\u{80}\u{A0}ıșΩב،字".chars().collect();
        for &one in &chars {
            for &other in &some {
                check(&format!("{one}{other}"));
                check(&format!("{other}{one}"));
                check(&format!("a{other}{one} "));
            }
        }
        for &one in &some {
            for &two in &some {
                for &three in &some {
                    check(&format!("{one}{two}{three}"));
                    check(&format!("{one}{two}{three}{one}{two}{three}"));
                }
            }
        }
        // Words of letters that may be bytes.
        let letters: Vec<char> = "ВМвіґЈРйс a€".chars().collect();
        let words = |ends: &[String]| -> Vec<String> {
            ends.iter().flat_map(|it| letters.iter().map(move |c| format!("{it}{c}"))).collect()
        };
        let fours = words(&words(&words(&words(&[String::new()]))));
        fours.iter().for_each(|it| check(it));
    }
}
