//! What a person says about one source: where its stories are announced, which are wanted, and when to look.

use super::schedule::{Schedule, Zone};
use crate::dom::select::Selector;
use crate::extract;
use crate::fetch::{Bounded, Headers, Proxy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// A section's links to further sections are followed so often at most.
pub type Depth = Bounded<0, 5>;
/// A pause, in milliseconds: none to an hour.
pub type DelayMs = Bounded<0, 3_600_000>;

/// One source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Its front page. Read as a section; the feeds and sitemaps that it and robots.txt name are read too, unless feeds
    /// or sitemaps are given here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Url>,
    /// Feeds: RSS, Atom, JSON Feed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<Url>,
    /// Sitemaps and indices of sitemaps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sitemaps: Vec<Url>,
    /// Pages whose links lead to stories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Url>,
    /// Only addresses that match one of these are taken; empty for all. See [`crate::url::Pattern`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Addresses that match one of these are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// The language to ask for, as a tag: `pt-BR`. Links that are marked as being in another are not followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When its feeds, sitemaps and sections are asked for, whatever they did before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// The zone of the schedule.
    #[serde(skip_serializing_if = "is_utc")]
    pub zone: Zone,
    /// How many sections deep from the pages named here; 0 for these alone.
    #[serde(skip_serializing_if = "is_zero")]
    pub depth: Depth,
    /// Pause between two requests to a host of it, in place of `fetch.host_delay_ms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<DelayMs>,
    /// Stories older than this are passed over, in place of `crawl.since_days`; 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_days: Option<u32>,
    /// Headers sent with each request to the hosts named here: a cookie that answers a consent wall, a key.
    #[serde(skip_serializing_if = "is_empty")]
    pub headers: Headers,
    /// The proxy that its pages are asked for through, in place of `fetch.proxy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// Elements that are the body, in place of `extract.select`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<Selector>,
    /// Elements left out of the body, in place of `extract.drop`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<Selector>,
}

fn is_utc(zone: &Zone) -> bool {
    *zone == Zone::default()
}

fn is_zero(depth: &Depth) -> bool {
    depth.get() == 0
}

fn is_empty(headers: &Headers) -> bool {
    *headers == Headers::default()
}

impl Source {
    /// The addresses that it names.
    pub fn seeds(&self) -> impl Iterator<Item = &Url> {
        self.home.iter().chain(&self.feeds).chain(&self.sitemaps).chain(&self.sections)
    }

    /// Whether an address is of a site that it names.
    pub fn is_own(&self, url: &Url) -> bool {
        self.seeds().any(|seed| crate::url::site(seed) == crate::url::site(url))
    }

    /// How its pages are read: as `general` says, by its own rules where it has some.
    pub fn extract(&self, general: &extract::Options) -> extract::Options {
        let own = |own: &[Selector], general: &[Selector]| if own.is_empty() { general.to_vec() } else { own.to_vec() };
        extract::Options {
            select: own(&self.select, &general.select),
            drop: own(&self.drop, &general.drop),
            ..general.clone()
        }
    }
}

/// All sources, by name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Source>", into = "BTreeMap<String, Source>")]
pub struct Sources(BTreeMap<String, Source>);

/// Why sources are not right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSource(String);

/// Longest name; it stands in lines for people.
const NAME_CHARS_MAX: usize = 40;

impl Sources {
    /// By name, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.0.iter().map(|(name, source)| (name.as_str(), source))
    }

    /// One by its name.
    pub fn get(&self, name: &str) -> Option<&Source> {
        self.0.get(name)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<String, Source>> for Sources {
    type Error = InvalidSource;

    fn try_from(sources: BTreeMap<String, Source>) -> Result<Self, InvalidSource> {
        for (name, source) in &sources {
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
            if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || !name.chars().all(is_name) {
                return Err(InvalidSource(format!(
                    "{name:?} cannot be the name of a source: letters, digits, - and _ only, {NAME_CHARS_MAX} at most"
                )));
            }
            if source.seeds().next().is_none() {
                return Err(InvalidSource(format!(
                    "source `{name}` names no address: give it `home`, `feeds`, `sitemaps` or `sections`"
                )));
            }
            if let Some(wrong) = source.seeds().find(|url| crate::url::normal_form(url).is_err()) {
                return Err(InvalidSource(format!("source `{name}` names {wrong}, which is no address of a web page")));
            }
        }
        Ok(Self(sources))
    }
}

impl From<Sources> for BTreeMap<String, Source> {
    fn from(sources: Sources) -> Self {
        sources.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct File {
        #[serde(default)]
        source: Sources,
    }

    #[track_caller]
    fn check(toml: &str, problem: &str) {
        let message = toml::from_str::<File>(toml).expect_err("it is wrong").to_string();
        assert!(message.contains(problem), "{message}");
    }

    #[test]
    fn five_lines_are_a_source() {
        let file: File = toml::from_str(
            "[source.herald]\nhome = \"https://herald.example/\"\nexclude = [\"/sport/\"]\n\
             schedule = \"*/15 6-23 * * *\"\nzone = \"Europe/Lisbon\"\nheaders = { Cookie = \"consent=yes\" }\n",
        )
        .expect("right");
        let herald = file.source.get("herald").expect("it is there");
        assert_eq!(herald.seeds().count(), 1);
        assert_eq!(herald.headers.get("cookie"), Some("consent=yes"));
    }

    #[test]
    fn mistakes_are_named() {
        check("[source.herald]\n", "names no address");
        check("[source.\"a.b\"]\nhome = \"https://a.example/\"\n", "cannot be the name of a source");
        check("[source.a]\nhome = \"ftp://a.example/\"\n", "which is no address of a web page");
        check("[source.a]\nhome = \"a.example\"\n", "relative URL without a base");
        check("[source.a]\nhome = \"https://a.example/\"\nschedule = \"now\"\n", "is no schedule");
        check("[source.a]\nfeed = \"https://a.example/\"\n", "unknown field `feed`");
    }
}
