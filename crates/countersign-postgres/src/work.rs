//! Events on their way to handlers.

use bytes::Bytes;
use countersign::UnixTime;
use countersign_inbox::{
    ClaimDue, EventId, EventKey, Fenced, Lease, Leased, StoreError, StoredEvent, StoredHead,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::core::Core;
use crate::error::unavailable;
use crate::session::{Prepared, prepare};
use crate::text::storable;
use crate::units::{duration, fence, millis, stored_fence};

impl Core {
    /// Leases, and those of them whose event cannot be handed out, with the reason.
    pub(crate) async fn claim(
        &self,
        request: &ClaimDue,
    ) -> Result<(Vec<Leased>, Vec<(Lease, String)>), StoreError> {
        let rows = self.session.rows(|| self.bind_claim_due(request)).await?;
        let (mut leased, mut broken) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            let lease = lease(row).map_err(unavailable)?;
            let event = match event(row, row, lease.key()).map_err(unavailable)? {
                Ok(event) => Ok(event),
                // It may have been on its way from one partition into another. It is not any more.
                Err(_) => self.event_again(row, lease.key()).await?,
            };
            match event {
                Ok(event) => leased.push(handed_out(row, lease, event).map_err(unavailable)?),
                Err(reason) => broken.push((lease, reason)),
            }
        }
        Ok((leased, broken))
    }

    async fn event_again(
        &self,
        row: &PgRow,
        key: EventKey,
    ) -> Result<Result<StoredEvent, String>, StoreError> {
        let id: i64 = row.try_get("id").map_err(unavailable)?;
        let found = self.session.rows(|| prepare(&self.statements.body).bind(id)).await?;
        event(row, found.first().unwrap_or(row), key).map_err(unavailable)
    }

    fn bind_claim_due(&self, request: &ClaimDue) -> Prepared<'static> {
        let (source, worker) =
            (storable(&request.source).into_owned(), storable(&request.worker).into_owned());
        match request.only {
            Some(id) => prepare(&self.statements.claim_one)
                .bind(source)
                .bind(worker)
                .bind(id.get())
                .bind(millis(request.ttl)),
            None => prepare(&self.statements.claim_due)
                .bind(source)
                .bind(worker)
                .bind(i64::try_from(request.max).unwrap_or(i64::MAX))
                .bind(millis(request.ttl))
                .bind(millis(request.horizon)),
        }
    }

    pub(crate) async fn extend(
        &self,
        leases: &[Lease],
        ttl: std::time::Duration,
    ) -> Result<Vec<Fenced<Lease>>, StoreError> {
        let bind = || {
            prepare(&self.statements.extend)
                .bind(leases.iter().map(|lease| lease.key().as_bytes().to_vec()).collect::<Vec<_>>())
                .bind(leases.iter().map(|lease| stored_fence(lease.fence())).collect::<Vec<_>>())
                .bind(millis(ttl))
        };
        let rows = self.session.rows(bind).await?;
        extended(leases, &rows).map_err(unavailable)
    }
}

fn extended(leases: &[Lease], rows: &[PgRow]) -> Result<Vec<Fenced<Lease>>, Error> {
    let mut answers = vec![Fenced::Stale; leases.len()];
    for row in rows {
        let (place, end): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
        let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
        if let (Some(answer), Some(lease)) = (answers.get_mut(place), leases.get(place)) {
            // One whose row is locked ends when it would have.
            let end = end.map_or(lease.expires_at(), UnixTime::from_millis);
            *answer = Fenced::Ok(Lease::new(lease.key(), lease.fence(), end));
        }
    }
    Ok(answers)
}

fn lease(row: &PgRow) -> Result<Lease, Error> {
    let key: [u8; 32] = row.try_get("key")?;
    Ok(Lease::new(
        EventKey::from_bytes(key),
        fence(row.try_get("fence")?)?,
        UnixTime::from_millis(row.try_get("expires_at")?),
    ))
}

fn handed_out(row: &PgRow, lease: Lease, event: StoredEvent) -> Result<Leased, Error> {
    let count = |name| Ok::<_, Error>(u32::try_from(row.try_get::<i32, _>(name)?).unwrap_or(0));
    Ok(Leased::new(lease, count("attempt")?, count("replays")?, duration(row.try_get("age")?), event))
}

/// Or why there is none. What it consists of is in two tables.
fn event(row: &PgRow, body: &PgRow, key: EventKey) -> Result<Result<StoredEvent, String>, Error> {
    let head: Option<&[u8]> = body.try_get("head")?;
    let head = match head.map(StoredHead::from_bytes) {
        None => return Ok(Err("its body is not kept any more".to_owned())),
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
        received_at: UnixTime::from_millis(row.try_get("received_at")?),
        head,
        body: Bytes::from(body.try_get::<Vec<u8>, _>("body")?),
        traceparent: body.try_get("traceparent")?,
    }))
}
