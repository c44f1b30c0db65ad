//! Changes of events: their confirmation, and what follows it.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, EventId, Filter, Page};
use http::{Response, StatusCode};

use super::changed::location;
use super::plan::Plan;
use super::rows::EventRow;
use crate::problem::Problem;
use crate::response::see_other;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Shows what a change would do, and asks for a confirmation.
pub(crate) async fn confirm(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    let plan = Plan::read(visit)?;
    let ids = visit.store.change(&plan.change(visit, MOST_COUNTED, true)).await?.ids;
    let sample: Vec<_> = ids.iter().copied().take(SAMPLE).collect();
    let mut rows = match sample.len() {
        0 => Vec::new(),
        count => visit.store.list(&Filter::ids(sample), Page::first(count)).await?,
    };
    rows.reverse();
    let count = match ids.len() {
        MOST_COUNTED => format!("at least {}", text::events(MOST_COUNTED as u64)),
        count => text::events(count as u64),
    };
    let template = Confirm {
        frame: visit.frame("none", plan.title()),
        effect: effect(plan.action),
        limits: limits(ids.len()),
        more: ids.len().saturating_sub(rows.len()),
        rows: rows.iter().map(EventRow::new).collect(),
        is_empty: ids.is_empty(),
        of: ids.iter().take(MOST).map(ToString::to_string).collect::<Vec<_>>().join(" "),
        count,
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
    let limit = visit.fields.parsed::<usize>("limit", "a number of events")?.unwrap_or(MOST);
    if !(1..=MOST).contains(&limit) {
        let form = format!("a number of events from 1 to {MOST}");
        return Err(Problem::field("limit", &limit.to_string(), &form));
    }
    let mut change = plan.change(visit, limit, false);
    // Those of the confirmation, and no others: a form that is sent twice would change the next ones.
    change.filter.ids = confirmed(visit)?.into_iter().take(limit).collect();
    change.reason = visit.reason()?;
    let ids = visit.store.change(&change).await?.ids;
    Ok(see_other(&location(visit, plan.action, &plan.form, &ids)))
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    frame: Frame,
    action: Action,
    effect: &'static str,
    count: String,
    is_empty: bool,
    /// The ids of the events that may be changed, the oldest first.
    of: String,
    limits: Vec<usize>,
    rows: Vec<EventRow>,
    more: usize,
    fields: Vec<(&'static str, String)>,
    token: String,
}

/// Returns the ids of the events that the confirmation has found, the oldest first.
fn confirmed(visit: &Visit<'_>) -> Result<Vec<EventId>, Problem> {
    let ids = visit.fields.text("of").ok_or_else(Problem::stale_form)?;
    ids.split(' ')
        .map(|id| id.parse().map_err(|_| Problem::field("of", id, "the number of an event")))
        .collect()
}

/// Returns the numbers of events to choose from: a few first, and all of them last.
fn limits(count: usize) -> Vec<usize> {
    let all = count.min(MOST);
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

/// The largest number of events of a change.
const MOST: usize = 500;
/// The largest number of events that a confirmation counts.
const MOST_COUNTED: usize = 1000;
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
