//! The durable inbox as a service: verified, stored, acknowledged.

mod accept;
mod future;
mod service;

pub use future::InboxFuture;
pub use service::Inbox;
