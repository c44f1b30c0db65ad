use super::Summary;

/// A page of a list, defined by the id after which it starts, so that no row is repeated or skipped when rows are
/// added or removed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The last id of the previous page.
    pub after: Option<i64>,
    /// The largest number of rows.
    pub limit: usize,
    /// The largest number of events that a store looks at, so that a filter without a match takes no longer than others. The default
    /// is [`MOST_READ`](Self::MOST_READ). A [`Listing`](crate::Listing) says where the search goes on.
    pub most_read: usize,
}

impl Page {
    /// 20,000 events: some tens of milliseconds.
    pub const MOST_READ: usize = 20_000;

    /// Creates the first page.
    #[must_use]
    pub const fn first(limit: usize) -> Self {
        Self { after: None, limit, most_read: Self::MOST_READ }
    }

    /// Returns the next page, which starts after this id.
    #[must_use]
    pub const fn after(self, last: i64) -> Self {
        Self { after: Some(last), ..self }
    }
}

/// Events that a store has found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Listing {
    /// The events, the newest first.
    pub events: Vec<Summary>,
    /// The id after which the next page starts, if the store has looked at as many events as [`Page`](crate::Page) allows and the page is
    /// not full. Events after it may fit the filter, too.
    pub goes_on_after: Option<i64>,
}

/// A number of events.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Counted {
    /// The number: at least as many events fit the filter.
    pub number: u64,
    /// Whether no other event fits: the store has looked at all that may.
    pub is_all: bool,
}
