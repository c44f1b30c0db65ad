//! Metrics through the `metrics` facade, spans and logs through `tracing`.
//!
//! The application chooses how they are collected; without a recorder and a subscriber they cost almost nothing. No
//! label and no metric contains an id or a tenant. The names are constants of this module, for use by stores and
//! dashboards; with the feature `runtime`, `describe` registers their descriptions.
//!
//! # Metrics
//!
//! Labels are the same wherever a metric is counted: inline, at the endpoint of an inbox, or by the worker.
//! `source` is the name of the [`Endpoint`](crate::Endpoint).
//!
//! | Name | Kind | Labels | Description |
//! |---|---|---|---|
//! | `webhook_deliveries_total` | counter | `source`, `outcome`: `accepted`, `duplicate`, `requeued`, `replayed`, `inflight`, `rejected`, `store_error` | Deliveries, by outcome |
//! | `webhook_accept_seconds` | histogram, s | `source` | Time to store an event |
//! | `webhook_id_body_mismatch_total` | counter | `source` | Duplicates with another body than the first |
//! | `webhook_attempts_total` | counter | `source`, `outcome`: `done`, `skip`, `retry`, `dead`, `give_back`, `unverified`, `lost` | Ended attempts, by outcome |
//! | `webhook_dead_total` | counter | `source`, `reason`: `permanent`, `attempts`, `age`, `crashed`, `decode` | Events that became dead letters |
//! | `webhook_stale_finish_total` | counter | `source` | Results that were discarded because another worker had the event |
//! | `webhook_lease_lost_total` | counter | `source` | Handlers that were cancelled because their lease was lost, or could not be renewed in time |
//! | `webhook_commit_after_success_failed_total` | counter | `source` | Handlers that succeeded, but whose success could not be stored before the lease ended: storing is retried, and the event runs again if another worker takes it over |
//! | `webhook_handler_panics_total` | counter | `source` | Handlers that panicked |
//! | `webhook_handler_timeouts_total` | counter | `source` | Handlers that exceeded their timeout |
//! | `webhook_worker_panics_total` | counter | `task` | Panics of the worker itself, which continues |
//! | `webhook_store_errors_total` | counter | `operation` | Failed operations of the store |
//! | `webhook_retention_deleted_total` | counter | | Events and claims deleted after their retention |
//! | `webhook_backlog` | gauge | `source`, `state` | Events, by state |
//! | `webhook_oldest_ready_seconds` | gauge | `source` | Waiting time of the oldest due event: **the** value to alert on |
//! | `webhook_unhandled_backlog` | gauge | `source` | Events that wait at an endpoint which no worker of the process handles: its name may be misspelt, or another process handles it |
//! | `webhook_evicted_total` | counter | | Handled deliveries that a full `MemoryStore` forgot before the end of their retention: they would be handled again |
//! | `webhook_clock_step_seconds` | gauge, s | | Distance of the clock from the latest time in the store, while that raises an alarm: time continues from there, nothing is deleted, and `ready` is not ok |
//! | `webhook_group_commit_size` | histogram | | Operations that shared a commit |
//! | `webhook_fsync_seconds` | histogram, s | | Time that commits waited for the disk |
//! | `messaging.process.duration` | histogram, s | `messaging.destination.name`, `error.type` | Duration of handlers |
//! | `messaging.client.consumed.messages` | counter | `messaging.destination.name` | Events passed to handlers |
//!
//! Deliveries are `accepted` when they are new: stored, or passed to the handler. `requeued` were dead letters and
//! are ready again; `replayed` have signed bytes that are known under another id; `inflight` must be retried,
//! because the first one is being handled; `rejected` were not verified, or lack a required id. At an inbox,
//! `store_error` includes late answers, which are counted again with their actual outcome once the store has
//! answered.
//!
//! Attempts end as `done`, as `skip` if the event needs no handling, as `retry` if they failed and the event is
//! handled again, as `dead` if a retry would not help, as `give_back` when the worker shuts down, as `unverified`
//! if the stored request no longer verifies, and as `lost` if another worker has the event, or the outcome could
//! not be stored. In inline mode, `dead` is a response that counts as permanent: no operator action is pending, and
//! `webhook_dead_total` does not count it.
//!
//! # Spans
//!
//! Each attempt of the worker has a span `process` of the kind consumer, with the attributes of OpenTelemetry's
//! [conventions for messaging](https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/), and
//! `trace_id` and `parent_span_id` of the request that delivered the event. With the feature `opentelemetry` it is
//! a child of that request's span, and linked to it. Inline handlers run within the span of their request.

#[cfg(feature = "runtime")]
mod count;
#[cfg(feature = "runtime")]
mod describe;
#[cfg(feature = "runtime")]
mod log;
mod names;
#[cfg(feature = "opentelemetry")]
mod otel;
#[cfg(feature = "runtime")]
mod outcome;
#[cfg(test)]
mod tests;
#[cfg(feature = "runtime")]
mod trace;
#[cfg(feature = "runtime")]
mod trace_parent;

#[cfg(feature = "runtime")]
pub use describe::describe;
pub use names::{
    ACCEPT_SECONDS, ATTEMPTS, BACKLOG, CLOCK_STEP, COMMIT_AFTER_SUCCESS_FAILED, CONSUMED_MESSAGES, DEAD,
    DELIVERIES, EVICTED, FSYNC_SECONDS, GROUP_COMMIT_SIZE, HANDLER_PANICS, HANDLER_TIMEOUTS,
    ID_BODY_MISMATCH, LEASE_LOST, OLDEST_READY, PROCESS_DURATION, RETENTION_DELETED, STALE_FINISH,
    STORE_ERRORS, UNHANDLED_BACKLOG, WORKER_PANICS,
};
#[cfg(feature = "runtime")]
pub use trace::traceparent;

#[cfg(feature = "runtime")]
pub(crate) use count::{arrived, count, ended, store_error};
#[cfg(feature = "runtime")]
pub(crate) use log::{Causes, TARGET, short_retention};
#[cfg(feature = "runtime")]
pub(crate) use outcome::{Arrival, Ended};
#[cfg(feature = "runtime")]
pub(crate) use trace::adopt;
#[cfg(feature = "runtime")]
pub(crate) use trace_parent::TraceParent;
