//! Identities, documents, staff, vehicles and health.

pub(super) mod a_j;
pub(super) mod o_z;

pub use a_j::*;
pub use o_z::*;
