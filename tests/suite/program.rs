//! The program, run in a folder of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder to run in.
pub(crate) struct Desk {
    folder: TempDir,
}

/// How a run went.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for temporary files") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("can be made");
        std::fs::write(path, bytes).expect("can be written");
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of the files in a folder, sorted.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, b"")
    }

    /// Runs with bytes on standard input.
    #[track_caller]
    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Run {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().expect("the program is there");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            // A program that does not read all of it has closed it.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("writing does not panic");
        Run {
            code: output.status.code().expect("it ends by itself"),
            out: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        command.args(args).current_dir(self.folder.path()).env_remove("NO_COLOR");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// A page with a story, and around it what pages have.
pub(crate) fn page(headline: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{headline} | The Example</title></head><body>\
         <nav><a href=/>Home</a> <a href=/world>World</a> <a href=/sport>Sport</a></nav>\
         <article><h1>{headline}</h1>\
         <p>The town council of Harbourmouth voted on Tuesday night to keep the old ferry running until at least the \
         spring, after an evening in which more than forty people asked to speak.</p>\
         <h2>A narrow vote</h2>\
         <p>Seven members were in favour and six against. The mayor, who had wanted to sell the boat, said that she \
         would “of course respect what the council has decided”, and left before the end.</p>\
         <p>The ferry has carried passengers over the river since 1931, and the crossing takes eleven minutes when \
         the tide allows it.</p></article>\
         <footer>Copyright The Example. All rights reserved. <a href=/privacy>Privacy</a></footer></body></html>"
    )
}

/// The body of [`page`] as plain text.
pub(crate) const BODY: &str = "The town council of Harbourmouth voted on Tuesday night to keep the old ferry running until at \
least the spring, after an evening in which more than forty people asked to speak.

A narrow vote

Seven members were in favour and six against. The mayor, who had wanted to sell the boat, said that she would “of course \
respect what the council has decided”, and left before the end.

The ferry has carried passengers over the river since 1931, and the crossing takes eleven minutes when the tide allows it.
";

/// One WARC response record.
pub(crate) fn warc_record(url: &str, body: &str) -> Vec<u8> {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}");
    let head = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-23T08:00:00Z\r\n\
         Content-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block.as_bytes(), b"\r\n\r\n"].concat()
}

/// Bytes as one gzip member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    member.write_all(bytes).expect("in memory");
    member.finish().expect("in memory")
}

/// Lines of JSON.
pub(crate) fn records(out: &str) -> Vec<serde_json::Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}
