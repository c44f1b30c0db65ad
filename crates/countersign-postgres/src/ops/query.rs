//! Statements for operators: they leave connections to deliveries, and end in time.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{Connection, Row};
use tokio::time::timeout;

use crate::error::{TooSlow, is_cancelled, unavailable};
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};

impl StoreInner {
    /// Runs one statement for an operator. It is not repeated.
    pub(super) async fn query(
        &self,
        purpose: Purpose,
        statement: Prepared<'_>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.query_at(purpose, |_| statement).await.map(|(_, rows)| rows)
    }

    /// Runs one statement that is made with the time of the server, and returns both. The limit of time includes the wait for
    /// other operators.
    pub(super) async fn query_at<'q>(
        &self,
        purpose: Purpose,
        make: impl FnOnce(UnixTime) -> Prepared<'q>,
    ) -> Result<(UnixTime, Vec<PgRow>), StoreError> {
        let (begin, limit) = match purpose {
            Purpose::Look => ("BEGIN READ ONLY", LOOK),
            Purpose::Change => ("BEGIN", CHANGE),
        };
        let fetched = async {
            let mut connection = self.session.acquire_for(purpose).await?;
            let found = async {
                let mut tx = connection.begin_with(begin).await?;
                let open = prepare(&self.statements.open).bind(limit.as_millis().to_string());
                let now = UnixTime::from_millis(open.fetch_one(&mut *tx).await?.try_get(0)?);
                let rows = make(now).persistent(false).fetch_all(&mut *tx).await?;
                tx.commit().await?;
                Ok((now, rows))
            }
            .await;
            connection.end(found)
        };
        let too_slow = || unavailable(TooSlow { after: limit });
        match timeout(limit, fetched).await {
            Ok(Err(error)) if is_cancelled(&error) => Err(too_slow()),
            Ok(done) => done.map_err(unavailable),
            Err(_) => Err(too_slow()),
        }
    }
}

/// The limit of a page: what it reads is bounded, so that only a busy server needs longer.
const LOOK: Duration = Duration::from_secs(10);
/// The limit of a part of a change, which may wait for rows that deliveries hold.
const CHANGE: Duration = Duration::from_secs(60);
