//! What an element says about itself: bits of meaning from its name, class, id, role and schema.org properties.
//!
//! Class names are English nearly everywhere, whatever the page's language; the few others are those of large families of
//! sites. A word counts where a word begins (`share-bar`, `ShareBar`, `td_share`, but not `marketshare`); short ones must
//! also end there. Marks are hints, never verdicts: themes call a body "teaser" and a page "has-sidebar".

use crate::dom::met::Met;
use crate::dom::{Attr, Dom, Kind, NodeId, Tag};
use std::ops::{BitAnd, BitOr, BitOrAssign};
use std::sync::LazyLock;

/// A set of meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Mark(pub u32);

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident $bit:literal: [$($word:literal)*] [$($exact:literal)*]),+ $(,)?) => {
        impl Mark {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)+

            /// Every meaning with its name.
            pub const NAMES: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),+];
        }

        /// Words that may go on (`share` in `sharebar`) and words that must end, with what they mean.
        const WORDS: &[(&str, bool, Mark)] = &[$($(($word, false, Mark::$name),)* $(($exact, true, Mark::$name),)*)+];
    };
}

marks! {
    /// Links to other stories.
    RELATED 0: ["related" "recommend" "recirc" "see-also" "read-also" "readalso" "more-from" "more-on" "morefrom" "more-stories"
        "also-read" "alsoread" "you-may" "youmay" "up-next" "upnext" "read-next" "readnext" "next-article" "outbrain" "taboola" "plista"
        "zergnet" "onward" "further-reading" "yarpp" "jp-related" "crosslink" "linklist" "link-list" "readmore" "read-more"
        "weiterlesen" "mehrzum" "verwandt" "a-lire" "lire-aussi" "leia-tambem" "noticias-relacionadas" "powiazane" "latest-news" "more-news" "morenews" "other-news"
        "othernews" "article-list" "articlelist" "news-list" "newslist" "story-list" "storylist" "post-list" "postlist" "latest-posts" "next-post" "nextpost" "prev-post" "prevpost" "inline-link-block"] ["similar" "suggested" "suggestions"],
    /// What others read.
    POPULAR 1: ["popular" "trending" "most-read" "mostread" "most-viewed" "mostviewed" "top-stories" "topstories" "meistgelesen" "most-popular"
        "lo-mas" "mas-leido" "plus-lus" "bestseller" "ranking"] ["hot" "latest"],
    /// Buttons to share, follow, print.
    SHARE 2: ["share" "sharing" "social" "addtoany" "addthis" "sharedaddy" "shariff" "sns" "follow-us" "followus" "bookmark" "print-button" "sharethis"
        "teilen" "partage" "compartir"] ["follow" "whatsapp" "email-article" "toolbar" "tools"],
    /// What readers write, and the form for it.
    COMMENT 3: ["comment" "disqus" "respond" "discussion" "discuss" "reactions" "kommentar" "commentaire" "comentario" "livefyre" "coral-talk" "talkback"
        "replies"] ["reply" "fb-comments"],
    /// Boxes to subscribe to letters.
    NEWSLETTER 4: ["newsletter" "signup" "sign-up" "mailchimp" "mc4wp" "subscribe" "subscription" "email-form" "optin" "opt-in" "nl-box" "mailing"] [],
    /// Calls to something: buy, download, watch, donate.
    PROMO 5: ["promo" "cta" "call-to-action" "donate" "donation" "support-us" "sponsor" "affiliate" "marketing" "campaign" "app-banner" "appbanner" "werbung" "shop" "deal" "coupon"
        "product-box" "productbox" "buy-"] ["offer" "join" "premium-box"],
    /// Ways about the site.
    NAV 6: ["nav" "menu" "breadcrumb" "pagination" "pager" "page-numbers" "skip-link" "skiplink" "site-header" "masthead" "topbar" "top-bar"
        "site-search" "searchform" "search-form" "search-box" "toc" "table-of-contents" "tableofcontents" "inhaltsverzeichnis" "ez-toc" "lwptoc" "jumplink" "jump-link" "site-map" "sitemap" "language-switch" "subnav" "navigation"] ["crumbs" "crumb" "search" "pages" "header-bar"],
    /// The foot of a page or an article.
    FOOTER 7: ["footer" "colophon" "copyright" "site-info" "imprint" "impressum" "legal" "disclaimer" "page-bottom"] ["foot" "footnav"],
    /// Beside the story.
    SIDEBAR 8: ["sidebar" "side-bar" "right-rail" "rightrail" "right-column" "rightcolumn" "rightcol" "right-col" "widget" "rail" "aside" "secondary" "complementary" "marginal"]
        ["side" "marginalia"],
    /// Who wrote it, at length.
    BIO 9: ["author-bio" "authorbio" "author-box" "authorbox" "author-info" "authorinfo" "about-author" "aboutauthor" "about-the-author" "author-card" "authorcard" "author-desc" "author-profile"
        "biography" "bio-" "autor-box" "autorenbox" "autorinfo" "post-author" "entry-author" "m-author" "contributor" "author-block" "author-section" "article-author" "authorsbox" "profile-box"] ["bio" "autorenkasten"],
    /// Tags and topics.
    TAGS 10: ["tags" "tag-list" "taglist" "tagcloud" "tag-cloud" "keywords" "topics" "topic-list" "post-tag" "entry-tag" "cat-links" "category" "categories" "schlagwort" "themen" "entry-meta-tags"]
        ["tag" "hashtags" "labels"],
    /// Advertisements.
    AD 11: ["advert" "adsense" "adsbygoogle" "ad-slot" "adslot" "ad-container" "ad-unit" "ad-wrapper" "ad-box" "adbox" "doubleclick" "dfp" "gpt-ad" "banner-ad" "anzeige" "publicidad" "publicite" "reklam" "native-ad" "paid-content" "commercial" "billboard" "leaderboard" "adzone" "ad-label"]
        ["ad" "ads" "adv" "pub" "sponsored"],
    /// Questions about cookies and privacy.
    CONSENT 12: ["cookie" "consent" "gdpr" "privacy-" "onetrust" "didomi" "usercentrics" "sp-message" "datenschutz" "opt-in-content"] [],
    /// What lies over the page.
    POPUP 13: ["popup" "pop-up" "modal" "overlay" "lightbox" "login" "signin" "sign-in" "tooltip" "dropdown" "drawer" "offcanvas" "off-canvas" "snackbar" "toast" "mfp-hide" "notification" "password" "register"]
        ["dialog" "alert"],
    /// Under a picture.
    CAPTION 14: ["caption" "figcaption" "credit" "photo-credit" "image-source" "bildunterschrift" "legend" "photographer" "bildnachweis" "img-text" "image-text" "media-text" "picture-source" "copyright-image"] ["source" "fotocredit"],
    /// Who and when, near the headline.
    META 15: ["byline" "by-line" "dateline" "timestamp" "time-stamp" "pubdate" "publish-date" "published" "publish-time" "post-date" "entry-date" "article-date" "article-info" "article-meta" "post-meta" "entry-meta" "meta-data" "metadata" "post-info" "reading-time" "readingtime" "read-time" "readtime" "lesezeit" "last-updated" "modified" "updated" "author" "autor" "auteur" "writer" "reporter" "journalist" "article-details" "story-meta" "news-info" "date-"]
        ["meta" "date" "time" "datetime" "by" "info" "byline" "created" "details" "views"],
    /// Read by machines only, or on paper only.
    HIDDEN 16: ["sr-only" "screen-reader" "screenreader" "visually-hidden" "visuallyhidden" "is-hidden" "print-only" "only-print" "offscreen" "off-screen" "u-hidden" "a11y-hidden" "element-invisible" "display-none" "noprint-hidden" "assistive-text" "hidden-print" "vh-"]
        ["hidden" "hide" "invisible" "vh" "srt"],
    /// Asks for money before the rest.
    PAYWALL 17: ["paywall" "pay-wall" "piano" "metered" "subscriber-only" "premium-wall" "regwall" "registration-wall" "offer-" "tp-container" "locked" "subscribe-wall" "paid-barrier" "barrier" "plus-teaser"] ["gate" "wall"],
    /// A box within the story.
    BOX 18: ["infobox" "info-box" "factbox" "fact-box" "faktabox" "faktenbox" "zahlenbox" "faktaruta" "fakta" "infokasten" "kasten" "callout" "highlight-box" "key-facts" "keyfacts" "at-a-glance" "keypoints" "key-points" "summary-box" "quick-facts" "encadre" "recuadro" "ramka" "textbox" "text-box" "infobloc" "explainer" "zur-person" "box-"]
        ["box" "info-card" "panel" "note"],
    /// A card of another story, or what the theme calls so.
    TEASER 19: ["teaser" "card" "tease" "excerpt" "snippet" "thumbnail" "listing" "news-item" "newsitem" "story-item" "list-item" "grid-item" "post-item" "feed-item" "entry-title-link" "td_module" "td-module" "archive" "promo-item" "carousel" "slider" "swiper" "slick" "owl-"]
        ["item" "module" "feed" "grid" "tile" "thumb"],
    /// The body, by its makers' word.
    BODY 20: ["article-body" "articlebody" "article-content" "articlecontent" "article-text" "articletext" "entry-content" "entrycontent" "post-content" "postcontent" "post-body" "postbody" "story-body" "storybody" "story-content" "storycontent" "body-text" "bodytext" "body-content" "body-copy" "bodycopy" "news-content" "newscontent" "news-body" "news-text" "newstext" "article__body" "content-body" "contentbody" "text-content" "article-main" "main-content-text" "rich-text" "richtext" "wysiwyg" "article-detail" "td-post-content" "paragraph" "artikeltext" "artikel-text" "article-page" "articlepage" "content-text" "maincontent" "main-content" "field-name-body" "field--name-body" "single-content" "singlecontent" "article-wrap" "news-detail" "newsdetail" "cuerpo" "corps" "corpo" "treść" "page-content" "prose"]
        ["story" "article" "artikel" "articulo" "post" "entry" "content" "body" "text" "artigo" "articolo" "copy"],
    /// The summary under the headline.
    LEAD 21: ["standfirst" "subtitle" "sub-title" "subtitulo" "subtítulo" "sottotitolo" "unterzeile" "sous-titre" "soustitre" "podtitul" "altbaslik" "underrubrik" "undertittel" "subheadline" "sub-headline" "subhead" "article-intro" "article-lead" "article-summary" "lead-text" "leadtext" "article-teaser" "vorspann" "einleitung" "chapo" "entradilla" "bajada" "sommario" "occhiello" "ingress" "manchet" "perex" "synopsis" "description" "article-dek" "introtext" "intro-text" "lede" "article-description" "leadin" "preamble" "zajawka" "spoiler"]
        ["lead" "dek" "deck" "intro" "summary" "abstract" "tagline" "excerpt-lead" "sapo"],
    /// Something of another site set into the page.
    EMBED 22: ["embed" "twitter-tweet" "instagram-media" "tiktok" "youtube" "fb-post" "iframe" "oembed" "external-content" "2click" "two-click" "placeholder" "opt-embed"] ["tweet"],
    /// Pictures and players.
    MEDIA 23: ["gallery" "slideshow" "video" "player" "audio" "podcast" "bildergalerie" "galerie" "image-wrapper" "image-container" "picture"] ["media" "image" "images" "photo" "figure"],
    /// The headline.
    HEADLINE 24: ["headline" "article-title" "articletitle" "entry-title" "post-title" "posttitle" "story-title" "news-title" "page-title" "pagetitle" "td-post-title" "titulo" "titre"] ["title" "kicker" "overline"],
    /// A quotation set apart.
    QUOTE 25: ["pullquote" "pull-quote" "blockquote" "zitat" "quote" "cita"] [],
    /// A question put to readers.
    POLL 26: ["poll" "quiz" "survey" "rating" "vote" "feedback" "was-this-helpful" "umfrage" "ratings"] ["stars"],
    /// `<nav>`, `role=navigation`.
    IS_NAV 27: [] [],
    /// `<aside>`, `role=complementary`.
    IS_ASIDE 28: [] [],
    /// `<footer>`, `role=contentinfo`.
    IS_FOOTER 29: [] [],
    /// `<form>`, `<fieldset>`, `<label>`, `<dialog>`, `role=dialog` and the like.
    IS_FORM 30: [] [],
    /// `itemprop="articleBody"`: the body by the page's own data.
    IS_BODY 31: [] [],
}

