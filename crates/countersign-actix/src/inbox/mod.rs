//! The durable inbox as a resource: verifies, stores and acknowledges.

mod resource;

pub use resource::{InboxExt, InboxService};
