use sqlx::pool::PoolConnection;
use sqlx::{Error, PgPool, Postgres};

/// Acquires a connection of the pool. A caller that stops waiting leaves a task that returns it to the pool: to give up a connection
/// in progress would leave a process in the server for a moment, beside that of the next connection.
pub(super) async fn acquire(pool: &PgPool) -> Result<PoolConnection<Postgres>, Error> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.acquire().await }).await.unwrap_or(Err(Error::WorkerCrashed))
}
