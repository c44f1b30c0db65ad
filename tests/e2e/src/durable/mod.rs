//! Durable mode in each framework, with a scripted store.

mod accepting;
mod scripted;
mod server;
mod stack;

pub use accepting::Accepting;
pub use scripted::{Gate, Scripted, Step};
pub use server::Server;
pub use stack::Stack;
