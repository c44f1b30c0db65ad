use crate::writer::Session;

/// Forgets up to 500 events, and the requests of up to 500 others.
pub(super) fn sweep(session: &mut Session<'_>, [keys, dead, bodies]: [i64; 3]) -> rusqlite::Result<u64> {
    let before = |session: &Session<'_>, age: i64| session.now().saturating_sub(age);
    let mut left = BATCH;
    let mut forgotten = 0;
    for (state, age) in [(DONE, keys), (DEAD, dead)] {
        let before = before(session, age);
        let deleted = session.execute(FORGET, &[&state, &before, &left])?;
        left -= i64::try_from(deleted).unwrap_or(left);
        forgotten += deleted as u64;
    }
    let before = before(session, bodies);
    let finished: Vec<(i64, i64)> =
        session.all(FIND_BODIES, &[&before, &BATCH], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, _) in &finished {
        session.execute("DELETE FROM wh_body WHERE event_id = ?1", &[id])?;
    }
    if let Some((_, last)) = finished.last() {
        session.execute("UPDATE wh_meta SET value = ?1 WHERE name = 'bodies'", &[last])?;
    }
    Ok(forgotten)
}

const DONE: i64 = 2;
const DEAD: i64 = 3;
/// Rows per transaction: others wait for as long.
const BATCH: i64 = 500;
const FORGET: &str = "DELETE FROM wh_event WHERE id IN (SELECT id FROM wh_event \
    WHERE state = ?1 AND finished_at < ?2 ORDER BY finished_at LIMIT ?3)";
/// From where the last pass ended: those before have none any more.
const FIND_BODIES: &str = "SELECT e.id, e.finished_at FROM wh_event e JOIN wh_body b ON b.event_id = e.id \
    WHERE e.state = 2 AND e.finished_at < ?1 AND e.finished_at >= (SELECT value FROM wh_meta WHERE name = 'bodies') \
    ORDER BY e.finished_at LIMIT ?2";
