use std::collections::HashSet;

use countersign_inbox::{Accepted, EventKey, NewEvent, UnsignedIds};
use sqlx::Error;
use sqlx::postgres::PgRow;

use super::outcome::Outcome;
use crate::inner::StoreInner;

/// A batch with the results so far.
pub(super) struct Passes {
    answers: Vec<Option<Accepted>>,
    /// Keys that are stored: repetitions of them do not conflict.
    stored: HashSet<EventKey>,
}

impl Passes {
    pub(super) fn new(count: usize) -> Self {
        Self { answers: vec![None; count], stored: HashSet::new() }
    }

    /// Returns the positions for the next statement: no key twice, unless it is stored.
    pub(super) fn choose(&self, events: &[NewEvent]) -> Vec<usize> {
        let mut seen = HashSet::with_capacity(events.len());
        let open = self.answers.iter().zip(events).enumerate().filter(|(_, (answer, _))| answer.is_none());
        open.filter(|(_, (_, event))| {
            let key = event.identity.key();
            self.stored.contains(&key) || seen.insert(key)
        })
        .map(|(place, _)| place)
        .collect()
    }

    /// Records a result of the statement. Returns whether it has written an event.
    pub(super) fn settle(
        &mut self,
        inner: &StoreInner,
        events: &[NewEvent],
        chosen: &[usize],
        row: &PgRow,
    ) -> Result<bool, Error> {
        let outcome = Outcome::of(row)?;
        let place = usize::try_from(outcome.place - 1).ok().and_then(|place| chosen.get(place)).copied();
        let Some((place, event)) = place.and_then(|place| Some((place, events.get(place)?))) else {
            return Err(Error::Decode("the server returned an unknown event index".into()));
        };
        let is_strict = event.identity.guard().is_some_and(|(_, policy)| policy == UnsignedIds::Reject);
        let accepted = outcome.accepted(is_strict)?;
        if matches!(
            accepted,
            Some(Accepted::New { .. } | Accepted::Duplicate { .. } | Accepted::Requeued { .. })
        ) {
            self.stored.insert(event.identity.key());
        }
        inner.partitions.note(outcome.day);
        if let Some(answer) = self.answers.get_mut(place) {
            *answer = accepted;
        }
        Ok(matches!(accepted, Some(Accepted::New { .. } | Accepted::Requeued { .. })))
    }

    pub(super) fn answers(self) -> Result<Vec<Accepted>, Error> {
        let answers: Option<Vec<_>> = self.answers.into_iter().collect();
        answers.ok_or_else(|| {
            Error::Protocol(
                "other transactions keep storing the same event: the limit of retries is reached".into(),
            )
        })
    }
}
