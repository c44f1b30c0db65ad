//! Reads and replaces the requests of events. Heads are unparsed: they are parsed beside the thread of the store.

use std::mem;

use bytes::Bytes;
use countersign_inbox::{Digest, EventId, NewEvent, StoredEvent, StoredHead};
use rusqlite::Row;

use super::order;
use crate::convert::{key, time};
use crate::error::Failure;
use crate::ops::audit;
use crate::sql::SQL;
use crate::writer::Session;

/// The request of a duplicate, and that of its event, which it replaces.
pub(super) struct Replacement {
    id: EventId,
    head: Vec<u8>,
    body: Bytes,
    received_at: i64,
    new: NewEvent,
    new_head: Vec<u8>,
}

impl Replacement {
    pub(super) fn new(stored: &StoredEvent, mut new: NewEvent) -> Self {
        let new_head = mem::take(&mut new.head).to_bytes();
        Self {
            id: stored.id,
            head: stored.head.to_bytes(),
            body: stored.body.clone(),
            received_at: stored.received_at.as_millis(),
            new,
            new_head,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.new_head.len() + self.new.body.len()
    }
}

/// Reads the requests of unverified events, with unparsed heads.
pub(super) fn unverified(
    session: &mut Session<'_>,
    source: &str,
    after: i64,
    limit: i64,
) -> rusqlite::Result<Vec<(StoredEvent, Vec<u8>)>> {
    session.all(SQL.unverified, &[&source, &after, &limit], event)
}

/// Makes unverified events ready.
pub(super) fn resume(session: &mut Session<'_>, ids: &[EventId]) -> rusqlite::Result<u64> {
    let mut resumed = 0;
    for id in ids {
        let source: Option<String> = session.first(SQL.resume, &[&id.get()], |row| row.get(0))?;
        if let Some(source) = source {
            resumed += 1;
            order::hold(session, id.get())?;
            session.wake(Some(&source));
        }
    }
    Ok(resumed)
}

/// Reads the stored request of an event, with an unparsed head.
pub(super) fn stored(
    session: &mut Session<'_>,
    id: EventId,
) -> rusqlite::Result<Option<(StoredEvent, Vec<u8>)>> {
    session.first(SQL.stored_request, &[&id.get()], event)
}

/// Replaces the request of a ready event, if it is still the same.
pub(super) fn replace(
    session: &mut Session<'_>,
    replacement: &Replacement,
) -> rusqlite::Result<Result<bool, Failure>> {
    let Replacement { id, head, body, received_at, new, new_head } = replacement;
    let (identity, number) = (&new.identity, id.get());
    let is_same = session.first(
        SQL.replaceable,
        &[&number, identity.key().as_bytes(), &&**body, received_at, head],
        |_| Ok(()),
    )?;
    if is_same.is_none() {
        return Ok(Ok(false));
    }
    if let Err(failure) = session.check_room(replacement.bytes())? {
        return Ok(Err(failure));
    }
    let mut guard = identity.guard().map(|(digest, _)| digest);
    if let Some(digest) = &guard
        && session.first(SQL.guard_of_another, &[digest.as_bytes(), &number], |_| Ok(()))?.is_some()
    {
        guard = None;
    }
    session.execute(
        SQL.replace_request,
        &[
            &number,
            &new.event_type,
            &new.traceparent,
            identity.body().as_bytes(),
            &guard.as_ref().map(Digest::as_bytes),
            &new.received_at.as_millis(),
        ],
    )?;
    session.execute(SQL.replace_body, &[&number, new_head, &&*new.body])?;
    audit::write(session, &new.provider, "replace", &[*id], None)?;
    Ok(Ok(true))
}

/// Returns the event of a row with the columns of `request.sql`, and its unparsed head.
fn event(row: &Row<'_>) -> rusqlite::Result<(StoredEvent, Vec<u8>)> {
    let event = StoredEvent {
        id: EventId::new(row.get(0)?),
        key: key(row, 1)?,
        source: row.get(2)?,
        tenant: row.get(3)?,
        provider: row.get(4)?,
        external_id: row.get(5)?,
        event_type: row.get(6)?,
        ordering_key: row.get(11)?,
        received_at: time(row, 7)?,
        head: StoredHead::default(),
        body: Bytes::from(row.get::<_, Vec<u8>>(10)?),
        traceparent: row.get(8)?,
    };
    Ok((event, row.get(9)?))
}

/// Returns the event with its head, or `None` if that is malformed.
pub(super) fn with_head((mut event, head): (StoredEvent, Vec<u8>)) -> Option<StoredEvent> {
    event.head = StoredHead::from_bytes(&head).ok()?;
    Some(event)
}
