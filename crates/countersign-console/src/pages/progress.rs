//! The outcomes of replayed events.

use countersign_inbox::{EventId, EventState, Filter, Page, Summary};

use super::rows::EventRow;
use crate::problem::Problem;
use crate::visit::Visit;

/// The states of replayed events: the numbers are those of `countersign inbox replay --wait`.
pub(super) struct Progress {
    pub(super) total: usize,
    /// The number of events that are done, or that were purged since then.
    pub(super) done: usize,
    /// The number of events that are dead letters again.
    pub(super) dead: usize,
    /// The number of events whose stored request does not verify.
    pub(super) unverified: usize,
    pub(super) waiting: usize,
    /// The first of the events that have failed again.
    pub(super) failed: Vec<EventRow>,
}

impl Progress {
    /// Looks at the events. There is at least one.
    pub(super) async fn of(visit: &Visit<'_>, ids: &[EventId]) -> Result<Self, Problem> {
        let events =
            visit.store.list(&Filter::ids(ids.iter().copied()), Page::first(ids.len())).await?.events;
        Ok(Self::new(ids.len(), &events))
    }

    fn new(total: usize, events: &[Summary]) -> Self {
        let is_bad = |of: &&Summary| matches!(of.state, EventState::Dead | EventState::Unverified);
        let counted = |state| events.iter().filter(|of| of.state == state).count();
        let [done, dead, unverified] =
            [EventState::Done, EventState::Dead, EventState::Unverified].map(counted);
        let gone = total.saturating_sub(events.len());
        Self {
            total,
            done: done + gone,
            dead,
            unverified,
            waiting: events.len().saturating_sub(done + dead + unverified),
            failed: events.iter().filter(is_bad).take(SHOWN).map(EventRow::new).collect(),
        }
    }

    /// Returns the result of a canary in a sentence.
    pub(super) const fn verdict(&self) -> &'static str {
        match (self.waiting, self.dead + self.unverified) {
            (0, 0) => "All of them are done.",
            (0, _) => "Some have failed again: see their errors before you go on.",
            (_, 0) => "Some are not handled yet.",
            (_, _) => "Some have failed again, and others are not handled yet.",
        }
    }

    pub(super) const fn class(&self) -> &'static str {
        match (self.waiting, self.dead + self.unverified) {
            (0, 0) => "good",
            (_, 0) => "unsure",
            (_, _) => "bad",
        }
    }
}

/// The number of failed events that a result shows.
const SHOWN: usize = 20;
