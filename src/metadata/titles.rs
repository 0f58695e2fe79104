//! The headline among the titles a page gives: the site's name off, then the one that the sources support.
//!
//! Nearly every news page holds its headline three to eight times over, as often as not with the site's name stuck on, and
//! beside it a shorter one for search engines or a livelier one for social networks. Newsrooms state the headline in the
//! story's `NewsArticle`, which is believed where it is about the same story as the rest. On other pages JSON-LD comes from
//! plug-ins that put the search title there; what the reader sees, if the other titles speak of the same thing, is the
//! headline, else what most sources agree on.

use super::{Claim, Field, Source};
use crate::text::fold;

/// How much a source counts where no newsroom's JSON-LD states the headline.
const WEIGHTS: [(Source, f32); 9] = [
    (Source::JsonLd, 1.5),
    (Source::H1, 2.0),
    (Source::OpenGraph, 1.2),
    (Source::Microdata, 1.0),
    (Source::ToolMeta, 0.8),
    (Source::Title, 0.8),
    (Source::Twitter, 0.4),
    (Source::JsonLdPage, 0.4),
    (Source::Meta, 0.4),
];

/// A title in one or more sources.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// As the best source has it, without the site's name.
    pub(super) text: String,
    /// Letters and digits alone, for comparing.
    folded: String,
    pub(super) sources: Vec<Source>,
    pub(super) weight: f32,
    /// The visible heading, if it is one.
    pub(super) node: Option<crate::dom::NodeId>,
}

impl Title {
    /// Whether the title is the one given as letters and digits alone.
    pub(super) fn is_called(&self, folded: &str) -> bool {
        self.folded == folded
    }

    /// Takes over what speaks for another title.
    fn absorb(&mut self, other: &Self) {
        self.weight += other.weight;
        self.sources.extend(&other.sources);
        self.node = self.node.or(other.node);
    }

    /// The same title by another text.
    pub(super) fn called(&self, text: &str) -> Self {
        Self { text: text.to_owned(), folded: fold(text), ..self.clone() }
    }
}

/// What a heading counts that shares words with the other titles: it is about the story, so it is the story's.
const WEIGHT_OF_RELATED_HEADING: f32 = 4.0;

/// What a heading counts that shares no word with any other title, nor with the address: "Blog", "Log in", a slogan. Of 54
/// such pages of `wcxb-dev` 37 had the story's title elsewhere and 10 in the heading, 6 of these with its words in the
/// address.
const WEIGHT_OF_UNRELATED_HEADING: f32 = 0.5;

/// Words two titles of one story share, at least, as a part of the longer one's.
const SHARED_MIN: f32 = 0.25;

/// Whether the page's JSON-LD is a newsroom's, by its types.
fn is_news(types: &[String]) -> bool {
    types.iter().any(|it| it.ends_with("NewsArticle") || it == "LiveBlogPosting" || it == "Report")
}

/// What the choice among a page's titles depends on beside them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Page<'a> {
    /// Its schema.org types.
    pub(super) types: &'a [String],
    /// The path of its address.
    pub(super) path: &'a str,
    /// The first element of the body, where it is known.
    pub(super) near: Option<crate::dom::NodeId>,
}

/// The titles of a page, best first.
pub(super) fn rank(claims: &[Claim], page: &Page<'_>, sites: &Sites) -> Vec<Title> {
    let Page { types, path, near } = *page;
    let mut titles: Vec<Title> = Vec::new();
    for (source, weight) in WEIGHTS {
        if source == Source::H1 {
            if let Some(h1) = main_heading(claims, sites, near) {
                let folded = fold(&h1.value);
                let others = claims.iter().filter(|it| it.field == Field::Headline && it.source != Source::H1);
                let most = others.map(|it| shared(&folded, &fold(&it.value))).fold(0.0, f32::max);
                let is_comparable = !folded.chars().any(crate::text::is_unspaced) && claims.len() > 1;
                let weight = if most >= SHARED_MIN {
                    WEIGHT_OF_RELATED_HEADING
                } else if most == 0.0 && is_comparable && !is_in_address(&folded, path) {
                    WEIGHT_OF_UNRELATED_HEADING
                } else {
                    weight
                };
                add(&mut titles, h1, source, weight, sites);
            }
            continue;
        }
        // A page without an article has one title in each source; of two the first is the page's own.
        let Some(claim) = claims.iter().find(|it| it.field == Field::Headline && it.source == source) else { continue };
        add(&mut titles, claim, source, weight, sites);
    }
    join_longer(&mut titles, sites);
    let wholes = cut_tails(&mut titles, path);
    drop_labels(&mut titles);
    titles.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(b.sources.len().cmp(&a.sources.len())));
    if let Some(at) = titles.iter().position(|it| it.sources.contains(&Source::JsonLd))
        && is_news(types)
        && is_about_the_same(&titles, at)
    {
        let stated = titles.remove(at);
        titles.insert(0, stated);
    }
    titles.extend(wholes);
    titles
}

