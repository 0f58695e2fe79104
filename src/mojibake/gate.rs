//! The gate: whether a line can hold damage, decided at memory speed.
//!
//! UTF-8 read in a single-byte encoding leaves the character of a lead byte directly before that of a continuation
//! byte. For each two characters a table of bits says whether to look closer; a line without such neighbours is passed
//! over by [`quick`]. What it stops on, [`reasons`] reads again with all that is known of each character: in which
//! encodings it is lead or continuation, what the two would be together, and what kind it is. A line is let through if
//! neighbours fit or something in it is odd. Odd is what no sound line has: a C1 control, U+FFFD, a sign or another
//! alphabet inside a word, a capital behind a small letter with an accent, three letters of Latin-1 in a row, letters
//! that no one language owns, a private character.
//!
//! The gate lets some sound lines through; the search settles those. What it stops, the search would not change.

use std::sync::LazyLock;

use super::codecs::{Mask, N_UTF8, TABLES, encodings};
use super::entities;
use super::languages::{ALL, Languages, are_of_none, owners};
use super::multi;

mod quick;

/// What a line is let through for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reasons {
    /// Neighbours that may be bytes of UTF-8, a control, U+FFFD or a reference.
    pub(super) utf8: bool,
    /// U+FFFD, or a capital that a lost no-break space may have left: a lost byte is looked for without further reason.
    pub(super) lost: bool,
    /// Something odd, that may be one legacy encoding read as another.
    pub(super) legacy: bool,
    /// East Asian characters that may all be bytes of UTF-8.
    pub(super) multi: bool,
}

impl Reasons {
    pub(super) fn any(self) -> bool {
        self.utf8 || self.legacy || self.multi
    }
}

/// Whether a text may be damaged. `false` means that [`repair`](super::repair) would certainly change nothing.
///
/// Linear, and many times as fast as repair: plain ASCII is passed over at memory speed.
pub fn suspicious(text: &str) -> bool {
    if has_reference(text) {
        return true;
    }
    if text.is_ascii() {
        return false;
    }
    let mut from = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    ends.chain([text.len()]).any(|end| reasons_beside_references(&text[std::mem::replace(&mut from, end)..end]).any())
}

fn has_reference(text: &str) -> bool {
    memchr::memchr_iter(b'&', text.as_bytes()).any(|at| entities::reference(&text[at..]).is_some())
}

/// What a line is let through for.
pub(super) fn reasons(line: &str) -> Reasons {
    let mut reasons = reasons_beside_references(line);
    reasons.utf8 |= has_reference(line);
    reasons
}

fn reasons_beside_references(line: &str) -> Reasons {
    if quick::may_be_damaged(line.as_bytes()) { looked_at_closely(line) } else { Reasons::default() }
}

/// Kind of a character, as far as the gate cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
enum Kind {
    Other,
    /// A letter, small or without case.
    Letter,
    Capital,
    /// `¿` and `¡`: before a word where the line asks or calls, never behind a letter.
    Opener,
    /// A sign that no word has inside.
    Sign,
    /// A sign that does not even end a word.
    StraySign,
    /// What no sound text has.
    Broken,
}

/// What the gate knows of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Entry {
    /// Encodings in which it leads a sequence of two bytes.
    leads: Mask,
    /// Encodings in which it leads a longer one.
    long_leads: Mask,
    tails: Mask,
    owners: Languages,
    kind: Kind,
    /// 0 for none, 1 Latin, 2 Greek, 3 Cyrillic, 4 another.
    alphabet: u8,
    is_latin1_letter: bool,
    /// Whether it is what a no-break space eaten leaves of the space itself, of `à` or of `Š`.
    loses_space: bool,
    is_euro: bool,
}

impl Entry {
    fn is_letter(&self) -> bool {
        matches!(self.kind, Kind::Letter | Kind::Capital)
    }

    fn is_sign(&self) -> bool {
        matches!(self.kind, Kind::Sign | Kind::StraySign)
    }

