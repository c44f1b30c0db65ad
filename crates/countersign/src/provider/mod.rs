//! A provider as data: how it signs, where the fields of its events are, how it retries.

mod body_limit;
mod build;
mod build_facts;
mod event_fields;
mod facts;
mod provider;
mod rejection_style;
mod retries;
mod unsigned;

pub use body_limit::BodyLimit;
pub use event_fields::{EventFields, Placement};
pub use facts::{Confidence, KeyScope, Proof, Sources};
pub use provider::Provider;
pub use rejection_style::RejectionStyle;
pub use retries::Retries;
pub use unsigned::UnsignedDelivery;
