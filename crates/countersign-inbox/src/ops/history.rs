use countersign::UnixTime;

use super::{Attempt, AuditEntry, Detail};
use crate::event::EventState;

/// An entry of the [history](Detail::history) of an event.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HistoryEntry<'h> {
    /// The time.
    pub at: UnixTime,
    /// The action.
    pub action: HistoryAction<'h>,
}

/// The action of an entry of the [history](Detail::history) of an event.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum HistoryAction<'h> {
    /// The request arrived, by the clock of the process that received it.
    Received,
    /// The event was stored.
    Stored,
    /// An attempt ended.
    Attempt(&'h Attempt),
    /// An operator changed the event.
    Operator {
        /// The entry of the audit log.
        entry: &'h AuditEntry,
        /// This event is among those of the entry. Otherwise it may be.
        is_certain: bool,
    },
    /// The event was done without a row of the attempt: an operator has discarded it, or its row is not kept.
    Done,
    /// The event is due.
    Due,
}

impl<'h> HistoryEntry<'h> {
    /// Creates an entry.
    #[must_use]
    pub const fn new(at: UnixTime, action: HistoryAction<'h>) -> Self {
        Self { at, action }
    }
}

impl Detail {
    /// Returns what happened to the event: its receipt and its storing first, then the attempts and the changes by operators, the
    /// earliest first, and at the end when it was done without a row of an attempt, or when it is due. `audit` has the entries of
    /// the audit log for this event, `bulk` those for several events, among which this one may have been.
    #[must_use]
    pub fn history<'h>(&'h self, audit: &'h [AuditEntry], bulk: &'h [AuditEntry]) -> Vec<HistoryEntry<'h>> {
        let event = &self.summary;
        let entry = HistoryEntry::new;
        let by_operator =
            |of: &'h AuditEntry, is_certain| entry(of.at, HistoryAction::Operator { entry: of, is_certain });
        let mut history = vec![
            entry(event.received_at, HistoryAction::Received),
            entry(event.stored_at, HistoryAction::Stored),
        ];
        history.extend(self.attempts.iter().map(|of| entry(of.ended_at, HistoryAction::Attempt(of))));
        history.extend(audit.iter().map(|of| by_operator(of, true)));
        let replays = |log: &[AuditEntry]| log.iter().filter(|of| of.action == REPLAY).count();
        // Each of them was one of this event if together they make its number of replays.
        let is_complete =
            replays(audit) + replays(bulk) == usize::try_from(event.replays).unwrap_or(usize::MAX);
        history.extend(bulk.iter().map(|of| by_operator(of, is_complete && of.action == REPLAY)));
        let has_row = |at| self.attempts.iter().any(|attempt| attempt.ended_at == at);
        if let (EventState::Done, Some(at)) = (event.state, event.finished_at)
            && !has_row(at)
        {
            history.push(entry(at, HistoryAction::Done));
        }
        history.extend(event.due_at.map(|due| entry(due, HistoryAction::Due)));
        // The time of receipt is by another clock, and stays first. A stable sort keeps the order of entries of one time.
        if let Some(later) = history.get_mut(2..) {
            later.sort_by_key(|of| of.at);
        }
        history
    }

    /// Returns the time before which the [history](Self::history) may lack changes by operators, because no more than `limit` entries of
    /// the audit log were read, the newest first. `None` if they reach back to the storing of the event, or if the log has no others.
    #[must_use]
    pub fn unsearched_before(&self, entries: &[AuditEntry], limit: usize) -> Option<UnixTime> {
        let oldest = entries.last().filter(|_| entries.len() >= limit)?.at;
        Some(oldest).filter(|at| *at >= self.summary.stored_at)
    }
}

/// The action of a replay in the audit log.
const REPLAY: &str = "replay";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventId;
    use crate::ops::Summary;

    #[test]
    fn a_replay_of_several_events_is_certain_only_if_their_number_is_that_of_the_event() {
        let at = UnixTime::from_secs;
        let of_bulk = |at| AuditEntry { count: 3, ..entry(at, REPLAY, None) };
        let own = [entry(at(4), REPLAY, Some(EventId::new(7)))];
        for (name, replays, bulk, expected) in [
            (
                "one of two",
                2,
                vec![of_bulk(at(3)), of_bulk(at(5))],
                [(3, false), (4, true), (5, false)].as_slice(),
            ),
            ("both", 3, vec![of_bulk(at(3)), of_bulk(at(5))], &[(3, true), (4, true), (5, true)]),
            ("both, and one that is no longer kept", 4, vec![of_bulk(at(3))], &[(3, false), (4, true)]),
            ("a discard", 1, vec![entry(at(6), "discard", None)], &[(4, true), (6, false)]),
        ] {
            let detail = detail(replays);
            let history = detail.history(&own, &bulk);
            let changes = history.iter().filter_map(|of| match of.action {
                HistoryAction::Operator { is_certain, .. } => Some((of.at.as_secs(), is_certain)),
                _ => None,
            });
            assert_eq!(changes.collect::<Vec<_>>(), expected, "{name}");
        }
    }

    #[test]
    fn a_log_that_is_read_in_part_lacks_what_is_older_than_its_last_entry() {
        let at = UnixTime::from_secs;
        let log = |times: &[i64]| times.iter().map(|of| entry(at(*of), REPLAY, None)).collect::<Vec<_>>();
        for (times, before) in [(&[9, 5][..], Some(5)), (&[9, 2], Some(2)), (&[9, 1], None), (&[9], None)] {
            assert_eq!(detail(0).unsearched_before(&log(times), 2), before.map(at), "{times:?}");
        }
        assert_eq!(detail(0).unsearched_before(&[], 2), None);
    }

    fn entry(at: UnixTime, action: &str, event: Option<EventId>) -> AuditEntry {
        let (id, actor, detail) = (1, "anna".to_owned(), None);
        AuditEntry { id, at, actor, action: action.to_owned(), event, count: 1, detail }
    }

    /// An event that was received at 1, stored at 2, and is due at 9.
    fn detail(replays: u32) -> Detail {
        let summary = Summary {
            id: EventId::new(7),
            source: "orders".to_owned(),
            tenant: None,
            provider: "preflix".to_owned(),
            external_id: None,
            event_type: None,
            state: EventState::Ready,
            attempt: 0,
            replays,
            received_at: UnixTime::from_secs(1),
            stored_at: UnixTime::from_secs(2),
            queued_at: UnixTime::from_secs(2),
            due_at: Some(UnixTime::from_secs(9)),
            finished_at: None,
            code: None,
            error: None,
        };
        Detail {
            summary,
            ordering_key: None,
            waits_for: None,
            fence: 0,
            worker: None,
            head: None,
            body: None,
            attempts: Vec::new(),
            earlier_attempts: 0,
        }
    }
}
