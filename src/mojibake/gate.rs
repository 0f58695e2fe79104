//! The gate: whether a line can hold damage, decided at memory speed.
//!
//! UTF-8 read in a single-byte encoding leaves the character of a lead byte directly before that of a continuation
//! byte. For each character a table says in which encodings it is either, and what kind it is; a line is passed over
//! if no two neighbours fit and nothing in it is odd. Odd is what no sound line has: a C1 control, U+FFFD, a sign or
//! another alphabet inside a word, a capital behind a small letter with an accent, three letters of Latin-1 in a row,
//! letters that no one language owns, a private character.
//!
//! The gate lets some sound lines through; the search settles those. What it stops, the search would not change.

use std::sync::LazyLock;

use super::codecs::{Mask, N_UTF8, TABLES};
use super::entities;
use super::languages::{ALL, Languages, are_of_none, owners};

/// What a line is let through for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reasons {
    /// Neighbours that may be bytes of UTF-8, a control, U+FFFD or a reference.
    pub(super) utf8: bool,
    /// U+FFFD, or a capital that a lost no-break space may have left: a lost byte is looked for without further reason.
    pub(super) lost: bool,
    /// Something odd, that may be one legacy encoding read as another.
    pub(super) legacy: bool,
}

impl Reasons {
    pub(super) fn any(self) -> bool {
        self.utf8 || self.legacy
    }
}

/// Whether a text may be damaged. `false` means that [`repair`](super::repair) would certainly change nothing.
///
/// Linear, and many times as fast as repair: plain ASCII is passed over at memory speed.
pub fn suspicious(text: &str) -> bool {
    may_hold_anything(text) && text.split_inclusive('\n').any(|line| reasons(line).any())
}

/// Whether a text is more than plain ASCII without references.
pub(super) fn may_hold_anything(text: &str) -> bool {
    !text.is_ascii() || memchr::memchr_iter(b'&', text.as_bytes()).any(|at| entities::reference(&text[at..]).is_some())
}

/// Kind of a character, as far as the gate cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Other,
    /// A letter, small or without case.
    Letter,
    Capital,
    /// A sign that no word has inside.
    Sign,
    /// A sign that does not even end a word.
    StraySign,
    /// What no sound text has.
    Broken,
}

/// What the gate knows of a character.
#[derive(Debug, Clone, Copy)]
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

/// Characters below this have an entry.
const ENTRIES: usize = 0x2600;

static TABLE: LazyLock<Vec<Entry>> =
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
        '¡' | '¿' | '¢'..='§' | '¬' | '¯' | '¶' | '¹' | '³' | '¸' | '¨' | '±' | '‡' | 'ƒ' | 'ˆ' | '˜' | '‰' | '†' => {
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
    let is_latin1_letter = matches!(c, 'À'..='ÿ') && alphabet == 1;
    let loses_space = matches!(c, 'Â' | 'Ã' | 'Å');
    Entry {
        leads,
        long_leads,
        tails,
        owners: owners(c),
        kind,
        alphabet,
        is_latin1_letter,
        loses_space,
        is_euro: c == '€',
    }
}

/// The languages that own a letter, looked up.
pub(super) fn owners_of(c: char) -> Languages {
    TABLE.get(c as usize).map_or(ALL, |entry| entry.owners)
}

/// What a line is let through for.
pub(super) fn reasons(line: &str) -> Reasons {
    let bytes = line.as_bytes();
    let mut reasons = Reasons::default();
    let mut scan = Scan::new(ALL);
    let table = &**TABLE;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii() {
            let (next, c) = skip_ascii(bytes, at);
            if scan.after_non_ascii {
                scan.ascii(char::from(bytes[at]), &mut reasons);
            }
            // The last one stands before what comes.
            scan.before = table[c as usize];
            scan.after_non_ascii = false;
            at = next;
            continue;
        }
        let (code, len) = code_at(bytes, at);
        match table.get(code) {
            Some(entry) => scan.character(*entry, &mut reasons),
            None => {
                reasons.utf8 |= code == 0xFFFD;
                reasons.lost |= code == 0xFFFD;
                reasons.legacy |= matches!(code, 0xE000..=0xF8FF | 0xFF61..=0xFF9F);
                scan.word_ends(&mut reasons);
                scan = Scan { has_word_pair: scan.has_word_pair, after_non_ascii: true, ..Scan::new(scan.owners) };
            }
        }
        at += len;
    }
    reasons.utf8 |= memchr::memchr_iter(b'&', bytes).any(|at| entities::reference(&line[at..]).is_some());
    scan.word_ends(&mut reasons);
    reasons.legacy |= are_of_none(scan.owners);
    reasons.utf8 |= scan.has_word_pair && reasons.legacy;
    reasons
}

