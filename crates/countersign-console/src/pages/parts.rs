//! A part of a change: the events that an operator has confirmed, in the store.

use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::EventId;

use super::plan::Plan;
use crate::problem::Problem;
use crate::visit::Visit;

/// A change that the store did not finish.
pub(super) struct Broken {
    /// The ids of the events that were changed before.
    pub(super) done: Vec<EventId>,
    pub(super) problem: Problem,
}

impl From<Problem> for Broken {
    /// Before anything was changed.
    fn from(problem: Problem) -> Self {
        Self { done: Vec::new(), problem }
    }
}

/// The events that a part has changed.
#[derive(Default)]
pub(super) struct Part {
    /// Their ids, in ascending order.
    pub(super) ids: Vec<EventId>,
    /// The time of the first change in the audit log, by the clock of the store.
    pub(super) at: Option<UnixTime>,
    /// The number of events that were left alone, because other transactions hold them.
    pub(super) held: usize,
}

/// Changes events, by their numbers of replays.
pub(super) async fn apply(
    visit: &Visit<'_>,
    plan: &Plan,
    groups: BTreeMap<u32, Vec<EventId>>,
    reason: Option<&String>,
) -> Result<Part, Broken> {
    let mut part = Part::default();
    for (replays, of) in groups {
        let mut change = plan.change(visit, of.len(), false);
        // With the number of replays that was seen: an event that was replayed since then, by this form or by another operator, has
        // another one, even if it has failed again.
        (change.filter.ids, change.filter.replays) = (of, Some(replays));
        change.reason = reason.cloned();
        match visit.store.change(&change).await {
            Ok(changed) => {
                part.ids.extend(changed.ids);
                part.at = part.at.or(changed.at);
                part.held += changed.held.len();
            }
            Err(error) => return Err(Broken { done: part.ids, problem: error.into() }),
        }
    }
    part.ids.sort_unstable();
    Ok(part)
}
