//! The durable inbox: accepts deliveries, and handles their events.

mod builder;
mod inbox;

pub use builder::InboxBuilder;
pub use inbox::Inbox;
