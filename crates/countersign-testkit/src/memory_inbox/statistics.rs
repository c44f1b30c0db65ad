use countersign::UnixTime;
use countersign_inbox::{Increment, KeyUse, Statistics, Window};

/// Everything that was counted, with its time: sums are computed when they are read.
#[derive(Default)]
pub(super) struct Counted(Vec<(UnixTime, Increment)>);

impl Counted {
    pub(super) fn add(&mut self, increments: &[Increment], now: UnixTime) {
        let counted = increments.iter().filter(|increment| !increment.is_empty());
        self.0.extend(counted.map(|increment| (now, increment.clone())));
    }

    pub(super) fn read(&self, window: Window, now: UnixTime) -> Statistics {
        let mut statistics = Statistics::new(window, now);
        let since = statistics.since;
        for (at, increment) in &self.0 {
            let at = *at;
            let endpoint = statistics.source(increment.source.clone());
            if increment.counts.deliveries() > 0 {
                endpoint.last_delivery = endpoint.last_delivery.max(Some(at));
            }
            if increment.counts.done > 0 {
                endpoint.last_success = endpoint.last_success.max(Some(at));
            }
            if at >= since {
                endpoint.counts.merge(&increment.counts);
                endpoint.time_to_done.merge(&increment.time_to_done);
                for (key, count) in &increment.keys {
                    endpoint.add_key(key.clone(), KeyUse { count: *count, last_at: at });
                }
            }
        }
        statistics
    }
}
