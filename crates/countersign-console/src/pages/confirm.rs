//! Changes of events: their confirmation, and what follows it.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Action, Change, Counted};
use http::Response;

use super::address::{Made, before, expect_room, location, past};
use super::bulk::{Bulk, counted};
use super::parts::{Broken, Part, apply};
use super::plan::{MOST_COUNTED, Plan};
use super::rows::EventRow;
use super::seen::{Seen, seen};
use super::selected::{Affected, Kinds, affected};
use crate::problem::Problem;
use crate::response::see_other;
use crate::text;
use crate::visit::{Frame, Visit, form};

/// Shows what a change would do, and asks for a confirmation.
pub(crate) async fn confirm(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    show(visit, None).await
}

/// Shows the confirmation, once more if something is wrong with its form.
async fn show(visit: &Visit<'_>, problem: Option<&Problem>) -> Result<Response<Bytes>, Problem> {
    let plan = Plan::read(visit)?;
    let change = plan.change(visit, MOST_COUNTED, true);
    let found = affected(visit, change, Change::LIMIT).await?;
    let (events, count) = (&found.events, found.count);
    let has_more = !found.is_all || count > Change::LIMIT;
    let all = if has_more && !found.events.is_empty() { Some(counted(visit, &plan).await?) } else { None };
    let limits = limits(count, all.map(|all| every(all, plan.has_begun())));
    let reason = visit.typed("reason");
    let before = before(visit)?;
    let template = Confirm {
        frame: visit.frame("none", plan.title()).refusing(problem),
        effect: effect(plan.action),
        filter: plan.form.fields().into_iter().map(|(name, value)| (name, text::cut(&value, 400))).collect(),
        limit: chosen(&limits, &problem.map(|_| visit.typed("limit")).unwrap_or_default()),
        limits,
        more: count.saturating_sub(events.len().min(SAMPLE)),
        rows: events.iter().take(SAMPLE).map(EventRow::new).collect(),
        kinds: Kinds::new(events),
        is_empty: events.is_empty(),
        of: seen(events),
        count: total(&found, all.filter(|_| !plan.has_begun())),
        go_on: found
            .goes_on_after
            .map(|after| plan.query(after, [("before", before.to_string()), ("reason", reason.clone())])),
        reason,
        before,
        fields: plan.fields(),
        token: visit.token(),
        action: plan.action,
    };
    Ok(form(problem, &template))
}

/// Makes a confirmed change, or its first part, and redirects to its result.
pub(crate) async fn change(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    visit.expect_token()?;
    let plan = Plan::read(visit)?;
    let (limit, reason) = match choice(visit, &plan) {
        Ok(chosen) => chosen,
        Err(problem) => return show(visit, Some(&problem)).await,
    };
    // Those of the confirmation, and no others: a form that is sent twice would change the next ones.
    let seen = Seen::read(visit)?;
    let meant = match limit {
        Limit::First(_) => None,
        Limit::All => {
            let mut meant = counted(visit, &plan).await?;
            // The parts before this one have changed others.
            let before = before(visit)?;
            meant.number = meant.number.saturating_add(before);
            Some(meant)
        }
    };
    let part = apply(visit, &plan, seen.by_replays(limit.number()), reason.as_ref()).await;
    let Part { ids, at, held } = part.map_err(|broken| broken_off(plan.action, broken))?;
    // The time of the confirmation is that of the first part.
    let bulk = meant.zip(at).map(|(meant, at)| Bulk::begin(at, meant, seen.last()));
    let (action, form, is_single) = (plan.action, &plan.form, seen.is_single());
    let made = Made { action, form, ids: &ids, held, is_single, reason, bulk, goes_on: true };
    Ok(see_other(&location(visit, &made)?))
}

/// Reads the number of events and the reason, and checks that the address of each part has room for them.
fn choice(visit: &Visit<'_>, plan: &Plan) -> Result<(Limit, Option<String>), Problem> {
    let (limit, reason) = (Limit::read(visit, plan)?, visit.reason()?);
    if matches!(limit, Limit::All) {
        expect_room(&plan.form, plan.action, reason.as_ref())?;
    }
    Ok((limit, reason))
}

/// The number of events that an operator has chosen.
#[derive(Clone, Copy)]
enum Limit {
    First(usize),
    /// All events of the filter, in parts.
    All,
}

