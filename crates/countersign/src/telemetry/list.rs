//! The metrics of this crate.

use super::metric::{Metric, MetricLabel, MetricUnit};

/// Requests on which a receiver decided.
pub const REQUESTS: &str = "webhook.requests";
/// Rejected requests, by the reason.
pub const REJECTIONS: &str = "webhook.rejections";
/// Handshakes that were answered.
pub const HANDSHAKES: &str = "webhook.handshakes";
/// Verified deliveries, by the key that fitted.
pub const KEY_HITS: &str = "webhook.key.hits";
/// The size of verified bodies.
pub const BODY_SIZE: &str = "webhook.body.size";
/// The time that decisions took.
pub const VERIFY_DURATION: &str = "webhook.verify.duration";

/// The metrics of verification.
pub const METRICS: &[Metric] = &[
    Metric::counter(
        REQUESTS,
        &[PROVIDER, MetricLabel::closed("outcome", &["verified", "handshake", "rejected", "observed"])],
        "Requests that a receiver decided on; observed ones would be rejected, and reached the handler",
    ),
    Metric::counter(
        REJECTIONS,
        &[PROVIDER, MetricLabel::open("kind")],
        "Requests that were rejected, or would have been, by kind",
    ),
    Metric::counter(
        HANDSHAKES,
        &[PROVIDER, MetricLabel::open("handshake")],
        "Handshakes that were answered, by the handshake's name",
    ),
    Metric::counter(
        KEY_HITS,
        &[PROVIDER, MetricLabel::open("key")],
        "Verified deliveries, by the name of the key that fitted",
    ),
    Metric::histogram(
        BODY_SIZE,
        MetricUnit::Bytes,
        &[PROVIDER],
        "Size of the bodies of verified deliveries",
        &[256.0, 1024.0, 4096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0, 26_214_400.0],
    ),
    Metric::histogram(
        VERIFY_DURATION,
        MetricUnit::Seconds,
        &[PROVIDER],
        "Time that the process worked on the decision, without waiting for the body or for keys",
        &[0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1],
    ),
];

const PROVIDER: MetricLabel = MetricLabel::open("provider");
