//! The durable inbox.

mod accept;
mod claim;
mod commit;
mod finish;
pub(crate) mod order;
mod request;
mod store;
mod sweep;
