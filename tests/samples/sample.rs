//! One folder of `html-samples/`: reading it, running it, rewriting what is wanted.

use crate::compare::{differences, projected};
use copydesk::article::NoArticle;
use copydesk::evaluate::{Prediction, Truth};
use copydesk::extract::{Extracted, Options, Want, extract, extract_text};
use copydesk::page::Page;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// Keys that a new `article.json` leaves out: they say nothing that a reader of the page could.
const NOT_WRITTEN: &[&str] =
    &["schema", "sources", "confidence", "contentHash", "simhash", "fetchedAt", "http", "extractor"];

/// What a new `article.json` says of the items of a list or of an object.
const KEYS_WRITTEN: &[(&str, &[&str])] = &[
    ("blocks", &["type", "level", "text"]),
    ("author", &["name", "type"]),
    ("publisher", &["name"]),
    ("image", &["url"]),
    ("repairs", &["from", "to", "encoding"]),
];

/// `sample.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// The address the page is read as; none for a page whose address is unknown.
    #[serde(default)]
    url: Option<Url>,
    /// The `Content-Type` header it came with.
    #[serde(default)]
    content_type: Option<String>,
    /// What goes wrong on such a page, in a sentence.
    teaches: String,
    /// Whose markup it follows.
    structure: String,
    /// Ours to publish, and how.
    licence: String,
    /// `"text"`: read as text that a scraper saved, whatever it looks like.
    #[serde(default)]
    input: Option<Input>,
    /// `"fail"`: what we cannot do yet.
    #[serde(default)]
    expect: Option<Expect>,
    /// Keys of `article.json` that we do not get right yet; one that comes right must be taken out.
    #[serde(default)]
    fails: Vec<String>,
    /// The finding that the page holds no story, by its name in JSON.
    #[serde(default)]
    error: Option<NoArticle>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Input {
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Fail,
}

/// The folders in which samples stand, by name.
pub(super) fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries.map(|it| it.path()).filter(|it| it.is_dir()).collect();
    folders.sort();
    folders
}

/// A folder that holds a sample; it is read when the case runs, so that a broken one fails by its name.
#[derive(Debug)]
pub(super) struct Sample {
    /// The folder's name.
    pub(super) slug: String,
    folder: PathBuf,
}

/// A sample as read.
#[derive(Debug)]
pub(super) struct Loaded {
    manifest: Manifest,
    body: Vec<u8>,
    /// `article.json`, if there is one.
    wanted: Option<Map<String, Value>>,
}

impl Sample {
    pub(super) fn new(folder: PathBuf) -> Self {
        let slug = folder.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        Self { slug, folder }
    }

    fn load(&self) -> Result<Loaded, String> {
        let read = |name: &str| fs::read(self.folder.join(name)).map_err(|error| format!("{name}: {error}"));
        let text = String::from_utf8(read("sample.toml")?).map_err(|error| format!("sample.toml: {error}"))?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| format!("sample.toml: {error}"))?;
        let told = [("teaches", &manifest.teaches), ("structure", &manifest.structure), ("licence", &manifest.licence)];
        if let Some((key, _)) = told.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(format!("sample.toml: `{key}` says nothing"));
        }
        let body = read("page.html").or_else(|_| read("page.txt")).map_err(|_| "no page.html and no page.txt")?;
        let wanted = match self.folder.join("article.json").exists() {
            true => {
                let wanted = serde_json::from_slice(&read("article.json")?);
                Some(wanted.map_err(|error| format!("article.json: {error}"))?)
            }
            false => None,
        };
        Ok(Loaded { manifest, body, wanted })
    }

    /// Holds what the page gives against what is wanted, or writes down what it gives.
    pub(super) fn run(&self, update: bool) -> Result<(), String> {
        let loaded = self.load()?;
        let extracted = loaded.extract();
        let given = json_of(&extracted)?;
        if update && loaded.manifest.expect.is_none() {
            self.write(&loaded, &given)?;
        }
        let faults = match update && loaded.manifest.expect.is_none() {
            true => self.load()?.faults(&extracted, &given),
            false => loaded.faults(&extracted, &given),
        };
        match loaded.manifest.expect {
            Some(Expect::Fail) if faults.is_empty() => {
                Err("passes now: take `expect = \"fail\"` out of its sample.toml".to_owned())
            }
            None if !faults.is_empty() => {
                Err(format!("html-samples/{} ({})\n\n{}", self.slug, loaded.manifest.teaches, faults.join("\n")))
            }
            Some(Expect::Fail) | None => Ok(()),
        }
    }

    /// Rewrites the keys of `article.json`; a new one gets all keys that a person could write.
    fn write(&self, loaded: &Loaded, given: &Map<String, Value>) -> Result<(), String> {
        let rewritten: Map<String, Value> = match &loaded.wanted {
            Some(wanted) => {
                // A key that no article has stays, and fails the case.
                let rewritten = |(key, wanted): (&String, &Value)| match given.get(key) {
                    Some(given) => (key.clone(), written(key, given, Some(wanted))),
                    None => (key.clone(), wanted.clone()),
                };
                wanted.iter().map(rewritten).collect()
            }
            None if loaded.manifest.error.is_some() => return Ok(()),
            None => {
                let keys = given.iter().filter(|(key, _)| !NOT_WRITTEN.contains(&key.as_str()));
                keys.map(|(key, given)| (key.clone(), written(key, given, None))).collect()
            }
        };
        let mut text = serde_json::to_string_pretty(&rewritten).map_err(|error| error.to_string())?;
        text.push('\n');
        fs::write(self.folder.join("article.json"), text).map_err(|error| format!("article.json: {error}"))
    }
}

