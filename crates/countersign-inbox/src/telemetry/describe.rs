use countersign::telemetry::Metric;

use super::list::METRICS;

/// Registers the descriptions and units of all metrics, those of verification included. Call it once the recorder is
/// installed.
pub fn describe() {
    countersign::telemetry::describe();
    METRICS.iter().for_each(Metric::describe);
}
