use super::*;

const HOUR: Millis = 3_600_000;
const DELAY: Millis = 1_000;

struct Desk {
    folder: tempfile::TempDir,
    frontier: Frontier,
    source: SourceId,
}

impl Desk {
    fn new() -> Self {
        Self::with(&Options::default())
    }

    fn with(options: &Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let frontier = Frontier::open(&folder.path().join("a.db"), options, 0).expect("can be made");
        let source = frontier.activate(&["herald"], 0).expect("can be written")[0];
        Self { folder, frontier, source }
    }

    fn lead(&self, url: &str, kind: Kind, date: Option<Millis>) -> Lead {
        let url: Url = url.parse().expect("a URL");
        let host = crate::url::host_key(&url);
        Lead { url, host, kind, source: self.source, depth: 1, n_hops: 0, date }
    }

    fn discover(&self, urls: &[&str], now: Millis) -> Done {
        let leads: Vec<Lead> = urls.iter().map(|url| self.lead(url, Kind::Article, None)).collect();
        self.frontier.discover(&leads, DELAY, now).expect("can be written")
    }

    fn lease(&self, now: Millis) -> Vec<Task> {
        self.frontier.lease(100, now).expect("can be written").tasks
    }

    fn leased_urls(&self, now: Millis) -> Vec<String> {
        self.lease(now).into_iter().map(|task| task.lead.url.to_string()).collect()
    }

    fn settle(&self, task: Task, outcome: Outcome, now: Millis) -> Done {
        let settled = Settled {
            task,
            outcome,
            answered_at: Some(now),
            delay_ms: DELAY,
            article: None,
            leads: Vec::new(),
            archived: Vec::new(),
            fetch: None,
        };
        self.frontier.settle(&[&settled], now).expect("can be written")[0]
    }

    /// As after the death of the process.
    fn reopened(self, now: Millis) -> Self {
        let Self { folder, frontier, .. } = self;
        drop(frontier);
        let frontier = Frontier::open(&folder.path().join("a.db"), &Options::default(), now).expect("can be opened");
        let source = frontier.activate(&["herald"], 0).expect("can be written")[0];
        Self { folder, frontier, source }
    }
}

fn fetched() -> Outcome {
    Outcome::Fetched { etag: Some("\"1\"".into()), last_modified: None, fingerprint: 1 }
}

#[test]
fn a_host_is_asked_once_at_a_time_and_after_its_delay() {
    let desk = Desk::new();
    desk.discover(&["https://a.example/1", "https://a.example/2", "https://b.example/1"], 10);
    let first = desk.lease(10);
    assert_eq!(first.len(), 2, "one for each host");
    assert!(desk.lease(10_000).is_empty());
    for task in first {
        desk.settle(task, fetched(), 500);
    }
    assert!(desk.lease(1_499).is_empty());
    assert_eq!(desk.frontier.lease(9, 1_499).expect("can be read").next_at, Some(1_500));
    assert_eq!(desk.leased_urls(1_500).len(), 1);
}

#[test]
fn the_newest_story_is_first_and_the_settings_before_all() {
    let desk = Desk::new();
    let seed = Lead { depth: 0, ..desk.lead("https://a.example/feed", Kind::Feed, None) };
    let leads = [
        desk.lead("https://a.example/old", Kind::Article, Some(100)),
        desk.lead("https://a.example/next-year", Kind::Article, Some(900_000)),
        desk.lead("https://a.example/new", Kind::Article, Some(5_000)),
        seed,
    ];
    desk.frontier.discover(&leads, 0, 6_000).expect("can be written");
    let mut order = Vec::new();
    for now in (10_000..90_000).step_by(10_000) {
        for task in desk.lease(now) {
            order.push(task.lead.url.path().to_owned());
            desk.settle(task, fetched(), now);
        }
    }
    assert_eq!(order, ["/feed", "/next-year", "/new", "/old"]);
}

#[test]
fn what_is_known_is_not_new() {
    let desk = Desk::new();
    assert_eq!(desk.discover(&["https://a.example/1", "https://a.example/1"], 0).n_new, 1);
    let task = desk.lease(0).remove(0);
    desk.settle(task, Outcome::Gone, 0);
    assert_eq!(desk.discover(&["https://a.example/1"], HOUR).n_new, 0);
    assert!(desk.lease(1_000 * HOUR).is_empty());
}

#[test]
fn validators_are_kept_for_the_next_visit() {
    let desk = Desk::new();
    desk.discover(&["https://a.example/1"], 0);
    let task = desk.lease(0).remove(0);
    assert!(!task.is_known);
    desk.settle(task, fetched(), 0);
    let again = desk.lease(6 * HOUR).remove(0);
    assert_eq!((again.etag.as_deref(), again.is_known), (Some("\"1\""), true));
    desk.settle(again, Outcome::NotModified, 6 * HOUR);
    assert_eq!(desk.lease(18 * HOUR).remove(0).etag.as_deref(), Some("\"1\""));
}

