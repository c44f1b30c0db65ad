//! Accepts verified deliveries: stores them durably, then responds.

mod accept;
mod answer;
mod future;
mod options;
mod telemetry;

pub use accept::Acceptor;
pub use answer::Answer;
pub use future::AcceptFuture;
pub(crate) use options::AcceptOptions;
