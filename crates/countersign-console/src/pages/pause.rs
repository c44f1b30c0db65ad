//! Pauses of endpoints.

use std::time::Duration;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{Pause, PauseAction, PauseChange, Stats};
use http::{Response, StatusCode};

use super::health::paused;
use crate::problem::Problem;
use crate::response::see_other;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Asks for the confirmation of a pause, or of its end if the endpoint is paused.
pub(crate) async fn confirm_pause(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    let source = source(visit)?;
    let stats = visit.store.stats().await?;
    let pause = stats.pause(source);
    let paused_name = pause.map_or(source, |pause| &pause.source);
    let template = Page {
        frame: visit.frame("none", if pause.is_some() { "Paused endpoint" } else { "Pause an endpoint" }),
        shown: text::shown(source),
        is_known: stats.sources.iter().any(|of| Pause::names_for(&of.source).any(|name| name == source)),
        paused: pause.map(|pause| paused(pause, source)),
        source: paused_name.to_owned(),
        resumed: text::shown(paused_name),
        since: since(&stats, paused_name),
        token: visit.token(),
    };
    Ok(page(StatusCode::OK, &template))
}

/// Pauses or resumes an endpoint, and redirects to the overview.
pub(crate) async fn pause(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    visit.expect_change()?;
    visit.expect_token()?;
    let (source, actor) = (source(visit)?, visit.operator.name());
    let mut change = match visit.fields.text("action").unwrap_or_default() {
        "pause" => PauseChange::pause(source, actor),
        "resume" => PauseChange::resume(source, actor),
        other => return Err(Problem::field("action", other, "an action: pause and resume are")),
    };
    let name = text::cut(source, 100);
    // The page has shown this pause, or none: another operator may have been faster.
    if visit.fields.text("since").unwrap_or_default() != since(&visit.store.stats().await?, source) {
        let text = format!("Nothing was changed: {name} was paused or resumed after the page was shown.");
        return Ok(see_other(&visit.noticed("./", &text)));
    }
    let duration = visit.fields.parsed::<humantime::Duration>("for", "a duration: 30m and 2h are")?;
    if let Some(duration) = duration.map(Duration::from) {
        if duration.is_zero() {
            return Err(Problem::invalid("for: a pause of 0 s changes nothing."));
        }
        change = change.with_duration(duration);
    }
    change.reason = visit.reason()?;
    let is_changed = visit.store.set_pause(&change).await?;
    let text = match (is_changed, change.action) {
        (true, PauseAction::Resume) => format!("{name} is resumed."),
        (true, _) => format!("{name} is paused."),
        (false, _) => format!("Nothing was changed: {name} is not paused."),
    };
    Ok(see_other(&visit.noticed("./", &text)))
}

/// Returns the beginning of the pause of exactly this name in milliseconds. Empty without one.
fn since(stats: &Stats, name: &str) -> String {
    let pause = stats.pauses.iter().find(|pause| pause.source == name);
    pause.map(|pause| pause.since.as_millis().to_string()).unwrap_or_default()
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
    /// The beginning of the pause that the page shows.
    since: String,
    token: String,
}
