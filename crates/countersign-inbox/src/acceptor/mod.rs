//! From a verified delivery to its answer: stored durably first.

mod accept;
mod answer;
mod builder;
mod future;
mod telemetry;

pub use accept::Acceptor;
pub use answer::Answer;
pub use builder::AcceptorBuilder;
pub use future::AcceptFuture;
