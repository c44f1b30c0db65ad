//! `countersign inbox replay`, `discard` and `purge`.

mod canary;
mod consent;
mod plan;
mod report;
mod work;

pub(super) use plan::Plan;
