//! Threads that own a connection, and do to it what they are sent.

mod counter;
mod group;
mod queue;
mod session;
mod thread;
mod woken;

pub(crate) use queue::{Limits, Queue};
pub(crate) use session::Session;
pub(crate) use thread::{Lane, Worker, start};
