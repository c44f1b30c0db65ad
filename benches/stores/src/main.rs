//! Compares the stores with the lower bounds of their work, and with peers, in one run.
//!
//! `cargo run --release -- sqlite [FOLDER]`, `growth FOLDER [EVENTS]…`, `memory`, `redis URL`.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first failure")]

mod event;
mod floor;
mod growth;
mod inbox;
mod load;
mod memory;
mod peers;
mod redis;
mod sqlite;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    store: Store,
    /// Seconds of each measurement in a round.
    #[arg(long, global = true, default_value_t = 2.0)]
    seconds: f64,
    /// The number of rounds; the medians over them are printed.
    #[arg(long, global = true, default_value_t = 5)]
    rounds: usize,
}

#[derive(Subcommand)]
enum Store {
    /// SQLite next to its volume's fdatasync, a plain insert per event, and apalis-sqlite.
    Sqlite {
        /// A folder on the volume to measure.
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// A SQLite store with this many events: health, lists, bulk changes and a copy.
    Growth {
        /// A folder on the volume to measure; 10⁷ events take 8 GB.
        folder: PathBuf,
        /// Numbers of events.
        #[arg(default_values_t = [100_000, 1_000_000])]
        events: Vec<u64>,
    },
    /// The in-memory dedupe store, on one core.
    Memory,
    /// Redis next to redis-benchmark with the same script.
    Redis {
        /// The URL of a dedicated server.
        url: String,
    },
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let Arguments { store, seconds, rounds } = Arguments::parse();
    let time = Duration::from_secs_f64(seconds);
    match store {
        Store::Sqlite { folder } => sqlite::run(&folder, time, rounds).await,
        Store::Growth { folder, events } => growth::run(&folder, &events, time).await,
        Store::Memory => memory::run(time, rounds),
        Store::Redis { url } => redis::run(&url, time, rounds).await,
    }
}
