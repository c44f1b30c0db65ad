//! Metrics of verification, through the [`metrics`](https://docs.rs/metrics) facade.
//!
//! With the feature `metrics` (of `countersign-tower` and `countersign-actix`, too), each request that a
//! [`Receiver`](crate::receiver::Receiver) decides on is counted. Without it, no request is counted; the list of metrics is
//! still there. The application installs a recorder, for instance that of `metrics-exporter-prometheus`, and calls
//! [`describe`] once. No label contains an id or a tenant.
//!
//! Names and units are those of OpenTelemetry; [`Metric::prometheus_name`] derives the names of Prometheus from them.
//! [`METRICS`] lists what this crate counts, `countersign_inbox::telemetry::METRICS` what the inbox and the middleware
//! for handlers add, and `countersign_keys::METRICS` what fetches of published keys add.
//!
//! ```
//! use countersign::telemetry::{METRICS, VERIFY_DURATION};
//!
//! let duration = METRICS.iter().find(|metric| metric.name == VERIFY_DURATION).unwrap();
//! assert_eq!(duration.prometheus_name(), "webhook_verify_duration_seconds");
//! ```

#[cfg(feature = "metrics")]
mod count;
mod list;
mod metric;

#[cfg(feature = "metrics")]
pub use count::describe;
pub use list::{BODY_SIZE, HANDSHAKES, KEY_HITS, METRICS, REJECTIONS, REQUESTS, VERIFY_DURATION};
pub use metric::{Metric, MetricKind, MetricLabel, MetricUnit};

#[cfg(feature = "metrics")]
pub(crate) use count::{Outcome, Stopwatch};
