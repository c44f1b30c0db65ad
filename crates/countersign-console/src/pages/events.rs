//! Lists of events.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, EventState};
use http::Response;

use super::rows::{EventRow, Found, page_fields};
use super::selected::listed;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::visit::{self, Frame, Visit};

/// Lists the events that a filter selects, the newest first.
pub(crate) async fn events(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    list(visit, "events", |form| form).await
}

/// Lists dead letters.
pub(crate) async fn dead_letters(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    list(visit, "dead", |form| form.in_state(EventState::Dead)).await
}

async fn list(
    visit: &Visit<'_>,
    section: &'static str,
    narrowed: impl FnOnce(FilterForm) -> FilterForm,
) -> Result<Response<Bytes>, Problem> {
    let refresh = visit.refresh()?;
    let (form, problem) = match FilterForm::read(&visit.fields) {
        Ok(form) => (narrowed(form), None),
        Err(problem) => (FilterForm::typed(&visit.fields), Some(problem)),
    };
    let Found { rows: events, next } = match problem {
        None => listed(visit, &form).await?,
        Some(_) => Found { rows: Vec::new(), next: None },
    };
    let is_dead = section == "dead";
    let changes = [Action::Replay, Action::Discard, Action::Purge];
    let fits = |action: &Action| form.filter().state.is_none_or(|state| action.states().contains(&state));
    let chosen = form.clone().or_everything();
    let changes = changes
        .into_iter()
        .filter(fits)
        .map(|action| Bulk { action, query: chosen.query([("action", action.to_string())]) });
    let template = Events {
        frame: visit
            .frame(section, if is_dead { "Dead letters" } else { "Events" })
            .refreshed(refresh)
            .refusing(problem.as_ref()),
        is_filtered: form.fields().len() > usize::from(is_dead),
        refreshing: form.query(page_fields(visit).into_iter().chain([("refresh", "5".to_owned())])),
        still: form.query(page_fields(visit)),
        next: next.map(|fields| form.query(fields)),
        changes: changes.collect(),
        is_everything: form.is_empty(),
        states: EventState::ALL.map(EventState::as_str),
        rows: events.iter().map(EventRow::new).collect(),
        has_unverified: events.iter().any(|event| event.state == EventState::Unverified),
        is_dead,
        pattern: form.pattern().map(crate::text::shown),
        form,
    };
    Ok(visit::form(problem.as_ref(), &template))
}

#[derive(Template)]
#[template(path = "events.html")]
struct Events {
    frame: Frame,
    form: FilterForm,
    /// The kind of error, for people.
    pattern: Option<String>,
    states: [&'static str; 5],
    is_dead: bool,
    is_filtered: bool,
    refreshing: String,
    still: String,
    rows: Vec<EventRow>,
    next: Option<String>,
    /// The changes of all events that the filter selects.
    changes: Vec<Bulk>,
    /// Whether these are all events.
    is_everything: bool,
    has_unverified: bool,
}

struct Bulk {
    action: Action,
    query: String,
}
