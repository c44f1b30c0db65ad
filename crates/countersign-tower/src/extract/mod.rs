//! Extractors for axum.

mod delivery;
mod error;
mod event;
mod raw_body;

pub use delivery::Delivery;
pub use error::ExtractError;
pub use event::Event;
pub use raw_body::RawBody;