/// Whether most words of a title stand in the page's address, as those of a story's do; one word alone may by chance.
pub(super) fn is_in_address(folded: &str, path: &str) -> bool {
    let path = path.to_lowercase();
    let words: Vec<&str> = path.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let n_common = folded.split(' ').filter(|it| words.contains(it)).count();
    n_common >= 2 && n_common * 2 > folded.split(' ').count()
}

/// Cuts what stands behind a bar or a dash in titles that neither a heading nor JSON-LD repeats: the name of a site that the
/// page does not give otherwise, of a section, words for search engines. Gives back the titles as they were.
///
/// Of 112 such titles in `wcxb-dev` and `fundus-a` with a part as their page's title it was the head of 97.
fn cut_tails(titles: &mut Vec<Title>, path: &str) -> Vec<Title> {
    let mut wholes = Vec::new();
    let mut at = 0;
    while at < titles.len() {
        let is_stated =
            [Source::JsonLd, Source::H1, Source::Microdata].iter().any(|it| titles[at].sources.contains(it));
        let head = head(&titles[at].text, path).map(str::to_owned);
        let Some(head) = head.filter(|_| !is_stated) else {
            at += 1;
            continue;
        };
        let whole = titles.remove(at);
        let folded = fold(&head);
        match titles.iter_mut().find(|it| it.folded == folded) {
            Some(title) => title.absorb(&whole),
            None => {
                titles.insert(at, whole.called(&head));
                at += 1;
            }
        }
        wholes.push(whole);
    }
    wholes
}

/// The part of a title before its first bar, or behind it where that part alone is in the address; where it has none, before
/// its first dash or slash between spaces.
fn head<'a>(title: &'a str, path: &str) -> Option<&'a str> {
    /// A word alone before a dash is a label of what follows, not the title.
    const WORDS_BEFORE_DASH_MIN: usize = 2;
    let bar = title.find(['|', '｜']);
    let dash = || {
        let mut marks = title
            .char_indices()
            .filter(|(at, c)| matches!(c, '-' | '–' | '—' | '/' | '·' | '•' | '»') && stands_apart(title, *at, *c));
        marks.find(|(at, _)| crate::text::n_words(&title[..*at]) >= WORDS_BEFORE_DASH_MIN).map(|it| it.0)
    };
    let mark = bar.or_else(dash)?;
    let (head, tail) = (title[..mark].trim(), trim_separators(&title[mark..]));
    if bar.is_some() && !is_in_address(&fold(head), path) && is_in_address(&fold(tail), path) {
        return Some(tail);
    }
    (!fold(head).is_empty()).then_some(head)
}

/// A heading that ends in a title which two other sources give (`Results for “Owls”`, a label or day before the headline)
/// speaks for that title.
fn drop_labels(titles: &mut [Title]) {
    let Some(at) = titles.iter().position(|it| it.sources == [Source::H1]) else { return };
    let ends_in = |it: &Title| {
        let before = titles[at].folded.strip_suffix(it.folded.as_str());
        before.is_some_and(|before| before.ends_with(' ')) && it.folded.contains(' ') && it.sources.len() >= 2
    };
    let Some(shorter) = titles.iter().position(ends_in) else { return };
    let heading = titles[at].clone();
    titles[shorter].absorb(&heading);
    titles[at].weight = 0.0;
}

