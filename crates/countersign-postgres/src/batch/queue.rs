use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign_inbox::StoreError;
use tokio::sync::oneshot;
use tokio::time;

/// An operation that runs in batches.
pub(crate) trait Work: Send + Sync + 'static {
    type Item: Send + Sync + 'static;
    type Answer: Send + 'static;

    /// Returns the size of an item in bytes.
    fn weight(item: &Self::Item) -> usize;

    /// Runs the batch. Returns one answer per item, or none for an item that is locked, which is retried without the
    /// others. After an error nothing was done, or the outcome is unknown: the whole batch may be repeated.
    fn run(
        &self,
        items: &[Self::Item],
    ) -> impl Future<Output = Result<Vec<Option<Self::Answer>>, StoreError>> + Send;
}

/// The items that wait for a batch.
pub(super) struct Queue<W: Work> {
    state: Mutex<State<W>>,
    /// The number of batches that run at the same time.
    concurrency: usize,
    /// The time that a batch runs alone.
    alone: Duration,
}

struct State<W: Work> {
    waiting: VecDeque<Waiting<W>>,
    weight: usize,
    /// The number of batches that run, and of the items in them.
    running: usize,
    in_batches: usize,
    /// The start of the youngest batch.
    began: Option<time::Instant>,
    /// Whether a task waits until a further batch may run.
    is_awaited: bool,
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

/// The permission to run batches, one at a time.
pub(super) struct Permit<W: Work> {
    queue: Arc<Queue<W>>,
    is_held: bool,
    /// The number of items in the batch that runs.
    items: usize,
}

/// The wait of a task until a further batch may run. It also ends with the task, such as at the end of its runtime: the next item then
/// has a task of its own.
pub(super) struct PermitWait<W: Work> {
    queue: Arc<Queue<W>>,
    at: time::Instant,
}

impl<W: Work> Queue<W> {
    pub(super) fn new(concurrency: usize, alone: Duration) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            weight: 0,
            running: 0,
            in_batches: 0,
            began: None,
            is_awaited: false,
        };
        Self { state: Mutex::new(state), concurrency: concurrency.max(1), alone }
    }

    /// Adds an item. Returns a permit if a further batch may run.
    pub(super) fn push(self: &Arc<Self>, waiting: Waiting<W>) -> Result<Option<Permit<W>>, StoreError> {
        let mut state = self.state();
        let weight = state.weight.saturating_add(waiting.caller.weight);
        if state.waiting.len() >= MOST_WAITING || weight > MOST_BYTES_WAITING {
            return Err(StoreError::Full { capacity: MOST_WAITING });
        }
        state.weight = weight;
        state.waiting.push_back(waiting);
        drop(state);
        Ok(self.permit())
    }

    /// Returns a permit if the limit allows it and the youngest batch has run alone for long enough.
    pub(super) fn permit(self: &Arc<Self>) -> Option<Permit<W>> {
        let is_alone = |state: &State<W>| state.began.is_some_and(|began| began.elapsed() < self.alone);
        self.permit_unless(|state| state.running > 0 && is_alone(state))
    }

    fn permit_unless(self: &Arc<Self>, is_refused: impl Fn(&State<W>) -> bool) -> Option<Permit<W>> {
        let mut state = self.state();
        if state.waiting.is_empty() || state.running >= self.concurrency || is_refused(&state) {
            return None;
        }
        (state.running, state.began) = (state.running + 1, Some(time::Instant::now()));
        Some(Permit { queue: Arc::clone(self), is_held: true, items: 0 })
    }

    /// Returns a wait for a further batch, if items wait for it and no task does yet.
    pub(super) fn wait_for_permit(self: &Arc<Self>) -> Option<PermitWait<W>> {
        let mut state = self.state();
        let is_due = state.running > 0 && state.running < self.concurrency && !state.waiting.is_empty();
        if !is_due || state.is_awaited {
            return None;
        }
        let at = state.began? + self.alone;
        state.is_awaited = true;
        Some(PermitWait { queue: Arc::clone(self), at })
    }

    #[cfg(test)]
    pub(super) fn running(&self) -> usize {
        self.state().running
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        // No code panics while holding the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Work> Permit<W> {
    /// Returns the next batch, which is not empty. With `None` the permit is given back.
    pub(super) fn next_batch(&mut self) -> Option<Vec<Waiting<W>>> {
        let mut state = self.queue.state();
        state.in_batches -= mem::take(&mut self.items);
        let most = share(state.waiting.len() + state.in_batches, self.queue.concurrency);
        let (mut batch, mut weight) = (Vec::new(), 0_usize);
        while let Some(next) = state.waiting.front() {
            let fits = batch.len() < most && weight.saturating_add(next.caller.weight) <= MOST_BYTES;
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
            // In the same critical section: a later item gets a permit.
            state.running -= 1;
            self.is_held = false;
            return None;
        }
        state.began = Some(time::Instant::now());
        self.items = batch.len();
        state.in_batches += self.items;
        Some(batch)
    }

    /// Returns a further permit at once, if the limit allows it.
    pub(super) fn another(&self) -> Option<Self> {
        self.queue.permit_unless(|_| false)
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

impl<W: Work> Drop for Permit<W> {
    fn drop(&mut self) {
        if self.is_held {
            let mut state = self.queue.state();
            state.running -= 1;
            state.in_batches -= self.items;
        }
    }
}

impl<W: Work> PermitWait<W> {
    /// Waits, and returns a permit, or the next wait if others have begun a batch.
    pub(super) async fn end(self) -> Option<Result<Permit<W>, Self>> {
        time::sleep_until(self.at).await;
        let queue = Arc::clone(&self.queue);
        drop(self);
        queue.permit().map(Ok).or_else(|| queue.wait_for_permit().map(Err))
    }
}

impl<W: Work> Drop for PermitWait<W> {
    fn drop(&mut self) {
        self.queue.state().is_awaited = false;
    }
}

impl<W: Work> Caller<W> {
    pub(super) fn answer(self, answer: Result<W::Answer, StoreError>) {
        // The caller may have stopped waiting.
        drop(self.reply.send(answer));
    }
}

/// Returns the largest number of items in a batch. Of many items, each of the concurrent batches has the same number: a batch of all
/// that wait would leave the next ones small, and each costs as much as several items.
fn share(items: usize, concurrency: usize) -> usize {
    items.div_ceil(concurrency).clamp(SHARED_ITEMS, MOST_ITEMS)
}

/// The number of items that a batch may have whatever the number of those in other batches.
const SHARED_ITEMS: usize = 32;
/// The largest number of items in a batch. A larger one is hardly faster, and holds its locks for longer.
const MOST_ITEMS: usize = 128;
/// The largest number of bytes in a batch, unless it is a single item.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The largest number of waiting items: more than a machine can store within a provider's timeout.
const MOST_WAITING: usize = 16_384;
/// The largest number of waiting bytes.
const MOST_BYTES_WAITING: usize = 128 * 1024 * 1024;
