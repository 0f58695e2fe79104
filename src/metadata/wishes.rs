//! What a site asks of those who use its page: the `<meta>` elements that say the same as headers of HTTP.

use crate::dom::{Attr, Dom, Tag};
use crate::page::Http;

/// Wishes read from one page, and bytes of each. Pages have one or two, of under a hundred bytes.
const WISHES_MAX: usize = 10;
const WISH_BYTES_MAX: usize = 500;

/// What the server said, with what the page says added: robots' directives after those of headers, a reservation where there
/// was no header.
///
/// Sources: [robots meta](https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag); TDMRep, W3C
/// community group. A directive for one robot has that robot's name before it, as in the header.
pub(crate) fn with_wishes(http: &Http, dom: &Dom) -> Http {
    let mut http = http.clone();
    for node in dom.elements(Tag::META) {
        let (Some(name), Some(content)) = (dom.attr(node, Attr::NAME), dom.attr(node, Attr::CONTENT)) else { continue };
        let (name, content) = (name.trim().to_ascii_lowercase(), content.trim());
        if content.len() > WISH_BYTES_MAX || content.is_empty() {
            continue;
        }
        match name.as_str() {
            "robots" if http.robots_tags.len() < WISHES_MAX => http.robots_tags.push(content.to_owned()),
            "copydesk" if http.robots_tags.len() < WISHES_MAX => http.robots_tags.push(format!("copydesk: {content}")),
            "tdm-reservation" => http.tdm_reservation = http.tdm_reservation.or_else(|| Some(content.to_owned())),
            "tdm-policy" => http.tdm_policy = http.tdm_policy.or_else(|| Some(content.to_owned())),
            _ => {}
        }
    }
    http
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, robots_tags: &[&str], reservation: Option<&str>, policy: Option<&str>) {
        let http = Http {
            requested_url: "https://news.example/a".parse().expect("a URL"),
            status: 200,
            redirects: Vec::new(),
            etag: None,
            last_modified: None,
            robots_tags: vec!["noindex".to_owned()],
            tdm_reservation: None,
            tdm_policy: Some("https://news.example/header".to_owned()),
            fetched_at: "2026-11-23T08:00:00Z".to_owned(),
            wire_bytes: 1,
        };
        let http = with_wishes(&http, &Dom::parse(html, &crate::dom::Options::default()));
        assert_eq!(http.robots_tags, robots_tags);
        assert_eq!((http.tdm_reservation.as_deref(), http.tdm_policy.as_deref()), (reservation, policy));
    }

    #[test]
    fn what_the_page_says_follows_what_the_server_said() {
        let header = Some("https://news.example/header");
        check("<p>a", &["noindex"], None, header);
        check("<meta name=ROBOTS content=' noarchive, nofollow '>", &["noindex", "noarchive, nofollow"], None, header);
        check("<meta name=googlebot content=noarchive>", &["noindex"], None, header);
        check(
            "<meta name=copydesk content=noarchive><meta name=tdm-reservation content=1><meta name=tdm-policy content=/p>",
            &["noindex", "copydesk: noarchive"],
            Some("1"),
            header,
        );
        check(&"<meta name=robots content=a>".repeat(50), &[&["noindex"][..], &["a"; 9]].concat(), None, header);
    }
}
