//! The receivers that commands send to: those of this machine, unless a host is allowed by its name.

mod client;
mod gate;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use gate::{AllowHostArgs, Destination};
pub(crate) use stream::Connector;
