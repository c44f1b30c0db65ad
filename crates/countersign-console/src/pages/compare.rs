//! The bodies of two events, compared.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Detail, EventId, Filter, Reveal};
use http::{Response, StatusCode};

use super::request::{CONFIDENTIAL, Shown, revealed};
use crate::diff::{BodyDiff, DiffLine};
use crate::policy::Role;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, form, page};

/// Asks for the event to compare with.
pub(crate) async fn choose(visit: &Visit<'_>, id: EventId) -> Result<Response<Bytes>, Problem> {
    visit.expect(Role::Viewer)?;
    expect(visit, &[id]).await?;
    Ok(choice(visit, id, None))
}

/// Shows the form, once more if something is wrong with it.
fn choice(visit: &Visit<'_>, id: EventId, problem: Option<&Problem>) -> Response<Bytes> {
    let template = Choice {
        frame: visit.frame("events", format!("Compare event {id}")).refusing(problem),
        id: id.get(),
        with: visit.typed("with"),
        reason: visit.typed("reason"),
        may_reveal_credentials: visit.operator.role() >= Role::Operator,
        token: visit.token(),
    };
    form(problem, &template)
}

/// Shows the difference between the bodies of two events, after an entry of the audit log for each of them.
pub(crate) async fn compare(visit: &Visit<'_>, id: EventId) -> Result<Response<Bytes>, Problem> {
    let is_everything = visit.fields.text("credentials").is_some();
    visit.expect(if is_everything { Role::Operator } else { Role::Viewer })?;
    visit.expect_token()?;
    let (other, reason) = match chosen(visit, id) {
        Ok(chosen) => chosen,
        Err(problem) => return Ok(choice(visit, id, Some(&problem))),
    };
    // Nothing is written into the log if one of them is not there.
    expect(visit, &[id, other]).await?;
    let mut details = Vec::new();
    for of in [id, other] {
        details.push(visit.store.show(of).await?.ok_or_else(|| missing(of))?);
    }
    let shown = if is_everything { Shown::Everything } else { Shown::Values };
    let bodies: Result<Vec<_>, _> = details.iter().map(|of| body(of, shown)).collect();
    if bodies.is_ok() {
        // Nor if nothing is shown, because a body is no longer kept, not text, or for other roles.
        for of in [id, other] {
            let mut reveal = Reveal::new(of, visit.operator.name());
            reveal.credentials = is_everything;
            reveal.reason.clone_from(&reason);
            let _ = visit.store.reveal(&reveal).await?.ok_or_else(|| missing(of))?;
        }
    }
    let (diff, problem) = match bodies.as_deref() {
        Ok([first, second]) => (BodyDiff::between(first, second), String::new()),
        Ok(_) => (None, String::new()),
        Err(problem) => (None, problem.clone()),
    };
    let template = Page {
        frame: visit.frame("events", format!("Events {id} and {other}")),
        events: details.iter().map(Row::new).collect(),
        lines: diff.iter().flat_map(|diff| &diff.lines).map(Line::new).collect(),
        note: diff.map(|diff| diff.note).unwrap_or_default(),
        problem,
    };
    Ok(page(StatusCode::OK, &template))
}

/// Reads the other event and the reason of a form.
fn chosen(visit: &Visit<'_>, id: EventId) -> Result<(EventId, Option<String>), Problem> {
    let other = visit.fields.parsed::<EventId>("with", "the number of an event")?;
    let other = other.ok_or_else(|| Problem::invalid("with: name the event to compare with."))?;
    if other == id {
        return Err(Problem::invalid(format!("with: event {id} is the same event.")));
    }
    Ok((other, visit.reason()?))
}

#[derive(Template)]
#[template(path = "choose.html")]
struct Choice {
    frame: Frame,
    id: i64,
    with: String,
    reason: String,
    may_reveal_credentials: bool,
    token: String,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct Page {
    frame: Frame,
    events: Vec<Row>,
    lines: Vec<Line>,
    note: String,
    problem: String,
}

/// A line of the difference.
struct Line {
    sign: &'static str,
    /// The class of the style sheet: the sign says the same.
    class: &'static str,
    text: String,
}

impl Line {
    fn new(of: &DiffLine) -> Self {
        let class = match of {
            DiffLine::Removed(_) => "bad",
            DiffLine::Added(_) => "good",
            _ => "plain",
        };
        Self { sign: of.sign(), class, text: text::block(of.text()) }
    }
}

struct Row {
    id: i64,
    source: String,
    external_id: String,
    event_type: String,
    received: String,
    size: String,
}

impl Row {
    fn new(detail: &Detail) -> Self {
        let of = &detail.summary;
        let short = |text: &Option<String>| text::cut(text.as_deref().unwrap_or_default(), 400);
        Self {
            id: of.id.get(),
            source: text::cut(&of.source, 200),
            external_id: short(&of.external_id),
            event_type: short(&of.event_type),
            received: text::exact(of.received_at),
            size: detail.body.as_ref().map(|body| text::size(body.len())).unwrap_or_default(),
        }
    }
}

/// Returns a body that is text, or why there is none.
fn body(detail: &Detail, shown: Shown) -> Result<&Bytes, String> {
    let id = detail.summary.id;
    match (&detail.body, revealed(detail, shown)) {
        (None, _) => Err(format!("event {id}: the request is no longer kept")),
        (Some(_), None) => Err(format!("event {id}: {CONFIDENTIAL}")),
        (Some(_), Some(body)) if std::str::from_utf8(body).is_ok() => Ok(body),
        (Some(_), Some(_)) => Err(format!("event {id}: the body is not text")),
    }
}

/// Checks that events are there, without reading their requests and attempts.
async fn expect(visit: &Visit<'_>, ids: &[EventId]) -> Result<(), Problem> {
    let found = visit
        .store
        .list(&Filter::ids(ids.iter().copied()), countersign_inbox::Page::first(ids.len()))
        .await?
        .events;
    let missing_one = ids.iter().find(|id| !found.iter().any(|of| of.id == **id));
    missing_one.map_or(Ok(()), |id| Err(missing(*id)))
}

fn missing(id: EventId) -> Problem {
    Problem::not_found(format!("There is no event {id}."))
}
