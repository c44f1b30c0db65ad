//! The metrics are those of the documented table, in every framework, and the dashboards and alerts use no others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod emitted;
mod prometheus;
mod sources;
mod table;

use countersign::telemetry::Metric;

/// Returns all metrics of the product.
fn all() -> Vec<&'static Metric> {
    let lists =
        [countersign::telemetry::METRICS, countersign_inbox::telemetry::METRICS, countersign_keys::METRICS];
    lists.into_iter().flatten().collect()
}
