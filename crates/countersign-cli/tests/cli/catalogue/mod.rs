//! Tests of `providers` and `provider`.

mod list;
mod provider;
