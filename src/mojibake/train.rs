//! Makes the data of [`super::model`] from texts: counts of neighbouring characters, turned into costs and cut to
//! size. Only `examples/train_mojibake.rs` needs this.

use std::collections::{BTreeMap, HashSet};

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS};

use super::model::{
    BIGRAM_CHECK, BIT, BUCKET, Class, N_CLASSES, N_SHAPES, REP_BITS, Rep, Shape, TRIGRAM_CHECK, class_of, fold,
    known_symbols, place, symbol_of,
};

/// Characters that one text may weigh; larger texts are scaled down, so that no language drowns the others.
const TEXT_CHARS: f64 = 300_000.0;

/// Slots of the two tables. With the rest this makes under 400 KB.
const BIGRAM_SLOTS: usize = 16 << 10;
const TRIGRAM_SLOTS: usize = 128 << 10;

/// Share of the slots that is filled at most; more is lost to full buckets.
const FILL: f64 = 0.9;

/// Weight a character needs to be known.
const KNOWN_MIN: f64 = 3.0;

/// Weight that an ideograph or syllable gets for each national standard that counts it among the common ones.
const STANDARD_WEIGHT: f64 = 4.0;

/// The model's data from texts, one string for each language or source; they weigh alike up to their length.
pub fn train(texts: &[String]) -> Vec<u8> {
    let weights: Vec<f64> =
        texts.iter().map(|text| (TEXT_CHARS / text.chars().count().max(1) as f64).min(1.0)).collect();
    let known = KnownCharacters::count(texts, &weights);
    let symbols = known_symbols(&known.chars, &known.extras);
    let n_reps = symbols.iter().map(|(_, symbol)| usize::from(symbol.rep) + 1).max().unwrap_or(0).max(N_CLASSES);
    let mut counts = Counts {
        unigrams: vec![0.0; n_reps],
        bigrams: BTreeMap::new(),
        trigrams: BTreeMap::new(),
        cases: [[0.0; 2]; N_SHAPES * N_SHAPES],
    };
    for (text, &weight) in texts.iter().zip(&weights) {
        for line in text.lines() {
            counts.add(line, weight, &symbols);
        }
    }
    counts.write(&known)
}

struct KnownCharacters {
    chars: Vec<u16>,
    extras: Vec<u8>,
}

impl KnownCharacters {
    fn count(texts: &[String], weights: &[f64]) -> Self {
        let mut weight_of: BTreeMap<char, f64> = BTreeMap::new();
        for (text, &weight) in texts.iter().zip(weights) {
            for c in text.chars() {
                *weight_of.entry(fold(c)).or_default() += weight;
            }
        }
        for encoding in [GBK, BIG5, SHIFT_JIS, EUC_KR] {
            for c in common(encoding) {
                *weight_of.entry(c).or_default() += STANDARD_WEIGHT;
            }
        }
        let mut known: Vec<(u16, f64)> = weight_of
            .into_iter()
            .filter(|&(c, weight)| {
                let (class, _) = class_of(c);
                let is_class_alone = matches!(
                    class,
                    Class::Line | Class::Digit | Class::C0 | Class::C1 | Class::Replacement | Class::Private
                );
                weight >= KNOWN_MIN && !is_class_alone
            })
            .filter_map(|(c, weight)| Some((u16::try_from(c as u32).ok()?, weight)))
            .collect();
        known.sort_unstable_by_key(|&(code, _)| code);
        let class = |code: u16| class_of(char::from_u32(u32::from(code)).unwrap_or('\u{FFFD}')).0;
        let sum = |wanted: Class| -> f64 {
            known.iter().filter(|&&(code, _)| class(code) == wanted).map(|&(_, weight)| weight).sum()
        };
        let (han, hangul) = (sum(Class::Han), sum(Class::Hangul));
        let extras = known
            .iter()
            .map(|&(code, weight)| match class(code) {
                Class::Han => byte(weight / han),
                Class::Hangul => byte(weight / hangul),
                _ => 0,
            })
            .collect();
        Self { chars: known.iter().map(|&(code, _)| code).collect(), extras }
    }
}

