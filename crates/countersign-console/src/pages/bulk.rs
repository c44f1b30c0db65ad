//! Changes of more events than one form has: after one confirmation they go on, part after part.

use countersign::UnixTime;
use countersign_inbox::{Counted, EventId, Page, Summary};

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
}

impl Bulk {
    /// Begins a change whose first part was made up to an id. The audit log has the time of the confirmation: that of the first part.
    /// `None` if the log has no entry of it.
    pub(super) async fn begin(
        visit: &Visit<'_>,
        plan: &Plan,
        meant: Counted,
        after: Option<EventId>,
    ) -> Result<Option<Self>, Problem> {
        let log = visit.store.audit(None, Page::first(LATEST)).await?;
        let entry =
            log.into_iter().find(|of| of.action == plan.action.as_str() && of.actor == visit.operator.name());
        Ok(entry.map(|entry| Self { confirmed: entry.at, meant, after }))
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
        Ok(Some(Self { confirmed: UnixTime::from_millis(confirmed), meant, after }))
    }

    /// Returns the fields of the address.
    pub(super) fn fields(&self) -> [(&'static str, String); 4] {
        [
            ("confirmed", self.confirmed.as_millis().to_string()),
            ("meant", self.meant.number.to_string()),
            ("at_least", if self.meant.is_all { String::new() } else { "1".to_owned() }),
            ("after", self.after.map(|id| id.to_string()).unwrap_or_default()),
        ]
    }

    /// Returns whether an event is one of those that were confirmed: one that was stored later, or has failed or ended since, is another
    /// decision. So an address that is opened twice changes nothing twice.
    pub(super) fn has(&self, of: &Summary) -> bool {
        of.finished_at.unwrap_or(of.stored_at) <= self.confirmed
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

/// The number of entries of the audit log among which the first part is.
const LATEST: usize = 50;
