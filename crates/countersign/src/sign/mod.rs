//! Signs requests from the same declarations that verify them: for tests, simulators and the command line.

mod draft;
mod field;
mod in_body;
#[cfg(feature = "jwt")]
mod jwt;
mod request;
mod signer;

pub use request::{SignedRequest, SigningRequest};
pub use signer::Signer;
