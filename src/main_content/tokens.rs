//! What the words in an element's names say, as learned: how much likelier text is of the story for standing in an element
//! that is called so, around it, or farther out.
//!
//! [Marks](super::marks) are meanings that people wrote down, for news; shops, forums and their themes have more words than
//! those. `training/` weighs each word that five sites or more use, by a logistic regression over the rows of all pages, into
//! `tokens.txt`; here the weights of a row's elements are added up. A word is a run of ASCII letters in the class, id, role or
//! `itemprop`, in lower case, cut where `camelCase` is; the tag is one more, in angle brackets.
//!
//! What it is worth, cross-validated by site: all of wcxb-dev 0.8704 without, 0.8740 with it; articles 0.9605 and 0.9607.

use crate::dom::met::Met;
use crate::dom::{Attr, Dom, NodeId, Tag};
use std::sync::LazyLock;

/// What a word adds to the log-odds, in [`UNITS`]: a word of the element's own, of the one around it, of those farther out.
type Weights = [i32; 3];

/// Units of a weight in one of log-odds.
const UNITS: f32 = 32.0;

/// Steps of a column in one of log-odds: what is beyond 16 is all the same.
const STEPS: f32 = 8.0;

/// Words with their weights, by their hashes.
#[derive(Debug)]
pub struct Tokens {
    /// A word stands at the place of its hash or the first free one behind it, see [`Hash::get`]; a free one has hash 0. As many
    /// as a power of two.
    places: Vec<(u32, Weights)>,
}

/// The words that this version of the program was built with.
pub fn built_in() -> &'static Tokens {
    static TOKENS: LazyLock<Tokens> =
        LazyLock::new(|| Tokens::parse(include_str!("tokens.txt")).expect("a test reads the file"));
    &TOKENS
}

impl Tokens {
    /// Reads lines of a word and its three weights; `None` where a line is not of this form, or two words have one hash.
    pub fn parse(file: &str) -> Option<Self> {
        let n_places = (2 * file.lines().count() + 1).next_power_of_two();
        let mut tokens = Self { places: vec![(0, Weights::default()); n_places] };
        for line in file.lines() {
            let mut parts = line.split(' ');
            let hash = Hash::of(&[parts.next()?]);
            let mut weight = || parts.next()?.parse().ok();
            let weights = [weight()?, weight()?, weight()?];
            let place = tokens.place(hash);
            if tokens.places[place].0 != 0 {
                return None;
            }
            tokens.places[place] = (hash, weights);
        }
        Some(tokens)
    }

    /// Where a word of this hash stands or would stand.
    fn place(&self, hash: u32) -> usize {
        let mask = self.places.len() - 1;
        let mut place = hash as usize & mask;
        while self.places[place].0 != hash && self.places[place].0 != 0 {
            place = (place + 1) & mask;
        }
        place
    }

    fn of(&self, hash: u32) -> Weights {
        self.places[self.place(hash)].1
    }

    /// The sum over the words of a name.
    fn of_name(&self, name: &str) -> Weights {
        let (mut sum, mut word) = (Weights::default(), Hash::default());
        spell(name, |letter| match letter {
            Some(letter) => word.push(letter),
            None => {
                if word.n > 1 {
                    sum = plus(sum, self.of(word.get()));
                }
                word = Hash::default();
            }
        });
        sum
    }
}

fn plus(a: Weights, b: Weights) -> Weights {
    std::array::from_fn(|at| a[at] + b[at])
}

/// FNV-1a of 64 bits: <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>.
struct Hash {
    hash: u64,
    n: usize,
}

impl Default for Hash {
    fn default() -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, n: 0 }
    }
}

impl Hash {
    /// Of a word in parts.
    fn of(parts: &[&str]) -> u32 {
        let mut hash = Self::default();
        parts.iter().flat_map(|it| it.bytes()).for_each(|it| hash.push(it));
        hash.get()
    }

    fn push(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.n += 1;
    }

    /// Its upper half, which all bytes move, but never 0.
    fn get(&self) -> u32 {
        ((self.hash >> 32) as u32).max(1)
    }
}

/// Every word that an element is called by: its tag, then those of its names.
pub fn each(dom: &Dom, node: NodeId, mut then: impl FnMut(&str)) {
    if dom.tag(node).is_some() {
        then(&format!("<{}>", dom.tag_name(node)));
        names(dom, node).for_each(|it| each_word(it, &mut then));
    }
}

/// The attributes that say what an element is called.
fn names(dom: &Dom, node: NodeId) -> impl Iterator<Item = &str> {
    let tag = dom.tag(node);
    // A page's own class says what the page is, and a heading's id is its own words.
    let is_page = matches!(tag, Some(Tag::HTML | Tag::BODY));
    let is_heading = matches!(tag, Some(Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6));
    let counts = move |attr: Attr| match attr {
        Attr::CLASS | Attr::ROLE | Attr::ITEMPROP => !is_page,
        Attr::ID => !is_page && !is_heading,
        _ => false,
    };
    dom.attr_values(node).filter(move |(attr, _)| counts(*attr)).map(|it| it.1)
}

/// Every word of two letters or more in the beginning of a name, in lower case.
fn each_word(name: &str, mut then: impl FnMut(&str)) {
    let mut word = String::new();
    spell(name, |letter| match letter {
        Some(letter) => word.push(char::from(letter)),
        None => {
            if word.len() > 1 {
                then(&word);
            }
            word.clear();
        }
    });
}

