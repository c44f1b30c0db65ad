//! Accepts verified deliveries: stores them durably, then responds.

mod accept;
mod answer;
mod fan_out;
mod future;
mod options;
mod telemetry;

pub use accept::Acceptor;
pub use answer::Answer;
pub(crate) use fan_out::FanOut;
pub use future::AcceptFuture;
pub(crate) use options::AcceptOptions;
