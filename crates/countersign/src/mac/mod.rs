//! The only place that touches keyed hashing and comparison.

mod base64;
mod compare;
mod key;
mod state;

pub(crate) use compare::Expected;
pub(crate) use key::{Key, KeyRing};
pub(crate) use state::Mac;
