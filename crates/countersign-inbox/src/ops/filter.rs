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
    /// The pattern of the last error, as [`error_pattern`](crate::error_pattern) returns it and
    /// [`OpsStore::errors`](crate::OpsStore::errors) lists it. That of an error without text is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
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
    /// itself, and by its displayed form. A pattern without a part of the error gets one, by which an index finds its errors.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        if let (None, Some(pattern)) = (&self.error, &self.pattern) {
            self.error = word_of(pattern).map(str::to_owned);
        }
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

/// Returns a part of each error of a pattern: the longest word without `#`, which stands for numbers and ids. White space of an error may
/// be other than that of its pattern.
fn word_of(pattern: &str) -> Option<&str> {
    let words = pattern.split(|letter: char| letter == '#' || letter.is_whitespace());
    words.max_by_key(|word| word.len()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ops::error_pattern;

    fn of_pattern(pattern: &str) -> Filter {
        Filter { pattern: Some(pattern.to_owned()), ..Filter::default() }
    }

    #[test]
    fn a_part_of_the_error_that_is_given_stays() {
        let both = Filter { error: Some("503".to_owned()), ..of_pattern("billing said #") };
        assert_eq!(both.clone().bounded(), both);
        assert_eq!(of_pattern("billing said #").bounded().error.as_deref(), Some("billing"));
        assert_eq!(of_pattern("").bounded(), of_pattern(""));
    }

    proptest! {
        #[test]
        fn each_error_of_a_pattern_has_its_part(error in "([ \n\t]?[a-z#,:.é-]{0,9}[0-9]{0,2}){0,60}") {
            let part = of_pattern(&error_pattern(&error)).bounded().error;
            prop_assert!(part.is_none_or(|part| error.contains(&part)), "{:?}", error);
        }
    }
}
