//! Single-flight: duplicates in this process wait for the first delivery's outcome.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::key::EventKey;

/// The deliveries that are claimed or handled in this process, by key.
#[derive(Default)]
pub(super) struct InFlight(Arc<Mutex<HashMap<EventKey, Weak<Group>>>>);

/// A delivery that may wait for another one with its key, registered before the claim.
pub(super) struct Waiter(Arc<Group>);

/// The delivery that is handled; those that wait get its outcome.
pub(super) struct Leader(Arc<Group>);

/// The outcome of the handling.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum LeaderOutcome {
    Done,
    Failed,
}

/// The deliveries with one key.
struct Group {
    key: EventKey,
    state: watch::Sender<State>,
    all: Arc<Mutex<HashMap<EventKey, Weak<Group>>>>,
}

#[derive(Default)]
struct State {
    /// The number of claims without an answer.
    claiming: usize,
    /// Whether the delivery is being handled in this process.
    is_led: bool,
    outcome: Option<LeaderOutcome>,
}

impl InFlight {
    /// Registers before the claim, so that a delivery whose claim is refused has not missed the outcome.
    pub(super) fn register(&self, key: EventKey) -> Waiter {
        let mut all = lock(&self.0);
        let group = all.get(&key).and_then(Weak::upgrade).unwrap_or_else(|| {
            let group = Group { key, state: watch::Sender::default(), all: Arc::clone(&self.0) };
            let group = Arc::new(group);
            all.insert(key, Arc::downgrade(&group));
            group
        });
        drop(all);
        group.state.send_modify(|state| state.claiming += 1);
        Waiter(group)
    }
}

impl Waiter {
    /// Marks the claim as acquired.
    pub(super) fn lead(self) -> Leader {
        self.0.state.send_modify(|state| {
            state.is_led = true;
            state.outcome = None;
        });
        Leader(Arc::clone(&self.0))
    }

    /// Waits for the outcome after the claim was refused. Returns `None` if the delivery is handled in another
    /// process, or the outcome comes after the limit.
    pub(super) async fn wait(self, limit: Duration) -> Option<LeaderOutcome> {
        let mut state = self.0.state.subscribe();
        // Unregisters: this delivery has no open claim.
        drop(self);
        let decided = state.wait_for(|state| state.outcome.is_some() || !state.is_led && state.claiming == 0);
        timeout(limit, decided).await.ok()?.ok()?.outcome
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.claiming -= 1);
    }
}

impl Leader {
    /// Publishes the outcome.
    pub(super) fn publish(self, outcome: LeaderOutcome) {
        self.0.state.send_modify(|state| state.outcome = Some(outcome));
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.is_led = false);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        // A new one may have begun in the meantime.
        if all.get(&self.key).is_some_and(|group| group.strong_count() == 0) {
            all.remove(&self.key);
        }
    }
}

/// Locks a mutex. No code panics while holding it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
