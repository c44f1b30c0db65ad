use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use countersign_inbox::inline::ClaimContext;
use tokio::sync::Semaphore;

/// A scripted handler. Clones share it.
#[derive(Clone)]
pub struct Handler(Arc<Inner>);

/// An action of a handler.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Does {
    /// Responds with this status.
    Answer(u16),
    /// Waits until it may continue, and responds with this status.
    Wait(u16),
    /// Waits until it may continue, or until it is cancelled, which responds with 500.
    WaitUnlessCancelled(u16),
    /// Panics.
    Panic,
    /// Waits until it may continue, and panics.
    WaitAndPanic,
}

struct Inner {
    plan: Mutex<VecDeque<Does>>,
    seen: Mutex<Vec<ClaimContext>>,
    finished: Mutex<usize>,
    started: Semaphore,
    gate: Semaphore,
}

impl Handler {
    /// Creates a handler with these actions, and 200 afterwards.
    #[must_use]
    pub fn new(plan: impl IntoIterator<Item = Does>) -> Self {
        Self(Arc::new(Inner {
            plan: Mutex::new(plan.into_iter().collect()),
            seen: Mutex::default(),
            finished: Mutex::default(),
            started: Semaphore::new(0),
            gate: Semaphore::new(0),
        }))
    }

    /// Runs the handler, and returns a status.
    ///
    /// # Panics
    ///
    /// If the script says so.
    pub async fn run(&self, claim: ClaimContext) -> u16 {
        let does = self.0.plan.lock().unwrap().pop_front().unwrap_or(Does::Answer(200));
        let cancelled = claim.cancelled().clone();
        self.0.seen.lock().unwrap().push(claim);
        self.0.started.add_permits(1);
        let status = match does {
            Does::Answer(status) => status,
            Does::Wait(status) => {
                self.gate().await;
                status
            }
            Does::WaitUnlessCancelled(status) => tokio::select! {
                () = self.gate() => status,
                () = cancelled.cancelled() => 500,
            },
            Does::Panic => panic!("a bug of the handler"),
            Does::WaitAndPanic => {
                self.gate().await;
                panic!("a bug of the handler");
            }
        };
        *self.0.finished.lock().unwrap() += 1;
        status
    }

    /// Ignores the runs that have started so far.
    pub fn forget_started(&self) {
        while self.0.started.try_acquire().is_ok_and(|permit| {
            permit.forget();
            true
        }) {}
    }

    /// Waits for a run that has started and was not waited for before.
    ///
    /// # Panics
    ///
    /// Never.
    pub async fn started(&self) {
        self.0.started.acquire().await.unwrap().forget();
    }

    /// Lets one run continue.
    pub fn go_on(&self) {
        self.0.gate.add_permits(1);
    }

    /// Returns the number of started runs.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.0.seen.lock().unwrap().len()
    }

    /// Returns the number of runs that ended without a panic.
    #[must_use]
    pub fn finished(&self) -> usize {
        *self.0.finished.lock().unwrap()
    }

    /// Returns the claims that it received.
    #[must_use]
    pub fn claims(&self) -> Vec<ClaimContext> {
        self.0.seen.lock().unwrap().clone()
    }

    async fn gate(&self) {
        self.0.gate.acquire().await.unwrap().forget();
    }
}
