//! Measures the cost of a header with many signatures, of which only the last is right: this crate and its peers in
//! turns, as multiples of the same request with one signature.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use countersign_benches::operation::Operation;
use countersign_benches::race::race;
use countersign_benches::table::Table;
use countersign_benches::{ours, peers};

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (slot, total) = if quick { (100, 500) } else { (1_000, 15_000) };
    // Without reference counting: the cost of copying the handle is not part of verification.
    let body = Bytes::from_static(vec![b'x'; 1024].leak());
    let now = SystemClock.now();
    let all = |count| -> Vec<Operation> {
        ours::lists(count, &body, now).into_iter().chain(peers::lists(count, &body, now)).collect()
    };

    let mut operations = all(1);
    let variants = operations.len();
    operations.extend(all(MANY));
    let times = race(&mut operations, Duration::from_micros(slot), Duration::from_millis(total));
    let columns = ["ratio", "ns of one", "ns of all"];
    let mut table = Table::new(format!("{MANY} signatures: times one, body of 1 KiB"), columns);
    for (one, operation) in operations.iter().take(variants).enumerate() {
        let many = one + variants;
        let nanoseconds = [one, many].map(|at| format!("{:.0}", times.median(at)));
        table
            .push(&operation.name, [format!("{:.2}", times.ratio(many, one))].into_iter().chain(nanoseconds));
    }
    print!("{table}");
}

const MANY: usize = 50;