fn add(titles: &mut Vec<Title>, claim: &Claim, source: Source, weight: f32, sites: &Sites) {
    let text = sites.strip(&claim.value);
    let folded = fold(text);
    if folded.is_empty() || sites.is_name(text) {
        return;
    }
    match titles.iter_mut().find(|it| it.folded == folded) {
        Some(title) => {
            // One that was cut gives way to the same one whole, one set in capitals to one that is not.
            let is_shouted = |it: &str| !it.chars().any(char::is_lowercase) && it.chars().any(char::is_uppercase);
            if (title.text.ends_with('…') && !text.ends_with('…')) || (is_shouted(&title.text) && !is_shouted(text))
            {
                text.clone_into(&mut title.text);
            }
            title.sources.push(source);
            title.weight += weight;
            title.node = title.node.or(claim.node);
        }
        None => {
            titles.push(Title { text: text.to_owned(), folded, sources: vec![source], weight, node: claim.node });
        }
    }
}

/// The `h1` that is the headline: one that another title repeats, else the last before the body, else the first.
fn main_heading<'a>(claims: &'a [Claim], sites: &Sites, near: Option<crate::dom::NodeId>) -> Option<&'a Claim> {
    let titles = || claims.iter().filter(|it| it.field == Field::Headline);
    let others: Vec<String> = titles().filter(|it| it.source != Source::H1).map(|it| fold(&it.value)).collect();
    let h1s: Vec<&Claim> = titles().filter(|it| it.source == Source::H1 && !sites.is_name(&it.value)).collect();
    let repeated = |h1: &&&Claim| {
        let folded = fold(&h1.value);
        // One word alone stands in many titles by chance.
        folded.contains(' ') && others.iter().any(|it| it.contains(&folded) || folded.contains(it.as_str()))
    };
    if let Some(h1) = h1s.iter().find(repeated) {
        return Some(h1);
    }
    let related = |h1: &Claim| {
        let folded = fold(&h1.value);
        others.iter().map(|it| shared(&folded, it)).fold(0.0, f32::max)
    };
    let most = h1s.iter().map(|it| (related(it), *it)).reduce(|a, b| if b.0 > a.0 { b } else { a });
    if let Some((share, h1)) = most
        && share >= SHARED_MIN
    {
        return Some(h1);
    }
    let before = |it: &&&Claim| near.is_some_and(|near| it.node.is_some_and(|node| node <= near));
    h1s.iter().rev().find(before).or_else(|| h1s.first()).copied()
}

/// Words that both have, as a part of the longer one's.
pub(super) fn shared(a: &str, b: &str) -> f32 {
    let n_words = |it: &str| it.split(' ').count();
    let (short, long) = if n_words(a) <= n_words(b) { (a, b) } else { (b, a) };
    overlap(short, long) * n_words(short) as f32 / n_words(long) as f32
}

/// Share of the words of the shorter that are in the longer.
fn overlap(a: &str, b: &str) -> f32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let words: Vec<&str> = long.split(' ').collect();
    let n_words = short.split(' ').count();
    let n_common = short.split(' ').filter(|it| words.contains(it)).count();
    n_common as f32 / n_words.max(1) as f32
}

/// Whether the title at a place is of the story that the others are of: shares words with one of them.
///
/// Titles for search engines are rewritten, so little is asked; what shares nothing is a plug-in's default or the name of
/// the section, what is as long as a paragraph a summary. Languages without spaces have too few words to compare and pass.
fn is_about_the_same(titles: &[Title], at: usize) -> bool {
    const SHARE_MIN: f32 = 0.2;
    const CHARS_MAX: usize = 250;
    let own = &titles[at];
    if own.text.chars().count() > CHARS_MAX && titles.len() > 1 {
        return false;
    }
    if titles.len() == 1 || own.sources.len() > 1 || own.folded.chars().any(crate::text::is_unspaced) {
        return true;
    }
    titles.iter().enumerate().any(|(n, it)| n != at && overlap(&own.folded, &it.folded) >= SHARE_MIN)
}

