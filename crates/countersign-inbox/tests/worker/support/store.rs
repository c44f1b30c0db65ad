mod ops;

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{
    Accepted, Action, AttemptNote, Change, CircuitReport, ClaimDue, Detail, Durability, EventId, EventState,
    Fenced, Filter, Finish, InboxStore, Increment, Lease, Leased, NewEvent, OpsStore, Page, Stats,
    StoreError, StoreFuture, StoredEvent, StoredHead, Swept, Woken,
};
use countersign_testkit::MemoryInbox;
use tokio::time::Instant;

/// The reference on tokio's clock, with controlled failures.
pub(crate) struct Store {
    inner: MemoryInbox,
    script: Mutex<Script>,
    /// It does not name due sources.
    is_blind: bool,
    /// It wakes no worker.
    is_mute: AtomicBool,
    is_locked: AtomicBool,
    /// It replaces no request.
    keeps_requests: AtomicBool,
    /// Returns a separate copy of each request, as a store with files does.
    is_copying: bool,
    /// It does not count bytes before it leases events.
    is_careless: bool,
}

#[derive(Default)]
struct Script {
    faults: HashMap<&'static str, VecDeque<InjectedError>>,
    calls: Vec<(&'static str, Instant)>,
    /// The number of the next sweeps that leave something.
    unswept: usize,
}

/// The course of a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum InjectedError {
    /// Succeeds.
    None,
    /// Fails without an effect.
    Error,
    /// Fails after its effect.
    LostReply,
    /// Answers 0.9 s after its effect.
    Late,
    /// Never answers.
    Hang,
    Panic,
    /// Fails from now on.
    Down,
}

const HOUR: Duration = Duration::from_secs(3600);

struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(1_800_000_000_000 + self.0.elapsed().as_millis() as i64)
    }
}

impl Store {
    pub(crate) fn new() -> Arc<Self> {
        Self::with([])
    }

    /// Creates a store with these events.
    pub(crate) fn with(events: impl IntoIterator<Item = NewEvent>) -> Arc<Self> {
        Self::remembering(Duration::from_secs(30 * 24 * 3600), events)
    }

    /// Creates an empty store that does not name due sources.
    pub(crate) fn blind() -> Arc<Self> {
        Arc::new(Self { is_blind: true, ..Arc::into_inner(Self::new()).unwrap() })
    }

    /// Creates a store with this retention.
    pub(crate) fn remembering(retention: Duration, events: impl IntoIterator<Item = NewEvent>) -> Arc<Self> {
        let inner =
            MemoryInbox::new(Arc::new(TokioClock(Instant::now()))).with_retention(retention, retention);
        let store = Arc::new(Self {
            inner,
            script: Mutex::default(),
            is_blind: false,
            is_mute: false.into(),
            is_locked: false.into(),
            keeps_requests: false.into(),
            is_copying: false,
            is_careless: false,
        });
        for event in events {
            at_once(store.inner.accept(event));
        }
        store
    }

    /// Creates a store with these events that returns copies; `is_careless` ignores the byte limit of claims.
    pub(crate) fn copying(events: impl IntoIterator<Item = NewEvent>, is_careless: bool) -> Arc<Self> {
        let store = Arc::into_inner(Self::with(events)).unwrap();
        Arc::new(Self { is_copying: true, is_careless, ..store })
    }

    pub(crate) fn is_blind(&self) -> bool {
        self.is_blind
    }

    /// Stops waking workers, as if all events came through another process.
    pub(crate) fn mute(&self) {
        self.is_mute.store(true, Ordering::Relaxed);
    }

    /// Sets whether another transaction locks the rows of all events: their leases count, and cannot be extended.
    pub(crate) fn lock_rows(&self, is_locked: bool) {
        self.is_locked.store(is_locked, Ordering::Relaxed);
    }

    /// Replaces no request from now on, as a store that does not implement it.
    pub(crate) fn keep_requests(&self) {
        self.keeps_requests.store(true, Ordering::Relaxed);
    }

    /// Accepts a further event.
    pub(crate) fn add(&self, event: NewEvent) {
        at_once(self.inner.accept(event));
    }

    /// Returns the event that was stored as the `number`th.
    pub(crate) fn event(&self, number: i64) -> Detail {
        at_once(self.inner.show(EventId::new(number))).unwrap()
    }

    pub(crate) fn error(&self, number: i64) -> String {
        self.event(number).summary.error.unwrap()
    }

    pub(crate) fn states(&self) -> Vec<EventState> {
        let mut all = at_once(self.inner.list(&Filter::default(), Page::first(1000)));
        all.events.reverse();
        all.events.iter().map(|event| event.state).collect()
    }

    /// Replays the event, although it is done, as an operator.
    pub(crate) fn replay(&self, number: i64) {
        let mut filter = Filter::ids([EventId::new(number)]);
        filter.state = Some(EventState::Done);
        at_once(self.inner.change(&Change::new(Action::Replay, filter, "operator")));
    }

    /// Discards and purges all events that wait, as an operator.
    pub(crate) fn purge(&self) {
        for (state, action) in [(EventState::Ready, Action::Discard), (EventState::Done, Action::Purge)] {
            let mut filter = Filter::default();
            filter.state = Some(state);
            at_once(self.inner.change(&Change::new(action, filter, "operator")));
        }
    }

    /// Takes over all running events for an hour, as another worker whose handlers start.
    pub(crate) fn take_over(&self) -> Vec<Leased> {
        let taken_over = self.claim_only();
        let leases: Vec<_> = taken_over.iter().map(|leased| leased.lease).collect();
        let extended = at_once(self.inner.extend(&leases, HOUR));
        assert!(extended.iter().all(|answer| matches!(answer, Fenced::Ok(Some(_)))));
        taken_over
    }

