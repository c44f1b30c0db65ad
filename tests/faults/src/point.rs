/// The points with PostgreSQL, where each statement is a separate transaction.
pub const POINTS_OF_STATEMENTS: [&str; 8] = [
    "accept-before-insert",
    "after-commit",
    "before-response",
    "before-handler",
    "before-effect",
    "after-effect",
    "finish-before-update",
    "finish-after-update",
];

/// The points at which the victim can be killed, in the order of an event's life.
pub const POINTS: [&str; 10] = [
    "accept-before-insert",
    "accept-after-insert",
    "before-commit",
    "after-commit",
    "before-response",
    "before-handler",
    "before-effect",
    "after-effect",
    "finish-before-update",
    "finish-after-update",
];
