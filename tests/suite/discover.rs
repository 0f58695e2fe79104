//! `copydesk discover`, on files and on the test site.

use crate::program::{Desk, Run, gzip, records};
use crate::site::{Manner, Site, World, violations};

const HERE: [&str; 4] = ["--set", "fetch.allow_private=[\"127.0.0.0/8\"]", "--set", "fetch.host_delay_ms=0"];

async fn run(args: Vec<String>) -> Run {
    let running = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = HERE.into_iter().chain(["discover"]).chain(args.iter().map(String::as_str)).collect();
        Desk::new().run(&args)
    });
    running.await.expect("it ends")
}

fn args(args: &[&str], site: &Site, places: &[(u32, &str)]) -> Vec<String> {
    let places = places.iter().map(|(host, path)| site.url(*host, path).to_string());
    args.iter().map(|it| (*it).to_owned()).chain(places).collect()
}

/// Addresses of one kind, in the order they were printed.
fn urls(run: &Run, kind: &str) -> Vec<String> {
    let of_kind = records(&run.out).into_iter().filter(|it| it["kind"] == kind);
    of_kind.map(|it| it["url"].as_str().expect("an address").to_owned()).collect()
}

#[tokio::test]
async fn every_list_of_a_host_leads_to_the_same_stories() {
    let site = Site::start(World::new(7, 3, 8), 0).await;
    let mut stories: Vec<String> = (0..8).map(|n| site.url(1, &site.world.article_path(1, n)).to_string()).collect();
    stories.sort();
    for list in ["/feed.xml", "/atom.xml", "/feed.json", "/sitemap-1.xml.gz", "/news-sitemap.xml", "/"] {
        let run = run(args(&["-f", "jsonl"], &site, &[(1, list)])).await;
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{list}");
        let mut found = urls(&run, "article");
        found.sort();
        assert_eq!(found, stories, "{list}");
    }
}

#[tokio::test]
async fn a_front_page_gives_sections_and_feeds_and_an_index_gives_sitemaps() {
    let site = Site::start(World::new(7, 1, 8), 0).await;
    let front = run(args(&["-f", "jsonl"], &site, &[(0, "/")])).await;
    let at = |paths: &[&str]| paths.iter().map(|path| site.url(0, path).to_string()).collect::<Vec<_>>();
    assert_eq!(
        urls(&front, "section"),
        at(&["/section/world/", "/section/local/", "/section/sport/", "/section/culture/"])
    );
    assert_eq!(urls(&front, "feed"), at(&["/feed.xml", "/atom.xml", "/feed.json"]));
    let index = run(args(&["-f", "jsonl", "--kind", "sitemap"], &site, &[(0, "/sitemap.xml")])).await;
    assert_eq!(urls(&index, "sitemap"), at(&["/sitemap-1.xml.gz", "/news-sitemap.xml"]));
}

#[tokio::test]
async fn places_that_nobody_names_are_found_by_asking() {
    let site = Site::start(World::new(7, 2, 8).with(1, Manner::Bare), 0).await;
    let section = run(args(&["-f", "jsonl", "--probe"], &site, &[(0, "/section/world/")])).await;
    assert_eq!(urls(&section, "sitemap"), [site.url(0, "/sitemap.xml").to_string()]);
    let bare = run(args(&["-f", "jsonl", "--probe"], &site, &[(1, "/")])).await;
    assert!(urls(&bare, "sitemap").is_empty() && urls(&bare, "feed").is_empty(), "{}", bare.out);
    assert_eq!(urls(&bare, "article").len(), 8);
    assert!(violations(&site.log.hits(), &site.world).is_empty());
}

#[tokio::test]
async fn a_poisoned_host_costs_itself_alone() {
    let site = Site::start(World::new(7, 2, 8).with(0, Manner::Poisoned), 0).await;
    let lists = [(0, "/feed.xml"), (0, "/sitemap.xml"), (1, "/feed.xml")];
    let run = run(args(&["-f", "jsonl", "--kind", "article"], &site, &lists)).await;
    assert_eq!(run.code, 0, "{}", run.err);
    let found = urls(&run, "article");
    let of = |host: u32| found.iter().filter(|url| url.starts_with(site.url(host, "/").as_str())).count();
    assert_eq!((of(0), of(1)), (3 + 50_000, 8));
    assert!(found.iter().all(|url| url.starts_with("http://") && url.len() <= 2_048));
}

#[tokio::test]
async fn what_leads_nowhere_or_cannot_be_had_is_said() {
    let site = Site::start(World::new(7, 2, 8).with(1, Manner::Down), 0).await;
    let nowhere = run(args(&[], &site, &[(0, "/calendar?day=6")])).await;
    assert_eq!(nowhere.code, 1, "{}", nowhere.err);
    assert!(nowhere.err.contains("leads nowhere"), "{}", nowhere.err);
    let down = run(args(&[], &site, &[(1, "/")])).await;
    assert_eq!(down.code, 3);
    assert!(down.err.contains("answered 503"), "{}", down.err);
}

#[test]
fn files_are_read_as_well() {
    let desk = Desk::new();
    let list = "<urlset><url><loc>https://news.example/a</loc><lastmod>2026-11-23</lastmod></url></urlset>";
    desk.write("map.xml.gz", gzip(list.as_bytes()));
    let run = desk.run(&["discover", "map.xml.gz"]);
    assert_eq!((run.out.as_str(), run.code), ("article\t2026-11-23\thttps://news.example/a\t-\n", 0));
    let page = "<link rel=alternate type=application/rss+xml href=/feed>";
    let run = desk.run_with(&["discover", "--url", "https://news.example/", "-"], page.as_bytes());
    assert_eq!(run.out, "feed\t-\thttps://news.example/feed\t-\n");
}
