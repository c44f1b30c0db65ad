//! Applies a steady load of accepting and handling for a given time, and writes a report with plots.
//!
//! ```sh
//! cargo run --release -p countersign-faults --bin soak -- --minutes 30 --into docs/soak
//! cargo run --release -p countersign-faults --bin soak -- --minutes 30 --into docs/soak --postgres postgres://localhost/soak
//! ```
//!
//! Ids and bodies are kept for a short time, so that any growth is a leak: in memory, files or backlog. The first
//! minutes fill the store, and are excluded from the comparison.
//!
//! Other programs on the machine do not affect the verdict: a delivery is left out while too many events are in
//! progress, latencies are compared with the speed of the machine at that time, and file sizes with their events.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

mod load;
mod machine;
mod plot;
mod report;
mod sample;
mod store;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Applies a steady load, and plots memory, latencies, backlog and files.
#[derive(Clone, Parser)]
pub(crate) struct Arguments {
    /// The duration, in minutes.
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Deliveries per second.
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// Seconds between two samples.
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// The URL of an empty PostgreSQL database; by default SQLite in a temporary folder.
    #[arg(long)]
    postgres: Option<String>,
    /// The folder of the report.
    #[arg(long, default_value = "docs/soak")]
    into: PathBuf,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments = Arguments::parse();
    let store = store::open(arguments.postgres.as_deref()).await;
    let name = store.name;
    let soak = load::run(&arguments, store, Duration::from_secs(arguments.minutes * 60)).await;
    fs::create_dir_all(&arguments.into).unwrap();
    plot::draw(&arguments.into.join(format!("{name}.svg")), name, &soak.samples).unwrap();
    let text = report::write(name, &arguments, &soak);
    fs::write(arguments.into.join(format!("{name}.md")), &text).unwrap();
    println!("{text}");
    assert!(soak.lost.is_empty(), "acknowledged and not handled: {:?}", soak.lost);
    assert!(soak.is_flat(), "something grows: see the report");
}
