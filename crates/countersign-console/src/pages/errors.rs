//! Kinds of errors.

use std::collections::HashSet;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, ErrorPattern, EventId, FailureKind};
use http::{Response, StatusCode};

use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};
use crate::yield_now::yield_now;

/// Lists the kinds of failed attempts, the latest first.
pub(crate) async fn errors(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let source = visit.fields.untrimmed("source");
    let limit = limit(visit)?;
    let mut patterns = visit.store.errors(source, limit + 1).await?;
    let has_more = patterns.len() > limit;
    patterns.truncate(limit);
    // A filter can select a type, but not the events without one: those of a kind without a type are selected by the error alone, unless
    // events with a type have the same error.
    let typed: HashSet<_> =
        patterns.iter().filter(|of| of.event_type.is_some()).map(|of| (&of.source, &of.pattern)).collect();
    let is_selectable = |of: &ErrorPattern| {
        of.event_type.is_some() || !has_more && !typed.contains(&(&of.source, &of.pattern))
    };
    let frame = visit.frame("errors", "Errors");
    let (mut rows, mut has_unselectable) = (String::new(), false);
    for (nth, part) in patterns.chunks(PART).enumerate() {
        if nth > 0 {
            yield_now().await;
        }
        let part: Vec<_> = part.iter().map(|of| Row::new(of, is_selectable(of))).collect();
        has_unselectable |= part.iter().any(|of| of.events.is_none());
        rows.push_str(&Rows { frame: &frame, rows: &part }.render().unwrap_or_default());
    }
    let more = limit.saturating_mul(MORE).min(MOST);
    let source = source.unwrap_or_default().to_owned();
    let template = Errors {
        frame,
        has_unselectable,
        more: (has_more && more > limit)
            .then(|| query([("source", source.clone()), ("limit", more.to_string())])),
        has_more,
        source,
        rows,
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "errors.html")]
struct Errors {
    frame: Frame,
    source: String,
    /// As [`Rows`] renders them.
    rows: String,
    has_more: bool,
    /// The query of a longer list, if there are more kinds and the list may be longer.
    more: Option<String>,
    /// Whether there is a kind without the query for its events.
    has_unselectable: bool,
}

/// A part of the rows: a long list is rendered in parts, between which deliveries run.
#[derive(Template)]
#[template(path = "errors_rows.html")]
struct Rows<'r> {
    frame: &'r Frame,
    rows: &'r [Row],
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
    /// The query for events with such an error, if a filter can select them.
    events: Option<String>,
    /// The query of the confirmation that replays their dead letters. An inline attempt has none.
    replay: Option<String>,
}

impl Row {
    fn new(of: &ErrorPattern, is_selectable: bool) -> Self {
        let fields = [("source", of.source.clone()), ("type", of.event_type.clone().unwrap_or_default())];
        // It may be empty: that of an error without text.
        let pattern = query([("pattern", of.pattern.clone())]);
        let pattern = if pattern.is_empty() { "pattern=".to_owned() } else { pattern };
        let events = is_selectable.then(|| format!("{}&{pattern}", query(fields)));
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
            replay: events
                .as_ref()
                .filter(|_| of.example.is_some())
                .map(|events| format!("{events}&action={}", Action::Replay)),
            events,
        }
    }
}

/// Reads the largest number of kinds, with the same bounds as the command.
fn limit(visit: &Visit<'_>) -> Result<usize, Problem> {
    let limit = visit.fields.parsed::<usize>("limit", "a number of kinds")?.unwrap_or(KINDS);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::field("limit", &limit.to_string(), &format!("a number of kinds from 1 to {MOST}")))
}

/// More kinds than people read.
const KINDS: usize = 200;
/// The number of rows that are rendered at once.
const PART: usize = 200;
/// The number of times by which the next list is longer.
const MORE: usize = 5;
/// The longest list.
const MOST: usize = 10_000;
