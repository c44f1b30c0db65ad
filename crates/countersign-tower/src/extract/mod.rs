//! Extractors for axum.

mod delivery;
mod event;
mod raw_body;
mod rejection;

pub use delivery::Delivery;
pub use event::Event;
pub use raw_body::RawBody;
pub use rejection::ExtractRejection;
