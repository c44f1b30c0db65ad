use countersign_inbox::{AuditEntry, EventId, Page, Reveal};

use crate::convert::time;
use crate::sql::SQL;
use crate::writer::Session;

/// Records an operation and its actor, and returns the id of the entry.
pub(crate) fn write(
    session: &mut Session<'_>,
    actor: &str,
    action: &str,
    ids: &[EventId],
    detail: Option<&str>,
) -> rusqlite::Result<i64> {
    let event = match ids {
        [id] => Some(id.get()),
        _ => None,
    };
    let (now, count) = (session.now(), i64::try_from(ids.len()).unwrap_or(i64::MAX));
    session.execute(SQL.audit_add, &[&now, &actor, &action, &event, &count, &detail])?;
    Ok(session.connection().last_insert_rowid())
}

/// Adds to an entry the events of a further transaction.
pub(super) fn extend(session: &mut Session<'_>, entry: i64, events: usize) -> rusqlite::Result<i64> {
    let events = i64::try_from(events).unwrap_or(i64::MAX);
    session.execute(SQL.audit_extend, &[&entry, &events])?;
    Ok(entry)
}

/// Records that an event is revealed. Returns whether the event exists: if not, nothing is recorded.
pub(super) fn write_reveal(session: &mut Session<'_>, reveal: &Reveal) -> rusqlite::Result<bool> {
    let is_there = session.first(SQL.event, &[&reveal.event.get()], |_| Ok(()))?.is_some();
    if is_there {
        write(session, &reveal.actor, "reveal", &[reveal.event], Some(&reveal.detail()))?;
    }
    Ok(is_there)
}

pub(super) fn read(
    session: &mut Session<'_>,
    event: Option<EventId>,
    page: Page,
) -> rusqlite::Result<Vec<AuditEntry>> {
    let (before, limit) = (page.after.unwrap_or(i64::MAX), i64::try_from(page.limit).unwrap_or(i64::MAX));
    let event = event.map(EventId::get);
    let sql = if event.is_some() { SQL.audit_of_event } else { SQL.audit };
    session.all(sql, &[&before, &limit, &event], |row| {
        Ok(AuditEntry {
            id: row.get(0)?,
            at: time(row, 1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            event: row.get::<_, Option<i64>>(4)?.map(EventId::new),
            count: row.get::<_, i64>(5)?.unsigned_abs(),
            detail: row.get(6)?,
        })
    })
}
