//! Counts failed attempts by their kind.

use countersign_inbox::{AttemptNote, ErrorPattern, EventId, FailureKind, InlineAttempt, error_pattern};
use rusqlite::ToSql;

use crate::convert::{outcome, time};
use crate::writer::Session;

/// Counts a failed attempt at an event.
pub(crate) fn count(
    session: &mut Session<'_>,
    id: i64,
    error: &str,
    note: AttemptNote,
) -> rusqlite::Result<()> {
    let (now, failure) = (session.now(), note.failure.map_or("", FailureKind::as_str));
    session.execute(COUNT, &[&id, &failure, &error_pattern(error), &now]).map(|_| ())
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
    session.execute(COUNT_INLINE, &[&source, &event_type, &failure, &error_pattern(error), &at]).map(|_| ())
}

/// Takes the failed attempts at an event that is about to be purged off the counts.
pub(super) fn uncount(session: &mut Session<'_>, id: i64) -> rusqlite::Result<()> {
    let attempts = session.all(ATTEMPTS, &[&id], |row| {
        let text = |at| row.get::<_, String>(at);
        Ok((outcome(row, 0)?, [text(1)?, text(2)?, text(3)?, text(4)?]))
    })?;
    for (_, [source, event_type, failure, error]) in attempts.into_iter().filter(|(of, _)| of.is_failure()) {
        let kind: [&dyn ToSql; 4] = [&source, &event_type, &failure, &error_pattern(&error)];
        session.execute(UNCOUNT, &kind)?;
        session.execute(FORGET_EMPTY, &kind)?;
    }
    Ok(())
}

/// Deletes up to so many kinds whose latest failure is older.
pub(crate) fn sweep(session: &mut Session<'_>, old: i64, limit: i64) -> rusqlite::Result<usize> {
    session.execute(FORGET, &[&old, &limit])
}

pub(super) fn read(
    session: &mut Session<'_>,
    source: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<ErrorPattern>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    session.all(READ, &[&source, &limit], |row| {
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

const COUNT: &str = "INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example) \
    SELECT source, coalesce(event_type, ''), ?2, ?3, 1, ?4, ?4, id FROM wh_event WHERE id = ?1 \
    ON CONFLICT DO UPDATE SET count = count + 1, last_at = excluded.last_at, example = excluded.example";
const COUNT_INLINE: &str = "INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example) \
    VALUES(?1, ?2, ?3, ?4, 1, ?5, ?5, 0) ON CONFLICT DO UPDATE SET count = count + 1, \
    last_at = max(last_at, excluded.last_at), example = excluded.example";
/// The example of a kind whose latest failure has no event: ids of events begin at 1.
const NO_EVENT: i64 = 0;
const ATTEMPTS: &str = "SELECT a.outcome, e.source, coalesce(e.event_type, ''), coalesce(a.failure, ''), a.error \
    FROM wh_attempt a JOIN wh_event e ON e.id = a.event_id WHERE a.event_id = ?1";
const UNCOUNT: &str = "UPDATE wh_error SET count = count - 1 \
    WHERE source = ?1 AND event_type = ?2 AND failure = ?3 AND pattern = ?4";
const FORGET_EMPTY: &str = "DELETE FROM wh_error \
    WHERE source = ?1 AND event_type = ?2 AND failure = ?3 AND pattern = ?4 AND count <= 0";
const FORGET: &str = "DELETE FROM wh_error WHERE (source, event_type, failure, pattern) IN \
    (SELECT source, event_type, failure, pattern FROM wh_error WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)";
const READ: &str = "SELECT source, event_type, failure, pattern, count, first_at, last_at, example FROM wh_error \
    WHERE source = coalesce(?1, source) ORDER BY last_at DESC LIMIT ?2";
