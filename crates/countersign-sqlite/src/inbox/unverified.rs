use bytes::Bytes;
use countersign_inbox::{EventId, StoredEvent, StoredHead};

use super::order;
use crate::convert::{key, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Reads the requests of unverified events, with unparsed heads.
pub(super) fn read(
    session: &mut Session<'_>,
    source: &str,
    after: i64,
    limit: i64,
) -> rusqlite::Result<Vec<(StoredEvent, Vec<u8>)>> {
    session.all(SQL.unverified, &[&source, &after, &limit], |row| {
        let event = StoredEvent {
            id: EventId::new(row.get(0)?),
            key: key(row, 1)?,
            source: source.to_owned(),
            tenant: row.get(2)?,
            provider: row.get(3)?,
            external_id: row.get(4)?,
            event_type: row.get(5)?,
            ordering_key: row.get(10)?,
            received_at: time(row, 6)?,
            head: StoredHead::default(),
            body: Bytes::from(row.get::<_, Vec<u8>>(9)?),
            traceparent: row.get(7)?,
        };
        Ok((event, row.get(8)?))
    })
}

/// Makes unverified events ready.
pub(super) fn resume(session: &mut Session<'_>, ids: &[EventId]) -> rusqlite::Result<u64> {
    let mut resumed = 0;
    for id in ids {
        resumed += session.execute(SQL.resume, &[&id.get()])? as u64;
        order::hold(session, id.get())?;
    }
    session.wake(None);
    Ok(resumed)
}
