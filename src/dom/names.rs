//! Names of elements and attributes as small numbers, so that asking "is this a `<p>`?" compares integers.
//!
//! A name that stands in the table below is a constant; any other gets a number of its own for the time of one page.

use html5ever::LocalName;

macro_rules! names {
    ($(#[$doc:meta])* $type:ident: $($constant:ident $name:tt),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub(super) u16);

        #[allow(missing_docs, reason = "each constant is the name it is called by")]
        impl $type {
            names!(@constants $type, 0u16, $($constant $name,)+);

            /// The names that have a constant, by number.
            pub(super) const KNOWN: &'static [&'static str] = &[$($name),+];

            /// The number of a name that has a constant.
            pub(super) fn known(name: &LocalName) -> Option<Self> {
                Some(match *name {
                    $(html5ever::local_name!($name) => Self::$constant,)+
                    _ => return None,
                })
            }
        }
    };
    (@constants $type:ident, $number:expr, ) => {};
    (@constants $type:ident, $number:expr, $constant:ident $name:tt, $($rest:tt)*) => {
        pub const $constant: Self = Self($number);
        names!(@constants $type, $number + 1, $($rest)*);
    };
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
    TITLE "title", TR "tr", TRACK "track", TT "tt", U "u", UL "ul", VAR "var", VIDEO "video", WBR "wbr", MATH "math",
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
