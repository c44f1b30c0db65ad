//! Batching: operations that arrive together share a statement, and so a commit.
//!
//! No operation waits for others: the operations that have accumulated during the last batches form the next one.

mod batcher;
mod queue;

pub(crate) use batcher::Batcher;
pub(crate) use queue::Work;
