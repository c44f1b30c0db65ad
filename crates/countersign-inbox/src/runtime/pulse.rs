use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign::ConfigError;
use tokio::time::Instant;

/// When a lease was last confirmed, by our own monotonic clock, and what follows from it.
#[derive(Debug)]
pub(crate) struct Pulse {
    /// When the store was asked for what it has confirmed last. Its lease cannot end before `ttl` from then, whatever
    /// the clocks say.
    confirmed: Mutex<Instant>,
    ttl: Duration,
}

impl Pulse {
    pub(crate) const fn new(asked_at: Instant, ttl: Duration) -> Self {
        Self { confirmed: Mutex::new(asked_at), ttl }
    }

    pub(crate) const fn ttl(&self) -> Duration {
        self.ttl
    }

    /// When the next renewal is due.
    pub(crate) fn renew_at(&self) -> Instant {
        self.confirmed() + renew_every(self.ttl)
    }

    /// From here on the handler may not go on.
    pub(crate) fn fenced_at(&self) -> Instant {
        self.confirmed() + (self.ttl - margin(self.ttl))
    }

    /// Whether nobody else can have it yet.
    pub(crate) fn is_certain(&self) -> bool {
        Instant::now() < self.fenced_at()
    }

    /// From here on somebody else may take over.
    pub(crate) fn ends_at(&self) -> Instant {
        self.confirmed() + self.ttl
    }

    /// The store has renewed the lease, some time after it was asked.
    pub(crate) fn confirm(&self, asked_at: Instant) {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = asked_at;
    }

    fn confirmed(&self) -> Instant {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// There is time for two more.
pub(crate) fn renew_every(ttl: Duration) -> Duration {
    ttl / 3
}

/// After a renewal that failed.
pub(crate) fn renew_again_after(ttl: Duration) -> Duration {
    ttl / 12
}

/// So long before its lease ends, a handler is told to stop.
pub(crate) fn margin(ttl: Duration) -> Duration {
    ttl / 6
}

/// Whether leases can last so long.
pub(crate) fn check_lease(ttl: Duration) -> Result<(), ConfigError> {
    let problem = if ttl < SHORTEST {
        "below 50 ms, a short pause of process or store loses it: make it longer"
    } else if ttl > LONGEST {
        "above 1 day, what a dead process had waits for too long: it is renewed, make it shorter"
    } else {
        return Ok(());
    };
    Err(ConfigError::new("lease", problem))
}

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
