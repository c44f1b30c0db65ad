//! Random histories: a store must answer like the reference after any sequence of operations.
//!
//! A history with another answer is shrunk and printed.

mod check;
mod dedupe;
mod inbox;
mod manual_clock;

pub use self::dedupe::dedupe_model;
pub use self::inbox::inbox_model;
