//! A durable inbox in memory: for tests of handlers, and the specification that the suite and the model compare stores
//! with.

mod accept;
mod change;
mod controls;
mod inline_attempts;
mod pauses;
mod report;
mod rows;
mod statistics;
mod work;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{
    Accepted, AttemptNote, AuditEntry, Change, Changed, CircuitReport, ClaimDue, ControlChange, Controls,
    Counted, Detail, Durability, ErrorPattern, EventId, EventState, Fenced, Filter, Finish, InboxStore,
    Increment, InlineFilter, Lease, Leased, Listing, NewEvent, OpsStore, Page, PauseChange, Rejections,
    Reveal, Series, Statistics, Stats, StoreFuture, StoredEvent, StoredInlineAttempt, Swept, WakeQueue,
    Window, Woken,
};

use self::rows::Rows;
use crate::TokioClock;

pub(crate) use self::work::Why;

/// A durable inbox in memory, for tests: slow, small and exact. It is lost with the process, so an inbox takes it only
/// with `insecure_allow_durability(Durability::Memory)`.
///
/// ```
/// use std::sync::Arc;
///
/// use countersign_inbox::{Durability, Endpoint, Inbox};
/// use countersign_testkit::MemoryInbox;
///
/// # fn start(github: Endpoint) -> Result<Inbox, countersign::ConfigError> {
/// let store = Arc::new(MemoryInbox::default());
/// Inbox::builder(store.clone())
///     .with_endpoint(github)
///     .insecure_allow_durability(Durability::Memory)
///     .start()
/// # }
/// ```
pub struct MemoryInbox {
    rows: Mutex<Rows>,
    wake: WakeQueue,
    clock: Arc<dyn Clock>,
    retention: Duration,
    dead_retention: Duration,
}

impl MemoryInbox {
    /// Creates an empty inbox with this clock. [`Default`] follows the clock of tokio. Finished events are remembered for 30 days, dead letters for 90.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let day = Duration::from_secs(24 * 3600);
        let (rows, wake) = <(Mutex<Rows>, WakeQueue)>::default();
        Self { rows, wake, clock, retention: day * 30, dead_retention: day * 90 }
    }

    /// Sets the retention of finished events and of dead letters.
    #[must_use]
    pub fn with_retention(mut self, done: Duration, dead: Duration) -> Self {
        (self.retention, self.dead_retention) = (done, dead);
        self
    }

    /// Makes running events ready, as after the end of a process that used the store exclusively. They are due since
    /// their claim, except isolated ones, which are due from now on.
    pub fn end_leases(&self) {
        self.rows().end_leases(self.clock.now());
    }

    /// Returns the events that may be leased, the oldest first.
    pub(crate) fn claimable(&self, request: &ClaimDue) -> Vec<(UnixTime, EventId, Why)> {
        self.rows().claimable(request, self.clock.now())
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        locked(&self.rows)
    }
}

impl Default for MemoryInbox {
    fn default() -> Self {
        Self::new(Arc::new(TokioClock::default()))
    }
}

