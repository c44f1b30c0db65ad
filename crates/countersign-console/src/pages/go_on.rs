//! The next parts of a change that was confirmed once.

use bytes::Bytes;
use countersign_inbox::{Change, EventId};
use http::Response;

use super::address::{Made, done, is_next, is_next_by_form, location, next_parts, was_next};
use super::bulk::Bulk;
use super::parts::{Broken, apply};
use super::plan::Plan;
use super::seen::Seen;
use super::selected::read;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::response::see_other;
use crate::visit::Visit;

/// Makes the next parts of a confirmed change, and leads to those behind them, or back to its result. The address is one that the result
/// has made for this operator a moment ago. An older one leads to the result alone, and so does a store that does not answer: it replaces
/// this address in the history, which would otherwise have neither.
pub(crate) async fn go_on(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    if !was_next(visit) {
        return Err(too_old());
    }
    let bulk = Bulk::read(visit)?.ok_or_else(too_old)?;
    make(visit, bulk, is_next(visit)).await
}

/// Makes the next parts because the operator has asked for them: with the form of a result, from which the change goes on by itself again.
pub(crate) async fn go_on_by_form(visit: &mut Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    visit.expect_token()?;
    if !is_next_by_form(visit) {
        return Err(too_old());
    }
    visit.fields = Fields::parse(visit.query.as_bytes());
    let bulk = Bulk::read(visit)?.ok_or_else(too_old)?;
    visit.stops.resume(visit.operator.name(), bulk.confirmed);
    make(visit, bulk, true).await
}

/// Makes the next parts, unless the address is too old or the operator has stopped the change, and leads to the result.
async fn make(visit: &Visit<'_>, mut bulk: Bulk, is_fresh: bool) -> Result<Response<Bytes>, Problem> {
    let (mut plan, reason) = (Plan::read(visit)?, visit.reason()?);
    bulk.is_broken = false;
    plan.form = plan.form.since(bulk.age(visit));
    let confirmed = bulk.confirmed;
    // The operator may stop it between two parts: the browser does not wait for this response then.
    let goes_on = || is_fresh && !visit.stops.has(visit.operator.name(), confirmed);
    let mut ids = done(visit);
    let parts = if goes_on() { AT_ONCE.min(Bulk::MOST_PARTS.saturating_sub(bulk.parts)) } else { 0 };
    for _ in 0..parts {
        if !goes_on() {
            break;
        }
        match part(visit, &plan, &bulk, reason.as_ref()).await {
            Ok((changed, next)) => {
                ids.extend(changed);
                bulk.after = next;
            }
            // What is done is in the audit log. The others of this part come next.
            Err(Broken { done, .. }) => {
                ids.extend(done);
                bulk.is_broken = true;
            }
        }
        if bulk.is_broken || bulk.after.is_none() {
            break;
        }
    }
    ids.sort_unstable();
    let goes_on = goes_on() && !bulk.is_broken;
    bulk.parts += parts;
    if !goes_on || bulk.after.is_none() || bulk.parts >= Bulk::MOST_PARTS {
        bulk.parts = 0;
    }
    let (action, form, bulk) = (plan.action, &plan.form, Some(bulk));
    // At its end, the result says how many were left alone.
    let made = Made { action, form, ids: &ids, held: 0, is_single: false, reason, bulk, goes_on };
    let result = || location(visit, &made).map(|result| format!("../{result}"));
    let next = next_parts(visit, &made)?;
    Ok(see_other(&next.map_or_else(result, Ok)?))
}

/// Changes the next events. Returns them, and the id behind which the change goes on.
async fn part(
    visit: &Visit<'_>,
    plan: &Plan,
    bulk: &Bulk,
    reason: Option<&String>,
) -> Result<(Vec<EventId>, Option<EventId>), Broken> {
    let mut look = plan.change(visit, Change::LIMIT, true);
    look.after = bulk.after;
    let found = visit.store.change(&look).await.map_err(Problem::from)?;
    let is_full = found.ids.len() >= Change::LIMIT;
    let next = found.goes_on_after.or_else(|| found.ids.last().copied().filter(|_| is_full));
    let mut events = read(visit, &found.ids, Change::LIMIT).await?;
    events.retain(|of| bulk.has(of, plan.form.filter()));
    let changed = apply(visit, plan, Seen::new(&events).by_replays(Change::LIMIT), reason).await?;
    Ok((changed.ids, next))
}

fn too_old() -> Problem {
    Problem::not_found("This address is no longer valid: the audit log has all changes.")
}

/// The number of parts of a request.
const AT_ONCE: usize = 2;
