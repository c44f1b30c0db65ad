//! `countersign inbox replay`, `discard` and `purge`.

mod canary;
mod consent;
mod plan;
mod report;
#[cfg(test)]
mod tests;
mod work;

pub(super) use plan::Plan;
