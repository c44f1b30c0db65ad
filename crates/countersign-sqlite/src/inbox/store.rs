use std::future::ready;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::telemetry::DEAD;
use countersign_inbox::{
    Accepted, AttemptNote, CircuitReport, ClaimDue, Durability, EventId, FailureKind, Fenced, Finish,
    InboxStore, Increment, Lease, Leased, NewEvent, OpsStore, Stats, StoreFuture, StoredEvent, Swept, Woken,
};
use metrics::counter;

use super::request::Replacement;
use super::sweep::Ages;
use super::{accept, claim, finish, request, sweep};
use crate::convert::millis;
use crate::error::Failure;
use crate::failpoint::failpoint;
use crate::ops::{control, statistics};
use crate::sql::SQL;
use crate::store::SqliteStore;
use crate::{file, filesystem};

impl InboxStore for SqliteStore {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        let mut event = event.bounded();
        // Encoded on the caller's side, to relieve the writer.
        let head = mem::take(&mut event.head).to_bytes();
        let weight = ROW + head.len() + event.body.len();
        self.ask(weight, move |session| accept::accept(session, &event, &head))
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        let (request, source) = (request.clone(), &request.source);
        let claimed =
            self.submit(ROW * request.max.min(BATCH), move |session| claim::claim_due(session, &request));
        Box::pin(async move {
            let (leased, unreadable) = claim::read_heads(claimed.await?);
            if !leased.is_empty() {
                failpoint!("after-claim");
            }
            for (lease, error) in unreadable {
                // The event must not block others. If another worker has it by now, the result does not matter.
                let note = AttemptNote::NONE.with_failure(FailureKind::Unreadable);
                if self.finish(&lease, &Finish::Dead { error }, note).await? == Fenced::Ok(()) {
                    counter!(DEAD, "source" => source.clone(), "reason" => "unreadable").increment(1);
                }
            }
            Ok(leased)
        })
    }

    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        let (leases, ttl) = (leases.to_vec(), millis(ttl));
        self.submit(ROW * leases.len(), move |session| {
            leases.iter().map(|lease| claim::extend(session, lease, ttl)).collect()
        })
    }

    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>> {
        let (lease, finish) = (*lease, finish.clone());
        self.submit(ROW, move |session| finish::finish(session, &lease, &finish, note))
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.wake.woken())
    }

    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        Box::pin(self.wake.woken_since(mark))
    }

    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        let sources = sources.to_vec();
        self.ops.read(move |session| {
            let mut due = Vec::new();
            for source in &sources {
                if claim::has_due(session, &ClaimDue::new(source, "", 1, Duration::ZERO))? {
                    due.push(source.clone());
                }
            }
            Ok(Some(due))
        })
    }

    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        let (source, after) = (source.to_owned(), after.map_or(i64::MIN, EventId::get));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = self.ops.read(move |session| request::unverified(session, &source, after, limit));
        Box::pin(async move { Ok(read.await?.into_iter().filter_map(request::with_head).collect()) })
    }

    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        let ids = ids.to_vec();
        self.submit(ROW * ids.len(), move |session| request::resume(session, &ids))
    }

    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        // By the writer, as the duplicate was looked up: a reader may be busy with an operator's search.
        let read = self.submit(REQUEST, move |session| request::stored(session, id));
        Box::pin(async move { Ok(read.await?.and_then(request::with_head)) })
    }

    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        let replacement = Replacement::new(stored, event.clone().bounded());
        self.ask(ROW + replacement.bytes(), move |session| request::replace(session, &replacement))
    }

    fn counts(&self) -> StoreFuture<'_, Option<Stats>> {
        let stats = self.ops.stats();
        Box::pin(async move { stats.await.map(Some) })
    }

    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        let (worker, open) = (worker.to_owned(), open.to_vec());
        self.submit(ROW * open.len(), move |session| control::report(session, &worker, &open))
    }

    fn ops(&self) -> Option<&dyn OpsStore> {
        Some(self)
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        let increments = increments.to_vec();
        let rows = increments.iter().map(|increment| 1 + increment.inline_attempts.len()).sum::<usize>();
        self.submit(ROW * rows, move |session| statistics::add(session, &increments))
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        if !self.timeline.is_steady() {
            return Box::pin(ready(Ok(Swept::default())));
        }
        let ages = Ages {
            keys: millis(self.retention),
            dead: millis(self.inbox_retention.dead),
            bodies: millis(self.inbox_retention.body),
            attempts: millis(self.inbox_retention.attempt),
            audit: millis(self.inbox_retention.audit),
        };
        self.submit_deletion(ROW, move |session| sweep::sweep(session, ages))
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        // Finishing an event needs little room, and may succeed when storing one does not.
        if let Some(free) = filesystem::free(self.path()).filter(|free| *free < LOW_DISK) {
            return Box::pin(ready(Err(Failure::LowDisk { free }.into())));
        }
        if file::is_linked(self.path()) {
            return Box::pin(ready(Err(Failure::Linked.into())));
        }
        let timeline = Arc::clone(&self.timeline);
        self.ask(ROW, move |session| {
            if let Err(failure) = session.check_room(0)? {
                return Ok(Err(failure));
            }
            if let Some(step) = timeline.step() {
                if !session.is_step_accepted(step)? {
                    return Ok(Err(Failure::Clock { step }));
                }
                timeline.accept();
            }
            let now = session.now();
            session.execute(SQL.meta_set, &[&"probe", &now])?;
            Ok(Ok(()))
        })
    }

    fn retention(&self) -> Duration {
        self.retention
    }

    fn dead_retention(&self) -> Duration {
        self.inbox_retention.dead
    }

    fn durability(&self) -> Durability {
        self.durability
    }
}

