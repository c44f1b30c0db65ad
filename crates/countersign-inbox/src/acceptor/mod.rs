//! Accepts verified deliveries: stores them durably, then responds.

mod accept;
mod admission;
mod answer;
mod future;
mod options;
mod telemetry;

pub use accept::Acceptor;
pub(crate) use admission::Admission;
pub use answer::Answer;
pub use future::AcceptFuture;
pub(crate) use options::AcceptOptions;
