use countersign_inbox::{Accepted, DeadDuplicates, Digest, EventId, EventState, NewEvent, UnsignedIds};

use super::order;
use crate::convert::state;
use crate::error::Failure;
use crate::failpoint::failpoint;
use crate::ops::audit;
use crate::sql::SQL;
use crate::writer::Session;

/// Stores an event, if its key is new.
pub(super) fn accept(
    session: &mut Session<'_>,
    event: &NewEvent,
    head: &[u8],
) -> rusqlite::Result<Result<Accepted, Failure>> {
    let identity = &event.identity;
    let (key, body) = (identity.key(), identity.body());
    let known = session.first(SQL.accept_known, &[key.as_bytes()], |row| {
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
        is_suspect = session.first(SQL.guard, &[digest.as_bytes()], |_| Ok(()))?.is_some();
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
        SQL.accept,
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
    session.execute(SQL.accept_body, &[&id, &head, &&*event.body])?;
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
    session.execute(SQL.change_replay, &[&number, &now, &event.provider])?;
    let guard = event.identity.guard().map(|(digest, _)| digest);
    let is_of_another = match &guard {
        Some(digest) => {
            session.first(SQL.guard_of_another, &[digest.as_bytes(), &number], |_| Ok(()))?.is_some()
        }
        None => false,
    };
    // Under an unsigned id, the bytes of another event may be a forgery.
    if !is_of_another || same_body {
        let guard = guard.filter(|_| !is_of_another);
        session.execute(
            SQL.replace,
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
        session.execute(SQL.replace_body, &[&number, &head, &&*event.body])?;
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