/// A title that is another with something after it speaks for the other: `Headline - Section - Site`. A title cut short
/// (`Headline of which th…`) gives way to the whole one.
fn join_longer(titles: &mut Vec<Title>, sites: &Sites) {
    /// schema.org's advice of old was 110 characters at most, and many systems cut there.
    const CUT_CHARS_MIN: usize = 95;
    let mut at = 0;
    while at < titles.len() {
        let longer = &titles[at];
        let is_stated = [Source::JsonLd, Source::H1, Source::Microdata].iter().any(|it| longer.sources.contains(it));
        let shorter = titles.iter().enumerate().filter(|(n, _)| *n != at).find_map(|(n, shorter)| {
            let rest = longer.text.strip_prefix(shorter.text.trim_end_matches(['…', '.', ' ']))?;
            let mark = rest.trim_start().chars().next()?;
            let is_cut = shorter.text.ends_with('…') || shorter.text.ends_with("...");
            if is_cut || (shorter.text.chars().count() >= CUT_CHARS_MIN && mark.is_alphanumeric()) {
                return Some((n, false));
            }
            let is_tail =
                is_separator(mark) && !matches!(mark, ':' | '/') && rest.split_whitespace().count() <= TAIL_WORDS_MAX;
            (is_tail && (!is_stated || sites.is_mentioned(rest))).then_some((n, true))
        });
        let Some((other, keep_shorter)) = shorter else {
            at += 1;
            continue;
        };
        let (gone, kept) = if keep_shorter { (at, other) } else { (other, at) };
        let title = titles.remove(gone);
        let kept = if gone < kept { kept - 1 } else { kept };
        titles[kept].absorb(&title);
        at = 0;
    }
}

/// Longest tail, in words, that can be the name of a section and a site.
const TAIL_WORDS_MAX: usize = 9;

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '|' | '-'
            | '–'
            | '—'
            | '·'
            | '•'
            | ':'
            | '»'
            | '«'
            | '›'
            | '‹'
            | '/'
            | '~'
            | '：'
            | 'ㅣ'
            | '｜'
            | '−'
            | '∣'
            | '⋅'
            | '['
    )
}

/// The part of a title that is left when another part was taken off, without the separators between.
pub(super) fn trim_separators(part: &str) -> &str {
    part.trim_matches(|c: char| c.is_whitespace() || is_separator(c))
}

/// Names and sections of a site that are kept.
const NAMES_MAX: usize = 32;

/// Longest name of a site, in words.
const NAME_WORDS_MAX: usize = 6;

/// The names a site goes by, for telling them in titles and bylines.
#[derive(Debug, Clone, Default)]
pub(super) struct Sites {
    /// Letters and digits alone, in lower case.
    names: Vec<String>,
    /// Sections of the paper, likewise.
    sections: Vec<String>,
}

impl Sites {
    /// From what the page calls itself, its sections, and its host.
    pub(super) fn new(claims: &[Claim], breadcrumbs: &[String], host: Option<&str>) -> Self {
        let mut sites = Self::default();
        for claim in claims {
            match claim.field {
                // Some put the page's title there.
                Field::Publisher | Field::SiteName if claim.value.split(' ').count() <= NAME_WORDS_MAX => {
                    sites.push(claim.value.trim_start_matches('@'));
                }
                Field::Section if sites.sections.len() < NAMES_MAX => sites.sections.push(squash(&claim.value)),
                _ => {}
            }
        }
        sites.sections.extend(breadcrumbs.iter().map(|it| squash(it)));
        if let Some(host) = host {
            let host = host.strip_prefix("www.").unwrap_or(host);
            sites.push(host);
            if let Some(domain) = psl::domain_str(host) {
                sites.push(domain);
                sites.push(domain.split('.').next().unwrap_or(domain));
            }
        }
        sites
    }

    /// Adds a name.
    pub(super) fn push(&mut self, name: &str) {
        let name = squash(name.trim_start_matches("https://").trim_start_matches("www."));
        let name = name.strip_prefix("the").filter(|it| it.len() >= 4).unwrap_or(&name);
        if !name.is_empty() && self.names.len() < NAMES_MAX && !self.names.iter().any(|it| it == name) {
            self.names.push(name.to_owned());
        }
    }

