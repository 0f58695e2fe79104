//! Microdata to claims: `itemprop`s of the story's item, wherever in the page they stand.
//!
//! Themes print the same vocabulary as JSON-LD around the visible text, or in `<meta>` at the very end of the article.
//! A property belongs to the nearest element above it with `itemscope`; a name in an item that is itself somebody's
//! `author` is an author. Items of comments and of other stories on the page are passed over: the story's item is the one
//! that holds the headline, or else the first of an article-like type.
//!
//! Source: [HTML, microdata](https://html.spec.whatwg.org/multipage/microdata.html).

use super::markup::plain;
use super::visible::text_of;
use super::{Claims, Field, Source};
use crate::article::{AuthorKind, Image};
use crate::dom::{Attr, Dom, NodeId, Tag};

/// Items around a property that are looked at.
const SCOPES_MAX: usize = 4;

/// Nodes looked at, up or down, for what a property belongs to or holds.
const NODES_MAX: usize = 200;

/// Longest text of a property, in characters, other than the body's.
const VALUE_CHARS_MAX: usize = 600;

/// Longest body, in characters.
const BODY_CHARS_MAX: usize = 1_000_000;

/// Adds what the elements with `itemprop` claim. `headline` is the visible headline.
pub(super) fn read(dom: &Dom, items: &[NodeId], headline: Option<NodeId>, claims: &mut Claims) {
    let mut story: Option<NodeId> = None;
    let mut holds = false;
    let scopes: Vec<Option<NodeId>> = items.iter().map(|it| scope(dom, *it)).collect();
    for scope in scopes.iter().flatten() {
        if holds || Some(*scope) == story || !is_story(dom, *scope) {
            continue;
        }
        holds = headline.is_some_and(|it| dom.contains(*scope, it));
        if story.is_none() || holds {
            story = Some(*scope);
        }
    }
    for (node, scope) in items.iter().zip(&scopes) {
        let of_story = match scope {
            None => true,
            Some(scope) => Some(*scope) == story || (story.is_none() && kind_of(dom, *scope) == "WebPage"),
        };
        for property in dom.attr(*node, Attr::ITEMPROP).unwrap_or("").split_ascii_whitespace() {
            if of_story {
                direct(dom, *node, property, claims);
            } else if let Some(scope) = scope {
                nested(dom, *node, property, *scope, story, claims);
            }
        }
    }
}

/// The nearest item around an element.
fn scope(dom: &Dom, node: NodeId) -> Option<NodeId> {
    dom.ancestors(node)
        .skip(1)
        .take(NODES_MAX)
        .find(|it| dom.attr(*it, Attr::ITEMSCOPE).is_some() || dom.attr(*it, Attr::ITEMTYPE).is_some())
}

/// The type without its address.
fn kind_of(dom: &Dom, node: NodeId) -> &str {
    let kind = dom.attr(node, Attr::ITEMTYPE).unwrap_or("").split_ascii_whitespace().next().unwrap_or("");
    kind.trim_end_matches('/').rsplit('/').next().unwrap_or("")
}

fn is_story(dom: &Dom, node: NodeId) -> bool {
    let kind = kind_of(dom, node);
    (kind.ends_with("Article")
        || kind.ends_with("Posting") && kind != "JobPosting"
        || kind == "Recipe"
        || kind == "Question")
        && !dom.attr(node, Attr::ITEMPROP).is_some_and(|it| it.contains("comment") || it == "itemListElement")
}

