//! The names of the metrics. They are available without tokio, because stores count, too.

/// Deliveries, by outcome.
pub const DELIVERIES: &str = "webhook_deliveries_total";
/// Time to store an event.
pub const ACCEPT_SECONDS: &str = "webhook_accept_seconds";
/// Duplicates with another body than the first.
pub const ID_BODY_MISMATCH: &str = "webhook_id_body_mismatch_total";
/// Ended attempts, by outcome.
pub const ATTEMPTS: &str = "webhook_attempts_total";
/// Events that became dead letters.
pub const DEAD: &str = "webhook_dead_total";
/// Results that were discarded because another worker had the event.
pub const STALE_FINISH: &str = "webhook_stale_finish_total";
/// Handlers that were cancelled because their lease was lost, or could not be renewed in time.
pub const LEASE_LOST: &str = "webhook_lease_lost_total";
/// Handlers that succeeded, but whose success could not be stored before the lease ended.
pub const COMMIT_AFTER_SUCCESS_FAILED: &str = "webhook_commit_after_success_failed_total";
/// Handlers that panicked.
pub const HANDLER_PANICS: &str = "webhook_handler_panics_total";
/// Handlers that exceeded their timeout.
pub const HANDLER_TIMEOUTS: &str = "webhook_handler_timeouts_total";
/// Panics of the worker itself.
pub const WORKER_PANICS: &str = "webhook_worker_panics_total";
/// Failed operations of the store.
pub const STORE_ERRORS: &str = "webhook_store_errors_total";
/// Events and claims deleted after their retention.
pub const RETENTION_DELETED: &str = "webhook_retention_deleted_total";
/// Events, by state.
pub const BACKLOG: &str = "webhook_backlog";
/// Waiting time of the oldest due event.
pub const OLDEST_READY: &str = "webhook_oldest_ready_seconds";
/// Events that wait at an endpoint which no worker of the process handles.
pub const UNHANDLED_BACKLOG: &str = "webhook_unhandled_backlog";
/// Handled deliveries that a full store in memory forgot before the end of their retention.
pub const EVICTED: &str = "webhook_evicted_total";
/// Distance of the clock from the latest time in the store, while that raises an alarm.
pub const CLOCK_STEP: &str = "webhook_clock_step_seconds";
/// Operations that shared a commit.
pub const GROUP_COMMIT_SIZE: &str = "webhook_group_commit_size";
/// Time that commits waited for the disk.
pub const FSYNC_SECONDS: &str = "webhook_fsync_seconds";
/// Duration of handlers.
pub const PROCESS_DURATION: &str = "messaging.process.duration";
/// Events passed to handlers.
pub const CONSUMED_MESSAGES: &str = "messaging.client.consumed.messages";
