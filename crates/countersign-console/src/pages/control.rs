//! Changes of the rate limit and of the circuits of an endpoint.

use std::time::Duration;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{
    CircuitCommand, ControlAction, ControlChange, Controls, Limit, Pause, Precondition, RateLimit, Stats,
};
use http::Response;

use super::circuits::{CircuitRow, limited};
use super::health::paused;
use crate::fields::query;
use crate::problem::Problem;
use crate::response::see_other;
use crate::text;
use crate::visit::{Frame, Visit, form};

/// Shows the controls of an endpoint, and asks for the confirmation of a change if the query names one.
pub(crate) async fn confirm_control(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    if visit.fields.text("action") == Some(PAUSE) {
        let source = source(visit)?;
        return Ok(see_other(&format!("./pause?{}", query([("source", source.to_owned())]))));
    }
    show(visit, None).await
}

/// Shows the controls, and the form of a change once more if something is wrong with it.
async fn show(visit: &Visit<'_>, problem: Option<&Problem>) -> Result<Response<Bytes>, Problem> {
    let source = source(visit)?;
    let chosen = visit.fields.text("action").map(known).transpose()?;
    let controls = visit.store.controls().await?;
    let stats = visit.store.stats().await?;
    let has_limit = controls.limits.iter().any(|limit| limit.source == source);
    let template = Page {
        frame: visit
            .frame("none", chosen.map_or("Controls of an endpoint", |(_, title, _)| title))
            .refusing(problem),
        shown: text::shown(source),
        is_known: stats.sources.iter().any(|of| Pause::names_for(&of.source).any(|name| name == source)),
        facts: facts(&controls, &stats, source),
        circuits: controls
            .circuits
            .iter()
            .filter(|of| is_of(&of.report.source, source))
            .map(CircuitRow::new)
            .collect(),
        query: query([("source", source.to_owned())]),
        links: ACTIONS.iter().map(|(action, title, _)| (*title, of_action(source, action))).collect(),
        effect: chosen.map(|(_, _, effect)| effect).unwrap_or_default(),
        title: chosen.map(|(_, title, _)| title).unwrap_or_default(),
        action: chosen.map(|(action, ..)| action).unwrap_or_default(),
        version: chosen.and_then(|(action, ..)| version(&controls, action, source)),
        is_nothing: chosen.is_some_and(|(action, ..)| action == UNLIMIT) && !has_limit,
        source: source.to_owned(),
        attempts: visit.typed("attempts"),
        period: visit.fields.exact("period").unwrap_or(MINUTE).to_owned(),
        duration: visit.fields.exact("for").unwrap_or(MINUTE).to_owned(),
        reason: visit.typed("reason"),
        token: visit.token(),
    };
    Ok(form(problem, &template))
}

/// Changes a limit or circuits, and redirects to the list of them.
pub(crate) async fn control(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    visit.expect_token()?;
    let change = match wanted(visit) {
        Ok(change) => change,
        Err(problem) => return show(visit, Some(&problem)).await,
    };
    let source = change.source.as_str();
    let (name, controls) = (text::cut(source, 100), visit.store.controls().await?);
    let is_changed = visit.store.set_control(&change).await?;
    let text = match change.action {
        ControlAction::Unlimit if !is_changed && change.precondition == Precondition::Absent => {
            format!("Nothing was changed: {name} has no limit of an operator.")
        }
        ControlAction::Limit(_) | ControlAction::Unlimit if !is_changed => {
            format!("Nothing was changed: the limit of {name} was changed after the page was shown.")
        }
        _ if !is_changed => {
            format!(
                "Nothing was changed: the circuits of {name} were opened or closed by an operator after the page was shown."
            )
        }
        ControlAction::Limit(limit) => format!("The limit of {name} is {}.", limited(limit)),
        ControlAction::Unlimit => format!("The limit of {name} is removed."),
        ControlAction::OpenCircuit { .. } => format!("The circuits of {name} open within five seconds."),
        _ if has_open(&controls, source) => format!("The circuits of {name} close within five seconds."),
        _ => format!(
            "No circuit of {name} was reported as open: one that has opened since then closes within five seconds."
        ),
    };
    Ok(see_other(&visit.noticed("./controls", &text)))
}

/// Reads the change of a form.
fn wanted(visit: &Visit<'_>) -> Result<ControlChange, Problem> {
    let (source, actor) = (source(visit)?, visit.operator.name());
    let action = known(visit.fields.text("action").unwrap_or_default())?.0;
    let mut change = match action {
        LIMIT => ControlChange::limit(source, limit(visit)?, actor),
        UNLIMIT => ControlChange::unlimit(source, actor),
        OPEN => ControlChange::open_circuit(source, duration(visit)?, actor),
        _ => ControlChange::close_circuit(source, actor),
    };
    change.reason = visit.reason()?;
    // The page has shown this limit or this operation, or none: another operator may have been faster.
    change.precondition = visit.precondition()?;
    Ok(change)
}

/// Returns the version of the limit, or of the latest operation on circuits, of exactly this name.
fn version(controls: &Controls, action: &str, name: &str) -> Option<i64> {
    if [LIMIT, UNLIMIT].contains(&action) {
        controls.limits.iter().find(|of| of.source == name).map(Limit::version)
    } else {
        controls.commands.iter().find(|of| of.source == name).map(CircuitCommand::version)
    }
}

/// Returns whether an operator or a worker has opened a circuit of this name.
fn has_open(controls: &Controls, name: &str) -> bool {
    controls.circuits.iter().any(|of| is_of(&of.report.source, name))
        || controls.commands.iter().any(|of| of.left.is_some() && is_of(&of.source, name))
}

