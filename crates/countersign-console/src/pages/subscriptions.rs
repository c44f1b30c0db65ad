//! Endpoints and their subscriptions: backlog, outcome, and what rules leave out.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{
    Controls, EndpointHealth, EndpointStatistics, HealthState, Observation, SourceStats, Statistics, Window,
};
use http::{Response, StatusCode};

use super::circuits::{HALF_OPEN, OPEN, limited, state};
use super::health::{HealthLine, class, listed};
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Lists endpoints with their subscriptions.
pub(crate) async fn subscriptions(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let window = visit.window(Window::Day)?;
    let refresh = visit.refresh()?;
    let observation = Observation::of(visit.store).await?;
    let statistics = visit.statistics(&observation, window).await?;
    let health = observation.health(visit.rules, visit.max_backlog_age);
    let template = Page {
        frame: visit.frame("subscriptions", "Subscriptions").refreshed(refresh),
        window: window.as_str(),
        windows: Window::ALL.map(Window::as_str),
        since: text::second(statistics.since),
        rows: health.iter().map(|of| Row::new(of, &observation, &statistics)).collect(),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "subscriptions.html")]
struct Page {
    frame: Frame,
    window: &'static str,
    windows: [&'static str; 3],
    since: String,
    rows: Vec<Row>,
}

struct Row {
    endpoint: String,
    /// Empty for what is stored and counted under the name of the endpoint.
    subscription: String,
    health: HealthLine,
    is_paused: bool,
    /// The limit of an operator that holds.
    limit: String,
    /// The states of circuits that are not closed.
    circuit: String,
    backlog: u64,
    oldest: String,
    success: String,
    is_failing: bool,
    dead: u64,
    unverified: u64,
    filtered: String,
    codes: String,
    last_delivery: String,
}

impl Row {
    fn new(of: &EndpointHealth, observation: &Observation, statistics: &Statistics) -> Self {
        let (endpoint, subscription) = of.source.rsplit_once('/').unwrap_or((&of.source, ""));
        let stats = observation.stats.sources.iter().find(|stats| stats.source == of.source);
        let none = (SourceStats::default(), EndpointStatistics::default());
        let stats = stats.unwrap_or(&none.0);
        let counted = statistics.sources.get(&of.source).unwrap_or(&none.1);
        let rate = counted.counts.success_rate();
        Self {
            endpoint: text::shown(endpoint),
            subscription: text::shown(subscription),
            health: HealthLine::new(of, observation),
            is_paused: observation.stats.pause(&of.source).is_some(),
            limit: observation.controls.limit(&of.source).map(|of| limited(of.limit)).unwrap_or_default(),
            circuit: circuit(&observation.controls, &of.source),
            backlog: stats.backlog(),
            oldest: stats.oldest_due.map(text::span).unwrap_or_default(),
            success: rate.map(text::percent).unwrap_or_default(),
            is_failing: rate.is_some_and(|rate| rate < 1.0),
            dead: stats.dead,
            unverified: stats.unverified,
            filtered: listed(&counted.filtered),
            codes: listed(&counted.codes),
            last_delivery: counted.last_delivery.map(text::second).unwrap_or_default(),
        }
    }

    const fn class(&self) -> &'static str {
        class(self.health.state)
    }

    const fn state(&self) -> HealthState {
        self.health.state
    }
}

/// Returns the states of circuits that are not closed, such as `open in 2 workers`.
fn circuit(controls: &Controls, source: &str) -> String {
    let reported = |name: &'static str| {
        let of_source = controls.circuits.iter().filter(|of| of.report.source == source && state(of) == name);
        match of_source.count() {
            0 => None,
            1 => Some(format!("{name} in 1 worker")),
            count => Some(format!("{name} in {count} workers")),
        }
    };
    [OPEN, HALF_OPEN].into_iter().filter_map(reported).collect::<Vec<_>>().join(", ")
}
