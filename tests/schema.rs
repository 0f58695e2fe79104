//! `schema/article.schema.json` against what [`Article`] writes: every field, every variant, and nothing else.

use copydesk::article::{
    Article, Author, AuthorKind, BodyPart, Comment, Comments, Dateline, Dropped, Embed, EmbedKind, Image, Metadata,
    NoArticle, PageType, Pagination, PartKind, Picture, Post, Publisher, RepairKind, Repaired, Role, SCHEMA, Source,
    Span, SpanKind, Truncation,
};
use copydesk::page::Http;
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("../schema/article.schema.json")).expect("the schema is JSON")
}

/// What is wrong with an article, or with a line of JSON Lines, one sentence each.
fn faults(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("the schema is one");
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn line_schema() -> Value {
    let mut schema = schema();
    let root = schema.as_object_mut().expect("an object");
    root.insert("$ref".to_owned(), json!("#/$defs/line"));
    root.remove("unevaluatedProperties");
    schema
}

const EMBED_KINDS: [EmbedKind; 6] =
    [EmbedKind::Post, EmbedKind::Video, EmbedKind::Audio, EmbedKind::Map, EmbedKind::Graphic, EmbedKind::Document];

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// An article with every field there is. No `..`: a new field stops the compiler here, and then wants a place in the schema.
fn whole() -> Article {
    let url = || some("https://news.example/rain");
    let part = |kind, level, role, marker: Option<&str>| BodyPart {
        kind,
        level,
        role,
        marker: marker.map(str::to_owned),
        text: "Rain stopped play".to_owned(),
        beside: true,
        note: some("1"),
        image: None,
        embed: None,
        spans: [
            SpanKind::Strong,
            SpanKind::Emphasis,
            SpanKind::Code,
            SpanKind::Link { href: "/a".to_owned() },
            SpanKind::Note { note: "1".to_owned() },
        ]
        .map(|kind| Span { start: 0, end: 4, kind })
        .to_vec(),
        src: Some(Source { page: Some(2), node: 7, offset: Some(120) }),
    };
    let kinds = [PartKind::Quote, PartKind::Code, PartKind::Table, PartKind::Caption];
    let mut blocks = vec![
        part(PartKind::Paragraph, None, Some(Role::Standfirst), None),
        part(PartKind::Paragraph, None, Some(Role::Dateline), None),
        part(PartKind::Heading, Some(2), None, None),
        part(PartKind::ListItem, Some(1), Some(Role::Label), Some("1.")),
    ];
    blocks.extend(kinds.map(|kind| part(kind, None, None, None)));
    let picture = Picture {
        url: "https://news.example/rain.jpg".to_owned(),
        alt: some("Covers"),
        credit: some("A. Photographer"),
    };
    blocks.push(BodyPart { image: Some(Box::new(picture)), ..BodyPart::new(PartKind::Caption, "") });
    blocks.extend(EMBED_KINDS.map(|kind| {
        let [url, provider, author, date] = ["https://x.com/a/status/1", "x.com", "A (@a)", "May 3"].map(some);
        BodyPart {
            embed: Some(Box::new(Embed { kind, url, provider, author, date })),
            ..BodyPart::new(PartKind::Embed, "")
        }
    }));
    Article {
        schema: SCHEMA,
        metadata: Metadata {
            url: url(),
            canonical_url: url(),
            headline: some("Rain stopped play"),
            alternative_headline: some("Rain at Lord’s"),
            author: vec![
                Author { name: "Ada Lovelace".to_owned(), kind: AuthorKind::Person, url: url() },
                Author { name: "Wire Service".to_owned(), kind: AuthorKind::Organization, url: None },
            ],
            date_published: some("2024-05-03T23:30:00+02:00"),
            date_modified: some("2024-05-04"),
            dateline: Some(Dateline {
                raw: "LONDON, May 3".to_owned(),
                place: some("London"),
                date: some("2024-05-03"),
            }),
            publisher: Some(Publisher { name: "The Example".to_owned(), url: url() }),
            article_section: vec!["Sport".to_owned()],
            keywords: vec!["cricket".to_owned()],
            in_language: some("en-GB"),
            description: some("No play after lunch."),
            image: Some(Image {
                url: "https://news.example/rain.jpg".to_owned(),
                width: Some(1200),
                height: Some(800),
                caption: some("Covers on"),
                credit: some("A. Photographer"),
            }),
            is_accessible_for_free: Some(true),
        },
        page_type: PageType::Article,
        truncated: Some(Truncation::Paywall),
        word_count: 3,
        text: "Rain stopped play".to_owned(),
        markdown: some("# Rain"),
        html: some("<h1>Rain</h1>"),
        blocks,
        posts: vec![Post {
            time: some("2024-05-03T15:04:00+01:00"),
            headline: some("Covers on"),
            author: some("Ada Lovelace"),
            text: "It rains.".to_owned(),
            blocks: Some(0..2),
        }],
        pagination: Some(Pagination {
            page: 1,
            of: Some(2),
            next: some("https://news.example/rain?page=2"),
            previous: url(),
            pages: url().into_iter().collect(),
            single: url(),
            joined: 2,
        }),
        comments: Comments {
            count: 1,
            items: vec![Comment { author: some("Bo"), date: some("2024-05-03"), text: "Pity.".to_owned() }],
        },
        repairs: vec![
            Repaired {
                kind: RepairKind::Mojibake,
                from: "â€™".to_owned(),
                to: "’".to_owned(),
                encoding: some("windows-1252"),
                block: Some(0),
                offset: Some(3),
                count: None,
            },
            Repaired {
                kind: RepairKind::Nbsp,
                from: String::new(),
                to: String::new(),
                encoding: None,
                block: None,
                offset: None,
                count: Some(2),
            },
        ],
        dropped: Some(vec![Dropped { reason: "share", text: "Share this".to_owned(), node: 9 }]),
        sources: [("headline", "h1+og".to_owned())].into(),
        confidence: [("headline", 0.98)].into(),
        content_hash: format!("sha256:{}", "0f".repeat(32)),
        simhash: "0123456789abcdef".to_owned(),
        encoding: Some("UTF-8"),
        fetched_at: some("2024-05-03T21:31:00Z"),
        http: Some(Http {
            requested_url: "http://news.example/rain".parse().expect("a URL"),
            status: 200,
            redirects: vec!["http://news.example/rain".parse().expect("a URL")],
            etag: some("\"x\""),
            last_modified: some("Fri, 03 May 2024 21:00:00 GMT"),
            robots_tags: vec!["noarchive".to_owned()],
            tdm_reservation: some("1"),
            tdm_policy: some("https://news.example/policy.json"),
            fetched_at: "2024-05-03T21:31:00Z".to_owned(),
            wire_bytes: 4096,
        }),
        extractor: "copydesk 0.1.0",
    }
}

/// An article with nothing in it that may be missing.
fn bare() -> Article {
    Article {
        metadata: Metadata::default(),
        truncated: None,
        word_count: 0,
        text: String::new(),
        markdown: None,
        html: None,
        blocks: vec![],
        posts: vec![Post { time: some("15:04"), ..Post::default() }],
        pagination: Some(Pagination { page: 2, joined: 1, ..Pagination::default() }),
        comments: Comments::default(),
        repairs: vec![],
        dropped: None,
        sources: [].into(),
        confidence: [].into(),
        encoding: None,
        fetched_at: None,
        http: None,
        ..whole()
    }
}

fn json_of(article: &Article) -> Value {
    serde_json::to_value(article).expect("plain data")
}

#[track_caller]
fn check_valid(instance: &Value) {
    assert_eq!(faults(&schema(), instance), Vec::<String>::new());
}

/// The whole article with one value changed is refused.
#[track_caller]
fn check_refused(pointer: &str, value: Value) {
    let mut article = json_of(&whole());
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a slash");
    match article.pointer_mut(parent).expect("the parent is there") {
        Value::Object(object) => drop(object.insert(key.to_owned(), value)),
        Value::Array(array) => array[key.parse::<usize>().expect("an index")] = value,
        _ => unreachable!("only objects and arrays have parts"),
    }
    assert!(!faults(&schema(), &article).is_empty(), "{pointer} is let pass");
}

#[test]
fn the_schema_is_one_of_draft_2020_12() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
}