#[derive(Template)]
#[template(path = "control.html")]
struct Page {
    frame: Frame,
    /// The name, and for people.
    source: String,
    shown: String,
    is_known: bool,
    facts: Vec<(&'static str, String)>,
    circuits: Vec<CircuitRow>,
    /// The query that selects the endpoint.
    query: String,
    /// The changes, with their queries.
    links: Vec<(&'static str, String)>,
    /// The chosen change: empty if none is.
    action: &'static str,
    title: &'static str,
    effect: &'static str,
    /// The fields as they were typed.
    attempts: String,
    period: String,
    duration: String,
    reason: String,
    /// The version of the limit or of the operation that the page shows.
    version: Option<i64>,
    /// Whether there is nothing to change.
    is_nothing: bool,
    token: String,
}

/// Returns the action with this name.
fn known(name: &str) -> Result<(&'static str, &'static str, &'static str), Problem> {
    let found = ACTIONS.into_iter().find(|(action, ..)| *action == name);
    found.ok_or_else(|| {
        Problem::field("action", name, "an action: limit, unlimit, open_circuit and close_circuit are")
    })
}

fn source<'v>(visit: &'v Visit<'_>) -> Result<&'v str, Problem> {
    visit.fields.untrimmed("source").ok_or_else(|| Problem::invalid("source: name the endpoint."))
}

/// Returns the query of the confirmation of a change.
fn of_action(source: &str, action: &str) -> String {
    query([("source", source.to_owned()), ("action", action.to_owned())])
}

/// Returns whether a change of `name` would hold for `source`.
fn is_of(source: &str, name: &str) -> bool {
    Pause::names_for(source).any(|of| of == name)
}

fn facts(controls: &Controls, stats: &Stats, source: &str) -> Vec<(&'static str, String)> {
    let limit = controls.limit(source).map_or_else(
        || "that of the code, if there is one".to_owned(),
        |of| {
            let reason = of.reason.as_deref().map(|reason| format!(": {}", text::cut(reason, 400)));
            let with =
                if of.source == source { String::new() } else { format!(" of {}", text::shown(&of.source)) };
            let (limit, since, actor) =
                (limited(of.limit), text::second(of.since), text::cut(&of.actor, 200));
            format!("{limit}{with}, since {since}, by {actor}{}", reason.unwrap_or_default())
        },
    );
    let opening = controls.command(source).and_then(|command| {
        let left = text::span(command.left?);
        Some(format!("opened by an operator: {left} until the trial"))
    });
    let pause = stats.pause(source).map(|pause| paused(pause, source));
    let facts = [("Limit", Some(limit)), ("Circuits", opening), ("Pause", pause)];
    facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
}

/// Reads a limit.
fn limit(visit: &Visit<'_>) -> Result<RateLimit, Problem> {
    let attempts = visit.fields.parsed::<u32>("attempts", "a number of attempts")?;
    let attempts = attempts.ok_or_else(|| Problem::invalid("attempts: name the number of attempts."))?;
    let period = visit.fields.parsed::<humantime::Duration>("period", "a period: 1s and 5m are")?;
    let period = period.ok_or_else(|| Problem::invalid("period: name the period, such as 1m."))?;
    RateLimit::new(attempts, period.into()).map_err(|error| Problem::invalid(format!("{error}.")))
}

/// Reads the time until the trial.
fn duration(visit: &Visit<'_>) -> Result<Duration, Problem> {
    let duration = visit.fields.parsed::<humantime::Duration>("for", "a duration: 30s and 5m are")?;
    let duration =
        duration.ok_or_else(|| Problem::invalid("for: name the time until the trial, such as 1m."))?;
    if duration.is_zero() {
        return Err(Problem::invalid("for: a circuit that is open for 0 s is half open: say how long."));
    }
    Ok(duration.into())
}

/// The changes: the names of the audit log, titles, and effects.
pub(super) const ACTIONS: [(&str, &str, &str); 4] = [
    (
        LIMIT,
        "Limit attempts",
        "Each process begins at most so many attempts within any such period, from its next look at the store on: within five seconds. \
         The limit replaces that in the code, and each subscription has it by itself; one of a subscription by its own name comes before it.",
    ),
    (
        UNLIMIT,
        "Remove the limit",
        "The limit of this name ends: that of the endpoint or of the code holds again.",
    ),
    (
        OPEN,
        "Open the circuits",
        "No process begins an attempt at an event of this name, or of its subscriptions, for this time, from its next look at the store \
         on: within five seconds. Then each tries a single event: if that succeeds, its circuit closes, and if it fails, it stays open \
         for another pause. A pause stops an endpoint until it is resumed.",
    ),
    (
        CLOSE,
        "Close the circuits",
        "Circuits that failures or an operator have opened close without a trial, within five seconds. They open again if attempts \
         fail as before.",
    ),
];
/// As long as in the forms at first.
/// The change that has a page of its own.
const PAUSE: &str = "pause";
const MINUTE: &str = "1m";
const LIMIT: &str = "limit";
const UNLIMIT: &str = "unlimit";
const OPEN: &str = "open_circuit";
const CLOSE: &str = "close_circuit";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_the_names_of_the_audit_log() {
        let minute = Duration::from_secs(60);
        let changes = [
            ControlChange::limit("a", RateLimit::new(1, minute).unwrap(), "ada"),
            ControlChange::unlimit("a", "ada"),
            ControlChange::open_circuit("a", minute, "ada"),
            ControlChange::close_circuit("a", "ada"),
        ];
        assert_eq!(ACTIONS.map(|(action, ..)| action), changes.map(|change| change.action.as_str()));
    }
}
