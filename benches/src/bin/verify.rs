//! Measures the time to verify a request: this crate and its peers in turns, as multiples of one SHA-256 pass.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use countersign_benches::operation::Operation;
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
    operations: Vec<Operation>,
    times: Times,
}

impl Run {
    fn new(size: usize, slot_micros: u64, total_millis: u64) -> Self {
        let mut operations = operations(size);
        let (slot, total) = (Duration::from_micros(slot_micros), Duration::from_millis(total_millis));
        let times = race(&mut operations, slot, total);
        Self { size, operations, times }
    }

    fn to_raw(&self, operation: usize) -> f64 {
        self.times.ratio(operation, 0)
    }

    /// Returns the time of a peer as a multiple of this crate's for the same provider.
    fn to_ours(&self, operation: usize) -> Option<f64> {
        let rival = format!("countersign {}", self.operations.get(operation)?.rival?);
        let rival = self.operations.iter().position(|operation| operation.name == rival)?;
        Some(self.times.ratio(operation, rival))
    }

    fn json(&self) -> Value {
        let operations = self.operations.iter().enumerate().map(|(at, operation)| {
            let found = json!({
                "nanoseconds": self.times.median(at),
                "to_raw_sha256": self.to_raw(at),
                "to_countersign": self.to_ours(at),
            });
            (operation.name.clone(), found)
        });
        json!({
            "bytes": self.size,
            "rounds": self.times.rounds(),
            "operations": operations.collect::<Map<_, _>>(),
        })
    }
}

fn operations(size: usize) -> Vec<Operation> {
    // Without reference counting: the cost of copying the handle is not part of verification.
    let body = Bytes::from_static(vec![b'x'; size].leak());
    let now = SystemClock.now();
    let mut operations = ours::floor(&body, now);
    operations.extend(ours::countersign(&body, now));
    operations.extend(peers::all(&body, now));
    operations
}

fn print_tables(runs: &[Run]) {
    let titles = [
        "times one raw SHA-256 pass over the body",
        "times countersign, for the same provider",
        "nanoseconds, to give an idea: they drift",
    ];
    let sizes = ["256 B", "1 KiB", "4 KiB", "64 KiB", "1 MiB"];
    let [mut raw, mut ours, mut nanoseconds] = titles.map(|title| Table::new(title, sizes));
    for (at, operation) in runs.first().map(|run| &*run.operations).unwrap_or_default().iter().enumerate() {
        raw.push(&operation.name, runs.iter().map(|run| format!("{:.3}", run.to_raw(at))));
        nanoseconds.push(&operation.name, runs.iter().map(|run| format!("{:.0}", run.times.median(at))));
        if operation.rival.is_some() {
            ours.push(
                &operation.name,
                runs.iter().filter_map(|run| run.to_ours(at)).map(|x| format!("{x:.2}")),
            );
        }
    }
    println!("{raw}\n{ours}\n{nanoseconds}");
}

const SIZES: [usize; 5] = [256, 1024, 4096, 64 << 10, 1 << 20];