#[test]
fn an_article_with_everything_is_valid() {
    check_valid(&json_of(&whole()));
}

#[test]
fn an_article_with_nothing_is_valid() {
    check_valid(&json_of(&bare()));
}

#[test]
fn every_variant_is_known() {
    for page_type in [
        PageType::Article,
        PageType::LiveBlog,
        PageType::Listing,
        PageType::Forum,
        PageType::Product,
        PageType::Documentation,
        PageType::Gallery,
        PageType::Other,
    ] {
        check_valid(&json_of(&Article { page_type, ..bare() }));
    }
    for truncated in [Truncation::Paywall, Truncation::ContinueReading, Truncation::LongerInData] {
        check_valid(&json_of(&Article { truncated: Some(truncated), ..bare() }));
    }
}

#[test]
fn every_property_is_one_that_an_article_may_have() {
    let (schema, article) = (schema(), json_of(&whole()));
    let mut known: Vec<&String> =
        schema["$defs"]["article"]["properties"].as_object().expect("an object").keys().collect();
    let mut written: Vec<&String> = article.as_object().expect("an object").keys().collect();
    known.sort();
    written.sort();
    assert_eq!(known, written);
}

#[test]
fn unknown_fields_are_refused_at_every_depth() {
    for parent in [
        "",
        "/author/0",
        "/dateline",
        "/publisher",
        "/image",
        "/blocks/0",
        "/blocks/0/spans/0",
        "/blocks/0/src",
        "/blocks/8/image",
        "/blocks/9/embed",
        "/posts/0",
        "/posts/0/blocks",
        "/pagination",
        "/comments",
        "/comments/items/0",
        "/repairs/0",
        "/dropped/0",
        "/http",
    ] {
        check_refused(&format!("{parent}/surprise"), json!(1));
    }
}

