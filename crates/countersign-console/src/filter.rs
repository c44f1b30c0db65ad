//! The filter of a list and of a change, as fields of a query.

use std::str::FromStr;
use std::time::Duration;

use countersign_inbox::{Change, EventId, EventState, Filter};

use crate::fields::{Fields, query};
use crate::problem::Problem;

/// The texts of the fields, for forms and links, and what they mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilterForm {
    pub(crate) ids: String,
    pub(crate) source: String,
    pub(crate) tenant: String,
    pub(crate) state: String,
    pub(crate) event_type: String,
    pub(crate) external_id: String,
    pub(crate) error: String,
    pub(crate) older_than: String,
    pub(crate) newer_than: String,
    pub(crate) replays: String,
    filter: Filter,
    /// Whether a filter without a field was chosen: all events.
    is_everything: bool,
}

impl FilterForm {
    /// Reads the fields.
    pub(crate) fn read(fields: &Fields) -> Result<Self, Problem> {
        let text = |name| fields.untrimmed(name).map(str::to_owned);
        let mut filter = Filter::ids(ids(fields)?);
        filter.source = text("source");
        filter.tenant = text("tenant");
        filter.state =
            fields.parsed::<State>("state", "a state").map(|state| state.map(|State(state)| state))?;
        filter.event_type = text("type");
        filter.external_id = text("id");
        filter.error = text("error");
        filter.pattern = fields.exact("pattern").map(str::to_owned);
        filter.older_than = age(fields, "older_than")?;
        filter.newer_than = age(fields, "newer_than")?;
        filter.replays = fields.parsed("replays", "a number of replays")?;
        let is_everything = filter.is_empty() && fields.text("all") == Some("1");
        Ok(Self { is_everything, ..Self::of(filter, fields) })
    }

    /// Returns the fields as they were typed, of which one means nothing.
    pub(crate) fn typed(fields: &Fields) -> Self {
        let ids = fields.all("ids").collect::<Vec<_>>().join(" ");
        Self { ids, ..Self::of(Filter::default(), fields) }
    }

    fn of(filter: Filter, fields: &Fields) -> Self {
        let text = |name| fields.text(name).unwrap_or_default().to_owned();
        let exact = |name| fields.untrimmed(name).unwrap_or_default().to_owned();
        Self {
            ids: written(&filter.ids),
            source: exact("source"),
            tenant: exact("tenant"),
            state: text("state"),
            event_type: exact("type"),
            external_id: exact("id"),
            error: exact("error"),
            older_than: text("older_than"),
            newer_than: text("newer_than"),
            replays: text("replays"),
            filter,
            is_everything: false,
        }
    }

    /// Returns the same filter with a state.
    pub(crate) fn in_state(mut self, state: EventState) -> Self {
        state.as_str().clone_into(&mut self.state);
        self.filter.state = Some(state);
        self
    }

    /// Returns what a store selects.
    pub(crate) const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Returns the pattern of the last error. It may be empty: that of an error without text.
    pub(crate) fn pattern(&self) -> Option<&str> {
        self.filter.pattern.as_deref()
    }

    /// Returns whether no field is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.filter.is_empty()
    }

    /// Returns whether all events were chosen, rather than none.
    pub(crate) const fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// Chooses all events, if no field is set.
    pub(crate) fn or_everything(mut self) -> Self {
        self.is_everything = self.is_empty();
        self
    }

    /// Returns the same filter for other ids.
    pub(crate) fn of_ids(mut self, ids: Vec<EventId>) -> Self {
        self.is_everything &= ids.is_empty();
        self.ids = written(&ids);
        self.filter.ids = ids;
        self
    }

    /// Returns the same filter as it was so long ago: the events that were new then are selected still.
    pub(crate) fn since(mut self, age: Duration) -> Self {
        self.filter.newer_than = self.filter.newer_than.map(|most| most.saturating_add(age));
        self
    }

    /// Returns the fields that are set, by name.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("ids", &self.ids),
            ("source", &self.source),
            ("tenant", &self.tenant),
            ("state", &self.state),
            ("type", &self.event_type),
            ("id", &self.external_id),
            ("error", &self.error),
            ("older_than", &self.older_than),
            ("newer_than", &self.newer_than),
            ("replays", &self.replays),
        ];
        let everything = self.is_everything.then(|| ("all", "1".to_owned()));
        let pattern = self.pattern().map(|pattern| ("pattern", pattern.to_owned()));
        let set = all.into_iter().filter(|(_, text)| !text.is_empty());
        set.map(|(name, text)| (name, text.clone())).chain(pattern).chain(everything).collect()
    }

    /// Returns the query, with further fields behind it.
    pub(crate) fn query<'a>(&self, more: impl IntoIterator<Item = (&'a str, String)>) -> String {
        let query = query(self.fields().into_iter().chain(more));
        if self.pattern() == Some("") { format!("{query}&pattern=") } else { query }
    }
}

