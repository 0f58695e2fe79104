//! JSON-LD to claims: which of a page's objects is the story, and what it says of it.
//!
//! A page holds the story's object among others: the site, the breadcrumbs, related stories, a plug-in's second copy. The
//! story's is the object of an article-like type that names this page as its own; without such a name, the one that says
//! most, the first of equals. Objects that stand in a list, a citation or a comment are never it. References by `@id` are
//! followed, in and between scripts.
//!
//! Source: [schema.org `Article`](https://schema.org/Article), [JSON-LD 1.1](https://www.w3.org/TR/json-ld11/), of which
//! only what pages use: `@graph`, `@id`, `@type`, `@value`.

use super::json::Json;
use super::markup::plain;
use super::{Claims, Field, LiveUpdate, Source};
use crate::article::{AuthorKind, Image};
use crate::text::collapse;
use url::Url;

/// Objects looked at; what follows is not read. Of 1,371 scripts measured the largest held 3,000.
const OBJECTS_MAX: usize = 10_000;

/// Objects beside the best that are asked whether they are of the same story.
const STORIES_MAX: usize = 20;

/// Items of one member that are read: authors, images, keywords.
const ITEMS_MAX: usize = 100;

/// Classes of paid parts that are told.
const PAID_CLASSES_MAX: usize = 8;

/// Posts of a live blog that are kept.
const UPDATES_MAX: usize = 2_000;

/// Members whose objects are about something else than the page's story.
const OTHERS: [&str; 30] = [
    "itemListElement",
    "relatedLink",
    "mentions",
    "citation",
    "isBasedOn",
    "hasPart",
    "review",
    "reviews",
    "comment",
    "suggestedAnswer",
    "acceptedAnswer",
    "liveBlogUpdate",
    "video",
    "about",
    "recommended",
    "isRelatedTo",
    "itemReviewed",
    "author",
    "publisher",
    "image",
    "isPartOf",
    "subjectOf",
    "offers",
    "potentialAction",
    "blogPost",
    "blogPosts",
    "associatedMedia",
    "episode",
    "workExample",
    "significantLink",
];

struct Found<'a, 'b> {
    object: &'b Json<'a>,
    /// Stands inside a member of [`OTHERS`].
    other: bool,
}