    /// Whether no sound text has the two beside each other.
    fn is_odd_before(&self, next: &Self) -> bool {
        (self.alphabet != next.alphabet && self.alphabet != 0 && next.alphabet != 0)
            || (self.kind == Kind::Letter && next.kind == Kind::Capital)
            || (self.is_letter() && matches!(next.kind, Kind::StraySign | Kind::Opener))
            || (self.is_sign() && next.kind == Kind::StraySign)
            || (self.kind == Kind::StraySign && next.is_letter())
            || next.kind == Kind::Broken
    }
}

/// Characters below this have an entry.
const ENTRIES: usize = 0x2600;

static ENTRY_OF: LazyLock<Vec<Entry>> =
    LazyLock::new(|| (0..ENTRIES as u32).map(|code| entry(char::from_u32(code).unwrap_or('\0'))).collect());

/// An ASCII character's neighbour has no bytes and no owner to look at.
const NOTHING: Entry = Entry {
    leads: 0,
    long_leads: 0,
    tails: 0,
    owners: ALL,
    kind: Kind::Other,
    alphabet: 0,
    is_latin1_letter: false,
    loses_space: false,
    is_euro: false,
};

fn entry(c: char) -> Entry {
    let (mut leads, mut long_leads, mut tails) = (0, 0, 0);
    if !c.is_ascii()
        && let Some(bytes) = TABLES.bytes(c)
    {
        for (codec, &byte) in bytes.iter().enumerate().take(N_UTF8) {
            match byte {
                0xC2..=0xDF => leads |= 1 << codec,
                0xE0..=0xF4 => long_leads |= 1 << codec,
                0x80..=0xBF => tails |= 1 << codec,
                _ => {}
            }
        }
    }
    let kind = match c {
        '\u{80}'..='\u{9F}' | '\u{FFFD}' => Kind::Broken,
        '¡' | '¿' => Kind::Opener,
        '¢'..='§' | '¬' | '¯' | '¶' | '¹' | '³' | '¸' | '¨' | '±' | '‡' | 'ƒ' | 'ˆ' | '˜' | '‰' | '†' => {
            Kind::StraySign
        }
        '«' | '»' | '©' | '®' | '°' | '²' | '¼'..='¾' | '×' | '÷' | '‚' | '„' | '“' | '”' | '‹' | '›' | '™' => {
            Kind::Sign
        }
        '\u{2200}'..='\u{25FF}' => Kind::StraySign,
        'ª' | 'º' | 'µ' => Kind::Other,
        _ if c.is_uppercase() => Kind::Capital,
        _ if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    };
    let alphabet = match c {
        _ if !matches!(kind, Kind::Letter | Kind::Capital) => 0,
        '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => 1,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => 2,
        '\u{400}'..='\u{52F}' => 3,
        '\u{250}'..='\u{36F}' | '\u{1D00}'..='\u{1DFF}' => 0,
        _ => 4,
    };
    Entry {
        leads,
        long_leads,
        tails,
        owners: owners(c),
        kind,
        alphabet,
        is_latin1_letter: matches!(c, 'À'..='ÿ') && alphabet == 1,
        loses_space: matches!(c, 'Â' | 'Ã' | 'Å'),
        is_euro: c == '€',
    }
}

/// The languages that own a letter, looked up.
pub(super) fn owners_of(c: char) -> Languages {
    ENTRY_OF.get(c as usize).map_or(ALL, |entry| entry.owners)
}

/// Whether a character of two bytes is one that may stand alone amid others: a letter or mark of Latin writing, a Greek,
/// Cyrillic, Hebrew or Arabic letter. Others come in words of their own.
pub(super) fn stands_alone(code: u32) -> bool {
    matches!(code,
        0x80..=0x17F | 0x18F | 0x192 | 0x1A0 | 0x1A1 | 0x1AF | 0x1B0 | 0x1CD..=0x1DC | 0x1E6 | 0x1E7 | 0x1F4 | 0x1F5
        | 0x1FA..=0x1FF | 0x218..=0x21B | 0x259 | 0x2BB..=0x2DD | 0x300..=0x331 | 0x384..=0x3CE | 0x3D1 | 0x3D5
        | 0x401..=0x45F | 0x490..=0x493 | 0x49A..=0x4A3 | 0x4AE..=0x4B3 | 0x4BA | 0x4BB | 0x4D8 | 0x4D9 | 0x4E8 | 0x4E9
        | 0x5D0..=0x5EA | 0x621..=0x64A)
}

