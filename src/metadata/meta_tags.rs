//! `<meta>` and `<link>` to claims: one table of names.

use super::json;
use super::markup::plain;
use super::{Claims, Field, Source};
use crate::article::Image;
use crate::dom::{Attr, Dom, NodeId};
use crate::text::collapse;

/// What a name stands for. Names in lower case, sorted; where from: the Open Graph and article vocabularies, Dublin Core,
/// the tags of Parse.ly, Sailthru, Cxense, Chartbeat and Highwire (`citation_`), and names in wide use without a standard.
const NAMES: [(&str, Field, Source); 135] = [
    ("abstract", Field::Description, Source::ToolMeta),
    ("al:ios:app_name", Field::SiteName, Source::ToolMeta),
    ("apple-mobile-web-app-title", Field::SiteName, Source::Meta),
    ("application-name", Field::SiteName, Source::Meta),
    ("article.created", Field::DatePublished, Source::ToolMeta),
    ("article.published", Field::DatePublished, Source::ToolMeta),
    ("article.updated", Field::DateModified, Source::ToolMeta),
    ("article:author", Field::Author, Source::ArticleMeta),
    ("article:author_name", Field::Author, Source::ToolMeta),
    ("article:content_tier", Field::Free, Source::ArticleMeta),
    ("article:modified", Field::DateModified, Source::ArticleMeta),
    ("article:modified_time", Field::DateModified, Source::ArticleMeta),
    ("article:published", Field::DatePublished, Source::ArticleMeta),
    ("article:published_time", Field::DatePublished, Source::ArticleMeta),
    ("article:section", Field::Section, Source::ArticleMeta),
    ("article:tag", Field::Keywords, Source::ArticleMeta),
    ("article_date_original", Field::DatePublished, Source::ToolMeta),
    ("articlesection", Field::Section, Source::ToolMeta),
    ("author", Field::Author, Source::Meta),
    ("author_name", Field::Author, Source::ToolMeta),
    ("authors", Field::Author, Source::ToolMeta),
    ("byl", Field::Author, Source::ToolMeta),
    ("byline", Field::Author, Source::ToolMeta),
    ("category", Field::Section, Source::ToolMeta),
    ("citation_author", Field::Author, Source::ToolMeta),
    ("citation_date", Field::DatePublished, Source::ToolMeta),
    ("citation_journal_title", Field::Publisher, Source::ToolMeta),
    ("citation_keywords", Field::Keywords, Source::ToolMeta),
    ("citation_online_date", Field::DatePublished, Source::ToolMeta),
    ("citation_publication_date", Field::DatePublished, Source::ToolMeta),
    ("citation_title", Field::Headline, Source::ToolMeta),
    ("content-language", Field::Language, Source::Meta),
    ("cxenseparse:author", Field::Author, Source::ToolMeta),
    ("cxenseparse:publishtime", Field::DatePublished, Source::ToolMeta),
    ("cxenseparse:recs:publishtime", Field::DatePublished, Source::ToolMeta),
    ("cxenseparse:title", Field::Headline, Source::ToolMeta),
    ("dable:author", Field::Author, Source::ToolMeta),
    ("date", Field::DatePublished, Source::ToolMeta),
    ("date.available", Field::DatePublished, Source::ToolMeta),
    ("date.created", Field::DatePublished, Source::ToolMeta),
    ("date.issued", Field::DatePublished, Source::ToolMeta),
    ("date.modified", Field::DateModified, Source::ToolMeta),
    ("date.updated", Field::DateModified, Source::ToolMeta),
    ("date_published", Field::DatePublished, Source::ToolMeta),
    ("datemodified", Field::DateModified, Source::ToolMeta),
    ("datepublished", Field::DatePublished, Source::ToolMeta),
    ("dc.creator", Field::Author, Source::ToolMeta),
    ("dc.date", Field::DatePublished, Source::ToolMeta),
    ("dc.date.created", Field::DatePublished, Source::ToolMeta),
    ("dc.date.issued", Field::DatePublished, Source::ToolMeta),
    ("dc.date.modified", Field::DateModified, Source::ToolMeta),
    ("dc.description", Field::Description, Source::ToolMeta),
    ("dc.language", Field::Language, Source::ToolMeta),
    ("dc.publisher", Field::Publisher, Source::ToolMeta),
    ("dc.subject", Field::Keywords, Source::ToolMeta),
    ("dc.title", Field::Headline, Source::ToolMeta),
    ("dc:creator", Field::Author, Source::ToolMeta),
    ("dc:date", Field::DatePublished, Source::ToolMeta),
    ("dc:title", Field::Headline, Source::ToolMeta),
    ("dcterms.abstract", Field::Description, Source::ToolMeta),
    ("dcterms.created", Field::DatePublished, Source::ToolMeta),
    ("dcterms.creator", Field::Author, Source::ToolMeta),
    ("dcterms.date", Field::DatePublished, Source::ToolMeta),
    ("dcterms.issued", Field::DatePublished, Source::ToolMeta),
    ("dcterms.modified", Field::DateModified, Source::ToolMeta),
    ("dcterms.publisher", Field::Publisher, Source::ToolMeta),
    ("dcterms.subject", Field::Keywords, Source::ToolMeta),
    ("dcterms.title", Field::Headline, Source::ToolMeta),
    ("description", Field::Description, Source::Meta),
    ("displaydate", Field::DatePublished, Source::ToolMeta),
    ("headline", Field::Headline, Source::ToolMeta),
    ("inlanguage", Field::Language, Source::ToolMeta),
    ("keywords", Field::Keywords, Source::Meta),
    ("language", Field::Language, Source::Meta),
    ("last-modified", Field::DateModified, Source::ToolMeta),
    ("last_modified", Field::DateModified, Source::ToolMeta),
    ("lastmod", Field::DateModified, Source::ToolMeta),
    ("lastmodified", Field::DateModified, Source::ToolMeta),
    ("mrf:sections", Field::Section, Source::ToolMeta),
    ("mrf:tags", Field::Keywords, Source::ToolMeta),
    ("news_keywords", Field::Keywords, Source::ToolMeta),
    ("og:article:author", Field::Author, Source::ArticleMeta),
    ("og:article:content_tier", Field::Free, Source::ArticleMeta),
    ("og:article:modified_time", Field::DateModified, Source::ArticleMeta),
    ("og:article:published_time", Field::DatePublished, Source::ArticleMeta),
    ("og:article:section", Field::Section, Source::ArticleMeta),
    ("og:article:tag", Field::Keywords, Source::ArticleMeta),
    ("og:author", Field::Author, Source::ArticleMeta),
    ("og:description", Field::Description, Source::OpenGraph),
    ("og:language", Field::Language, Source::OpenGraph),
    ("og:locale", Field::Language, Source::OpenGraph),
    ("og:modified_time", Field::DateModified, Source::ArticleMeta),
    ("og:published_time", Field::DatePublished, Source::ArticleMeta),
    ("og:section", Field::Section, Source::ArticleMeta),
    ("og:site_name", Field::Publisher, Source::OpenGraph),
    ("og:title", Field::Headline, Source::OpenGraph),
    ("og:type", Field::Type, Source::OpenGraph),
    ("og:updated_time", Field::DateModified, Source::OpenGraph),
    ("og:url", Field::CanonicalUrl, Source::OpenGraph),
    ("originalpublicationdate", Field::DatePublished, Source::ToolMeta),
    ("page-topic", Field::Section, Source::ToolMeta),
    ("parsely-author", Field::Author, Source::ToolMeta),
    ("parsely-link", Field::CanonicalUrl, Source::ToolMeta),
    ("parsely-pub-date", Field::DatePublished, Source::ToolMeta),
    ("parsely-section", Field::Section, Source::ToolMeta),
    ("parsely-tags", Field::Keywords, Source::ToolMeta),
    ("parsely-title", Field::Headline, Source::ToolMeta),
    ("pub_date", Field::DatePublished, Source::ToolMeta),
    ("pubdate", Field::DatePublished, Source::ToolMeta),
    ("publication-date", Field::DatePublished, Source::ToolMeta),
    ("publication_date", Field::DatePublished, Source::ToolMeta),
    ("publish-date", Field::DatePublished, Source::ToolMeta),
    ("publish_date", Field::DatePublished, Source::ToolMeta),
    ("publishdate", Field::DatePublished, Source::ToolMeta),
    ("published-date", Field::DatePublished, Source::ToolMeta),
    ("published_at", Field::DatePublished, Source::ToolMeta),
    ("published_date", Field::DatePublished, Source::ToolMeta),
    ("published_time", Field::DatePublished, Source::ToolMeta),
    ("publisher", Field::Publisher, Source::Meta),
    ("sailthru.author", Field::Author, Source::ToolMeta),
    ("sailthru.date", Field::DatePublished, Source::ToolMeta),
    ("sailthru.description", Field::Description, Source::ToolMeta),
    ("sailthru.tags", Field::Keywords, Source::ToolMeta),
    ("sailthru.title", Field::Headline, Source::ToolMeta),
    ("section", Field::Section, Source::ToolMeta),
    ("shareaholic:article_author_name", Field::Author, Source::ToolMeta),
    ("shareaholic:article_published_time", Field::DatePublished, Source::ToolMeta),
    ("sitename", Field::SiteName, Source::Meta),
    ("tags", Field::Keywords, Source::ToolMeta),
    ("title", Field::Headline, Source::Meta),
    ("twitter:app:name:iphone", Field::SiteName, Source::ToolMeta),
    ("twitter:description", Field::Description, Source::Twitter),
    ("twitter:site", Field::SiteName, Source::Twitter),
    ("twitter:title", Field::Headline, Source::Twitter),
    ("twitter:url", Field::CanonicalUrl, Source::Twitter),
];

