use countersign::UnixTime;
use countersign_inbox::{
    Accepted, AuditEntry, DeadDuplicates, EventId, EventState, NewEvent, StoredEvent, UnsignedIds,
};

use super::rows::{Place, Row, Rows};

impl Rows {
    pub(super) fn accept(&mut self, event: NewEvent, now: UnixTime) -> Accepted {
        let guard = event.identity.guard().map(|(digest, _)| digest);
        let key = event.identity.key();
        let is_of_another =
            guard.is_some() && self.events.values().any(|row| row.guard == guard && row.event.key != key);
        let Some(row) = self.by_key(key) else { return self.insert(event.bounded(), now) };
        let (id, state) = (row.event.id, row.state());
        let is_requeued = match state {
            EventState::Unverified => true,
            EventState::Dead => event.dead_duplicates == DeadDuplicates::Requeue,
            _ => false,
        };
        if is_requeued {
            row.start_over(&event.provider, now);
            let body_digest = event.identity.body();
            if !is_of_another || row.body_digest == body_digest {
                row.body_digest = body_digest;
                row.guard = guard.filter(|_| !is_of_another).or(row.guard);
                row.event = event.clone().stored_as(id);
            }
            self.write_down(AuditEntry {
                id: 0,
                at: now,
                actor: event.provider,
                action: "requeue".to_owned(),
                event: Some(id),
                count: 1,
                detail: None,
            });
            return Accepted::Requeued { id };
        }
        Accepted::Duplicate { id, state, same_body: row.body_digest == event.identity.body() }
    }

    /// Replaces the request of a ready event, if it is still the given one.
    pub(super) fn replace_request(&mut self, stored: &StoredEvent, event: &NewEvent, now: UnixTime) -> bool {
        let guard = event.identity.guard().map(|(digest, _)| digest);
        let is_of_another = guard.is_some()
            && self.events.values().any(|row| row.guard == guard && row.event.id != stored.id);
        let is_same = |row: &&mut Row| {
            let kept = &row.event;
            matches!(row.place, Place::Ready)
                && kept.key == event.identity.key()
                && (&kept.head, &kept.body, kept.received_at)
                    == (&stored.head, &stored.body, stored.received_at)
        };
        let Some(row) = self.events.get_mut(&stored.id).filter(is_same) else { return false };
        row.body_digest = event.identity.body();
        row.guard = guard.filter(|_| !is_of_another).or(row.guard);
        let new = event.clone().bounded();
        let kept = &mut row.event;
        (kept.head, kept.body, kept.received_at) = (new.head, new.body, new.received_at);
        (kept.event_type, kept.traceparent) = (new.event_type, new.traceparent);
        self.write_down(AuditEntry {
            id: 0,
            at: now,
            actor: new.provider,
            action: "replace".to_owned(),
            event: Some(stored.id),
            count: 1,
            detail: None,
        });
        true
    }

    fn insert(&mut self, event: NewEvent, now: UnixTime) -> Accepted {
        let guard = event.identity.guard();
        let is_known =
            guard.is_some_and(|(digest, _)| self.events.values().any(|row| row.guard == Some(digest)));
        let is_rejected = guard.is_some_and(|(_, policy)| policy == UnsignedIds::Reject);
        if is_known && is_rejected {
            return Accepted::Replayed;
        }
        self.last_id += 1;
        let id = EventId::new(self.last_id);
        let row = Row {
            body_digest: event.identity.body(),
            // A suspect event does not guard its bytes.
            guard: guard.map(|(digest, _)| digest).filter(|_| !is_known),
            stored_at: now,
            since: now,
            instance: 0,
            isolation: 0,
            is_started: false,
            attempt: 0,
            replays: 0,
            replayed_by: None,
            code: None,
            fence: 0,
            due_at: now,
            place: Place::Ready,
            error: None,
            attempts: Vec::new(),
            event: event.stored_as(id),
        };
        self.events.insert(id, row);
        Accepted::New { id, is_suspect: is_known }
    }
}
