//! Detects poolers between this process and the server.

use std::ops::DerefMut;
use std::time::Duration;

use sqlx::{Connection, Error, PgConnection, PgPool, Row, raw_sql};
use tokio::time::timeout;

use crate::error::OpenError;

/// Refuses a pooler that shares the server's sessions between transactions, as PgBouncer does with `pool_mode =
/// transaction`.
///
/// Prepared statements, `statement_timeout` and other session settings would be those of the last user: events
/// would be accepted, but none claimed. This takes a second connection, of the pool unless it has one only.
///
/// # Errors
///
/// [`OpenError::Pooled`] if there is one, and [`OpenError::SecondConnection`] if no second connection is to be had within the limit:
/// a pooler cannot be ruled out then.
pub(crate) async fn refuse(pool: &PgPool, one: &mut PgConnection, limit: Duration) -> Result<(), OpenError> {
    if pool.options().get_max_connections() > 1 {
        let mut other = opened(limit, pool.acquire()).await?;
        check(one, &mut other, limit).await
    } else {
        let options = pool.connect_options();
        let connecting = async { PgConnection::connect_with(&options).await.map(Box::new) };
        let mut other = opened(limit, connecting).await?;
        let checked = check(one, &mut other, limit).await;
        drop(other.close().await);
        checked
    }
}

/// Waits for a connection until its session answers: a pooler accepts connections for which it has no session.
async fn opened<C: DerefMut<Target = PgConnection>>(
    limit: Duration,
    opening: impl Future<Output = Result<C, Error>>,
) -> Result<C, OpenError> {
    let answered = async {
        let mut connection = opening.await?;
        process(&mut connection).await?;
        Ok(connection)
    };
    let opened = timeout(limit, answered).await.unwrap_or(Err(Error::PoolTimedOut));
    opened.map_err(|source| OpenError::SecondConnection { source })
}

/// Compares the processes of the server. Without a pooler, each of two connections has one that stays the same; while one of two is in
/// a transaction, a pooler must assign another process to the other one.
async fn check(one: &mut PgConnection, other: &mut PgConnection, limit: Duration) -> Result<(), OpenError> {
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