impl Mark {
    /// Whether any of these meanings is among them.
    pub fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }
}

impl BitOr for Mark {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Mark {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Mark {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// The words by how they begin: the numbers of all of them in the order of their places, and where those of each place
/// begin.
struct ByBeginning {
    words: Vec<u16>,
    firsts: [u16; Self::N + 1],
}

impl ByBeginning {
    /// Places: few words share one.
    const N: usize = 1024;

    fn place(first: u8, second: u8) -> usize {
        (usize::from(first) * 37 + usize::from(second)) % Self::N
    }

    fn new() -> Self {
        let place = |word: &u16| {
            let word = WORDS[usize::from(*word)].0.as_bytes();
            Self::place(word[0], word[1])
        };
        let mut words: Vec<u16> = (0..WORDS.len() as u16).collect();
        words.sort_by_key(place);
        let mut firsts = [0; Self::N + 1];
        words.iter().for_each(|it| firsts[place(it) + 1] += 1);
        (0..Self::N).for_each(|it| firsts[it + 1] += firsts[it]);
        Self { words, firsts }
    }

    /// The words that a text begins with.
    fn of<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = &'static (&'static str, bool, Mark)> + 'a {
        let words = match *text {
            [first, second, ..] => {
                let place = Self::place(first, second);
                usize::from(self.firsts[place])..usize::from(self.firsts[place + 1])
            }
            _ => 0..0,
        };
        let words = self.words[words].iter().map(|it| &WORDS[usize::from(*it)]);
        words.filter(|(word, ..)| {
            let word = word.as_bytes();
            // Nearly all others differ in their last letter.
            text.get(word.len() - 1) == word.last() && text.starts_with(word)
        })
    }
}

static BY_BEGINNING: LazyLock<ByBeginning> = LazyLock::new(ByBeginning::new);

/// The marks of every node, by position; zero for what is no element. `paid_classes` are those of which the page's data says
/// that the paid part of the story has them.
pub fn marks(dom: &Dom, paid_classes: &[String]) -> Vec<Mark> {
    let (mut met, mut room) = (Met::default(), Room::default());
    let mut marks: Vec<Mark> =
        dom.nodes().map(|node| mark(dom, node, |name| met.of(name, |it| of_name(it, &mut room)))).collect();
    // What search engines shall not show: of 1,079 such blocks measured, all but 23 are not of the story.
    if let Some(attr) = dom.attr_called("data-nosnippet") {
        for node in dom.nodes().filter(|it| dom.attr(*it, attr).is_some()) {
            marks[node.index()] |= Mark::SIDEBAR;
        }
    }
    let is_paid = |node: &NodeId| !paid_classes.is_empty() && has_class(dom, *node, paid_classes);
    for node in dom.nodes().filter(is_paid) {
        let mark = &mut marks[node.index()];
        *mark = Mark(mark.0 & !Mark::PAYWALL.0) | Mark::BODY;
    }
    marks
}

/// Of each node, by position, whether an element with one of some classes is around it; empty where there are none.
pub fn inside(dom: &Dom, classes: &[String]) -> Vec<bool> {
    let mut inside = Vec::new();
    if !classes.is_empty() {
        for node in dom.nodes() {
            let is_around = dom.parent(node).is_some_and(|it| inside[it.index()]);
            inside.push(is_around || has_class(dom, node, classes));
        }
    }
    inside
}

fn has_class(dom: &Dom, node: NodeId, classes: &[String]) -> bool {
    let mut own = dom.attr(node, Attr::CLASS).unwrap_or_default().split_ascii_whitespace();
    own.any(|it| classes.iter().any(|class| class == it))
}

/// The marks of one node.
pub fn mark_of(dom: &Dom, node: NodeId) -> Mark {
    mark(dom, node, |name| of_name(name, &mut Room::default()))
}

fn mark<'a>(dom: &'a Dom, node: NodeId, mut of_name: impl FnMut(&'a str) -> Mark) -> Mark {
    let Kind::Element(tag) = dom.kind(node) else { return Mark::default() };
    let mut mark = match tag {
        Tag::NAV | Tag::MENU => Mark::IS_NAV,
        Tag::ASIDE => Mark::IS_ASIDE,
        Tag::FOOTER => Mark::IS_FOOTER,
        Tag::FORM | Tag::FIELDSET | Tag::LABEL | Tag::LEGEND | Tag::DIALOG => Mark::IS_FORM,
        Tag::FIGCAPTION | Tag::CAPTION => Mark::CAPTION,
        // A page's own class says what the page is ("has-sidebar", "comments-open"), not what the element is.
        Tag::HTML | Tag::BODY | Tag::HEAD | Tag::LINK | Tag::META | Tag::SCRIPT | Tag::STYLE => return Mark::default(),
        _ => Mark::default(),
    };
    for (attr, value) in dom.attr_values(node) {
        match attr {
            // A heading's id is its own words, to lead to it.
            Attr::ID if matches!(tag, Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6) => {}
            Attr::CLASS | Attr::ID => mark |= of_name(value),
            Attr::ROLE => {
                mark |= match value {
                    "navigation" | "menu" | "menubar" | "banner" | "search" => Mark::IS_NAV,
                    "complementary" => Mark::IS_ASIDE,
                    "contentinfo" => Mark::IS_FOOTER,
                    "dialog" | "alertdialog" | "form" => Mark::IS_FORM,
                    _ => Mark::default(),
                }
            }
            Attr::ITEMPROP => {
                mark |= match value {
                    "articleBody" | "reviewBody" => Mark::IS_BODY,
                    "author" | "datePublished" | "dateModified" | "publisher" => Mark::META,
                    "headline" => Mark::HEADLINE,
                    "description" | "alternativeHeadline" => Mark::LEAD,
                    "caption" => Mark::CAPTION,
                    "comment" => Mark::COMMENT,
                    _ => Mark::default(),
                }
            }
            _ => {}
        }
    }
    // A paragraph behind the wall; what asks for the money is a box.
    if tag == Tag::P { Mark(mark.0 & !Mark::PAYWALL.0) } else { mark }
}

/// What a class or id means. `room` is to write in.
fn of_name(value: &str, room: &mut Room) -> Mark {
    let Room { name, starts } = room;
    let (mut length, mut n_starts, mut previous) = (0, 0, Letter::None);
    for byte in &value.as_bytes()[..value.len().min(NAME_BYTES_MAX)] {
        let (lower, letter) = LETTERS[usize::from(*byte)];
        // A dash where a word begins within a name.
        if letter == Letter::Upper && previous == Letter::Lower {
            name[length] = b'-';
            length += 1;
            previous = Letter::None;
        }
        // Each start takes the place of what was taken for one and is none.
        starts[n_starts] = length as u16;
        n_starts += usize::from(previous == Letter::None && letter != Letter::None);
        name[length] = lower;
        length += 1;
        previous = letter;
    }
    let bytes = &name[..length];
    let mut mark = Mark::default();
    let words = &*BY_BEGINNING;
    for start in starts[..n_starts].iter().map(|it| usize::from(*it)) {
        for (word, exact, meaning) in words.of(&bytes[start..]) {
            let end = start + word.len();
            let ends = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphabetic());
            // "hidden" within a longer class is about a part of the element ("label-hidden") or a width ("md:hidden").
            let is_whole = || begins_class(bytes, start) && ends_class(bytes, end);
            if (ends || !exact) && (!exact || *meaning != Mark::HIDDEN || is_whole()) {
                mark |= *meaning;
            }
        }
    }
    // WordPress names a post's tags and categories among its classes.
    let is_post = || POST_CLASSES.iter().any(|it| memchr::memmem::find(bytes, it).is_some());
    if mark.any(Mark::TAGS) && is_post() { Mark(mark.0 & !Mark::TAGS.0) } else { mark }
}

