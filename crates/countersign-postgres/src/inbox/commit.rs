//! Events and handlers' writes in one transaction.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use countersign_inbox::{
    Accepted, AttemptEnd, CommitError, Fenced, Finish, NewEvent, StoreError, StoreFuture, TxInbox,
};
use sqlx::{Error, PgConnection, Postgres, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::accept::{accept_all, enqueue};
use super::finish::{Ended, finish_one};
use crate::convert::storable_event;
use crate::error::unavailable;
use crate::store::PostgresStore;

impl TxInbox for PostgresStore {
    type Tx<'t> = Transaction<'t, Postgres>;

    fn finish_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Transaction<'t, Postgres>,
        attempt: impl Into<AttemptEnd>,
    ) -> StoreFuture<'a, Fenced<()>> {
        let attempt = attempt.into();
        Box::pin(async move {
            let ended = Ended::new(&attempt.lease(), &Finish::Done, attempt.note()).map_err(unavailable)?;
            finish_one(self.inner(), tx, ended).await.map_err(unavailable)
        })
    }

    fn accept_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Transaction<'t, Postgres>,
        event: NewEvent,
    ) -> StoreFuture<'a, Accepted> {
        Box::pin(self.accept_one(tx, storable_event(event)))
    }
}

/// The transaction of an effect: see [`PostgresStore::commit_with`]. Drop it before the effect ends.
#[derive(Debug)]
pub struct EffectTransaction(OwnedMutexGuard<Transaction<'static, Postgres>>);

impl Deref for EffectTransaction {
    type Target = Transaction<'static, Postgres>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for EffectTransaction {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl PostgresStore {
    /// Runs an effect in a transaction that also marks its event as done, and commits it: the effect happens exactly
    /// once. For worker handlers, which pass their `Context`; the outcome that they return
    /// afterwards changes nothing. The row of the attempt has the response code that the handler has set when the effect ends.
    ///
    /// ```no_run
    /// use countersign::Delivery;
    /// use countersign_inbox::{CommitError, Context};
    /// use countersign_postgres::PostgresStore;
    /// use sqlx::query;
    ///
    /// // The handler of `Endpoint::new("billing", verifier).otherwise_with(store.clone(), paid)`.
    /// async fn paid(
    ///     store: PostgresStore,
    ///     delivery: Delivery,
    ///     context: Context,
    /// ) -> Result<(), CommitError<sqlx::Error>> {
    ///     let payment = delivery.body().to_vec();
    ///     store
    ///         .commit_with(&context, async |mut tx| {
    ///             query("INSERT INTO payment (body) VALUES ($1)").bind(payment).execute(&mut **tx).await?;
    ///             Ok(())
    ///         })
    ///         .await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CommitError`]: nothing was written, unless the connection was lost during the commit.
    pub async fn commit_with<T, E, F>(
        &self,
        attempt: impl Into<AttemptEnd>,
        effect: impl FnOnce(EffectTransaction) -> F,
    ) -> Result<T, CommitError<E>>
    where
        F: Future<Output = Result<T, E>>,
    {
        let attempt = attempt.into();
        let tx = Arc::new(Mutex::new(self.begin().await.map_err(unavailable)?));
        let lent = EffectTransaction(Arc::clone(&tx).lock_owned().await);
        let result = effect(lent).await.map_err(CommitError::Effect)?;
        let mut tx = Arc::try_unwrap(tx).map_err(|_| unavailable(KEPT))?.into_inner();
        // Last, so that the event is locked for as short as possible.
        match self.finish_in(&mut tx, attempt).await? {
            Fenced::Ok(()) => {}
            Fenced::Stale => return Err(CommitError::LeaseLost),
        }
        tx.commit().await.map_err(unavailable)?;
        Ok(result)
    }

    async fn accept_one(
        &self,
        connection: &mut PgConnection,
        event: NewEvent,
    ) -> Result<Accepted, StoreError> {
        let events = [event];
        let answers = accept_all(self.inner(), connection, &events, None).await.map_err(unavailable)?;
        if let Some(dispatcher) = &self.0.dispatcher {
            enqueue(&**dispatcher, connection, &events, &answers).await?;
        }
        answers.into_iter().next().ok_or_else(|| unavailable(Error::RowNotFound))
    }
}

const KEPT: &str = "the effect has kept its transaction: drop it before the effect ends";
