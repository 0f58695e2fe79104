//! Any bytes: what a page leads to is bounded and in normal form, and so is what robots.txt allows: `cargo fuzz run discover`.
#![no_main]

use copydesk::discover::{LINKS_MAX, PLACES_MAX, TITLE_CHARS_MAX, discover};
use copydesk::page::Page;
use copydesk::robots::Robots;
use copydesk::url::normal_form;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let url: url::Url = "https://news.example/a/b?c".parse().expect("a URL");
    let (_, found) = discover(&Page::saved(body, Some(url.clone())), &copydesk::dom::Options::default());
    assert!(found.links.len() <= LINKS_MAX && found.feeds.len() <= PLACES_MAX && found.sitemaps.len() <= PLACES_MAX);
    for link in &found.links {
        assert_eq!(normal_form(&link.url).as_ref(), Ok(&link.url));
        assert!(link.title.as_ref().is_none_or(|title| title.chars().count() <= TITLE_CHARS_MAX));
    }
    Robots::parse(body, "copydesk").allows(&url);
});
