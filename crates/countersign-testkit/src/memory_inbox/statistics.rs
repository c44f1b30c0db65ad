use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::{
    Increment, Occurrences, RejectionCount, RejectionSample, Rejections, Series, Span, Statistics,
    StoredSample, Window,
};

/// The counts of the longest window, each with its time: sums are computed when they are read.
#[derive(Default)]
pub(super) struct Counted {
    increments: Vec<(UnixTime, Increment)>,
    /// The last delivery and the last success of each source before those.
    before: BTreeMap<String, (Option<UnixTime>, Option<UnixTime>)>,
}

impl Counted {
    pub(super) fn add(&mut self, increments: &[Increment], now: UnixTime) {
        let counts = |increment: &Increment| {
            // Attempts in inline mode are rows of their own.
            Increment { inline_attempts: Vec::new(), ..increment.clone() }
        };
        self.increments.extend(increments.iter().map(|increment| (now, counts(increment))));
    }

    /// Forgets what no window has any more, except the times of the last delivery and the last success.
    pub(super) fn sweep(&mut self, now: UnixTime) {
        let Self { increments, before } = self;
        increments.retain(|(at, increment)| {
            let is_kept = now.saturating_duration_since(*at) <= Span::Day.retention() + Span::Day.length();
            let (is_delivery, is_success) = (increment.deliveries() > 0, increment.counts.done > 0);
            if !is_kept && (is_delivery || is_success) {
                let (delivery, success) = before.entry(increment.source.clone()).or_default();
                *delivery = (*delivery).max(Some(*at).filter(|_| is_delivery));
                *success = (*success).max(Some(*at).filter(|_| is_success));
            }
            is_kept
        });
    }

    pub(super) fn read(&self, window: Window, now: UnixTime) -> Statistics {
        let mut statistics = Statistics::new(window, now);
        let since = statistics.since;
        for (source, (delivery, success)) in &self.before {
            statistics.add(source, |endpoint| {
                (endpoint.last_delivery, endpoint.last_success) = (*delivery, *success);
            });
        }
        for (at, increment) in &self.increments {
            if increment.is_empty() {
                continue;
            }
            let at = *at;
            statistics.add(&increment.source, |endpoint| {
                if increment.deliveries() > 0 {
                    endpoint.last_delivery = endpoint.last_delivery.max(Some(at));
                }
                if increment.counts.done > 0 {
                    endpoint.last_success = endpoint.last_success.max(Some(at));
                }
                if at >= since {
                    endpoint.counts.merge(&increment.counts);
                    endpoint.time_to_done.merge(&increment.time_to_done);
                    for (key, count) in &increment.keys {
                        endpoint.add_key(key, Occurrences { count: *count, last_at: at });
                    }
                    for (by, name, count) in increment.breakdown() {
                        endpoint.add_breakdown(by, name, Occurrences { count, last_at: at });
                    }
                }
            });
        }
        statistics
    }

    pub(super) fn series(&self, window: Window, now: UnixTime) -> Series {
        let mut series = Series::new(window, now);
        for (at, increment) in self.increments.iter().filter(|(_, increment)| !increment.is_empty()) {
            series.add(increment.source.clone(), *at, &increment.counts);
        }
        series
    }

    pub(super) fn rejections(&self, source: Option<&str>, window: Window, now: UnixTime) -> Rejections {
        let since = Span::Hour.start(window.since(now));
        let mut sums = BTreeMap::<_, (u64, UnixTime)>::new();
        let (mut samples, mut kept) = (Vec::new(), BTreeMap::<_, usize>::new());
        let meant =
            |increment: &&(UnixTime, Increment)| source.is_none_or(|source| increment.1.source == source);
        for (at, increment) in self.increments.iter().filter(meant).rev() {
            for ((provider, kind), count) in increment.rejections.counts.iter().filter(|_| *at >= since) {
                let key = (increment.source.clone(), provider.clone(), kind.clone());
                let sum = sums.entry(key).or_insert((0, *at));
                sum.0 += count;
            }
            let is_old = now.saturating_duration_since(*at) > Span::Hour.retention();
            let kept = kept.entry(&increment.source).or_default();
            for sample in increment.rejections.samples.iter().rev().filter(|_| !is_old) {
                *kept += 1;
                if *kept <= RejectionSample::KEPT {
                    let source = increment.source.clone();
                    samples.push(StoredSample { source, at: *at, sample: sample.clone() });
                }
            }
        }
        let count = |((source, provider, kind), (count, last_at))| RejectionCount {
            source,
            provider,
            kind,
            count,
            last_at,
        };
        Rejections { since, counts: sums.into_iter().map(count).collect(), samples }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_no_window_has_any_more_is_forgotten_except_its_last_times() {
        let day =
            |day: u64| UnixTime::from_secs(1_700_000_000).saturating_add(Duration::from_secs(day * 86_400));
        let mut counted = Counted::default();
        let mut delivered = Increment::new("orders");
        delivered.counts.accepted = 1;
        for nth in 0..10 {
            counted.add(&[delivered.clone(), Increment::new("silent")], day(nth));
        }
        counted.sweep(day(35));
        assert_eq!(counted.increments.len(), 2 * 6);
        counted.sweep(day(1000));
        assert_eq!(counted.increments.len(), 0);
        let mut sources = counted.read(Window::Hour, day(1000)).sources;
        assert_eq!(sources.remove("orders").and_then(|of| of.last_delivery), Some(day(9)));
        assert!(sources.is_empty());
    }
}
