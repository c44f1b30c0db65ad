use countersign_inbox::{AttemptEnd, CommitError, Fenced, Finish};
use rusqlite::Connection;

use super::finish::finish;
use crate::store::SqliteStore;
use crate::writer::Session;

impl SqliteStore {
    /// Runs an effect on the store's own file in a transaction that also marks its event as done: the effect happens
    /// exactly once. For worker handlers, which pass their `Context`; the outcome that they
    /// return afterwards changes nothing. The row of the attempt has the response code that the handler has set when the effect
    /// ends.
    ///
    /// The effect runs on the thread that writes, among other operations of the store, so it must be short. It may run
    /// again if the transaction fails for another operation. It must neither begin nor end transactions, and its tables
    /// must not begin with `wh_`.
    ///
    /// ```no_run
    /// # async fn paid(
    /// #     store: std::sync::Arc<countersign_sqlite::SqliteStore>,
    /// #     context: countersign_inbox::Context,
    /// # ) -> Result<(), countersign_inbox::CommitError<rusqlite::Error>> {
    /// let event = context.event_id().get();
    /// let write = move |connection: &rusqlite::Connection| {
    ///     connection.execute("INSERT INTO payment (event) VALUES (?1)", [event])
    /// };
    /// store.commit_with(&context, write).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CommitError`]: nothing was written.
    pub async fn commit_with<T: Send + 'static, E: Send + 'static>(
        &self,
        attempt: impl Into<AttemptEnd>,
        mut effect: impl FnMut(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, CommitError<E>> {
        let attempt = attempt.into();
        self.submit(0, move |session| run(session, &attempt, &mut effect)).await?
    }
}

/// Runs the effect in a savepoint, so that its failure leaves the other operations of the transaction as they are.
fn run<T, E>(
    session: &mut Session<'_>,
    attempt: &AttemptEnd,
    effect: &mut impl FnMut(&Connection) -> Result<T, E>,
) -> rusqlite::Result<Result<T, CommitError<E>>> {
    session.execute("SAVEPOINT effect", &[])?;
    let result = effect(session.connection()).map_err(CommitError::Effect);
    if session.connection().is_autocommit() {
        // The effect has ended the transaction, and with it that of other operations.
        return Err(rusqlite::Error::InvalidQuery);
    }
    let result = match result {
        Ok(value) => match finish(session, &attempt.lease(), &Finish::Done, attempt.note())? {
            Fenced::Ok(()) => Ok(value),
            Fenced::Stale => Err(CommitError::LeaseLost),
        },
        failed => failed,
    };
    if result.is_err() {
        session.execute("ROLLBACK TO effect", &[])?;
    }
    session.execute("RELEASE effect", &[])?;
    Ok(result)
}
