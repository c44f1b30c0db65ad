//! Pauses of endpoints.

use std::time::Duration;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Pause, PauseAction, PauseChange, Precondition};
use http::Response;

use super::health::paused;
use crate::problem::Problem;
use crate::response::see_other;
use crate::text;
use crate::visit::{Frame, Visit, form};

/// Asks for the confirmation of a pause, or of its end if the endpoint is paused.
pub(crate) async fn confirm_pause(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    show(visit, None).await
}

/// Shows the form, once more if something is wrong with it.
async fn show(visit: &Visit<'_>, problem: Option<&Problem>) -> Result<Response<Bytes>, Problem> {
    let source = source(visit)?;
    let stats = visit.store.stats().await?;
    let pause = stats.pause(source);
    let paused_name = pause.map_or(source, |pause| &pause.source);
    let template = Page {
        frame: visit
            .frame("none", if pause.is_some() { "Paused endpoint" } else { "Pause an endpoint" })
            .refusing(problem),
        shown: text::shown(source),
        is_known: stats.sources.iter().any(|of| Pause::names_for(&of.source).any(|name| name == source)),
        paused: pause.map(|pause| paused(pause, source)),
        source: paused_name.to_owned(),
        resumed: text::shown(paused_name),
        version: stats.pauses.iter().find(|of| of.source == paused_name).map(Pause::version),
        duration: visit.typed("for"),
        reason: visit.typed("reason"),
        token: visit.token(),
    };
    Ok(form(problem, &template))
}

/// Pauses or resumes an endpoint, and redirects to the overview.
pub(crate) async fn pause(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    visit.expect_token()?;
    let change = match wanted(visit) {
        Ok(change) => change,
        Err(problem) => return show(visit, Some(&problem)).await,
    };
    let name = text::cut(&change.source, 100);
    let is_changed = visit.store.set_pause(&change).await?;
    let text = match (is_changed, change.action) {
        (true, PauseAction::Resume) => format!("{name} is resumed."),
        (true, _) => format!("{name} is paused."),
        (false, PauseAction::Resume) if change.precondition == Precondition::Absent => {
            format!("Nothing was changed: {name} is not paused.")
        }
        (false, _) => {
            format!("Nothing was changed: {name} was paused or resumed after the page was shown.")
        }
    };
    Ok(see_other(&visit.noticed("./", &text)))
}

/// Reads the change of a form.
fn wanted(visit: &Visit<'_>) -> Result<PauseChange, Problem> {
    let (source, actor) = (source(visit)?, visit.operator.name());
    let mut change = match visit.fields.text("action").unwrap_or_default() {
        "pause" => PauseChange::pause(source, actor),
        "resume" => PauseChange::resume(source, actor),
        other => return Err(Problem::field("action", other, "an action: pause and resume are")),
    };
    let duration = visit.fields.parsed::<humantime::Duration>("for", "a duration: 30m and 2h are")?;
    if let Some(duration) = duration.map(Duration::from) {
        if duration.is_zero() {
            return Err(Problem::invalid("for: a pause of 0 s changes nothing."));
        }
        change = change.with_duration(duration);
    }
    change.reason = visit.reason()?;
    // The page has shown this pause, or none: another operator may have been faster.
    change.precondition = visit.precondition()?;
    Ok(change)
}

fn source<'v>(visit: &'v Visit<'_>) -> Result<&'v str, Problem> {
    visit
        .fields
        .untrimmed("source")
        .ok_or_else(|| Problem::invalid("source: choose an endpoint on the overview."))
}

#[derive(Template)]
#[template(path = "pause.html")]
struct Page {
    frame: Frame,
    /// The name that is paused or resumed.
    source: String,
    /// That name, for people.
    resumed: String,
    /// The endpoint or the subscription that was chosen, for people.
    shown: String,
    is_known: bool,
    paused: Option<String>,
    /// The fields as they were typed.
    duration: String,
    reason: String,
    /// The version of the pause that the page shows.
    version: Option<i64>,
    token: String,
}
