use std::time::Duration;

use bytes::Bytes;
use countersign_inbox::{ClaimDue, EventId, Fenced, Isolation, Lease, Leased, StoredEvent, StoredHead};
use rusqlite::{Row, ToSql};

use super::finish::lose;
use crate::convert::{count, fence, key, leased, millis, time};
use crate::ops::pause::is_paused;
use crate::sql::SQL;
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
    let changed = session.execute(SQL.extend, &[lease.key().as_bytes(), &fence(lease), &until])?;
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
        let found = session.first(SQL.claim_one, &values, candidate)?;
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
    found.extend(find(session, SQL.due_at_once, request, &[])?);
    found.extend(find(session, SQL.due, request, &[&now])?);
    found.extend(find(session, SQL.due_too_late, request, &[&too_far])?);
    found.extend(find(session, SQL.due_own, request, &[&now, &request.instance])?);
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
    let mut found = find(session, SQL.due_expired, request, &[&now, &before, &request.instance])?;
    found.extend(find(session, SQL.due_isolated, request, &[&now, &before])?);
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
    let stored = session.first(SQL.body, &[&id], |row| {
        let bytes = |at| row.get_ref(at)?.as_blob().map(<[u8]>::to_vec).map_err(rusqlite::Error::from);
        Ok((bytes(0)?, bytes(1)?))
    })?;
    let (head, body) = stored.map_or((None, Vec::new()), |(head, body)| (Some(head), body));
    let ClaimDue { worker, is_exclusive, instance, .. } = request;
    session.first(SQL.claim_due, &[&id, &fence, worker, &until, is_exclusive, instance, &now], |row| {
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
const NO_REQUEST: &str = "the request is no longer stored: was it deleted by hand?";
