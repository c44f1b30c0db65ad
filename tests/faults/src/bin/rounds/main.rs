//! Runs many rounds: each kills an inbox at one of the points, and checks that nothing was lost.
//!
//! ```sh
//! cargo build --release -p countersign-faults --bins && target/release/rounds --rounds 10000 --results sqlite.jsonl
//! ```
//!
//! A run that was interrupted continues with the same command: rounds that are in the results are not run again, except
//! for those that failed. A round is run alone with `--from NUMBER --rounds 1`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

mod results;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use clap::Parser;
use countersign_faults::{Choices, Runner};
use indicatif::ProgressIterator;

use crate::results::{Line, Results};

/// Kills inboxes and checks that nothing was lost.
#[derive(Parser)]
struct Arguments {
    /// The number of rounds.
    #[arg(long, default_value_t = 10_000)]
    rounds: u64,
    /// The number of the first round.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// The seed of all rounds.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The URL of a PostgreSQL database; by default SQLite in a temporary folder.
    #[arg(long)]
    postgres: Option<String>,
    /// The number of concurrent rounds.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// The file that a line in JSON is appended to after each round.
    #[arg(long)]
    results: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let results = Results::open(arguments.results.as_deref());
    let numbers = arguments.from..arguments.from + arguments.rounds;
    let choices: Vec<_> = numbers
        .map(|number| Choices::of(number, arguments.seed, arguments.postgres.is_some()))
        .filter(|choices| !results.contains(choices))
        .collect();
    let count = choices.len() as u64;
    let (choices, results) = (Mutex::new(choices.into_iter().progress_count(count)), Mutex::new(results));
    let next = || choices.lock().unwrap().next();
    let job = || {
        let mut runner = Runner::new(arguments.postgres.as_deref());
        while let Some(choices) = next() {
            let began = Instant::now();
            let outcome = runner.run(&choices);
            let millis = began.elapsed().as_millis() as u64;
            results.lock().unwrap().add(Line::new(choices, millis, outcome));
        }
    };
    thread::scope(|scope| {
        for _ in 0..arguments.jobs.max(1) {
            scope.spawn(job);
        }
    });
    let results = results.into_inner().unwrap();
    println!("{results}");
    if results.failures() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
