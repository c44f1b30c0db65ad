//! Stores events.

mod pass;

use std::sync::Arc;

use countersign_inbox::{
    Accepted, DeadDuplicates, Dispatcher, Durability, NewEvent, StoreError, UnsignedIds,
};
use sqlx::{Connection, PgConnection};

use self::pass::Passes;
use crate::batch::Work;
use crate::convert::storable_time;
use crate::failpoint::failpoint;
use crate::inner::StoreInner;
use crate::session::{LOCK_TIMEOUT, Prepared, Try, confirm, prepare};

/// Stores batches of events.
pub(crate) struct Accepting {
    pub(crate) inner: Arc<StoreInner>,
    pub(crate) dispatcher: Option<Arc<dyn Dispatcher<PgConnection>>>,
}

impl Work for Accepting {
    type Item = NewEvent;
    type Answer = Accepted;

    fn weight(event: &NewEvent) -> usize {
        event.held_bytes()
    }

    async fn run(&self, events: &[NewEvent]) -> Result<Vec<Option<Accepted>>, StoreError> {
        let answers = match &self.dispatcher {
            None => self.inner.session.repeat(|which| self.store(which, events)).await?,
            Some(dispatcher) => {
                let done =
                    self.inner.session.repeat(|which| self.hand_over(which, events, &**dispatcher)).await?;
                done?
            }
        };
        let has_work = |answer: &Accepted| matches!(answer, Accepted::New { .. } | Accepted::Requeued { .. });
        let woken = events.iter().zip(&answers).filter(|(_, answer)| has_work(answer));
        self.inner.wake.wake(woken.map(|(event, _)| &event.source));
        self.inner.tend_if_behind();
        self.inner.fold_now_and_then();
        self.inner.grown(events.len());
        Ok(answers.into_iter().map(Some).collect())
    }
}

impl Accepting {
    /// Stores a batch. Each statement is a separate transaction.
    async fn store(&self, which: Try, events: &[NewEvent]) -> Result<Vec<Accepted>, sqlx::Error> {
        let mut connection = self.inner.session.acquire(which).await?;
        failpoint!("accept-before-insert");
        let answers = accept_all(&self.inner, &mut connection, events, Some(LOCK_TIMEOUT)).await;
        failpoint!("after-commit");
        connection.end(answers)
    }

    /// Commits events and their jobs together.
    async fn hand_over(
        &self,
        which: Try,
        events: &[NewEvent],
        dispatcher: &dyn Dispatcher<PgConnection>,
    ) -> Result<Result<Vec<Accepted>, StoreError>, sqlx::Error> {
        let mut connection = self.inner.session.acquire(which).await?;
        let answers = async {
            let mut tx = connection.begin().await?;
            let answers = accept_all(&self.inner, &mut tx, events, Some(LOCK_TIMEOUT)).await?;
            if let Err(error) = enqueue(dispatcher, &mut tx, events, &answers).await {
                tx.rollback().await?;
                return Ok(Err(error));
            }
            tx.commit().await?;
            Ok(Ok(answers))
        }
        .await;
        connection.end(answers)
    }
}

/// Enqueues a job for each event that is to be handled and was not before.
pub(crate) async fn enqueue(
    dispatcher: &dyn Dispatcher<PgConnection>,
    connection: &mut PgConnection,
    events: &[NewEvent],
    answers: &[Accepted],
) -> Result<(), StoreError> {
    for (event, answer) in events.iter().zip(answers) {
        if let Accepted::New { id, .. } | Accepted::Requeued { id } = answer {
            dispatcher.enqueue_in(connection, *id, event).await?;
        }
    }
    Ok(())
}

/// Stores all new events with one statement. Events that occur twice, or on two machines at once, need a further
/// statement.
pub(crate) async fn accept_all(
    inner: &StoreInner,
    connection: &mut PgConnection,
    events: &[NewEvent],
    lock_timeout: Option<&'static str>,
) -> Result<Vec<Accepted>, sqlx::Error> {
    let mut passes = Passes::new(events.len());
    for _ in 0..PASSES {
        let chosen = passes.choose(events);
        if chosen.is_empty() {
            break;
        }
        let rows = bind_columns(inner, events, &chosen, lock_timeout).fetch_all(&mut *connection).await?;
        let mut has_written = false;
        for row in &rows {
            has_written |= passes.settle(inner, events, &chosen, row)?;
        }
        // A duplicate is acknowledged, so the first stored event must have the durability.
        if inner.durability == Durability::Replicated && !has_written {
            confirm(&mut *connection).await?;
        }
    }
    passes.answers()
}

/// Binds the events at these positions, as one array per column.
fn bind_columns(
    inner: &StoreInner,
    events: &[NewEvent],
    chosen: &[usize],
    lock_timeout: Option<&'static str>,
) -> Prepared<'static> {
    let chosen: Vec<&NewEvent> = chosen.iter().filter_map(|place| events.get(*place)).collect();
    let guards = chosen.iter().map(|event| event.identity.guard());
    let strict =
        |guard: Option<(_, UnsignedIds)>| guard.is_some_and(|(_, policy)| policy == UnsignedIds::Reject);
    prepare(&inner.statements.accept)
        .bind(column(&chosen, |event| *event.identity.key().as_bytes()))
        .bind(column(&chosen, |event| *event.identity.body().as_bytes()))
        .bind(guards.clone().map(|guard| guard.map(|(digest, _)| *digest.as_bytes())).collect::<Vec<_>>())
        .bind(guards.map(strict).collect::<Vec<_>>())
        .bind(column(&chosen, |event| event.dead_duplicates == DeadDuplicates::Requeue))
        .bind(column(&chosen, |event| event.source.as_str()))
        .bind(column(&chosen, |event| event.tenant.as_deref()))
        .bind(column(&chosen, |event| event.provider.as_str()))
        .bind(column(&chosen, |event| event.external_id.as_deref()))
        .bind(column(&chosen, |event| event.event_type.as_deref()))
        .bind(column(&chosen, |event| storable_time(event.received_at)))
        .bind(column(&chosen, |event| event.head.to_bytes()))
        .bind(column(&chosen, |event| &*event.body))
        .bind(column(&chosen, |event| event.traceparent.as_deref()))
        .bind(lock_timeout)
        .bind(column(&chosen, |event| event.ordering_key.as_deref()))
}

fn column<'e, T>(events: &[&'e NewEvent], value: impl Fn(&'e NewEvent) -> T) -> Vec<T> {
    events.iter().copied().map(value).collect()
}

/// Each pass settles at least one event of those that arrive at once.
const PASSES: usize = 256;

#[cfg(test)]
mod tests {
    use countersign_testkit::conformance::inbox::sample_event;
    use http::HeaderValue;

    use super::*;

    /// A queue is limited by its weight.
    #[test]
    fn the_weight_of_an_event_counts_its_head_and_its_body() {
        let weight = |head: usize, body: usize| {
            let mut event = sample_event("orders", "evt", vec![b'x'; body]);
            let value = HeaderValue::from_bytes(&vec![b'x'; head]).unwrap();
            event.head.headers.insert("x-large", value);
            Accepting::weight(&event)
        };
        let small = weight(0, 0);
        assert!(weight(347 << 10, 0) >= small + (347 << 10));
        assert!(weight(0, 347 << 10) >= small + (347 << 10));
    }
}
