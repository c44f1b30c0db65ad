//! A search for events: its bounds, and what its statements are given.

use countersign_inbox::{EventState, Filter, Page};

use super::rows::limit;
use crate::convert::{millis, storable_text};
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

/// A search for the events of a filter.
pub(super) struct Search<'f> {
    pub(super) filter: &'f Filter,
    pub(super) purpose: Purpose,
    /// The states of the events; all, if there are none.
    pub(super) states: Option<Vec<i16>>,
    /// The number behind which it begins.
    pub(super) after: Option<i64>,
    /// Whether it goes to lower numbers.
    pub(super) is_newest_first: bool,
    /// The largest number of events that it looks at.
    pub(super) most_read: usize,
}

impl<'f> Search<'f> {
    /// Creates the search of a list.
    pub(super) const fn newest_first(purpose: Purpose, filter: &'f Filter, page: Page) -> Self {
        let (after, most_read) = (page.after, page.most_read);
        Self { filter, purpose, states: None, after, is_newest_first: true, most_read }
    }

    /// Returns the states of the events; all, if there are none.
    pub(super) fn states(&self) -> Option<Vec<i16>> {
        self.states.clone().or_else(|| self.filter.state.map(|state| vec![state.code()]))
    }

    /// Binds the number behind which the search begins, its direction, and so many events at most.
    pub(super) fn bind_bounds(&self, sql: &Sql, most: usize) -> Prepared<'static> {
        prepare(sql).bind(self.after).bind(self.is_newest_first).bind(limit(most))
    }
}

/// Binds the fields of a filter.
pub(super) fn filtered(sql: &Sql, filter: &Filter) -> Prepared<'static> {
    let filter = filter.clone().bounded();
    let text = |text: &Option<String>| text.as_deref().map(|text| storable_text(text).into_owned());
    let ids: Vec<_> = filter.ids.iter().map(|id| id.get()).collect();
    prepare(sql)
        .bind((!ids.is_empty()).then_some(ids))
        .bind(text(&filter.source))
        .bind(text(&filter.tenant))
        .bind(filter.state.map(EventState::code))
        .bind(text(&filter.event_type))
        .bind(text(&filter.external_id))
        .bind(text(&filter.error))
        .bind(filter.older_than.map(millis))
        .bind(filter.newer_than.map(millis))
        .bind(filter.replays.map(i64::from))
}
