use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use countersign_testkit::simulators::SendOutcome;
use serde::Serialize;

use crate::output::{BAD, DIM, GOOD, printable};

/// The response to one event.
pub(super) struct Measured {
    /// The time at which it was to be sent, from the start.
    pub(super) planned: Duration,
    /// The time from then to the response.
    pub(super) latency: Duration,
    pub(super) outcome: SendOutcome,
}

/// The result of a load.
#[derive(Serialize)]
pub(super) struct Report {
    rate: f64,
    duration_s: f64,
    seed: u64,
    sent: usize,
    acknowledged: usize,
    /// Events per second that were acknowledged.
    achieved_rate: f64,
    latency_ms: Percentiles,
    /// The number of responses by status, or by the reason without one.
    outcomes: BTreeMap<String, usize>,
    pub(super) seconds: Vec<Second>,
}

/// Latencies in milliseconds, from the planned time to the response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Percentiles {
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) p999: f64,
    pub(super) max: f64,
}

/// The events that were planned in one second.
#[derive(Serialize)]
pub(super) struct Second {
    pub(super) second: u64,
    pub(super) acknowledged: usize,
    pub(super) failed: usize,
    pub(super) latency_ms: Percentiles,
}

impl Report {
    pub(super) fn new(plan: &Plan, measured: &[Measured]) -> Self {
        let mut outcomes = BTreeMap::<String, usize>::new();
        let mut seconds = BTreeMap::<u64, Vec<&Measured>>::new();
        for one in measured {
            *outcomes.entry(one.outcome.to_string()).or_default() += 1;
            seconds.entry(one.planned.as_secs()).or_default().push(one);
        }
        let acknowledged = measured.iter().filter(|one| one.outcome.is_acknowledged()).count();
        let end = measured.iter().map(|one| one.planned + one.latency).max().unwrap_or_default();
        Self {
            rate: plan.rate,
            duration_s: plan.time.as_secs_f64(),
            seed: plan.seed,
            sent: measured.len(),
            acknowledged,
            achieved_rate: acknowledged as f64 / end.max(Duration::from_millis(1)).as_secs_f64(),
            latency_ms: Percentiles::of(measured.iter().map(|one| one.latency)),
            outcomes,
            seconds: seconds.into_iter().map(|(second, own)| Second::new(second, &own)).collect(),
        }
    }

    /// Returns whether each event was acknowledged.
    pub(super) const fn is_ok(&self) -> bool {
        self.acknowledged == self.sent
    }
}

impl Second {
    fn new(second: u64, own: &[&Measured]) -> Self {
        let acknowledged = own.iter().filter(|one| one.outcome.is_acknowledged()).count();
        let latency_ms = Percentiles::of(own.iter().map(|one| one.latency));
        Self { second, acknowledged, failed: own.len() - acknowledged, latency_ms }
    }
}

impl Percentiles {
    pub(super) fn of(latencies: impl Iterator<Item = Duration>) -> Self {
        let mut sorted: Vec<_> = latencies.collect();
        sorted.sort_unstable();
        // The nearest rank: the smallest latency that this share of all does not exceed.
        let at = |share: f64| {
            let rank = (sorted.len() as f64 * share).ceil() as usize;
            sorted.get(rank.saturating_sub(1)).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
        };
        Self { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1.0) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = if self.is_ok() { GOOD } else { BAD };
        let Self { acknowledged, sent, achieved_rate, rate, .. } = self;
        writeln!(
            f,
            "{style}{acknowledged} of {sent} events acknowledged{style:#}, {achieved_rate:.1}/s of {rate:.1}/s"
        )?;
        let Percentiles { p50, p90, p99, p999, max } = self.latency_ms;
        writeln!(
            f,
            "latency p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, p99.9 {p999:.1} ms, max {max:.1} ms"
        )?;
        for (outcome, count) in &self.outcomes {
            writeln!(f, "{count} × {}", printable(outcome))?;
        }
        writeln!(f, "{DIM}seed {}{DIM:#}", self.seed)
    }
}

/// The bounds of a load.
pub(crate) struct Plan {
    /// Events per second.
    pub(crate) rate: f64,
    pub(crate) time: Duration,
    pub(crate) seed: u64,
    pub(crate) concurrency: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let of = |count: u64| Percentiles::of((1..=count).map(Duration::from_millis));
        assert_eq!(of(1000), Percentiles { p50: 500.0, p90: 900.0, p99: 990.0, p999: 999.0, max: 1000.0 });
        assert_eq!(of(1), Percentiles { p50: 1.0, p90: 1.0, p99: 1.0, p999: 1.0, max: 1.0 });
        assert_eq!(of(0), Percentiles::default());
    }

    #[test]
    fn failures_are_counted_by_their_kind_and_by_the_second() {
        let one = |secs, outcome| Measured {
            planned: Duration::from_secs(secs),
            latency: Duration::from_millis(5),
            outcome,
        };
        let plan = Plan { rate: 2.0, time: Duration::from_secs(2), seed: 1, concurrency: 1 };
        let measured = [
            one(0, SendOutcome::Status(200)),
            one(0, SendOutcome::Status(503)),
            one(1, SendOutcome::TimedOut),
        ];
        let report = Report::new(&plan, &measured);
        assert_eq!((report.sent, report.acknowledged, report.is_ok()), (3, 1, false));
        assert_eq!(report.outcomes["503"], 1);
        let seconds: Vec<_> =
            report.seconds.iter().map(|one| (one.second, one.acknowledged, one.failed)).collect();
        assert_eq!(seconds, [(0, 1, 1), (1, 0, 1)]);
    }
}
