//! Counts failed attempts by their kind.

use countersign_inbox::{AttemptNote, ErrorPattern, EventId, FailureKind, InlineAttempt, error_pattern};
use rusqlite::ToSql;

use crate::convert::{outcome, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Counts a failed attempt at an event.
pub(crate) fn count(
    session: &mut Session<'_>,
    id: i64,
    error: &str,
    note: AttemptNote,
) -> rusqlite::Result<()> {
    let (now, failure) = (session.now(), note.failure.map_or("", FailureKind::as_str));
    session.execute(SQL.error_add, &[&id, &failure, &error_pattern(error), &now]).map(|_| ())
}

/// Counts a failed attempt in inline mode, which has no event.
pub(super) fn count_inline(
    session: &mut Session<'_>,
    source: &str,
    attempt: &InlineAttempt,
    at: i64,
) -> rusqlite::Result<()> {
    let (event_type, failure) = (attempt.event_type.as_deref().unwrap_or_default(), attempt.failure);
    let (failure, error) =
        (failure.map_or("", FailureKind::as_str), attempt.error.as_deref().unwrap_or_default());
    session
        .execute(SQL.error_add_inline, &[&source, &event_type, &failure, &error_pattern(error), &at])
        .map(|_| ())
}

/// Takes the failed attempts at an event that is about to be purged off the counts.
pub(super) fn uncount(session: &mut Session<'_>, id: i64) -> rusqlite::Result<()> {
    let attempts = session.all(SQL.failures, &[&id], |row| {
        let text = |at| row.get::<_, String>(at);
        Ok((outcome(row, 0)?, [text(1)?, text(2)?, text(3)?, text(4)?]))
    })?;
    for (_, [source, event_type, failure, error]) in attempts.into_iter().filter(|(of, _)| of.is_failure()) {
        let kind: [&dyn ToSql; 4] = [&source, &event_type, &failure, &error_pattern(&error)];
        session.execute(SQL.error_subtract, &kind)?;
        session.execute(SQL.error_delete, &kind)?;
    }
    Ok(())
}

/// Deletes up to so many kinds whose latest failure is older.
pub(crate) fn sweep(session: &mut Session<'_>, old: i64, limit: i64) -> rusqlite::Result<usize> {
    session.execute(SQL.error_sweep, &[&old, &limit])
}

pub(super) fn read(
    session: &mut Session<'_>,
    source: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<ErrorPattern>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    session.all(SQL.errors, &[&source, &limit], |row| {
        let text = |at| row.get::<_, String>(at).map(|text| Some(text).filter(|text| !text.is_empty()));
        Ok(ErrorPattern {
            source: row.get(0)?,
            event_type: text(1)?,
            failure: text(2)?.as_deref().and_then(FailureKind::from_name),
            pattern: row.get(3)?,
            count: row.get::<_, i64>(4)?.unsigned_abs(),
            first_at: time(row, 5)?,
            last_at: time(row, 6)?,
            example: Some(row.get(7)?).filter(|id| *id != NO_EVENT).map(EventId::new),
        })
    })
}

/// The example of a kind whose latest failure has no event: ids of events begin at 1.
const NO_EVENT: i64 = 0;
