use countersign_inbox::{EventId, StoredEvent};

use super::{order, request};
use crate::sql::SQL;
use crate::writer::Session;

/// Reads the requests of unverified events, with unparsed heads.
pub(super) fn read(
    session: &mut Session<'_>,
    source: &str,
    after: i64,
    limit: i64,
) -> rusqlite::Result<Vec<(StoredEvent, Vec<u8>)>> {
    session.all(SQL.unverified, &[&source, &after, &limit], request::read)
}

/// Makes unverified events ready.
pub(super) fn resume(session: &mut Session<'_>, ids: &[EventId]) -> rusqlite::Result<u64> {
    let mut resumed = 0;
    for id in ids {
        let source: Option<String> = session.first(SQL.resume, &[&id.get()], |row| row.get(0))?;
        if let Some(source) = source {
            resumed += 1;
            order::hold(session, id.get())?;
            session.wake(Some(&source));
        }
    }
    Ok(resumed)
}
