//! What an address alone says about the page behind it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use url::Url;

/// Signs that an address carries.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// For a story; below zero, against one.
    pub(super) points: i32,
    /// Parts of the path.
    pub(super) depth: usize,
    /// The day that stands in it.
    pub(super) day: Option<Timestamp>,
    /// A few words and nothing else, as sections have.
    pub(super) is_plain: bool,
    /// Neither story nor section: a file, a log-in, a list by tag or author.
    pub(super) is_other: bool,
    pub(super) is_feed: bool,
    pub(super) is_sitemap: bool,
}

/// Ends of what is no page.
const FILES: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "ico", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx",
    "zip", "gz", "rar", "7z", "tar", "exe", "dmg", "apk", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "avi",
    "mov", "css", "js", "json", "txt", "csv", "epub", "ics", "xml", "woff", "woff2", "ttf", "m3u8",
];

/// Ends of pages, which say nothing by themselves.
const PAGES: &[&str] = &["html", "htm", "shtml", "phtml", "php", "asp", "aspx", "jsp", "cfm", "xhtml", "amp"];

/// Parts of paths of pages that hold no story and lead to none that is not found elsewhere. In the languages most sites are
/// written in, as a part whole.
const OTHERS: &[&str] = &[
    "login",
    "log-in",
    "signin",
    "sign-in",
    "signup",
    "sign-up",
    "logout",
    "register",
    "registration",
    "registrieren",
    "anmelden",
    "account",
    "my-account",
    "profile",
    "user",
    "users",
    "member",
    "members",
    "subscribe",
    "subscription",
    "subscriptions",
    "abo",
    "abonnement",
    "abonnements",
    "abonnieren",
    "abonnez-vous",
    "suscripcion",
    "suscribete",
    "newsletter",
    "newsletters",
    "privacy",
    "privacy-policy",
    "datenschutz",
    "confidentialite",
    "privacidad",
    "privacidade",
    "cookies",
    "cookie-policy",
    "cookie-richtlinie",
    "terms",
    "terms-of-use",
    "terms-of-service",
    "terms-and-conditions",
    "agb",
    "legal",
    "legal-notice",
    "impressum",
    "imprint",
    "mentions-legales",
    "aviso-legal",
    "contact",
    "contact-us",
    "contacts",
    "kontakt",
    "contacto",
    "contato",
    "contatti",
    "about",
    "about-us",
    "ueber-uns",
    "uber-uns",
    "a-propos",
    "qui-sommes-nous",
    "quienes-somos",
    "quem-somos",
    "chi-siamo",
    "advertise",
    "advertising",
    "advertise-with-us",
    "werbung",
    "mediadaten",
    "publicite",
    "publicidad",
    "pubblicita",
    "help",
    "hilfe",
    "aide",
    "ayuda",
    "faq",
    "support",
    "feedback",
    "jobs",
    "careers",
    "career",
    "karriere",
    "stellen",
    "cart",
    "checkout",
    "basket",
    "shop",
    "store",
    "donate",
    "search",
    "suche",
    "recherche",
    "buscar",
    "cerca",
    "share",
    "sharer",
    "print",
    "drucken",
    "email",
    "send",
    "tag",
    "tags",
    "tagged",
    "keyword",
    "author",
    "authors",
    "autor",
    "autoren",
    "auteur",
    "autore",
    "byline",
    "comments",
    "comment",
    "reply",
    "forum",
    "forums",
    "poll",
    "polls",
    "app",
    "apps",
    "sitemap",
    "site-map",
    "accessibility",
    "wp-login.php",
    "wp-admin",
    "cdn-cgi",
    "rss-feeds",
    "epaper",
    "e-paper",
    "podcast",
    "podcasts",
    "widget",
    "widgets",
    "cgi-bin",
    "ads",
    "adclick",
    "redirect",
];

/// Parameters that number a page of a site without readable addresses.
const NUMBERS: &[&str] = &[
    "id",
    "p",
    "aid",
    "nid",
    "sid",
    "newsid",
    "news_id",
    "articleid",
    "article_id",
    "artid",
    "storyid",
    "story_id",
    "art",
    "idnews",
    "idx",
    "idxno",
    "no",
];

