//! The addresses of the result of a change and of its next parts. A seal shows that this console has made them.

use std::time::Duration;

use countersign_inbox::{Action, Change, EventId};

use super::bulk::Bulk;
use super::ranges;
use crate::filter::FilterForm;
use crate::problem::Problem;
use crate::seal::FORM_LIFETIME;
use crate::visit::Visit;

/// A change that was made.
pub(super) struct Made<'m> {
    pub(super) action: Action,
    pub(super) form: &'m FilterForm,
    /// The ids of the changed events, in ascending order.
    pub(super) ids: &'m [EventId],
    /// The number of events that were left alone, because other transactions hold them.
    pub(super) held: usize,
    /// Whether the confirmation was for one event.
    pub(super) is_single: bool,
    pub(super) reason: Option<String>,
    /// The further parts, if the confirmation was for all events.
    pub(super) bulk: Option<Bulk>,
    /// Whether the result makes them by itself.
    pub(super) goes_on: bool,
}

/// Returns the address of the result, relative to that of the change. A seal shows that this console has made it. It is short: proxies
/// refuse headers above 4 KiB.
pub(super) fn location(visit: &Visit<'_>, made: &Made<'_>) -> Result<String, Problem> {
    if let ([id], true) = (made.ids, made.is_single && made.action != Action::Purge) {
        return Ok(visit.noticed(&format!("events/{id}"), &format!("{} event {id}.", past(made.action))));
    }
    let before = before(visit)?;
    let changed = [
        ("action", made.action.to_string()),
        (DONE, ranges::written(made.ids)),
        ("before", before.to_string()),
        ("held", if made.held > 0 { made.held.to_string() } else { String::new() }),
    ];
    let left = ("left", ranges::written(&behind(made.form, made.ids)));
    let reason = ("reason", made.reason.clone().unwrap_or_default());
    let form = made.form.clone().of_ids(Vec::new());
    let queries = match &made.bulk {
        // With the outcomes of the events of this part, if they fit.
        Some(bulk) => {
            let total = before.saturating_add(made.ids.len() as u64);
            vec![
                form.query(changed.into_iter().chain(bulk.fields()).chain([reason])),
                next_query(&form, made.action, bulk, total, made.reason.as_ref()),
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
    let goes_on = made.goes_on && made.bulk.as_ref().is_some_and(|bulk| bulk.after.is_some());
    let whole = format!("{query}&{SEAL}={seal}");
    let going = if goes_on { going(visit, &whole) } else { String::new() };
    Ok(format!("changed?{whole}{going}"))
}

/// Returns the query of the parts behind so many events.
pub(super) fn next_query(
    form: &FilterForm,
    action: Action,
    bulk: &Bulk,
    total: u64,
    reason: Option<&String>,
) -> String {
    let reason = ("reason", reason.cloned().unwrap_or_default());
    let fields = [("action", action.to_string()), ("before", total.to_string()), reason];
    form.query(fields.into_iter().chain(bulk.fields()))
}

/// Checks that an address has room for the filter and the reason: each part has both, and its entry in the audit log, too.
pub(super) fn expect_room(form: &FilterForm, action: Action, reason: Option<&String>) -> Result<(), Problem> {
    if next_query(form, action, &Bulk::longest(), u64::MAX, reason).len() <= LONGEST {
        return Ok(());
    }
    Err(Problem::invalid(
        "reason: with this filter it is too long for a change in parts: shorten it, or choose a number of events.",
    ))
}

/// Returns those of the events that the filter names which are behind the changed ones, and the last of these, which `after` excludes.
fn behind(form: &FilterForm, changed: &[EventId]) -> Vec<EventId> {
    let named = form.filter().ids.iter().copied();
    changed.last().map_or_else(Vec::new, |last| named.filter(|id| id >= last).collect())
}

/// Returns the address that makes the next parts: for the page that loads it by itself, or for a form.
pub(super) fn next_location(visit: &Visit<'_>, query: &str, is_form: bool) -> String {
    let purpose = if is_form { NEXT_BY_FORM } else { NEXT };
    let seal = visit.seal.token(&[purpose, visit.operator.name(), query], visit.now);
    format!("{}changed/next?{query}&{SEAL}={seal}", visit.root)
}

/// Returns the address that makes the parts behind those that were made, if they come before the result. It has the changed events for
/// the result, if they fit.
pub(super) fn next_parts(visit: &Visit<'_>, made: &Made<'_>) -> Result<Option<String>, Problem> {
    let Some(bulk) = made.bulk.as_ref().filter(|bulk| bulk.parts > 0) else { return Ok(None) };
    let before = before(visit)?;
    let query = |before| next_query(made.form, made.action, bulk, before, made.reason.as_ref());
    let mut whole = format!("{}&{DONE}={}", query(before), ranges::written(made.ids));
    if whole.len() > LONGEST {
        whole = query(before.saturating_add(made.ids.len() as u64));
    }
    Ok(Some(next_location(visit, &whole, false)))
}

/// Returns the events that the address says were changed.
pub(super) fn done(visit: &Visit<'_>) -> Vec<EventId> {
    ranges::read(visit.fields.text(DONE).unwrap_or_default(), MOST_DONE).unwrap_or_default()
}

/// Returns the number of events that were changed before those.
pub(super) fn before(visit: &Visit<'_>) -> Result<u64, Problem> {
    Ok(visit.fields.parsed("before", "a number of events")?.unwrap_or(0))
}

/// Returns whether the address is one that makes the next part, and that a result has had for this operator a moment ago.
pub(super) fn is_next(visit: &Visit<'_>) -> bool {
    is_sealed(visit, &visit.query, NEXT, NEXT_LIFETIME)
}

/// Returns whether the address is such a one, of a result that is still valid.
pub(super) fn was_next(visit: &Visit<'_>) -> bool {
    is_sealed(visit, &visit.query, NEXT, FORM_LIFETIME)
}

/// Returns whether the address is that of a form that makes the next part.
pub(super) fn is_next_by_form(visit: &Visit<'_>) -> bool {
    is_sealed(visit, &visit.query, NEXT_BY_FORM, FORM_LIFETIME)
}

/// Returns the end of the address of a result that goes on by itself. It ends soon: the history of the browser has the address, too, and a
/// change that was stopped or left must not go on because its operator goes back.
fn going(visit: &Visit<'_>, whole: &str) -> String {
    format!("&{GOING}={}", visit.seal.token(&[GOING, visit.operator.name(), whole], visit.now))
}

/// The address of a result.
pub(super) struct Sealed<'v> {
    /// The query with its seal.
    pub(super) query: &'v str,
    /// Whether a part of the change has led to it a moment ago, so that it goes on by itself.
    pub(super) goes_on: bool,
}

/// Returns the address, if it is one of this console for this operator. Nothing but the interval of the refresh, or the seal with which it
/// goes on, may follow it: what a page says about a change is what this console found.
pub(super) fn sealed<'v>(visit: &'v Visit<'_>) -> Option<Sealed<'v>> {
    let all = visit.query.as_str();
    let (query, goes_on) =
        match all.rsplit_once('&').and_then(|(query, last)| Some((query, last.split_once('=')?))) {
            Some((query, (GOING, token))) => {
                let texts = [GOING, visit.operator.name(), query];
                (query, visit.seal.is_token(token, &texts, visit.now, GOING_LIFETIME))
            }
            Some((query, ("refresh", seconds))) if seconds.bytes().all(|byte| byte.is_ascii_digit()) => {
                (query, false)
            }
            _ => (all, false),
        };
    is_sealed(visit, query, PURPOSE, FORM_LIFETIME).then_some(Sealed { query, goes_on })
}

fn is_sealed(visit: &Visit<'_>, whole: &str, purpose: &str, lifetime: Duration) -> bool {
    let token = whole
        .rsplit_once('&')
        .and_then(|(query, seal)| Some((query, seal.strip_prefix(SEAL)?.strip_prefix('=')?)));
    token.is_some_and(|(query, token)| {
        visit.seal.is_token(token, &[purpose, visit.operator.name(), query], visit.now, lifetime)
    })
}

/// Returns the action as what was done.
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
const NEXT_BY_FORM: &str = "next by form";
const GOING: &str = "going";
/// Long enough for a redirect.
const GOING_LIFETIME: Duration = Duration::from_secs(15);
/// Long enough for a slow page that loads it after [`SOON`].
const NEXT_LIFETIME: Duration = Duration::from_secs(30);
/// The seconds after which a result goes on by itself: people and screen readers reach its links in this time.
pub(super) const SOON: u32 = 5;
const SEAL: &str = "seal";
const DONE: &str = "done";
/// The largest number of events whose outcomes a result shows.
const MOST_DONE: usize = Bulk::MOST_PARTS * Change::LIMIT;
/// The largest number of bytes of the query. The other headers of a response have less than 1 KiB.
const LONGEST: usize = 3000;