/// The letters in the beginning of a name, in lower case, and `None` wherever a word may end.
fn spell(name: &str, mut then: impl FnMut(Option<u8>)) {
    let mut was_lower = false;
    for byte in name.bytes().take(NAME_BYTES_MAX) {
        let letter = LETTERS[usize::from(byte)];
        let is_upper = letter >= UPPER;
        if letter == 0 || is_upper && was_lower {
            then(None);
        }
        if letter != 0 {
            then(Some(letter & !UPPER));
        }
        was_lower = letter != 0 && !is_upper;
    }
    then(None);
}

/// Each byte in lower case, 0 for what is no ASCII letter, and with this bit for capitals.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        if byte.is_ascii_alphabetic() {
            letters[at] = byte.to_ascii_lowercase() | if byte.is_ascii_uppercase() { UPPER } else { 0 };
        }
        at += 1;
    }
    letters
};
const UPPER: u8 = 0x80;

/// Bytes of a name that are read: utility frameworks write whole stylesheets into them.
const NAME_BYTES_MAX: usize = 256;

/// Names of the columns that a row has of this.
pub const COLUMNS: [&str; 4] = ["TokensOwn", "TokensParent", "TokensAbove", "Tokens"];

/// What the elements of a document are called, found out as rows are asked about.
pub struct Called<'a> {
    dom: &'a Dom,
    tokens: &'a Tokens,
    /// Of tags, and of other names.
    tags: Met<'a, Weights>,
    names: Met<'a, Weights>,
    /// By node; `None` of those that nobody asked about.
    nodes: Vec<Option<Sums>>,
    /// Room for the elements around one that are not known yet.
    unknown: Vec<NodeId>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    own: i32,
    parent: i32,
    /// Of the element and all around it.
    above: i32,
}

impl<'a> Called<'a> {
    /// Nothing found out yet.
    pub fn new(dom: &'a Dom, tokens: &'a Tokens) -> Self {
        let (tags, names) = (Met::default(), Met::default());
        Self { dom, tokens, tags, names, nodes: vec![None; dom.len()], unknown: Vec::new() }
    }

    /// The numbers of a row in the element, see [`COLUMNS`]: log-odds, in eighths.
    pub fn columns(&mut self, element: NodeId) -> [f32; COLUMNS.len()] {
        let own = self.sums(element).own;
        let parent = self.dom.parent(element);
        let of_parent = parent.map_or(0, |it| self.sums(it).parent);
        let above = parent.and_then(|it| self.dom.parent(it)).map_or(0, |it| self.sums(it).above);
        [own, of_parent, above, own + of_parent + above].map(|it| it as f32 * (STEPS / UNITS))
    }

    fn sums(&mut self, node: NodeId) -> Sums {
        let mut sums = Sums::default();
        for it in self.dom.ancestors(node) {
            if let Some(known) = self.nodes[it.index()] {
                sums = known;
                break;
            }
            self.unknown.push(it);
        }
        while let Some(it) = self.unknown.pop() {
            let [own, parent, farther] = self.weights(it);
            sums = Sums { own, parent, above: sums.above + farther };
            self.nodes[it.index()] = Some(sums);
        }
        sums
    }

    fn weights(&mut self, node: NodeId) -> Weights {
        let (dom, tokens) = (self.dom, self.tokens);
        if dom.tag(node).is_none() {
            return Weights::default();
        }
        let of_tag = self.tags.of(dom.tag_name(node), |tag| tokens.of(Hash::of(&["<", tag, ">"])));
        names(dom, node).fold(of_tag, |sum, it| plus(sum, self.names.of(it, |it| tokens.of_name(it))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;

    #[test]
    fn words_are_cut_where_case_and_letters_change() {
        let mut words = Vec::new();
        let name = "productCard__item-2 isNEW x ünder  ";
        each_word(name, |it| words.push(it.to_owned()));
        assert_eq!(words, ["product", "card", "item", "is", "new", "nder"]);
    }

    #[test]
    fn weights_are_added_up_by_distance() {
        let tokens = Tokens::parse("<p> 1 0 0\n<div> 2 4 8\nbox 16 32 64\nlead 128 0 0\nwide 0 0 256\n").unwrap();
        let html =
            "<body class=box><div class=wide><div id=box><div><p class='lead lead' id=x>a<h2 id=lead>b</h2></div>";
        let dom = Dom::parse(html, &Options::default());
        let mut called = Called::new(&dom, &tokens);
        let of = |called: &mut Called<'_>, tag: Tag| {
            called.columns(dom.elements(tag).next().unwrap()).map(|it| (it * (UNITS / STEPS)) as i32)
        };
        // The page's own class does not count, nor does a heading's id.
        let (parent, above) = (4, 8 + 64 + 8 + 256);
        assert_eq!(of(&mut called, Tag::P), [257, parent, above, 257 + parent + above]);
        assert_eq!(of(&mut called, Tag::H2), [0, parent, above, parent + above]);
        assert_eq!(of(&mut called, Tag::BODY), [0; 4]);
        let mut words = Vec::new();
        each(&dom, dom.elements(Tag::P).next().unwrap(), |it| words.push(it.to_owned()));
        assert_eq!(words, ["<p>", "lead", "lead"]);
    }
}
