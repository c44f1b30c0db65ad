//! Changes of events: their confirmation, and what follows it.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, Change, StoreError};
use http::{Response, StatusCode};

use super::changed::{Made, location, past};
use super::kinds::Kinds;
use super::plan::{MOST_COUNTED, Plan};
use super::rows::EventRow;
use super::seen::{Seen, seen};
use super::selected::affected;
use crate::problem::Problem;
use crate::response::see_other;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Shows what a change would do, and asks for a confirmation.
pub(crate) async fn confirm(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    let plan = Plan::read(visit)?;
    let change = plan.change(visit, MOST_COUNTED, true);
    let found = affected(visit, change, Change::LIMIT).await?;
    let (events, count) = (&found.events, found.count);
    let reason = visit.reason()?.unwrap_or_default();
    let before = visit.fields.parsed::<u64>("before", "a number of events")?.unwrap_or(0);
    let template = Confirm {
        frame: visit.frame("none", plan.title()),
        effect: effect(plan.action),
        filter: plan.form.fields().into_iter().map(|(name, value)| (name, text::cut(&value, 400))).collect(),
        limits: limits(count),
        more: count.saturating_sub(events.len().min(SAMPLE)),
        rows: events.iter().take(SAMPLE).map(EventRow::new).collect(),
        kinds: Kinds::new(events),
        is_empty: events.is_empty(),
        of: seen(events),
        count: found.counted(),
        go_on: found
            .goes_on_after
            .map(|after| plan.query(after, [("before", before.to_string()), ("reason", reason.clone())])),
        reason,
        before,
        fields: plan.fields(),
        token: visit.token(),
        action: plan.action,
    };
    Ok(page(StatusCode::OK, &template))
}

/// Makes a confirmed change, and redirects to its result.
pub(crate) async fn change(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    visit.expect_token()?;
    let plan = Plan::read(visit)?;
    let limit = visit.fields.parsed::<usize>("limit", "a number of events")?.unwrap_or(Change::LIMIT);
    if !(1..=Change::LIMIT).contains(&limit) {
        let form = format!("a number of events from 1 to {}", Change::LIMIT);
        return Err(Problem::field("limit", &limit.to_string(), &form));
    }
    // Those of the confirmation, and no others: a form that is sent twice would change the next ones.
    let seen = Seen::read(visit)?;
    let reason = visit.reason()?;
    let mut ids = Vec::new();
    for (replays, of) in seen.by_replays(limit) {
        let mut change = plan.change(visit, of.len(), false);
        // With the number of replays that was seen: an event that was replayed since then, by this form or by anyone, has
        // another one, even if it has failed again.
        (change.filter.ids, change.filter.replays) = (of, Some(replays));
        change.reason.clone_from(&reason);
        match visit.store.change(&change).await {
            Ok(changed) => ids.extend(changed.ids),
            Err(error) => return Err(broken_off(plan.action, ids.len(), error)),
        }
    }
    ids.sort_unstable();
    let result =
        Made { action: plan.action, form: &plan.form, ids: &ids, is_single: seen.is_single(), reason };
    Ok(see_other(&location(visit, &result)?))
}

/// Says what a change did before the store did not answer: events with other numbers of replays are parts of their own.
fn broken_off(action: Action, done: usize, error: StoreError) -> Problem {
    let problem = Problem::from(error);
    if done == 0 {
        return problem;
    }
    let done = text::events(done as u64);
    let text = format!(
        "{} {done}, which the audit log has; the others are not changed. {}",
        past(action),
        problem.text
    );
    Problem { text, ..problem }
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    frame: Frame,
    action: Action,
    effect: &'static str,
    /// The fields of the filter.
    filter: Vec<(&'static str, String)>,
    count: String,
    /// The query of the confirmation for the events behind those that were looked at, if there may be some.
    go_on: Option<String>,
    is_empty: bool,
    kinds: Kinds,
    /// The events that may be changed, as the operator sees them.
    of: String,
    /// The number of events that the parts before this one have changed.
    before: u64,
    reason: String,
    limits: Vec<usize>,
    rows: Vec<EventRow>,
    more: usize,
    fields: Vec<(&'static str, String)>,
    token: String,
}

/// Returns the numbers of events to choose from: a few first, and all of them last.
fn limits(count: usize) -> Vec<usize> {
    let all = count.min(Change::LIMIT);
    [1, 5, 50].into_iter().filter(|few| *few < all).chain([all]).collect()
}

const fn effect(action: Action) -> &'static str {
    match action {
        Action::Replay => "The events are handled again at once, from the first attempt.",
        Action::Discard => "The events are marked as done without being handled. Their ids stay remembered.",
        Action::Purge => {
            "The events are deleted, and their ids are forgotten: if a provider sends one again, it is handled as new."
        }
        _ => "",
    }
}

/// The number of events that a confirmation shows.
const SAMPLE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_may_be_changed_first() {
        assert_eq!(limits(1), [1]);
        assert_eq!(limits(5), [1, 5]);
        assert_eq!(limits(1000), [1, 5, 50, 500]);
    }
}