/// Classes of a post in WordPress, whatever the theme: `post_class` of its template tags.
const POST_CLASSES: [&[u8]; 2] = [b"hentry", b"status-publish"];

/// What a byte is at the end or the beginning of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    None,
    Lower,
    Upper,
}

/// Each byte as it is looked up, and what it is.
const LETTERS: [(u8, Letter); 256] = {
    let mut letters = [(b'x', Letter::Lower); 256];
    let mut at = 0;
    while at < 128 {
        letters[at] = match at as u8 {
            b'_' => (b'-', Letter::None),
            byte @ b'a'..=b'z' => (byte, Letter::Lower),
            byte @ b'A'..=b'Z' => (byte.to_ascii_lowercase(), Letter::Upper),
            byte => (byte, Letter::None),
        };
        at += 1;
    }
    letters
};

fn begins_class(bytes: &[u8], at: usize) -> bool {
    at == 0 || bytes[at - 1].is_ascii_whitespace()
}

/// Whether a class ends here, and no class for wider screens shows again what it hides (`hidden md:block`).
fn ends_class(bytes: &[u8], at: usize) -> bool {
    const SHOWN: &[&[u8]] = &[b":block", b":flex", b":grid", b":inline", b":table", b":contents"];
    bytes.get(at).is_none_or(u8::is_ascii_whitespace)
        && !SHOWN.iter().any(|it| memchr::memmem::find(bytes, it).is_some())
}

