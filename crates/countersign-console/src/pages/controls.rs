//! The limits that operators have set, and the circuits that are open.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{CircuitCommand, Limit};
use http::{Response, StatusCode};

use super::circuits::{CircuitRow, limited};
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

impl OpeningRow {
    fn new(of: &CircuitCommand) -> Option<Self> {
        let left = text::span(of.left?);
        Some(Self { source: text::cut(&of.source, 200), query: query([("source", of.source.clone())]), left })
    }
}
