//! The events that a filter means. A store does not know patterns of errors: it selects more events, and those that are not meant are left
//! out here.

use countersign_inbox::{Change, Changed, EventId, Filter, Listing, Page, Summary};

use super::rows::{Found, asked};
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::text;
use crate::visit::Visit;

/// Returns a page of events, the newest first.
pub(super) async fn listed(visit: &Visit<'_>, form: &FilterForm) -> Result<Found<Summary>, Problem> {
    let asked = asked(visit)?;
    if form.pattern.is_none() {
        let Listing { events, goes_on_after } = visit.store.list(form.filter(), asked).await?;
        return Ok(match goes_on_after {
            Some(_) => Found::until(events, asked, goes_on_after),
            None => Found::new(events, asked, |of| of.id.get()),
        });
    }
    let (mut rows, mut after) = (Vec::new(), asked.after);
    for _ in 0..MOST_QUERIES {
        let page = after.map_or(Page::first(AT_ONCE), |after| Page::first(AT_ONCE).after(after));
        let Listing { events, goes_on_after } = visit.store.list(form.filter(), page).await?;
        let is_last = events.len() < AT_ONCE && goes_on_after.is_none();
        after = goes_on_after.or_else(|| events.last().map(|of| of.id.get())).or(after);
        rows.extend(events.into_iter().filter(|of| form.keeps(of)));
        if is_last || rows.len() >= asked.limit {
            return Ok(Found::new(rows, asked, |of| of.id.get()));
        }
    }
    Ok(Found::until(rows, asked, after))
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
    form: &FilterForm,
    mut change: Change,
    most: usize,
) -> Result<Affected, Problem> {
    change.dry_run = true;
    let mut found = visit.store.change(&change).await?;
    let is_last = |found: &Changed| found.ids.len() < change.limit && found.goes_on_after.is_none();
    if form.pattern.is_none() {
        let events = read(visit, &found.ids, most).await?;
        let (count, is_all, goes_on_after) = (found.ids.len(), is_last(&found), found.goes_on_after);
        return Ok(Affected { events, count, is_all, goes_on_after });
    }
    let (mut events, mut is_all) = (Vec::new(), false);
    let mut next = change.clone();
    for _ in 0..MOST_QUERIES {
        let of = read(visit, &found.ids, change.limit).await?;
        events.extend(of.into_iter().filter(|of| form.keeps(of)));
        is_all = is_last(&found);
        if is_all || events.len() > change.limit {
            break;
        }
        next.after = found.next();
        found = visit.store.change(&next).await?;
    }
    let goes_on_after = next.after.filter(|_| !is_all && events.is_empty());
    let count = events.len();
    events.truncate(most);
    Ok(Affected { events, count, is_all, goes_on_after })
}

/// Returns the first events of ascending ids, the oldest first.
async fn read(visit: &Visit<'_>, ids: &[EventId], most: usize) -> Result<Vec<Summary>, Problem> {
    let first: Vec<_> = ids.iter().copied().take(most).collect();
    let mut events = match first.len() {
        0 => Vec::new(),
        count => visit.store.list(&Filter::ids(first), Page::first(count)).await?.events,
    };
    events.reverse();
    Ok(events)
}

/// The number of events of a query, and of queries: what is beyond them is on the next page.
const AT_ONCE: usize = 500;
const MOST_QUERIES: usize = 4;
