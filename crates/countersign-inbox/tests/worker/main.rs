//! Tests of the worker, on paused time.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod alerts;
mod budget;
mod circuit;
mod config;
mod controls;
mod fan_out;
mod finishing;
mod handlers;
mod health;
mod leases;
mod ordering;
#[cfg(feature = "opentelemetry")]
mod otel;
mod outages;
mod pauses;
mod polling;
mod random;
mod rate_limit;
mod resent;
mod retries;
mod rows;
mod selection;
mod shutdown;
mod statistics;
mod support;
mod telemetry;
mod unhandled_sources;
mod verification;
mod versions;
