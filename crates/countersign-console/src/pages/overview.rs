//! The overview: whether each endpoint is well.

use std::collections::BTreeSet;

use askama::Template;
use bytes::Bytes;
use countersign_inbox::{EndpointStatistics, Pause, Series, SourceStats, Statistics, Stats, Window};
use http::{Response, StatusCode};

use super::sparkline::Sparkline;
use crate::fields::query;
use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Shows the state of each endpoint, and what happened within a window of time.
pub(crate) async fn overview(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let window = window(visit, Window::Hour)?;
    let refresh = visit.refresh()?;
    let stats = visit.store.stats().await?;
    let statistics = visit.store.statistics(window).await?;
    let series = visit.store.series(window).await?;
    let endpoints = Endpoint::all(&stats, &statistics, &series);
    let counted =
        |count: fn(&SourceStats) -> u64| stats.sources.iter().map(count).fold(0, u64::saturating_add);
    let oldest = stats.sources.iter().filter_map(|of| of.oldest_due).max();
    let template = Overview {
        frame: visit.frame("", "Overview").refreshed(refresh),
        window: window.as_str(),
        windows: Window::ALL.map(Window::as_str),
        since: text::second(statistics.since),
        waiting: counted(|of| of.ready + of.running),
        dead: counted(|of| of.dead),
        unverified: counted(|of| of.unverified),
        paused: stats.pauses.len(),
        oldest: oldest.map(text::span),
        endpoints,
    };
    Ok(page(StatusCode::OK, &template))
}

/// Returns the window that a query asks for.
pub(super) fn window(visit: &Visit<'_>, otherwise: Window) -> Result<Window, Problem> {
    Ok(visit.fields.parsed("window", "a window: 1h, 24h and 7d are")?.unwrap_or(otherwise))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    window: &'static str,
    windows: [&'static str; 3],
    since: String,
    waiting: u64,
    dead: u64,
    unverified: u64,
    paused: usize,
    oldest: Option<String>,
    endpoints: Vec<Endpoint>,
}

/// The row of an endpoint.
struct Endpoint {
    name: String,
    /// The query that selects it.
    query: String,
    paused: Option<String>,
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
    sparkline: Option<Sparkline>,
}

impl Endpoint {
    /// Returns all endpoints that have events, statistics or a pause, by name.
    fn all(stats: &Stats, statistics: &Statistics, series: &Series) -> Vec<Self> {
        let counted = stats.sources.iter().map(|of| &of.source);
        let names: BTreeSet<_> = counted
            .chain(statistics.sources.keys())
            .chain(stats.pauses.iter().map(|of| &of.source))
            .collect();
        let row = |name: &String| {
            let waiting = stats.sources.iter().find(|of| of.source == *name);
            let of = statistics.sources.get(name).cloned().unwrap_or_default();
            Self::new(name, &waiting.cloned().unwrap_or_default(), &of, stats.pause(name), series)
        };
        names.into_iter().map(row).collect()
    }

    fn new(
        name: &str,
        stats: &SourceStats,
        of: &EndpointStatistics,
        pause: Option<&Pause>,
        series: &Series,
    ) -> Self {
        let took = |share| of.time_to_done.quantile(share).map(text::span).unwrap_or_default();
        let rate = of.counts.success_rate();
        Self {
            name: text::shown(name),
            query: query([("source", name.to_owned())]),
            paused: pause.map(paused),
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
            sparkline: Sparkline::new(series.of(name)),
        }
    }
}

/// Describes a pause: its end, its actor and its reason.
pub(super) fn paused(pause: &Pause) -> String {
    let until = pause
        .until
        .map_or_else(|| "until it is resumed".to_owned(), |at| format!("until {}", text::second(at)));
    let reason =
        pause.reason.as_deref().map(|reason| format!(": {}", text::cut(reason, 200))).unwrap_or_default();
    format!("paused {until}, by {}{reason}", text::cut(&pause.actor, 200))
}
