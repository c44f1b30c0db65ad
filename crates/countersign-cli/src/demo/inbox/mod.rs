//! Durable mode: an inbox in a process that is killed while it handles an event.

mod acks;
mod process;
pub(super) mod receiver;
mod steps;

pub(super) use steps::{STEPS, Step, play};
