//! What operators see and do.

mod change;
mod filter;
mod report;

use crate::event::EventId;
use crate::store::StoreFuture;

pub use change::{Action, Change, Changed};
pub use filter::{Filter, Page};
pub use report::{Attempt, AuditEntry, Detail, SourceStats, Stats, Summary};

/// The operator's side of an [`Inbox`](crate::Inbox). It may be used from another process, while workers run.
pub trait OpsStore: Send + Sync + 'static {
    /// Counts events by endpoint and state. Stores keep the numbers up to date, so that this costs as much as there are
    /// endpoints, however many events are stored.
    fn stats(&self) -> StoreFuture<'_, Stats>;

    /// A page of events, the newest first.
    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Vec<Summary>>;

    /// How many events there are.
    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, u64>;

    /// Everything about one event.
    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>>;

    /// Replays, discards or purges, and writes down who did it: one entry of the audit log per call that is no dry run
    /// and changed something, in the same transaction.
    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed>;

    /// A page of the audit log, the newest first: of what was done to one event alone, or all of it.
    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>>;
}
