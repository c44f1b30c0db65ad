//! Options that several commands share, and what they stand for.

mod declaration;
mod request;
mod secrets;
mod verifier;

pub(crate) use declaration::DeclarationArgs;
pub(crate) use request::RequestArgs;
pub(crate) use secrets::{Optional, Other, SecretArgs};
pub(crate) use verifier::{declared, verifier};
