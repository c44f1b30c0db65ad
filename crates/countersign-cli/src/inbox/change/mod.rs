//! `countersign inbox replay`, `discard` and `purge`.

mod canary;
mod consent;
mod plan;
mod report;
mod rows;
#[cfg(test)]
mod tests;
mod work;

pub(super) use plan::Plan;
