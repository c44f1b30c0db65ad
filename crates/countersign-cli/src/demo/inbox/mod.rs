//! Durable mode: an inbox in a process that is killed while it handles an event.

mod acks;
mod process;
pub(super) mod receiver;
mod scenes;
mod step;
mod word;

pub(super) use scenes::play;
pub(super) use step::{STEPS, Step};
