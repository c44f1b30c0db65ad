use std::process;
use std::time::Duration;

use super::retry_policy::RetryPolicy;
use crate::runtime::{margin, renew_every};

/// The settings that all sources of a worker share.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) name: String,
    /// Distinguishes this worker from the one before a restart.
    pub(crate) instance: u32,
    pub(crate) lease: Duration,
    /// Those of endpoints that have none of their own.
    pub(crate) retries: RetryPolicy,
    pub(crate) drain: Duration,
    pub(crate) max_backlog_age: Duration,
    /// Bytes of requests in hand.
    pub(crate) budget: usize,
    /// Rows of successes per second and source.
    pub(crate) recorded_successes: u32,
}

impl Settings {
    /// Returns the renewal interval: two of three renewals may fail.
    pub(crate) fn renew_every(&self) -> Duration {
        renew_every(self.lease)
    }

    /// Returns the time from the cancellation of a handler to its abort. Shorter than the margin, so that the
    /// handler ends before its lease: timers are late by a millisecond or two, which matters for the shortest lease.
    pub(crate) fn grace(&self) -> Duration {
        (margin(self.lease) * 3 / 4).min(MAX_GRACE)
    }

    /// Returns the store timeout. At least 1 s even for short leases, because a late finish still counts unless the
    /// lease was taken over.
    pub(crate) fn patience(&self) -> Duration {
        (self.lease / 3).clamp(MIN_PATIENCE, MAX_PATIENCE)
    }

    /// Returns the timeout for renewals. An answer after half of the lease is too late, and leases that started in
    /// the meantime must be renewed.
    pub(crate) fn renewal_patience(&self) -> Duration {
        self.patience().min(self.lease / 2)
    }

    /// Returns the timeout for claims: events of a later answer would be leased without being handled.
    pub(crate) fn claim_patience(&self) -> Duration {
        (self.lease / 3).clamp(MIN_PATIENCE, MAX_CLAIM_PATIENCE)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            instance: fastrand::u32(1..),
            lease: Duration::from_secs(60),
            retries: RetryPolicy::default(),
            drain: Duration::from_secs(20),
            max_backlog_age: MAX_BACKLOG_AGE,
            budget: 64 << 20,
            recorded_successes: RECORDED_SUCCESSES,
        }
    }
}

/// Returns the name of this process for operators. In the pods of a cluster the process id is always 1, so it has a random number.
pub(crate) fn process_name() -> String {
    format!("{}-{:08x}", process::id(), fastrand::u32(..))
}

/// The number of successes per second that leave a row.
pub(crate) const MAX_BACKLOG_AGE: Duration = Duration::from_secs(300);
pub(crate) const RECORDED_SUCCESSES: u32 = 100;
const MAX_GRACE: Duration = Duration::from_secs(5);
const MIN_PATIENCE: Duration = Duration::from_secs(1);
const MAX_PATIENCE: Duration = Duration::from_secs(10);
const MAX_CLAIM_PATIENCE: Duration = Duration::from_secs(30);
