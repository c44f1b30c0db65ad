use countersign::UnixTime;

use super::{Attempt, AuditEntry, Detail};
use crate::event::EventState;

/// An entry of the [history](Detail::history) of an event.
#[derive(Clone, Copy, Debug)]
pub struct HistoryEntry<'h> {
    /// The time.
    pub at: UnixTime,
    /// The action.
    pub action: HistoryAction<'h>,
}

/// The action of an entry of the [history](Detail::history) of an event.
#[derive(Clone, Copy, Debug)]
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

impl Detail {
    /// Returns what happened to the event: its receipt and its storing first, then the attempts and the changes by operators, the
    /// earliest first, and at the end when it was done without a row of an attempt, or when it is due. `audit` has the entries of
    /// the audit log for this event, `bulk` those for several events, among which this one may have been.
    #[must_use]
    pub fn history<'h>(&'h self, audit: &'h [AuditEntry], bulk: &'h [AuditEntry]) -> Vec<HistoryEntry<'h>> {
        let event = &self.summary;
        let entry = |at, action| HistoryEntry { at, action };
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
}

/// The action of a replay in the audit log.
const REPLAY: &str = "replay";
