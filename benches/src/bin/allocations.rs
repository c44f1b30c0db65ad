//! Counts heap allocations per verified request of 1 KiB.
//!
//! A separate program, because a counting allocator slows down allocating code.

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use countersign::{Clock, SystemClock};
use countersign_benches::table::Table;
use countersign_benches::{ours, peers};

fn main() {
    let body = Bytes::from(vec![b'x'; 1024]);
    let now = SystemClock.now();
    let mut operations = ours::floor(&body, now);
    operations.extend(ours::countersign(&body, now));
    operations.extend(peers::all(&body, now));

    let mut table = Table::new("heap allocations per verify of 1 KiB", ["first", "tenth", "bytes"]);
    for mut operation in operations {
        let mut counts = Vec::new();
        for _ in 0..10 {
            counts.push(measure(|| operation.run(1)));
        }
        if let [first, .., tenth] = counts.as_slice() {
            let AllocationInfo { count_total, bytes_total, .. } = tenth;
            table.push(
                &operation.name,
                [first.count_total, *count_total, *bytes_total].map(|n| n.to_string()),
            );
        }
    }
    println!("{table}");
}
