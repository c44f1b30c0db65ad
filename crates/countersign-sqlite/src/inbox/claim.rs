use std::time::Duration;

use bytes::Bytes;
use countersign_inbox::{ClaimDue, EventId, Fenced, Lease, Leased, StoredEvent, StoredHead};

use super::finish;
use crate::rows::{count, key, time};
use crate::store::{fence, leased};
use crate::upkeep::millis;
use crate::writer::Session;

/// Leases what is due.
pub(super) fn claim_due(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<Leased>> {
    let ids = candidates(session, request)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let fence = session.next_fence()?;
    let mut leased = Vec::with_capacity(ids.len());
    for id in ids {
        leased.extend(lease(session, request, id, fence)?);
    }
    Ok(leased)
}

/// Lets a lease last longer.
pub(super) fn extend(session: &mut Session<'_>, lease: &Lease, ttl: i64) -> rusqlite::Result<Fenced<Lease>> {
    let until = session.now().saturating_add(ttl);
    let changed = session.execute(EXTEND, &[lease.key().as_bytes(), &fence(lease), &until])?;
    Ok(if changed == 0 { Fenced::Stale } else { Fenced::Ok(leased(lease.key(), fence(lease), until)) })
}

/// The oldest that are due, what a lease has left behind, and what a wrong clock has put far away.
fn candidates(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<i64>> {
    let (now, source) = (session.now(), &request.source);
    if let Some(id) = request.only {
        let found = session.first(FIND_ONE, &[&id.get(), source, &now], |row| row.get(0))?;
        return Ok(found.into_iter().collect());
    }
    let max = i64::try_from(request.max).unwrap_or(i64::MAX);
    let too_far = now.saturating_add(millis(request.horizon));
    let mut found = Vec::new();
    for (sql, time) in [(FIND_DUE, now), (FIND_EXPIRED, now), (FIND_FAR, too_far)] {
        found
            .extend(session.all(sql, &[source, &time, &max], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?);
    }
    // Each list is in order; together, they may not be.
    found.sort_unstable();
    found.truncate(request.max);
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

/// `None` where what is stored cannot be read: it is a dead letter now, and does not keep the others from their turn.
fn lease(
    session: &mut Session<'_>,
    request: &ClaimDue,
    id: i64,
    fence: i64,
) -> rusqlite::Result<Option<Leased>> {
    let now = session.now();
    let until = now.saturating_add(millis(request.ttl));
    let stored = session.first(READ_BODY, &[&id], |row| {
        let head = StoredHead::from_bytes(row.get_ref(0)?.as_blob()?);
        Ok((head, Bytes::copy_from_slice(row.get_ref(1)?.as_blob()?)))
    })?;
    let leased = session.first(LEASE, &[&id, &fence, &request.worker, &until], |row| {
        let lease = leased(key(row, 0)?, fence, until);
        let age = Duration::from_millis(u64::try_from(now.saturating_sub(row.get(3)?)).unwrap_or(0));
        let event = StoredEvent {
            id: EventId::new(id),
            key: lease.key(),
            source: row.get(4)?,
            tenant: row.get(5)?,
            provider: row.get(6)?,
            external_id: row.get(7)?,
            event_type: row.get(8)?,
            received_at: time(row, 9)?,
            head: StoredHead::default(),
            body: Bytes::new(),
            traceparent: row.get(10)?,
        };
        Ok(Leased::new(lease, count(row, 1)?, count(row, 2)?, age, event))
    })?;
    let Some(mut leased) = leased else { return Ok(None) };
    let error = match stored {
        Some((Ok(head), body)) => {
            (leased.event.head, leased.event.body) = (head, body);
            return Ok(Some(leased));
        }
        Some((Err(error), _)) => error.to_string(),
        None => "the request is not stored any more: was it deleted by hand?".to_owned(),
    };
    finish::bury(session, &leased.lease, &error)?;
    Ok(None)
}

const FIND_ONE: &str = "SELECT id FROM wh_event \
    WHERE id = ?1 AND source = ?2 AND (state = 0 OR (state = 1 AND lease_until <= ?3))";
const FIND_DUE: &str = "SELECT due_at, id FROM wh_event \
    WHERE source = ?1 AND state = 0 AND due_at <= ?2 ORDER BY due_at, id LIMIT ?3";
const FIND_EXPIRED: &str = "SELECT due_at, id FROM wh_event \
    WHERE source = ?1 AND state = 1 AND lease_until <= ?2 ORDER BY lease_until LIMIT ?3";
const FIND_FAR: &str = "SELECT due_at, id FROM wh_event \
    WHERE source = ?1 AND state = 0 AND due_at > ?2 ORDER BY due_at, id LIMIT ?3";
const LEASE: &str = "UPDATE wh_event \
    SET state = 1, attempt = attempt + 1, fence = ?2, worker = ?3, lease_until = ?4 WHERE id = ?1 \
    RETURNING key, attempt, replays, queued_at, source, tenant, provider, external_id, event_type, received_at, \
    traceparent";
const READ_BODY: &str = "SELECT head, body FROM wh_body WHERE event_id = ?1";
const EXTEND: &str = "UPDATE wh_event SET lease_until = ?3 WHERE key = ?1 AND fence = ?2 AND state = 1";
