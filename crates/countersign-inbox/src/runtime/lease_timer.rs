use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign::ConfigError;
use tokio::time::Instant;

/// The time of the last confirmation of a lease, by the monotonic clock of this process, and its consequences.
#[derive(Debug)]
pub(crate) struct LeaseTimer {
    /// The time at which the last confirmed request was sent. The lease cannot expire before `ttl` from then,
    /// whatever the clocks show.
    confirmed: Mutex<Instant>,
    ttl: Duration,
}

impl LeaseTimer {
    pub(crate) const fn new(asked_at: Instant, ttl: Duration) -> Self {
        Self { confirmed: Mutex::new(asked_at), ttl }
    }

    pub(crate) const fn ttl(&self) -> Duration {
        self.ttl
    }

    /// Returns the time of the next renewal.
    pub(crate) fn renew_at(&self) -> Instant {
        self.confirmed() + renew_every(self.ttl)
    }

    /// Returns the time from which the handler must not continue.
    pub(crate) fn fenced_at(&self) -> Instant {
        self.confirmed() + (self.ttl - margin(self.ttl))
    }

    /// Returns whether no other process can hold the lease yet.
    pub(crate) fn is_certain(&self) -> bool {
        Instant::now() < self.fenced_at()
    }

    /// Returns the time from which another process may take over.
    pub(crate) fn ends_at(&self) -> Instant {
        self.confirmed() + self.ttl
    }

    /// Records a renewal that was requested at this time.
    pub(crate) fn confirm(&self, asked_at: Instant) {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = asked_at;
    }

    fn confirmed(&self) -> Instant {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the interval of renewals, a third of the lease: two of three may fail.
pub(crate) fn renew_every(ttl: Duration) -> Duration {
    ttl / 3
}

/// Returns the pause after a failed renewal.
pub(crate) fn renew_again_after(ttl: Duration) -> Duration {
    ttl / 12
}

/// Returns the time before the end of its lease at which a handler is cancelled.
pub(crate) fn margin(ttl: Duration) -> Duration {
    ttl / 6
}

/// Checks that leases can have this lifetime.
pub(crate) fn check_lease(ttl: Duration) -> Result<(), ConfigError> {
    let problem = if ttl < SHORTEST {
        "is below 50 ms: a short pause of the process or the store would lose it; make it longer"
    } else if ttl > LONGEST {
        "is above 1 day: events of a crashed process would wait for too long; make it shorter, leases are renewed"
    } else {
        return Ok(());
    };
    Err(ConfigError::new("lease", problem))
}

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
