use bytes::Bytes;
use countersign_inbox::{EventId, StoredEvent, StoredHead};
use rusqlite::Row;

use crate::convert::{key, time};

/// Returns the event of a row with the columns of `request.sql`, and its unparsed head, which is parsed beside the thread of the store.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(StoredEvent, Vec<u8>)> {
    let event = StoredEvent {
        id: EventId::new(row.get(0)?),
        key: key(row, 1)?,
        source: row.get(2)?,
        tenant: row.get(3)?,
        provider: row.get(4)?,
        external_id: row.get(5)?,
        event_type: row.get(6)?,
        ordering_key: row.get(11)?,
        received_at: time(row, 7)?,
        head: StoredHead::default(),
        body: Bytes::from(row.get::<_, Vec<u8>>(10)?),
        traceparent: row.get(8)?,
    };
    Ok((event, row.get(9)?))
}

/// Returns the event with its head, or `None` if that is malformed.
pub(super) fn with_head((mut event, head): (StoredEvent, Vec<u8>)) -> Option<StoredEvent> {
    event.head = StoredHead::from_bytes(&head).ok()?;
    Some(event)
}
