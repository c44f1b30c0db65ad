//! The operator's view.

pub(crate) mod audit;
mod change;
mod filter;
mod operator;
mod report;
mod search;
mod store;

pub use operator::SqliteOps;
