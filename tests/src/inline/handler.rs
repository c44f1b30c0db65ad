use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use countersign_inbox::inline::ClaimContext;
use tokio::sync::Semaphore;

/// A handler that does as it is told. Clones are one.
#[derive(Clone)]
pub struct Handler(Arc<Inner>);

/// What a handler does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Does {
    /// Answers with this status.
    Answer(u16),
    /// Waits until it may go on, and answers with this status.
    Wait(u16),
    /// Waits until it may go on, or until it is cancelled: 500.
    WaitUnlessCancelled(u16),
    /// Panics.
    Panic,
    /// Waits until it may go on, and panics.
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
    /// First this, then that; 200 when there is nothing more.
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

    /// Runs; answers with a status.
    ///
    /// # Panics
    ///
    /// When it is told to.
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

    /// Nobody waits for what has begun so far.
    pub fn forget_started(&self) {
        while self.0.started.try_acquire().is_ok_and(|permit| {
            permit.forget();
            true
        }) {}
    }

    /// Waits for a run that has begun and was not waited for before.
    ///
    /// # Panics
    ///
    /// Never.
    pub async fn started(&self) {
        self.0.started.acquire().await.unwrap().forget();
    }

    /// Lets one run go on.
    pub fn go_on(&self) {
        self.0.gate.add_permits(1);
    }

    /// How often it has begun.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.0.seen.lock().unwrap().len()
    }

    /// How often it came to an end without a panic.
    #[must_use]
    pub fn finished(&self) -> usize {
        *self.0.finished.lock().unwrap()
    }

    /// What it was told of each claim.
    #[must_use]
    pub fn claims(&self) -> Vec<ClaimContext> {
        self.0.seen.lock().unwrap().clone()
    }

    async fn gate(&self) {
        self.0.gate.acquire().await.unwrap().forget();
    }
}
