//! Typed events: decodes the data of a verified delivery once, directly into the variant for its type.

mod catalog;
mod decode;
mod envelope;
mod event;
mod requirement;

pub use catalog::{EventCatalog, UnknownEvent};
pub use decode::DecodeError;
pub(crate) use decode::decode;
pub(crate) use envelope::Envelope;
pub use event::Event;
pub use requirement::{Requirement, ValueKind};
