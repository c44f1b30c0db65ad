//! The durable inbox as a service: verifies, stores and acknowledges.

mod accept;
mod future;
mod service;

pub use future::InboxFuture;
pub use service::{InboxExt, InboxService};
