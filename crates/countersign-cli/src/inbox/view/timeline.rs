use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{Attempt, AttemptOutcome, AuditEntry, Detail, EventState};

use crate::output::{BAD, Cell, DIM, GOOD, Table, UNSURE, instant, printable};

/// The history of an event, for people, the earliest entry first.
pub(in crate::inbox) struct Timeline {
    moments: Vec<(UnixTime, [Cell; 2])>,
}

impl Timeline {
    pub(in crate::inbox) fn new(detail: &Detail, audit: &[AuditEntry], bulk: &[AuditEntry]) -> Self {
        let event = &detail.summary;
        let mut timeline = Self { moments: Vec::new() };
        timeline.push(event.received_at, Cell::new("received"), String::new());
        timeline.push(event.stored_at, Cell::new("stored"), String::new());
        for attempt in &detail.attempts {
            let style = match attempt.outcome {
                AttemptOutcome::Done | AttemptOutcome::Skip => GOOD,
                AttemptOutcome::Dead => BAD,
                _ => UNSURE,
            };
            let what = format!("attempt {}: {}", attempt.attempt, attempt.outcome);
            timeline.push(attempt.ended_at, Cell::new(what).in_style(style), facts(attempt));
        }
        for entry in audit {
            let detail = entry.detail.as_deref().map(|detail| format!(": {}", printable(detail)));
            let by = format!("by {}{}", printable(&entry.actor), detail.unwrap_or_default());
            timeline.push(entry.at, Cell::new(printable(&entry.action)), by);
        }
        let replays = |log: &[AuditEntry]| log.iter().filter(|entry| entry.action == REPLAY).count();
        // Each of them was one of this event if together they make its number of replays.
        let is_certain =
            replays(audit) + replays(bulk) == usize::try_from(event.replays).unwrap_or(usize::MAX);
        for entry in bulk {
            let AuditEntry { actor, action, count, .. } = entry;
            let maybe = if is_certain && action == REPLAY { "" } else { ", perhaps" };
            let detail = entry.detail.as_deref().map(|detail| format!(": {}", printable(detail)));
            let by = format!("by {}, of {count} events{}", printable(actor), detail.unwrap_or_default());
            timeline.push(entry.at, Cell::new(format!("{}{maybe}", printable(action))), by);
        }
        // Without a row of the attempt: an operator has discarded the event, or its row is not kept.
        let has_row = |at| detail.attempts.iter().any(|attempt| attempt.ended_at == at);
        if let (EventState::Done, Some(at)) = (event.state, event.finished_at)
            && !has_row(at)
        {
            timeline.push(at, Cell::new("done").in_style(GOOD), String::new());
        }
        if let Some(due) = event.due_at {
            timeline.push(due, Cell::new("due").in_style(DIM), String::new());
        }
        // The time of receipt is by another clock, and stays first. A stable sort keeps the order of entries of one time.
        if let Some(later) = timeline.moments.get_mut(2..) {
            later.sort_by_key(|(at, _)| *at);
        }
        timeline
    }

    fn push(&mut self, at: UnixTime, what: Cell, more: String) {
        self.moments.push((at, [what, Cell::new(more)]));
    }

    pub(in crate::inbox) fn into_table(self) -> Table<3> {
        let mut table = Table::new(["TIMELINE", "", ""]);
        for (at, [what, more]) in self.moments {
            table.push([Cell::new(instant(at)), what, more]);
        }
        table
    }
}

/// Returns the error of an attempt with the response code, the duration and the worker.
fn facts(attempt: &Attempt) -> String {
    let known = [
        attempt.code.map(|code| format!("response {code}")),
        attempt.duration().map(|duration| format!("took {}", humantime::format_duration(whole(duration)))),
        attempt.worker.as_deref().map(|worker| format!("worker {}", printable(worker))),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    let known = if known.is_empty() { String::new() } else { format!("({})", known.join(", ")) };
    let parts = [printable(attempt.error.as_deref().unwrap_or_default()), known];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Cuts a duration to milliseconds.
fn whole(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

const REPLAY: &str = "replay";
