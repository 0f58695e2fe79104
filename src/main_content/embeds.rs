//! What other sites have in a story: posts, videos, sound, maps, charts, documents, as what they are.
//!
//! A post is told by the class its network gives the quotation, anything else by the address that a frame shows. A frame
//! from an address that is not known here is an advertisement more often than not, and is left out.

use super::blocks::Blocks;
use crate::article::{Embed, EmbedKind};
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::collapse;
use url::Url;

/// An embed and the element that holds all of it.
pub(super) struct Found {
    pub(super) node: NodeId,
    pub(super) embed: Embed,
    /// What it says, where that is in the page.
    pub(super) text: String,
}

/// The embeds between two nodes, in order.
pub(super) fn find(dom: &Dom, blocks: &Blocks, nodes: std::ops::Range<NodeId>, url: Option<&Url>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut at = nodes.start;
    while at < nodes.end && found.len() < EMBEDS_MAX {
        let embed = dom.tag(at).and_then(|tag| embed_at(dom, blocks, at, tag, url));
        at = if embed.is_some() { dom.end(at) } else { NodeId::at(at.index() + 1) };
        // One video in a frame and again without scripts is one.
        if let Some(embed) = embed
            && !found.iter().any(|it| it.embed.url.is_some() && it.embed.url == embed.embed.url)
        {
            found.push(embed);
        }
    }
    found
}

fn embed_at(dom: &Dom, blocks: &Blocks, node: NodeId, tag: Tag, url: Option<&Url>) -> Option<Found> {
    let absolute = |address: &str| match url {
        Some(url) => url.join(address.trim()).ok(),
        None => Url::parse(address.trim()).ok().or_else(|| Url::parse(&format!("https:{}", address.trim())).ok()),
    };
    let named = |name: &str| dom.attr_named(node, name).filter(|it| !it.trim().is_empty());
    if let Some(post) = post_at(dom, blocks, node) {
        return Some(post);
    }
    let shown = match tag {
        Tag::IFRAME | Tag::EMBED => {
            let sources = ["src", "data-src", "data-lazy-src", "data-litespeed-src", "data-url"];
            sources.iter().filter_map(|it| absolute(named(it)?)).find_map(|it| shown_at(&it))?
        }
        Tag::VIDEO | Tag::AUDIO => {
            let sources = dom.children(node).filter(|it| dom.is(*it, Tag::SOURCE));
            let source = std::iter::once(node).chain(sources).find_map(|it| absolute(dom.attr(it, Attr::SRC)?))?;
            let kind = if tag == Tag::VIDEO { EmbedKind::Video } else { EmbedKind::Audio };
            matches!(source.scheme(), "http" | "https").then(|| Shown {
                kind,
                url: source.to_string(),
                provider: None,
            })?
        }
        _ => {
            let name = dom.tag_name(node);
            let custom = name.contains('-').then(|| match name {
                "lite-youtube" | "youtube-video" | "amp-youtube" | "lite-yt" => named("videoid")
                    .or_else(|| named("data-videoid"))
                    .and_then(|it| on("https://www.youtube.com/watch?v=", it)),
                "lite-vimeo" | "amp-vimeo" => {
                    named("videoid").or_else(|| named("data-videoid")).and_then(|it| on("https://vimeo.com/", it))
                }
                "amp-twitter" => named("data-tweetid").and_then(|it| on("https://x.com/i/status/", it)),
                "amp-instagram" => named("data-shortcode").and_then(|it| on("https://www.instagram.com/p/", it)),
                "amp-iframe" | "amp-video-iframe" => named("src").and_then(absolute).and_then(|it| shown_at(&it)),
                _ => None,
            });
            custom.flatten()?
        }
    };
    let Shown { kind, url, provider } = shown;
    let embed = Embed { kind, url: Some(url), provider, author: None, date: None };
    Some(Found { node, embed, text: String::new() })
}

/// An address with an id at its end, if the id is one.
fn on(address: &str, id: &str) -> Option<Shown> {
    let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    is_id.then(|| Url::parse(&format!("{address}{id}")).ok())?.and_then(|it| shown_at(&it))
}

