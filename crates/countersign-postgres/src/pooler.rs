//! Poolers between this process and the server.

use sqlx::{Connection, Error, PgConnection, Row, raw_sql};

use crate::error::ConnectError;

/// Refuses a pooler that gives the server's sessions to others between two transactions, as PgBouncer does with
/// `pool_mode = transaction`.
///
/// Prepared statements, `statement_timeout` and the other settings of a session would be those of whoever had it last:
/// events would be accepted, and none claimed. Two connections without a pooler have a process of the server each, which
/// stays the same; while one of two is in a transaction, a pooler has to give the other one another process.
pub(crate) async fn check(one: &mut PgConnection, other: &mut PgConnection) -> Result<(), ConnectError> {
    let mut known = [process(one).await?, process(other).await?];
    for _ in 0..ROUNDS {
        let mut transaction = one.begin().await?;
        let first = process(&mut transaction).await?;
        // A pool of a single session has none for it now.
        let second = match tokio::time::timeout(PATIENCE, process(other)).await {
            Ok(second) => second?,
            Err(_) => return Err(ConnectError::Pooled),
        };
        transaction.commit().await?;
        // The last one that was used, or the one that was not used for longest: twice, it is not the same one.
        let later = [process(other).await?, process(other).await?];
        let now = [first, second];
        if now != known || later != [second; 2] || first == second {
            return Err(ConnectError::Pooled);
        }
        known = now;
    }
    Ok(())
}

/// By the simple protocol, which prepares nothing.
async fn process(connection: &mut PgConnection) -> Result<i32, Error> {
    let row = raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?;
    row.try_get_unchecked(0)
}

/// A pooler that gives out its sessions in turn shows it in the second round at the latest.
const ROUNDS: usize = 3;
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);
