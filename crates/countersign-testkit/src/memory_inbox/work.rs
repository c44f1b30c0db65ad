use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    AttemptNote, AttemptOutcome, ClaimDue, ErrorPattern, EventId, EventState, Fenced, Finish, Isolation,
    Lease, Leased, error_pattern,
};

use super::rows::{Place, Row, Rows};

/// The reason for which an event may be leased.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Why {
    /// It is ready and due.
    Due,
    /// Its lease has expired.
    Lost,
    /// It was requested by its id, or a wrong clock has scheduled it too late.
    Astray,
    /// It is isolated, and its pause is over.
    Isolated,
}

impl Rows {
    pub(super) fn claim_due(&mut self, request: &ClaimDue, now: UnixTime) -> Vec<Leased> {
        let mut claimable = self.claimable(request, now);
        let is_alone = request.isolation == Isolation::Alone
            && claimable.iter().any(|(_, _, why)| *why == Why::Isolated);
        claimable.truncate(request.max.min(if is_alone { 1 } else { usize::MAX }));
        let mut bytes = 0_usize;
        claimable.retain(|(_, id, _)| {
            let is_below = bytes < request.max_bytes || bytes == 0;
            let size =
                self.events.get(id).map_or(0, |row| row.event.head.to_bytes().len() + row.event.body.len());
            bytes = bytes.saturating_add(size);
            is_below
        });
        let lease = |(_, id, _)| {
            let row = self.events.get_mut(&id)?;
            self.last_fence += 1;
            let is_lost = matches!(row.place, Place::Running { .. });
            if let Place::Running { until, .. } = row.place {
                row.lost(until);
            }
            row.fence = self.last_fence;
            let is_suspect = is_lost || row.isolation > u32::from(request.is_exclusive);
            let is_own = row.instance == request.instance;
            if is_lost && !is_own {
                row.isolate();
            } else if request.is_exclusive {
                row.isolation = row.isolation.max(1);
            }
            let has_crashed = is_own && row.is_started;
            row.attempt += u32::from(!is_lost || row.is_started);
            (row.is_started, row.instance) = (!is_suspect, request.instance);
            let until = now.saturating_add(request.ttl);
            row.place = Place::Running { worker: request.worker.clone(), since: now, until };
            let lease = Lease::new(row.event.key, row.fence, until);
            let age = now.saturating_duration_since(row.since);
            let leased = Leased::new(lease, row.attempt, row.replays, age, row.event.clone());
            let leased = leased.with_isolation(row.isolation);
            Some(if is_lost { leased.taken_over(has_crashed) } else { leased })
        };
        claimable.into_iter().filter_map(lease).collect()
    }

    /// Returns the events that may be leased, the oldest first; none while the endpoint is paused.
    pub(super) fn claimable(&self, request: &ClaimDue, now: UnixTime) -> Vec<(UnixTime, EventId, Why)> {
        if self.is_paused(&request.source, now) {
            return Vec::new();
        }
        let may_be = |(id, row): (&EventId, &Row)| {
            let (since, why) = row.claimable(request, now)?;
            self.waits_for(row).is_none().then_some((since, *id, why))
        };
        let mut claimable: Vec<_> = self.events.iter().filter_map(may_be).collect();
        claimable.sort_unstable();
        if request.only.is_some() || request.isolation == Isolation::Mixed {
            return claimable;
        }
        let (isolated, others): (Vec<_>, Vec<_>) =
            claimable.into_iter().partition(|(_, _, why)| *why == Why::Isolated);
        if request.isolation == Isolation::Alone && !isolated.is_empty() { isolated } else { others }
    }

    /// Returns the event with the ordering key of a ready one that comes first: one that is running, even if its lease has expired,
    /// or the earliest one that is not handled.
    pub(super) fn waits_for(&self, row: &Row) -> Option<EventId> {
        let (source, key) = (&row.event.source, row.event.ordering_key.as_ref()?);
        if row.state() != EventState::Ready {
            return None;
        }
        let is_of_key =
            |other: &&Row| other.event.source == *source && other.event.ordering_key.as_ref() == Some(key);
        let mut running = self.events.values().filter(is_of_key);
        let mut earlier = self.events.range(..row.event.id).map(|(_, other)| other).filter(is_of_key);
        let running = running.find(|other| other.state() == EventState::Running);
        let is_owed = |other: &&Row| matches!(other.state(), EventState::Ready | EventState::Unverified);
        running.or_else(|| earlier.find(is_owed)).map(|other| other.event.id)
    }

    pub(super) fn has_due(&self, source: &str, now: UnixTime) -> bool {
        !self.claimable(&ClaimDue::new(source, "", 1, Duration::ZERO), now).is_empty()
    }

    pub(super) fn extend(&mut self, lease: &Lease, ttl: Duration, now: UnixTime) -> Fenced<Option<Lease>> {
        let Some(row) = self.held(lease) else { return Fenced::Stale };
        let Place::Running { until, .. } = &mut row.place else { return Fenced::Stale };
        row.is_started = true;
        *until = now.saturating_add(ttl);
        Fenced::Ok(Some(Lease::new(lease.key(), lease.fence(), *until)))
    }

    pub(super) fn finish(
        &mut self,
        lease: &Lease,
        finish: &Finish,
        note: AttemptNote,
        now: UnixTime,
    ) -> Fenced<()> {
        let Some(row) = self.held(lease) else { return Fenced::Stale };
        match (&row.place, finish) {
            (Place::Running { .. }, _) => {
                row.end(finish, note, now);
                let (event, failure) = (&row.event, note.failure);
                if let Finish::Retry { error, .. }
                | Finish::Keep { error, .. }
                | Finish::Dead { error }
                | Finish::Unverified { error } = finish
                {
                    let pattern = ErrorPattern {
                        source: event.source.clone(),
                        event_type: event.event_type.clone(),
                        failure,
                        pattern: error_pattern(error),
                        count: 1,
                        first_at: now,
                        last_at: now,
                        example: Some(event.id),
                    };
                    self.count_error(pattern);
                }
            }
            // The same finish again.
            (Place::Done { .. }, Finish::Done) => {}
            _ => return Fenced::Stale,
        }
        Fenced::Ok(())
    }

