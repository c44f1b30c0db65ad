//! The effect of a change, and its events.

use countersign_inbox::{Action, Change, EventId};

use crate::fields::Fields;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::visit::Visit;

/// A change, as its address or its form names it.
pub(super) struct Plan {
    pub(super) action: Action,
    pub(super) form: FilterForm,
    after: Option<EventId>,
}

impl Plan {
    /// Reads the fields.
    pub(super) fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        let action = action(visit)?;
        let form = match visit.fields.exact("filter") {
            Some(query) => FilterForm::read(&Fields::parse(query.as_bytes()))?,
            None => FilterForm::read(&visit.fields)?,
        };
        if form.is_empty() && !form.is_everything() {
            return Err(Problem::invalid(format!("{action} what? Choose events, a filter, or all events.")));
        }
        if let Some(state) = form.filter().state.filter(|state| !action.states().contains(state)) {
            let states: Vec<_> = action.states().iter().map(|state| state.as_str()).collect();
            let states = states.join(" or ");
            return Err(Problem::invalid(format!(
                "state: {action} is for events that are {states}, not {state}."
            )));
        }
        Ok(Self { action, form, after: visit.fields.parsed("after", "the number of an event")? })
    }

    /// Returns whether the change begins behind an event.
    pub(super) const fn has_begun(&self) -> bool {
        self.after.is_some()
    }

    pub(super) fn change(&self, visit: &Visit<'_>, limit: usize, is_dry: bool) -> Change {
        let mut change = Change::new(self.action, self.form.filter().clone(), visit.operator.name());
        (change.limit, change.after, change.dry_run) = (limit, self.after, is_dry);
        change
    }

    /// Returns the title of the confirmation.
    pub(super) fn title(&self) -> &'static str {
        TITLES.iter().find(|(action, _)| *action == self.action).map_or("Change events", |(_, title)| title)
    }

    /// Returns the query of the confirmation for the events after an id.
    pub(super) fn query<'a>(
        &self,
        after: EventId,
        more: impl IntoIterator<Item = (&'a str, String)>,
    ) -> String {
        let own = [("action", self.action.to_string()), ("after", after.to_string())];
        self.form.query(own.into_iter().chain(more))
    }

    /// Returns the fields for the form of the confirmation. The filter is a query in one of them: browsers change line breaks in fields.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("filter", self.form.query([])), ("action", self.action.to_string())];
        fields.extend(self.after.map(|after| ("after", after.to_string())));
        fields
    }
}

/// Returns the action that a query or a form names.
pub(super) fn action(visit: &Visit<'_>) -> Result<Action, Problem> {
    let name = visit.fields.text("action").unwrap_or_default();
    let known = TITLES.iter().map(|(action, _)| *action).find(|action| action.as_str() == name);
    known.ok_or_else(|| Problem::field("action", name, "an action: replay, discard and purge are"))
}

const TITLES: [(Action, &str); 3] =
    [(Action::Replay, "Replay events"), (Action::Discard, "Discard events"), (Action::Purge, "Purge events")];
/// The largest number of events that a confirmation counts.
pub(super) const MOST_COUNTED: usize = 1000;