fn written(ids: &[EventId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Reads ids of events: numbers in one field or in several.
fn ids(fields: &Fields) -> Result<Vec<EventId>, Problem> {
    let words = fields.all("ids").flat_map(|text| text.split([' ', ',']).filter(|word| !word.is_empty()));
    let mut ids = words
        .map(|word| word.parse().map_err(|_| Problem::field("ids", word, "the number of an event")))
        .collect::<Result<Vec<EventId>, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > Change::LIMIT {
        return Err(Problem::invalid(format!(
            "ids: {} are too many: choose at most {} events.",
            ids.len(),
            Change::LIMIT,
        )));
    }
    Ok(ids)
}

fn age(fields: &Fields, name: &str) -> Result<Option<Duration>, Problem> {
    fields
        .parsed::<humantime::Duration>(name, "a duration: 90s, 15m, 2h and 7d are")
        .map(|age| age.map(Into::into))
}

/// A state by its name.
struct State(EventState);

impl FromStr for State {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        EventState::ALL.into_iter().find(|state| state.as_str() == name).map(Self).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<FilterForm, Problem> {
        FilterForm::read(&Fields::parse(text.as_bytes()))
    }

    #[test]
    fn every_field_of_the_command_is_there_and_survives_a_link() {
        let text = "ids=7+12&source=orders&tenant=acme&state=dead&type=a.b&id=x-1&error=%3Cb%3E+no&older_than=2h&newer_than=7d&replays=2";
        let form = read(text).unwrap();
        let mut filter = Filter::ids([7, 12].map(EventId::new));
        filter.source = Some("orders".to_owned());
        filter.tenant = Some("acme".to_owned());
        filter.state = Some(EventState::Dead);
        filter.event_type = Some("a.b".to_owned());
        filter.external_id = Some("x-1".to_owned());
        filter.error = Some("<b> no".to_owned());
        filter.older_than = Some(Duration::from_secs(2 * 3600));
        filter.newer_than = Some(Duration::from_secs(7 * 86_400));
        filter.replays = Some(2);
        assert_eq!(form.filter(), &filter);
        assert_eq!(form.query([]), text);
        assert_eq!(read(&form.query([])).unwrap().filter(), &filter);
    }

    #[test]
    fn nothing_is_an_empty_filter_and_ids_may_be_in_several_fields() {
        assert!(read("source=&ids=&after=7&other=1").unwrap().filter().is_empty());
        let ids = read("ids=3&ids=1,2+3").unwrap().filter().ids.clone();
        assert_eq!(ids, [1, 2, 3].map(EventId::new));
    }

    #[test]
    fn all_events_are_chosen_by_name_and_without_a_filter() {
        let all = read("all=1").unwrap();
        assert!(all.is_everything() && all.is_empty());
        assert_eq!(all.query([]), "all=1");
        assert_eq!(all.of_ids(vec![EventId::new(7)]).query([]), "ids=7");
        for other in ["", "all=0", "all=1&source=orders", "all=1&pattern="] {
            assert!(!read(other).unwrap().is_everything(), "{other}");
        }
        assert_eq!(read("").unwrap().or_everything().query([]), "all=1");
        assert_eq!(read("state=dead").unwrap().or_everything().query([]), "state=dead");
    }

    proptest! {
        #[test]
        fn a_pattern_survives_a_link(pattern in ".{0,200}") {
            let form = FilterForm { filter: of_pattern(&pattern), ..FilterForm::default() };
            let again = read(&form.query([])).unwrap();
            prop_assert_eq!(again.filter(), form.filter());
        }
    }

    fn of_pattern(pattern: &str) -> Filter {
        let mut filter = Filter::default();
        filter.pattern = Some(pattern.to_owned());
        filter
    }

    #[test]
    fn what_is_no_value_is_refused_with_its_name() {
        for (text, name) in [
            ("state=lost", "state"),
            ("older_than=2", "older_than"),
            ("ids=7x", "ids"),
            ("replays=-1", "replays"),
        ] {
            let problem = read(text).unwrap_err();
            assert!(problem.text.starts_with(&format!("{name}: ")), "{}", problem.text);
        }
        let many: Vec<_> = (0..501).map(|id| id.to_string()).collect();
        assert!(read(&format!("ids={}", many.join("+"))).unwrap_err().text.contains("at most 500"));
    }
}
