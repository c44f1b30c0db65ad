use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Lets accepts go before claims and finishes.
///
/// A provider waits for an accept, and a stored event can wait. While many accepts are in progress, one statement of a claim or
/// a finish runs at a time: otherwise workers with many sources would take most of the server from the accepts.
#[derive(Debug)]
pub(crate) struct Precedence {
    accepts: AtomicUsize,
    turn: Semaphore,
}

/// A batch of accepts in progress.
pub(crate) struct Accepts<'p> {
    precedence: &'p Precedence,
    count: usize,
}

impl Precedence {
    pub(crate) fn new() -> Self {
        Self { accepts: AtomicUsize::new(0), turn: Semaphore::new(1) }
    }

    /// Begins a batch of so many accepts, which lasts until it is dropped.
    pub(crate) fn accept(&self, count: usize) -> Accepts<'_> {
        self.accepts.fetch_add(count, Ordering::Relaxed);
        Accepts { precedence: self, count }
    }

    /// Waits for the turn of a claim or a finish, if many accepts are in progress; not longer than a statement takes, so that one
    /// without an answer delays no other.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if self.accepts.load(Ordering::Relaxed) < BUSY {
            return None;
        }
        timeout(PATIENCE, self.turn.acquire()).await.ok()?.ok()
    }
}

impl Drop for Accepts<'_> {
    fn drop(&mut self) {
        self.precedence.accepts.fetch_sub(self.count, Ordering::Relaxed);
    }
}

/// Accepts in progress, from which on claims and finishes take turns. Fewer leave the server time for both, also where the
/// machine is slow.
const BUSY: usize = 32;
const PATIENCE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn a_turn_is_not_waited_for_without_end() {
        let precedence = Precedence::new();
        let _accepts = precedence.accept(BUSY);
        let _turn = precedence.turn().await;
        assert!(precedence.turn().await.is_none());
    }

    #[tokio::test]
    async fn one_statement_runs_beside_many_accepts_and_any_number_otherwise() {
        let precedence = Precedence::new();
        let first = precedence.accept(BUSY - 1);
        assert!(matches!(now(precedence.turn()), Some(None)));
        let second = precedence.accept(1);
        let turn = now(precedence.turn());
        assert!(matches!(turn, Some(Some(_))));
        assert!(now(precedence.turn()).is_none(), "it waits");
        drop(turn);
        assert!(matches!(now(precedence.turn()), Some(Some(_))));
        drop((first, second));
        assert!(matches!(now(precedence.turn()), Some(None)));
    }
}
