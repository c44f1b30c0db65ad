use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_inbox::{
    Action, AuditEntry, Change, Changed, ControlChange, Controls, Counted, Detail, ErrorPattern, EventId,
    Filter, InlineFilter, Listing, OpsStore, Page, PauseChange, Rejections, Reveal, Series, Statistics,
    Stats, StoreError, StoreFuture, StoredInlineAttempt, WakeQueue, Window,
};
use rusqlite::Connection;

use super::change::{Entry, Found};
use super::{audit, change, control, errors, inline_attempts, pause, rejections, report, statistics};
use crate::backup::{BackupError, backup};
use crate::connection::{Role, Source};
use crate::error::{OpenError, is_disk_full};
use crate::timeline::Timeline;
use crate::writer::{Limits, Queue, Session, Worker, WriterConfig, start};

/// A store as operators see it, opened by [`SqliteStore::attach`](crate::SqliteStore::attach). It neither owns the file nor runs handlers.
///
/// Queries run on a separate connection, and do not block writes.
pub struct SqliteOps {
    writes: Queue,
    reader: Worker,
    source: Source,
    /// The limit of time of a query.
    limit: Duration,
    /// Its own writer, if it is not opened next to a store.
    _writer: Option<Worker>,
}

impl SqliteOps {
    /// Creates the view in a separate process.
    pub(crate) fn start(
        source: &Source,
        connection: Connection,
        timeline: Arc<Timeline>,
        limits: Limits,
    ) -> Result<Self, OpenError> {
        let config =
            |role| WriterConfig { is_guest: true, ..config(source, role, Arc::clone(&timeline), limits) };
        let writer = start(config(Role::Operator), connection)?;
        let reader = start(config(Role::Reader), source.open(Role::Reader)?)?;
        let (writes, source) = (writer.queue.clone(), source.clone());
        Ok(Self { writes, reader, source, limit: READ, _writer: Some(writer) })
    }

    pub(crate) const fn source(&self) -> &Source {
        &self.source
    }

    /// Copies all stored data to a new file, concurrently with the process that owns the store: see
    /// [`SqliteStore::backup_to`](crate::SqliteStore::backup_to).
    ///
    /// # Errors
    ///
    /// [`BackupError`].
    pub async fn backup_to(&self, path: impl Into<PathBuf>) -> Result<(), BackupError> {
        backup(self.source().clone(), path.into()).await
    }

    /// Accepts the owner's clock after it was found to differ from the latest time in the file. The owner applies
    /// this with its next probe or start. Returns the difference in seconds, or `None` if there is no alarm.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be written.
    pub async fn accept_clock(&self) -> Result<Option<i64>, StoreError> {
        let accepted = self.writes.submit(0, |session| session.accept_step()).await?;
        Ok((accepted != 0).then_some(accepted / 1000))
    }

    /// Changes a few events at a time, so that other writes do not wait for long. The reader finds them without
    /// blocking.
    async fn change_in_parts(&self, change: Change) -> Result<Changed, StoreError> {
        let (mut ids, mut entry, mut after) = (Vec::new(), Entry::NONE, change.after);
        let (mut part, mut most, mut looked_at, mut goes_on_after) = (PART, PART, 0_usize, None);
        let change = Arc::new(change);
        while ids.len() < change.limit {
            let limit = (change.limit - ids.len()).min(if change.dry_run { PAGE } else { part });
            let wanted = Arc::clone(&change);
            let most_read = PAGE_READ.min(change.most_read);
            let found = self
                .read(move |session| change::candidates(session, &wanted, after, limit, most_read))
                .await?;
            let Found { ids: found, edge } = found;
            let last = found.last().copied();
            let is_last = found.len() < limit;
            if change.dry_run {
                ids.extend(found);
            } else {
                let wanted = Arc::clone(&change);
                match self.apply(wanted, found, entry).await {
                    Ok(done) => {
                        entry = done.1;
                        ids.extend(done.0);
                        part = next_part(part, done.2).min(most);
                    }
                    // Each part needs room in the log before it makes room in the file.
                    Err(error) if part > 1 && is_disk_full(&error) => {
                        most = part / 4;
                        part = most;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            after = last.or(after);
            if is_last {
                let Some(edge) = edge else { break };
                after = Some(edge);
                looked_at = looked_at.saturating_add(most_read.max(1));
                if looked_at >= change.most_read {
                    goes_on_after = after;
                    break;
                }
            }
        }
        let goes_on_after = goes_on_after.filter(|_| ids.len() < change.limit);
        Ok(Changed::new(ids).with_goes_on_after(goes_on_after).with_at(entry.at()))
    }

    fn apply(
        &self,
        change: Arc<Change>,
        found: Vec<EventId>,
        entry: Entry,
    ) -> StoreFuture<'_, (Vec<EventId>, Entry, Duration)> {
        // Only what is discarded can be purged.
        let is_deletion = matches!(change.action, Action::Purge | Action::Discard);
        let act = move |session: &mut Session<'_>| {
            let start = Instant::now();
            let (ids, entry) = change::apply(session, &change, &found, entry)?;
            Ok((ids, entry, start.elapsed()))
        };
        if is_deletion { self.writes.submit_deletion(0, act) } else { self.writes.submit(0, act) }
    }

    /// Creates the view next to a store, which writes.
    pub(crate) fn beside(
        source: &Source,
        writes: Queue,
        timeline: Arc<Timeline>,
        limits: Limits,
    ) -> Result<Self, OpenError> {
        let connection = source.open(Role::Reader)?;
        let reader = start(config(source, Role::Reader, timeline, limits), connection)?;
        Ok(Self { writes, reader, source: source.clone(), limit: READ, _writer: None })
    }
}

impl SqliteOps {
    /// Reads concurrently with writes, for a limited time.
    pub(crate) fn read<'a, T: Send + 'static>(
        &self,
        mut act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let limit = self.limit;
        self.reader.queue.submit(0, move |session| session.within(limit, &mut act))
    }
}

impl OpsStore for SqliteOps {
    fn stats(&self) -> StoreFuture<'_, Stats> {
        self.read(report::stats)
    }