#[test]
fn the_death_of_the_process_loses_nothing_and_shortens_no_delay() {
    let desk = Desk::new();
    desk.discover(&["https://a.example/1", "https://a.example/2", "https://b.example/1"], 0);
    let mut tasks = desk.lease(0);
    let held = tasks.pop().expect("two hosts");
    let in_flight = tasks.pop().expect("two hosts").lead.url;
    let held_host = held.lead.host.clone();
    desk.settle(held, Outcome::Held { retry_after: Some(HOUR) }, 100);
    let desk = desk.reopened(5_000);
    assert!(desk.lease(5_999).is_empty(), "nobody knows when the request was sent");
    let again = desk.lease(6_000);
    assert_eq!(again.iter().map(|task| &task.lead.url).collect::<Vec<_>>(), [&in_flight]);
    for task in again {
        desk.settle(task, fetched(), 6_000);
    }
    assert!(desk.lease(HOUR + 99).iter().all(|task| task.lead.host != held_host));
    assert!(desk.lease(HOUR + 100).iter().any(|task| task.lead.host == held_host));
}

#[test]
fn a_held_host_is_asked_for_the_same_page_and_no_try_is_lost() {
    let desk = Desk::new();
    desk.discover(&["https://a.example/1"], 0);
    let mut now = 0;
    for minutes in [1, 2, 4, 8] {
        let task = desk.lease(now).remove(0);
        assert_eq!(task.n_failed, 0);
        desk.settle(task, Outcome::Held { retry_after: None }, now);
        assert!(desk.lease(now + minutes * 60_000 - 1).is_empty());
        now += minutes * 60_000;
    }
    let task = desk.lease(now).remove(0);
    desk.settle(task, Outcome::HostFailed, now);
    // The page waits ten minutes, its host longer.
    assert!(desk.lease(now + 16 * 60_000 - 1).is_empty());
    assert_eq!(desk.lease(now + 16 * 60_000).remove(0).n_failed, 1);
}

#[test]
fn only_so_many_wait_for_a_source() {
    let desk = Desk::with(&Options { waiting_per_source_max: 3, ..Options::default() });
    let urls: Vec<String> = (0..10).map(|n| format!("https://a.example/{n}")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let done = desk.discover(&urls, 0);
    assert_eq!((done.n_new, done.n_left_out), (3, 7));
    let task = desk.lease(0).remove(0);
    desk.settle(task, Outcome::Gone, 0);
    assert_eq!(desk.discover(&urls, 0).n_new, 1);
}

#[test]
fn sources_that_are_not_asked_for_rest() {
    let desk = Desk::new();
    desk.discover(&["https://a.example/1"], 0);
    desk.frontier.activate(&["times"], 0).expect("can be written");
    assert!(desk.lease(0).is_empty());
    desk.frontier.activate(&["herald", "times"], 0).expect("can be written");
    assert_eq!(desk.leased_urls(0), ["https://a.example/1"]);
}

#[test]
fn lists_are_made_due_but_not_those_that_are_left_alone_for_long() {
    let desk = Desk::new();
    let leads = [
        Lead { depth: 0, ..desk.lead("https://a.example/feed", Kind::Feed, None) },
        desk.lead("https://b.example/gone.xml", Kind::Sitemap, None),
        desk.lead("https://c.example/feed", Kind::Feed, None),
        desk.lead("https://d.example/story", Kind::Article, None),
    ];
    desk.frontier.discover(&leads, DELAY, 0).expect("can be written");
    for task in desk.lease(0) {
        let outcome = if task.lead.kind == Kind::Sitemap { Outcome::Gone } else { fetched() };
        desk.settle(task, outcome, 0);
    }
    assert!(desk.lease(HOUR).is_empty());
    desk.frontier.make_due(desk.source, HOUR).expect("can be written");
    let mut urls = desk.leased_urls(HOUR);
    urls.sort();
    assert_eq!(urls, ["https://a.example/feed", "https://c.example/feed"]);
}

#[test]
fn robots_files_are_kept_and_are_a_visit() {
    let desk = Desk::new();
    desk.discover(&["https://a.example/1"], 0);
    let task = desk.lease(0).remove(0);
    let file = RobotsFile {
        url: "https://a.example/robots.txt".parse().expect("a URL"),
        body: Some(b"User-agent: *".to_vec()),
        etag: None,
        last_modified: Some("now".into()),
        fetched_at: 0,
        expires_at: HOUR,
    };
    desk.frontier.settle_robots(&task, Some(&file), &fetched(), 200, DELAY).expect("can be written");
    assert!(desk.lease(1_199).is_empty());
    let desk = desk.reopened(1_200);
    assert_eq!(desk.leased_urls(1_200), ["https://a.example/1"]);
    assert_eq!(desk.frontier.robots(&file.url).expect("can be read"), Some(file));
}

#[test]
fn picking_and_settling_use_the_indices() {
    let desk = Desk::new();
    let plan = |sql: &str| {
        let plan = desk.frontier.database.read(|connection| {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let rows = statement.query_map([], |row| row.get::<_, String>(3))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?.join("; "))
        });
        plan.expect("a statement")
    };
    for (sql, index) in [
        ("SELECT id FROM host WHERE ready_at <= 5 ORDER BY ready_at LIMIT 3", "host_ready"),
        ("SELECT id FROM url WHERE host_id = 1 AND state = 2 ORDER BY rank DESC LIMIT 1", "url_ready"),
        ("SELECT due_at FROM url WHERE host_id = 1 AND state = 1 ORDER BY due_at LIMIT 1", "url_waiting"),
    ] {
        let plan = plan(sql);
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}
