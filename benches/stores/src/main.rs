//! The stores against the least that their work takes, and against peers, in one run.
//!
//! `cargo run --release -- sqlite [FOLDER]`, `memory`, `redis URL`.

#![allow(clippy::expect_used, reason = "a program of ours, with nobody to tell")]

mod event;
mod floor;
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
        Store::Memory => memory::run(time, rounds),
        Store::Redis { url } => redis::run(&url, time, rounds).await,
    }
}
