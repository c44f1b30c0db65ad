//! The result of a change.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, Change, EventId};
use http::{Response, StatusCode};

use super::plan::{MOST_COUNTED, action};
use super::progress::Progress;
use super::ranges;
use super::selected::{Affected, affected};
use crate::fields::query;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// A change that was made.
pub(super) struct Made<'m> {
    pub(super) action: Action,
    pub(super) form: &'m FilterForm,
    /// The ids of the changed events, in ascending order.
    pub(super) ids: &'m [EventId],
    /// Whether the confirmation was for one event.
    pub(super) is_single: bool,
    pub(super) reason: Option<String>,
}

/// Returns the address of the result, relative to that of the change. A seal shows that this console has made it. It is short: proxies
/// refuse headers above 4 KiB.
pub(super) fn location(visit: &Visit<'_>, made: &Made<'_>) -> Result<String, Problem> {
    if let ([id], true) = (made.ids, made.is_single && made.action != Action::Purge) {
        return Ok(visit.noticed(&format!("events/{id}"), &format!("{} event {id}.", past(made.action))));
    }
    let before = visit.fields.parsed::<u64>("before", "a number of events")?.unwrap_or(0);
    let changed = [
        ("action", made.action.to_string()),
        ("done", ranges::written(made.ids)),
        ("before", before.to_string()),
    ];
    let left = ("left", ranges::written(&behind(made.form, made.ids)));
    let reason = ("reason", made.reason.clone().unwrap_or_default());
    let form = made.form.clone().of_ids(Vec::new());
    // Without the reason, the operator writes it again; without the filter, there is no link to the other events.
    let queries = [
        form.query(changed.clone().into_iter().chain([left.clone(), reason])),
        form.query(changed.clone().into_iter().chain([left])),
        FilterForm::default().query(changed),
    ];
    let [.., shortest] = &queries;
    let query = queries.iter().find(|query| query.len() <= LONGEST).unwrap_or(shortest);
    let seal = visit.seal.sign(&[PURPOSE, visit.operator.name(), query]);
    Ok(format!("changed?{query}&{SEAL}={seal}"))
}

/// Returns those of the events that the filter names which are behind the changed ones, and the last of these, which `after` excludes.
fn behind(form: &FilterForm, changed: &[EventId]) -> Vec<EventId> {
    let named = form.filter().ids.iter().copied();
    changed.last().map_or_else(Vec::new, |last| named.filter(|id| id >= last).collect())
}

/// Shows how many events were changed, what became of them, and the way to the others.
pub(crate) async fn changed(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    let sealed = sealed(visit).ok_or_else(|| Problem::not_found("There is no such result."))?;
    let (action, form) = (action(visit)?, FilterForm::read(&visit.fields)?);
    let left = visit.fields.text("left").and_then(|left| ranges::read(left, Change::LIMIT));
    let form = left.map_or_else(|| form.clone(), |left| form.clone().of_ids(left));
    let ids = ranges::read(visit.fields.text("done").unwrap_or_default(), Change::LIMIT).unwrap_or_default();
    let before = visit.fields.parsed::<u64>("before", "a number of events")?.unwrap_or(0);
    let rest = rest(visit, action, &form, &ids).await?;
    let total = before.saturating_add(ids.len() as u64);
    let is_replay = action == Action::Replay && !ids.is_empty();
    let few: Vec<_> = ids.iter().take(MOST_LISTED).map(ToString::to_string).collect();
    let (left, left_count) =
        rest.as_ref().map_or_else(|| (0, text::events(0)), |rest| (rest.count, rest.counted()));
    let has_more = left > 0 || rest.as_ref().is_some_and(|rest| !rest.is_all);
    let template = Changed {
        frame: visit.frame("none", "Result").refreshed(visit.refresh()?),
        result: format!("{} {}.", past(action), text::events(ids.len() as u64)),
        is_nothing: ids.is_empty(),
        parts: (before > 0 || has_more)
            .then(|| format!("{} so far; {left_count} left.", text::events(total))),
        total,
        all: total.saturating_add(left as u64),
        rest: has_more.then(|| {
            let after = ids.last().map(|id| id.to_string()).unwrap_or_default();
            let reason = visit.fields.text("reason").unwrap_or_default().to_owned();
            form.query([
                ("action", action.to_string()),
                ("after", after),
                ("before", total.to_string()),
                ("reason", reason),
            ])
        }),
        rest_count: left_count,
        progress: if is_replay { Some(Progress::of(visit, &ids).await?) } else { None },
        list: is_replay.then(|| query([("ids", few.join(" "))])),
        is_first_part: ids.len() > MOST_LISTED,
        still: sealed.to_owned(),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "changed.html")]
struct Changed {
    frame: Frame,
    result: String,
    is_nothing: bool,
    /// The numbers of all parts, if there are several.
    parts: Option<String>,
    total: u64,
    all: u64,
    /// The query of the confirmation for the other events.
    rest: Option<String>,
    rest_count: String,
    /// The outcomes of replayed events.
    progress: Option<Progress>,
    /// The query of their list.
    list: Option<String>,
    is_first_part: bool,
    /// The query of this page.
    still: String,
}

/// Returns the query with its seal, if it is one of this console for this operator. Nothing but the interval of the refresh may follow
/// it: what a page says about a change is what this console found.
fn sealed<'v>(visit: &'v Visit<'_>) -> Option<&'v str> {
    let whole = match visit.query.rsplit_once("&refresh=") {
        Some((whole, seconds)) if seconds.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        _ => &visit.query,
    };
    let (query, seal) = whole.rsplit_once('&')?;
    let mac = seal.strip_prefix(SEAL)?.strip_prefix('=')?;
    visit.seal.verify(&[PURPOSE, visit.operator.name(), query], mac).then_some(whole)
}

/// Returns the events of the filter behind the changed ones, to which the change applies.
async fn rest(
    visit: &Visit<'_>,
    action: Action,
    form: &FilterForm,
    ids: &[EventId],
) -> Result<Option<Affected>, Problem> {
    let Some(last) = ids.last().filter(|_| !form.is_empty()) else { return Ok(None) };
    let mut rest = Change::new(action, form.filter().clone(), visit.operator.name());
    (rest.limit, rest.after) = (MOST_COUNTED, Some(*last));
    affected(visit, rest, 0).await.map(Some)
}

pub(super) const fn past(action: Action) -> &'static str {
    match action {
        Action::Replay => "Replayed",
        Action::Discard => "Discarded",
        Action::Purge => "Purged",
        _ => "Changed",
    }
}

const PURPOSE: &str = "changed";
const SEAL: &str = "seal";
/// The largest number of bytes of the query. The other headers of a response have less than 1 KiB.
const LONGEST: usize = 3000;
/// The number of events whose ids fit the address of a list.
const MOST_LISTED: usize = 100;
