//! The operator's view.

pub(crate) mod audit;
mod change;
pub(crate) mod control;
pub(crate) mod errors;
mod filter;
pub(crate) mod inline_attempts;
mod operator;
mod part;
pub(crate) mod pause;
mod rejections;
mod report;
mod search;
mod states;
pub(crate) mod statistics;
mod store;

pub use operator::SqliteOps;
