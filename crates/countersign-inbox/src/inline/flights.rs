//! Who handles what in this process, so that duplicates can wait for the outcome.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::key::EventKey;

/// All of them.
#[derive(Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<EventKey, Weak<Flight>>>>);

/// A place in a flight, taken before the claim.
pub(super) struct Seat(Arc<Flight>);

/// The place of the one who handles.
pub(super) struct Cockpit(Arc<Flight>);

/// How it ended.
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
    /// Claims that have not been answered.
    boarding: usize,
    /// Whether it is handled here.
    flying: bool,
    landing: Option<Landing>,
}

impl Flights {
    /// Before the claim: whoever is told that another one handles it has not missed the outcome.
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
    /// The claim was acquired.
    pub(super) fn take_off(self) -> Cockpit {
        self.0.state.send_modify(|state| {
            state.flying = true;
            state.landing = None;
        });
        Cockpit(Arc::clone(&self.0))
    }

    /// Somebody else has the claim. `None` when it is not somebody here, or when the outcome is later than that.
    pub(super) async fn wait(self, limit: Duration) -> Option<Landing> {
        let mut state = self.0.state.subscribe();
        // Gives up the seat: nothing is being asked any more.
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
    /// It came to an end.
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
        // A new one may have begun in the meantime.
        if all.get(&self.key).is_some_and(|flight| flight.strong_count() == 0) {
            all.remove(&self.key);
        }
    }
}

/// Nothing panics with it in its hands.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
