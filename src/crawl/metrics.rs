//! Figures for Prometheus: what a run has done so far, over HTTP, in its text format.
//!
//! Whoever asks gets the same answer, whatever the path; a request is read no further than its head. Counters begin
//! anew with each run, which Prometheus expects.
//!
//! Source: Prometheus, text exposition format 0.0.4.

use super::CrawlError;
use super::summary::Summary;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Longest time for one request and its answer.
const REQUEST_MAX: Duration = Duration::from_secs(5);
/// Bytes of a request's head that are read.
const HEAD_BYTES_MAX: usize = 8 << 10;
/// Requests answered at once.
const CONNECTIONS_MAX: usize = 16;

/// Answers on `address` until the runtime ends. Gives the address, with the port that was chosen for port 0.
///
/// # Errors
///
/// [`CrawlError::Metrics`] if nobody can listen there.
pub(super) async fn serve(address: SocketAddr, summary: Arc<Mutex<Summary>>) -> Result<SocketAddr, CrawlError> {
    let listener = TcpListener::bind(address).await.map_err(|source| CrawlError::Metrics { address, source })?;
    let address = listener.local_addr().map_err(|source| CrawlError::Metrics { address, source })?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::spawn(async move {
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            // A connection that failed before it was taken is nobody's loss.
            let Ok((stream, _)) = listener.accept().await else { continue };
            let summary = Arc::clone(&summary);
            tokio::spawn(async move {
                let _place = place;
                let _ = timeout(REQUEST_MAX, answer(stream, &summary)).await;
            });
        }
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream, summary: &Mutex<Summary>) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|it| it == b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX {
        match stream.read(&mut part).await? {
            0 => return Ok(()),
            n => head.extend_from_slice(&part[..n]),
        }
    }
    let body = text(&summary.lock().unwrap_or_else(PoisonError::into_inner));
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// The figures of a run.
fn text(summary: &Summary) -> String {
    let mut text = String::new();
    let mut add = |name: &str, kind: &str, help: &str, rows: Vec<(String, u64)>| {
        let _ = writeln!(text, "# HELP copydesk_{name} {help}\n# TYPE copydesk_{name} {kind}");
        for (labels, value) in rows {
            let _ = writeln!(text, "copydesk_{name}{labels} {value}");
        }
    };
    let sources = || summary.sources.iter();
    let of = |source: &str| format!("{{source=\"{source}\"}}");
    let per_source = |count: fn(&super::summary::Tally) -> u64| -> Vec<(String, u64)> {
        sources().map(|(source, tally)| (of(source), count(tally))).collect()
    };
    add("requests_total", "counter", "Requests sent.", per_source(|it| it.n_requests));
    add("wire_bytes_total", "counter", "Bytes of bodies over the wire.", per_source(|it| it.wire_bytes));
    add("articles_new_total", "counter", "Articles stored.", per_source(|it| it.n_new));
    add("articles_changed_total", "counter", "New versions of articles.", per_source(|it| it.n_changed));
    add("pages_unchanged_total", "counter", "Pages that were as before.", per_source(|it| it.n_unchanged + it.n_same));
    add("urls_found_total", "counter", "Addresses that were new.", per_source(|it| it.n_found));
    let failures = sources().flat_map(|(source, tally)| {
        let row = |(kind, (n, _)): (&String, &(u64, String))| (format!("{{source=\"{source}\",kind=\"{kind}\"}}"), *n);
        tally.failures.iter().map(row).collect::<Vec<_>>()
    });
    add("failures_total", "counter", "Pages that gave nothing, by why.", failures.collect());
    add("visits_in_flight", "gauge", "Pages being fetched or read now.", vec![(String::new(), summary.n_in_flight)]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_asks_is_told() {
        let mut summary = Summary::default();
        summary.sources.entry("herald".to_owned()).or_default().n_new = 3;
        let at = serve("127.0.0.1:0".parse().expect("an address"), Arc::new(Mutex::new(summary))).await.expect("free");
        let mut stream = TcpStream::connect(at).await.expect("it listens");
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("\ncopydesk_articles_new_total{source=\"herald\"} 3\n"), "{answer}");
    }
}
