//! Measures the time to verify a request: this crate and its peers in turns, as multiples of one SHA-256 pass.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use countersign_benches::lane::Lane;
use countersign_benches::race::{Times, race};
use countersign_benches::table::Table;
use countersign_benches::{ours, peers};
use serde_json::{Map, Value, json};

fn main() {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let (slot, total) = if has("--quick") { (100, 500) } else { (1_000, 12_000) };
    let runs: Vec<Run> = SIZES.into_iter().map(|size| Run::new(size, slot, total)).collect();
    if has("--json") {
        println!("{:#}", runs.iter().map(Run::json).collect::<Value>());
    } else {
        print_tables(&runs);
    }
}

/// One size of the body.
struct Run {
    size: usize,
    lanes: Vec<Lane>,
    times: Times,
}

impl Run {
    fn new(size: usize, slot_micros: u64, total_millis: u64) -> Self {
        let mut lanes = lanes(size);
        let (slot, total) = (Duration::from_micros(slot_micros), Duration::from_millis(total_millis));
        let times = race(&mut lanes, slot, total);
        Self { size, lanes, times }
    }

    fn to_raw(&self, lane: usize) -> f64 {
        self.times.ratio(lane, 0)
    }

    /// Returns the time of a peer as a multiple of this crate's for the same provider.
    fn to_ours(&self, lane: usize) -> Option<f64> {
        let rival = format!("countersign {}", self.lanes.get(lane)?.rival?);
        let rival = self.lanes.iter().position(|lane| lane.name == rival)?;
        Some(self.times.ratio(lane, rival))
    }

    fn json(&self) -> Value {
        let lanes = self.lanes.iter().enumerate().map(|(at, lane)| {
            let found = json!({
                "nanoseconds": self.times.median(at),
                "to_raw_sha256": self.to_raw(at),
                "to_countersign": self.to_ours(at),
            });
            (lane.name.clone(), found)
        });
        json!({
            "bytes": self.size,
            "rounds": self.times.rounds(),
            "lanes": lanes.collect::<Map<_, _>>(),
        })
    }
}

fn lanes(size: usize) -> Vec<Lane> {
    // Without reference counting: the cost of copying the handle is not part of verification.
    let body = Bytes::from_static(vec![b'x'; size].leak());
    let now = SystemClock.now();
    let mut lanes = ours::floor(&body, now);
    lanes.extend(ours::countersign(&body, now));
    lanes.extend(peers::all(&body, now));
    lanes
}

fn print_tables(runs: &[Run]) {
    let titles = [
        "times one raw SHA-256 pass over the body",
        "times countersign, for the same provider",
        "nanoseconds, to give an idea: they drift",
    ];
    let sizes = ["256 B", "1 KiB", "4 KiB", "64 KiB", "1 MiB"];
    let [mut raw, mut ours, mut nanoseconds] = titles.map(|title| Table::new(title, sizes));
    for (at, lane) in runs.first().map(|run| &*run.lanes).unwrap_or_default().iter().enumerate() {
        raw.push(&lane.name, runs.iter().map(|run| format!("{:.3}", run.to_raw(at))));
        nanoseconds.push(&lane.name, runs.iter().map(|run| format!("{:.0}", run.times.median(at))));
        if lane.rival.is_some() {
            ours.push(&lane.name, runs.iter().filter_map(|run| run.to_ours(at)).map(|x| format!("{x:.2}")));
        }
    }
    println!("{raw}\n{ours}\n{nanoseconds}");
}

const SIZES: [usize; 5] = [256, 1024, 4096, 64 << 10, 1 << 20];
