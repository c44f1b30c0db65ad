//! Payments, banking, billing and blockchains.

pub(super) mod a_p;
pub(super) mod q_z;

pub use a_p::*;
pub use q_z::*;
