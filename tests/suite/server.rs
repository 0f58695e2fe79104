//! A web server that misbehaves on demand.
//!
//! It speaks just enough HTTP/1.1 to be wrong in a chosen way: a handler gets the request and the bare connection,
//! and writes what it likes. Listens on a free port of 127.0.0.1; stops when dropped, which fails the test if a
//! handler panicked.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// When its headers were complete.
    pub(crate) at: Instant,
    /// Which request for this target it is, from 0.
    pub(crate) n_before: usize,
}

/// A connection, to be written to at will. The connection closes when the handler is done.
pub(crate) type Handler =
    Arc<dyn Fn(Request, TcpStream) -> Pin<Box<dyn Future<Output = io::Result<()>> + Send>> + Send + Sync>;

/// A server with its routes. A path without route answers 404; so does `/robots.txt`, which allows all.
pub(crate) struct Server {
    base: Url,
    seen: Arc<Mutex<Vec<Request>>>,
    n_panics: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts with one route for each path (query excluded).
    pub(crate) async fn start<const N: usize>(routes: [(&'static str, Handler); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("bound");
        let routes: Arc<BTreeMap<_, _>> = Arc::new(routes.into_iter().collect());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let n_panics = Arc::new(AtomicUsize::new(0));
        let (log, failures) = (Arc::clone(&seen), Arc::clone(&n_panics));
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (routes, log, watch) = (Arc::clone(&routes), Arc::clone(&log), Watch(Arc::clone(&failures)));
                connections.spawn(async move {
                    let _watch = watch;
                    serve(stream, routes, log).await
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { base: Url::parse(&format!("http://{address}/")).expect("an address"), seen, n_panics, accepting }
    }

    /// The URL of a path here.
    pub(crate) fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("a path")
    }

    /// All requests so far but those for robots.txt, in the order they came.
    pub(crate) fn pages_asked(&self) -> Vec<Request> {
        self.asked(|target| target != "/robots.txt")
    }

    /// How often robots.txt was asked for.
    pub(crate) fn n_robots_asked(&self) -> usize {
        self.asked(|target| target == "/robots.txt").len()
    }

    fn asked(&self, of: impl Fn(&str) -> bool) -> Vec<Request> {
        self.seen.lock().unwrap().iter().filter(|request| of(&request.target)).cloned().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
        if !std::thread::panicking() {
            assert_eq!(self.n_panics.load(Ordering::SeqCst), 0, "a handler panicked");
        }
    }
}

/// Counts if it is dropped by a panic.
struct Watch(Arc<AtomicUsize>);

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    routes: Arc<BTreeMap<&'static str, Handler>>,
    log: Arc<Mutex<Vec<Request>>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(()),
        }
    }
    let head = String::from_utf8(head).expect("requests are ASCII");
    let mut lines = head.lines();
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a request line").to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let request = {
        let mut log = log.lock().unwrap();
        let n_before = log.iter().filter(|before| before.target == target).count();
        let request = Request { target, headers, at: Instant::now(), n_before };
        log.push(request.clone());
        request
    };
    let path = request.target.split('?').next().unwrap_or_default();
    let handler = routes.get(path).cloned().unwrap_or_else(|| status(404, &[]));
    handler(request, stream).await
}

/// A handler from an async closure.
pub(crate) fn handler<F, R>(respond: F) -> Handler
where
    F: Fn(Request, TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = io::Result<()>> + Send + 'static,
{
    Arc::new(move |request, stream| Box::pin(respond(request, stream)))
}

/// Writes these bytes, whatever they are, and closes.
pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Handler {
    let bytes = Arc::new(bytes.into());
    handler(move |_, mut stream| {
        let bytes = Arc::clone(&bytes);
        // The other side may have seen enough and be gone.
        async move { stream.write_all(&bytes).await.or(Ok(())) }
    })
}

/// An answer with a stated length.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status} Test\r\nconnection: close\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        write!(bytes, "{name}: {value}\r\n").expect("memory");
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

/// A page of HTML.
pub(crate) fn page(body: &str) -> Handler {
    raw(answer(200, &[("content-type", "text/html; charset=utf-8")], body.as_bytes()))
}

/// A body with these headers.
pub(crate) fn body(headers: &[(&str, &str)], body: &[u8]) -> Handler {
    raw(answer(200, headers, body))
}

/// A status and headers without a body.
pub(crate) fn status(status: u16, headers: &[(&str, &str)]) -> Handler {
    raw(answer(status, headers, b""))
}

/// Each of these in turn, the last for all further requests.
pub(crate) fn in_turn<const N: usize>(handlers: [Handler; N]) -> Handler {
    handler(move |request, stream| handlers[request.n_before.min(N - 1)](request, stream))
}

/// A redirect.
pub(crate) fn redirect(location: &str) -> Handler {
    status(302, &[("location", location)])
}

/// Takes the request and answers after `wait`.
pub(crate) fn late(wait: Duration, then: Handler) -> Handler {
    handler(move |request, stream| {
        let then = Arc::clone(&then);
        async move {
            tokio::time::sleep(wait).await;
            then(request, stream).await
        }
    })
}

/// Begins the answer with `head`, then sends `drop` again and again until the other side has gone.
pub(crate) fn endless(head: &str, drop: impl Into<Vec<u8>>, pause: Duration) -> Handler {
    let (head, drop) = (Arc::new(head.to_owned()), Arc::new(drop.into()));
    handler(move |_, mut stream| {
        let (head, drop) = (Arc::clone(&head), Arc::clone(&drop));
        async move {
            if stream.write_all(head.as_bytes()).await.is_err() {
                return Ok(());
            }
            while stream.write_all(&drop).await.is_ok() {
                tokio::time::sleep(pause).await;
            }
            Ok(())
        }
    })
}

/// Sends `bytes`, then resets the connection.
pub(crate) fn reset_after(bytes: impl Into<Vec<u8>>) -> Handler {
    let bytes = Arc::new(bytes.into());
    handler(move |_, mut stream| {
        let bytes = Arc::clone(&bytes);
        async move {
            stream.write_all(&bytes).await?;
            // What was written is to arrive before the reset, which drops what has not.
            stream.flush().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.set_zero_linger()
        }
    })
}
