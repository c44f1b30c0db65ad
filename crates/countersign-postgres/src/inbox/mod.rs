//! Durable mode.

mod accept;
mod claim;
mod extend;
mod finish;
mod hold;
mod store;

pub(crate) use accept::{Accepting, accept_all, enqueue};
pub(crate) use claim::Claiming;
pub(crate) use finish::{Ended, Finishing, finish_one};
