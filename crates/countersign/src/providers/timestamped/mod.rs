//! A signature in one header, the timestamp in another.

pub(super) mod a_k;
pub(super) mod l_z;

pub use a_k::*;
pub use l_z::*;
