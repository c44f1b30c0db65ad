use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_inbox::{
    Accepted, AttemptNote, ClaimDue, Durability, EventId, EventState, Fenced, Finish, InboxStore, Increment,
    Lease, Leased, NewEvent, StoreError, StoreFuture, Swept,
};
use tokio::sync::Semaphore;

/// A store that follows a script, event by event, and remembers all later events.
#[derive(Debug)]
pub struct Scripted {
    script: Mutex<VecDeque<Step>>,
    stored: Mutex<Vec<NewEvent>>,
    asked: AtomicUsize,
    counted: Mutex<Vec<Increment>>,
    durability: Durability,
    retention: Duration,
}

/// The reaction to an event.
#[derive(Clone, Debug)]
pub enum Step {
    /// Answers with this, and stores nothing.
    Says(Accepted),
    /// Fails.
    Fails,
    /// Is full.
    IsFull,
    /// Panics.
    Panics,
    /// Waits, then remembers the event.
    Takes(Duration),
    /// Remembers the event when the gate is opened.
    Waits(Gate),
}

/// A gate that is opened once, for all waiting events.
#[derive(Clone)]
pub struct Gate(Arc<Semaphore>);

impl Scripted {
    /// Creates a store that survives a power loss, remembers for 30 days, and follows this script first.
    #[must_use]
    pub fn new(script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self::with(Durability::Fsync, Duration::from_secs(30 * 24 * 3600), script))
    }

    /// Creates a store with other properties.
    #[must_use]
    pub fn with(durability: Durability, retention: Duration, script: impl IntoIterator<Item = Step>) -> Self {
        let script = Mutex::new(script.into_iter().collect());
        Self {
            script,
            stored: Mutex::default(),
            asked: AtomicUsize::new(0),
            counted: Mutex::default(),
            durability,
            retention,
        }
    }

    /// Returns the stored events, in order.
    #[must_use]
    pub fn stored(&self) -> Vec<NewEvent> {
        self.stored.lock().unwrap().clone()
    }

    /// Returns the statistics that were added.
    #[must_use]
    pub fn counted(&self) -> Vec<Increment> {
        self.counted.lock().unwrap().clone()
    }

    /// Returns the number of calls.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn remember(&self, event: NewEvent) -> Accepted {
        let mut stored = self.stored.lock().unwrap();
        let key = event.identity.key();
        let id = |at: usize| EventId::new(i64::try_from(at).unwrap() + 1);
        match stored.iter().position(|known| known.identity.key() == key) {
            Some(at) => Accepted::Duplicate {
                id: id(at),
                state: EventState::Ready,
                same_body: stored[at].identity.body() == event.identity.body(),
            },
            None => {
                stored.push(event);
                Accepted::New { id: id(stored.len() - 1), is_suspect: false }
            }
        }
    }
}

impl InboxStore for Scripted {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let step = self.script.lock().unwrap().pop_front();
            match step {
                None => {}
                Some(Step::Says(accepted)) => return Ok(accepted),
                Some(Step::Fails) => return Err(StoreError::Unavailable("connection refused".into())),
                Some(Step::IsFull) => return Err(StoreError::Full { capacity: 1 }),
                Some(Step::Panics) => panic!("a bug in the store"),
                Some(Step::Takes(time)) => tokio::time::sleep(time).await,
                Some(Step::Waits(gate)) => gate.passed().await,
            }
            // Lets other tasks run in the meantime.
            tokio::task::yield_now().await;
            Ok(self.remember(event))
        })
    }

    fn claim_due<'a>(&'a self, _: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn extend<'a>(&'a self, leases: &'a [Lease], _: Duration) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        Box::pin(async { Ok(leases.iter().map(|_| Fenced::Stale).collect()) })
    }

    fn finish<'a>(&'a self, _: &'a Lease, _: &'a Finish, _: AttemptNote) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(async { Ok(Fenced::Stale) })
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        self.counted.lock().unwrap().extend_from_slice(increments);
        Box::pin(async { Ok(()) })
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        Box::pin(async { Ok(Swept::default()) })
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn retention(&self) -> Duration {
        self.retention
    }

    fn dead_retention(&self) -> Duration {
        self.retention
    }

    fn durability(&self) -> Durability {
        self.durability
    }
}

impl Gate {
    /// Creates a closed gate.
    #[must_use]
    pub fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Opens the gate.
    pub fn open(&self) {
        self.0.close();
    }

    async fn passed(&self) {
        // The semaphore is closed once the gate is open.
        let _ = self.0.acquire().await;
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}
