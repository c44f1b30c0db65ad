use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign::receiver::Receiver;
use tokio::time::Instant;

use crate::event::EventId;

/// The events whose stored requests have verified here lately: their further duplicates cost no read and no verification.
///
/// A request that has verified with [fixed keys](Receiver::has_fixed_keys) verifies for ever, as of its receipt. Nothing is remembered at an
/// endpoint whose keys are looked up, because they may have been rotated since.
pub(super) struct Verified {
    is_kept: bool,
    generations: Mutex<Generations>,
}

struct Generations {
    /// The begin of the present one.
    since: Instant,
    present: HashSet<EventId>,
    former: HashSet<EventId>,
}

impl Verified {
    pub(super) fn new(receiver: &Receiver) -> Self {
        let (present, former) = <(HashSet<_>, HashSet<_>)>::default();
        let generations = Mutex::new(Generations { since: Instant::now(), present, former });
        Self { is_kept: receiver.has_fixed_keys(), generations }
    }

    pub(super) fn add(&self, id: EventId) {
        self.with(|generations| generations.present.insert(id));
    }

    pub(super) fn has(&self, id: EventId) -> bool {
        self.with(|generations| generations.present.contains(&id) || generations.former.contains(&id))
    }

    fn with(&self, act: impl FnOnce(&mut Generations) -> bool) -> bool {
        if !self.is_kept {
            return false;
        }
        // No code panics while holding it.
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.turn(Instant::now());
        act(&mut generations)
    }
}

impl Generations {
    /// Begins another generation if the present one is old or full.
    fn turn(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.since);
        if age < TURN && self.present.len() < MOST {
            return;
        }
        mem::swap(&mut self.present, &mut self.former);
        self.present.clear();
        if age >= TURN * 2 {
            self.former.clear();
        }
        self.since = now;
    }
}

/// The time after which another generation begins: an event is remembered for that long, and at most twice as long.
const TURN: Duration = Duration::from_secs(15);
/// The largest number of events of a generation.
const MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use countersign::providers::preflix;
    use countersign::{Secret, Verifier};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_event_is_remembered_for_a_while_and_so_many_at_most() {
        let verified = Verified::new(&receiver());
        let id = EventId::new;
        verified.add(id(1));
        for (secs, is_known) in [(0, true), (14, true), (15, true), (29, true), (30, false)] {
            let verified = Verified::new(&receiver());
            verified.add(id(1));
            tokio::time::advance(Duration::from_secs(secs)).await;
            assert_eq!((verified.has(id(1)), verified.has(id(2))), (is_known, false), "{secs}");
        }
        for number in 0..3 * MOST as i64 {
            verified.add(id(number));
        }
        let known = (0..3 * MOST as i64).filter(|number| verified.has(id(*number))).count();
        assert!((MOST..=2 * MOST).contains(&known), "{known}");
        assert!(verified.has(id(3 * MOST as i64 - 1)));
    }

    fn receiver() -> Receiver {
        Receiver::from(Verifier::new(&preflix::PROVIDER, Secret::new("a secret of ours").unwrap()).unwrap())
    }
}
