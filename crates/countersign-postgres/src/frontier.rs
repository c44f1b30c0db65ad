use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The due times from which claims search for events.
///
/// Handled events leave entries in the index of due times until the server may remove them, which an old snapshot
/// prevents: a claim that starts at the first entry would read all of them each time. Below the frontier of a
/// source, a claim has found nothing, and no transaction that started before can add an event.
///
/// Every few seconds a claim starts at the first entry nevertheless, for cases that these rules do not cover: rows
/// that were locked, and clocks that were set back.
#[derive(Debug, Default)]
pub(crate) struct Frontier(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    looked_at: Option<Instant>,
    /// The server's clock at the last look, in microseconds.
    now: i64,
    /// Clocks with a transaction id above all transactions in progress at that time, the oldest first.
    looks: Vec<(i64, i64)>,
    /// All events that are due before this time have been committed.
    settled: i64,
    sources: HashMap<String, Source>,
}

#[derive(Debug)]
struct Source {
    /// No event is due before this time.
    low: i64,
    /// The clock of the last claim that left no due event.
    emptied_at: i64,
    whole_at: Instant,
    deep_at: Instant,
}

/// The start of a claim's search.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Start {
    /// In microseconds; `None` is the first entry.
    pub(crate) due_at: Option<i64>,
    depth: Depth,
    /// The clock and the settled time when the claim started.
    now: i64,
    settled: i64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Depth {
    Whole,
    /// Starts at the frontier.
    Deep,
    /// Starts near the present.
    Shallow,
}

impl Frontier {
    /// Returns whether the server's clock and transactions must be queried.
    pub(crate) fn is_old(&self, now: Instant) -> bool {
        let mut state = self.state();
        let is_old = state.looked_at.is_none_or(|at| now.duration_since(at) >= LOOK);
        if is_old {
            state.looked_at = Some(now);
        }
        is_old
    }

    /// Records the server's clock in microseconds, the oldest transaction in progress, and a transaction id above
    /// all of them.
    pub(crate) fn look(&self, now: i64, oldest: i64, next: i64) {
        let mut state = self.state();
        if now < state.now {
            // The clock was set back: new events are due before earlier ones.
            *state = State { looked_at: state.looked_at, ..State::default() };
        }
        state.now = now;
        let over = state.looks.iter().take_while(|(_, next)| *next <= oldest).count();
        let last = state.looks.drain(..over).next_back();
        if let Some((clock, _)) = last {
            state.settled = state.settled.max(clock - MARGIN);
        }
        if state.looks.len() < MOST_LOOKS {
            state.looks.push((now, next));
        }
    }

    pub(crate) fn start(&self, source: &str, now: Instant) -> Start {
        let state = self.state();
        let start = |due_at, depth| Start { due_at, depth, now: state.now, settled: state.settled };
        match state.sources.get(source) {
            Some(source) if now.duration_since(source.whole_at) < WHOLE => {
                if now.duration_since(source.deep_at) < DEEP {
                    start(Some(source.low.max(source.emptied_at - SHALLOW)), Depth::Shallow)
                } else {
                    start(Some(source.low), Depth::Deep)
                }
            }
            _ => start(None, Depth::Whole),
        }
    }

    /// Returns the starts of claims for all known sources.
    pub(crate) fn starts(&self, now: Instant) -> Vec<(String, Start)> {
        let sources: Vec<_> = self.state().sources.keys().cloned().collect();
        sources
            .into_iter()
            .map(|source| {
                let start = self.start(&source, now);
                (source, start)
            })
            .collect()
    }

    /// Records that a claim with this start has taken all due events.
    pub(crate) fn emptied(&self, name: &str, start: Start, now: Instant) {
        let mut state = self.state();
        if start.now > state.now || start.now == 0 {
            // The clock was set back in the meantime, or is unknown.
            return;
        }
        if let Some(source) = state.sources.get_mut(name) {
            source.emptied_at = source.emptied_at.max(start.now);
            if start.depth != Depth::Shallow {
                source.deep_at = now;
                source.low = source.low.max(start.settled);
            }
            if start.depth == Depth::Whole {
                source.whole_at = now;
            }
        } else if start.depth == Depth::Whole && state.sources.len() < MOST_SOURCES {
            let source = Source { low: start.settled, emptied_at: start.now, whole_at: now, deep_at: now };
            state.sources.insert(name.to_owned(), source);
        }
    }

    /// Locks the state. No code panics while holding the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The interval of queries for the transactions of the server.
const LOOK: Duration = Duration::from_secs(1);
const DEEP: Duration = Duration::from_secs(1);
const WHOLE: Duration = Duration::from_secs(10);
/// The largest number of looks that wait for a transaction in progress; further ones are not needed.
const MOST_LOOKS: usize = 64;
/// The largest number of sources. Beyond it, claims start at the first entry.
const MOST_SOURCES: usize = 16_384;
/// Microseconds between the clock of a statement and the start of its transaction.
const MARGIN: i64 = 1_000_000;
/// Microseconds within which most transactions are committed.
const SHALLOW: i64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_searched_from_where_nothing_can_come_any_more() {
        let (frontier, start) = (Frontier::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        assert!(frontier.is_old(at(0)) && !frontier.is_old(at(999)) && frontier.is_old(at(1000)));
        let second = 1_000_000;
        frontier.look(100 * second, 7, 10);
        let whole = frontier.start("a", at(0));
        assert_eq!(whole.due_at, None);
        frontier.emptied("a", whole, at(0));
        // Recently emptied: near the present.
        assert_eq!(frontier.start("a", at(10)).due_at, Some(99 * second));
        // Later: from the frontier, which is unknown as long as transaction 7 is in progress.
        assert_eq!(frontier.start("a", at(1500)).due_at, Some(0));
        frontier.look(102 * second, 7, 20);
        let deep = frontier.start("a", at(2000));
        frontier.emptied("a", deep, at(2000));
        assert_eq!(frontier.start("a", at(4000)).due_at, Some(0));
        // All transactions in progress at 100 s are over, and those of 102 s are not.
        frontier.look(104 * second, 15, 30);
        let deep = frontier.start("a", at(4000));
        assert_eq!(deep.due_at, Some(0));
        frontier.emptied("a", deep, at(4000));
        assert_eq!(frontier.start("a", at(5500)).due_at, Some(99 * second));
        assert_eq!(frontier.start("a", at(4500)).due_at, Some(103 * second));
        // Eventually from the first entry, as for each other source.
        assert_eq!(frontier.start("a", at(10_500)).due_at, None);
        assert_eq!(frontier.start("b", at(4500)).due_at, None);
    }

    #[test]
    fn a_clock_that_is_set_back_begins_anew() {
        let (frontier, now) = (Frontier::default(), Instant::now());
        frontier.look(100_000_000, 1, 1);
        let first = frontier.start("a", now);
        frontier.emptied("a", first, now);
        assert!(frontier.start("a", now).due_at.is_some());
        frontier.look(99_000_000, 1, 1);
        assert_eq!(frontier.start("a", now).due_at, None);
        frontier.emptied("a", first, now);
        assert_eq!(frontier.start("a", now).due_at, None);
    }
}