/// The same for a character of three bytes: punctuation, signs, Vietnamese letters.
fn stands_alone_long(code: u32) -> bool {
    matches!(code, 0x1E00..=0x2BFF | 0xFB00..=0xFB06 | 0xFE0F | 0xFEFF | 0xFF5E | 0xFFFC | 0xFFFD)
}

/// Whether lead and continuation byte, in any of the encodings, are a character that may stand alone. Where the no-break
/// space is another byte than A0 it is but a space behind a word: so in KOI8, the DOS and the Macintosh encodings.
fn pair_stands_alone(lead: char, tail: char, codecs: Mask) -> bool {
    let (Some(leads), Some(tails)) = (TABLES.bytes(lead), TABLES.bytes(tail)) else { return false };
    encodings(codecs)
        .filter(|&codec| tail != '\u{A0}' || tails[codec] == 0xA0)
        .any(|codec| stands_alone(u32::from(leads[codec] & 0x1F) << 6 | u32::from(tails[codec] & 0x3F)))
}

/// The same for the first three bytes of a longer sequence; of one of four, if it begins as emoji do.
fn triple_stands_alone(chars: [char; 3], codecs: Mask) -> bool {
    let [Some(leads), Some(tails), Some(lasts)] = chars.map(|c| TABLES.bytes(c)) else { return false };
    encodings(codecs).any(|codec| {
        let (lead, tail, last) = (leads[codec], u32::from(tails[codec] & 0x3F), u32::from(lasts[codec] & 0x3F));
        match lead {
            0xE0..=0xEF => {
                let code = u32::from(lead & 0x0F) << 12 | tail << 6 | last;
                stands_alone_long(code) || code >= 0x800 && !chars[1..].iter().all(|&c| closes_word(c))
            }
            _ => lead == 0xF0 && tail == 0x1F,
        }
    })
}

/// Whether a character commonly stands behind a word, another of them behind it: `fiancé…»`.
fn closes_word(c: char) -> bool {
    matches!(
        c,
        '\u{A0}'
            | '»'
            | '«'
            | '›'
            | '‹'
            | '”'
            | '“'
            | '„'
            | '’'
            | '‘'
            | '…'
            | '–'
            | '—'
            | '™'
            | '®'
            | '©'
            | '°'
    )
}

/// What a line is let through for, character by character.
fn looked_at_closely(line: &str) -> Reasons {
    let mut reasons = Reasons::default();
    let mut scan = Scan::new(ALL);
    let table = &**ENTRY_OF;
    for c in line.chars() {
        if c.is_ascii() {
            scan.ascii(c, table[c as usize], &mut reasons);
            continue;
        }
        match table.get(c as usize) {
            Some(entry) => scan.character(c, *entry, &mut reasons),
            None => {
                reasons.utf8 |= c == '\u{FFFD}';
                reasons.lost |= c == '\u{FFFD}';
                reasons.legacy |= matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FF61}'..='\u{FF9F}');
                scan.word_ends(&mut reasons);
                let Scan { has_weak_pair, has_opener, .. } = scan;
                scan = Scan { has_weak_pair, has_opener, after_non_ascii: true, ..Scan::new(scan.owners) };
            }
        }
    }
    scan.word_ends(&mut reasons);
    reasons.legacy |= are_of_none(scan.owners);
    reasons.legacy |= scan.has_opener && memchr::memchr2(b'?', b'!', line.as_bytes()).is_none();
    reasons.utf8 |= scan.has_weak_pair && reasons.legacy;
    reasons.multi = multi::may_be_utf8(line);
    reasons
}

