use std::time::Duration;

use super::backoff::Backoff;
use crate::runtime::{margin, renew_every};

/// What all sources of a worker have in common.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) name: String,
    /// Tells this worker from the one before a restart.
    pub(super) instance: u32,
    pub(super) lease: Duration,
    pub(super) backoff: Backoff,
    pub(super) max_attempts: u32,
    pub(super) max_age: Duration,
    pub(super) drain: Duration,
    pub(super) max_backlog_age: Duration,
}

impl Settings {
    /// Two of three renewals may fail.
    pub(super) fn renew_every(&self) -> Duration {
        renew_every(self.lease)
    }

    /// From the cancellation of a handler to its end. Shorter than the margin, so that it ends before its lease: timers
    /// are late by a millisecond or two, and that is a part of the shortest lease.
    pub(super) fn grace(&self) -> Duration {
        (margin(self.lease) * 3 / 4).min(MAX_GRACE)
    }

    /// How long the store may take to answer. Short leases are no reason to give it up soon: what it is told after the
    /// end of a lease counts, if nobody has taken the event over.
    pub(super) fn patience(&self) -> Duration {
        (self.lease / 3).clamp(MIN_PATIENCE, MAX_PATIENCE)
    }

    /// How long the store may take to renew. What comes later than half of a lease comes too late, and the leases that
    /// began in the meantime have to be renewed.
    pub(super) fn renewal_patience(&self) -> Duration {
        self.patience().min(self.lease / 2)
    }

    /// How long the store may take to answer a claim: what comes later is leased, and nobody handles it.
    pub(super) fn claim_patience(&self) -> Duration {
        (self.lease / 3).clamp(MIN_PATIENCE, MAX_CLAIM_PATIENCE)
    }

    /// How long an isolated event waits after it ended the process: a restart or two, so that the process does not spend
    /// its time with them, and no longer than a first failure.
    pub(super) fn isolated_pause(&self) -> Duration {
        self.backoff.base.min(MAX_ISOLATED_PAUSE)
    }

    /// The longest delay that anybody can have asked for.
    pub(super) fn horizon(&self) -> Duration {
        self.backoff.longest.max(self.backoff.cap).max(WEEK)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            instance: fastrand::u32(1..),
            lease: Duration::from_secs(60),
            backoff: Backoff::default(),
            max_attempts: 12,
            max_age: Duration::from_secs(3 * 24 * 3600),
            drain: Duration::from_secs(20),
            max_backlog_age: Duration::from_secs(300),
        }
    }
}

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const MAX_ISOLATED_PAUSE: Duration = Duration::from_secs(5);
const MAX_GRACE: Duration = Duration::from_secs(5);
const MIN_PATIENCE: Duration = Duration::from_secs(1);
const MAX_PATIENCE: Duration = Duration::from_secs(10);
const MAX_CLAIM_PATIENCE: Duration = Duration::from_secs(30);