/// A post of a social network, written out in the page.
fn post_at(dom: &Dom, blocks: &Blocks, node: NodeId) -> Option<Found> {
    let class = dom.attr(node, Attr::CLASS)?;
    let (kind, names) = class.split_ascii_whitespace().find_map(of_network)?;
    let named = names.iter().find_map(|it| dom.attr_named(node, it)).and_then(|it| Url::parse(it.trim()).ok());
    let links = || dom.descendants(node).filter(|it| dom.is(*it, Tag::A));
    let is_page = |it: &NodeId| dom.attr(*it, Attr::HREF).and_then(|it| Url::parse(it.trim()).ok());
    // The last link is the post's own, with its date.
    let last = links().rfind(|it| is_page(it).is_some_and(|it| it.path().len() > 1));
    let mut url = named.or_else(|| last.and_then(|it| is_page(&it)))?;
    url.set_query(None);
    url.set_fragment(None);
    let (mut text, mut author, mut date) = (String::new(), None, None);
    let first = blocks.rows.partition_point(|row| row.nodes.0 < node);
    for row in blocks.rows[first..].iter().take_while(|row| row.nodes.0 < dom.end(node)) {
        let line = blocks.text(row);
        let is_signature =
            line.trim_start().starts_with(['—', '–', '-']) || (row.element == node && line.contains("(@"));
        if is_signature {
            let dated = last.map(|it| collapse(&dom.text_content(it))).unwrap_or_default();
            let line = line.trim_start_matches(['—', '–', '-', ' ', '\u{a0}']);
            let who = line.strip_suffix(dated.as_str()).unwrap_or(line).trim_end_matches([' ', ',', '\u{a0}']);
            author = Some(collapse(who)).filter(|it| !it.is_empty() && it.len() <= NAME_BYTES_MAX);
            date = Some(dated).filter(|it| it.contains(|c: char| c.is_numeric()) && it.len() <= NAME_BYTES_MAX);
        } else if row.link_density() < 0.9 && text.len() < POST_BYTES_MAX {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }
    let provider = shown_at(&url).and_then(|it| it.provider).or_else(|| site(&url));
    let embed = Embed { kind, url: Some(url.to_string()), provider, author, date };
    Some(Found { node, embed, text })
}

/// What a class says that a network gives its posts: what it is, and the attributes that may hold its address.
fn of_network(class: &str) -> Option<(EmbedKind, &'static [&'static str])> {
    Some(match class {
        "twitter-tweet"
        | "twitter-video"
        | "twitter-tweet-rendered"
        | "bluesky-embed"
        | "reddit-card"
        | "reddit-embed-bq"
        | "imgur-embed-pub" => (EmbedKind::Post, &[]),
        "instagram-media" => (EmbedKind::Post, &["data-instgrm-permalink"]),
        "mastodon-embed" => (EmbedKind::Post, &["data-embed-url"]),
        "text-post-media" => (EmbedKind::Post, &["data-text-post-permalink"]),
        "fb-post" => (EmbedKind::Post, &["data-href"]),
        "fb-video" => (EmbedKind::Video, &["data-href"]),
        "tiktok-embed" => (EmbedKind::Video, &["cite"]),
        _ => return None,
    })
}

/// What an address shows.
struct Shown {
    kind: EmbedKind,
    url: String,
    provider: Option<String>,
}

/// What a frame's address shows, and where that can be seen outside of the frame.
fn shown_at(frame: &Url) -> Option<Shown> {
    let host = frame.host_str()?;
    let path = frame.path();
    let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).take(6).collect();
    let query = |name: &str| frame.query_pairs().find(|(it, _)| it == name).map(|(_, value)| value.into_owned());
    let is_of = |name: &str| host == name || host.strip_suffix(name).is_some_and(|it| it.ends_with('.'));
    let own = || {
        let mut own = frame.clone();
        own.set_fragment(None);
        own.to_string()
    };
    let (name, kind) = PROVIDERS.iter().find(|(name, _)| is_of(name)).map(|(name, kind)| (*name, *kind)).or_else(|| {
        // Mastodon stands on many hosts: /@name/number/embed.
        let is_toot = matches!(parts[..], [user, id, "embed"] if user.starts_with('@') && id.bytes().all(|b| b.is_ascii_digit()));
        is_toot.then_some(("", EmbedKind::Post))
    })?;
    let watch = |id: &str| format!("https://www.youtube.com/watch?v={id}");
    let url = match (name, &parts[..]) {
        ("youtube.com" | "youtube-nocookie.com", ["embed" | "v" | "shorts" | "live", id, ..])
            if *id != "videoseries" =>
        {
            watch(id)
        }
        ("youtu.be", [id, ..]) => watch(id),
        ("vimeo.com", ["video", id, ..]) => format!("https://vimeo.com/{id}"),
        ("dailymotion.com", ["embed", "video", id, ..]) => format!("https://www.dailymotion.com/video/{id}"),
        ("dailymotion.com", [player, ..]) if player.starts_with("player") => {
            query("video").map_or_else(own, |id| format!("https://www.dailymotion.com/video/{id}"))
        }
        ("twitter.com", ["embed", ..]) => query("id").map(|id| format!("https://x.com/i/status/{id}"))?,
        // Buttons and time lines are no posts.
        ("twitter.com" | "x.com", parts) if !parts.contains(&"status") => return None,
        ("instagram.com", [kind @ ("p" | "reel" | "tv"), id, ..]) => format!("https://www.instagram.com/{kind}/{id}/"),
        ("facebook.com", ["plugins", kind, ..]) => {
            if !kind.starts_with("post") && !kind.starts_with("video") {
                return None;
            }
            query("href").filter(|it| it.starts_with("http"))?
        }
        ("spotify.com", ["embed" | "embed-podcast", kind, id, ..]) => format!("https://open.spotify.com/{kind}/{id}"),
        ("soundcloud.com", ["player", ..]) => query("url").filter(|it| it.starts_with("http")).unwrap_or_else(own),
        ("google.com", parts) => match parts {
            ["maps", ..] => own(),
            _ => return None,
        },
        ("", [user, id, ..]) => format!("https://{host}/{user}/{id}"),
        _ => own(),
    };
    let kind = match name {
        "facebook.com" if path.contains("video") => EmbedKind::Video,
        _ => kind,
    };
    if url.len() > URL_BYTES_MAX {
        return None;
    }
    let provider = match name {
        "youtube-nocookie.com" | "youtu.be" => "youtube.com".to_owned(),
        "twitter.com" => "x.com".to_owned(),
        "" => host.to_owned(),
        name => name.to_owned(),
    };
    Some(Shown { kind, url, provider: Some(provider) })
}

