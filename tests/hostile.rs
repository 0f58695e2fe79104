//! Pages that mean harm, or were cut, mixed or damaged on the way: none panics, none takes long, and what comes out keeps
//! to its shape.
//!
//! Two kinds: pages made at random, which look for what nobody thought of, and pages that are large or deep in one way
//! each, which look for work or stack that grows faster than the page.

use copydesk::article::{Article, PartKind};
use copydesk::extract::{Options, Want, extract, extract_text};
use copydesk::page::Page;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Random pages for each property: enough to meet most pairs of the pieces below, few enough for every day.
const CASES: u32 = 192;

/// For one page of a few megabytes, without optimisation, on a slow and busy machine: some forty times what it takes.
/// Work that grows with the square of the page takes far longer at these sizes.
const TIME_MAX: Duration = Duration::from_secs(120);

/// How often a large page repeats what it is made of.
const MANY: usize = 100_000;

fn options() -> Options {
    Options { want: Want { markdown: true, html: true, dropped: true }, ..Options::default() }
}

/// What holds of every article, whatever the page.
#[track_caller]
fn check_article(article: &Article) {
    check_text(article);
    assert_eq!(article.word_count, copydesk::text::n_words(&article.text));
    for block in &article.blocks {
        let has_words = !block.text.trim().is_empty();
        assert!(has_words || block.image.is_some() || block.embed.is_some(), "a block without text");
        for span in &block.spans {
            assert!(span.start < span.end && block.text.get(span.start..span.end).is_some(), "{span:?} of {block:?}");
        }
    }
    for repair in &article.repairs {
        if let (Some(block), Some(offset)) = (repair.block, repair.offset) {
            let text = &article.blocks[block].text;
            // Whitespace is tidied after the repair: a no-break space that it gave is a space, or gone from an end; a soft
            // hyphen is gone.
            let seen = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '\u{ad}').collect::<String>();
            let stands = text.get(offset..).is_some_and(|rest| seen(rest).starts_with(&seen(&repair.to)));
            assert!(stands, "{repair:?} of {text:?}");
        }
    }
    for (field, confidence) in &article.confidence {
        assert!((0.0..=1.0).contains(confidence), "{field} {confidence}");
    }
    serde_json::to_string(article).expect("an article can be written");
}

/// The text is its blocks but for captions, a blank line between them, a list item's mark before it or not.
#[track_caller]
fn check_text(article: &Article) {
    let mut rest = article.text.as_str();
    for (at, block) in article.blocks.iter().filter(|it| it.kind != PartKind::Caption).enumerate() {
        let after_gap = if at == 0 { Some(rest) } else { rest.strip_prefix("\n\n") };
        let after_text = after_gap.and_then(|it| {
            let marked = block.marker.as_ref().and_then(|marker| it.strip_prefix(marker)?.strip_prefix(' '));
            it.strip_prefix(&block.text).or_else(|| marked?.strip_prefix(&block.text))
        });
        rest = after_text.unwrap_or_else(|| panic!("{block:?} does not stand at {rest:?}"));
    }
    assert_eq!(rest, "", "text that is in no block");
}

/// Nothing panics, what comes out keeps to its shape, and comes out again.
#[track_caller]
fn check_page(page: &Page) {
    let extracted = extract(page, &options());
    check_article(&extracted.article);
    assert!(extract(page, &options()) == extracted, "another article the second time");
}

#[track_caller]
fn check_html(html: &str) {
    check_page(&Page::saved(html, "https://news.example/2024/05/03/rain/".parse().ok()));
}

/// A page is read in time, and what comes out keeps to its shape.
#[track_caller]
fn check_large(body: impl Into<Vec<u8>>) {
    let page = Page::saved(body, None);
    let (done, waiting) = mpsc::channel();
    let worker = thread::spawn(move || {
        let extracted = extract(&page, &options());
        done.send(()).expect("somebody waits");
        check_article(&extracted.article);
    });
    if waiting.recv_timeout(TIME_MAX) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("not read after {TIME_MAX:?}");
    }
    worker.join().expect("a page is read without panic");
}

/// A story around something, so that there is a story to find.
fn story_with(inside: &str) -> String {
    let prose = "<p>Rain stopped play for the third day in a row, and nobody at the ground was surprised by that.</p>";
    format!(
        "<!doctype html><title>Rain stops play</title><article><h1>Rain stops play</h1>{prose}{inside}{prose}</article>"
    )
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..600),
        vec(prop_oneof![Just(b'<'), Just(b'&'), Just(0), Just(0xc3), any::<u8>()], 0..300)
    ]
}

