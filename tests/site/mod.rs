//! A web of many hosts on loopback: every address of 127.0.0.0/8 is a host, and one server answers for all of them.
//!
//! What is where is decided by a [`World`]: a seed, a number of hosts, and how each behaves. The server keeps a [`Log`] of
//! what it was asked and when: that log, not what a crawler says of itself, is what tests go by.
//!
//! Test targets and benches include this folder by `#[path]`; `examples/test_site.rs` serves it as a program of its own.

#![allow(dead_code, unused_imports, reason = "no target uses all of it")]

mod log;
mod pages;
mod world;

pub(crate) use log::{Hit, Log, bytes, fetch_counts, most_at_once, read, smallest_gap, violations};
pub(crate) use world::{Manner, World};

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// Bytes of a request's head that are read; more is no request of a crawler.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// The server, until dropped.
pub(crate) struct Site {
    pub(crate) world: Arc<World>,
    pub(crate) log: Arc<Log>,
    port: u16,
    serving: JoinHandle<()>,
}

impl Site {
    /// Serves a world on a free port, or on `port`. Must be called within a runtime.
    pub(crate) async fn start(world: World, port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let (world, log) = (Arc::new(world), Arc::new(Log::new(port)));
        let (served, kept) = (Arc::clone(&world), Arc::clone(&log));
        let serving = tokio::spawn(async move {
            loop {
                // Out of files for a moment is no reason to end.
                let Ok((stream, _)) = listener.accept().await else {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                };
                tokio::spawn(serve(stream, Arc::clone(&served), Arc::clone(&kept), port));
            }
        });
        Self { world, log, port, serving }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of a path at a host.
    pub(crate) fn url(&self, host: u32, path: &str) -> Url {
        Url::parse(&self.world.url(host, self.port, path)).expect("an address")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// One request, as far as answers depend on it.
pub(crate) struct Request {
    pub(crate) host: u32,
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) if_none_match: Option<String>,
    pub(crate) if_modified_since: Option<String>,
    pub(crate) takes_gzip: bool,
    /// How many requests this host had before.
    pub(crate) n_before: u64,
}

/// What is sent back.
pub(crate) enum Answer {
    /// A whole answer.
    Whole { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// A byte at a time, without end.
    Drip { pause: Duration },
    /// Half an answer, then the connection is reset.
    Reset,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    pub(crate) fn redirect(to: String) -> Self {
        Self::Whole { status: 302, headers: vec![("location", to)], body: Vec::new() }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Whole { status, .. } => *status,
            Self::Drip { .. } | Self::Reset => 200,
        }
    }
}

async fn serve(stream: TcpStream, world: Arc<World>, log: Arc<Log>, port: u16) -> io::Result<()> {
    let Ok(IpAddr::V4(address)) = stream.local_addr().map(|it| it.ip()) else { return Ok(()) };
    stream.set_nodelay(true)?;
    let host = World::host_at(address);
    let mut stream = BufReader::new(stream);
    loop {
        let Some(head) = read_head(&mut stream).await? else { return Ok(()) };
        let header = |wanted: &str| {
            let value = head.lines().skip(1).filter_map(|line| line.split_once(':'));
            value.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned()).next()
        };
        let target = head.split(' ').nth(1).unwrap_or("/").to_owned();
        let begun = log.begin(host);
        let request = Request {
            host,
            port,
            if_none_match: header("if-none-match"),
            if_modified_since: header("if-modified-since"),
            takes_gzip: header("accept-encoding").is_some_and(|it| it.contains("gzip")),
            n_before: begun.n_before,
            target,
        };
        let is_conditional = request.if_none_match.is_some() || request.if_modified_since.is_some();
        let answer = world.answer(&request);
        let status = answer.status();
        if world.latency > Duration::ZERO {
            tokio::time::sleep(world.latency).await;
        }
        let is_last = header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
        // Logged before it is sent: who has the answer may look at the log.
        let bytes = match &answer {
            Answer::Whole { body, .. } => body.len() as u64,
            Answer::Drip { .. } | Answer::Reset => 0,
        };
        begun.end(&request.target, status, is_conditional, bytes);
        let sent = send(&mut stream, answer).await;
        log.sent(host);
        match sent {
            Ok(Next::Another) if !is_last => {}
            Ok(_) | Err(_) => return Ok(()),
        }
    }
}

async fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < HEAD_BYTES_MAX => head.push(byte),
            Ok(_) | Err(_) => return Ok(None),
        }
    }
    Ok(String::from_utf8(head).ok())
}

enum Next {
    Another,
    Close,
}

async fn send(stream: &mut BufReader<TcpStream>, answer: Answer) -> io::Result<Next> {
    match answer {
        Answer::Whole { status, headers, body } => {
            let mut bytes = format!("HTTP/1.1 {status} Test\r\ncontent-length: {}\r\n", body.len()).into_bytes();
            for (name, value) in headers {
                bytes.extend(format!("{name}: {value}\r\n").into_bytes());
            }
            bytes.extend(b"\r\n");
            bytes.extend(body);
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            Ok(Next::Another)
        }
        Answer::Drip { pause } => {
            stream.write_all(b"HTTP/1.1 200 Test\r\ncontent-type: text/html\r\n\r\n<p>").await?;
            loop {
                stream.write_all(b"a").await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            }
        }
        Answer::Reset => {
            stream
                .write_all(b"HTTP/1.1 200 Test\r\ncontent-type: text/html\r\ncontent-length: 9999\r\n\r\n<p>")
                .await?;
            stream.flush().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.get_ref().set_zero_linger()?;
            Ok(Next::Close)
        }
    }
}
