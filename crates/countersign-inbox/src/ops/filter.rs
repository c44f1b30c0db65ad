use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

use crate::event::{EventId, EventState};
use crate::key::bounded;

/// Which events. Everything that is set has to fit; nothing set is all of them.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Filter {
    /// One of these numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<EventId>,
    /// The name of the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Where they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<EventState>,
    /// The type, as the provider writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// A part of the last error; upper and lower case are one for ASCII letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Stored at least so long ago, by the clock of the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than: Option<Duration>,
    /// Stored at most so long ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_than: Option<Duration>,
}

impl Filter {
    /// These events.
    #[must_use]
    pub fn ids(ids: impl IntoIterator<Item = EventId>) -> Self {
        Self { ids: ids.into_iter().collect(), ..Self::default() }
    }

    /// Bounds the texts as [`NewEvent::bounded`](crate::NewEvent::bounded) does, for stores: a long id is found by itself, and
    /// by what a list shows of it.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for text in [&mut self.external_id, &mut self.event_type].into_iter().flatten() {
            if let Cow::Owned(shorter) = bounded(text) {
                *text = shorter;
            }
        }
        self
    }

    /// Whether nothing is set: bulk operations want to be told that all events are meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A part of a list, by the number after which it goes on, so that nothing is shown twice or left out when rows come
/// and go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The last number of the page before.
    pub after: Option<i64>,
    /// So many at most.
    pub limit: usize,
}

impl Page {
    /// The first so many.
    #[must_use]
    pub const fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }

    /// The next page, which begins behind this number.
    #[must_use]
    pub const fn after(self, last: i64) -> Self {
        Self { after: Some(last), limit: self.limit }
    }
}