impl Shape {
    /// The signs of an address in normal form.
    pub(super) fn of(url: &Url) -> Self {
        let path = url.path().to_ascii_lowercase();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let last = parts.last().copied().unwrap_or_default();
        let (name, end) = last.rsplit_once('.').filter(|(_, end)| end.len() <= 5).unwrap_or((last, ""));
        let is_packed_sitemap = path.ends_with(".xml.gz");
        let is_feed = matches!(end, "rss" | "atom" | "rdf")
            || parts.last().is_some_and(|it| matches!(*it, "feed" | "rss" | "atom" | "rss2"))
            || end == "xml"
                && ["rss", "feed", "atom", "index"].iter().any(|it| name.contains(it))
                && !name.contains("sitemap")
            || end == "json" && name == "feed";
        let is_sitemap = (end == "xml" || is_packed_sitemap) && name.contains("sitemap");
        let day = day(&parts);
        let day_is_last = day.is_some_and(|(at, _)| at + 1 >= parts.len()) || is_calendar(&parts);
        let is_file = FILES.contains(&end) && !is_feed && !is_sitemap;
        let is_other = is_file
            || day_is_last
            || parts.iter().any(|part| OTHERS.contains(part))
            || parts.windows(2).any(|it| it[0] == "page" && it[1].bytes().all(|b| b.is_ascii_digit()))
            || url.query_pairs().any(|(name, _)| is_list_parameter(&name));
        let is_numbered = has_number(name)
            || url.query_pairs().any(|(name, value)| {
                NUMBERS.contains(&name.to_ascii_lowercase().as_str())
                    && !value.is_empty()
                    && value.bytes().all(|b| b.is_ascii_digit())
            })
            || parts.len() > 1 && has_number(parts[parts.len() - 2]);
        let n_words = name.split(['-', '_', '+']).filter(|word| word.chars().any(char::is_alphabetic)).count();
        // A title in another script, encoded: three bytes, nine characters, a letter.
        let is_wordy = n_words >= 4 || name.matches('%').count() >= 15;
        let mut points = 0;
        points += 4 * i32::from(day.is_some()) + 2 * i32::from(is_numbered);
        points += if is_wordy { 2 } else { i32::from(n_words == 3) };
        points += i32::from(PAGES.contains(&end) && n_words > 1);
        points -= 2 * i32::from(parts.len() <= 1 && !is_wordy && !is_numbered);
        let is_plain = !is_numbered
            && day.is_none()
            && (1..=3).contains(&parts.len())
            && n_words <= 3
            && url.query().is_none()
            && !parts.iter().any(|part| part.bytes().filter(u8::is_ascii_digit).count() > 2);
        Self { points, depth: parts.len(), day: day.map(|(_, day)| day), is_plain, is_other, is_feed, is_sitemap }
    }
}

/// Lists in another order, other pages of a list, searches, ways to answer or to print.
fn is_list_parameter(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "page",
        "paged",
        "pagina",
        "seite",
        "s",
        "q",
        "query",
        "search",
        "sort",
        "order",
        "filter",
        "replytocom",
        "share",
        "print",
        "action",
        "offset",
        "start",
    ];
    NAMES.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// A number that tells one page from all others: five digits together, or eight letters and digits mixed.
fn has_number(name: &str) -> bool {
    let is_number = |word: &str| {
        let n_digits = word.bytes().filter(u8::is_ascii_digit).count();
        let longest = word.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        longest >= 5 || word.len() >= 8 && n_digits >= 2 && n_digits < word.len()
    };
    name.split(['-', '_', '.', ',', '~', '+']).any(is_number)
}

/// The day in a path, and the part it ends in: `/2026/11/23/`, `/26/11/23/`, `/2026/nov/23/`, `/2026-11-23`, `/20261123/`.
fn day(parts: &[&str]) -> Option<(usize, Timestamp)> {
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i16>().ok())
            .flatten()
    };
    let date = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        let date = Date::new(Some(year).filter(|it| (1990..=2100).contains(it))?, month, day).ok()?;
        TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()
    };
    for at in 0..parts.len() {
        if let [year, month, day, ..] = parts[at..]
            && let (Some(year), Some(month), Some(day)) = (
                number(year, 4..=4).or_else(|| short_year(year, month, day)),
                number(month, 1..=2).or_else(|| month_name(month)),
                number(day, 1..=2),
            )
            && let Some(moment) = date(year, month, day)
        {
            return Some((at + 2, moment));
        }
        let part = parts[at];
        let digits = part.get(..10).filter(|it| it.as_bytes()[4] == b'-' && it.as_bytes()[7] == b'-');
        let found = match digits {
            Some(it) => number(&it[..4], 4..=4).zip(number(&it[5..7], 2..=2)).zip(number(&it[8..], 2..=2)),
            None => part
                .get(..8)
                .filter(|_| part.len() == 8 || part.as_bytes().get(8).is_some_and(|b| !b.is_ascii_digit()))
                .and_then(|it| number(&it[..4], 4..=4).zip(number(&it[4..6], 2..=2)).zip(number(&it[6..], 2..=2))),
        };
        if let Some(((year, month), day)) = found
            && let Some(moment) = date(year, month, day)
        {
            // A part that goes on after its day is a story's own.
            let is_alone = part.len() <= 10;
            return Some((if is_alone { at } else { at.saturating_sub(1) }, moment));
        }
    }
    None
}

/// A year of two digits, where month and day have two as well. Nothing on the web is older than 1990.
fn short_year(year: &str, month: &str, day: &str) -> Option<i16> {
    let are_two_digits = [year, month, day].iter().all(|it| it.len() == 2 && it.bytes().all(|b| b.is_ascii_digit()));
    let year: i16 = year.parse().ok().filter(|_| are_two_digits)?;
    Some(if year < 90 { 2_000 + year } else { 1_900 + year })
}

fn month_name(part: &str) -> Option<i16> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    NAMES.iter().position(|name| *name == part).and_then(|at| i16::try_from(at + 1).ok())
}

/// A path that ends in a year or a month, as the archive of a site does.
fn is_calendar(parts: &[&str]) -> bool {
    let is = |part: &str, n: usize, range: std::ops::RangeInclusive<u16>| {
        part.len() == n && part.parse::<u16>().is_ok_and(|it| range.contains(&it))
    };
    match parts {
        [.., year, month] if is(year, 4, 1990..=2100) && is(month, month.len(), 1..=12) => true,
        [.., year] => is(year, 4, 1990..=2100),
        [] => false,
    }
}
