//! Many rounds: each kills an inbox at one of the points, and looks whether anything was lost.
//!
//! ```sh
//! cargo build --release -p countersign-faults --bins && target/release/rounds --rounds 10000
//! ```

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

use clap::Parser;
use countersign_faults::rounds;
use indicatif::ProgressIterator;

/// Kills inboxes and looks whether anything was lost.
#[derive(Parser)]
struct Arguments {
    /// How often.
    #[arg(long, default_value_t = 10_000)]
    rounds: usize,
    /// The URL of a PostgreSQL database; SQLite in a folder of its own without it.
    #[arg(long)]
    postgres: Option<String>,
}

fn main() {
    let arguments = Arguments::parse();
    let (mut reached, mut acknowledged, mut repeated) = (0, 0, 0);
    let rounds = rounds(arguments.postgres.as_deref(), arguments.rounds);
    for round in rounds.progress_count(arguments.rounds as u64) {
        let outcome = round.run();
        reached += usize::from(outcome.reached);
        acknowledged += outcome.acknowledged;
        repeated += outcome.repeated;
    }
    println!(
        "{} kills, {reached} of them at their point: nothing of what was acknowledged is lost ({acknowledged} events \
         were, before the kill), {repeated} effects happened twice",
        arguments.rounds
    );
}