    /// Whether a text is the site's name, perhaps with words that papers add to theirs.
    pub(super) fn is_name(&self, text: &str) -> bool {
        /// What stands beside a name: kinds of papers, editions, ends of domains.
        const BESIDE: [&str; 40] = [
            "news",
            "online",
            "com",
            "the",
            "www",
            "de",
            "net",
            "org",
            "couk",
            "uk",
            "us",
            "at",
            "ch",
            "magazine",
            "mag",
            "blog",
            "tv",
            "international",
            "europe",
            "english",
            "media",
            "newspaper",
            "home",
            "home page",
            "homepage",
            "digital",
            "daily",
            "new",
            "zeitung",
            "die",
            "der",
            "das",
            "le",
            "la",
            "el",
            "il",
            "edition",
            "world",
            "e",
            "app",
        ];
        let text = squash(text);
        let text = text.strip_prefix("the").filter(|it| it.len() >= 4).unwrap_or(&text);
        if text.is_empty() {
            return false;
        }
        self.names.iter().any(|name| {
            if name == text {
                return true;
            }
            let (short, long) = if name.len() < text.len() { (name.as_str(), text) } else { (text, name.as_str()) };
            if short.chars().count() < 4 {
                return false;
            }
            let Some(at) = long.find(short) else { return false };
            let (before, after) = (&long[..at], &long[at + short.len()..]);
            let beside = |it: &str| it.is_empty() || BESIDE.contains(&it);
            (beside(before) && beside(after)) || (text == short && short.len() * 2 > long.len())
        })
    }

    /// Whether the site's name stands anywhere in a text.
    fn is_mentioned(&self, text: &str) -> bool {
        let text = squash(text);
        self.names.iter().any(|it| it.chars().count() >= 4 && text.contains(it.as_str()))
    }

    /// The title without the site's name before or after it.
    pub(super) fn strip<'a>(&self, title: &'a str) -> &'a str {
        let mut head = title.trim();
        let (mut stripped, mut joined) = (false, false);
        // A title ends in at most section, edition and site.
        for _ in 0..4 {
            let Some((start, end)) = last_separator(head) else { break };
            let tail = head[end..].trim();
            let is_section = stripped && self.sections.iter().any(|it| *it == squash(tail));
            let is_joined = joined && tail.chars().count() <= JOINED_CHARS_MAX;
            if head[..start].trim().is_empty() || !(is_section || is_joined || self.is_name(tail)) {
                break;
            }
            joined = head[start..end].ends_with(['ㅣ', '｜']);
            head = head[..start].trim_end();
            stripped = true;
        }
        if let Some((start, end)) = first_separator(head) {
            let rest = head[end..].trim();
            if self.is_name(&head[..start]) && rest.split_whitespace().count() >= 2 {
                head = rest;
            }
        }
        head
    }
}

/// Longest section, in characters, joined to the site's name: `정치ㅣ한국일보`.
const JOINED_CHARS_MAX: usize = 8;

/// Where the last separator in a title stands: one set off by spaces, or one that needs none.
fn last_separator(title: &str) -> Option<(usize, usize)> {
    let mut found = None;
    for (at, c) in title.char_indices().filter(|(_, c)| is_separator(*c)) {
        if stands_apart(title, at, c) {
            found = Some((at, at + c.len_utf8()));
        }
    }
    // A double colon or hyphen is one separator.
    found.map(|(at, end)| (title[..at].trim_end_matches(is_separator).len(), end))
}

fn first_separator(title: &str) -> Option<(usize, usize)> {
    let (at, c) = title.char_indices().find(|(at, c)| is_separator(*c) && stands_apart(title, *at, *c))?;
    let end = at + c.len_utf8();
    Some((at, title.len() - title[end..].trim_start_matches(is_separator).len()))
}

