//! The founding providers: their events in order, with data that belongs together, and their way of delivering them.

mod catalogue;
pub(super) mod preflix;
pub(super) mod printprice;
mod profile;
pub(super) mod proxiant;
pub(super) mod redpin;

pub use catalogue::event_types;
pub(super) use catalogue::example;
pub(super) use profile::{Profile, Step, ValueGenerator};