#[test]
fn impossible_values_are_refused() {
    check_refused("/schema", json!("copydesk/article/2"));
    check_refused("/url", json!("/rain"));
    check_refused("/datePublished", json!("3 May 2024"));
    check_refused("/headline", json!(""));
    check_refused("/wordCount", json!(-1));
    check_refused("/confidence/headline", json!(1.5));
    check_refused("/contentHash", json!("0f"));
    check_refused("/blocks/0/text", json!(""));
    check_refused("/blocks/2/level", json!(1));
    check_refused("/blocks/0/marker", json!("•"));
    check_refused("/blocks/0/embed", json!({"kind": "video"}));
    check_refused("/blocks/0/spans/4", json!({"start": 0, "end": 0, "type": "note"}));
    check_refused("/blocks/9/embed/kind", json!("gif"));
    check_refused("/posts/0/time", json!("3 pm"));
    check_refused("/pagination/page", json!(0));
    check_refused("/blocks/0/spans/3", json!({"start": 0, "end": 4, "type": "link"}));
    check_refused("/repairs/0", json!({"kind": "mojibake", "count": 1}));
}

#[test]
fn a_missing_field_is_refused() {
    let mut article = json_of(&whole());
    article.as_object_mut().expect("an object").remove("author");
    assert!(!faults(&schema(), &article).is_empty());
}

#[test]
fn a_line_carries_fields_along_and_may_hold_an_error() {
    let schema = line_schema();
    let mut line = json_of(&bare());
    line["id"] = json!("a");
    assert_eq!(faults(&schema, &line), Vec::<String>::new());
    for finding in
        [NoArticle::Empty, NoArticle::Listing, NoArticle::ConsentWall, NoArticle::Paywall, NoArticle::NotHtml]
    {
        line["error"] = json!({"kind": finding.kind(), "message": finding.message()});
        assert_eq!(faults(&schema, &line), Vec::<String>::new());
    }
    let failed =
        json!({"id": "a", "url": "https://news.example/", "error": {"kind": "status", "message": "answered 503"}});
    assert_eq!(faults(&schema, &failed), Vec::<String>::new());
}

#[test]
fn a_line_with_neither_article_nor_error_is_refused() {
    let schema = line_schema();
    assert!(!faults(&schema, &json!({"id": "a"})).is_empty());
    assert!(!faults(&schema, &json!({"id": "a", "error": "broken"})).is_empty());
    let half = json!({"schema": SCHEMA, "error": {"kind": "empty", "message": "no text"}});
    assert!(!faults(&schema, &half).is_empty());
}
