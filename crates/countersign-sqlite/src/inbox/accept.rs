use countersign_inbox::{Accepted, DeadDuplicates, Digest, EventId, EventState, NewEvent, UnsignedIds};

use super::order;
use crate::convert::state;
use crate::error::Failure;
use crate::failpoint::failpoint;
use crate::ops::audit;
use crate::writer::Session;

/// Stores an event, if its key is new.
pub(super) fn accept(
    session: &mut Session<'_>,
    event: &NewEvent,
    head: &[u8],
) -> rusqlite::Result<Result<Accepted, Failure>> {
    let identity = &event.identity;
    let (key, body) = (identity.key(), identity.body());
    let known = session.first(FIND, &[key.as_bytes()], |row| {
        Ok((EventId::new(row.get(0)?), state(row, 1)?, row.get_ref(2)?.as_blob()? == body.as_bytes()))
    })?;
    if let Some((id, state, same_body)) = known {
        let is_requeued = match state {
            EventState::Unverified => true,
            EventState::Dead => event.dead_duplicates == DeadDuplicates::Requeue,
            _ => false,
        };
        if is_requeued {
            requeue(session, id, event, head, same_body)?;
            return Ok(Ok(Accepted::Requeued { id }));
        }
        return Ok(Ok(Accepted::Duplicate { id, state, same_body }));
    }
    let (mut is_suspect, mut guard) = (false, None);
    if let Some((digest, policy)) = identity.guard() {
        is_suspect = session.first(FIND_GUARD, &[digest.as_bytes()], |_| Ok(()))?.is_some();
        if is_suspect && policy == UnsignedIds::Reject {
            return Ok(Ok(Accepted::Replayed));
        }
        // A suspect event does not guard its bytes.
        guard = Some(digest).filter(|_| !is_suspect);
    }
    if let Err(failure) = session.check_room(head.len() + event.body.len())? {
        return Ok(Err(failure));
    }
    failpoint!("accept-before-insert");
    let (id, now) = (session.next_event()?, session.now());
    let due_at = order::due_at(session, &event.source, event.ordering_key.as_deref())?;
    session.execute(
        INSERT,
        &[
            &id,
            key.as_bytes(),
            &event.source,
            &event.tenant,
            &event.provider,
            &event.external_id,
            &event.event_type,
            &event.traceparent,
            body.as_bytes(),
            &guard.as_ref().map(Digest::as_bytes),
            &event.received_at.as_millis(),
            &now,
            &event.ordering_key,
            &due_at,
        ],
    )?;
    session.execute(INSERT_BODY, &[&id, &head, &&*event.body])?;
    failpoint!("accept-after-insert");
    session.count_stored(&event.source);
    session.wake(Some(&event.source));
    Ok(Ok(Accepted::New { id: EventId::new(id), is_suspect }))
}

/// Makes a dead letter or an unverified event ready, with the new request of its provider.
fn requeue(
    session: &mut Session<'_>,
    id: EventId,
    event: &NewEvent,
    head: &[u8],
    same_body: bool,
) -> rusqlite::Result<()> {
    let (now, number) = (session.now(), id.get());
    let order_before = order::key_of(session, number)?;
    session.execute(REPLAY, &[&number, &now, &event.provider])?;
    let guard = event.identity.guard().map(|(digest, _)| digest);
    let is_of_another = match &guard {
        Some(digest) => session.first(FIND_OTHER_GUARD, &[digest.as_bytes(), &number], |_| Ok(()))?.is_some(),
        None => false,
    };
    // Under an unsigned id, the bytes of another event may be a forgery.
    if !is_of_another || same_body {
        let guard = guard.filter(|_| !is_of_another);
        session.execute(
            REPLACE,
            &[
                &number,
                &event.external_id,
                &event.event_type,
                &event.traceparent,
                event.identity.body().as_bytes(),
                &guard.as_ref().map(Digest::as_bytes),
                &event.received_at.as_millis(),
                &event.ordering_key,
            ],
        )?;
        session.execute(REPLACE_BODY, &[&number, &head, &&*event.body])?;
    }
    order::hold(session, number)?;
    if let Some((source, key)) = order_before {
        // It may have another key now, and others have waited for it.
        order::release(session, &source, &key)?;
    }
    audit::write(session, &event.provider, "requeue", &[id], None)?;
    session.wake(Some(&event.source));
    Ok(())
}

/// Makes an event ready and due at once, with all attempts available again, for an actor. The fence continues.
pub(crate) const REPLAY: &str = "UPDATE wh_event SET state = 0, attempt = 0, replays = replays + 1, \
    isolation = 0, queued_at = ?2, due_at = 0, finished_at = NULL, replayed_by = ?3 WHERE id = ?1";

const FIND: &str = "SELECT id, state, body_sha256 FROM wh_event WHERE key = ?1";
const FIND_GUARD: &str = "SELECT 1 FROM wh_event WHERE guard = ?1";
const FIND_OTHER_GUARD: &str = "SELECT 1 FROM wh_event WHERE guard = ?1 AND id <> ?2";
const REPLACE: &str = "UPDATE wh_event SET external_id = ?2, event_type = ?3, traceparent = ?4, body_sha256 = ?5, \
    guard = coalesce(?6, guard), received_at = ?7, ordering_key = ?8 WHERE id = ?1";
const REPLACE_BODY: &str = "INSERT OR REPLACE INTO wh_body(event_id, head, body) VALUES(?1, ?2, ?3)";
const INSERT: &str = "INSERT INTO wh_event(id, key, source, tenant, provider, external_id, event_type, traceparent, \
    body_sha256, guard, received_at, stored_at, queued_at, ordering_key, due_at) \
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14)";
const INSERT_BODY: &str = "INSERT INTO wh_body(event_id, head, body) VALUES(?1, ?2, ?3)";
