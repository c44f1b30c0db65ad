use countersign_inbox::{Accepted, EventId, EventState};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

/// The result of the statement for an event.
pub(super) struct Outcome {
    /// The position, starting at 1.
    pub(super) place: i64,
    /// Days since 1970, by the clock of the server.
    pub(super) day: i32,
    stored: Option<i64>,
    known: Option<(i64, i16)>,
    same_body: bool,
    is_requeued: bool,
    requeued: Option<i64>,
    is_guarded: bool,
}

impl Outcome {
    pub(super) fn of(row: &PgRow) -> Result<Self, Error> {
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
    pub(super) fn accepted(&self, is_strict: bool) -> Result<Option<Accepted>, Error> {
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
