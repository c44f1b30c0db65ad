use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Accepted, ClaimDue, Durability, EventId, EventState, Fenced, Finish, Inbox, Lease, Leased, NewEvent,
    StoreError, StoreFuture, StoredEvent,
};
use tokio::sync::Notify;
use tokio::time::Instant;

/// A store in memory, on tokio's clock, which fails when it is told to.
#[derive(Default)]
pub(crate) struct Store {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Default)]
struct State {
    rows: Vec<Row>,
    faults: HashMap<&'static str, VecDeque<Fault>>,
    calls: Vec<(&'static str, Instant)>,
    sweepable: u64,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// It fails, and nothing has happened.
    Error,
    /// It fails, and has happened.
    LostReply,
    /// It never answers.
    Hang,
    Panic,
    /// It goes well.
    None,
    /// It fails from now on.
    Down,
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) event: StoredEvent,
    pub(crate) state: EventState,
    pub(crate) attempt: u32,
    pub(crate) replays: u32,
    pub(crate) fence: u64,
    pub(crate) due: Instant,
    pub(crate) until: Instant,
    pub(crate) stored: Instant,
    pub(crate) error: Option<String>,
    pub(crate) finishes: Vec<Finish>,
}

impl Store {
    pub(crate) fn new() -> std::sync::Arc<Self> {
        std::sync::Arc::default()
    }

    /// With these events in it.
    pub(crate) fn with(events: impl IntoIterator<Item = NewEvent>) -> std::sync::Arc<Self> {
        let store = Self::new();
        events.into_iter().for_each(|event| store.put(event));
        store
    }

    /// Stores it, and says so to nobody.
    pub(crate) fn put(&self, event: NewEvent) {
        let (mut state, now) = (self.state.lock().unwrap(), Instant::now());
        let id = EventId::new(state.rows.len() as i64 + 1);
        state.rows.push(Row {
            event: event.stored_as(id),
            state: EventState::Ready,
            attempt: 0,
            replays: 0,
            fence: 0,
            due: now,
            until: now,
            stored: now,
            error: None,
            finishes: Vec::new(),
        });
    }

    pub(crate) fn row(&self, id: usize) -> Row {
        self.state.lock().unwrap().rows[id - 1].clone()
    }

    pub(crate) fn change(&self, id: usize, change: impl FnOnce(&mut Row)) {
        change(&mut self.state.lock().unwrap().rows[id - 1]);
    }

    pub(crate) fn states(&self) -> Vec<EventState> {
        self.state.lock().unwrap().rows.iter().map(|row| row.state).collect()
    }

    /// The next calls of this operation go wrong.
    pub(crate) fn fail(&self, operation: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().unwrap().faults.entry(operation).or_default().extend(faults);
    }

    pub(crate) fn heal(&self, operation: &'static str) {
        self.state.lock().unwrap().faults.remove(operation);
    }

    /// When it was called.
    pub(crate) fn calls(&self, operation: &'static str) -> Vec<Instant> {
        let state = self.state.lock().unwrap();
        state.calls.iter().filter(|(name, _)| *name == operation).map(|(_, at)| *at).collect()
    }

    pub(crate) fn all_calls(&self) -> usize {
        self.state.lock().unwrap().calls.len()
    }

    pub(crate) fn leave_to_sweep(&self, events: u64) {
        self.state.lock().unwrap().sweepable = events;
    }

    fn call<'a, T: Send + 'a>(
        &'a self,
        operation: &'static str,
        run: impl FnOnce(&mut State, Instant) -> T + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let fault = {
                let mut state = self.state.lock().unwrap();
                state.calls.push((operation, Instant::now()));
                let faults = state.faults.entry(operation).or_default();
                match faults.front() {
                    Some(Fault::Down) => Fault::Down,
                    _ => faults.pop_front().unwrap_or(Fault::None),
                }
            };
            let down = || Err(StoreError::Unavailable("the disk is on fire".into()));
            match fault {
                Fault::Error | Fault::Down => down(),
                Fault::Hang => std::future::pending().await,
                Fault::Panic => panic!("the store panicked"),
                Fault::LostReply => {
                    run(&mut self.state.lock().unwrap(), Instant::now());
                    down()
                }
                Fault::None => Ok(run(&mut self.state.lock().unwrap(), Instant::now())),
            }
        })
    }
}

impl Inbox for Store {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        Box::pin(async move {
            self.put(event);
            self.wake.notify_one();
            let id = EventId::new(self.state.lock().unwrap().rows.len() as i64);
            Ok(Accepted::New { id, is_suspect: false })
        })
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        self.call("claim_due", move |state, now| {
            let is_due = |row: &Row| match row.state {
                EventState::Ready => row.due <= now || row.due > now + request.horizon,
                EventState::Running => row.until <= now,
                _ => false,
            };
            let due = state.rows.iter_mut().filter(|row| row.event.source == request.source && is_due(row));
            due.take(request.max)
                .map(|row| {
                    (row.state, row.until) = (EventState::Running, now + request.ttl);
                    (row.attempt, row.fence) = (row.attempt + 1, row.fence + 1);
                    Leased::new(lease(row), row.attempt, row.replays, now - row.stored, row.event.clone())
                })
                .collect()
        })
    }

    fn extend<'a>(&'a self, leases: &'a [Lease], ttl: Duration) -> StoreFuture<'a, Vec<Fenced<Lease>>> {
        self.call("extend", move |state, now| {
            let extend = |held: &Lease| match find(state, held) {
                Some(row) if row.state == EventState::Running => {
                    row.until = now + ttl;
                    Fenced::Ok(lease(row))
                }
                _ => Fenced::Stale,
            };
            leases.iter().map(extend).collect()
        })
    }

    fn finish<'a>(&'a self, held: &'a Lease, finish: &'a Finish) -> StoreFuture<'a, Fenced<()>> {
        self.call("finish", move |state, now| {
            let Some(row) = find(state, held) else { return Fenced::Stale };
            match row.state {
                EventState::Running => row.finishes.push(finish.clone()),
                EventState::Done if *finish == Finish::Done => return Fenced::Ok(()),
                _ => return Fenced::Stale,
            }
            row.due = now;
            row.state = match finish {
                Finish::Done => EventState::Done,
                Finish::Skip { reason } => {
                    row.error = Some(reason.clone());
                    EventState::Done
                }
                Finish::Retry { after, error } => {
                    (row.due, row.error) = (now + *after, Some(error.clone()));
                    EventState::Ready
                }
                Finish::Dead { error } => {
                    row.error = Some(error.clone());
                    EventState::Dead
                }
                Finish::GiveBack => {
                    row.attempt -= 1;
                    EventState::Ready
                }
                _ => panic!("{finish:?}"),
            };
            Fenced::Ok(())
        })
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.wake.notified())
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        self.call("sweep", |state, _| {
            let swept = state.sweepable.min(500);
            state.sweepable -= swept;
            swept
        })
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        self.call("probe", |_, _| ())
    }

    fn retention(&self) -> Duration {
        Duration::from_secs(30 * 24 * 3600)
    }

    fn dead_retention(&self) -> Duration {
        self.retention()
    }

    fn durability(&self) -> Durability {
        Durability::Memory
    }
}

fn find<'s>(state: &'s mut State, lease: &Lease) -> Option<&'s mut Row> {
    state.rows.iter_mut().find(|row| row.event.key == lease.key() && row.fence == lease.fence())
}

fn lease(row: &Row) -> Lease {
    Lease::new(row.event.key, row.fence, UnixTime::from_secs(0))
}
