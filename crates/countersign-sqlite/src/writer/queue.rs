use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};

use countersign_inbox::{StoreError, StoreFuture};
use futures_channel::oneshot;

use super::session::Session;
use crate::error::Failure;

/// The limits of the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) operations: usize,
    pub(crate) bytes: usize,
}

/// The queue of a thread. It is bounded, so that callers notice a slow disk and memory does not grow.
#[derive(Clone)]
pub(crate) struct Queue {
    sender: SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
    bytes: usize,
}

/// A waiting operation.
pub(super) type Job = Box<dyn Work>;

/// An operation for a caller.
pub(super) trait Work: Send {
    /// Runs the operation in a transaction. Called again if the transaction was rolled back.
    fn run(&mut self, session: &mut Session<'_>) -> rusqlite::Result<()>;

    /// Answers the caller, after the commit.
    fn answer(self: Box<Self>, failure: Option<&Failure>);

    /// Returns the approximate number of written bytes.
    fn weight(&self) -> usize;

    /// Returns whether the operation makes room in the file.
    fn is_deletion(&self) -> bool;
}

impl Queue {
    pub(super) fn new(sender: SyncSender<Job>, bytes: usize) -> Self {
        Self { sender, waiting: Arc::default(), bytes }
    }

    /// Submits an operation of about this many bytes, and waits for the answer. It is run even if the caller stops
    /// waiting.
    pub(crate) fn submit<'a, T: Send + 'static>(
        &self,
        weight: usize,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        self.submit_as(weight, false, act)
    }

    /// Submits an operation that makes room in the file: on a full disk it may use the reserve.
    pub(crate) fn submit_deletion<'a, T: Send + 'static>(
        &self,
        weight: usize,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        self.submit_as(weight, true, act)
    }

    fn submit_as<'a, T: Send + 'static>(
        &self,
        weight: usize,
        is_deletion: bool,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let (reply, answer) = oneshot::channel();
        let sent = self.send(weight, is_deletion, act, reply);
        Box::pin(async move {
            sent?;
            answer.await.unwrap_or_else(|_| Err(Failure::Closed.into()))
        })
    }

    fn send<T: Send + 'static>(
        &self,
        weight: usize,
        is_deletion: bool,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
        reply: oneshot::Sender<Result<T, StoreError>>,
    ) -> Result<(), Failure> {
        let before = self.waiting.fetch_add(weight, Ordering::Relaxed);
        let permit = Permit { waiting: Arc::clone(&self.waiting), weight };
        if before.saturating_add(weight) > self.bytes {
            return Err(Failure::Overload);
        }
        let job = Box::new(Task { act, done: None, reply, permit, is_deletion });
        self.sender.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Overload,
            TrySendError::Disconnected(_) => Failure::Closed,
        })
    }
}

struct Task<F, T> {
    act: F,
    done: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
    permit: Permit,
    is_deletion: bool,
}

/// A share of the bytes that may wait.
struct Permit {
    waiting: Arc<AtomicUsize>,
    weight: usize,
}

impl<F, T> Work for Task<F, T>
where
    F: FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, session: &mut Session<'_>) -> rusqlite::Result<()> {
        self.done = Some((self.act)(session)?);
        Ok(())
    }

    fn answer(self: Box<Self>, failure: Option<&Failure>) {
        let Self { done, reply, permit, .. } = *self;
        drop(permit);
        let answer = match (failure, done) {
            (None, Some(done)) => Ok(done),
            (None, None) => Err(Failure::Closed.into()),
            (Some(failure), _) => Err(failure.clone().into()),
        };
        // The caller may have stopped waiting.
        let _ = reply.send(answer);
    }

    fn weight(&self) -> usize {
        self.permit.weight
    }

    fn is_deletion(&self) -> bool {
        self.is_deletion
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.weight, Ordering::Relaxed);
    }
}
