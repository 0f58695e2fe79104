//! Our tree of a page is the tree that html5ever makes of it with its own tokenizer: the same nodes in the same order,
//! with the same names, attributes and texts.
//!
//! html5ever's side comes through scraper, whose way of keeping a tree is not ours. Compared are the samples, pages made
//! up at random, and the pages of a corpus, `DIR/*/pages/**/*.html`, where `COPYDESK_CORPUS` names DIR.

#![allow(clippy::print_stderr, reason = "all pages that differ are named, not only the first")]

#[path = "dom_fidelity/difference.rs"]
mod difference;

use copydesk::dom::{Dom, Options};
use difference::difference;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

#[track_caller]
fn check(html: &str) {
    if let Some(difference) = difference(html) {
        panic!("{html:?}\n{difference}");
    }
}

fn pages_below(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir).into_iter().flatten().flatten().map(|it| it.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            pages_below(&path, found);
        } else if path.extension().is_some_and(|it| it == "html") {
            found.push(path);
        }
    }
}

#[track_caller]
fn check_pages(dir: &Path) -> usize {
    let mut pages = Vec::new();
    pages_below(dir, &mut pages);
    let mut n_different = 0;
    for page in &pages {
        let bytes = fs::read(page).expect("a page that was listed");
        if let Some(difference) = difference(&String::from_utf8_lossy(&bytes)) {
            eprintln!("{}\n{difference}\n", page.display());
            n_different += 1;
        }
    }
    assert_eq!(n_different, 0, "of {} pages of {}", pages.len(), dir.display());
    pages.len()
}

