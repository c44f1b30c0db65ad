//! The counts of an increment, their names, and which successes are sampled.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::statistics::Increment;

/// Counts in the increment of an endpoint.
pub(super) fn count_in(
    pending: &mut BTreeMap<String, Increment>,
    source: &str,
    count: impl FnOnce(&mut Increment),
) {
    if let Some(increment) = pending.get_mut(source) {
        count(increment);
    } else {
        let mut increment = Increment::new(source);
        count(&mut increment);
        pending.insert(source.to_owned(), increment);
    }
}

/// Counts by a name: of a key, a rule, a response code. Names come from configuration, the key lists of providers and other
/// systems, and their number is bounded.
pub(super) fn count_name(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(count) = counts.get_mut(name) {
        *count += 1;
    } else {
        let is_known_size = counts.len() < MOST_NAMES && name.len() <= LONGEST_NAME;
        *counts.entry(if is_known_size { name } else { OTHER_NAMES }.to_owned()).or_default() += 1;
    }
}

/// Returns the beginning of a text that is short enough for the name of a count.
pub(super) fn beginning(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST_NAME)).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// Limits the rows of successes of a source: the first ones of each second have a row.
#[derive(Debug)]
pub(crate) struct SuccessSampler {
    per_second: u32,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    recorded: u32,
}

impl SuccessSampler {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, window: Mutex::new(Window { began: Instant::now(), recorded: 0 }) }
    }

    /// Returns whether a success at this time has a row.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(window.began) >= SECOND {
            *window = Window { began: now, recorded: 0 };
        }
        let is_admitted = window.recorded < self.per_second;
        window.recorded += u32::from(is_admitted);
        is_admitted
    }
}

/// The number of keys, rules or codes of an endpoint that are told apart.
const MOST_NAMES: usize = 32;
/// The longest name of a key or a rule, in bytes.
const LONGEST_NAME: usize = 128;
const OTHER_NAMES: &str = "others";

const SECOND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_each_second_are_admitted() {
        let sampler = SuccessSampler::new(3);
        let start = Instant::now();
        for second in 0..3_u64 {
            let at = |millis: u64| start + Duration::from_millis(second * 1100 + millis);
            let admitted = (0..10).filter(|nth| sampler.admits(at(nth * 10))).count();
            assert_eq!(admitted, 3, "second {second}");
        }
        assert!(!SuccessSampler::new(0).admits(start));
    }
}
