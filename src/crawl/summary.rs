//! What a run did, per source.

use super::visit::Visited;
use crate::store::Put;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// By name.
    pub sources: BTreeMap<String, Tally>,
    /// Pages being fetched or read now.
    #[serde(skip)]
    pub n_in_flight: u64,
}

/// What a run did for one source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Requests sent, for robots.txt too.
    pub n_requests: u64,
    /// Of these, such as said what we have already.
    pub n_conditional: u64,
    /// Bytes of bodies over the wire.
    pub wire_bytes: u64,
    /// Articles that were new.
    pub n_new: u64,
    /// Of these, copies of others.
    pub n_duplicates: u64,
    /// New versions of articles that were known.
    pub n_changed: u64,
    /// Articles that came and were as before.
    pub n_same: u64,
    /// Pages that had not changed (304).
    pub n_unchanged: u64,
    /// Feeds, sitemaps and sections that were read.
    pub n_read: u64,
    /// Addresses that were new.
    pub n_found: u64,
    /// Links that were not followed: old, unwanted, too deep, or too many.
    pub n_left_out: u64,
    /// What gave nothing, by kind: how often, and the first.
    pub failures: BTreeMap<String, (u64, String)>,
}

impl Summary {
    /// Counts a visit.
    pub(super) fn add(&mut self, visited: &Visited) {
        let tally = self.sources.entry(visited.source.clone()).or_default();
        tally.n_requests += u64::from(visited.is_sent);
        tally.n_conditional += u64::from(visited.is_sent && visited.is_conditional);
        tally.wire_bytes += visited.wire_bytes;
        tally.n_found += visited.n_new as u64;
        tally.n_left_out += visited.n_left_out as u64;
        match visited.put {
            Some(Put::New { is_duplicate, .. }) => {
                tally.n_new += 1;
                tally.n_duplicates += u64::from(is_duplicate);
            }
            Some(Put::Changed { .. }) => tally.n_changed += 1,
            Some(Put::Same) => tally.n_same += 1,
            None => match visited.outcome.as_str() {
                "unchanged" => tally.n_unchanged += 1,
                "read" => tally.n_read += 1,
                "moved" => {}
                failure => {
                    let first = visited.message.clone().unwrap_or_else(|| visited.url.to_string());
                    tally.failures.entry(failure.to_owned()).or_insert((0, first)).0 += 1;
                }
            },
        }
    }

    /// All sources together.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for tally in self.sources.values() {
            total.n_requests += tally.n_requests;
            total.n_conditional += tally.n_conditional;
            total.wire_bytes += tally.wire_bytes;
            total.n_new += tally.n_new;
            total.n_duplicates += tally.n_duplicates;
            total.n_changed += tally.n_changed;
            total.n_same += tally.n_same;
            total.n_unchanged += tally.n_unchanged;
            total.n_read += tally.n_read;
            total.n_found += tally.n_found;
            total.n_left_out += tally.n_left_out;
            for (kind, (n, first)) in &tally.failures {
                total.failures.entry(kind.clone()).or_insert((0, first.clone())).0 += n;
            }
        }
        total
    }
}

impl Tally {
    /// How many pages gave nothing.
    pub fn n_failed(&self) -> u64 {
        self.failures.values().map(|(n, _)| n).sum()
    }
}
