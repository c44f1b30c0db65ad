use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::{
    Increment, Occurrences, RejectionCount, RejectionSample, Rejections, Series, Span, Statistics,
    StoredSample, Window,
};

/// Everything that was counted, with its time: sums are computed when they are read.
#[derive(Default)]
pub(super) struct Counted(Vec<(UnixTime, Increment)>);

impl Counted {
    pub(super) fn add(&mut self, increments: &[Increment], now: UnixTime) {
        self.0.extend(increments.iter().map(|increment| (now, increment.clone())));
    }

    pub(super) fn read(&self, window: Window, now: UnixTime) -> Statistics {
        let mut statistics = Statistics::new(window, now);
        let since = statistics.since;
        for (at, increment) in &self.0 {
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
        for (at, increment) in self.0.iter().filter(|(_, increment)| !increment.is_empty()) {
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
        for (at, increment) in self.0.iter().filter(meant).rev() {
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