/// The approximate size of an event with its indexes and without its request, in bytes.
const ROW: usize = 512;
/// The weight of a read whose size is not known before: that of a large request, so that one commit has few of them.
const REQUEST: usize = 64 << 10;
/// The weight of larger batches is that of this many events.
const BATCH: usize = 256;

/// The log and the file may grow at the same time, with a small reserve.
const LOW_DISK: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use countersign_inbox::{InlineFilter, Page, RejectionSample, StoredHead, UnsignedIds};
    use countersign_testkit::conformance::inbox::{sample_event, sample_inline_attempt};
    use rusqlite::Connection;

    use super::*;
    use crate::ops::inline_attempts;
    use crate::writer::Session;

    /// A store that scans all events becomes slower with each of them.
    #[test]
    fn nothing_that_is_done_often_looks_at_more_than_it_has_to() {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection);
        let mut session = Session::new(&connection, i64::MAX);
        let request = ClaimDue::new("orders", "worker", 10, Duration::ZERO);
        let finishes = [
            Finish::Retry { after: Duration::ZERO, error: String::new() },
            Finish::Keep { after: Duration::ZERO, error: String::new() },
            Finish::Skip { reason: String::new() },
            Finish::Dead { error: String::new() },
            Finish::GiveBack,
            Finish::Unverified { error: String::new() },
            Finish::Done,
        ];
        for nth in 0..finishes.len() {
            let mut event = sample_event("orders", &nth.to_string(), "{}");
            event.identity = event.identity.clone().with_guard(event.identity.body(), UnsignedIds::Warn);
            accept::accept(&mut session, &event, b"POST /\n").unwrap().unwrap();
        }
        let claimed = claim::claim_due(&mut session, &request).unwrap();
        let (leased, _) = claim::read_heads(claimed);
        assert_eq!(leased.len(), finishes.len());
        for (leased, finish) in leased.iter().zip(&finishes) {
            let extended = claim::extend(&mut session, &leased.lease, 1).unwrap();
            assert!(matches!(extended, Fenced::Ok(_)), "{extended:?}");
            let finished = finish::finish(&mut session, &leased.lease, finish, AttemptNote::NONE).unwrap();
            assert_eq!(finished, Fenced::Ok(()));
            let _ = finish::finish(&mut session, &leased.lease, &Finish::Done, AttemptNote::NONE).unwrap();
        }
        let mut increment = Increment::new("orders");
        increment.keys.insert("current".to_owned(), 1);
        increment.rejections.counts.insert(("acme".to_owned(), "stale".to_owned()), 1);
        increment.rejections.samples.push(RejectionSample::default());
        increment.inline_attempts.push((Duration::ZERO, sample_inline_attempt()));
        statistics::add(&mut session, &[increment]).unwrap();
        for (source, has_failed) in
            [(None, false), (None, true), (Some("orders"), false), (Some("orders"), true)]
        {
            let mut filter = InlineFilter::default();
            (filter.source, filter.has_failed) = (source.map(str::to_owned), has_failed);
            let rows = inline_attempts::read(&mut session, &filter, Page::first(10)).unwrap();
            assert_eq!(rows.len(), 1, "{filter:?}");
        }
        let unverified = request::unverified(&mut session, "orders", 0, 10).unwrap();
        assert_eq!(unverified.len(), 1);
        assert_eq!(request::resume(&mut session, &[unverified[0].0.id]).unwrap(), 1);
        let (stored, _) = request::stored(&mut session, unverified[0].0.id).unwrap().unwrap();
        let stored = StoredEvent { head: StoredHead::from_bytes(b"POST /\n").unwrap(), ..stored };
        let mut again = sample_event("orders", "5", "other");
        again.identity = again.identity.clone().with_guard(again.identity.body(), UnsignedIds::Warn);
        let replacement = Replacement::new(&stored, again);
        assert!(request::replace(&mut session, &replacement).unwrap().unwrap());
        sweep::sweep(&mut session, Ages { keys: -1, dead: -1, bodies: -1, attempts: -1, audit: -1 }).unwrap();
        let plans = session.plans();
        assert!(plans.len() > 15, "{plans:?}");
        for (sql, plan) in plans {
            assert!(!plan.contains("SCAN ") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }

    #[test]
    fn an_event_that_is_stored_and_claimed_in_one_transaction_is_counted_once() {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection);
        let mut session = Session::new(&connection, i64::MAX);
        connection.execute_batch("BEGIN").unwrap();
        for source in ["orders", "refunds"] {
            for id in ["1", "2"] {
                let event = sample_event(source, id, "{}");
                accept::accept(&mut session, &event, b"POST /\n").unwrap().unwrap();
            }
            let request = ClaimDue::new(source, "worker", 1, Duration::ZERO);
            assert_eq!(claim::claim_due(&mut session, &request).unwrap().len(), 1);
        }
        session.save_counts().unwrap();
        connection.execute_batch("COMMIT").unwrap();
        let wrong = "SELECT count(*) FROM (SELECT source, state, count(*) AS number FROM wh_event GROUP BY 1, 2) \
            FULL JOIN (SELECT source, state, number AS counted FROM wh_count) USING(source, state) \
            WHERE coalesce(number, 0) IS NOT coalesce(counted, 0)";
        let wrong: i64 = connection.query_row(wrong, (), |row| row.get(0)).unwrap();
        assert_eq!(wrong, 0);
    }
}
