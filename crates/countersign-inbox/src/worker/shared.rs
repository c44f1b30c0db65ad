use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::circuit::{Circuit, Passage};
use super::claim_budget::ClaimBudget;
use super::handled_sources::HandledSources;
use super::isolation::IsolationGate;
use super::pending::PendingFinishes;
use super::rate_limiter::RateLimiter;

use super::schedule::RetrySchedule;
use super::status::WorkerStatus;
use crate::endpoint::Endpoint;
use crate::handling::{Leases, RetryPolicy, Settings};
use crate::inbox_store::InboxStore;
use crate::recorder::{Recorder, SuccessSampler};
use crate::runtime::Outage;

/// The state shared by all tasks of a worker.
pub(super) struct Shared {
    pub(super) inbox: Arc<dyn InboxStore>,
    pub(super) settings: Settings,
    pub(super) recorder: Arc<Recorder>,
    pub(super) leases: Leases,
    pub(super) starting: Outage,
    pub(super) finishing: Outage,
    pub(super) pending: PendingFinishes,
    pub(super) attempts: TaskTracker,
    pub(super) status: Arc<WorkerStatus>,
    pub(super) stages: Stages,
    /// The store names sources with due events, so that their claims need not poll.
    pub(super) is_watched: AtomicBool,
    pub(super) isolation: Arc<IsolationGate>,
    /// Whether one event runs at a time.
    pub(super) is_exclusive: bool,
    pub(super) budget: Arc<ClaimBudget>,
    /// Registered while the worker exists.
    pub(super) _handled: HandledSources,
}

/// The stages of a shutdown.
#[derive(Debug, Default)]
pub(super) struct Stages {
    /// No further claims.
    pub(super) stop: CancellationToken,
    /// Handlers are cancelled.
    pub(super) cancel: CancellationToken,
    /// Everything that still runs is dropped.
    pub(super) abandon: CancellationToken,
}

/// The run-time state of an endpoint's events.
pub(super) struct SourceState {
    pub(super) endpoint: Endpoint,
    pub(super) places: Arc<Semaphore>,
    /// An event may be due.
    pub(super) wake: Notify,
    pub(super) due_retries: RetrySchedule,
    pub(super) retries: RetryPolicy,
    pub(super) successes: Arc<SuccessSampler>,
    pub(super) rate: RateLimiter,
    pub(super) circuit: Arc<Circuit>,
    /// The largest size of recent events, in bytes.
    event_bytes: AtomicUsize,
}

impl SourceState {
    pub(super) fn new(endpoint: Endpoint, settings: &Settings) -> Self {
        let places = Arc::new(Semaphore::new(endpoint.handlers.concurrency.min(Semaphore::MAX_PERMITS)));
        let event_bytes = FIRST_GUESS.into();
        let successes = Arc::new(SuccessSampler::new(settings.recorded_successes));
        let rate = RateLimiter::new(endpoint.handlers.rate_limit);
        let circuit = Circuit::new(endpoint.handlers.circuit_breaker);
        let retries = endpoint.handlers.retries.or(&settings.retries);
        let (wake, due_retries) = Default::default();
        Self { endpoint, places, wake, due_retries, retries, successes, rate, circuit, event_bytes }
    }

    /// Whether no place is taken, if so many are free.
    pub(super) fn is_idle(&self, free: usize) -> bool {
        free >= self.endpoint.handlers.concurrency.min(Semaphore::MAX_PERMITS)
    }

    /// Decides whether an attempt may begin now.
    pub(super) fn pass(&self) -> Passage {
        self.circuit.pass(Instant::now())
    }

    /// Returns the expected size of an event of the source: that of the largest recent one.
    pub(super) fn event_bytes(&self) -> usize {
        self.event_bytes.load(Ordering::Relaxed)
    }

    /// Updates the expected size: increases at once, decreases by half at a time.
    pub(super) fn learn(&self, largest: usize) {
        self.event_bytes.store(largest.max(self.event_bytes() / 2).max(1), Ordering::Relaxed);
    }
}

/// The size of a body at the default limit.
const FIRST_GUESS: usize = 1 << 20;
