//! The metrics of this crate and of its stores, with their names, labels and meanings. They are available without tokio,
//! because stores count, too.

use countersign::telemetry::{Metric, MetricLabel, MetricUnit};

/// The metrics of endpoints, handlers, workers and stores. Those of verification are
/// [`countersign::telemetry::METRICS`].
pub const METRICS: &[Metric] = &[
    Metric::counter(
        DELIVERIES,
        &[
            SOURCE,
            MetricLabel::closed(
                "outcome",
                &[
                    "accepted",
                    "duplicate",
                    "requeued",
                    "replayed",
                    "filtered",
                    "inflight",
                    "rejected",
                    "store_error",
                ],
            ),
        ],
        "Deliveries, by outcome",
    ),
    Metric::histogram(
        ACCEPT_DURATION,
        MetricUnit::Seconds,
        &[SOURCE],
        "Time to store an event",
        DISK_SECONDS,
    ),
    Metric::counter(
        FILTERED,
        &[SOURCE, MetricLabel::open("rule")],
        "Deliveries that were acknowledged and not stored, by the rule of the endpoint: `types`, `sampling`, or the name of a filter",
    ),
    Metric::counter(ID_BODY_MISMATCH, &[SOURCE], "Duplicates with another body than the first"),
    Metric::counter(
        ATTEMPTS,
        &[
            SOURCE,
            MetricLabel::closed(
                "outcome",
                &["done", "skip", "retry", "keep", "dead", "give_back", "unverified", "lost"],
            ),
        ],
        "Ended attempts, by outcome",
    ),
    Metric::counter(
        DEAD,
        &[
            SOURCE,
            MetricLabel::closed(
                "reason",
                &["permanent", "attempts", "age", "crashed", "decode", "unknown_version", "unreadable"],
            ),
        ],
        "Events that became dead letters",
    ),
    Metric::counter(
        STALE_FINISH,
        &[SOURCE],
        "Results that were discarded because another worker had the event",
    ),
    Metric::counter(
        LEASE_LOST,
        &[SOURCE],
        "Handlers that were cancelled because their lease was lost, or could not be renewed in time",
    ),
    Metric::counter(
        COMMIT_AFTER_SUCCESS_FAILED,
        &[SOURCE],
        "Handlers that succeeded, but whose success could not be stored before the lease ended: storing is retried, and the event runs again if another worker takes it over",
    ),
    Metric::counter(HANDLER_PANICS, &[SOURCE], "Handlers that panicked"),
    Metric::counter(HANDLER_TIMEOUTS, &[SOURCE], "Handlers that exceeded their timeout"),
    Metric::counter(
        WORKER_PANICS,
        &[MetricLabel::open("task")],
        "Panics of the worker itself, which continues",
    ),
    Metric::counter(STORE_ERRORS, &[MetricLabel::open("operation")], "Failed operations of the store"),
    Metric::counter(RETENTION_DELETED, &[], "Events and claims deleted after their retention"),
    Metric::gauge(
        BACKLOG,
        MetricUnit::Count,
        &[SOURCE, MetricLabel::closed("state", &["ready", "running", "done", "dead", "unverified"])],
        "Events, by state",
    ),
    Metric::gauge(
        OLDEST_READY,
        MetricUnit::Seconds,
        &[SOURCE],
        "Waiting time of the oldest due event: the value to alert on",
    ),
    Metric::gauge(
        PAUSED,
        MetricUnit::Count,
        &[SOURCE],
        "1 while the endpoint is paused: its events wait, and `webhook.oldest_ready` grows; otherwise 0",
    ),
    Metric::gauge(
        CIRCUIT_OPEN,
        MetricUnit::Count,
        &[SOURCE],
        "1 while the circuit breaker of the endpoint lets no attempt begin, or a single one; 0 once it has closed",
    ),
    Metric::gauge(
        UNHANDLED_BACKLOG,
        MetricUnit::Count,
        &[SOURCE],
        "Events that wait at an endpoint which no worker of the process handles: its name may be misspelt, or another process handles it",
    ),
    Metric::counter(
        EVICTED,
        &[],
        "Handled deliveries that a full `MemoryStore` forgot before the end of their retention: they would be handled again",
    ),
    Metric::gauge(
        CLOCK_STEP,
        MetricUnit::Seconds,
        &[],
        "Distance of the clock from the latest time in the store, while that raises an alarm: time continues from there, nothing is deleted, and `ready` is not ok",
    ),
    Metric::histogram(
        GROUP_COMMIT_SIZE,
        MetricUnit::Count,
        &[],
        "Operations that shared a commit",
        &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0],
    ),
    Metric::histogram(
        FSYNC_DURATION,
        MetricUnit::Seconds,
        &[],
        "Time that commits waited for the disk",
        DISK_SECONDS,
    ),
    Metric::histogram(
        PROCESS_DURATION,
        MetricUnit::Seconds,
        &[MetricLabel::open("messaging.destination.name"), MetricLabel::open("error.type")],
        "Duration of handlers; `error.type` is there if they failed",
        &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0],
    ),
    Metric::counter(
        CONSUMED_MESSAGES,
        &[MetricLabel::open("messaging.destination.name")],
        "Events passed to handlers",
    ),
];

