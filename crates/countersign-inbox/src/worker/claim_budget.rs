//! The limit on the memory of the requests that a worker holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Limits the bytes of the requests that a worker handles, and those that its claims may bring.
///
/// Claims reserve before they know the sizes. Together, the requests in hand and the reservations are below twice the
/// limit, plus one request for each source: a source that handles nothing may always claim one.
pub(super) struct ClaimBudget {
    limit: usize,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Default)]
struct State {
    held: usize,
    reserved: usize,
}

/// Bytes that a claim may bring, until it is dropped.
pub(super) struct Reservation {
    budget: Arc<ClaimBudget>,
    bytes: usize,
}

/// The bytes of a request in hand, until it is dropped.
pub(super) struct HeldBytes {
    budget: Arc<ClaimBudget>,
    bytes: usize,
}

impl ClaimBudget {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), freed: Notify::new() }
    }

    /// Waits until the requests in hand are below the limit, and reserves as [`reserve_now`](Self::reserve_now) does.
    pub(super) async fn reserve(self: &Arc<Self>, wanted: usize) -> Reservation {
        let mut freed = Box::pin(self.freed.notified());
        loop {
            // Registered before the check, so that no release after it is missed.
            freed.as_mut().enable();
            if self.state().held < self.limit {
                return self.reserve_now(wanted);
            }
            freed.as_mut().await;
            freed.set(self.freed.notified());
        }
    }

    /// Reserves so many bytes, or the free part of a quarter of the limit; at least one byte, which is enough for one
    /// event.
    pub(super) fn reserve_now(self: &Arc<Self>, wanted: usize) -> Reservation {
        let mut state = self.state();
        let left = self.limit.saturating_sub(state.reserved).min(self.limit / 4);
        let bytes = wanted.min(left).max(1);
        state.reserved = state.reserved.saturating_add(bytes);
        drop(state);
        Reservation { budget: Arc::clone(self), bytes }
    }

    /// Nothing panics while it has the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts a request that the claim has brought, whether the reservation covers it or not.
    pub(super) fn hold(&self, bytes: usize) -> HeldBytes {
        let mut state = self.budget.state();
        state.held = state.held.saturating_add(bytes);
        drop(state);
        HeldBytes { budget: Arc::clone(&self.budget), bytes }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        state.reserved = state.reserved.saturating_sub(self.bytes);
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        let was_full = state.held >= self.budget.limit;
        state.held = state.held.saturating_sub(self.bytes);
        let is_free = state.held < self.budget.limit;
        drop(state);
        if was_full && is_free {
            self.budget.freed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn claims_share_what_is_left_and_each_may_bring_one_event() {
        let budget = Arc::new(ClaimBudget::new(100));
        assert_eq!(budget.reserve_now(10).bytes(), 10);
        let all: Vec<_> = (0..6).map(|_| budget.reserve_now(1000)).collect();
        assert_eq!(all.iter().map(Reservation::bytes).collect::<Vec<_>>(), [25, 25, 25, 25, 1, 1]);
        drop(all);
        assert_eq!(budget.reserve_now(1000).bytes(), 25);
    }

    #[test]
    fn a_claim_waits_while_the_limit_is_held() {
        let budget = Arc::new(ClaimBudget::new(100));
        let mut context = Context::from_waker(Waker::noop());
        let held = budget.reserve_now(1).hold(150);
        let mut waiting = Box::pin(budget.reserve(10));
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        let other = budget.reserve_now(1).hold(20);
        drop(other);
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        drop(held);
        let Poll::Ready(reserved) = waiting.as_mut().poll(&mut context) else { panic!("it is free") };
        assert_eq!(reserved.bytes(), 10);
    }
}
