//! Normalises answers: removes the differences that a store may have from the reference, such as its clock.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{Attempt, EventId, Leased, Pause, SourceStats, Summary};

use super::super::manual_clock::halves;

/// Returns the summary with the id of the reference; times are half minutes since it was stored.
pub(super) fn summary(of: Summary, id: EventId) -> Summary {
    let since = |time| since(of.stored_at, time);
    Summary {
        id,
        queued_at: since(of.queued_at),
        due_at: of.due_at.map(since),
        finished_at: of.finished_at.map(since),
        stored_at: UnixTime::from_secs(0),
        ..of
    }
}

/// Returns the attempt with the fence of the store.
pub(super) fn attempt(of: Attempt, stored_at: UnixTime, fence: u64) -> Attempt {
    let started_at = of.started_at.map(|started_at| since(stored_at, started_at));
    Attempt { started_at, ended_at: since(stored_at, of.ended_at), fence, ..of }
}

pub(super) fn source(of: SourceStats) -> SourceStats {
    let minutes = |due: Duration| Duration::from_secs(due.as_secs() / 60);
    SourceStats { oldest_due: of.oldest_due.map(minutes), ..of }
}

/// Returns the pause with its end in minutes since it began: a pause that replaces another one in the same millisecond
/// begins a millisecond later.
pub(super) fn pause(of: Pause) -> Pause {
    let minutes = |until| UnixTime::from_millis(since(of.since, until).as_millis() / 2);
    Pause { until: of.until.map(minutes), since: UnixTime::from_secs(0), ..of }
}

pub(super) fn assert_leased(store: &Leased, reference: &Leased) {
    let counts = |leased: &Leased| (leased.attempt, leased.replays, halves(leased.age) / 2);
    assert_eq!(counts(store), counts(reference), "attempt, replays, age in minutes");
    let isolation = |leased: &Leased| (leased.is_isolated, leased.is_taken_over, leased.crashes);
    assert_eq!(isolation(store), isolation(reference), "isolation, taken over, crashes");
    let (kept, expected) = (&store.event, &reference.event);
    assert_eq!((kept.key, store.lease.key()), (expected.key, expected.key));
    assert_eq!((&kept.source, &kept.tenant), (&expected.source, &expected.tenant));
    assert_eq!((&kept.provider, &kept.external_id), (&expected.provider, &expected.external_id));
    assert_eq!((&kept.event_type, kept.received_at), (&expected.event_type, expected.received_at));
    assert_eq!(kept.ordering_key, expected.ordering_key);
    assert_eq!((&kept.head, &kept.body), (&expected.head, &expected.body));
}

fn since(stored_at: UnixTime, time: UnixTime) -> UnixTime {
    let count = halves(time.saturating_duration_since(stored_at));
    UnixTime::from_millis(i64::try_from(count).unwrap_or(i64::MAX))
}