/// A property of the story's item itself.
fn direct(dom: &Dom, node: NodeId, property: &str, claims: &mut Claims) {
    use Source::Microdata;
    let field = match property {
        "headline" => Field::Headline,
        "name" if dom.is(node, Tag::H1) => Field::Headline,
        "alternativeHeadline" => Field::AlternativeHeadline,
        "datePublished" => Field::DatePublished,
        "dateModified" => Field::DateModified,
        "description" => Field::Description,
        "articleSection" => Field::Section,
        "keywords" => Field::Keywords,
        "inLanguage" => Field::Language,
        "isAccessibleForFree" => {
            let free = !value(dom, node).eq_ignore_ascii_case("false");
            claims.add(Field::Free, Microdata, if free { "true" } else { "false" });
            return;
        }
        "author" | "creator" => {
            // An item gives its name as a property of its own; `nested` reads it.
            let has_name = dom
                .descendants(node)
                .take(NODES_MAX)
                .any(|it| dom.attr(it, Attr::ITEMPROP).is_some_and(|it| it == "name"));
            if !has_name {
                let kind = author_kind(dom, node);
                claims.add_at(Field::Author, Microdata, &value(dom, node), link(dom, node), kind, node);
            }
            return;
        }
        "image" | "thumbnailUrl" if !is_item(dom, node) => {
            if let Some(url) =
                dom.attr(node, Attr::SRC).or_else(|| dom.attr(node, Attr::HREF)).or(dom.attr(node, Attr::CONTENT))
            {
                claims.add_image(Microdata, Image { url: url.trim().to_owned(), ..Image::default() });
            }
            return;
        }
        "articleBody" => {
            let body = match dom.attr(node, Attr::CONTENT) {
                Some(content) => plain(content).into_owned(),
                None => return,
            };
            if body.len() <= BODY_CHARS_MAX {
                claims.add_body(&body);
            }
            return;
        }
        _ => return,
    };
    let value = value(dom, node);
    claims.add_at(field, Microdata, &plain(&value), None, None, node);
}

/// A property of an item within the story's.
fn nested(dom: &Dom, node: NodeId, property: &str, scope: NodeId, story: Option<NodeId>, claims: &mut Claims) {
    let mut around = Some(scope);
    for _ in 0..SCOPES_MAX {
        let Some(it) = around else { break };
        if Some(it) == story {
            break;
        }
        let kind = kind_of(dom, it);
        if kind.contains("Comment") || kind == "Review" || is_story(dom, it) {
            return;
        }
        around = self::scope(dom, it);
    }
    let role = dom.attr(scope, Attr::ITEMPROP).unwrap_or("");
    let has_role = |name: &str| role.split_ascii_whitespace().any(|it| it == name);
    match property {
        "name" if has_role("author") || has_role("creator") => {
            let kind = author_kind(dom, scope);
            let url = link(dom, node).or_else(|| link(dom, scope));
            claims.add_at(Field::Author, Source::Microdata, &plain(&value(dom, node)), url, kind, node);
        }
        "name" if has_role("publisher") => claims.add(Field::Publisher, Source::Microdata, &plain(&value(dom, node))),
        "url" | "contentUrl" if has_role("image") => {
            let url = value(dom, node);
            claims.add_image(Source::Microdata, Image { url, ..Image::default() });
        }
        "name" if kind_of(dom, scope) == "ListItem" => claims.add_breadcrumb(&plain(&value(dom, node))),
        _ => {}
    }
}

fn is_item(dom: &Dom, node: NodeId) -> bool {
    dom.attr(node, Attr::ITEMSCOPE).is_some()
}

fn author_kind(dom: &Dom, item: NodeId) -> Option<AuthorKind> {
    match kind_of(dom, item) {
        "Person" => Some(AuthorKind::Person),
        kind if kind.ends_with("Organization") => Some(AuthorKind::Organization),
        _ => None,
    }
}

/// The address of a link that the element is, stands in or holds.
fn link(dom: &Dom, node: NodeId) -> Option<&str> {
    let own = dom.ancestors(node).take(2).find(|it| dom.is(*it, Tag::A));
    let link = own.or_else(|| dom.descendants(node).take(NODES_MAX).find(|it| dom.is(*it, Tag::A)))?;
    dom.attr(link, Attr::HREF)
}

/// A property's value: `content`, the time of `<time>`, the address of what has one, else the text.
fn value(dom: &Dom, node: NodeId) -> String {
    if let Some(content) = dom.attr(node, Attr::CONTENT) {
        return content.to_owned();
    }
    let attr = match dom.tag(node) {
        Some(Tag::TIME) => dom.attr(node, Attr::DATETIME),
        Some(Tag::IMG | Tag::IFRAME | Tag::SOURCE) => dom.attr(node, Attr::SRC),
        Some(Tag::LINK) => dom.attr(node, Attr::HREF),
        Some(Tag::ABBR) => dom.attr(node, Attr::TITLE),
        _ => None,
    };
    attr.map_or_else(|| text_of(dom, node, VALUE_CHARS_MAX), str::to_owned)
}
