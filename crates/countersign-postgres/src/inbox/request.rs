//! Reads and replaces the requests of events.

use bytes::Bytes;
use countersign::UnixTime;
use countersign_inbox::{Digest, EventId, EventKey, NewEvent, StoreError, StoredEvent, StoredHead};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::{storable_text, storable_time};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::prepare;

impl StoreInner {
    /// Reads the requests of unverified events.
    pub(crate) async fn unverified(
        &self,
        source: &str,
        after: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let source = storable_text(source).into_owned();
        let bind = || {
            prepare(&self.statements.unverified)
                .bind(source.clone())
                .bind(after.map(EventId::get))
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        };
        let mut events = Vec::new();
        for row in self.session.rows(bind).await? {
            events.extend(whole_event(&row).map_err(unavailable)?);
        }
        Ok(events)
    }

    /// Makes unverified events ready.
    pub(crate) async fn resume(&self, ids: &[EventId]) -> Result<u64, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| id.get()).collect();
        let rows = self.session.rows(|| prepare(&self.statements.resume).bind(ids.clone())).await?;
        let by_source =
            |row: &PgRow| Ok((row.try_get::<String, _>(0)?, row.try_get::<i64, _>(1)?.unsigned_abs()));
        let resumed = rows.iter().map(by_source).collect::<Result<Vec<_>, Error>>().map_err(unavailable)?;
        self.wake.wake(resumed.iter().map(|(source, _)| source));
        Ok(resumed.iter().map(|(_, events)| events).sum())
    }

    /// Reads the stored request of an event.
    pub(crate) async fn stored_request(&self, id: EventId) -> Result<Option<StoredEvent>, StoreError> {
        let rows = self.session.rows(|| prepare(&self.statements.stored_request).bind(id.get())).await?;
        rows.first().map_or(Ok(None), whole_event).map_err(unavailable)
    }

    /// Replaces the request of a ready event, if it is still the same. Waits for an event that is locked.
    pub(crate) async fn replace_request(
        &self,
        stored: &StoredEvent,
        event: NewEvent,
    ) -> Result<bool, StoreError> {
        let (stored_body, stored_head) = (Digest::of_body(&stored.body), stored.head.to_bytes());
        let new_head = event.head.to_bytes();
        let guard = event.identity.guard().map(|(digest, _)| *digest.as_bytes());
        let bind = || {
            prepare(&self.statements.replace_request)
                .bind(stored.id.get())
                .bind(*event.identity.key().as_bytes())
                .bind(*stored_body.as_bytes())
                .bind(storable_time(stored.received_at))
                .bind(stored_head.clone())
                .bind(*event.identity.body().as_bytes())
                .bind(event.event_type.clone())
                .bind(storable_time(event.received_at))
                .bind(guard)
                .bind(new_head.clone())
                .bind(event.body.to_vec())
                .bind(event.traceparent.clone())
        };
        Ok(self.session.until_free(|| self.count(bind)).await? > 0)
    }
}

/// Returns the event from the rows of two tables, or the reason why it cannot be read.
pub(super) fn event(row: &PgRow, body: &PgRow, key: EventKey) -> Result<Result<StoredEvent, String>, Error> {
    let head: Option<&[u8]> = body.try_get("head")?;
    let head = match head.map(StoredHead::from_bytes) {
        None => return Ok(Err("its body is no longer kept".to_owned())),
        Some(Err(error)) => return Ok(Err(error.to_string())),
        Some(Ok(head)) => head,
    };
    Ok(Ok(StoredEvent {
        id: EventId::new(row.try_get("id")?),
        key,
        source: row.try_get("source")?,
        tenant: row.try_get("tenant")?,
        provider: row.try_get("provider")?,
        external_id: row.try_get("external_id")?,
        event_type: row.try_get("event_type")?,
        ordering_key: row.try_get("ordering_key")?,
        received_at: UnixTime::from_millis(row.try_get("received_at")?),
        head,
        body: Bytes::from(body.try_get::<Vec<u8>, _>("body")?),
        traceparent: body.try_get("traceparent")?,
    }))
}

/// Returns the event from a row of both tables, or `None` if its head is malformed.
fn whole_event(row: &PgRow) -> Result<Option<StoredEvent>, Error> {
    let key = EventKey::from_bytes(row.try_get("key")?);
    Ok(event(row, row, key)?.ok())
}
