//! Events with ordering keys.

use countersign_inbox::{AttemptNote, ClaimDue, EventId, Fenced, Finish, InboxStore, Leased, NewEvent};
use countersign_postgres::PostgresStore;

use super::{TTL, event, wait};

/// Counts the events that are held until an earlier one ends.
pub(crate) const HELD: &str = "SELECT count(*) FROM countersign.event WHERE held_due IS NOT NULL";

pub(crate) fn keyed(id: &str, key: &str) -> NewEvent {
    let mut event = event(id);
    event.ordering_key = Some(key.to_owned());
    event
}

pub(crate) fn claim(store: &PostgresStore, max: usize) -> Vec<Leased> {
    wait(store.claim_due(&ClaimDue::new("orders", "worker", max, TTL))).unwrap()
}

pub(crate) fn ids(leased: &[Leased]) -> Vec<EventId> {
    leased.iter().map(|leased| leased.event.id).collect()
}

pub(crate) fn end(store: &PostgresStore, leased: &Leased, finish: &Finish) {
    assert_eq!(wait(store.finish(&leased.lease, finish, AttemptNote::NONE)).unwrap(), Fenced::Ok(()));
}
