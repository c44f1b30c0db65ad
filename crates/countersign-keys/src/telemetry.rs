//! The metrics of fetches.

use countersign::telemetry::{Metric, MetricLabel, MetricUnit};

/// Fetches of published keys.
pub const FETCHES: &str = "webhook.keys.fetches";
/// The time of the last successful fetch.
pub const LAST_FETCH: &str = "webhook.keys.last_fetch";

/// The metrics of fetches, which the feature `metrics` records; `host` is the host of the address, which is configured or
/// pinned. Those of verification are [`countersign::telemetry::METRICS`].
pub const METRICS: &[Metric] = &[
    Metric::counter(
        FETCHES,
        &[HOST, MetricLabel::closed("outcome", &["fetched", "absent", "failed"])],
        "Fetches of published keys, by outcome",
    ),
    Metric::gauge(
        LAST_FETCH,
        MetricUnit::Seconds,
        &[HOST],
        "Unix time of the last successful fetch: keys are used for up to a day after they have expired",
    ),
];

const HOST: MetricLabel = MetricLabel::open("host");

/// Registers the descriptions and units of [`METRICS`]. Call it once the recorder is installed.
#[cfg(feature = "metrics")]
pub fn describe() {
    METRICS.iter().for_each(Metric::describe);
}

/// Counts a fetch that ended, by whether it found keys.
#[cfg(feature = "metrics")]
pub(crate) fn fetched<E>(address: &str, outcome: Result<bool, &E>, now: countersign::UnixTime) {
    let uri = address.parse::<http::Uri>();
    let host = uri.as_ref().ok().and_then(http::Uri::host).unwrap_or_default().to_owned();
    let word = match outcome {
        Ok(true) => "fetched",
        Ok(false) => "absent",
        Err(_) => "failed",
    };
    if word == "fetched" {
        metrics::gauge!(LAST_FETCH, "host" => host.clone()).set(now.as_secs() as f64);
    }
    metrics::counter!(FETCHES, "host" => host, "outcome" => word).increment(1);
}