/// Whether a separator stands between parts rather than inside a word: by spaces around it, or by its kind.
fn stands_apart(title: &str, at: usize, c: char) -> bool {
    let before = title[..at].chars().next_back();
    let after = title[at + c.len_utf8()..].chars().next();
    let space = |it: Option<char>| it.is_none_or(char::is_whitespace);
    match c {
        '|' | '：' | 'ㅣ' | '｜' | '•' | '»' | '›' => true,
        ':' => space(after) || after == Some(':') || before == Some(':'),
        '-' => {
            (space(before) && space(after))
                || (!is_ascii_word(before) && !is_ascii_word(after) && is_hangul_or_han(after))
        }
        _ => space(before) && space(after) || after == Some(c) || before == Some(c),
    }
}

fn is_ascii_word(c: Option<char>) -> bool {
    c.is_some_and(|it| it.is_ascii_alphanumeric())
}

fn is_hangul_or_han(c: Option<char>) -> bool {
    c.is_some_and(|it| crate::text::is_unspaced(it) || matches!(it, '\u{ac00}'..='\u{d7a3}'))
}

/// Letters and digits alone, in lower case.
pub(super) fn squash(text: &str) -> String {
    text.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, names: &[&str], expected: &str) {
        let mut sites = Sites::default();
        for name in names {
            sites.push(name);
        }
        assert_eq!(sites.strip(title), expected);
    }

    #[test]
    fn the_sites_name_goes_from_the_end() {
        check("Strikes go on - Example News", &["Example News"], "Strikes go on");
        check("Strikes go on | The Example", &["Example"], "Strikes go on");
        check("Strikes go on – example.org", &["example.org"], "Strikes go on");
        check("Strikes go on :: Example", &["Example"], "Strikes go on");
        check("地震で注意報：例新聞", &["例新聞"], "地震で注意報");
        check("부담 커졌다-정치ㅣ한국일보", &["한국일보"], "부담 커졌다");
    }

    #[test]
    fn the_sites_name_goes_from_the_front() {
        check("Example News | Strikes go on", &["Example News"], "Strikes go on");
        check("Example: Strikes go on", &["Example"], "Strikes go on");
    }

    #[test]
    fn a_headline_with_a_dash_or_colon_stays() {
        check("Riot in Minsk - police use force", &["Example"], "Riot in Minsk - police use force");
        check("Cup: Canada wins - at last", &["canada"], "Cup: Canada wins - at last");
        check("Ice hockey | Canada wins", &["canada"], "Ice hockey | Canada wins");
        check("Example News", &["Example News"], "Example News");
    }

    fn claim(source: Source, value: &str) -> Claim {
        Claim { field: Field::Headline, source, value: value.to_owned(), url: None, kind: None, node: None }
    }

    #[track_caller]
    fn check_choice(claims: &[(Source, &str)], expected: &str) {
        let claims: Vec<Claim> = claims.iter().map(|(source, value)| claim(*source, value)).collect();
        let titles = rank(&claims, &Page { types: &["NewsArticle".to_owned()], ..Page::default() }, &Sites::default());
        assert_eq!(titles.first().map(|it| it.text.as_str()), Some(expected));
    }

    #[test]
    fn a_tail_that_no_other_source_has_is_the_sites() {
        check_choice(
            &[(Source::OpenGraph, "Strikes go on - Politics - Paper"), (Source::H1, "Strikes go on")],
            "Strikes go on",
        );
    }

    #[test]
    fn a_headline_cut_short_gives_way_to_the_whole() {
        let whole = "Strikes at the harbour go on for a third week as talks between owners and dockers fail again";
        check_choice(&[(Source::JsonLd, &format!("{}…", &whole[..80])), (Source::H1, whole)], whole);
    }

    #[test]
    fn a_heading_of_something_else_loses() {
        check_choice(
            &[(Source::H1, "Log in"), (Source::OpenGraph, "Strikes go on"), (Source::Title, "Strikes go on | Paper")],
            "Strikes go on",
        );
        check_choice(
            &[
                (Source::JsonLd, "Our paper's home"),
                (Source::H1, "Strikes go on"),
                (Source::OpenGraph, "Strikes go on"),
            ],
            "Strikes go on",
        );
    }
}
