//! What operators see: metrics through the `metrics` facade, spans and logs through `tracing`.
//!
//! Who collects them is the user's choice; without a recorder and a subscriber they cost next to nothing. No label and
//! no metric has an id or a tenant in it. The names are constants here, so that stores and dashboards can use them;
//! with the feature `runtime`, `describe` tells them to the recorder.
//!
//! # Metrics
//!
//! Labels are the same wherever a metric is counted: inline, at the endpoint of an inbox, or by the worker. `source` is
//! the name of the [`Endpoint`](crate::Endpoint).
//!
//! | Name | Kind | Labels | What |
//! |---|---|---|---|
//! | `webhook_deliveries_total` | counter | `source`, `outcome`: `accepted`, `duplicate`, `requeued`, `replayed`, `inflight`, `rejected`, `store_error` | Deliveries that arrived |
//! | `webhook_accept_seconds` | histogram, s | `source` | How long the store took to accept an event |
//! | `webhook_id_body_mismatch_total` | counter | `source` | Duplicates with another body than the first |
//! | `webhook_attempts_total` | counter | `source`, `outcome`: `done`, `skip`, `retry`, `dead`, `give_back`, `unverified`, `lost` | Attempts that ended |
//! | `webhook_dead_total` | counter | `source`, `reason`: `permanent`, `attempts`, `age`, `crashed`, `decode` | Events that became dead letters |
//! | `webhook_stale_finish_total` | counter | `source` | Results that were discarded: somebody else had the event |
//! | `webhook_lease_lost_total` | counter | `source` | Handlers that were cancelled because their lease was lost, or could not be renewed in time |
//! | `webhook_commit_after_success_failed_total` | counter | `source` | Handlers that succeeded and whose success could not be stored before the lease ended: the store is told again, and the event runs again if another worker takes it over |
//! | `webhook_handler_panics_total` | counter | `source` | Handlers that panicked |
//! | `webhook_handler_timeouts_total` | counter | `source` | Handlers that took too long |
//! | `webhook_worker_panics_total` | counter | `task` | Panics of the worker itself, which goes on |
//! | `webhook_store_errors_total` | counter | `operation` | Answers that the store failed to give |
//! | `webhook_retention_deleted_total` | counter | | Events and claims that were forgotten, after their retention |
//! | `webhook_backlog` | gauge | `source`, `state` | Events, by where they are |
//! | `webhook_oldest_ready_seconds` | gauge | `source` | How long the oldest due event has been waiting: **the** one to be alerted by |
//! | `webhook_clock_step_seconds` | gauge, s | | How far the clock is off the latest time in the store, while that is an alarm: time goes on from there, nothing is deleted, and `ready` is not ok |
//! | `webhook_group_commit_size` | histogram | | Operations that shared a commit |
//! | `webhook_fsync_seconds` | histogram, s | | How long commits waited for the disk |
//! | `messaging.process.duration` | histogram, s | `messaging.destination.name`, `error.type` | How long handlers take |
//! | `messaging.client.consumed.messages` | counter | `messaging.destination.name` | Events that were handed to handlers |
//!
//! Deliveries are `accepted` when they are new: stored, or handed to the handler. `requeued` were dead letters and are
//! ready again; `replayed` have signed bytes that are known under another id; `inflight` are told to come back, because
//! the first is being handled; `rejected` were not verified, or have no id where one is asked for. At an inbox,
//! `store_error` counts what is late, and it is counted again as what became of it when the store has answered.
//!
//! Attempts end as `done`, as `skip` when there is nothing to do for the event, as `retry` when they failed and it is
//! handled again, as `dead` when that would not help, as `give_back` when the worker shuts down, as
//! `unverified` when the stored request does not verify any more, and as `lost` when
//! somebody else has the event, or the outcome could not be stored. Inline, `dead` is an answer that counts as
//! permanent: nothing waits for an operator, and `webhook_dead_total` does not count it.
//!
//! # Spans
//!
//! Each attempt of the worker has a span `process`, of the kind consumer, with the attributes of OpenTelemetry's
//! [conventions for messaging](https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/), and `trace_id`
//! and `parent_span_id` of the request that brought the event. With the feature `opentelemetry` it is a child of that
//! request's span, and linked to it. Inline handlers run within the span of their request.

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
pub use describe::describe;
pub use names::{
    ACCEPT_SECONDS, ATTEMPTS, BACKLOG, CLOCK_STEP, COMMIT_AFTER_SUCCESS_FAILED, CONSUMED_MESSAGES, DEAD,
    DELIVERIES, FSYNC_SECONDS, GROUP_COMMIT_SIZE, HANDLER_PANICS, HANDLER_TIMEOUTS, ID_BODY_MISMATCH,
    LEASE_LOST, OLDEST_READY, PROCESS_DURATION, RETENTION_DELETED, STALE_FINISH, STORE_ERRORS, WORKER_PANICS,
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
pub(crate) use trace::{TraceParent, adopt};