impl Limit {
    fn read(visit: &Visit<'_>, plan: &Plan) -> Result<Self, Problem> {
        if visit.fields.text("limit") == Some(ALL) {
            // The address of a part has no ids: without them, a filter selects others.
            return if plan.form.filter().ids.is_empty() {
                Ok(Self::All)
            } else {
                Err(Problem::invalid(
                    "limit: `all` is for a filter without numbers of events: choose a number.",
                ))
            };
        }
        let limit = visit.fields.parsed::<usize>("limit", "a number of events")?.unwrap_or(Change::LIMIT);
        if !(1..=Change::LIMIT).contains(&limit) {
            let form = format!("a number of events from 1 to {}", Change::LIMIT);
            return Err(Problem::field("limit", &limit.to_string(), &form));
        }
        Ok(Self::First(limit))
    }

    /// Returns the number of events of the first part.
    const fn number(self) -> usize {
        match self {
            Self::First(limit) => limit,
            Self::All => Change::LIMIT,
        }
    }
}

/// Says what a change did before the store did not answer: events with other numbers of replays are parts of their own.
fn broken_off(action: Action, broken: Broken) -> Problem {
    let Broken { done, problem } = broken;
    if done.is_empty() {
        return problem;
    }
    let done = text::events(done.len() as u64);
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
    limits: Vec<(String, String)>,
    /// That of them which is chosen.
    limit: String,
    rows: Vec<EventRow>,
    more: usize,
    fields: Vec<(&'static str, String)>,
    token: String,
}

/// Returns the numbers of events to choose from, with their words: a few first, and all of them last, if there are more.
fn limits(count: usize, all: Option<String>) -> Vec<(String, String)> {
    let most = count.min(Change::LIMIT);
    let numbers = [1, 5, 50].into_iter().filter(|few| *few < most).chain([most]);
    let numbers = numbers.map(|number| (number.to_string(), number.to_string()));
    numbers.chain(all.map(|words| (ALL.to_owned(), words))).collect()
}

/// Returns the words for all events. Those before the first one are counted, too.
fn every(all: Counted, has_begun: bool) -> String {
    let number = match (all.is_all, has_begun) {
        (true, false) => format!(" {}", all.number),
        (true, true) => format!(", at most {}", all.number),
        (false, false) => format!(", at least {}", all.number),
        (false, true) => String::new(),
    };
    format!("all{number}, in parts of {}", Change::LIMIT)
}

/// Returns the number of events for people.
fn total(found: &Affected, all: Option<Counted>) -> String {
    match all {
        Some(all) if !found.is_all && all.is_all => text::events(all.number),
        Some(all) if !found.is_all && all.number > found.count as u64 => {
            format!("at least {}", text::events(all.number))
        }
        _ => found.counted(),
    }
}

/// Returns the limit that was chosen before, or the largest number: all of them are chosen by hand.
fn chosen(limits: &[(String, String)], typed: &str) -> String {
    let known = limits.iter().find(|(limit, _)| limit == typed);
    let largest = limits.iter().rfind(|(limit, _)| limit != ALL);
    known.or(largest).map_or_else(String::new, |(limit, _)| limit.clone())
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

const ALL: &str = "all";
/// The number of events that a confirmation shows.
const SAMPLE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_may_be_changed_first() {
        let numbers = |count, has_more: bool| {
            let limits = limits(count, has_more.then(String::new));
            limits.into_iter().map(|(value, _)| value).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1, false), ["1"]);
        assert_eq!(numbers(5, false), ["1", "5"]);
        assert_eq!(numbers(500, false), ["1", "5", "50", "500"]);
        assert_eq!(numbers(501, true), ["1", "5", "50", "500", "all"]);
        assert_eq!(numbers(7, true), ["1", "5", "7", "all"]);
    }

    #[test]
    fn all_of_them_have_their_number_and_are_chosen_by_hand() {
        let words = |is_all, has_begun| every(Counted { number: 620, is_all }, has_begun);
        assert_eq!(words(true, false), "all 620, in parts of 500");
        assert_eq!(words(true, true), "all, at most 620, in parts of 500");
        assert_eq!(words(false, false), "all, at least 620, in parts of 500");
        assert_eq!(words(false, true), "all, in parts of 500");
        let limits = limits(620, Some(words(true, false)));
        assert_eq!(["", "all", "5", "7"].map(|typed| chosen(&limits, typed)), ["500", "all", "5", "500"]);
    }
}
