//! Decides when a condition that comes and goes is reported.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::alert::{Alert, AlertCause, AlertState};

/// The conditions that hold, held, or were reported lately.
pub(super) struct Tracker {
    interval: Duration,
    known: BTreeMap<String, Known>,
}

/// A condition that holds now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) cause: AlertCause,
    /// The time for which it has to hold until it is reported.
    pub(super) patience: Duration,
}

struct Known {
    cause: AlertCause,
    patience: Duration,
    /// The time since which it has held.
    since: Option<Instant>,
    is_fired: bool,
    reported_at: Option<Instant>,
}

impl Tracker {
    pub(super) const fn new(interval: Duration) -> Self {
        Self { interval, known: BTreeMap::new() }
    }

    /// Returns what has changed, and may be reported.
    pub(super) fn update(&mut self, held: Vec<Held>, now: Instant) -> Vec<Alert> {
        let mut held: BTreeMap<_, _> = held.into_iter().map(|held| (held.cause.key(), held)).collect();
        for (key, known) in &mut self.known {
            match held.remove(key) {
                Some(Held { cause, patience }) => {
                    (known.cause, known.patience) = (cause, patience);
                    known.since.get_or_insert(now);
                }
                None => known.since = None,
            }
        }
        for (key, Held { cause, patience }) in held {
            let known = Known { cause, patience, since: Some(now), is_fired: false, reported_at: None };
            self.known.insert(key, known);
        }
        let interval = self.interval;
        let alerts = self.known.values_mut().filter_map(|known| known.report(interval, now)).collect();
        self.known
            .retain(|_, known| known.since.is_some() || known.is_fired || known.is_recent(interval, now));
        alerts
    }
}

impl Known {
    fn report(&mut self, interval: Duration, now: Instant) -> Option<Alert> {
        let fires = match self.since {
            // A condition that fired goes on until it ends.
            Some(since) => self.is_fired || now.duration_since(since) >= self.patience,
            None => false,
        };
        if fires == self.is_fired || self.is_recent(interval, now) {
            return None;
        }
        (self.is_fired, self.reported_at) = (fires, Some(now));
        let state = if fires { AlertState::Fired } else { AlertState::Resolved };
        Some(Alert { state, cause: self.cause.clone() })
    }

    fn is_recent(&self, interval: Duration, now: Instant) -> bool {
        self.reported_at.is_some_and(|at| now.duration_since(at) < interval)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn held(source: usize, count: u64, patience: Duration) -> Held {
        Held { cause: AlertCause::DeadLetters { source: source.to_string(), count }, patience }
    }

    proptest! {
        #[test]
        fn each_change_is_reported_once_and_not_too_often_and_the_last_state_wins(
            patience in 0_u64..40,
            interval in 0_u64..60,
            steps in prop::collection::vec((1_u64..30, any::<[bool; 2]>()), 1..60),
        ) {
            let [patience, interval] = [patience, interval].map(Duration::from_secs);
            let mut tracker = Tracker::new(interval);
            let mut now = Instant::now();
            let mut reported = [const { Vec::<(Instant, AlertState)>::new() }; 2];
            let mut since = [None::<Instant>; 2];
            let mut take = |now: Instant, holds: [bool; 2], reported: &mut [Vec<(Instant, AlertState)>; 2]| {
                let all = (0..2).filter(|nth| holds[*nth]).map(|nth| held(nth, 1, patience)).collect();
                for alert in tracker.update(all, now) {
                    let nth: usize = alert.cause.source().unwrap().parse().unwrap();
                    reported[nth].push((now, alert.state));
                }
            };
            let mut last = [false; 2];
            for (seconds, holds) in steps {
                now += Duration::from_secs(seconds);
                for nth in 0..2 {
                    since[nth] = if holds[nth] { since[nth].or(Some(now)) } else { None };
                }
                let before = [0, 1].map(|nth| reported[nth].len());
                take(now, holds, &mut reported);
                for nth in 0..2 {
                    if let (true, Some((_, AlertState::Fired))) = (reported[nth].len() > before[nth], reported[nth].last()) {
                        prop_assert!(since[nth].is_some_and(|since| now - since >= patience), "too early");
                    }
                }
                last = holds;
            }
            // Nothing changes any more.
            for _ in 0..3 {
                now += patience + interval;
                take(now, last, &mut reported);
            }
            for (nth, reported) in reported.iter().enumerate() {
                for pair in reported.windows(2) {
                    prop_assert!(pair[1].0 - pair[0].0 >= interval, "too often");
                    prop_assert!(pair[1].1 != pair[0].1, "a change");
                }
                prop_assert!(reported.first().is_none_or(|(_, state)| *state == AlertState::Fired));
                let is_fired = reported.last().is_some_and(|(_, state)| *state == AlertState::Fired);
                prop_assert_eq!(is_fired, last[nth]);
            }
            take(now + interval * 2, [false; 2], &mut reported);
            take(now + interval * 4, [false; 2], &mut reported);
            prop_assert!(interval.is_zero() || tracker.known.is_empty(), "nothing is remembered for ever");
        }
    }
}
