//! The operator's side.

pub(crate) mod audit;
mod change;
mod filter;
mod report;

use std::fmt;
use std::sync::Arc;

use countersign::Clock;
use countersign_inbox::{
    AuditEntry, Change, Changed, Detail, EventId, Filter, OpsStore, Page, Stats, StoreFuture, Summary,
};
use rusqlite::Connection;

use crate::connection::{Role, Source};
use crate::error::OpenError;
use crate::store::SqliteStore;
use crate::wake::Wake;
use crate::writer::{Lane, Limits, Queue, Worker, start};

/// A store as operators see it: [`SqliteStore::attach`]. It neither owns the file nor runs anything.
///
/// What is looked at is read on a connection of its own, and does not hold up what is written.
pub struct SqliteOps {
    writes: Queue,
    reader: Worker,
    /// Of its own, where no store is beside it.
    _writer: Option<Worker>,
}

impl SqliteOps {
    /// In a process of its own.
    pub(crate) fn start(
        source: &Source,
        connection: Connection,
        clock: &Arc<dyn Clock>,
        limits: Limits,
    ) -> Result<Self, OpenError> {
        let writer = start(lane(source, Role::Operator, clock, limits), connection)?;
        let ops = Self::beside(source, writer.queue.clone(), clock, limits)?;
        Ok(Self { _writer: Some(writer), ..ops })
    }

    /// Beside a store, which writes.
    pub(crate) fn beside(
        source: &Source,
        writes: Queue,
        clock: &Arc<dyn Clock>,
        limits: Limits,
    ) -> Result<Self, OpenError> {
        let connection = source.open(Role::Reader)?;
        let reader = start(lane(source, Role::Reader, clock, limits), connection)?;
        Ok(Self { writes, reader, _writer: None })
    }
}

impl OpsStore for SqliteOps {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        self.reader.queue.submit(0, report::stats)
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Vec<Summary>> {
        let filter = filter.clone();
        self.reader.queue.submit(0, move |session| report::list(session, &filter, page))
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, u64> {
        let filter = filter.clone();
        self.reader.queue.submit(0, move |session| report::count(session, &filter))
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        self.reader.queue.submit(0, move |session| report::show(session, id))
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        let change = change.clone();
        self.writes.submit(0, move |session| change::change(session, &change))
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        self.reader.queue.submit(0, move |session| audit::read(session, event, page))
    }
}

impl OpsStore for SqliteStore {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        self.ops.stats()
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Vec<Summary>> {
        self.ops.list(filter, page)
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, u64> {
        self.ops.count(filter)
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        self.ops.show(id)
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        self.ops.change(change)
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        self.ops.audit(event, page)
    }
}

impl fmt::Debug for SqliteOps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteOps").finish_non_exhaustive()
    }
}

fn lane(source: &Source, role: Role, clock: &Arc<dyn Clock>, limits: Limits) -> Lane {
    Lane {
        source: source.clone(),
        role,
        clock: Arc::clone(clock),
        limits,
        wake: Arc::new(Wake::default()),
        upkeep: None,
        _ownership: None,
    }
}
