use std::collections::HashSet;

use countersign_inbox::{Accepted, EventId, EventKey, EventState, NewEvent, UnsignedIds};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

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

/// The result of the statement for an event.
struct Outcome {
    /// The position, starting at 1.
    place: i64,
    /// Days since 1970, by the clock of the server.
    day: i32,
    stored: Option<i64>,
    known: Option<(i64, i16)>,
    same_body: bool,
    is_requeued: bool,
    requeued: Option<i64>,
    is_guarded: bool,
}

impl Outcome {
    fn of(row: &PgRow) -> Result<Self, Error> {
        Ok(Self {
            place: row.try_get(0)?,
            stored: row.try_get(1)?,
            known: row.try_get::<Option<i64>, _>(2)?.zip(row.try_get(3)?),
            same_body: row.try_get(4)?,
            is_requeued: row.try_get(5)?,
            requeued: row.try_get(6)?,
            is_guarded: row.try_get(7)?,
            day: row.try_get(8)?,
        })
    }

    /// Returns `None` if a concurrent transaction was faster and is not visible yet.
    fn accepted(&self, is_strict: bool) -> Result<Option<Accepted>, Error> {
        Ok(match (self.stored, self.known) {
            (Some(id), _) => Some(Accepted::New { id: EventId::new(id), is_suspect: self.is_guarded }),
            (None, Some(_)) if self.is_requeued => {
                self.requeued.map(|id| Accepted::Requeued { id: EventId::new(id) })
            }
            (None, Some((id, state))) => {
                let state = EventState::from_code(state)
                    .ok_or_else(|| Error::Decode("an event is in no known state".into()))?;
                Some(Accepted::Duplicate { id: EventId::new(id), state, same_body: self.same_body })
            }
            (None, None) => (is_strict && self.is_guarded).then_some(Accepted::Replayed),
        })
    }
}
