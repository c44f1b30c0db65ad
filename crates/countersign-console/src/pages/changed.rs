//! The result of a change.

use std::time::Duration;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, Change, EventId};
use http::{Response, StatusCode};

use super::bulk::Bulk;
use super::plan::{MOST_COUNTED, action};
use super::progress::Progress;
use super::ranges;
use super::selected::{Affected, affected};
use crate::fields::query;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::seal::FORM_LIFETIME;
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
    /// The further parts, if the confirmation was for all events.
    pub(super) bulk: Option<Bulk>,
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
    let queries = match &made.bulk {
        // With the outcomes of the events of this part, if they fit.
        Some(bulk) => {
            let total = before.saturating_add(made.ids.len() as u64);
            let [action, ..] = changed.clone();
            let alone = [action, ("before", total.to_string())];
            vec![
                form.query(changed.into_iter().chain(bulk.fields()).chain([reason.clone()])),
                form.query(alone.clone().into_iter().chain(bulk.fields()).chain([reason])),
                form.query(alone.into_iter().chain(bulk.fields())),
            ]
        }
        // Without the reason, the operator writes it again; without the filter, there is no link to the other events.
        None => vec![
            form.query(changed.clone().into_iter().chain([left.clone(), reason])),
            form.query(changed.clone().into_iter().chain([left])),
            FilterForm::default().query(changed),
        ],
    };
    let shortest = queries.iter().min_by_key(|query| query.len());
    let query = queries.iter().find(|query| query.len() <= LONGEST).or(shortest).cloned().unwrap_or_default();
    let seal = visit.seal.token(&[PURPOSE, visit.operator.name(), &query], visit.now);
    let goes_on = made.bulk.as_ref().is_some_and(|bulk| bulk.after.is_some());
    let refresh = if goes_on { AT_ONCE } else { "" };
    Ok(format!("changed?{query}&{SEAL}={seal}{refresh}"))
}

/// Returns those of the events that the filter names which are behind the changed ones, and the last of these, which `after` excludes.
fn behind(form: &FilterForm, changed: &[EventId]) -> Vec<EventId> {
    let named = form.filter().ids.iter().copied();
    changed.last().map_or_else(Vec::new, |last| named.filter(|id| id >= last).collect())
}

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
    let ids = ranges::read(visit.fields.text("done").unwrap_or_default(), MOST_DONE).unwrap_or_default();
    let before = visit.fields.parsed::<u64>("before", "a number of events")?.unwrap_or(0);
    let total = before.saturating_add(ids.len() as u64);
    let refresh = visit.refresh()?;
    let parts = match &bulk {
        Some(bulk) => Parts::of_bulk(visit, bulk, &form, action, total),
        None => {
            let after = if form.is_empty() { None } else { ids.last().copied() };
            let rest = match after {
                Some(last) => Some(rest(visit, action, &form, last).await?),
                None => None,
            };
            Parts::of_rest(visit, rest.as_ref(), &form, action, (before, total, after))
        }
    };
    let is_replay = action == Action::Replay && !ids.is_empty();
    let few: Vec<_> = ids.iter().take(MOST_LISTED).map(ToString::to_string).collect();
    let is_running = parts.next.is_some() && refresh.is_some();
    let shown = if bulk.is_some() { total } else { ids.len() as u64 };
    let template = Changed {
        frame: visit
            .frame("none", "Result")
            .refreshed(refresh)
            .going_on(parts.next.clone().filter(|_| is_running)),
        result: format!("{} {}.", past(action), text::events(shown)),
        is_nothing: shown == 0,
        is_running,
        parts,
        total,
        progress: if is_replay { Some(Progress::of(visit, &ids).await?) } else { None },
        list: is_replay.then(|| query([("ids", few.join(" "))])),
        is_first_part: ids.len() > MOST_LISTED,
        still: sealed.to_owned(),
        at_once: AT_ONCE,
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "changed.html")]
struct Changed {
    frame: Frame,
    result: String,
    is_nothing: bool,
    /// Whether the page goes on with the change by itself.
    is_running: bool,
    parts: Parts,
    total: u64,
    /// The outcomes of replayed events.
    progress: Option<Progress>,
    /// The query of their list.
    list: Option<String>,
    is_first_part: bool,
    /// The query of this page.
    still: String,
    /// The end of the address of this page while it goes on.
    at_once: &'static str,
}

