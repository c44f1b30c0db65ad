//! The events that a filter selects, and their errors by kind.

use std::collections::BTreeMap;

use countersign_inbox::{Change, EventId, Filter, Listing, Page, Summary, error_pattern};

use super::rows::{Found, asked};
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::text;
use crate::visit::Visit;

/// Returns a page of events, the newest first.
pub(super) async fn listed(visit: &Visit<'_>, form: &FilterForm) -> Result<Found<Summary>, Problem> {
    let asked = asked(visit)?;
    let Listing { events, goes_on_after } = visit.store.list(form.filter(), asked).await?;
    Ok(match goes_on_after {
        Some(_) => Found::until(events, asked, goes_on_after),
        None => Found::new(events, asked, |of| of.id.get()),
    })
}

/// The events to which a change would apply.
pub(super) struct Affected {
    /// The first of them, the oldest first.
    pub(super) events: Vec<Summary>,
    /// The number of those that were counted.
    pub(super) count: usize,
    /// Whether all of them were counted.
    pub(super) is_all: bool,
    /// The id behind which the search goes on, if it has ended because it has looked at as many events as it may.
    pub(super) goes_on_after: Option<EventId>,
}

impl Affected {
    /// Returns the number for people.
    pub(super) fn counted(&self) -> String {
        let count = text::events(self.count as u64);
        match (self.is_all, self.count) {
            (true, _) => count,
            (false, 0) => "an unknown number of events".to_owned(),
            (false, _) => format!("at least {count}"),
        }
    }
}

/// Looks for the events of a change, the oldest first, and reads so many of them.
pub(super) async fn affected(
    visit: &Visit<'_>,
    mut change: Change,
    most: usize,
) -> Result<Affected, Problem> {
    change.dry_run = true;
    let found = visit.store.change(&change).await?;
    Ok(Affected {
        events: read(visit, &found.ids, most).await?,
        count: found.ids.len(),
        is_all: found.ids.len() < change.limit && found.goes_on_after.is_none(),
        goes_on_after: found.goes_on_after,
    })
}

/// Returns the first events of ascending ids, the oldest first.
pub(super) async fn read(visit: &Visit<'_>, ids: &[EventId], most: usize) -> Result<Vec<Summary>, Problem> {
    let first: Vec<_> = ids.iter().copied().take(most).collect();
    let mut events = match first.len() {
        0 => Vec::new(),
        count => visit.store.list(&Filter::ids(first), Page::first(count)).await?.events,
    };
    events.reverse();
    Ok(events)
}

/// The most frequent kinds of errors, with the numbers of events.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Kinds {
    pub(super) first: Vec<(usize, String)>,
    /// The number of further kinds.
    pub(super) more: usize,
}

impl Kinds {
    /// Groups events by the pattern of their last error. Events without an error are not counted.
    pub(super) fn new(events: &[Summary]) -> Self {
        let mut counts = BTreeMap::<String, usize>::new();
        for error in events.iter().filter_map(|of| of.error.as_deref()) {
            *counts.entry(error_pattern(error)).or_default() += 1;
        }
        let mut kinds: Vec<_> = counts.into_iter().map(|(pattern, count)| (count, pattern)).collect();
        kinds.sort_by(|(one, of_one), (other, of_other)| other.cmp(one).then_with(|| of_one.cmp(of_other)));
        let more = kinds.len().saturating_sub(SHOWN);
        kinds.truncate(SHOWN);
        Self {
            first: kinds.into_iter().map(|(count, pattern)| (count, text::shown(&pattern))).collect(),
            more,
        }
    }
}

/// The number of kinds that fit a confirmation.
const SHOWN: usize = 5;
