//! Events with an ordering key: each waits for the earlier ones with its key.
//!
//! An event that would be due at once is held while an earlier one is not handled: claims of a source with many such events
//! read none of them. It is released when it is the earliest. Other events, such as those that wait for a retry, are left out
//! by each claim.

use crate::sql::SQL;
use crate::writer::Session;

/// Returns the due time of a new event, which is later than all others with its key.
pub(super) fn due_at(session: &mut Session<'_>, source: &str, key: Option<&str>) -> rusqlite::Result<i64> {
    let Some(key) = key else { return Ok(NOW) };
    let is_first = session.first(SQL.first, &[&source, &key], |_| Ok(()))?.is_none();
    Ok(if is_first { NOW } else { HELD })
}

/// Holds an event that would be due at once, if an earlier one with its key is not handled.
pub(crate) fn hold(session: &mut Session<'_>, id: i64) -> rusqlite::Result<()> {
    session.execute(SQL.hold, &[&id]).map(|_| ())
}

/// Returns the endpoint and the ordering key of an event, if it has one.
pub(crate) fn key_of(session: &mut Session<'_>, id: i64) -> rusqlite::Result<Option<(String, String)>> {
    session.first(SQL.ordering_key, &[&id], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Releases the earliest event with a key, after an event with this key was handled, and wakes its source.
pub(crate) fn release(session: &mut Session<'_>, source: &str, key: &str) -> rusqlite::Result<()> {
    if let Some(id) = session.first(SQL.first, &[&source, &key], |row| row.get::<_, i64>(0))? {
        session.execute(SQL.order_release, &[&id])?;
        session.wake(Some(source));
    }
    Ok(())
}

/// Returns the event that is handled before this ready one.
pub(crate) fn waits_for(
    session: &mut Session<'_>,
    id: i64,
    source: &str,
    key: &str,
) -> rusqlite::Result<Option<i64>> {
    let running: Option<i64> = session.first(SQL.order_running, &[&source, &key], |row| row.get(0))?;
    let first = match running {
        Some(running) => Some(running),
        None => session.first(SQL.first, &[&source, &key], |row| row.get(0))?,
    };
    Ok(first.filter(|other| *other != id))
}

/// The due time of an event that is due at once.
const NOW: i64 = 0;
/// The due time of an event that is held.
const HELD: i64 = -1;
