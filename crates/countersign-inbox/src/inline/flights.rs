//! Single-flight: duplicates in this process wait for the first delivery's outcome.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::key::EventKey;

/// All deliveries in progress.
#[derive(Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<EventKey, Weak<Flight>>>>);

/// A participant in a flight, registered before the claim.
pub(super) struct Seat(Arc<Flight>);

/// The participant that handles the delivery.
pub(super) struct Cockpit(Arc<Flight>);

/// The outcome of a flight.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Landing {
    Done,
    Failed,
}

struct Flight {
    key: EventKey,
    state: watch::Sender<State>,
    all: Arc<Mutex<HashMap<EventKey, Weak<Flight>>>>,
}

#[derive(Default)]
struct State {
    /// The number of claims without an answer.
    boarding: usize,
    /// Whether the delivery is being handled in this process.
    flying: bool,
    landing: Option<Landing>,
}

impl Flights {
    /// Registers before the claim, so that a participant whose claim is refused has not missed the outcome.
    pub(super) fn board(&self, key: EventKey) -> Seat {
        let mut all = lock(&self.0);
        let flight = all.get(&key).and_then(Weak::upgrade).unwrap_or_else(|| {
            let flight = Flight { key, state: watch::Sender::default(), all: Arc::clone(&self.0) };
            let flight = Arc::new(flight);
            all.insert(key, Arc::downgrade(&flight));
            flight
        });
        drop(all);
        flight.state.send_modify(|state| state.boarding += 1);
        Seat(flight)
    }
}

impl Seat {
    /// Marks the claim as acquired.
    pub(super) fn take_off(self) -> Cockpit {
        self.0.state.send_modify(|state| {
            state.flying = true;
            state.landing = None;
        });
        Cockpit(Arc::clone(&self.0))
    }

    /// Waits for the outcome after the claim was refused. Returns `None` if the delivery is handled in another
    /// process, or the outcome comes after the limit.
    pub(super) async fn wait(self, limit: Duration) -> Option<Landing> {
        let mut state = self.0.state.subscribe();
        // Unregisters: this participant has no open claim.
        drop(self);
        let landed = state.wait_for(|state| state.landing.is_some() || !state.flying && state.boarding == 0);
        timeout(limit, landed).await.ok()?.ok()?.landing
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.boarding -= 1);
    }
}

impl Cockpit {
    /// Publishes the outcome.
    pub(super) fn land(self, landing: Landing) {
        self.0.state.send_modify(|state| state.landing = Some(landing));
    }
}

impl Drop for Cockpit {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.flying = false);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        // A new flight may have begun in the meantime.
        if all.get(&self.key).is_some_and(|flight| flight.strong_count() == 0) {
            all.remove(&self.key);
        }
    }
}

/// Locks a mutex. No code panics while holding it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
