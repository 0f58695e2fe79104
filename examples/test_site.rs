//! The many-host test site as a program of its own, for benches and for looking around:
//!
//! ```sh
//! cargo run --example test_site -- --hosts 1000 --articles 100 --page-bytes 50000 --log hits.jsonl
//! ```
//!
//! Prints `port PORT` and then one host's address a line, as many as `--print` says; serves until its standard input ends,
//! which is when whoever started it is gone. A line `day` on standard input goes on to the next day.

#[path = "../tests/site/mod.rs"]
mod site;

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use site::{Manner, Site, World};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = std::collections::BTreeMap::from(
        [
            ("hosts", "100"),
            ("articles", "20"),
            ("page-bytes", "0"),
            ("seed", "1"),
            ("port", "0"),
            ("latency-ms", "0"),
            ("print", "0"),
            ("log", ""),
            ("troubled", "0"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let name = name.trim_start_matches("--").to_owned();
        let known = options.get_mut(&name).ok_or_else(|| format!("there is no option --{name}"))?;
        *known = args.next().ok_or_else(|| format!("--{name} wants a value"))?;
    }
    let number = |name: &str| options[name].parse::<u64>().map_err(|error| format!("--{name}: {error}"));
    let n_hosts = u32::try_from(number("hosts")?)?;
    let mut world = World::new(number("seed")?, n_hosts, u32::try_from(number("articles")?)?);
    world.page_bytes = usize::try_from(number("page-bytes")?)?;
    world.latency = Duration::from_millis(number("latency-ms")?);
    // One host of each kind of trouble, after the sound ones.
    let troubles = [
        Manner::Closed,
        Manner::CrawlDelay(2),
        Manner::RobotsDown,
        Manner::Bare,
        Manner::RobotsHuge,
        Manner::Busy { n: 2, retry_after: Some(2) },
        Manner::Busy { n: 2, retry_after: None },
        Manner::Down,
        Manner::Drip,
        Manner::Reset,
        Manner::Farm,
        Manner::Misdeclared,
        Manner::Poisoned,
    ];
    let n_troubled = u32::try_from(number("troubled")?)?.min(n_hosts);
    for (host, trouble) in (n_hosts - n_troubled..n_hosts).zip(troubles.iter().cycle()) {
        world = world.with(host, *trouble);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let site = runtime.block_on(Site::start(world, u16::try_from(number("port")?)?));
    if !options["log"].is_empty() {
        site.log.write_to(File::create(&options["log"])?);
    }
    let mut out = std::io::stdout();
    writeln!(out, "port {}", site.port())?;
    for host in 0..u32::try_from(number("print")?)?.min(n_hosts) {
        writeln!(out, "{}", site.url(host, "/"))?;
    }
    out.flush()?;
    let (log, world) = (std::sync::Arc::clone(&site.log), std::sync::Arc::clone(&site.world));
    let (end, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            match line.trim() {
                "day" => world.next_day(),
                "flush" => log.flush(),
                _ => {}
            }
        }
        let _ = end.send(());
    });
    runtime.block_on(async { ended.await.ok() });
    site.log.flush();
    Ok(())
}
