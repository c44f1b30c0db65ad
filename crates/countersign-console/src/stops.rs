//! The changes in parts that operators have stopped a moment ago.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::UnixTime;

/// The stopped changes of a console, by operator and time of the confirmation. Clones share them. Another process that serves the page has
/// its own: there, a change ends with the seals of its addresses.
#[derive(Clone, Default)]
pub(crate) struct Stops(Arc<Mutex<HashMap<Key, UnixTime>>>);

type Key = (String, UnixTime);

impl Stops {
    /// Marks a change as stopped.
    pub(crate) fn stop(&self, operator: &str, confirmed: UnixTime, now: UnixTime) {
        let mut stops = self.lock();
        stops.retain(|_, at| now.saturating_duration_since(*at) <= LIFETIME);
        stops.insert((operator.to_owned(), confirmed), now);
    }

    /// Lets a change go on, which its operator has asked for.
    pub(crate) fn resume(&self, operator: &str, confirmed: UnixTime) {
        self.lock().remove(&(operator.to_owned(), confirmed));
    }

    /// Returns whether a change is stopped.
    pub(crate) fn has(&self, operator: &str, confirmed: UnixTime) -> bool {
        self.lock().contains_key(&(operator.to_owned(), confirmed))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, UnixTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Stops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stops").finish_non_exhaustive()
    }
}

/// Longer than the addresses are valid with which a page goes on by itself, and than a part takes.
const LIFETIME: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_for_one_change_of_an_operator_and_is_forgotten() {
        let at = UnixTime::from_secs;
        let stops = Stops::default();
        stops.stop("ada", at(1), at(10));
        assert!(stops.has("ada", at(1)) && !stops.has("bob", at(1)) && !stops.has("ada", at(2)));
        stops.stop("ada", at(2), at(130));
        assert!(stops.has("ada", at(1)), "no address has ended before");
        stops.stop("ada", at(3), at(131));
        assert!(!stops.has("ada", at(1)) && stops.has("ada", at(2)));
        stops.clone().resume("ada", at(2));
        assert!(!stops.has("ada", at(2)) && stops.has("ada", at(3)));
    }
}
