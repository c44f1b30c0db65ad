//! Limits and circuits, as people read them.

use countersign_inbox::{OpenCircuit, RateLimit};

use crate::fields::query;
use crate::text;

/// A circuit as its worker has reported it.
pub(super) struct CircuitRow {
    pub(super) source: String,
    pub(super) query: String,
    pub(super) worker: String,
    pub(super) state: &'static str,
    pub(super) left: String,
    pub(super) failures: String,
    pub(super) seen: String,
}

impl CircuitRow {
    pub(super) fn new(of: &OpenCircuit) -> Self {
        let report = &of.report;
        Self {
            source: text::cut(&report.source, 200),
            query: query([("source", report.source.clone())]),
            worker: text::cut(&of.worker, 200),
            state: state(of),
            left: text::span(report.left),
            failures: text::cut(report.pattern.as_deref().unwrap_or("opened by an operator"), 400),
            seen: text::second(of.seen_at),
        }
    }
}

/// Returns a limit for people, such as `100 attempts per 1m`.
pub(super) fn limited(limit: RateLimit) -> String {
    format!("{} attempts per {}", limit.attempts(), text::span(limit.per()))
}

/// Returns the state of a circuit that is not closed.
pub(super) const fn state(of: &OpenCircuit) -> &'static str {
    if of.report.is_half_open { HALF_OPEN } else { OPEN }
}

pub(super) const OPEN: &str = "open";
pub(super) const HALF_OPEN: &str = "half open";
