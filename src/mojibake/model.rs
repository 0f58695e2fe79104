//! How likely a text is, in bits: a character trigram model over some sixty languages at once.
//!
//! Letters are folded to lower case and case is weighed apart, by the shapes of the two characters before. Ideographs
//! and Hangul syllables are one symbol each to their neighbours, plus what the single character costs. A character
//! never seen costs what its class costs. Unlikely neighbours (a capital after a small letter, a Cyrillic letter in a
//! Latin word, a C1 control anywhere) are what damage looks like; no list of bad pairs is needed.
//!
//! The data is `model.bin`, made by `examples/train_mojibake.rs` (which says from what); its layout stands in
//! [`Model::read`]. It holds counts turned into costs, no text.
//!
//! Source: Witten and Bell, "The zero-frequency problem" (1991), for what unseen neighbours cost.

use std::sync::{LazyLock, OnceLock};

/// Eighths of a bit.
pub(crate) type Cost = i32;

/// One bit.
pub(crate) const BIT: Cost = 8;

/// What a letter costs beside one of another alphabet, beyond being unseen there: words do not mix them.
const MIXED_ALPHABETS: Cost = 6 * BIT;

/// Number of a symbol: a class, or a character that neighbours are counted of.
pub(crate) type Rep = u16;

/// Bits of a symbol number in a key of three.
pub(crate) const REP_BITS: u32 = 11;

/// Classes of characters; the first symbol numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Class {
    /// Start or end of a line.
    Line,
    Digit,
    OtherDigit,
    Han,
    Hangul,
    C0,
    C1,
    Replacement,
    /// Private use, noncharacters, unassigned.
    Private,
    Emoji,
    Latin,
    Greek,
    Cyrillic,
    Arabic,
    Hebrew,
    OtherLetter,
    Mark,
    Punctuation,
    Symbol,
    Compatibility,
    Format,
}

/// How many classes there are.
pub(crate) const N_CLASSES: usize = 21;

/// What a character of a class costs beyond its class, in bits: about the logarithm of how many there are.
const CLASS_BITS: [Cost; N_CLASSES] = [0, 0, 5, 13, 13, 5, 5, 0, 12, 6, 8, 7, 7, 7, 6, 9, 7, 6, 9, 9, 5];

/// Case and kind of a character, as its neighbours see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Shape {
    Space,
    Lower,
    Upper,
    Caseless,
    Digit,
    Other,
}

/// How many shapes there are.
pub(crate) const N_SHAPES: usize = 6;

/// A character as the model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Symbol {
    /// What neighbours are counted of.
    pub(crate) rep: Rep,
    /// Its shape.
    pub(crate) shape: Shape,
    /// What it costs beyond its symbol.
    pub(crate) extra: u8,
    /// The alphabet it belongs to; 0 for what mixes with any.
    pub(crate) alphabet: u8,
}

/// The two characters before: all that a cost depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Context {
    reps: [Rep; 2],
    shapes: [Shape; 2],
    alphabet: u8,
}

impl Context {
    /// The start of a line.
    pub(crate) const LINE: Self = Self { reps: [Class::Line as Rep; 2], shapes: [Shape::Space; 2], alphabet: 0 };

    /// The context after one more character.
    pub(crate) fn then(self, next: Symbol) -> Self {
        Self { reps: [self.reps[1], next.rep], shapes: [self.shapes[1], next.shape], alphabet: next.alphabet }
    }
}

/// Characters that are looked up together, when the first of them is met.
const BLOCK_CHARS: u32 = 256;

/// Blocks of the first two planes.
const BLOCKS: usize = 512;

