use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Error, Executor, PgConnection, Postgres};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::reaper::Reaper;
use super::retryability::Retryability;

/// A connection of the pool.
///
/// Unless the operation came to an [end](Self::end), its statement may still run in the server, which does not
/// notice that the client has stopped waiting. Such a statement is cancelled in the server if its process is known, and its
/// connection occupies the pool until the server has answered, so that the server never runs more statements than the pool has
/// connections.
pub(crate) struct PooledConnection {
    connection: Option<PoolConnection<Postgres>>,
    state: State,
    /// The time to wait for the answer to an abandoned statement.
    patience: Duration,
    /// The process of the server, if `statement_timeout` does not end its statement in time.
    process: Option<i32>,
    /// Ends when the connection is in the pool again.
    permit: Option<OwnedSemaphorePermit>,
    reaper: Arc<Reaper>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    InUse,
    Ended,
    Broken,
}

impl PooledConnection {
    pub(crate) const fn new(
        connection: PoolConnection<Postgres>,
        patience: Duration,
        reaper: Arc<Reaper>,
    ) -> Self {
        Self {
            connection: Some(connection),
            state: State::InUse,
            patience,
            process: None,
            permit: None,
            reaper,
        }
    }

    /// Has the statement of this process of the server cancelled when it is abandoned.
    pub(crate) const fn cancel_in(&mut self, process: i32) {
        self.process = Some(process);
    }

    /// Records that the server has answered the statement, with an error: nothing is left to cancel.
    pub(crate) const fn answer(&mut self) {
        self.process = None;
    }

    /// Keeps a permit for as long as the connection is not in the pool.
    pub(crate) fn hold(&mut self, permit: OwnedSemaphorePermit) {
        self.permit = Some(permit);
    }

    /// Records the end of the operation.
    pub(crate) fn end<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        let is_broken =
            result.as_ref().err().is_some_and(|error| Retryability::of(error) == Retryability::Broken);
        self.state = if is_broken { State::Broken } else { State::Ended };
        result
    }
}

impl Deref for PooledConnection {
    type Target = PgConnection;

    #[expect(clippy::expect_used, reason = "it is taken by `drop` alone")]
    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect("a connection until it is dropped")
    }
}

impl DerefMut for PooledConnection {
    #[expect(clippy::expect_used, reason = "it is taken by `drop` alone")]
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a connection until it is dropped")
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match (self.state, Handle::try_current()) {
            (State::Ended, _) => {}
            (State::InUse, Ok(runtime)) => {
                let (patience, process, reaper) = (self.patience, self.process, Arc::clone(&self.reaper));
                let permit = self.permit.take();
                // The rollback is answered after the statements in progress, which `statement_timeout` has ended by
                // then. A transaction whose begin was abandoned is open, although the client does not count it.
                runtime.spawn(async move {
                    if let Some(process) = process {
                        reaper.cancel(process).await;
                    }
                    let is_answered = {
                        let mut ending = pin!(connection.execute("ROLLBACK"));
                        let mut answer = timeout(patience, &mut ending).await;
                        if answer.is_err() {
                            // A commit that waits for a standby does not end by itself.
                            reaper.end_commits().await;
                            answer = timeout(patience, ending).await;
                        }
                        matches!(answer, Ok(Ok(_)))
                    };
                    if !is_answered {
                        connection.close_on_drop();
                    }
                    drop((connection, permit));
                });
            }
            _ => connection.close_on_drop(),
        }
    }
}
