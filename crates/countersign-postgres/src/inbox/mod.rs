//! Durable mode.

mod accept;
mod claim;
mod commit;
mod extend;
mod finish;
mod hold;
mod request;
mod store;

pub(crate) use accept::Accepting;
pub(crate) use claim::Claiming;
pub use commit::EffectTransaction;
pub(crate) use finish::Finishing;