/// Adds what the page's JSON-LD claims. `own` are the addresses the page goes by.
pub(super) fn read(roots: &[Json<'_>], own: &[&Url], claims: &mut Claims) {
    let objects = objects(roots);
    for it in &objects {
        if it.object.get("isAccessibleForFree").is_some() {
            paid_classes(it.object, claims);
        }
        for kind in types(it.object) {
            if !it.other {
                claims.add_type(kind);
            }
        }
    }

    let mut stories: Vec<(u32, usize)> = Vec::new();
    for (idx, it) in objects.iter().enumerate() {
        if let Some(score) = story_score(it, own) {
            stories.push((score, idx));
        }
    }
    // Best first, document order among equals.
    stories.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let Some(&(best, first)) = stories.first() else {
        pages(&objects, claims);
        return;
    };
    let mut story = Story { claims, objects: &objects };
    story.read(objects[first].object);
    for &(score, idx) in stories[1..].iter().take(STORIES_MAX) {
        let object = objects[idx].object;
        if (score >= 8 && best >= 8) || same_headline(objects[first].object, object) {
            story.read(object);
        }
    }
    pages(&objects, claims);
}

/// Notes the classes by which an object that says whether it is free is found on the page.
fn paid_classes(object: &Json<'_>, claims: &mut Claims) {
    let selectors = object.get("cssSelector").map_or(&[][..], Json::items).iter().filter_map(Json::text);
    for selector in selectors.flat_map(|it| it.split(',')) {
        let class = selector.trim().strip_prefix('.').filter(|it| !it.contains([' ', '.', ':', '[', '>', '#']));
        claims.paid_classes.extend(class.filter(|it| !it.is_empty()).map(str::to_owned));
        claims.paid_classes.truncate(PAID_CLASSES_MAX);
    }
}

/// All objects, outer before inner, in document order.
fn objects<'a, 'b>(roots: &'b [Json<'a>]) -> Vec<Found<'a, 'b>> {
    let mut found = Vec::new();
    let mut todo: Vec<(&Json<'a>, bool)> = roots.iter().rev().map(|it| (it, false)).collect();
    while let Some((value, other)) = todo.pop() {
        match value {
            Json::List(items) => todo.extend(items.iter().rev().map(|it| (it, other))),
            Json::Object(members) => {
                if found.len() == OBJECTS_MAX {
                    break;
                }
                found.push(Found { object: value, other });
                for (key, value) in members.iter().rev() {
                    if matches!(value, Json::List(_) | Json::Object(_)) {
                        todo.push((value, other || OTHERS.contains(&key.as_ref())));
                    }
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => {}
        }
    }
    found
}

/// The object that a bare `{"@id": …}` stands for; the value itself where there is none.
fn resolve<'a, 'b>(value: &'b Json<'a>, objects: &[Found<'a, 'b>]) -> &'b Json<'a> {
    let id = match value {
        Json::Object(members) if members.len() <= 2 => value.get("@id").and_then(Json::text),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
    };
    let Some(id) = id else { return value };
    if value.get("name").is_some() {
        return value;
    }
    let is_it = |it: &&Found<'a, 'b>| {
        it.object.members().len() > 2 && it.object.get("@id").and_then(Json::text).is_some_and(|it| it == id)
    };
    objects.iter().find(is_it).map_or(value, |it| it.object)
}

/// The object's types without schema.org's address.
fn types<'b>(object: &'b Json<'_>) -> impl Iterator<Item = &'b str> {
    let kinds = object.get("@type").map_or(&[][..], Json::items);
    kinds.iter().filter_map(Json::text).map(|it| it.rsplit(['/', ':', '#']).next().unwrap_or(it))
}

/// What a type tells of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kin {
    /// A web page, which may have a story on it.
    Page,
    /// A work that is not an article: a recipe, a video, a question.
    Work,
    /// An article.
    Article,
}

fn kin(kind: &str) -> Option<Kin> {
    Some(match kind {
        "JobPosting" | "ReviewNewsArticleSeries" => return None,
        "Report" | "Blog" => Kin::Article,
        "WebPage" | "ItemPage" | "AboutPage" | "FAQPage" | "MedicalWebPage" | "QAPage" => Kin::Page,
        "Recipe"
        | "HowTo"
        | "Question"
        | "VideoObject"
        | "AudioObject"
        | "PodcastEpisode"
        | "CreativeWork"
        | "Review"
        | "Product"
        | "Event"
        | "Movie"
        | "Book"
        | "Course"
        | "SoftwareApplication"
        | "LearningResource"
        | "MediaGallery"
        | "ImageGallery"
        | "Quotation"
        | "Thesis"
        | "Chapter"
        | "Dataset"
        | "SoftwareSourceCode"
        | "Message"
        | "ClaimReview"
        | "TVEpisode"
        | "RadioEpisode"
        | "NewsMediaObject" => Kin::Work,
        _ if kind.ends_with("Article") || kind.ends_with("Posting") => Kin::Article,
        _ => return None,
    })
}

/// How likely the object is the story's: 8 and more when it names the page as its own. `None` for what cannot be it.
fn story_score(it: &Found<'_, '_>, own: &[&Url]) -> Option<u32> {
    if it.other {
        return None;
    }
    let kin = types(it.object).filter_map(kin).max().filter(|it| *it > Kin::Page)?;
    let has = |name: &str| it.object.get(name).is_some_and(|it| *it != Json::Null);
    let mut score = if kin == Kin::Article { 4 } else { 0 };
    score += u32::from(has("headline") || has("name"));
    score += u32::from(has("datePublished")) + u32::from(has("author"));
    if names_page(it.object, own) {
        score += 8;
    }
    (score > 0).then_some(score)
}

/// Whether an address of the object is one of the page's.
fn names_page(object: &Json<'_>, own: &[&Url]) -> bool {
    let addresses = ["mainEntityOfPage", "url", "@id"].into_iter().filter_map(|it| object.get(it)).filter_map(|it| {
        it.text().or_else(|| it.get("@id").and_then(Json::text)).or_else(|| it.get("url").and_then(Json::text))
    });
    for address in addresses {
        let path = address.split_once("://").map_or(address, |(_, it)| it.find('/').map_or("/", |at| &it[at..]));
        let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
        if path.len() > 1 && own.iter().any(|it| it.path().trim_end_matches('/') == path) {
            return true;
        }
    }
    false
}

fn same_headline(a: &Json<'_>, b: &Json<'_>) -> bool {
    let headline = |it: &Json<'_>| it.get("headline").and_then(Json::text).map(crate::text::fold);
    headline(a).is_some_and(|it| headline(b) == Some(it))
}

struct Story<'c, 'a, 'b> {
    claims: &'c mut Claims,
    objects: &'c [Found<'a, 'b>],
}

impl<'a, 'b> Story<'_, 'a, 'b> {
    fn read(&mut self, object: &'b Json<'a>) {
        use Source::JsonLd;
        let text = |name: &str| object.get(name).and_then(Json::text);
        for (name, field) in [
            ("headline", Field::Headline),
            ("datePublished", Field::DatePublished),
            ("dateModified", Field::DateModified),
            ("description", Field::Description),
            ("alternativeHeadline", Field::AlternativeHeadline),
        ] {
            if let Some(text) = text(name) {
                self.claims.add(field, JsonLd, &plain(text));
            }
        }
        if let Some(name) = text("name") {
            let is_article = types(object).any(|it| kin(it) == Some(Kin::Article));
            let source = if is_article && text("headline").is_none() { JsonLd } else { Source::JsonLdPage };
            self.claims.add(Field::Headline, source, &plain(name));
        }
        for name in ["dateCreated", "uploadDate"] {
            if let Some(date) = text(name) {
                self.claims.add(Field::DatePublished, Source::JsonLdPage, date);
            }
        }
        // Another object of the same page, a video or a plug-in's copy, may have another's name.
        let is_named = self.claims.of(Field::Author).any(|it| it.source == JsonLd);
        for name in ["author", "creator"].into_iter().filter(|_| !is_named) {
            let before = self.claims.claims.len();
            for author in object.get(name).map_or(&[][..], Json::items).iter().take(ITEMS_MAX) {
                self.author(author, JsonLd);
            }
            if self.claims.claims.len() > before {
                break;
            }
        }
        for (name, field) in [("articleSection", Field::Section), ("keywords", Field::Keywords)] {
            for item in object.get(name).map_or(&[][..], Json::items).iter().take(ITEMS_MAX) {
                if let Some(text) = item.text().or_else(|| item.get("name").and_then(Json::text)) {
                    self.claims.add(field, JsonLd, &plain(text));
                }
            }
        }
        if let Some(language) = object.get("inLanguage")
            && let Some(text) = language.text().or_else(|| language.get("alternateName").and_then(Json::text))
        {
            self.claims.add(Field::Language, JsonLd, text);
        }
        if let Some(publisher) = object.get("publisher").and_then(|it| it.items().first()) {
            let publisher = resolve(publisher, self.objects);
            let name = publisher.text().or_else(|| publisher.get("name").and_then(Json::text));
            if let Some(name) = name.filter(|it| !it.contains("://")) {
                let url = publisher.get("url").and_then(Json::text);
                self.claims.add_with(Field::Publisher, JsonLd, &plain(name), url, None);
            }
        }
        for name in ["image", "primaryImageOfPage", "thumbnailUrl"] {
            for item in object.get(name).map_or(&[][..], Json::items).iter().take(ITEMS_MAX) {
                if let Some(image) = image(resolve(item, self.objects)) {
                    self.claims.add_image(JsonLd, image);
                }
            }
        }
        if let Some(free) = free(object) {
            self.claims.add(Field::Free, JsonLd, if free { "true" } else { "false" });
        }
        for name in ["articleBody", "text"] {
            if let Some(body) = text(name) {
                self.claims.add_body(&plain(body));
            }
        }
        for post in object.get("liveBlogUpdate").map_or(&[][..], Json::items).iter().take(UPDATES_MAX) {
            let text = |name: &str| post.get(name).and_then(Json::text).map(plain);
            let update = LiveUpdate {
                headline: text("headline").map(|it| collapse(&it)).filter(|it| !it.is_empty()),
                date: text("datePublished").and_then(|it| super::dates::parse(&it)).map(|it| it.to_string()),
                text: text("articleBody").map(|it| it.trim().to_owned()).unwrap_or_default(),
            };
            if update.headline.is_some() || !update.text.is_empty() {
                self.claims.live_updates.push(update);
            }
        }
    }

    fn author(&mut self, value: &'b Json<'a>, source: Source) {
        let value = resolve(value, self.objects);
        let kind = author_kind(value);
        let url = value.get("url").and_then(Json::text);
        if let Some(name) = value.text() {
            self.claims.add_with(Field::Author, source, &plain(name), None, None);
            return;
        }
        let mut named = false;
        for name in value.get("name").map_or(&[][..], Json::items) {
            if let Some(name) = name.text() {
                named = true;
                self.claims.add_with(Field::Author, source, &plain(name), url, kind);
            }
        }
        if let (false, Some(given), Some(family)) =
            (named, value.get("givenName").and_then(Json::text), value.get("familyName").and_then(Json::text))
        {
            self.claims.add_with(Field::Author, source, &format!("{given} {family}"), url, kind);
        }
    }
}

