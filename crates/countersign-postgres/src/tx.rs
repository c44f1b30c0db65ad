//! Events and handlers' writes in one transaction.

use countersign_inbox::{Accepted, Fenced, Finish, Lease, NewEvent, StoreError, StoreFuture, TxInbox};
use sqlx::{Error, PgConnection, Postgres, Transaction};

use crate::convert::storable_event;
use crate::error::unavailable;
use crate::inbox::{Ended, accept_all, enqueue, finish_one};
use crate::store::PostgresStore;

impl TxInbox for PostgresStore {
    type Tx<'t> = Transaction<'t, Postgres>;

    fn finish_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Transaction<'t, Postgres>,
        lease: &'a Lease,
    ) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(async move {
            let ended = Ended::new(lease, &Finish::Done).map_err(unavailable)?;
            finish_one(self.core(), tx, ended).await.map_err(unavailable)
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

impl PostgresStore {
    async fn accept_one(
        &self,
        connection: &mut PgConnection,
        event: NewEvent,
    ) -> Result<Accepted, StoreError> {
        let events = [event];
        let answers = accept_all(self.core(), connection, &events, None).await.map_err(unavailable)?;
        if let Some(dispatcher) = &self.0.dispatcher {
            enqueue(&**dispatcher, connection, &events, &answers).await?;
        }
        answers.into_iter().next().ok_or_else(|| unavailable(Error::RowNotFound))
    }
}
