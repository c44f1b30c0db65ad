use std::time::Duration;

use countersign::UnixTime;

use super::rows::{Place, Row, Rows};
use crate::claim::{Fenced, Lease};
use crate::clock::{after, between};
use crate::event::EventId;
use crate::inbox::{ClaimDue, Finish, Leased};
use crate::ops::Attempt;

/// Why an event may be leased.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::conformance) enum Why {
    /// It is ready, and its time has come.
    Due,
    /// The lease on it has expired.
    Lost,
    /// It was asked for, or a wrong clock has put it far away.
    Astray,
}

impl Rows {
    pub(super) fn claim_due(&mut self, request: &ClaimDue, now: UnixTime) -> Vec<Leased> {
        let mut due = self.due(request, now);
        due.truncate(request.max);
        let lease = |(_, id, _)| {
            let row = self.events.get_mut(&id)?;
            self.last_fence += 1;
            row.fence = self.last_fence;
            row.attempt += 1;
            let until = after(now, request.ttl);
            row.place = Place::Running { worker: request.worker.clone(), until };
            let lease = Lease::new(row.event.key, row.fence, until);
            let age = between(row.since, now);
            Some(Leased::new(lease, row.attempt, row.replays, age, row.event.clone()))
        };
        due.into_iter().filter_map(lease).collect()
    }

    /// What may be leased, the oldest first.
    pub(super) fn due(&self, request: &ClaimDue, now: UnixTime) -> Vec<(UnixTime, EventId, Why)> {
        let may_be =
            |(id, row): (&EventId, &Row)| row.due(request, now).map(|(since, why)| (since, *id, why));
        let mut due: Vec<_> = self.events.iter().filter_map(may_be).collect();
        due.sort_unstable();
        due
    }

    pub(super) fn has_due(&self, source: &str, now: UnixTime) -> bool {
        !self.due(&ClaimDue::new(source, "", 1, Duration::ZERO), now).is_empty()
    }

    pub(super) fn extend(&mut self, lease: &Lease, ttl: Duration, now: UnixTime) -> Fenced<Lease> {
        let Some(row) = self.held(lease) else { return Fenced::Stale };
        let Place::Running { until, .. } = &mut row.place else { return Fenced::Stale };
        *until = after(now, ttl);
        Fenced::Ok(Lease::new(lease.key(), lease.fence(), *until))
    }

    pub(super) fn finish(&mut self, lease: &Lease, finish: &Finish, now: UnixTime) -> Fenced<()> {
        let Some(row) = self.held(lease) else { return Fenced::Stale };
        match (&row.place, finish) {
            (Place::Running { .. }, _) => row.end(finish, now),
            // The same finish once more.
            (Place::Done { .. }, Finish::Done) => {}
            _ => return Fenced::Stale,
        }
        Fenced::Ok(())
    }

    /// The event whose latest lease this is.
    fn held(&mut self, lease: &Lease) -> Option<&mut Row> {
        self.by_key(lease.key()).filter(|row| row.fence == lease.fence())
    }
}

impl Row {
    /// Since when, and why, it may be leased.
    fn due(&self, request: &ClaimDue, now: UnixTime) -> Option<(UnixTime, Why)> {
        let is_meant = request.only == Some(self.event.id);
        if self.event.source != request.source || (request.only.is_some() && !is_meant) {
            return None;
        }
        match self.place {
            Place::Running { until, .. } if until <= now => Some((until, Why::Lost)),
            Place::Ready if self.due_at <= now => Some((self.due_at, Why::Due)),
            Place::Ready if is_meant || self.due_at > after(now, request.horizon) => {
                Some((self.due_at, Why::Astray))
            }
            _ => None,
        }
    }

    fn end(&mut self, finish: &Finish, now: UnixTime) {
        match finish {
            Finish::Done => self.place = Place::Done { at: now },
            Finish::Skip { reason } => {
                self.place = Place::Done { at: now };
                self.note("skip", reason, now);
            }
            Finish::Retry { after: delay, error } => {
                (self.place, self.due_at) = (Place::Ready, after(now, *delay));
                self.note("retry", error, now);
            }
            Finish::Dead { error } => {
                self.place = Place::Dead { at: now };
                self.note("dead", error, now);
            }
            Finish::GiveBack => {
                // At its place in the queue.
                (self.place, self.due_at) = (Place::Ready, self.since);
                self.attempt -= 1;
            }
        }
    }

    fn note(&mut self, outcome: &str, error: &str, now: UnixTime) {
        self.error = Some(error.to_owned());
        self.attempts.push(Attempt {
            attempt: self.attempt,
            fence: self.fence,
            ended_at: now,
            outcome: outcome.to_owned(),
            error: error.to_owned(),
        });
    }
}
