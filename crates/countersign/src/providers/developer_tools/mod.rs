//! Providers for developers: hosting, content, databases, queues, observability.

pub(super) mod a_i;
pub(super) mod k_z;

pub use a_i::*;
pub use k_z::*;
