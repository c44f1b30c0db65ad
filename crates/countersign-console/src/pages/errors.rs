//! Kinds of errors.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, ErrorPattern, EventId, FailureKind};
use http::{Response, StatusCode};

use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Lists the kinds of failed attempts, the latest first.
pub(crate) async fn errors(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let source = visit.fields.untrimmed("source");
    let patterns = visit.store.errors(source, MOST + 1).await?;
    let template = Errors {
        frame: visit.frame("errors", "Errors"),
        source: source.unwrap_or_default().to_owned(),
        has_more: patterns.len() > MOST,
        rows: patterns.iter().take(MOST).map(Row::new).collect(),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "errors.html")]
struct Errors {
    frame: Frame,
    source: String,
    rows: Vec<Row>,
    has_more: bool,
}

struct Row {
    count: u64,
    first: String,
    last: String,
    source: String,
    event_type: String,
    failure: &'static str,
    pattern: String,
    example: Option<i64>,
    /// The query of inline attempts, one of which is the latest failure.
    inline: String,
    /// The query for events with such an error.
    events: String,
    /// The query of the confirmation that replays their dead letters.
    replay: String,
}

impl Row {
    fn new(of: &ErrorPattern) -> Self {
        let fields = [("source", of.source.clone()), ("type", of.event_type.clone().unwrap_or_default())];
        // It may be empty: that of an error without text.
        let pattern = query([("pattern", of.pattern.clone())]);
        let pattern = if pattern.is_empty() { "pattern=".to_owned() } else { pattern };
        let events = format!("{}&{pattern}", query(fields));
        Self {
            count: of.count,
            first: text::second(of.first_at),
            last: text::second(of.last_at),
            source: text::cut(&of.source, 64),
            event_type: text::cut(of.event_type.as_deref().unwrap_or_default(), 64),
            failure: of.failure.map_or("", FailureKind::as_str),
            pattern: text::shown(&of.pattern),
            example: of.example.map(EventId::get),
            inline: query([("source", of.source.clone()), ("failed", "1".to_owned())]),
            replay: format!("{events}&action={}", Action::Replay),
            events,
        }
    }
}

/// More kinds than people read.
const MOST: usize = 200;
