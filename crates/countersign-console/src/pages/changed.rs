//! The result of a change.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, Change, EventId};
use http::{Response, StatusCode};

use super::plan::action;
use crate::fields::query;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Returns the address of the result, relative to that of the change. A seal shows that this console has made it.
pub(super) fn location(visit: &Visit<'_>, action: Action, form: &FilterForm, ids: &[EventId]) -> String {
    if let ([id], true) = (ids, action != Action::Purge) {
        return format!("events/{id}");
    }
    let first: Vec<_> = ids.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    let query = form.query([
        ("action", action.to_string()),
        ("count", ids.len().to_string()),
        ("done", first.join(" ")),
        ("last", ids.last().map(ToString::to_string).unwrap_or_default()),
    ]);
    let seal = visit.seal.sign(&[PURPOSE, visit.operator.name(), &query]);
    format!("changed?{query}&seal={seal}")
}

/// Shows how many events were changed, and the way to the others.
pub(crate) async fn changed(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    let sealed = visit.query.rsplit_once("&seal=");
    let is_own =
        |(query, seal): &(&str, &str)| visit.seal.verify(&[PURPOSE, visit.operator.name(), query], seal);
    sealed.filter(is_own).ok_or_else(|| Problem::not_found("There is no such result."))?;
    let (action, form) = (action(visit)?, FilterForm::read(&visit.fields)?);
    let count = visit.fields.parsed::<u64>("count", "a number")?.unwrap_or(0);
    let last = visit.fields.parsed::<EventId>("last", "a number")?;
    let done = visit.fields.text("done").unwrap_or_default();
    let mut rest = Change::new(action, form.filter().clone(), visit.operator.name());
    (rest.limit, rest.after, rest.dry_run) = (1, last, true);
    let has_rest = last.is_some() && !visit.store.change(&rest).await?.ids.is_empty();
    let more = [("action", action.to_string()), ("after", last.map(|id| id.to_string()).unwrap_or_default())];
    let template = Changed {
        frame: visit.frame("none", "Result"),
        result: format!("{} {}.", past(action), text::events(count)),
        rest: has_rest.then(|| form.query(more)),
        watch: (action == Action::Replay && !done.is_empty())
            .then(|| query([("ids", done.to_owned()), ("refresh", "5".to_owned())])),
        is_first_part: count > MOST_NAMED as u64,
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "changed.html")]
struct Changed {
    frame: Frame,
    result: String,
    /// The query of the confirmation for the other events.
    rest: Option<String>,
    /// The query of the list of replayed events.
    watch: Option<String>,
    is_first_part: bool,
}

const fn past(action: Action) -> &'static str {
    match action {
        Action::Replay => "Replayed",
        Action::Discard => "Discarded",
        Action::Purge => "Purged",
        _ => "Changed",
    }
}

const PURPOSE: &str = "changed";
/// The number of events whose ids fit an address.
const MOST_NAMED: usize = 100;
