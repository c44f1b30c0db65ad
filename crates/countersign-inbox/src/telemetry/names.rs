use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Tells the recorder what each metric is. Call it once the recorder is installed.
pub fn describe() {
    for (name, text) in COUNTERS {
        describe_counter!(name, Unit::Count, text);
    }
    describe_gauge!(BACKLOG, Unit::Count, "events, by where they are");
    describe_gauge!(OLDEST_READY, Unit::Seconds, "how long the oldest due event has been waiting");
    describe_histogram!(ACCEPT_SECONDS, Unit::Seconds, "how long the store took to accept an event");
    describe_histogram!(PROCESS_DURATION, Unit::Seconds, "how long handlers take");
}

/// Deliveries, by what became of them.
pub const DELIVERIES: &str = "webhook_deliveries_total";
/// How long the store took to accept an event.
pub const ACCEPT_SECONDS: &str = "webhook_accept_seconds";
/// Duplicates with another body than the first.
pub const ID_BODY_MISMATCH: &str = "webhook_id_body_mismatch_total";
/// Attempts that ended.
pub const ATTEMPTS: &str = "webhook_attempts_total";
/// Events that became dead letters.
pub const DEAD: &str = "webhook_dead_total";
/// Results that were discarded, because somebody else had the event.
pub const STALE_FINISH: &str = "webhook_stale_finish_total";
/// Handlers that were cancelled because their lease was lost, or could not be renewed in time.
pub const LEASE_LOST: &str = "webhook_lease_lost_total";
/// Handlers that succeeded and whose success could not be stored.
pub const COMMIT_AFTER_SUCCESS_FAILED: &str = "webhook_commit_after_success_failed_total";
/// Handlers that panicked.
pub const HANDLER_PANICS: &str = "webhook_handler_panics_total";
/// Handlers that took too long.
pub const HANDLER_TIMEOUTS: &str = "webhook_handler_timeouts_total";
/// Panics of the worker itself.
pub const WORKER_PANICS: &str = "webhook_worker_panics_total";
/// Answers that the store failed to give to the worker.
pub const STORE_ERRORS: &str = "webhook_store_errors_total";
/// Events that were forgotten, after their retention.
pub const RETENTION_DELETED: &str = "webhook_retention_deleted_total";
/// Events, by where they are.
pub const BACKLOG: &str = "webhook_backlog";
/// How long the oldest due event has been waiting.
pub const OLDEST_READY: &str = "webhook_oldest_ready_seconds";
/// How long handlers take.
pub const PROCESS_DURATION: &str = "messaging.process.duration";
/// Events that were handed to handlers.
pub const CONSUMED_MESSAGES: &str = "messaging.client.consumed.messages";

const COUNTERS: [(&str, &str); 13] = [
    (DELIVERIES, "deliveries, by what became of them"),
    (ID_BODY_MISMATCH, "duplicates with another body than the first"),
    (ATTEMPTS, "attempts that ended"),
    (DEAD, "events that became dead letters"),
    (STALE_FINISH, "results that were discarded, because somebody else had the event"),
    (
        LEASE_LOST,
        "handlers that were cancelled because their lease was lost, or could not be renewed in time",
    ),
    (COMMIT_AFTER_SUCCESS_FAILED, "handlers that succeeded and whose success could not be stored"),
    (HANDLER_PANICS, "handlers that panicked"),
    (HANDLER_TIMEOUTS, "handlers that took too long"),
    (WORKER_PANICS, "panics of the worker itself"),
    (STORE_ERRORS, "answers that the store failed to give to the worker"),
    (RETENTION_DELETED, "events that were forgotten, after their retention"),
    (CONSUMED_MESSAGES, "events that were handed to handlers"),
];
