//! Names of elements and attributes as small numbers, so that asking "is this a `<p>`?" compares integers.
//!
//! A name that stands in the tables below is a constant; any other gets a number of its own for the time of one page.
//! Names are found by a hash of their bytes in tables made at compile time.

use html5ever::LocalName;
use std::collections::HashMap;

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

            const SLOTS_OF_NAMES: [u8; SLOTS] = table(Self::KNOWN);

            /// The number of a name that has a constant; the name must be in lower case.
            pub(super) fn known(name: &str) -> Option<Self> {
                let mut slot = slot(name.as_bytes());
                loop {
                    match Self::SLOTS_OF_NAMES[slot] {
                        EMPTY => return None,
                        number if Self::KNOWN[number as usize] == name => return Some(Self(u32::from(number))),
                        _ => slot = (slot + 1) % SLOTS,
                    }
                }
            }
        }
    };
}

/// Over three times the names, so that most searches look at one slot.
const SLOTS: usize = 512;

const EMPTY: u8 = u8::MAX;

const fn table(names: &[&str]) -> [u8; SLOTS] {
    assert!(names.len() < EMPTY as usize);
    let mut table = [EMPTY; SLOTS];
    let mut number = 0;
    while number < names.len() {
        let mut slot = slot(names[number].as_bytes());
        while table[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = number as u8;
        number += 1;
    }
    table
}

/// Where the search for a name begins: a product of its first and last bytes.
const fn slot(name: &[u8]) -> usize {
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (Some(first), Some(last)) => (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64),
            _ => match name {
                [] => (0, 0),
                [first, .., last] => (*first as u64, (*last as u64) << 8 | (name[name.len() / 2] as u64) << 16),
                [only] => (*only as u64, 0),
            },
        },
    };
    let mixed = (first ^ last.rotate_left(27) ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 55) as usize
}

/// Numbers for the names of one page: those with a constant, and those the page brings itself.
#[derive(Debug)]
pub(super) struct Names {
    known: fn(&str) -> Option<u32>,
    known_names: &'static [&'static str],
    others: Vec<Box<str>>,
    by_name: HashMap<Box<str>, u32>,
    /// The name seen last in each slot, which is nearly always the one that is looked for.
    recent: Vec<u32>,
}

impl Names {
    pub(super) fn of_tags() -> Self {
        Self::new(|name| Tag::known(name).map(|it| it.0), Tag::KNOWN)
    }

    pub(super) fn of_attributes() -> Self {
        Self::new(|name| Attr::known(name).map(|it| it.0), Attr::KNOWN)
    }

    fn new(known: fn(&str) -> Option<u32>, known_names: &'static [&'static str]) -> Self {
        Self { known, known_names, others: Vec::new(), by_name: HashMap::new(), recent: vec![0; SLOTS] }
    }

    /// The number of a name, new if need be.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = (self.known)(name) {
            return number;
        }
        let slot = slot(name.as_bytes());
        let recent = self.recent[slot] as usize;
        if self.others.get(recent).is_some_and(|it| **it == *name) {
            return (self.known_names.len() + recent) as u32;
        }
        let next = self.others.len() as u32;
        let other = *self.by_name.entry(name.into()).or_insert(next);
        if other == next {
            self.others.push(name.into());
        }
        self.recent[slot] = other;
        self.known_names.len() as u32 + other
    }

    /// The name of a number.
    pub(super) fn name(&self, number: u32) -> &str {
        super::name(self.known_names, &self.others, number)
    }

    /// The names past those that have a constant.
    pub(super) fn into_others(self) -> Vec<Box<str>> {
        self.others
    }
}

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
