//! The receivers that commands send to: those of this machine, unless a host is allowed by its name.

mod gate;
mod hops;
mod protocol;
mod raw;
mod roots;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use gate::{AllowHostArgs, Destination};
pub(crate) use hops::end_to_end;
pub(crate) use protocol::ProtocolArgs;
pub(crate) use raw::{Answer, Outgoing, RawClient, SendError};
use roots::install_tls;
pub(crate) use stream::Connector;
