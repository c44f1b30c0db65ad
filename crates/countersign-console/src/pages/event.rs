//! An event: what is known about it, its history, and its request.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, Detail, EventId, EventState, Filter, Page, Reveal, Summary};
use http::{Response, StatusCode};

use super::explained::Explained;
use super::request::{BodyView, HeadView, Shown};
use super::rows::EventRow;
use super::timeline::{Moment, timeline};
use super::typed::{Field, fields};
use crate::fields::query;
use crate::policy::Role;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Shows an event, without values of headers and without the body.
pub(crate) async fn event(visit: &Visit<'_>, id: EventId) -> Result<Response<Bytes>, Problem> {
    let detail = visit.store.show(id).await?.ok_or_else(|| missing(id))?;
    show(visit, &detail, Shown::Names).await
}

/// Shows an event with its request, after an entry of the audit log.
pub(crate) async fn reveal(visit: &Visit<'_>, id: EventId) -> Result<Response<Bytes>, Problem> {
    let is_everything = visit.fields.text("credentials").is_some();
    visit.expect(if is_everything { Role::Operator } else { Role::Viewer })?;
    visit.expect_token()?;
    let mut reveal = Reveal::new(id, visit.operator.name());
    reveal.credentials = is_everything;
    reveal.reason = visit.reason()?;
    let detail = visit.store.reveal(&reveal).await?.ok_or_else(|| missing(id))?;
    show(visit, &detail, if is_everything { Shown::Everything } else { Shown::Values }).await
}

async fn show(visit: &Visit<'_>, detail: &Detail, shown: Shown) -> Result<Response<Bytes>, Problem> {
    let of = &detail.summary;
    let refresh = visit.refresh()?;
    let log = visit.store.audit(Some(of.id), Page::first(ENTRIES)).await?;
    let everything = visit.store.audit(None, Page::first(LATEST)).await?;
    let unsearched = [(&log, ENTRIES), (&everything, LATEST)]
        .into_iter()
        .filter_map(|(entries, limit)| detail.unsearched_before(entries, limit));
    let unsearched = unsearched.max().map(text::second);
    let bulk: Vec<_> = everything.into_iter().filter(|entry| entry.may_include(of)).collect();
    let role = visit.operator.role();
    let others = others(visit, of).await?;
    let template = Event {
        frame: visit.frame("events", format!("Event {}", of.id)).refreshed(refresh),
        id: of.id.get(),
        state: of.state,
        facts: facts(detail),
        changes: changes(detail),
        explained: Explained::of_event(detail),
        moments: timeline(detail, &log, &bulk),
        earlier_attempts: detail.earlier_attempts,
        unsearched,
        fields: fields(detail, shown),
        others: others.iter().map(EventRow::new).collect(),
        other: others.first().map(|of| of.id.to_string()).unwrap_or_default(),
        head: detail.head.as_ref().map(|head| HeadView::new(head, &of.provider, shown)),
        body: BodyView::new(detail, shown),
        is_revealed: shown != Shown::Names,
        may_reveal: role >= Role::Viewer,
        may_reveal_credentials: role >= Role::Operator,
        token: visit.token(),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "event.html")]
struct Event {
    frame: Frame,
    id: i64,
    state: EventState,
    facts: Vec<(&'static str, String)>,
    changes: Vec<(Action, String)>,
    /// The reason for which it waits as unverified.
    explained: Option<Explained>,
    moments: Vec<Moment>,
    /// The number of attempts that are not shown.
    earlier_attempts: u64,
    /// The time before which changes are not searched, if there may be some.
    unsearched: Option<String>,
    fields: Vec<Field>,
    /// Other events with the same id of the provider.
    others: Vec<EventRow>,
    /// The number of the event to compare with.
    other: String,
    head: Option<HeadView>,
    body: Option<BodyView>,
    is_revealed: bool,
    may_reveal: bool,
    may_reveal_credentials: bool,
    token: String,
}

fn facts(detail: &Detail) -> Vec<(&'static str, String)> {
    let of = &detail.summary;
    let long = |text: &Option<String>| text.as_deref().map(|text| text::cut(text, 4000));
    let facts = [
        ("Endpoint", Some(text::shown(&of.source))),
        ("Provider", Some(text::shown(&of.provider))),
        ("Tenant", long(&of.tenant)),
        ("Type", long(&of.event_type)),
        ("Provider's id", long(&of.external_id)),
        ("Ordering key", long(&detail.ordering_key)),
        ("Waits for", detail.waits_for.map(|id| format!("event {id}"))),
        ("Error", long(&of.error)),
        ("Response code", of.code.map(|code| code.to_string())),
        ("Attempt", Some(of.attempt.to_string())),
        ("Replays", Some(of.replays.to_string())),
        ("Fence", Some(detail.fence.to_string())),
        ("Worker", long(&detail.worker)),
        ("Received", Some(text::exact(of.received_at))),
        ("Stored", Some(text::exact(of.stored_at))),
        ("Due", of.due_at.map(text::exact)),
        ("Finished", of.finished_at.map(text::exact)),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Returns the actions that apply to the event, with their queries. Each names the state, so that a change meanwhile is not
/// undone by mistake.
fn changes(detail: &Detail) -> Vec<(Action, String)> {
    let of = &detail.summary;
    let fits = |action: &Action| {
        action.states().contains(&of.state) && (*action != Action::Replay || detail.body.is_some())
    };
    let change = |action: Action| {
        let fields =
            [("ids", of.id.to_string()), ("state", of.state.to_string()), ("action", action.to_string())];
        (action, query(fields))
    };
    [Action::Replay, Action::Discard, Action::Purge].into_iter().filter(fits).map(change).collect()
}

/// Returns other events with the same id of the provider: those of other subscriptions, and deliveries that were new once more. A
/// repeated delivery of an event that is not a dead letter is not stored.
async fn others(visit: &Visit<'_>, of: &Summary) -> Result<Vec<Summary>, Problem> {
    let Some(external_id) = &of.external_id else { return Ok(Vec::new()) };
    let mut filter = Filter::default();
    filter.external_id = Some(external_id.clone());
    // Those of other providers with the same id are among them.
    let mut events = visit.store.list(&filter, Page::first(MOST_READ)).await?.events;
    events.retain(|other| other.id != of.id && other.provider == of.provider);
    events.truncate(OTHERS);
    Ok(events)
}

fn missing(id: EventId) -> Problem {
    Problem::not_found(format!(
        "There is no event {id}: it was purged, its retention is over, or it never was."
    ))
}

/// The largest number of displayed audit entries of an event.
const ENTRIES: usize = 100;
/// The number of entries of the whole log that are searched for changes of many events.
const LATEST: usize = 1000;
/// The number of displayed events with the same id.
const OTHERS: usize = 10;
/// The number of events that are read to find them.
const MOST_READ: usize = 500;