/// The end of the ASCII stretch that begins at a byte, and its last character.
fn skip_ascii(bytes: &[u8], mut at: usize) -> (usize, char) {
    while let Some(chunk) = bytes.get(at..at + 16) {
        if chunk.iter().fold(0, |all, byte| all | byte) >= 0x80 {
            break;
        }
        at += 16;
    }
    while at < bytes.len() && bytes[at].is_ascii() {
        at += 1;
    }
    (at, char::from(bytes[at - 1]))
}

/// Code of the character that begins at a byte of valid UTF-8, and its length in bytes.
fn code_at(bytes: &[u8], at: usize) -> (usize, usize) {
    let tail = |idx: usize| usize::from(bytes[at + idx] & 0x3F);
    let lead = usize::from(bytes[at]);
    match lead {
        0..0xE0 => ((lead & 0x1F) << 6 | tail(1), 2),
        0xE0..0xF0 => ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3),
        _ => ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4),
    }
}

/// What has been seen of a line.
struct Scan {
    before: Entry,
    /// Encodings in which the two characters before are lead and continuation.
    pair_before: Mask,
    /// Encodings in which the two characters before begin a longer sequence.
    pending: Mask,
    /// Letters of one alphabet in a row, Latin aside.
    word_run: u8,
    /// Whether the word so far began with a capital.
    word_is_capitalised: bool,
    /// Whether two letters inside a word are a pair; damage only if something else is odd.
    has_word_pair: bool,
    owners: Languages,
    latin1_run: u8,
    /// Whether the character before is a sign directly behind a letter.
    sign_in_word: bool,
    after_non_ascii: bool,
}

impl Scan {
    fn new(owners: Languages) -> Self {
        Self {
            before: NOTHING,
            pair_before: 0,
            pending: 0,
            word_run: 0,
            word_is_capitalised: false,
            has_word_pair: false,
            owners,
            latin1_run: 0,
            sign_in_word: false,
            after_non_ascii: false,
        }
    }

    /// A word of two letters that are a pair, the first a capital: `ВЈ` is `£`.
    fn word_ends(&mut self, reasons: &mut Reasons) {
        reasons.utf8 |= self.word_run == 2 && self.word_is_capitalised && self.pair_before != 0;
        self.word_run = 0;
    }

    fn character(&mut self, next: Entry, reasons: &mut Reasons) {
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
        let pair = before.leads & next.tails | self.pending & next.tails;
        self.pending = before.long_leads & next.tails;
        // `â€` is plain enough to be looked at, whatever has become of the rest.
        reasons.utf8 |= self.pending != 0 && next.is_euro;
        if pair != 0 {
            // Letters behind letters are words, unless pair follows pair.
            reasons.utf8 |= !is_word || pair & self.pair_before != 0;
            self.has_word_pair = true;
        }
        reasons.utf8 |= next.kind == Kind::Broken;
        reasons.legacy |= next.kind == Kind::Broken;
        let is_letter = |entry: Entry| matches!(entry.kind, Kind::Letter | Kind::Capital);
        let is_sign = |entry: Entry| matches!(entry.kind, Kind::Sign | Kind::StraySign);
        let odd = (before.alphabet != next.alphabet && before.alphabet != 0 && next.alphabet != 0)
            || (before.kind == Kind::Letter && next.kind == Kind::Capital)
            || (is_letter(before) && next.kind == Kind::StraySign)
            || (is_sign(before) && next.kind == Kind::StraySign)
            || (before.kind == Kind::StraySign && is_letter(next))
            || (self.sign_in_word && is_letter(next));
        self.sign_in_word = is_letter(before) && next.kind == Kind::Sign;
        self.latin1_run = if next.is_latin1_letter { self.latin1_run.saturating_add(1) } else { 0 };
        reasons.legacy |= odd || self.latin1_run > 2;
        self.owners &= next.owners;
        // Pairs do not overlap: the second of one is not the first of the next.
        self.pair_before =
            if pair != 0 { pair } else { self.pair_before & (next.leads | next.long_leads | self.pending) };
        self.before = next;
        self.after_non_ascii = true;
    }

    /// An ASCII character directly behind another.
    fn ascii(&mut self, next: char, reasons: &mut Reasons) {
        self.word_ends(reasons);
        let before = self.before;
        let is_letter = next.is_ascii_alphabetic();
        let behind_sign = before.kind == Kind::StraySign || self.sign_in_word;
        reasons.legacy |= is_letter && (behind_sign || before.alphabet > 1);
        reasons.legacy |= next.is_ascii_uppercase() && before.kind == Kind::Letter && before.alphabet == 1;
        let lost = next == ' ' && before.loses_space;
        reasons.utf8 |= lost;
        reasons.lost |= lost;
        self.pending = 0;
        self.pair_before = 0;
        self.sign_in_word = false;
        self.latin1_run = 0;
    }
}
