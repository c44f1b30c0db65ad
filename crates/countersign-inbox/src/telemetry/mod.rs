//! What operators see: metrics through the `metrics` facade, spans and logs through `tracing`.
//!
//! Who collects them is the user's choice; without a recorder and a subscriber they cost next to nothing. No label and
//! no metric has an id or a tenant in it.
//!
//! # Metrics
//!
//! | Name | Kind | Labels | What |
//! |---|---|---|---|
//! | `webhook_deliveries_total` | counter | `source`, `outcome`: `accepted`, `duplicate`, `requeued`, `replayed`, `inflight`, `rejected`, `store_error` | Deliveries that arrived |
//! | `webhook_accept_seconds` | histogram, s | `source` | How long the store took to accept an event |
//! | `webhook_id_body_mismatch_total` | counter | `source` | Duplicates with another body than the first |
//! | `webhook_attempts_total` | counter | `source`, `outcome`: `done`, `skip`, `retry`, `dead`, `give_back`, `lost` | Attempts that ended |
//! | `webhook_dead_total` | counter | `source`, `reason`: `permanent`, `attempts`, `age`, `crashed`, `verification`, `decode` | Events that became dead letters |
//! | `webhook_stale_finish_total` | counter | `source` | Results that were discarded: somebody else had the event |
//! | `webhook_lease_lost_total` | counter | `source` | Handlers that were cancelled because their lease was lost, or could not be renewed in time |
//! | `webhook_commit_after_success_failed_total` | counter | `source` | Handlers that succeeded and whose success could not be stored: the event runs again |
//! | `webhook_handler_panics_total` | counter | `source` | Handlers that panicked |
//! | `webhook_handler_timeouts_total` | counter | `source` | Handlers that took too long |
//! | `webhook_worker_panics_total` | counter | `task` | Panics of the worker itself, which goes on |
//! | `webhook_store_errors_total` | counter | `operation` | Answers that the store failed to give to the worker |
//! | `webhook_retention_deleted_total` | counter | | Events that were forgotten, after their retention |
//! | `webhook_backlog` | gauge | `source`, `state` | Events, by where they are |
//! | `webhook_oldest_ready_seconds` | gauge | `source` | How long the oldest due event has been waiting: **the** one to be alerted by |
//! | `messaging.process.duration` | histogram, s | `messaging.destination.name`, `error.type` | How long handlers take |
//! | `messaging.client.consumed.messages` | counter | `messaging.destination.name` | Events that were handed to handlers |
//!
//! # Spans
//!
//! Each attempt has a span `process`, of the kind consumer, with the attributes of OpenTelemetry's
//! [conventions for messaging](https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/), and `trace_id`
//! and `parent_span_id` of the request that brought the event. With the feature `opentelemetry` it is a child of that
//! request's span, and linked to it.

mod names;
#[cfg(feature = "opentelemetry")]
mod otel;
mod trace;

pub use names::{
    ACCEPT_SECONDS, ATTEMPTS, BACKLOG, COMMIT_AFTER_SUCCESS_FAILED, CONSUMED_MESSAGES, DEAD, DELIVERIES,
    HANDLER_PANICS, HANDLER_TIMEOUTS, ID_BODY_MISMATCH, LEASE_LOST, OLDEST_READY, PROCESS_DURATION,
    RETENTION_DELETED, STALE_FINISH, STORE_ERRORS, WORKER_PANICS, describe,
};
pub use trace::traceparent;
pub(crate) use trace::{TraceParent, adopt};
