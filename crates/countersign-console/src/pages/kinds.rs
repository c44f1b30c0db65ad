//! The errors of the events of a change, by kind.

use std::collections::BTreeMap;

use countersign_inbox::{Summary, error_pattern};

use crate::text;

/// The most frequent kinds of errors, with the numbers of events.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Kinds {
    pub(super) first: Vec<(usize, String)>,
    /// The number of further kinds.
    pub(super) more: usize,
}

impl Kinds {
    /// Groups events by the pattern of their last error. Events without an error are not counted.
    pub(super) fn new(events: &[Summary]) -> Self {
        let mut counts = BTreeMap::<String, usize>::new();
        for error in events.iter().filter_map(|of| of.error.as_deref()) {
            *counts.entry(error_pattern(error)).or_default() += 1;
        }
        let mut kinds: Vec<_> = counts.into_iter().map(|(pattern, count)| (count, pattern)).collect();
        kinds.sort_by(|(one, of_one), (other, of_other)| other.cmp(one).then_with(|| of_one.cmp(of_other)));
        let more = kinds.len().saturating_sub(SHOWN);
        kinds.truncate(SHOWN);
        Self {
            first: kinds.into_iter().map(|(count, pattern)| (count, text::shown(&pattern))).collect(),
            more,
        }
    }
}

/// The number of kinds that fit a confirmation.
const SHOWN: usize = 5;
