//! Signs requests from the same declarations that verify them: for tests, simulators and the command line.

mod draft;
mod field;
mod in_body;
mod request;
mod signer;
#[cfg(feature = "jwt")]
mod token;

pub use request::{SignedRequest, SigningRequest};
pub use signer::Signer;
