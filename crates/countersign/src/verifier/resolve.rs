//! Resolves values of the head that are in the query, or in one of several places.

use std::borrow::Cow;

use super::check_head::RequestLine;
use crate::compiled::{CompiledScheme, HeaderValues, Occurrence, Slot, Source};
use crate::swar::is_visible;
use crate::url;

/// The values found for signature, timestamp, id and type, if any of them is not in a single header.
pub(super) struct Resolved<'h> {
    values: [Read<'h>; 4],
}

/// The places of the values.
const SLOTS: [Slot; 4] = [Slot::Signature, Slot::Timestamp, Slot::Id, Slot::EventType];

impl<'h> Resolved<'h> {
    #[cold]
    pub(super) fn new(
        compiled: &CompiledScheme,
        header_values: &HeaderValues<'h>,
        request_line: RequestLine<'h>,
    ) -> Self {
        let values = SLOTS.map(|slot| {
            let source = match slot {
                Slot::Signature => Some(&compiled.signature),
                Slot::Timestamp => compiled.timestamp.as_ref(),
                Slot::Id => compiled.id.as_ref(),
                _ => compiled.event_type.as_ref(),
            };
            // An id or a type that is not visible ASCII counts as absent.
            let fits = |value: &[u8]| !matches!(slot, Slot::Id | Slot::EventType) || is_visible(value);
            let places = source.and_then(Source::resolved_in_head);
            places
                .map_or(Read::Nothing, |places| resolve(places, fits, compiled, header_values, request_line))
        });
        Self { values }
    }

    /// Adds the values to the collected headers.
    pub(super) fn put<'r>(&'r self, header_values: &mut HeaderValues<'r>) {
        for (slot, value) in SLOTS.into_iter().zip(&self.values) {
            match value {
                Read::Nothing => {}
                Read::One(value) => header_values.put(slot, Occurrence::One(value)),
                Read::Several => header_values.put(slot, Occurrence::Several),
            }
        }
    }
}

enum Read<'h> {
    Nothing,
    One(Cow<'h, [u8]>),
    /// The value occurs twice, with different contents.
    Several,
}

/// Returns the first of the places that has a value.
fn resolve<'h>(
    places: &[Source],
    fits: impl Fn(&[u8]) -> bool,
    compiled: &CompiledScheme,
    header_values: &HeaderValues<'h>,
    request_line: RequestLine<'h>,
) -> Read<'h> {
    for place in places {
        match place {
            Source::Headers(names) => {
                for name in names {
                    match header_values.signed(&compiled.headers, name) {
                        Occurrence::Nothing | Occurrence::One([]) => {}
                        Occurrence::One(value) if fits(value) => return Read::One(Cow::Borrowed(value)),
                        Occurrence::One(_) => {}
                        Occurrence::Several => return Read::Several,
                    }
                }
            }
            Source::Query(name) => {
                let Some(query) = request_line.path_and_query() else { continue };
                if url::is_ambiguous(query, name) {
                    return Read::Several;
                }
                match url::parameter(query, name) {
                    Some(value) if !value.is_empty() && fits(value.as_bytes()) => {
                        return Read::One(match value {
                            Cow::Borrowed(value) => Cow::Borrowed(value.as_bytes()),
                            Cow::Owned(value) => Cow::Owned(value.into_bytes()),
                        });
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    Read::Nothing
}
