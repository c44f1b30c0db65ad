use std::time::Duration;

use countersign_inbox::{AttemptNote, AttemptOutcome, Fenced, Finish, Lease};
use rusqlite::ToSql;

use super::order;
use crate::convert::{fence, millis};
use crate::failpoint::failpoint;
use crate::ops::errors;
use crate::writer::Session;

/// Ends an attempt, and stores its row.
pub(super) fn finish(
    session: &mut Session<'_>,
    lease: &Lease,
    finish: &Finish,
    note: AttemptNote,
) -> rusqlite::Result<Fenced<()>> {
    let (key, fence) = (lease.key(), fence(lease));
    let held: [&dyn ToSql; 2] = [key.as_bytes(), &fence];
    failpoint!("finish-before-update");
    let is_ours = match session.first(RUNNING, &held, |row| row.get::<_, i64>(0))? {
        Some(id) => end(session, id, finish, note)?,
        // The same finish again.
        None => *finish == Finish::Done && session.first(IS_DONE, &held, |_| Ok(()))?.is_some(),
    };
    failpoint!("finish-after-update");
    Ok(if is_ours { Fenced::Ok(()) } else { Fenced::Stale })
}

fn end(session: &mut Session<'_>, id: i64, finish: &Finish, note: AttemptNote) -> rusqlite::Result<bool> {
    let now = session.now();
    let (sql, at, outcome, error) = match finish {
        Finish::Done => (DONE, now, AttemptOutcome::Done, None),
        Finish::Skip { reason } => (SKIP, now, AttemptOutcome::Skip, Some(reason)),
        Finish::Retry { after, error } => (RETRY, due(now, *after), AttemptOutcome::Retry, Some(error)),
        Finish::Keep { after, error } => (KEEP, due(now, *after), AttemptOutcome::Keep, Some(error)),
        Finish::Dead { error } => (DEAD, now, AttemptOutcome::Dead, Some(error)),
        Finish::GiveBack => {
            session.wake(None);
            (GIVE_BACK, now, AttemptOutcome::GiveBack, None)
        }
        Finish::Unverified { error } => (UNVERIFIED, now, AttemptOutcome::Unverified, Some(error)),
        // A variant of a newer contract does not occur, because this store was built with an older one.
        _ => return Ok(false),
    };
    let error = error.map_or("", String::as_str);
    if outcome.is_failure() {
        errors::count(session, id, error, note)?;
    }
    if !outcome.is_success() || !note.is_unrecorded {
        let failure = note.failure.map(|failure| failure.as_str());
        session.execute(RECORD, &[&id, &now, &outcome.as_str(), &error, &failure, &note.code])?;
    }
    session.execute(sql, &[&id, &at, &error, &note.code])?;
    if matches!(outcome, AttemptOutcome::Done | AttemptOutcome::Skip | AttemptOutcome::Dead)
        && let Some((source, key)) = order::key_of(session, id)?
    {
        order::release(session, &source, &key)?;
    }
    Ok(true)
}

/// Returns the time after a delay. 0 is reserved for events that are due at once.
fn due(now: i64, after: Duration) -> i64 {
    now.saturating_add(millis(after)).max(1)
}

/// Stores the row of an attempt whose lease has expired without an outcome.
pub(super) fn lose(session: &mut Session<'_>, id: i64) -> rusqlite::Result<()> {
    session.execute(LOSE, &[&id]).map(|_| ())
}

const RUNNING: &str = "SELECT id FROM wh_event WHERE key = ?1 AND fence = ?2 AND state = 1";
const IS_DONE: &str = "SELECT 1 FROM wh_event WHERE key = ?1 AND fence = ?2 AND state = 2";
const RECORD: &str = "INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker, \
    failure, code, replayed_by) SELECT id, fence, attempt, claimed_at, ?2, ?3, ?4, worker, ?5, ?6, replayed_by \
    FROM wh_event WHERE id = ?1";
const LOSE: &str = "INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker, \
    replayed_by) SELECT id, fence, attempt, claimed_at, lease_until, 'lost', '', worker, replayed_by \
    FROM wh_event WHERE id = ?1 AND state = 1";
const DONE: &str = "UPDATE wh_event SET state = 2, isolation = 0, finished_at = ?2, worker = NULL, lease_until = NULL, \
    code = ?4 WHERE id = ?1";
const SKIP: &str = "UPDATE wh_event SET state = 2, isolation = 0, finished_at = ?2, worker = NULL, lease_until = NULL, \
    error = ?3, code = ?4 WHERE id = ?1";
const RETRY: &str = "UPDATE wh_event SET state = 0, isolation = 0, due_at = ?2, worker = NULL, lease_until = NULL, \
    error = ?3, code = ?4 WHERE id = ?1";
const KEEP: &str = "UPDATE wh_event SET state = 0, isolation = 0, due_at = ?2, queued_at = ?2, worker = NULL, \
    lease_until = NULL, attempt = max(attempt - 1, 0), error = ?3, code = ?4 WHERE id = ?1";
const DEAD: &str = "UPDATE wh_event SET state = 3, isolation = 0, finished_at = ?2, worker = NULL, lease_until = NULL, \
    error = ?3, code = ?4 WHERE id = ?1";
const GIVE_BACK: &str = "UPDATE wh_event SET state = 0, due_at = 0, worker = NULL, lease_until = NULL, \
    attempt = max(attempt - 1, 0), code = ?4 WHERE id = ?1";
const UNVERIFIED: &str = "UPDATE wh_event SET state = 4, worker = NULL, lease_until = NULL, \
    attempt = max(attempt - 1, 0), error = ?3, code = ?4 WHERE id = ?1";
