//! The worker: claims due events, runs their handlers, and stores the outcomes.

mod account;
mod attempt;
mod backoff;
mod claim_budget;
mod claims;
mod context;
mod due;
mod finish;
mod handled_sources;
mod handler;
mod health;
mod isolation;
mod maintenance;
mod outage;
mod outcome;
mod pause;
mod pending;
mod process;
mod renewal;
mod report;
mod route;
mod run;
mod settings;
mod shared;
mod span;
mod unhandled;
mod unhandled_sources;
mod unverified;
mod verdict;
mod vitals;
mod wakes;

pub use backoff::Backoff;
pub use context::Context;
#[cfg(feature = "testing")]
pub(crate) use handled_sources::HandledSources;
pub use handler::Handler;
pub use health::{Backlog, Health, HealthReport};
pub use outcome::Outcome;
pub use report::Report;
pub(crate) use route::{Route, Typed, Untyped};
pub(crate) use run::Worker;
pub(crate) use settings::Settings;
pub(crate) use unhandled::Unhandled;
pub(crate) use verdict::{Death, Verdict};
pub(crate) use vitals::Vitals;
