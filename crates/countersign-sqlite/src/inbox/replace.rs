use std::mem;

use bytes::Bytes;
use countersign_inbox::{Digest, EventId, NewEvent, StoredEvent};

use super::request;
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

/// Reads the stored request of an event, with an unparsed head.
pub(super) fn read(
    session: &mut Session<'_>,
    id: EventId,
) -> rusqlite::Result<Option<(StoredEvent, Vec<u8>)>> {
    session.first(SQL.stored_request, &[&id.get()], request::read)
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
