use std::time::Duration;

use countersign::UnixTime;

use super::rows::{Place, Row, Rows};
use crate::claim::{Fenced, Lease};
use crate::clock::{after, between};
use crate::inbox::{ClaimDue, Finish, Leased};
use crate::ops::Attempt;

impl Rows {
    pub(super) fn claim_due(&mut self, request: &ClaimDue, now: UnixTime) -> Vec<Leased> {
        let due = |row: &Row| row.due_since(request, now);
        let mut due: Vec<_> =
            self.events.iter().filter_map(|(id, row)| due(row).map(|since| (since, *id))).collect();
        due.sort_unstable();
        due.truncate(request.max);
        let lease = |(_, id)| {
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
    /// Since when it is due, if it is.
    fn due_since(&self, request: &ClaimDue, now: UnixTime) -> Option<UnixTime> {
        let is_meant = request.only == Some(self.event.id);
        if self.event.source != request.source || (request.only.is_some() && !is_meant) {
            return None;
        }
        match self.place {
            Place::Ready { due_at } => {
                let is_due = due_at <= now || due_at > after(now, request.horizon);
                (is_due || is_meant).then_some(due_at)
            }
            Place::Running { until, .. } => (until <= now).then_some(until),
            Place::Done { .. } | Place::Dead { .. } => None,
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
                self.place = Place::Ready { due_at: after(now, *delay) };
                self.note("retry", error, now);
            }
            Finish::Dead { error } => {
                self.place = Place::Dead { at: now };
                self.note("dead", error, now);
            }
            Finish::GiveBack => {
                self.place = Place::Ready { due_at: now };
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
