use std::time::Duration;

use countersign_inbox::{AttemptNote, AttemptOutcome, Fenced, Finish, Lease};
use rusqlite::ToSql;

use super::order;
use crate::convert::{fence, millis};
use crate::failpoint::failpoint;
use crate::ops::errors;
use crate::sql::SQL;
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
    let is_ours = match session.first(SQL.finish_running, &held, |row| row.get::<_, i64>(0))? {
        Some(id) => end(session, id, finish, note)?,
        // The same finish again.
        None => *finish == Finish::Done && session.first(SQL.finish_settled, &held, |_| Ok(()))?.is_some(),
    };
    failpoint!("finish-after-update");
    Ok(if is_ours { Fenced::Ok(()) } else { Fenced::Stale })
}

fn end(session: &mut Session<'_>, id: i64, finish: &Finish, note: AttemptNote) -> rusqlite::Result<bool> {
    let now = session.now();
    let (sql, at, outcome, error) = match finish {
        Finish::Done => (SQL.finish_done, now, AttemptOutcome::Done, None),
        Finish::Skip { reason } => (SQL.finish_skip, now, AttemptOutcome::Skip, Some(reason)),
        Finish::Retry { after, error } => {
            (SQL.finish_retry, retry_at(now, *after), AttemptOutcome::Retry, Some(error))
        }
        Finish::Keep { after, error } => {
            (SQL.finish_keep, retry_at(now, *after), AttemptOutcome::Keep, Some(error))
        }
        Finish::Dead { error } => (SQL.finish_dead, now, AttemptOutcome::Dead, Some(error)),
        Finish::GiveBack => {
            let source: Option<String> = session.first(SQL.event_source, &[&id], |row| row.get(0))?;
            session.wake(source.as_deref());
            (SQL.finish_give_back, now, AttemptOutcome::GiveBack, None)
        }
        Finish::Unverified { error } => (SQL.finish_unverified, now, AttemptOutcome::Unverified, Some(error)),
        // A variant of a newer contract does not occur, because this store was built with an older one.
        _ => return Ok(false),
    };
    let error = error.map_or("", String::as_str);
    if outcome.is_failure() {
        errors::count(session, id, error, note)?;
    }
    if !outcome.is_success() || !note.is_unrecorded {
        let failure = note.failure.map(|failure| failure.as_str());
        session.execute(SQL.attempt_add, &[&id, &now, &outcome.as_str(), &error, &failure, &note.code])?;
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
fn retry_at(now: i64, after: Duration) -> i64 {
    now.saturating_add(millis(after)).max(1)
}

/// Stores the row of an attempt whose lease has expired without an outcome.
pub(super) fn lose(session: &mut Session<'_>, id: i64) -> rusqlite::Result<()> {
    session.execute(SQL.attempt_lose, &[&id]).map(|_| ())
}
