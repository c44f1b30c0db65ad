use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The due times from which claims look for events.
///
/// What was handled leaves its entries in the index of due times until the server may remove them, which an old snapshot
/// holds up: a claim that began at the first entry would read all of them each time. Below the frontier of a source, a
/// claim has found nothing, and no transaction can bring anything any more that began before.
///
/// Every few seconds a claim begins at the first entry all the same, for what no rule covers: rows that were locked then,
/// and clocks that were set back.
#[derive(Debug, Default)]
pub(crate) struct Frontier(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    looked_at: Option<Instant>,
    /// The server's clock at the last look, in microseconds.
    now: i64,
    /// Clocks, and a number above those of all transactions that were under way then: the oldest first.
    looks: Vec<(i64, i64)>,
    /// All that is due before has been committed.
    settled: i64,
    sources: HashMap<String, Source>,
}

#[derive(Debug)]
struct Source {
    /// Nothing is due before.
    low: i64,
    /// The clock of the last claim that left nothing due.
    emptied_at: i64,
    whole_at: Instant,
    deep_at: Instant,
}

/// Where a claim begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Start {
    /// In microseconds; `None` is the first entry.
    pub(crate) due_at: Option<i64>,
    depth: Depth,
    /// The clock, and what was settled, when the claim began.
    now: i64,
    settled: i64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Depth {
    Whole,
    /// From the frontier.
    Deep,
    /// Near the present.
    Shallow,
}

impl Frontier {
    /// Whether the server has to be asked for its clock and its transactions.
    pub(crate) fn is_old(&self, now: Instant) -> bool {
        let mut state = self.state();
        let is_old = state.looked_at.is_none_or(|at| now.duration_since(at) >= LOOK);
        if is_old {
            state.looked_at = Some(now);
        }
        is_old
    }

    /// The server's clock in microseconds, the oldest transaction that is under way, and a number above all of them.
    pub(crate) fn look(&self, now: i64, oldest: i64, next: i64) {
        let mut state = self.state();
        if now < state.now {
            // The clock was set back: what comes is due before what came.
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

    /// Where claims begin, for all sources that are known.
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

    /// A claim that began there has taken all that is due.
    pub(crate) fn emptied(&self, name: &str, start: Start, now: Instant) {
        let mut state = self.state();
        if start.now > state.now || start.now == 0 {
            // The clock was set back in between, or is not known yet.
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

    /// Nothing panics while it has the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Between two looks at the transactions of the server.
const LOOK: Duration = Duration::from_secs(1);
const DEEP: Duration = Duration::from_secs(1);
const WHOLE: Duration = Duration::from_secs(10);
/// Looks that wait for a transaction that is under way; later ones are not needed as long as it is.
const MOST_LOOKS: usize = 64;
/// Beyond it, claims begin at the first entry.
const MOST_SOURCES: usize = 16_384;
/// Microseconds from the clock of a statement to the number of its transaction.
const MARGIN: i64 = 1_000_000;
/// Microseconds: most transactions are committed within.
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
        // Just now: near the present.
        assert_eq!(frontier.start("a", at(10)).due_at, Some(99 * second));
        // Later: from the frontier, which is unknown as long as transaction 7 is under way.
        assert_eq!(frontier.start("a", at(1500)).due_at, Some(0));
        frontier.look(102 * second, 7, 20);
        let deep = frontier.start("a", at(2000));
        frontier.emptied("a", deep, at(2000));
        assert_eq!(frontier.start("a", at(4000)).due_at, Some(0));
        // All that were under way at 100 s are over, and those of 102 s are not.
        frontier.look(104 * second, 15, 30);
        let deep = frontier.start("a", at(4000));
        assert_eq!(deep.due_at, Some(0));
        frontier.emptied("a", deep, at(4000));
        assert_eq!(frontier.start("a", at(5500)).due_at, Some(99 * second));
        assert_eq!(frontier.start("a", at(4500)).due_at, Some(103 * second));
        // In the end from the first entry, and so is each other source.
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
