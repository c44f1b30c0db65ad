use std::time::Duration;

use countersign_inbox::{Attempt, AttemptOutcome, AuditEntry, Detail, HistoryAction, HistoryEntry};

use crate::output::{BAD, Cell, DIM, GOOD, Table, UNSURE, instant, printable};

/// Returns the history of an event, for people, the earliest entry first.
pub(in crate::inbox) fn timeline(detail: &Detail, audit: &[AuditEntry], bulk: &[AuditEntry]) -> Table<3> {
    let mut table = Table::new(["TIMELINE", "", ""]);
    for HistoryEntry { at, action, .. } in detail.history(audit, bulk) {
        let (what, more) = match action {
            HistoryAction::Received => (Cell::new("received"), String::new()),
            HistoryAction::Stored => (Cell::new("stored"), String::new()),
            HistoryAction::Attempt(attempt) => {
                let style = match attempt.outcome {
                    AttemptOutcome::Done | AttemptOutcome::Skip => GOOD,
                    AttemptOutcome::Dead => BAD,
                    _ => UNSURE,
                };
                let what = format!("attempt {}: {}", attempt.attempt, attempt.outcome);
                (Cell::new(what).in_style(style), facts(attempt))
            }
            HistoryAction::Operator { entry, is_certain } => {
                let maybe = if is_certain { "" } else { ", perhaps" };
                (Cell::new(format!("{}{maybe}", printable(&entry.action))), by(entry))
            }
            HistoryAction::Done => (Cell::new("done").in_style(GOOD), String::new()),
            HistoryAction::Due => (Cell::new("due").in_style(DIM), String::new()),
            _ => (Cell::new("other").in_style(DIM), String::new()),
        };
        table.push([Cell::new(instant(at)), what, Cell::new(more)]);
    }
    table
}

/// Returns who made a change, and of how many events.
fn by(entry: &AuditEntry) -> String {
    let AuditEntry { actor, event, count, detail, .. } = entry;
    let of = if event.is_none() { format!(", of {count} events") } else { String::new() };
    let detail = detail.as_ref().map(|_| format!(": {}", printable(&entry.detail_text())));
    format!("by {}{of}{}", printable(actor), detail.unwrap_or_default())
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
