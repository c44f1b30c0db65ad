use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Error, PgConnection, PgPool, query, query_as, query_scalar};
use tokio::time::{sleep, timeout};

use super::acquire::acquire;

/// Ends statements that no caller waits for and that no timeout of the server ends in time: cancels those whose process is known,
/// and ends commits that wait for a missing standby.
///
/// Each of them would occupy a process of the server, which has no room for many. A wait for a standby outlives even
/// its connection. It uses the connection of the pool that each store leaves to it, and counts as one of the pool's. That connection
/// may be in use by the application, or by another store with the same pool: then it waits for a few seconds.
#[derive(Debug)]
pub(crate) struct Reaper {
    pool: PgPool,
    /// The marker in all statements of the store.
    mark: String,
    /// The age from which a commit is ended.
    age: Duration,
    /// The processes whose statement is to be cancelled.
    abandoned: Mutex<Vec<ServerProcess>>,
    /// One connection at a time cancels them.
    turn: tokio::sync::Mutex<()>,
}

/// A process of the server. Its id may be that of another process after a failover or a restart, whose start differs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ServerProcess {
    pub(crate) id: i32,
    /// The start in microseconds, unless this role may not see it.
    pub(crate) started_at: Option<i64>,
}

impl Reaper {
    pub(crate) fn new(pool: PgPool, schema: &impl ToString, age: Duration) -> Self {
        let mark = format!("{}.", schema.to_string());
        let (abandoned, turn) = Default::default();
        Self { pool, mark, age, abandoned, turn }
    }

    /// Cancels the statement that this process runs, with those of concurrent calls. The connection of the process must not be
    /// in use elsewhere.
    pub(crate) async fn cancel(&self, process: ServerProcess) {
        self.abandoned().push(process);
        let _turn = self.turn.lock().await;
        let processes = mem::take(&mut *self.abandoned());
        if !processes.is_empty() {
            // If it fails, the pool waits for the answer to the statement.
            drop(timeout(PATIENCE, self.cancel_all(processes)).await);
        }
    }

    async fn cancel_all(&self, processes: Vec<ServerProcess>) -> Result<(), Error> {
        let mut connection = acquire(&self.pool).await?;
        query(include_str!("../sql/cancel_backends.sql"))
            .bind(processes.iter().map(|process| process.id).collect::<Vec<_>>())
            .bind(processes.iter().map(|process| process.started_at).collect::<Vec<_>>())
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    fn abandoned(&self) -> MutexGuard<'_, Vec<ServerProcess>> {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the process, if its statement could not be cancelled, and all commits that no caller waits for. Returns when the server
    /// has ended them: only then may a connection replace theirs.
    pub(crate) async fn terminate(&self, process: Option<ServerProcess>) {
        let _turn = self.turn.lock().await;
        // If it fails, it is tried again, or the connection is closed, and the server ends the process when it can.
        drop(timeout(PATIENCE, self.terminate_all(process)).await);
    }

    async fn terminate_all(&self, process: Option<ServerProcess>) -> Result<(), Error> {
        let mut connection = acquire(&self.pool).await?;
        // Its conditions are evaluated in any order, so that none of them ends a process.
        let ended: Vec<(i32, bool)> = query_as(include_str!("../sql/terminate_backends.sql"))
            .bind(&self.mark)
            .bind(i64::try_from(self.age.as_millis()).unwrap_or(i64::MAX))
            .bind(process.map(|process| process.id))
            .bind(process.and_then(|process| process.started_at))
            .fetch_all(&mut *connection)
            .await?;
        let ended: Vec<_> = ended.into_iter().map(|(process, _)| process).collect();
        while are_running(&mut connection, &ended).await? {
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Waits until what is being terminated has ended.
    pub(crate) async fn settled(&self) {
        drop(self.turn.lock().await);
    }
}

/// Returns whether the server still has one of the processes.
async fn are_running(connection: &mut PgConnection, processes: &[i32]) -> Result<bool, Error> {
    if processes.is_empty() {
        return Ok(false);
    }
    query_scalar("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY($1))")
        .bind(processes)
        .fetch_one(connection)
        .await
}

/// The process of the server, and its start in microseconds.
pub(crate) const PROCESS: &str = "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::int8 FROM pg_stat_get_activity(pg_backend_pid())";

const PATIENCE: Duration = Duration::from_secs(5);
/// The interval at which the server is asked whether processes have ended, which takes them a few milliseconds.
const PAUSE: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use countersign_test_servers::fresh_database;
    use sqlx::Connection;

    use super::*;

    /// Such as that of another server, after a failover.
    #[tokio::test]
    async fn a_process_that_has_the_id_of_an_earlier_one_is_left_alone() {
        let url = fresh_database();
        let pool = PgPool::connect(&url).await.unwrap();
        let reaper = Reaper::new(pool, &"countersign", PATIENCE);
        let mut other = PgConnection::connect(&url).await.unwrap();
        let (id, started_at) = query_as(PROCESS).fetch_one(&mut other).await.unwrap();
        let process = ServerProcess { id, started_at };
        assert!(process.started_at.is_some());
        let earlier = ServerProcess { started_at: process.started_at.map(|start: i64| start - 1), ..process };
        reaper.terminate(Some(earlier)).await;
        assert!(other.ping().await.is_ok());
        reaper.terminate(Some(process)).await;
        assert!(other.ping().await.is_err());
    }
}
