//! The operator's view.

mod change;
mod choice;
mod control;
mod find;
mod inline_attempts;
mod pattern;
mod pause;
mod query;
mod read;
mod rejections;
mod rows;
mod search;
mod statistics;

use countersign_inbox::{
    AuditEntry, Change, Changed, ControlChange, Controls, Counted, Detail, ErrorPattern, EventId, Filter,
    InlineFilter, Listing, OpsStore, Page, PauseChange, Rejections, Reveal, Series, Statistics, Stats,
    StoreFuture, StoredInlineAttempt, Window,
};

use crate::session::Purpose;
use crate::store::PostgresStore;

impl OpsStore for PostgresStore {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        Box::pin(self.inner().stats())
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing> {
        Box::pin(self.inner().list(filter, page))
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted> {
        Box::pin(self.inner().count_events(filter))
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        Box::pin(self.inner().show(id, Purpose::Look))
    }

    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>> {
        Box::pin(self.inner().reveal(reveal))
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        Box::pin(self.inner().change(change))
    }

    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool> {
        Box::pin(self.inner().set_pause(change))
    }

    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool> {
        Box::pin(self.inner().set_control(change))
    }

    fn controls(&self) -> StoreFuture<'_, Controls> {
        Box::pin(self.inner().controls())
    }

    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>> {
        Box::pin(self.inner().errors(source, limit))
    }

    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>> {
        Box::pin(self.inner().inline_attempts(filter, page))
    }

    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics> {
        Box::pin(self.inner().statistics(window))
    }

    fn series(&self, window: Window) -> StoreFuture<'_, Series> {
        Box::pin(self.inner().series(window))
    }

    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections> {
        Box::pin(self.inner().rejections(source, window))
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        Box::pin(self.inner().audit(event, page))
    }
}
