//! Signing secrets and sets of them.

mod secret;
mod set;
mod source;

pub use secret::Secret;
pub use set::SecretSet;
pub(crate) use set::{NamedSecret, Validity};