/// What `article.json` says under a key, once it is rewritten: the same depth of detail as before.
fn written(key: &str, given: &Value, wanted: Option<&Value>) -> Value {
    let says_nothing = |it: &Value| it.is_null() || it.as_array().is_some_and(Vec::is_empty);
    if let Some(wanted) = wanted.filter(|wanted| !says_nothing(wanted)) {
        return projected(given, wanted);
    }
    let Some((_, keys)) = KEYS_WRITTEN.iter().find(|(name, _)| *name == key) else {
        return given.clone();
    };
    let shape = Value::Object(keys.iter().map(|key| ((*key).to_owned(), Value::Bool(true))).collect());
    match given {
        Value::Array(_) => projected(given, &Value::Array(vec![shape])),
        _ => projected(given, &shape),
    }
}

impl Loaded {
    fn extract(&self) -> Extracted {
        let asked = |key: &str| self.wanted.as_ref().is_some_and(|wanted| wanted.contains_key(key));
        let want = Want { markdown: asked("markdown"), html: asked("html"), dropped: asked("dropped") };
        let options = Options { want, ..Options::default() };
        match self.manifest.input {
            Some(Input::Text) => {
                extract_text(&String::from_utf8_lossy(&self.body), self.manifest.url.as_ref(), &options)
            }
            None => {
                let content_type = self.manifest.content_type.clone();
                let page = Page { content_type, ..Page::saved(self.body.as_slice(), self.manifest.url.clone()) };
                extract(&page, &options)
            }
        }
    }

    fn faults(&self, extracted: &Extracted, given: &Map<String, Value>) -> Vec<String> {
        let mut faults = Vec::new();
        let kind = |finding: Option<NoArticle>| finding.map_or("a story", NoArticle::kind);
        if extracted.finding != self.manifest.error {
            faults.push(format!("wanted {}, found {}\n", kind(self.manifest.error), kind(extracted.finding)));
        }
        match &self.wanted {
            Some(wanted) => faults.extend(wanted.iter().filter_map(|(key, wanted)| {
                let Some(given) = given.get(key) else { return Some(format!("{key}: no article has this key\n")) };
                match (differences(key, given, wanted), self.manifest.fails.contains(key)) {
                    (None, true) => Some(format!("{key}: is right now: take it out of `fails` in sample.toml\n")),
                    (Some(_), true) | (None, false) => None,
                    (difference, false) => difference,
                }
            })),
            None if self.manifest.error.is_none() => {
                faults.push("no article.json; UPDATE_SAMPLES=1 writes one".to_owned());
            }
            None => {}
        }
        faults
    }
}

fn json_of(extracted: &Extracted) -> Result<Map<String, Value>, String> {
    match serde_json::to_value(&extracted.article) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("an article is an object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Truth and prediction of each sample that says what it wants.
pub(super) fn truths(samples: &[Arc<Sample>]) -> Result<Vec<(Truth, Prediction)>, String> {
    let mut pairs = Vec::new();
    for sample in samples {
        let loaded = sample.load().map_err(|error| format!("{}: {error}", sample.slug))?;
        if let Some(wanted) = &loaded.wanted {
            let truth = Truth::from_article(&sample.slug, &Value::Object(wanted.clone()));
            pairs.push((truth, prediction(loaded.extract())));
        }
    }
    Ok(pairs)
}

/// What is scored of an article.
pub(super) fn prediction(extracted: Extracted) -> Prediction {
    let article = extracted.article;
    Prediction {
        text: article.text,
        title: article.metadata.headline,
        authors: article.metadata.author.into_iter().map(|author| author.name).collect(),
        date: article.metadata.date_published,
    }
}

/// Holds every article that the samples give, with all that can be asked for, against the JSON Schema, and against the
/// article of a second run.
pub(super) fn check_outputs(samples: &[Arc<Sample>]) -> Result<(), String> {
    let schema = serde_json::from_str(include_str!("../../schema/article.schema.json")).map_err(|it| it.to_string())?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    let mut faults = Vec::new();
    for sample in samples {
        let mut loaded = sample.load().map_err(|error| format!("{}: {error}", sample.slug))?;
        let asked = loaded.wanted.get_or_insert_default();
        for key in ["markdown", "html", "dropped"] {
            asked.insert(key.to_owned(), Value::Null);
        }
        let article = loaded.extract().article;
        let json = serde_json::to_value(&article).map_err(|error| error.to_string())?;
        let of_schema = validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path()));
        faults.extend(of_schema.map(|fault| format!("{} {fault}", sample.slug)));
        if loaded.extract().article != article {
            faults.push(format!("{} gives another article the second time", sample.slug));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}
