//! The durable inbox as a resource: verified, stored, acknowledged.

mod accept;
mod resource;

pub use resource::Inbox;