fn site(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(psl::domain_str(host).unwrap_or(host).to_owned())
}

/// Sites whose frames are part of a story, and what they show.
const PROVIDERS: &[(&str, EmbedKind)] = &[
    ("youtube.com", EmbedKind::Video),
    ("youtube-nocookie.com", EmbedKind::Video),
    ("youtu.be", EmbedKind::Video),
    ("vimeo.com", EmbedKind::Video),
    ("dailymotion.com", EmbedKind::Video),
    ("tiktok.com", EmbedKind::Video),
    ("twitch.tv", EmbedKind::Video),
    ("streamable.com", EmbedKind::Video),
    ("rumble.com", EmbedKind::Video),
    ("odysee.com", EmbedKind::Video),
    ("rutube.ru", EmbedKind::Video),
    ("bilibili.com", EmbedKind::Video),
    ("nicovideo.jp", EmbedKind::Video),
    ("ted.com", EmbedKind::Video),
    ("brightcove.net", EmbedKind::Video),
    ("jwplayer.com", EmbedKind::Video),
    ("jwplatform.com", EmbedKind::Video),
    ("spotify.com", EmbedKind::Audio),
    ("soundcloud.com", EmbedKind::Audio),
    ("podcasts.apple.com", EmbedKind::Audio),
    ("podigee.io", EmbedKind::Audio),
    ("megaphone.fm", EmbedKind::Audio),
    ("acast.com", EmbedKind::Audio),
    ("simplecast.com", EmbedKind::Audio),
    ("bandcamp.com", EmbedKind::Audio),
    ("mixcloud.com", EmbedKind::Audio),
    ("twitter.com", EmbedKind::Post),
    ("x.com", EmbedKind::Post),
    ("instagram.com", EmbedKind::Post),
    ("facebook.com", EmbedKind::Post),
    ("threads.net", EmbedKind::Post),
    ("threads.com", EmbedKind::Post),
    ("bsky.app", EmbedKind::Post),
    ("t.me", EmbedKind::Post),
    ("linkedin.com", EmbedKind::Post),
    ("reddit.com", EmbedKind::Post),
    ("redditmedia.com", EmbedKind::Post),
    ("google.com", EmbedKind::Map),
    ("openstreetmap.org", EmbedKind::Map),
    ("umap.openstreetmap.fr", EmbedKind::Map),
    ("mapbox.com", EmbedKind::Map),
    ("dwcdn.net", EmbedKind::Graphic),
    ("uri.sh", EmbedKind::Graphic),
    ("flourish.studio", EmbedKind::Graphic),
    ("infogram.com", EmbedKind::Graphic),
    ("public.tableau.com", EmbedKind::Graphic),
    ("everviz.com", EmbedKind::Graphic),
    ("ourworldindata.org", EmbedKind::Graphic),
    ("documentcloud.org", EmbedKind::Document),
    ("scribd.com", EmbedKind::Document),
    ("issuu.com", EmbedKind::Document),
    ("slideshare.net", EmbedKind::Document),
];

/// Embeds of one page that are kept; a live blog of a day has some 200.
const EMBEDS_MAX: usize = 1000;
/// Bytes of a post's text: the longest of those measured, on Facebook, have 2 kB.
const POST_BYTES_MAX: usize = 20_000;
/// Bytes of a name or a date.
const NAME_BYTES_MAX: usize = 200;
/// Bytes of an address that is kept.
const URL_BYTES_MAX: usize = 2_000;
