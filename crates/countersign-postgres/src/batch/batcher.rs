use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_inbox::StoreError;
use countersign_inbox::telemetry::GROUP_COMMIT_SIZE;
use metrics::histogram;
use tokio::sync::oneshot;

use super::queue::{Caller, Permit, PermitWait, Queue, Waiting, Work};
use crate::error::{Shared, TimedOut, is_locked, unavailable};

/// Collects items into batches.
pub(crate) struct Batcher<W: Work> {
    queue: Arc<Queue<W>>,
    work: Arc<W>,
    patience: Duration,
}

impl<W: Work> Batcher<W> {
    /// Creates a batcher with this many concurrent batches. An item that waits for longer than twice the patience is
    /// given up, and so is one that failed with others and waits for as long again. A further batch runs beside one that has run for the
    /// time `alone`: a larger batch later costs less than a small one at once.
    pub(crate) fn new(work: W, concurrency: usize, alone: Duration, patience: Duration) -> Self {
        Self { queue: Arc::new(Queue::new(concurrency, alone)), work: Arc::new(work), patience }
    }

    /// Runs the item in one of the next batches, even if the caller stops waiting.
    pub(crate) async fn submit(&self, item: W::Item) -> Result<W::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let caller = Caller { reply, weight: W::weight(&item), deadline: Instant::now() + self.patience * 2 };
        if let Some(permit) = self.queue.push(Waiting { item, caller, is_alone: false })? {
            spawn(permit, &self.work, self.patience);
        } else if let Some(wait) = self.queue.wait_for_permit() {
            tokio::spawn(await_permit(wait, Arc::clone(&self.work), self.patience));
        }
        answer.await.unwrap_or_else(|_| Err(unavailable("the task that talks to the database has ended")))
    }
}

fn spawn<W: Work>(permit: Permit<W>, work: &Arc<W>, patience: Duration) {
    tokio::spawn(run_batches(permit, Arc::clone(work), patience));
}

/// Runs batches beside a slow one. While others end in time, their items are in the next batches of these.
async fn await_permit<W: Work>(mut wait: PermitWait<W>, work: Arc<W>, patience: Duration) {
    loop {
        match wait.end().await {
            Some(Ok(permit)) => return spawn(permit, &work, patience),
            Some(Err(next)) => wait = next,
            None => return,
        }
    }
}

/// Takes batches as long as there are any.
async fn run_batches<W: Work>(mut permit: Permit<W>, work: Arc<W>, patience: Duration) {
    while let Some(batch) = permit.next_batch() {
        let (items, callers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|Waiting { item, caller, .. }| (item, caller)).unzip();
        match work.run(&items).await {
            Ok(answers) => {
                histogram!(GROUP_COMMIT_SIZE).record(items.len() as f64);
                let mut held = Vec::new();
                for ((item, caller), answer) in items.into_iter().zip(callers).zip(answers) {
                    match answer {
                        Some(answer) => caller.answer(Ok(answer)),
                        None => held.push((item, caller)),
                    }
                }
                permit.put_behind(held);
            }
            // The item is locked: it is retried after the waiting ones, until its deadline.
            Err(error)
                if is_locked(&error) && callers.iter().all(|caller| caller.deadline > Instant::now()) =>
            {
                permit.put_behind(items.into_iter().zip(callers));
                while let Some(another) = permit.another() {
                    spawn(another, &work, patience);
                }
            }
            // An item that cannot be stored, or waits for a lock, must not fail the others.
            Err(error) if items.len() > 1 && !is_about_all(&error) => {
                permit.put_back(items.into_iter().zip(callers), Instant::now() + patience * 2);
                while let Some(another) = permit.another() {
                    spawn(another, &work, patience);
                }
            }
            Err(error) => {
                let shared = Shared::new(error);
                callers.into_iter().for_each(|caller| caller.answer(Err(unavailable(shared.clone()))));
            }
        }
        for late in permit.late(Instant::now()) {
            late.answer(Err(unavailable(TimedOut { after: patience * 2 })));
        }
        // Answered callers may have further items, and run first.
        tokio::task::yield_now().await;
    }
}

/// Returns whether each item alone would have failed in the same way.
fn is_about_all(error: &StoreError) -> bool {
    let StoreError::Unavailable(error) = error else { return false };
    match error.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(_) | sqlx::Error::Encode(_)) => false,
        // The cause may be a lock.
        None if error.is::<TimedOut>() => false,
        Some(_) => true,
        // An error of code that runs along with a batch.
        None => false,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
