//! Names of elements and attributes as small numbers, so that asking "is this a `<p>`?" compares integers.
//!
//! A name that stands in the tables below is a constant; any other gets a number of its own for the time of one page.
//! Names are found by a hash of their bytes in tables made at compile time.

use super::NONE;
use html5ever::LocalName;
use std::hash::{BuildHasher, RandomState};

macro_rules! names {
    ($(#[$doc:meta])* $type:ident: $($constant:ident $name:tt),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub(super) u32);

        const _: () = {
            /// Counts the names.
            #[allow(clippy::upper_case_acronyms, non_camel_case_types, reason = "named as the constants are")]
            enum Number {
                $($constant),+
            }

            #[allow(missing_docs, reason = "each constant is the name it is called by")]
            impl $type {
                $(pub const $constant: Self = Self(Number::$constant as u32);)+
            }
        };

        impl $type {
            /// The names that have a constant, by number.
            pub(super) const KNOWN: &'static [&'static str] = &[$($name),+];

            /// The same names as html5ever has them.
            #[allow(dead_code, reason = "html5ever is told the names of elements only")]
            pub(super) const ATOMS: &'static [LocalName] = &[$(html5ever::local_name!($name)),+];

            const TABLE_OF_NAMES: Table = table(Self::KNOWN);

            /// The number of a name that has a constant; the name must be in lower case.
            #[inline]
            fn known(key: Key) -> Option<u32> {
                Self::TABLE_OF_NAMES.find(key)
            }
        }
    };
}

/// Over three times the names, so that most searches look at one slot.
const SLOTS: usize = 512;

const EMPTY: u8 = u8::MAX;

/// What a name is told by: its length, its first bytes and its last. Up to 16 bytes that is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    length: usize,
}

impl Key {
    #[inline]
    const fn of(name: &[u8]) -> Self {
        let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
                (Some(first), Some(last)) => (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64),
                _ => match name {
                    [] => (0, 0),
                    [first, .., last] => (*first as u64, (*last as u64) << 8 | name[name.len() / 2] as u64),
                    [only] => (*only as u64, 0),
                },
            },
        };
        Self { first, last, length: name.len() }
    }

    /// Where the search for a name begins.
    #[inline]
    const fn slot(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(27) ^ self.length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 55) as usize
    }

    #[inline]
    const fn is(self, other: Self) -> bool {
        self.first == other.first && self.last == other.last && self.length == other.length
    }
}

/// The names that have constants, by their hash.
struct Table {
    /// Numbers of names, or [`EMPTY`].
    slots: [u8; SLOTS],
    keys: [Key; EMPTY as usize],
}

