//! Several pages at once.

use super::*;

#[tokio::test]
async fn results_come_in_the_order_of_the_urls_and_failures_stop_nothing() {
    // Answers neither until both are here: fetched one after the other, they would wait forever.
    let both = Arc::new(Barrier::new(2));
    let slow = handler(move |_, mut stream| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            stream.write_all(&answer(200, &[HTML], b"<p>slow")).await
        }
    });
    let server = Server::start([("/slow", slow), ("/gone", status(404, &[])), ("/quick", page("<p>quick"))]).await;
    let fetcher = Fetcher::new(&Options { per_host_concurrency: 8.try_into().unwrap(), ..quick() }).unwrap();
    let urls = ["/slow", "/gone", "/quick", "/slow", "/quick"].map(|path| server.url(path));
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    let bodies: Vec<Option<String>> =
        pages.into_iter().map(|page| Some(String::from_utf8(page.ok()?.body).unwrap())).collect();
    let body = |text: &str| Some(text.to_owned());
    assert_eq!(bodies, [body("<p>slow"), None, body("<p>quick"), body("<p>slow"), body("<p>quick")]);
}

#[tokio::test]
async fn pages_of_one_host_are_asked_for_one_after_the_other() {
    let server = Server::start([("/a", page(STORY))]).await;
    let options = Options { host_delay_ms: 100.try_into().unwrap(), ..quick() };
    let fetcher = Fetcher::new(&options).unwrap();
    let urls: Vec<Url> = (0..5).map(|n| server.url(&format!("/a?{n}"))).collect();
    let pages: Vec<_> = fetcher.fetch_all(urls).collect().await;
    assert!(pages.iter().all(Result::is_ok));
    let mut at: Vec<Instant> = server.pages_asked().iter().map(|request| request.at).collect();
    at.sort();
    // Four delays, less what the first may have lost on its way.
    assert!(at[4] - at[0] >= Duration::from_millis(300), "{at:?}");
}

#[tokio::test]
async fn at_most_so_many_pages_of_a_host_are_under_way() {
    let server = Server::start([("/a", late(Duration::from_millis(50), page(STORY)))]).await;
    let options = Options { per_host_concurrency: 2.try_into().unwrap(), ..quick() };
    let fetcher = Fetcher::new(&options).unwrap();
    let start = Instant::now();
    let pages: Vec<_> = fetcher.fetch_all((0..6).map(|n| server.url(&format!("/a?{n}")))).collect().await;
    assert!(pages.iter().all(Result::is_ok));
    assert!(start.elapsed() >= Duration::from_millis(150));
}
