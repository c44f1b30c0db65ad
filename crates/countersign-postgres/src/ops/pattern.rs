//! Patterns of errors. The server does not know them: it selects events by a text that each error of a pattern has, and those of other
//! patterns are left out here.

use countersign_inbox::{Counted, EventId, Filter, Listing, Page, StoreError, error_pattern};

use super::choice::Choice;
use crate::inner::StoreInner;
use crate::session::Purpose;

/// An event to which a change applies.
#[derive(Clone)]
pub(super) struct Meant {
    pub(super) id: EventId,
    /// Its last error, if the change is for a pattern.
    pub(super) error: Option<String>,
}

impl StoreInner {
    pub(super) async fn list(&self, filter: &Filter, page: Page) -> Result<Listing, StoreError> {
        match &filter.pattern {
            Some(pattern) => self.list_of_pattern(filter, pattern, page).await,
            None => {
                self.list_selected(Purpose::Look, filter, page, &mut Choice::new(filter, page.most_read))
                    .await
            }
        }
    }

    /// Counts the events of a filter: all of them, or those among the newest events that a search may look at.
    pub(super) async fn count_events(&self, filter: &Filter) -> Result<Counted, StoreError> {
        let Some(pattern) = &filter.pattern else { return self.count_selected(filter).await };
        let Listing { events, goes_on_after } =
            self.list_of_pattern(filter, pattern, Page::first(usize::MAX)).await?;
        Ok(Counted { number: events.len() as u64, is_all: goes_on_after.is_none() })
    }

    /// Looks for a page in a few lists of what the server selects, which share the number of events that a search may look at.
    async fn list_of_pattern(
        &self,
        filter: &Filter,
        pattern: &str,
        page: Page,
    ) -> Result<Listing, StoreError> {
        let selected = selected(filter);
        let (mut events, mut next, mut choice) = (Vec::new(), page, Choice::new(filter, page.most_read));
        (next.limit, next.most_read) = (AT_ONCE, page.most_read.div_ceil(MOST_QUERIES));
        for _ in 0..MOST_QUERIES {
            let found = self.list_selected(Purpose::Look, &selected, next, &mut choice).await?;
            let last = found.events.last().filter(|_| found.events.len() == AT_ONCE);
            next.after = found.goes_on_after.or(last.map(|of| of.id.get()));
            events.extend(found.events.into_iter().filter(|of| has(of.error.as_deref(), pattern)));
            if events.len() >= page.limit {
                events.truncate(page.limit);
                return Ok(Listing { events, goes_on_after: None });
            }
            if next.after.is_none() {
                break;
            }
        }
        Ok(Listing { events, goes_on_after: next.after })
    }

    /// Returns those of the events that have the pattern, in their order.
    pub(super) async fn meant(
        &self,
        purpose: Purpose,
        filter: &Filter,
        found: Vec<EventId>,
    ) -> Result<Vec<Meant>, StoreError> {
        let Some(pattern) = &filter.pattern else {
            return Ok(found.into_iter().map(|id| Meant { id, error: None }).collect());
        };
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let count = found.len();
        let (ids, page) = (Filter::ids(found), Page::first(count));
        let listing = self.list_selected(purpose, &ids, page, &mut Choice::new(&ids, page.most_read)).await?;
        let of_pattern = listing.events.into_iter().rev().filter(|of| has(of.error.as_deref(), pattern));
        Ok(of_pattern.map(|of| Meant { id: of.id, error: of.error }).collect())
    }
}

/// Returns the filter by which the server selects events.
pub(super) fn selected(filter: &Filter) -> Filter {
    let mut selected = filter.clone().bounded();
    selected.pattern = None;
    selected
}

fn has(error: Option<&str>, pattern: &str) -> bool {
    error.is_some_and(|error| error_pattern(error) == pattern)
}

/// The number of events of a list, and of lists for a page.
const AT_ONCE: usize = 500;
const MOST_QUERIES: usize = 4;
