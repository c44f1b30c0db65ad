//! Simulates power losses at many points of a recording, and checks that no acknowledged event is lost.
//!
//! ```sh
//! cargo build --release -p countersign-faults --bins && target/release/power-loss --losses 10000
//! ```

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

#[cfg(target_os = "linux")]
fn main() {
    use clap::Parser;
    use countersign_faults::{Disk, Recording};
    use indicatif::ProgressIterator;

    /// Simulates power losses.
    #[derive(Parser)]
    struct Arguments {
        /// The number of power losses.
        #[arg(long, default_value_t = 10_000)]
        losses: u64,
        /// Events in the recording.
        #[arg(long, default_value_t = 600)]
        events: usize,
        /// The number of the first loss.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    }

    let Arguments { losses, events, seed } = Arguments::parse();
    let recording = Recording::of(events);
    let mut random = fastrand::Rng::with_seed(seed);
    for number in (seed..seed + losses).progress_count(losses) {
        let point = random.usize(..recording.points());
        let lost = recording.lose_power(point, Disk::Honest, number);
        lost.recover().unwrap_or_else(|error| panic!("seed {number}, at {point}: {error}"));
    }
    println!("the power was lost {losses} times, at {} points: nothing is missing", recording.points());
}

#[cfg(not(target_os = "linux"))]
fn main() {
    panic!("strace is a program of Linux");
}
