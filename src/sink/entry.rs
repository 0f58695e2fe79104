//! One page as a JSON object: what was passed through, the article, and why there is none.

use super::{Format, Shape};
use crate::article::Article;
use crate::extract::Extracted;
use serde::Serialize;
use serde_json::{Map, Value};

/// The names that [`Article`] has in JSON. An input's field of such a name is not passed through: the article's counts.
pub const ARTICLE_FIELDS: [&str; 35] = [
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
