//! The limits that operators have set, and the circuits that are open.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{CircuitCommand, Limit, OpenCircuit, RateLimit};
use http::{Response, StatusCode};

use super::control::ACTIONS;
use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Lists limits and circuits of all endpoints.
pub(crate) async fn controls(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let refresh = visit.refresh()?;
    let controls = visit.store.controls().await?;
    let template = Page {
        frame: visit.frame("controls", "Limits and circuits").refreshed(refresh),
        limits: controls.limits.iter().map(LimitRow::new).collect(),
        circuits: controls.circuits.iter().map(CircuitRow::new).collect(),
        openings: controls.commands.iter().filter_map(OpeningRow::new).collect(),
        actions: ACTIONS.map(|(action, title, _)| (action, title)),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "controls.html")]
struct Page {
    frame: Frame,
    limits: Vec<LimitRow>,
    circuits: Vec<CircuitRow>,
    openings: Vec<OpeningRow>,
    actions: [(&'static str, &'static str); 4],
}

struct LimitRow {
    source: String,
    /// The query that selects the endpoint.
    query: String,
    limit: String,
    since: String,
    actor: String,
    reason: String,
}

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

/// An opening by an operator whose time is not over.
struct OpeningRow {
    source: String,
    query: String,
    left: String,
}

impl LimitRow {
    fn new(of: &Limit) -> Self {
        Self {
            source: text::cut(&of.source, 200),
            query: query([("source", of.source.clone())]),
            limit: limited(of.limit),
            since: text::second(of.since),
            actor: text::cut(&of.actor, 200),
            reason: text::cut(of.reason.as_deref().unwrap_or_default(), 400),
        }
    }
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

impl OpeningRow {
    fn new(of: &CircuitCommand) -> Option<Self> {
        let left = text::span(of.left?);
        Some(Self { source: text::cut(&of.source, 200), query: query([("source", of.source.clone())]), left })
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
