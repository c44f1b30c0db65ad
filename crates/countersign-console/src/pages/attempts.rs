//! Attempts of inline handlers.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{AttemptOutcome, FailureKind, InlineFilter, StoredInlineAttempt};
use http::{Response, StatusCode};

use super::rows::{Found, asked, page_fields};
use super::timeline::class;
use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Lists the attempts of inline handlers, the newest first.
pub(crate) async fn attempts(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let asked = asked(visit)?;
    let refresh = visit.refresh()?;
    let mut filter = InlineFilter::default();
    filter.source = visit.fields.untrimmed("source").map(str::to_owned);
    filter.has_failed = visit.fields.text("failed").is_some();
    let attempts = visit.store.inline_attempts(&filter, asked).await?;
    let Found { rows, next } = Found::new(attempts, asked, |of| of.id);
    let source = filter.source.unwrap_or_default();
    let failed = if filter.has_failed { "1" } else { "" };
    let filter = [("source", source.clone()), ("failed", failed.to_owned())];
    let still = filter.iter().cloned().chain(page_fields(visit));
    let template = Page {
        frame: visit.frame("attempts", "Inline attempts").refreshed(refresh),
        refreshing: query(still.clone().chain([("refresh", "5".to_owned())])),
        still: query(still),
        next: next.map(|fields| query(filter.iter().cloned().chain(fields))),
        rows: rows.iter().map(Row::new).collect(),
        is_failed: filter.iter().any(|(name, value)| *name == "failed" && !value.is_empty()),
        source,
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "attempts.html")]
struct Page {
    frame: Frame,
    source: String,
    is_failed: bool,
    refreshing: String,
    still: String,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    ended: String,
    took: String,
    source: String,
    provider: String,
    event_type: String,
    external_id: String,
    tenant: String,
    fence: String,
    outcome: AttemptOutcome,
    /// The class of the style sheet: the outcome says the same.
    class: &'static str,
    failure: &'static str,
    code: String,
    worker: String,
    error: String,
}

impl Row {
    fn new(of: &StoredInlineAttempt) -> Self {
        let attempt = &of.attempt;
        let short = |text: &Option<String>| text::cut(text.as_deref().unwrap_or_default(), 64);
        Self {
            ended: text::exact(of.ended_at),
            took: text::span(attempt.took),
            source: text::cut(&of.source, 64),
            provider: text::cut(&attempt.provider, 64),
            event_type: short(&attempt.event_type),
            external_id: short(&attempt.external_id),
            tenant: short(&attempt.tenant),
            fence: attempt.fence.map(|fence| fence.to_string()).unwrap_or_default(),
            outcome: attempt.outcome,
            class: class(attempt.outcome),
            failure: attempt.failure.map_or("", FailureKind::as_str),
            code: attempt.code.map(|code| code.to_string()).unwrap_or_default(),
            worker: text::cut(&attempt.worker, 64),
            error: text::cut(attempt.error.as_deref().unwrap_or_default(), 400),
        }
    }
}
