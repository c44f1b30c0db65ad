//! The events of a confirmation, as the operator saw them.

use std::collections::BTreeMap;

use countersign_inbox::{EventId, Summary};

use crate::problem::Problem;
use crate::visit::Visit;

/// Events with their numbers of replays, in the order of the confirmation.
pub(super) struct Seen(Vec<(EventId, u32)>);

/// Returns events as a field of a form: `ID:REPLAYS ID:REPLAYS …`.
pub(super) fn seen(events: &[Summary]) -> String {
    events.iter().map(|of| format!("{}:{}", of.id, of.replays)).collect::<Vec<_>>().join(" ")
}

impl Seen {
    pub(super) fn new(events: &[Summary]) -> Self {
        Self(events.iter().map(|of| (of.id, of.replays)).collect())
    }

    /// Returns the last of them.
    pub(super) fn last(&self) -> Option<EventId> {
        self.0.iter().map(|(id, _)| *id).max()
    }

    /// Reads the field `of` of a form.
    pub(super) fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        let words = visit.fields.text("of").ok_or_else(Problem::stale_form)?.split(' ');
        let read = |word: &str| {
            let (id, replays) = word.split_once(':')?;
            Some((id.parse().ok()?, replays.parse().ok()?))
        };
        let form = "the number of an event with that of its replays";
        words
            .map(|word| read(word).ok_or_else(|| Problem::field("of", word, form)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(super) const fn is_single(&self) -> bool {
        self.0.len() == 1
    }

    /// Returns the first events, by their number of replays.
    pub(super) fn by_replays(&self, limit: usize) -> BTreeMap<u32, Vec<EventId>> {
        let mut groups = BTreeMap::<_, Vec<_>>::new();
        for (id, replays) in self.0.iter().take(limit) {
            groups.entry(*replays).or_default().push(*id);
        }
        groups
    }
}
