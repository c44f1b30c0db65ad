use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{
    Claim, ClaimRequest, DedupeStore, Durability, Fenced, Lease, MemoryStore, Retention, StoreError,
    StoreFuture,
};
use tokio::time::Instant;

/// An in-memory store that fails on demand, and counts. Its clock is tokio's, which tests can pause.
pub struct Faulty {
    inner: MemoryStore,
    state: Mutex<State>,
}

/// An operation of a store.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Op {
    /// `claim`
    Claim,
    /// `renew`
    Renew,
    /// `complete`
    Complete,
    /// `release`
    Release,
}

/// The fault that replaces an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InjectedError {
    /// Returns an error without an effect.
    Fail,
    /// Has its effect, and loses the reply.
    Lose,
    /// Never answers.
    Hang,
    /// Has its effect, and answers a second later.
    Late,
    /// Reports that the store is full.
    Full,
}

#[derive(Default)]
struct State {
    next: HashMap<Op, VecDeque<InjectedError>>,
    always: HashMap<Op, InjectedError>,
    calls: HashMap<Op, usize>,
}

impl Faulty {
    /// Creates a store with room for this many deliveries, for 30 days. Call it inside a runtime.
    #[must_use]
    pub fn new(capacity: usize) -> Arc<Self> {
        let clock = Arc::new(TokioClock(Instant::now()));
        let inner = MemoryStore::with(capacity, Retention::DEFAULT, clock);
        Arc::new(Self { inner, state: Mutex::default() })
    }

    /// Applies this fault to the next `times` calls of `op`.
    pub fn meet(&self, op: Op, fault: InjectedError, times: usize) {
        let mut state = self.state.lock().unwrap();
        state.next.entry(op).or_default().extend(std::iter::repeat_n(fault, times));
    }

    /// Applies this fault to all calls of `op`, until it is healed.
    pub fn always(&self, op: Op, fault: InjectedError) {
        self.state.lock().unwrap().always.insert(op, fault);
    }

    /// Makes all operations fail, until it is healed.
    pub fn go_down(&self) {
        for op in [Op::Claim, Op::Renew, Op::Complete, Op::Release] {
            self.always(op, InjectedError::Fail);
        }
    }

    /// Ends all faults.
    pub fn heal(&self) {
        let mut state = self.state.lock().unwrap();
        state.next.clear();
        state.always.clear();
    }

    /// Returns the number of calls of `op`.
    #[must_use]
    pub fn calls(&self, op: Op) -> usize {
        self.state.lock().unwrap().calls.get(&op).copied().unwrap_or_default()
    }

    async fn answer<T>(
        &self,
        op: Op,
        real: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = {
            let mut state = self.state.lock().unwrap();
            *state.calls.entry(op).or_default() += 1;
            let next = state.next.get_mut(&op).and_then(VecDeque::pop_front);
            next.or_else(|| state.always.get(&op).copied())
        };
        match fault {
            None => real.await,
            Some(InjectedError::Fail) => Err(StoreError::Unavailable("connection refused".into())),
            Some(InjectedError::Lose) => {
                real.await?;
                Err(StoreError::Unavailable("connection reset".into()))
            }
            Some(InjectedError::Late) => {
                let answer = real.await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                answer
            }
            Some(InjectedError::Hang) => pending().await,
            Some(InjectedError::Full) => Err(StoreError::Full { capacity: 0 }),
        }
    }
}

impl DedupeStore for Faulty {
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim> {
        Box::pin(self.answer(Op::Claim, async move { self.inner.claim(request).await }))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>> {
        Box::pin(self.answer(Op::Renew, async move { self.inner.renew(lease, ttl).await }))
    }

    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(self.answer(Op::Complete, async move { self.inner.complete(lease).await }))
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(self.answer(Op::Release, async move { self.inner.release(lease).await }))
    }

    fn retention(&self) -> Duration {
        self.inner.retention()
    }

    fn durability(&self) -> Durability {
        self.inner.durability()
    }
}

/// A clock that follows tokio's time.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> UnixTime {
        let passed = i64::try_from(self.0.elapsed().as_millis()).unwrap();
        UnixTime::from_millis(1_700_000_000_000 + passed)
    }
}
