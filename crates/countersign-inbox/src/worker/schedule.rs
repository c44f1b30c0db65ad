use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Pauses that double up to a limit, with a variation of a tenth, so that workers do not poll in step.
#[derive(Debug)]
pub(super) struct PollInterval {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl PollInterval {
    pub(super) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// Returns the pauses between polls without a result. All sources of a worker together poll less than once a
    /// second.
    pub(super) fn idle(sources: usize) -> Self {
        let sources = u32::try_from(sources).unwrap_or(u32::MAX);
        let longest = Duration::from_millis(1250).saturating_mul(sources).max(Duration::from_secs(5));
        Self::new(Duration::from_millis(50), longest)
    }

    /// Returns the longest pause, at least 30 s: between claims of a source that the store would name if an event
    /// were due. They also find events that a wrong clock has scheduled far in the future.
    pub(super) fn seldom(&self, random: f64) -> Duration {
        self.longest.max(Duration::from_secs(30)).mul_f64(0.9 + 0.2 * random.clamp(0.0, 1.0))
    }

    /// Returns the pauses between attempts to reach a failing store.
    pub(super) const fn outage() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(10))
    }

    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }

    pub(super) fn next(&mut self, random: f64) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        pause.mul_f64(0.9 + 0.2 * random.clamp(0.0, 1.0)).min(self.longest)
    }
}

/// The due times of this process's retries, at which an idle worker claims without a polling delay.
#[derive(Debug, Default)]
pub(super) struct RetrySchedule {
    times: Mutex<BinaryHeap<Reverse<Instant>>>,
    changed: Notify,
}

impl RetrySchedule {
    pub(super) fn add(&self, at: Instant) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        // Beyond that number, polling finds them.
        if times.len() < MAX_TIMES {
            times.push(Reverse(at));
            drop(times);
            self.changed.notify_one();
        }
    }

    /// Returns the earliest time.
    pub(super) fn next(&self) -> Option<Instant> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.peek().map(|Reverse(at)| *at)
    }

    /// Removes the times that have passed. Called before a claim, which finds those events.
    pub(super) fn pass(&self, now: Instant) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        while times.peek().is_some_and(|Reverse(at)| *at <= now) {
            times.pop();
        }
    }

    /// Resolves when a time was added.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

const MAX_TIMES: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_worker_asks_less_than_once_a_second() {
        for sources in 1..50 {
            let mut pause = PollInterval::idle(sources);
            for _ in 0..20 {
                pause.next(0.0);
            }
            let asked = sources as f64 / pause.next(0.0).as_secs_f64();
            assert!(asked < 0.9, "{sources} sources: {asked} a second");
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let mut pause = PollInterval::outage();
        let millis: Vec<_> = (0..9).map(|_| pause.next(0.5).as_millis()).collect();
        assert_eq!(millis, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        pause.reset();
        assert_eq!([0.0, 1.0].map(|random| pause.next(random).as_millis()), [90, 220]);
    }
}
