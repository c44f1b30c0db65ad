//! Providers that sign only the body, with HMAC-SHA-256 in hexadecimal.

pub(super) mod a_f;
pub(super) mod g_o;
pub(super) mod p_w;

pub use a_f::*;
pub use g_o::*;
pub use p_w::*;
