//! The operator's view of the store.

use countersign_inbox::{
    AuditEntry, Change, Changed, ControlChange, Controls, Counted, Detail, ErrorPattern, EventId, Filter,
    InlineFilter, Listing, OpsStore, Page, PauseChange, Rejections, Reveal, Series, Statistics, Stats,
    StoreFuture, StoredInlineAttempt, Window,
};

use super::Store;

impl OpsStore for Store {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        self.call("stats", self.inner.stats())
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing> {
        self.inner.list(filter, page)
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted> {
        self.inner.count(filter)
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        self.inner.show(id)
    }

    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>> {
        self.inner.reveal(reveal)
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        self.inner.change(change)
    }

    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool> {
        self.call("set_pause", self.inner.set_pause(change))
    }

    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool> {
        self.inner.set_control(change)
    }

    fn controls(&self) -> StoreFuture<'_, Controls> {
        self.inner.controls()
    }

    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>> {
        self.inner.errors(source, limit)
    }

    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>> {
        self.inner.inline_attempts(filter, page)
    }

    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics> {
        self.inner.statistics(window)
    }

    fn series(&self, window: Window) -> StoreFuture<'_, Series> {
        self.inner.series(window)
    }

    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections> {
        self.inner.rejections(source, window)
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        self.inner.audit(event, page)
    }
}
