//! Accepts verified deliveries: stores them durably, then responds.

mod accept;
mod answer;
mod builder;
mod future;
mod telemetry;

pub use accept::Acceptor;
pub use answer::Answer;
pub use builder::AcceptorBuilder;
pub use future::AcceptFuture;
