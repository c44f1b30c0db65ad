use std::collections::BTreeMap;
use std::time::Duration;

use countersign::UnixTime;

use countersign_inbox::{
    Attempt, AttemptNote, AttemptOutcome, AuditEntry, Digest, ErrorPattern, EventId, EventKey, EventState,
    Limit, OpenCircuit, Pause, StoredEvent, StoredInlineAttempt,
};

use super::statistics::Counted;

/// The stored data.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) events: BTreeMap<EventId, Row>,
    pub(super) audit: Vec<AuditEntry>,
    pub(super) errors: Vec<ErrorPattern>,
    /// By endpoint; some may be over.
    pub(super) pauses: BTreeMap<String, Pause>,
    /// By endpoint.
    pub(super) limits: BTreeMap<String, Limit>,
    /// By endpoint, with the time until which an opening holds.
    pub(super) commands: BTreeMap<String, (i64, Option<UnixTime>)>,
    /// By endpoint and worker, with the time of the trial.
    pub(super) circuits: BTreeMap<(String, String), (UnixTime, OpenCircuit)>,
    pub(super) statistics: Counted,
    pub(super) inline_attempts: Vec<StoredInlineAttempt>,
    /// The id of the last attempt in inline mode.
    pub(super) last_inline_attempt: i64,
    /// The id of the last stored event.
    pub(super) last_id: i64,
    /// The last fence of any event. No key sees a fence twice, even after deletions.
    pub(super) last_fence: u64,
}

/// An event.
pub(super) struct Row {
    pub(super) event: StoredEvent,
    pub(super) body_digest: Digest,
    pub(super) guard: Option<Digest>,
    pub(super) stored_at: UnixTime,
    /// The time at which it was stored or replayed.
    pub(super) since: UnixTime,
    /// The instance of the latest lease.
    pub(super) instance: u32,
    /// The isolation level, see [`Isolation`](crate::Isolation): 0 is none; each isolated attempt without an outcome
    /// adds to 1.
    pub(super) isolation: u32,
    /// Whether the handler of the latest lease had started, as far as is known.
    pub(super) is_started: bool,
    pub(super) attempt: u32,
    pub(super) replays: u32,
    /// The actor of the latest replay.
    pub(super) replayed_by: Option<String>,
    /// The response code of the latest attempt.
    pub(super) code: Option<u16>,
    pub(super) fence: u64,
    pub(super) due_at: UnixTime,
    pub(super) place: Place,
    pub(super) error: Option<String>,
    pub(super) attempts: Vec<Attempt>,
}

/// The state of an event.
#[derive(Clone)]
pub(super) enum Place {
    Ready,
    Running { worker: String, since: UnixTime, until: UnixTime },
    Done { at: UnixTime },
    Dead { at: UnixTime },
    Unverified,
}

impl Rows {
    pub(super) fn by_key(&mut self, key: EventKey) -> Option<&mut Row> {
        self.events.values_mut().find(|row| row.event.key == key)
    }

    /// Forgets up to 500 events that were finished longer ago than their retention.
    pub(super) fn sweep(&mut self, done: Duration, dead: Duration, now: UnixTime) -> u64 {
        let is_forgotten = |row: &Row| match row.place {
            Place::Done { at } => now.saturating_duration_since(at) > done,
            Place::Dead { at } => now.saturating_duration_since(at) > dead,
            Place::Ready | Place::Running { .. } | Place::Unverified => false,
        };
        let forgotten = self.events.iter().filter(|(_, row)| is_forgotten(row)).map(|(id, _)| *id);
        let forgotten: Vec<_> = forgotten.take(500).collect();
        forgotten.iter().for_each(|id| drop(self.events.remove(id)));
        self.statistics.sweep(now);
        self.inline_attempts.retain(|of| now.saturating_duration_since(of.ended_at) <= INLINE_ATTEMPTS);
        forgotten.len() as u64
    }

    /// Makes unverified events ready, and returns the source of each.
    pub(super) fn resume(&mut self, ids: &[EventId]) -> Vec<String> {
        let mut resumed = Vec::new();
        for id in ids {
            if let Some(row) = self.events.get_mut(id).filter(|row| matches!(row.place, Place::Unverified)) {
                // At its place in the queue.
                (row.place, row.due_at) = (Place::Ready, row.since);
                resumed.push(row.event.source.clone());
            }
        }
        resumed
    }

    pub(super) fn end_leases(&mut self, now: UnixTime) {
        let is_running = |row: &&Row| matches!(row.place, Place::Running { .. });
        let is_alone = self.events.values().filter(is_running).count() == 1;
        for row in self.events.values_mut() {
            if let Place::Running { until, .. } = row.place {
                row.lost(until.min(now));
                row.place = Place::Ready;
                // No other event ran at the same time.
                row.isolation = row.isolation.max(u32::from(is_alone && row.is_started));
                if row.isolation > 0 {
                    // Its pause begins.
                    row.due_at = now;
                } else if row.due_at > now {
                    row.due_at = row.since;
                }
                row.isolate();
                row.attempt -= u32::from(!row.is_started);
            }
        }
    }

    pub(super) fn write_down(&mut self, entry: AuditEntry) {
        self.audit.push(AuditEntry { id: self.audit.len() as i64 + 1, ..entry });
    }
}

impl Row {
    pub(super) const fn state(&self) -> EventState {
        match self.place {
            Place::Ready => EventState::Ready,
            Place::Running { .. } => EventState::Running,
            Place::Done { .. } => EventState::Done,
            Place::Dead { .. } => EventState::Dead,
            Place::Unverified => EventState::Unverified,
        }
    }

    /// Restarts the event from the first attempt, for an operator or a duplicate. The fence continues.
    pub(super) fn start_over(&mut self, by: &str, now: UnixTime) {
        self.place = Place::Ready;
        self.replayed_by = Some(by.to_owned());
        (self.due_at, self.since) = (now, now);
        (self.attempt, self.isolation) = (0, 0);
        self.replays += 1;
    }

    /// Adds the row of the running attempt.
    pub(super) fn record(
        &mut self,
        outcome: AttemptOutcome,
        error: Option<&str>,
        note: AttemptNote,
        at: UnixTime,
    ) {
        let Place::Running { worker, since, .. } = &self.place else { return };
        self.attempts.push(Attempt {
            attempt: self.attempt,
            fence: self.fence,
            started_at: Some(*since),
            ended_at: at,
            outcome,
            failure: note.failure,
            code: note.code,
            error: error.map(str::to_owned),
            worker: Some(worker.clone()),
            replayed_by: self.replayed_by.clone(),
        });
    }

    /// Adds the row of an attempt without an outcome.
    pub(super) fn lost(&mut self, at: UnixTime) {
        self.record(AttemptOutcome::Lost, None, AttemptNote::NONE, at);
    }

    /// Isolates the event after an attempt without an outcome. The first such attempt does not count as a crash, because
    /// other events may have caused it; nor does one that had not started.
    pub(super) fn isolate(&mut self) {
        self.isolation = (self.isolation + u32::from(self.is_started)).max(1);
    }
}

/// How long attempts in inline mode are kept.
const INLINE_ATTEMPTS: Duration = Duration::from_secs(7 * 24 * 3600);
