//! Durable mode: an inbox in a process that is killed while it handles an event.

mod acks;
mod process;
pub(super) mod receiver;
mod scenes;

pub(super) use scenes::{STEPS, Step, play};
