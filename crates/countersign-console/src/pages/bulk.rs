//! Changes of more events than one form has: after one confirmation they go on, part after part.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{Counted, EventId, Filter, Summary};

use super::plan::Plan;
use crate::problem::Problem;
use crate::visit::Visit;

/// A change in parts, as the address of its result has it.
pub(super) struct Bulk {
    /// The time of the confirmation, by the clock of the store.
    pub(super) confirmed: UnixTime,
    /// The number of events that were counted at the confirmation.
    pub(super) meant: Counted,
    /// The id behind which it goes on. `None` at its end.
    pub(super) after: Option<EventId>,
    /// Whether the store has not answered, so that it has stopped.
    pub(super) is_broken: bool,
    /// The number of parts since the last result.
    pub(super) parts: usize,
}

impl Bulk {
    /// The largest number of parts between two results: a result is there within a second or two.
    pub(super) const MOST_PARTS: usize = 4;

    /// Begins a change whose first part was made up to an id.
    pub(super) const fn begin(confirmed: UnixTime, meant: Counted, after: Option<EventId>) -> Self {
        Self { confirmed, meant, after, is_broken: false, parts: 0 }
    }

    /// Reads the fields. `None` if the change has no further parts.
    pub(super) fn read(visit: &Visit<'_>) -> Result<Option<Self>, Problem> {
        let number = |name| visit.fields.parsed::<i64>(name, "a number");
        let Some(confirmed) = number("confirmed")? else { return Ok(None) };
        let meant = Counted {
            number: number("meant")?.and_then(|meant| u64::try_from(meant).ok()).unwrap_or(0),
            is_all: visit.fields.text("at_least").is_none(),
        };
        let after = visit.fields.parsed("after", "the number of an event")?;
        let is_broken = visit.fields.text("broken").is_some();
        let parts = visit.fields.parsed("parts", "a number of parts")?.unwrap_or(0);
        Ok(Some(Self { confirmed: UnixTime::from_millis(confirmed), meant, after, is_broken, parts }))
    }

    /// Returns the change whose address is the longest, for a check before the first part.
    pub(super) const fn longest() -> Self {
        let meant = Counted { number: u64::MAX, is_all: false };
        let (confirmed, after) = (UnixTime::from_millis(i64::MAX), Some(EventId::new(i64::MAX)));
        Self { confirmed, meant, after, is_broken: true, parts: Self::MOST_PARTS }
    }

    /// Returns the fields of the address.
    pub(super) fn fields(&self) -> [(&'static str, String); 6] {
        let marked = |is_so: bool| if is_so { "1".to_owned() } else { String::new() };
        [
            ("confirmed", self.confirmed.as_millis().to_string()),
            ("meant", self.meant.number.to_string()),
            ("at_least", marked(!self.meant.is_all)),
            ("after", self.after.map(|id| id.to_string()).unwrap_or_default()),
            ("broken", marked(self.is_broken)),
            ("parts", if self.parts > 0 { self.parts.to_string() } else { String::new() }),
        ]
    }

    /// Returns whether an event is one of those that were confirmed: one that was stored or replayed later, or has failed or ended since, is
    /// another decision. So an address that is opened twice changes nothing twice. The ages of the filter are those at the confirmation.
    pub(super) fn has(&self, of: &Summary, filter: &Filter) -> bool {
        let since = match (of.finished_at, of.replays) {
            (Some(finished_at), _) => finished_at,
            (None, 0) => of.stored_at,
            // A replay keeps the time at which an event was stored.
            (None, _) => of.queued_at,
        };
        let age = self.confirmed.saturating_duration_since(of.stored_at);
        since <= self.confirmed
            && filter.older_than.is_none_or(|least| age >= least)
            && filter.newer_than.is_none_or(|most| age <= most)
    }

    /// Returns the time since the confirmation.
    pub(super) fn age(&self, visit: &Visit<'_>) -> Duration {
        visit.now.saturating_duration_since(self.confirmed)
    }
}

/// Counts the events of a change, as the command does.
pub(super) async fn counted(visit: &Visit<'_>, plan: &Plan) -> Result<Counted, Problem> {
    let mut all = Counted { number: 0, is_all: true };
    let chosen = plan.form.filter();
    let states = chosen.state.map_or_else(|| plan.action.default_states().to_vec(), |state| vec![state]);
    for state in states {
        let mut filter = chosen.clone();
        filter.state = Some(state);
        let counted = visit.store.count(&filter).await?;
        all.number = all.number.saturating_add(counted.number);
        all.is_all &= counted.is_all;
    }
    Ok(all)
}
