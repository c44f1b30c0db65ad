use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The status of a worker, for health checks.
#[derive(Debug)]
pub(crate) struct WorkerStatus {
    pub(crate) heartbeats: Vec<Arc<Heartbeat>>,
    pub(crate) last_write: Heartbeat,
    pub(crate) last_probe: Heartbeat,
    pub(crate) is_stopping: AtomicBool,
    pub(crate) is_over: AtomicBool,
    pub(crate) counts: Counts,
    unhandled: Mutex<Vec<String>>,
}

/// Counters since the start of the worker.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) attempts: AtomicU64,
    pub(crate) given_back: AtomicU64,
    pub(crate) unstored: AtomicU64,
    pub(crate) abandoned: AtomicU64,
    pub(crate) panics: AtomicU64,
}

/// The time of the last occurrence of something.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    pub(crate) name: String,
    /// The longest expected interval.
    pub(crate) silence: Duration,
    made: Instant,
    /// Milliseconds since the start, from 1 on; 0 means never.
    last: AtomicU64,
}

impl Heartbeat {
    pub(crate) fn new(name: impl Into<String>, silence: Duration) -> Self {
        Self { name: name.into(), silence, made: Instant::now(), last: AtomicU64::new(0) }
    }

    pub(crate) fn now(&self) {
        self.last.store(self.millis(), Ordering::Relaxed);
    }

    /// Returns the age of the last occurrence.
    pub(crate) fn age(&self) -> Option<Duration> {
        let last = self.last.load(Ordering::Relaxed);
        (last > 0).then(|| Duration::from_millis(self.millis().saturating_sub(last)))
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

impl Counts {
    pub(crate) fn add(count: &AtomicU64) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl WorkerStatus {
    pub(crate) fn new(heartbeats: Vec<Arc<Heartbeat>>) -> Self {
        Self {
            heartbeats,
            last_write: Heartbeat::new("last write", Duration::MAX),
            last_probe: Heartbeat::new("last probe", RECENT_PROBE),
            is_stopping: false.into(),
            is_over: false.into(),
            counts: Counts::default(),
            unhandled: Mutex::default(),
        }
    }

    /// Returns the endpoints with waiting events that no inbox of the process handles.
    pub(crate) fn unhandled(&self) -> Vec<String> {
        self.unhandled.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_unhandled(&self, names: Vec<String>) {
        *self.unhandled.lock().unwrap_or_else(PoisonError::into_inner) = names;
    }
}

/// The result of [`Inbox::drain`](crate::Inbox::drain), and the failures before it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Report {
    /// The number of attempts that ended during the shutdown, including those given back.
    pub drained: u64,
    /// The number of events that were given back.
    pub given_back: u64,
    /// The number of outcomes that could not be stored since the start: those events run again.
    pub unstored: u64,
    /// The number of handlers that did not end, even after being aborted: their events wait for the end of their
    /// leases.
    pub abandoned: u64,
    /// The number of panics of the worker's own tasks since the start, without those of handlers.
    pub panics: u64,
    /// The runtime ended before the worker did, so that nothing is known of its handlers.
    pub is_cut_off: bool,
}

impl Report {
    /// Returns whether no event must wait for the end of its lease.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.unstored == 0 && self.abandoned == 0 && !self.is_cut_off
    }
}

/// The age up to which a write to the store replaces a probe.
const RECENT_PROBE: Duration = Duration::from_secs(2);