    fn list<'a>(&'a self, filter: &'a Filter, page: Page) -> StoreFuture<'a, Listing> {
        let filter = filter.clone();
        self.read(move |session| report::list(session, &filter, page))
    }

    fn count<'a>(&'a self, filter: &'a Filter) -> StoreFuture<'a, Counted> {
        let filter = filter.clone();
        self.read(move |session| report::count(session, &filter))
    }

    fn show(&self, id: EventId) -> StoreFuture<'_, Option<Detail>> {
        self.read(move |session| report::show(session, id))
    }

    fn reveal<'a>(&'a self, reveal: &'a Reveal) -> StoreFuture<'a, Option<Detail>> {
        Box::pin(async move {
            let entry = reveal.clone();
            let is_there = self.writes.submit(0, move |session| audit::write_reveal(session, &entry)).await?;
            if is_there { self.show(reveal.event).await } else { Ok(None) }
        })
    }

    fn change<'a>(&'a self, change: &'a Change) -> StoreFuture<'a, Changed> {
        Box::pin(self.change_in_parts(change.clone()))
    }

    fn set_pause<'a>(&'a self, change: &'a PauseChange) -> StoreFuture<'a, bool> {
        let change = change.clone();
        self.writes.submit(0, move |session| pause::set(session, &change))
    }

    fn set_control<'a>(&'a self, change: &'a ControlChange) -> StoreFuture<'a, bool> {
        let change = change.clone();
        self.writes.submit(0, move |session| control::set(session, &change))
    }

    fn controls(&self) -> StoreFuture<'_, Controls> {
        self.read(control::read)
    }

    fn errors<'a>(&'a self, source: Option<&'a str>, limit: usize) -> StoreFuture<'a, Vec<ErrorPattern>> {
        let source = source.map(str::to_owned);
        self.read(move |session| errors::read(session, source.as_deref(), limit))
    }

    fn inline_attempts<'a>(
        &'a self,
        filter: &'a InlineFilter,
        page: Page,
    ) -> StoreFuture<'a, Vec<StoredInlineAttempt>> {
        let filter = filter.clone();
        self.read(move |session| inline_attempts::read(session, &filter, page))
    }

    fn statistics(&self, window: Window) -> StoreFuture<'_, Statistics> {
        self.read(move |session| statistics::read(session, window))
    }

    fn series(&self, window: Window) -> StoreFuture<'_, Series> {
        self.read(move |session| statistics::series(session, window))
    }

    fn rejections<'a>(&'a self, source: Option<&'a str>, window: Window) -> StoreFuture<'a, Rejections> {
        let source = source.map(str::to_owned);
        self.read(move |session| rejections::read(session, source.as_deref(), window))
    }

    fn audit(&self, event: Option<EventId>, page: Page) -> StoreFuture<'_, Vec<AuditEntry>> {
        self.read(move |session| audit::read(session, event, page))
    }
}

impl fmt::Debug for SqliteOps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteOps").finish_non_exhaustive()
    }
}

fn config(source: &Source, role: Role, timeline: Arc<Timeline>, limits: Limits) -> WriterConfig {
    WriterConfig {
        source: source.clone(),
        role,
        timeline,
        owner: None,
        is_guest: false,
        limits,
        wake: Arc::new(WakeQueue::default()),
        maintenance: None,
        _ownership: None,
    }
}

/// Returns the number of events of the next transaction: fewer after a long one, because other writes wait for it.
fn next_part(part: usize, took: Duration) -> usize {
    if took > LONG {
        (part / 2).max(LEAST_PART.min(part))
    } else if took < LONG / 4 {
        part.saturating_mul(2).min(PART)
    } else {
        part
    }
}

/// The largest number of events in a transaction, for whose duration other writes wait. On a full disk it is smaller, and so it is for
/// a large file that is not in memory.
const PART: usize = 100;
/// Long transactions have no fewer events, unless the disk is full.
const LEAST_PART: usize = 10;
/// The time from which a transaction is long, without its commit.
const LONG: Duration = Duration::from_millis(5);
/// The number of events that are found at once.
const PAGE: usize = 1000;
/// The number of events that are looked at to find them.
const PAGE_READ: usize = Page::MOST_READ;
/// The limit of a query: what it reads is bounded, so that only a busy machine needs longer.
const READ: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