const fn table(names: &[&str]) -> Table {
    let mut table = Table { slots: [EMPTY; SLOTS], keys: [Key::of(b""); EMPTY as usize] };
    let mut number = 0;
    while number < names.len() {
        let key = Key::of(names[number].as_bytes());
        assert!(key.length <= KEY_IS_ALL);
        let mut slot = key.slot();
        while table.slots[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        table.slots[slot] = number as u8;
        table.keys[number] = key;
        number += 1;
    }
    table
}

/// Length up to which names with the same key are the same.
const KEY_IS_ALL: usize = 16;

impl Table {
    #[inline]
    fn find(&self, key: Key) -> Option<u32> {
        let mut slot = key.slot();
        loop {
            match self.slots[slot] {
                EMPTY => return None,
                number if self.keys[number as usize].is(key) => return Some(u32::from(number)),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }
}

/// Numbers for the names of one page: those with a constant, and those the page brings itself.
#[derive(Debug)]
pub(super) struct Names {
    known: &'static [&'static str],
    /// The page's own names, one after the other.
    text: String,
    ends: Vec<u32>,
    finder: Finder,
    /// The name seen last in each slot, which is nearly always the one that is looked for.
    recent: Vec<u32>,
}

/// Finds a name among a page's own. Hashed with keys that no page knows, so that none can make its names collide; what
/// comes out does not depend on the keys.
#[derive(Debug, Default)]
struct Finder {
    state: RandomState,
    hashes: Vec<u32>,
    /// Positions of names, or [`NONE`]; at most half full.
    slots: Vec<u32>,
}

impl Names {
    pub(super) fn new(known: &'static [&'static str]) -> Self {
        let recent = vec![NONE; SLOTS];
        Self { known, text: String::new(), ends: Vec::new(), finder: Finder::default(), recent }
    }

    /// The number of a tag's name, new if need be.
    #[inline]
    pub(super) fn tag(&mut self, name: &str) -> Tag {
        let key = Key::of(name.as_bytes());
        Tag(Tag::known(key).unwrap_or_else(|| self.own(name, key)))
    }

    /// The number of an attribute's name, new if need be.
    #[inline]
    pub(super) fn attribute(&mut self, name: &str) -> Attr {
        let key = Key::of(name.as_bytes());
        Attr(Attr::known(key).unwrap_or_else(|| self.own(name, key)))
    }

    fn own(&mut self, name: &str, key: Key) -> u32 {
        let n_known = self.known.len() as u32;
        let recent = self.recent[key.slot()];
        if self.own_name(recent) == Some(name) {
            return n_known + recent;
        }
        let hash = self.finder.state.hash_one(name) as u32;
        let own = self.find(name, hash).unwrap_or_else(|| {
            self.text.push_str(name);
            self.ends.push(self.text.len() as u32);
            self.finder.add(hash)
        });
        self.recent[key.slot()] = own;
        n_known + own
    }

    fn find(&self, name: &str, hash: u32) -> Option<u32> {
        let slots = &self.finder.slots;
        let mut slot = hash as usize;
        loop {
            // No slots yet: not found.
            let own = *slots.get(slot & slots.len().wrapping_sub(1))?;
            let known_hash = self.finder.hashes.get(own as usize)?;
            if *known_hash == hash && self.own_name(own) == Some(name) {
                return Some(own);
            }
            slot += 1;
        }
    }

    /// The number of an attribute's name that has no constant, if the page has it.
    pub(super) fn own_attribute(&self, name: &str) -> Option<Attr> {
        let own = self.find(name, self.finder.state.hash_one(name) as u32)?;
        Some(Attr(self.known.len() as u32 + own))
    }

    fn own_name(&self, own: u32) -> Option<&str> {
        let end = *self.ends.get(own as usize)?;
        let start = (own as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start as usize..end as usize])
    }

    /// The name of a number; empty for a number that no name has.
    pub(super) fn name(&self, number: u32) -> &str {
        match self.known.get(number as usize) {
            Some(name) => name,
            None => self.own_name(number - self.known.len() as u32).unwrap_or_default(),
        }
    }
}

impl Finder {
    /// Adds the next name, by its hash; its position.
    fn add(&mut self, hash: u32) -> u32 {
        let own = self.hashes.len() as u32;
        self.hashes.push(hash);
        if self.hashes.len() * 2 > self.slots.len() {
            self.slots = vec![NONE; (self.slots.len() * 2).max(FIRST_SLOTS)];
            for own in 0..self.hashes.len() {
                self.place(own as u32);
            }
        } else {
            self.place(own);
        }
        own
    }

