//! Records the event types without a handler.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tracing::{debug, warn};

/// Logs the first event of each unhandled type at `warn`, and the others at `debug`. The number of remembered types is
/// limited: events of further types are logged at `debug`.
#[derive(Debug, Default)]
pub(crate) struct Unhandled(Mutex<HashSet<String>>);

impl Unhandled {
    pub(crate) fn log(&self, source: &str, event_type: &str) {
        if self.is_first(event_type) {
            warn!(
                target: "countersign",
                source,
                event_type,
                "events of this type have no handler and end as done: handle them with `on` or `otherwise`"
            );
        } else {
            debug!(target: "countersign", source, event_type, "no handler for this type");
        }
    }

    fn is_first(&self, event_type: &str) -> bool {
        let mut types = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        event_type.len() <= LONGEST && types.len() < MOST && types.insert(event_type.to_owned())
    }
}

const MOST: usize = 256;
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_of_a_type_is_told_from_the_others_in_bounded_memory() {
        let unhandled = Unhandled::default();
        assert!(unhandled.is_first("a"));
        assert!(!unhandled.is_first("a"));
        assert!(!unhandled.is_first(&"x".repeat(LONGEST + 1)));
        for number in 1..MOST {
            assert!(unhandled.is_first(&number.to_string()));
        }
        assert!(!unhandled.is_first("one more"));
        assert_eq!(unhandled.0.lock().unwrap().len(), MOST);
    }
}
