//! Detects poolers between this process and the server.

use std::time::Duration;

use sqlx::{Connection, Error, PgConnection, Row, raw_sql};
use tokio::time::timeout;

use crate::error::OpenError;

/// Refuses a pooler that shares the server's sessions between transactions, as PgBouncer does with `pool_mode =
/// transaction`.
///
/// Prepared statements, `statement_timeout` and other session settings would be those of the last user: events
/// would be accepted, but none claimed. Without a pooler, each of two connections has a server process that stays
/// the same; while one of two is in a transaction, a pooler must assign another process to the other one.
///
/// # Errors
///
/// [`OpenError::TimedOut`] if a query takes longer than the limit.
pub(crate) async fn check(
    one: &mut PgConnection,
    other: &mut PgConnection,
    limit: Duration,
) -> Result<(), OpenError> {
    let mut known = [process(one).await?, process(other).await?];
    // A pool with a single session has none for the other connection during a transaction.
    if known[0] == known[1] {
        return Err(OpenError::Pooled);
    }
    for _ in 0..ROUNDS {
        let mut transaction = one.begin().await?;
        let first = process(&mut transaction).await?;
        let second =
            timeout(limit, process(other)).await.map_err(|_| OpenError::TimedOut { after: limit })??;
        transaction.commit().await?;
        // A pooler assigns the most or least recently used session: twice in a row it is not the same one.
        let later = [process(other).await?, process(other).await?];
        let now = [first, second];
        if now != known || later != [second; 2] || first == second {
            return Err(OpenError::Pooled);
        }
        known = now;
    }
    Ok(())
}

/// Uses the simple protocol, which prepares nothing.
async fn process(connection: &mut PgConnection) -> Result<i32, Error> {
    let row = raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?;
    row.try_get_unchecked(0)
}

/// A pooler that assigns its sessions in turn is detected in the second round at the latest.
const ROUNDS: usize = 3;
