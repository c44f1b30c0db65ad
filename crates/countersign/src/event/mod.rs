//! Typed events: decodes the data of a verified delivery once, directly into the variant for its type.

mod catalog;
mod decode;
mod event;
mod requirement;
mod versions;

pub(crate) use catalog::Variant;
pub use catalog::{EventCatalog, UnknownEvent};
pub use decode::DecodeError;
pub(crate) use decode::decode;
pub use event::Event;
pub use requirement::{Requirement, ValueKind};
pub use versions::Versions;