/// Longest name looked up.
const NAME_BYTES_MAX: usize = 40;

/// Adds what a `<meta>` with a name or property claims.
pub(super) fn read(dom: &Dom, node: NodeId, claims: &mut Claims) {
    let Some(content) = dom.attr(node, Attr::CONTENT).or_else(|| dom.attr(node, Attr::VALUE)) else { return };
    let names = [Attr::PROPERTY, Attr::NAME, Attr::HTTP_EQUIV].into_iter().filter_map(|it| dom.attr(node, it));
    for written in names {
        let name = written.trim();
        if name.len() > NAME_BYTES_MAX {
            continue;
        }
        let name = name.to_ascii_lowercase();
        if let Ok(at) = NAMES.binary_search_by(|it| it.0.cmp(&name)) {
            let (_, field, source) = NAMES[at];
            named(field, source, content, claims);
            return;
        }
        match name.as_str() {
            "og:image" | "og:image:url" | "og:image:secure_url" => image(content, Source::OpenGraph, claims),
            "twitter:image" | "twitter:image:src" => image(content, Source::Twitter, claims),
            "sailthru.image.full" | "parsely-image-url" | "thumbnailurl" | "thumbnail" => {
                image(content, Source::ToolMeta, claims);
            }
            "og:image:width" => size(content, claims, |image| &mut image.width),
            "og:image:height" => size(content, claims, |image| &mut image.height),
            "parsely-page" | "parsely-metadata" => parsely(content, claims),
            "twitter:label1" | "twitter:label2" => claims.label = Some(collapse(content)),
            "twitter:data1" | "twitter:data2" => {
                if claims.label.take().is_some_and(|it| super::names::is_byline_label(&it)) {
                    claims.add(Field::Author, Source::ToolMeta, &plain(content));
                }
            }
            _ => continue,
        }
        return;
    }
}

