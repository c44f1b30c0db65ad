//! Metrics through the `metrics` facade, spans and logs through `tracing`.
//!
//! The application chooses how they are collected; without a recorder and a subscriber they cost almost nothing. No
//! label and no metric contains an id or a tenant. The names are constants of this module, for use by stores; with the
//! feature `runtime`, `describe` registers their descriptions.
//!
//! # Metrics
//!
//! [`METRICS`] lists them, with labels and recommended buckets; those of verification, which are counted for each request
//! of an endpoint as well, are [`countersign::telemetry::METRICS`]. The [table of all](https://github.com/countersign-rs/countersign/blob/main/docs/metrics.md)
//! has the names of Prometheus beside those of OpenTelemetry.
//!
//! Labels are the same wherever a metric is counted: inline, at the endpoint of an inbox, or by the worker.
//! `source` is the name of the [`Endpoint`](crate::Endpoint).
//!
//! Deliveries are `accepted` when they are new: stored, or passed to the handler. `requeued` were dead letters and
//! are ready again; `replayed` have signed bytes that are known under another id; `filtered` were left out by a rule of the endpoint; `inflight` must be retried,
//! because the first one is being handled (at an inbox, only if its stored request does not verify); `rejected` were not verified, or lack a required id. At an inbox,
//! `store_error` includes late answers, which are counted again with their actual outcome once the store has
//! answered.
//!
//! Attempts end as `done`, as `skip` if the event needs no handling, as `retry` if they failed and the event is
//! handled again, as `dead` if a retry would not help, as `keep` if its type or version is unknown and it waits for a
//! program that handles it, as `give_back` when the worker shuts down, as `unverified`
//! if the stored request no longer verifies, and as `lost` if another worker has the event, or the outcome could
//! not be stored. In inline mode, `dead` is a response that counts as permanent: no operator action is pending, and
//! `webhook.dead_letters` does not count it.
//!
//! # Spans
//!
//! Each attempt of the worker has a span `process` of the kind consumer, with the attributes of OpenTelemetry's
//! [conventions for messaging](https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/), and
//! `trace_id` and `parent_span_id` of the request that delivered the event. With the feature `opentelemetry` it is
//! a child of that request's span, and linked to it. Inline handlers run within the span of their request.

#[cfg(feature = "runtime")]
mod count;
mod list;
#[cfg(feature = "runtime")]
mod trace;

#[cfg(feature = "runtime")]
pub(crate) use count::{DeliveryOutcome, arrived, count, ended, store_error};
#[cfg(feature = "runtime")]
pub use list::describe;
pub use list::{
    ACCEPT_DURATION, ATTEMPTS, BACKLOG, CIRCUIT_OPEN, CLOCK_STEP, COMMIT_AFTER_SUCCESS_FAILED,
    CONSUMED_MESSAGES, DEAD, DELIVERIES, EVICTED, FILTERED, FSYNC_DURATION, GROUP_COMMIT_SIZE,
    HANDLER_PANICS, HANDLER_TIMEOUTS, ID_BODY_MISMATCH, LEASE_LOST, METRICS, OLDEST_READY, PAUSED,
    PROCESS_DURATION, RETENTION_DELETED, STALE_FINISH, STORE_ERRORS, UNHANDLED_BACKLOG, WORKER_PANICS,
};
#[cfg(feature = "runtime")]
pub use trace::traceparent;
#[cfg(feature = "runtime")]
pub(crate) use trace::{TARGET, TraceParent, adopt, panic_message, short_retention};
