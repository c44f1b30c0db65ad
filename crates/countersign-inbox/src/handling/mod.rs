//! The handling of one event: the handler and its outcome, the lease that it runs under, and the route to it.

mod backoff;
mod circuit_breaker;
mod context;
mod leases;
mod outcome;
mod retry_policy;
mod route;
mod settings;
mod unhandled;
mod verdict;

pub use backoff::Backoff;
pub use circuit_breaker::CircuitBreaker;
pub use context::Context;
pub(crate) use leases::{Held, Leases};
pub use outcome::Outcome;
pub(crate) use retry_policy::{RetryOptions, RetryPolicy};
pub use route::Handler;
pub(crate) use route::{Route, Typed, Untyped};
pub(crate) use settings::{MAX_BACKLOG_AGE, RECORDED_SUCCESSES, Settings, process_name};
pub(crate) use unhandled::Unhandled;
pub(crate) use verdict::{DeadReason, Verdict, cut};
