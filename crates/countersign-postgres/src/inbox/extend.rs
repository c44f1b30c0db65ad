//! Extends leases.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{Fenced, Lease, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::{millis, stored_fence};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::prepare;

impl StoreInner {
    pub(crate) async fn extend(
        &self,
        leases: &[Lease],
        ttl: Duration,
    ) -> Result<Vec<Fenced<Option<Lease>>>, StoreError> {
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

fn extended(leases: &[Lease], rows: &[PgRow]) -> Result<Vec<Fenced<Option<Lease>>>, Error> {
    let mut answers = vec![Fenced::Stale; leases.len()];
    for row in rows {
        let (place, end): (i64, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
        let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
        if let (Some(answer), Some(lease)) = (answers.get_mut(place), leases.get(place)) {
            // A lease with a locked row keeps its expiry, and has no other one here.
            let end = end.map(UnixTime::from_millis);
            *answer = Fenced::Ok(end.map(|end| Lease::new(lease.key(), lease.fence(), end)));
        }
    }
    Ok(answers)
}
