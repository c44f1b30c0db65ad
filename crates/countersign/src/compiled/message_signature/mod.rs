//! The rules of a declaration for HTTP Message Signatures (RFC 9421).

mod check;
#[cfg(feature = "message-signatures")]
mod component;
#[cfg(feature = "message-signatures")]
mod planned;

pub(super) use check::check;
#[cfg(feature = "message-signatures")]
pub(crate) use component::{Component, Form, Kind};
#[cfg(feature = "message-signatures")]
pub(crate) use planned::{MOST_COMPONENTS, PlannedMessage};
