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
    (STORE_ERRORS, "answers that the store failed to give"),
    (RETENTION_DELETED, "events and claims that were forgotten, after their retention"),
    (EVICTED, "handled deliveries that a full store in memory forgot before the end of their retention"),
    (CONSUMED_MESSAGES, "events that were handed to handlers"),
];

const GAUGES: [(&str, Unit, &str); 4] = [
    (BACKLOG, Unit::Count, "events, by where they are"),
    (OLDEST_READY, Unit::Seconds, "how long the oldest due event has been waiting"),
    (
        UNHANDLED_BACKLOG,
        Unit::Count,
        "events that wait at an endpoint which no worker of the process handles",
    ),
    (
        CLOCK_STEP,
        Unit::Seconds,
        "how far the clock is off the latest time in the store, while that is an alarm",
    ),
];

const HISTOGRAMS: [(&str, Unit, &str); 4] = [
    (ACCEPT_SECONDS, Unit::Seconds, "how long the store took to accept an event"),
    (GROUP_COMMIT_SIZE, Unit::Count, "operations that shared a commit"),
    (FSYNC_SECONDS, Unit::Seconds, "how long commits waited for the disk"),
    (PROCESS_DURATION, Unit::Seconds, "how long handlers take"),
];