/// Whether an author is a person, where the object says.
fn author_kind(value: &Json<'_>) -> Option<AuthorKind> {
    types(value).find_map(|it| match it {
        "Person" => Some(AuthorKind::Person),
        _ if it.ends_with("Organization") || it == "Corporation" || it == "Brand" => Some(AuthorKind::Organization),
        _ => None,
    })
}

/// What objects beside the story's say: the web page, its place in the site, the site's name.
fn pages(objects: &[Found<'_, '_>], claims: &mut Claims) {
    use Source::JsonLdPage;
    for it in objects {
        let text = |name: &str| it.object.get(name).and_then(Json::text);
        for kind in types(it.object) {
            match kind {
                "BreadcrumbList" if claims.breadcrumbs.is_empty() => {
                    for item in it.object.get("itemListElement").map_or(&[][..], Json::items).iter().take(ITEMS_MAX) {
                        let name = item.get("name").or_else(|| item.get("item")?.get("name")).and_then(Json::text);
                        if let Some(name) = name {
                            claims.add_breadcrumb(&plain(name));
                        }
                    }
                }
                "WebSite" => {
                    if let Some(name) = text("name") {
                        claims.add_with(Field::Publisher, JsonLdPage, &plain(name), text("url"), None);
                    }
                    if let Some(name) = text("alternateName") {
                        claims.add(Field::SiteName, JsonLdPage, &plain(name));
                    }
                }
                "Organization" | "NewsMediaOrganization" if !it.other => {
                    if let Some(name) = text("name") {
                        claims.add(Field::SiteName, JsonLdPage, &plain(name));
                    }
                }
                _ if !it.other && kin(kind) == Some(Kin::Page) => {
                    for (name, field) in [
                        ("headline", Field::Headline),
                        ("name", Field::Headline),
                        ("datePublished", Field::DatePublished),
                        ("dateModified", Field::DateModified),
                        ("description", Field::Description),
                        ("inLanguage", Field::Language),
                    ] {
                        if let Some(text) = text(name) {
                            claims.add(field, JsonLdPage, &plain(text));
                        }
                    }
                    if let Some(free) = free(it.object) {
                        claims.add(Field::Free, JsonLdPage, if free { "true" } else { "false" });
                    }
                    for author in it.object.get("author").map_or(&[][..], Json::items).iter().take(ITEMS_MAX) {
                        let author = resolve(author, objects);
                        for name in author.get("name").map_or(author.items(), Json::items).iter().filter_map(Json::text)
                        {
                            claims.add_with(Field::Author, JsonLdPage, &plain(name), None, author_kind(author));
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// `isAccessibleForFree` of the object; `false` also where a part of it is not free.
fn free(object: &Json<'_>) -> Option<bool> {
    fn said(value: &Json<'_>) -> Option<bool> {
        match value {
            Json::Bool(free) => Some(*free),
            Json::Text(text) => {
                let word = text.trim().rsplit('/').next().unwrap_or("");
                [("true", true), ("false", false), ("yes", true), ("no", false), ("1", true), ("0", false)]
                    .into_iter()
                    .find_map(|(it, free)| it.eq_ignore_ascii_case(word).then_some(free))
            }
            Json::Null | Json::Number(_) | Json::List(_) | Json::Object(_) => None,
        }
    }
    let parts = object.get("hasPart").map_or(&[][..], Json::items);
    let whole = object.get("isAccessibleForFree").and_then(said);
    if whole.is_none() && parts.iter().any(|it| it.get("isAccessibleForFree").and_then(said) == Some(false)) {
        return Some(false);
    }
    whole
}

/// An image from its address or `ImageObject`.
fn image(value: &Json<'_>) -> Option<Image> {
    if let Some(url) = value.text() {
        return Some(Image { url: url.trim().to_owned(), ..Image::default() });
    }
    let text = |name: &str| {
        let text = value.get(name)?;
        let text = text.text().or_else(|| text.get("name").and_then(Json::text))?;
        Some(collapse(&plain(text))).filter(|it| !it.is_empty())
    };
    // Sizes are written as 640, "640" and "640px".
    let size = |name: &str| {
        let text = value.get(name).and_then(|it| it.text().or_else(|| it.get("value")?.text()))?;
        text.trim_end_matches("px").trim().parse::<f32>().ok().filter(|it| *it >= 1.0 && *it < 1e6).map(|it| it as u32)
    };
    Some(Image {
        url: text("url").or_else(|| text("contentUrl")).or_else(|| text("@id"))?,
        width: size("width"),
        height: size("height"),
        caption: text("caption").or_else(|| text("description")),
        credit: text("creditText")
            .or_else(|| text("copyrightHolder"))
            .or_else(|| text("author"))
            .or_else(|| text("creator")),
    })
}
