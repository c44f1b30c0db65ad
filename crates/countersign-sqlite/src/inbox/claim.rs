use std::time::Duration;

use bytes::Bytes;
use countersign_inbox::{ClaimDue, EventId, Fenced, Isolation, Lease, Leased, StoredEvent, StoredHead};
use rusqlite::{Row, ToSql};

use super::finish::lose;
use super::order::is_next;
use crate::convert::{count, fence, key, leased, millis, time};
use crate::ops::pause::is_paused;
use crate::writer::Session;

/// A claimed event with an unparsed head.
pub(super) struct Claimed {
    leased: Leased,
    head: Option<Vec<u8>>,
}

impl Claimed {
    fn bytes(&self) -> usize {
        self.head.as_ref().map_or(0, Vec::len) + self.leased.event.body.len()
    }
}

/// Leases due events.
pub(super) fn claim_due(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<Claimed>> {
    let found = candidates(session, request)?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let fence = session.next_fence()?;
    let mut claimed = Vec::with_capacity(found.len());
    let mut bytes = 0_usize;
    for Candidate(_, id, lost) in found {
        let Some(next) = lease(session, request, (id, lost), fence)? else { continue };
        bytes = bytes.saturating_add(next.bytes());
        claimed.push(next);
        if bytes >= request.max_bytes {
            break;
        }
    }
    Ok(claimed)
}

/// Extends a lease.
pub(super) fn extend(
    session: &mut Session<'_>,
    lease: &Lease,
    ttl: i64,
) -> rusqlite::Result<Fenced<Option<Lease>>> {
    let until = session.now().saturating_add(ttl);
    let changed = session.execute(EXTEND, &[lease.key().as_bytes(), &fence(lease), &until])?;
    let extended = leased(lease.key(), fence(lease), until);
    Ok(if changed == 0 { Fenced::Stale } else { Fenced::Ok(Some(extended)) })
}

/// Returns whether a claim would find an event.
pub(super) fn has_due(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<bool> {
    Ok(!candidates(session, request)?.is_empty())
}

/// The time since which an event is due, its id, and the expired lease on it: 0 none, 1 that of another
/// claimer, 2 that of the same claimer, 3 the same and it was extended.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Candidate(i64, i64, i64);

/// Returns the oldest due events, including those with expired leases and those that a wrong clock has scheduled
/// too late; none while the endpoint is paused.
fn candidates(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<Candidate>> {
    if is_paused(session, &request.source)? {
        return Ok(Vec::new());
    }
    let now = session.now();
    if let Some(id) = request.only {
        let values: [&dyn ToSql; 4] = [&id.get(), &request.source, &now, &request.instance];
        let found = session.first(FIND_ONE, &values, candidate)?;
        return Ok(found.into_iter().take(request.max).collect());
    }
    let mut found = Vec::new();
    if request.isolation != Isolation::Without {
        found = isolated(session, request)?;
        if request.isolation == Isolation::Alone && !found.is_empty() {
            found.truncate(request.max.min(1));
            return Ok(found);
        }
    }
    let too_far = now.saturating_add(millis(request.horizon));
    found.extend(find(session, FIND_QUEUED, request, &[])?);
    found.extend(find(session, FIND_DUE, request, &[&now])?);
    found.extend(find(session, FIND_FAR, request, &[&too_far])?);
    found.extend(find(session, FIND_OWN, request, &[&now, &request.instance])?);
    // Each list is sorted, but not their concatenation.
    found.sort_unstable();
    found.truncate(request.max);
    Ok(found)
}

/// Returns the due isolated events, the oldest first: those that another claimer had leased, and those that were
/// isolated before.
fn isolated(session: &mut Session<'_>, request: &ClaimDue) -> rusqlite::Result<Vec<Candidate>> {
    let now = session.now();
    let before = now.saturating_sub(millis(request.isolated_pause));
    let mut found = find(session, FIND_EXPIRED, request, &[&now, &before, &request.instance])?;
    found.extend(find(session, FIND_ISOLATED, request, &[&now, &before])?);
    found.sort_unstable();
    Ok(found)
}

fn find(
    session: &mut Session<'_>,
    sql: &'static str,
    request: &ClaimDue,
    times: &[&dyn ToSql],
) -> rusqlite::Result<Vec<Candidate>> {
    let max = i64::try_from(request.max).unwrap_or(i64::MAX);
    let values: Vec<&dyn ToSql> =
        [&request.source as &dyn ToSql, &max].into_iter().chain(times.iter().copied()).collect();
    session.all(sql, &values, candidate)
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate(row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Parses the heads on the caller's side, to relieve the writer.
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
    (id, lost): (i64, i64),
    fence: i64,
) -> rusqlite::Result<Option<Claimed>> {
    if lost != NO_LEASE {
        lose(session, id)?;
    }
    let now = session.now();
    let until = now.saturating_add(millis(request.ttl));
    let stored = session.first(READ_BODY, &[&id], |row| {
        let bytes = |at| row.get_ref(at)?.as_blob().map(<[u8]>::to_vec).map_err(rusqlite::Error::from);
        Ok((bytes(0)?, bytes(1)?))
    })?;
    let (head, body) = stored.map_or((None, Vec::new()), |(head, body)| (Some(head), body));
    let ClaimDue { worker, is_exclusive, instance, .. } = request;
    session.first(LEASE, &[&id, &fence, worker, &until, is_exclusive, instance, &now], |row| {
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
            ordering_key: row.get(12)?,
            received_at: time(row, 9)?,
            head: StoredHead::default(),
            body: Bytes::from(body),
            traceparent: row.get(10)?,
        };
        let leased = Leased::new(lease, count(row, 1)?, count(row, 2)?, age, event);
        let leased = leased.with_isolation(count(row, 11)?);
        let leased = if lost == NO_LEASE { leased } else { leased.taken_over(lost == OWN_STARTED) };
        Ok(Claimed { leased, head })
    })
}

const NO_LEASE: i64 = 0;
const OWN_STARTED: i64 = 3;
const FIND_ONE: &str = concat!(
    "SELECT 0, id, iif(state = 1, 1 + (instance = ?4) * (1 + is_started), 0) FROM wh_event \
    WHERE id = ?1 AND source = ?2 AND (state = 0 AND ",
    is_next!(),
    " OR (state = 1 AND lease_until <= ?3))"
);
/// Due at once, independently of the clock.
const FIND_QUEUED: &str = concat!(
    "SELECT queued_at, id, 0 FROM wh_event WHERE source = ?1 AND state = 0 AND isolation = 0 AND due_at = 0 AND ",
    is_next!(),
    " ORDER BY queued_at, id LIMIT ?2"
);
const FIND_DUE: &str = concat!(
    "SELECT due_at, id, 0 FROM wh_event \
    WHERE source = ?1 AND state = 0 AND isolation = 0 AND due_at > 0 AND due_at <= ?3 AND ",
    is_next!(),
    " ORDER BY due_at, id LIMIT ?2"
);
const FIND_FAR: &str = concat!(
    "SELECT due_at, id, 0 FROM wh_event \
    WHERE source = ?1 AND state = 0 AND isolation = 0 AND due_at > 0 AND due_at > ?3 AND ",
    is_next!(),
    " ORDER BY due_at, id LIMIT ?2"
);
const FIND_OWN: &str = "SELECT lease_until, id, 2 + is_started FROM wh_event \
    WHERE source = ?1 AND state = 1 AND isolation = 0 AND instance = ?4 AND lease_until <= ?3 \
    ORDER BY lease_until, id LIMIT ?2";
const FIND_EXPIRED: &str = "SELECT lease_until, id, 1 + (instance = ?5) * (1 + is_started) FROM wh_event \
    WHERE source = ?1 AND state = 1 AND lease_until <= iif(isolation > 0, ?4, ?3) AND lease_until <= ?3 \
    AND (isolation > 0 OR instance <> ?5) ORDER BY lease_until, id LIMIT ?2";
/// A due time in the future comes from a wrong clock: the pause ends with the first claim that sees it.
const FIND_ISOLATED: &str = concat!(
    "SELECT iif(due_at = 0, queued_at, due_at), id, 0 FROM wh_event \
    WHERE source = ?1 AND state = 0 AND isolation > 0 AND (isolation = 1 OR due_at <= ?4 OR due_at > ?3) AND ",
    is_next!(),
    " ORDER BY due_at, id LIMIT ?2"
);
const LEASE: &str = "UPDATE wh_event SET state = 1, attempt = attempt + iif(state = 1, is_started, 1), \
    isolation = iif(state = 1 AND instance <> ?6, max(isolation + is_started, 1), max(isolation, ?5)), \
    is_started = state = 0 AND isolation <= ?5, \
    instance = ?6, fence = ?2, worker = ?3, lease_until = ?4, claimed_at = ?7 WHERE id = ?1 RETURNING key, attempt, replays, \
    queued_at, source, tenant, provider, external_id, event_type, received_at, traceparent, isolation, ordering_key";
const READ_BODY: &str = "SELECT head, body FROM wh_body WHERE event_id = ?1";
const EXTEND: &str =
    "UPDATE wh_event SET lease_until = ?3, is_started = 1 WHERE key = ?1 AND fence = ?2 AND state = 1";
const NO_REQUEST: &str = "the request is no longer stored: was it deleted by hand?";
