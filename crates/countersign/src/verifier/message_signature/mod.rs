//! HTTP Message Signatures (RFC 9421). The signatures of a request are parsed with its head and verified once the
//! body is complete.

mod decide;
mod digest;
mod field;
mod head;
mod sign;
mod value;

pub(super) use decide::decide;
pub(super) use head::MessageHead;
pub(crate) use sign::sign;