/// The model in memory.
pub(crate) struct Model {
    /// Symbols of the characters of the first two planes, block by block.
    blocks: Vec<OnceLock<Box<[Symbol]>>>,
    /// Known characters, sorted, with their symbols.
    known: Vec<(u16, Symbol)>,
    /// For each symbol: its own cost, and the cost of a next one not seen after it.
    unigrams: Vec<[u8; 2]>,
    /// Hashed pairs in buckets: 16 bits of check, cost, cost of a third one not seen after the pair. 0 is empty.
    bigrams: Vec<u32>,
    /// Hashed triples in buckets: 10 bits of check, cost in quarters of a bit. 0 is empty.
    trigrams: Vec<u16>,
    /// Cost of a small and of a capital letter, by the shapes of the two characters before.
    cases: [[u8; 2]; N_SHAPES * N_SHAPES],
}

/// The trained model.
pub(crate) static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_bytes!("model.bin")).expect("model.bin is checked by a test"));

impl Model {
    /// Reads what training wrote: `CDM1`; known characters (count, sorted UTF-16 units, extra cost of each); symbols
    /// (count, cost and backoff of each); pairs (count, slots); triples (count, slots); case costs. Counts are 32
    /// bits, all is little-endian. `None` if the data ends early or runs on.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let mut rest = data.strip_prefix(b"CDM1")?;
        let mut take = |len: usize| -> Option<&[u8]> {
            let (head, tail) = rest.split_at_checked(len)?;
            rest = tail;
            Some(head)
        };
        let number = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
        let n_known = number(take(4)?);
        let chars: Vec<u16> =
            take(n_known * 2)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        let extras = take(n_known)?.to_vec();
        let n_reps = number(take(4)?);
        let unigrams = take(n_reps * 2)?.chunks_exact(2).map(|two| [two[0], two[1]]).collect();
        let n_bigrams = number(take(4)?);
        let bigrams = take(n_bigrams * 4)?.chunks_exact(4).map(|four| number(four) as u32).collect();
        let n_trigrams = number(take(4)?);
        let trigrams = take(n_trigrams * 2)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        let mut cases = [[0; 2]; N_SHAPES * N_SHAPES];
        for (case, two) in cases.iter_mut().zip(take(N_SHAPES * N_SHAPES * 2)?.chunks_exact(2)) {
            *case = [two[0], two[1]];
        }
        let known = known_symbols(&chars, &extras);
        let fits = rest.is_empty() && n_bigrams > 0 && n_trigrams > 0;
        let top = known.iter().map(|(_, symbol)| usize::from(symbol.rep)).max().unwrap_or(0);
        if !fits || top >= n_reps || n_reps < N_CLASSES {
            return None;
        }
        let blocks = (0..BLOCKS).map(|_| OnceLock::new()).collect();
        Some(Self { blocks, known, unigrams, bigrams, trigrams, cases })
    }

    /// A character as a symbol.
    pub(crate) fn symbol(&self, c: char) -> Symbol {
        let code = c as u32;
        let Some(block) = self.blocks.get((code / BLOCK_CHARS) as usize) else { return symbol_of(c, &self.known) };
        block.get_or_init(|| {
            let first = code - code % BLOCK_CHARS;
            let symbol = |code| char::from_u32(code).map_or(PRIVATE, |c| symbol_of(c, &self.known));
            (first..first + BLOCK_CHARS).map(symbol).collect()
        })[(code % BLOCK_CHARS) as usize]
    }

    /// Whether a character was met in training, or is one of a class of which no training meets all.
    pub(crate) fn is_known(&self, c: char) -> bool {
        const OPEN: [Rep; 5] =
            [Class::Han as Rep, Class::Hangul as Rep, Class::Emoji as Rep, Class::C0 as Rep, Class::C1 as Rep];
        let rep = self.symbol(c).rep;
        usize::from(rep) >= N_CLASSES
            || OPEN.contains(&rep)
            || matches!(c, '\u{2190}'..='\u{21FF}' | '\u{2B00}'..='\u{2B5A}')
    }

    /// What a character costs after two others.
    pub(crate) fn cost(&self, before: Context, next: Symbol) -> Cost {
        let [a, b] = before.reps;
        let c = next.rep;
        let neighbours = self.trigram(a, b, c).unwrap_or_else(|| {
            let unseen = self.bigram(a, b).map_or(0, |[_, unseen]| Cost::from(unseen));
            let [_, after] = self.unigrams[usize::from(b)];
            let alone = || Cost::from(after) + Cost::from(self.unigrams[usize::from(c)][0]);
            unseen + self.bigram(b, c).map_or_else(alone, |[cost, _]| Cost::from(cost))
        });
        let is_mixed = before.alphabet != next.alphabet && before.alphabet != 0 && next.alphabet != 0;
        let mixed = if is_mixed { MIXED_ALPHABETS } else { 0 };
        neighbours + Cost::from(next.extra) + self.case_cost(before, next.shape) + mixed
    }

    fn case_cost(&self, before: Context, shape: Shape) -> Cost {
        let [first, second] = before.shapes;
        let [lower, upper] = self.cases[first as usize * N_SHAPES + second as usize];
        match shape {
            Shape::Lower => Cost::from(lower),
            Shape::Upper => Cost::from(upper),
            Shape::Space | Shape::Caseless | Shape::Digit | Shape::Other => 0,
        }
    }

    fn trigram(&self, a: Rep, b: Rep, c: Rep) -> Option<Cost> {
        let (first, check) = place(&[a, b, c], self.trigrams.len(), TRIGRAM_CHECK);
        let bucket = self.trigrams.get(first..first + BUCKET)?;
        let entry = bucket.iter().find(|&&entry| u32::from(entry >> 6) == check)?;
        Some(Cost::from(entry & 0x3F) * (BIT / 4))
    }

    fn bigram(&self, a: Rep, b: Rep) -> Option<[u8; 2]> {
        let (first, check) = place(&[a, b], self.bigrams.len(), BIGRAM_CHECK);
        let bucket = self.bigrams.get(first..first + BUCKET)?;
        let entry = bucket.iter().find(|&&entry| entry >> 16 == check)?;
        Some([(entry >> 8) as u8, *entry as u8])
    }

    /// What a text costs from a context on.
    pub(crate) fn text_cost(&self, mut before: Context, text: impl Iterator<Item = char>) -> Cost {
        let mut sum = 0;
        for c in text {
            let symbol = self.symbol(c);
            sum += self.cost(before, symbol);
            before = before.then(symbol);
        }
        sum
    }
}

