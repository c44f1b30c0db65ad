//! Providers that sign only the body, with HMAC-SHA-256 in Base64.

pub(super) mod a_h;
pub(super) mod i_z;

pub use a_h::*;
pub use i_z::*;
