//! A part of a change: the events that an operator has confirmed, in the store.

use std::collections::BTreeMap;

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

/// Changes events, by their numbers of replays, and returns the ids of those that were changed, in ascending order.
pub(super) async fn apply(
    visit: &Visit<'_>,
    plan: &Plan,
    groups: BTreeMap<u32, Vec<EventId>>,
    reason: Option<&String>,
) -> Result<Vec<EventId>, Broken> {
    let mut ids = Vec::new();
    for (replays, of) in groups {
        let mut change = plan.change(visit, of.len(), false);
        // With the number of replays that was seen: an event that was replayed since then, by this form or by another operator, has
        // another one, even if it has failed again.
        (change.filter.ids, change.filter.replays) = (of, Some(replays));
        change.reason = reason.cloned();
        match visit.store.change(&change).await {
            Ok(changed) => ids.extend(changed.ids),
            Err(error) => return Err(Broken { done: ids, problem: error.into() }),
        }
    }
    ids.sort_unstable();
    Ok(ids)
}
