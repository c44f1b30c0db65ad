use countersign_inbox::{Fenced, Finish, Lease};

use crate::convert::{fence, millis};
use crate::failpoint::failpoint;
use crate::writer::Session;

/// Ends an attempt.
pub(super) fn finish(
    session: &mut Session<'_>,
    lease: &Lease,
    finish: &Finish,
) -> rusqlite::Result<Fenced<()>> {
    let (now, key, fence) = (session.now(), lease.key(), fence(lease));
    failpoint!("finish-before-update");
    let is_ours = match finish {
        Finish::Done => {
            session.execute(DONE, &[key.as_bytes(), &fence, &now])? == 1
                // The same finish again.
                || session.first(IS_DONE, &[key.as_bytes(), &fence], |_| Ok(()))?.is_some()
        }
        Finish::Skip { reason } => {
            end(session, lease, Ended { sql: SKIP, at: now, what: "skip", error: reason })?
        }
        Finish::Retry { after, error } => {
            // 0 is reserved for events that are due at once.
            let at = now.saturating_add(millis(*after)).max(1);
            end(session, lease, Ended { sql: RETRY, at, what: "retry", error })?
        }
        Finish::Dead { error } => bury(session, lease, error)?,
        Finish::GiveBack => {
            session.wake(None);
            session.execute(GIVE_BACK, &[key.as_bytes(), &fence])? == 1
        }
        Finish::Unverified { error } => session.execute(UNVERIFIED, &[key.as_bytes(), &fence, &error])? == 1,
        // A variant of a newer contract does not occur, because this store was built with an older one.
        _ => false,
    };
    failpoint!("finish-after-update");
    Ok(if is_ours { Fenced::Ok(()) } else { Fenced::Stale })
}

/// Makes an event a dead letter.
pub(super) fn bury(session: &mut Session<'_>, lease: &Lease, error: &str) -> rusqlite::Result<bool> {
    let at = session.now();
    end(session, lease, Ended { sql: DEAD, at, what: "dead", error })
}

/// The outcome of an attempt, for its history.
struct Ended<'a> {
    sql: &'static str,
    at: i64,
    what: &'static str,
    error: &'a str,
}

fn end(session: &mut Session<'_>, lease: &Lease, ended: Ended<'_>) -> rusqlite::Result<bool> {
    let (now, fence) = (session.now(), fence(lease));
    let Ended { sql, at, what, error } = ended;
    let event = session.first(sql, &[lease.key().as_bytes(), &fence, &at, &error], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    })?;
    let Some((id, attempt)) = event else { return Ok(false) };
    session.execute(ATTEMPT, &[&id, &fence, &attempt, &now, &what, &error])?;
    Ok(true)
}

const DONE: &str = "UPDATE wh_event SET state = 2, isolation = 0, finished_at = ?3, worker = NULL, lease_until = NULL \
    WHERE key = ?1 AND fence = ?2 AND state = 1";
const IS_DONE: &str = "SELECT 1 FROM wh_event WHERE key = ?1 AND fence = ?2 AND state = 2";
const SKIP: &str = "UPDATE wh_event SET state = 2, isolation = 0, finished_at = ?3, worker = NULL, lease_until = NULL, error = ?4 \
    WHERE key = ?1 AND fence = ?2 AND state = 1 RETURNING id, attempt";
const RETRY: &str = "UPDATE wh_event SET state = 0, isolation = 0, due_at = ?3, worker = NULL, lease_until = NULL, error = ?4 \
    WHERE key = ?1 AND fence = ?2 AND state = 1 RETURNING id, attempt";
const DEAD: &str = "UPDATE wh_event SET state = 3, isolation = 0, finished_at = ?3, worker = NULL, lease_until = NULL, error = ?4 \
    WHERE key = ?1 AND fence = ?2 AND state = 1 RETURNING id, attempt";
const GIVE_BACK: &str = "UPDATE wh_event \
    SET state = 0, due_at = 0, worker = NULL, lease_until = NULL, attempt = max(attempt - 1, 0) \
    WHERE key = ?1 AND fence = ?2 AND state = 1";
const UNVERIFIED: &str = "UPDATE wh_event \
    SET state = 4, worker = NULL, lease_until = NULL, attempt = max(attempt - 1, 0), error = ?3 \
    WHERE key = ?1 AND fence = ?2 AND state = 1";
const ATTEMPT: &str = "INSERT INTO wh_attempt(event_id, fence, attempt, ended_at, outcome, error) \
    VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