const PRIVATE: Symbol = Symbol { rep: Class::Private as Rep, shape: Shape::Other, extra: 96, alphabet: 0 };

/// Slots that an entry may stand in. Training drops what finds its bucket full.
pub(crate) const BUCKET: usize = 8;

/// Check bits of triples and of pairs, as masks.
pub(crate) const TRIGRAM_CHECK: u32 = 0x3FF;
pub(crate) const BIGRAM_CHECK: u32 = 0xFFFF;

/// First slot of the bucket of a pair or triple, and its check bits, which are never all zero, so that no entry is 0.
pub(crate) fn place(reps: &[Rep], slots: usize, check: u32) -> (usize, u32) {
    let mut key = reps.iter().fold(reps.len() as u64, |key, &rep| key << REP_BITS | u64::from(rep));
    key = (key ^ key >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    key = (key ^ key >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    key ^= key >> 31;
    let bucket = ((key >> 32) * (slots / BUCKET) as u64) >> 32;
    (bucket as usize * BUCKET, (key as u32 & check).max(1))
}

/// Symbols of the known characters. Ideographs and syllables share one symbol; all others have their own, numbered
/// after the classes in the order of the characters.
pub(crate) fn known_symbols(chars: &[u16], extras: &[u8]) -> Vec<(u16, Symbol)> {
    let mut next_rep = N_CLASSES as Rep;
    let mut known = Vec::with_capacity(chars.len());
    for (&code, &extra) in chars.iter().zip(extras) {
        let c = char::from_u32(u32::from(code)).unwrap_or('\u{FFFD}');
        let (class, shape) = class_of(c);
        let rep = if matches!(class, Class::Han | Class::Hangul) {
            class as Rep
        } else {
            next_rep += 1;
            next_rep - 1
        };
        known.push((code, Symbol { rep, shape, extra, alphabet: alphabet_of(c, class) }));
    }
    known
}

/// A character as a symbol, given the known ones.
pub(crate) fn symbol_of(c: char, known: &[(u16, Symbol)]) -> Symbol {
    let folded = fold(c);
    let (class, shape) = class_of(c);
    if let Ok(code) = u16::try_from(folded as u32)
        && let Ok(idx) = known.binary_search_by_key(&code, |&(code, _)| code)
    {
        return Symbol { shape, ..known[idx].1 };
    }
    let extra = (CLASS_BITS[class as usize] * BIT) as u8;
    Symbol { rep: class as Rep, shape, extra, alphabet: alphabet_of(c, class) }
}

/// The character whose neighbours are counted: lower case where that is one character, one space for all, one digit
/// for all.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => {
            if c == 'İ' {
                'i'
            } else {
                c
            }
        }
    }
}

