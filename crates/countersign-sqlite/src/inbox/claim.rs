use std::time::Duration;

use bytes::Bytes;
use countersign_inbox::{ClaimDue, EventId, Fenced, Lease, Leased, StoredEvent, StoredHead};

use crate::rows::{count, key, time};
use crate::store::{fence, leased};
use crate::upkeep::millis;
use crate::writer::Session;

/// An event whose head is still bytes.
pub(super) struct Claimed {
    leased: Leased,
    head: Option<Vec<u8>>,
}

/// Leases what is due.
pub(super) fn claim_due(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<Claimed>> {
    let ids = candidates(session, request)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let fence = session.next_fence()?;
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        claimed.extend(lease(session, request, id, fence)?);
    }
    Ok(claimed)
}

/// Lets a lease last longer.
pub(super) fn extend(session: &mut Session<'_>, lease: &Lease, ttl: i64) -> rusqlite::Result<Fenced<Lease>> {
    let until = session.now().saturating_add(ttl);
    let changed = session.execute(EXTEND, &[lease.key().as_bytes(), &fence(lease), &until])?;
    Ok(if changed == 0 { Fenced::Stale } else { Fenced::Ok(leased(lease.key(), fence(lease), until)) })
}

/// Whether a claim would find an event.
pub(super) fn has_due(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<bool> {
    Ok(!candidates(session, request)?.is_empty())
}

/// The oldest that are due, what a lease has left behind, and what a wrong clock has put far away.
fn candidates(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<i64>> {
    let (now, source) = (session.now(), &request.source);
    if let Some(id) = request.only {
        let found = session.first(FIND_ONE, &[&id.get(), source, &now], |row| row.get(0))?;
        return Ok(found.into_iter().take(request.max).collect());
    }
    let max = i64::try_from(request.max).unwrap_or(i64::MAX);
    let too_far = now.saturating_add(millis(request.horizon));
    let mut found = Vec::new();
    for (sql, time) in [(FIND_QUEUED, now), (FIND_DUE, now), (FIND_EXPIRED, now), (FIND_FAR, too_far)] {
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

/// Reads the head: on the side of whoever asked, since the writer has enough to do.
pub(super) fn read_heads(claimed: Vec<Claimed>) -> (Vec<Leased>, Vec<(Lease, String)>) {
    let (mut leased, mut unreadable) = (Vec::with_capacity(claimed.len()), Vec::new());
    for Claimed { leased: mut event, head } in claimed {
        match head.map(|head| StoredHead::from_bytes(&head)) {
            Some(Ok(head)) => {
                event.event.head = head;
                leased.push(event);
            }
            Some(Err(error)) => unreadable.push((event.lease, error.to_string())),
            None => unreadable.push((event.lease, NO_REQUEST.to_owned())),
        }
    }
    (leased, unreadable)
}

fn lease(
    session: &mut Session<'_>,
    request: &ClaimDue,
    id: i64,
    fence: i64,
) -> rusqlite::Result<Option<Claimed>> {
    let now = session.now();
    let until = now.saturating_add(millis(request.ttl));
    let stored = session.first(READ_BODY, &[&id], |row| {
        let bytes = |at| row.get_ref(at)?.as_blob().map(<[u8]>::to_vec).map_err(rusqlite::Error::from);
        Ok((bytes(0)?, bytes(1)?))
    })?;
    let (head, body) = stored.map_or((None, Vec::new()), |(head, body)| (Some(head), body));
    session.first(LEASE, &[&id, &fence, &request.worker, &until], |row| {
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
            body: Bytes::from(body),
            traceparent: row.get(10)?,
        };
        Ok(Claimed { leased: Leased::new(lease, count(row, 1)?, count(row, 2)?, age, event), head })
    })
}

const FIND_ONE: &str = "SELECT id FROM wh_event \
    WHERE id = ?1 AND source = ?2 AND (state = 0 OR (state = 1 AND lease_until <= ?3))";
/// Due at once: the time does not matter.
const FIND_QUEUED: &str = "SELECT queued_at, id FROM wh_event \
    WHERE source = ?1 AND ?2 IS NOT NULL AND state = 0 AND due_at = 0 ORDER BY queued_at, id LIMIT ?3";
const FIND_DUE: &str = "SELECT due_at, id FROM wh_event \
    WHERE source = ?1 AND state = 0 AND due_at > 0 AND due_at <= ?2 ORDER BY due_at, id LIMIT ?3";
const FIND_EXPIRED: &str = "SELECT lease_until, id FROM wh_event \
    WHERE source = ?1 AND state = 1 AND lease_until <= ?2 ORDER BY lease_until, id LIMIT ?3";
const FIND_FAR: &str = "SELECT due_at, id FROM wh_event \
    WHERE source = ?1 AND state = 0 AND due_at > 0 AND due_at > ?2 ORDER BY due_at, id LIMIT ?3";
const LEASE: &str = "UPDATE wh_event \
    SET state = 1, attempt = attempt + 1, fence = ?2, worker = ?3, lease_until = ?4 WHERE id = ?1 \
    RETURNING key, attempt, replays, queued_at, source, tenant, provider, external_id, event_type, received_at, \
    traceparent";
const READ_BODY: &str = "SELECT head, body FROM wh_body WHERE event_id = ?1";
const EXTEND: &str = "UPDATE wh_event SET lease_until = ?3 WHERE key = ?1 AND fence = ?2 AND state = 1";
const NO_REQUEST: &str = "the request is not stored any more: was it deleted by hand?";