    /// Takes over all running events for an hour, as another worker that ends before its handlers start.
    pub(crate) fn claim_only(&self) -> Vec<Leased> {
        self.inner.end_leases();
        at_once(self.inner.claim_due(&ClaimDue::new("audits", "other", 1000, HOUR)))
    }

    /// Sets the course of the next calls of this operation.
    pub(crate) fn next(&self, operation: &'static str, faults: impl IntoIterator<Item = InjectedError>) {
        self.script.lock().unwrap().faults.entry(operation).or_default().extend(faults);
    }

    /// Lets so many of the next sweeps leave something.
    pub(crate) fn leave(&self, sweeps: usize) {
        self.script.lock().unwrap().unswept = sweeps;
    }

    /// Ends all failures.
    pub(crate) fn heal(&self) {
        self.script.lock().unwrap().faults.clear();
    }

    /// Returns the times of its calls since then.
    pub(crate) fn calls(&self, operation: &'static str, since: Instant) -> Vec<Duration> {
        let script = self.script.lock().unwrap();
        let calls = script.calls.iter().filter(|(name, at)| *name == operation && *at >= since);
        calls.map(|(_, at)| *at - since).collect()
    }

    /// Returns the number of all calls since then.
    pub(crate) fn all_calls(&self, since: Instant) -> usize {
        self.script.lock().unwrap().calls.iter().filter(|(_, at)| *at >= since).count()
    }

    fn call<'a, T: Send + 'a>(
        &'a self,
        operation: &'static str,
        real: StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let down = || Err(StoreError::Unavailable("the disk is on fire".into()));
            let fault = self.script.lock().unwrap().go(operation);
            match fault {
                InjectedError::None => {}
                InjectedError::Error | InjectedError::Down => return down(),
                InjectedError::LostReply => return real.await.and_then(|_| down()),
                InjectedError::Late => {
                    let answer = real.await;
                    tokio::time::sleep(Duration::from_millis(900)).await;
                    return answer;
                }
                InjectedError::Panic => panic!("the store panicked"),
                InjectedError::Hang => std::future::pending().await,
            }
            real.await
        })
    }
}

impl Script {
    fn go(&mut self, operation: &'static str) -> InjectedError {
        self.calls.push((operation, Instant::now()));
        let faults = self.faults.entry(operation).or_default();
        match faults.front() {
            Some(InjectedError::Down) => InjectedError::Down,
            _ => faults.pop_front().unwrap_or(InjectedError::None),
        }
    }
}

impl InboxStore for Store {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        self.call("accept", self.inner.accept(event))
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        if !self.is_copying {
            return self.call("claim_due", self.inner.claim_due(request));
        }
        let mut request = request.clone();
        if self.is_careless {
            request.max_bytes = usize::MAX;
        }
        Box::pin(async move {
            let mut leased = self.inner.claim_due(&request).await?;
            for Leased { event, .. } in &mut leased {
                event.head = StoredHead::from_bytes(&event.head.to_bytes()).unwrap();
                event.body = event.body.to_vec().into();
            }
            Ok(leased)
        })
    }

    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        if self.is_locked.load(Ordering::Relaxed) {
            return self.call("extend", Box::pin(async { Ok(vec![Fenced::Ok(None); leases.len()]) }));
        }
        self.call("extend", self.inner.extend(leases, ttl))
    }

    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>> {
        self.call("finish", self.inner.finish(lease, finish, note))
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.inner.woken()
    }

    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        Box::pin(async move {
            let mut mark = mark;
            loop {
                let woken = self.inner.woken_since(mark).await;
                if !self.is_mute.load(Ordering::Relaxed) {
                    return woken;
                }
                mark = woken.mark;
            }
        })
    }

    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        if self.is_blind {
            return Box::pin(async { Ok(None) });
        }
        self.call("due_sources", self.inner.due_sources(sources))
    }

    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        self.inner.unverified(source, after, limit)
    }

    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        self.call("resume", self.inner.resume(ids))
    }

    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        self.call("stored_request", self.inner.stored_request(id))
    }

    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        if self.keeps_requests.load(Ordering::Relaxed) {
            return self.call("replace_request", Box::pin(async { Ok(false) }));
        }
        self.call("replace_request", self.inner.replace_request(stored, event))
    }

    fn counts(&self) -> StoreFuture<'_, Option<Stats>> {
        self.call("counts", self.inner.counts())
    }

    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        self.inner.report_circuits(worker, open)
    }

    fn ops(&self) -> Option<&dyn OpsStore> {
        Some(self)
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        self.call("add_statistics", self.inner.add_statistics(increments))
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        let swept = async {
            let mut swept = self.inner.sweep().await?;
            let mut script = self.script.lock().unwrap();
            swept.has_more |= script.unswept > 0;
            script.unswept = script.unswept.saturating_sub(1);
            Ok(swept)
        };
        self.call("sweep", Box::pin(swept))
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        self.call("probe", self.inner.probe())
    }

    fn retention(&self) -> Duration {
        self.inner.retention()
    }

    fn dead_retention(&self) -> Duration {
        self.inner.dead_retention()
    }

    fn durability(&self) -> Durability {
        self.inner.durability()
    }
}

/// Returns the answer of the reference, which is always ready.
fn at_once<T>(mut answer: StoreFuture<'_, T>) -> T {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer.unwrap(),
        Poll::Pending => panic!("the reference waits"),
    }
}
