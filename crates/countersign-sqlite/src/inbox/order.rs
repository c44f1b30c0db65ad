//! Events with an ordering key: each waits for the earlier ones with its key.
//!
//! An event that would be due at once is held while an earlier one is not handled: claims of a source with many such events
//! read none of them. It is released when it is the earliest. Other events, such as those that wait for a retry, are left out
//! by each claim.

use crate::writer::Session;

/// The condition that no other event with the ordering key of `wh_event` comes first: none that runs, and no earlier one that is
/// not handled.
macro_rules! is_next {
    () => {
        "(ordering_key IS NULL OR (NOT EXISTS (SELECT 1 FROM wh_event o INDEXED BY wh_event_ordered \
        WHERE o.source = wh_event.source AND o.ordering_key = wh_event.ordering_key AND o.state IN (0, 1, 4) \
        AND o.id < wh_event.id) AND NOT EXISTS (SELECT 1 FROM wh_event o INDEXED BY wh_event_ordered_running \
        WHERE o.source = wh_event.source AND o.ordering_key = wh_event.ordering_key AND o.state = 1)))"
    };
}
pub(super) use is_next;

/// Returns the due time of a new event, which is later than all others with its key.
pub(super) fn due_at(session: &mut Session<'_>, source: &str, key: Option<&str>) -> rusqlite::Result<i64> {
    let Some(key) = key else { return Ok(NOW) };
    let is_first = session.first(FIRST, &[&source, &key], |_| Ok(()))?.is_none();
    Ok(if is_first { NOW } else { HELD })
}

/// Holds an event that would be due at once, if an earlier one with its key is not handled.
pub(crate) fn hold(session: &mut Session<'_>, id: i64) -> rusqlite::Result<()> {
    session.execute(HOLD, &[&id]).map(|_| ())
}

/// Returns the endpoint and the ordering key of an event, if it has one.
pub(crate) fn key_of(session: &mut Session<'_>, id: i64) -> rusqlite::Result<Option<(String, String)>> {
    session.first(KEY, &[&id], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Releases the earliest event with a key, after an event with this key was handled, and wakes its source.
pub(crate) fn release(session: &mut Session<'_>, source: &str, key: &str) -> rusqlite::Result<()> {
    if let Some(id) = session.first(FIRST, &[&source, &key], |row| row.get::<_, i64>(0))? {
        session.execute(RELEASE, &[&id])?;
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
    let running: Option<i64> = session.first(RUNNING, &[&source, &key], |row| row.get(0))?;
    let first = match running {
        Some(running) => Some(running),
        None => session.first(FIRST, &[&source, &key], |row| row.get(0))?,
    };
    Ok(first.filter(|other| *other != id))
}

/// The due time of an event that is due at once.
const NOW: i64 = 0;
/// The due time of an event that is held.
const HELD: i64 = -1;
const KEY: &str = "SELECT source, ordering_key FROM wh_event WHERE id = ?1 AND ordering_key IS NOT NULL";
const FIRST: &str = "SELECT id FROM wh_event INDEXED BY wh_event_ordered \
    WHERE source = ?1 AND ordering_key = ?2 AND state IN (0, 1, 4) ORDER BY id LIMIT 1";
const RUNNING: &str = "SELECT id FROM wh_event INDEXED BY wh_event_ordered_running \
    WHERE source = ?1 AND ordering_key = ?2 AND state = 1";
const HOLD: &str = "UPDATE wh_event SET due_at = -1 WHERE id = ?1 AND state = 0 AND due_at = 0 AND isolation = 0 \
    AND ordering_key IS NOT NULL AND EXISTS (SELECT 1 FROM wh_event o INDEXED BY wh_event_ordered \
    WHERE o.source = wh_event.source AND o.ordering_key = wh_event.ordering_key AND o.state IN (0, 1, 4) \
    AND o.id < wh_event.id)";
const RELEASE: &str = "UPDATE wh_event SET due_at = 0 WHERE id = ?1 AND state = 0 AND due_at < 0";
