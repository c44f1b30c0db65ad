use countersign_inbox::{
    AuditEntry, Change, Changed, ControlChange, Controls, Counted, Detail, ErrorPattern, EventId, Filter,
    InlineFilter, Listing, OpsStore, Page, PauseChange, Rejections, Reveal, Series, Statistics, Stats,
    StoreFuture, StoredInlineAttempt, Window,
};

use crate::store::SqliteStore;

impl OpsStore for SqliteStore {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        self.ops.stats()
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing> {
        self.ops.list(filter, page)
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted> {
        self.ops.count(filter)
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        self.ops.show(id)
    }

    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>> {
        self.ops.reveal(reveal)
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        self.ops.change(change)
    }

    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool> {
        self.ops.set_pause(change)
    }

    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool> {
        self.ops.set_control(change)
    }

    fn controls(&self) -> StoreFuture<'_, Controls> {
        self.ops.controls()
    }

    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>> {
        self.ops.errors(source, limit)
    }

    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>> {
        self.ops.inline_attempts(filter, page)
    }

    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics> {
        self.ops.statistics(window)
    }

    fn series(&self, window: Window) -> StoreFuture<'_, Series> {
        self.ops.series(window)
    }

    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections> {
        self.ops.rejections(source, window)
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        self.ops.audit(event, page)
    }
}