#[test]
fn samples_give_the_same_tree() {
    check_pages(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/html-samples")));
}

#[test]
fn the_corpus_gives_the_same_tree() {
    let Some(dir) = std::env::var_os("COPYDESK_CORPUS") else { return };
    let n_pages = check_pages(Path::new(&dir));
    assert!(n_pages > 0, "no pages in {}", dir.display());
    eprintln!("{n_pages} pages the same");
}

#[test]
fn shapes_that_move_nodes_about_give_the_same_tree() {
    for html in [
        "",
        "x",
        "<p>a<b>b<p>c</b>d<i>e</i>",
        "<b class=x>1<b class=x>2<b class=x>3<b class=x>4<p>5",
        "<b class=x id=y>1<p>2<b id=y class=x>3<p>4",
        "<a href=1>x<a href=2>y<div><a href=3>z</div>",
        "<table>a<tr>b<td>c<table>d</table></td>e</table>f",
        "<table><colgroup> a<col> b</colgroup>c<caption>d<tr><td>e",
        "<table><b>x<tr>y</b><td>z",
        "<table> <!--x--> \0 y \0<tr>",
        "<pre>\n\nx</pre><pre>\nx<textarea>\n\nx</textarea><pre>\r\n\r\nx",
        "<listing>\n</listing><pre>\0\nx</pre>",
        "<svg viewbox=1 xlink:href=a><foreignobject><p>x<svg><title>y</svg>z",
        "<svg><a xlink:href=1><font size=1>x</svg><font size=1><p>y",
        "<math definitionurl=x><mi>a<b>c</mi><mglyph><annotation-xml><p>x",
        "<svg><![CDATA[a\0<b>]]><desc>\0<![CDATA[c]]></desc>",
        "<frameset> a b <frame> c </frameset> d <noframes>e</noframes>",
        "<body a=1><body a=2 b=3><html c=4>x",
        "<head> <title> x </title> </head> <link> y",
        " a <html> b </body> c </html> d <!--e--> f",
        "<!doctype html><p><table></table>",
        "<!doctype html public '-//W3C//DTD HTML 3.2//'><p><table></table>",
        "<template><td>x</template><template>a<template>b</template></template>c",
        "<select><option>a<option>b<optgroup>c<hr><input>d",
        "<form><table><form><input type=hidden><input type=HIDDEN><input type=text></table></form>",
        "<table><input type=hidden><input type=text>x",
        "<ruby>a<rb>b<rt>c<rtc>d<rp>e</ruby>",
        "<ul><li>a<li>b<ul><li>c</ul><dl><dt>d<dd>e<dt>f</dl>",
        "<button>a<button>b</p></br></h1><h2>c</h3>",
        "<image src=x><isindex><keygen><nobr>a<nobr>b",
        "<script>\u{feff}</script>\u{feff}<p>\u{feff}x<script></script>\u{feff}y",
        "<meta charset=x>\u{feff}<p>\u{feff}<meta name=x>\u{feff}",
        "<meta http-equiv=Content-Type content='text/html; charset=x'>\u{feff}y",
        "<plaintext>a</plaintext>\0<b>",
        "<noscript><p>x</noscript><noscript>y",
        "<x-a data-b=1 DATA-B=2><X-A>y</x-a>z",
        "<object><p>a</object>b<marquee><b>c</marquee>d<applet>",
        "<p id=a>x</p id=b><br></br/><hr/>y",
    ] {
        check(html);
    }
}

/// Names that the standard has rules for, and some that it has not.
const NAMES: &[&str] = &[
    "a",
    "address",
    "applet",
    "article",
    "b",
    "base",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "code",
    "col",
    "colgroup",
    "dd",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "font",
    "foreignObject",
    "form",
    "frame",
    "frameset",
    "g",
    "h1",
    "h2",
    "head",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "keygen",
    "li",
    "link",
    "listing",
    "main",
    "malignmark",
    "marquee",
    "math",
    "meta",
    "mglyph",
    "mi",
    "mtext",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "path",
    "plaintext",
    "pre",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "script",
    "search",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "x-own",
    "xmp",
];

const ATTRIBUTES: &[&str] = &[
    "",
    " id=a",
    " id=b class='c d'",
    " ID=\"a&amp;b\" id=2",
    " href=/x?a=1&copy=2&lt;",
    " type=hidden",
    " type=text",
    " color=red",
    " size",
    " face=x",
    " viewbox='0 0 1 1' xlink:href=#a",
    " definitionurl=x",
    " charset=x",
    " data-x='\r\n\0'",
    " a=b/",
    " /",
    " x = y",
    " =z",
    " <",
    " \"",
    " shadowrootmode=open",
];

const TEXTS: &[&str] = &[
    "x",
    " ",
    "\n",
    "\r\n",
    "\r",
    " a b ",
    "\t\u{c}",
    "\0",
    "é😀",
    "&amp;",
    "&notit;",
    "&#x80;",
    "&#0;",
    "&bogus;",
    "&",
    "<",
    "< b",
    "\u{feff}",
    "]]>",
    "--",
    "--!>",
    "-->",
    "<!--",
    "<!-- a -->",
    "<!-->",
    "<!x>",
    "<?x>",
    "</ x>",
    "<![CDATA[",
    "<!doctype html>",
    "<!doctype x public \"-//W3C//DTD HTML 4.01 Transitional//\">",
    "<!--<script>",
    "<script>",
    "</script>",
    "</title>",
    "</style ",
    "</textarea/>",
    "'",
    "\"",
    ">",
    "=",
    "/>",
];

fn markup() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(NAMES);
    let attributes = || prop::sample::select(ATTRIBUTES);
    let closing = prop::sample::select(&["", "", "", "", "/", " /"][..]);
    prop_oneof![
        4 => (name(), attributes(), closing).prop_map(|(name, attributes, closing)| format!("<{name}{attributes}{closing}>")),
        3 => name().prop_map(|name| format!("</{name}>")),
        3 => prop::sample::select(TEXTS).prop_map(str::to_owned),
    ]
}

proptest! {
    // `PROPTEST_CASES` asks for more; its default is 256.
    #![proptest_config(ProptestConfig {
        cases: 8 * ProptestConfig::default().cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn made_up_pages_give_the_same_tree(parts in prop::collection::vec(markup(), 0..40)) {
        let html = parts.concat();
        if let Some(difference) = difference(&html) {
            prop_assert!(false, "{}", difference);
        }
    }

    #[test]
    fn bounds_hold_on_any_page(
        parts in prop::collection::vec(markup(), 0..80),
        depth_max in 1..20u32,
        formatting_max in 0..5u32,
        attributes_max in 0..3u32,
        nodes_max in 1..100u32,
        steps_per_byte_max in 0..2u32,
    ) {
        let options = Options { depth_max, formatting_max, attributes_max, nodes_max, steps_per_byte_max };
        let dom = Dom::parse(&parts.concat(), &options);
        // What the standard makes up, or opens anew, comes on top: a table's parts, a paragraph's formatting elements.
        let made_up = 16 + formatting_max as usize;
        prop_assert!(dom.len() <= nodes_max as usize + made_up, "{} nodes", dom.len());
        for node in dom.nodes() {
            let depth = dom.ancestors(node).count();
            prop_assert!(depth <= depth_max as usize + made_up, "{depth} deep");
            prop_assert!(dom.attrs(node).count() <= attributes_max as usize);
            prop_assert!(dom.end(node).index() <= dom.len());
        }
    }
}