    fn place(&mut self, own: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = self.hashes[own as usize] as usize & mask;
        while self.slots[slot] != NONE {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = own;
    }
}

/// A power of two.
const FIRST_SLOTS: usize = 64;

names! {
    /// The name of an element.
    Tag:
    A "a", ABBR "abbr", ADDRESS "address", AREA "area", ARTICLE "article", ASIDE "aside", AUDIO "audio", B "b", BASE "base",
    BLOCKQUOTE "blockquote", BODY "body", BR "br", BUTTON "button", CANVAS "canvas", CAPTION "caption", CENTER "center",
    CITE "cite", CODE "code", COL "col", COLGROUP "colgroup", DATALIST "datalist", DD "dd", DEL "del", DETAILS "details",
    DFN "dfn", DIALOG "dialog", DIR "dir", DIV "div", DL "dl", DT "dt", EM "em", EMBED "embed", FIELDSET "fieldset",
    FIGCAPTION "figcaption", FIGURE "figure", FONT "font", FOOTER "footer", FORM "form", FRAME "frame", FRAMESET "frameset",
    H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", HEAD "head", HEADER "header", HGROUP "hgroup", HR "hr",
    HTML "html", I "i", IFRAME "iframe", IMG "img", INPUT "input", INS "ins", KBD "kbd", LABEL "label", LEGEND "legend",
    LI "li", LINK "link", MAIN "main", MAP "map", MARK "mark", MENU "menu", META "meta", METER "meter", NAV "nav",
    NOFRAMES "noframes", NOSCRIPT "noscript", OBJECT "object", OL "ol", OPTGROUP "optgroup", OPTION "option",
    OUTPUT "output", P "p", PICTURE "picture", PRE "pre", PROGRESS "progress", Q "q", RP "rp", RT "rt", RUBY "ruby",
    S "s", SAMP "samp", SCRIPT "script", SECTION "section", SELECT "select", SMALL "small", SOURCE "source", SPAN "span",
    STRIKE "strike", STRONG "strong", STYLE "style", SUB "sub", SUMMARY "summary", SUP "sup", SVG "svg", TABLE "table",
    TBODY "tbody", TD "td", TEMPLATE "template", TEXTAREA "textarea", TFOOT "tfoot", TH "th", THEAD "thead", TIME "time",
    TITLE "title", TR "tr", TRACK "track", TT "tt", U "u", UL "ul", VAR "var", VIDEO "video", WBR "wbr", MATH "math", ACRONYM "acronym", APPLET "applet",
    BASEFONT "basefont", BGSOUND "bgsound", BIG "big", CIRCLE "circle", DEFS "defs", G "g", IMAGE "image", KEYGEN "keygen",
    LINE "line", LISTING "listing", MARQUEE "marquee", NOBR "nobr", NOEMBED "noembed", PARAM "param", PATH "path",
    PLAINTEXT "plaintext", POLYGON "polygon", RB "rb", RECT "rect", RTC "rtc", SEARCH "search", SYMBOL "symbol",
    USE "use", XMP "xmp",
}

names! {
    /// The name of an attribute.
    Attr:
    ABBR "abbr", ALT "alt", ARIA_HIDDEN "aria-hidden", ARIA_LABEL "aria-label", CITE "cite", CLASS "class",
    COLSPAN "colspan", CONTENT "content", CHARSET "charset", DATETIME "datetime", DIR "dir", HEADERS "headers",
    HEIGHT "height", HIDDEN "hidden", HREF "href", HREFLANG "hreflang", HTTP_EQUIV "http-equiv", ID "id",
    ITEMID "itemid", ITEMPROP "itemprop", ITEMSCOPE "itemscope", ITEMTYPE "itemtype", LANG "lang", LOADING "loading",
    MEDIA "media", NAME "name", OPEN "open", PROPERTY "property", REL "rel", ROLE "role", ROWSPAN "rowspan",
    SCOPE "scope", SIZES "sizes", SRC "src", SRCSET "srcset", START "start", STYLE "style", TARGET "target",
    TITLE "title", TYPE "type", VALUE "value", WIDTH "width",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_constants_are_found() {
        let mut names = Names::new(Tag::KNOWN);
        for (number, name) in Tag::KNOWN.iter().enumerate() {
            assert_eq!(names.tag(name), Tag(number as u32), "{name}");
            assert_eq!(names.name(number as u32), *name);
            assert_eq!(&*Tag::ATOMS[number], *name);
        }
        assert_eq!(names.tag("blockquote"), Tag::BLOCKQUOTE);
        assert_eq!(Names::new(Attr::KNOWN).attribute("http-equiv"), Attr::HTTP_EQUIV);
    }

    #[test]
    fn names_of_the_page_keep_their_numbers() {
        let mut names = Names::new(Attr::KNOWN);
        let own: Vec<String> = (0..5000).map(|number| format!("data-{number}")).collect();
        let first: Vec<Attr> = own.iter().map(|name| names.attribute(name)).collect();
        let again: Vec<Attr> = own.iter().map(|name| names.attribute(name)).collect();
        assert_eq!(first, again);
        for (name, attr) in own.iter().zip(first) {
            assert_eq!(names.name(attr.0), name);
        }
        assert_eq!(names.name(u32::MAX), "");
    }
}
