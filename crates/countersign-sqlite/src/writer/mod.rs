//! Threads that own a connection and run submitted operations on it.

mod ahead;
mod counter;
mod deadline;
mod group;
mod log;
mod queue;
mod room;
mod session;
mod thread;
mod woken;

pub(crate) use queue::{Limits, Queue};
pub(crate) use session::Session;
pub(crate) use thread::{Worker, WriterConfig, start};
