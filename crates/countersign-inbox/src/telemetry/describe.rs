use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

use super::names::{
    ACCEPT_SECONDS, ATTEMPTS, BACKLOG, CLOCK_STEP, COMMIT_AFTER_SUCCESS_FAILED, CONSUMED_MESSAGES, DEAD,
    DELIVERIES, EVICTED, FSYNC_SECONDS, GROUP_COMMIT_SIZE, HANDLER_PANICS, HANDLER_TIMEOUTS,
    ID_BODY_MISMATCH, LEASE_LOST, OLDEST_READY, PROCESS_DURATION, RETENTION_DELETED, STALE_FINISH,
    STORE_ERRORS, UNHANDLED_BACKLOG, WORKER_PANICS,
};

/// Registers the descriptions of all metrics. Call it once the recorder is installed.
pub fn describe() {
    for (name, text) in COUNTERS {
        describe_counter!(name, Unit::Count, text);
    }
    for (name, unit, text) in GAUGES {
        describe_gauge!(name, unit, text);
    }
    for (name, unit, text) in HISTOGRAMS {
        describe_histogram!(name, unit, text);
    }
}

const COUNTERS: [(&str, &str); 14] = [
    (DELIVERIES, "deliveries, by outcome"),
    (ID_BODY_MISMATCH, "duplicates with another body than the first"),
    (ATTEMPTS, "ended attempts, by outcome"),
    (DEAD, "events that became dead letters"),
    (STALE_FINISH, "results that were discarded because another worker had the event"),
    (
        LEASE_LOST,
        "handlers that were cancelled because their lease was lost, or could not be renewed in time",
    ),
    (COMMIT_AFTER_SUCCESS_FAILED, "handlers that succeeded, but whose success could not be stored in time"),
    (HANDLER_PANICS, "handlers that panicked"),
    (HANDLER_TIMEOUTS, "handlers that exceeded their timeout"),
    (WORKER_PANICS, "panics of the worker itself"),
    (STORE_ERRORS, "failed operations of the store"),
    (RETENTION_DELETED, "events and claims deleted after their retention"),
    (EVICTED, "handled deliveries that a full store in memory forgot before the end of their retention"),
    (CONSUMED_MESSAGES, "events passed to handlers"),
];

const GAUGES: [(&str, Unit, &str); 4] = [
    (BACKLOG, Unit::Count, "events, by state"),
    (OLDEST_READY, Unit::Seconds, "waiting time of the oldest due event"),
    (
        UNHANDLED_BACKLOG,
        Unit::Count,
        "events that wait at an endpoint which no worker of the process handles",
    ),
    (
        CLOCK_STEP,
        Unit::Seconds,
        "distance of the clock from the latest time in the store, while that raises an alarm",
    ),
];

const HISTOGRAMS: [(&str, Unit, &str); 4] = [
    (ACCEPT_SECONDS, Unit::Seconds, "time to store an event"),
    (GROUP_COMMIT_SIZE, Unit::Count, "operations that shared a commit"),
    (FSYNC_SECONDS, Unit::Seconds, "time that commits waited for the disk"),
    (PROCESS_DURATION, Unit::Seconds, "duration of handlers"),
];