/// Characters that a national standard counts among the common ones: its first level of ideographs, or its syllables.
fn common(encoding: &'static Encoding) -> impl Iterator<Item = char> {
    let (first, last) = match encoding.name() {
        "GBK" => (0xB0A1_u16, 0xD7FE_u16),
        "Big5" => (0xA440, 0xC67E),
        "Shift_JIS" => (0x889F, 0x9872),
        _ => (0xB0A1, 0xC8FE),
    };
    (first..=last).filter_map(move |code| {
        // GBK and EUC-KR proper have both bytes in A1..FE; other trail bytes are later additions.
        let is_addition = matches!(encoding.name(), "GBK" | "EUC-KR") && code & 0xFF < 0xA1;
        let text = encoding.decode_without_bom_handling_and_without_replacement(&code.to_be_bytes())?.into_owned();
        let mut chars = text.chars();
        let c = chars.next().filter(|_| chars.next().is_none() && !is_addition)?;
        matches!(class_of(c).0, Class::Han | Class::Hangul).then_some(c)
    })
}

struct Counts {
    unigrams: Vec<f64>,
    bigrams: BTreeMap<[Rep; 2], f64>,
    trigrams: BTreeMap<[Rep; 3], f64>,
    /// Small and capital letters by the shapes of the two characters before.
    cases: [[f64; 2]; N_SHAPES * N_SHAPES],
}

impl Counts {
    fn add(&mut self, line: &str, weight: f64, symbols: &[(u16, super::model::Symbol)]) {
        let line_end = Class::Line as Rep;
        let (mut a, mut b) = (line_end, line_end);
        let mut shapes = [Shape::Space; 2];
        for c in line.chars().chain(['\n']) {
            let symbol = symbol_of(c, symbols);
            let rep = symbol.rep;
            self.unigrams[usize::from(rep)] += weight;
            *self.bigrams.entry([b, rep]).or_default() += weight;
            *self.trigrams.entry([a, b, rep]).or_default() += weight;
            let case = &mut self.cases[shapes[0] as usize * N_SHAPES + shapes[1] as usize];
            match symbol.shape {
                Shape::Lower => case[0] += weight,
                Shape::Upper => case[1] += weight,
                Shape::Space | Shape::Caseless | Shape::Digit | Shape::Other => {}
            }
            (a, b) = (b, rep);
            shapes = [shapes[1], symbol.shape];
        }
    }

