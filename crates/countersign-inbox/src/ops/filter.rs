use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

use crate::event::{EventId, EventState};
use crate::key::bounded;

/// A selection of events. All set fields must match; an empty filter selects all events.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Filter {
    /// One of these ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<EventId>,
    /// The name of the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<EventState>,
    /// The event type, as the provider writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// A part of the last error. ASCII letters match in either case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Stored at least this long ago, by the clock of the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than: Option<Duration>,
    /// Stored at most this long ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_than: Option<Duration>,
    /// Replayed this many times. A replay changes the number: a change of events with the number that an operator has seen is
    /// made once, however often it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replays: Option<u32>,
}

impl Filter {
    /// Creates a filter for these events.
    #[must_use]
    pub fn ids(ids: impl IntoIterator<Item = EventId>) -> Self {
        Self { ids: ids.into_iter().collect(), ..Self::default() }
    }

    /// Bounds the texts like [`NewEvent::bounded`](crate::NewEvent::bounded). For stores: a long id is found by
    /// itself, and by its displayed form.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for text in [&mut self.external_id, &mut self.event_type].into_iter().flatten() {
            if let Cow::Owned(shorter) = bounded(text) {
                *text = shorter;
            }
        }
        self
    }

    /// Returns whether no field is set: bulk operations require explicit confirmation for all events.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