/// The parts of a change.
struct Parts {
    /// Their numbers, if there are several.
    sum: Option<String>,
    all: u64,
    /// The query of the confirmation for the other events.
    rest: Option<(String, String)>,
    /// The address that makes the next part of a change that was confirmed already.
    next: Option<String>,
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
        }
    }

    /// Describes a change that goes on without a further confirmation.
    fn of_bulk(visit: &Visit<'_>, bulk: &Bulk, form: &FilterForm, action: Action, total: u64) -> Self {
        let meant = bulk.meant.number.max(total);
        let sum = match (bulk.after, bulk.meant.is_all) {
            (Some(_), true) => format!("{} were counted.", text::events(meant)),
            (Some(_), false) => format!("At least {} were counted.", text::events(meant)),
            (None, _) => "The change is complete.".to_owned(),
        };
        let next = bulk.after.map(|_| {
            let fields = [
                ("action", action.to_string()),
                ("before", total.to_string()),
                ("reason", visit.fields.text("reason").unwrap_or_default().to_owned()),
            ];
            let query = form.query(fields.into_iter().chain(bulk.fields()));
            let seal = visit.seal.token(&[NEXT, visit.operator.name(), &query], visit.now);
            format!("{}changed/next?{query}&{SEAL}={seal}", visit.root)
        });
        Self { sum: Some(sum), all: if next.is_some() { meant } else { total }, rest: None, next }
    }
}

/// Returns whether the address is one that makes the next part, and that a result has had for this operator a moment ago.
pub(super) fn is_next(visit: &Visit<'_>) -> bool {
    is_sealed(visit, &visit.query, NEXT, NEXT_LIFETIME)
}

/// Returns the query with its seal, if it is one of this console for this operator. Nothing but the interval of the refresh may follow
/// it: what a page says about a change is what this console found.
fn sealed<'v>(visit: &'v Visit<'_>) -> Option<&'v str> {
    let whole = match visit.query.rsplit_once("&refresh=") {
        Some((whole, seconds)) if seconds.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        _ => &visit.query,
    };
    is_sealed(visit, whole, PURPOSE, FORM_LIFETIME).then_some(whole)
}

fn is_sealed(visit: &Visit<'_>, whole: &str, purpose: &str, lifetime: Duration) -> bool {
    let token = whole
        .rsplit_once('&')
        .and_then(|(query, seal)| Some((query, seal.strip_prefix(SEAL)?.strip_prefix('=')?)));
    token.is_some_and(|(query, token)| {
        visit.seal.is_token(token, &[purpose, visit.operator.name(), query], visit.now, lifetime)
    })
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

pub(super) const fn past(action: Action) -> &'static str {
    match action {
        Action::Replay => "Replayed",
        Action::Discard => "Discarded",
        Action::Purge => "Purged",
        _ => "Changed",
    }
}

const PURPOSE: &str = "changed";
const NEXT: &str = "next";
/// Long enough for a slow page: it makes the address anew each time.
const NEXT_LIFETIME: Duration = Duration::from_secs(120);
/// The end of the address of a result that goes on by itself.
const AT_ONCE: &str = "&refresh=2";
/// The largest number of events whose outcomes a result shows.
const MOST_DONE: usize = 4 * Change::LIMIT;
const SEAL: &str = "seal";
/// The largest number of bytes of the query. The other headers of a response have less than 1 KiB.
const LONGEST: usize = 3000;
/// The number of events whose ids fit the address of a list.
const MOST_LISTED: usize = 100;