impl InboxStore for MemoryInbox {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        Box::pin(async move {
            let source = event.source.clone();
            let accepted = self.rows().accept(event, self.clock.now());
            if matches!(accepted, Accepted::New { .. } | Accepted::Requeued { .. }) {
                self.wake.wake([source]);
            }
            Ok(accepted)
        })
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        Box::pin(async move { Ok(self.rows().claim_due(request, self.clock.now())) })
    }

    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        Box::pin(async move {
            let (mut rows, now) = (self.rows(), self.clock.now());
            Ok(leases.iter().map(|lease| rows.extend(lease, ttl, now)).collect())
        })
    }

    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(async move { Ok(self.rows().finish(lease, finish, note, self.clock.now())) })
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.wake.woken())
    }

    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        Box::pin(self.wake.woken_since(mark))
    }

    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        Box::pin(async move {
            let (rows, now) = (self.rows(), self.clock.now());
            let has_due = |source: &&String| rows.has_due(source, now);
            Ok(Some(sources.iter().filter(has_due).cloned().collect()))
        })
    }

    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        Box::pin(async move {
            let rows = self.rows();
            let is_meant = |row: &&rows::Row| {
                row.state() == EventState::Unverified
                    && row.event.source == source
                    && after.is_none_or(|after| row.event.id > after)
            };
            Ok(rows.events.values().filter(is_meant).take(limit).map(|row| row.event.clone()).collect())
        })
    }

    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        Box::pin(async move {
            let sources = self.rows().resume(ids);
            self.wake.wake(&sources);
            Ok(sources.len() as u64)
        })
    }

    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        Box::pin(async move { Ok(self.rows().events.get(&id).map(|row| row.event.clone())) })
    }

    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.rows().replace_request(stored, event, self.clock.now())) })
    }

    fn counts(&self) -> StoreFuture<'_, Option<Stats>> {
        Box::pin(async move { Ok(Some(self.rows().stats(self.clock.now()))) })
    }

    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.rows().report_circuits(worker, open, self.clock.now());
            Ok(())
        })
    }

    fn ops(&self) -> Option<&dyn OpsStore> {
        Some(self)
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (mut rows, now) = (self.rows(), self.clock.now());
            rows.statistics.add(increments, now);
            rows.add_inline_attempts(increments, now);
            Ok(())
        })
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        Box::pin(async move {
            let events = self.rows().sweep(self.retention, self.dead_retention, self.clock.now());
            Ok(Swept { events, has_more: events > 0 })
        })
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn retention(&self) -> Duration {
        self.retention
    }

    fn dead_retention(&self) -> Duration {
        self.dead_retention
    }

    fn durability(&self) -> Durability {
        Durability::Memory
    }
}

impl OpsStore for MemoryInbox {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        Box::pin(async move { Ok(self.rows().stats(self.clock.now())) })
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing> {
        Box::pin(async move { Ok(self.rows().list(&filter.clone().bounded(), page, self.clock.now())) })
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted> {
        Box::pin(async move { Ok(self.rows().count(&filter.clone().bounded(), self.clock.now())) })
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        Box::pin(async move { Ok(self.rows().show(id)) })
    }

    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>> {
        Box::pin(async move { Ok(self.rows().reveal(reveal, self.clock.now())) })
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        Box::pin(async move {
            let changed = self.rows().change(change, self.clock.now());
            if !change.dry_run && !changed.ids.is_empty() {
                self.wake.wake_all();
            }
            Ok(changed)
        })
    }

    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let is_changed = self.rows().set_pause(change, self.clock.now());
            // A pause holds for names below its own, too.
            self.wake.wake_all();
            Ok(is_changed)
        })
    }

    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.rows().set_control(change, self.clock.now())) })
    }

    fn controls(&self) -> StoreFuture<'_, Controls> {
        Box::pin(async move { Ok(self.rows().controls(self.clock.now())) })
    }

    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>> {
        Box::pin(async move { Ok(self.rows().errors(source, limit)) })
    }

    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>> {
        Box::pin(async move { Ok(self.rows().inline_attempts(filter, page)) })
    }

    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics> {
        Box::pin(async move { Ok(self.rows().statistics.read(window, self.clock.now())) })
    }

    fn series(&self, window: Window) -> StoreFuture<'_, Series> {
        Box::pin(async move { Ok(self.rows().statistics.series(window, self.clock.now())) })
    }

    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections> {
        Box::pin(async move { Ok(self.rows().statistics.rejections(source, window, self.clock.now())) })
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        Box::pin(async move { Ok(self.rows().audit(event, page)) })
    }
}

impl fmt::Debug for MemoryInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryInbox").field("retention", &self.retention).finish_non_exhaustive()
    }
}

/// Locks a mutex. No code panics while holding it, so poisoned data is consistent.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
