//! Tests of `listen --forward`, with an app that shows what arrives.

mod app;
mod explanations;
mod queue;
mod support;
