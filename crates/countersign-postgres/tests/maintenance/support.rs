//! An event that is accepted, claimed and finished.

use countersign_inbox::{Accepted, AttemptNote, ClaimDue, EventId, Fenced, Finish, InboxStore, Leased};

use crate::common::{Machines, TTL, event, wait};

pub(crate) fn accept(machines: &Machines, id: &str) -> EventId {
    match wait(machines.first().accept(event(id))).unwrap() {
        Accepted::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn claim(machines: &Machines) -> Leased {
    let claimed = wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 1, TTL))).unwrap();
    claimed.into_iter().next().unwrap()
}

pub(crate) fn finish(machines: &Machines, leased: &Leased, finish: Finish) {
    assert_eq!(
        wait(machines.first().finish(&leased.lease, &finish, AttemptNote::NONE)).unwrap(),
        Fenced::Ok(())
    );
}

pub(crate) const DAY: i64 = 24 * 3600 * 1000;
