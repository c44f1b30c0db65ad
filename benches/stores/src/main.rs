//! The stores against the least that their work takes, and against peers, in one run.
//!
//! `cargo run --release -- sqlite [FOLDER]`, `growth FOLDER [EVENTS]…`, `memory`, `redis URL`.

#![allow(clippy::expect_used, reason = "a program of ours, with nobody to tell")]

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
    /// How long each measurement of a round takes.
    #[arg(long, global = true, default_value_t = 2.0)]
    seconds: f64,
    /// Rounds; the medians over them are printed.
    #[arg(long, global = true, default_value_t = 5)]
    rounds: usize,
}

#[derive(Subcommand)]
enum Store {
    /// SQLite beside its volume's fdatasync, a plain insert per event, and apalis-sqlite.
    Sqlite {
        /// On the volume that is meant.
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// A SQLite store with so many events: health, lists, bulk changes and a copy, side by side.
    Growth {
        /// On the volume that is meant; 10⁷ events take 8 GB.
        folder: PathBuf,
        /// Numbers of events.
        #[arg(default_values_t = [100_000, 1_000_000])]
        events: Vec<u64>,
    },
    /// The dedupe store in memory, on one core.
    Memory,
    /// Redis beside redis-benchmark with the same script.
    Redis {
        /// Of a server of its own.
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
