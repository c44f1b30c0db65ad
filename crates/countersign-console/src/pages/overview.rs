//! The overview: whether each endpoint is well.

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{EndpointStatistics, Observation, Series, SourceStats, Statistics, Window};
use http::{Response, StatusCode};

use super::health::{HealthLine, listed, sums};
use super::sparkline::Sparkline;
use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Shows the health of each endpoint, and what happened within a window of time.
pub(crate) async fn overview(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let window = visit.window(Window::Hour)?;
    let refresh = visit.refresh()?;
    let observation = Observation::of(visit.store).await?;
    let statistics = visit.statistics(&observation, window).await?;
    let series = match window {
        Window::Hour => observation.minutes.clone(),
        window => visit.store.series(window).await?,
    };
    let health = observation.health(visit.rules, visit.max_backlog_age);
    let stats = &observation.stats;
    let counted =
        |count: fn(&SourceStats) -> u64| stats.sources.iter().map(count).fold(0, u64::saturating_add);
    let oldest = stats.sources.iter().filter_map(|of| of.oldest_due).max();
    let template = Overview {
        frame: visit.frame("", "Overview").refreshed(refresh),
        window: window.as_str(),
        windows: Window::ALL.map(Window::as_str),
        since: text::second(statistics.since),
        rejected_since: text::second(observation.rejections.since),
        waiting: counted(SourceStats::backlog),
        dead: counted(|of| of.dead),
        unverified: counted(|of| of.unverified),
        paused: stats.pauses.len(),
        oldest: oldest.map(text::span),
        sums: sums(&health),
        endpoints: health
            .iter()
            .map(|of| Endpoint::new(&of.source, &observation, &statistics, &series))
            .collect(),
        health: health.iter().map(|of| HealthLine::new(of, &observation)).collect(),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    window: &'static str,
    windows: [&'static str; 3],
    since: String,
    rejected_since: String,
    waiting: u64,
    dead: u64,
    unverified: u64,
    paused: usize,
    oldest: Option<String>,
    sums: String,
    health: Vec<HealthLine>,
    endpoints: Vec<Endpoint>,
}

/// The row of an endpoint.
struct Endpoint {
    name: String,
    /// The query that selects it.
    query: String,
    is_paused: bool,
    ready: u64,
    running: u64,
    dead: u64,
    unverified: u64,
    oldest: String,
    is_failing: bool,
    success: String,
    half: String,
    most: String,
    last_delivery: String,
    last_success: String,
    /// The keys that verified deliveries, with the numbers of these.
    keys: String,
    rejected: u64,
    sparkline: Option<Sparkline>,
}

impl Endpoint {
    fn new(name: &str, observation: &Observation, statistics: &Statistics, series: &Series) -> Self {
        let none = (SourceStats::default(), EndpointStatistics::default());
        let stats = observation.stats.sources.iter().find(|of| of.source == name).unwrap_or(&none.0);
        let of = statistics.sources.get(name).unwrap_or(&none.1);
        let rejected = observation.rejections.counts.iter().filter(|of| of.source == name).map(|of| of.count);
        let took = |share| of.time_to_done.quantile(share).map(text::span).unwrap_or_default();
        let rate = of.counts.success_rate();
        Self {
            name: text::shown(name),
            query: query([("source", name.to_owned())]),
            is_paused: observation.stats.pause(name).is_some(),
            ready: stats.ready,
            running: stats.running,
            dead: stats.dead,
            unverified: stats.unverified,
            oldest: stats.oldest_due.map(text::span).unwrap_or_default(),
            is_failing: rate.is_some_and(|rate| rate < 1.0),
            success: rate.map(text::percent).unwrap_or_default(),
            half: took(0.5),
            most: took(0.95),
            last_delivery: of.last_delivery.map(text::second).unwrap_or_default(),
            last_success: of.last_success.map(text::second).unwrap_or_default(),
            keys: listed(&of.keys),
            rejected: rejected.fold(0, u64::saturating_add),
            sparkline: Sparkline::new(series.of(name)),
        }
    }
}