/// Registers the descriptions and units of all metrics, those of verification included. Call it once the recorder is
/// installed.
#[cfg(feature = "runtime")]
pub fn describe() {
    countersign::telemetry::describe();
    METRICS.iter().for_each(Metric::describe);
}

/// The name of the endpoint.
const SOURCE: MetricLabel = MetricLabel::open("source");
/// From a fast disk to a store that hardly answers.
const DISK_SECONDS: &[f64] =
    &[0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Deliveries, by outcome.
pub const DELIVERIES: &str = "webhook.deliveries";
/// Time to store an event.
pub const ACCEPT_DURATION: &str = "webhook.accept.duration";
/// Deliveries that were acknowledged and not stored, by the rule of the endpoint that left them out.
pub const FILTERED: &str = "webhook.filtered";
/// Duplicates with another body than the first.
pub const ID_BODY_MISMATCH: &str = "webhook.id_body_mismatches";
/// Ended attempts, by outcome.
pub const ATTEMPTS: &str = "webhook.attempts";
/// Events that became dead letters.
pub const DEAD: &str = "webhook.dead_letters";
/// Results that were discarded because another worker had the event.
pub const STALE_FINISH: &str = "webhook.stale_finishes";
/// Handlers that were cancelled because their lease was lost, or could not be renewed in time.
pub const LEASE_LOST: &str = "webhook.leases_lost";
/// Handlers that succeeded, but whose success could not be stored before the lease ended.
pub const COMMIT_AFTER_SUCCESS_FAILED: &str = "webhook.commit_after_success_failures";
/// Handlers that panicked.
pub const HANDLER_PANICS: &str = "webhook.handler.panics";
/// Handlers that exceeded their timeout.
pub const HANDLER_TIMEOUTS: &str = "webhook.handler.timeouts";
/// Panics of the worker itself.
pub const WORKER_PANICS: &str = "webhook.worker.panics";
/// Failed operations of the store.
pub const STORE_ERRORS: &str = "webhook.store.errors";
/// Events and claims deleted after their retention.
pub const RETENTION_DELETED: &str = "webhook.retention.deleted";
/// Events, by state.
pub const BACKLOG: &str = "webhook.backlog";
/// Waiting time of the oldest due event.
pub const OLDEST_READY: &str = "webhook.oldest_ready";
/// Whether the endpoint is paused.
pub const PAUSED: &str = "webhook.paused";
/// Whether the circuit of the endpoint is open or half open.
pub const CIRCUIT_OPEN: &str = "webhook.circuit_open";
/// Events that wait at an endpoint which no worker of the process handles.
pub const UNHANDLED_BACKLOG: &str = "webhook.unhandled_backlog";
/// Handled deliveries that a full store in memory forgot before the end of their retention.
pub const EVICTED: &str = "webhook.evicted";
/// Distance of the clock from the latest time in the store, while that raises an alarm.
pub const CLOCK_STEP: &str = "webhook.clock_step";
/// Operations that shared a commit.
pub const GROUP_COMMIT_SIZE: &str = "webhook.group_commit.size";
/// Time that commits waited for the disk.
pub const FSYNC_DURATION: &str = "webhook.fsync.duration";
/// Duration of handlers.
pub const PROCESS_DURATION: &str = "messaging.process.duration";
/// Events passed to handlers.
pub const CONSUMED_MESSAGES: &str = "messaging.client.consumed.messages";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign::__private::Causes;

    use super::*;
    use crate::event::EventState;
    use crate::ops::AttemptOutcome;
    use crate::telemetry::DeliveryOutcome;

    /// Returns the values of a label.
    fn values(name: &str, label: &str) -> &'static [&'static str] {
        let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
        metric.labels.iter().find(|known| known.name == label).unwrap().values
    }

    #[test]
    fn every_name_is_listed_once() {
        let names = include_str!("list.rs")
            .lines()
            .filter(|line| line.starts_with("pub const ") && line.contains(": &str ="));
        let names: BTreeSet<_> = names.map(|line| line.split('"').nth(1).unwrap()).collect();
        assert!(names.contains(DELIVERIES), "{names:?}");
        assert_eq!(METRICS.iter().map(|metric| metric.name).collect::<BTreeSet<_>>(), names);
        assert_eq!(METRICS.len(), names.len());
    }

    #[test]
    fn the_list_has_the_outcomes_that_are_counted() {
        assert_eq!(values(DELIVERIES, "outcome"), DeliveryOutcome::ALL.map(DeliveryOutcome::as_str));
        assert_eq!(values(ATTEMPTS, "outcome"), AttemptOutcome::ALL.map(AttemptOutcome::as_str));
        assert_eq!(values(BACKLOG, "state"), EventState::ALL.map(EventState::as_str));
    }

    /// Checks the whole chain of causes.
    #[test]
    fn an_error_is_shown_with_everything_behind_it() {
        let cause = std::io::Error::other("connection refused");
        let error = crate::StoreError::Unavailable(Box::new(cause));
        assert_eq!(Causes::of(&error).to_string(), "the store is not available: connection refused");
    }
}
