//! The history of an event.

use countersign::UnixTime;
use countersign_inbox::{Attempt, AttemptOutcome, AuditEntry, Detail, HistoryAction, HistoryEntry};

use crate::text;

/// An entry of the history.
pub(super) struct Moment {
    pub(super) time: String,
    pub(super) what: String,
    /// The class of the style sheet: `good`, `bad`, `unsure` or `plain`.
    pub(super) class: &'static str,
    /// Texts, each of which has a direction of its own.
    pub(super) more: Vec<String>,
}

/// Returns receipt, attempts, and what operators did, the earliest first. `bulk` has changes of several events, among which
/// this one may have been.
pub(super) fn timeline(detail: &Detail, audit: &[AuditEntry], bulk: &[AuditEntry]) -> Vec<Moment> {
    let moment = |HistoryEntry { at, action, .. }: HistoryEntry<'_>| match action {
        HistoryAction::Received => Moment::new(at, "received"),
        HistoryAction::Stored => Moment::new(at, "stored"),
        HistoryAction::Attempt(attempt) => Moment::of_attempt(attempt),
        HistoryAction::Operator { entry, is_certain } => {
            Moment::of_operator(entry, if is_certain { "" } else { ", perhaps" })
        }
        HistoryAction::Done => Moment { class: "good", ..Moment::new(at, "done") },
        HistoryAction::Due => Moment::new(at, "due"),
        _ => Moment::new(at, "other"),
    };
    detail.history(audit, bulk).into_iter().map(moment).collect()
}

impl Moment {
    fn new(at: UnixTime, what: impl Into<String>) -> Self {
        Self { time: text::exact(at), what: what.into(), class: "plain", more: Vec::new() }
    }

    fn of_attempt(attempt: &Attempt) -> Self {
        let what = format!("attempt {}: {}", attempt.attempt, attempt.outcome);
        Self { class: class(attempt.outcome), more: facts(attempt), ..Self::new(attempt.ended_at, what) }
    }

    fn of_operator(entry: &AuditEntry, maybe: &str) -> Self {
        let of = if entry.count > 1 { format!(", of {} events", entry.count) } else { String::new() };
        let of = if entry.detail.is_some() { format!("{of}: ") } else { of };
        let detail = entry.detail.as_ref().map(|_| text::shown(&entry.detail_text()));
        let by = ["by ".to_owned(), text::cut(&entry.actor, 200), of];
        let more = by.into_iter().chain(detail).collect();
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
fn facts(attempt: &Attempt) -> Vec<String> {
    let known = [
        attempt.failure.map(|failure| failure.to_string()),
        attempt.code.map(|code| format!("response {code}")),
        attempt.duration().map(|duration| format!("took {}", text::span(duration))),
        attempt.worker.as_deref().map(|worker| format!("worker {}", text::cut(worker, 200))),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    vec![text::cut(attempt.error.as_deref().unwrap_or_default(), 4000), known]
}
