use std::mem;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Error, Executor, PgConnection, Postgres};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::reaper::{Reaper, ServerProcess};
use super::retryability::Retryability;

/// A connection of the pool.
///
/// Unless the operation came to an [end](Self::end), its statement may still run in the server, which does not
/// notice that the client has stopped waiting. Such a statement is cancelled in the server if its process is known, and its
/// connection occupies the pool until the server has answered or the process could not be ended in time, so that the server has no more
/// processes for the store than the pool has connections as long as it ends them.
pub(crate) struct PooledConnection {
    connection: Option<PoolConnection<Postgres>>,
    state: State,
    /// The time to wait for the answer to an abandoned statement.
    patience: Duration,
    /// The process of the server, if `statement_timeout` does not end its statement in time.
    process: Option<ServerProcess>,
    /// The place among the connections that the store may use at the same time, and that among those of operators. They end when the
    /// connection is given back: the pool may have it a moment later, for which its next user waits.
    places: Vec<OwnedSemaphorePermit>,
    reaper: Arc<Reaper>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    InUse,
    Ended,
    Broken,
}

impl PooledConnection {
    pub(crate) fn new(
        connection: PoolConnection<Postgres>,
        place: OwnedSemaphorePermit,
        patience: Duration,
        reaper: Arc<Reaper>,
    ) -> Self {
        Self {
            connection: Some(connection),
            state: State::InUse,
            patience,
            process: None,
            places: vec![place],
            reaper,
        }
    }

    /// Has the statement of this process of the server cancelled when it is abandoned.
    pub(crate) const fn cancel_in(&mut self, process: ServerProcess) {
        self.process = Some(process);
    }

    /// Records that the server has answered the statement, with an error: nothing is left to cancel.
    pub(crate) const fn answer(&mut self) {
        self.process = None;
    }

    /// Keeps a permit until the connection is given back to the pool.
    pub(crate) fn hold(&mut self, permit: OwnedSemaphorePermit) {
        self.places.push(permit);
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
        let Some(connection) = self.connection.take() else { return };
        let leftover = Leftover {
            connection,
            patience: self.patience,
            process: self.process,
            reaper: Arc::clone(&self.reaper),
        };
        let places = mem::take(&mut self.places);
        match (self.state, Handle::try_current()) {
            (State::Ended, _) => {}
            (State::InUse, Ok(runtime)) => {
                runtime.spawn(async move {
                    leftover.end().await;
                    drop(places);
                });
            }
            (State::Broken, Ok(runtime)) => {
                runtime.spawn(async move {
                    leftover.close().await;
                    drop(places);
                });
            }
            (_, Err(_)) => leftover.close_at_once(),
        }
    }
}

/// A connection whose operation came to no end.
struct Leftover {
    connection: PoolConnection<Postgres>,
    patience: Duration,
    process: Option<ServerProcess>,
    reaper: Arc<Reaper>,
}

impl Leftover {
    /// Ends the statement and the transaction in the server, and returns the connection to the pool. Closes it if the server does not
    /// answer.
    async fn end(mut self) {
        if !self.is_rolled_back().await {
            self.close().await;
        }
    }

    /// The rollback is answered after the statements in progress, which `statement_timeout` has ended by then. A transaction
    /// whose begin was abandoned is open, although the client does not count it. A statement is ended up to three times: the reserved
    /// connection may be in use by the application or by another store with the same pool, or the server may not answer. Thereafter,
    /// the connection is closed, although the server may still have its process.
    async fn is_rolled_back(&mut self) -> bool {
        let mut ending = pin!(self.connection.execute("ROLLBACK"));
        // The timeout of the server is over after the first one.
        for patience in [self.patience, GRACE, GRACE] {
            if let Some(process) = self.process {
                self.reaper.cancel(process).await;
            }
            if let Ok(answer) = timeout(patience, &mut ending).await {
                return answer.is_ok();
            }
            // A commit that waits for a standby does not end by itself.
            self.reaper.terminate(self.process).await;
        }
        false
    }

    /// Closes the connection once its process has ended, if the reaper has just ended it.
    async fn close(self) {
        self.reaper.settled().await;
        self.close_at_once();
    }

    fn close_at_once(mut self) {
        self.connection.close_on_drop();
    }
}

/// The time that the server may take to report that it has ended a statement by its timeout.
pub(crate) const GRACE: Duration = Duration::from_secs(5);
