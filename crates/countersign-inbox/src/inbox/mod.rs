//! The durable inbox: accepts deliveries, and handles their events.

mod builder;
#[cfg(feature = "testing")]
mod idle;
mod inbox;

pub use builder::InboxBuilder;
pub use inbox::Inbox;
