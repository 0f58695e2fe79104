//! A text to 64 bits that near-duplicates nearly share, so that the same agency story in two papers is found.
//!
//! Each shingle of a text (three words in a row, case and punctuation aside) is hashed; each bit of the fingerprint is what
//! the majority of the shingles' hashes has there. Texts that share most shingles share most bits: two texts are
//! near-duplicates when few bits differ, see [`NEAR_BITS_MAX`]. In scripts without spaces a word is one character.
//!
//! A fingerprint depends on the text alone: the hash function is our own and fixed, so stored fingerprints stay valid.
//!
//! Source: Charikar, "Similarity Estimation Techniques from Rounding Algorithms" (STOC 2002); Manku, Jain and Das Sarma,
//! "Detecting Near-Duplicates for Web Crawling" (WWW 2007). They weigh features by their importance; we count each shingle
//! as often as it occurs, up to twice, as a repeated footer says little about a story.

use crate::text::{is_unspaced, n_ascii};
use std::fmt;

/// Words of a shingle. With one or two, texts about the same thing look alike; with more, each edited word costs more bits.
const SHINGLE_WORDS: usize = 3;

/// How often one shingle counts.
const REPEATS_MAX: usize = 2;

/// Two fingerprints with at most this many different bits are of near-duplicates: the number Manku et al. found to give
/// precision and recall near 0.75 each over 8 billion pages.
pub const NEAR_BITS_MAX: u32 = 3;

/// A text's fingerprint. `Display` gives 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimHash(pub u64);

impl SimHash {
    /// The fingerprint of a text; 0 for a text without letters and digits.
    ///
    /// ```
    /// use copydesk::duplicate::SimHash;
    ///
    /// let (a, b) = (SimHash::of("Rain stopped play at Lord’s."), SimHash::of("RAIN STOPPED PLAY AT LORD’S"));
    /// assert_eq!(a.n_different_bits(b), 0);
    /// ```
    pub fn of(text: &str) -> Self {
        let mut counts = Counts::default();
        let words = word_hashes(text);
        let mut seen = Seen::of(words.len());
        each_shingle(&words, |hash| {
            if seen.is_new(hash) {
                counts.add(hash);
            }
        });
        Self(counts.majority())
    }

    /// How many of the 64 bits differ (the Hamming distance): 0 for texts with the same words, about 32 for texts that have
    /// nothing to do with each other.
    pub fn n_different_bits(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether at most [`NEAR_BITS_MAX`] bits differ. Fingerprints of texts under some fifty words move by more bits than
    /// that with one word: compare such texts themselves.
    pub fn is_near(self, other: Self) -> bool {
        self.n_different_bits(other) <= NEAR_BITS_MAX
    }
}

impl fmt::Display for SimHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// How many of some hashes have each bit, as binary numbers that stand upright: the first word holds the last digit of all
/// 64 counts.
///
/// Eight hashes at a time go through carry-save adders, which need no branch: how far a single one carries is a matter of luck.
/// Source: Warren, Hacker's Delight (2nd ed., 2012), 5-1, "Counting 1-bits in an array".
#[derive(Default)]
struct Counts {
    digits: [u64; 32],
    waiting: [u64; 8],
    n_hashes: usize,
}

impl Counts {
    fn add(&mut self, hash: u64) {
        self.waiting[self.n_hashes % 8] = hash;
        self.n_hashes += 1;
        if self.n_hashes.is_multiple_of(8) {
            let [a, b, c, d, e, f, g, h] = self.waiting;
            let [ones, twos, fours, ..] = &mut self.digits;
            let twos_of = [(a, b), (c, d), (e, f), (g, h)].map(|(a, b)| add_to(ones, a, b));
            let fours_of = [add_to(twos, twos_of[0], twos_of[1]), add_to(twos, twos_of[2], twos_of[3])];
            let eights = add_to(fours, fours_of[0], fours_of[1]);
            self.carry(eights, 3);
        }
    }

    /// Adds a number with one digit, at that digit's place.
    fn carry(&mut self, mut number: u64, from: usize) {
        for digit in &mut self.digits[from..] {
            (*digit, number) = (*digit ^ number, *digit & number);
            if number == 0 {
                return;
            }
        }
    }

    /// The bits that more than half of the hashes have.
    fn majority(mut self) -> u64 {
        for at in 0..self.n_hashes % 8 {
            self.carry(self.waiting[at], 0);
        }
        let n_of = |bit: u32| self.digits.iter().rev().fold(0, |n, digit| 2 * n + (digit >> bit & 1));
        (0..64).fold(0, |bits, bit| bits | u64::from(2 * n_of(bit) > self.n_hashes as u64) << bit)
    }
}

/// Adds two numbers of one digit to a third, and gives what they carry.
fn add_to(sum: &mut u64, a: u64, b: u64) -> u64 {
    let ab = a ^ b;
    let carry = a & b | ab & *sum;
    *sum ^= ab;
    carry
}

/// The hashes seen so far: each stands at the place that its first bits name, or at the next that is free.
struct Seen {
    places: Vec<u64>,
    shift: u32,
}

impl Seen {
    /// Room for so many, twice.
    fn of(n_hashes: usize) -> Self {
        let n_bits = (2 * n_hashes).next_power_of_two().trailing_zeros().max(1);
        Self { places: vec![0; (1 << n_bits) + PROBES_MAX], shift: 64 - n_bits }
    }