    /// Counts a failed attempt.
    pub(super) fn count_error(&mut self, new: ErrorPattern) {
        let is_same = |known: &&mut ErrorPattern| {
            (&known.source, &known.event_type, known.failure, &known.pattern)
                == (&new.source, &new.event_type, new.failure, &new.pattern)
        };
        match self.errors.iter_mut().find(is_same) {
            Some(known) => {
                known.count += 1;
                known.last_at = known.last_at.max(new.last_at);
                known.example = new.example;
            }
            None => self.errors.push(new),
        }
    }

    /// Takes the failed attempts at a purged event off the counts.
    pub(super) fn uncount_errors(&mut self, row: &Row) {
        for attempt in row.attempts.iter().filter(|attempt| attempt.outcome.is_failure()) {
            let pattern = error_pattern(attempt.error.as_deref().unwrap_or_default());
            let is_same = |known: &&mut ErrorPattern| {
                (&known.source, &known.event_type, known.failure, &known.pattern)
                    == (&row.event.source, &row.event.event_type, attempt.failure, &pattern)
            };
            if let Some(known) = self.errors.iter_mut().find(is_same) {
                known.count -= 1;
            }
            self.errors.retain(|known| known.count > 0);
        }
    }

    /// Returns the event with this latest lease.
    fn held(&mut self, lease: &Lease) -> Option<&mut Row> {
        self.by_key(lease.key()).filter(|row| row.fence == lease.fence())
    }
}

impl Row {
    /// Returns whether a claim would isolate it.
    const fn is_isolated(&self, by: u32) -> bool {
        self.isolation > 0 || matches!(self.place, Place::Running { .. }) && self.instance != by
    }

    /// Returns the time since which it may be leased, and the reason.
    fn claimable(&self, request: &ClaimDue, now: UnixTime) -> Option<(UnixTime, Why)> {
        let is_meant = request.only == Some(self.event.id);
        if self.event.source != request.source || (request.only.is_some() && !is_meant) {
            return None;
        }
        if self.is_isolated(request.instance) {
            return self.claimable_alone(request, now).map(|since| (since, Why::Isolated));
        }
        match self.place {
            Place::Running { until, .. } if until <= now => Some((until, Why::Lost)),
            Place::Ready if self.due_at <= now => Some((self.due_at, Why::Due)),
            Place::Ready if is_meant || self.due_at > now.saturating_add(request.horizon) => {
                Some((self.due_at, Why::Astray))
            }
            _ => None,
        }
    }

    /// Returns the time since which it may be leased, if it is isolated.
    fn claimable_alone(&self, request: &ClaimDue, now: UnixTime) -> Option<UnixTime> {
        let is_meant = request.only == Some(self.event.id);
        let is_over = |since: UnixTime, least| {
            let is_paused = self.isolation >= least && !is_meant;
            if is_paused { since.saturating_add(request.isolated_pause) <= now } else { since <= now }
        };
        match self.place {
            Place::Running { until, .. } => is_over(until, 1).then_some(until),
            // A later due time comes from a clock that was wrong.
            Place::Ready => (is_over(self.due_at, 2) || self.due_at > now || is_meant).then_some(self.due_at),
            _ => None,
        }
    }

    #[allow(clippy::panic, reason = "a test must not pass by what the model does not know")]
    fn end(&mut self, finish: &Finish, note: AttemptNote, now: UnixTime) {
        let (outcome, error) = match finish {
            Finish::Done => (AttemptOutcome::Done, None),
            Finish::Skip { reason } => (AttemptOutcome::Skip, Some(reason)),
            Finish::Retry { error, .. } => (AttemptOutcome::Retry, Some(error)),
            Finish::Keep { error, .. } => (AttemptOutcome::Keep, Some(error)),
            Finish::Dead { error } => (AttemptOutcome::Dead, Some(error)),
            Finish::GiveBack => (AttemptOutcome::GiveBack, None),
            Finish::Unverified { error } => (AttemptOutcome::Unverified, Some(error)),
            other => panic!("the model does not know {other:?}"),
        };
        if !outcome.is_success() || !note.is_unrecorded {
            self.record(outcome, error.map(String::as_str), note, now);
        }
        self.error = error.cloned().or(self.error.take());
        self.code = note.code;
        if !matches!(finish, Finish::GiveBack | Finish::Unverified { .. }) {
            self.isolation = 0;
        }
        match outcome {
            AttemptOutcome::Done | AttemptOutcome::Skip => self.place = Place::Done { at: now },
            AttemptOutcome::Dead => self.place = Place::Dead { at: now },
            AttemptOutcome::Unverified => {
                self.place = Place::Unverified;
                self.attempt -= 1;
            }
            AttemptOutcome::GiveBack => {
                // At its place in the queue.
                (self.place, self.due_at) = (Place::Ready, self.since);
                self.attempt -= 1;
            }
            _ => {
                self.place = Place::Ready;
                if let Finish::Retry { after, .. } | Finish::Keep { after, .. } = finish {
                    self.due_at = now.saturating_add(*after);
                }
                if outcome == AttemptOutcome::Keep {
                    self.since = self.due_at;
                    self.attempt -= 1;
                }
            }
        }
    }
}
