use super::Summary;

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
