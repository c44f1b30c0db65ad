//! Queries and changes for operators.

mod attempt;
mod audit_text;
mod change;
mod control;
mod error_pattern;
mod filter;
mod history;
mod inline_attempt;
mod page;
mod pause;
mod precondition;
mod rate_limit;
mod report;
mod reveal;

use crate::event::EventId;
use crate::statistics::{Rejections, Series, Statistics, Window};
use crate::store::StoreFuture;

pub use attempt::{Attempt, AttemptOutcome, FailureKind};
pub use change::{Action, Change, Changed};
pub use control::{
    CircuitCommand, CircuitReport, ControlAction, ControlChange, Controls, Limit, OpenCircuit,
};
pub use error_pattern::{ErrorPattern, error_pattern};
pub use filter::Filter;
pub use history::{HistoryAction, HistoryEntry};
pub use inline_attempt::{InlineAttempt, InlineFilter, StoredInlineAttempt};
pub use page::{Counted, Listing, Page};
pub use pause::{Pause, PauseAction, PauseChange};
pub use precondition::Precondition;
pub use rate_limit::RateLimit;
pub use report::{AuditEntry, Detail, SourceStats, Stats, Summary};
pub use reveal::Reveal;

/// The operator's view of an [`InboxStore`](crate::InboxStore). It may be used from another process, while workers run.
pub trait OpsStore: Send + Sync + 'static {
    /// Counts events by endpoint and state, and lists the pauses of endpoints. Stores maintain the numbers, so the cost depends on the number of
    /// endpoints, not of events.
    fn stats(&self) -> StoreFuture<'_, Stats>;

    /// Returns a page of events, the newest first. It looks at no more than [`Page::most_read`] events, and says where to go on.
    /// Events that a filter names by their ids are all looked up.
    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing>;

    /// Returns the number of events. It looks at no more than [`Page::MOST_READ`] events, and says whether these are all.
    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted>;

    /// Returns all data of one event, with its newest [200](Detail::MOST_ATTEMPTS) attempts. Use [`reveal`](Self::reveal) to show people its headers or its body.
    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>>;

    /// Writes one entry of the audit log, and returns all data of one event after it is stored. `None` if there is no such
    /// event: nothing is written then.
    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>>;

    /// Replays, discards or purges events, and writes one entry of the audit log in the same transaction, unless it
    /// is a dry run or changed nothing. It looks at no more than [`Change::most_read`] events, and says where to go on. Events that another
    /// transaction holds for longer than a moment are left alone, and [reported](Changed::held).
    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed>;

    /// Pauses or resumes an endpoint or a subscription, and writes one entry of the audit log in the same transaction. Returns
    /// whether that changed anything: not if a name that is not paused is resumed, or if the [precondition](Precondition) does not hold. A claim that begins after the answer to a pause
    /// finds no event for which it [holds](super::Pause::holds_for). A resume wakes workers of all sources for which the pause held.
    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool>;

    /// Changes the rate limit or the circuits of an endpoint or a subscription, and writes one entry of the audit log in the same
    /// transaction. Returns whether that changed anything: not if a limit that is not set is removed, or if the
    /// [precondition](Precondition) does not hold.
    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool>;

    /// Returns the limits and the operations on circuits that operators have set, and the circuits that are open.
    fn controls(&self) -> StoreFuture<'_, Controls>;

    /// Returns the kinds of failed attempts, the one with the latest failure first: of one endpoint, or of all. Stores
    /// maintain the numbers, so the cost depends on the number of kinds. A purge takes the attempts at its events off the
    /// counts, and a kind without attempts is forgotten; so is one whose latest failure is older than the retention of
    /// attempts.
    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>>;

    /// Returns a page of the attempts in [inline mode](crate::inline::Deduplicator), the newest first, except those beyond the
    /// retention of attempts.
    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>>;

    /// Returns what processes have [counted](crate::InboxStore::add_statistics) at each endpoint within the window. The cost
    /// depends on the number of endpoints: stores keep sums per minute, hour and day.
    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics>;

    /// Returns the same numbers of deliveries and attempts per minute or hour of the window: see [`Series`]. The cost depends on
    /// the number of endpoints.
    fn series(&self, window: Window) -> StoreFuture<'_, Series>;

    /// Returns the numbers of requests that were rejected within the window, to the hour, at one endpoint or at all, and the latest
    /// samples of each. A wrong secret shows here.
    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections>;

    /// Returns a page of the audit log, the newest entry first: the entries of one event, or all of them.
    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>>;
}
