//! The worker: claims due events, runs their handlers, and stores the outcomes.

mod attempt;
mod circuit;
mod claim_budget;
mod claims;
mod controls;
mod finish;
mod handled_sources;
mod health;
mod isolation;
mod maintenance;
mod pending;
mod rate_limiter;
mod renewal;
mod run;
mod schedule;
mod shared;
mod status;
mod telemetry;
mod unhandled_sources;
mod unverified;
mod wakes;

#[cfg(feature = "testing")]
pub(crate) use handled_sources::HandledSources;
pub use health::{Backlog, Health, HealthReport};
pub(crate) use maintenance::keep_measuring;
pub(crate) use run::Worker;
pub use status::Report;
pub(crate) use status::WorkerStatus;
