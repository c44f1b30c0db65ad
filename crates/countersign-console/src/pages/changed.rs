//! The result of a change.

use askama::Template;
use bytes::Bytes;
use countersign::UnixTime;
use countersign_inbox::{Action, Change, EventId};
use http::{Response, StatusCode};

use super::address::{SOON, before, done, next_location, next_query, past, sealed};
use super::bulk::Bulk;
use super::plan::{MOST_COUNTED, action};
use super::progress::Progress;
use super::ranges;
use super::selected::{Affected, affected};
use crate::fields::query;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Shows how many events were changed, what became of them, and the way to the others.
pub(crate) async fn changed(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    let sealed = sealed(visit).ok_or_else(|| {
        Problem::not_found("There is no such result, or it is too old: the audit log has all changes.")
    })?;
    let (action, form) = (action(visit)?, FilterForm::read(&visit.fields)?);
    let bulk = Bulk::read(visit)?;
    let left = visit.fields.text("left").and_then(|left| ranges::read(left, Change::LIMIT));
    let form = left.map_or_else(|| form.clone(), |left| form.clone().of_ids(left));
    let (ids, before) = (done(visit), before(visit)?);
    let total = before.saturating_add(ids.len() as u64);
    let held = visit.fields.parsed::<u64>("held", "a number of events")?.filter(|held| *held > 0);
    let unfinished = bulk.as_ref().filter(|bulk| bulk.after.is_some()).map(|bulk| bulk.confirmed);
    let is_running = unfinished.is_some_and(|confirmed| sealed.goes_on && !has_stopped(visit, confirmed));
    if let (Some(confirmed), false) = (unfinished, sealed.goes_on) {
        // This page says that it has stopped: no address from before makes a part.
        visit.stops.stop(visit.operator.name(), confirmed, visit.now);
    }
    let parts = match &bulk {
        Some(bulk) => Parts::of_bulk(visit, bulk, &form, action, (total, is_running)),
        None => {
            let after = if form.is_empty() && !form.is_everything() { None } else { ids.last().copied() };
            let rest = match after {
                Some(last) => Some(rest(visit, action, &form, last).await?),
                None => None,
            };
            Parts::of_rest(visit, rest.as_ref(), &form, action, (before, total, after))
        }
    };
    let is_replay = action == Action::Replay && !ids.is_empty();
    let few: Vec<_> = ids.iter().take(MOST_LISTED).map(ToString::to_string).collect();
    let refresh = match parts.next {
        Some(_) => is_running.then_some(SOON),
        None => visit.refresh()?,
    };
    let shown = if bulk.is_some() { total } else { ids.len() as u64 };
    let is_broken = bulk.as_ref().is_some_and(|bulk| bulk.is_broken);
    let template = Changed {
        frame: visit.frame("none", "Result").refreshed(refresh).going_on(parts.automatic.clone()),
        result: format!("{} {}.", past(action), text::events(shown)),
        is_nothing: shown == 0 && held.is_none(),
        held: held.map(text::events),
        is_running,
        is_broken,
        parts,
        total,
        progress: if is_replay { Some(Progress::of(visit, &ids).await?) } else { None },
        list: is_replay.then(|| query([("ids", few.join(" "))])),
        is_first_part: ids.len() > MOST_LISTED,
        still: sealed.query.to_owned(),
        token: visit.token(),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "changed.html")]
struct Changed {
    frame: Frame,
    result: String,
    is_nothing: bool,
    /// The events that were left alone, because other transactions hold them.
    held: Option<String>,
    /// Whether the page goes on with the change by itself.
    is_running: bool,
    /// Whether it has stopped because the store did not answer.
    is_broken: bool,
    parts: Parts,
    total: u64,
    /// The outcomes of replayed events.
    progress: Option<Progress>,
    /// The query of their list.
    list: Option<String>,
    is_first_part: bool,
    /// The query of this page.
    still: String,
    token: String,
}

/// The parts of a change.
struct Parts {
    /// Their numbers, if there are several.
    sum: Option<String>,
    all: u64,
    /// The query of the confirmation for the other events.
    rest: Option<(String, String)>,
    /// The address of the form that makes the next part of a change that was confirmed already.
    next: Option<String>,
    /// The address that the page loads by itself for it.
    automatic: Option<String>,
}

impl Parts {
    /// Describes a change whose other events have to be confirmed.
    fn of_rest(
        visit: &Visit<'_>,
        rest: Option<&Affected>,
        form: &FilterForm,
        action: Action,
        (before, total, after): (u64, u64, Option<EventId>),
    ) -> Self {
        let (left, count) = rest.map_or_else(|| (0, text::events(0)), |rest| (rest.count, rest.counted()));
        let has_more = left > 0 || rest.is_some_and(|rest| !rest.is_all);
        let fields = [
            ("action", action.to_string()),
            ("after", after.map(|id| id.to_string()).unwrap_or_default()),
            ("before", total.to_string()),
            ("reason", visit.fields.text("reason").unwrap_or_default().to_owned()),
        ];
        Self {
            sum: (before > 0 || has_more).then(|| format!("{} so far; {count} left.", text::events(total))),
            all: total.saturating_add(left as u64),
            rest: has_more.then(|| (form.query(fields), count)),
            next: None,
            automatic: None,
        }
    }

    /// Describes a change that goes on without a further confirmation.
    fn of_bulk(
        visit: &Visit<'_>,
        bulk: &Bulk,
        form: &FilterForm,
        action: Action,
        (total, is_running): (u64, bool),
    ) -> Self {
        let meant = bulk.meant.number.max(total);
        let sum = match (bulk.after, bulk.meant.is_all) {
            (Some(_), true) => format!("{} were counted.", text::events(meant)),
            (Some(_), false) => format!("At least {} were counted.", text::events(meant)),
            (None, _) if total < meant => {
                format!(
                    "{total} of {}; the others were left alone, or are in the audit log.",
                    text::events(meant)
                )
            }
            (None, _) => "The change is complete.".to_owned(),
        };
        let query = bulk.after.map(|_| {
            let reason = visit.fields.text("reason").map(str::to_owned);
            next_query(form, action, bulk, total, reason.as_ref())
        });
        let location = |is_form| query.as_ref().map(|query| next_location(visit, query, is_form));
        let automatic = location(false).filter(|_| is_running);
        Self { sum: Some(sum), all: meant, rest: None, next: location(true), automatic }
    }
}

/// Returns whether the operator has stopped a change: it does not go on by itself, even if an address that was made before says so.
fn has_stopped(visit: &Visit<'_>, confirmed: UnixTime) -> bool {
    visit.stops.has(visit.operator.name(), confirmed)
}

/// Returns the events of the filter behind the changed ones, to which the change applies.
async fn rest(
    visit: &Visit<'_>,
    action: Action,
    form: &FilterForm,
    last: EventId,
) -> Result<Affected, Problem> {
    let mut rest = Change::new(action, form.filter().clone(), visit.operator.name());
    (rest.limit, rest.after) = (MOST_COUNTED, Some(last));
    affected(visit, rest, 0).await
}

/// The number of events whose ids fit the address of a list.
const MOST_LISTED: usize = 100;
