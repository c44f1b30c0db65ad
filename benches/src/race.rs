//! Interleaved measurements: the speed of a machine drifts, so only operations in the same run are compared.

use std::time::{Duration, Instant};

use crate::operation::Operation;

/// The result of a race.
#[derive(Debug, Default)]
pub struct Times {
    /// Nanoseconds per repetition, by operation and round.
    rounds: Vec<Vec<f64>>,
}

/// Runs every operation for about `slot`, and repeats the round until `total` is over. Each round starts one operation later,
/// so that no operation always follows the same other one.
pub fn race(operations: &mut [Operation], slot: Duration, total: Duration) -> Times {
    let times: Vec<u32> = operations.iter_mut().map(|operation| repetitions(operation, slot)).collect();
    let mut rounds = vec![Vec::new(); operations.len()];
    let start = Instant::now();
    let mut first = 0;
    while start.elapsed() < total || first < FEWEST_ROUNDS {
        for turn in 0..operations.len() {
            let at = (first + turn) % operations.len();
            if let (Some(operation), Some(times), Some(found)) =
                (operations.get_mut(at), times.get(at), rounds.get_mut(at))
            {
                found.push(nanoseconds(operation, *times) / f64::from(*times));
            }
        }
        first += 1;
    }
    Times { rounds }
}

impl Times {
    /// Returns the median time of an operation, in nanoseconds.
    #[must_use]
    pub fn median(&self, operation: usize) -> f64 {
        median(self.rounds.get(operation).cloned().unwrap_or_default())
    }

    /// Returns the time of an operation in its worst round, in nanoseconds, which includes interference by other programs.
    #[must_use]
    pub fn worst(&self, operation: usize) -> f64 {
        self.rounds.get(operation).into_iter().flatten().copied().fold(0.0, f64::max)
    }

    /// Returns the median, over the rounds, of the time of `operation` divided by the time of `to` in the same round.
    #[must_use]
    pub fn ratio(&self, operation: usize, to: usize) -> f64 {
        let none = Vec::new();
        let (operation, to) =
            (self.rounds.get(operation).unwrap_or(&none), self.rounds.get(to).unwrap_or(&none));
        median(operation.iter().zip(to).map(|(operation, to)| operation / to).collect())
    }

    /// Returns the number of rounds.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.rounds.first().map_or(0, Vec::len)
    }
}

/// Returns the median; NaN for no values.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn repetitions(operation: &mut Operation, slot: Duration) -> u32 {
    let mut times = 1;
    loop {
        // The best of a few: after an interruption an operation would get too few repetitions, and be measured cold.
        let took = (0..3).map(|_| nanoseconds(operation, times)).fold(f64::INFINITY, f64::min);
        let wanted = slot.as_nanos() as f64;
        if took >= wanted / 2.0 {
            return ((f64::from(times) * wanted / took) as u32).max(1);
        }
        times *= 2;
    }
}

fn nanoseconds(operation: &mut Operation, times: u32) -> f64 {
    let start = Instant::now();
    operation.run(times);
    start.elapsed().as_nanos() as f64
}

const FEWEST_ROUNDS: usize = 3;
