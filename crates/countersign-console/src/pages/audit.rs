//! The audit log.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{AuditEntry, EventId};
use http::Response;

use super::rows::{Found, asked};
use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, form};

/// Lists the changes by operators, and what they have revealed, the latest first.
pub(crate) async fn audit(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let asked = asked(visit)?;
    let (event, problem) = match visit.fields.parsed::<EventId>("event", "the number of an event") {
        Ok(event) => (event, None),
        Err(problem) => (None, Some(problem)),
    };
    let entries = match problem {
        None => visit.store.audit(event, asked).await?,
        Some(_) => Vec::new(),
    };
    let Found { rows: entries, next } = Found::new(entries, asked, |of| of.id);
    let event = event.map_or_else(|| visit.typed("event"), |event| event.to_string());
    let template = Audit {
        frame: visit.frame("audit", "Audit log").refusing(problem.as_ref()),
        next: next.map(|fields| query([("event", event.clone())].into_iter().chain(fields))),
        rows: entries.iter().map(Row::new).collect(),
        event,
    };
    Ok(form(problem.as_ref(), &template))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    frame: Frame,
    event: String,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    at: String,
    actor: String,
    action: String,
    event: Option<i64>,
    count: u64,
    detail: String,
}

impl Row {
    fn new(of: &AuditEntry) -> Self {
        Self {
            at: text::second(of.at),
            actor: text::cut(&of.actor, 200),
            action: text::cut(&of.action, 32),
            event: of.event.map(EventId::get),
            count: of.count,
            detail: text::shown(&of.detail_text()),
        }
    }
}
