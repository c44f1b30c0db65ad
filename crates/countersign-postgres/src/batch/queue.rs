use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use countersign_inbox::StoreError;
use tokio::sync::oneshot;

use super::work::Work;

/// The items that wait for a batch.
pub(super) struct Queue<W: Work> {
    state: Mutex<State<W>>,
    flights: usize,
}

struct State<W: Work> {
    waiting: VecDeque<Waiting<W>>,
    weight: usize,
    flying: usize,
}

pub(super) struct Waiting<W: Work> {
    pub(super) item: W::Item,
    pub(super) caller: Caller<W>,
    /// The item was in a batch that failed.
    pub(super) is_alone: bool,
}

/// A caller that waits for an answer.
pub(super) struct Caller<W: Work> {
    pub(super) reply: oneshot::Sender<Result<W::Answer, StoreError>>,
    pub(super) weight: usize,
    pub(super) deadline: Instant,
}

/// The right to take batches.
pub(super) struct Flight<W: Work> {
    queue: Arc<Queue<W>>,
    is_flying: bool,
}

impl<W: Work> Queue<W> {
    pub(super) fn new(flights: usize) -> Self {
        let state = State { waiting: VecDeque::new(), weight: 0, flying: 0 };
        Self { state: Mutex::new(state), flights: flights.max(1) }
    }

    /// Adds an item. Returns a flight if a further one must start.
    pub(super) fn push(self: &Arc<Self>, waiting: Waiting<W>) -> Result<Option<Flight<W>>, StoreError> {
        let mut state = self.state();
        let weight = state.weight.saturating_add(waiting.caller.weight);
        if state.waiting.len() >= MOST_WAITING || weight > MOST_BYTES_WAITING {
            return Err(StoreError::Full { capacity: MOST_WAITING });
        }
        state.weight = weight;
        state.waiting.push_back(waiting);
        drop(state);
        Ok(self.flight())
    }

    fn flight(self: &Arc<Self>) -> Option<Flight<W>> {
        let mut state = self.state();
        if state.waiting.is_empty() || state.flying >= self.flights {
            return None;
        }
        state.flying += 1;
        Some(Flight { queue: Arc::clone(self), is_flying: true })
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        // No code panics while holding the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Work> Flight<W> {
    /// Returns the next batch, which is not empty. `None` ends the flight.
    pub(super) fn next_batch(&mut self) -> Option<Vec<Waiting<W>>> {
        let mut state = self.queue.state();
        let (mut batch, mut weight) = (Vec::new(), 0_usize);
        while let Some(next) = state.waiting.front() {
            let fits = batch.len() < MOST_ITEMS && weight.saturating_add(next.caller.weight) <= MOST_BYTES;
            if !batch.is_empty() && (!fits || next.is_alone) {
                break;
            }
            let is_last = next.is_alone;
            weight = weight.saturating_add(next.caller.weight);
            batch.extend(state.waiting.pop_front());
            if is_last {
                break;
            }
        }
        state.weight = state.weight.saturating_sub(weight);
        if batch.is_empty() {
            // In the same critical section: a later item starts a flight.
            state.flying -= 1;
            self.is_flying = false;
            return None;
        }
        Some(batch)
    }

    /// Starts a further flight, if the limit allows it.
    pub(super) fn another(&self) -> Option<Self> {
        self.queue.flight()
    }

    /// Puts the items of a failed batch at the front, each to be run alone.
    pub(super) fn put_back(
        &self,
        failed: impl DoubleEndedIterator<Item = (W::Item, Caller<W>)>,
        deadline: Instant,
    ) {
        let mut state = self.queue.state();
        for (item, caller) in failed.rev() {
            let caller = Caller { deadline, ..caller };
            state.weight = state.weight.saturating_add(caller.weight);
            state.waiting.push_front(Waiting { item, caller, is_alone: true });
        }
    }

    /// Appends locked items at the end, each to be run alone.
    pub(super) fn put_behind(&self, held: impl IntoIterator<Item = (W::Item, Caller<W>)>) {
        let mut state = self.queue.state();
        for (item, caller) in held {
            state.weight = state.weight.saturating_add(caller.weight);
            state.waiting.push_back(Waiting { item, caller, is_alone: true });
        }
    }

    /// Removes the callers at the front whose deadline has passed.
    pub(super) fn late(&self, now: Instant) -> Vec<Caller<W>> {
        let (mut state, mut late) = (self.queue.state(), Vec::new());
        while state.waiting.front().is_some_and(|next| next.caller.deadline <= now) {
            let Some(next) = state.waiting.pop_front() else { break };
            state.weight = state.weight.saturating_sub(next.caller.weight);
            late.push(next.caller);
        }
        late
    }
}

impl<W: Work> Drop for Flight<W> {
    fn drop(&mut self) {
        if self.is_flying {
            self.queue.state().flying -= 1;
        }
    }
}

impl<W: Work> Caller<W> {
    pub(super) fn answer(self, answer: Result<W::Answer, StoreError>) {
        // The caller may have stopped waiting.
        drop(self.reply.send(answer));
    }
}

/// The largest number of items in a batch. A larger one is hardly faster, and holds its locks for longer.
const MOST_ITEMS: usize = 128;
/// The largest number of bytes in a batch, unless it is a single item.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The largest number of waiting items: more than a machine can store within a provider's timeout.
const MOST_WAITING: usize = 16_384;
/// The largest number of waiting bytes.
const MOST_BYTES_WAITING: usize = 128 * 1024 * 1024;
