//! Providers with the signature in one header and the timestamp in another.

pub(super) mod a_k;
pub(super) mod l_z;

pub use a_k::*;
pub use l_z::*;
