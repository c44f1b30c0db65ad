use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The sources that were woken in this process, and a mark to continue from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Woken {
    /// The argument of the next call, which reports later wake-ups.
    pub mark: u64,
    /// The names of the sources; `None` means all of them.
    pub sources: Option<Vec<String>>,
}

impl Woken {
    /// Creates a result for all sources.
    #[must_use]
    pub const fn any(mark: u64) -> Self {
        Self { mark, sources: None }
    }
}

/// Records the woken sources for any number of workers. Implements the part of [`InboxStore`](super::InboxStore) that is the
/// same in every store.
///
/// A worker that asks late misses nothing. A source that is woken repeatedly between two calls is reported once.
#[derive(Debug, Default)]
pub struct WakeQueue {
    state: Mutex<State>,
    /// The mark of [`woken`](Self::woken), which has no argument.
    shared_mark: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    /// The highest mark that was reported.
    reported: u64,
    /// The mark at which all sources were woken.
    all: u64,
    marks: HashMap<Arc<str>, u64>,
    sources: BTreeMap<u64, Arc<str>>,
    waiting: Vec<Waker>,
}

impl WakeQueue {
    /// Wakes the workers of these sources.
    pub fn wake<S: AsRef<str>>(&self, sources: impl IntoIterator<Item = S>) {
        let waiting = {
            let mut state = self.state();
            sources.into_iter().for_each(|source| state.wake(source.as_ref()));
            mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Wakes the workers of all sources.
    pub fn wake_all(&self) {
        let waiting = {
            let mut state = self.state();
            state.wake_all();
            mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Resolves when a source was woken after the mark; at once if that has happened.
    pub fn woken_since(&self, mark: u64) -> impl Future<Output = Woken> + Send {
        Since { queue: self, mark }
    }

    /// Resolves when a source was woken since the last call resolved.
    pub async fn woken(&self) {
        let woken = self.woken_since(self.shared_mark.load(Ordering::Relaxed)).await;
        self.shared_mark.fetch_max(woken.mark, Ordering::Relaxed);
    }

    /// Locks the state. No code panics while holding the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self, source: &str) {
        let known = self.marks.get(source).copied();
        match known {
            // The last wake-up has not been reported yet.
            Some(mark) if mark > self.reported => return,
            None if self.marks.len() >= MOST_SOURCES => return self.wake_all(),
            _ => {}
        }
        self.last += 1;
        let source = known.and_then(|mark| self.sources.remove(&mark)).unwrap_or_else(|| source.into());
        self.marks.insert(Arc::clone(&source), self.last);
        self.sources.insert(self.last, source);
    }

    fn wake_all(&mut self) {
        self.last += 1;
        self.all = self.last;
        self.marks.clear();
        self.sources.clear();
    }

    fn since(&mut self, mark: u64) -> Option<Woken> {
        if self.last == mark {
            return None;
        }
        self.reported = self.last;
        if self.all > mark {
            return Some(Woken::any(self.last));
        }
        let sources = self.sources.range(mark.saturating_add(1)..).map(|(_, source)| source.to_string());
        Some(Woken { mark: self.last, sources: Some(sources.collect()) })
    }
}

struct Since<'a> {
    queue: &'a WakeQueue,
    mark: u64,
}

impl Future for Since<'_> {
    type Output = Woken;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Woken> {
        let mut state = self.queue.state();
        if let Some(woken) = state.since(self.mark) {
            return Poll::Ready(woken);
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            state.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}

/// The largest number of names that are recorded separately. Beyond it, all sources are woken.
const MOST_SOURCES: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_worker_receives_each_source_once_however_late_it_asks() {
        let queue = WakeQueue::default();
        assert_eq!(next(&queue, 0), None);
        queue.wake(["a", "b", "a"]);
        queue.wake(["b"]);
        let first = next(&queue, 0).unwrap();
        assert_eq!(first.sources.as_deref(), Some(["a".to_owned(), "b".to_owned()].as_slice()));
        assert_eq!(next(&queue, first.mark), None);
        queue.wake(["b"]);
        assert_eq!(next(&queue, first.mark).unwrap().sources, Some(vec!["b".to_owned()]));
        assert_eq!(next(&queue, 0).unwrap().sources, Some(vec!["a".to_owned(), "b".to_owned()]));
        queue.wake_all();
        queue.wake(["c"]);
        let all = next(&queue, first.mark).unwrap();
        assert_eq!(all.sources, None);
        assert_eq!(next(&queue, all.mark), None);
    }

    #[test]
    fn names_are_remembered_up_to_a_limit() {
        let queue = WakeQueue::default();
        queue.wake((0..MOST_SOURCES).map(|number| number.to_string()));
        let known = next(&queue, 0).unwrap();
        assert_eq!(known.sources.unwrap().len(), MOST_SOURCES);
        queue.wake(["one more"]);
        assert_eq!(next(&queue, known.mark).unwrap().sources, None);
        assert!(queue.state().marks.is_empty());
    }

    #[test]
    fn a_worker_that_waits_is_woken() {
        let (queue, mut context) = (WakeQueue::default(), Context::from_waker(Waker::noop()));
        let (mut first, mut second) = (Box::pin(queue.woken_since(0)), Box::pin(queue.woken_since(0)));
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        queue.wake(["a"]);
        assert!(first.as_mut().poll(&mut context).is_ready());
        assert!(second.as_mut().poll(&mut context).is_ready());
        let mut unnamed = Box::pin(queue.woken());
        assert!(unnamed.as_mut().poll(&mut context).is_ready());
        assert!(Box::pin(queue.woken()).as_mut().poll(&mut context).is_pending());
    }

    fn next(queue: &WakeQueue, mark: u64) -> Option<Woken> {
        let mut woken = Box::pin(queue.woken_since(mark));
        match woken.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(woken) => Some(woken),
            Poll::Pending => None,
        }
    }
}
