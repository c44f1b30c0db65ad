/// The reason why there is no inbox in Redis, for programs that are given a `redis://` URL for one.
pub const NO_INBOX: &str = "Redis cannot be an inbox: an event that was acknowledged must not get lost, and Redis may \
     lose the last ones, in a failover with every setting and in a loss of power with most; use SQLite \
     (sqlite:PATH) on one machine or PostgreSQL (postgres://…) on many, and Redis for dedupe in front of a handler";
