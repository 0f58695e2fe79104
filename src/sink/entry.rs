//! One page as a JSON object: what was passed through, the article, and why there is none.

use super::{Format, Shape};
use crate::article::Article;
use crate::extract::Extracted;
use serde::Serialize;
use serde_json::{Map, Value};

/// The names that [`Article`] has in JSON. An input's field of such a name is not passed through: the article's counts.
pub const ARTICLE_FIELDS: [&str; 37] = [
    "schema",
    "url",
    "canonicalUrl",
    "headline",
    "alternativeHeadline",
    "author",
    "datePublished",
    "dateModified",
    "dateline",
    "publisher",
    "articleSection",
    "keywords",
    "inLanguage",
    "description",
    "image",
    "isAccessibleForFree",
    "pageType",
    "truncated",
    "wordCount",
    "text",
    "markdown",
    "html",
    "blocks",
    "posts",
    "pagination",
    "comments",
    "repairs",
    "dropped",
    "sources",
    "confidence",
    "contentHash",
    "simhash",
    "encoding",
    "fetchedAt",
    "http",
    "extractor",
    "error",
];

/// Why there is no article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// One word for programs.
    pub kind: String,
    /// For people, with its causes.
    pub message: String,
    /// The way out, where there is one.
    #[serde(skip)]
    pub hint: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Entry<'a> {
    #[serde(flatten)]
    fields: Map<String, Value>,
    #[serde(flatten)]
    article: Option<&'a Article>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(mut fields: Map<String, Value>, outcome: &'a Result<Extracted, Failure>, shape: &Shape) -> Self {
        match outcome {
            Ok(extracted) => {
                fields.retain(|name, _| !ARTICLE_FIELDS.contains(&name.as_str()));
                let error = extracted.finding.filter(|_| !shape.any_type).map(|finding| Failure {
                    kind: finding.kind().to_owned(),
                    message: finding.message().to_owned(),
                    hint: None,
                });
                Self { fields, article: Some(&extracted.article), error }
            }
            Err(failure) => {
                fields.shift_remove("error");
                Self { fields, article: None, error: Some(failure.clone()) }
            }
        }
    }

    /// One object, without a line feed at the end.
    pub(super) fn to_json(&self, shape: &Shape) -> String {
        let json = match (shape.format, &shape.fields) {
            (Format::Json, None) => serde_json::to_string_pretty(self),
            (_, None) => serde_json::to_string(self),
            (format, Some(wanted)) => {
                serde_json::to_string(self).and_then(|whole| serde_json::from_str(&whole)).and_then(|mut value| {
                    if let Value::Object(object) = &mut value {
                        object.retain(|name, _| {
                            name == "error" || wanted.contains(name) || self.fields.contains_key(name)
                        });
                    }
                    if format == Format::Json {
                        serde_json::to_string_pretty(&value)
                    } else {
                        serde_json::to_string(&value)
                    }
                })
            }
        };
        json.expect("keys are strings, and no value of ours refuses to be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::NoArticle;
    use crate::extract::{Options, Want, extract};
    use crate::page::Page;
    use std::collections::BTreeSet;

    fn shape(fields: Option<&[&str]>) -> Shape {
        let fields = fields.map(|fields| fields.iter().map(|field| (*field).to_owned()).collect());
        Shape { format: Format::Jsonl, front_matter: false, any_type: false, fields }
    }

    fn all_of_an_article() -> Extracted {
        let want = Want { markdown: true, html: true, dropped: true };
        let page = Page::saved("<p>One.</p>", None);
        Extracted { finding: Some(NoArticle::Empty), ..extract(&page, &Options { want, ..Options::default() }) }
    }

    #[test]
    fn the_names_are_those_of_an_article() {
        let json = Entry::new(Map::new(), &Ok(all_of_an_article()), &shape(None)).to_json(&shape(None));
        let object: Map<String, Value> = serde_json::from_str(&json).expect("JSON");
        let names: BTreeSet<&str> = object.keys().map(String::as_str).collect();
        assert_eq!(names, BTreeSet::from(ARTICLE_FIELDS));
    }

    #[test]
    fn fields_pass_through_unless_the_article_has_them() {
        let fields =
            Map::from_iter([("id", 7), ("text", 8), ("error", 9)].map(|(name, n)| (name.to_owned(), n.into())));
        let shape = shape(Some(&["wordCount"]));
        let mut extracted = all_of_an_article();
        extracted.finding = None;
        extracted.article.word_count = 1;
        assert_eq!(Entry::new(fields.clone(), &Ok(extracted), &shape).to_json(&shape), "{\"id\":7,\"wordCount\":1}");
        let failure = Failure { kind: "empty".to_owned(), message: "a is empty".to_owned(), hint: None };
        let failed = Entry::new(fields, &Err(failure), &shape).to_json(&shape);
        assert_eq!(failed, "{\"id\":7,\"text\":8,\"error\":{\"kind\":\"empty\",\"message\":\"a is empty\"}}");
    }
}
