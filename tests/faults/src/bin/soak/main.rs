//! A steady load on accepting and handling, for as long as it is told; then a report with plots.
//!
//! ```sh
//! cargo run --release -p countersign-faults --bin soak -- --minutes 30 --into docs/soak
//! cargo run --release -p countersign-faults --bin soak -- --minutes 30 --into docs/soak --postgres postgres://localhost/soak
//! ```
//!
//! Ids and bodies are kept for a short time, so that everything that grows is a leak: memory, the files, the backlog. The
//! first minutes fill the store, and are not part of the comparison.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

mod load;
mod plot;
mod report;
mod sample;
mod store;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Runs a steady load, and draws what became of memory, latencies, backlog and files.
#[derive(Clone, Parser)]
pub(crate) struct Arguments {
    /// The duration, in minutes.
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Deliveries a second.
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// Seconds between two samples.
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// The URL of an empty PostgreSQL database; SQLite in a folder of its own without it.
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
    assert!(soak.is_flat(), "something grows: see the report");
}