/// Bytes of a class or id that are read: utility frameworks write whole stylesheets into them.
const NAME_BYTES_MAX: usize = 256;

/// Room for a name in lower case, with a dash in front of every second letter at most, and for where its words begin.
struct Room {
    name: [u8; 2 * NAME_BYTES_MAX],
    starts: [u16; NAME_BYTES_MAX + 1],
}

impl Default for Room {
    fn default() -> Self {
        Self { name: [0; 2 * NAME_BYTES_MAX], starts: [0; NAME_BYTES_MAX + 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(class: &str, expected: Mark) {
        assert_eq!(of_name(class, &mut Room::default()), expected, "{class}");
    }

    #[test]
    fn words_count_where_they_begin() {
        check("post-share", Mark::SHARE | Mark::BODY);
        check("postShareBar", Mark::SHARE | Mark::BODY);
        check("td_block_related_posts", Mark::RELATED);
        check("marketshare", Mark::default());
        check("relatedposts", Mark::RELATED);
    }

    #[test]
    fn hidden_is_a_class_of_its_own() {
        check("field--label-hidden", Mark::default());
        check("hidden", Mark::HIDDEN);
        check("hidden md:block", Mark::default());
    }

    #[test]
    fn the_paid_part_is_no_wall_and_a_headings_id_no_name() {
        let html = "<div class='text paywalled'>x</div><p class=paywall>y<div class=paywall>z</div>\
                    <h2 id=toc-1>a</h2><h2 class=toc>b</h2><div data-nosnippet>c</div>";
        let dom = Dom::parse(html, &crate::dom::Options::default());
        let marks = marks(&dom, &["paywalled".to_owned()]);
        let of = |tag: Tag| dom.elements(tag).map(|it| marks[it.index()]).collect::<Vec<_>>();
        assert_eq!(of(Tag::DIV), [Mark::BODY, Mark::PAYWALL, Mark::SIDEBAR]);
        assert_eq!(of(Tag::P), [Mark::default()]);
        assert_eq!(of(Tag::H2), [Mark::default(), Mark::NAV]);
    }

    #[test]
    fn a_post_is_not_its_tags() {
        check("post-7 post type-post status-publish hentry category-bridges tag-lind", Mark::BODY);
        check("product type-product status-publish product_cat-cups product_tag-glass", Mark::default());
        check("post tag-lind", Mark::BODY | Mark::TAGS);
    }

    #[test]
    fn short_words_must_end() {
        check("ad", Mark::AD);
        check("ad-slot-2", Mark::AD);
    }
}