    fn write(&self, known: &KnownCharacters) -> Vec<u8> {
        let total: f64 = self.unigrams.iter().sum();
        let n_reps = self.unigrams.len() as f64;
        // Half a count for each symbol, so that none is impossible.
        let alone = |rep: Rep| (self.unigrams[usize::from(rep)] + 0.5) / (total + 0.5 * n_reps);

        let after_one = Followers::of(self.bigrams.iter().map(|(&[a, _], &count)| (u32::from(a), count)));
        let after_two = Followers::of(self.trigrams.iter().map(|(&[a, b, _], &count)| (pair(a, b), count)));
        let of_two = |a: Rep, b: Rep| {
            let seen = self.bigrams.get(&[a, b]).copied().unwrap_or(0.0);
            after_one.seen(u32::from(a), seen) + after_one.unseen(u32::from(a)) * alone(b)
        };
        let of_three = |a: Rep, b: Rep, c: Rep, seen: f64| {
            after_two.seen(pair(a, b), seen) + after_two.unseen(pair(a, b)) * of_two(b, c)
        };

        let mut bigrams: Vec<([Rep; 2], f64, u32)> = self
            .bigrams
            .iter()
            .map(|(&[a, b], &count)| {
                let likely = of_two(a, b);
                let gain = count * (likely / (after_one.unseen(u32::from(a)) * alone(b))).log2();
                // A pair also carries what its unseen followers cost.
                let carries = count * -after_two.unseen(pair(a, b)).log2();
                let entry = u32::from(byte(likely)) << 8 | u32::from(byte(after_two.unseen(pair(a, b))));
                ([a, b], gain + 0.5 * carries, entry)
            })
            .collect();
        keep_best(&mut bigrams, BIGRAM_SLOTS);
        let kept: HashSet<[Rep; 2]> = bigrams.iter().map(|&(key, ..)| key).collect();

        let mut trigrams: Vec<([Rep; 3], f64, u32)> = self
            .trigrams
            .iter()
            .map(|(&[a, b, c], &count)| {
                let likely = of_three(a, b, c, count);
                let without = if kept.contains(&[a, b]) { after_two.unseen(pair(a, b)) } else { 1.0 }
                    * if kept.contains(&[b, c]) { of_two(b, c) } else { after_one.unseen(u32::from(b)) * alone(c) };
                let quarters = (-likely.log2() * 4.0).round().clamp(0.0, 63.0) as u32;
                ([a, b, c], count * (likely / without).log2().abs(), quarters)
            })
            .collect();
        keep_best(&mut trigrams, TRIGRAM_SLOTS);

        let mut out = b"CDM1".to_vec();
        let put = |out: &mut Vec<u8>, number: usize| out.extend((number as u32).to_le_bytes());
        put(&mut out, known.chars.len());
        out.extend(known.chars.iter().flat_map(|code| code.to_le_bytes()));
        out.extend(&known.extras);
        put(&mut out, self.unigrams.len());
        for rep in 0..self.unigrams.len() as Rep {
            out.extend([byte(alone(rep)), byte(after_one.unseen(u32::from(rep)))]);
        }
        put(&mut out, BIGRAM_SLOTS);
        let mut slots = vec![0_u32; BIGRAM_SLOTS];
        for (key, _, entry) in &bigrams {
            let (slot, check) = place(key, BIGRAM_SLOTS, BIGRAM_CHECK);
            insert(&mut slots, slot, check << 16 | entry);
        }
        out.extend(slots.iter().flat_map(|slot| slot.to_le_bytes()));
        put(&mut out, TRIGRAM_SLOTS);
        let mut slots = vec![0_u32; TRIGRAM_SLOTS];
        for (key, _, quarters) in &trigrams {
            let (slot, check) = place(key, TRIGRAM_SLOTS, TRIGRAM_CHECK);
            insert(&mut slots, slot, check << 6 | quarters);
        }
        out.extend(slots.iter().flat_map(|&slot| (slot as u16).to_le_bytes()));
        for [lower, upper] in self.cases {
            let sum = lower + upper + 2.0;
            out.extend([byte((lower + 1.0) / sum), byte((upper + 1.0) / sum)]);
        }
        out
    }
}

/// What follows a context: how much, and how many kinds, which is how much may follow that was never seen.
struct Followers(BTreeMap<u32, (f64, f64)>);

impl Followers {
    fn of(pairs: impl Iterator<Item = (u32, f64)>) -> Self {
        let mut followers: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for (context, count) in pairs {
            let entry = followers.entry(context).or_default();
            entry.0 += count;
            // A kind seen with little weight is less than a kind.
            entry.1 += count.min(1.0);
        }
        Self(followers)
    }

    fn seen(&self, context: u32, count: f64) -> f64 {
        self.0.get(&context).map_or(0.0, |&(sum, kinds)| count / (sum + kinds))
    }

    fn unseen(&self, context: u32) -> f64 {
        self.0.get(&context).map_or(1.0, |&(sum, kinds)| kinds / (sum + kinds))
    }
}

fn pair(a: Rep, b: Rep) -> u32 {
    u32::from(a) << REP_BITS | u32::from(b)
}

/// Keeps as many entries as a table takes, those that matter most first; the order is fixed by the keys.
fn keep_best<K: Ord + Copy>(entries: &mut Vec<(K, f64, u32)>, slots: usize) {
    entries.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    entries.truncate((slots as f64 * FILL) as usize);
}

/// Puts an entry into its bucket; one that finds it full is lost, and it mattered less than those there.
fn insert(slots: &mut [u32], first: usize, entry: u32) {
    if let Some(slot) = slots[first..first + BUCKET].iter_mut().find(|slot| **slot == 0) {
        *slot = entry;
    }
}

/// A probability as eighths of a bit.
fn byte(probability: f64) -> u8 {
    (-probability.log2() * f64::from(BIT)).round().clamp(0.0, 255.0) as u8
}
