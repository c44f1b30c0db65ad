//! Values of the head that are in the query, or in one of several places.

use super::gather::{Found, Gathered, Slot};
use super::judge::Line;
use super::{Plan, Source};
use crate::target;
use crate::words::is_visible;

/// The values found for signature, timestamp, id and type, if any of them is not in a single header.
#[derive(Default)]
pub(super) struct Resolved {
    values: Vec<(Slot, Option<Vec<u8>>)>,
}

impl Resolved {
    #[cold]
    pub(super) fn new(plan: &Plan, gathered: &Gathered<'_>, line: Line<'_>) -> Self {
        let sources = [
            (Slot::Signature, Some(&plan.signature)),
            (Slot::Timestamp, plan.timestamp.as_ref()),
            (Slot::Id, plan.id.as_ref()),
            (Slot::EventType, plan.event_type.as_ref()),
        ];
        let values = sources.into_iter().filter_map(|(slot, source)| {
            // An id or a type that is no text is none.
            let fits = |value: &[u8]| !matches!(slot, Slot::Id | Slot::EventType) || is_visible(value);
            match resolve(source?.resolved_in_head()?, fits, plan, gathered, line) {
                Read::Nothing => None,
                Read::Several => Some((slot, None)),
                Read::One(value) => Some((slot, Some(value))),
            }
        });
        Self { values: values.collect() }
    }

    /// Adds the values to the headers that were found.
    pub(super) fn put<'r>(&'r self, gathered: &mut Gathered<'r>) {
        for (slot, value) in &self.values {
            match value {
                Some(value) => gathered.put(*slot, Found::One(value)),
                None => gathered.put(*slot, Found::Several),
            }
        }
    }
}

enum Read {
    Nothing,
    One(Vec<u8>),
    /// The value is there twice, with different contents.
    Several,
}

/// The first of the places that has a value.
fn resolve(
    places: &[Source],
    fits: impl Fn(&[u8]) -> bool,
    plan: &Plan,
    gathered: &Gathered<'_>,
    line: Line<'_>,
) -> Read {
    for place in places {
        match place {
            Source::Headers(names) => {
                for name in names {
                    match gathered.signed(plan, name) {
                        Found::Nothing | Found::One([]) => {}
                        Found::One(value) if fits(value) => return Read::One(value.to_vec()),
                        Found::One(_) => {}
                        Found::Several => return Read::Several,
                    }
                }
            }
            Source::Query(name) => {
                let Some(query) = line.path_and_query() else { continue };
                if target::is_ambiguous(query, name) {
                    return Read::Several;
                }
                match target::parameter(query, name) {
                    Some(value) if !value.is_empty() && fits(value.as_bytes()) => {
                        return Read::One(value.into_owned().into_bytes());
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    Read::Nothing
}
