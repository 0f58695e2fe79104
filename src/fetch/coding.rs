//! Undoing a body's content coding: gzip, brotli, zstd, deflate, and several of them one over the other.
//!
//! Every layer is bounded by itself, not only the last: a small body can unpack to a middle layer of any size that
//! packs down to nothing again. A coding that ends early is an error that names it.
//!
//! Sources: RFC 9110, 8.4; RFC 1952 (gzip), RFC 7932 (brotli), RFC 8878 and 9659 (zstd), RFC 1950 and 1951 (deflate).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader, ReadBuf};
use url::Url;

use super::error::{FetchError, Measured};

/// Layers undone at most. Two are seen where a proxy packs what the server had packed; nobody needs four.
const CODINGS_MAX: usize = 3;

/// Largest zstd window, as a power of two: 8 MiB, which RFC 9659 makes the limit for the web.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// Bytes, perhaps still coded.
pub(super) type Bytes = Pin<Box<dyn AsyncRead + Send>>;

/// One content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Deflate => "deflate",
        }
    }
}

/// The codings that `Content-Encoding` headers name, in the order they were applied.
///
/// `identity` is none. A charset (`utf-8`) in this place is a well-known slip, and is none either.
///
/// # Errors
///
/// [`FetchError::Coding`] for a coding we do not know, and for more than [`CODINGS_MAX`].
pub(super) fn codings<'a>(headers: impl Iterator<Item = &'a str>, url: &Url) -> Result<Vec<Coding>, FetchError> {
    let mut codings = Vec::new();
    for name in headers.flat_map(|value| value.split(',')).map(str::trim) {
        let coding = match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            "deflate" => Coding::Deflate,
            "" | "identity" | "none" => continue,
            _ if encoding_rs::Encoding::for_label(name.as_bytes()).is_some() => continue,
            _ => {
                let coding = name.chars().take(40).collect::<String>().into();
                return Err(problem(url, coding, "is in a coding that we did not ask for and do not know"));
            }
        };
        if codings.len() == CODINGS_MAX {
            return Err(problem(url, "several times coded".into(), "has more layers than we undo"));
        }
        codings.push(coding);
    }
    Ok(codings)
}

/// The body with its codings undone, the last applied first. Each layer may give `bytes_max` bytes.
///
/// Reading gives errors that [`into_fetch_error`] tells apart. An empty body is empty in any coding.
pub(super) async fn undo(mut body: Bytes, codings: &[Coding], bytes_max: u64, url: &Url) -> io::Result<Bytes> {
    for &coding in codings.iter().rev() {
        let mut packed = BufReader::new(body);
        if packed.fill_buf().await?.is_empty() {
            return Ok(Box::pin(packed));
        }
        let unpacked: Bytes = match coding {
            Coding::Gzip => Box::pin(Members::Member(GzipDecoder::new(packed))),
            Coding::Brotli => Box::pin(BrotliDecoder::new(packed)),
            Coding::Zstd => {
                let window = [DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX)];
                let mut decoder = ZstdDecoder::with_params(packed, &window);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Coding::Deflate => deflate(packed).await?,
        };
        body = Box::pin(Layer { unpacked, coding, left: bytes_max, bytes_max, url: url.clone() });
    }
    Ok(body)
}

/// "deflate" is zlib by the RFC and bare deflate by some servers: two bytes tell.
async fn deflate(mut packed: BufReader<Bytes>) -> io::Result<Bytes> {
    let mut head = [0; 2];
    let mut n_head = 0;
    while n_head < head.len() {
        match packed.read(&mut head[n_head..]).await? {
            0 => break,
            n_read => n_head += n_read,
        }
    }
    let is_zlib = n_head == 2 && head[0] & 0x0F == 8 && u16::from_be_bytes(head).is_multiple_of(31);
    let whole = BufReader::new(io::Cursor::new(head).take(n_head as u64).chain(packed));
    Ok(if is_zlib { Box::pin(ZlibDecoder::new(whole)) } else { Box::pin(DeflateDecoder::new(whole)) })
}

/// A gzip file: members one after the other. What follows the last and is no member (padding, a stray line) is left
/// unread, as browsers do.
enum Members {
    Member(GzipDecoder<BufReader<Bytes>>),
    Between(BufReader<Bytes>),
    Done,
}

impl AsyncRead for Members {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        loop {
            match &mut *self {
                Self::Member(decoder) => {
                    ready!(Pin::new(decoder).poll_read(cx, buf))?;
                    if buf.filled().len() > before || buf.remaining() == 0 {
                        return Poll::Ready(Ok(()));
                    }
                    if let Self::Member(decoder) = std::mem::replace(&mut *self, Self::Done) {
                        *self = Self::Between(decoder.into_inner());
                    }
                }
                Self::Between(packed) => {
                    let head = ready!(Pin::new(packed).poll_fill_buf(cx))?;
                    let begins_member = head.starts_with(b"\x1F\x8B") || head == b"\x1F";
                    match std::mem::replace(&mut *self, Self::Done) {
                        Self::Between(packed) if begins_member => *self = Self::Member(GzipDecoder::new(packed)),
                        Self::Member(_) | Self::Between(_) | Self::Done => {}
                    }
                }
                Self::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}

/// One coding undone: counts what comes out, and gives errors their name.
struct Layer {
    unpacked: Bytes,
    coding: Coding,
    left: u64,
    bytes_max: u64,
    url: Url,
}

impl AsyncRead for Layer {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = ready!(self.unpacked.as_mut().poll_read(cx, buf));
        if let Err(error) = read {
            return Poll::Ready(Err(self.named(error)));
        }
        let n_read = (buf.filled().len() - before) as u64;
        match self.left.checked_sub(n_read) {
            Some(left) => self.left = left,
            None => {
                return Poll::Ready(Err(io::Error::other(too_large(&self.url, self.bytes_max))));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Layer {
    /// Errors from beneath are ours already; all others are the coding's.
    fn named(&self, error: io::Error) -> io::Error {
        if error.get_ref().is_some_and(|inner| inner.is::<FetchError>()) {
            return error;
        }
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => "is cut off".to_owned(),
            _ => format!("is broken: {error}"),
        };
        io::Error::other(problem(&self.url, self.coding.name().into(), &what))
    }
}

/// The error that reading a body gave.
pub(super) fn into_fetch_error(error: io::Error, url: &Url) -> FetchError {
    error
        .downcast::<FetchError>()
        .unwrap_or_else(|error| FetchError::Interrupted { url: url.clone(), source: std::sync::Arc::new(error) })
}

/// Over the limit of decoded bytes.
pub(super) fn too_large(url: &Url, bytes_max: u64) -> FetchError {
    FetchError::TooLarge { url: url.clone(), bytes_max, measured: Measured::Unpacked }
}

fn problem(url: &Url, coding: Box<str>, problem: &str) -> FetchError {
    FetchError::Coding { url: url.clone(), coding, problem: problem.into() }
}