/// What has been seen of a line.
struct Scan {
    before: Entry,
    /// The two characters before.
    chars: [char; 2],
    /// Encodings in which the two characters before are lead and continuation.
    pair_before: Mask,
    /// Encodings in which the two characters before begin a longer sequence.
    pending: Mask,
    /// Letters of one alphabet in a row, Latin aside.
    word_run: u8,
    /// Whether the word so far began with a capital.
    word_is_capitalised: bool,
    /// Whether there was a pair that is damage only if something else is odd, or another pair stands behind it.
    has_weak_pair: bool,
    owners: Languages,
    latin1_run: u8,
    /// Whether the character before is a sign directly behind a letter.
    sign_in_word: bool,
    after_non_ascii: bool,
    /// Whether `¿` or `¡` stood before a letter.
    has_opener: bool,
}

impl Scan {
    fn new(owners: Languages) -> Self {
        Self {
            before: NOTHING,
            chars: ['\0'; 2],
            pair_before: 0,
            pending: 0,
            word_run: 0,
            word_is_capitalised: false,
            has_weak_pair: false,
            owners,
            latin1_run: 0,
            sign_in_word: false,
            after_non_ascii: false,
            has_opener: false,
        }
    }

    /// A word of two letters that are a pair, the first a capital: `ВЈ` is `£`.
    fn word_ends(&mut self, reasons: &mut Reasons) {
        reasons.utf8 |= self.word_run == 2 && self.word_is_capitalised && self.pair_before != 0;
        self.word_run = 0;
    }

    fn character(&mut self, c: char, next: Entry, reasons: &mut Reasons) {
        let before = self.before;
        let is_word = next.alphabet > 1 && before.alphabet == next.alphabet;
        if next.alphabet <= 1 {
            self.word_ends(reasons);
        } else if is_word {
            self.word_run = self.word_run.saturating_add(1);
        } else {
            self.word_run = 1;
            self.word_is_capitalised = next.kind == Kind::Capital;
        }
        let (two, three) = (before.leads & next.tails, self.pending & next.tails);
        self.pending = before.long_leads & next.tails;
        // `â€` is plain enough to be looked at, whatever has become of the rest.
        reasons.utf8 |= self.pending != 0 && next.is_euro;
        let pair = two | three;
        if pair != 0 {
            // Letters behind letters are words, and no Armenian letter stands alone amid others: unless pair follows pair.
            let stands_alone = !is_word
                && (pair_stands_alone(self.chars[1], c, two)
                    || triple_stands_alone([self.chars[0], self.chars[1], c], three));
            reasons.utf8 |= stands_alone || pair & self.pair_before != 0;
            self.has_weak_pair = true;
        }
        reasons.utf8 |= next.kind == Kind::Broken;
        reasons.legacy |= before.is_odd_before(&next) || (self.sign_in_word && next.is_letter());
        self.has_opener |= before.kind == Kind::Opener && next.is_letter();
        self.sign_in_word = before.is_letter() && next.kind == Kind::Sign;
        self.latin1_run = if next.is_latin1_letter { self.latin1_run.saturating_add(1) } else { 0 };
        reasons.legacy |= self.latin1_run > 2;
        self.owners &= next.owners;
        // Pairs do not overlap: the second of one is not the first of the next.
        self.pair_before =
            if pair != 0 { pair } else { self.pair_before & (next.leads | next.long_leads | self.pending) };
        self.before = next;
        self.chars = [self.chars[1], c];
        self.after_non_ascii = true;
    }

    fn ascii(&mut self, c: char, next: Entry, reasons: &mut Reasons) {
        if self.after_non_ascii {
            self.word_ends(reasons);
            let before = self.before;
            let is_letter = c.is_ascii_alphabetic();
            let behind_sign = before.kind == Kind::StraySign || self.sign_in_word;
            self.has_opener |= before.kind == Kind::Opener && is_letter;
            reasons.legacy |= is_letter && (behind_sign || before.alphabet > 1);
            reasons.legacy |= c.is_ascii_uppercase() && before.kind == Kind::Letter && before.alphabet == 1;
            let lost = c == ' ' && before.loses_space;
            reasons.utf8 |= lost;
            reasons.lost |= lost;
        }
        self.pending = 0;
        self.pair_before = 0;
        self.sign_in_word = false;
        self.latin1_run = 0;
        // It stands before what comes.
        self.before = next;
        self.after_non_ascii = false;
    }
}