    /// Whether a hash was seen less than [`REPEATS_MAX`] times.
    fn is_new(&mut self, hash: u64) -> bool {
        let mut n_seen = 0;
        let first = (hash >> self.shift) as usize;
        for place in &mut self.places[first..first + PROBES_MAX] {
            if *place == 0 {
                *place = hash;
                return true;
            }
            n_seen += usize::from(*place == hash);
            if n_seen == REPEATS_MAX {
                return false;
            }
        }
        true
    }
}

/// Places that are looked at for one hash. At most half of them are taken and hashes are spread evenly, so that so many in a
/// row do not occur unless somebody made the text to that end; then a repeated shingle counts more often.
const PROBES_MAX: usize = 128;

/// One hash a word: runs of letters and digits in lower case; each character of an unspaced script by itself.
fn word_hashes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::with_capacity(text.len() / 6);
    // The word so far; none where it is the start.
    let mut word = OFFSET_BASIS;
    let mut end = |word: &mut u64| {
        if *word != OFFSET_BASIS {
            hashes.push(*word);
            *word = OFFSET_BASIS;
        }
    };
    let mut rest = text;
    while !rest.is_empty() {
        let (ascii, after) = rest.split_at(n_ascii(rest.as_bytes()));
        for byte in ascii.bytes() {
            match LETTER[usize::from(byte)] {
                0 => end(&mut word),
                letter => word = with_char(word, char::from(letter)),
            }
        }
        rest = after;
        while let Some(c) = rest.chars().next().filter(|it| !it.is_ascii()) {
            rest = &rest[c.len_utf8()..];
            if c.is_alphanumeric() && !is_unspaced(c) {
                word = c.to_lowercase().fold(word, with_char);
            } else {
                end(&mut word);
                if c.is_alphanumeric() {
                    end(&mut with_char(OFFSET_BASIS, c));
                }
            }
        }
    }
    end(&mut word);
    hashes
}

/// ASCII letters and digits in lower case; 0 for what is no part of a word.
const LETTER: [u8; 256] = {
    let mut letter = [0; 256];
    let mut at = 0;
    while at < 128 {
        if (at as u8).is_ascii_alphanumeric() {
            letter[at] = (at as u8).to_ascii_lowercase();
        }
        at += 1;
    }
    letter
};

/// The hash of every run of three words, or of all words where there are fewer.
fn each_shingle(words: &[u64], mut each: impl FnMut(u64)) {
    let n = SHINGLE_WORDS.min(words.len()).max(1);
    for shingle in words.windows(n) {
        each(shingle.iter().fold(OFFSET_BASIS, |hash, word| mixed(hash ^ word)));
    }
}

/// FNV-1a's start and step for 64 bits. Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x100_0000_01b3;

/// FNV-1a over whole characters in place of bytes.
fn with_char(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(u32::from(c))).wrapping_mul(PRIME)
}

/// Every bit of the result depends on every bit of `x`, which FNV's upper and lower bits do not; order counts when folded.
/// Source: the finalizer of SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A story of 200 made-up words, other ones for another seed.
    fn story(seed: u64) -> String {
        let word = |n: u64| {
            let hash = mixed(mixed(seed) ^ n);
            (0..3 + hash % 6).map(|at| char::from(b'a' + (hash >> (8 * at) & 15) as u8)).collect::<String>()
        };
        (0..200).map(word).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(a: &str, b: &str, bits: std::ops::RangeInclusive<u32>) {
        let n = SimHash::of(a).n_different_bits(SimHash::of(b));
        assert!(bits.contains(&n), "{n} bits differ, not {bits:?}");
    }

    #[test]
    fn case_punctuation_and_line_ends_do_not_count() {
        check("The rain, it raineth\n\nevery day.", "the rain it raineth – EVERY day", 0..=0);
    }

    #[test]
    fn near_duplicates_differ_in_few_bits() {
        for seed in 0..20 {
            let text = story(seed);
            check(&text, &format!("{text} updated"), 0..=6);
            check(&text, &format!("Agency: {}", text.replacen(' ', " and ", 2)), 0..=14);
        }
    }

    #[test]
    fn different_texts_are_far_apart() {
        for seed in 0..20 {
            check(&story(seed), &story(seed + 100), 16..=48);
        }
    }

    #[test]
    fn the_order_of_words_counts() {
        let words = story(1);
        let backwards: Vec<&str> = words.split(' ').rev().collect();
        check(&words, &backwards.join(" "), 16..=48);
    }

    #[test]
    fn unspaced_scripts_are_compared_by_character() {
        let text = "東京の天気は今日も晴れで、気温は平年より高くなる見込みです。週末にかけて雨が降る地域もあるため、傘の用意が必要です。";
        check(text, &text.replace("平年", "昨年"), 0..=16);
        check(
            text,
            "政府は予算案を閣議決定し、来週の国会に提出する方針を固めた。与野党の協議は難航している。",
            17..=48,
        );
    }

    #[test]
    fn a_footer_repeated_a_hundred_times_does_not_hide_the_story() {
        let (text, footer) = (story(3), " all rights reserved".repeat(100));
        check(&text, &(text.clone() + &footer), 0..=12);
    }

    #[test]
    fn fingerprints_do_not_change_between_versions() {
        let hash = SimHash::of("Rain stopped play at Lord’s on the third day of the second Test.");
        assert_eq!(hash.to_string(), "076a000863d1f007");
        assert_eq!(SimHash::of("– …"), SimHash(0));
        assert_ne!(SimHash::of("one"), SimHash::of("two"));
    }

    #[test]
    fn near_is_at_most_three_bits() {
        assert!(SimHash(0b1011).is_near(SimHash(0b1100)));
        assert!(!SimHash(0b1011).is_near(SimHash(0b0100)));
    }
}
