//! Verifies a request and produces a [`Delivery`](crate::Delivery), either in one call or chunk by chunk.

mod buffer;
mod check_head;
mod checks;
#[cfg(all(test, feature = "full"))]
mod cost;
mod decide;
mod decision;
mod deferred_head;
mod derived_part;
mod intake;
#[cfg(feature = "jwt")]
mod jwt;
mod listed;
#[cfg(feature = "message-signatures")]
pub(crate) mod message_signature;
mod rendered;
mod resolve;
mod signed_parts;
mod signing;
mod values;
mod verifier;

pub(crate) use buffer::{Buffer, Growth};
pub use intake::Intake;
pub(crate) use listed::End as ListEnd;
pub(crate) use rendered::Rendered;
pub(crate) use signed_parts::SignedParts;
pub(crate) use values::Values;
pub use verifier::{Verifier, VerifierBuilder};
