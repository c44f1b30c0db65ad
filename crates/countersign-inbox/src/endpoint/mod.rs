//! The endpoints of an inbox, with the handlers of their events.

mod endpoint;
mod handlers;
mod subscription;

pub use endpoint::Endpoint;
pub use subscription::Subscription;
