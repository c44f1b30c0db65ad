//! Runs many rounds: each kills an inbox at one of the points, and checks that nothing was lost.
//!
//! ```sh
//! cargo build --release -p countersign-faults --bins && target/release/rounds --rounds 10000
//! ```

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

use std::sync::Mutex;
use std::{iter, thread};

use clap::Parser;
use countersign_faults::rounds;
use indicatif::ProgressIterator;

/// Kills inboxes and checks that nothing was lost.
#[derive(Parser)]
struct Arguments {
    /// The number of rounds.
    #[arg(long, default_value_t = 10_000)]
    rounds: usize,
    /// The URL of a PostgreSQL database; by default SQLite in a temporary folder.
    #[arg(long)]
    postgres: Option<String>,
    /// The number of concurrent rounds.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
}

fn main() {
    let arguments = Arguments::parse();
    let rounds = rounds(arguments.postgres.as_deref(), arguments.rounds);
    let rounds = Mutex::new(rounds.progress_count(arguments.rounds as u64));
    let next = || rounds.lock().unwrap().next();
    let some = || iter::from_fn(next).map(|round| round.run()).collect::<Vec<_>>();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let jobs: Vec<_> = (0..arguments.jobs.max(1)).map(|_| scope.spawn(some)).collect();
        jobs.into_iter().flat_map(|job| job.join().expect("no round fails")).collect()
    });
    let reached = outcomes.iter().filter(|outcome| outcome.reached).count();
    let acknowledged: usize = outcomes.iter().map(|outcome| outcome.acknowledged).sum();
    let repeated: usize = outcomes.iter().map(|outcome| outcome.repeated).sum();
    println!(
        "{} kills, {reached} of them at their point: nothing of what was acknowledged is lost ({acknowledged} events \
         were, before the kill), {repeated} effects happened twice",
        arguments.rounds
    );
}
