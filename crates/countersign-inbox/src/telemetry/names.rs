//! The names of the metrics. They are available without tokio, because stores count, too.

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