/// Pieces of markup and text that mean something to some part of the way, in any order, closed or not.
fn html() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "p",
        "div",
        "article",
        "main",
        "section",
        "h1",
        "h2",
        "h6",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "caption",
        "blockquote",
        "pre",
        "code",
        "a",
        "b",
        "em",
        "span",
        "br",
        "hr",
        "img",
        "figure",
        "figcaption",
        "time",
        "address",
        "aside",
        "nav",
        "header",
        "footer",
        "form",
        "input",
        "button",
        "select",
        "option",
        "textarea",
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "svg",
        "math",
        "foreignObject",
        "title",
        "head",
        "body",
        "html",
        "frameset",
        "meta",
        "link",
        "base",
        "plaintext",
        "details",
        "summary",
        "dl",
        "dt",
        "dd",
        "ruby",
        "rt",
        "video",
        "object",
        "x-custom",
    ]);
    let attribute = prop::sample::select(vec![
        "",
        " class=\"article-body entry-content\"",
        " class='comments share related'",
        " id=main hidden",
        " style=\"display: none\"",
        " itemprop=articleBody itemscope itemtype=\"https://schema.org/NewsArticle\"",
        " itemprop=author",
        " rel=author href=\"//[::\"",
        " href='javascript:void(0)'",
        " href=/a?b=c#d role=main",
        " datetime=2024-13-45T99:00",
        " property=og:title content='Rain &mdash; Site'",
        " property=article:published_time content=99999-99-99",
        " name=author content='By , and & /'",
        " http-equiv=content-type content='text/html; charset=utf-7'",
        " charset=x-user-defined",
        " src=data:, alt='\u{202e}'",
        " lang=xx-----",
        " aria-hidden=true =\"= <",
    ]);
    let text = prop_oneof![
        "\\PC{0,40}",
        prop::sample::select(vec![
            "Rain stopped play for the third day in a row, and nobody at the ground was surprised by that. ",
            "By Ada Lovelace and ",
            "LONDON (Reuters) – ",
            "donâ€™t ÃƒÂ© Ã",
            "\u{feff}\u{200b}\u{a0}\u{ad}\u{301}",
            "東京の天気は今日も晴れで、気温は平年より高くなる見込みです。",
            "قالت الوزارة يوم الجمعة إن الأمطار ستستمر حتى نهاية الأسبوع. ",
            "Read more Share Tweet Comments (3) Advertisement ",
            "&amp;&#0;&#xFFFFFFFF;&#128;&notit;&acE; &#195;&#169;",
            "3 May 2024, 25:61 ",
            "• ",
            "\r\n\r\n",
            "<!-- ",
            " -->",
            "<![CDATA[",
            "]]>",
            "<?php ",
            "</",
            "<",
            "{\"@graph\":[{\"@type\":[\"NewsArticle\"],\"headline\":7,\"author\":[[{\"name\":{}}]],\"articleBody\":\"Rain\"}]}",
            "[[[[{\"@type\":\"NewsArticle\",\"datePublished\":\"0000-00-00\",\"image\":[null,{\"url\":[]}]}",
        ])
        .prop_map(str::to_owned),
    ];
    let piece = prop_oneof![
        (tag.clone(), attribute).prop_map(|(tag, attribute)| format!("<{tag}{attribute}>")),
        tag.prop_map(|tag| format!("</{tag}>")),
        Just("<script type=\"application/ld+json\">".to_owned()),
        Just("<script id=__NEXT_DATA__ type=application/json>".to_owned()),
        text.clone(),
        text,
    ];
    vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(body in bytes(), content_type in prop::option::of("[ -~]{0,40}|text/html; charset=[a-z0-9-]{0,12}")) {
        check_page(&Page { content_type, ..Page::saved(body, None) });
    }

    #[test]
    fn any_markup_is_read(html in html()) {
        check_html(&html);
    }

    #[test]
    fn any_markup_inside_a_story_is_read(html in html()) {
        check_html(&story_with(&html));
    }

    #[test]
    fn a_page_cut_and_damaged_anywhere_is_read(html in html(), cut in 0..4_000_usize, at in any::<prop::sample::Index>(), byte: u8) {
        let mut body = story_with(&html).into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        body.truncate(cut.max(1));
        check_page(&Page::saved(body, None));
    }

    #[test]
    fn any_text_is_read(text in prop_oneof![html(), "(\\PC{0,60}\n{0,3}){0,20}"]) {
        check_article(&extract_text(&text, None, &options()).article);
    }
}

#[test]
fn nothing_is_read() {
    check_html("");
    check_html(" \n\t ");
    check_html("\u{feff}");
    check_article(&extract_text("", None, &options()).article);
}

