//! Verifies a request and produces a [`Delivery`](crate::Delivery), either in one call or chunk by chunk.

mod around;
mod buffer;
mod check_head;
mod checks;
#[cfg(all(test, feature = "full"))]
mod cost;
mod decide;
mod decision;
mod intake;
mod listed;
#[cfg(feature = "message-signatures")]
pub(crate) mod message_signature;
mod rare;
mod rare_head;
mod render;
mod rendered;
mod resolve;
mod signing;
#[cfg(feature = "jwt")]
mod token;
mod values;
mod verifier;

pub(crate) use around::Around;
pub use intake::Intake;
pub(crate) use listed::End as ListEnd;
pub(crate) use rendered::Rendered;
pub(crate) use values::Values;
pub use verifier::{Verifier, VerifierBuilder};
