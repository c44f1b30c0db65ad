//! The durable inbox as a resource: verifies, stores and acknowledges.

mod accept;
mod service;

pub use service::{InboxExt, InboxService};