#[test]
fn deep_nesting() {
    for tag in
        ["div", "span", "b", "blockquote", "ul><li", "table><tr><td", "font size=1", "a href=/", "section><p", "svg><g"]
    {
        check_large(story_with(&format!("<{tag}>").repeat(MANY)));
    }
}

#[test]
fn deep_nesting_around_the_story() {
    check_large("<div>".repeat(MANY) + &story_with(""));
    check_large("<template>".repeat(MANY / 10) + &story_with(""));
}

#[test]
fn formatting_that_is_closed_in_the_wrong_order() {
    check_large(story_with(&"<a><b><i><p></a></b>Rain ".repeat(MANY / 10)));
    check_large(story_with(&"<b><p>Rain</b>".repeat(MANY / 10)));
}

#[test]
fn a_huge_attribute() {
    let long = "rain ".repeat(MANY * 10);
    check_large(story_with(&format!("<p class=\"{long}\" id=\"{long}\">Rain</p><a href=\"{long}\">Rain</a>")));
    check_large(format!(
        "<meta name=description content=\"{long}\"><meta name=author content=\"{long}\">{}",
        story_with("")
    ));
}

#[test]
fn an_element_with_very_many_attributes() {
    let attributes: String = (0..MANY / 10).map(|n| format!(" a{n}=x")).collect();
    check_large(story_with(&format!("<p{attributes}>Rain</p>")));
}

#[test]
fn very_many_elements_of_a_kind() {
    for piece in [
        "<p>Rain stopped play.</p>",
        "<a href=/rain>Rain stopped play</a> ",
        "<br>",
        "Rain<br>",
        "<h2>Rain</h2>",
        "<li>Rain",
        "<img src=/rain.jpg alt=Rain>",
        "<time datetime=2024-05-03>",
        "<tr><td>Rain<td>Play",
        "<!-- rain -->",
        "<script>rain()</script>",
        "<meta property=og:title content=Rain>",
        "<span itemprop=author>Ada Lovelace</span>",
        "<p class='comment related share'>Rain",
    ] {
        check_large(story_with(&piece.repeat(MANY)));
    }
}

#[test]
fn very_many_entities() {
    check_large(story_with(&"&amp;".repeat(MANY * 5)));
    check_large(story_with(&"&NotEqualTilde;&#x1F600;&notanentity".repeat(MANY)));
    check_large(story_with(&format!("<a title=\"{}\">Rain</a>", "&lt;".repeat(MANY * 5))));
}

#[test]
fn one_line_without_end() {
    check_large(story_with(&"rain ".repeat(MANY * 10)));
    check_large(story_with(&"r".repeat(MANY * 30)));
    check_large(story_with(&"雨".repeat(MANY * 10)));
    check_large("rain ".repeat(MANY * 10));
}

#[test]
fn damage_without_end() {
    check_large(story_with(&"â€™".repeat(MANY)));
    check_large(story_with(&"ÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢".repeat(MANY / 5)));
    check_large(story_with(&"\u{200b}\u{a0}".repeat(MANY * 5)));
    check_large([story_with("").into_bytes(), vec![0xc3; MANY * 10], vec![0; MANY * 10]].concat());
}

#[test]
fn data_without_end() {
    let script = |json: &str| story_with(&format!("<script type=\"application/ld+json\">{json}</script>"));
    check_large(script(&"[".repeat(MANY * 10)));
    check_large(script(&"{\"@graph\":".repeat(MANY)));
    check_large(script(&format!("[{}{{}}]", "{\"@type\":\"NewsArticle\",\"headline\":\"Rain\"},".repeat(MANY))));
    check_large(script(&format!(
        "{{\"@type\":\"NewsArticle\",\"articleBody\":\"{}\"}}",
        "rain \\u00e9 ".repeat(MANY * 3)
    )));
    check_large(script("{\"@type\":\"NewsArticle\",\"author\":{\"name\":\"A\"}}").repeat(MANY / 50));
}

#[test]
fn pages_that_stop_in_the_middle() {
    for open in [
        "<!--",
        "<script>",
        "<style>",
        "<title>",
        "<textarea>",
        "<plaintext>",
        "<p class=\"",
        "<![CDATA[",
        "<!doctype ",
    ] {
        check_large(story_with(open) + &"<p>Rain stopped play.</p>".repeat(MANY / 2));
        check_large(open.repeat(MANY));
    }
}

#[test]
fn text_of_very_many_lines() {
    check_large("Rain stopped play.\n".repeat(MANY));
    check_large("\n".repeat(MANY * 10));
    check_large(
        "• Share\n\nRain stopped play for the third day in a row, and nobody was surprised.\n".repeat(MANY / 5),
    );
}
