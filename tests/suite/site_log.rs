//! The test site's log tells what was done, whoever did it.

use std::time::Duration;

use copydesk::fetch::{Fetched, Fetcher, Options, Request, Robots, Validators};
use futures_util::StreamExt;

use crate::site::{Manner, Site, World, bytes, fetch_counts, most_at_once, smallest_gap, violations};

fn options(host_delay_ms: u64, robots: Robots) -> Options {
    Options {
        allow_private: vec!["127.0.0.0/8".parse().expect("a network")],
        host_delay_ms: host_delay_ms.try_into().expect("a pause"),
        per_host_concurrency: 1.try_into().expect("a number"),
        robots,
        ..Options::default()
    }
}

#[tokio::test]
async fn pace_and_counts_are_seen() {
    let site = Site::start(World::new(3, 2, 6), 0).await;
    let urls: Vec<_> = (0..12).map(|n| site.url(n % 2, &site.world.article_path(n % 2, n / 2))).collect();
    let fetcher = Fetcher::new(&options(150, Robots::Ignore)).expect("ready");
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    assert!(pages.iter().all(Result::is_ok), "{pages:?}");
    let hits = site.log.hits();
    let (gap, _) = smallest_gap(&hits).expect("several");
    // A request may be on its way for longer than the one after it.
    assert!(gap > Duration::from_millis(75), "{gap:?}");
    assert_eq!((hits.len(), most_at_once(&hits)), (12, 1));
    assert!(fetch_counts(&hits).values().all(|n| *n == 1) && bytes(&hits) > 12 * 500);
}

#[tokio::test]
async fn what_robots_txt_forbids_is_seen() {
    let world = World::new(3, 2, 6).with(1, Manner::Closed);
    let site = Site::start(world, 0).await;
    let forbidden = [site.url(0, "/private/secret"), site.url(1, "/")];
    for (robots, n_violations) in [(Robots::Obey, 0), (Robots::Ignore, 2)] {
        let fetcher = Fetcher::new(&options(0, robots)).expect("ready");
        for url in &forbidden {
            assert_eq!(fetcher.fetch(url).await.is_ok(), robots == Robots::Ignore);
        }
        assert_eq!(violations(&site.log.hits(), &site.world).len(), n_violations);
    }
}

#[tokio::test]
async fn the_next_day_some_stories_have_changed_and_some_have_gone() {
    let site = Site::start(World::new(3, 1, 10), 0).await;
    let fetcher = Fetcher::new(&options(0, Robots::Ignore)).expect("ready");
    let mut known = Vec::new();
    for n in 0..10 {
        let url = site.url(0, &site.world.article_path(0, n));
        let http = fetcher.fetch(&url).await.expect("a page").http.expect("fetched");
        known.push((url, Validators { etag: http.etag, last_modified: http.last_modified }));
    }
    site.world.next_day();
    let mut fates = Vec::new();
    for (url, validators) in known {
        let reply = fetcher.request(&Request { validators, ..Request::new(url) }).await;
        fates.push(match reply.map(|reply| reply.fetched) {
            Ok(Fetched::Page(_)) => "changed",
            Ok(Fetched::NotModified) => "same",
            Ok(Fetched::Moved(_)) => "moved",
            Err(error) => error.kind(),
        });
    }
    let mut expected = ["same"; 10];
    (expected[5], expected[7]) = ("changed", "status");
    assert_eq!(fates, expected);
    assert_eq!(site.log.hits().iter().filter(|hit| hit.is_conditional).count(), 10);
}
