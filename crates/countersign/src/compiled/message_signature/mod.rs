//! The rules of a declaration for HTTP Message Signatures (RFC 9421).

mod check;
#[cfg(feature = "message-signatures")]
mod compiled;
#[cfg(feature = "message-signatures")]
mod component;

pub(super) use check::check;
#[cfg(feature = "message-signatures")]
pub(crate) use compiled::{CompiledMessage, MOST_COMPONENTS};
#[cfg(feature = "message-signatures")]
pub(crate) use component::{Component, Form, Kind};
