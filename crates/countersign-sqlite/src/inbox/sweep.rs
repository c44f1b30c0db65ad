use countersign_inbox::Swept;

use crate::ops::{errors, inline_attempts, statistics};
use crate::sql::SQL;
use crate::writer::Session;

/// Ages in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Ages {
    pub(super) keys: i64,
    pub(super) dead: i64,
    pub(super) bodies: i64,
    pub(super) attempts: i64,
    pub(super) audit: i64,
}

/// Deletes up to 500 events, the requests and the attempts of up to 500 others each, and up to 500 attempts in inline mode, kinds of errors,
/// rows of statistics and entries of the audit log.
pub(super) fn sweep(session: &mut Session<'_>, ages: Ages) -> rusqlite::Result<Swept> {
    let before = |session: &Session<'_>, age: i64| session.now().saturating_sub(age);
    let mut left = BATCH;
    let mut forgotten = 0;
    for (state, age) in [(DONE, ages.keys), (DEAD, ages.dead)] {
        let before = before(session, age);
        let deleted = session.execute(SQL.sweep, &[&state, &before, &left])?;
        left -= i64::try_from(deleted).unwrap_or(left);
        forgotten += deleted as u64;
    }
    let old = before(session, ages.bodies);
    let finished: Vec<(i64, i64)> =
        session.all(SQL.body_sweep, &[&old, &BATCH], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, _) in &finished {
        session.execute(SQL.body_delete, &[id])?;
    }
    if let Some((_, last)) = finished.last() {
        session.execute(SQL.meta_set, &[&"bodies", last])?;
    }
    let old = before(session, ages.attempts);
    let tried = forget_attempts(session, old)?;
    let inline = inline_attempts::sweep(session, old, BATCH)?;
    let kinds = errors::sweep(session, old, BATCH)?;
    let counted = statistics::sweep(session, BATCH)?;
    let old = before(session, ages.audit);
    let audited = session.execute(SQL.audit_sweep, &[&old, &BATCH])?;
    let has_more = [forgotten as usize, finished.len(), tried, inline, kinds, counted, audited]
        .into_iter()
        .any(|deleted| deleted >= BATCH as usize);
    Ok(Swept { events: forgotten, has_more })
}

/// Deletes the attempts at events that were done before this time, and returns the number of those events.
fn forget_attempts(session: &mut Session<'_>, old: i64) -> rusqlite::Result<usize> {
    let done: Vec<(i64, i64)> =
        session.all(SQL.attempt_sweep, &[&old, &BATCH], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some((_, last)) = done.last() else { return Ok(0) };
    // Those that were done at the same time may be beyond the limit.
    let at_last: Vec<i64> = session.all(SQL.attempt_sweep_at, &[last], |row| row.get(0))?;
    for id in done.iter().map(|(id, _)| id).chain(&at_last) {
        session.execute(SQL.attempt_delete, &[id])?;
    }
    session.execute(SQL.meta_set, &[&"attempts", last])?;
    Ok(done.len())
}

const DONE: i64 = 2;
const DEAD: i64 = 3;
/// The number of rows per transaction, for whose duration other operations wait.
const BATCH: i64 = 500;
