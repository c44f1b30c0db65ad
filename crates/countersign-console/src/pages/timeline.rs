//! The history of an event.

use countersign::UnixTime;
use countersign_inbox::{Attempt, AttemptOutcome, AuditEntry, Detail, EventState};

use crate::text;

/// An entry of the history.
pub(super) struct Moment {
    at: UnixTime,
    pub(super) time: String,
    pub(super) what: String,
    /// The class of the style sheet: `good`, `bad`, `unsure` or `plain`.
    pub(super) class: &'static str,
    pub(super) more: String,
}

/// Returns receipt, attempts, and what operators did, the earliest first. `bulk` has changes of several events, among which
/// this one may have been.
pub(super) fn timeline(detail: &Detail, audit: &[AuditEntry], bulk: &[AuditEntry]) -> Vec<Moment> {
    let event = &detail.summary;
    let mut moments =
        vec![Moment::new(event.received_at, "received"), Moment::new(event.stored_at, "stored")];
    moments.extend(detail.attempts.iter().map(Moment::of_attempt));
    moments.extend(audit.iter().map(|entry| Moment::of_operator(entry, "")));
    let replays = |log: &[AuditEntry]| log.iter().filter(|entry| entry.action == REPLAY).count();
    // Each of them was one of this event if together they make its number of replays.
    let is_certain = replays(audit) + replays(bulk) == usize::try_from(event.replays).unwrap_or(usize::MAX);
    moments.extend(bulk.iter().map(|entry| {
        Moment::of_operator(entry, if is_certain && entry.action == REPLAY { "" } else { ", perhaps" })
    }));
    // Without a row of the attempt: an operator has discarded the event, or its row is not kept.
    let has_row = |at| detail.attempts.iter().any(|attempt| attempt.ended_at == at);
    if let (EventState::Done, Some(at)) = (event.state, event.finished_at)
        && !has_row(at)
    {
        moments.push(Moment { class: "good", ..Moment::new(at, "done") });
    }
    moments.extend(event.due_at.map(|due| Moment::new(due, "due")));
    // The time of receipt is by another clock, and stays first. A stable sort keeps the order of entries of one time.
    if let Some(later) = moments.get_mut(2..) {
        later.sort_by_key(|of| of.at);
    }
    moments
}

impl Moment {
    fn new(at: UnixTime, what: impl Into<String>) -> Self {
        Self { at, time: text::exact(at), what: what.into(), class: "plain", more: String::new() }
    }

    fn of_attempt(attempt: &Attempt) -> Self {
        let what = format!("attempt {}: {}", attempt.attempt, attempt.outcome);
        Self { class: class(attempt.outcome), more: facts(attempt), ..Self::new(attempt.ended_at, what) }
    }

    fn of_operator(entry: &AuditEntry, maybe: &str) -> Self {
        let detail = entry.detail.as_deref().map(|detail| format!(": {}", text::cut(detail, 2000)));
        let of = if entry.count > 1 { format!(", of {} events", entry.count) } else { String::new() };
        let more = format!("by {}{of}{}", text::cut(&entry.actor, 200), detail.unwrap_or_default());
        Self { more, ..Self::new(entry.at, format!("{}{maybe}", text::cut(&entry.action, 32))) }
    }
}

/// Returns the class of the style sheet for an outcome.
pub(super) const fn class(outcome: AttemptOutcome) -> &'static str {
    match outcome {
        AttemptOutcome::Done | AttemptOutcome::Skip => "good",
        AttemptOutcome::Dead => "bad",
        _ => "unsure",
    }
}

/// Returns the error of an attempt with its class, the response code, the duration and the worker.
fn facts(attempt: &Attempt) -> String {
    let known = [
        attempt.failure.map(|failure| failure.to_string()),
        attempt.code.map(|code| format!("response {code}")),
        attempt.duration().map(|duration| format!("took {}", text::span(duration))),
        attempt.worker.as_deref().map(|worker| format!("worker {}", text::cut(worker, 200))),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    let known = if known.is_empty() { String::new() } else { format!("({})", known.join(", ")) };
    let parts = [text::cut(attempt.error.as_deref().unwrap_or_default(), 4000), known];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

const REPLAY: &str = "replay";
