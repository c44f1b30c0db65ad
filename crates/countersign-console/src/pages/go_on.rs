//! The next parts of a change that was confirmed once.

use bytes::Bytes;
use countersign_inbox::{Change, EventId};
use http::Response;

use super::bulk::Bulk;
use super::changed::{Made, is_next, location};
use super::parts::{Broken, apply};
use super::plan::Plan;
use super::seen::Seen;
use super::selected::read;
use crate::problem::Problem;
use crate::response::see_other;
use crate::visit::Visit;

/// Makes the next parts of a confirmed change, and leads back to its result. The address is one that the result has made for this
/// operator a moment ago.
pub(crate) async fn go_on(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    if !is_next(visit) {
        return Err(too_old());
    }
    let (plan, reason) = (Plan::read(visit)?, visit.reason()?);
    let mut bulk = Bulk::read(visit)?.ok_or_else(too_old)?;
    let mut ids = Vec::new();
    for _ in 0..PARTS {
        match part(visit, &plan, &bulk, reason.as_ref()).await {
            Ok((changed, next)) => {
                ids.extend(changed);
                bulk.after = next;
            }
            // What is done is in the audit log, and the result goes on behind it.
            Err(_) if !ids.is_empty() => break,
            Err(problem) => return Err(problem),
        }
        if bulk.after.is_none() {
            break;
        }
    }
    ids.sort_unstable();
    let made =
        Made { action: plan.action, form: &plan.form, ids: &ids, is_single: false, reason, bulk: Some(bulk) };
    Ok(see_other(&format!("../{}", location(visit, &made)?)))
}

/// Changes the next events. Returns them, and the id behind which the change goes on.
async fn part(
    visit: &Visit<'_>,
    plan: &Plan,
    bulk: &Bulk,
    reason: Option<&String>,
) -> Result<(Vec<EventId>, Option<EventId>), Problem> {
    let mut look = plan.change(visit, Change::LIMIT, true);
    look.after = bulk.after;
    let found = visit.store.change(&look).await?;
    let is_full = found.ids.len() >= Change::LIMIT;
    let next = found.goes_on_after.or_else(|| found.ids.last().copied().filter(|_| is_full));
    let mut events = read(visit, &found.ids, Change::LIMIT).await?;
    events.retain(|of| bulk.has(of));
    let ids = apply(visit, plan, Seen::new(&events).by_replays(Change::LIMIT), reason)
        .await
        .map_err(|Broken { problem, .. }| problem)?;
    Ok((ids, next))
}

fn too_old() -> Problem {
    Problem::not_found("This address is no longer valid: go back to the result, and go on from there.")
}

/// The number of parts of a request: a page is there within a second or two.
const PARTS: usize = 4;
