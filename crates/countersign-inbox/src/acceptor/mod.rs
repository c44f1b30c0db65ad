//! Accepts verified deliveries: stores them durably, then responds.

mod accept;
mod answer;
mod fan_out;
mod options;
mod replacement;
mod telemetry;
mod verified;

pub use accept::Acceptor;
pub use answer::{AcceptAnswer, AcceptFuture};
pub(crate) use fan_out::FanOut;
pub(crate) use options::AcceptOptions;
