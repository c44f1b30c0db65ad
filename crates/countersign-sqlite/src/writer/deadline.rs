use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// The time at which the statement that runs on a connection is ended with `SQLITE_INTERRUPT`.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    /// Makes the connection look at a deadline while statements run.
    pub(super) fn of(connection: &mut Connection) -> Self {
        let deadline = Self::default();
        let watched = deadline.clone();
        // Older releases of rusqlite return nothing.
        let _ = connection.progress_handler(STEPS, Some(move || watched.is_over()));
        deadline
    }

    /// Sets the time that is left from now on. `None` and times that cannot be computed are no limit.
    pub(super) fn set(&self, left: Option<Duration>) {
        let end = left.and_then(|left| Instant::now().checked_add(left));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    fn is_over(&self) -> bool {
        let end = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        end.is_some_and(|end| end <= Instant::now())
    }
}

/// The number of instructions between two looks at the time: some tens of microseconds.
const STEPS: i32 = 1000;
