//! The endpoints of an inbox, with the handlers of their events.

mod endpoint;
mod handlers;
mod start;
mod subscription;

pub use endpoint::Endpoint;
pub use subscription::Subscription;
