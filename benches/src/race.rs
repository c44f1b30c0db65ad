//! Interleaved measurements: the speed of a machine drifts, so only lanes in the same run are compared.

use std::time::{Duration, Instant};

use crate::lane::Lane;

/// The result of a race.
#[derive(Debug, Default)]
pub struct Times {
    /// Nanoseconds per repetition, by lane and round.
    rounds: Vec<Vec<f64>>,
}

/// Runs every lane for about `slot`, and repeats the round until `total` is over. Each round starts one lane later,
/// so that no lane always follows the same other one.
pub fn race(lanes: &mut [Lane], slot: Duration, total: Duration) -> Times {
    let times: Vec<u32> = lanes.iter_mut().map(|lane| repetitions(lane, slot)).collect();
    let mut rounds = vec![Vec::new(); lanes.len()];
    let start = Instant::now();
    let mut first = 0;
    while start.elapsed() < total || first < FEWEST_ROUNDS {
        for turn in 0..lanes.len() {
            let at = (first + turn) % lanes.len();
            if let (Some(lane), Some(times), Some(found)) =
                (lanes.get_mut(at), times.get(at), rounds.get_mut(at))
            {
                found.push(nanoseconds(lane, *times) / f64::from(*times));
            }
        }
        first += 1;
    }
    Times { rounds }
}

impl Times {
    /// Returns the median time of a lane, in nanoseconds.
    #[must_use]
    pub fn median(&self, lane: usize) -> f64 {
        median(self.rounds.get(lane).cloned().unwrap_or_default())
    }

    /// Returns the time of a lane in its worst round, in nanoseconds, which includes interference by other programs.
    #[must_use]
    pub fn worst(&self, lane: usize) -> f64 {
        self.rounds.get(lane).into_iter().flatten().copied().fold(0.0, f64::max)
    }

    /// Returns the median, over the rounds, of the time of `lane` divided by the time of `to` in the same round.
    #[must_use]
    pub fn ratio(&self, lane: usize, to: usize) -> f64 {
        let none = Vec::new();
        let (lane, to) = (self.rounds.get(lane).unwrap_or(&none), self.rounds.get(to).unwrap_or(&none));
        median(lane.iter().zip(to).map(|(lane, to)| lane / to).collect())
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

fn repetitions(lane: &mut Lane, slot: Duration) -> u32 {
    let mut times = 1;
    loop {
        // The best of a few: after an interruption a lane would get too few repetitions, and be measured cold.
        let took = (0..3).map(|_| nanoseconds(lane, times)).fold(f64::INFINITY, f64::min);
        let wanted = slot.as_nanos() as f64;
        if took >= wanted / 2.0 {
            return ((f64::from(times) * wanted / took) as u32).max(1);
        }
        times *= 2;
    }
}

fn nanoseconds(lane: &mut Lane, times: u32) -> f64 {
    let start = Instant::now();
    lane.run(times);
    start.elapsed().as_nanos() as f64
}

const FEWEST_ROUNDS: usize = 3;