fn named(field: Field, source: Source, content: &str, claims: &mut Claims) {
    match field {
        Field::Type => {
            let kind = format!("og:{}", content.trim().to_ascii_lowercase());
            claims.add_type(&kind);
        }
        Field::Free => {
            let free = match content.trim().to_ascii_lowercase().as_str() {
                "free" => "true",
                "locked" | "paid" | "premium" => "false",
                // `metered`: free until the reader has used up the month's pages.
                _ => return,
            };
            claims.add(field, source, free);
        }
        Field::Author
        | Field::Headline
        | Field::AlternativeHeadline
        | Field::DatePublished
        | Field::DateModified
        | Field::Section
        | Field::Keywords
        | Field::Description
        | Field::Publisher
        | Field::SiteName
        | Field::Language
        | Field::CanonicalUrl => claims.add(field, source, &plain(content)),
    }
}

fn image(content: &str, source: Source, claims: &mut Claims) {
    let url = content.trim();
    if !url.is_empty() && !claims.images.iter().any(|it| it.0 == source && it.1.url == url) {
        claims.add_image(source, Image { url: url.to_owned(), ..Image::default() });
    }
}

/// A size belongs to the last image named before it.
fn size(content: &str, claims: &mut Claims, of: impl Fn(&mut Image) -> &mut Option<u32>) {
    let Ok(pixels) = content.trim().trim_end_matches("px").parse::<u32>() else { return };
    if let Some((Source::OpenGraph, image)) = claims.images.last_mut() {
        *of(image) = Some(pixels).filter(|it| *it > 0);
    }
}

/// Parse.ly's older form: JSON in the content.
fn parsely(content: &str, claims: &mut Claims) {
    for root in json::read(content) {
        for (name, field) in [
            ("title", Field::Headline),
            ("pub_date", Field::DatePublished),
            ("section", Field::Section),
            ("tags", Field::Keywords),
        ] {
            for text in root.get(name).map_or(&[][..], json::Json::items).iter().filter_map(json::Json::text) {
                claims.add(field, Source::ToolMeta, &plain(text));
            }
        }
        for name in ["author", "authors"] {
            for text in root.get(name).map_or(&[][..], json::Json::items).iter().filter_map(json::Json::text) {
                claims.add(Field::Author, Source::ToolMeta, &plain(text));
            }
        }
    }
}

/// Adds what a `<link>` claims.
pub(super) fn link(dom: &Dom, node: NodeId, claims: &mut Claims) {
    let (Some(rel), Some(href)) = (dom.attr(node, Attr::REL), dom.attr(node, Attr::HREF)) else { return };
    if rel.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case("canonical")) {
        claims.add(Field::CanonicalUrl, Source::Link, href);
    }
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
