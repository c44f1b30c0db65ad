//! Counts failed attempts by their kind.

use countersign_inbox::{AttemptNote, ErrorPattern, EventId, FailureKind, error_pattern};

use crate::convert::time;
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
            example: EventId::new(row.get(7)?),
        })
    })
}

const COUNT: &str = "INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example) \
    SELECT source, coalesce(event_type, ''), ?2, ?3, 1, ?4, ?4, id FROM wh_event WHERE id = ?1 \
    ON CONFLICT DO UPDATE SET count = count + 1, last_at = excluded.last_at, example = excluded.example";
const FORGET: &str = "DELETE FROM wh_error WHERE (source, event_type, failure, pattern) IN \
    (SELECT source, event_type, failure, pattern FROM wh_error WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)";
const READ: &str = "SELECT source, event_type, failure, pattern, count, first_at, last_at, example FROM wh_error \
    WHERE source = coalesce(?1, source) ORDER BY last_at DESC LIMIT ?2";