/// Class and shape of a character.
pub(crate) fn class_of(c: char) -> (Class, Shape) {
    let shape = match c {
        '\t' | ' ' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{3000}' | '\n' | '\r' => Shape::Space,
        'ª' | 'º' => Shape::Other,
        _ if c.is_lowercase() => Shape::Lower,
        _ if c.is_uppercase() => Shape::Upper,
        _ if c.is_alphabetic() => Shape::Caseless,
        _ if c.is_numeric() => Shape::Digit,
        _ => Shape::Other,
    };
    let class = match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Class::Line,
        '0'..='9' => Class::Digit,
        '\0'..='\u{1F}' | '\u{7F}' => Class::C0,
        '\u{80}'..='\u{9F}' => Class::C1,
        '\u{FFFD}' => Class::Replacement,
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => Class::Han,
        '\u{AC00}'..='\u{D7A3}' => Class::Hangul,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => Class::Format,
        '\u{2010}'..='\u{205F}' | '\u{3001}'..='\u{303F}' | '\u{A1}'..='\u{BF}' => Class::Punctuation,
        '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' => Class::Emoji,
        '\u{20A0}'..='\u{2BFF}' => Class::Symbol,
        '\u{E000}'..='\u{F8FF}' | '\u{E0000}'.. => Class::Private,
        '\u{FB00}'..='\u{FDFF}' | '\u{FE10}'..='\u{FFEF}' => Class::Compatibility,
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' => Class::Mark,
        _ if c.is_alphabetic() => match c {
            '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2C60}'..='\u{2C7F}' => Class::Latin,
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Class::Greek,
            '\u{400}'..='\u{52F}' => Class::Cyrillic,
            '\u{590}'..='\u{5FF}' => Class::Hebrew,
            '\u{600}'..='\u{77F}' => Class::Arabic,
            _ => Class::OtherLetter,
        },
        _ if c.is_numeric() => Class::OtherDigit,
        _ if (c as u32) < 0x2000 => Class::Punctuation,
        _ => Class::Symbol,
    };
    (class, shape)
}

/// The alphabet of a letter, as far as words keep to one: 0 for all that is no letter, and for East Asian writing.
fn alphabet_of(c: char, class: Class) -> u8 {
    if !c.is_alphabetic() {
        return 0;
    }
    match (class, c) {
        (Class::Latin, _) => 1,
        (Class::Greek, _) => 2,
        (Class::Cyrillic, _) => 3,
        (Class::Arabic, _) => 4,
        (Class::Hebrew, _) => 5,
        (_, '\u{530}'..='\u{58F}') => 6,
        (_, '\u{900}'..='\u{10FF}') => 7 + ((c as u32 - 0x900) >> 7) as u8,
        _ => 0,
    }
}
